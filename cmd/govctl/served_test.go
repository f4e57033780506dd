package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// originalAddresses are the addresses below the pages that the documents and dashboards of the original system fetch, and the status files that its
// workflow put there. DAY stands for a day of the history.
var originalAddresses = []string{
	"", "index.html", "badge-taxonomy.json", "badge-alerts-total.json", "badge-alerts-deprecated.json", "badge-alerts-churn.json",
	"badge-alerts-risk-churn.json", "badge-alerts-stability.json", "badge-alerts-risk-stability.json", "badge-runbook-completeness.json",
	"badge-taxonomy-age.json", "placeholder-streak-badge.json", "governance-summary-badge.json", "governance-combined-badge.json",
	"taxonomy-metrics.json", "taxonomy-metrics-history.json", "metrics-DAY.json",
	"governance-summary.json", "stability-metrics.json", "semver-validation.json", "operations-classification.json", "breaking-status.json",
	"milestone-summary.json", "openapi-diff.json", "history.jsonl", "checksums.json", "checksums-signature.json", "checksums-pubkey.txt",
	"alerts.json", ".nojekyll",
}

// seedAddresses are those that the text of the original's README names, where it is here.
func seedAddresses(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile("../../../shared/seed/README-original.md")
	if errors.Is(err, os.ErrNotExist) {
		return nil // the list above has them
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`https://romel\.github\.io/fullstack-ecosystem/([\w./-]*)`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	if len(names) < 20 {
		t.Errorf("only %d addresses in the README", len(names))
	}
	return names
}

// TestPublishedAddresses: what the original served at an address of its pages, the pages that publish makes serve, too; and nothing of the
// memory of runs.
func TestPublishedAddresses(t *testing.T) {
	clones, bin := published(t)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(clones, "gh-pages"))))
	defer server.Close()
	get := func(name string) (int, []byte) {
		answer, err := http.Get(server.URL + "/" + name) //nolint:noctx // of this test
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body
	}
	for _, name := range append(seedAddresses(t), originalAddresses...) {
		name = strings.Replace(name, "DAY", "2026-03-03", 1)
		code, body := get(name)
		if code != http.StatusOK || len(body) == 0 && name != ".nojekyll" {
			t.Errorf("/%s: status %d, %d bytes", name, code, len(body))
		}
		source := filepath.Join(clones, "schemas", "status", name)
		if strings.HasPrefix(name, "metrics-") {
			source = filepath.Join(clones, "schemas", "status", "metrics-history", name)
		}
		if want, err := os.ReadFile(source); err == nil && isCopy(name) && !bytes.Equal(body, want) {
			t.Errorf("/%s is not the file of the artifacts", name)
		}
	}
	for _, name := range []string{"alert-state.json", "webhook-deliveries.jsonl", "run-log.json", "evidence-history.jsonl", "governance.prom"} {
		if code, _ := get(name); code != http.StatusNotFound {
			t.Errorf("/%s: status %d", name, code)
		}
	}
	// The lists at the root are those of the pages: they cover each copy.
	out := say(t, filepath.Join(clones, "gh-pages"), []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")},
		"govctl verify --exact --public-key "+projectKey+" . && sha256sum --check --strict SHA256SUMS")
	for _, name := range []string{"VERIFY_OK", ".nojekyll: OK", "history.jsonl: OK", "stability-metrics.json: OK", "metrics-2026-03-01.json: OK"} {
		if !strings.Contains(out, name) {
			t.Errorf("no %q in\n%s", name, out)
		}
	}
}

// isCopy reports a name that is a copy: pages and integrity files at the root are those of the pages.
func isCopy(name string) bool {
	return name != "" && name != "index.html" && !strings.HasPrefix(name, "checksums")
}

// site serves folders one after the other: the next one from the given number of requests for the checksums on.
type site struct {
	folders []string
	swap    map[string]string // file -> folder that it is served from, instead
	status  map[string]int    // file -> status, instead of its content
	away    string            // to which every request is redirected
	slow    time.Duration     // before the first answer

	mu    sync.Mutex
	tries int
	asked []string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	s.asked = append(s.asked, name)
	folder := s.folders[min(s.tries, len(s.folders)-1)]
	if name == "SHA256SUMS" {
		s.tries++
	}
	if len(s.asked) == 1 {
		time.Sleep(s.slow)
	}
	if other := s.swap[name]; other != "" {
		folder = other
	}
	data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	switch {
	case s.away != "":
		http.Redirect(w, r, s.away+r.URL.Path, http.StatusFound)
	case s.status[name] > 0:
		w.WriteHeader(s.status[name])
	case err != nil:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(data) // the client may have gone
	}
}

