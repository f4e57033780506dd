package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// document is a small contract of the given version; each extra is a path.
func document(version string, paths ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "openapi: 3.0.3\ninfo: {title: Parcels, version: %s}\npaths:\n", version)
	for _, p := range paths {
		fmt.Fprintf(&b, "  /%s:\n    get: {responses: {'200': {description: ok}}}\n", p)
	}
	return b.String()
}

// world is a folder with inputs held in memory.
type world struct {
	t     *testing.T
	dir   string
	files map[string]string
	cfg   string

	signing   *Signing  // of its runs; nil signs nothing
	selection Selection // of its runs
	before    string    // the folder with its state, where that is another one
}

const newConfig = "contract: {source: api.yaml}\n"

func newWorld(t *testing.T) *world {
	return &world{t: t, dir: t.TempDir(), files: map[string]string{}, cfg: newConfig}
}

func (w *world) read(name string) ([]byte, error) {
	text, ok := w.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

// texts are files in memory.
type texts map[string]string

func (f texts) Open(name string) (fs.File, error) {
	if text, ok := f[name]; ok {
		return fstest.MapFS{name: {Data: []byte(text)}}.Open(name)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (w *world) job(store *artifact.Store, found artifact.Found, sha, runID string) *Job {
	cfg, err := config.Parse(context.Background(), config.File, []byte(w.cfg))
	if err != nil {
		w.t.Fatal(err)
	}
	found.Journal = store.Interrupted(journalOf(store.Dir()))
	state, err := w.state(cfg, found.Journal)
	if err != nil {
		w.t.Fatal(err)
	}
	return &Job{Config: cfg, Store: store, Found: found, State: state, Now: now(), SHA: sha, RunID: runID, Version: "test", ReadFile: w.read, Signing: w.signing, Selection: w.selection,
		Load: func(ctx context.Context, source string, _ config.Contract) (*contract.Document, error) {
			if _, err := w.read(source); err != nil {
				return nil, &contract.Error{Place: report.Place{File: source}, Msg: "no such file", Err: err}
			}
			files := texts(w.files)
			return contract.Reader{Open: files.Open, Dir: func(dir string) (fs.FS, error) { return fs.Sub(files, filepath.ToSlash(dir)) }}.Load(ctx, source, contract.Options{})
		}}
}

// state is what earlier runs left in the folder.
func (w *world) state(cfg config.Config, journal *artifact.Journal) (State, error) {
	files := os.DirFS(cmp.Or(w.before, w.dir))
	return ReadState(StateInput{Config: cfg, Journal: journal, Open: files.Open, Selection: w.selection, Version: "test", Copied: w.before != "",
		Read: func(p string) ([]byte, error) { return artifact.Read(files, p, artifact.Most(p)) },
		List: func(dir string) ([]string, error) {
			names, err := fs.Glob(files, dir+"/*")
			for i := range names {
				names[i] = filepath.Base(names[i])
			}
			return names, err
		}})
}

func now() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// run is one whole `govctl run` over the world.
func (w *world) run(sha, runID string) Result {
	w.t.Helper()
	r, err := w.do(Run, sha, runID)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// do runs a whole or a part over the world.
func (w *world) do(run func(context.Context, *Job) (Result, error), sha, runID string) (Result, error) {
	w.t.Helper()
	store, found, err := artifact.Open(w.dir, now, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := run(context.Background(), w.job(store, found, sha, runID))
	if err := store.Close(); err != nil {
		w.t.Fatal(err)
	}
	return r, err
}

func (w *world) version(version string, paths ...string) *world {
	w.files["api.yaml"] = document(version, paths...)
	return w
}

func (w *world) summary() report.Summary {
	w.t.Helper()
	s, err := artifact.Load[report.Summary](os.DirFS(w.dir), artifact.SummaryPath)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) history() []string {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, artifact.HistoryPath))
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

func (w *world) diff() report.Diff {
	w.t.Helper()
	d, err := artifact.Load[report.Diff](os.DirFS(w.dir), artifact.DiffPath)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// tree is every file of a folder with its content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sameTree(t *testing.T, what string, a, b map[string]string) {
	t.Helper()
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			t.Errorf("%s: %s differs:\n%s\n---\n%s", what, name, text, other)
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d files and %d", what, len(a), len(b))
	}
}

func TestSameInputsGiveTheSameBytes(t *testing.T) {
	var trees []map[string]string
	for range 2 {
		w := newWorld(t)
		w.version("1.0.0", "a", "b").run("aaaaaaa", "")
		w.version("1.1.0", "a", "b", "c").run("bbbbbbb", "")
		trees = append(trees, tree(t, w.dir))
	}
	sameTree(t, "two folders", trees[0], trees[1])
}

func TestTheSameRunTwiceIsOneRun(t *testing.T) {
	w := newWorld(t)
	w.version("1.0.0", "a", "b").run("aaaaaaa", "1")
	w.version("2.0.0", "a").run("bbbbbbb", "2")
	before := tree(t, w.dir)
	w.run("bbbbbbb", "2")
	sameTree(t, "the repeated run", before, tree(t, w.dir))
	if got := w.history(); len(got) != 2 {
		t.Errorf("history %v", got)
	}
	if d := w.diff(); d.Totals.Breaking == 0 {
		t.Error("the repeated run compared the contract with itself")
	}
}

func TestARefreshOfTheSameCommitDoesNotCount(t *testing.T) {
	w := newWorld(t)
	w.version("1.0.0", "a", "b").run("aaaaaaa", "1")
	w.version("2.0.0", "a").run("bbbbbbb", "2")
	w.run("bbbbbbb", "nightly")
	if got := w.history(); len(got) != 2 {
		t.Errorf("the nightly run was counted: %v", got)
	}
	if w.diff().Totals.Breaking == 0 {
		t.Error("the nightly page forgot what the commit broke")
	}
	w.version("2.0.0", "a", "c").run("bbbbbbb", "work in progress")
	if got := w.history(); len(got) != 3 {
		t.Errorf("a changed contract was not counted: %v", got)
	}
}

func TestAContractThatCannotBeReadIsAPlaceholder(t *testing.T) {
	w := newWorld(t)
	w.cfg += "stability: {placeholder_max_runs: 2}\n"
	w.version("1.0.0", "a").run("a000000", "1")
	published := tree(t, w.dir)["schemas/openapi.json"]
	w.files["api.yaml"] = "openapi: ["
	for streak := 1; streak <= 3; streak++ {
		r := w.run(fmt.Sprintf("b00000%d", streak), fmt.Sprint(10+streak))
		if want := report.BadInput; r.Worst != want {
			t.Errorf("streak %d: outcome %d, want %d: %v", streak, r.Worst, want, r.Steps)
		}
		m, err := artifact.Load[report.PlaceholderMetrics](os.DirFS(w.dir), artifact.StabilityPath)
		if err != nil || !m.Placeholder || m.WindowStabilityRatio != 1 || m.Extensions.PlaceholderStreak != streak || !strings.Contains(m.Extensions.Reason, "api.yaml:1:") {
			t.Errorf("streak %d: metrics %+v, %v", streak, m, err)
		}
		files := tree(t, w.dir)
		if !strings.Contains(files[artifact.SummaryBadge], `"lightgrey"`) || !strings.Contains(files[artifact.BreakingBadge], `"unknown"`) {
			t.Errorf("badges %s %s", files[artifact.SummaryBadge], files[artifact.BreakingBadge])
		}
		for _, stale := range []string{artifact.DiffPath, artifact.SemverPath, artifact.BreakingPath, artifact.OperationsPath} {
			if _, ok := files[stale]; ok {
				t.Errorf("%s of an older run is still there", stale)
			}
		}
		if files["schemas/openapi.json"] != published || files[artifact.IndexPath] == "" || files[artifact.ChecksumsPath] == "" {
			t.Error("something that a placeholder run must publish is missing")
		}
		if s := w.summary(); !s.Placeholder || s.PlaceholderStreak != streak || s.SemverPolicyStatus != "unknown" {
			t.Errorf("summary %+v", s)
		}
	}
	r := w.version("1.0.1", "a").run("c000000", "20")
	if s := w.summary(); r.Worst != report.Passed || s.Placeholder || s.PlaceholderStreak != 0 {
		t.Errorf("the next good run: %d %+v", r.Worst, s)
	}
	if d := w.diff(); d.FirstRun || d.Old.Version != "1.0.0" {
		t.Errorf("compared with %+v", d.Old)
	}
}

// TestNothingToMeasure: a contract without operations is no stable one, with a history or without.
func TestNothingToMeasure(t *testing.T) {
	w := newWorld(t)
	for i, sha := range []string{"aaaaaaa", "bbbbbbb"} {
		res := w.version("1.0.0").run(sha, sha)
		if res.Worst != report.Passed || !res.Summary.Placeholder || res.Summary.PlaceholderStreak != i+1 || !strings.Contains(res.Summary.Headline, "describes no operation") {
			t.Errorf("%v %+v", res.Worst, res.Summary)
		}
		for _, s := range res.Steps {
			if strings.Contains(s.Reason, "score") {
				t.Errorf("%s: %s", s.Name, s.Reason)
			}
		}
	}
	if res := w.version("1.1.0", "/a").run("ccccccc", "3"); res.Summary.Placeholder {
		t.Errorf("the first operation: %+v", res.Summary)
	}
	if res := w.version("1.2.0").run("ddddddd", "4"); res.Summary.Placeholder || res.Summary.BreakingChangesCount == 0 {
		t.Errorf("the last operation is gone: %+v", res.Summary)
	}
}

func TestGates(t *testing.T) {
	for _, c := range []struct {
		name, gate, version string
		allow               bool
		want                report.Outcome
	}{
		{"breaking and the number says so", "semver", "2.0.0", false, report.Passed},
		{"breaking and the number hides it", "semver", "1.1.0", false, report.GateFailed},
		{"breaking gate", "breaking", "2.0.0", false, report.GateFailed},
		{"breaking gate, allowed", "breaking", "2.0.0", true, report.Passed},
		{"no gate", "none", "1.0.1", false, report.Passed},
		{"unreadable version", "semver", "main", false, report.BadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.cfg = fmt.Sprintf("contract: {source: api.yaml, gate: %s, allow_breaking: %v}\n", c.gate, c.allow)
			w.version("1.0.0", "a", "b").run("aaaaaaa", "1")
			if r := w.version(c.version, "a").run("bbbbbbb", "2"); r.Worst != c.want {
				t.Errorf("outcome %d, want %d: %+v", r.Worst, c.want, r.Steps)
			}
		})
	}
}

func TestAFailedGateKeepsItsBaseline(t *testing.T) {
	w := newWorld(t)
	w.version("1.0.0", "a", "b").run("a000000", "1")
	if r := w.version("1.1.0", "a").run("b000000", "2"); r.Worst != report.GateFailed {
		t.Fatalf("outcome %d", r.Worst)
	}
	if r := w.version("1.1.1", "a").run("c000000", "3"); r.Worst != report.GateFailed || w.diff().Old.Version != "1.0.0" {
		t.Errorf("the break became the new normal: outcome %d, compared with %s", r.Worst, w.diff().Old.Version)
	}
	w.files["api.yaml"] = "torn: ["
	w.run("d000000", "4")
	if r := w.version("2.0.0", "a").run("e000000", "5"); r.Worst != report.Passed || w.diff().Old.Version != "1.0.0" {
		t.Errorf("the right version did not pass: outcome %d, compared with %s", r.Worst, w.diff().Old.Version)
	}
	if w.version("2.0.1", "a").run("f000000", "6"); w.diff().Old.Version != "2.0.0" {
		t.Errorf("compared with %s after a pass", w.diff().Old.Version)
	}
}

func TestBaselines(t *testing.T) {
	for _, c := range []struct {
		name, cfg, file string
		first           bool
		want            report.Outcome
	}{
		{"none", "none", "", true, report.Passed},
		{"an absent file is an error", "old.yaml", "", false, report.BadInput},
		{"a present one is compared", "old.yaml", document("1.0.0", "a"), false, report.Passed},
		{"an empty one is an error", "old.yaml", " ", false, report.BadInput},
		{"a truncated one is an error", "old.yaml", `{"openapi": "3.0`, false, report.BadInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t).version("1.0.0", "a")
			w.cfg = "contract: {source: api.yaml, baseline: " + c.cfg + "}\n"
			if c.file != "" {
				w.files["old.yaml"] = c.file
			}
			r := w.run("aaaaaaa", "1")
			if r.Worst != c.want {
				t.Fatalf("outcome %d: %+v", r.Worst, r.Steps)
			}
			if c.want == report.Passed && w.diff().FirstRun != c.first {
				t.Errorf("first run: %v", !c.first)
			}
		})
	}
}

