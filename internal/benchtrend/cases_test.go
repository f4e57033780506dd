package benchtrend

import (
	"context"
	"io/fs"
	"os"
	"path"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

// standard are the defaults of the configuration.
var standard = Options{Window: 30, MinEffect: 0.10, Alpha: 0.05, Confirm: 2, Rolling: 5}

// caseFiles are the files of the case of a rule that match the patterns, in their order.
func caseFiles(t *testing.T, rule string, patterns ...string) (files []Input) {
	t.Helper()
	for _, pattern := range patterns {
		names, err := fs.Glob(cases, path.Join(rule, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(cases, name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, Input{name, data})
		}
	}
	return files
}

func aggregate(t *testing.T, o Options, files ...Input) Result {
	t.Helper()
	runs, err := Read(context.Background(), files)
	if err != nil {
		t.Fatal(err)
	}
	return Aggregate(runs, o)
}

// Each rule fires alone on its case, with its level, and nothing fires on the case's twin.
func TestCases(t *testing.T) {
	o := standard
	o.MinSpeedup = 1.05
	for _, rule := range Rules {
		t.Run(rule.ID, func(t *testing.T) {
			if found := aggregate(t, o, caseFiles(t, rule.ID, "before.*", "good.*")...).Findings; len(found) > 0 {
				t.Errorf("good: %+v", found)
			}
			found := aggregate(t, o, caseFiles(t, rule.ID, "before.*", "bad.*")...).Findings
			if len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 {
				t.Errorf("bad: %+v", found)
			}
		})
	}
}

// The same file twice is no shift, and an aggregate with the last run again gives the verdicts of the files.
func TestOldIsNew(t *testing.T) {
	file := caseFiles(t, "bench-machine-changed", "good.txt")[0]
	if r := aggregate(t, standard, file, file); len(r.Findings) > 0 || r.Trend.Series[0].Verdict != OK {
		t.Errorf("%+v", r)
	}
}

// An aggregate holds all that the next comparison reads.
func TestAggregateContinues(t *testing.T) {
	for _, rule := range Rules {
		before, last := caseFiles(t, rule.ID, "before.*"), caseFiles(t, rule.ID, "bad.*")
		if len(before) == 0 {
			continue
		}
		whole := aggregate(t, standard, append(before, last...)...)
		continued := aggregate(t, standard, append([]Input{{"aggregate.json", encode(t, aggregate(t, standard, before...).Trend)}}, last...)...)
		if got, want := encode(t, continued.Trend.Series), encode(t, whole.Trend.Series); string(got) != string(want) {
			t.Errorf("%s:\n%s\n%s", rule.ID, got, want)
		}
		sameFindings(t, continued.Findings, whole.Findings)
	}
}

func sameFindings(t *testing.T, got, want []report.Finding) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%+v\n%+v", got, want)
	}
	for i := range got {
		if got[i].Fingerprint != want[i].Fingerprint || got[i].Message != want[i].Message {
			t.Errorf("%+v\n%+v", got[i], want[i])
		}
	}
}
