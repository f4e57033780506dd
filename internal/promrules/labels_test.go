package promrules

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// The labels of an expression are those of its vectors, whatever scalars are combined with them and however deep.
func TestLabelsBesideScalars(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 2 * time()":                             "",
		"sum by (a) (x) * 2":                         "a",
		"(1 + 2) / sum by (a, b) (x)":                "a b",
		"-(sum by (a) (x)) > time() - 5":             "a",
		"scalar(x) * sum by (a) (y)":                 "a",
		"vector(1) * sum by (a) (y)":                 "",
		"year() + on () group_left sum(x)":           "",
		"x * 2":                                      "any",
		"sum by (a) (x)" + strings.Repeat("+1", 400): "a",
		strings.Repeat("1+", 400) + "sum by (a) (x)": "a",
	} {
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
		if err != nil {
			t.Fatal(text, err)
		}
		got := resultLabels(expr)
		names := strings.Join(slices.Sorted(maps.Keys(got.names)), " ")
		if got.any {
			names = "any"
		}
		if names != want {
			t.Errorf("%.60s: got %q, want %q", text, names, want)
		}
	}
}
