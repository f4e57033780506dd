package imagegate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/imagegate"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func parse(t *testing.T, name string, data []byte) imagegate.Report {
	t.Helper()
	r, err := imagegate.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func recorded(t *testing.T, name string) imagegate.Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, name, data)
}

func input(reports ...imagegate.Report) imagegate.Input {
	return imagegate.Input{Reports: reports, Severities: []string{"CRITICAL", "HIGH"}, IgnoreUnfixed: true, MaxAge: 48 * time.Hour, Now: now}
}

func evaluate(t *testing.T, in imagegate.Input) *imagegate.Verdict {
	t.Helper()
	v, err := imagegate.Evaluate(in)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ignores(t *testing.T, name, text string) []imagegate.Ignore {
	t.Helper()
	all, err := imagegate.ParseIgnores(context.Background(), name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// caseInput is the input of one side of a rule's case: a report, or an ignore file with the report beside it.
func caseInput(t *testing.T, rule, side string) imagegate.Input {
	t.Helper()
	read := func(name string) []byte {
		data, err := fs.ReadFile(cases, path.Join(rule, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return data
	}
	names, err := fs.Glob(cases, path.Join(rule, side+".*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %v, %v", side, names, err)
	}
	name := path.Base(names[0])
	var in imagegate.Input
	if path.Ext(name) == ".json" {
		in = input(parse(t, name, read(name)))
	} else {
		in = input(parse(t, "report.json", read("report.json")))
		in.Ignores = ignores(t, name, string(read(name)))
	}
	var more struct {
		Digest string
		Known  []report.ImageVulnerability
	}
	if text := read("case.json"); text != nil {
		if err := json.Unmarshal(text, &more); err != nil {
			t.Fatal(err)
		}
	}
	in.Digest, in.Known, in.NewOnly = more.Digest, more.Known, len(more.Known) > 0
	return in
}

// Each rule fires alone on its case, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	for _, rule := range imagegate.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			if found := evaluate(t, caseInput(t, rule.ID, "good")).Checks; len(found) > 0 {
				t.Errorf("good: %+v", found)
			}
			found := evaluate(t, caseInput(t, rule.ID, "bad")).Checks
			if len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 {
				t.Errorf("bad: %+v", found)
			}
		})
	}
}

var digestC = "sha256:" + strings.Repeat("c", 64)

// What each scanner says comes to the same list.
func TestScanners(t *testing.T) {
	for _, c := range []struct {
		file, scanner, digest, created string
		want                           []string
	}{
		{"trivy.json", "trivy", digestC, "2026-03-10T09:15:02Z", []string{"CRITICAL CVE-2026-1001 libssl3 3.0.11-1 -> 3.0.13-1", "HIGH CVE-2026-1002 zlib1g 1.2.13 unfixed", "HIGH CVE-2026-1004 requests 2.0 -> 2.1, 3.0", "LOW CVE-2026-1003 bash 5.2 -> 5.3"}},
		{"grype.json", "grype", digestC, "2026-03-10T08:15:02Z", []string{"CRITICAL CVE-2026-1001 libssl3 3.0.11-1 -> 3.0.13-1", "HIGH CVE-2026-1002 zlib1g 1.2.13 unfixed", "HIGH CVE-2026-1004 requests 2.0 -> 2.1", "LOW CVE-2026-1003 bash 5.2 -> 5.3"}},
		{"osv.json", "osv-scanner", "", "", []string{"HIGH CVE-2026-1004 requests 2.0 -> 2.1", "HIGH GHSA-dddd-eeee-ffff requests 2.0 unfixed"}},
		{"trivy.sarif", "sarif", digestC, "", []string{"CRITICAL CVE-2026-1001 libssl3 3.0.11-1 -> 3.0.13-1", "HIGH CVE-2026-1002 zlib1g 1.2.13 unfixed"}},
		{"grype.sarif", "sarif", "", "", []string{"CRITICAL CVE-2026-1001 libssl3 3.0.11-1", "LOW CVE-2026-1003 bash "}},
	} {
		r := recorded(t, c.file)
		all, err := imagegate.Merge([]imagegate.Report{r})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range all {
			text := strings.Join([]string{v.Severity, v.ID, v.Package, v.Version}, " ")
			switch {
			case v.Unfixed:
				text += " unfixed"
			case v.FixedIn != "":
				text += " -> " + v.FixedIn
			}
			got = append(got, text)
		}
		created := ""
		if !r.Created.IsZero() {
			created = r.Created.UTC().Format(time.RFC3339)
		}
		if !slices.Equal(got, c.want) || r.Scanner != c.scanner || created != c.created || c.digest != "" && !slices.Contains(r.Digests, c.digest) || c.digest == "" && len(r.Digests) > 0 {
			t.Errorf("%s: %s %v %s\n%s", c.file, r.Scanner, r.Digests, created, strings.Join(got, "\n"))
		}
	}
}

