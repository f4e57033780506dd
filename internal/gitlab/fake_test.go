package gitlab

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

const token = "glpat-t0ken"

var epoch = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// fault is one failure that the fake must show once; a fault that is never met fails the test.
type fault struct {
	method, path string // of the request that it hits; path is a suffix
	lose         bool   // the request is carried out, then the connection breaks
	before       func() // what happens in between
	status       int
	header       map[string]string
	body         string
}

// fake answers as GitLab's documentation shows it: https://docs.gitlab.com/api/notes/, /api/users/, /api/rest/#pagination.
type fake struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	notes  []note
	nextID int64
	faults []fault
	log    []string
	now    time.Time
	slept  []time.Duration
}

// Of two users the first is the one of the token.
var me, stranger = user{ID: 41}, user{ID: 1}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, nextID: 300, now: epoch}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.Close()
		for _, left := range f.faults {
			t.Errorf("never met: %s %s", left.method, left.path)
		}
	})
	return f
}

func (f *fake) clock() Clock {
	return Clock{
		Now: func() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.now, f.slept = f.now.Add(d), append(f.slept, d)
			return ctx.Err()
		},
	}
}

func (f *fake) config() Config {
	return Config{BaseURL: f.URL + "/api/v4", Token: token, Project: "g/sub/p", UserAgent: "govctl/1", Transport: http.DefaultTransport, Clock: f.clock(), Deadline: time.Hour, AllowHTTP: true}
}

func (f *fake) client() *Client {
	f.t.Helper()
	c, err := New(f.config())
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

const notesPath = "/api/v4/projects/g%2Fsub%2Fp/merge_requests/7/notes"

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := r.URL.EscapedPath()
	body, _ := io.ReadAll(r.Body)
	f.log = append(f.log, r.Method+" "+path)
	if r.Header.Get("PRIVATE-TOKEN") != token || r.Header.Get("User-Agent") != "govctl/1" || len(body) > 0 && r.Header.Get("Content-Type") != "application/json" {
		f.t.Errorf("%s %s: headers %v", r.Method, path, r.Header)
	}
	hit := slices.IndexFunc(f.faults, func(x fault) bool { return x.method == r.Method && strings.HasSuffix(path, x.path) })
	if hit < 0 {
		f.answer(w, r, path, body)
		return
	}
	x := f.faults[hit]
	f.faults = slices.Delete(f.faults, hit, hit+1)
	if x.before != nil {
		x.before()
		f.answer(w, r, path, body)
		return
	}
	if x.lose {
		f.answer(httptest.NewRecorder(), r, path, body)
	}
	if x.status == 0 {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
		return
	}
	for k, v := range x.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(x.status)
	fmt.Fprint(w, x.body)
}

// shown is a note as the documentation shows one, with more than the client reads.
func shown(n note) map[string]any {
	return map[string]any{"id": n.ID, "type": nil, "body": n.Body, "author": map[string]any{"id": n.Author.ID, "username": "u" + strconv.FormatInt(n.Author.ID, 10), "state": "active"},
		"created_at": "2026-01-01T12:00:00Z", "system": n.System, "resolvable": false, "confidential": false, "internal": false}
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	refuse := func(status int, text string) { w.WriteHeader(status); fmt.Fprint(w, text) }
	var in struct{ Body string }
	if len(body) > 0 {
		_ = json.Unmarshal(body, &in)
		if in.Body == "" || utf8.RuneCountInString(in.Body) > maxNote {
			refuse(http.StatusBadRequest, `{"message":"400 Bad request - Note {:note=>[\"is too long (maximum is 1000000 characters)\"]}"}`)
			return
		}
	}
	if r.Method == http.MethodGet && path == "/api/v4/user" {
		_ = json.NewEncoder(w).Encode(map[string]any{"id": me.ID, "username": "project_5_bot_1", "bot": true})
		return
	}
	rest, ok := strings.CutPrefix(path, notesPath)
	if !ok {
		refuse(http.StatusNotFound, `{"message":"404 Project Not Found"}`)
		return
	}
	if rest == "" {
		switch r.Method {
		case http.MethodGet:
			f.list(w, r.URL.Query())
		case http.MethodPost:
			f.nextID++
			n := note{ID: f.nextID, Body: in.Body, Author: me}
			f.notes = append(f.notes, n)
			w.WriteHeader(http.StatusCreated)
			_ = json.NewEncoder(w).Encode(shown(n))
		}
		return
	}
	at := slices.IndexFunc(f.notes, func(n note) bool { return "/"+strconv.FormatInt(n.ID, 10) == rest })
	switch {
	case at < 0:
		refuse(http.StatusNotFound, `{"message":"404 Note Not Found"}`)
	case f.notes[at].Author != me:
		refuse(http.StatusForbidden, `{"message":"403 Forbidden"}`)
	case r.Method == http.MethodPut:
		f.notes[at].Body = in.Body
		_ = json.NewEncoder(w).Encode(shown(f.notes[at]))
	case r.Method == http.MethodDelete:
		f.notes = slices.Delete(f.notes, at, at+1)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(http.StatusMethodNotAllowed, `{"error":"405 Not Allowed"}`)
	}
}

// list is a page with the headers of GitLab's offset pagination.
func (f *fake) list(w http.ResponseWriter, q url.Values) {
	for name := range q {
		if !slices.Contains([]string{"sort", "order_by", "per_page", "page", "activity_filter"}, name) {
			f.t.Errorf("GitLab has no parameter %s", name)
		}
	}
	size, _ := strconv.Atoi(q.Get("per_page"))
	page, _ := strconv.Atoi(q.Get("page"))
	if size < 1 || size > 100 || page < 1 || q.Get("sort") != "asc" || q.Get("order_by") != "created_at" {
		f.t.Errorf("query %v", q)
		return
	}
	from, to := min((page-1)*size, len(f.notes)), min(page*size, len(f.notes))
	next := ""
	if to < len(f.notes) {
		next = strconv.Itoa(page + 1)
	}
	w.Header().Set("X-Page", strconv.Itoa(page))
	w.Header().Set("X-Per-Page", strconv.Itoa(size))
	w.Header().Set("X-Next-Page", next)
	part := []map[string]any{}
	for _, n := range f.notes[from:to] {
		part = append(part, shown(n))
	}
	_ = json.NewEncoder(w).Encode(part)
}

// changes are the requests that changed something.
func (f *fake) changes() (list []string) {
	for _, l := range f.log {
		if !strings.HasPrefix(l, "GET ") {
			list = append(list, l)
		}
	}
	return list
}
