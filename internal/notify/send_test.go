package notify

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

const (
	pathToken  = "T0PSECRETPATH"
	queryToken = "QUERYSECRET"
	password   = "PASSW0RD"
	hmacSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// fakeClock moves only when somebody sleeps.
type fakeClock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func (c *fakeClock) clock() Clock {
	return Clock{
		Now: func() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now },
		Sleep: func(_ context.Context, d time.Duration) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.now, c.waits = c.now.Add(d), append(c.waits, d)
			return nil
		},
		Jitter: func() float64 { return 0.5 },
	}
}

// receiver is a TLS server that answers the n-th request (from 1) by script and keeps what it got.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []*http.Request
	bodies []string
}

func newReceiver(t *testing.T, script func(n int, w http.ResponseWriter, r *http.Request)) *receiver {
	t.Helper()
	s := &receiver{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got, s.bodies = append(s.got, r), append(s.bodies, string(body))
		n := len(s.got)
		s.mu.Unlock()
		script(n, w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // broken handshakes are what some tests are about
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// arrived is what came until now.
func (s *receiver) arrived() ([]*http.Request, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got), slices.Clone(s.bodies)
}

func (s *receiver) endpoint() Endpoint {
	u, _ := url.Parse(s.URL)
	u.User = url.UserPassword("user", password)
	u.Path, u.RawQuery = "/hooks/"+pathToken, "key="+queryToken
	e := Endpoint{URL: u.String(), Secret: hmacSecret, AllowPrivate: true, Timeout: 5 * time.Second, UserAgent: "govctl/1.2.3", Source: "/o/r"}
	if s.Certificate() != nil {
		e.Roots = x509.NewCertPool()
		e.Roots.AddCert(s.Certificate())
	}
	return e
}

func statusOf(codes ...int) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(codes[min(n, len(codes))-1]) }
}

func queued(t *testing.T, n int) report.Delivery {
	t.Helper()
	s := run(n, "fail", 0.5, 0)
	state := evaluate(s, nil, usual)
	notice := NewNotice(&s, &state, Context{Repository: "o/r", RunURL: "https://example.com/run"})
	body, err := Encode(notice)
	if err != nil {
		t.Fatal(err)
	}
	return Queue(DeliveryID("o/r", &state, ""), "example.com", notice, body, s.RunID, s.GeneratedAt.Time)
}

func sender(t *testing.T, e Endpoint, c *fakeClock) *Sender {
	t.Helper()
	s, err := NewSender(e, c.clock())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.within = unhurried
	return s
}

// unhurried gives a try more time than it asks for: it is the fake clock by which the tests evaluate, and a loaded machine may stand still
// for seconds.
func unhurried(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 5*time.Minute)
}

// noSecrets looks for what must never be seen in anything that is printed or written.
func noSecrets(t *testing.T, things ...any) {
	t.Helper()
	text, err := json.Marshal(things)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{pathToken, queryToken, password, hmacSecret, strings.TrimPrefix(hmacSecret, "whsec_"), "https://127", "hooks/"} {
		if strings.Contains(string(text), bad) {
			t.Errorf("%q is told in %.400s", bad, text)
		}
	}
}

