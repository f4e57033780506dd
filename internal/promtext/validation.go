package promtext

import "github.com/romel/govctl/pkg/report"

// validation are the figures of the lint of the alerts under the names of the original system, which existing dashboards query. That is why
// they lack the prefix of the others, and one ends in _count.
var validation = []metric{
	{"alert_validation_alerts_checked", "Alerting rules that were checked.", lint(func(l *report.TaxonomyLint) []Sample { return number(l.Rules) })},
	{"alert_validation_errors", "Errors of the lint of the alerts.", lint(func(l *report.TaxonomyLint) []Sample { return number(l.Totals.Errors) })},
	{"alert_validation_failing", "1 when the lint of the alerts has errors.", lint(func(l *report.TaxonomyLint) []Sample { return truth(l.Totals.Errors > 0) })},
	{"alert_validation_info", "Hints of the lint of the alerts.", lint(func(l *report.TaxonomyLint) []Sample { return number(l.Totals.Infos) })},
	{"alert_validation_required_labels", "Labels that each alerting rule must have.", lint(func(l *report.TaxonomyLint) []Sample { return number(len(l.Required)) })},
	{"alert_validation_severity_count", "Alerting rules by their severity label.", lint(func(l *report.TaxonomyLint) []Sample { return each("severity", l.Severities) })},
	{"alert_validation_taxonomy_size", "Entries of the taxonomy.", lint(func(l *report.TaxonomyLint) []Sample { return number(l.Alerts) })},
	{"alert_validation_warnings", "Warnings of the lint of the alerts.", lint(func(l *report.TaxonomyLint) []Sample { return number(l.Totals.Warnings) })},
}

func lint(of func(*report.TaxonomyLint) []Sample) func(*Figures) []Sample {
	return func(f *Figures) []Sample { return ifMade(f.Lint, of) }
}
