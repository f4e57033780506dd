package validators

// Tolls count, in about microseconds, what fuel does not: the second validator, which prepares schemas anew for each value,
// and patterns. They never change what a search finds; they end it where it would cost seconds.
const maxTolls = 300_000

// Toll takes n from what a search may spend beside its fuel.
func (w *Session) Toll(n int) {
	w.Tolls += int64(n)
	if w.Tolls > w.tollStop {
		w.exhausted = w.tollStop > 0 // else no search runs
		w.Fuel = min(w.Fuel, -1)
	}
}
