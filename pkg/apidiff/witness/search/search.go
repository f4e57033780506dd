package search

import (
	"cmp"
	"context"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/report"
)

// search is one query under way.
type search struct {
	w        *worker
	g        *gen
	q        Query
	mutators []mutator
	in, out  validators.Schema
	mode     validators.Mode

	accepts, refuses string // the sides: "old", "new"

	seen      map[string]bool // values tried already
	left      int             // candidates that may still be tried
	fuel      int             // what the worker had for it
	tolls     int64           // what the worker had counted before it
	disagreed int
	hint      Hint
	prefix    string // instance path of the schemas' value in what is evaluated

	// refute is why the outer side refuses what the inner accepts, or nil; ask is the second
	// opinion, and whose it is.
	refute func(v any) *jsonschema.ValidationError
	ask    func(v any) (in, out validators.Verdict, by string)

	best *proof // confirmed by one validator, the other silent
	won  *proof // confirmed by both
}

// proof is a value with what was said about it.
type proof struct {
	value any
	why   *jsonschema.ValidationError
	by    []string
}

func newSearch(ctx context.Context, w *worker, q Query) *search {
	w.trim()
	s := &search{w: w, q: q, mutators: mutators(), seen: map[string]bool{}, left: cmp.Or(max(q.Budget, 0), DefaultBudget)}
	s.fuel = s.left * fuelPerCandidate
	s.tolls = w.Tolls
	w.Begin(ctx, s.fuel)
	s.refute, s.ask = s.refuted, s.second
	s.accepts = cmp.Or(q.Accepts, [...]string{"old", "new"}[q.Direction])
	s.refuses = map[string]string{"old": "new", "new": "old"}[s.accepts]
	return s
}

// bytesPerFuel is how much of a value the validators look at for a unit of fuel.
const bytesPerFuel = 3

// fuelPerCandidate bounds the work of a search by its budget.
const fuelPerCandidate = 3_000

// between sets the schemas of the search.
func (s *search) between(in, out SchemaNode) { s.in, s.out = s.schema(in), s.schema(out) }

func (s *search) schema(n SchemaNode) validators.Schema {
	return validators.Schema{Doc: s.w.Document(n.Doc), Node: n.Node}
}

// modes are the keywords that are annotations unless they are the change.
var modes = map[string]validators.Mode{
	"format": validators.AssertFormat, "readOnly": validators.AssertAccess, "writeOnly": validators.AssertAccess,
	"discriminator": validators.AssertDiscriminator, "mapping": validators.AssertDiscriminator,
}

func (s *search) run() (*report.Witness, Outcome) {
	if !s.in.Node.Exists() || !s.out.Node.Exists() {
		return nil, NotFound
	}
	s.everyHint()
	return s.outcome(s.witness)
}

// outcome is how the search has ended, with what was found as show puts it.
func (s *search) outcome(show func(*proof) *report.Witness) (*report.Witness, Outcome) {
	switch p := cmp.Or(s.won, s.best); {
	case p != nil:
		return show(p), Found
	case s.disagreed > 0:
		return nil, Discarded
	default:
		return nil, NotFound
	}
}

// everyHint follows the hints in turn, sharing the budget between them.
func (s *search) everyHint() {
	hints := s.q.Hints
	if len(hints) == 0 {
		hints = []Hint{{}}
	}
	budget := s.left
	for _, h := range hints {
		s.left = budget/len(hints) + 1
		if s.aim(h); s.won != nil {
			return
		}
	}
}

// prepare sets what a hint says about how to read the schemas.
func (s *search) prepare(h Hint) {
	s.hint, s.mode = h, modes[h.Keyword]
	if s.q.Direction == Response {
		s.mode |= validators.AsResponse
	}
	s.g = &gen{w: s.w, mode: s.mode, dead: map[[2]validators.Schema]int{}}
	clear(s.seen)
}

