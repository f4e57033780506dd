package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func doorTo(t *testing.T, base string, deadline time.Duration) *Client {
	t.Helper()
	c, err := New(Config{BaseURL: base, Token: "t0ken", Repository: "o/r", Author: bot, Transport: http.DefaultTransport, Clock: (&stopped{now: epoch}).clock(), Deadline: deadline})
	if err != nil {
		t.Fatal(err)
	}
	return unhurried(c)
}

// unhurried gives each try more time than a loaded machine needs: it is the stopped clock by which the tests evaluate.
func unhurried(c *Client) *Client {
	c.api.Client().Transport.(*limiter).door.within = func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, 10*time.Minute)
	}
	return c
}

func TestTheTokenGoesToNoOtherHost(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s reached the other host", r.Method) }))
	defer other.Close()
	for _, status := range []int{301, 302, 307, 308} {
		f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+r.URL.Path, status) }))
		c := doorTo(t, f.URL, time.Minute)
		_, err1 := c.SyncIssues(t.Context(), wanted(0.72, 1), Issues{})
		err2 := c.say(t.Context(), 1, commentMarker, "x")
		for _, err := range []error{err1, err2} {
			if err == nil || !strings.Contains(err.Error(), "another host") {
				t.Errorf("%d: %v", status, err)
			}
		}
		f.Close()
	}
}

// TestARenamedRepositoryIsFollowed: a POST stays a POST, with its body.
func TestARenamedRepositoryIsFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		var got []string
		f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if to, ok := strings.CutPrefix(r.URL.Path, "/repos/o/r"); ok {
				http.Redirect(w, r, "/repositories/7"+to, status)
				return
			}
			var in struct{ Body string }
			err := json.NewDecoder(r.Body).Decode(&in)
			got = append(got, fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.Header.Get("Authorization"), " ", in.Body, " ", err))
			fmt.Fprint(w, `{"id":1}`)
		}))
		if err := doorTo(t, f.URL, time.Minute).say(t.Context(), 1, commentMarker, "text"); err != nil || len(got) != 1 || got[0] != "POST /repositories/7/issues/1/comments Bearer t0ken text <nil>" {
			t.Errorf("%d: %v, %q", status, err, got)
		}
		f.Close()
	}
}

func TestAnswersThatAreNotWhole(t *testing.T) {
	loop := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
	endless := func(w http.ResponseWriter, _ *http.Request) {
		for block := strings.Repeat("x", 1<<20); ; {
			if _, err := fmt.Fprint(w, block); err != nil {
				return
			}
		}
	}
	short := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"number":1`) }
	torn := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `[{"number":1`)
	}
	whole := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[]`) }
	for name, c := range map[string]struct {
		answers []http.HandlerFunc // in turn, the last one again and again
		says    string             // nothing: it comes right
		most    int                // requests
	}{
		"short":         {[]http.HandlerFunc{short, whole}, "", 2},
		"torn":          {[]http.HandlerFunc{torn, whole}, "", 2},
		"always short":  {[]http.HandlerFunc{short}, "not complete JSON", maxRetries + 1},
		"endless":       {[]http.HandlerFunc{endless}, "more than 64 MiB", 1},
		"going round":   {[]http.HandlerFunc{loop}, "redirects", maxHops + 1},
		"into the void": {[]http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }}, "does not resolve", 1},
	} {
		n := 0
		f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++
			c.answers[min(n, len(c.answers))-1](w, r)
		}))
		_, err := doorTo(t, f.URL, time.Hour).SyncIssues(t.Context(), nil, Issues{})
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) || n > c.most {
			t.Errorf("%s: %v after %d requests", name, err, n)
		}
		f.Close()
	}
}

// TestAllRequestsTogetherKeepToTheDeadline: each answer is quick enough, and there is no end to them.
func TestAllRequestsTogetherKeepToTheDeadline(t *testing.T) {
	clock := &stopped{now: epoch}
	f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = clock.clock().Sleep(context.Background(), 20*time.Second)
		w.Header().Set("Link", `<http://x.example/?page=2>; rel="next"`)
		fmt.Fprint(w, `[]`)
	}))
	defer f.Close()
	c, err := New(Config{BaseURL: f.URL, Token: "t0ken", Repository: "o/r", Transport: http.DefaultTransport, Clock: clock.clock(), Deadline: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unhurried(c).SyncIssues(t.Context(), nil, Issues{}); err == nil || !strings.Contains(err.Error(), ErrLate.Error()) || len(clock.slept) != 6 {
		t.Errorf("%v after %d requests", err, len(clock.slept))
	}
}