func messages(found []report.Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, string(f.Level)+" "+f.Rule+" "+f.Message+" "+f.Fingerprint)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// Neither the order of reports and entries nor their repetition changes what is found.
func TestOrderAndDuplicatesChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	base := []imagegate.Report{recorded(t, "trivy.json"), recorded(t, "grype.json"), recorded(t, "osv.json"), recorded(t, "trivy.sarif"), recorded(t, "grype.sarif")}
	list := ignores(t, ".trivyignore", "CVE-2026-1004 exp:2026-03-01\nGHSA-dddd-eeee-ffff\nCVE-2026-9999\n")
	one := func(reports []imagegate.Report) *imagegate.Verdict {
		in := input(reports...)
		in.MaxAge, in.Ignores, in.NewOnly = 0, list, true
		in.Known = []report.ImageVulnerability{{ID: "CVE-2026-1001", Package: "libssl3", Since: report.At(now.Add(-72 * time.Hour))}}
		return evaluate(t, in)
	}
	first := one(base)
	want := messages(first.Checks)
	for _, rule := range []string{"image-vulnerability ", "image-vulnerability-known ", "image-ignore-expired ", "image-ignore-stale "} {
		if !strings.Contains(want, rule) {
			t.Fatalf("the case lacks %s:\n%s", rule, want)
		}
	}
	for range 300 {
		var reports []imagegate.Report
		for _, i := range r.Perm(len(base)) {
			for range 1 + r.IntN(2) {
				again := base[i]
				again.Found = nil
				for _, j := range r.Perm(len(base[i].Found)) {
					for range 1 + r.IntN(3) {
						again.Found = append(again.Found, base[i].Found[j])
					}
				}
				reports = append(reports, again)
			}
		}
		v := one(reports)
		if got := messages(v.Checks); got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
		if fmt.Sprint(v.Figures) != fmt.Sprint(first.Figures) {
			t.Fatalf("%v, want %v", v.Figures, first.Figures)
		}
	}
}

// Where reports differ, the worse counts.
func TestTheWorseReportCounts(t *testing.T) {
	low := imagegate.Report{Scanned: 1, Created: now, Found: []imagegate.Vulnerability{{ID: "CVE-2026-1", Package: "a", Version: "1", Severity: "LOW", Unfixed: true}}}
	high := imagegate.Report{Scanned: 1, Created: now, Found: []imagegate.Vulnerability{{ID: "CVE-2026-1", Package: "a", Version: "1", Severity: "HIGH", FixedIn: "2"}}}
	for _, order := range [][]imagegate.Report{{low, high}, {high, low}} {
		if v := evaluate(t, input(order...)); len(v.Checks) != 1 || v.Checks[0].Rule != "image-vulnerability" {
			t.Errorf("%+v", v.Checks)
		}
	}
}

