package promtext

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// Figures are the artifacts of a run; those that were not made are nil, and their metrics are left out.
type Figures struct {
	Summary    *report.Summary
	Contracts  []Contract
	Milestones *report.Milestones
	Taxonomy   *report.TaxonomyMetrics
	Lint       *report.TaxonomyLint
	Detail     bool // every figure of each of several contracts; otherwise those of the table short
}

// Contract are the artifacts about one contract.
type Contract struct {
	Name       string            // the label contract of its figures; empty where there is no other
	Stability  *report.Stability // nil for a placeholder
	Breaking   *report.BreakingCounts
	Diff       *report.Diff
	Operations *report.Operations
}

// Names are the metrics that governance.prom may have.
func Names() []string {
	var names []string
	for _, m := range slices.Concat(validation, metrics) {
		names = append(names, m.name)
	}
	return names
}

// Governance returns governance.prom.
func Governance(f *Figures) []byte {
	families := make([]Family, 0, len(metrics)+len(validation))
	for _, m := range slices.Concat(validation, metrics) {
		samples := m.values(f)
		if len(f.Contracts) > 1 && !f.Detail {
			samples = slices.DeleteFunc(samples, func(s Sample) bool { return !inShort(m.name, &s) })
		}
		families = append(families, Family{m.name, m.help, samples})
	}
	return Encode(families)
}

// short are the metrics that each of several contracts has, at most twelve series in all: hundreds of contracts would be tens of thousands. A
// label value is the only one that is kept of a metric.
var short = map[string]string{
	"govctl_breaking":                        "",
	"govctl_contract_breaking_changes":       "",
	"govctl_contract_info":                   "",
	"govctl_contract_placeholder":            "",
	"govctl_contract_semver_status":          "", // the one that holds
	"govctl_contract_stability_ratio":        "",
	"govctl_operations":                      "",
	"govctl_stability_budget_runs":           "left",
	"govctl_stability_history_skipped_lines": "",
	"govctl_stability_streak_runs":           "",
	"govctl_stability_window_ratio":          "",
}

// inShort reports whether a sample is written of several contracts: those of the whole are.
func inShort(metric string, s *Sample) bool {
	only, listed := short[metric]
	for _, l := range s.Labels {
		switch {
		case metric == "govctl_step_status" && l.Name == "step" && strings.Contains(l.Value, " "):
			return false // the step of one contract
		case metric == "govctl_contract_semver_status":
			return s.Value == 1
		case l.Name == "contract" && !listed, only != "" && l.Name != "contract" && l.Value != only:
			return false
		}
	}
	return true
}

// metric is one row of the table: values returns nothing where the artifact is absent.
type metric struct {
	name, help string
	values     func(*Figures) []Sample
}

