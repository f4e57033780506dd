package promtext

import "github.com/romel/govctl/pkg/report"

// Dashboard returns the figures of the severity and runbook dashboard. Their names are those that existing dashboards query,
// which is why a gauge ends in _total and one is in percent.
func Dashboard(m *report.TaxonomyMetrics) []byte {
	return Encode([]Family{
		{"taxonomy_alerts_total", "Alerts of the taxonomy by severity, active and deprecated.", each("severity", m.SeverityCounts)},
		{"taxonomy_alerts_runbook_missing", "Active alerts without a runbook.", number(m.ActiveAlerts - m.RunbooksComplete)},
		{"taxonomy_alerts_runbook_coverage_percent", "Active alerts with a runbook, from 0 to 100.", float(m.RunbookCompletenessPercent.Rounded())},
	})
}
