package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/headers"
	"github.com/romel/govctl/internal/imagegate"
	"github.com/romel/govctl/internal/imagepin"
	"github.com/romel/govctl/internal/latency"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/resources"
	"github.com/romel/govctl/internal/smoke"
	"github.com/romel/govctl/pkg/report"
)

// TestMetricsPage keeps METRICS.md equal to the figures that govctl writes and to the alerts that read them. It is written as a user would
// write it: by `govctl metrics catalog` in this repository, whose govctl.yaml names the snapshot and the rules.
func TestMetricsPage(t *testing.T) {
	t.Chdir("../../../..")
	const snapshot = "testdata/metrics/govctl.txt"
	want := ownMetrics(t)
	args := []string{"metrics", "catalog", "--check"}
	if *update {
		if err := os.WriteFile(snapshot, want, 0o644); err != nil {
			t.Fatal(err)
		}
		args = args[:2]
	}
	if got, err := os.ReadFile(snapshot); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what govctl writes (%v); run make update", snapshot, err)
	}
	if output, code := governs(args); code != Passed {
		t.Errorf("govctl %s: exit %d; run make update\n%s", strings.Join(args, " "), code, output)
	}
}

// Nothing that governance.prom may have is missing from the page.
func TestOwnMetricsAreComplete(t *testing.T) {
	s, err := metricscontract.ParseSnapshot("own", ownMetrics(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range promtext.Names() {
		if s.Metrics[name] == nil {
			t.Errorf("%s is not in the snapshot: extend ownFigures", name)
		}
	}
}

// ownMetrics is a scrape of all that govctl writes: governance.prom of a monorepo in which everything is on, what `probe latency --listen`
// serves, and the figures of evidence.
func ownMetrics(t *testing.T) []byte {
	t.Helper()
	all := latencyFigures(t)
	known := map[string]bool{}
	for _, f := range all {
		known[f.Name] = true
	}
	for _, f := range slices.Concat(measuredFigures(t), commandFigures(t)) {
		if !known[f.Name] {
			all = append(all, f)
		}
	}
	return append(promtext.Governance(ownFigures()), promtext.Exposition(all, latency.Types)...)
}

// latencyFigures are those of one request to one service.
func latencyFigures(t *testing.T) []report.Figure {
	t.Helper()
	s := latency.New(latency.Options{Limits: latency.Limits{GoodMS: 150, WarnMS: 400}, Keep: 1, Clock: latency.Clock{
		Now: func() time.Time { return time.Unix(1, 0) }, Sleep: func(context.Context, time.Duration) error { return nil },
	}}, []latency.Target{{Name: "shop", Get: func(context.Context) (int, error) { return http.StatusOK, nil }}}, "config")
	if err := s.Run(t.Context(), time.Second, 1); err != nil {
		t.Fatal(err)
	}
	all := s.Exposition()
	for _, f := range s.Figures() {
		if !slices.ContainsFunc(all, func(one report.Figure) bool { return one.Name == f.Name }) {
			all = append(all, f)
		}
	}
	return all
}

// measuredFigures are those of packages that compute them from values.
func measuredFigures(t *testing.T) []report.Figure {
	t.Helper()
	share, bytes := new(float64), new(int64)
	shares := report.ResourceShare{Latest: share, Avg: share, Max: share}
	_, flows := smoke.Figures(&report.Smoke{Results: []report.SmokeResult{{Name: "shop", LatencyMS: share}}, Operations: &report.SmokeOperations{}})
	images, err := imagegate.Evaluate(imagegate.Input{Severities: []string{"high"}, Now: time.Unix(1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	pins, _ := pinSummary(&imagepin.Plan{})
	return slices.Concat(flows, images.Figures, pins,
		headers.Figures(&report.HeadersDetail{Targets: []report.HeadersTarget{{Name: "shop", Mode: "edge"}}}),
		resources.Figures(&report.ResourceTrend{Containers: []report.ResourceContainer{{
			Name: "shop", Current: true, CPUPct: shares, MemPct: shares, NetRx: bytes, NetTx: bytes,
		}}}, 0))
}

// commandFigures are those of commands that need nothing but files.
func commandFigures(t *testing.T) (all []report.Figure) {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	snapshot, catalog, bench, config, out := at("metrics.txt"), at("METRICS.md"), at("bench.json"), at("govctl.yaml"), at("gov")
	for file, text := range map[string]string{
		snapshot: "# HELP up Up.\n# TYPE up gauge\nup 1\n",
		bench:    `[{"name": "Parse", "unit": "ns/op", "value": 1}]`,
		config:   "metrics: {sources: [" + snapshot + "]}\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		kind string
		args []string
	}{
		{"metrics-assert", []string{"metrics", "assert", "--source", snapshot, "up"}},
		{"metrics-diff", []string{"metrics", "diff", snapshot, snapshot}},
		{"metrics-catalog", []string{"metrics", "catalog", catalog, "--source", snapshot}},
		{"bench", []string{"trend", "bench", bench, bench}},
		{"docs", []string{"docs", "sync", catalog, "--check"}},
	} {
		if output, code := governs(slices.Concat(c.args, []string{"--config", config, "--out", out})); code == BadInput {
			t.Fatalf("%s: %s", c.kind, output)
		}
		data, err := os.ReadFile(filepath.Join(out, artifact.EvidencePath(c.kind, ".json")))
		if err != nil {
			t.Fatal(err)
		}
		var e report.Evidence
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Figures...)
	}
	return all
}

// governs runs govctl without an environment, about a commit that is given.
func governs(args []string) (output string, code int) {
	var out bytes.Buffer
	env := &Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Environ: func() []string { return nil },
		Now: func() time.Time { return time.Unix(1, 0) },
	}
	code = Main(env, slices.Concat(args, []string{"--sha", "abc1234"}))
	return out.String(), code
}

func ownFigures() *promtext.Figures {
	state := report.ContractState{Name: "shop", Version: "1.0.0"}
	return &promtext.Figures{
		Summary: &report.Summary{
			SHA: "abc1234", RunID: "1", Version: "1.0.0", GeneratedAt: report.At(time.Unix(1, 0)), Contracts: []report.ContractState{state},
			Evidence: []report.EvidenceState{{Kind: "smoke", Status: "ok", AgeSeconds: new(int64)}}, Steps: []report.Step{{Name: "diff", Status: "ok"}},
		},
		Contracts: []promtext.Contract{{
			Name: "shop", Stability: &report.Stability{}, Breaking: &report.BreakingCounts{}, Operations: &report.Operations{},
			Diff: &report.Diff{Totals: report.DiffTotals{ByLevel: map[string]int{"error": 0}, ByCategory: map[string]int{"wire": 0}}},
		}},
		Milestones: &report.Milestones{ByStatus: map[string]int{"done": 1}},
		Taxonomy:   &report.TaxonomyMetrics{ActiveSeverityCounts: map[string]int{"critical": 1}},
		Lint:       &report.TaxonomyLint{Severities: map[string]int{"critical": 1}},
	}
}
