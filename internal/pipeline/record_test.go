package pipeline

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// records are the records of a folder, newest first.
func (w *world) records() []report.RunRecord {
	w.t.Helper()
	return readRecords(os.DirFS(w.dir), slices.Collect(maps.Keys(tree(w.t, w.dir))))
}

// runIDs are the run ids of the records, newest first.
func (w *world) runIDs() string {
	w.t.Helper()
	var ids []string
	for _, r := range w.records() {
		ids = append(ids, r.RunID)
	}
	return strings.Join(ids, " ")
}

// TestRecordSaysWhatTheRunFound: verdict, versions and changes with their waivers, and nothing of a first run.
func TestRecordSaysWhatTheRunFound(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a", "b")
	w.run("aaaaaaa", "1")
	w.version("1.0.1", "a", "c").run("bbbbbbb", "2")
	all := w.records()
	if len(all) != 2 || !all[1].Passed || !all[1].Contracts[0].FirstRun || len(all[1].Contracts[0].Changes) != 0 {
		t.Fatalf("%+v", all)
	}
	r, c := all[0], all[0].Contracts[0]
	if r.Outcome != "failed" || !r.Checked || r.Passed || r.BreakingChangesCount != 1 || r.Headline != w.summary().Headline || r.Version != "1.0.1" || c.PreviousVersion != "1.0.0" || c.SemverPolicyStatus != "fail" {
		t.Errorf("%+v", r)
	}
	if b := c.Changes[0]; b.Rule != "operation-removed" || !b.Breaking || b.Operation != "GET /b" || b.Fingerprint == "" || b.Message == "" {
		t.Errorf("%+v", c.Changes)
	}
	w.files["api.yaml"] = "openapi: ["
	w.run("ccccccc", "3")
	if r := w.records()[0]; r.Outcome != "not-checked" || r.Checked || !r.Contracts[0].Placeholder || !strings.Contains(r.Contracts[0].Reason, "api.yaml") {
		t.Errorf("%+v", r)
	}
}

// TestRecordOfARepeatedRun: the same run again replaces its record, a refresh stays the run that it refreshes, and a synthetic one counts.
func TestRecordOfARepeatedRun(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a")
	w.run("aaaaaaa", "1")
	w.version("1.1.0", "a", "b").run("bbbbbbb", "2")
	before := tree(t, w.dir)
	w.run("bbbbbbb", "2")
	w.run("bbbbbbb", "3")
	after := tree(t, w.dir)
	for name, text := range before {
		if strings.HasPrefix(name, artifact.RunsDir) && after[name] != text {
			t.Errorf("%s changed", name)
		}
	}
	if got := w.runIDs(); got != "2 1" {
		t.Errorf("runs %s", got)
	}
	w.version("1.2.0", "a", "b", "c").run("bbbbbbb", "4") // another contract under the same commit
	if got := w.runIDs(); got != "4 2 1" {
		t.Errorf("runs %s", got)
	}
}

// TestRecordsOfTheWindow: only the newest runs keep a record, a page and a copy, and what a killed run left is removed.
func TestRecordsOfTheWindow(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a")
	w.cfg += "stability: {window: 3}\n"
	left := artifact.RunPath(artifact.RunsDir, recordID("killed", "1"), ".json")
	put(t, filepath.Join(w.dir, left), "{}")
	put(t, filepath.Join(w.dir, artifact.RunPath(artifact.RunPagesDir, recordID("killed", "1"), ".html")), "<html>")
	for i := range 10 {
		w.run(fmt.Sprintf("aaaaaa%d", i), fmt.Sprint(i))
	}
	if got := w.runIDs(); got != "9 8 7" {
		t.Errorf("runs %s", got)
	}
	names := map[string]int{}
	for name := range tree(t, w.dir) {
		names[path.Dir(name)+"/*"+path.Ext(name)]++
	}
	if names["status/runs/*.json"] != 3 || names["site/runs/*.json"] != 3 || names["site/runs/*.html"] != 5 {
		t.Errorf("%v", names)
	}
	m, err := artifact.Load[report.Manifest](os.DirFS(w.dir), artifact.ManifestPath)
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for _, f := range m.Files {
		if strings.HasPrefix(f.Path, artifact.RunsDir) {
			listed++
		}
	}
	if listed != 3 {
		t.Errorf("the manifest lists %d records", listed)
	}
}

