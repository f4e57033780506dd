package probeclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/probeclient"
)

// patience is a deadline that no loaded machine misses; a test that needs it has failed.
const patience = time.Minute

func sleep(_ context.Context, d time.Duration) error { time.Sleep(d); return nil }

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// raw is a server that answers each connection with what write sends.
func raw(t *testing.T, write func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				_, _ = c.Read(make([]byte, 4096))
				write(c)
			}()
		}
	}()
	return l.Addr().String()
}

func do(t *testing.T, timeout time.Duration, r probeclient.Request) (*probeclient.Answer, error) {
	t.Helper()
	return probeclient.New(probeclient.Options{Timeout: timeout, UserAgent: "test", Now: time.Now, Sleep: sleep}).Do(context.Background(), r)
}

func TestAnswer(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Frame-Options"] = []string{"DENY", "SAMEORIGIN"}
		w.WriteHeader(http.StatusTeapot)
		_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Query().Get("q"), r.UserAgent())
	})
	a, err := do(t, patience, probeclient.Request{Method: "PROPFIND", URL: url + "/a?q=1", MaxBody: 12})
	if err != nil {
		t.Fatal(err)
	}
	var framing []string
	for _, h := range a.Headers {
		if h.Name == "X-Frame-Options" {
			framing = append(framing, h.Value)
		}
	}
	if a.Status != 418 || strings.Join(framing, ",") != "DENY,SAMEORIGIN" || string(a.Body) != "PROPFIND 1 t" || !a.Cut || a.URL != url+"/a" ||
		!strings.HasPrefix(url, "http://"+a.Remote) || a.Duration <= 0 {
		t.Errorf("%+v", a)
	}
}

// A server that never comes to an end costs the deadline and no more than the bounds.
func TestHostileServers(t *testing.T) {
	const deadline = 500 * time.Millisecond
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	endless := func(w io.Writer) {
		block := make([]byte, 1<<16)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	for _, c := range []struct {
		name, url, err string
	}{
		{"slow headers", "http://" + raw(t, func(net.Conn) { <-release }), "no complete answer within 500ms"},
		{"slow body", serve(t, func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}), "no complete answer within 500ms"},
		{"endless body", serve(t, func(w http.ResponseWriter, _ *http.Request) { endless(w) }), ""},
		{"endless header", "http://" + raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: "); endless(c) }), "its headers are too large"},
		{"10,000 headers", "http://" + raw(t, func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n"+strings.Repeat("a: b\r\n", 10_000)+"\r\n")
		}), "headers"},
		{"not HTTP", "http://" + raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "canary canary canary\r\n\r\n") }), "is not valid HTTP"},
		{"closed", "http://" + raw(t, func(net.Conn) {}), "closed before the answer was complete"},
		{"no TLS", "https://" + raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), "no TLS connection"},
		{"broken TLS", "https://" + raw(t, func(c net.Conn) { _, _ = c.Write([]byte{21, 3, 3, 0, 2, 2, 40}) }), "no TLS connection"},
		{"metadata", "http://169.254.169.254/latest", "address refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			a, err := do(t, deadline, probeclient.Request{URL: c.url, MaxBody: 1 << 40})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			switch {
			case c.err == "" && (err == nil && (!a.Cut || len(a.Body) != probeclient.MaxBody) || err != nil && !strings.Contains(err.Error(), "within")):
				t.Errorf("%v, %v", a != nil, err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "canary")):
				t.Errorf("%v", err)
			}
			if took > patience {
				t.Errorf("it took %s", took)
			}
			if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 64<<20 {
				t.Errorf("%d bytes more are held", held)
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	other := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") })
	other = strings.Replace(other, "127.0.0.1", "localhost", 1)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/loop":
			http.Redirect(w, r, "/loop?secret=1", http.StatusFound)
		case "/away":
			http.Redirect(w, r, other+"/x?secret=1", http.StatusFound)
		case "/strange":
			http.Redirect(w, r, "javascript:alert(1)", http.StatusFound)
		case "/a":
			http.Redirect(w, r, "/b", http.StatusSeeOther)
		default:
			_, _ = io.WriteString(w, r.Method+r.Header.Get("Authorization"))
		}
	})
	for _, c := range []struct {
		path         string
		hops, status int
		location     string
	}{
		{"/loop", 10, 302, url + "/loop"},
		{"/away", 0, 302, other + "/x"},
		{"/strange", 0, 302, "javascript:"},
		{"/a", 1, 200, ""},
	} {
		a, err := do(t, patience, probeclient.Request{Method: http.MethodPost, URL: url + c.path, Redirects: 1000, MaxBody: 100, Header: http.Header{"Authorization": {"kept"}}})
		if err != nil || len(a.Hops) != c.hops || a.Status != c.status || !strings.HasPrefix(a.Location, c.location) || strings.Contains(a.Location, "secret") {
			t.Errorf("%s: %+v, %v", c.path, a, err)
		}
		if c.path == "/a" && string(a.Body) != "GETkept" {
			t.Errorf("after a redirect on the host: %s", a.Body)
		}
	}
}

func TestCredentialsAreHidden(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "echo "+r.Header.Get("Authorization"))
		http.Redirect(w, r, "http://other.invalid/"+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), http.StatusFound)
	})
	for _, r := range []probeclient.Request{
		{URL: strings.Replace(url, "http://", "http://user:canary-secret@", 1)},
		{URL: url, Header: http.Header{"Authorization": {"Bearer canary-secret"}}},
	} {
		a, err := do(t, patience, r)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%+v", a); strings.Contains(text, "canary") || strings.Contains(text, "dXNlcjpjYW5hcnk") || !strings.Contains(text, "***") {
			t.Error(text)
		}
	}
	for _, address := range []string{"http://user:canary-secret@127.0.0.1:1/?token=canary", "http://user:canary-secret@[::1", "ftp://user:canary-secret@127.0.0.1/"} {
		if _, err := do(t, patience, probeclient.Request{URL: address}); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%v", err)
		}
	}
}

func TestWaiting(t *testing.T) {
	calls := 0
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls < 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	c := probeclient.New(probeclient.Options{Timeout: patience, Now: time.Now, Sleep: sleep})
	if a, err := c.DoWaiting(context.Background(), probeclient.Request{URL: url}, patience); err != nil || a.Status != 200 || calls != 3 {
		t.Errorf("%+v, %v after %d calls", a, err, calls)
	}
	var failed *probeclient.Error
	if _, err := c.DoWaiting(context.Background(), probeclient.Request{URL: "http://127.0.0.1:1/"}, 0); !errors.As(err, &failed) || !failed.Absent {
		t.Errorf("%v", err)
	}
}
