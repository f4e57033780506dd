package promrules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/promrules"
)

// ruleFile is a rule file of fifty alerts as teams write them.
func ruleFile(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "groups:\n- name: g%d\n  rules:\n", n)
	for i := range 50 {
		fmt.Fprintf(&b, "  - alert: Alert%d_%d\n    expr: sum by (job) (rate(http_requests_total{job=\"svc-%d\",code=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total{job=\"svc-%d\"}[5m])) > 0.0%d\n    for: 10m\n    labels:\n      severity: warning\n    annotations:\n      summary: 'Service {{ $labels.job }} fails'\n      description: 'More than {{ $value }} of the requests of {{ $labels.job }} fail over 10 minutes.'\n      runbook_url: https://example.com/runbooks/alert%d\n", n, i, n, n, i+1, i)
	}
	return []byte(b.String())
}

// BenchmarkParse2000 reads the structure of 2,000 files with 100,000 alerts, on all processors.
func BenchmarkParse2000(b *testing.B) {
	var sources []promrules.Source
	size := 0
	for i := range 2000 {
		data := ruleFile(i)
		size += len(data)
		sources = append(sources, promrules.Source{Name: fmt.Sprintf("rules/%d.yml", i), Data: data})
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := promrules.ParseAll(sources, promrules.Prometheus); len(errs) > 0 {
			b.Fatal(errs[0])
		}
	}
}
