package metricscontract_test

// Files of rules, and a folder of them.
const (
	kubePrometheus = "kube-prometheus/manifests/"
	coreDNS        = "mixins-website/assets/coredns/alerts.yaml"
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
	{exporter: "coredns", before: "1.6.9", after: "1.7.0", own: []string{
		"metric-removed coredns_cache_size: (TooManySeries)",
		"metric-removed coredns_dns_request_count_total -> coredns_dns_requests_total: (TooManySeries)",
		"metric-removed coredns_dns_request_type_count_total -> coredns_dns_requests_total: (TooManySeries)",
		"metric-removed coredns_dns_response_rcode_count_total -> coredns_dns_responses_total: (TooManySeries)",
		"metric-removed coredns_forward_max_concurrent_reject_count_total -> coredns_forward_max_concurrent_rejects_total: (TooManySeries)",
		"metric-removed coredns_forward_request_count_total -> coredns_forward_requests_total: ForwardedQueries",
		"metric-removed coredns_forward_response_rcode_count_total -> coredns_forward_responses_total: (TooManySeries)",
		"metric-removed coredns_panic_count_total -> coredns_panics_total: (TooManySeries)",
	}, real: map[string][]string{coreDNS: nil}},
	{exporter: "coredns", before: "1.7.0", after: "1.15.0", own: []string{
		"label-added coredns_cache_entries zones",
		"label-added coredns_cache_hits_total zones",
		"label-added coredns_cache_misses_total zones",
		"label-removed coredns_dns_request_duration_seconds type: SlowByType",
		"label-added coredns_dns_responses_total plugin",
		"metric-removed coredns_forward_healthcheck_failures_total -> coredns_proxy_healthcheck_failures_total: (TooManySeries)",
		"metric-removed coredns_forward_request_duration_seconds -> coredns_proxy_request_duration_seconds: ForwardingIsSlow",
		"metric-removed coredns_forward_requests_total: (TooManySeries)",
		"metric-removed coredns_forward_responses_total: to:coredns_forward_failures:rate5m ForwardingFails",
		"metric-removed go_memstats_gc_cpu_fraction: (TooManySeries)",
		"metric-removed go_memstats_lookups_total: Lookups",
	}, real: map[string][]string{coreDNS: {
		"metric-removed coredns_forward_healthcheck_failures_total -> coredns_proxy_healthcheck_failures_total: CoreDNSForwardHealthcheckFailureCount",
		"metric-removed coredns_forward_request_duration_seconds -> coredns_proxy_request_duration_seconds: CoreDNSForwardLatencyHigh",
		"metric-removed coredns_forward_responses_total: CoreDNSForwardErrorsHigh CoreDNSForwardErrorsHigh",
	}}},
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
