package ruletest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// TestEveryFindingHasItsCase: each row of the table has a folder below testdata/findings in which it is the only finding.
func TestEveryFindingHasItsCase(t *testing.T) {
	dirs, err := filepath.Glob("testdata/findings/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) != len(Checks) {
		t.Errorf("%d folders for %d rows", len(dirs), len(Checks))
	}
	for _, c := range Checks {
		t.Run(c.ID, func(t *testing.T) {
			if c.About == "" || c.Why == "" {
				t.Error("the row does not say what it is about, or why")
			}
			dir := filepath.Join("testdata", "findings", c.ID)
			files := outcome(t, options(), filepath.Join(dir, "test.yml"))
			found := Report(files).Findings
			if !files[0].Invalid() {
				_, uncovered := Cover(files, wanted(t, dir))
				found = append(found, uncovered...)
			}
			if len(found) != 1 || found[0].Rule != c.ID || found[0].Level != c.Level {
				t.Fatalf("%+v", found)
			}
			if found[0].New == nil && c.ID != ruleBelowMinimum || found[0].Message == "" {
				t.Errorf("%+v", found[0])
			}
		})
	}
}

func wanted(t *testing.T, dir string) Wanted {
	t.Helper()
	var w Wanted
	if b, err := os.ReadFile(filepath.Join(dir, "critical.txt")); err == nil {
		for _, name := range strings.Fields(string(b)) {
			w.Critical = append(w.Critical, Critical{Name: name, Place: report.Place{File: "critical.txt", Line: 1}})
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "minimum.txt")); err == nil {
		least, err := strconv.ParseFloat(strings.TrimSpace(string(b)), 64)
		if err != nil {
			t.Fatal(err)
		}
		w.Minimum = &least
	}
	return w
}

const covered = `
groups:
- name: g
  rules:
  - {record: 'up:sum', expr: 'sum(up)'}
  - {record: 'up:two', expr: '2 * up:sum'}
  - {record: 'up:never', expr: 'sum(down)'}
  - {record: 'up:unread', expr: 'avg(up)'}
  - {record: 'up:asked', expr: 'max(up)'}
  - {alert: Down, expr: 'up:two == 0'}
  - {alert: Down, expr: 'up:two > 100', labels: {severity: odd}}
  - {alert: Asked, expr: 'up == 0'}
  - {alert: Failing, expr: 'up == 0'}
`

// TestCoverageIsByRule: an assertion covers each rule of its name by what that rule did, a case that fails covers nothing, and
// a recording rule is covered through the alerts that are built on it.
func TestCoverageIsByRule(t *testing.T) {
	files := outcome(t, inMemory(map[string]string{"r.yml": covered, "other.yml": covered, "t.yml": `
rule_files: [r.yml]
tests:
- interval: 1m
  input_series: [{series: up, values: '0 1'}]
  alert_rule_test:
  - {eval_time: 0, alertname: Down, exp_alerts: [{}]}
  - {eval_time: 0, alertname: Failing}
  promql_expr_test:
  - {eval_time: 0, expr: 'count(ALERTS{alertname="Asked"})', exp_samples: [{labels: '{}', value: 1}]}
  - {eval_time: 1m, expr: 'count(ALERTS{alertname="Asked"})'}
  - {eval_time: 1m, expr: 'up:asked', exp_samples: [{labels: 'up:asked', value: 1}]}
  - {eval_time: 1m, expr: 'up:unread', exp_samples: [{labels: 'up:unread', value: 17}]}
`}), "t.yml")
	extra, problems := ParseRules("extra.yml", []byte(rules), &memo{Parser: parserForTests}, false)
	if problems != nil {
		t.Fatal(problems)
	}
	sum, findings := Cover(files, Wanted{Rules: extra, Critical: []Critical{{Name: "Gone", Place: report.Place{File: "taxonomy.json", Line: 7}}}})
	var got []string
	for _, r := range sum.Rules {
		got = append(got, strings.Join([]string{r.At.File + ":" + strconv.Itoa(r.At.Line), r.Name, strconv.Itoa(r.Firing), strconv.Itoa(r.Silent),
			strconv.FormatBool(r.Recorded), strconv.FormatBool(r.Direct), strconv.FormatBool(r.Through)}, " "))
	}
	want := []string{
		"extra.yml:5 Down 0 0 false false false",
		"r.yml:5 up:sum 0 0 true false true",
		"r.yml:6 up:two 0 0 true false true",
		"r.yml:7 up:never 0 0 false false false",
		"r.yml:8 up:unread 0 0 true false false",
		"r.yml:9 up:asked 0 0 true true false",
		"r.yml:10 Down 1 0 false false false",
		"r.yml:11 Down 0 1 false false false",
		"r.yml:12 Asked 1 1 false false false",
		"r.yml:13 Failing 0 0 false false false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if sum.Branches != 15 || sum.BranchesCovered != 7 || sum.Percent.Rounded() != 46.67 || !sum.Passed {
		t.Errorf("%+v", sum)
	}
	ids := map[string]int{}
	for _, f := range findings {
		ids[f.Rule]++
	}
	if ids[ruleUnrecorded] != 2 || ids[ruleNeverTested] != 2 || ids[ruleOnlyFiring] != 1 || ids[ruleOnlySilent] != 1 || ids[ruleCritical] != 1 || len(findings) != 7 {
		t.Errorf("%v", ids)
	}
}