// TestPagesOfRunsLinkToEachOther: every link of the pages that is not one of the web leads to a file.
func TestPagesOfRunsLinkToEachOther(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a", "b")
	for i, v := range []string{"1.0.0", "1.0.1", "1.1.0"} {
		w.version(v, "a", fmt.Sprint("b", i)).run(fmt.Sprintf("aaaaaa%d", i), fmt.Sprint(i))
	}
	files := tree(t, w.dir)
	links := regexp.MustCompile(`href="([^"#?]+)[^"]*"`)
	n := 0
	for name, text := range files {
		if path.Ext(name) != ".html" || !strings.HasPrefix(name, "site/") {
			continue
		}
		for _, m := range links.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], ":") {
				continue
			}
			n++
			if _, ok := files[path.Join(path.Dir(name), m[1])]; !ok {
				t.Errorf("%s links to %s", name, m[1])
			}
		}
	}
	if n < 30 || strings.Contains(files["status/index.html"], "runs/") {
		t.Errorf("%d links", n)
	}
}

// TestRecordsAreBounded: whatever a run finds, its record is small, valid and harmless, and counts what it leaves out.
func TestRecordsAreBounded(t *testing.T) {
	long := strings.Repeat("\x00\x1b[31m\u202e\"\\<script>", 100_000)
	bad := report.Finding{Rule: long, Level: report.Error, Kind: long, Breaking: true, Message: long, Fingerprint: long, Operations: []report.Operation{{Method: long, Path: long}, {}}, Waiver: &report.Waiver{Owner: long, Expires: long, Reason: long}}
	changes := make([]report.Finding, 10_000)
	for i := range changes {
		changes[i] = bad
	}
	changes[9_999].More = 5
	for _, c := range []struct{ contracts, changes int }{{1, 10_000}, {15, 10_000}, {1000, 300}, {1000, 0}} {
		r := report.RunRecord{Schema: "govctl/run-record/v1", ID: recordID(long, long), SHA: text(long, shortText), GeneratedAt: report.At(now()), Outcome: "failed", Headline: text(long, longText), Contracts: []report.RunContract{}}
		one := report.RunContract{Name: text(long, shortText), Outcome: "failed", SemverPolicyStatus: "fail", Reason: text(long, longText), Changes: []report.RunChange{}}
		addChanges(&one, changes[10_000-c.changes:])
		for range c.contracts {
			r.Contracts = append(r.Contracts, one)
		}
		if err := fit(&r); err != nil {
			t.Fatal(err)
		}
		b, err := artifact.Encode(r)
		if err == nil {
			err = schemas.Validate("run-record", b)
		}
		if err != nil || len(b) > maxRecord || strings.ContainsAny(string(b), "\x1b\u202e") {
			t.Errorf("%+v: %d bytes, %v", c, len(b), err)
		}
		listed := r.ChangesLeftOut
		for _, one := range r.Contracts {
			listed += len(one.Changes)
		}
		want := c.changes * c.contracts
		if c.changes > 0 {
			want += 4 * c.contracts // the last stands for five
		}
		if listed != want || len(r.Contracts)+r.ContractsLeftOut != c.contracts || c.changes > 0 && len(r.Contracts[0].Changes) == 0 {
			t.Errorf("%+v: %d changes of %d, %d contracts and %d left out", c, listed, want, len(r.Contracts), r.ContractsLeftOut)
		}
	}
}

// TestRecordOfManyContracts: those without anything to report are counted, so that 500 contracts make a small file.
func TestRecordOfManyContracts(t *testing.T) {
	w := newWorld(t)
	w.cfg = "contracts:\n"
	for i := range 30 {
		w.cfg += fmt.Sprintf("  - {name: c%d, source: c%d.yaml}\n", i, i)
		w.files[fmt.Sprintf("c%d.yaml", i)] = document("1.0.0", "a", "b")
	}
	w.run("aaaaaaa", "1")
	w.files["c7.yaml"], w.files["c9.yaml"] = document("1.1.0", "a", "b", "c"), document("1.0.1", "a")
	w.run("bbbbbbb", "2")
	r := w.records()[0]
	if len(r.Contracts) != 2 || r.Contracts[0].Name != "c9" || r.Contracts[1].Name != "c7" || r.ContractsWithoutReport != 28 {
		t.Errorf("%d contracts and %d without a report: %+v", len(r.Contracts), r.ContractsWithoutReport, r.Contracts)
	}
}

// TestRecordIdentity: an identity is a safe file name, and another one for another run.
func TestRecordIdentity(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range [][2]string{{"aaaaaaa", "1"}, {"aaaaaaa", "2"}, {"AAAAAAA", "1"}, {"../../etc/passwd", "1"}, {"", ""}, {strings.Repeat("f", 100), "1"}, {"con", "nul"}, {"a", "\n1"}, {"a\n", "1"}} {
		id := recordID(c[0], c[1])
		if !recordName().MatchString(id) || seen[id] {
			t.Errorf("%q: %s", c, id)
		}
		seen[id] = true
	}
}

