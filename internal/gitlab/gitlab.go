// Package gitlab is the only code that calls the GitLab API: it keeps one note on a merge request up to date.
package gitlab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/sanitize"
)

// Clock is time as the client sees it.
type Clock struct {
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Config says where and as whom the client works.
type Config struct {
	BaseURL   string // CI_API_V4_URL
	Token     string // of a project or a person; a job token may not write notes
	Project   string // CI_PROJECT_ID, or the path of the project
	UserAgent string
	Transport http.RoundTripper // makes each request alone: redirects are not followed
	Clock     Clock
	Deadline  time.Duration // for all requests together, waits included
	AllowHTTP bool          // to a loopback address
}

// Client works on one project.
type Client struct {
	base  *url.URL // of the project, without a slash at its end
	api   *url.URL
	c     Config
	until time.Time
}

// Errors that callers tell apart.
var (
	ErrNoToken   = errors.New("no GitLab token")
	ErrToken     = errors.New("the GitLab token is not valid")
	ErrForbidden = errors.New("the token may not do this")
	ErrNotFound  = errors.New("GitLab finds no such merge request with this token")
	ErrLimited   = errors.New("GitLab's rate limit lasts beyond the deadline")
)

// What one command may ask and take.
const (
	tryTime    = 30 * time.Second // for one try, its answer included
	maxRetries = 4
	maxAnswer  = 64 << 20 // bytes
	perPage    = 100      // notes, GitLab's maximum
	maxPages   = 100
	maxNote    = 1_000_000 // characters of a note
)

// New returns a client. It reaches nothing yet.
func New(c Config) (*Client, error) {
	if c.Token == "" {
		return nil, ErrNoToken
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, errors.New("the GitLab token has characters that no token has")
	}
	api, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/"))
	if err != nil || api.Host == "" || api.User != nil || api.RawQuery != "" || api.Fragment != "" || api.Scheme != "https" && api.Scheme != "http" {
		return nil, errors.New("the address of the GitLab API is not a plain URL")
	}
	if api.Scheme == "http" && (!c.AllowHTTP || !loopback(api.Hostname())) {
		return nil, errors.New("the address of the GitLab API is not https, and the token is not sent in the clear")
	}
	if c.Project == "" || len(c.Project) > 300 || strings.ContainsFunc(c.Project, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, fmt.Errorf("project %q is neither a number nor a path", c.Project)
	}
	return &Client{base: api.JoinPath("projects").JoinPath(url.PathEscape(c.Project)), api: api, c: c, until: c.Clock.Now().Add(c.Deadline)}, nil
}

func loopback(host string) bool {
	return host == "127.0.0.1" || host == "::1" || host == "localhost"
}

// reply is an answer that lies in memory.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// lostError is a request that may or may not have been carried out.
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }

// do makes a request, and makes it again after 429, which means that nothing was done. What may be repeated is repeated after a failure of
// the server and an answer that broke off, too.
func (c *Client) do(ctx context.Context, method string, at *url.URL, in, out any) (http.Header, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, err
		}
	}
	safe := method != http.MethodPost
	for n := 0; ; n++ {
		left := c.until.Sub(c.c.Clock.Now())
		if left <= 0 {
			return nil, errors.New("the deadline for GitLab has passed")
		}
		r, err := c.try(ctx, method, at, body, min(left, tryTime))
		wait := time.Second << n
		switch {
		case err != nil && (!safe || n == maxRetries || ctx.Err() != nil):
			return nil, lostError{err}
		case err != nil:
		case r.status == http.StatusTooManyRequests:
			wait = max(pause(r.header, c.c.Clock.Now()), wait)
			if n == maxRetries || wait > c.until.Sub(c.c.Clock.Now()) {
				return nil, ErrLimited
			}
		case r.status >= 500 && safe && n < maxRetries:
		default:
			return r.header, r.read(out)
		}
		if err := c.c.Clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// try is one request and its whole answer.
func (c *Client) try(ctx context.Context, method string, at *url.URL, body []byte, limit time.Duration) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("PRIVATE-TOKEN", c.c.Token)
	req.Header.Set("User-Agent", c.c.UserAgent)
	req.Header.Set("Accept", "application/json")
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.c.Transport.RoundTrip(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, fmt.Errorf("GitLab did not answer within %s", limit.Round(time.Second))
		}
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return &reply{resp.StatusCode, resp.Header, text}, nil
}

// pause is how long a rate limit lasts by its own account.
func pause(h http.Header, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if reset, err := strconv.ParseInt(h.Get("RateLimit-Reset"), 10, 64); err == nil {
		return time.Unix(reset, 0).Sub(now) + time.Second
	}
	return 0
}

// read takes what an answer holds. Of a refusal no more is kept than GitLab's message.
func (r *reply) read(out any) error {
	switch {
	case len(r.body) > maxAnswer:
		return fmt.Errorf("an answer of more than %d MiB", maxAnswer>>20)
	case r.status/100 == 2 && out == nil:
		return nil
	case r.status/100 == 2:
		if err := json.Unmarshal(r.body, out); err != nil {
			return lostError{errors.New("the answer is not the JSON that GitLab documents")}
		}
		return nil
	case r.status/100 == 3:
		return errors.New("GitLab redirects, and the token is not sent on: is CI_API_V4_URL its own address?")
	case r.status == http.StatusUnauthorized:
		return ErrToken
	case r.status == http.StatusForbidden:
		return fmt.Errorf("%w%s", ErrForbidden, r.message())
	case r.status == http.StatusNotFound:
		return ErrNotFound
	case r.status >= 500:
		return lostError{fmt.Errorf("GitLab answered %d", r.status)}
	}
	return fmt.Errorf("GitLab answered %d%s", r.status, r.message())
}

// message is what GitLab says about a failure: "message" or "error", of which the first may be an object.
func (r *reply) message() string {
	const limit = 300
	var said struct {
		Message any    `json:"message"`
		Error   string `json:"error"`
	}
	if json.Unmarshal(r.body, &said) != nil {
		return ""
	}
	text := said.Error
	if said.Message != nil {
		text = fmt.Sprint(said.Message)
	}
	if text == "" {
		return ""
	}
	return ": " + sanitize.Cut(sanitize.Line(text), limit)
}
