package benchtrend

import (
	"math"
	"slices"
)

// Median and median absolute deviation, which single wild runs do not move.
const madScale = 1.4826 // makes the median absolute deviation comparable with a standard deviation

// How many deviations from the baseline are noise. For single values it is the limit of the robust z-score of Iglewicz and Hoaglin (1993), as
// in the stability of a contract. Samples have to pass the Mann-Whitney test as well, and then this limit keeps the false alarms of
// streams without a change below those of single values (TestFalseAlarms).
const (
	zValue   = 3.5
	zSamples = 2.5
)

// medianError is the standard error of a median of n values over that of their mean, sqrt(pi/2).
const medianError = 1.2533141373155

// median is the middle of values. There is at least one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// quantile interpolates between the two values beside a rank, as the original's percentiles do.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(at-float64(low))
}

// spread is the median absolute deviation, scaled as a standard deviation.
func spread(values []float64) float64 {
	middle := median(values)
	away := make([]float64, len(values))
	for i, v := range values {
		away[i] = math.Abs(v - middle)
	}
	return madScale * median(away)
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
