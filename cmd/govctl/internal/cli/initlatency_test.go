package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/latency"
	"github.com/romel/govctl/internal/promtext"
)

// sampledMetrics is what a sampler of one service exposes after a successful and a failed request.
func sampledMetrics(t *testing.T) string {
	t.Helper()
	now, status := time.Unix(0, 0), 200
	s := latency.New(latency.Options{Limits: latency.Limits{GoodMS: 150, WarnMS: 400}, Keep: 200, Clock: latency.Clock{
		Now: func() time.Time { return now }, Sleep: func(context.Context, time.Duration) error { status = 500; return nil },
	}}, []latency.Target{{Name: "shop", URL: "http://shop/", Get: func(context.Context) (int, error) { return status, nil }}}, "env")
	if err := s.Run(context.Background(), time.Second, 2); err != nil {
		t.Fatal(err)
	}
	return string(promtext.Exposition(s.Exposition(), latency.Types))
}

// lacking is an exposition without the metric of a name.
func lacking(text, metric string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, metric) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestLatencyRulesReadTheSampler: metrics diff finds each alert and recording rule that would be blind without a metric of the sampler, and
// that no rule reads a metric that the sampler does not have.
func TestLatencyRulesReadTheSampler(t *testing.T) {
	rules, err := templates.ReadFile("templates/latency/internal_latency.yml")
	if err != nil {
		t.Fatal(err)
	}
	dir, all := t.TempDir(), sampledMetrics(t)
	write := func(name, text string) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	before, rulesAt := write("before.prom", all), write("rules.yml", string(rules))
	for metric, readers := range map[string]int{
		"internal_service_latency_seconds": 4, "internal_service_latency_attempts_total": 2, "internal_service_latency_ok_total": 2,
		"internal_service_latency_class": 0, "internal_service_latency_last_ms": 0, "internal_service_latency_targets": 0,
	} {
		code, out, said := on(false, "metrics", "diff", before, write("after.prom", lacking(all, metric)), "--rules", rulesAt, "--sha", "aaaaaaa")
		if named := strings.Count(out, "alert InternalService") + strings.Count(out, "recording rule internal_service:"); named != readers || !strings.Contains(out, metric) || (code == 1) != (readers > 0) {
			t.Errorf("without %s: %d, %d rules are named, want %d\n%s%s", metric, code, named, readers, out, said)
		}
	}
	for _, name := range strings.FieldsFunc(string(rules), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		if strings.HasPrefix(name, "internal_service_") && !strings.Contains(all, "\n"+name+"{") {
			t.Errorf("the rules read %s, which the sampler does not have", name)
		}
	}
	if code, out, said := on(false, "metrics", "diff", before, before, "--rules", rulesAt, "--sha", "aaaaaaa"); code != 0 || strings.Contains(out, "warning:") {
		t.Errorf("without a change: %d\n%s%s", code, out, said)
	}
}
