package ruletest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
)

// Long labels are an error and never a panic.
func TestLabelsWithin(t *testing.T) {
	short := promql.Vector{{Metric: labels.FromStrings("a", strings.Repeat("b", 1000))}}
	if err := labelsWithin(short); err != nil {
		t.Error(err)
	}
	for _, n := range []int{maxLabels + 1, 4 * maxLabels} {
		if err := labelsWithin(promql.Vector{{Metric: labels.FromStrings("a", strings.Repeat("b", n), "c", "d")}}); err == nil {
			t.Errorf("labels of %d bytes are taken", n)
		}
	}
}

// Failures name all that fires until their list is long.
func TestLongListsOfFailures(t *testing.T) {
	b, list := newBudget(), make([]int, maxListed)
	if n := len(firstOf(b, list)); n != maxListed {
		t.Errorf("%d are shown of a first list", n)
	}
	firstOf(b, list[:1])
	if n := len(firstOf(b, list)); n != 3 {
		t.Errorf("%d are shown after a long list", n)
	}
}

// What an evaluation costs grows with its operators and patterns.
func TestPriceOfExpressions(t *testing.T) {
	spent := func(expr string) int {
		b := newBudget()
		b.evaluated(expr, 1000)
		return maxSamples - b.samples
	}
	if plain, wide, pattern := spent("x"), spent("sum(x)+sum(x)"), spent(`x{l=~"(a{1,30}){1,30}"}`); plain >= wide || plain >= pattern {
		t.Errorf("%d for a metric, %d for a sum of sums, %d with a pattern", plain, wide, pattern)
	}
}

// The decoder of YAML takes quadratic time for the keys of a mapping.
func TestWideMappings(t *testing.T) {
	text := "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    labels:\n"
	for i := range maxKeys + 1 {
		if i == maxKeys {
			if _, problems := ParseRules("r.yml", []byte(text), parserForTests, false); len(problems) > 0 {
				t.Error(problems[0])
			}
		}
		text += fmt.Sprintf("      l%d: v\n", i)
	}
	if _, problems := ParseRules("r.yml", []byte(text), parserForTests, false); len(problems) == 0 || !strings.Contains(problems[0].Msg, "more than") {
		t.Errorf("%d labels: %v", maxKeys+1, problems)
	}
}
