package badge

import (
	"slices"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// Each scale at both sides of every border.
func TestTaxonomyColours(t *testing.T) {
	at := func(m report.TaxonomyMetrics, file string) string {
		list := Taxonomy(&m)
		i := slices.IndexFunc(list, func(n Named) bool { return n.File == file })
		if i < 0 {
			t.Fatalf("no badge %s", file)
		}
		return list[i].Badge.Message + " " + list[i].Badge.Color
	}
	type figure struct {
		value float64
		want  string
	}
	churn := []figure{
		{0, "0 brightgreen"}, {2, "2 brightgreen"}, {3, "3 green"}, {5, "5 green"}, {6, "6 yellowgreen"}, {10, "10 yellowgreen"},
		{11, "11 yellow"}, {15, "15 yellow"}, {16, "16 orange"}, {25, "25 orange"}, {26, "26 red"},
	}
	stability := []figure{
		{1, "100% brightgreen"}, {0.95, "95% brightgreen"}, {0.9499, "95% green"}, {0.90, "90% green"}, {0.8999, "90% yellowgreen"},
		{0.80, "80% yellowgreen"}, {0.7999, "80% yellow"}, {0.65, "65% yellow"}, {0.6499, "65% orange"}, {0.50, "50% orange"}, {0.4999, "50% red"}, {0, "0% red"},
	}
	for _, c := range []struct {
		file    string
		set     func(*report.TaxonomyMetrics, float64)
		figures []figure
	}{
		{"badge-taxonomy-age.json", func(m *report.TaxonomyMetrics, v float64) { days := int(v); m.AgeDays = &days }, []figure{
			{0, "0 brightgreen"}, {1, "1 brightgreen"}, {2, "2 green"}, {3, "3 green"}, {4, "4 yellowgreen"}, {7, "7 yellowgreen"}, {8, "8 yellow"},
			{14, "14 yellow"}, {15, "15 orange"}, {30, "30 orange"}, {31, "31 red"},
		}},
		{"badge-alerts-churn.json", func(m *report.TaxonomyMetrics, v float64) { m.Churn30d = int(v) }, churn},
		{"badge-alerts-risk-churn.json", func(m *report.TaxonomyMetrics, v float64) { m.RiskChurn30d = int(v) }, churn},
		{"badge-alerts-stability.json", func(m *report.TaxonomyMetrics, v float64) { m.StabilityScore = report.Ratio(v) }, stability},
		{"badge-alerts-risk-stability.json", func(m *report.TaxonomyMetrics, v float64) { m.RiskStabilityScore = report.Ratio(v) }, stability},
		{"badge-alerts-deprecated.json", func(m *report.TaxonomyMetrics, v float64) { m.DeprecatedPercent = report.Percent(v) }, []figure{
			{0, "0/0 (0%) brightgreen"}, {0.01, "0/0 (0%) green"}, {4.99, "0/0 (5%) green"}, {5, "0/0 (5%) yellowgreen"}, {9.99, "0/0 (10%) yellowgreen"},
			{10, "0/0 (10%) yellow"}, {19.99, "0/0 (20%) yellow"}, {20, "0/0 (20%) orange"}, {29.99, "0/0 (30%) orange"}, {30, "0/0 (30%) red"},
		}},
		{"badge-runbook-completeness.json", func(m *report.TaxonomyMetrics, v float64) { m.RunbookCompletenessPercent = report.Percent(v) }, []figure{
			{100, "100% brightgreen"}, {95, "95% brightgreen"}, {94.99, "95% green"}, {90, "90% green"}, {89.99, "90% yellowgreen"}, {80, "80% yellowgreen"},
			{79.99, "80% yellow"}, {65, "65% yellow"}, {64.99, "65% orange"}, {50, "50% orange"}, {49.99, "50% red"},
		}},
	} {
		for _, f := range c.figures {
			var m report.TaxonomyMetrics
			c.set(&m, f.value)
			if got := at(m, c.file); got != f.want {
				t.Errorf("%s of %v: got %s, want %s", c.file, f.value, got, f.want)
			}
		}
	}
}

func TestTaxonomyBadges(t *testing.T) {
	var m report.TaxonomyMetrics
	if err := m.LastUpdated.UnmarshalText([]byte("2025-09-29T23:00:00Z")); err != nil {
		t.Fatal(err)
	}
	m.TotalAlerts, m.DeprecatedAlerts, m.DeprecatedPercent = 38, 2, 100*2/38.0
	var got []string
	for _, n := range Taxonomy(&m) {
		got = append(got, line(n.Badge))
	}
	want := []string{
		"alerts updated | 2025-09-29 | blue", "days since change | unknown | lightgrey", "alerts | 38 | blue", "deprecated | 2/38 (5%) | yellowgreen",
		"30d churn | 0 | brightgreen", "30d risk churn | 0 | brightgreen", "stability | 0% | red", "risk stability | 0% | red", "runbook complete | 0% | red",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
