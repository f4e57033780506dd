package benchtrend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// mostRows bounds the table, which also becomes a comment on a pull request.
const mostRows = 200

// order is that of verdicts in the table, and how each is written.
var order = []struct{ verdict, text string }{
	{Regressed, "**regressed**"},
	{Unconfirmed, "regressed, not confirmed"},
	{Missing, "missing"},
	{NotKnownYet, "not known yet"},
	{Improved, "improved"},
	{OK, "ok"},
}

func written(verdict string) string {
	for _, o := range order {
		if o.verdict == verdict {
			return o.text
		}
	}
	return verdict
}

// Markdown is aggregate.md: a table of all benchmarks, the worst first.
func Markdown(t *report.BenchTrend) []byte {
	var b strings.Builder
	var rows []*report.BenchSeries
	for _, o := range order {
		for i := range t.Series {
			if t.Series[i].Verdict == o.verdict {
				rows = append(rows, &t.Series[i])
			}
		}
	}
	fmt.Fprintf(&b, "# Benchmarks\n\n%s, %s.", count.Of(t.Count, "run"), count.Of(len(t.Series), "benchmark"))
	fmt.Fprintf(&b, " The last run is compared with the %s before: a shift counts from %.0f %% on, if it is above the noise floor and p is below %g.\n\n",
		count.Of(t.Window, "run"), 100*t.MinEffect, t.Alpha)
	b.WriteString("| Benchmark | Unit | Verdict | Median | Change | p | Noise floor | ")
	fmt.Fprintf(&b, "Mean of %d | p50 | p90 | p99 | Runs | Trend |\n|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n", t.RollingWindow)
	for _, s := range rows[:min(len(rows), mostRows)] {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %d | %s |\n", sanitize.Markdown(s.Name), sanitize.Markdown(s.Unit),
			written(s.Verdict), figure(s.Median), optional(s.Change, percent), optional(s.P, probability),
			optional(s.NoiseFloor, func(v float64) string { return strings.TrimPrefix(percent(v), "+") }),
			figure(s.RollingMean), figure(s.P50), figure(s.P90), figure(s.P99), s.Runs, s.Sparkline)
	}
	if more := len(rows) - mostRows; more > 0 {
		fmt.Fprintf(&b, "\n%s in aggregate.json.\n", count.Of(more, "further benchmark"))
	}
	return []byte(b.String())
}

func optional(v *float64, write func(float64) string) string {
	if v == nil {
		return ""
	}
	return write(*v)
}

// blocks are the characters of a sparkline, lowest first.
var blocks = []rune("▁▂▃▄▅▆▇█")

// sparkWidth is the most characters of a sparkline, as in the original.
const sparkWidth = 18

// sparkline draws the last values between their least and their greatest.
func sparkline(values []float64) string {
	values = values[max(0, len(values)-sparkWidth):]
	low, high := slices.Min(values), slices.Max(values)
	out := make([]rune, len(values))
	for i, v := range values {
		out[i] = blocks[0]
		if high > low {
			share := (v - low) / (high - low)
			out[i] = blocks[min(int(share*float64(len(blocks))), len(blocks)-1)]
		}
	}
	return string(out)
}
