// Package witness proves that a change of a contract breaks someone: it looks for a value that one version of a
// schema accepts and the other refuses, and lets validators that share no code with the differ confirm it.
//
// A value is claimed only when every validator that can judge it agrees on both sides. What a validator cannot judge
// (a pattern that Go's engine cannot compile, a keyword it does not know) is never counted as its agreement.
package witness

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Names of the validators, as they stand in report.Witness.ConfirmedBy.
const (
	JSONSchema = "santhosh-tekuri/jsonschema"
	OpenAPI    = "getkin/kin-openapi"
	HTTPFilter = "getkin/kin-openapi/openapi3filter"
)

// Schema is a schema of a document: a schema object, a boolean or a reference.
type Schema struct {
	Doc  *contract.Document
	Node contract.Node
}

// Direction is that of the message in which a schema stands. readOnly properties are no part of a request, writeOnly
// ones no part of a response.
type Direction uint8

// The directions.
const (
	Request Direction = iota
	Response
)

// Hint says where the change sits below the schema and what it is.
type Hint struct {
	// Path descends from the schema: names of properties, "items", "additionalProperties", "prefixItems", an index,
	// and where wanted "properties" before a name or "oneOf" and an index for one alternative. References and the parts
	// of a composition are entered by themselves.
	Path []string
	// Keyword is the schema keyword that changed. "format", "readOnly", "writeOnly" and "discriminator", which are
	// annotations otherwise, are asserted by both validators when they are the change.
	Keyword string
	// Values are worth trying at the path: a removed enum value, an old default, a bound.
	Values []contract.Node
}

// Query asks for a value that Inner accepts and Outer refuses.
type Query struct {
	Inner, Outer Schema
	Direction    Direction
	// Accepts names the side of Inner, "old" or "new"; "" is "old" for a request and "new" for a response. Callbacks and
	// webhooks, whose messages flow the other way, set it.
	Accepts string
	Hints   []Hint
	Seed    uint64
	Budget  int // candidates to try; 0 is DefaultBudget
}

// DefaultBudget is the number of candidates tried for a query that sets none.
const DefaultBudget = 256

// Outcome says how a search ended.
type Outcome uint8

// The outcomes: a confirmed witness; none within the budget; only candidates on which the validators disagreed.
const (
	NotFound Outcome = iota
	Found
	Discarded
)

// String is the outcome in a word.
func (o Outcome) String() string { return [...]string{"not found", "found", "discarded"}[o] }

// Stats counts the work of a Finder.
type Stats struct {
	Queries, Found, NotFound, Discarded int64 // queries by outcome
	Candidates                          int64 // values tried
	Disagreements                       int64 // candidates that one validator proved and another did not
	Work                                int64 // about a microsecond each; the same for the same queries
	Tolls                               int64 // about a microsecond each, of work that Work does not count
}

// Finder searches for witnesses. The zero value is ready. It keeps what it has prepared of each document and is safe for
// concurrent use; drop it with the documents.
type Finder struct {
	mu   sync.Mutex
	free []*worker

	found, notFound, discarded, candidates, disagreements, work, tolls atomic.Int64
}

// Find returns a value that q.Inner accepts and q.Outer refuses, smallest first, or why there is none to show.
// Equal queries give equal answers.
func (f *Finder) Find(ctx context.Context, q Query) (*report.Witness, Outcome) {
	w := f.take()
	defer f.give(w)
	s := newSearch(ctx, w, q)
	s.between(q.Inner, q.Outer)
	wit, out := s.run()
	f.count(s, out)
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
	f.work.Add(int64(s.fuel - max(s.w.fuel, 0)))
	f.tolls.Add(s.w.tolls - s.tolls)
}

// take is a worker that nobody else uses: compiled schemas count the steps of the one validation that runs on them.
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
