package grafana

// sampled are the panels over the metrics of govctl probe latency --listen.
var sampled = []panel{
	{title: "Configured Targets (by source)", about: "Services that are sampled, and where their list is from.", kind: "stat", unit: "none", width: 24,
		targets: queries(query("internal_service_latency_targets", "{{source}}"))},
	{title: "Class by service", about: "Of the latest sample: good up to 150 ms, warn up to 400 ms, high above, na where it failed, unless configured otherwise.", kind: "state-timeline", unit: "none", width: 24,
		steps: []step{{"green", 0}, {"orange", 1}, {"red", 2}, {"gray", 3}}, names: []string{"good", "warn", "high", "na"},
		targets: queries(query("internal_service_latency_class", "{{service}}"))},
	{title: "99th percentile", about: "Over 5 minutes, from the buckets of the histogram.", kind: "timeseries", unit: "s", width: 12,
		targets: queries(query("histogram_quantile(0.99, sum by (service, le) (rate(internal_service_latency_seconds_bucket[5m])))", "{{service}}"))},
	{title: "Failure rate", about: "Share of failed samples over 5 minutes.", kind: "timeseries", unit: "percentunit", width: 12,
		targets: queries(query("1 - (sum by (service) (rate(internal_service_latency_ok_total[5m])) / sum by (service) (rate(internal_service_latency_attempts_total[5m])))", "{{service}}"))},
	{title: "Successful and failed samples", about: "By second, over 5 minutes; together they are the attempts.", kind: "timeseries", unit: "none", width: 24, stacked: true,
		targets: queries(query("sum by (service) (rate(internal_service_latency_ok_total[5m]))", "ok {{service}}"),
			query("sum by (service) (rate(internal_service_latency_attempts_total[5m])) - sum by (service) (rate(internal_service_latency_ok_total[5m]))", "failed {{service}}"))},
}

// Latency is the dashboard over the metrics of the latency sampler.
func Latency() []byte {
	source := map[string]any{"type": "prometheus", "uid": "${datasource}"}
	return dashboard("govctl-latency", "Internal Latency Overview", "Metrics of govctl probe latency --listen.",
		[]map[string]any{variable("datasource", "Prometheus", "prometheus")}, source, sampled)
}
