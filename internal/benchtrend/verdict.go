package benchtrend

import "math"

// Options are the settings of the configuration and of the flags.
type Options struct {
	Window     int     // earlier runs that a run is compared with, at least 8
	MinEffect  float64 // smallest relative shift that counts
	Alpha      float64 // of the Mann-Whitney test
	Confirm    int     // consecutive shifted runs before a regression is an error
	Rolling    int     // runs in the rolling mean
	MinSpeedup float64 // of benchmarks with the unit x; 0: no floor
	Higher     []string
}

// MaxWindow bounds the window, in runs.
const MaxWindow = 1_000

// The verdicts.
const (
	OK          = "ok"
	Regressed   = "regressed"
	Unconfirmed = "regressed-unconfirmed"
	Improved    = "improved"
	NotKnownYet = "not-known-yet"
	Missing     = "missing" // not in the last run
)

// What a verdict needs.
const (
	leastSamples = 6 // on each side, for the Mann-Whitney test
	leastRuns    = 8 // earlier runs of single values: fewer say nothing about what is usual
)

// point is one series in one run.
type point struct {
	run     int // its index
	samples []float64
	median  float64
}

// assessment is the verdict about the last of some points, with what it rests on.
type assessment struct {
	verdict  string
	baseline float64  // median of the runs before
	change   *float64 // relative; nil where it is not known or the baseline is 0
	p        *float64 // nil for single values
	floor    *float64 // noise floor; nil where it is not known
	runs     int      // earlier runs that were compared with
	streak   int      // latest consecutive runs with a shift
}

// evaluate compares the last points with those before them. With enough samples in the last run the samples are compared, otherwise the
// medians of the runs.
func (o *Options) evaluate(points []point, better Better) assessment {
	last := points[len(points)-1]
	if len(last.samples) >= leastSamples {
		if sampled := withSamples(points); len(sampled) > 1 {
			return o.compare(sampled, better, 1, o.shiftOfSamples)
		}
	}
	return o.compare(points, better, leastRuns, o.shiftOfValue)
}

func withSamples(points []point) (out []point) {
	for _, p := range points {
		if len(p.samples) >= leastSamples {
			out = append(out, p)
		}
	}
	return out
}

// shift is how far a point is from a baseline: worse is positive, infinite where the baseline is 0.
type shift struct {
	worse float64
	floor float64
	p     *float64
	alpha float64
}

// counts reports a shift that is significant, and larger than noise and the smallest effect.
func (s *shift) counts(minEffect float64) bool {
	return math.Abs(s.worse) >= max(minEffect, s.floor) && s.worse != 0 && (s.p == nil || *s.p < s.alpha)
}

// compare is the verdict on the last point. The last Confirm points are each compared with the window before all of them, so that a shift
// is not a part of what it is compared with.
func (o *Options) compare(points []point, better Better, least int, measure func(window []point, p point, better Better) shift) assessment {
	if len(points) <= least {
		return assessment{verdict: NotKnownYet, runs: len(points) - 1}
	}
	pending := max(min(o.Confirm, len(points)-least), 1)
	window := points[:len(points)-pending]
	window = window[max(0, len(window)-o.Window):]
	j := assessment{runs: len(window), baseline: median(medians(window))}
	direction := 0.0
	for i := len(points) - 1; i >= len(points)-pending; i-- {
		s := measure(window, points[i], better)
		if i == len(points)-1 {
			j.enter(s, points[i].median)
			direction = s.worse
		}
		if !s.counts(o.MinEffect) || (s.worse > 0) != (direction > 0) {
			break
		}
		j.streak++
	}
	j.verdict = o.verdict(j.streak, direction > 0)
	return j
}

func (o *Options) verdict(streak int, worse bool) string {
	switch {
	case streak == 0, !worse && streak < o.Confirm:
		return OK
	case !worse:
		return Improved
	case streak < o.Confirm:
		return Unconfirmed
	}
	return Regressed
}

// enter keeps the figures of the last run.
func (j *assessment) enter(s shift, value float64) {
	j.p = s.p
	if !math.IsInf(s.floor, 0) {
		j.floor = &s.floor
	}
	if change := relative(value, j.baseline); !math.IsInf(change, 0) {
		j.change = &change
	}
}

func (o *Options) shiftOfValue(window []point, p point, better Better) shift {
	values := medians(window)
	return newShift(p.median, median(values), zValue*spread(values), better)
}

func (o *Options) shiftOfSamples(window []point, p point, better Better) shift {
	values := medians(window)
	noise := zSamples * spread(values)
	if len(window) < leastRuns {
		noise = zSamples * standardError(window, p)
	}
	s := newShift(p.median, median(values), noise, better)
	var pooled []float64
	for _, w := range window {
		pooled = append(pooled, w.samples...)
	}
	probability := mannWhitney(p.samples, pooled)
	s.p, s.alpha = &probability, o.Alpha
	return s
}

// newShift is the shift of a value from a baseline with a noise floor in the same unit. Where the baseline is 0 each value beyond the
// noise is an infinite shift.
func newShift(value, base, noise float64, better Better) shift {
	s := shift{worse: worse(relative(value, base), better), floor: math.Abs(relative(base+noise, base))}
	if base == 0 && math.Abs(value) <= noise {
		s.worse = 0
	}
	return s
}

// standardError is that of the difference of two medians, from the samples of few runs around the median of each. It does not know how much
// runs differ, which only more of them show.
func standardError(window []point, p point) float64 {
	var around []float64
	n := 0
	for _, w := range append(window[:len(window):len(window)], p) {
		for _, v := range w.samples {
			around = append(around, v-w.median)
		}
	}
	for _, w := range window {
		n += len(w.samples)
	}
	return spread(around) * medianError * math.Sqrt(1/float64(n)+1/float64(len(p.samples)))
}

// relative is the change from base to value; infinite where base is 0 and value is not.
func relative(value, base float64) float64 {
	if value == base {
		return 0
	}
	return (value - base) / math.Abs(base)
}

// worse turns a change so that it is positive for the worse.
func worse(change float64, better Better) float64 {
	if better == Higher {
		return -change
	}
	return change
}

func medians(points []point) []float64 {
	out := make([]float64, len(points))
	for i, p := range points {
		out[i] = p.median
	}
	return out
}
