package taxonomy

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"time"

	counts "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// The states of a gate.
const (
	Pass             = "pass"
	Warn             = "warn"
	Fail             = "fail"
	NotEnoughHistory = "not-enough-history"
	Off              = "off"
)

// Thresholds are the limits of the gates; DefaultThresholds has the values of the original system.
type Thresholds struct {
	RunbookMinPercent  float64 // RUNBOOK_MIN_PERCENT
	MaxChurnDelta      int     // MAX_CHURN_DELTA
	MaxRiskChurnDelta  int     // MAX_RISK_CHURN_DELTA
	SpikeThreshold     float64 // RISK_CHURN_SPIKE_THRESHOLD: risk churn against the previous snapshot, at least this many times
	SpikeFail          bool    // RISK_CHURN_SPIKE_FAIL
	DeprecationMaxDays int     // TAXONOMY_DEPRECATION_MAX_DAYS; 0: off
	DeprecationStrict  bool    // TAXONOMY_DEPRECATION_STRICT
}

// DefaultThresholds are the limits where nobody sets others.
func DefaultThresholds() Thresholds {
	return Thresholds{RunbookMinPercent: 90, MaxChurnDelta: 5, MaxRiskChurnDelta: 10, SpikeThreshold: 2}
}

const (
	spikeFloor   = 3   // alerts that must have moved before a multiple counts as a spike: 0 -> 1 is none
	scoreMinimum = 8   // snapshots that a median needs to say something
	scoreLimit   = 3.5 // robust z-score from which on a value is an outlier (Iglewicz and Hoaglin, 1993)
	scoreScale   = 1.4826
	scoreFloor   = 1.0 // one alert: the least spread that is assumed, where most days are alike
)

// GateInput is what the gates evaluate. Past are the snapshots of earlier days, oldest first.
type GateInput struct {
	File       *File
	Metrics    report.TaxonomyMetrics
	Past       []report.TaxonomySnapshot
	Thresholds Thresholds
	Now        time.Time
}

// gates is the table of gates, in the order in which they are shown.
var gates = []struct {
	name     string
	evaluate func(*GateInput, *report.Gate)
}{
	{"runbook-completeness", (*GateInput).runbooks},
	{"churn-regression", (*GateInput).churn},
	{"risk-churn-regression", (*GateInput).riskChurn},
	{"risk-churn-spike", (*GateInput).spike},
	{"risk-churn-outlier", (*GateInput).outlier},
	{"deprecation-age", (*GateInput).deprecations},
	{"runbook-sla", (*GateInput).sla},
}

// Evaluate runs every gate. A gate that cannot tell says so instead of passing.
func Evaluate(in GateInput) report.TaxonomyGates {
	out := report.TaxonomyGates{Schema: "govctl/taxonomy-gates/v1", GeneratedAt: report.At(in.Now), Passed: true}
	for _, row := range gates {
		g := report.Gate{Name: row.name, Status: Pass, Numbers: map[string]float64{}, Alerts: []string{}}
		row.evaluate(&in, &g)
		out.Passed = out.Passed && g.Status != Fail
		out.Gates = append(out.Gates, g)
	}
	return out
}

