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
	Slow   bool // no complete answer within the timeout
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

// Refusal is the error of an answer that its reader does not accept. Cause keeps its text.
func Refusal(why string) error { return &refused{why} }

// explain is the error of an exchange.
func explain(err error, at string, timeout time.Duration) error {
	e := &Error{URL: at, Err: Cause(err)}
	var op *net.OpError
	switch {
	case errors.Is(e.Err, errSlow):
		e.Err, e.Slow = fmt.Errorf("no complete answer within %s", timeout), true
	case errors.Is(e.Err, errClosed), errors.As(e.Err, &op):
		e.Absent = true
	}
	return e
}

// What an exchange can fail with.
var (
	errSlow       = errors.New("no complete answer in time")
	errTLS        = errors.New("no TLS connection could be made")
	errClosed     = errors.New("the connection was closed before the answer was complete")
	errUnreadable = errors.New("the answer is not valid HTTP, or its headers are too large")
)

// maxForeign is how much of a text is shown that the other side has a part in, in bytes.
const maxForeign = 300

// Cause is what an error of net/http means. The text of an error in the protocol repeats what the server sent, and that of a client the
// address with its credentials, so that neither is in it.
func Cause(err error) error {
	var (
		over    *refused
		guarded *netguard.Error
		op      *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		slow    net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return errSlow
	case errors.As(err, &over):
		return over
	case errors.As(err, &guarded):
		return guarded
	case errors.As(err, &cert):
		why := cert.Err.Error()
		return fmt.Errorf("the certificate is not accepted: %s", strings.ToValidUTF8(why[:min(len(why), maxForeign)], ""))
	case errors.As(err, &record), errors.As(err, &op) && strings.HasSuffix(op.Op, " error"): // crypto/tls names alerts "remote error" and "local error"
		return errTLS
	case errors.As(err, &op):
		return op
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errClosed
	}
	return errUnreadable
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
