package grafana

// query is a query of a panel over governance.prom; series are named by the legend.
func query(expr, legend string) map[string]any {
	return map[string]any{"expr": expr, "legendFormat": legend, "range": true, "instant": false}
}

func queries(all ...map[string]any) []map[string]any { return all }

// exported are the panels over governance.prom.
var exported = []panel{
	{title: "Last run", about: "1: every gate passed.", kind: "stat", unit: "none", width: 4, steps: []step{{"red", 0}, {"green", 1}}, targets: queries(query("govctl_passed", ""))},
	{title: "Age of the figures", about: "Time since the last run.", kind: "stat", unit: "s", width: 4, steps: []step{{"green", 0}, {"red", 172800}},
		targets: queries(query("time() - govctl_last_run_timestamp_seconds", ""))},
	{title: "Stability of the contract", about: "Stable share of the window of runs.", kind: "stat", unit: "percentunit", width: 4, steps: shares, targets: queries(query("govctl_stability_window_ratio", "{{contract}}"))},
	{title: "Stable runs in a row", about: "Runs without a breaking change.", kind: "stat", unit: "none", width: 4, targets: queries(query(`govctl_stability_streak_runs{streak="current"}`, "{{contract}}"))},
	{title: "Runs that could not measure", about: "Consecutive placeholder runs.", kind: "stat", unit: "none", width: 4, steps: []step{{"green", 0}, {"orange", 1}, {"red", 5}}, targets: queries(query("govctl_placeholder_streak", ""))},
	{title: "Breaking changes", about: "Root causes in the last run that no waiver covers.", kind: "stat", unit: "none", width: 4, steps: faults,
		targets: queries(query(`sum(govctl_breaking_changes{kind!="waived"})`, ""))},

	{title: "Active alerts", about: "Alerts of the taxonomy that are not deprecated.", kind: "stat", unit: "none", width: 4, targets: queries(query(`govctl_alerts{state="active"}`, ""))},
	{title: "Deprecated alerts", about: "Share of the taxonomy.", kind: "stat", unit: "percentunit", width: 4, steps: []step{{"green", 0}, {"yellow", 0.1}, {"orange", 0.2}, {"red", 0.3}},
		targets: queries(query(`govctl_alerts{state="deprecated"} / ignoring(state) sum without(state) (govctl_alerts)`, ""))},
	{title: "Churn", about: "Alerts added and removed in the window, 30 days by default.", kind: "stat", unit: "none", width: 4, steps: churn, targets: queries(query("sum(govctl_alerts_churned)", ""))},
	{title: "Risk churn", about: "Severity weights of the alerts added and removed.", kind: "stat", unit: "none", width: 4, steps: churn, targets: queries(query("sum(govctl_alerts_churn_risk)", ""))},
	{title: "Runbooks", about: "Active alerts with a runbook.", kind: "stat", unit: "percentunit", width: 4, steps: shares, targets: queries(query("govctl_runbook_completeness_ratio", ""))},
	{title: "Lint errors of the alerts", about: "Errors of govctl taxonomy lint.", kind: "stat", unit: "none", width: 4, steps: faults, targets: queries(query("alert_validation_errors", ""))},

	{title: "Stability over time", about: "Stable share of the window, with the ends of its 95 percent interval.", kind: "timeseries", unit: "percentunit", width: 12,
		targets: queries(query("govctl_stability_window_ratio", "window {{contract}}"), query("govctl_stability_window_ratio_bound", "{{bound}} {{contract}}"), query("govctl_stability_overall_ratio", "all runs {{contract}}"))},
	{title: "Streaks", about: "Stable runs in a row, and placeholder runs in a row.", kind: "timeseries", unit: "none", width: 12,
		targets: queries(query("govctl_stability_streak_runs", "{{streak}} {{contract}}"), query("govctl_placeholder_streak", "placeholder"))},
	{title: "Churn over time", about: "Alerts added and removed.", kind: "timeseries", unit: "none", width: 12, targets: queries(query("govctl_alerts_churned", "{{change}}"))},
	{title: "Risk churn over time", about: "Severity weights of the alerts added and removed.", kind: "timeseries", unit: "none", width: 12, targets: queries(query("govctl_alerts_churn_risk", "{{change}}"))},
	{title: "Stability of the alerts", about: "One minus churn over the number of alerts, and by weight.", kind: "timeseries", unit: "percentunit", width: 12,
		targets: queries(query("govctl_alerts_stability_ratio", "stability"), query("govctl_alerts_risk_stability_ratio", "by weight"))},
	{title: "Runbook coverage over time", about: "Active alerts with a runbook.", kind: "timeseries", unit: "percentunit", width: 12, targets: queries(query("govctl_runbook_completeness_ratio", "with a runbook"))},
	{title: "Active alerts by severity", about: "As in the taxonomy.", kind: "bargauge", unit: "none", width: 12, targets: queries(query("govctl_alerts_by_severity", "{{severity}}"))},
	{title: "Alerting rules by severity", about: "By the severity label of the rule files.", kind: "bargauge", unit: "none", width: 12, targets: queries(query("alert_validation_severity_count", "{{severity}}"))},
}

// Prometheus is the dashboard over governance.prom, for a Prometheus that scrapes it by node_exporter's textfile collector.
func Prometheus() []byte {
	source := map[string]any{"type": "prometheus", "uid": "${datasource}"}
	return dashboard("govctl", "API and alert governance", "Figures of governance.prom, which govctl run writes.",
		[]map[string]any{variable("datasource", "Prometheus", "prometheus")}, source, exported)
}
