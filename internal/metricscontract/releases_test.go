package metricscontract_test

// The files of rules that more than one exporter has to do with.
const (
	kubePrometheus = "kube-prometheus/manifests/"
	selfMonitoring = "awesome-prometheus-alerts/dist/rules/prometheus-self-monitoring/embedded-exporter.yml"
)

// releasesOfExporters is what changed between releases, read from both texts, and what in the rule files reads it. A rule file that reads
// nothing that changed has no lines.
var releasesOfExporters = []releases{
	{exporter: "alertmanager", before: "0.25.0", after: "0.35.0", own: []string{
		"label-added alertmanager_build_info tags",
		"label-added alertmanager_http_request_duration_seconds code",
		"buckets-changed alertmanager_http_request_duration_seconds 0.75, 2.0, 20.0, 60.0: SlowAnswers",
		"metric-removed alertmanager_marked_alerts: NothingIsMarked",
		"label-added alertmanager_notifications_failed_total reason",
		"metric-removed go_memstats_lookups_total: Lookups",
	}, real: map[string][]string{
		selfMonitoring: {
			"metric-removed alertmanager_marked_alerts: (PrometheusTimeseriesCardinality)",
			"metric-removed go_memstats_lookups_total: (PrometheusTimeseriesCardinality)",
		},
		kubePrometheus + "alertmanager-prometheusRule.yaml":                    nil,
		"mixins-website/assets/alertmanager/alerts.yaml":                       nil,
		"cluster-monitoring-operator/assets/alertmanager/prometheus-rule.yaml": nil,
	}},
	{exporter: "node_exporter", before: "1.5.0", after: "1.12.1", own: []string{
		"metric-removed go_memstats_lookups_total: Lookups",
		"label-added node_disk_info rotational",
		"label-added node_exporter_build_info tags",
		"metric-removed node_memory_Balloon_bytes: (TooManySeries)",
		"metric-removed node_memory_FileHugePages_bytes: HugePagesOfFiles",
		"metric-removed node_memory_FilePmdMapped_bytes: HugePagesOfFiles",
		"metric-removed node_memory_Hugetlb_bytes: (TooManySeries)",
		"metric-removed node_memory_KReclaimable_bytes: LittleMemory",
		"metric-removed node_memory_SecPageTables_bytes: (TooManySeries)",
		"label-added node_network_info adminstate",
	}, real: map[string][]string{
		kubePrometheus + "nodeExporter-prometheusRule.yaml":                        nil,
		"mixins-website/assets/node-exporter/alerts.yaml":                          nil,
		"awesome-prometheus-alerts/dist/rules/host-and-hardware/node-exporter.yml": nil,
	}},
}
