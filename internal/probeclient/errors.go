package probeclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/romel/govctl/internal/netguard"
)

// Error is the error of an exchange that yielded no answer.
type Error struct {
	URL    string // without credentials and query; empty where the address cannot be read
	Err    error
	Absent bool // nothing listens there yet, so that a later try may succeed
}

func (e *Error) Error() string {
	if e.URL == "" {
		return e.Err.Error()
	}
	return e.URL + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// refused is an answer that is over a bound.
type refused struct{ why string }

func (r *refused) Error() string { return r.why }

// explain is what an error of the transport means. The text of an error in the protocol repeats what the server sent, so that it is left out.
func explain(err error, at string, timeout time.Duration) error {
	var (
		over    *refused
		guarded *netguard.Error
		op      *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		slow    net.Error
	)
	e := &Error{URL: at}
	switch {
	case errors.Is(err, context.Canceled):
		e.Err = context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		e.Err = fmt.Errorf("no complete answer within %s", timeout)
	case errors.As(err, &over):
		e.Err = over
	case errors.As(err, &guarded):
		e.Err = guarded
	case errors.As(err, &cert):
		e.Err = fmt.Errorf("the certificate is not accepted: %w", cert.Err)
	case errors.As(err, &record), errors.As(err, &op) && strings.HasSuffix(op.Op, " error"): // crypto/tls names alerts "remote error" and "local error"
		e.Err = errors.New("no TLS connection could be made")
	case errors.As(err, &op):
		e.Err, e.Absent = op, true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Err, e.Absent = errors.New("the connection was closed before the answer was complete"), true
	default:
		e.Err = errors.New("the answer is not HTTP that can be read, or its headers are too large")
	}
	return e
}

// pause is the time between two tries.
const pause = 200 * time.Millisecond

// DoWaiting is Do for a service that may not have started yet: as long as nothing listens at the address, or a gateway in front of it reports
// that, it tries again for up to wait.
func (c *Client) DoWaiting(ctx context.Context, r Request, wait time.Duration) (*Answer, error) {
	end := c.options.Now().Add(wait)
	for {
		a, err := c.Do(ctx, r)
		if a != nil && a.Status >= 502 && a.Status <= 504 {
			err = &Error{URL: a.URL, Absent: true, Err: fmt.Errorf("the answer has the status %d: the gateway does not reach the service", a.Status)}
		}
		var failed *Error
		if err == nil || !errors.As(err, &failed) || !failed.Absent || c.options.Now().Add(pause).After(end) {
			if err != nil {
				return nil, err
			}
			return a, nil
		}
		if err := c.options.Sleep(ctx, pause); err != nil {
			return nil, &Error{URL: failed.URL, Err: err}
		}
	}
}
