package ruletest

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

var parserForTests = parser.NewParser(parser.Options{})

var update = flag.Bool("update", false, "rewrite the golden files")

func options() Options {
	return Options{Read: os.ReadFile, Glob: func(_, pattern string) ([]string, error) { return filepath.Glob(pattern) }}
}

func outcome(t *testing.T, o Options, names ...string) []File {
	t.Helper()
	files, err := Run(context.Background(), names, o)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// inMemory are options that read from a map of names to texts.
func inMemory(files map[string]string) Options {
	return Options{
		Read: func(name string) ([]byte, error) {
			text, ok := files[name]
			if !ok {
				return nil, errors.New("no such file")
			}
			return []byte(text), nil
		},
		Glob: func(_, pattern string) ([]string, error) {
			if _, ok := files[pattern]; ok {
				return []string{pattern}, nil
			}
			return nil, nil
		},
	}
}

// TestCases runs the files below testdata/cases; the golden is what promtool prints of them, to which the oracle holds it.
func TestCases(t *testing.T) {
	dirs, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no cases", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			f := outcome(t, options(), filepath.Join(dir, "test.yml"))[0]
			if f.Invalid() {
				t.Fatal(Report([]File{f}).Findings)
			}
			var got strings.Builder
			for _, one := range f.Tests {
				for _, failure := range one.Failures {
					got.WriteString(failure.Text + "\n")
				}
			}
			golden(t, filepath.Join(dir, "want.txt"), got.String())
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMessagesAreOneLine(t *testing.T) {
	for _, f := range outcome(t, options(), "testdata/cases/wrong-labels/test.yml", "testdata/cases/rule-errors/test.yml") {
		for _, one := range f.Tests {
			if len(one.Failures) == 0 {
				t.Errorf("%s passes", one.Name)
			}
			for _, failure := range one.Failures {
				if failure.Message == "" || strings.Contains(failure.Message, "\n") || failure.Place.Line == 0 {
					t.Errorf("%+v", failure)
				}
			}
		}
	}
}

const rules = `
groups:
- name: g
  rules:
  - {alert: Down, expr: up == 0}
`

func TestOnlyTestsOfAName(t *testing.T) {
	o := inMemory(map[string]string{"r.yml": rules, "t.yml": `
rule_files: [r.yml]
tests:
- {name: one}
- {name: two}
- {}
`})
	o.Run = regexp.MustCompile("o$|ne")
	f := outcome(t, o, "t.yml")[0]
	if len(f.Tests) != 2 || f.Tests[0].Name != "one" || f.Tests[1].Name != "two" {
		t.Errorf("%+v", f.Tests)
	}
}

func TestUnknownKeysOfRuleFiles(t *testing.T) {
	o := inMemory(map[string]string{"r.yml": rules + "  owner: me\n", "t.yml": "rule_files: [r.yml]\ntests: [{}]\n"})
	if f := outcome(t, o, "t.yml")[0]; len(f.Problems) != 1 || f.Problems[0].Place.Line != 6 {
		t.Errorf("%v", f.Problems)
	}
	o.IgnoreUnknown = true
	if f := outcome(t, o, "t.yml")[0]; f.Invalid() || f.Failed() {
		t.Errorf("%v", f.Problems)
	}
}

// TestPlacesInRuleFiles: what the rule library says without a position gets one, and a null group does not shift the others.
func TestPlacesInRuleFiles(t *testing.T) {
	for _, c := range []struct{ rules, want string }{
		{"groups:\n- name: g\n  rules:\n  - {alert: A, expr: up, annotations: {text: '{{'}}\n", "r.yml:4:5: group \"g\", rule 1"},
		{"groups:\n- name: g\n  rules:\n  - {alert: A}\n", "r.yml:4:5: the rule A has no expr"},
		{"groups:\n- name: g\n  rules:\n  - {alert: A, expr: up, exp_alerts: []}\n", "r.yml:4:26: unknown key \"exp_alerts\""},
		{"groups:\n- name: g\n- name: g\n", "r.yml:3:"},
		{"groups:\n- null\n- name: g\n  rules:\n  - {alert: A, expr: up}\n", ""},
	} {
		f := outcome(t, inMemory(map[string]string{"r.yml": c.rules, "t.yml": "rule_files: [r.yml]\ntests: [{}]\n"}), "t.yml")[0]
		if got := strings.Join(said(f.Problems), "; "); c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestFeatures(t *testing.T) {
	o := inMemory(map[string]string{"t.yml": `
tests:
- interval: 1m
  input_series: [{series: 'a{b="2"}', values: '1'}, {series: 'a{b="1"}', values: '3'}]
  promql_expr_test: [{expr: 'sort_by_label(a, "b")', exp_samples: [{labels: 'a{b="1"}', value: 3}, {labels: 'a{b="2"}', value: 1}]}]
`})
	if f := outcome(t, o, "t.yml")[0]; !f.Invalid() {
		t.Error("an experimental function works without its feature")
	}
	o.Features.ExperimentalFunctions = true
	if f := outcome(t, o, "t.yml")[0]; f.Invalid() || f.Failed() {
		t.Errorf("%+v", Report([]File{f}).Findings)
	}
}

// TestManyFilesAtOnce shares rule files between workers; the race detector watches.
func TestManyFilesAtOnce(t *testing.T) {
	names := make([]string, 0, 60)
	for range 10 {
		for _, c := range []string{"recording-chain", "native-histograms", "alert-states", "fuzzy-and-start", "rule-errors", "wrong-labels"} {
			names = append(names, "testdata/cases/"+c+"/test.yml")
		}
	}
	o := options()
	o.Workers = 8
	for i, f := range outcome(t, o, names...) {
		if f.Name != names[i] || f.Failed() != (i%6 == 5 || i%6 == 4 || i%6 == 3) {
			t.Errorf("%d: %s failed: %v", i, f.Name, f.Failed())
		}
	}
}

// TestCancelled ends the context when the test file has been read.
func TestCancelled(t *testing.T) {
	o := inMemory(map[string]string{"t.yml": "tests:\n- promql_expr_test: [{expr: up, eval_time: 10d}]\n"})
	ctx, cancel := context.WithCancel(context.Background())
	read := o.Read
	o.Read = func(name string) ([]byte, error) { cancel(); return read(name) }
	files, err := Run(ctx, []string{"t.yml"}, o)
	if !errors.Is(err, context.Canceled) || len(files[0].Tests) > 0 {
		t.Errorf("%+v %v", files, err)
	}
}

// TestDepth: what nests deeper than a stack can hold is refused before a recursive parser sees it.
func TestDepth(t *testing.T) {
	deep := strings.Repeat("(", 4<<20) + "1" + strings.Repeat(")", 4<<20)
	template := strings.Repeat("{{if 1}}", 1<<20)
	for name, files := range map[string]map[string]string{
		"expression of a rule": {"r.yml": "groups: [{name: g, rules: [{record: a, expr: '" + deep + "'}]}]\n", "t.yml": "rule_files: [r.yml]\n"},
		"template":             {"r.yml": "groups: [{name: g, rules: [{alert: a, expr: up, annotations: {a: '" + template + "'}}]}]\n", "t.yml": "rule_files: [r.yml]\n"},
		"expression of a case": {"t.yml": "tests: [{promql_expr_test: [{expr: '" + deep + "'}]}]\n"},
		"YAML":                 {"t.yml": "tests: " + strings.Repeat("[", 1<<20)},
		"YAML of rules":        {"r.yml": "groups: " + strings.Repeat("[", 1<<20), "t.yml": "rule_files: [r.yml]\n"},
	} {
		if f := outcome(t, inMemory(files), "t.yml")[0]; !f.Invalid() {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestLongRepetitions: values that are equal, or not asked for, take no memory, however many they are.
func TestLongRepetitions(t *testing.T) {
	for name, text := range map[string]string{
		"a million":                   "{interval: 1m, input_series: [{series: up, values: 1x1000000}], promql_expr_test: [{expr: up, eval_time: 10m, exp_samples: [{labels: up, value: 1}]}]}",
		"ten million, which are read": "{interval: 100ms, input_series: [{series: up, values: 0x10000000}], promql_expr_test: [{expr: 'count_over_time(up[10m] offset 200h)', eval_time: 277h, exp_samples: [{labels: '{}', value: 6000}]}]}",
		"steps beyond the last case":  "{interval: 1m, input_series: [{series: up, values: 0+10x100000000}], promql_expr_test: [{expr: up, eval_time: 9m, exp_samples: [{labels: up, value: 90}]}]}",
		"omitted":                     "{interval: 1m, input_series: [{series: up, values: '7 _x100000000 8'}], promql_expr_test: [{expr: up, eval_time: 3m, exp_samples: [{labels: up, value: 7}]}]}",
	} {
		t.Run(name, func(t *testing.T) {
			o := inMemory(map[string]string{"t.yml": "evaluation_interval: 1m\ntests:\n- " + text + "\n"})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f := outcome(t, o, "t.yml")[0]
			runtime.ReadMemStats(&after)
			if f.Invalid() || len(f.Tests[0].Failures) > 0 {
				t.Errorf("%v %v %+v", said(f.Problems), said(problemsOf(f)), f.Tests[0].Failures)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
		})
	}
}

// TestBounds asks for more than anyone needs. What it allocates is measured.
func TestBounds(t *testing.T) {
	for _, c := range []struct{ name, test, want string }{
		{"samples", "- input_series: [{series: up, values: 0x1000000000}]", "t.yml:2:39: input series"},
		{"samples in digits that overflow", "- input_series: [{series: up, values: 0x99999999999999999999}]", "asks for more than"},
		{"values", "- input_series: [{series: up, values: '" + strings.Repeat("0 1 ", 1_000_000) + "'}]", "t.yml:2:39: input series"},
		{"values in series", "- input_series: [" + strings.Repeat("{series: up, values: '"+strings.Repeat("0 1 ", 3_000)+"'},", 250) + "]", "take more than 64 MiB of memory"},
		{"histograms", "- input_series: [{series: up, values: '{{count:1}}+{{count:1}}x1000000'}]", "more than 64 MiB"},
		{"histograms without end", "- input_series: [{series: up, values: '{{count:1}}+{{count:1}}x1000000000'}]", "asks for more memory than 64 MiB"},
		{"samples in the series", "- input_series: [{series: 'up 0x100000000000', values: ''}]", "asks for more than"},
		{"samples behind a carriage return", "- input_series: [{series: \"up\\r0x100000000000\", values: ''}]", "asks for more than"},
		{"repetition of a repetition", "- input_series: [{series: up, values: '0x1000000000x1'}]", "asks for more"},
		{"expected histogram", "- promql_expr_test: [{expr: up, exp_samples: [{labels: up, histogram: '{{count:1}}x1000000000'}]}]", "asks for more memory"},
		{"samples that are kept", "- {interval: 1ms, input_series: [{series: up, values: 0+1x300000000}], promql_expr_test: [{expr: up, eval_time: 10h}]}", "t.yml:2:3: the test keeps more than 64 MiB of samples"},
		{"evaluations", "- promql_expr_test: [{expr: up, eval_time: 100y}]", "asks for more than 1100000 evaluations"},
		{"time", "- {interval: 200y, input_series: [{series: up, values: 0x5}]}", "beyond the year 2262"},
		{"start", "- {start_timestamp: 9e18}", "is not between"},
		{"start in year 9999", "- {start_timestamp: '9999-01-01T00:00:00Z'}", "is not between"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := inMemory(map[string]string{"t.yml": "tests:\n" + c.test + "\n"})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f := outcome(t, o, "t.yml")[0]
			runtime.ReadMemStats(&after)
			if all := strings.Join(append(said(f.Problems), said(problemsOf(f))...), "\n"); !strings.Contains(all, c.want) {
				t.Errorf("got %q, want %q", all, c.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 700<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
		})
	}
}
