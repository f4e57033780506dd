// Package probeclient makes the HTTP requests of probes. A probe reaches services of an internal network on purpose, so that private and
// loopback addresses are allowed; link-local ones and metadata services are not. What answers is not trusted: each exchange has a deadline,
// and bounds on headers, body and redirects. It uses no proxy, keeps no cookies and no connections.
package probeclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"time"

	"github.com/romel/govctl/internal/netguard"
)

// Bounds of one exchange.
const (
	MaxBody        = 16 << 20 // bytes of a body that are kept, whatever a request asks for
	maxHeaders     = 1_000    // fields of one answer
	defaultTimeout = 10 * time.Second
	maxRedirects   = 10
)

// Options are those of a client.
type Options struct {
	Timeout   time.Duration  // of an exchange with all its redirects; 0: 10 s
	Roots     *x509.CertPool // that certificates are verified with; nil: those of the system
	Insecure  bool           // do not verify certificates
	Public    bool           // refuse private and loopback addresses, too
	UserAgent string
	Verbatim  bool // the answer is as it was sent, with the credentials of the request where it repeats them: its reader hides them
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error // between the tries of DoWaiting
}

// Client makes requests. It can be used by several goroutines.
type Client struct {
	options   Options
	transport *http.Transport
}

// New is a client with these options.
func New(o Options) *Client {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	t := netguard.Transport(!o.Public, o.Roots)
	t.TLSClientConfig.InsecureSkipVerify = o.Insecure //nolint:gosec // what --insecure and the key of the same name ask for
	return &Client{options: o, transport: t}
}

// Request is what is asked. Credentials in the address are sent as basic authentication.
type Request struct {
	Method    string // empty: GET
	URL       string
	Header    http.Header // not sent to another host or port, should a redirect lead there
	Body      []byte
	MaxBody   int       // bytes of the answer's body that are read; 0: none
	To        io.Writer // takes the body of an answer with the status 200, of up to MaxBody bytes; that of another is not read then
	Redirects int       // that are followed, at most 10; never to another host name, nor from https to http
}

// Header is one field of an answer. A name that was sent twice is there twice.
type Header struct{ Name, Value string }

// Hop is a redirect that was followed. Its addresses have no credentials and no query.
type Hop struct {
	URL      string
	Status   int
	Location string
}

// Answer is the last answer of an exchange.
type Answer struct {
	URL      string // without credentials and query
	Status   int
	Headers  []Header // by name, and the values of one name in the order in which they were sent
	Location string   // of a redirect that was not followed, as in Hop
	Body     []byte
	Cut      bool // the body has more than MaxBody bytes
	Hops     []Hop
	Remote   string // address and port
	Duration time.Duration
}

// Do makes a request. Its error is an *Error, and holds nothing that is secret in the request.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	u, err := Parse(r.URL)
	if err != nil {
		return nil, &Error{Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	start := c.options.Now()
	hide := secretsOf(&r, u)
	a := &Answer{}
	for {
		next, err := c.exchange(ctx, &r, u, a)
		if err != nil {
			return nil, explain(err, hide.Hide(Public(u)), c.options.Timeout)
		}
		if !c.options.Verbatim {
			a.hide(hide)
		}
		if next == nil || len(a.Hops) >= min(r.Redirects, maxRedirects) || !follows(u, next) {
			a.Duration = c.options.Now().Sub(start)
			return a, nil
		}
		a.Hops = append(a.Hops, Hop{URL: a.URL, Status: a.Status, Location: a.Location})
		if next.Host != u.Host {
			r.Header = nil
		}
		r.Method, r.Body = redirected(r.Method, a.Status), nil
		u = next
	}
}

// redirected is the method of the request that follows a redirect. A body is never sent again.
func redirected(method string, status int) string {
	if method == http.MethodHead || status != http.StatusSeeOther && method != http.MethodPost {
		return method
	}
	return http.MethodGet
}

// follows reports whether a redirect stays on the host and does not leave TLS.
func follows(from, to *url.URL) bool {
	return from.Hostname() == to.Hostname() && (from.Scheme == "http" || to.Scheme == "https")
}

// exchange makes one request, fills the answer in, and returns where a redirect leads; nil where there is none that can be read.
func (c *Client) exchange(ctx context.Context, r *Request, u *url.URL, a *Answer) (next *url.URL, err error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { a.Remote = i.Conn.RemoteAddr().String() }})
	req, err := http.NewRequestWithContext(ctx, cmp.Or(r.Method, http.MethodGet), u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, r.Header)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.options.UserAgent)
	}
	if password, ok := u.User.Password(); u.User != nil && (ok || u.User.Username() != "") && req.Header.Get("Authorization") == "" {
		req.SetBasicAuth(u.User.Username(), password)
	}
	answer, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }() // what is not read is not wanted
	if err := Switched(answer); err != nil {
		return nil, err
	}
	a.URL, a.Status, a.Location = Public(u), answer.StatusCode, ""
	if a.Headers, err = fields(answer.Header); err != nil {
		return nil, err
	}
	if err := a.take(answer.Body, r); err != nil {
		return nil, err
	}
	if location, err := answer.Location(); err == nil && answer.StatusCode/100 == 3 {
		location.User = nil
		a.Location = Public(location)
		if location.Scheme == "http" || location.Scheme == "https" {
			next = location
		}
	}
	return next, nil
}

// Switched is the error of an answer that changes the protocol, which nobody here asks for: reading on would not end with the request's
// deadline, since net/http leaves the connection to the caller then.
func Switched(answer *http.Response) error {
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return Refusal("the answer changes the protocol, which was not requested")
	}
	return nil
}

// take reads a body as the request asks for it.
func (a *Answer) take(body io.Reader, r *Request) error {
	if r.To == nil {
		return a.read(body, r.MaxBody)
	}
	if a.Status != http.StatusOK {
		return nil
	}
	n, err := io.Copy(r.To, io.LimitReader(body, int64(r.MaxBody)))
	if err == nil && n == int64(r.MaxBody) {
		_, more := io.ReadFull(body, make([]byte, 1))
		a.Cut = more == nil
	}
	return err
}

// read keeps the first bytes of a body.
func (a *Answer) read(body io.Reader, most int) (err error) {
	most = min(most, MaxBody)
	a.Body, a.Cut = nil, false
	if most <= 0 {
		return nil
	}
	a.Body, err = io.ReadAll(io.LimitReader(body, int64(most)+1))
	if len(a.Body) > most {
		a.Body, a.Cut = a.Body[:most], true
	}
	return err
}

// fields are the headers by name.
func fields(h http.Header) ([]Header, error) {
	var all []Header
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			all = append(all, Header{name, value})
		}
	}
	if len(all) > maxHeaders {
		return nil, Refusal(fmt.Sprintf("the answer has %d headers, more than %d", len(all), maxHeaders))
	}
	return all, nil
}

// Parse reads the address of a probe.
func Parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the address is not of the form http://HOST/PATH or https://HOST/PATH")
	}
	return u, nil
}

// Public is an address without what may be secret in it: credentials, query and fragment.
func Public(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return shown.String()
}