// TestVerifyServedPages: verify --url says of a site what verify says of a clone, waits for what is not deployed yet, and for nothing else.
func TestVerifyServedPages(t *testing.T) {
	clones, bin := published(t)
	at := func(name string) string { return filepath.Join(clones, name) }
	genuine, older, forged := at("gh-pages"), at("older-gh-pages"), at("forged-gh-pages")
	climbing := filepath.Join(t.TempDir(), "climbing")
	say(t, ".", nil, "cp -r '"+genuine+"' '"+climbing+"' && sed -i 's|\"alerts.json\"|\"../../etc/passwd\"|' '"+climbing+"/checksums.json'")
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	defer other.Close()
	for _, c := range []struct {
		name  string
		site  *site
		args  string
		code  int
		says  string
		waits bool // a second try is announced
	}{
		{name: "as published", site: &site{folders: []string{genuine}}, says: "VERIFY_OK"},
		{name: "of the commit, not old", site: &site{folders: []string{genuine}}, args: "--commit " + newerCommit + " --max-age 2d --now 2026-03-04T00:00:00Z", says: "VERIFY_OK"},
		{name: "hidden and empty files that are not served", site: &site{folders: []string{genuine}, status: map[string]int{".nojekyll": 403}}, says: "VERIFY_OK"},
		{name: "a first try that takes longer than the deadline", site: &site{folders: []string{genuine}, slow: 20 * time.Millisecond}, args: "--deadline 1ms", says: "VERIFY_OK"},
		{name: "not deployed yet", site: &site{folders: []string{t.TempDir(), genuine}}, args: "--deadline 24h", says: "VERIFY_OK", waits: true},
		{name: "an older deployment first", site: &site{folders: []string{older, genuine}}, args: "--deadline 24h --commit " + newerCommit, says: "VERIFY_OK", waits: true},
		{name: "an older page in a cache", site: &site{folders: []string{genuine}, swap: map[string]string{"index.html": older}}, args: "--deadline 1ms", code: 1,
			says: "VERIFY_FAIL: file-changed: index.html: "},
		{name: "an older list in a cache", site: &site{folders: []string{genuine}, swap: map[string]string{"checksums.json": older}}, args: "--deadline 1ms", code: 1, says: "VERIFY_FAIL: "},
		{name: "a file that is missing", site: &site{folders: []string{genuine}, status: map[string]int{"semver-validation.json": 404}}, args: "--deadline 1ms", code: 1,
			says: "VERIFY_FAIL: file-missing: semver-validation.json: "},
		{name: "only an older deployment", site: &site{folders: []string{older}}, args: "--deadline 1ms --commit " + newerCommit, code: 1, says: "VERIFY_FAIL: commit-differs: manifest.json: "},
		{name: "signed by somebody else", site: &site{folders: []string{forged}}, args: "--deadline 24h", code: 1, says: "VERIFY_FAIL: key-untrusted: "},
		{name: "a path that leads out", site: &site{folders: []string{climbing}}, args: "--deadline 24h", code: 1, says: "VERIFY_FAIL: path-unsafe: "},
		{name: "no signature", site: &site{folders: []string{genuine}, status: map[string]int{"checksums-signature.json": 404}}, args: "--deadline 1ms", code: 3,
			says: "/checksums-signature.json: there is no such file\nhint: is the address that of the published pages"},
		{name: "a failing server", site: &site{folders: []string{genuine}, status: map[string]int{"index.html": 500}}, args: "--deadline 1ms", code: 3, says: "/index.html: the answer has the status 500\nhint: "},
		{name: "a login", site: &site{folders: []string{genuine}, away: strings.Replace(other.URL, "127.0.0.1", "localhost", 1)}, args: "--deadline 24h", code: 3, says: "the server redirects to http://localhost:"},
		{name: "a private address", site: &site{folders: []string{genuine}}, args: "--allow-private=false", code: 2, says: "hint: --allow-private "},
		{name: "a folder, too", site: &site{folders: []string{genuine}}, args: ".", code: 2, says: "exclude each other"},
		{name: "exact", site: &site{folders: []string{genuine}}, args: "--exact", code: 2, says: "[url exact]"},
		{name: "no time", site: &site{folders: []string{genuine}}, args: "--deadline 0s", code: 2, says: "not more than zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.site)
			defer server.Close()
			args := append([]string{"verify", "--allow-private", "--public-key", projectKey, "--url", server.URL + "/"}, strings.Fields(c.args)...)
			cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "govctl"), args...)
			cmd.Dir = t.TempDir()
			out, _ := cmd.CombinedOutput() // the code says it
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.says) || strings.Contains(string(out), "trying again") != c.waits {
				t.Errorf("exit %d:\n%s", code, out)
			}
			if slices.ContainsFunc(c.site.asked, func(name string) bool { return strings.Contains(name, "..") || strings.Contains(name, "passwd") }) {
				t.Errorf("it asked for %q", c.site.asked)
			}
		})
	}
}
