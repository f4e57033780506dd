package ruletest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/report"
)

// shared is the folder of real documents; tests that read it are skipped where it is absent.
const shared = "../../../../shared/data"

// wraps are the forms in which a plain rule file becomes Kubernetes objects.
var wraps = []struct {
	name          string
	lines, column int // by which the text is moved; -1 where it is rewritten
	wrap          func(text string) string
}{
	{"object", 4, 2, func(text string) string {
		return "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec:\n" + indented(text, 2)
	}},
	{"behind another object", 8, 2, func(text string) string {
		return "apiVersion: v1\nkind: ConfigMap\ndata: {groups: none}\n---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec:\n" +
			indented(text, 2) + "\n---\n"
	}},
	{"in a list", 8, 4, func(text string) string {
		return "# rules\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service}\n- kind: PrometheusRule\n  spec:\n" + indented(text, 4)
	}},
	{"as JSON", -1, 0, func(text string) string {
		var spec any
		if err := yaml.Unmarshal([]byte(text), &spec); err != nil {
			return text
		}
		out, err := json.Marshal(map[string]any{"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "spec": spec})
		if err != nil {
			panic(err)
		}
		return string(out)
	}},
}

func indented(text string, by int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "---") { // begins the only document
			line = "#" + line
		}
		if strings.TrimSpace(line) != "" {
			out.WriteString(strings.Repeat(" ", by))
		}
		out.WriteString(line)
	}
	return out.String()
}

// yamlFiles are the YAML files below folders.
func yamlFiles(t *testing.T, folders ...string) []string {
	t.Helper()
	var files []string
	for _, dir := range folders {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestObjectsComeToTheSameVerdicts runs every test file over rules that are wrapped into objects.
func TestObjectsComeToTheSameVerdicts(t *testing.T) {
	folders := []string{"testdata/cases", "testdata/findings"}
	if _, err := os.Stat(shared); err == nil {
		folders = append(folders, filepath.Join(shared, "rule-tests"))
	}
	var tests []string
	for _, name := range yamlFiles(t, folders...) {
		if data, err := os.ReadFile(name); err == nil && promrules.IsTest(name, data) {
			tests = append(tests, name)
		}
	}
	o := options()
	o.Read = func(name string) ([]byte, error) {
		data, err := os.ReadFile(name)
		if err != nil || promrules.IsTest(name, data) {
			return data, err
		}
		w := wraps[len(name)%len(wraps)]
		if _, problems := ParseRules(name, data, parserForTests, false); len(problems) > 0 {
			w = wraps[0] // the rewritten text has other faults
		}
		return []byte(w.wrap(string(data))), nil
	}
	plain := outcome(t, options(), tests...)
	for i, f := range outcome(t, o, tests...) {
		if diff := cmp.Diff(verdictOf(plain[i]), verdictOf(f)); diff != "" {
			t.Errorf("%s (-plain +object):\n%s", f.Name, diff)
		}
	}
	t.Logf("%d test files", len(tests))
}

// verdictOf is what a test file comes to, without places in rule files.
func verdictOf(f File) []string {
	out := []string{fmt.Sprintf("%v %v", f.Invalid(), f.Failed())}
	for _, t := range f.Tests {
		for _, failure := range t.Failures {
			out = append(out, failure.Text, failure.Message)
		}
		out = append(out, said(t.Problems)...)
	}
	for _, p := range f.Problems {
		if strings.Contains(p.Msg, "cannot unmarshal") || strings.Contains(p.Msg, "first in line") {
			continue // the text has a line in it
		}
		out = append(out, p.Msg)
	}
	for _, c := range collect([]File{f}, nil) {
		c.At = report.Place{}
		out = append(out, fmt.Sprintf("%+v", c))
	}
	return out
}

// TestObjectsHoldTheSameRules compares the rules of real files with those of the same files as objects, and the places of both.
func TestObjectsHoldTheSameRules(t *testing.T) {
	folder := filepath.Join(shared, "rules")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the shared test data is absent: there is nothing in %s", folder)
	}
	files, rules := 0, 0
	for _, name := range yamlFiles(t, folder) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if f, err := promrules.Parse(name, data); err == nil && f.Object {
			if text = extracted(t, text); text == "" {
				continue
			}
		}
		plain, problems := ParseRules(name, []byte(text), parserForTests, false)
		if len(problems) > 0 {
			continue
		}
		files++
		for _, w := range wraps {
			groups, problems := ParseRules(name, []byte(w.wrap(text)), parserForTests, false)
			if len(problems) > 0 {
				t.Errorf("%s, %s: %v", name, w.name, said(problems))
			}
			if diff := cmp.Diff(contentOf(plain, max(w.lines, -1), w.column), contentOf(groups, min(w.lines, 0), 0)); diff != "" {
				t.Errorf("%s, %s (-plain +object):\n%s", name, w.name, diff)
			}
		}
		for _, g := range plain {
			rules += len(g.Rules)
		}
	}
	t.Logf("%d files, %d rules, in %d forms each", files, rules, len(wraps))
}