func number(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func (in *GateInput) runbooks(g *report.Gate) {
	m := &in.Metrics
	percent, limit := float64(m.RunbookCompletenessPercent), in.Thresholds.RunbookMinPercent
	g.Numbers["percent"], g.Numbers["minimum"] = percent, limit
	g.Numbers["complete"], g.Numbers["active"] = float64(m.RunbooksComplete), float64(m.ActiveAlerts)
	g.Message = fmt.Sprintf("%d of %d active alerts have a runbook, %s %%; at least %s %% are asked for",
		m.RunbooksComplete, m.ActiveAlerts, number(percent), number(limit))
	// Whole numbers decide: 89.999 is below 90 however it is rounded.
	if m.ActiveAlerts > 0 && float64(100*m.RunbooksComplete) < limit*float64(m.ActiveAlerts) || m.ActiveAlerts == 0 && limit > 100 {
		g.Status = Fail
	}
	for _, open := range m.RunbookSLA.Open {
		g.Alerts = append(g.Alerts, open.Name)
	}
	sort.Strings(g.Alerts)
}

// previous is the snapshot that a trend is compared with; nil where there is none, which the gate then says.
func (in *GateInput) previous(g *report.Gate) *report.TaxonomySnapshot {
	if len(in.Past) == 0 {
		g.Status = NotEnoughHistory
		g.Message = "there is no snapshot of an earlier day to compare with"
		return nil
	}
	return &in.Past[len(in.Past)-1]
}

func (in *GateInput) churn(g *report.Gate) {
	if p := in.previous(g); p != nil {
		trend(g, "churn", in.Metrics.Churn30d, p.Churn30d, in.Thresholds.MaxChurnDelta, p.SnapshotDate)
	}
}

func (in *GateInput) riskChurn(g *report.Gate) {
	if p := in.previous(g); p != nil {
		trend(g, "risk churn", in.Metrics.RiskChurn30d, p.RiskChurn30d, in.Thresholds.MaxRiskChurnDelta, p.SnapshotDate)
	}
}

func trend(g *report.Gate, what string, now, before, limit int, date string) {
	delta := now - before
	g.Numbers["current"], g.Numbers["previous"], g.Numbers["delta"], g.Numbers["limit"] = float64(now), float64(before), float64(delta), float64(limit)
	g.Message = fmt.Sprintf("%s went from %d (%s) to %d: %+d, at most %+d is allowed", what, before, date, now, delta, limit)
	if delta > limit {
		g.Status = Fail
	}
}

func (in *GateInput) spike(g *report.Gate) {
	p := in.previous(g)
	if p == nil {
		return
	}
	now, before, times := in.Metrics.RiskChurn30d, p.RiskChurn30d, in.Thresholds.SpikeThreshold
	g.Numbers["current"], g.Numbers["previous"], g.Numbers["threshold"] = float64(now), float64(before), times
	g.Numbers["churn"], g.Numbers["floor"] = float64(in.Metrics.Churn30d), spikeFloor
	g.Message = fmt.Sprintf("risk churn went from %d (%s) to %d; a spike is %s times as much, with at least %d alerts moved (%d did)",
		before, p.SnapshotDate, now, number(times), spikeFloor, in.Metrics.Churn30d)
	if now > before && float64(now) >= times*float64(before) && in.Metrics.Churn30d >= spikeFloor {
		g.Status = Warn
		if in.Thresholds.SpikeFail {
			g.Status = Fail
		}
		if in.Metrics.Bulk30d != "" {
			g.Message += "; it is a bulk edit: " + in.Metrics.Bulk30d
		}
	}
}

// outlier compares the risk churn with its own past by median and median absolute deviation, which a few wild days do not move.
func (in *GateInput) outlier(g *report.Gate) {
	if len(in.Past) < scoreMinimum {
		g.Status = NotEnoughHistory
		g.Message = fmt.Sprintf("%s of earlier days, a median needs %d", counts.Of(len(in.Past), "snapshot"), scoreMinimum)
		return
	}
	values := make([]float64, len(in.Past))
	for i := range in.Past {
		values[i] = float64(in.Past[i].RiskChurn30d)
	}
	middle := median(values)
	for i := range values {
		values[i] = math.Abs(values[i] - middle)
	}
	spread := max(scoreScale*median(values), scoreFloor)
	score := (float64(in.Metrics.RiskChurn30d) - middle) / spread
	g.Numbers["current"], g.Numbers["median"], g.Numbers["spread"] = float64(in.Metrics.RiskChurn30d), middle, math.Round(spread*100)/100
	g.Numbers["score"], g.Numbers["limit"] = math.Round(score*100)/100, scoreLimit
	g.Message = fmt.Sprintf("risk churn is %d, the median of %d days is %s: %s spreads away, an outlier is more than %s",
		in.Metrics.RiskChurn30d, len(in.Past), number(middle), number(score), number(scoreLimit))
	if score > scoreLimit {
		g.Status = Warn
		if in.Metrics.Bulk30d != "" {
			g.Message += "; it is a bulk edit: " + in.Metrics.Bulk30d
		}
	}
}

func median(values []float64) float64 {
	sorted := append([]float64{}, values...)
	sort.Float64s(sorted)
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (in *GateInput) deprecations(g *report.Gate) {
	limit := in.Thresholds.DeprecationMaxDays
	g.Numbers["limit"] = float64(limit)
	if limit <= 0 {
		g.Status = Off
		g.Message = "no limit is set (TAXONOMY_DEPRECATION_MAX_DAYS)"
		return
	}
	oldest, undated := 0, 0
	for i := range in.File.Alerts {
		a := &in.File.Alerts[i]
		if !a.Deprecated {
			continue
		}
		days, ok := a.deprecatedAge(in.Now)
		if !ok {
			undated++
			continue
		}
		oldest = max(oldest, days)
		if days > limit {
			g.Alerts = append(g.Alerts, in.File.label(a))
		}
	}
	sort.Strings(g.Alerts)
	g.Numbers["over"], g.Numbers["oldest"], g.Numbers["undated"] = float64(len(g.Alerts)), float64(oldest), float64(undated)
	g.Message = fmt.Sprintf("%s older than %s", counts.Of(len(g.Alerts), "deprecated alert"), counts.Of(limit, "day"))
	if undated > 0 {
		g.Message += fmt.Sprintf("; %d do not say since when", undated)
	}
	switch {
	case len(g.Alerts) > 0 && in.Thresholds.DeprecationStrict:
		g.Status = Fail
	case len(g.Alerts) > 0:
		g.Status = Warn
	}
}

func (in *GateInput) sla(g *report.Gate) {
	sla := &in.Metrics.RunbookSLA
	g.Numbers["limit"], g.Numbers["overdue"] = float64(sla.PolicyDays), float64(sla.Overdue)
	if sla.PolicyDays <= 0 {
		g.Status = Off
		g.Message = "no policy is set (taxonomy.runbook_sla_days)"
		return
	}
	g.Message = fmt.Sprintf("%s without a runbook for more than %s", counts.Of(sla.Overdue, "alert"), counts.Of(sla.PolicyDays, "day"))
	for _, open := range sla.Open {
		if open.Overdue {
			g.Alerts = append(g.Alerts, open.Name)
		}
	}
	if sla.Overdue > 0 {
		g.Status = Fail
	}
}
