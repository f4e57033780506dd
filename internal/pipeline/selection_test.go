package pipeline

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/pkg/report"
)

// five is a world of five contracts that has run twice, the second time without a change.
func five(t *testing.T) *world {
	w := newWorld(t)
	w.cfg = "project: five\nstability: {window: 3}\ncontracts:\n"
	for i := range 5 {
		name := fmt.Sprintf("c%d", i)
		w.cfg += fmt.Sprintf("- {name: %s, source: %s.yaml, waivers: %s-waivers.yaml}\n", name, name, name)
		w.set(name, "1.0.0", "a", "b").files[name+"-waivers.yaml"] = "[]\n"
	}
	w.run(runOf(0))
	w.run(runOf(1))
	return w
}

func (w *world) set(name, version string, paths ...string) *world {
	w.files[name+".yaml"] = document(version, paths...)
	return w
}

// changed is a run in which these files have changed.
func (w *world) changed(i int, files ...string) Result {
	w.t.Helper()
	w.selection = Selection{Changed: func(file, _ string) bool { return slices.Contains(files, file) }}
	r := w.run(runOf(i))
	w.selection = Selection{}
	return r
}

// assessed are the contracts of which the last run has made the record.
func (w *world) assessed() (names []string) {
	w.t.Helper()
	s := w.summary()
	for _, c := range s.Contracts {
		rec, err := artifact.Load[report.ContractRecord](os.DirFS(w.dir), "status/"+c.Name+"/contract-record.json")
		if err != nil {
			w.t.Fatal(err)
		}
		if rec.RunID == s.RunID {
			names = append(names, c.Name)
		}
	}
	return names
}

func (w *world) mustAssess(want ...string) {
	w.t.Helper()
	if got := w.assessed(); !slices.Equal(got, want) {
		w.t.Errorf("assessed %v, want %v", got, want)
	}
}

// of are the files of a folder that are about a contract.
func (w *world) of(name string) map[string]string {
	files := tree(w.t, w.dir)
	for p := range files {
		if !strings.Contains(p, "/"+name+"/") && !strings.HasPrefix(p, "schemas/"+name) {
			delete(files, p)
		}
	}
	return files
}

// mustVerify fails unless both bundles of the folder are as their lists say.
func (w *world) mustVerify() {
	w.t.Helper()
	for _, b := range bundles() {
		for _, problem := range w.problems(b) {
			w.t.Errorf("%s: %s", b.Root, problem)
		}
	}
}

// problems are what is wrong with a bundle: files that are not as its checksums and its manifest list them.
func (w *world) problems(b Bundle) (all []string) {
	w.t.Helper()
	files, err := fs.Sub(os.DirFS(w.dir), b.Root)
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := artifact.Load[report.Checksums](os.DirFS(w.dir), b.At("checksums.json"))
	if err != nil {
		return []string{err.Error()}
	}
	for _, a := range list.Artifacts {
		if data, err := fs.ReadFile(files, a.Path); err != nil || digest(data) != a.SHA256 {
			all = append(all, fmt.Sprintf("%s is not as its checksum says (%v)", a.Path, err))
		}
	}
	m, err := artifact.Load[report.Manifest](os.DirFS(w.dir), b.At("manifest.json"))
	if err != nil {
		return append(all, err.Error())
	}
	for _, f := range m.Files {
		i := slices.IndexFunc(list.Artifacts, func(a report.Checksum) bool { return a.Path == f.Path })
		if i < 0 || list.Artifacts[i].SHA256 != f.SHA256 || list.Artifacts[i].Size != f.Size {
			all = append(all, f.Path+" is not as the manifest says")
		}
	}
	return all
}

// rows are what the manifest says of the contracts, without the number of lines of their histories.
func (w *world) rows() []report.ManifestContract {
	w.t.Helper()
	m, err := artifact.Load[report.Manifest](os.DirFS(w.dir), artifact.ManifestPath)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range m.Contracts {
		m.Contracts[i].HistoryLines = 0
	}
	return m.Contracts
}