// extracted is the spec of a file with a single object.
func extracted(t *testing.T, text string) string {
	t.Helper()
	var doc struct {
		Spec yaml.Node `yaml:"spec"`
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || doc.Spec.Kind != yaml.MappingNode {
		return ""
	}
	out, err := yaml.Marshal(&doc.Spec)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// contentOf is what rules consist of, with their places moved, or without them where lines is negative.
func contentOf(groups []Group, lines, columns int) []string {
	var out []string
	for _, g := range groups {
		for _, r := range g.Rules {
			place := ""
			if lines >= 0 {
				place = fmt.Sprintf("%d:%d", r.Place.Line+lines, r.Place.Column+columns)
			}
			out = append(out, fmt.Sprintln(g.Name, g.Limit, g.QueryOffset, place, r.Name(), r.query, r.For, r.KeepFiringFor, r.Labels, r.Annotations))
		}
	}
	return out
}

func problemsIn(text string) string {
	_, problems := ParseRules("o.yml", []byte(text), parserForTests, false)
	return strings.Join(said(problems), "\n")
}

// TestPlacesInObjects: what is wrong in an object is shown where it is in the file.
func TestPlacesInObjects(t *testing.T) {
	const head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
	for _, c := range []struct{ text, want string }{
		{head + "spec:\n  groups:\n  - name: g\n    rules:\n    - {alert: A, expr: 'up ='}\n", "o.yml:7:24: group \"g\", rule 1"},
		{head + "spec:\n  groups:\n  - name: g\n    rules:\n    - {alert: A, expr: up, annotations: {t: '{{'}}\n", "o.yml:7:7: group \"g\", rule 1"},
		{head + "spec:\n  groups:\n  - name: g\n    rules:\n    - {alert: A, exp: up}\n", "o.yml:7:18: unknown key \"exp\""},
		{head + "spec: {groups: [{name: g}]}\n---\n" + head + "spec:\n  groups:\n  - name: g\n    limit: many\n", "o.yml:10:12: limit must be a whole number"},
		{head + "spec: {groups: [{name: g}]}\n---\n" + head + "spec:\n  groups: [{name: h}, {name: h}]\n", "o.yml:8:23: duplicate group name \"h\""},
		{head + "spec: {}\n---\ngroups: []\n", "o.yml:5:1: an object among Kubernetes objects has no kind"},
		{head + "spec: [1]\n", "o.yml:3:7: spec must be a mapping"},
		{"apiVersion: v1\nkind: Service\n", "o.yml:1:1: the manifest contains no PrometheusRule: its kind is \"Service\""},
		{"apiVersion: v1\nkind: List\nitems: {}\n", "o.yml:3:8: items must be a list"},
		{"groups: []\n---\ngroups: []\n", "o.yml:3:1: a second YAML document begins here"},
		{"---\n---\ngroups: []\n", "o.yml:3:1: a second YAML document begins here"},
		{"groups: []\n---\n# nothing\n---\n", ""},
		{"---\n# nothing\n---\n" + head, ""},
		{head + "spec: &s {groups: &g [*g]}\n", "nest more than 50 deep"},
	} {
		if got := problemsIn(c.text); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%q:\ngot  %q\nwant %q", c.text, got, c.want)
		}
	}
}

// TestObjectsWithAliases: what aliases and merge keys stand for is bounded, and a rule of an alias is at the alias.
func TestObjectsWithAliases(t *testing.T) {
	text := "apiVersion: v1\nkind: List\nx-rules:\n- &rule {alert: A, expr: up, labels: &l {severity: page}}\nitems:\n- kind: PrometheusRule\n  spec:\n    groups:\n" +
		"    - name: g\n      partial_response_strategy: abort\n      rules:\n      - *rule\n      - {<<: *rule, alert: B, labels: {<<: *l, more: 1.50}}\n"
	groups, problems := ParseRules("o.yml", []byte(text), parserForTests, false)
	if len(problems) > 0 {
		t.Fatal(said(problems))
	}
	want := []string{`g 0 0s 12:9 A up 0s 0s {severity="page"} {}` + "\n", `g 0 0s 13:9 B up 0s 0s {more="1.50", severity="page"} {}` + "\n"}
	if diff := cmp.Diff(want, contentOf(groups, 0, 0)); diff != "" {
		t.Error(diff)
	}
	bomb := "apiVersion: v1\nkind: PrometheusRule\nx: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("x%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
	}
	if got := problemsIn(bomb + "spec: {groups: *a9}\n"); !strings.Contains(got, "expand to too much") {
		t.Error(got)
	}
}

// TestSameGroupInTwoObjects: each object has groups of its own, and a group counts once however often its file is named.
func TestSameGroupInTwoObjects(t *testing.T) {
	object := func(alert string) string {
		return "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {groups: [{name: g, rules: [{alert: " + alert + ", expr: up == 0}]}]}\n"
	}
	o := inMemory(map[string]string{"r.yml": object("A") + "---\n" + object("B"), "t.yml": `
rule_files: [r.yml, r.yml]
tests:
- input_series: [{series: up, values: 0x5}]
  alert_rule_test:
  - {alertname: A, eval_time: 1m, exp_alerts: [{}]}
  - {alertname: B, eval_time: 1m, exp_alerts: [{}]}
`})
	f := outcome(t, o, "t.yml")[0]
	if f.Invalid() || f.Failed() {
		t.Fatal(Report([]File{f}).Findings)
	}
	if sum, _ := Cover([]File{f}, Wanted{}); sum.Alerts != 2 || sum.AlertsFiring != 2 {
		t.Errorf("%+v", sum)
	}
}
