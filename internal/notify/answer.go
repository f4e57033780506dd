package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/romel/govctl/internal/netguard"
)

// verdict says what a try means for the notice.
type verdict int

const (
	again   verdict = iota // worth another try in this run
	taken                  // the receiver has it
	refused                // final for this run, pending for the next
)

// answer is the end of one try. The problem never carries what the receiver sent, nor the URL.
type answer struct {
	verdict    verdict
	status     int
	problem    string
	retryAfter string
}

// retried are the statuses after which the same request may succeed soon.
var retried = map[int]bool{http.StatusRequestTimeout: true, http.StatusTooEarly: true, http.StatusTooManyRequests: true}

func read(resp *http.Response) answer {
	a := answer{status: resp.StatusCode, verdict: refused, problem: "the receiver answered " + status(resp.StatusCode)}
	switch {
	case a.status >= 200 && a.status < 300:
		return answer{status: a.status, verdict: taken}
	case a.status >= 300 && a.status < 400:
		a.problem += ": redirects are not followed, set the final URL"
	case a.status >= 500, retried[a.status]:
		a.verdict = again
		a.retryAfter = resp.Header.Get("Retry-After")
	}
	return a
}

func status(code int) string {
	return strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code))
}

// aboutPayload reports a refusal of this notice, which says nothing about the next one.
func (a *answer) aboutPayload() bool {
	switch a.status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// broken puts a failed try into our own words: the errors of net/http quote the URL, and those below it may quote the receiver.
func broken(ctx context.Context, err error) answer {
	a := answer{verdict: again}
	var address *netguard.Error
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case errors.As(err, &address):
		a.verdict = refused
		a.problem = "address refused: it is private, link-local or a metadata service"
	case errors.Is(ctx.Err(), context.Canceled):
		a.verdict, a.problem = refused, "interrupted"
	case errors.As(err, &cert), errors.As(err, &authority):
		a.verdict, a.problem = refused, "TLS: the certificate does not verify"
	case errors.As(err, &record), errors.As(err, &alert):
		a.problem = "TLS: the handshake failed"
	case errors.As(err, &dns):
		a.problem = "the name of the host does not resolve"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		a.problem = "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		a.problem = "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		a.problem = "connection reset"
	default:
		a.problem = "the answer is not HTTP, or the network failed"
	}
	return a
}

// parseRetryAfter reads seconds or an HTTP date. What cannot be read is an error: guessing would be rude.
func parseRetryAfter(s string, now time.Time) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if seconds, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, nil
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, at.Sub(now)), nil
	}
	return 0, errors.New("its Retry-After cannot be parsed")
}
