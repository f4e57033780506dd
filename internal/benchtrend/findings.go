package benchtrend

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// findings are those of the last run.
func (o *Options) findings(t *report.BenchTrend) (out []report.Finding) {
	var unknown []string
	for i := range t.Series {
		s := &t.Series[i]
		subject := report.EvidenceSubject{Name: s.Name}
		switch s.Verdict {
		case Regressed:
			out = append(out, found("bench-regressed", subject, describe(s)+fmt.Sprintf(", in %s", count.Of(s.Streak, "consecutive run")), s.Unit))
		case Unconfirmed:
			out = append(out, found("bench-regressed-unconfirmed", subject, describe(s)+fmt.Sprintf(", in %d of %s", s.Streak, count.Of(o.Confirm, "run")), s.Unit))
		case Missing:
			if newUnit(t, s) == nil {
				out = append(out, found("bench-missing", subject, fmt.Sprintf("%s of %s is not in the last run; %s had it", quantity(s), s.Name, count.Of(s.Runs, "earlier run")), s.Unit))
			}
		}
		switch was := oldUnit(t, s); {
		case s.Verdict == NotKnownYet && was == nil:
			unknown = append(unknown, s.Name)
		case was != nil:
			out = append(out, found("bench-unit-changed", subject, fmt.Sprintf("%s is measured in %q, and was in %q", s.Name, s.Unit, was.Unit), s.Unit))
		}
		if s.Unit == speedupUnit && s.Verdict != Missing && s.Median < o.MinSpeedup {
			out = append(out, found("bench-below-floor", subject, fmt.Sprintf("%s is %sx, less than %sx", s.Name, figure(s.Median), figure(o.MinSpeedup)), s.Unit))
		}
	}
	return append(out, aboutRun(t, slices.Compact(unknown))...)
}

// aboutRun are the findings about the last run as a whole.
func aboutRun(t *report.BenchTrend, unknown []string) (out []report.Finding) {
	last := t.Runs[len(t.Runs)-1]
	subject := report.EvidenceSubject{Name: "all benchmarks"}
	if len(unknown) > 0 {
		message := fmt.Sprintf("%s: not known yet, too few runs", strings.Join(unknown[:min(3, len(unknown))], ", "))
		if more := len(unknown) - 3; more > 0 {
			message = fmt.Sprintf("%s and %d more: not known yet, too few runs", strings.Join(unknown[:3], ", "), more)
		}
		out = append(out, found("bench-not-known-yet", subject, message))
	}
	if len(t.Runs) > 1 {
		before := t.Runs[len(t.Runs)-2]
		if before.Machine != "" && last.Machine != "" && before.Machine != last.Machine {
			out = append(out, found("bench-machine-changed", subject, fmt.Sprintf("the last run was on %s, the one before on %s", last.Machine, before.Machine)))
		}
	}
	return out
}

// oldUnit is the series that one which is new in the last run had in another unit.
func oldUnit(t *report.BenchTrend, s *report.BenchSeries) *report.BenchSeries {
	if s.Runs != 1 || s.Verdict == Missing {
		return nil
	}
	return sameName(t, s, func(o *report.BenchSeries) bool { return o.Verdict == Missing })
}

// newUnit is the series that continues a missing one in another unit.
func newUnit(t *report.BenchTrend, s *report.BenchSeries) *report.BenchSeries {
	return sameName(t, s, func(o *report.BenchSeries) bool { return o.Runs == 1 && o.Verdict != Missing })
}

// sameName finds a series of the same name and another unit. Series are sorted by name.
func sameName(t *report.BenchTrend, s *report.BenchSeries, want func(*report.BenchSeries) bool) *report.BenchSeries {
	from := sort.Search(len(t.Series), func(i int) bool { return t.Series[i].Name >= s.Name })
	for i := from; i < len(t.Series) && t.Series[i].Name == s.Name; i++ {
		if o := &t.Series[i]; o.Unit != s.Unit && want(o) {
			return o
		}
	}
	return nil
}

// describe says how far a benchmark is from the runs before.
func describe(s *report.BenchSeries) string {
	text := fmt.Sprintf("%s of %s is %s; the median of %s is %s", quantity(s), s.Name, figure(s.Median), count.Of(s.Compared, "earlier run"), figure(*s.Baseline))
	var facts []string
	if s.Change != nil {
		facts = append(facts, percent(*s.Change))
	}
	if s.P != nil {
		facts = append(facts, "p "+probability(*s.P))
	}
	if s.NoiseFloor != nil {
		facts = append(facts, "noise floor "+strings.TrimPrefix(percent(*s.NoiseFloor), "+"))
	}
	if len(facts) == 0 {
		return text
	}
	return text + " (" + strings.Join(facts, ", ") + ")"
}

// quantity is what a series measures.
func quantity(s *report.BenchSeries) string {
	if s.Unit == "" {
		return "the value"
	}
	return s.Unit
}

// figure writes a value with four significant digits.
func figure(v float64) string {
	if a := math.Abs(v); a >= 1000 && a < 1e15 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// percent writes a relative change.
func percent(change float64) string { return fmt.Sprintf("%+.1f %%", 100*change) }

// probability writes a p-value.
func probability(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}