// TestRecordsThatCannotBeRead: a record of an earlier run that is damaged, hostile, of a later version or of somebody else is left out with a
// notice. The run goes on, and the record goes.
func TestRecordsThatCannotBeRead(t *testing.T) {
	id := recordID("aaaaaaa", "1")
	file := artifact.RunPath(artifact.RunsDir, id, ".json")
	good := report.RunRecord{Schema: "govctl/run-record/v1", ID: id, SHA: "aaaaaaa", RunID: "1", Project: "us", Outcome: "passed", Contracts: []report.RunContract{}}
	for _, c := range []struct {
		name   string
		change func(p past, f *report.ManifestFile)
		says   string // empty: it is carried
	}{
		{"good", func(past, *report.ManifestFile) {}, ""},
		{"changed", func(p past, _ *report.ManifestFile) { p[file] += " " }, "the record is not as status/manifest.json lists it"},
		{"lost", func(p past, _ *report.ManifestFile) { delete(p, file) }, file},
		{"on a bad disk", func(p past, _ *report.ManifestFile) { p[file] = broken }, "input/output error"},
		{"cut off", func(p past, _ *report.ManifestFile) { p[file] = p[file][:40] }, "read " + file},
		{"a later version", func(p past, _ *report.ManifestFile) { p[file] = strings.Replace(p[file], "record/v1", "record/v2", 1) }, "version 2 of the shape"},
		{"another run", func(p past, _ *report.ManifestFile) {
			p[file] = strings.Replace(p[file], `"run_id": "1"`, `"run_id": "2"`, 1)
		}, "the record of another run"},
		{"another project", func(p past, _ *report.ManifestFile) { p[file] = strings.Replace(p[file], `"us"`, `"them"`, 1) }, `belongs to the project "them"`},
		{"huge", func(p past, _ *report.ManifestFile) { p[file] = strings.Repeat(" ", maxRecord) + p[file] }, "larger than 262144 bytes"},
		{"huge, and listed as such", func(_ past, f *report.ManifestFile) { f.Size = 1 << 40 }, "more or larger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, m := left()
			p[file] = encoded(t, good)
			f := report.ManifestFile{Path: file}
			c.change(p, &f)
			f.SHA256 = sumOf(p[file])
			if c.name == "changed" {
				f.SHA256 = sumOf(encoded(t, good))
			}
			m.Files = append(m.Files, f, report.ManifestFile{Path: "status/runs/index.json", SHA256: sumOf("of a contract that is named runs")})
			p.written(t, m)
			s, err := ReadState(p.input(t, one))
			if err != nil {
				t.Fatal(err)
			}
			carried := s.Files[file] != nil
			notices := strings.Join(s.Notices, "\n")
			if carried != (c.says == "") || !strings.Contains(notices, c.says) || (notices == "") != carried || !slices.Equal(s.LeftOut, []string{file}) == !carried {
				t.Errorf("carried %v, left out %v, notices %q", carried, s.LeftOut, notices)
			}
		})
	}
}

// TestTooManyRecords: a manifest that lists more records than a run keeps costs no more reads than that.
func TestTooManyRecords(t *testing.T) {
	p, m := left()
	for i := range 5000 {
		m.Files = append(m.Files, report.ManifestFile{Path: artifact.RunPath(artifact.RunsDir, recordID("a", fmt.Sprint(i)), ".json")})
	}
	p.written(t, m)
	in := p.input(t, one)
	reads, read := 0, in.Read
	in.Read = func(name string) ([]byte, error) {
		if strings.HasPrefix(name, artifact.RunsDir) {
			reads++
		}
		return read(name)
	}
	s, err := ReadState(in)
	if err != nil || reads != maxRecords || len(s.LeftOut) != 5000 || len(s.Notices) != 1 {
		t.Errorf("%d reads, %d left out, %v, %v", reads, len(s.LeftOut), s.Notices, err)
	}
}

// TestARunWithADamagedRecord: the next run passes, and neither keeps the record nor publishes a page of it.
func TestARunWithADamagedRecord(t *testing.T) {
	w := newWorld(t).version("1.0.0", "a")
	w.run("aaaaaaa", "1")
	w.run("bbbbbbb", "2")
	put(t, filepath.Join(w.dir, artifact.RunPath(artifact.RunsDir, recordID("aaaaaaa", "1"), ".json")), "\x00<script>")
	r := w.run("ccccccc", "3")
	if got := w.runIDs(); r.Worst != report.Passed || got != "3 2" || !strings.Contains(strings.Join(r.Notices, "\n"), "1 record of earlier runs left out") {
		t.Errorf("%v, runs %s, notices %v", r.Worst, got, r.Notices)
	}
	for name := range tree(t, w.dir) {
		if strings.Contains(name, recordID("aaaaaaa", "1")) {
			t.Errorf("%s is left", name)
		}
	}
}
