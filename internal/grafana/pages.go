package grafana

// infinity is the type of the data source that reads JSON files: the plugin Infinity.
const infinity = "yesoreyeram-infinity-datasource"

// column is a field of a JSON file as a column of a table.
func column(selector, text, kind string) map[string]any {
	return map[string]any{"selector": selector, "text": text, "type": kind}
}

// fetched reads columns of a file of the pages, of what the root selects: a key or an expression in JSONata.
func fetched(file, root string, columns ...map[string]any) []map[string]any {
	return []map[string]any{{
		"type": "json", "source": "url", "format": "table", "parser": "backend", "url": "${pages}/" + file, "url_options": map[string]any{"method": "GET", "data": ""},
		"root_selector": root, "columns": columns, "filters": []any{},
	}}
}

const (
	metricsFile = "taxonomy-metrics.json"
	historyFile = "taxonomy-metrics-history.json"
	alertsFile  = "alerts.json"
)

// figure is a stat over one number of the metrics of the alerts.
func figure(title, about, key, unit string, steps []step) panel {
	return panel{title: title, about: about, kind: "stat", unit: unit, width: 4, steps: steps, targets: fetched(metricsFile, "", column(key, title, "number"))}
}

// trend is a number of the metrics over the snapshots of earlier days.
func trend(title, key, unit string) panel {
	targets := fetched(historyFile, "history", column("generated_at", "time", "timestamp"), column(key, title, "number"))
	targets[0]["format"] = "timeseries"
	return panel{title: title, about: "One value a day.", kind: "timeseries", unit: unit, width: 8, targets: targets}
}

// coloured shows severities in their colours.
var coloured = []map[string]any{{
	"type": "value", "options": map[string]any{
		"critical": map[string]any{"color": "red", "index": 0}, "high": map[string]any{"color": "orange", "index": 1}, "medium": map[string]any{"color": "yellow", "index": 2},
		"warning": map[string]any{"color": "yellow", "index": 3}, "low": map[string]any{"color": "blue", "index": 4}, "info": map[string]any{"color": "green", "index": 5},
	},
}}

// published are the panels over the files of the pages.
var published = []panel{
	figure("Alerts", "Active and deprecated.", "total_alerts", "none", nil),
	figure("Deprecated", "Share of the taxonomy.", "deprecated_percent", "percent", []step{{"green", 0}, {"yellow", 10}, {"orange", 20}, {"red", 30}}),
	figure("Churn in 30 days", "Alerts added and removed.", "churn_30d", "none", churn),
	figure("Risk churn in 30 days", "Severity weights of the alerts added and removed.", "risk_churn_30d", "none", churn),
	figure("Stability", "One minus churn over the number of alerts.", "stability_percent", "percent", whole),
	figure("Runbooks", "Active alerts with a runbook.", "runbook_completeness_percent", "percent", whole),
	trend("Churn", "churn_30d", "none"),
	trend("Risk churn", "risk_churn_30d", "none"),
	trend("Runbook coverage", "runbook_completeness_percent", "percent"),
	{title: "Added in 30 days", about: "Names of the alerts.", kind: "table", unit: "none", width: 12, targets: fetched(metricsFile, `added_30d.{"alert": $}`, column("alert", "Added", "string"))},
	{title: "Removed in 30 days", about: "Names of the alerts.", kind: "table", unit: "none", width: 12, targets: fetched(metricsFile, `removed_30d.{"alert": $}`, column("alert", "Removed", "string"))},
	{title: "Alerts", about: "Every alert of the taxonomy.", kind: "table", unit: "none", width: 24, colours: true, targets: fetched(alertsFile, "",
		column("alert", "Alert", "string"), column("severity", "Severity", "string"), column("group", "Group", "string"), column("scope", "Scope", "string"), column("category", "Category", "string"),
		column("for", "For", "string"), column("description", "Description", "string"), column("runbook", "Runbook", "string"), column("deprecated", "Deprecated", "boolean"))},
	{title: "Deprecated alerts", about: "What waits to be removed.", kind: "table", unit: "none", width: 24, colours: true, targets: fetched(alertsFile, "$[deprecated=true]",
		column("alert", "Alert", "string"), column("severity", "Severity", "string"), column("deprecated_since", "Deprecated since", "string"), column("replaced_by", "Replaced by", "string"), column("description", "Description", "string"))},
}

// Pages is the dashboard over the JSON files of the published pages; no Prometheus is needed, but Grafana's plugin Infinity.
func Pages(address string) []byte {
	source := map[string]any{"type": infinity, "uid": "${infinity}"}
	pages := map[string]any{"name": "pages", "label": "Pages", "type": "textbox", "query": address, "hide": 0,
		"current": map[string]any{"text": address, "value": address, "selected": true}, "options": []any{}}
	return dashboard("govctl-pages", "Alert taxonomy", "Figures of the published pages, read by the plugin Infinity.",
		[]map[string]any{variable("infinity", "Infinity", infinity), pages}, source, published)
}
