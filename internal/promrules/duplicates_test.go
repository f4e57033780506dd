package promrules

import (
	"fmt"
	"slices"
	"testing"
)

// Each duplicate is reported where the reader has to edit, whatever else the files hold.
func TestDuplicatePlaces(t *testing.T) {
	const once = "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up == 0}\n"
	for _, c := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"in a group", []string{once + "  - {alert: A, expr: up == 0}\n"}, []string{"duplicate-rule a.yml:5"}},
		{"in a group, and in a file before", []string{once, once + "  - {alert: A, expr: up == 0}\n"}, []string{"duplicate-rule b.yml:5", "duplicate-rule-elsewhere b.yml:4"}},
		{"in a group, and in a file after", []string{once + "  - {alert: A, expr: up == 0}\n", once}, []string{"duplicate-rule a.yml:5", "duplicate-rule-elsewhere b.yml:4"}},
		{"through a merge key", []string{"groups:\n- name: g\n  rules:\n  - &a\n    alert: A\n    expr: up == 0\n  - <<: *a\n    for: 5m\n"}, []string{"duplicate-rule a.yml:7"}},
		{"through an alias of the name", []string{"groups:\n- name: g\n  rules:\n  - alert: &n A\n    expr: up == 0\n  - alert: *n\n    expr: up < 1\n"}, []string{"duplicate-rule a.yml:6"}},
		{"other labels", []string{once + "  - {alert: A, expr: up == 0, labels: {a: b}}\n"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sources []Source
			for i, text := range c.files {
				sources = append(sources, Source{Name: string(rune('a'+i)) + ".yml", Data: []byte(text)})
			}
			var got []string
			for _, f := range Check(sources, Config{Profile: "default"}).Findings {
				if f.Rule == "duplicate-rule" || f.Rule == "duplicate-rule-elsewhere" {
					got = append(got, fmt.Sprintf("%s %s:%d", f.Rule, f.New.File, f.New.Line))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
