package live

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/promrules"
)

const written = `
groups:
- name: g
  labels: {team: a}
  rules:
  - {record: 'job:up:sum', expr: 'sum by (job)   (up)', labels: {level: job}}
  - {alert: Down, expr: up==0, for: 5m, labels: {severity: page}}
`

// server is a Prometheus as a test wants it. Each answer may depend on how often it was asked.
type server struct {
	rules  func(n int) string
	series func(n int) bool
	asked  int
	looks  int
	query  string
}

const (
	recording = `{"type":"recording","name":"job:up:sum","query":"sum by (job) (up)","labels":{"level":"job","team":"a"},"health":"ok"}`
	alerting  = `{"type":"alerting","name":"Down","query":"up == 0","duration":300,"keepFiringFor":0,"labels":{"severity":"page","team":"a"},"annotations":{},"alerts":[],"health":"ok"}`
)

func loadedRules(rules ...string) func(int) string {
	return func(int) string {
		return `{"status":"success","data":{"groups":[{"name":"g","file":"r.yml","interval":60,"rules":[` + strings.Join(rules, ",") + `]}]}}`
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch r.URL.Path {
	case "/sub/api/v1/rules":
		s.asked++
		_, _ = io.WriteString(w, s.rules(s.asked))
	case "/sub/api/v1/query":
		s.looks++
		s.query = r.URL.Query().Get("query")
		result := "[]"
		if s.series == nil || s.series(s.looks) {
			result = `[{"metric":{},"value":[1,"1"]}]`
		}
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"vector","result":`+result+`}}`)
	default:
		http.NotFound(w, r)
	}
}

// check runs Check against a handler, on a clock that only sleeping moves.
// patience is how long the tests wait for an answer: far more than a loaded machine needs.
const patience = time.Minute

func check(t *testing.T, h http.Handler, rules string) (Result, error) {
	t.Helper()
	return checkWithin(t, h, rules, patience)
}

func checkWithin(t *testing.T, h http.Handler, rules string, perCall time.Duration) (Result, error) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	base, err := url.Parse(srv.URL + "/sub")
	if err != nil {
		t.Fatal(err)
	}
	return checkAt(t, base, rules, perCall)
}

func checkAt(t *testing.T, base *url.URL, rules string, perCall time.Duration) (Result, error) {
	t.Helper()
	f, err := promrules.Parse("r.yml", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1700000000, 0)
	return Check(context.Background(), []*promrules.File{f}, Options{
		Base: base, HTTP: &http.Client{}, Token: "secret-token", Timeout: 10 * time.Second, Every: 2 * time.Second, PerCall: perCall,
		Now:   func() time.Time { return now },
		Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
	})
}

func TestHealthy(t *testing.T) {
	s := &server{rules: loadedRules(recording, alerting), series: func(n int) bool { return n > 2 }}
	got, err := check(t, s, written)
	if err != nil || len(got.Findings) > 0 || got.Rules != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	if seen := got.FirstSeen.Rules; len(seen) != 1 || seen[0].Seconds == nil || *seen[0].Seconds != 4 || seen[0].At.Line != 6 {
		t.Errorf("%+v", seen)
	}
	f := got.FirstSeen
	if f.Base != f.Prometheus || f.StartTime != 1700000000 || f.SnapshotTime != 1700000004 || f.Timeout != 10 || len(f.Unresolved) != 0 ||
		f.Epoch["job:up:sum"] != 1700000004 || f.Offsets["job:up:sum"] != 4 {
		t.Errorf("%+v", f)
	}
	if s.query != `count({__name__="job:up:sum", level="job", team="a"})` {
		t.Error(s.query)
	}
}

// A script that reads the original's keys finds what never appeared, once for each name.
func TestUnresolved(t *testing.T) {
	rules := written + "  - {record: 'job:up:sum', expr: 'sum by (job) (up)', labels: {level: job}}\n"
	got, err := check(t, &server{rules: loadedRules(recording, alerting), series: func(int) bool { return false }}, rules)
	if err != nil {
		t.Fatal(err)
	}
	if f := got.FirstSeen; len(f.Unresolved) != 1 || f.Unresolved[0] != "job:up:sum" || f.Epoch == nil || len(f.Epoch) != 0 || len(f.Offsets) != 0 || f.SnapshotTime != f.StartTime+f.Timeout {
		t.Errorf("%+v", f)
	}
}

func TestFindingsOfAServer(t *testing.T) {
	change := strings.NewReplacer
	found := map[string]bool{}
	for _, c := range []struct {
		name  string
		rules func(int) string
		dry   bool
		id    string
		text  string
		looks int // at most
	}{
		{"nothing loaded", loadedRules(), false, ruleMissing, "job:up:sum is not loaded in group g", 1},
		{"another expression", loadedRules(change("sum by (job)", "sum by (instance)").Replace(recording), alerting), false, ruleDiffers, "its expression is sum by (instance) (up)", 1},
		{"other labels", loadedRules(recording, change(`"page"`, `"warning"`).Replace(alerting)), false, ruleDiffers, `its labels are {severity="warning", team="a"}`, 1},
		{"another for", loadedRules(recording, change("300", "60").Replace(alerting)), false, ruleDiffers, "its for is 60s", 1},
		{"another keep_firing_for", loadedRules(recording, change(`"keepFiringFor":0`, `"keepFiringFor":60`).Replace(alerting)), false, ruleDiffers, "its keep_firing_for is 60s", 1},
		{"an error", loadedRules(change(`"health":"ok"`, `"health":"err","lastError":"many-to-many"`).Replace(recording), alerting), false, ruleUnhealthy, "many-to-many", 99},
		{"never evaluated", loadedRules(recording, change(`"health":"ok"`, `"health":"unknown"`).Replace(alerting)), false, ruleUnevaluated, "Down has not been evaluated", 99},
		{"no series", loadedRules(recording, alerting), true, ruleNoSeries, "no series of job:up:sum appeared within 10s", 99},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &server{rules: c.rules, series: func(int) bool { return !c.dry }}
			got, err := check(t, s, written)
			if err != nil || len(got.Findings) == 0 {
				t.Fatalf("%+v %v", got, err)
			}
			f := got.Findings[0]
			if f.Rule != c.id || !strings.Contains(f.Message, c.text) || f.New.Line == 0 || f.Hint == "" || f.Why == "" || s.asked > c.looks {
				t.Errorf("%+v after %d looks", f, s.asked)
			}
			found[f.Rule] = true
		})
	}
	for _, f := range Findings {
		if !found[f.ID] {
			t.Errorf("no case for %s", f.ID)
		}
	}
}

func TestRuleInAnotherGroup(t *testing.T) {
	s := &server{rules: func(int) string {
		return strings.Replace(loadedRules(recording, alerting)(1), `"name":"g"`, `"name":"other"`, 1)
	}}
	got, err := check(t, s, written)
	if err != nil || len(got.Findings) != 2 || got.Findings[0].Hint != "a rule of this name is in group other" {
		t.Errorf("%+v %v", got.Findings, err)
	}
}

func TestHealsBeforeTheTimeout(t *testing.T) {
	bad := loadedRules(strings.Replace(recording, `"ok"`, `"unknown"`, 1), alerting)
	s := &server{rules: func(n int) string {
		if n < 3 {
			return bad(n)
		}
		return loadedRules(recording, alerting)(n)
	}}
	if got, err := check(t, s, written); err != nil || len(got.Findings) > 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestServersThatAreNone(t *testing.T) {
	text := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, body)
		}
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
	}
	for _, c := range []struct {
		name, want string
		h          http.HandlerFunc
	}{
		{"login page", "answers with text/html, not with JSON", text("text/html", "<html>")},
		{"other JSON", "JSON that is not of its API", text("application/json", "[1]")},
		{"other data", "data that is not of its API", text("application/json", `{"status":"success","data":[1]}`)},
		{"error", "answers with an error: bad data", text("application/json", `{"status":"error","errorType":"bad_data","error":"bad data"}`)},
		{"unauthorised", "refuses access (401)", status(401)},
		{"forbidden", "refuses access (403)", status(403)},
		{"nothing there", "has no API there (404)", status(404)},
		{"not ready", "is not ready (503)", status(503)},
		{"redirect", "redirects to https://elsewhere.example/login", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://user:s3cret@elsewhere.example/login?token=x", http.StatusFound)
		}},
		{"slow", "does not answer within 200ms", func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			panic(http.ErrAbortHandler) // the 200 of a handler that returns could arrive while the connection is being closed
		}},
		{"huge", "answers with more than 64 MiB", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for block := make([]byte, 1<<20); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}},
		{"cut off", "cannot be reached", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "{")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			perCall := patience
			if c.name == "slow" {
				perCall = 200 * time.Millisecond
			}
			_, err := checkWithin(t, c.h, written, perCall)
			var refused *Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if strings.Contains(err.Error()+refused.Hint, "s3cret") || strings.Contains(err.Error(), "token=") {
				t.Error("a secret shows: " + err.Error())
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "127.0.0.1:1", User: url.UserPassword("me", "pass-word")} // a port that is given to nobody
	_, err := checkAt(t, base, written, patience)
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "pass-word") {
		t.Errorf("%v", err)
	}
}

func TestTokenIsSent(t *testing.T) {
	s := &server{rules: loadedRules(recording, alerting)}
	var got string
	_, err := check(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		s.ServeHTTP(w, r)
	}), written)
	if err != nil || got != "Bearer secret-token" {
		t.Errorf("%q %v", got, err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(loadedRules(recording, alerting)(1))
	f.Add(`{"status":"success","data":{"groups":null}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var a answer
		var g ruleGroups
		if json.Unmarshal([]byte(text), &a) == nil && json.Unmarshal(a.Data, &g) == nil {
			file, err := promrules.Parse("r.yml", []byte(written))
			if err != nil {
				t.Fatal(err)
			}
			groups := map[string][]loaded{}
			for _, one := range g.Groups {
				groups[one.Name] = append(groups[one.Name], one.Rules...)
			}
			for _, w := range watch([]*promrules.File{file}) {
				w.compare(groups)
			}
		}
	})
}
