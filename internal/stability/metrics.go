package stability

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// SchemaVersion is the schema_version of stability-metrics.json.
const SchemaVersion = 1

// The anomaly rule: the last score is compared with the window's earlier full runs by the robust z-score of Iglewicz and
// Hoaglin, (score - median) / (1.4826 * MAD), which flags below -3.5. A contract that never breaks has MAD 0, and then one
// removal would be an infinite drop; the floor of 5 points, the price of one removal, asks for a drop of 17.5.
const (
	anomalyRuns  = 8 // fewer earlier runs say nothing about what is usual
	anomalyLimit = -3.5
	madScale     = 1.4826 // makes MAD comparable with a standard deviation
	madFloor     = 5.0
)

// z95 is the two-sided 95 % quantile of the normal distribution.
const z95 = 1.959963984540054

// overall are the figures over the whole history.
type overall struct {
	total, stable, breaking, placeholders int
	current, longest, streak              int // stable streaks; the latest placeholder streak
}

func (l *ledger) overall() overall {
	o := l.base
	for _, s := range l.runs {
		if s == superseded {
			continue
		}
		o.total++
		switch s {
		case isStable:
			o.stable++
			o.current++
			o.longest = max(o.longest, o.current)
			o.streak = 0
		case isBreaking:
			o.breaking++
			o.current, o.streak = 0, 0
		case isPlaceholder:
			o.placeholders++
			o.current = 0
			o.streak++
		}
	}
	return o
}

// result computes all figures. They are about the last run of the history.
func (l *ledger) result(c Config) (Result, error) {
	r := Result{Skipped: l.skipped, SkippedTotal: l.total, Lines: l.lines(), Past: l.past()}
	window, err := l.last()
	if err != nil {
		return r, err
	}
	if len(window) == 0 {
		return r, ErrNoRuns
	}
	r.Last = window[len(window)-1]
	o := l.overall()
	r.Streak = o.streak
	r.MaxExceeded = c.PlaceholderMaxRuns > 0 && o.streak > c.PlaceholderMaxRuns
	r.StreakAlert = c.PlaceholderAlertThreshold > 0 && o.streak >= c.PlaceholderAlertThreshold
	if r.Last.Placeholder {
		r.Placeholder = &report.PlaceholderMetrics{
			SchemaVersion: SchemaVersion, WindowStabilityRatio: 1, Placeholder: true,
			Extensions: report.PlaceholderExtensions{PlaceholderStreak: o.streak, Reason: c.Reason, GeneratedAt: c.Now},
		}
		return r, nil
	}
	r.Metrics = l.metrics(&r.Last, window, o, c)
	r.BelowAlert = float64(r.Metrics.WindowStabilityRatio) < c.AlertThreshold
	return r, nil
}

func (l *ledger) metrics(last *report.HistoryLine, window []report.HistoryLine, o overall, c Config) *report.Stability {
	stable, breaking := 0, 0
	for i := range window {
		if steady(&window[i]) {
			stable++
		} else if !window[i].Placeholder {
			breaking++
		}
	}
	m := &report.Stability{
		SchemaVersion: SchemaVersion, Timestamp: last.Timestamp, SHA: last.SHA,
		Breaking: last.Breaking, Incompatible: last.Incompatible, DeletedOrRemoved: last.DeletedOrRemoved,
		WindowSize: c.Window, WindowTotalCount: len(window), WindowStableCount: stable,
		WindowStabilityRatio: share(stable, len(window)),
		CurrentStableStreak:  o.current, LongestStableStreak: o.longest,
		OverallStabilityRatio: share(o.stable, o.total), WindowMeanScore: mean(window),
	}
	if last.Score != nil {
		m.Score = *last.Score
	}
	low, high := Wilson(stable, len(window))
	m.Extensions = report.StabilityExtensions{
		PlaceholderStreak: o.streak, TotalRuns: o.total, BreakingRuns: o.breaking, StableRuns: o.stable, PlaceholderRuns: o.placeholders,
		StabilityRatio: m.OverallStabilityRatio, WindowBreakingRuns: breaking, WilsonLow: low, WilsonHigh: high,
		Budget:        budget(window, c.AlertThreshold),
		HistorySHA256: hex.EncodeToString(l.digest.Sum(nil)), HistoryLines: l.lines(),
		SkippedLines: l.skipped, SkippedTotal: l.total, Counts: sum(window), GeneratedAt: c.Now,
	}
	m.Extensions.AnomalyReason = anomaly(window)
	m.Extensions.Anomaly = m.Extensions.AnomalyReason != ""
	return m
}