// TestChangedContracts: of five contracts two change. The figures are those of a run of all, and nothing of the others is touched.
func TestChangedContracts(t *testing.T) {
	w := five(t)
	w.set("c1", "1.1.0", "a", "b", "c").set("c3", "2.0.0", "a")
	whole := w.copied()
	whole.run(runOf(2))
	var kept []map[string]string
	for _, name := range []string{"c0", "c2", "c4"} {
		kept = append(kept, w.of(name))
	}
	r := w.changed(2, "c1.yaml", "c3.yaml", "README.md")
	w.mustAssess("c1", "c3")
	w.mustVerify()
	if !slices.ContainsFunc(r.Notices, func(s string) bool { return strings.Contains(s, "3 of 5 contracts not assessed again") }) {
		t.Errorf("notices %q", r.Notices)
	}
	for i, name := range []string{"c0", "c2", "c4"} {
		sameTree(t, name, kept[i], w.of(name))
	}
	for _, name := range []string{"c1", "c3"} {
		sameTree(t, name, whole.of(name), w.of(name))
	}
	a, b := w.summary(), whole.summary()
	if a.Headline != b.Headline || a.Passed != b.Passed || a.BreakingChangesCount != b.BreakingChangesCount || a.SemverPolicyStatus != b.SemverPolicyStatus ||
		a.OperationsAdded != b.OperationsAdded || a.OperationsRemoved != b.OperationsRemoved || a.StabilityRatio != b.StabilityRatio || !slices.Equal(a.Contracts, b.Contracts) {
		t.Errorf("summary:\n%+v\n%+v", a, b)
	}
	if x, y := w.rows(), whole.rows(); fmt.Sprint(x) != fmt.Sprint(y) {
		t.Errorf("manifest:\n%+v\n%+v", x, y)
	}
	for _, p := range []string{artifact.PromPath, artifact.PagePath, artifact.AlertStatePath, "status/governance-combined-badge.json"} {
		if x, y := withoutHistory(string(w.load(p))), withoutHistory(string(whole.load(p))); x != y {
			t.Errorf("%s: %s", p, firstDifference(y, x))
		}
	}
}

// ofHistories are the figures that the history of a contract changes, in the file for Prometheus and in the table of the page.
var ofHistories = regexp.MustCompile(`(?m)^govctl_(runs|stability|stable)[a-z_]*\{[^}]*contract="c[024]".*$|<svg viewBox="0 -1 64 12".*?</svg>100.%`)

// withoutHistory is a text without the figures of the histories of contracts that are kept.
func withoutHistory(text string) string { return ofHistories.ReplaceAllString(text, "") }

// TestKeptContractComparesWithItsBaseline: a contract that runs left alone is compared with what was accepted last, however long ago.
func TestKeptContractComparesWithItsBaseline(t *testing.T) {
	w := five(t)
	for i, step := range []struct {
		change   func()
		files    []string
		assessed []string
		worst    report.Outcome
	}{
		{func() { w.set("c0", "2.0.0", "a") }, []string{"c0.yaml"}, []string{"c0"}, report.Passed},
		{func() { w.set("c1", "1.0.1", "a") }, []string{"c1.yaml"}, []string{"c0", "c1"}, report.GateFailed}, // c0 has nothing to tell any more
		{func() { w.set("c2", "1.1.0", "a", "b", "c") }, []string{"c2.yaml"}, []string{"c1", "c2"}, report.GateFailed},
		{func() {}, nil, []string{"c1"}, report.GateFailed}, // which waits for a version
		{func() { w.set("c0", "2.1.0", "a", "d").set("c1", "2.0.0", "a") }, []string{"c0.yaml", "c1.yaml"}, []string{"c0", "c1"}, report.Passed},
	} {
		step.change()
		r := w.changed(2+i, step.files...)
		w.mustAssess(step.assessed...)
		w.mustVerify()
		if r.Worst != step.worst {
			t.Errorf("run %d: outcome %v, want %v: %+v", i, r.Worst, step.worst, r.Steps)
		}
	}
	for name, want := range map[string]string{"c0": "2.0.0", "c1": "1.0.0"} {
		d, err := artifact.Load[report.Diff](os.DirFS(w.dir), "status/"+name+"/openapi-diff.json")
		if err != nil || d.Old.Version != want {
			t.Errorf("%s is compared with %v (%v)", name, d.Old.Version, err)
		}
	}
}

