package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// client asks the HTTP API of one Prometheus.
type client struct {
	base    *url.URL
	http    *http.Client
	token   string
	perCall time.Duration
}

// maxAnswer bounds an answer, in bytes: about 100,000 rules.
const maxAnswer = 64 << 20

// Error is an answer that is none of a Prometheus, or no answer. Asking again can help only where Retry is set.
type Error struct {
	Msg   string // lower case, no full stop, without secrets
	Hint  string
	Retry bool
	Err   error
}

func (e *Error) Error() string { return e.Msg }
func (e *Error) Unwrap() error { return e.Err }

// answer is the envelope of the API: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
type answer struct {
	Status string         `json:"status"`
	Data   jsontext.Value `json:"data"`
	Error  string         `json:"error"`
}

// get reads the data of one address below the base into v.
func (c *client) get(ctx context.Context, path string, query url.Values, v any) error {
	ctx, cancel := context.WithTimeout(ctx, c.perCall)
	defer cancel()
	u := c.base.JoinPath(path)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return &Error{Msg: "the address cannot be requested", Err: err}
	}
	req.Header.Set("Accept", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	asking := *c.http
	asking.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // with a token, following would hand it on
	res, err := asking.Do(req)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer func() { _ = res.Body.Close() }() // everything that is wanted has been read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return c.unreachable(ctx, err)
	case len(body) > maxAnswer:
		return &Error{Msg: fmt.Sprintf("%s answers with more than %d MiB", c.name(), maxAnswer>>20), Hint: "is this the address of a Prometheus?"}
	}
	return c.read(res, body, v)
}

func (c *client) read(res *http.Response, body []byte, v any) error {
	if err := c.refusal(res); err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return &Error{Msg: fmt.Sprintf("%s answers with %s, not with JSON", c.name(), or(short(kind), "no type")), Hint: "is a login page in front of it? PROMETHEUS_TOKEN is sent as bearer token"}
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return &Error{Msg: c.name() + " answers with JSON that is not of its API", Err: err}
	}
	if a.Status != "success" {
		return &Error{Msg: fmt.Sprintf("%s answers with an error: %s", c.name(), short(or(a.Error, res.Status))), Retry: res.StatusCode >= 500}
	}
	if err := json.Unmarshal(a.Data, v); err != nil {
		return &Error{Msg: c.name() + " answers with data that is not of its API", Err: err}
	}
	return nil
}

// refusal is the error of a status that carries no answer.
func (c *client) refusal(res *http.Response) error {
	switch status := res.StatusCode; {
	case status >= 300 && status < 400:
		to := "elsewhere"
		if at, err := res.Location(); err == nil {
			to = "to " + shown(at)
		}
		return &Error{Msg: fmt.Sprintf("%s redirects %s", c.name(), to), Hint: "give the address that it redirects to, without /api/v1/..."}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &Error{Msg: fmt.Sprintf("%s refuses access (%d)", c.name(), status), Hint: "PROMETHEUS_TOKEN is sent as bearer token; user and password may be in the address"}
	case status == http.StatusNotFound:
		return &Error{Msg: c.name() + " has no API there (404)", Hint: "give the address that /api/v1/rules is below"}
	case status == http.StatusServiceUnavailable, status == http.StatusBadGateway, status == http.StatusGatewayTimeout, status == http.StatusTooManyRequests:
		return &Error{Msg: fmt.Sprintf("%s is not ready (%d)", c.name(), status), Retry: true}
	}
	return nil
}

// unreachable is the error of a call without an answer. The library's text would repeat the address with its query.
func (c *client) unreachable(ctx context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Msg: fmt.Sprintf("%s does not answer within %s", c.name(), c.perCall), Retry: true, Err: err}
	}
	return &Error{Msg: fmt.Sprintf("%s cannot be reached: %v", c.name(), err), Hint: "is Prometheus running there?", Retry: true, Err: err}
}

func (c *client) name() string { return shown(c.base) }

// shown is an address without user, password, query and fragment.
func shown(u *url.URL) string {
	clean := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return clean.String()
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// short keeps a server's text from filling the screen.
func short(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
