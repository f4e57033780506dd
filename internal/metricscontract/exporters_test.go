package metricscontract_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/report"
)

// exporters is the folder of what public exporters answered; its README.md says how it was made.
const exporters = "../../testdata/metrics"

// realRules is the folder of rule files that other people wrote.
const realRules = "../../../shared/data/rules"

// releases are two releases of an exporter. A finding is "RULE METRIC [LABEL] [-> SUCCESSOR] [: READERS]", where the readers in brackets
// only select the metric by a pattern, among others.
type releases struct {
	exporter, before, after string
	own                     []string            // with testdata/metrics/rules.yml
	real                    map[string][]string // the findings that name a reader, by rule file
}

func (r *releases) contract(t *testing.T, version string) metricscontract.Contract {
	t.Helper()
	name := filepath.Join(exporters, r.exporter, version+".txt")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := metricscontract.ParseContract(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *releases) diff(t *testing.T, rules []metricscontract.Rule) []report.Finding {
	t.Helper()
	return metricscontract.Diff(metricscontract.DiffInput{Before: r.contract(t, r.before), After: r.contract(t, r.after), Rules: rules})
}

var (
	newLabel  = regexp.MustCompile(`has (?:lost the|the new) (?:label|borders) (.*?)(?:;|$)`)
	nowCalled = regexp.MustCompile(`\(is it now (\S+)\?\)`)
	readRule  = regexp.MustCompile(`(?:alert|recording rule) (\S+) \(`)
)

// summary is a finding as the table above has it.
func summary(f *report.Finding) string {
	text := f.Rule + " " + f.Subject
	if m := newLabel.FindStringSubmatch(f.Message); m != nil {
		text += " " + m[1]
	}
	if m := nowCalled.FindStringSubmatch(f.Message); m != nil {
		text += " -> " + m[1]
	}
	var readers []string
	for _, m := range readRule.FindAllStringSubmatch(f.Message, -1) {
		readers = append(readers, m[1])
	}
	switch {
	case len(readers) == 0:
		return text
	case strings.Contains(f.Message, "by a pattern in"):
		return text + ": (" + strings.Join(readers, " ") + ")"
	default:
		return text + ": " + strings.Join(readers, " ")
	}
}

func parseRules(t *testing.T, name string) (all []metricscontract.Rule) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := promrules.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			all = append(all, metricscontract.Rule{Alert: r.Alert, Record: r.Record, Expr: r.Expr, Place: r.Place("rules.yml")})
		}
	}
	return all
}

// What changed between two real releases of an exporter, with rules that this project wrote.
func TestReleasesOfExporters(t *testing.T) {
	rules := parseRules(t, filepath.Join(exporters, "rules.yml"))
	for _, r := range releasesOfExporters {
		t.Run(r.exporter+"-"+r.after, func(t *testing.T) {
			var got []string
			for _, f := range r.diff(t, rules) {
				got = append(got, summary(&f))
				if wrong := strings.HasPrefix(f.Message, "the metric") && (f.Level == report.Error) != (f.Actual != ""); wrong {
					t.Errorf("%s: %s", f.Level, f.Message)
				}
			}
			compareLines(t, r.own, got)
		})
	}
}

// The alerts of rule files that other people wrote, and that such an upgrade silences.
func TestReleasesSilenceRealAlerts(t *testing.T) {
	if _, err := os.Stat(realRules); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the shared test data is absent: there is nothing in %s", realRules)
	}
	for _, r := range releasesOfExporters {
		for file, want := range r.real {
			t.Run(r.exporter+"-"+r.after+"/"+filepath.Base(filepath.Dir(file)), func(t *testing.T) {
				var got []string
				for _, f := range r.diff(t, parseRules(t, filepath.Join(realRules, file))) {
					if line := summary(&f); strings.Contains(line, ": ") {
						got = append(got, line)
					}
				}
				compareLines(t, want, got)
			})
		}
	}
}

// An exporter compared with itself has changed nothing.
func TestReleasesAreSilentOnThemselves(t *testing.T) {
	rules := parseRules(t, filepath.Join(exporters, "rules.yml"))
	for _, r := range releasesOfExporters {
		for _, version := range []string{r.before, r.after} {
			one := releases{exporter: r.exporter, before: version, after: version}
			if found := one.diff(t, rules); len(found) > 0 {
				t.Errorf("%s %s: %+v", r.exporter, version, found)
			}
		}
	}
}

func compareLines(t *testing.T, want, got []string) {
	t.Helper()
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("not expected: %q,", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("missing: %q,", line)
		}
	}
}