// None of these may pass: each is an error of the input or a finding that fails.
func TestReportsThatNeverPass(t *testing.T) {
	whole, err := os.ReadFile("testdata/trivy.json")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(bytes.TrimSpace(whole)) {
		if _, err := imagegate.Parse("r.json", whole[:n]); err == nil {
			t.Fatalf("the first %d bytes of a report were read", n)
		}
	}
	for _, text := range []string{"", " \n", "{}", "[]", "null", "x", `{"SchemaVersion": 1}`, `{"SchemaVersion": "2"}`, `{"matches": []}`, `{"matches": null, "descriptor": {"name": "grype"}}`,
		`{"runs": [], "version": "2.0.0"}`, `{"runs": [{"invocations": [{"executionSuccessful": false}], "results": []}], "version": "2.1.0"}`, `{"results": "x"}`,
		`{"SchemaVersion": 2, "Results": [{"Vulnerabilities": [{}]}]}`, `{"SchemaVersion": 2, "SchemaVersion": 2}`, string(whole) + string(whole)} {
		_, err := imagegate.Parse("r.json", []byte(text))
		var located *contract.Error
		if !errors.As(err, &located) || located.Place.File != "r.json" || located.Hint == "" {
			t.Errorf("%.60q: %v", text, err)
		}
	}
	fails := func(in imagegate.Input) bool {
		return slices.ContainsFunc(evaluate(t, in).Checks, func(f report.Finding) bool { return f.Level == report.Error })
	}
	for _, text := range []string{`{"SchemaVersion": 2}`, `{"SchemaVersion": 2, "Results": []}`, `{"SchemaVersion": 2, "Results": [{"Class": "secret"}]}`, `{"results": []}`, `{"runs": [], "version": "2.1.0"}`,
		`{"runs": [{}], "version": "2.1.0"}`, `{"matches": [], "descriptor": {"name": "grype"}}`} {
		in := input(parse(t, "r.json", []byte(text)))
		in.MaxAge = 0
		if !fails(in) {
			t.Errorf("%s passed", text)
		}
	}
	clean := recorded(t, "trivy.json")
	clean.Found = nil
	if fails(input(clean)) {
		t.Error("a report without vulnerabilities fails")
	}
	for what, edit := range map[string]func(*imagegate.Input){
		"old":            func(in *imagegate.Input) { in.Now = now.AddDate(0, 0, 3) },
		"from tomorrow":  func(in *imagegate.Input) { in.Now = now.AddDate(0, 0, -1) },
		"another digest": func(in *imagegate.Input) { in.Digest = "sha256:" + strings.Repeat("0", 64) },
		"without a time": func(in *imagegate.Input) { in.Reports[0].Created = time.Time{} },
		"of no image":    func(in *imagegate.Input) { in.Digest, in.Reports[0].Digests = digestC, nil },
		"one of two":     func(in *imagegate.Input) { in.Reports = append(in.Reports, imagegate.Report{Created: now}) },
	} {
		in := input(clean)
		edit(&in)
		if !fails(in) {
			t.Errorf("%s: passed", what)
		}
	}
}

