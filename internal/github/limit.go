package github

import (
	"bytes"
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
	changePause = time.Second
	limitPause  = time.Minute
	maxRetries  = 4
	tryTime     = 30 * time.Second // for one try, its answer included
)

// limiter keeps to GitHub's limits. It waits as told after 403 and 429, which both mean that nothing was done, and repeats what
// may be repeated after a failure of the server or an answer that broke off. The client library knows of 403 alone, and refuses later
// requests on its own account, so it does not get to see the limits.
type limiter struct {
	door  *authTransport
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
		left := l.end.Sub(l.clock.Now())
		if left <= 0 {
			return nil, ErrLate
		}
		resp, err := l.door.send(req, min(left, tryTime))
		wait, retry, lerr := l.evaluate(req, resp, err, n)
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

// evaluate decides whether a request is made again, and when.
func (l *limiter) evaluate(req *http.Request, resp *http.Response, err error, n int) (wait time.Duration, retry bool, failed error) {
	safe := req.Method != http.MethodPost
	switch {
	case err != nil:
		final := n == maxRetries || errors.Is(err, errDoor) || req.Context().Err() != nil
		return backoff(n), safe && !final, nil
	case resp.StatusCode == http.StatusForbidden, resp.StatusCode == http.StatusTooManyRequests:
		wait, limited := l.limit(resp)
		if limited && n == maxRetries {
			return 0, false, fmt.Errorf("%w (after %d tries)", ErrLimited, n+1)
		}
		return wait, limited, nil
	case resp.StatusCode >= 500 && safe:
		return backoff(n), n < maxRetries, nil
	}
	return 0, false, nil
}

func backoff(n int) time.Duration { return time.Second << n }

// limit tells a rate limit from a plain refusal and reads how long it lasts.
func (l *limiter) limit(resp *http.Response) (wait time.Duration, limited bool) {
	h := resp.Header
	after, told := h.Get("Retry-After"), h.Get("Retry-After") != ""
	empty := h.Get("X-RateLimit-Remaining") == "0"
	if resp.StatusCode == http.StatusForbidden && !told && !empty && !spoken(resp) {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil && told {
		return time.Duration(seconds) * time.Second, true
	}
	if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && empty {
		return max(time.Second, time.Unix(reset, 0).Sub(l.clock.Now())+time.Second), true
	}
	return limitPause, true
}

// spoken reports whether an answer calls itself a rate limit. Its body can be read again afterwards.
func spoken(resp *http.Response) bool {
	body, err := io.ReadAll(resp.Body) // of an answer that lies in memory
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(bytes.ToLower(body), []byte("rate limit"))
}

func hideLimits(resp *http.Response) {
	if resp == nil {
		return
	}
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"} {
		resp.Header.Del(name)
	}
}
