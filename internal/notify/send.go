package notify

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/netguard"
	"github.com/romel/govctl/pkg/report"
)

// Endpoint is the receiver. URL and Secret appear in no output and in no error.
type Endpoint struct {
	URL          string
	Secret       string             // empty: unsigned
	Key          ed25519.PrivateKey // adds the v1a signature; nil: none
	AllowPrivate bool               // http:// and private or loopback addresses
	Timeout      time.Duration      // of one try
	UserAgent    string
	Chat         Chat           // the receiver is a chat, and no webhook of ours
	Source       string         // who sends, as a URI reference: the CloudEvents source
	Roots        *x509.CertPool // nil: those of the system
}

// Clock is time and chance as the sender sees them.
type Clock struct {
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64 // in [0,1)
}

// Waits between tries, before jitter.
const (
	firstWait = 500 * time.Millisecond
	maxWait   = 15 * time.Second
	maxTries  = 10
)

// Sender delivers notices to one receiver.
type Sender struct {
	endpoint Endpoint
	clock    Clock
	target   *url.URL
	secret   secret
	client   *http.Client
	within   func(context.Context, time.Duration) (context.Context, context.CancelFunc) // bounds a try
}

// NewSender checks the receiver without reaching it. Its errors are about the configuration.
func NewSender(e Endpoint, c Clock) (*Sender, error) {
	target, err := url.Parse(e.URL)
	switch {
	case err != nil, target.Host == "", target.Opaque != "": // the error would quote the URL
		return nil, errors.New("the webhook URL cannot be read")
	case target.Scheme == "http" && !e.AllowPrivate:
		return nil, errors.New("the webhook URL is not https (--allow-private allows http)")
	case target.Scheme != "https" && target.Scheme != "http":
		return nil, errors.New("the webhook URL is neither https nor http")
	}
	s := &Sender{endpoint: e, clock: c, target: target, within: context.WithTimeout}
	if s.secret, err = newSecret(e.Secret, e.Key); err != nil {
		return nil, err
	}
	s.client = &http.Client{
		Transport:     netguard.Transport(e.AllowPrivate, e.Roots),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// Host is all that may be said of the receiver.
func (s *Sender) Host() string { return s.target.Hostname() }

// Close lets the connections go.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Deliver sends what is outstanding in a log, oldest first, within one deadline for all. It yields a receipt for each notice that it touched,
// as soon as that one is settled, so that whoever is killed in between has kept the receipts until then. After a receiver that does not
// answer, or does not want us, the younger ones wait: they would come out of order.
func (s *Sender) Deliver(ctx context.Context, log []report.Delivery, sha, runID string, deadline time.Duration) iter.Seq[report.Delivery] {
	return func(yield func(report.Delivery) bool) {
		end := s.clock.Now().Add(deadline)
		for _, w := range Outstanding(Of(log, s.endpoint.Chat)) {
			d := report.Delivery{ID: w.Queued.ID, SHA: sha, RunID: runID, Reasons: w.Queued.Reasons, Chat: w.Queued.Chat, Host: s.Host(), State: Pending}
			next := true
			if w.expired(s.clock.Now()) {
				d.State, d.Error = Expired, fmt.Sprintf("given up after %s since %s", count.Of(w.Runs, "run"), w.Queued.Time.UTC().Format(time.RFC3339))
			} else {
				next = s.deliver(ctx, &w, &d, end)
			}
			d.Time = report.At(s.clock.Now())
			if !yield(d) || !next {
				return
			}
		}
	}
}

// deliver tries until one try settles it; it reports whether the next notice may be tried too.
func (s *Sender) deliver(ctx context.Context, w *Waiting, d *report.Delivery, end time.Time) (next bool) {
	for {
		d.Attempts++
		a := s.try(ctx, w, end)
		d.LastStatus, d.Error = a.status, a.problem
		switch {
		case a.verdict == taken:
			d.State, d.Delivered = Delivered, true
			return true
		case a.verdict == refused:
			return a.aboutPayload()
		case d.Attempts >= maxTries:
			return false
		}
		wait, err := s.wait(d.Attempts, a.retryAfter)
		if err != nil {
			d.Error += ": " + err.Error()
			return false
		}
		if s.clock.Now().Add(wait).After(end) {
			d.Error += fmt.Sprintf(": the next try in %s would pass the deadline", wait.Round(time.Millisecond))
			return false
		}
		if err := s.clock.Sleep(ctx, wait); err != nil {
			return false
		}
	}
}

// wait is the time until the next try: what the receiver asks for, or a jittered exponential.
func (s *Sender) wait(tries int, retryAfter string) (time.Duration, error) {
	if retryAfter != "" {
		return parseRetryAfter(retryAfter, s.clock.Now())
	}
	limit := min(maxWait, firstWait<<(tries-1))
	return limit/2 + time.Duration(s.clock.Jitter()*float64(limit/2)), nil
}

// try makes one request.
func (s *Sender) try(ctx context.Context, w *Waiting, end time.Time) answer {
	ctx, cancel := s.within(ctx, min(s.endpoint.Timeout, end.Sub(s.clock.Now())))
	defer cancel()
	req, err := s.Request(ctx, w.Queued)
	if err != nil {
		return answer{verdict: refused, problem: "the request could not be made"}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return broken(ctx, err)
	}
	_ = resp.Body.Close() // what the receiver says is not read: it may be without end
	return read(resp)
}

// Request is the request for a queued notice, as it goes out.
func (s *Sender) Request(ctx context.Context, q report.Delivery) (*http.Request, error) {
	body := string(q.Payload)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.URL, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", s.endpoint.UserAgent)
	if s.endpoint.Chat != "" {
		return req, nil
	}
	h.Set("X-Governance-Event", Event)
	h.Set("X-Governance-Delivery", q.ID)
	h.Set("ce-specversion", "1.0")
	h.Set("ce-type", "io.github.romel.govctl."+Event+".v1")
	h.Set("ce-id", q.ID)
	h.Set("ce-source", attribute(s.endpoint.Source))
	h.Set("ce-subject", attribute(q.SHA))
	h.Set("ce-time", q.Time.UTC().Format(time.RFC3339))
	s.secret.sign(h, q.ID, s.clock.Now(), []byte(body))
	return req, nil
}

// attribute is a CloudEvents attribute as a header value: HTTP binding 1.0.2, section 3.1.3.2.
func attribute(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c == '"' || c == '%' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
