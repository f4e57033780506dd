package cli

import (
	"os"
	"runtime"
	"runtime/debug"
)

// roomAtStart is the growth, in percent, before the first garbage collection: 32 MiB, which most commands never fill. The
// usual 4 MiB are filled by what the libraries prepare.
const roomAtStart = 800

// firstRoom lets the heap grow to the size of a small run before anything is collected, and from then on as usual. Who sets
// GOGC is obeyed.
func firstRoom() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(roomAtStart)
	probe := &struct{ p *int }{}
	runtime.AddCleanup(probe, func(int) { debug.SetGCPercent(100) }, 0)
}
