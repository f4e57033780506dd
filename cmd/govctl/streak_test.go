package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// tracker is a GitHub that keeps the issues it is given, and a webhook beside it.
type tracker struct {
	mu      sync.Mutex
	issues  []map[string]any
	notices []map[string]any
}

func (k *tracker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body) // a request without one has none
	switch {
	case r.URL.Path == "/hook":
		k.notices = append(k.notices, body)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/issues"):
		body["number"], body["user"], body["state"] = len(k.issues)+1, map[string]string{"login": "github-actions[bot]"}, "open"
		body["labels"] = []any{}
		k.issues = append(k.issues, body)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(body)
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/issues") && r.URL.Query().Get("state") != "closed":
		_ = json.NewEncoder(w).Encode(append([]map[string]any{}, k.issues...))
	case r.Method == http.MethodGet:
		_, _ = w.Write([]byte("[]"))
	default:
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte("{}"))
	}
}

// opened counts the issues about placeholders.
func (k *tracker) opened() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, i := range k.issues {
		if title, _ := i["title"].(string); strings.HasPrefix(title, "Placeholder metrics streak alert") {
			n++
		}
	}
	return n
}

// told counts the notices with the reason placeholder_streak.
func (k *tracker) told() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, notice := range k.notices {
		b, _ := json.Marshal(notice["reasons"]) // it was JSON
		if strings.Contains(string(b), `"placeholder_streak"`) {
			n++
		}
	}
	return n
}

// unread is a job that publishes to a bare repository, with a contract that cannot be read.
func unread(t *testing.T, config string) (*shop, *tracker) {
	t.Helper()
	k := &tracker{}
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	s := newShop(t, config)
	s.must("git", "init", "-q", "-b", "main", ".")
	s.must("git", "init", "-q", "--bare", "remote.git")
	s.must("git", "remote", "add", "origin", "./remote.git")
	for name, value := range map[string]string{"GOVERNANCE_WEBHOOK": server.URL + "/hook", "GITHUB_API_URL": server.URL, "GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "t"} {
		t.Setenv(name, value)
	}
	s.want(s.send(goodContract), 0, "the first run")
	return s, k
}

// send is a job of CI: it begins with the state of the branch and publishes.
func (s *shop) send(document string) ran {
	s.t.Helper()
	s.must("rm", "-rf", "governance")
	s.must("sh", "-c", "git fetch -q origin '+refs/heads/*:refs/remotes/origin/*'")
	return s.over(document, "--state", "git:origin/schemas", "--send", "--remote", "origin", "--allow-private")
}

// published is a file of the published branch.
func (s *shop) published(file string) string {
	s.t.Helper()
	return s.must("git", "-C", "remote.git", "show", "schemas:"+file)
}

const torn = "openapi: 3.1.0\ninfo: {title: Sh"

// TestAFailingRunStillPublishes sends six runs that could not read the contract: each fails at once and publishes all the same, so that the
// streak grows, the issue opens and the webhook is told.
func TestAFailingRunStillPublishes(t *testing.T) {
	s, k := unread(t, "contract: {source: openapi.yaml}\n")
	for streak := 1; streak <= 6; streak++ {
		r := s.send(torn)
		s.want(r, 2, "a run that could not read the contract")
		s.agrees(r, "governance")
		var sum summaryFile
		if err := json.Unmarshal([]byte(s.published("status/governance-summary.json")), &sum); err != nil {
			t.Fatal(err)
		}
		if sum.SHA != r.sha || sum.Streak != streak || sum.Checked == nil || *sum.Checked || sum.Passed {
			t.Errorf("run %d published the summary %+v", streak, sum)
		}
		var badge struct{ Label, Message, Color string }
		if err := json.Unmarshal([]byte(s.published("status/placeholder-streak-badge.json")), &badge); err != nil {
			t.Fatal(err)
		}
		color := map[bool]string{true: "green", false: "yellow"}[streak <= 2]
		if streak >= 5 {
			color = "red"
		}
		if badge.Message != string(rune('0'+streak)) || badge.Color != color {
			t.Errorf("run %d published the badge %+v", streak, badge)
		}
		if text := s.published("status/stability-metrics.json"); !strings.Contains(text, `"placeholder": true`) {
			t.Errorf("run %d published the metrics\n%s", streak, text)
		}
		if n := len(lines(s.published("status/history.jsonl"))); n != streak+1 {
			t.Errorf("%d lines in the published history after run %d", n, streak)
		}
		wantOpen, wantTold := 0, max(0, streak-4) // placeholder_streak_alert_threshold is 5
		if streak >= 5 {
			wantOpen = 1
		}
		if open, told := k.opened(), k.told(); open != wantOpen || told != wantTold {
			t.Errorf("after run %d %d issues are open and the webhook was told %d times, want %d and %d\n%s", streak, open, told, wantOpen, wantTold, r.out)
		}
	}
	s.want(s.send(badContract), 1, "a break after the streak")
	s.want(s.send(goodContract), 0, "the contract of before")
}

// TestGateNoneToleratesAStreak lets runs that could not read the contract pass until placeholder_max_runs is exceeded, and never calls them
// checked.
func TestGateNoneToleratesAStreak(t *testing.T) {
	s, _ := unread(t, "contract: {source: openapi.yaml, gate: none}\nstability: {placeholder_max_runs: 3}\n")
	for streak := 1; streak <= 5; streak++ {
		r := s.send(torn)
		want := 0
		if streak > 3 {
			want = 1
		}
		s.want(r, want, "a run under gate: none")
		sum := s.summary("governance")
		if sum == nil || sum.SHA != r.sha || sum.Checked == nil || *sum.Checked || len(sum.NotChecked) == 0 {
			t.Errorf("run %d has the summary %+v", streak, sum)
		}
		if words := strings.Fields(r.out); contains(words, "compatible") {
			t.Errorf("run %d says %q\n%s", streak, "compatible", r.out)
		}
	}
	s.write("govctl.yaml", "contract: {source: openapi.yaml}\n")
	s.want(s.send(badContract), 1, "a break once the gate is closed again")
}

// TestWorkThatFails tells a command that fails and an address that does not answer from a wrong document: exit 3.
func TestWorkThatFails(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	address := server.URL
	server.Close() // nobody listens there any more
	for name, source := range map[string]string{"command": `"cmd:exit 7"`, "address": address + "/openapi.json"} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, "contract: {source: openapi.yaml}\n")
			s.want(s.over(goodContract), 0, "the first run")
			s.write("govctl.yaml", "contract: {source: "+source+", allow_private: true}\n")
			r := s.run()
			s.want(r, 3, "a contract that could not be had")
			s.agrees(r, "governance")
			s.write("govctl.yaml", "contract: {source: openapi.yaml}\n")
			s.want(s.over(badContract), 1, "a break after that")
		})
	}
}