func TestDelivery(t *testing.T) {
	hang := func(_ int, _ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // as in TestInterruptedDeliveryStaysPending
	}
	reset := func(_ int, w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	retryAfter := func(value string) func(int, http.ResponseWriter, *http.Request) {
		return func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				w.Header().Set("Retry-After", value)
				w.WriteHeader(http.StatusTooManyRequests)
			}
		}
	}
	ms := func(list ...int) (out []time.Duration) {
		for _, n := range list {
			out = append(out, time.Duration(n)*time.Millisecond)
		}
		return out
	}
	now := start.Add(48 * time.Hour)
	for _, c := range []struct {
		name   string
		script func(int, http.ResponseWriter, *http.Request)
		tries  int
		status int
		state  string
		says   string
		waits  []time.Duration
	}{
		{"200", statusOf(200), 1, 200, Delivered, "", nil},
		{"204", statusOf(204), 1, 204, Delivered, "", nil},
		{"500 thrice then 200", statusOf(500, 500, 500, 200), 4, 200, Delivered, "", ms(375, 750, 1500)},
		{"408, 425, 502 then 200", statusOf(408, 425, 502, 200), 4, 200, Delivered, "", ms(375, 750, 1500)},
		{"503 for ever", statusOf(503), 7, 503, Pending, "would pass the deadline", ms(375, 750, 1500, 3000, 6000, 11250)},
		{"429 with seconds", retryAfter("7"), 2, 200, Delivered, "", ms(7000)},
		{"429 with a date", retryAfter(now.Add(9 * time.Second).Format(http.TimeFormat)), 2, 200, Delivered, "", ms(9000)},
		{"429 with a date gone by", retryAfter(now.Add(-time.Hour).Format(http.TimeFormat)), 2, 200, Delivered, "", ms(0)},
		{"429 beyond the deadline", retryAfter("3600"), 1, 429, Pending, "would pass the deadline", nil},
		{"429 unreadable", retryAfter("soon"), 1, 429, Pending, "cannot be parsed", nil},
		{"429 negative", retryAfter("-5"), 1, 429, Pending, "cannot be parsed", nil},
		{"302", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere/"+pathToken, http.StatusFound)
		}, 1, 302, Pending, "redirects are not followed", nil},
		{"400", statusOf(400), 1, 400, Pending, "400 Bad Request", nil},
		{"401", statusOf(401), 1, 401, Pending, "401", nil},
		{"404", statusOf(404), 1, 404, Pending, "404", nil},
		{"410", statusOf(410), 1, 410, Pending, "410", nil},
		{"reset", reset, 7, 0, Pending, "connection reset", ms(375, 750, 1500, 3000, 6000, 11250)},
		{"hang", hang, 7, 0, Pending, "no answer in time", ms(375, 750, 1500, 3000, 6000, 11250)},
		{"status line of the receiver's own making", func(_ int, w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(conn, "::error::%s\r\n\r\n", pathToken)
			_ = conn.Close()
		}, 7, 0, Pending, "not HTTP", nil},
		{"endless header", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("a", 100<<10))
		}, 7, 0, Pending, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := newReceiver(t, c.script)
			clock := &fakeClock{now: now}
			s := sender(t, server.endpoint(), clock)
			if c.name == "hang" {
				s.endpoint.Timeout, s.within = 30*time.Millisecond, context.WithTimeout
			}
			q := queued(t, 1)
			got := slices.Collect(s.Deliver(t.Context(), []report.Delivery{q}, "abc1234", "9", 30*time.Second))
			if len(got) != 1 {
				t.Fatalf("%d receipts", len(got))
			}
			d := got[0]
			if d.Attempts != c.tries || d.LastStatus != c.status || d.State != c.state || d.Delivered != (c.state == Delivered) || !strings.Contains(d.Error, c.says) {
				t.Errorf("got %+v", d)
			}
			if d.Delivered && d.Error != "" {
				t.Errorf("delivered with error %q", d.Error)
			}
			if c.waits != nil && !slices.Equal(clock.waits, c.waits) {
				t.Errorf("waited %v, want %v", clock.waits, c.waits)
			}
			requests, bodies := server.arrived()
			if len(requests) != c.tries && c.name != "hang" { // a try may end before its connection is up
				t.Errorf("%d requests arrived, want %d", len(requests), c.tries)
			}
			for i, r := range requests {
				whole := bodies[i] == string(q.Payload) || c.name == "hang" // which may end a try in the middle of its request
				if r.Header.Get("X-Governance-Delivery") != q.ID || !whole || r.URL.Path != "/hooks/"+pathToken {
					t.Errorf("try %d: id %s, path %s, body %s", i, r.Header.Get("X-Governance-Delivery"), r.URL.Path, bodies[i])
				}
			}
			noSecrets(t, d)
		})
	}
}

// TestAnEndlessBodyIsNotRead: the answer is known from its status line.
func TestAnEndlessBodyIsNotRead(t *testing.T) {
	var sent atomic.Int64
	server := newReceiver(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.WriteHeader(500)
		}
		block := make([]byte, 64<<10)
		for {
			written, err := w.Write(block)
			sent.Add(int64(written))
			if err != nil {
				return
			}
		}
	})
	got := slices.Collect(sender(t, server.endpoint(), &fakeClock{now: start}).Deliver(t.Context(), []report.Delivery{queued(t, 1)}, "a", "1", time.Minute))
	if d := got[0]; !d.Delivered || d.Attempts != 2 {
		t.Errorf("got %+v", d)
	}
	if n := sent.Load(); n > 32<<20 {
		t.Errorf("%d bytes were taken from the receiver", n)
	}
}

// TestReceiptsComeOneByOne: who is killed in the middle has the receipts of what was delivered until then.
func TestReceiptsComeOneByOne(t *testing.T) {
	server := newReceiver(t, statusOf(200))
	for d := range sender(t, server.endpoint(), &fakeClock{now: start}).Deliver(t.Context(), []report.Delivery{queued(t, 1), queued(t, 2)}, "x", "3", time.Minute) {
		if requests, _ := server.arrived(); len(requests) != 1 || !d.Delivered || d.ID != queued(t, 1).ID {
			t.Errorf("%d requests before the receipt %+v", len(requests), d)
		}
		break
	}
	if requests, _ := server.arrived(); len(requests) != 1 {
		t.Errorf("%d requests after the end", len(requests))
	}
}

