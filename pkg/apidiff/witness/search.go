package witness

import (
	"context"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/report"
)

// search is one query under way.
type search struct {
	ctx     context.Context
	w       *worker
	g       *gen
	q       Query
	in, out site
	mode    mode

	seen      map[string]bool // values tried already
	left      int             // candidates that may still be tried
	fuel      int             // what the worker had for it
	tolls     int64           // what the worker had counted before it
	tried     int
	disagreed int
	hint      Hint
	prefix    string // instance path of the schemas' value in what is judged

	// refute is why the outer side refuses what the inner accepts, or nil; ask is the second opinion, and whose it is.
	refute func(v any) *jsonschema.ValidationError
	ask    func(v any) (in, out verdict, by string)

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
	s := &search{ctx: ctx, w: w, q: q, seen: map[string]bool{}, left: q.Budget}
	if s.left <= 0 {
		s.left = DefaultBudget
	}
	s.fuel = s.left * fuelPerCandidate
	w.ctx, w.fuel = ctx, s.fuel
	s.tolls, w.tollStop = w.tolls, w.tolls+maxTolls
	s.refute, s.ask = s.refuted, s.second
	return s
}

// fuelPerCandidate bounds the work of a search by its budget.
const fuelPerCandidate = 3_000

// between sets the schemas of the search.
func (s *search) between(in, out Schema) {
	s.in = site{s.w.document(in.Doc), in.Node}
	s.out = site{s.w.document(out.Doc), out.Node}
}

// annotations are keywords that refuse nothing.
var annotations = map[string]bool{
	"contentEncoding": true, "contentMediaType": true, "contentSchema": true, "title": true, "description": true, "default": true,
	"example": true, "examples": true, "deprecated": true, "externalDocs": true, "xml": true,
}

// modes are the keywords that are annotations unless they are the change.
var modes = map[string]mode{
	"format": assertFormat, "readOnly": assertAccess, "writeOnly": assertAccess,
	"discriminator": assertDiscriminator, "mapping": assertDiscriminator,
}

func (s *search) run() (*report.Witness, Outcome) {
	if !s.in.n.Exists() || !s.out.n.Exists() {
		return nil, NotFound
	}
	s.everyHint()
	if s.won == nil {
		s.won = s.best
	}
	switch {
	case s.won != nil:
		return s.witness(s.won), Found
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
		s.mode |= asResponse
	}
	s.g = &gen{w: s.w, mode: s.mode}
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
	return s.won != nil || s.left <= 0 || s.w.fuel < 0 || s.ctx.Err() != nil
}

// try puts a whole value before the validators; true ends the search.
func (s *search) try(g *goal, v any) bool {
	if s.over() {
		return true
	}
	text := string(encode(v))
	if s.seen[text] {
		return false
	}
	s.seen[text] = true
	s.left--
	s.tried++
	why := s.refute(v)
	if why == nil || !relevant(why, s.prefix, g, s.hint.Keyword) {
		return s.over()
	}
	if small, its := s.shrink(g, v, why); s.confirm(small, its) || its != why && s.confirm(v, why) {
		return s.won != nil
	}
	return s.over()
}

// refuted is why Outer refuses a value that Inner accepts; nil where that is not so.
func (s *search) refuted(v any) *jsonschema.ValidationError {
	s.w.tricky = false
	if out, _ := s.w.judge(s.in, s.mode|strictFormat, v); out != accepts {
		return nil
	}
	out, why := s.w.judge(s.out, s.mode, v)
	if out != refuses {
		return nil
	}
	return why
}

// confirm asks the second validator about a value that the first has proved.
func (s *search) confirm(v any, why *jsonschema.ValidationError) bool {
	in, out, by := s.ask(v)
	switch {
	case in == accepts && out == refuses:
		s.won = &proof{v, why, []string{JSONSchema, by}}
		return true
	case in == refuses || out == accepts:
		s.disagreed++
		return false
	}
	if s.best == nil {
		s.best = &proof{v, why, []string{JSONSchema}}
	}
	return true
}

// second is what kin-openapi says.
func (s *search) second(v any) (in, out verdict, by string) {
	if !s.steady(v) {
		return refuses, refuses, OpenAPI
	}
	return s.w.second(s.in, s.mode|strictFormat, v), s.w.second(s.out, s.mode, v), OpenAPI
}

// steady is whether the verdicts do not hang on the reading of formats, as they can where a schema refuses what another
// accepts.
func (s *search) steady(v any) bool {
	if !s.w.tricky {
		return true
	}
	in, _ := s.w.judge(s.in, s.mode, v)
	out, _ := s.w.judge(s.out, s.mode|strictFormat, v)
	return in == accepts && out == refuses
}

func (s *search) witness(p *proof) *report.Witness {
	accepts, refuses := s.sides()
	return &report.Witness{
		Value: encode(p.value), AcceptedBy: accepts, RefusedBy: refuses, Refusal: refusal(p.why, s.mode), ConfirmedBy: p.by,
	}
}

func (s *search) sides() (accepts, refuses string) {
	accepts = s.q.Accepts
	if accepts == "" {
		accepts = [...]string{"old", "new"}[s.q.Direction]
	}
	if accepts == "old" {
		return "old", "new"
	}
	return "new", "old"
}

// instancePath are the steps of a goal as the tokens of an instance location.
func (g *goal) instancePath() string {
	var b strings.Builder
	for _, st := range g.trail {
		b.WriteByte('/')
		b.WriteString(st.token())
	}
	return b.String()
}
