package webfiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/pkg/report"
)

// patience is a deadline that no loaded machine misses.
const patience = time.Minute

func options() probeclient.Options {
	return probeclient.Options{Timeout: patience, UserAgent: "test", Now: time.Now}
}

// serve is a site, and what was asked of it.
func serve(t *testing.T, h http.HandlerFunc) (*Site, func() int) {
	t.Helper()
	var mu sync.Mutex
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked++
		mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(server.Close)
	s, err := New(server.URL+"/sub", options())
	if err != nil {
		t.Fatal(err)
	}
	return s, func() int { mu.Lock(); defer mu.Unlock(); return asked }
}

func sumOf(name, text string) report.Checksum {
	sum := sha256.Sum256([]byte(text))
	return report.Checksum{Path: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(text))}
}

func TestFilesAreRead(t *testing.T) {
	s, asked := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/sub/absent":
			http.NotFound(w, r)
		case "/sub/index.html":
			http.Redirect(w, r, "./", http.StatusMovedPermanently)
		default:
			_, _ = fmt.Fprintf(w, "%s %s", r.URL.Path, r.Header.Get("Cache-Control"))
		}
	})
	content, err := s.Content(context.Background(), []string{"a", "absent", "name with ? and #.json"})
	want := map[string][]byte{"a": []byte("/sub/a no-cache"), "name with ? and #.json": []byte("/sub/name with ? and #.json no-cache")}
	if diff := cmp.Diff(want, content); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	listed := map[string]report.Checksum{
		"a": sumOf("a", "old"), "absent": sumOf("absent", "x"), "index.html": sumOf("index.html", "/sub/ no-cache"), "empty": sumOf("empty", ""), "b": sumOf("b", "changed"),
	}
	for try, requests := range []int{4, 2} { // of the second one only what differed
		before := asked()
		sums, err := s.Sums(context.Background(), listed, content)
		if diff := cmp.Diff(map[string]report.Checksum{
			"a": sumOf("a", "/sub/a no-cache"), "index.html": listed["index.html"], "empty": listed["empty"], "b": sumOf("b", "/sub/b no-cache"),
		}, sums); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if got := asked() - before; got != requests {
			t.Errorf("try %d: %d requests", try+1, got)
		}
	}
}

// TestBounds: a server that sends or lists without end costs no more than the bounds, and is named.
func TestBounds(t *testing.T) {
	endless := func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	many := map[string]report.Checksum{}
	for i := range maxFiles + 1 {
		many[fmt.Sprint(i)] = report.Checksum{Size: 1}
	}
	some := map[string]report.Checksum{"a": {Size: 1}}
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		do    func(*Site) error
		says  string
		later bool
		moved bool
	}{
		{"content without end", endless, func(s *Site) error { _, err := s.Content(context.Background(), []string{"a"}); return err }, "/sub/a: more than 4194304 bytes are sent", false, false},
		{"a file without end", endless, func(s *Site) error { _, err := s.Sums(context.Background(), some, nil); return err }, "/sub/a: more than 104857600 bytes are sent", false, false},
		{"a site without end", endless, func(s *Site) error {
			s.total.Store(maxTotal - 1000)
			_, err := s.Sums(context.Background(), some, nil)
			return err
		}, "/sub/a: more than 1000 bytes are sent", false, false},
		{"files without end", endless, func(s *Site) error { _, err := s.Sums(context.Background(), many, nil); return err }, "/sub/: 10001 files are listed, more than 10000", false, false},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(s *Site) error {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, err := s.Content(ctx, []string{"a"})
			return err
		}, "/sub/: no complete answer in time", true, false},
		{"status 503", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, contentOf, "the answer has the status 503", true, false},
		{"status 403", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, contentOf, "the answer has the status 403", false, false},
		{"another host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.invalid/"+strings.Repeat("x", 1000)+"?secret", http.StatusFound)
		}, contentOf, "the server redirects to https://elsewhere.invalid/xxx", false, true},
		{"redirects without end", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/sub/a", http.StatusFound) }, contentOf, "the server redirects to http://127.0.0.1:", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, c.serve)
			err := c.do(s)
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Error(), c.says) || e.Later != c.later || e.Moved != c.moved || len(e.Error()) > 500 || strings.Contains(e.Error(), "secret") {
				t.Errorf("%#v", err)
			}
		})
	}
}

func contentOf(s *Site) error {
	_, err := s.Content(context.Background(), []string{"a", "b"})
	return err
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		address string
		public  bool
		at      string // of a file; empty: it is refused
	}{
		{"https://o.github.io/r", true, "https://o.github.io/r/a.json"},
		{"https://o.github.io/r/", true, "https://o.github.io/r/a.json"},
		{"https://o.github.io", true, "https://o.github.io/a.json"},
		{"https://user:secret@example.com/x", true, "https://example.com/x/a.json"},
		{"http://example.com/", false, "http://example.com/a.json"},
		{"http://example.com/", true, ""},
		{"https://example.com/?page=1", true, ""},
		{"https://example.com/#top", true, ""},
		{"file:///etc/", true, ""},
		{"example.com", true, ""},
	} {
		o := options()
		o.Public = c.public
		s, err := New(c.address, o)
		if (err == nil) != (c.at != "") || s != nil && s.At("a.json") != c.at {
			t.Errorf("%s: %v", c.address, err)
		}
	}
}

// TestPrivateAddressesAreRefused: without leave a site is none of the own network, whatever its name says.
func TestPrivateAddressesAreRefused(t *testing.T) {
	o := options()
	o.Public = true
	s, err := New("https://localhost:1/", o)
	if err != nil {
		t.Fatal(err)
	}
	if err := contentOf(s); err == nil || !strings.Contains(err.Error(), "is private") {
		t.Error(err)
	}
}
