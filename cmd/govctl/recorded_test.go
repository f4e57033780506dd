package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// recorded is testdata/recorded, wherever a test is; the process begins in the folder of the package.
var recorded, _ = filepath.Abs("../../testdata/recorded")

// recordedPath is a folder of testdata/recorded.
func recordedPath(parts ...string) string {
	return filepath.Join(append([]string{recorded}, parts...)...)
}

// recordedVersions are the versions of govctl whose folders are kept.
func recordedVersions(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(recordedPath())
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "service" && e.Name() != "original" {
			versions = append(versions, e.Name())
		}
	}
	if !slices.Contains(versions, "first-build") {
		t.Fatalf("versions %v", versions)
	}
	return versions
}

// receiver is a webhook that remembers what it was told.
type receiver struct {
	mu  sync.Mutex
	got [][]string // the reasons of each notice
}

// receive starts a webhook and tells the calls of govctl about it.
func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		var notice struct{ Reasons []string }
		_ = json.Unmarshal(body, &notice) // what is no notice has no reasons
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, notice.Reasons)
	}))
	t.Cleanup(server.Close)
	t.Setenv("GOVERNANCE_WEBHOOK", server.URL+"/hook")
	return r
}

// times counts the notices with this reason.
func (r *receiver) times(reason string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, reasons := range r.got {
		if slices.Contains(reasons, reason) {
			n++
		}
	}
	return n
}

// lines are the lines of a JSON Lines file.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// continues checks that a history has all earlier lines, byte for byte, and one more for each later run.
func (s *shop) continues(file, before string, more int) {
	s.t.Helper()
	now, old := lines(s.read(file)), lines(before)
	if len(now) != len(old)+more || !slices.Equal(now[:len(old)], old) {
		s.t.Errorf("%s has %d lines, want the %d from before and %d more\n%s", file, len(now), len(old), more, strings.Join(now, "\n"))
	}
}

// streak is the current streak of stable runs.
func (s *shop) streak(file string) int {
	s.t.Helper()
	var m struct {
		Streak *int `json:"current_stable_streak"`
	}
	if err := json.Unmarshal([]byte(s.read(file)), &m); err != nil || m.Streak == nil {
		s.t.Fatalf("%s: %v\n%s", file, err, s.read(file))
	}
	return *m.Streak
}

