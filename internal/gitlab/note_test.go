package gitlab

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOneNoteIsKeptUpToDate(t *testing.T) {
	f := newFake(t)
	for n := range 250 { // pasted by others, and what GitLab itself writes
		f.notes = append(f.notes, note{ID: int64(n + 1), Body: marker + "\npasted", Author: stranger, System: n%2 == 0})
	}
	f.notes = append(f.notes, note{ID: 260, Body: marker + "\nchanged the description", Author: me, System: true}, note{ID: 261, Body: "about " + marker, Author: me})
	for _, step := range []struct {
		body  string
		clean bool
		want  Act
	}{{"all well", true, Nothing}, {"two breaks", false, Opened}, {"two breaks", false, Nothing}, {"one break", false, Updated}, {"all well again", true, Updated}, {"all well again", true, Nothing}} {
		if got, err := f.client().Note(t.Context(), 7, step.body, step.clean); err != nil || got != step.want {
			t.Errorf("%q: %s, want %s: %v", step.body, got, step.want, err)
		}
	}
	if last := f.notes[len(f.notes)-1]; len(f.notes) != 253 || last.Body != marker+"\nall well again" {
		t.Errorf("%d notes, the last %+v", len(f.notes), last)
	}
	if got := f.changes(); !slices.Equal(got, []string{"POST " + notesPath, "PUT " + notesPath + "/301", "PUT " + notesPath + "/301"}) {
		t.Errorf("changes %q", got)
	}
}

func TestOneOfTwoNotesStays(t *testing.T) {
	f := newFake(t)
	f.notes = []note{{ID: 1, Body: marker + "\nsame", Author: me}, {ID: 2, Body: marker + "\nsame", Author: me}, {ID: 3, Body: marker + "\nsame", Author: stranger}}
	if act, err := f.client().Note(t.Context(), 7, "same", false); err != nil || act != Updated || len(f.notes) != 2 || f.notes[1].ID != 3 {
		t.Errorf("%v, %v, %+v", act, err, f.notes)
	}
}

func TestANoteDeletedMeanwhileIsWrittenAgain(t *testing.T) {
	f := newFake(t)
	f.notes = []note{{ID: 1, Body: marker + "\nold", Author: me}}
	f.faults = []fault{{method: "PUT", path: "/1", before: func() { f.notes = nil }}}
	if act, err := f.client().Note(t.Context(), 7, "new", false); err != nil || act != Opened || len(f.notes) != 1 || f.notes[0].Body != marker+"\nnew" {
		t.Errorf("%v, %v, %+v", act, err, f.notes)
	}
}

// TestALostAnswerWritesNoSecondNote: the note may be there although nobody said so.
func TestALostAnswerWritesNoSecondNote(t *testing.T) {
	for name, x := range map[string]fault{
		"carried out, connection broken": {lose: true}, "carried out, 502": {lose: true, status: 502}, "not carried out, 500": {status: 500, body: `{"message":"500 Internal Server Error"}`}, "not carried out": {},
	} {
		f := newFake(t)
		x.method, x.path = "POST", "/notes"
		f.faults = []fault{x}
		if act, err := f.client().Note(t.Context(), 7, "text", false); err != nil || act != Opened || len(f.notes) != 1 {
			t.Errorf("%s: %v, %v, %+v", name, act, err, f.notes)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		fault fault
		want  error
		says  string
	}{
		{fault{method: "GET", path: "/user", status: 401, body: `{"message":"401 Unauthorized"}`}, ErrToken, "not valid"},
		{fault{method: "POST", path: "/notes", status: 403, body: `{"message":"403 Forbidden"}`}, ErrForbidden, "403 Forbidden"},
		{fault{method: "POST", path: "/notes", status: 403, body: `{"error":"insufficient_scope","error_description":"The request requires higher privileges"}`}, ErrForbidden, "insufficient_scope"},
		{fault{method: "GET", path: "/notes", status: 404, body: `{"message":"404 Not found"}`}, ErrNotFound, "no such merge request"},
		{fault{method: "POST", path: "/notes", status: 400, body: `{"message":{"note":["is\u001b[31m bad"]}}`}, nil, "GitLab answered 400: map[note:[is"},
		{fault{method: "GET", path: "/notes", status: 302, header: map[string]string{"Location": "https://evil.example/"}}, nil, "redirects"},
		{fault{method: "GET", path: "/notes", status: 200, body: `{"a":`}, nil, "not the JSON"},
		{fault{method: "GET", path: "/user", status: 200, body: `{}`}, nil, "the user of the token"},
	} {
		f := newFake(t)
		f.faults = []fault{c.fault}
		_, err := f.client().Note(t.Context(), 7, "text", false)
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "\x1b") || strings.Contains(err.Error(), token) {
			t.Errorf("%+v: %v", c.fault, err)
		}
	}
}

