package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync"
)

// roomAtStart is the growth, in percent, before the first garbage collection: 32 MiB, which most commands never fill. The
// usual 4 MiB are filled by what the libraries prepare. limitAtStart, in bytes, is where it ends at the latest.
const (
	roomAtStart  = 800
	limitAtStart = 64 << 20
)

// firstRoom lets the heap grow to the size of a small run before anything is collected, and from then on as usual, or by what the function that
// it returns is told: percents of what is in use. Who sets GOGC or GOMEMLIMIT is obeyed.
func firstRoom(getenv func(string) string) (grow func(percent int)) {
	if getenv("GOGC")+getenv("GOMEMLIMIT") != "" {
		return func(int) {}
	}
	var mu sync.Mutex
	later := 100
	debug.SetGCPercent(roomAtStart)
	debug.SetMemoryLimit(limitAtStart)
	probe := &struct{ p *int }{}
	runtime.AddCleanup(probe, func(int) {
		mu.Lock()
		defer mu.Unlock()
		debug.SetGCPercent(later)
		debug.SetMemoryLimit(math.MaxInt64)
	}, 0)
	return func(percent int) {
		mu.Lock()
		defer mu.Unlock()
		later = percent
		debug.SetGCPercent(percent)
	}
}
