// Package search looks for a witness of a breaking change: a value, or a whole message, that one
// version of a contract accepts and the other refuses. It only proposes; validators that share no
// code with the differ decide.
//
// A value is claimed only when every validator that can evaluate it agrees on both sides. What a validator cannot evaluate
// (a keyword it does not know) is never counted as its agreement.
//
// Both validators read patterns as Go does. They get an expression that means in Go what the pattern means in ECMA-262,
// so that the engine stays theirs. Where there is none (look-arounds, back-references) they run our own match, which is
// compared with Node's RegExp in pkg/internal/ecmaregex: there, and only there, they do not evaluate by themselves.
package search

import (
	"context"
	"sync"

	"github.com/romel/govctl/pkg/report"
)

// Stats counts the work of a Finder.
type Stats struct {
	Queries, Found int64
	Disagreements  int64 // candidates that one validator proved and another did not
	Work           int64 // about a microsecond each; the same for the same queries
	Tolls          int64 // about a microsecond each, of work that Work does not count
}

// Finder searches for witnesses. The zero value is ready. It keeps what it has prepared of each
// document and is safe for concurrent use, one search at a time; drop it with the documents.
type Finder struct {
	mu    sync.Mutex
	w     *worker
	stats Stats
}

// Find returns a value that q.Inner accepts and q.Outer refuses, smallest first, or why there is
// none to show. Equal queries give equal answers.
func (f *Finder) Find(ctx context.Context, q Query) (*report.Witness, Outcome) {
	defer f.lock()()
	s := newSearch(ctx, f.w, q)
	s.between(q.Inner, q.Outer)
	wit, out := s.run()
	f.count(s, out)
	return wit, out
}

// FindMessage returns a message as a witness, for requests with the HTTP text and a curl line.
func (f *Finder) FindMessage(ctx context.Context, q MessageQuery) (*report.Witness, Outcome) {
	defer f.lock()()
	x := newExchange(ctx, f.w, q)
	wit, out := x.run()
	f.count(x.s, out)
	return wit, out
}

// Stats is the work done so far.
func (f *Finder) Stats() Stats {
	defer f.lock()()
	return f.stats
}

// lock takes the worker: compiled schemas count the steps of the one validation that runs on them.
func (f *Finder) lock() (unlock func()) {
	f.mu.Lock()
	if f.w == nil {
		f.w = newWorker()
	}
	return f.mu.Unlock
}

func (f *Finder) count(s *search, out Outcome) {
	f.stats.Queries++
	if out == Found {
		f.stats.Found++
	}
	f.stats.Disagreements += int64(s.disagreed)
	f.stats.Work += int64(s.fuel - s.w.Fuel) // with what was spent beyond it
	f.stats.Tolls += s.w.Tolls - s.tolls
}
