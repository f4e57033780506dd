// Package registry reads manifests and configurations from a registry of container images (OCI distribution API). It verifies the digest
// of all that it reads, and writes nothing.
package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/probeclient"
)

// Bounds of what a registry may send, in bytes.
const (
	MaxManifest = 4 << 20 // as the distribution specification recommends
	MaxConfig   = 8 << 20
	maxToken    = 1 << 20
	maxRefusal  = 64 << 10 // what is read of the body of an error
)

// Bounds of waiting.
const (
	maxTries  = 4
	maxWait   = 30 * time.Second // that a registry may ask for at once
	firstWait = time.Second      // where it does not say how long
	maxHops   = 5
)

// Client reads from registries. It is not safe for concurrent use.
type Client struct {
	HTTP        *http.Client
	Credentials Credentials
	// Sleep waits, or returns the error of the context.
	Sleep     func(context.Context, time.Duration) error
	UserAgent string

	tokens map[string]string // Authorization header, by registry and repository
}

// Repository is a repository in a registry.
type Repository struct {
	Registry string // host with its port; docker.io for Docker Hub
	Path     string
}

func (r Repository) String() string { return r.Registry + "/" + r.Path }

// ErrNotFound is the error of a tag or digest that the registry does not have.
var ErrNotFound = errors.New("the registry does not have it")

// Error is what a registry answers in place of what was asked for. It has no text of the registry that could repeat credentials.
type Error struct {
	At     string // what was asked for
	Status int
	Why    string
}

func (e *Error) Error() string { return e.At + ": " + e.Why }

// base is the address of a registry. Plain HTTP is spoken on the loopback interface alone.
func base(host string) string {
	if host == "docker.io" {
		return "https://registry-1.docker.io"
	}
	if loopback(host) {
		return "http://" + host
	}
	return "https://" + host
}

func loopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return name == "localhost" || err == nil && addr.IsLoopback()
}

// get reads a path of a repository, at most limit bytes of it.
func (c *Client) get(ctx context.Context, r Repository, path, accept string, limit int64) ([]byte, http.Header, error) {
	address := base(r.Registry) + "/v2/" + r.Path + path
	at := r.String() + path
	challenged := false
	for try := 1; ; try++ {
		answer, err := c.do(ctx, address, map[string]string{"Accept": accept, "Authorization": c.tokens[r.String()]})
		if err != nil {
			return nil, nil, &Error{At: at, Why: probeclient.Cause(err).Error()}
		}
		switch {
		case answer.StatusCode == http.StatusOK:
			data, err := readAll(answer, limit)
			if err != nil {
				return nil, nil, &Error{At: at, Status: answer.StatusCode, Why: probeclient.Cause(err).Error()}
			}
			return data, answer.Header, nil
		case answer.StatusCode == http.StatusUnauthorized && !challenged:
			challenged = true
			drain(answer)
			if err := c.authorize(ctx, r, answer.Header.Values("WWW-Authenticate")); err != nil {
				return nil, nil, &Error{At: at, Status: answer.StatusCode, Why: err.Error()}
			}
		case busy(answer.StatusCode) && try < maxTries:
			drain(answer)
			wait, ok := retryAfter(answer.Header, firstWait<<(try-1))
			if !ok {
				return nil, nil, &Error{At: at, Status: answer.StatusCode, Why: fmt.Sprintf("the registry is busy; retry after %s", wait)}
			}
			if err := c.Sleep(ctx, wait); err != nil {
				return nil, nil, &Error{At: at, Status: answer.StatusCode, Why: err.Error()}
			}
		default:
			drain(answer)
			return nil, nil, refusal(at, answer.StatusCode)
		}
	}
}

// refusal is the error of a status.
func refusal(at string, status int) error {
	switch status {
	case http.StatusNotFound:
		return fmt.Errorf("%s: %w", at, ErrNotFound)
	case http.StatusUnauthorized, http.StatusForbidden:
		return &Error{at, status, "the registry refuses access, or the repository does not exist; govctl reads auths of the configuration of Docker and runs no credential helpers"}
	case http.StatusTooManyRequests:
		return &Error{at, status, "the registry refuses further requests for now"}
	}
	return &Error{at, status, fmt.Sprintf("the answer has the status %d", status)}
}

func busy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
}

// retryAfter is how long a registry asks to wait, and whether that is bearable. A date is read against the clock of the registry.
func retryAfter(h http.Header, otherwise time.Duration) (time.Duration, bool) {
	text := h.Get("Retry-After")
	wait := otherwise
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if until, err := http.ParseTime(text); err == nil {
		if now, err := http.ParseTime(h.Get("Date")); err == nil {
			wait = max(0, until.Sub(now))
		}
	}
	return wait, wait <= maxWait
}

// do sends one request. Redirects are followed without credentials to other hosts, and never from https to http.
func (c *Client) do(ctx context.Context, address string, header map[string]string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.UserAgent)
	for name, value := range header {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	client := *c.HTTP
	client.CheckRedirect = func(next *http.Request, before []*http.Request) error {
		switch {
		case len(before) > maxHops:
			return probeclient.Refusal("there are too many redirects")
		case before[0].URL.Scheme == "https" && next.URL.Scheme != "https":
			return probeclient.Refusal("a redirect leaves https")
		case next.URL.Host != before[0].URL.Host:
			next.Header.Del("Authorization")
		}
		next.URL.User = nil // a registry does not choose credentials
		next.Header.Del("Referer")
		return nil
	}
	answer, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if err := probeclient.Switched(answer); err != nil {
		return nil, errors.Join(err, answer.Body.Close())
	}
	return answer, nil
}

// readAll reads a body of at most limit bytes, and closes it.
func readAll(answer *http.Response, limit int64) (data []byte, err error) {
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	data, err = io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = probeclient.Refusal(fmt.Sprintf("the answer is larger than %d bytes", limit))
	}
	return data, err
}

// drain reads the rest of an answer that nobody needs, within bounds.
func drain(answer *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxRefusal))
	_ = answer.Body.Close() // only read
}

// digestOf is the digest of bytes, as manifests write it.
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
