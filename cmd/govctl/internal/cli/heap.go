package cli

import (
	"math"
	"runtime"
	"runtime/debug"
)

// roomAtStart is the growth, in percent, before the first garbage collection: 32 MiB, which most commands never fill. The
// usual 4 MiB are filled by what the libraries prepare. limitAtStart, in bytes, is where it ends at the latest.
const (
	roomAtStart  = 800
	limitAtStart = 64 << 20
)

// firstRoom lets the heap grow to the size of a small run before anything is collected, and from then on as usual. Who sets
// GOGC or GOMEMLIMIT is obeyed.
func firstRoom(getenv func(string) string) {
	if getenv("GOGC")+getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(roomAtStart)
	debug.SetMemoryLimit(limitAtStart)
	probe := &struct{ p *int }{}
	runtime.AddCleanup(probe, func(int) {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
	}, 0)
}