func steady(h *report.HistoryLine) bool { return !h.Breaking && !h.Placeholder }

func share(part, whole int) report.Ratio {
	if whole == 0 {
		return 0
	}
	return report.Ratio(float64(part) / float64(whole))
}

// mean is the mean score of the runs that have one.
func mean(window []report.HistoryLine) report.Percent {
	total, n := 0.0, 0
	for i := range window {
		if s := window[i].Score; s != nil {
			total += float64(*s)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return report.Percent(total / float64(n))
}

// sum adds up the changes by category over the window.
func sum(window []report.HistoryLine) map[string]int {
	all := map[string]int{}
	for i := range window {
		for name, n := range window[i].Counts {
			all[name] += n
		}
	}
	return all
}

// Wilson returns the 95 % score interval of a share of n, as in E. B. Wilson, JASA 22 (1927). For n = 0 it is everything.
func Wilson(successes, n int) (low, high report.Ratio) {
	if n == 0 {
		return 0, 1
	}
	total, p, z2 := float64(n), float64(successes)/float64(n), z95*z95
	center := (p + z2/(2*total)) / (1 + z2/total)
	half := z95 / (1 + z2/total) * math.Sqrt(p*(1-p)/total+z2/(4*total*total))
	return report.Ratio(max(0, center-half)), report.Ratio(min(1, center+half))
}

// budget returns how many breaking runs the threshold leaves room for in the window, and how fast they come. Placeholders spend
// nothing: what they say is about the measuring and has a limit of its own. Without any, Left is negative exactly when the window's
// ratio is below the threshold.
func budget(window []report.HistoryLine, threshold float64) report.Budget {
	n, used, recent := len(window), 0, 0
	third := (n + 2) / 3
	for i := range window {
		if steady(&window[i]) || window[i].Placeholder {
			continue
		}
		used++
		if i >= n-third {
			recent++
		}
	}
	allowed := min(n, int((1-threshold)*float64(n))+1)
	for allowed > 0 && float64(share(n-allowed, n)) < threshold { // at most two steps: the product above may be off by one
		allowed--
	}
	b := report.Budget{AllowedBreakingRuns: allowed, Used: used, Left: allowed - used}
	if used > 0 {
		b.BurnRate = math.Round(float64(share(recent, third)/share(used, n))*1e4) / 1e4
	}
	return b
}

// anomaly says why the last score is a sudden drop, or nothing.
func anomaly(window []report.HistoryLine) string {
	last := window[len(window)-1].Score
	if last == nil {
		return ""
	}
	var earlier []float64
	for _, h := range window[:len(window)-1] {
		if h.Score != nil {
			earlier = append(earlier, float64(*h.Score))
		}
	}
	if len(earlier) < anomalyRuns {
		return ""
	}
	middle := median(earlier)
	for i, s := range earlier {
		earlier[i] = math.Abs(s - middle)
	}
	z := (float64(*last) - middle) / max(madScale*median(earlier), madFloor)
	if z > anomalyLimit {
		return ""
	}
	return fmt.Sprintf("score %s is %s points below the median %s of the %d full runs before it in the window (robust z-score %.1f, limit %.1f)",
		number2(float64(*last)), number2(middle-float64(*last)), number2(middle), len(earlier), z, anomalyLimit)
}

// median sorts values and returns their middle.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return (values[n/2-1] + values[n/2]) / 2
}

// number2 writes a score with as many decimals as it needs, at most two.
func number2(v float64) string { return fmt.Sprint(report.Percent(v).Rounded()) }
