package promtext

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/romel/govctl/pkg/report"
)

func figures() *Figures {
	return &Figures{
		Summary: &report.Summary{
			SHA: "abc1234", RunID: "17", Version: "2.1.0", GeneratedAt: report.At(time.Date(2025, 9, 17, 10, 23, 45, 0, time.UTC)),
			SemverPolicyStatus: "warn", Passed: true,
			Contracts: []report.ContractState{{Name: "orders", StabilityRatio: 0.9, SemverPolicyStatus: "warn", Version: "3.0.0"}, {Name: `bill"ing\` + "\n", Placeholder: true, BreakingChangesCount: 2}},
			Evidence:  []report.EvidenceState{{Kind: "smoke", Status: "fail", Failed: 2, AgeSeconds: new(int64)}, {Kind: "image", Status: "missing"}},
			Steps:     []report.Step{{Name: "diff", Status: "ok"}, {Name: "sign", Status: "skipped"}},
		},
		Contracts: []Contract{{
			Stability: &report.Stability{
				Score: 95, WindowTotalCount: 30, WindowStableCount: 28, WindowStabilityRatio: 28.0 / 30, OverallStabilityRatio: 0.9, WindowMeanScore: 98.333,
				CurrentStableStreak: 3, LongestStableStreak: 12,
				Extensions: report.StabilityExtensions{
					StableRuns: 90, BreakingRuns: 8, PlaceholderRuns: 2, WindowBreakingRuns: 1, WilsonLow: 0.78, WilsonHigh: 0.98,
					Budget: report.Budget{AllowedBreakingRuns: 6, Used: 2, Left: 4, BurnRate: 1.5}, Anomaly: true, SkippedTotal: 1,
				},
			},
			Breaking:   &report.BreakingCounts{Breaking: true, Incompatible: 2, DeletedOrRemoved: 1, Waived: 1},
			Diff:       &report.Diff{Totals: report.DiffTotals{ByLevel: map[string]int{"error": 3, "info": 9}, ByCategory: map[string]int{"wire": 3, "docs": 9}, Proved: 2, Asserted: 1}},
			Operations: &report.Operations{Counts: report.OperationCounts{Added: 2, Removed: 1, TotalNew: 12}},
		}},
		Milestones: &report.Milestones{ByStatus: map[string]int{"done": 2, "blocked": 1}, Totals: report.MilestoneTotals{Percent: 62.5}},
		Lint: &report.TaxonomyLint{
			Alerts: 38, Rules: 40, Required: []string{"severity"}, Severities: map[string]int{"critical": 4, "low": 35},
			Totals: report.FindingTotals{Errors: 2, Warnings: 3},
		},
		Taxonomy: &report.TaxonomyMetrics{ActiveAlerts: 36, DeprecatedAlerts: 2, ActiveSeverityCounts: map[string]int{"critical": 4}, RunbookCompletenessPercent: 97.22, StabilityScore: 1},
	}
}

// parse reads text as Prometheus does.
func parse(t *testing.T, text []byte) map[string]*dto.MetricFamily {
	t.Helper()
	p := expfmt.NewTextParser(model.LegacyValidation)
	families, err := p.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return families
}

func TestGovernanceIsAcceptedByPrometheus(t *testing.T) {
	text := Governance(figures())
	families := parse(t, text)
	for _, m := range slices.Concat(validation, metrics) {
		f := families[m.name]
		if f == nil || f.GetHelp() != m.help || f.GetType() != dto.MetricType_GAUGE {
			t.Errorf("%s was not read back: %v", m.name, f)
		}
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if p.Metric == "alert_validation_severity_count" { // the name is older than we are
			continue
		}
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
	if !bytes.Equal(text, Governance(figures())) {
		t.Error("the same figures give other bytes")
	}
}

func TestValues(t *testing.T) {
	text := string(Governance(figures()))
	for _, want := range []string{
		"# TYPE govctl_passed gauge\ngovctl_passed 1\n",
		`govctl_info{run_id="17",sha="abc1234",version="2.1.0"} 1`,
		"govctl_last_run_timestamp_seconds 1.758104625e+09\n",
		"govctl_stability_window_ratio 0.9333\n",
		"govctl_stability_window_mean_score 98.33\n",
		`govctl_stability_window_ratio_bound{bound="high"} 0.98` + "\n" + `govctl_stability_window_ratio_bound{bound="low"} 0.78` + "\n",
		`govctl_stability_window_runs{outcome="breaking"} 1` + "\n" + `govctl_stability_window_runs{outcome="placeholder"} 1` + "\n" + `govctl_stability_window_runs{outcome="stable"} 28` + "\n",
		`govctl_semver_status{status="fail"} 0` + "\n" + `govctl_semver_status{status="ok"} 0` + "\n" + `govctl_semver_status{status="unknown"} 0` + "\n" + `govctl_semver_status{status="warn"} 1` + "\n",
		`govctl_contract_breaking_changes{contract="bill\"ing\\\n"} 2` + "\n",
		`govctl_contract_stability_ratio{contract="orders"} 0.9` + "\n# HELP",
		`govctl_step_status{status="skipped",step="sign"} 1` + "\n",
		"govctl_milestones_done_ratio 0.625\n",
		"govctl_runbook_completeness_ratio 0.9722\n",
		`govctl_breaking_changes{kind="waived"} 1` + "\n",
		"\nalert_validation_errors 2\n", "\nalert_validation_warnings 3\n", "\nalert_validation_info 0\n", "\nalert_validation_failing 1\n",
		"\nalert_validation_alerts_checked 40\n", "\nalert_validation_required_labels 1\n", "\nalert_validation_taxonomy_size 38\n",
		`alert_validation_severity_count{severity="critical"} 4` + "\n" + `alert_validation_severity_count{severity="low"} 35` + "\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q", want)
		}
	}
}

// TestSeriesOfManyContracts: each of several contracts has at most twelve series, and no row of the table of these is without one.
func TestSeriesOfManyContracts(t *testing.T) {
	f := figures()
	state := f.Summary.Contracts[0]
	f.Summary.Contracts = nil
	one := f.Contracts[0]
	f.Contracts = nil
	for _, name := range []string{"a", "b", "c"} {
		one.Name, state.Name = name, name
		f.Contracts, f.Summary.Contracts = append(f.Contracts, one), append(f.Summary.Contracts, state)
		f.Summary.Steps = append(f.Summary.Steps, report.Step{Name: "diff " + name, Status: "ok"})
	}
	text := string(Governance(f))
	if n := strings.Count(text, `contract="b"`); n > 12 || n <= len(short)-1 || strings.Contains(text, `step="diff b"`) {
		t.Errorf("%d series of a contract:\n%s", n, text)
	}
	for name := range short {
		if !strings.Contains(text, "\n"+name+`{`) {
			t.Errorf("no %s", name)
		}
	}
	if !strings.Contains(text, `govctl_step_status{status="skipped",step="sign"} 1`) || strings.Contains(text, "window_mean_score{") {
		t.Errorf("not the figures of the whole:\n%s", text)
	}
}

func TestSeveralContractsAreLabelled(t *testing.T) {
	f := figures()
	f.Contracts = append(f.Contracts, f.Contracts[0])
	f.Contracts[0].Name, f.Contracts[1].Name = "orders", "billing"
	f.Contracts[1].Stability = nil
	f.Detail = true
	text := string(Governance(f))
	for _, want := range []string{
		`govctl_breaking_changes{contract="billing",kind="incompatible"} 2`, `govctl_breaking_changes{contract="orders",kind="incompatible"} 2`,
		`govctl_stability_window_ratio{contract="orders"} 0.9333`, `govctl_operations{contract="billing"} 12`, "\ngovctl_passed 1\n",
		`govctl_contract_info{contract="orders",version="3.0.0"} 1`, `govctl_contract_semver_status{contract="orders",status="warn"} 1`,
		`govctl_contract_placeholder{contract="orders"} 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q", want)
		}
	}
	if strings.Contains(text, `govctl_stability_window_ratio{contract="billing"}`) || strings.Contains(text, "\ngovctl_operations 12") {
		t.Errorf("a figure that nobody made, or without its contract:\n%s", text)
	}
	parse(t, []byte(text))
}

func TestAbsentArtifactsAreLeftOut(t *testing.T) {
	if text := Governance(&Figures{}); len(text) != 0 {
		t.Errorf("no figures give %q", text)
	}
	text := string(Governance(&Figures{Summary: &report.Summary{Placeholder: true, PlaceholderStreak: 4}}))
	if strings.Contains(text, "govctl_stability") || strings.Contains(text, "timestamp") || !strings.Contains(text, "\ngovctl_placeholder_streak 4\n") {
		t.Errorf("a placeholder run gives\n%s", text)
	}
	parse(t, []byte(text))
}

func TestTable(t *testing.T) {
	if !slices.IsSortedFunc(metrics, func(a, b metric) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the table is not sorted by name")
	}
	for i, m := range metrics {
		if i > 0 && metrics[i-1].name == m.name {
			t.Errorf("%s stands twice", m.name)
		}
		if !strings.HasPrefix(m.name, "govctl_") || !strings.HasSuffix(m.help, ".") {
			t.Errorf("%s: %s", m.name, m.help)
		}
	}
}

// Whatever a label or a help text holds, it comes back as it was, and a second line cannot be smuggled in.
func FuzzEscaping(f *testing.F) {
	for _, s := range []string{"plain", `a"b\c` + "\nd", "é{}", "\xff", "\r\n# TYPE x counter\nx 1", `\n`, ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := Encode([]Family{{"a", s, []Sample{{[]Label{{"l", s}}, 1}, {[]Label{{"l", s + "x"}}, 2}}}, {"empty", s, nil}})
		families := parse(t, text)
		want := strings.ToValidUTF8(s, "\uFFFD")
		if len(families) != 1 || len(families["a"].Metric) != 2 {
			t.Fatalf("%q gives\n%s", s, text)
		}
		for _, m := range families["a"].Metric {
			if got := m.Label[0].GetValue(); got != want && got != strings.ToValidUTF8(s+"x", "\uFFFD") {
				t.Fatalf("%q came back as %q", want, got)
			}
		}
	})
}
