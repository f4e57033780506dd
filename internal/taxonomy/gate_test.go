package taxonomy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

// past is a history with the given risk churn on consecutive days up to yesterday.
func past(risk ...int) []report.TaxonomySnapshot {
	var out []report.TaxonomySnapshot
	for i, v := range risk {
		s := report.TaxonomySnapshot{SnapshotDate: noon.AddDate(0, 0, i-len(risk)).Format(time.DateOnly)}
		s.RiskChurn30d, s.Churn30d = v, v
		out = append(out, s)
	}
	return out
}

func gate(t *testing.T, in taxonomy.GateInput, name string) report.Gate {
	t.Helper()
	if in.File == nil {
		in.File = parse(t, "t.json", []byte(`[]`))
	}
	in.Now = noon
	got := taxonomy.Evaluate(in)
	failed := false
	for _, g := range got.Gates {
		failed = failed || g.Status == taxonomy.Fail
		if g.Message == "" || g.Numbers == nil || g.Alerts == nil {
			t.Errorf("incomplete: %+v", g)
		}
	}
	if got.Passed == failed {
		t.Errorf("passed is %v with %+v", got.Passed, got.Gates)
	}
	for _, g := range got.Gates {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("no gate %s", name)
	return report.Gate{}
}

func TestRunbookGate(t *testing.T) {
	for _, c := range []struct {
		complete, active int
		minimum          float64
		want             string
	}{
		{9, 10, 90, "pass"}, {89, 100, 90, "fail"}, {89999, 100000, 90, "fail"}, {90000, 100000, 90, "pass"}, {0, 0, 90, "pass"},
		{0, 10, 0, "pass"}, {10, 10, 100, "pass"}, {9, 10, 90.01, "fail"}, {10, 10, 100.5, "fail"},
	} {
		in := taxonomy.GateInput{Thresholds: taxonomy.Thresholds{RunbookMinPercent: c.minimum}}
		in.Metrics.RunbooksComplete, in.Metrics.ActiveAlerts = c.complete, c.active
		if c.active > 0 {
			in.Metrics.RunbookCompletenessPercent = report.Percent(100 * float64(c.complete) / float64(c.active))
		}
		if g := gate(t, in, "runbook-completeness"); g.Status != c.want {
			t.Errorf("%d of %d, at least %v: %s, %s", c.complete, c.active, c.minimum, g.Status, g.Message)
		}
	}
}

func TestTrendGates(t *testing.T) {
	for _, c := range []struct {
		now   int
		past  []report.TaxonomySnapshot
		limit int
		want  string
	}{
		{100, nil, 5, "not-enough-history"}, {6, past(1), 5, "pass"}, {7, past(1), 5, "fail"}, {0, past(50), 5, "pass"},
		{7, past(1, 2), 5, "pass"}, {1, past(1), 0, "pass"}, {2, past(1), 0, "fail"},
	} {
		in := taxonomy.GateInput{Past: c.past, Thresholds: taxonomy.Thresholds{MaxChurnDelta: c.limit, MaxRiskChurnDelta: c.limit, SpikeThreshold: 1e9}}
		in.Metrics.Churn30d, in.Metrics.RiskChurn30d = c.now, c.now
		for _, name := range []string{"churn-regression", "risk-churn-regression"} {
			if g := gate(t, in, name); g.Status != c.want {
				t.Errorf("%s: %d after %v with limit %d: %s, %s", name, c.now, c.past, c.limit, g.Status, g.Message)
			}
		}
	}
}

func TestSpikeGate(t *testing.T) {
	for _, c := range []struct {
		risk, churn int
		past        []report.TaxonomySnapshot
		times       float64
		fail        bool
		want        string
	}{
		{10, 9, nil, 2, false, "not-enough-history"},
		{1, 1, past(0), 2, false, "pass"},  // 0 -> 1 is no spike
		{10, 2, past(0), 2, false, "pass"}, // two alerts are below the floor
		{10, 3, past(0), 2, false, "warn"}, // three are not
		{10, 3, past(0), 2, true, "fail"},  //
		{10, 3, past(5), 2, false, "warn"}, // exactly twice
		{9, 3, past(5), 2, false, "pass"},  // less than twice
		{10, 3, past(5), 2.1, true, "pass"},
		{0, 3, past(0), 2, true, "pass"}, // nothing is no multiple of nothing
		{10, 3, past(10), 1, true, "pass"},
	} {
		in := taxonomy.GateInput{Past: c.past, Thresholds: taxonomy.Thresholds{SpikeThreshold: c.times, SpikeFail: c.fail, MaxChurnDelta: 99, MaxRiskChurnDelta: 99}}
		in.Metrics.RiskChurn30d, in.Metrics.Churn30d = c.risk, c.churn
		if g := gate(t, in, "risk-churn-spike"); g.Status != c.want {
			t.Errorf("%d (%d alerts) after %v, %v times, fail %v: %s, %s", c.risk, c.churn, c.past, c.times, c.fail, g.Status, g.Message)
		}
	}
}

func TestOutlierGate(t *testing.T) {
	for _, c := range []struct {
		risk int
		past []report.TaxonomySnapshot
		bulk string
		want string
	}{
		{99, past(1, 1, 1, 1, 1, 1, 1), "", "not-enough-history"},
		{4, past(1, 1, 1, 1, 1, 1, 1, 1), "", "pass"}, // the floor: three alerts more are nothing
		{5, past(1, 1, 1, 1, 1, 1, 1, 1), "", "warn"},
		{5, past(1, 1, 1, 1, 1, 1, 1, 1), "import", "warn"},
		{30, past(10, 20, 10, 20, 10, 20, 10, 20), "", "pass"}, // median 15, spread 7.4
		{42, past(10, 20, 10, 20, 10, 20, 10, 20), "", "warn"},
		{5, past(5, 5, 5, 5, 5, 5, 5, 1000), "", "pass"}, // one wild day moves neither median nor spread
	} {
		in := taxonomy.GateInput{Past: c.past, Thresholds: taxonomy.Thresholds{SpikeThreshold: 1e9, MaxChurnDelta: 1e6, MaxRiskChurnDelta: 1e6}}
		in.Metrics.RiskChurn30d, in.Metrics.Bulk30d = c.risk, c.bulk
		g := gate(t, in, "risk-churn-outlier")
		if g.Status != c.want || c.bulk != "" && !strings.Contains(g.Message, "bulk edit: import") {
			t.Errorf("%d after %d days: %s, %s", c.risk, len(c.past), g.Status, g.Message)
		}
	}
}

func TestDeprecationGate(t *testing.T) {
	file := func(since string) *taxonomy.File {
		return parse(t, "t.json", []byte(`[{"alert": "A", "deprecated": true, "deprecated_since": "`+since+`"}, {"alert": "B", "deprecated": true}, {"alert": "C"}]`))
	}
	for _, c := range []struct {
		since  string
		limit  int
		strict bool
		want   string
	}{
		{"2020-01-01", 0, true, "off"}, {"2025-08-18T12:00:00Z", 30, true, "pass"}, {"2025-08-17T12:00:00Z", 30, true, "fail"},
		{"2025-08-17T12:00:00Z", 30, false, "warn"}, {"2025-08-17T12:00:01Z", 30, true, "pass"}, {"2026-01-01", 30, true, "pass"}, {"never", 30, true, "pass"},
	} {
		in := taxonomy.GateInput{File: file(c.since), Thresholds: taxonomy.Thresholds{DeprecationMaxDays: c.limit, DeprecationStrict: c.strict}}
		g := gate(t, in, "deprecation-age")
		if g.Status != c.want || c.want == "fail" && fmt.Sprint(g.Alerts) != "[A]" {
			t.Errorf("since %s, %d days, strict %v: %+v", c.since, c.limit, c.strict, g)
		}
	}
}

func TestSLAGate(t *testing.T) {
	for _, c := range []struct {
		policy, overdue int
		want            string
	}{{0, 5, "off"}, {10, 0, "pass"}, {10, 1, "fail"}} {
		in := taxonomy.GateInput{}
		in.Metrics.RunbookSLA = report.RunbookSLA{PolicyDays: c.policy, Overdue: c.overdue}
		if g := gate(t, in, "runbook-sla"); g.Status != c.want {
			t.Errorf("%+v: %+v", c, g)
		}
	}
}

func TestSnapshots(t *testing.T) {
	metrics := func(day, total int) report.TaxonomyMetrics {
		return report.TaxonomyMetrics{GeneratedAt: report.At(noon.AddDate(0, 0, day)), TotalAlerts: total}
	}
	show := func(h report.TaxonomyHistory) string {
		var out []string
		for _, s := range h.History {
			out = append(out, fmt.Sprintf("%s:%d", s.SnapshotDate[5:], s.TotalAlerts))
		}
		return strings.Join(out, " ")
	}
	var h report.TaxonomyHistory
	for _, step := range []struct {
		day, total int
		replace    bool
		want       string
	}{
		{0, 1, false, "09-17:1"}, {0, 2, false, "09-17:1"}, {0, 3, true, "09-17:3"}, {1, 4, false, "09-17:3 09-18:4"},
		{-1, 5, false, "09-16:5 09-17:3 09-18:4"}, {2, 6, false, "09-17:3 09-18:4 09-19:6"},
	} {
		var s report.TaxonomySnapshot
		h, s = taxonomy.AddSnapshot(h, metrics(step.day, step.total), step.replace, 3)
		if got := show(h); got != step.want || s.SnapshotDate != noon.AddDate(0, 0, step.day).Format(time.DateOnly) {
			t.Errorf("after %+v: %s, want %s (%s)", step, got, step.want, s.SnapshotDate)
		}
	}
	if got := taxonomy.Before(h, noon.AddDate(0, 0, 1)); len(got) != 1 || got[0].TotalAlerts != 3 {
		t.Errorf("before the 18th: %+v", got)
	}
}
