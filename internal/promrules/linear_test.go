package promrules

import (
	"fmt"
	"strings"
	"testing"
)

// Eight times the expression is eight times the work, about: allocations are counted, because a clock depends on the machine.
func TestChecksAreLinear(t *testing.T) {
	for name, term := range map[string]string{
		"plain":     "x",
		"findings":  `sum by (a) (x{l=~".+", m=~"^a"})`,
		"divisions": `sum(x / y)`,
		"matchers":  `x{a="1"} / y{a="2"}`,
		"clamped":   `clamp_min(x, 1)`,
	} {
		source := func(terms int) []Source {
			expr := strings.TrimSuffix(strings.Repeat("("+term+") + ", terms), " + ")
			return []Source{{Name: "r.yml", Data: fmt.Appendf(nil, "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      %s > 1\n    annotations: {a: '{{ $labels.zone }}'}\n", expr)}}
		}
		work := func(terms int) float64 {
			sources := source(terms)
			if got := Check(sources, Config{Profile: "mixin"}); got.Refused > 0 {
				t.Fatalf("%s: %s", name, got.Findings[0].Message)
			}
			return testing.AllocsPerRun(2, func() { Check(sources, Config{Profile: "mixin"}) })
		}
		if small, large := work(25), work(200); large > 9*small {
			t.Errorf("%s: %.0f allocations for 25 terms, %.0f for 200", name, small, large)
		}
	}
}

// Findings of one selector are not compared with each other.
func TestManyMatchersAreLinear(t *testing.T) {
	work := func(n int) float64 {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `l%d=~".+",`, i)
		}
		sources := []Source{{Name: "r.yml", Data: []byte("groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'x{" + b.String() + "} > 1'}\n")}}
		return testing.AllocsPerRun(2, func() { Check(sources, Config{}) })
	}
	if small, large := work(100), work(800); large > 9*small {
		t.Errorf("%.0f allocations for 100 matchers, %.0f for 800", small, large)
	}
}