// TestNothingChanged: a run in which nothing changed touches no file of a contract, in the folder and over a state from elsewhere.
func TestNothingChanged(t *testing.T) {
	w := five(t)
	elsewhere := w.copied()
	before := tree(t, w.dir)
	w.changed(2)
	w.mustAssess()
	w.mustVerify()
	after := tree(t, w.dir)
	for p, text := range before {
		if (strings.HasPrefix(p, "schemas/") || strings.Contains(p, "/c")) && strings.Count(p, "/c") > 0 && !strings.Contains(p, "/changelog") && !strings.Contains(p, "/checksums") && !strings.Contains(p, "/compare") && after[p] != text {
			t.Errorf("%s was changed", p)
		}
	}
	elsewhere.before, elsewhere.dir = elsewhere.dir, t.TempDir()
	elsewhere.changed(2)
	elsewhere.mustAssess()
	elsewhere.mustVerify()
	for name, text := range after {
		if !strings.HasPrefix(name, "site/") && name != artifact.RunLogPath && !strings.HasPrefix(name, "status/checksums") && name != artifact.SumsPath && elsewhere.result()[name] != text {
			t.Errorf("%s differs over a state from elsewhere: %s", name, firstDifference(text, elsewhere.result()[name]))
		}
	}
	elsewhere.before = "" // and goes on from there
	elsewhere.set("c4", "1.1.0", "a", "b", "c").changed(3, "c4.yaml")
	elsewhere.mustAssess("c4")
	elsewhere.mustVerify()
}

// TestWhatCountsAsAChange: each file that the verdict about a contract depends on, and whatever it depends on that is no file.
func TestWhatCountsAsAChange(t *testing.T) {
	for _, c := range []struct {
		name, cfg string
		changed   []string
		assessed  bool
	}{
		{"nothing", "", nil, false},
		{"another file", "", []string{"b.yaml", "sub/a.yaml", "a.yaml.orig"}, false},
		{"the source", "", []string{"a.yaml"}, true},
		{"a file that it refers to", "", []string{"common/error.yaml"}, true},
		{"the default waivers", "", []string{".govctl-waivers.yaml"}, true},
		{"its waivers", ", waivers: ./w.yaml", []string{"w.yaml"}, true},
		{"its version", ", semver: {version_from: 'file:VERSION'}", []string{"VERSION"}, true},
		{"its version with a key", ", semver: {version_from: 'file:package.json:version'}", []string{"package.json"}, true},
		{"its baseline", ", baseline: old.yaml", []string{"old.yaml"}, true},
		{"its release", ", release_baseline: old.yaml", []string{"old.yaml"}, true},
		{"a baseline that moves by itself", ", baseline: 'git:main:a.yaml'", nil, true},
		{"a baseline that moves by itself, reported only", ", release_baseline: 'git:main:a.yaml'", nil, true},
		{"a version of the environment", ", semver: {version_from: 'env:VERSION'}", nil, true},
		{"a version of a tag", ", semver: {version_from: tag}", nil, true},
		{"nothing to compare with", ", baseline: none", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.cfg = "contracts: [{name: a, source: a.yaml" + c.cfg + "}, {name: b, source: b.yaml}]\n"
			w.files["a.yaml"] = "openapi: 3.0.3\ninfo: {title: A, version: 1.0.0}\npaths:\n  /a:\n    get: {responses: {'200': {$ref: 'common/error.yaml'}}}\n"
			w.files["common/error.yaml"] = "{description: ok}"
			w.files["old.yaml"], w.files["b.yaml"] = document("1.0.0", "a"), document("1.0.0")
			w.files["VERSION"], w.files["package.json"] = "1.0.0\n", `{"version": "1.0.0"}`
			w.run(runOf(0))
			w.run(runOf(1))
			w.changed(2, c.changed...)
			if got := slices.Contains(w.assessed(), "a"); got != c.assessed {
				t.Errorf("assessed: %v", got)
			}
		})
	}
}

