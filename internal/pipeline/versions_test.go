package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// commit is one commit of a history, and what a person expects of its run.
type commit struct {
	version string // info.version; empty: as before
	paths   string // of the contract, with blanks between them; empty: as before
	tag     string // release tag of this commit
	late    string // release tag that the commit before has got since its run
	file    string // content of VERSION; empty: as before
	cfg     string // configuration from this commit on; empty: as before

	status  string // of the version policy
	rule    string
	pending string // pending_bump
	passed  bool
	best    string // recommended_version; empty: not looked at
}

// pastVersions is a history: what its commits have in common, and the commits.
type pastVersions struct {
	name, cfg, version string
	commits            []commit
}

const fromTag = "contract: {source: api.yaml}\nsemver: {version_from: tag}\n"

var pasts = []pastVersions{
	{"a constant version and no source of it", newConfig, "1.0.0", []commit{
		{paths: "a b c d", status: "ok", rule: "first-release", passed: true},
		{paths: "a b c d e", status: "warn", rule: "changed-under-same-version", passed: true, best: "1.0.1"},
		{paths: "a b c d", status: "fail", rule: "breaking-unchanged", best: "2.0.0"},                                                         // e went
		{paths: "a b c d", status: "warn", rule: "pending-bump", pending: "major", passed: true, best: "2.0.0"},                               // nothing new
		{paths: "a b c d f", status: "warn", rule: "pending-bump", pending: "major", passed: true},                                            // an addition
		{paths: "a b c f", status: "fail", rule: "breaking-unchanged"},                                                                        // d went, too
		{paths: "a b c f", status: "warn", rule: "pending-bump", pending: "major", passed: true},                                              // and was told
		{version: "1.1.0", status: "fail", rule: "breaking-without-major"},                                                                    // no bump for it
		{version: "2.0.0", status: "ok", rule: "breaking-major", passed: true},                                                                // the bump
		{paths: "a b c f g", status: "warn", rule: "changed-under-same-version", passed: true, best: "2.0.1"},                                 // and on
		{paths: "a b c", status: "fail", rule: "breaking-unchanged", best: "3.0.0"},                                                           // a new break
		{paths: "a b c f g", status: "ok", rule: "unchanged", passed: true},                                                                   // reverted
		{paths: "a b c", status: "fail", rule: "breaking-unchanged"},                                                                          // and back: a new decision
		{paths: "a b c", version: "2.0.1", cfg: newConfig + "semver: {warn_as_fail: true}\n", status: "fail", rule: "breaking-without-major"}, // too low
	}},
	{"tags", fromTag, "0.0.0", []commit{
		{paths: "a b c", tag: "v1.0.0", status: "ok", rule: "first-release", passed: true},
		{paths: "a b c d", status: "warn", rule: "between-releases", pending: "patch", passed: true, best: "v1.0.1"},
		{paths: "a b c d e", status: "warn", rule: "between-releases", pending: "patch", passed: true},
		{tag: "v1.1.0", status: "warn", rule: "minor-for-additions", passed: true},
		{paths: "a b c d", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "v2.0.0"},
		{paths: "a b c d f", status: "warn", rule: "between-releases", pending: "major", passed: true},
		{paths: "a b c d", status: "warn", rule: "between-releases", pending: "major", passed: true}, // f was never released
		{tag: "v1.2.0", status: "fail", rule: "breaking-without-major", best: "v2.0.0"},
		{paths: "a b c d g", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "v2.0.0"},
		{tag: "v2.0.0", status: "ok", rule: "breaking-major", passed: true},
		{status: "ok", rule: "unchanged", passed: true},
		{paths: "a b c d g h", status: "warn", rule: "between-releases", pending: "patch", passed: true, best: "v2.0.1"},
	}},
	{"tags that no run is made for", fromTag, "0.0.0", []commit{
		{paths: "a b c", tag: "v1.0.0", status: "ok", rule: "first-release", passed: true},
		{paths: "a b", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "v2.0.0"},
		{paths: "a", late: "v2.0.0", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "v3.0.0"}, // v2.0.0 is the commit before
		{paths: "a b", status: "ok", rule: "unchanged", passed: true},                                                          // as in v2.0.0
		{paths: "a b d", status: "warn", rule: "between-releases", pending: "patch", passed: true, best: "v2.0.1"},
		{paths: "a b d", late: "v2.0.1", status: "ok", rule: "unchanged", passed: true},
		{paths: "a d", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "v3.0.0"},
		{paths: "a d e", late: "v2.1.0", status: "fail", rule: "breaking-without-major", best: "v3.0.0"}, // it does not declare b
		{paths: "a d e", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "v3.0.0"},
		{paths: "a b d e", late: "v3.0.0", status: "warn", rule: "between-releases", pending: "patch", passed: true, best: "v3.0.1"},
	}},
	{"tags under semver2, failing on warnings", fromTag[:len(fromTag)-2] + ", policy: semver2, warn_as_fail: true}\n", "0.0.0", []commit{
		{paths: "a b", tag: "1.0.0", status: "ok", rule: "first-release", passed: true},
		{paths: "a b c", status: "warn", rule: "between-releases", pending: "minor", passed: true, best: "1.1.0"},
		{tag: "1.0.1", status: "fail", rule: "addition-without-minor", best: "1.1.0"},
		{status: "warn", rule: "between-releases", pending: "minor", passed: true, best: "1.1.0"},
		{tag: "1.1.0", status: "ok", rule: "minor-with-additions", passed: true},
		{tag: "2.0.0", status: "fail", rule: "major-without-break"},
		{tag: "3.0.0", cfg: fromTag[:len(fromTag)-2] + ", planned_major: true}\n", status: "ok", rule: "major-planned", passed: true},
		{status: "ok", rule: "unchanged", passed: true},
		{paths: "a b", status: "warn", rule: "between-releases", pending: "major", passed: true, best: "4.0.0"},
		{paths: "a b c", status: "ok", rule: "unchanged", passed: true},
	}},
	{"a calendar service", newConfig, "2026.02.01+1111111", []commit{
		{paths: "a b", status: "ok", rule: "first-release", passed: true},
		{version: "2026.02.10+2222222", paths: "a b c", status: "ok", rule: "calver-advanced", passed: true},
		{version: "2026.02.11+3333333", status: "ok", rule: "calver-advanced", passed: true},
		{version: "2026.02.11+4444444", paths: "a b c d", status: "ok", rule: "calver-same-date", passed: true},
		{paths: "a b c d e", status: "warn", rule: "changed-under-same-version", passed: true, best: "2026.03.04+0000005"},
		{version: "2026.02.12+5555555", paths: "a b", status: "fail", rule: "calver-breaking-undeclared"},
		{status: "fail", rule: "calver-breaking-undeclared"}, // the date moved and declares nothing
		{version: "2026.02.11+4444444", status: "warn", rule: "pending-bump", pending: "major", passed: true},
		{version: "2026.02.13+6666666", paths: "a b c d e", status: "ok", rule: "calver-advanced", passed: true},
		{status: "ok", rule: "unchanged", passed: true},
	}},
	{"versions that are bumped right", newConfig, "1.0.0", []commit{
		{paths: "a b", status: "ok", rule: "first-release", passed: true},
		{version: "1.0.1", status: "ok", rule: "patch", passed: true},
		{version: "1.1.0", paths: "a b c", status: "warn", rule: "minor-for-additions", passed: true, best: "1.0.2"},
		{version: "1.1.1", paths: "a b c d", status: "ok", rule: "patch", passed: true, best: "1.1.1"},
		{version: "2.0.0", paths: "a b c", status: "ok", rule: "breaking-major", passed: true, best: "2.0.0"},
		{version: "2.0.1", status: "ok", rule: "patch", passed: true},
		{version: "3.0.0-rc.1", paths: "a b", status: "ok", rule: "breaking-major-prerelease", passed: true},
		{version: "3.0.0-rc.2", paths: "a", status: "ok", rule: "breaking-before-release", passed: true},
		{version: "3.0.0", status: "ok", rule: "prerelease", passed: true},
		{status: "ok", rule: "unchanged", passed: true, best: "3.0.0"},
	}},
	{"versions that are bumped wrong", newConfig, "1.0.0", []commit{
		{paths: "a b c", status: "ok", rule: "first-release", passed: true},
		{version: "1.1.0", paths: "a b", status: "fail", rule: "breaking-without-major", best: "2.0.0"},
		{status: "fail", rule: "breaking-without-major"},
		{version: "2.0.0", status: "ok", rule: "breaking-major", passed: true},
		{version: "3.0.0", status: "fail", rule: "major-without-break"},
		{status: "fail", rule: "major-without-break"},
		{cfg: newConfig + "semver: {planned_major: true}\n", status: "ok", rule: "major-planned", passed: true},
		{version: "2.9.0", status: "fail", rule: "version-went-down"},
		{version: "3.0.1", paths: "a b d", status: "ok", rule: "patch", passed: true},
		{version: "3.0.2", paths: "a b", status: "fail", rule: "breaking-without-major", best: "4.0.0"},
	}},
	{"a file, named later", newConfig, "1.0.0", []commit{
		{paths: "a b c", file: "5.1.0\n", status: "ok", rule: "first-release", passed: true},
		{paths: "a b", status: "fail", rule: "breaking-unchanged"},
		{cfg: "contract: {source: api.yaml}\nsemver: {version_from: \"file:VERSION\"}\n", status: "warn", rule: "pending-bump", pending: "major", passed: true, best: "6.0.0"},
		{status: "warn", rule: "pending-bump", pending: "major", passed: true, best: "6.0.0"},
		{file: "6.0.0\n", status: "ok", rule: "breaking-major", passed: true},
		{file: "6.0.1\n", status: "ok", rule: "patch", passed: true},
		{paths: "a", status: "fail", rule: "breaking-unchanged"},
		{file: "6.1.0", status: "fail", rule: "breaking-without-major"},
		{file: "7.0.0", status: "ok", rule: "breaking-major", passed: true},
		{cfg: newConfig, version: "0.1.0", status: "ok", rule: "unchanged", passed: true},
	}},
}

