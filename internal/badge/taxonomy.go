package badge

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// The scales of the badges about the taxonomy.
var (
	ageScale = Scale{[]Row{{AtMost, 1, BrightGreen}, {AtMost, 3, Green}, {AtMost, 7, YellowGreen}, {AtMost, 14, Yellow}, {AtMost, 30, Orange}}, Red}

	deprecatedScale = Scale{[]Row{{AtMost, 0, BrightGreen}, {Below, 5, Green}, {Below, 10, YellowGreen}, {Below, 20, Yellow}, {Below, 30, Orange}}, Red}

	churnScale = Scale{[]Row{{AtMost, 2, BrightGreen}, {AtMost, 5, Green}, {AtMost, 10, YellowGreen}, {AtMost, 15, Yellow}, {AtMost, 25, Orange}}, Red}

	alertStabilityScale = Scale{[]Row{{AtLeast, 0.95, BrightGreen}, {AtLeast, 0.90, Green}, {AtLeast, 0.80, YellowGreen}, {AtLeast, 0.65, Yellow}, {AtLeast, 0.50, Orange}}, Red}

	runbookScale = Scale{[]Row{{AtLeast, 95, BrightGreen}, {AtLeast, 90, Green}, {AtLeast, 80, YellowGreen}, {AtLeast, 65, Yellow}, {AtLeast, 50, Orange}}, Red}
)

// Named is a badge with the name of its file.
type Named struct {
	File  string
	Badge report.Badge
}

// Taxonomy are the badges about the alerts. Figures that nothing is known of are grey.
func Taxonomy(m *report.TaxonomyMetrics) []Named {
	return []Named{
		{"badge-taxonomy.json", New("alerts updated", updated(m), Blue)},
		{"badge-taxonomy-age.json", age(m)},
		{"badge-alerts-total.json", New("alerts", strconv.Itoa(m.TotalAlerts), Blue)},
		{"badge-alerts-deprecated.json", New("deprecated", deprecated(m), deprecatedScale.Color(m.DeprecatedPercent.Rounded()))},
		{"badge-alerts-churn.json", New("30d churn", strconv.Itoa(m.Churn30d), churnScale.Color(float64(m.Churn30d)))},
		{"badge-alerts-risk-churn.json", New("30d risk churn", strconv.Itoa(m.RiskChurn30d), churnScale.Color(float64(m.RiskChurn30d)))},
		{"badge-alerts-stability.json", New("stability", percentage(m.StabilityScore), alertStabilityScale.Color(m.StabilityScore.Rounded()))},
		{"badge-alerts-risk-stability.json", New("risk stability", percentage(m.RiskStabilityScore), alertStabilityScale.Color(m.RiskStabilityScore.Rounded()))},
		{"badge-runbook-completeness.json", New("runbook complete", wholePercent(m.RunbookCompletenessPercent.Rounded()), runbookScale.Color(m.RunbookCompletenessPercent.Rounded()))},
	}
}

const unknown = "unknown"

func updated(m *report.TaxonomyMetrics) string {
	if m.LastUpdated.IsZero() {
		return unknown
	}
	return m.LastUpdated.UTC().Format(time.DateOnly)
}

func age(m *report.TaxonomyMetrics) report.Badge {
	const label = "days since change"
	if m.AgeDays == nil {
		return New(label, unknown, LightGrey)
	}
	return New(label, strconv.Itoa(*m.AgeDays), ageScale.Color(float64(*m.AgeDays)))
}

func deprecated(m *report.TaxonomyMetrics) string {
	return fmt.Sprintf("%d/%d (%d%%)", m.DeprecatedAlerts, m.TotalAlerts, int(math.Round(m.DeprecatedPercent.Rounded())))
}

// percentage is a ratio in whole percent.
func percentage(r report.Ratio) string { return wholePercent(100 * r.Rounded()) }

// wholePercent rounds half to even, as the original system did.
func wholePercent(v float64) string {
	return strconv.Itoa(int(math.RoundToEven(math.Round(v*1e4)/1e4))) + "%"
}