func TestIgnores(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{".trivyignore", "# comment\n\nCVE-2026-1001 exp:2026-03-11 # why\nGHSA-aaaa-bbbb-cccc", ""},
		{".trivyignore", "CVE-2026-1001\nAVD-DS-0001\ngeneric-secret\n", "image-vulnerability CVE-2026-1004 requests"},
		{".trivyignore", "CVE-2026-1001 exp:2026-03-10\nCVE-2026-1004", "image-ignore-expired CVE-2026-1001|image-vulnerability CVE-2026-1001 libssl3"},
		{"x.yaml", "vulnerabilities:\n- {id: CVE-2026-1001, purls: [pkg:deb/debian/libssl3@3.0.11-1]}\n- {id: CVE-2026-1004, paths: [\"usr/lib/**/METADATA\"], expired_at: 2026-03-11}\nmisconfigurations:\n- {id: AVD-1}\n", ""},
		{"x.yml", "vulnerabilities:\n- {id: CVE-2026-1001, purls: [pkg:deb/debian/libssl3@4]}\n- {id: CVE-2026-1004, paths: [\"opt/**\"]}\n", "image-ignore-stale CVE-2026-1001|image-ignore-stale CVE-2026-1004|image-vulnerability CVE-2026-1001 libssl3|image-vulnerability CVE-2026-1004 requests"},
	} {
		in := input(recorded(t, "trivy.json"), recorded(t, "grype.json"))
		in.Ignores = ignores(t, c.name, c.text)
		var got []string
		for _, f := range evaluate(t, in).Checks {
			got = append(got, f.Rule+" "+f.Subject)
		}
		slices.Sort(got)
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s:\n%s\nwant %s", c.text, strings.Join(got, "|"), c.want)
		}
	}
	for _, c := range []struct{ name, text, at string }{
		{".trivyignore", "CVE-1\nCVE-2026-1 exp:tomorrow", ":2:1"}, {".trivyignore", "CVE-2026-1 because", ":1:1"}, {"a.yaml", "x: 1", ":1:1"}, {"a.yaml", "- 1", ":1:1"},
		{"a.yaml", "vulnerabilities:\n  - {id: A, until: 1}", ":2:"}, {"a.yaml", "vulnerabilities:\n  - {statement: x}", ":2:"}, {"a.yaml", "vulnerabilities:\n  - {id: A, expired_at: soon}", ":2:"},
	} {
		_, err := imagegate.ParseIgnores(context.Background(), c.name, []byte(c.text))
		var located *contract.Error
		if !errors.As(err, &located) || !strings.Contains(fmt.Sprintf(":%d:%d", located.Place.Line, located.Place.Column), c.at) || located.Hint == "" {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

// Only what the last run that passed did not have is new; a run that fails makes nothing known.
func TestNewOnly(t *testing.T) {
	in := input(recorded(t, "trivy.json"))
	in.NewOnly = true
	failed := evaluate(t, in)
	if len(failed.Counted) != 2 || failed.Checks[0].Rule != "image-vulnerability" {
		t.Fatalf("%+v", failed.Checks)
	}
	in.Baseline = true
	accepted := evaluate(t, in)
	for _, f := range accepted.Checks {
		if f.Rule != "image-vulnerability-known" {
			t.Errorf("%+v", f)
		}
	}
	in.Baseline, in.Known, in.Now, in.MaxAge = false, accepted.Detail.Vulnerabilities, now.AddDate(0, 0, 12), 0
	in.Reports[0].Found = append(in.Reports[0].Found, imagegate.Vulnerability{ID: "CVE-2026-2000", IDs: []string{"CVE-2026-2000"}, Package: "curl", Version: "8", FixedIn: "9", Severity: "HIGH"})
	later := evaluate(t, in)
	got := messages(later.Checks)
	if strings.Count(got, "; known for 12 days)") != 2 || strings.Count(got, "error image-vulnerability ") != 1 || !strings.Contains(got, "CVE-2026-2000") {
		t.Errorf("%s", got)
	}
	if len(later.Detail.Known) != 2 || len(later.Detail.Vulnerabilities) != 3 {
		t.Errorf("%+v", later.Detail)
	}
}

// What is written as SARIF is read back as the same list, and has nothing of other severities.
func TestSARIFReadsBack(t *testing.T) {
	in := input(recorded(t, "trivy.json"), recorded(t, "grype.sarif"))
	in.IgnoreUnfixed, in.MaxAge = false, 0
	v := evaluate(t, in)
	data, err := v.SARIF("1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	back, err := imagegate.Merge([]imagegate.Report{parse(t, "x.sarif", data)})
	if err != nil {
		t.Fatal(err)
	}
	if len(back) != 3 || len(back) != len(v.Counted) {
		t.Fatalf("%d, want %d:\n%s", len(back), len(v.Counted), data)
	}
	for i, got := range back {
		want := v.Counted[i]
		if got.ID != want.ID || got.Package != want.Package || got.Version != want.Version || got.FixedIn != want.FixedIn || got.Unfixed != want.Unfixed || got.Severity != want.Severity {
			t.Errorf("%+v\nwant %+v", got, want)
		}
	}
}

func TestTooManyVulnerabilities(t *testing.T) {
	r := imagegate.Report{Scanned: 1}
	for i := range imagegate.MaxVulnerabilities + 1 {
		r.Found = append(r.Found, imagegate.Vulnerability{ID: fmt.Sprint("CVE-2026-", i), Severity: "LOW"})
	}
	if _, err := imagegate.Evaluate(input(r)); err == nil {
		t.Error("they were evaluated")
	}
}

func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := imagegate.Parse("r", data)
		if err != nil {
			return
		}
		v, err := imagegate.Evaluate(input(r))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.SARIF("1"); err != nil {
			t.Fatal(err)
		}
	})
}
