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
	"sync/atomic"

	"github.com/romel/govctl/pkg/report"
)

// Stats counts the work of a Finder.
type Stats struct {
	Queries, Found, NotFound, Discarded int64 // queries by outcome
	Candidates                          int64 // values tried
	Disagreements                       int64 // candidates that one validator proved and another did not
	Work                                int64 // about a microsecond each; the same for the same queries
	Tolls                               int64 // about a microsecond each, of work that Work does not count
}

// Finder searches for witnesses. The zero value is ready. It keeps what it has prepared of each
// document and is safe for concurrent use; drop it with the documents.
type Finder struct {
	mu   sync.Mutex
	free []*worker

	found, notFound, discarded, candidates, disagreements, work, tolls atomic.Int64
}

// Find returns a value that q.Inner accepts and q.Outer refuses, smallest first, or why there is
// none to show. Equal queries give equal answers.
func (f *Finder) Find(ctx context.Context, q Query) (*report.Witness, Outcome) {
	w := f.take()
	defer f.give(w)
	s := newSearch(ctx, w, q)
	s.between(q.Inner, q.Outer)
	wit, out := s.run()
	f.count(s, out)
	return wit, out
}

// FindMessage returns a message as a witness, for requests with the HTTP text and a curl line.
func (f *Finder) FindMessage(ctx context.Context, q MessageQuery) (*report.Witness, Outcome) {
	w := f.take()
	defer f.give(w)
	x := newExchange(ctx, w, q)
	wit, out := x.run()
	f.count(x.s, out)
	return wit, out
}

// Stats is the work done so far.
func (f *Finder) Stats() Stats {
	s := Stats{
		Found: f.found.Load(), NotFound: f.notFound.Load(), Discarded: f.discarded.Load(),
		Candidates: f.candidates.Load(), Disagreements: f.disagreements.Load(), Work: f.work.Load(), Tolls: f.tolls.Load(),
	}
	s.Queries = s.Found + s.NotFound + s.Discarded
	return s
}

func (f *Finder) count(s *search, out Outcome) {
	switch out {
	case Found:
		f.found.Add(1)
	case Discarded:
		f.discarded.Add(1)
	default:
		f.notFound.Add(1)
	}
	f.candidates.Add(int64(s.tried))
	f.disagreements.Add(int64(s.disagreed))
	f.work.Add(int64(s.fuel - s.w.Fuel)) // with what was spent beyond it
	f.tolls.Add(s.w.Tolls - s.tolls)
}

// take is a worker that nobody else uses: compiled schemas count the steps of the one validation
// that runs on them.
func (f *Finder) take() *worker {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.free); n > 0 {
		w := f.free[n-1]
		f.free = f.free[:n-1]
		return w
	}
	return newWorker()
}

func (f *Finder) give(w *worker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, w)
}