// TestNothingOfTheReceiverIsPrinted: net/http writes down what arrives on a connection that waits for the next request.
func TestNothingOfTheReceiverIsPrinted(t *testing.T) {
	var printed bytes.Buffer
	log.SetOutput(&printed)
	defer log.SetOutput(os.Stderr)
	server := newReceiver(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			fmt.Fprintf(conn, "HTTP/1.1 204 No Content\r\n\r\n::error::%s", pathToken)
			time.Sleep(50 * time.Millisecond) // the client looks at what comes after the answer
			_ = conn.Close()
		}
	})
	s := sender(t, server.endpoint(), &fakeClock{now: start})
	got := slices.Collect(s.Deliver(t.Context(), []report.Delivery{queued(t, 1), queued(t, 2)}, "x", "3", time.Minute))
	server.Close()
	if len(got) != 2 || !got[1].Delivered || printed.Len() > 0 {
		t.Errorf("got %+v, printed %q", got, printed.String())
	}
}

func TestBrokenTLS(t *testing.T) {
	server := newReceiver(t, statusOf(200))
	untrusted := server.endpoint()
	untrusted.Roots = x509.NewCertPool()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plain.Close() }()
	go func() {
		for {
			conn, err := plain.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1)) // it has come, so that the answer is not lost with it
			fmt.Fprint(conn, "SSH-2.0-"+pathToken+"\r\n")
			_ = conn.Close()
		}
	}()
	garbage := server.endpoint()
	garbage.URL = "https://" + plain.Addr().String() + "/hooks/" + pathToken
	closed := server.endpoint()
	closed.URL = "https://127.0.0.1:1/hooks/" + pathToken
	system := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }}
	defer func() { net.DefaultResolver = system }()
	nowhere := server.endpoint()
	nowhere.URL = "https://host.invalid/hooks/" + pathToken
	for _, c := range []struct {
		name string
		e    Endpoint
		says string
	}{{"untrusted", untrusted, "TLS: the certificate does not verify"}, {"not TLS", garbage, "TLS: the handshake failed"},
		{"closed port", closed, "connection refused"}, {"no such host", nowhere, "does not resolve"}} {
		d := slices.Collect(sender(t, c.e, &fakeClock{now: start}).Deliver(t.Context(), []report.Delivery{queued(t, 1)}, "a", "1", 3*time.Second))[0]
		if d.State != Pending || !strings.Contains(d.Error, c.says) || d.LastStatus != 0 {
			t.Errorf("%s: got %+v", c.name, d)
		}
		noSecrets(t, d)
	}
	if len(server.got) != 0 {
		t.Error("a request went over a connection that does not verify")
	}
}

func TestOutstandingNoticesGoFirstAndInOrder(t *testing.T) {
	up := false
	server := newReceiver(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if !up {
			w.WriteHeader(503)
		}
	})
	clock := &fakeClock{now: start.Add(6 * time.Hour)}
	s := sender(t, server.endpoint(), clock)
	log := []report.Delivery{queued(t, 2), queued(t, 1)}
	log = append(log, slices.Collect(s.Deliver(t.Context(), log, "x", "3", time.Second))...)
	if len(log) != 3 || log[2].State != Pending || log[2].ID != queued(t, 1).ID {
		t.Fatalf("the oldest notice alone should have been tried: %+v", log[2:])
	}
	up, server.got, server.bodies = true, nil, nil
	log = append(log, queued(t, 4))
	log = append(log, slices.Collect(s.Deliver(t.Context(), log, "x", "4", time.Second))...)
	var order []string
	for _, r := range server.got {
		order = append(order, r.Header.Get("X-Governance-Delivery"))
	}
	if want := []string{queued(t, 1).ID, queued(t, 2).ID, queued(t, 4).ID}; !slices.Equal(order, want) {
		t.Errorf("arrived %v, want %v", order, want)
	}
	if left := Outstanding(log); len(left) != 0 {
		t.Errorf("still outstanding: %+v", left)
	}
	if again := slices.Collect(s.Deliver(t.Context(), log, "x", "5", time.Second)); len(again) != 0 || len(server.got) != 3 {
		t.Errorf("sent again: %+v", again)
	}
}

// TestOneRefusedPayloadDoesNotHoldUpTheRest, but a receiver that does not want us does.
func TestOneRefusedPayloadDoesNotHoldUpTheRest(t *testing.T) {
	for code, want := range map[int]int{400: 2, 413: 2, 422: 2, 401: 1, 403: 1, 404: 1, 410: 1, 302: 1} {
		server := newReceiver(t, statusOf(code, 200))
		got := slices.Collect(sender(t, server.endpoint(), &fakeClock{now: start}).Deliver(t.Context(), []report.Delivery{queued(t, 1), queued(t, 2)}, "x", "3", time.Second))
		if len(got) != want || got[0].State != Pending || want == 2 && got[1].State != Delivered {
			t.Errorf("%d: %+v", code, got)
		}
	}
}