// TestLimits: 429 is waited for as told, and not for ever.
func TestLimits(t *testing.T) {
	limited := func(n int, header map[string]string) (*fake, error) {
		f := newFake(t)
		for range n {
			f.faults = append(f.faults, fault{method: "POST", path: "/notes", status: 429, header: header, body: "Retry later"})
		}
		_, err := f.client().Note(t.Context(), 7, "text", false)
		return f, err
	}
	if f, err := limited(2, map[string]string{"Retry-After": "60"}); err != nil || len(f.notes) != 1 || !slices.Equal(f.slept, []time.Duration{time.Minute, time.Minute}) {
		t.Errorf("Retry-After: %v, slept %v", err, f.slept)
	}
	if f, err := limited(1, map[string]string{"RateLimit-Reset": fmt.Sprint(epoch.Add(30 * time.Second).Unix())}); err != nil || !slices.Equal(f.slept, []time.Duration{31 * time.Second}) {
		t.Errorf("RateLimit-Reset: %v, slept %v", err, f.slept)
	}
	if f, err := limited(1, map[string]string{"Retry-After": "99999"}); !errors.Is(err, ErrLimited) || len(f.slept) != 0 {
		t.Errorf("beyond the deadline: %v, slept %v", err, f.slept)
	}
	if f, err := limited(5, nil); !errors.Is(err, ErrLimited) || len(f.slept) != 4 || len(f.notes) != 0 {
		t.Errorf("for ever: %v, slept %v", err, f.slept)
	}
}

func TestAFailingServerIsAskedAgain(t *testing.T) {
	f := newFake(t)
	f.faults = []fault{{method: "GET", path: "/notes", status: 503}, {method: "GET", path: "/notes"}, {method: "GET", path: "/user", status: 500}}
	if _, err := f.client().Note(t.Context(), 7, "text", false); err != nil || len(f.notes) != 1 {
		t.Errorf("%v, %d notes", err, len(f.notes))
	}
	f = newFake(t)
	for range maxRetries + 1 {
		f.faults = append(f.faults, fault{method: "GET", path: "/user", status: 503})
	}
	if _, err := f.client().Note(t.Context(), 7, "text", false); err == nil || !strings.Contains(err.Error(), "GitLab answered 503") {
		t.Errorf("for ever: %v", err)
	}
}

func TestEndlessListsAndAnswers(t *testing.T) {
	pages := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/user") {
			fmt.Fprint(w, `{"id":41}`)
			return
		}
		pages++
		w.Header().Set("X-Next-Page", "1") // again and again
		fmt.Fprint(w, `[]`)
	}))
	defer s.Close()
	f := newFake(t)
	c := f.config()
	c.BaseURL = s.URL
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Note(t.Context(), 7, "text", false); err == nil || !strings.Contains(err.Error(), "more than 10000 notes") || pages != maxPages {
		t.Errorf("%v after %d pages", err, pages)
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for block := strings.Repeat(" ", 1<<20); ; {
			if _, err := fmt.Fprint(w, block); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	c.BaseURL = endless.URL
	if client, err = New(c); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Note(t.Context(), 7, "text", false); err == nil || !strings.Contains(err.Error(), "more than 64 MiB") {
		t.Errorf("endless: %v", err)
	}
}

func TestTheTokenTravelsSafely(t *testing.T) {
	for _, c := range []struct {
		change func(c *Config)
		says   string
	}{
		{func(c *Config) { c.Token = "" }, ErrNoToken.Error()},
		{func(c *Config) { c.Token = "a\r\nX: y" }, "characters that no token has"},
		{func(c *Config) { c.BaseURL = "http://gitlab.example.com/api/v4" }, "not https"},
		{func(c *Config) { c.AllowHTTP = false }, "not https"},
		{func(c *Config) { c.BaseURL = "https://a:b@gitlab.example.com/api/v4" }, "not a plain URL"},
		{func(c *Config) { c.BaseURL = "file:///etc" }, "not a plain URL"},
		{func(c *Config) { c.BaseURL = "" }, "not a plain URL"},
		{func(c *Config) { c.Project = "" }, "neither a number nor a path"},
		{func(c *Config) { c.Project = "a\nb" }, "neither a number nor a path"},
	} {
		f := newFake(t)
		config := f.config()
		c.change(&config)
		if _, err := New(config); err == nil || !strings.Contains(err.Error(), c.says) || config.Token != "" && strings.Contains(err.Error(), config.Token) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
}

// TestQuickActionsAreText: GitLab obeys lines of a note that begin with a slash.
func TestQuickActionsAreText(t *testing.T) {
	f := newFake(t)
	text := "# Title\n/close\n  /merge\n> /approve\n/pets/{id} was removed\n```\n/close\n``` x\n/lock\n```\n/assign @a\n````\n```\n/draft\n````\n/shrug"
	if _, err := f.client().Note(t.Context(), 7, text, false); err != nil {
		t.Fatal(err)
	}
	want := marker + "\n# Title\n\\/close\n  \\/merge\n> \\/approve\n\\/pets/{id} was removed\n```\n /close\n``` x\n /lock\n```\n\\/assign @a\n````\n```\n /draft\n````\n\\/shrug"
	if got := f.notes[0].Body; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestALongNoteIsCut(t *testing.T) {
	f := newFake(t)
	if _, err := f.client().Note(t.Context(), 7, strings.Repeat("a line of text ü\n", 100_000), false); err != nil {
		t.Fatal(err)
	}
	if body := f.notes[0].Body; !strings.HasSuffix(body, "*Truncated: the text is too long.*\n") || len([]rune(body)) < 999_000 {
		t.Errorf("%d characters", len([]rune(body)))
	}
}
