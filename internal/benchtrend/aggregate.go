package benchtrend

import (
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Result is what the runs say.
type Result struct {
	Trend    report.BenchTrend // with samples; see WithoutSamples
	Subjects []report.EvidenceSubject
	Findings []report.Finding
	Figures  []report.Figure
}

// Aggregate compares the last of some runs, oldest first, with those before. There is at least one.
func Aggregate(runs []Run, o Options) Result {
	read := len(runs)
	runs = runs[max(0, len(runs)-o.Window-o.Confirm):]
	t := report.BenchTrend{Schema: report.BenchTrendSchema, Count: read, RollingWindow: o.Rolling, Window: o.Window, MinEffect: o.MinEffect,
		Alpha: o.Alpha, Confirm: o.Confirm, Runs: []report.BenchRun{}, Series: []report.BenchSeries{}}
	for _, r := range runs {
		t.Runs = append(t.Runs, report.BenchRun{Source: r.Name, Commit: r.Commit, Machine: r.Machine})
	}
	for _, h := range histories(runs, o.Higher) {
		t.Series = append(t.Series, o.series(h, len(runs)-1))
	}
	out := Result{Trend: t}
	for _, s := range t.Series {
		if n := len(out.Subjects); n == 0 || out.Subjects[n-1].Name != s.Name {
			out.Subjects = append(out.Subjects, report.EvidenceSubject{Name: s.Name})
		}
	}
	out.Findings = o.findings(&t)
	out.Figures = figures(&t)
	return out
}

// history is one series in all runs that have it.
type history struct {
	key
	better Better
	points []point
}

// histories are those of all series, by name and unit.
func histories(runs []Run, higher []string) []*history {
	all := map[key]*history{}
	var order []*history
	for i, r := range runs {
		for _, s := range r.Series {
			k := key{s.Name, s.Unit}
			h := all[k]
			if h == nil {
				h = &history{key: k}
				all[k] = h
				order = append(order, h)
			}
			h.better = s.Better
			h.points = append(h.points, point{run: i, samples: s.Samples, median: median(s.Samples)})
		}
	}
	for _, h := range order {
		if slices.ContainsFunc(higher, h.named) {
			h.better = Higher
		}
	}
	sorting.Stable(order, func(a, b *history) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.unit, b.unit)
	})
	return order
}

// named reports whether a unit, a name or a glob of names is that of the series.
func (h *history) named(pattern string) bool {
	matched, err := path.Match(pattern, h.name)
	return pattern == h.unit || pattern == h.name || err == nil && matched
}

// series is the aggregate of one series; last is the index of the last run.
func (o *Options) series(h *history, last int) report.BenchSeries {
	n := len(h.points)
	s := report.BenchSeries{Name: h.name, Unit: h.unit, Better: string(h.better), Runs: n, Median: h.points[n-1].median, Verdict: Missing}
	values := medians(h.points)
	var pooled []float64
	for _, p := range h.points {
		pooled = append(pooled, p.samples...)
		s.Points = append(s.Points, report.BenchPoint{Run: p.run, Median: p.median, Samples: p.samples})
	}
	slices.Sort(pooled)
	s.P50, s.P90, s.P99 = quantile(pooled, 0.5), quantile(pooled, 0.9), quantile(pooled, 0.99)
	s.RollingMean = mean(values[max(0, n-o.Rolling):])
	s.Sparkline = sparkline(values)
	if h.points[n-1].run != last {
		return s
	}
	j := o.evaluate(h.points, h.better)
	s.Verdict, s.Change, s.P, s.NoiseFloor, s.Compared, s.Streak = j.verdict, j.change, j.p, j.floor, j.runs, j.streak
	if j.verdict != NotKnownYet {
		s.Baseline = &j.baseline
	}
	return s
}

// WithoutSamples is the aggregate with the medians of the runs alone.
func WithoutSamples(t report.BenchTrend) report.BenchTrend {
	t.Series = slices.Clone(t.Series)
	for i := range t.Series {
		t.Series[i].Points = slices.Clone(t.Series[i].Points)
		for j := range t.Series[i].Points {
			t.Series[i].Points[j].Samples = nil
		}
	}
	return t
}

// mostFigures bounds the benchmarks with figures of their own, since each figure is a line of the history of every run.
const mostFigures = 100

func figures(t *report.BenchTrend) []report.Figure {
	count := map[string]float64{}
	for _, s := range t.Series {
		count[s.Verdict]++
	}
	all := []report.Figure{{Name: "bench_series", Help: "Benchmarks, each in one unit.", Value: float64(len(t.Series))}}
	for _, verdict := range []string{OK, Regressed, Unconfirmed, Improved, NotKnownYet, Missing} {
		all = append(all, report.Figure{Name: "bench_verdicts", Help: "Benchmarks by verdict.", Labels: map[string]string{"verdict": verdict}, Value: count[verdict]})
	}
	if len(t.Series) > mostFigures {
		return all
	}
	for _, s := range t.Series {
		if s.Verdict != Missing {
			all = append(all, report.Figure{Name: "bench_median", Help: "Median of the last run, in the unit of the benchmark.",
				Labels: map[string]string{"benchmark": s.Name, "unit": s.Unit}, Value: s.Median})
		}
	}
	return all
}
