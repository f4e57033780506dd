package resources

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

var noon = report.At(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))

// runCase is what the files of a case come to: a log and samples. good and bad are the samples, or the log where that is what a rule is about.
func runCase(t *testing.T, rule, pattern string, o Options) []report.Finding {
	t.Helper()
	var before, samples []byte
	for _, name := range []string{"before.jsonl", "sample.json", pattern} {
		found, err := fs.Glob(cases, path.Join(rule, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			data, err := fs.ReadFile(cases, file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, ".jsonl") {
				before = data
			} else {
				samples = data
			}
		}
	}
	parsed, err := ParseFile(pattern, samples)
	if err != nil {
		t.Fatal(err)
	}
	l := ReadLog(before, o.Window)
	trend := Trend(l, 0, o)
	if len(l.Rows) > 0 || len(parsed) > 0 {
		added := l.Add(parsed, noon)
		trend = Trend(l, len(added), o)
	}
	return Check(&trend, o)
}

// Each rule fires alone on its case, with its level, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	most, growth := 80.0, 20.0
	for _, rule := range Rules {
		t.Run(rule.ID, func(t *testing.T) {
			o := Options{Window: 120, MaxMemPct: &most}
			if slices.Contains([]string{"resource-memory-growing", "resource-not-known-yet"}, rule.ID) {
				o.Growth = &growth
			}
			if found := runCase(t, rule.ID, "good.*", o); len(found) > 0 {
				t.Errorf("good: %+v", found)
			}
			found := runCase(t, rule.ID, "bad.*", o)
			if len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 {
				t.Errorf("bad: %+v", found)
			}
		})
	}
}

// Without limits nothing fails, whatever is used.
func TestNothingFailsUnlessALimitIsAskedFor(t *testing.T) {
	for _, rule := range Rules {
		for _, f := range runCase(t, rule.ID, "bad.*", Options{Window: 120}) {
			if f.Level == report.Error {
				t.Errorf("%s: %+v", rule.ID, f)
			}
		}
	}
}