// metrics is sorted by name. Ratios are from 0 to 1, as Prometheus wants them, also where the JSON has percentages.
var metrics = []metric{
	{"govctl_alerts", "Alerts of the taxonomy by state.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return []Sample{by("state", "active", m.ActiveAlerts), by("state", "deprecated", m.DeprecatedAlerts)}
	})},
	{"govctl_alerts_by_severity", "Active alerts of the taxonomy by severity.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return each("severity", m.ActiveSeverityCounts)
	})},
	{"govctl_alerts_churn_risk", "Severity weights of the alerts added and removed in the churn window.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return []Sample{by("change", "added", m.WeightedAdded30d), by("change", "removed", m.WeightedRemoved30d)}
	})},
	{"govctl_alerts_churned", "Alerts added and removed in the churn window.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return []Sample{by("change", "added", len(m.Added30d)), by("change", "removed", len(m.Removed30d))}
	})},
	{"govctl_alerts_risk_stability_ratio", "One minus risk churn over the total severity weight.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return ratio(m.RiskStabilityScore)
	})},
	{"govctl_alerts_stability_ratio", "One minus churn over the number of alerts.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return ratio(m.StabilityScore)
	})},
	{"govctl_alerts_weight", "Total severity weight of the taxonomy.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return number(m.CurrentWeightTotal)
	})},
	{"govctl_breaking", "1 when the last run found a breaking change that no waiver covers.", breaking(func(b *report.BreakingCounts) []Sample {
		return truth(b.Breaking)
	})},
	{"govctl_breaking_changes", "Breaking root causes of the last run by kind.", breaking(func(b *report.BreakingCounts) []Sample {
		return []Sample{by("kind", "incompatible", b.Incompatible), by("kind", "deleted_or_removed", b.DeletedOrRemoved), by("kind", "waived", b.Waived)}
	})},
	{"govctl_changes", "Changes of the contract in the last run by level.", diff(func(d *report.Diff) []Sample { return each("level", d.Totals.ByLevel) })},
	{"govctl_changes_by_category", "Changes of the contract in the last run by category.", diff(func(d *report.Diff) []Sample { return each("category", d.Totals.ByCategory) })},
	{"govctl_changes_proved", "Breaking changes of the last run with a confirmed witness, and those without.", diff(func(d *report.Diff) []Sample {
		return []Sample{by("verdict", "proved", d.Totals.Proved), by("verdict", "asserted", d.Totals.Asserted)}
	})},
	{"govctl_checked", "1 when everything that the verdict of the last run depends on was checked.", summary(func(s *report.Summary) []Sample { return truth(s.Checked) })},
	{"govctl_contract_breaking_changes", "Breaking changes of each contract of a monorepo.", contracts(func(c *report.ContractState) []Sample {
		return number(c.BreakingChangesCount)
	})},
	{"govctl_contract_info", "Constant 1; the labels name each contract of a monorepo with its version.", contracts(func(c *report.ContractState) []Sample {
		return []Sample{{[]Label{{"version", c.Version}}, 1}}
	})},
	{"govctl_contract_placeholder", "1 for a contract of a monorepo that could not be measured.", contracts(func(c *report.ContractState) []Sample {
		return truth(c.Placeholder)
	})},
	{"govctl_contract_semver_status", "1 for the status of a contract's version policy in a monorepo, 0 for the others.", contracts(func(c *report.ContractState) []Sample {
		return oneOf("status", c.SemverPolicyStatus, "ok", "warn", "fail", "unknown")
	})},
	{"govctl_contract_stability_ratio", "Window stability of each contract of a monorepo; none while it is a placeholder.", contracts(func(c *report.ContractState) []Sample {
		if c.Placeholder {
			return nil
		}
		return ratio(c.StabilityRatio)
	})},
	{"govctl_evidence_age_seconds", "Time between measuring a kind of evidence and the last run.", evidence(func(e *report.EvidenceState) []Sample {
		if e.AgeSeconds == nil {
			return nil
		}
		return number(int(*e.AgeSeconds))
	})},
	{"govctl_evidence_failed_checks", "Errors of a kind of evidence that no waiver covers.", evidence(func(e *report.EvidenceState) []Sample { return number(e.Failed) })},
	{"govctl_evidence_status", "1 for the status of a kind of evidence, 0 for the others.", evidence(func(e *report.EvidenceState) []Sample {
		return oneOf("status", e.Status, "ok", "warn", "fail", "error", "missing", "stale", "invalid")
	})},
	{"govctl_info", "Constant 1; the labels name the commit and contract version that the figures describe.", summary(func(s *report.Summary) []Sample {
		return []Sample{{[]Label{{"sha", s.SHA}, {"run_id", s.RunID}, {"version", s.Version}}, 1}}
	})},
	{"govctl_last_run_timestamp_seconds", "When the figures were made.", summary(func(s *report.Summary) []Sample {
		if s.GeneratedAt.IsZero() {
			return nil
		}
		return number(int(s.GeneratedAt.Unix()))
	})},
	{"govctl_milestones", "Milestones by status.", milestones(func(m *report.Milestones) []Sample { return each("status", m.ByStatus) })},
	{"govctl_milestones_done_ratio", "Share of the milestones' weight that is done.", milestones(func(m *report.Milestones) []Sample {
		return percent(m.Totals.Percent)
	})},
	{"govctl_operations", "Operations of the contract.", operations(func(o *report.Operations) []Sample { return number(o.Counts.TotalNew) })},
	{"govctl_operations_changed", "Operations by what the last run found about them.", operations(func(o *report.Operations) []Sample {
		c := o.Counts
		return []Sample{by("change", "added", c.Added), by("change", "removed", c.Removed), by("change", "changed", c.Changed), by("change", "deprecated", c.Deprecated)}
	})},
	{"govctl_passed", "1 when the last run passed all gates.", summary(func(s *report.Summary) []Sample { return truth(s.Passed) })},
	{"govctl_placeholder", "1 while the stability metrics are a placeholder and mean nothing.", summary(func(s *report.Summary) []Sample { return truth(s.Placeholder) })},
	{"govctl_placeholder_streak", "Latest consecutive placeholder runs.", summary(func(s *report.Summary) []Sample { return number(s.PlaceholderStreak) })},
	{"govctl_runbook_completeness_ratio", "Share of active alerts with a runbook.", taxonomy(func(m *report.TaxonomyMetrics) []Sample {
		return percent(m.RunbookCompletenessPercent)
	})},
	{"govctl_runs", "Runs of the whole history by outcome.", stability(func(m *report.Stability) []Sample {
		e := m.Extensions
		return []Sample{by("outcome", "stable", e.StableRuns), by("outcome", "breaking", e.BreakingRuns), by("outcome", "placeholder", e.PlaceholderRuns)}
	})},
	{"govctl_semver_status", "1 for the status of the version policy, 0 for the others.", summary(func(s *report.Summary) []Sample {
		return oneOf("status", s.SemverPolicyStatus, "ok", "warn", "fail", "unknown")
	})},
	{"govctl_stability_anomaly", "1 when the score of the last run dropped suddenly.", stability(func(m *report.Stability) []Sample { return truth(m.Extensions.Anomaly) })},
	{"govctl_stability_budget_burn_rate", "Breaking share of the window's last third over that of the window.", stability(func(m *report.Stability) []Sample {
		return float(m.Extensions.Budget.BurnRate)
	})},
	{"govctl_stability_budget_runs", "Breaking runs that the alert threshold allows in the window, those used and those left.", stability(func(m *report.Stability) []Sample {
		b := m.Extensions.Budget
		return []Sample{by("budget", "allowed", b.AllowedBreakingRuns), by("budget", "used", b.Used), by("budget", "left", b.Left)}
	})},
	{"govctl_stability_history_skipped_lines", "Lines of the history that could not be read.", stability(func(m *report.Stability) []Sample {
		return number(m.Extensions.SkippedTotal)
	})},
	{"govctl_stability_overall_ratio", "Stable share of all runs.", stability(func(m *report.Stability) []Sample { return ratio(m.OverallStabilityRatio) })},
	{"govctl_stability_score", "Score of the last run, 0 to 100.", stability(func(m *report.Stability) []Sample { return float(m.Score.Rounded()) })},
	{"govctl_stability_streak_runs", "Consecutive stable runs: the current streak and the longest one.", stability(func(m *report.Stability) []Sample {
		return []Sample{by("streak", "current", m.CurrentStableStreak), by("streak", "longest", m.LongestStableStreak)}
	})},
	{"govctl_stability_window_mean_score", "Mean score of the window's full runs.", stability(func(m *report.Stability) []Sample { return float(m.WindowMeanScore.Rounded()) })},
	{"govctl_stability_window_ratio", "Stable share of the window.", stability(func(m *report.Stability) []Sample { return ratio(m.WindowStabilityRatio) })},
	{"govctl_stability_window_ratio_bound", "Ends of the 95 percent Wilson interval of the window's stable share.", stability(func(m *report.Stability) []Sample {
		return []Sample{{[]Label{{"bound", "low"}}, m.Extensions.WilsonLow.Rounded()}, {[]Label{{"bound", "high"}}, m.Extensions.WilsonHigh.Rounded()}}
	})},
	{"govctl_stability_window_runs", "Runs of the window by outcome.", stability(func(m *report.Stability) []Sample {
		broken := m.Extensions.WindowBreakingRuns
		return []Sample{by("outcome", "stable", m.WindowStableCount), by("outcome", "breaking", broken), by("outcome", "placeholder", m.WindowTotalCount-m.WindowStableCount-broken)}
	})},
	{"govctl_step_status", "1 for each step of the last run, under its status.", summary(func(s *report.Summary) []Sample {
		var all []Sample
		for _, step := range s.Steps {
			all = append(all, Sample{[]Label{{"step", step.Name}, {"status", step.Status}}, 1})
		}
		return all
	})},
}