func TestNoticesExpire(t *testing.T) {
	server := newReceiver(t, statusOf(200))
	q := queued(t, 1)
	pending := func(runs int) []report.Delivery {
		log := []report.Delivery{q}
		for i := range runs {
			d := report.Delivery{ID: q.ID, SHA: "x", RunID: fmt.Sprint(i), State: Pending, Time: q.Time}
			log = append(log, d, d) // a repeated run counts once
		}
		return log
	}
	for _, c := range []struct {
		runs int
		age  time.Duration
		want string
	}{{19, 0, Delivered}, {20, 0, Expired}, {0, maxAge, Delivered}, {0, maxAge + time.Second, Expired}} {
		s := sender(t, server.endpoint(), &fakeClock{now: q.Time.Add(c.age)})
		log := pending(c.runs)
		got := slices.Collect(s.Deliver(t.Context(), log, "y", "1", time.Second))
		if len(got) != 1 || got[0].State != c.want {
			t.Errorf("%d runs, %s: %+v", c.runs, c.age, got)
		}
		if c.want == Expired && (got[0].Error == "" || got[0].Attempts != 0) {
			t.Errorf("no reason given: %+v", got[0])
		}
		if left := Outstanding(append(log, got...)); len(left) != 0 {
			t.Errorf("not over: %+v", left)
		}
	}
}

// TestOneDeadlineForAll: each try gets what the ones before it have left of the time, and without any left there is no other.
func TestOneDeadlineForAll(t *testing.T) {
	server := newReceiver(t, statusOf(400)) // the next notice may be tried
	clock := &fakeClock{now: start}
	s := sender(t, server.endpoint(), clock)
	s.endpoint.Timeout = time.Minute
	var bounds []time.Duration
	s.within = func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
		bounds = append(bounds, d)
		if len(bounds) == 1 { // answered after 200 ms
			clock.now = clock.now.Add(200 * time.Millisecond)
			return unhurried(ctx, d)
		}
		clock.now = clock.now.Add(d) // never answered
		return context.WithTimeout(ctx, 0)
	}
	got := slices.Collect(s.Deliver(t.Context(), []report.Delivery{queued(t, 1), queued(t, 2), queued(t, 3)}, "x", "3", 300*time.Millisecond))
	if want := []time.Duration{300 * time.Millisecond, 100 * time.Millisecond}; !slices.Equal(bounds, want) {
		t.Errorf("the tries were bounded by %v, want %v", bounds, want)
	}
	if len(got) != 2 || got[1].State != Pending || got[1].Attempts != 1 || !strings.Contains(got[1].Error, "no answer in time: the next try in") {
		t.Errorf("got %+v", got)
	}
}

func TestInterruptedDeliveryStaysPending(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := newReceiver(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // the 200 of a handler that returns could still arrive while the connection is being closed
	})
	got := slices.Collect(sender(t, server.endpoint(), &fakeClock{now: start}).Deliver(ctx, []report.Delivery{queued(t, 1), queued(t, 2)}, "x", "3", time.Minute))
	if len(got) != 1 || got[0].State != Pending || got[0].Attempts != 1 || got[0].Error != "interrupted" {
		t.Errorf("got %+v", got)
	}
}

func TestURLIsCheckedAndNeverQuoted(t *testing.T) {
	for _, c := range []struct {
		url     string
		private bool
		says    string
	}{
		{"", false, "cannot be read"}, {"hooks/" + pathToken, false, "cannot be read"}, {"https://a b/" + pathToken, false, "cannot be read"},
		{"https://\x7f/" + pathToken, false, "cannot be read"}, {"https:" + pathToken, true, "cannot be read"},
		{"http://example.com/" + pathToken, false, "not https"}, {"ftp://example.com/" + pathToken, true, "neither https nor http"},
		{"file:///" + pathToken, true, "cannot be read"},
	} {
		_, err := NewSender(Endpoint{URL: c.url, AllowPrivate: c.private}, Clock{})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v", c.url, err)
			continue
		}
		noSecrets(t, err.Error())
	}
	_, err := NewSender(Endpoint{URL: "https://example.com", Secret: "whsec_" + password + "!"}, Clock{})
	if err == nil {
		t.Fatal("a broken secret passed")
	}
	noSecrets(t, err.Error())
	if _, err := NewSender(Endpoint{URL: "https://example.com", Key: ed25519.PrivateKey("short")}, Clock{}); err == nil {
		t.Error("a short key passed")
	}
}