// aim looks where a hint points: at the place itself, then below it.
func (s *search) aim(h Hint) {
	s.prepare(h)
	if annotations[h.Keyword] {
		return // no value can show it
	}
	found := false
	_, exact := related[h.Keyword]
	for _, deep := range []bool{false, true} {
		s.explore(h.Path, deep, func(g *goal) bool {
			found = true
			return s.tryGoal(g)
		})
		if s.over() || found && exact {
			return
		}
	}
}

// over is whether there is nothing left to do or to do it with.
func (s *search) over() bool {
	return s.won != nil || s.left <= 0 || s.w.Fuel < 0 || s.w.Ctx.Err() != nil
}

// try puts a whole value before the validators; true ends the search.
func (s *search) try(g *goal, v any) bool {
	if s.over() {
		return true
	}
	text := string(message.Encode(v))
	if s.seen[text] {
		return false
	}
	s.seen[text] = true
	if !s.w.Burn(len(text) / bytesPerFuel) {
		return true
	}
	s.left--
	why := s.refute(v)
	if why == nil || !relevant(why, s.prefix, g, s.hint.Keyword) || !s.own(g, v, why) {
		return s.over()
	}
	if small, its := s.shrink(g, v, why); s.confirm(g, small, its) || its != why && s.confirm(g, v, why) {
		return s.won != nil
	}
	return s.over()
}

// refuted is why Outer refuses a value that Inner accepts; nil where that is not so.
func (s *search) refuted(v any) *jsonschema.ValidationError {
	s.w.FormatSensitive = false
	if out, _ := s.w.Evaluate(s.in, s.mode|validators.StrictFormat, v); out != validators.Accepts {
		return nil
	}
	out, why := s.w.Evaluate(s.out, s.mode, v)
	if out != validators.Refuses {
		return nil
	}
	return why
}

// confirm asks the second validator about a value that the first has proved. A value that is refused
// for another change as well says nothing about this one.
func (s *search) confirm(g *goal, v any, why *jsonschema.ValidationError) bool {
	if !s.own(g, v, why) {
		return false
	}
	in, out, by := s.ask(v)
	switch {
	case in == validators.Accepts && out == validators.Refuses:
		s.won = &proof{v, why, []string{JSONSchema, by}}
		return true
	case in == validators.Refuses || out == validators.Accepts:
		s.disagreed++
		return false
	}
	if s.best == nil {
		s.best = &proof{v, why, []string{JSONSchema}}
	}
	return true
}

// own is whether nothing but the change in question has the value refused: without it, the value
// would be accepted. Every keyword that fails must be the one that changed, at its place; of the
// alternatives of a union one must fail for that alone. Where an alternative came or went the value
// must be one of it, and where null did, null.
func (s *search) own(g *goal, v any, why *jsonschema.ValidationError) bool {
	path := g.path()
	value, found := at(v, path)
	if b := s.hint.Branch; b.Node.Exists() && found {
		if verdict, _ := s.w.Evaluate(s.schema(b), s.mode, value); verdict == validators.Refuses {
			return false
		}
	}
	if s.hint.Keyword == "nullable" && found && value != nil {
		return false
	}
	return g.blames(s.hint.Keyword, s.prefix+pointer(path...), why)
}

// second is what kin-openapi says.
func (s *search) second(v any) (in, out validators.Verdict, by string) {
	if s.w.FormatSensitive { // the verdicts hang on the reading of formats where one of these is another
		in, _ = s.w.Evaluate(s.in, s.mode, v)
		out, _ = s.w.Evaluate(s.out, s.mode|validators.StrictFormat, v)
		if in != validators.Accepts || out != validators.Refuses {
			return validators.Refuses, validators.Refuses, OpenAPI
		}
	}
	return s.w.Second(s.in, s.mode|validators.StrictFormat, v), s.w.Second(s.out, s.mode, v), OpenAPI
}

func (s *search) witness(p *proof) *report.Witness {
	return &report.Witness{
		Value: message.Encode(p.value), AcceptedBy: s.accepts, RefusedBy: s.refuses, Refusal: validators.Refusal(p.why, s.mode), ConfirmedBy: p.by,
	}
}
