package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

const bot = "github-actions[bot]"

var epoch = time.Date(2025, 9, 1, 12, 0, 0, 0, time.UTC)

// description is GitHub's own OpenAPI description, against which every request of these tests is checked.
var description = sync.OnceValues(func() (routers.Router, error) {
	data, err := os.ReadFile("../../../shared/data/openapi/github-api/003-2021-10-10-4cf46ad0.json")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return gorillamux.NewRouter(doc)
})

// issue is an issue or pull request of the fake.
type issue struct {
	Number      int       `json:"number"`
	Title       string    `json:"title"`
	Body        string    `json:"body"`
	State       string    `json:"state"`
	StateReason string    `json:"state_reason,omitempty"`
	User        user      `json:"user"`
	Labels      []label   `json:"labels"`
	ClosedAt    string    `json:"closed_at,omitempty"`
	Pull        *struct{} `json:"pull_request,omitempty"`
	comments    []comment
}

type user struct {
	Login string `json:"login"`
}

type label struct {
	Name string `json:"name"`
}

type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User user   `json:"user"`
}

// fault is one failure that the fake must show once; a fault that is never met fails the test.
type fault struct {
	method, path string // of the request that it hits; path is a prefix
	lose         bool   // the request is carried out, then the connection breaks
	before       func() // what happens in between
	status       int
	header       map[string]string
	body         string
}

// fake is a GitHub in memory.
type fake struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	issues []*issue
	nextID int64
	faults []fault
	log    []string // METHOD path of the requests, queries left out
	times  []time.Time
	clock  *stopped
}

func newFake(t *testing.T) *fake {
	t.Helper()
	_, _ = description() // takes longer than a request may take; its error shows there
	f := &fake{t: t, nextID: 1000, clock: &stopped{now: epoch}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.Close()
		for _, left := range f.faults {
			t.Errorf("never called: %s %s", left.method, left.path)
		}
	})
	return f
}

// stopped is a clock that only sleeping moves.
type stopped struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *stopped) clock() Clock {
	return Clock{
		Now: func() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.now, c.slept = c.now.Add(d), append(c.slept, d)
			return ctx.Err()
		},
	}
}

func (f *fake) client() *Client {
	f.t.Helper()
	c, err := New(Config{BaseURL: f.URL, Token: "t0ken", Repository: "o/r", Author: bot, UserAgent: "govctl/1", Transport: http.DefaultTransport,
		Clock: f.clock.clock(), Deadline: 10 * time.Minute})
	if err != nil {
		f.t.Fatal(err)
	}
	return unhurried(c)
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.check(r, body)
	f.log = append(f.log, r.Method+" "+r.URL.Path)
	f.times = append(f.times, f.clock.clock().Now())
	hit := slices.IndexFunc(f.faults, func(x fault) bool { return x.method == r.Method && strings.HasPrefix(r.URL.Path, x.path) })
	if hit < 0 {
		f.answer(w, r, body)
		return
	}
	x := f.faults[hit]
	f.faults = slices.Delete(f.faults, hit, hit+1)
	if x.before != nil {
		x.before()
		f.answer(w, r, body)
		return
	}
	if x.lose {
		f.answer(httptest.NewRecorder(), r, body)
	}
	if x.lose || x.status == 0 {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
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

// check holds a request against GitHub's description: path, parameters and body, and that it names nothing that the description lacks.
func (f *fake) check(r *http.Request, body []byte) {
	if r.Header.Get("Authorization") != "Bearer t0ken" || r.Header.Get("User-Agent") != "govctl/1" {
		f.t.Errorf("headers %v", r.Header)
	}
	router, err := description()
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		f.t.Fatal(err)
	}
	again := r.Clone(f.t.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := router.FindRoute(again)
	if err != nil {
		f.t.Errorf("%s %s is not in GitHub's description: %v", r.Method, r.URL.Path, err)
		return
	}
	err = openapi3filter.ValidateRequest(f.t.Context(), &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}})
	if err != nil {
		f.t.Errorf("%s %s: %.500s", r.Method, r.URL, err)
	}
	for name := range r.URL.Query() {
		if !slices.ContainsFunc(route.Operation.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.In == "query" && p.Value.Name == name }) {
			f.t.Errorf("%s %s: GitHub has no query parameter %s", r.Method, r.URL.Path, name)
		}
	}
	var sent map[string]any
	if len(body) > 0 && json.Unmarshal(body, &sent) == nil {
		known := route.Operation.RequestBody.Value.Content["application/json"].Schema.Value.Properties
		for name := range sent {
			if known[name] == nil && name != "state_reason" { // younger than the description
				f.t.Errorf("%s %s: GitHub has no property %s", r.Method, r.URL.Path, name)
			}
		}
	}
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 4 || parts[0] != "repos" || parts[1] != "o" || parts[2] != "r" || parts[3] != "issues" {
		http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
		return
	}
	number, id := 0, int64(0)
	if len(parts) > 4 && parts[4] != "comments" {
		number, _ = strconv.Atoi(parts[4])
	} else if len(parts) > 5 {
		id, _ = strconv.ParseInt(parts[5], 10, 64)
	}
	switch shape := fmt.Sprint(r.Method, " ", len(parts)); shape {
	case "GET 4":
		f.listIssues(w, r)
	case "POST 4":
		f.create(w, body)
	case "PATCH 5":
		f.edit(w, number, body)
	case "GET 6":
		page(w, r, f.find(number).comments)
	case "POST 6":
		f.addComment(w, number, body)
	case "PATCH 6":
		f.editComment(w, id, body)
	case "DELETE 6":
		for _, i := range f.issues {
			i.comments = slices.DeleteFunc(i.comments, func(c comment) bool { return c.ID == id })
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		f.t.Errorf("the fake does not know %s %s", r.Method, r.URL.Path)
	}
}