// TestReleaseBaseline compares with a second contract, of which the step tells and which fails nothing.
func TestReleaseBaseline(t *testing.T) {
	for file, want := range map[string]string{
		document("1.0.0", "a", "b"): "since the release: 1 breaking change",
		"":                          "no release to compare with",
		"{":                         "the release could not be read",
	} {
		w := newWorld(t).version("1.0.0", "a")
		w.cfg = "contract: {source: api.yaml, baseline: none, release_baseline: release.yaml}\n"
		if file != "" {
			w.files["release.yaml"] = file
		}
		r := w.run("aaaaaaa", "1")
		said := slices.ContainsFunc(r.Steps, func(s report.Step) bool { return s.Name == "diff" && strings.Contains(s.Reason, want) })
		if r.Worst != report.Passed || !said {
			t.Errorf("want %q: outcome %d: %+v", want, r.Worst, r.Steps)
		}
	}
}

func TestSeveralContractsAreKeptApart(t *testing.T) {
	w := newWorld(t)
	w.cfg = "contracts: [{name: public, source: a.yaml}, {name: internal, source: b.yaml}]\n"
	w.files["a.yaml"], w.files["b.yaml"] = document("1.0.0", "x"), document("3.0.0", "x", "y")
	w.run("aaaaaaa", "1")
	w.files["b.yaml"] = document("3.0.1", "x")
	r := w.run("bbbbbbb", "2")
	s := w.summary()
	if r.Worst != report.GateFailed || len(s.Contracts) != 2 || s.Contracts[0].BreakingChangesCount != 0 || s.Contracts[1].BreakingChangesCount != 1 || s.SemverPolicyStatus != "fail" {
		t.Errorf("outcome %d, summary %+v", r.Worst, s)
	}
	files := tree(t, w.dir)
	for _, p := range []string{"schemas/public.json", "schemas/internal.json", "status/public/history.jsonl", "status/internal/openapi-diff.json", "site/internal/breaking-badge.json"} {
		if _, ok := files[p]; !ok {
			t.Errorf("%s is missing", p)
		}
	}
}