// edited is an OpenAPI document in JSON with another version and further operations, without those that begin with "-".
func edited(t testing.TB, document, version string, operations ...string) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(document), &v); err != nil {
		t.Fatal(err)
	}
	v["info"].(map[string]any)["version"] = version
	paths := v["paths"].(map[string]any)
	for _, o := range operations {
		if p, ok := strings.CutPrefix(o, "-"); ok {
			if paths[p] == nil {
				t.Fatalf("there is no %s", p)
			}
			delete(paths, p)
			continue
		}
		paths[o] = map[string]any{"get": map[string]any{"responses": map[string]any{"200": map[string]any{"description": "OK"}}}}
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// upgraded is the recorded service with an output folder that a version left.
func upgraded(t *testing.T, version, name string) *shop {
	t.Helper()
	s := newShop(t, "").copyFrom(recordedPath("service"))
	if name != "" {
		if err := os.CopyFS(s.path("governance"), os.DirFS(recordedPath(version, name))); err != nil {
			t.Fatal(err)
		}
	}
	s.n = 10
	return s
}

// later is a version of the recorded contract that only adds.
func later(s *shop, version string) string {
	return strings.Replace(s.read("openapi-2.yaml"), "version: 1.0.1", "version: "+version, 1) +
		"    Extra:\n      type: object\n"
}

// TestRecorded runs over what each earlier version left: the history goes on, the gate stays armed, recoveries are sent, bundles verify.
func TestRecorded(t *testing.T) {
	for _, version := range recordedVersions(t) {
		t.Run(version, func(t *testing.T) {
			t.Run("signed", func(t *testing.T) { recordedSigned(t, version) })
			t.Run("broken", func(t *testing.T) { recordedBroken(t, version) })
			t.Run("placeholder", func(t *testing.T) { recordedPlaceholder(t, version) })
			t.Run("contracts", func(t *testing.T) { recordedContracts(t, version) })
			t.Run("published", func(t *testing.T) { recordedPublished(t, version) })
		})
	}
}

func recordedSigned(t *testing.T, version string) {
	s := upgraded(t, version, "signed")
	before := s.read("governance/status/history.jsonl")
	r := s.over(later(s, "1.0.2"), "--require-state")
	s.want(r, 0, "the first run after the upgrade")
	s.agrees(r, "governance")
	s.continues("governance/status/history.jsonl", before, 1)
	if n := s.streak("governance/status/stability-metrics.json"); n != 3 {
		t.Errorf("a streak of %d stable runs, want 3", n)
	}
	s.want(s.over(s.read("openapi-break.yaml")), 1, "a break after that")

	s = upgraded(t, version, "signed")
	s.want(s.over(s.read("openapi-break.yaml")), 1, "a break in the first run after the upgrade")
	s.want(s.run(), 1, "the same break again")
}

func recordedBroken(t *testing.T, version string) {
	s := upgraded(t, version, "broken")
	s.want(s.over(s.read("openapi-break.yaml")), 1, "what did not pass before the upgrade")

	hook := receive(t)
	s = upgraded(t, version, "broken")
	for range 2 {
		s.want(s.over(later(s, "1.0.3")), 0, "the run that takes the break back")
		s.want(s.govctl("webhook", "send", "--allow-private"), 0, "sending")
	}
	if n := hook.times("semver_recovered"); n != 1 {
		t.Errorf("semver_recovered was sent %d times: %v", n, hook.got)
	}
	s.want(s.over(s.read("openapi-break.yaml")), 1, "a break after the recovery")
}

func recordedPlaceholder(t *testing.T, version string) {
	s := upgraded(t, version, "placeholder")
	before := s.read("governance/status/history.jsonl")
	r := s.over("openapi: 3.1.0\ninfo: {title: Sh")
	s.want(r, 2, "a contract that still cannot be read")
	s.agrees(r, "governance")
	s.continues("governance/status/history.jsonl", before, 1)
	if sum := s.summary("governance"); sum == nil || sum.Streak != 3 {
		t.Errorf("summary %+v, want a streak of 3 placeholders", sum)
	}
	s.want(s.over(s.read("openapi-break.yaml")), 1, "a break after the placeholders")
	s.want(s.over(later(s, "1.0.2")), 0, "a good contract after that")
	s.continues("governance/status/history.jsonl", before, 3)
}

func recordedContracts(t *testing.T, version string) {
	both := func() *shop {
		s := upgraded(t, version, "contracts")
		s.write("govctl.yaml", s.read("contracts.yaml"))
		s.write("billing.yaml", s.read("billing-2.yaml"))
		return s
	}
	s := both()
	shopLines, billingLines := s.read("governance/status/shop/history.jsonl"), s.read("governance/status/billing/history.jsonl")
	s.want(s.over(later(s, "1.0.2")), 0, "the first run after the upgrade")
	s.continues("governance/status/shop/history.jsonl", shopLines, 1)
	s.continues("governance/status/billing/history.jsonl", billingLines, 1)
	s = both()
	s.want(s.over(s.read("openapi-break.yaml")), 1, "a break of the first contract")
	s = both()
	s.write("billing.yaml", strings.ReplaceAll(strings.ReplaceAll(s.read("openapi-break.yaml"), "item", "bill"), "Item", "Bill"))
	s.want(s.over(s.read("openapi-2.yaml")), 1, "a break of the second contract")
}

func recordedPublished(t *testing.T, version string) {
	begin := func() *shop {
		s := upgraded(t, version, "")
		s.must("git", "init", "-q", "-b", "main", ".")
		s.must("git", "clone", "-q", "--bare", recordedPath(version, "published.bundle"), "remote.git")
		s.must("git", "remote", "add", "origin", "./remote.git")
		s.must("git", "fetch", "-q", "origin")
		return s
	}
	s := begin()
	for branch, dir := range map[string]string{"schemas": "whole", "gh-pages": "whole/site"} {
		s.must("sh", "-c", "mkdir -p "+dir+" && git archive origin/"+branch+" | tar x -C "+dir)
	}
	r := s.govctl("verify", "whole", "--public-key", testPublicKey, "--require-trusted-key")
	s.want(r, 0, "the bundle")
	if !strings.Contains(r.out, "VERIFY_OK") {
		t.Errorf("verify printed %q", r.out)
	}

	before := s.must("git", "show", "origin/schemas:status/history.jsonl")
	s.write("govctl.yaml", s.read("govctl.yaml")+"sign: {public_keys: trusted.json}\n")
	s.write("trusted.json", trustedKeys)
	state := []string{"--state", "git:origin/schemas", "--require-state", "--send", "--remote", "origin"}
	s.want(s.over(later(s, "1.0.2"), state...), 0, "the first run after the upgrade")
	s.must("git", "fetch", "-q", "origin")
	after := lines(s.must("git", "show", "origin/schemas:status/history.jsonl"))
	if old := lines(before); len(after) != len(old)+1 || !slices.Equal(after[:len(old)], old) {
		t.Errorf("the branch has the history\n%s", strings.Join(after, "\n"))
	}
	s.must("git", "show", "origin/gh-pages:index.html")
	s.want(s.over(s.read("openapi-break.yaml"), state...), 1, "a break after that")

	s = begin()
	s.want(s.over(s.read("openapi-break.yaml"), state[:3]...), 1, "a break in the first run after the upgrade")
}

// originals are the recorded folders of the original system.
var originals = []string{"ok", "fail", "unknown", "placeholder"}

// fromOriginal is a service that moves from the original system to govctl.
func fromOriginal(t *testing.T, name, config string) *shop {
	t.Helper()
	s := newShop(t, config)
	if err := os.CopyFS(s.path("governance"), os.DirFS(recordedPath("original", name))); err != nil {
		t.Fatal(err)
	}
	return s
}

const originalConfig = "contract: {name: openapi-governance, source: openapi.yaml}\n"

// TestRecordedOriginal runs over what the original system left.
func TestRecordedOriginal(t *testing.T) {
	for _, name := range originals {
		t.Run(name, func(t *testing.T) {
			s := fromOriginal(t, name, originalConfig)
			before, published := s.read("governance/status/history.jsonl"), s.read("governance/schemas/openapi-governance.json")
			r := s.over(edited(t, published, "1.0.5", "/new"), "--require-state")
			s.want(r, 0, "the first run of govctl")
			s.agrees(r, "governance")
			s.continues("governance/status/history.jsonl", before, 1)
			wantStreak := map[string]int{"ok": 3, "fail": 1, "unknown": 2, "placeholder": 2} // a placeholder left no line there
			if n := s.streak("governance/status/stability-metrics.json"); n != wantStreak[name] {
				t.Errorf("a streak of %d stable runs, want %d", n, wantStreak[name])
			}
			s.want(s.over(edited(t, published, "1.0.6", "-/pets")), 1, "a break after that")

			s = fromOriginal(t, name, originalConfig)
			s.want(s.over(edited(t, published, "1.0.5", "-/pets")), 1, "a break in the first run of govctl")
			s.want(s.run(), 1, "the same break again")
		})
	}
}

// TestRecordedOriginalName asks for the name of the contract where the configuration has another.
func TestRecordedOriginalName(t *testing.T) {
	s := fromOriginal(t, "ok", "contract: {source: openapi.yaml}\n")
	published := s.read("governance/schemas/openapi-governance.json")
	r := s.over(edited(t, published, "1.0.5", "-/pets"))
	s.want(r, 2, "the default name over a contract of another")
	if !strings.Contains(r.out, "contract.name: openapi-governance") || strings.Contains(r.out, "First run") {
		t.Errorf("the output lacks the hint\n%s", r.out)
	}
	if s.read("governance/schemas/openapi.json") != "" {
		t.Error("the run wrote a contract")
	}
}

// TestRecordedOriginalRecovers sends each recovery once.
func TestRecordedOriginalRecovers(t *testing.T) {
	for name, reason := range map[string]string{"fail": "semver_recovered", "placeholder": "placeholder_recovered"} {
		t.Run(name, func(t *testing.T) {
			hook := receive(t)
			s := fromOriginal(t, name, originalConfig)
			published := s.read("governance/schemas/openapi-governance.json")
			for _, version := range []string{"1.0.5", "1.0.6"} {
				s.want(s.over(edited(t, published, version, "/new")), 0, "a good run")
				s.want(s.govctl("webhook", "send", "--allow-private"), 0, "sending")
			}
			if n := hook.times(reason); n != 1 {
				t.Errorf("%s was sent %d times: %v", reason, n, hook.got)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		hook := receive(t)
		s := fromOriginal(t, "unknown", originalConfig)
		s.want(s.over(edited(t, s.read("governance/schemas/openapi-governance.json"), "1.0.5", "/new")), 0, "a good run")
		s.want(s.govctl("webhook", "send", "--allow-private"), 0, "sending")
		if n := hook.times("semver_recovered"); n != 0 {
			t.Errorf("a recovery from nothing: %v", hook.got)
		}
	})
}

// TestRecordedOriginalVerifies takes the signature of the original, and names the file that its workflow changed after it had signed.
func TestRecordedOriginalVerifies(t *testing.T) {
	for _, name := range originals {
		t.Run(name, func(t *testing.T) {
			s := fromOriginal(t, name, "")
			r := s.govctl("verify", "governance", "--signature-only", "--public-key", testPublicKey)
			s.want(r, 0, "the signature")
			if !strings.Contains(r.out, "VERIFY_OK") {
				t.Errorf("verify printed %q", r.out)
			}
			r = s.govctl("verify", "governance", "--public-key", testPublicKey)
			s.want(r, 1, "the full check")
			for _, text := range []string{"file-changed: status/operations-classification.json", "--signature-only"} {
				if !strings.Contains(r.out, text) {
					t.Errorf("the full check does not print %q\n%s", text, r.out)
				}
			}
			if strings.Contains(r.out, "badge-mismatch") || strings.Contains(r.out, "VERIFY_OK") {
				t.Errorf("the full check printed\n%s", r.out)
			}
			s.write("governance/status/checksums.json", strings.Replace(s.read("governance/status/checksums.json"), `"count": 5`, `"count": 4`, 1))
			s.want(s.govctl("verify", "governance", "--signature-only", "--public-key", testPublicKey), 1, "a list that was changed")
		})
	}
}
