package promrules_test

import (
	"slices"
	"testing"

	"github.com/romel/govctl/internal/promrules"
)

func TestThresholds(t *testing.T) {
	for expr, want := range map[string][]string{
		`rate(errors_total[5m])  >  0.1`:      {"rate(errors_total[5m]) > 0.1"},
		"a > (2 * 1024) and on (job)\nb < -1": {"a > (2 * 1024)", "b < -1"},
		`a > b`:                               nil,
		`1 < a`:                               {"1 < a"},
		`a + 2`:                               nil,
		`a >`:                                 nil,
	} {
		if got := promrules.Thresholds(expr); !slices.Equal(got, want) {
			t.Errorf("%s: %q", expr, got)
		}
	}
}
