package cli

import "sync/atomic"

// rereads lets a command that stays take a hang-up for a request to read its inputs again, as servers do. Without such a command it ends
// the process like other signals.
type rereads struct{ asked atomic.Pointer[chan struct{}] }

// take is where requests arrive from now on. Several that come at once are one.
func (r *rereads) take() <-chan struct{} {
	asked := make(chan struct{}, 1)
	r.asked.Store(&asked)
	return asked
}

// ask passes a request on, and reports whether a command takes it.
func (r *rereads) ask() bool {
	asked := r.asked.Load()
	if asked == nil {
		return false
	}
	select {
	case *asked <- struct{}{}:
	default:
	}
	return true
}
