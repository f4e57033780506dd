package resources

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// engine is a Docker Engine API on a unix socket.
func engine(t *testing.T, answer http.HandlerFunc) *Docker {
	t.Helper()
	dir, err := os.MkdirTemp("", "e") // t.TempDir is too long for the address of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: answer}}
	server.Start()
	t.Cleanup(server.Close)
	return &Docker{HTTP: &http.Client{
		Transport: &http.Transport{MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func running(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/containers/json":
		fmt.Fprint(w, `[{"Id":"2","Names":["/web"]},{"Id":"1","Names":["/db"]},{"Id":"3","Names":["/gone"]},{"Id":"4"}]`)
	case "/containers/3/stats":
		w.WriteHeader(http.StatusNotFound)
	case "/containers/4/stats":
		fmt.Fprint(w, strings.Replace(apiV2, "/shop", "", 1))
	default:
		if r.URL.Query().Get("stream") != "false" {
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprint(w, strings.Replace(apiV2, "/shop", map[string]string{"/containers/1/stats": "/db", "/containers/2/stats": "/web"}[r.URL.Path], 1))
	}
}

func TestDocker(t *testing.T) {
	d := engine(t, running)
	for _, c := range []struct {
		globs []string
		want  string
	}{{nil, "4 db web"}, {[]string{"w*"}, "web"}, {[]string{"db", "web"}, "db web"}, {[]string{"none"}, ""}} {
		samples, err := d.Snapshot(t.Context(), c.globs)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range samples {
			names = append(names, s.Container)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%v: %s", c.globs, got)
		}
	}
}

// Whatever a server does, the call ends, with an error.
func TestHostileServers(t *testing.T) {
	listed := func(stats http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/containers/json" {
				fmt.Fprint(w, `[{"Id":"1","Names":["/a"]}]`)
				return
			}
			stats(w, r)
		}
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"endless list":  {endless, "larger than"},
		"endless stats": {listed(endless), "larger than"},
		"slow":          {listed(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), "in time"},
		"slow body": {listed(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}), "in time"},
		"many headers": {func(w http.ResponseWriter, r *http.Request) {
			for i := range 10_000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), "x")
			}
		}, "header"},
		"redirect loop": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "status 302"},
		"error":         {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "status 500"},
		"no JSON":       {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, "cannot be read"},
		"no stats":      {listed(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }), "stats of a container"},
		"many containers": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, "["+strings.Repeat(`{"Id":"1"},`, 1000)+`{"Id":"1"}]`)
		}, "more than 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wait := 30 * time.Second
			if c.want == "in time" {
				wait = 200 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			samples, err := engine(t, c.answer).Snapshot(ctx, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, %v", samples, err)
			}
		})
	}
}