// tagged is a history of tags as git tells it.
type tagged struct {
	name  string
	exact bool
}

func (g *tagged) release(context.Context, string, string) (string, bool, error) {
	if g.name == "" {
		return "", false, gitrepo.ErrNoTag
	}
	return g.name, g.exact, nil
}

// aged lets the contracts of a world be read with the version of the configuration, as commands read them.
func aged(w *world, g *tagged, env map[string]string) func(*Job) {
	return func(j *Job) {
		j.Versions = Versions{Release: g.release, Getenv: func(name string) string { return env[name] }}
		j.Load = func(ctx context.Context, source string, c config.Contract) (*contract.Document, error) {
			data, err := w.read(source)
			if err != nil {
				return nil, &contract.Error{Place: report.Place{File: source}, Msg: "no such file", Err: err}
			}
			return contract.Parse(ctx, source, data, contract.Options{Version: c.ReadAs})
		}
	}
}

func (w *world) runAs(sha string, adjust func(*Job)) Result {
	w.t.Helper()
	store, found, err := artifact.Open(w.dir, now, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	job := w.job(store, found, sha, "run-"+sha)
	adjust(job)
	r, err := Run(context.Background(), job)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) verdict(name string) report.Semver {
	w.t.Helper()
	v, err := artifact.Load[report.Semver](os.DirFS(w.dir), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// TestHistories runs histories commit by commit, each commit twice: the second run of a commit says what the first one said.
func TestHistories(t *testing.T) {
	for _, p := range pasts {
		t.Run(p.name, func(t *testing.T) {
			w, g := newWorld(t), &tagged{}
			w.cfg = p.cfg
			version, paths, advised := p.version, "", 0
			for i, c := range p.commits {
				version, paths, w.cfg = firstText(c.version, version), firstText(c.paths, paths), firstText(c.cfg, w.cfg)
				if c.file != "" {
					w.files["VERSION"] = c.file
				}
				if c.late != "" {
					w.files["git:refs/tags/"+c.late+":./api.yaml"] = w.files["api.yaml"]
				}
				g.name, g.exact = firstText(c.tag, firstText(c.late, g.name)), c.tag != ""
				w.version(version, strings.Fields(paths)...)
				for again := range 2 {
					r := w.runAs(fmt.Sprintf("%07d", i+1), aged(w, g, nil))
					v := w.verdict(artifact.SemverPath)
					if v.Status != c.status || v.Rule != c.rule || v.PendingBump != c.pending || (r.Worst == report.Passed) != c.passed || c.best != "" && v.RecommendedVersion != c.best {
						t.Fatalf("commit %d (%d): %s %s, pending %q, recommended %s, %v: %s\n%v", i+1, again, v.Status, v.Rule, v.PendingBump, v.RecommendedVersion, r.Worst, r.Summary.Headline, v.Messages)
					}
					if d := w.diff(); d.Advice != v.Advice {
						t.Errorf("commit %d: the diff advises %+v, the policy %+v", i+1, d.Advice, v.Advice)
					}
					if again == 0 && strings.Contains(strings.Join(v.Recommendations, " "), "semver.version_from") {
						advised++
					}
				}
			}
			if want := strings.Count(p.name, "no source") * 3; want > 0 && advised != want { // once for each time that nothing was pending
				t.Errorf("the setting was named %d times, want %d", advised, want)
			}
		})
	}
}

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// TestMonorepoHistory: each contract has its own version, its own pending bump and its own baseline.
func TestMonorepoHistory(t *testing.T) {
	w := newWorld(t)
	w.cfg = "contracts:\n- {name: shop, source: shop.yaml}\n- {name: pay, source: pay.yaml, semver: {version_from: tag}}\n- {name: log, source: log.yaml, semver: {version_from: \"file:log.json:meta.version\", policy: semver2}}\n"
	g := &tagged{}
	for i, c := range []struct {
		shop, pay, log string // version or tag, then paths
		tagged         bool
		want           [3]string
		passed         bool
	}{
		{"1.0.0 a b", "v3.0.0 a b", "0.5.0 a b", true, [3]string{"first-release", "first-release", "first-release"}, true},
		{"1.0.0 a b c", "v3.0.0 a b c", "0.5.0 a b", false, [3]string{"changed-under-same-version", "between-releases", "unchanged"}, true},
		{"1.0.0 a", "v3.0.0 a b c", "0.5.0 a b", false, [3]string{"breaking-unchanged", "between-releases", "unchanged"}, false},
		{"1.0.0 a", "v3.0.0 a c", "0.6.0 a b c", false, [3]string{"pending-bump", "between-releases", "minor-with-additions"}, true},
		{"1.0.0 a", "v3.1.0 a c", "0.6.0 a b c", true, [3]string{"pending-bump", "breaking-without-major", "unchanged"}, false},
		{"1.0.0 a", "v3.1.0 a c", "0.6.1 a b c d", false, [3]string{"pending-bump", "between-releases", "addition-without-minor"}, false},
		{"2.0.0 a", "v3.1.0 a c", "0.7.0 a b c d", false, [3]string{"breaking-major", "between-releases", "minor-with-additions"}, true},
		{"2.0.0 a", "v4.0.0 a c", "0.7.0 a b c d", true, [3]string{"unchanged", "breaking-major", "unchanged"}, true},
		{"2.0.1 a", "v4.0.0 a c", "0.7.0 a b c", false, [3]string{"patch", "unchanged", "breaking-unchanged"}, false},
		{"2.0.1 a", "v4.0.0 a c", "1.0.0 a b c", false, [3]string{"unchanged", "unchanged", "breaking-major"}, true},
	} {
		for k, text := range []string{c.shop, c.pay, c.log} {
			words := strings.Fields(text)
			name := [3]string{"shop", "pay", "log"}[k]
			w.files[name+".yaml"] = document([3]string{words[0], "0.0.0", "0.0.0"}[k], words[1:]...)
			switch name {
			case "pay":
				g.name, g.exact = words[0], c.tagged
			case "log":
				w.files["log.json"] = `{"meta": {"version": "` + words[0] + `"}}`
			}
		}
		r := w.runAs(fmt.Sprintf("%07d", i+1), aged(w, g, nil))
		for k, name := range []string{"shop", "pay", "log"} {
			if v := w.verdict("status/" + name + "/semver-validation.json"); v.Rule != c.want[k] {
				t.Errorf("commit %d, %s: %s %v, want %s", i+1, name, v.Rule, v.Messages, c.want[k])
			}
		}
		if (r.Worst == report.Passed) != c.passed {
			t.Errorf("commit %d: %v, %s", i+1, r.Worst, r.Summary.Headline)
		}
	}
	published, err := fs.ReadFile(os.DirFS(w.dir), "schemas/pay.json")
	if err != nil || !strings.Contains(string(published), `"version": "v4.0.0"`) || !strings.Contains(w.files["pay.yaml"], "version: 0.0.0") {
		t.Errorf("the published contract: %.200s, %v", published, err)
	}
}

// TestVersionsOf: the places that a version is read from, and what is wrong with them.
func TestVersionsOf(t *testing.T) {
	files := map[string]string{"VERSION": " 1.2.3\n", "package.json": `{"version": "4.5.6", "a": {"b": "7.8.9"}, "x.y": "0.0.1", "n": 2.10, "o": {}}`, "chart.yaml": "appVersion: 1.10\n", "two": "1\n2\n",
		"empty": "\n", "pyproject.toml": "[project]\nversion = \"1.0.0\"\n", "big": strings.Repeat("1", maxVersionFile+1)}
	v := Versions{
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Getenv:  func(name string) string { return map[string]string{"RELEASE": " v1.0.0 "}[name] },
		Release: (&tagged{"v2.0.0", false}).release,
	}
	for from, want := range map[string]string{
		"info": "", "tag": "v2.0.0", "env:RELEASE": "v1.0.0", "file:VERSION": "1.2.3", "file:package.json:version": "4.5.6", "file:package.json:a.b": "7.8.9",
		"file:package.json:x.y": "0.0.1", "file:package.json:n": "2.10", "file:chart.yaml:appVersion": "1.10",
		"env:NONE": "NONE is not set", "file:none": "cannot be read", "file:package.json": "no version in it", "file:package.json:nothing": "no text under", "file:package.json:o": "no text under",
		"file:two": "more than one line", "file:empty": "no version in it", "file:pyproject.toml:project.version": "TOML", "file:big": "larger than",
	} {
		got, err := v.Of(t.Context(), from, "")
		if err != nil && want != "" && strings.Contains(err.Error(), want) || err == nil && got.Version == want {
			continue
		}
		if from == "file:package.json" && err == nil { // one line of JSON is no version, which the policy says
			continue
		}
		t.Errorf("%s: %q, %v; want %q", from, got.Version, err, want)
	}
}