// TestRecordThatCountsForNothing: a contract is assessed where its record is not one of this version about it.
func TestRecordThatCountsForNothing(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"other version": func(s string) string { return strings.Replace(s, `"govctl": "test"`, `"govctl": "v0.1"`, 1) },
		"other project": func(s string) string {
			return strings.Replace(s, `"run_id": "1"`, `"run_id": "1", "project": "six"`, 1)
		},
		"other contract": func(s string) string { return strings.Replace(s, `"name": "c2"`, `"name": "c1"`, 1) },
		"other schema":   func(s string) string { return strings.Replace(s, contractRecordSchema, "govctl/contract-record/v2", 1) },
		"by a byte":      func(s string) string { return s + " " },
		"truncated":      func(s string) string { return s[:len(s)/2] },
		"empty":          func(string) string { return "" },
		"null":           func(string) string { return "null" },
	} {
		t.Run(name, func(t *testing.T) {
			w := five(t)
			p := "status/c2/contract-record.json"
			b := []byte(edit(string(w.load(p))))
			w.save(p, b)
			if name != "by a byte" { // the lists say so, too
				m, err := artifact.Load[report.Manifest](os.DirFS(w.dir), artifact.ManifestPath)
				if err != nil {
					t.Fatal(err)
				}
				for i := range m.Files {
					if m.Files[i].Path == p {
						m.Files[i].SHA256, m.Files[i].Size = digest(b), int64(len(b))
					}
				}
				text, err := artifact.Encode(m)
				if err != nil {
					t.Fatal(err)
				}
				w.save(artifact.ManifestPath, text)
			}
			w.changed(2)
			w.mustAssess("c2")
			w.mustVerify()
		})
	}
}

// TestTamperedKeptFiles: what somebody has changed of a contract that is kept is not passed on as if a run had written it.
func TestTamperedKeptFiles(t *testing.T) {
	for _, p := range []string{"schemas/c2.json", "status/c2/openapi-diff.json", "status/c2/stability-badge.json", "site/c2/index.html", "site/c2/stability-badge.svg"} {
		for _, gone := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s gone %v", p, gone), func(t *testing.T) {
				w := five(t)
				if gone {
					w.mustRemove(p)
				} else {
					w.save(p, append(w.load(p), ' '))
				}
				w.selection = Selection{Names: []string{"c0"}}
				r, err := w.do(Run, "2a00000", "2")
				if err != nil || r.Worst == report.WorkFailed {
					return // it was refused
				}
				if len(w.problems(Artifacts))+len(w.problems(Pages)) == 0 {
					t.Error("nothing tells of it")
				}
			})
		}
	}
}

// TestRunsThatContractsLinkTo: the page of a contract that is kept for a long time leads to no page that is gone.
func TestRunsThatContractsLinkTo(t *testing.T) {
	w := five(t)
	for i := 2; i < 7; i++ {
		w.set("c0", fmt.Sprintf("1.%d.0", i), "a", "b").changed(i, "c0.yaml")
	}
	files := tree(t, w.dir)
	for p, text := range files {
		if !strings.HasPrefix(p, "site/c") || !strings.HasSuffix(p, "/index.html") {
			continue
		}
		for _, link := range strings.Split(text, `href="../runs/`)[1:] {
			link, _, _ = strings.Cut(link, `"`)
			link, _, _ = strings.Cut(link, "#")
			if _, ok := files["site/runs/"+link]; !ok {
				t.Errorf("%s leads to runs/%s, which is not there", p, link)
			}
		}
	}
}