// TestKilledAtAnyStep ends the process at the beginning of each step, and at random moments, and then looks at what is there.
func TestKilledAtAnyStep(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	moments := make([]string, 0, len(steps)+12)
	for _, s := range steps {
		moments = append(moments, "step "+s.name)
	}
	for range 12 {
		moments = append(moments, fmt.Sprintf("after %dus", random.IntN(12_000)))
	}
	for _, moment := range moments {
		t.Run(moment, func(t *testing.T) {
			w := newWorld(t)
			w.version("1.0.0", "a", "b").run("aaaaaaa", "1")
			died := w.die(moment)
			for name, text := range tree(t, w.dir) {
				if strings.HasPrefix(filepath.Base(name), ".govctl-") {
					continue
				}
				if name != artifact.NoJekyllPath { // which is empty
					checkWhole(t, name, text)
				}
			}
			r := w.version("2.0.1", "a").run("ccccccc", "3")
			if len(r.Notices) == 0 && died {
				t.Error("the next run did not say what it found")
			}
			if died && w.diff().Totals.Breaking == 0 {
				t.Error("the killed run's breaking change was never told")
			}
			for name := range tree(t, w.dir) {
				if strings.HasPrefix(filepath.Base(name), ".govctl-") {
					t.Errorf("%s is left", name)
				}
			}
		})
	}
}

