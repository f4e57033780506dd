package witness

import (
	"maps"
	"math/big"
	"regexp"
	"slices"

	"github.com/romel/govctl/pkg/contract"
)

// kinds is a set of JSON types; numbers fall in two, so that "integer" is a subset of "number".
type kinds uint8

const (
	kindObject kinds = 1 << iota
	kindArray
	kindString
	kindInteger
	kindFraction
	kindBool
	kindNull
	kindNumber = kindInteger | kindFraction
	kindAny    = kindNull | kindBool | kindNumber | kindString | kindArray | kindObject
)

var kindNames = map[string]kinds{
	"null": kindNull, "boolean": kindBool, "integer": kindInteger, "number": kindNumber, "string": kindString,
	"array": kindArray, "object": kindObject,
}

// conj is a set of schemas that a value must all meet, with the alternatives picked so far.
type conj struct {
	sites []site
	picks []pick
}

// pick is a decision for one anyOf or oneOf.
type pick struct {
	at      site
	keyword string
	branch  int
}

func one(s site) conj { return conj{sites: []site{s}} }

func (c conj) and(o conj) conj {
	return conj{append(slices.Clip(c.sites), o.sites...), append(slices.Clip(c.picks), o.picks...)}
}

func (c conj) with(p pick) conj { return conj{c.sites, append(slices.Clip(c.picks), p)} }

// choice is an anyOf or oneOf that is not decided.
type choice struct {
	at       site
	keyword  string
	branches contract.Node // absent for nullKeyword
}

func (c choice) len() int {
	if c.keyword == nullKeyword {
		return 2
	}
	return c.branches.Len()
}

// shape is what a conj demands, in one place: references followed, allOf and the picked alternatives merged.
// It is a plan for the generator, not a judgement: what it cannot express stands in verify, and the validators decide.
type shape struct {
	kinds  kinds
	closed bool  // only values
	values []any // of enum and const
	hints  []any // examples and defaults

	min, max       *big.Rat
	above, below   bool // the bound itself is out
	multiples      []*big.Rat
	minLen, maxLen int // -1 is no limit
	patterns       []*regexp.Regexp
	formats        []string

	minItems, maxItems int
	unique             bool
	arrays             []site // that say something about items
	contains           []site

	objects            []site // that say something about fields
	required           []string
	minProps, maxProps int
	dependent          map[string][]string
	names              []site

	tags    map[string]any // discriminators of the picked alternatives
	choices []choice
	conds   []site // with if
	verify  []site // hold what only a validator can tell: oneOf, not, if, contains
	never   bool
	blind   bool // a pattern that cannot be met knowingly

	fieldNames []string // what fields returns, once asked
	cost       int      // fuel that making it took

	// What a row of the mutation table asks of the generator.
	omit  map[string]bool
	force []string
	fixed map[string]any // values of fields
	items []any          // values of the first items
	avoid []any          // values not wanted
	extra int            // fields beyond those of the schema
	twice bool           // two equal items
}

// flatten merges the schemas of c.
func (g *gen) flatten(c conj) *shape {
	f := flattener{g: g, picks: c.picks, required: map[string]bool{}, sh: shape{
		kinds: kindAny, minLen: 0, maxLen: -1, maxItems: -1, maxProps: -1,
	}}
	for _, s := range c.sites {
		f.add(s)
	}
	sh := f.sh
	if sh.kinds == 0 {
		sh.never = true
	}
	return &sh
}

type flattener struct {
	g        *gen
	picks    []pick
	seen     []site
	required map[string]bool
	sh       shape
}

func (f *flattener) add(s site) {
	if slices.Contains(f.seen, s) {
		return // it applies already, or to itself
	}
	if len(f.seen) > maxParts {
		f.sh.never = true
		return
	}
	f.seen = append(f.seen, s)
	switch {
	case s.n.Kind() == contract.Bool:
		f.sh.never = f.sh.never || !s.n.Bool()
		return
	case s.n.Kind() != contract.Object:
		f.sh.never = true
		return
	}
	if t, ok := s.target(); ok {
		f.add(t)
		if s.d.dialect == openapi30 {
			return
		}
	}
	if nullable(s) && !f.withoutNull(s) {
		return
	}
	var object, array bool
	f.g.w.burn(2 + s.n.Len()/2)
	for keyword, v := range s.keywords() {
		if read := f.g.w.tables.readings[keyword]; read != nil {
			read(f, s, v)
		}
		object = object || objectKeywords[keyword]
		array = array || arrayKeywords[keyword]
	}
	if object {
		f.sh.objects = append(f.sh.objects, s)
	}
	if array {
		f.sh.arrays = append(f.sh.arrays, s)
	}
	f.number(s)
}

// nullable is whether 3.0 lets null pass beside what else a schema says, which without a type is an alternative.
func nullable(s site) bool {
	return s.get("nullable").Bool() && !s.get("type").Exists() && !s.get("enum").Exists()
}

// nullKeyword is a choice that no keyword spells: alternative 0 is what the schema says, 1 is null.
const nullKeyword = "nullable"

// withoutNull is whether the schema applies: null is not picked, and the choice is made.
func (f *flattener) withoutNull(s site) bool {
	for _, p := range f.picks {
		if p.at == s && p.keyword == nullKeyword {
			if p.branch == 1 {
				f.sh.kinds &= kindNull
			}
			return p.branch == 0
		}
	}
	f.sh.choices = append(f.sh.choices, choice{at: s, keyword: nullKeyword})
	return false
}

// maxParts bounds the schemas merged into one shape.
const maxParts = 300

var objectKeywords = map[string]bool{
	"properties": true, "patternProperties": true, "additionalProperties": true, "unevaluatedProperties": true, "dependentSchemas": true,
}

var arrayKeywords = map[string]bool{"items": true, "prefixItems": true, "unevaluatedItems": true}

func (f *flattener) number(s site) {
	if !s.get("minimum").Exists() && !s.get("maximum").Exists() && !s.get("exclusiveMinimum").Exists() &&
		!s.get("exclusiveMaximum").Exists() && !s.get("multipleOf").Exists() {
		return
	}
	b := boundsOf(s)
	f.sh.raise(b.min, false)
	f.sh.raise(b.above, true)
	f.sh.lower(b.max, false)
	f.sh.lower(b.below, true)
	if b.multiple != nil {
		f.sh.multiples = append(f.sh.multiples, b.multiple)
	}
	f.sh.blind = f.sh.blind || b.bad
}

// raise lifts the lower bound to r.
func (sh *shape) raise(r *big.Rat, exclusive bool) {
	if r == nil {
		return
	}
	if sh.min == nil || r.Cmp(sh.min) > 0 || r.Cmp(sh.min) == 0 && exclusive {
		sh.min, sh.above = r, exclusive
	}
}

// lower brings the upper bound down to r.
func (sh *shape) lower(r *big.Rat, exclusive bool) {
	if r == nil {
		return
	}
	if sh.max == nil || r.Cmp(sh.max) < 0 || r.Cmp(sh.max) == 0 && exclusive {
		sh.max, sh.below = r, exclusive
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

func (sh *shape) clone() *shape {
	out := *sh
	out.omit = maps.Clone(sh.omit)
	out.fixed = maps.Clone(sh.fixed)
	out.force = slices.Clip(sh.force)
	out.required = slices.Clip(sh.required)
	return &out
}
