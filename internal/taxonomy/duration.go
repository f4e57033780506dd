package taxonomy

import (
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/late"
)

// durationUnits are those of Prometheus: a year has 365 days.
var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

var durationWord = late.Pattern(`\b(?:[0-9]+(?:ms|[smhdwy]))+\b`)

// duration reads a duration as Prometheus writes it ("1h30m", "0"); false where the text is none.
func duration(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	var total time.Duration
	for rest := s; rest != ""; {
		unit := strings.TrimLeft(rest, "0123456789")
		end := 1
		if strings.HasPrefix(unit, "ms") {
			end = 2
		}
		if unit == "" || unit == rest {
			return 0, false
		}
		n, err := strconv.ParseInt(rest[:len(rest)-len(unit)], 10, 32)
		length, known := durationUnits[unit[:end]]
		if err != nil || !known {
			return 0, false
		}
		total += time.Duration(n) * length
		rest = unit[end:]
	}
	return total, s != ""
}

// durations are all durations that a text names: "5m/1h" names two.
func durations(s string) []time.Duration {
	var out []time.Duration
	if d, ok := duration(s); ok { // "0" has no unit
		return append(out, d)
	}
	for _, word := range durationWord().FindAllString(s, -1) {
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
