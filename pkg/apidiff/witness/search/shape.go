package search

import (
	"maps"
	"math/big"
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// conj is a set of schemas that a value must all meet, with the alternatives picked so far.
type conj struct {
	schemas []validators.Schema
	picks   []pick
}

// pick is a decision for one anyOf or oneOf.
type pick struct {
	at      validators.Schema
	keyword string
	branch  int
}

func one(s validators.Schema) conj { return conj{schemas: []validators.Schema{s}} }

func (c conj) and(o conj) conj {
	return conj{append(slices.Clip(c.schemas), o.schemas...), append(slices.Clip(c.picks), o.picks...)}
}

func (c conj) with(p pick) conj { return conj{c.schemas, append(slices.Clip(c.picks), p)} }

// key names one schema or two, with nothing picked.
func (c conj) key() (key [2]validators.Schema, ok bool) {
	copy(key[:], c.schemas)
	return key, len(c.picks) == 0 && len(c.schemas) <= len(key)
}

// choice is an anyOf or oneOf that is not decided.
type choice struct {
	at       validators.Schema
	keyword  string
	branches contract.Node // absent for nullKeyword
}

func (c choice) len() int {
	if c.keyword == nullKeyword {
		return 2
	}
	return c.branches.Len()
}

// shape is what a conj demands, in one place: references followed, allOf and the picked
// alternatives merged. It is a plan for the generator, not a assessment: what it cannot express
// stands in verify, and the validators decide.
type shape struct {
	kinds  validators.Kinds
	closed bool     // only values
	values []any    // of enum and const
	hints  []string // examples and defaults

	bounds
	multiples []*big.Rat

	textLen  span
	patterns []*validators.Pattern
	formats  []string

	arrayLen span
	unique   bool
	arrays   []validators.Schema // that say something about items
	contains []validators.Schema

	objects   []validators.Schema // that say something about fields
	required  []string
	objectLen span
	dependent map[string][]string
	names     []validators.Schema

	tags        map[string]any // discriminators of the picked alternatives
	choices     []choice
	conds       []validators.Schema // with if
	verify      []validators.Schema // hold what only a validator can tell: oneOf, not, if, contains
	uninhabited bool
	blind       bool // a pattern that cannot be met knowingly

	fieldNames []string // what fields returns, once asked
	cost       int      // fuel that making it took

	// What a row of the mutation table asks of the generator.
	omit  []string
	force []string
	fixed map[string]any  // values of fields
	items []any           // values of the first items
	avoid map[string]bool // keys of values not wanted
	extra int             // fields beyond those of the schema
	twice bool            // two equal items
}

// bounds are those of numbers; nil is none.
type bounds struct {
	min, max     *big.Rat
	above, below bool // the bound itself is out
}

// span is how long a text, an array or an object may be.
type span struct{ min, max int } // max -1 is no limit

var endless = span{0, -1}

func (s span) holds(n int) bool { return n >= s.min && (s.max < 0 || n <= s.max) }

// gen makes small values that meet schemas. It plans by shapes and lets the JSON Schema validator
// check what a plan cannot express, so that a wrong turn costs time and never a wrong claim.
type gen struct {
	w    *worker
	mode validators.Mode
	dead map[[2]validators.Schema]int // schemas without a value at that height or above it

	padded bool // the value may hold more than it needs
}

// flatKey names the shape of a schema, or of two.
type flatKey struct {
	at   [2]validators.Schema
	mode validators.Mode
}

// shape is the shape of c; that of few schemas is kept. It must not be changed.
func (g *gen) shape(c conj) *shape {
	at, few := c.key()
	if !few {
		return g.flatten(c)
	}
	key := flatKey{at, g.mode}
	if sh := g.w.flats[key]; sh != nil {
		g.w.Burn(sh.cost) // as much as without the memory: what is found must not hang on what was asked before
		return sh
	}
	before := g.w.Fuel
	sh := g.flatten(c)
	sh.cost = before - g.w.Fuel
	g.w.flats[key] = sh
	return sh
}

// flatten merges the schemas of c.
func (g *gen) flatten(c conj) *shape {
	f := flattener{g: g, picks: c.picks, required: map[string]bool{}, sh: shape{
		kinds: validators.KindAny, textLen: endless, arrayLen: endless, objectLen: endless,
	}}
	for _, s := range c.schemas {
		f.add(s)
	}
	sh := f.sh
	sh.uninhabited = sh.uninhabited || sh.kinds == 0
	return &sh
}

type flattener struct {
	g        *gen
	picks    []pick
	seen     []validators.Schema
	required map[string]bool
	sh       shape
}

func (f *flattener) add(s validators.Schema) {
	if slices.Contains(f.seen, s) {
		return // it applies already, or to itself
	}
	if len(f.seen) > validators.MaxParts {
		f.sh.uninhabited = true
		return
	}
	f.seen = append(f.seen, s)
	switch {
	case s.Node.Kind() == contract.Bool:
		f.sh.uninhabited = f.sh.uninhabited || !s.Node.Bool()
		return
	case s.Node.Kind() != contract.Object:
		f.sh.uninhabited = true
		return
	}
	if t, ok := s.Target(); ok {
		f.add(t)
		if s.Doc.Dialect == validators.OpenAPI30 {
			return
		}
	}
	if validators.Nullable(s) && !f.withoutNull(s) {
		return
	}
	var object, array, number bool
	f.g.w.Burn(2 + s.Node.Len()/2)
	for keyword, v := range s.Keywords() {
		if validators.HoldsData(keyword) {
			f.g.w.Burn(v.Size() / 4)
		}
		switch keyword {
		case "properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "dependentSchemas":
			object = true
		case "items", "prefixItems", "unevaluatedItems":
			array = true
		case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
			number = true
		default:
			f.read(s, keyword, v)
		}
	}
	if object {
		f.sh.objects = append(f.sh.objects, s)
	}
	if array {
		f.sh.arrays = append(f.sh.arrays, s)
	}
	if number {
		f.number(s)
	}
}

// nullKeyword is a choice that no keyword spells: alternative 0 is what the schema says, 1 is null.
const nullKeyword = "nullable"

// withoutNull is whether the schema applies: null is not picked, and the choice is made.
func (f *flattener) withoutNull(s validators.Schema) bool {
	branch, picked := f.picked(s, nullKeyword)
	switch {
	case !picked:
		f.sh.choices = append(f.sh.choices, choice{at: s, keyword: nullKeyword})
	case branch == 1:
		f.sh.kinds &= validators.KindNull
	}
	return picked && branch == 0
}

// picked is the alternative that is picked of a keyword.
func (f *flattener) picked(s validators.Schema, keyword string) (branch int, ok bool) {
	for _, p := range f.picks {
		if p.at == s && p.keyword == keyword {
			return p.branch, true
		}
	}
	return 0, false
}

func (f *flattener) number(s validators.Schema) {
	b := validators.BoundsOf(s)
	f.sh.raise(b.Min, false)
	f.sh.raise(b.Above, true)
	f.sh.lower(b.Max, false)
	f.sh.lower(b.Below, true)
	if b.Multiple != nil {
		f.sh.multiples = append(f.sh.multiples, b.Multiple)
	}
	f.sh.blind = f.sh.blind || b.Bad
}

// raise lifts the lower bound to r.
func (b *bounds) raise(r *big.Rat, exclusive bool) {
	if r != nil && (b.min == nil || r.Cmp(b.min) > 0 || r.Cmp(b.min) == 0 && exclusive) {
		b.min, b.above = r, exclusive
	}
}

// lower brings the upper bound down to r.
func (b *bounds) lower(r *big.Rat, exclusive bool) {
	if r != nil && (b.max == nil || r.Cmp(b.max) < 0 || r.Cmp(b.max) == 0 && exclusive) {
		b.max, b.below = r, exclusive
	}
}

// restrict keeps of the allowed values those that list holds too.
func (sh *shape) restrict(list []any) {
	if !sh.closed {
		sh.closed, sh.values = true, list
		return
	}
	sh.values = only(sh.values, list, true)
}

// only keeps the values that are, or are not, in a list too.
func only(values, list []any, in bool) []any {
	known := keys(list)
	return slices.DeleteFunc(slices.Clone(values), func(v any) bool { return known[message.Canonical(v)] != in })
}

// keys are the same for lists of equal values.
func keys(list []any) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, v := range list {
		out[message.Canonical(v)] = true
	}
	return out
}

func (sh *shape) clone() *shape {
	out := *sh
	out.omit = slices.Clip(sh.omit)
	out.fixed = maps.Clone(sh.fixed)
	out.force = slices.Clip(sh.force)
	out.required = slices.Clip(sh.required)
	return &out
}
