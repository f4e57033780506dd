package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// What GitHub asks of integrations: one change per second, and a pause of at least a minute where a limit says nothing else.
const (
	changePause  = time.Second
	limitPause   = time.Minute
	maxRetries   = 4
	maxErrorBody = 64 << 10
)

// limiter keeps to GitHub's limits. It waits as told after 403 and 429, which both mean that nothing was done, and repeats what
// may be repeated after a failure of the server. The client library knows of 403 alone, and refuses later requests
// on its own account, so it does not get to see the limits.
type limiter struct {
	next  http.RoundTripper
	clock Clock
	end   time.Time

	mu     sync.Mutex
	change time.Time // of the last request that changed something
}

func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	for n := 0; ; n++ {
		if err := l.pace(req); err != nil {
			return nil, err
		}
		attempt, err := again(req, n)
		if err != nil {
			return nil, err
		}
		resp, err := l.next.RoundTrip(attempt)
		wait, retry, lerr := l.judge(req, resp, err, n)
		if lerr != nil {
			return nil, lerr
		}
		if !retry {
			hideLimits(resp)
			return resp, err
		}
		if l.clock.Now().Add(wait).After(l.end) {
			return nil, fmt.Errorf("%w (it asks for %s)", ErrLimited, wait.Round(time.Second))
		}
		if err := l.clock.Sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// pace keeps a second between changes.
func (l *limiter) pace(req *http.Request) error {
	if req.Method == http.MethodGet {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := l.change.Add(changePause).Sub(l.clock.Now()); wait > 0 {
		if err := l.clock.Sleep(req.Context(), wait); err != nil {
			return err
		}
	}
	l.change = l.clock.Now()
	return nil
}

// again is the request for its n-th try: a transport must not change what it was given, and a body can be read once only.
func again(req *http.Request, n int) (*http.Request, error) {
	if n == 0 || req.Body == nil {
		return req, nil
	}
	if req.GetBody == nil {
		return nil, errors.New("the request cannot be repeated")
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	next := req.Clone(req.Context())
	next.Body = body
	return next, nil
}

// judge decides whether a request is made again, and when.
func (l *limiter) judge(req *http.Request, resp *http.Response, err error, n int) (wait time.Duration, retry bool, failed error) {
	safe := req.Method != http.MethodPost
	switch {
	case n == maxRetries || errors.Is(err, context.Canceled):
		return 0, false, nil
	case err != nil:
		return backoff(n), safe && req.Context().Err() == nil, nil
	case resp.StatusCode == http.StatusForbidden, resp.StatusCode == http.StatusTooManyRequests:
		return l.limit(resp)
	case resp.StatusCode >= 500 && safe:
		return backoff(n), true, drop(resp)
	}
	return 0, false, nil
}

func backoff(n int) time.Duration { return time.Second << n }

// limit tells a rate limit from a plain refusal and reads how long it lasts.
func (l *limiter) limit(resp *http.Response) (wait time.Duration, limited bool, err error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return 0, false, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	h := resp.Header
	after, told := h.Get("Retry-After"), h.Get("Retry-After") != ""
	empty := h.Get("X-RateLimit-Remaining") == "0"
	spoken := bytes.Contains(bytes.ToLower(body), []byte("rate limit"))
	if resp.StatusCode == http.StatusForbidden && !told && !empty && !spoken {
		return 0, false, nil
	}
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil && told {
		return time.Duration(seconds) * time.Second, true, nil
	}
	if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && empty {
		return max(time.Second, time.Unix(reset, 0).Sub(l.clock.Now())+time.Second), true, nil
	}
	return limitPause, true, nil
}

func drop(resp *http.Response) error {
	_, err := io.CopyN(io.Discard, resp.Body, maxErrorBody)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, resp.Body.Close())
}

func hideLimits(resp *http.Response) {
	if resp == nil {
		return
	}
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"} {
		resp.Header.Del(name)
	}
}
