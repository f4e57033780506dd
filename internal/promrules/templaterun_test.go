package promrules

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules/infer"
)

func newRunner() *checker { return &checker{queries: Bounded(parser.NewParser(parser.Options{}))} }

// A template that would never end, or write without a limit, ends with a finding.
func TestTemplatesAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"recursion":            `{{ define "a" }}{{ template "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`,
		"a loop over a number": `{{ range 1000000000 }}x{{ end }}`,
		"a loop over a time":   `{{ range (toDuration 1e9) }}{{ end }}`,
		"nested loops":         strings.Repeat(`{{ range 100 }}`, 8) + strings.Repeat(`{{ end }}`, 8),
		"a wide verb":          `{{ printf "%1000000000d" 1 }}`,
		"a width by argument":  `{{ printf "%*d" 1000000000 1 }}`,
		"doubling":             `{{ $a := "xxxxxxxx" }}` + strings.Repeat(`{{ $a = printf "%s%s" $a $a }}`, 40),
		"doubled maps":         `{{ $a := args 1 2 }}` + strings.Repeat(`{{ $a = args $a $a }}`, 40) + `{{ $a }}`,
		"replacing":            `{{ $a := "xxxxxxxx" }}` + strings.Repeat(`{{ $a = reReplaceAll "(.*)" "$1$1$1$1" $a }}`, 30),
		"escaping":             `{{ $a := "<<<<<<<<" }}` + strings.Repeat(`{{ $a = html (print $a $a) }}`, 30),
	} {
		if got := newRunner().runTemplate(text, infer.Set{}); got != errTemplateText.Error() {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTemplatesThatFail(t *testing.T) {
	for text, want := range map[string]string{
		`{{ $labels.a }}`:                  "",
		`{{ $labels.a | humanize }}`:       "",
		`{{ $value | humanizeTimestamp }}`: "",
		`{{ $labels.a.b }}`:                "can't evaluate field b",
		`{{ .Nothing }}`:                   "can't evaluate field Nothing",
		`{{ printf "%d" $value }}`:         "%!d(float64=",
		`{{ printf "%s" }}`:                "%!s(MISSING)",
		`{{ "a %!d(x" }}`:                  "",
		`{{ query "up" | first | value }}`: "",
		`{{ query "sum(" | first }}`:       "does not parse",
		`{{ query "up" | value }}`:         "wrong type",
		`{{ reReplaceAll "(" "" "x" }}`:    "missing closing",
		`{{ externalURL }}{{ pathPrefix }}{{ now | humanizeTimestamp }}`: "",
		`{{ if eq $labels.a "x" }}{{ .Nothing }}{{ end }}`:               "", // only what the sample reaches
		`{{ nothing }}`: "", // does not parse, which another row reports
	} {
		got := newRunner().runTemplate(text, infer.Set{})
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestReadMetrics(t *testing.T) {
	got := ReadMetrics([]byte(`# HELP a_total text
# TYPE a_total counter
a_total{x="y z"} 1
# TYPE b counter
b_total 3 1700000000
# TYPE h histogram
h_bucket{le="+Inf"} 1
# TYPE s summary
s{quantile="0.5"} 1
# TYPE g gauge
plain
  spaced  
# a comment

`))
	for name, want := range map[string]string{
		"a_total": "counter", "b_total": "counter", "h_bucket": "counter", "h_sum": "counter", "h_count": "counter", "s": "gauge", "s_count": "counter", "g": "gauge", "plain": "", "spaced": "",
	} {
		if kind, ok := got[name]; !ok || kind != want {
			t.Errorf("%s: %q, %v, want %q", name, kind, ok, want)
		}
	}
	for _, name := range []string{"h", "", "#", "1"} {
		if _, ok := got[name]; ok {
			t.Errorf("%q is a metric", name)
		}
	}
}