// die runs version 2.0.0 in a child that does not come to its end, and reports whether it was stopped before.
func (w *world) die(moment string) bool {
	w.t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), "CHILD_DIR="+w.dir, "CHILD_DIES="+moment)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	if pause, ok := strings.CutPrefix(moment, "after "); ok {
		d, err := time.ParseDuration(pause)
		if err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(d)
		_ = cmd.Process.Kill() // it may have come to its end before
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	journal, err := os.ReadFile(journalOf(w.dir))
	return err == nil && len(journal) > 0 // before the journal is written nothing is touched, and there is nothing to report
}

// TestChild is the process that the test above kills; alone it does nothing.
func TestChild(t *testing.T) {
	dir := os.Getenv("CHILD_DIR")
	if dir == "" {
		return
	}
	w := (&world{t: t, dir: dir, files: map[string]string{}, cfg: newConfig}).version("2.0.0", "a") // no folder of its own: nobody would remove it
	store, found, err := artifact.Open(dir, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	j := w.job(store, found, "bbbbbbb", "2")
	j.Progress = func(step string) {
		if os.Getenv("CHILD_DIES") == "step "+step {
			os.Exit(9)
		}
	}
	if _, err := Run(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// journalOf is where the tests keep the journal of a folder.
func journalOf(dir string) string { return dir + ".journal" }

// checkWhole fails for a file that was cut off in the middle.
func checkWhole(t *testing.T, name, text string) {
	t.Helper()
	var whole bool
	switch filepath.Ext(name) {
	case ".json":
		_, err := contract.ParseValue(context.Background(), name, []byte(text), contract.Options{})
		whole = err == nil
	case ".html":
		whole = strings.HasSuffix(text, "</html>\n")
	case ".svg": // the bytes are badge-maker's, which ends without a line feed
		whole = strings.HasSuffix(text, "</svg>")
	default:
		whole = strings.HasSuffix(text, "\n")
	}
	if !whole {
		t.Errorf("%s is not whole:\n%s", name, text)
	}
}

func TestStateIsTakenFromElsewhere(t *testing.T) {
	old := newWorld(t)
	old.version("1.0.0", "a", "b").run("aaaaaaa", "1")
	w := newWorld(t).version("2.0.0", "a")
	store, found, err := artifact.Open(w.dir, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	j := w.job(store, found, "bbbbbbb", "2")
	files := os.DirFS(old.dir)
	in := StateInput{Config: j.Config, Copied: true, Read: func(p string) ([]byte, error) { return artifact.Read(files, p, artifact.Most(p)) },
		List: func(string) ([]string, error) { return nil, nil }}
	if j.State, err = ReadState(in); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if d := w.diff(); d.FirstRun || d.Totals.Breaking == 0 || len(w.history()) != 2 {
		t.Errorf("the old state was not used: %+v, %v", d.Totals, w.history())
	}
}

func TestOldHistoryLinesStay(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a")
	lines := []string{`{"timestamp":"2025-01-01T00:00:00Z","sha":"0000001","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0}`, `{torn`}
	if err := os.MkdirAll(filepath.Join(w.dir, "status"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, artifact.HistoryPath), []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	r := w.run("aaaaaaa", "1")
	if got := w.history(); len(got) != 3 || !slices.Equal(got[:2], lines) {
		t.Errorf("history %q", got)
	}
	i := slices.IndexFunc(r.Steps, func(s report.Step) bool { return s.Name == "stability" })
	if !strings.Contains(r.Steps[i].Reason, "line 2") {
		t.Errorf("the malformed line was not named: %+v", r.Steps[i])
	}
}

func TestMilestonesThatCannotBeReadFailTheRun(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a")
	w.files["project_milestones.json"] = `[{"id": 3}]`
	r := w.run("aaaaaaa", "1")
	if r.Worst != report.BadInput || !bytes.Contains([]byte(tree(t, w.dir)[artifact.SummaryPath]), []byte("project_milestones.json:1:")) {
		t.Errorf("outcome %d %+v", r.Worst, r.Steps)
	}
}
