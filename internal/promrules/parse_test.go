package promrules_test

import (
	"errors"
	"testing"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
)

// A file that is the template of a rule file is refused at its first action, and a text that lacks its quotes at its own line. Templates
// for people do not make a file a template.
func TestTemplatesAreRefusedByLine(t *testing.T) {
	const head = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n"
	quotes, render := "a text that begins with {{ must be quoted", "render it first, for instance with helm template, and give the result"
	for _, c := range []struct {
		text         string
		line, column int
		hint         string
	}{
		{"{{- if .Values.enabled }}\n" + head + "{{- end }}\n", 1, 1, render},
		{head + "    for: \"{{ .Values.wait }}\"\n", 6, 11, render},
		{"# rules\n\t{{- include \"labels\" . }}\ngroups: []\n", 2, 2, render},
		{"{% for x in y %}\ngroups: []\n", 1, 1, render},
		{head + "    annotations:\n      summary: {{ $labels.job }}\n", 7, 17, quotes},
		{head + "    annotations:\n      summary: '{{ range query \"up\" }}{{ .Labels.job }}{{ end }}'\n    for: soon\n", 8, 10, "write it like 30s, 5m, 1h30m"},
	} {
		_, err := promrules.Parse("r.yml", []byte(c.text))
		var bad *contract.Error
		if !errors.As(err, &bad) {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if bad.Place.File != "r.yml" || bad.Place.Line != c.line || bad.Place.Column != c.column || bad.Hint != c.hint {
			t.Errorf("%q: %+v", c.text, bad)
		}
	}
	if _, err := promrules.Parse("r.yml", []byte(head+"    annotations: {summary: '{{ with .Labels.job }}{{ . }}{{ end }}'}\n")); err != nil {
		t.Error(err)
	}
}

// TestAside: a search leaves out what holds no rules, and nothing that may be meant as some.
func TestAside(t *testing.T) {
	for text, want := range map[string]string{
		"global: {}\nrule_files: [a]\n":              "no rules",
		"kind: Service\napiVersion: v1\n":            "no rules",
		"- a\n":                                      "no rules",
		"a: [\n":                                     "no rules",
		"{{ template }}\n":                           "no rules",
		"rule_files: [a]\ntests: []\n":               "unit tests, not rules",
		"groups: []\n":                               "",
		"groups: [\n":                                "",
		"group:\n- rules:\n  - alert: A\n":           "",
		"group:\n- rules:\n  - record: a:b\n":        "",
		"kind: PrometheusRule\nx: {{ .Values.x }}\n": "",
		"groups:\n- name: g\nextra: 1\n":             "",
	} {
		if got := promrules.Aside("x.yml", []byte(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
