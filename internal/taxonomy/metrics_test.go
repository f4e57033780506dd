package taxonomy_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/gitrepo/gittest"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

func TestMain(m *testing.M) {
	done := gittest.Alone()
	code := m.Run()
	done()
	os.Exit(code)
}

// repo is a repository that a test builds commit by commit, with dates of its own.
type repo struct {
	t   testing.TB
	dir string
	now time.Time
}

func newRepo(t testing.TB) *repo {
	t.Helper()
	r := &repo{t: t, dir: t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	date := fmt.Sprintf("%d +0000", r.now.Unix())
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com",
		"GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com", "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes a file and commits it, days before the test's noon.
func (r *repo) commit(daysAgo float64, file, text string) string {
	r.t.Helper()
	r.now = noon.Add(-time.Duration(daysAgo * 24 * float64(time.Hour)))
	if err := os.WriteFile(filepath.Join(r.dir, file), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	r.git("add", "--all")
	r.git("commit", "-q", "--allow-empty", "-m", "c")
	return r.git("rev-parse", "HEAD")
}

func historyOf(t testing.TB, dir, file string) taxonomy.History {
	t.Helper()
	g := gitrepo.Repo{Dir: dir, Run: gitrepo.Exec(os.Environ())}
	h, err := g.History(context.Background(), "HEAD", file)
	if err != nil {
		t.Fatal(err)
	}
	out := taxonomy.History{Cut: h.Cut, Read: g.Blobs}
	for _, c := range h.Changes {
		out.Revisions = append(out.Revisions, taxonomy.Revision{Commit: c.Commit, Time: c.Time, Blob: c.Blob})
	}
	return out
}

func measure(t testing.TB, dir, file string) (report.TaxonomyMetrics, error) {
	t.Helper()
	cfg := taxonomy.DefaultConfig("default")
	cfg.RunbookSLADays = 20
	return taxonomy.Measure(context.Background(), taxonomy.MetricsInput{
		File: parse(t, file, read(t, filepath.Join(dir, file))), Config: cfg, Now: noon, History: historyOf(t, dir, file),
	})
}

const head = `{"schema_version": "1", "alerts": [`

func alert(name, severity, more string) string {
	return fmt.Sprintf(`{"alert": %q, "severity": %q%s}`, name, severity, more)
}

func taxo(alerts ...string) string { return head + strings.Join(alerts, ",\n") + "]}\n" }

const done = `, "runbook": "Restart it."`

// figures is what a test reads of metrics.
func figures(m report.TaxonomyMetrics) string {
	base := "-"
	if m.BaselineCommit30d != nil {
		base = fmt.Sprint(int(noon.Sub(m.BaselineCommitTimestamp.Time).Hours() / 24))
	}
	return fmt.Sprintf("%s base=%s +%v -%v risk=%d semantic=%d cosmetic=%d", m.History, base, m.Added30d, m.Removed30d, m.RiskChurn30d, m.SemanticChurn30d, m.CosmeticChurn30d)
}

func TestChurnFromGit(t *testing.T) {
	const f = "alerts.json"
	for _, c := range []struct {
		name  string
		build func(*repo)
		want  string
	}{
		{"the last commit at or before the window starts it", func(r *repo) {
			r.commit(90, f, taxo(alert("A", "low", "")))
			r.commit(30, f, taxo(alert("A", "low", ""), alert("B", "low", "")))
			r.commit(29, f, taxo(alert("A", "low", ""), alert("B", "low", ""), alert("C", "critical", "")))
		}, "full base=30 +[C] -[] risk=5 semantic=1 cosmetic=0"},
		{"a second inside the window is too late", func(r *repo) {
			r.commit(90, f, taxo(alert("A", "low", "")))
			r.commit(29.9999, f, taxo(alert("B", "high", "")))
		}, "full base=90 +[B] -[A] risk=4 semantic=2 cosmetic=0"},
		{"what came and went inside the window is no churn", func(r *repo) {
			r.commit(40, f, taxo(alert("A", "low", "")))
			r.commit(20, f, taxo(alert("A", "low", ""), alert("B", "low", "")))
			r.commit(10, f, taxo(alert("A", "low", `, "description": "x"`)))
		}, "full base=40 +[] -[] risk=0 semantic=0 cosmetic=1"},
		{"a young repository compares with its first commit", func(r *repo) {
			r.commit(5, f, taxo(alert("A", "low", "")))
			r.commit(1, f, taxo(alert("A", "high", ""), alert("B", "low", "")))
		}, "young base=5 +[B] -[] risk=1 semantic=2 cosmetic=0"},
		{"a file that is not committed has no churn", func(r *repo) {
			r.commit(50, "other", "x")
			if err := os.WriteFile(filepath.Join(r.dir, f), []byte(taxo(alert("A", "low", ""))), 0o644); err != nil {
				r.t.Fatal(err)
			}
		}, "none base=- +[] -[] risk=0 semantic=0 cosmetic=0"},
		{"the work tree counts, committed or not", func(r *repo) {
			r.commit(50, f, taxo(alert("A", "low", "")))
			if err := os.WriteFile(filepath.Join(r.dir, f), []byte(taxo(alert("B", "low", ""))), 0o644); err != nil {
				r.t.Fatal(err)
			}
		}, "full base=50 +[B] -[A] risk=2 semantic=2 cosmetic=0"},
		{"a renamed file keeps its history", func(r *repo) {
			r.commit(60, "old.json", taxo(alert("A", "low", done), alert("B", "critical", done)))
			r.now = noon.AddDate(0, 0, -10)
			r.git("mv", "old.json", f)
			r.git("commit", "-q", "-m", "mv")
			r.commit(5, f, taxo(alert("A", "low", done)))
		}, "full base=60 +[] -[B] risk=5 semantic=1 cosmetic=0"},
		{"a merge counts when it lands", func(r *repo) {
			r.commit(60, f, taxo(alert("A", "low", "")))
			r.git("checkout", "-q", "-b", "side")
			r.commit(50, f, taxo(alert("A", "low", ""), alert("B", "high", "")))
			r.git("checkout", "-q", "main")
			r.commit(45, "other", "x")
			r.now = noon.AddDate(0, 0, -3)
			r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		}, "full base=60 +[B] -[] risk=3 semantic=1 cosmetic=0"},
		{"a revision that is no taxonomy is passed over", func(r *repo) {
			r.commit(80, f, taxo(alert("A", "low", "")))
			r.commit(40, f, "<<<<<<< HEAD\n")
			r.commit(10, f, taxo(alert("A", "low", ""), alert("B", "low", "")))
		}, "full base=80 +[B] -[] risk=1 semantic=1 cosmetic=0"},
		{"removed before the window and back again", func(r *repo) {
			r.commit(80, f, taxo(alert("A", "low", "")))
			r.git("rm", "-q", f)
			r.commit(40, "other", "x")
			r.commit(10, f, taxo(alert("A", "low", "")))
		}, "full base=40 +[A] -[] risk=1 semantic=1 cosmetic=0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t)
			c.build(r)
			m, err := measure(t, r.dir, f)
			if err != nil {
				t.Fatal(err)
			}
			if got := figures(m); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if (m.History == "full") != (m.HistoryNote == "") {
				t.Errorf("history %s says %q", m.History, m.HistoryNote)
			}
		})
	}
}

func TestUnreadableRevisionsAreNamed(t *testing.T) {
	r := newRepo(t)
	r.commit(80, "a.json", taxo())
	bad := r.commit(40, "a.json", "{\"alerts\": [")
	r.commit(10, "a.json", taxo(alert("A", "low", "")))
	m, err := measure(t, r.dir, "a.json")
	if err != nil || len(m.UnreadableRevisions) != 1 || m.UnreadableRevisions[0].Commit != bad || !strings.HasPrefix(m.UnreadableRevisions[0].Reason, "a.json:1:13: ") || m.RevisionsRead != 3 {
		t.Errorf("%+v %v", m.UnreadableRevisions, err)
	}
}

// actions/checkout clones one commit: that is not enough, and the message says what to do.
func TestShallowClone(t *testing.T) {
	r := newRepo(t)
	r.commit(80, "a.json", taxo(alert("A", "low", "")))
	r.commit(50, "a.json", taxo(alert("A", "low", ""), alert("B", "low", done)))
	r.commit(10, "a.json", taxo(alert("A", "low", ""), alert("C", "low", done)))
	for depth, want := range map[string]string{"1": "shallow", "2": "cut base=50 +[C] -[B] risk=2 semantic=2 cosmetic=0"} {
		clone := t.TempDir()
		r.git("clone", "-q", "--depth", depth, "file://"+r.dir, clone)
		m, err := measure(t, clone, "a.json")
		var shallow *taxonomy.ShallowError
		switch {
		case errors.As(err, &shallow):
			if want != "shallow" || err.Error() != "this clone is shallow: the history of a.json does not reach back 30 days, only to 2025-09-07" || !strings.Contains(shallow.Hint(), "fetch-depth: 0") {
				t.Errorf("depth %s: %v", depth, err)
			}
		case err != nil || figures(m) != want || !strings.Contains(m.HistoryNote, "2025-07-29"):
			t.Errorf("depth %s: %s, %s, %v", depth, figures(m), m.HistoryNote, err)
		}
	}
}

func TestRunbookSLA(t *testing.T) {
	r := newRepo(t)
	r.commit(100, "a.json", taxo(alert("A", "low", `, "runbook": "TODO"`), alert("B", "low", `, "id": "b", "runbook": ""`), alert("Gone", "low", "")))
	r.commit(90, "a.json", taxo(alert("A", "low", done), alert("B2", "low", `, "id": "b"`), alert("C", "low", `, "runbook": "tbd", "created_at": "2025-05-20"`)))
	r.commit(70, "a.json", taxo(alert("A", "low", `, "runbook": "TODO again"`), alert("B2", "low", `, "id": "b"`+done), alert("C", "low", "")))
	r.commit(10, "a.json", taxo(alert("A", "low", done), alert("B2", "low", `, "id": "b"`+done), alert("C", "low", `, "created_at": "2025-05-20"`), alert("D", "low", ""),
		alert("E", "low", done), alert("Old", "low", `, "deprecated": true`)))
	m, err := measure(t, r.dir, "a.json")
	if err != nil {
		t.Fatal(err)
	}
	s := m.RunbookSLA
	// A waited from day 100 to day 90, B from 100 to 70 through its renaming, E came with one. C counts from its created_at.
	if s.Count != 3 || s.MedianDays.Rounded() != 10 || s.MaxDays.Rounded() != 30 || s.P90Days.Rounded() != 30 || s.AvgDays.Rounded() != 13.33 {
		t.Errorf("%+v", s)
	}
	var open []string
	for _, o := range s.Open {
		open = append(open, fmt.Sprintf("%s %v %v", o.Name, o.AgeDays.Rounded(), o.Overdue))
	}
	if got := strings.Join(open, ", "); got != "C 120.5 true, D 10 false" || s.Overdue != 1 {
		t.Errorf("open: %s, %d overdue", got, s.Overdue)
	}
}

// A runbook that comes with the commit of this very moment took no time; one that was lost is open again, since the oldest revision without it.
func TestRunbookSLAOfNowAndOfLostRunbooks(t *testing.T) {
	r := newRepo(t)
	r.commit(100, "a.json", taxo(alert("A", "low", done), alert("B", "low", done), alert("C", "low", "")))
	r.commit(50, "a.json", taxo(alert("A", "low", ""), alert("B", "low", done), alert("C", "low", "")))
	r.commit(40, "a.json", "not json")
	r.commit(30, "a.json", taxo(alert("A", "low", done), alert("B", "low", ""), alert("C", "low", "")))
	r.commit(15, "a.json", taxo(alert("A", "low", ""), alert("B", "low", ""), alert("C", "low", "")))
	r.commit(0, "a.json", taxo(alert("A", "low", ""), alert("B", "low", ""), alert("C", "low", done)))
	m, err := measure(t, r.dir, "a.json")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(m.RunbookSLA.Count, m.RunbookSLA.MaxDays.Rounded(), m.RunbookSLA.Overdue)
	for _, o := range m.RunbookSLA.Open {
		got += fmt.Sprint(" ", o.Name, " ", o.AgeDays.Rounded())
	}
	if want := "3 100 1 B 30 A 15"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFigures(t *testing.T) {
	m, err := taxonomy.Measure(context.Background(), taxonomy.MetricsInput{
		File:   parse(t, "t.json", []byte(`{"last_updated": "2025-09-15T13:00:00Z", "alerts": [`+strings.Join([]string{alert("A", "critical", done), alert("B", "odd", ""), alert("C", "high", `, "deprecated": true`)}, ",")+`]}`)),
		Config: taxonomy.DefaultConfig("default"), Now: noon, History: taxonomy.History{Absent: "this is no git repository"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if m.RunbookSLA.Count != 0 || len(m.RunbookSLA.Open) != 1 {
		t.Errorf("without history nobody knows how long a runbook took: %+v", m.RunbookSLA)
	}
	got := fmt.Sprintln(m.TotalAlerts, m.ActiveAlerts, m.DeprecatedAlerts, m.DeprecatedPercent.Rounded(), *m.AgeDays, m.CurrentWeightTotal, m.RunbooksComplete, m.RunbookCompletenessPercent,
		m.StabilityScore, m.RiskStabilityPercent, m.SeverityCounts, m.History)
	if want := "3 2 1 33.33 1 9 1 50 1 100 map[critical:1 high:1 odd:1] none\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	empty, err := taxonomy.Measure(context.Background(), taxonomy.MetricsInput{File: parse(t, "t.json", []byte(`[]`)), Config: taxonomy.DefaultConfig("default"), Now: noon, History: taxonomy.History{Absent: "x"}})
	if err != nil || empty.RunbookCompletenessPercent != 100 || empty.StabilityScore != 1 || empty.AgeDays != nil {
		t.Errorf("%+v %v", empty, err)
	}
}
