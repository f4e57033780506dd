package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Post sends a chat message. Unlike a notice it is not kept: the next run builds its own. The error says how it ended, without the address.
func (s *Sender) Post(ctx context.Context, body []byte, deadline time.Duration) error {
	end := s.clock.Now().Add(deadline)
	for tries := 1; ; tries++ {
		a := s.post(ctx, body, end)
		switch {
		case a.verdict == taken:
			return nil
		case a.verdict == refused, tries == maxTries:
			return errors.New(a.problem)
		}
		wait, err := s.wait(tries, a.retryAfter)
		if err != nil {
			return fmt.Errorf("%s: %w", a.problem, err)
		}
		if s.clock.Now().Add(wait).After(end) {
			return fmt.Errorf("%s: the next try would pass the deadline", a.problem)
		}
		if err := s.clock.Sleep(ctx, wait); err != nil {
			return fmt.Errorf("%s: %w", a.problem, err)
		}
	}
}

func (s *Sender) post(ctx context.Context, body []byte, end time.Time) answer {
	ctx, cancel := s.within(ctx, min(s.endpoint.Timeout, end.Sub(s.clock.Now())))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.URL, bytes.NewReader(body))
	if err != nil {
		return answer{verdict: refused, problem: "the request could not be made"}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", s.endpoint.UserAgent)
	resp, err := s.client.Do(req)
	if err != nil {
		return broken(ctx, err)
	}
	_ = resp.Body.Close() // what the receiver says is not read: it may be without end
	return read(resp)
}
