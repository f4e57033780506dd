package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// What one answer may have. A hundred issues of 65,536 characters have 25 MB at most.
const (
	maxAnswer = 64 << 20
	maxHops   = 5 // redirects of one request: a repository that was renamed takes one
)

// errDoor marks what another try would meet again.
var errDoor = errors.New("refused")

// authTransport is the way to one GitHub: the token goes to no other host, and answers come in whole or not at all.
type authTransport struct {
	next   http.RoundTripper
	host   *url.URL // scheme and host of the API
	token  string
	within func(context.Context, time.Duration) (context.Context, context.CancelFunc) // bounds a try
}

// send makes one try of a request, redirects within GitHub included. The answer lies in memory.
func (d *authTransport) send(req *http.Request, limit time.Duration) (*http.Response, error) {
	ctx, cancel := d.within(req.Context(), limit)
	defer cancel()
	to := req.URL
	for range maxHops + 1 {
		resp, err := d.hop(ctx, req, to)
		if err != nil {
			return nil, err
		}
		if to, err = d.onward(resp); err != nil {
			return nil, err
		}
		if to == nil {
			return resp, nil
		}
	}
	return nil, fmt.Errorf("%w: more than %d redirects", errDoor, maxHops)
}

// hop is one request and its answer. Method and body stay what they are, also over a 301 or 302: a change that became a look would count
// as done.
func (d *authTransport) hop(ctx context.Context, req *http.Request, to *url.URL) (*http.Response, error) {
	next := req.Clone(ctx)
	next.URL, next.Host = to, ""
	next.Header.Set("Authorization", "Bearer "+d.token)
	if req.Body != nil {
		if req.GetBody == nil {
			return nil, fmt.Errorf("%w: the request cannot be repeated", errDoor)
		}
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		next.Body = body
	}
	resp, err := d.next.RoundTrip(next)
	if err != nil {
		return nil, err
	}
	return resp, whole(resp)
}

// whole takes an answer into memory. One that breaks off is an error, and one that says it is done but holds no whole JSON is, too.
func whole(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	cerr := resp.Body.Close()
	switch {
	case err != nil:
		return fmt.Errorf("the answer broke off: %w", err)
	case len(body) > maxAnswer:
		return fmt.Errorf("%w: an answer of more than %d MiB", errDoor, maxAnswer>>20)
	case resp.StatusCode/100 == 2 && len(body) > 0 && !json.Valid(body):
		return errors.New("the answer is not complete JSON")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return cerr
}

// onward is where a redirect leads; nil where the answer is none.
func (d *authTransport) onward(resp *http.Response) (*url.URL, error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := resp.Location()
	if err != nil {
		return nil, fmt.Errorf("%w: a redirect that does not resolve", errDoor)
	}
	if to.Scheme != d.host.Scheme || to.Host != d.host.Host {
		return nil, fmt.Errorf("%w: GitHub redirects to another host, which must not see the token", errDoor)
	}
	return to, nil
}
