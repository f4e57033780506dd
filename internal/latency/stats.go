package latency

import (
	"math"
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// Limits are the upper ends of the classes good and warn, in milliseconds.
type Limits struct{ GoodMS, WarnMS float64 }

// The classes of samples, by the value of the gauge.
var classes = []string{good, warn, high, notAvailable}

const (
	good         = "good"
	warn         = "warn"
	high         = "high"
	notAvailable = "na"
)

func (l Limits) class(s *report.LatencySample) string {
	switch {
	case !s.OK:
		return notAvailable
	case s.MS <= l.GoodMS:
		return good
	case s.MS <= l.WarnMS:
		return warn
	}
	return high
}

// Stats are the figures over samples in the order in which they were taken.
func Stats(samples []report.LatencySample) report.LatencyStats {
	s := report.LatencyStats{Attempts: len(samples), LatestClass: notAvailable}
	var sorted []float64
	for _, one := range samples {
		s.LatestClass = one.Class
		if one.OK {
			s.LatestMS = new(float64)
			*s.LatestMS = one.MS
			sorted = append(sorted, one.MS)
		}
	}
	s.OK = len(sorted)
	if s.Attempts > 0 {
		s.FailureRatePct = float64(s.Attempts-s.OK) / float64(s.Attempts) * 100
	}
	slices.Sort(sorted)
	s.MinMS, s.MaxMS = rank(sorted, 0), rank(sorted, 1)
	s.P50MS, s.P90MS, s.P99MS = rank(sorted, 0.5), rank(sorted, 0.9), rank(sorted, 0.99)
	return s
}

// rank is the quantile of sorted values by the nearest rank: a value that was measured. It is nil without values.
func rank(sorted []float64, q float64) *float64 {
	if len(sorted) == 0 {
		return nil
	}
	n := int(math.Ceil(q*float64(len(sorted)) - 1e-9)) // 0.9 of 10 is a little more than 9
	v := sorted[max(n, 1)-1]
	return &v
}
