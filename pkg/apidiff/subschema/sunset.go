package subschema

import (
	"slices"
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

// sunsetPassed reports whether one of the nodes of a use says that it may go by now.
func (e *Comparer) sunsetPassed(u Use) bool {
	return slices.ContainsFunc(u.Carriers(), func(n contract.Node) bool { return SunsetPassed(n, e.Now) })
}
