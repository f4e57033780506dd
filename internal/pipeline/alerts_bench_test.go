package pipeline

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/taxonomy"
)

// bigRules are 2,000 rule files of fifty alerts.
func bigRules() []promrules.Source {
	sources := make([]promrules.Source, 2000)
	for n := range sources {
		var b strings.Builder
		fmt.Fprintf(&b, "groups:\n- name: g%d\n  rules:\n", n)
		for i := range 50 {
			fmt.Fprintf(&b, "  - alert: Alert%d_%d\n    expr: sum by (job) (rate(http_requests_total{job=\"svc-%d\",code=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total{job=\"svc-%d\"}[5m])) > 0.0%d\n    for: 10m\n    labels:\n      severity: warning\n    annotations:\n      summary: 'Service {{ $labels.job }} fails'\n      description: 'More than {{ $value }} of the requests of {{ $labels.job }} fail over 10 minutes.'\n      runbook_url: https://example.com/runbooks/alert%d\n", n, i, n, n, i+1, i)
		}
		sources[n] = promrules.Source{Name: fmt.Sprintf("rules/%04d.yml", n), Data: []byte(b.String())}
	}
	return sources
}

func bigTaxonomy(n int, more string) []byte {
	var b strings.Builder
	b.WriteString("{\n  \"schema_version\": \"1\",\n  \"alerts\": [\n")
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "    {\n      \"alert\": \"Alert%d_%d\",\n      \"id\": \"alert-%d\",\n      \"group\": \"g%d\",\n      \"severity\": \"warning\",\n      \"scope\": \"service\",\n      \"category\": \"latency\",\n      \"description\": \"More than the usual share of the requests of service %d fails.%s\",\n      \"for\": \"10m\",\n      \"windows\": [\"10m\"],\n      \"runbook\": \"https://example.com/runbooks/alert%d\",\n      \"deprecated\": false\n    }", i/50, i%50, i, i/50, i, more, i)
	}
	b.WriteString("\n  ]\n}\n")
	return []byte(b.String())
}

// BenchmarkTaxonomy100k is one reading of 100,000 alerts and 2,000 rule files: lint, coverage and metrics against an older revision.
func BenchmarkTaxonomy100k(b *testing.B) {
	rules, now := bigRules(), time.Date(2025, 9, 17, 0, 0, 0, 0, time.UTC)
	current, old := bigTaxonomy(100_000, ""), bigTaxonomy(99_900, " Really.")
	surroundings := Alerts{
		Rules: func(promrules.Dialect, []string) ([]promrules.Source, error) { return rules, nil },
		History: func(context.Context, string) (taxonomy.History, error) {
			return taxonomy.History{
				Revisions: []taxonomy.Revision{{Commit: "b", Time: now.AddDate(0, 0, -1), Blob: "b"}, {Commit: "a", Time: now.AddDate(0, 0, -60), Blob: "a"}},
				Read: func(_ context.Context, blobs []string, use func(string, []byte) error) error {
					for _, id := range blobs {
						if err := use(id, map[string][]byte{"a": old, "b": current}[id]); err != nil {
							return err
						}
					}
					return nil
				},
			}, nil
		},
	}
	c := config.Default().Taxonomy
	c.Rules = []string{"rules"}
	for b.Loop() {
		in, err := surroundings.Input(c, current, now)
		if err != nil {
			b.Fatal(err)
		}
		if l := taxonomy.Lint(in); len(l.Findings) > 0 || l.Rules != 100_000 {
			b.Fatalf("%d rules, %d findings, the first: %+v", l.Rules, len(l.Findings), l.Findings[0])
		}
		m, err := surroundings.Measure(b.Context(), in)
		if err != nil || m.Churn30d != 100 || m.CosmeticChurn30d != 99_900 {
			b.Fatalf("%+v %v", m.Churn30d, err)
		}
	}
	reportMemory(b)
}

// BenchmarkRunbookSLA5000 follows runbooks through 5,000 revisions of a taxonomy of 200 alerts.
func BenchmarkRunbookSLA5000(b *testing.B) {
	now := time.Date(2025, 9, 17, 0, 0, 0, 0, time.UTC)
	var h taxonomy.History
	blobs := map[string][]byte{}
	for i := range 5000 {
		id := fmt.Sprint(i)
		blobs[id] = bigTaxonomy(200, id)
		h.Revisions = append(h.Revisions, taxonomy.Revision{Commit: id, Time: now.Add(-time.Duration(i) * time.Hour), Blob: id})
	}
	h.Read = func(_ context.Context, ids []string, use func(string, []byte) error) error {
		for _, id := range ids {
			if err := use(id, blobs[id]); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := taxonomy.Parse("t.json", blobs["0"])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m, err := taxonomy.Measure(b.Context(), taxonomy.MetricsInput{File: f, Config: taxonomy.DefaultConfig("default"), Now: now, History: h})
		if err != nil || m.RunbookSLA.Count != 200 {
			b.Fatalf("%+v %v", m.RunbookSLA, err)
		}
	}
}

// reportMemory reports what the process has taken from the system, inputs included.
func reportMemory(b *testing.B) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-process")
}
