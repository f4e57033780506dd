package taxonomy

import (
	"regexp"
	"strconv"
	"time"
)

// durationUnits are those of Prometheus: a year has 365 days.
var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

var (
	durationWord = regexp.MustCompile(`\b(?:[0-9]+(?:ms|[smhdwy]))+\b`)
	durationPart = regexp.MustCompile(`([0-9]+)(ms|[smhdwy])`)
)

// duration reads a duration as Prometheus writes it ("1h30m", "0"); false where the text is none.
func duration(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	if durationWord.FindString(s) != s || s == "" {
		return 0, false
	}
	var total time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		n, err := strconv.ParseInt(part[1], 10, 32)
		if err != nil {
			return 0, false
		}
		total += time.Duration(n) * durationUnits[part[2]]
	}
	return total, true
}

// durations are all durations that a text names: "5m/1h" names two.
func durations(s string) []time.Duration {
	var out []time.Duration
	if d, ok := duration(s); ok { // "0" has no unit
		return append(out, d)
	}
	for _, word := range durationWord.FindAllString(s, -1) {
		if d, ok := duration(word); ok {
			out = append(out, d)
		}
	}
	return out
}

// sameDuration compares two texts as durations, so that 1h is 60m; texts that are none compare as they stand.
func sameDuration(a, b string) bool {
	if a == b {
		return true
	}
	da, okA := duration(a)
	db, okB := duration(b)
	return okA && okB && da == db
}
