// Package lifecycle reads what a contract promises: how stable a thing is, and until when it stays.
package lifecycle

import (
	"strings"
	"time"

	"github.com/romel/govctl/pkg/contract"
)

// Sunset is the announced date of a removal; false when there is none that can be read.
func Sunset(n contract.Node) (time.Time, bool) {
	text := n.Get("x-sunset").Text()
	for _, layout := range []string{time.RFC3339, time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// SunsetPassed reports whether a deprecated thing may go by now.
func SunsetPassed(n contract.Node, now time.Time) bool {
	date, ok := Sunset(n)
	return ok && n.Get("deprecated").Bool() && !now.IsZero() && !now.Before(date)
}

// StabilityKey is the extension that says how much an operation, a parameter or a property promises.
const StabilityKey = "x-stability-level"

// StabilityRanks order the values of x-stability-level.
var StabilityRanks = map[string]int{"draft": 1, "alpha": 2, "experimental": 2, "beta": 3, "stable": 4}

// Stability is the level of an operation, a parameter or a schema; one that says nothing is stable.
func Stability(n contract.Node) string {
	if v := strings.ToLower(n.Get(StabilityKey).Text()); v != "" {
		return v
	}
	return "stable"
}

// Unstable reports whether breaking it is no promise broken.
func Unstable(n contract.Node) bool {
	r, known := StabilityRanks[Stability(n)]
	return known && r <= 2
}
