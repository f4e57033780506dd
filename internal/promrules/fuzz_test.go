package promrules

import (
	"errors"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// Whatever a rule file holds: no panic, every refusal and every finding has a place in the file.
func FuzzRules(f *testing.F) {
	f.Add([]byte("groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0, labels: {n: 1.50, y: Yes}}\n---\n"))
	f.Add([]byte("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: PrometheusRule, spec: {groups: [{name: g, rules: [{record: r, expr: 'sum(x)'}]}]}}\n"))
	f.Add([]byte("x: &a {name: g, rules: []}\ngroups: [*a, *a]\n"))
	f.Add([]byte("%YAML 1.1\n---\ngroups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      rate(x) >\n    annotations: {a: '{{ $labels.x }}'}\n...\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("f.yml", data)
		var place *contract.Error
		if err != nil && (!errors.As(err, &place) || place.Place.File != "f.yml" || place.Place.Line < 1) {
			t.Errorf("a refusal without a place: %v", err)
		}
		got := Check([]Source{{Name: "f.yml", Data: data}}, Config{Profile: "mixin", Known: Metrics{}, Severities: map[string]int{"low": 1}})
		if (err != nil) != (got.ByRule["file-refused"] == 1) {
			t.Errorf("parse says %v, check %v", err, got.ByRule)
		}
		for _, finding := range got.Findings {
			if finding.New == nil || finding.New.Line < 1 || finding.New.Column < 1 {
				t.Errorf("a finding without a place: %+v", finding)
			}
		}
		if err == nil && got.Alerts != file.Alerts() {
			t.Errorf("%d alerts, then %d", file.Alerts(), got.Alerts)
		}
	})
}

// Prometheus takes labels as they are written.
func TestUnquotedValuesStayAsWritten(t *testing.T) {
	f, err := Parse("r.yml", []byte("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: 1\n    labels: {a: 1.50, b: Yes, c: 0x1F, d: 1_000, e: True, f: null, g: é1, h: 007} # 9\n"))
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{"a": "1.50", "b": "Yes", "c": "0x1F", "d": "1_000", "e": "True", "f": "", "g": "é1", "h": "007"} {
		if got := f.Groups[0].Rules[0].Labels[k]; got != want {
			t.Errorf("%s is %q, want %q", k, got, want)
		}
	}
	if f.Groups[0].Rules[0].Expr != "1" {
		t.Errorf("expr is %q", f.Groups[0].Rules[0].Expr)
	}
}

func TestDocuments(t *testing.T) {
	const group = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up}\n"
	for _, c := range []struct {
		text   string
		groups int
		line   int // of the refusal
	}{
		{"", 0, 0}, {"# nothing\n", 0, 0}, {"---\n" + group, 1, 0}, {group + "---\n", 1, 0}, {group + "---\n# end\n...\n", 1, 0},
		{"namespace: a\n" + group + "---\nnamespace: b\n" + group, 2, 0}, {group + "---\n" + group, 0, 6}, {"groups:\n", 0, 0}, {"groups: []\n", 0, 0},
		{"groups:\n- name: a\n  rules:\n  - alert: A\n    expr: |\n      up\n---\n- x\n", 0, 8}, {"[1]\n", 0, 1}, {"groups: x\n", 0, 1}, {"a: 1\ngroups: []\n", 0, 1},
		{"apiVersion: v1\nkind: ConfigMap\n", 0, 1},
		{"apiVersion: v1\nkind: ConfigMap\n---\napiVersion: x/v1\nkind: PrometheusRule\nspec:\n  groups:\n  - {name: g, rules: []}\n", 1, 0},
		{"apiVersion: v1\nkind: PrometheusRuleList\nitems:\n- spec: {groups: [{name: a}]}\n- spec: {groups: [{name: a}]}\n", 2, 0},
		{"apiVersion: v1\nkind: PrometheusRule\nspec:\n  groups:\n  - {name: g, rules: [{alert: A}]}\n", 0, 5},
	} {
		f, err := Parse("r.yml", []byte(c.text))
		var place *contract.Error
		switch {
		case errors.As(err, &place):
			if place.Place.Line != c.line {
				t.Errorf("%q: %v, want line %d", c.text, err, c.line)
			}
		case err != nil || c.line != 0 || len(f.Groups) != c.groups:
			t.Errorf("%q: %d groups, %v", c.text, len(f.Groups), err)
		}
	}
}
