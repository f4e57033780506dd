package ruletest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"text/template"
)

// functions stand for those of Prometheus' templates.
var functions = template.FuncMap{
	"query":     func() []int { return make([]int, 200) },
	"title":     func(s string) string { return strings.Clone(s) },
	"graphLink": func(s string) string { return strings.ReplaceAll(s, "%", "%25%25") },
	"args":      func(args ...any) map[string]any { return map[string]any{"arg0": args[0], "arg1": args[1]} },
}

// expandWith expands a template as rules do, with the counts of a budget.
func expandWith(b *budget, text string) (string, error) {
	priced, _ := counted(text)
	t, err := template.New("").Funcs(functions).Funcs(b.funcs()).Parse(priced)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Execute(&out, nil)
	return out.String(), err
}

// Whatever way a template grows its text, it ends at the budget and not at the memory of the machine.
func TestTemplatesThatGrow(t *testing.T) {
	var nested strings.Builder
	for i := range 40 {
		fmt.Fprintf(&nested, `{{define "t%d"}}{{template "t%d" .}}{{template "t%d" .}}{{end}}`, i, i+1, i+1)
	}
	nested.WriteString(`{{define "t40"}}text{{end}}{{template "t0" .}}`)
	for name, text := range map[string]string{
		"doubled":     `{{$x := "abcdefgh"}}` + strings.Repeat(`{{$x = print $x $x}}`, 40),
		"formatted":   `{{$x := "abcdefgh"}}` + strings.Repeat(`{{$x = printf "%s%s" $x $x}}`, 40),
		"wide":        `{{printf "%999999999d" 1}}`,
		"templates":   nested.String(),
		"loops":       strings.Repeat(`{{range query}}`, 8) + "text" + strings.Repeat("{{end}}", 8),
		"shown":       `{{$x := "abcdefgh"}}` + strings.Repeat(`{{$x = print $x $x}}`, 18) + strings.Repeat(`{{$x}}`, 1000),
		"kept":        `{{$x := "abcdefgh"}}` + strings.Repeat(`{{$x = print $x $x}}`, 18) + strings.Repeat(`{{$y := title $x}}`, 1000),
		"arguments":   `{{$x := args "a" "b"}}` + strings.Repeat(`{{$x = args $x $x}}`, 60) + `{{$x}}`,
		"links":       `{{"%%%%%%%%"` + strings.Repeat(` | graphLink`, 40) + `}}`,
		"nested":      `{{` + strings.Repeat(`graphLink (`, 40) + `"%%%%"` + strings.Repeat(`)`, 40) + `}}`,
		"again":       `{{$x := "abcdefgh"}}` + strings.Repeat(`{{$x = print $x $x}}`, 18) + `{{printf "` + strings.Repeat("%[1]s", 1000) + `" $x}}`,
		"stars":       `{{printf "` + strings.Repeat("%*d", 100) + `"` + strings.Repeat(" 1000000 1", 100) + `}}`,
		"replacement": `{{reReplaceAll "" "` + strings.Repeat("b", 50_000) + `" "` + strings.Repeat("a", 50_000) + `"}}`,
	} {
		b := newBudget()
		if out, err := expandWith(b, text); !errors.Is(err, errTemplateBudget) || len(out) > maxTemplateBytes {
			t.Errorf("%s: %d bytes, %v", name, len(out), err)
		}
	}
}

// The count changes nothing of what a template writes.
func TestCountedTemplatesWriteTheSame(t *testing.T) {
	for _, text := range []string{
		`{{range $i, $v := query}}{{if eq $i 3}}{{printf "%d" $i}}{{else if eq $i 4}}four{{else}}-{{end}}{{end}}`,
		`{{define "a"}}[{{.}}]{{end}}{{template "a" 1}} {{- " x" }} {{with 1}}{{template "a" .}}{{else}}no{{end}}`,
		`{{block "b" 2}}<{{.}}>{{end}}`,
		`{{$x := args "a" nil}}{{$x}}{{$x.none}}{{index $x "arg0" | printf "%q"}}{{with $x.none}}1{{else}}2{{end}}{{len (title "abc")}} {{1.0}} {{1}} {{'a'}} {{true}} {{print nil}}`,
		`{{$s := query}}{{$s}}{{range $s}}{{break}}{{end}}{{range 3}}{{.}}{{continue}}{{end}}{{if and (query) (eq 1 1)}}{{not true}}{{end}}{{template "t" query}}{{define "t"}}{{len .}}{{end}}`,
	} {
		plain, err := template.New("").Funcs(functions).Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		if err := plain.Execute(&want, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := expandWith(newBudget(), text); err != nil || got != want.String() {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want.String())
		}
	}
}

func TestEvaluationBudget(t *testing.T) {
	b, n := newBudget(), 0
	for b.evaluated("x", 10_000) {
		n++
	}
	if n < 500 || n > maxSamples {
		t.Errorf("%d evaluations of 10,000 samples each", n)
	}
}