// page answers with one page of a list and the Link header that leads on.
func page[T any](w http.ResponseWriter, r *http.Request, list []T) {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	n = max(n, 1)
	from, to := min((n-1)*size, len(list)), min(n*size, len(list))
	if to < len(list) {
		next := *r.URL
		q := next.Query()
		q.Set("page", strconv.Itoa(n+1))
		next.RawQuery = q.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s>; rel="next"`, r.Host, next.String()))
	}
	w.Header().Set("Content-Type", "application/json")
	part := list[from:to]
	if part == nil {
		part = []T{}
	}
	_ = json.NewEncoder(w).Encode(part)
}

func (f *fake) listIssues(w http.ResponseWriter, r *http.Request) {
	state := r.URL.Query().Get("state")
	var list []*issue
	for _, i := range f.issues {
		if i.State == state {
			list = append(list, i)
		}
	}
	if r.URL.Query().Get("direction") == "desc" {
		slices.Reverse(list)
	}
	page(w, r, list)
}

func (f *fake) find(number int) *issue {
	for _, i := range f.issues {
		if i.Number == number {
			return i
		}
	}
	f.t.Errorf("no issue %d", number)
	return &issue{}
}

func (f *fake) create(w http.ResponseWriter, body []byte) {
	var in struct {
		Title, Body string
		Labels      []string
	}
	_ = json.Unmarshal(body, &in)
	i := f.add(bot, in.Title, in.Body, in.Labels...)
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(i)
}

func (f *fake) add(login, title, body string, labels ...string) *issue {
	i := &issue{Number: len(f.issues) + 1, Title: title, Body: body, State: "open", User: user{login}, Labels: []label{}}
	for _, l := range labels {
		i.Labels = append(i.Labels, label{l})
	}
	f.issues = append(f.issues, i)
	return i
}

func (f *fake) edit(w http.ResponseWriter, number int, body []byte) {
	i := f.find(number)
	if strings.Contains(string(body), `"state":"open"`) {
		i.StateReason = ""
	}
	_ = json.Unmarshal(body, i)
	if utf8.RuneCountInString(i.Body) > maxBody {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	_ = json.NewEncoder(w).Encode(i)
}

func (f *fake) addComment(w http.ResponseWriter, number int, body []byte) {
	var in comment
	_ = json.Unmarshal(body, &in)
	if utf8.RuneCountInString(in.Body) > maxBody {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	f.nextID++
	in.ID, in.User = f.nextID, user{bot}
	i := f.find(number)
	i.comments = append(i.comments, in)
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(in)
}

func (f *fake) editComment(w http.ResponseWriter, id int64, body []byte) {
	for _, i := range f.issues {
		for n := range i.comments {
			if c := &i.comments[n]; c.ID == id {
				_ = json.Unmarshal(body, c)
				_ = json.NewEncoder(w).Encode(c)
				return
			}
		}
	}
	http.Error(w, `{"message":"Not Found"}`, http.StatusNotFound)
}

// changes are the requests that changed something.
func (f *fake) changes() []string {
	var list []string
	for _, l := range f.log {
		if !strings.HasPrefix(l, "GET ") {
			list = append(list, l)
		}
	}
	return list
}
