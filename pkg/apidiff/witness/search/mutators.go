package search

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// mutator is one way to hit a change: a keyword of the outer schema and the values that the inner
// one allows and it may not. Rows only propose; the validators decide.
type mutator struct {
	keywords []string // of hints that the row serves; the first names it
	needs    needs
	propose  func(l *local)
}

// needs are what the inner schema must allow, for a row to find anything.
type needs struct {
	kinds  validators.Kinds
	listed bool // even where it lists its values
}

var (
	anything   = needs{validators.KindAny, true}
	anyObject  = needs{validators.KindObject, true}
	anyArray   = needs{validators.KindArray, true}
	freeArray  = needs{validators.KindArray, false}
	freeText   = needs{validators.KindString, false}
	freeNumber = needs{validators.KindNumber, false}
)

func (n needs) met(sh *shape) bool { return sh.kinds&n.kinds != 0 && (n.listed || !sh.closed) }

// mutators are all mutations, cheap and telling ones first.
func mutators() []mutator {
	return []mutator{
		{[]string{"type", "nullable"}, anything, tryKinds},
		{[]string{"enum", "const", "x-extensible-enum"}, anything, tryValues},
		{[]string{"required", "dependentRequired", "readOnly", "writeOnly"}, anyObject, tryMissing},
		{[]string{"properties", "additionalProperties", "unevaluatedProperties", "patternProperties"}, anyObject, tryUnknown},
		{[]string{"minLength", "maxLength"}, freeText, tryLengths},
		{[]string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}, freeNumber, tryBounds},
		{[]string{"multipleOf"}, freeNumber, tryMultiples},
		{[]string{"minItems", "maxItems", "items", "prefixItems", "unevaluatedItems"}, freeArray, tryItems},
		{[]string{"uniqueItems"}, freeArray, tryTwice},
		{[]string{"minProperties", "maxProperties"}, anyObject, tryFieldCounts},
		{[]string{"pattern"}, freeText, tryPatterns},
		{[]string{"format"}, anything, tryFormats},
		{[]string{"readOnly", "writeOnly"}, anything, tryHidden},
		{[]string{"dependentRequired"}, anything, tryDependents},
		{[]string{"propertyNames"}, anyObject, tryNames},
		{[]string{"contains", "minContains", "maxContains"}, anyArray, tryContains},
		{[]string{"oneOf"}, anything, tryOverlap},
		{[]string{"not"}, anything, tryForbidden},
		{[]string{"if", "then", "else"}, anything, tryConditions},
		{[]string{"dependentSchemas"}, anything, tryDependentSchemas},
		{[]string{"discriminator", "mapping"}, anything, tryDiscriminator},
		{[]string{"anyOf", "allOf", "$ref"}, anything, tryPlain},
	}
}

// onlyFields are the rows that make sense where a single field matters.
var onlyFields = map[string]bool{"required": true, "properties": true, "readOnly": true, "dependentRequired": true}

// local is a place where two schemas meet, both decided.
type local struct {
	s        *search
	g        *gen
	in, out  conj
	ish, osh *shape
	both     *shape // what meets the two, so that nothing but the mutation offends
	only     string
	base     func(*shape)   // asked of every value
	try      func(any) bool // what becomes of a value; true ends it all
	done     bool           // it has said so
}

func (s *search) local(in, out conj) *local {
	s.w.Burn(10)
	l := &local{s: s, g: s.g, in: in, out: out, ish: s.g.shape(in), osh: s.g.shape(out)}
	l.both = s.g.flatten(in.and(out))
	l.both.verify = l.ish.verify
	if l.both.uninhabited || len(l.both.choices) > 0 {
		l.both = l.ish
	}
	return l
}

func (l *local) wants(name string) bool { return l.only == "" || l.only == name }

func (l *local) finished() bool { return l.done || l.s.over() }

func (l *local) propose(v any) { l.done = l.finished() || l.try(v) }

// aim proposes a value of the shape that edit leaves, first within what both sides allow, then within
// the inner one alone.
func (l *local) aim(edit func(*shape)) {
	for _, from := range []*shape{l.both, l.ish} {
		sh := l.plan(from)
		edit(sh)
		sh.uninhabited = sh.uninhabited || sh.kinds == 0
		if l.offer(sh) || l.both == l.ish {
			return // the other would offend for more than one reason
		}
	}
}

// plan is a shape to be changed.
func (l *local) plan(from *shape) *shape {
	sh := from.clone()
	if l.base != nil {
		l.base(sh)
	}
	return sh
}

// offer proposes a value of a shape that the inner schemas accept; false where there is none.
func (l *local) offer(sh *shape) bool {
	for attempt := 0; attempt < 4 && !l.finished(); attempt++ {
		v, ok := l.g.fromShape(l.g.attempt(sh, attempt), 0, attempt/2)
		if !ok {
			return false
		}
		if l.g.verified(l.ish, v) {
			l.propose(v)
			return true
		}
	}
	return false
}

// all proposes all values of a shape: small ones, then those with all fields.
func (l *local) all(sh *shape, attempts int) {
	for attempt := 0; attempt < attempts && !l.finished(); attempt++ {
		v, ok := l.g.fromShape(l.g.attempt(sh, attempt), 0, attempt/2)
		if ok && l.g.verified(l.ish, v) {
			l.propose(v)
		}
	}
}

// sub is another place, whose values use makes values of this place of.
func (l *local) sub(in, out conj, use func(any)) *local {
	sub := l.s.local(in, out)
	sub.try = func(v any) bool {
		use(v)
		return l.done
	}
	return sub
}

// beside runs the rows at another place.
func (l *local) beside(in, out conj, use func(any)) {
	if l.finished() {
		return
	}
	if sub := l.sub(in, out, use); len(sub.ish.choices) == 0 {
		sub.tryAll("")
	}
}

// tryAll runs the rows at a place: those of the hint first.
func (l *local) tryAll(keyword string) {
	_, known := related[keyword]
	for _, first := range []bool{true, false} {
		if known && !first {
			break // a refusal by another keyword would not be about the change
		}
		for _, r := range l.s.mutators {
			if l.finished() {
				return
			}
			if slices.Contains(r.keywords, keyword) == first && (l.only == "" || onlyFields[r.keywords[0]]) && r.needs.met(l.ish) {
				r.propose(l)
			}
		}
	}
}

// tryPlain proposes what the inner schema allows anyway.
func tryPlain(l *local) { l.all(l.plan(l.ish), 4) }

func tryKinds(l *local) {
	for _, k := range validators.EveryKind {
		if l.ish.kinds&k == 0 || l.osh.kinds&k != 0 && (k != validators.KindNull || len(l.out.picks) == 0) {
			continue
		}
		sh := l.plan(l.ish)
		sh.kinds &= k
		l.offer(sh)
	}
}

// maxValues bounds the values of one enum that are tried.
const maxValues = 49

func tryValues(l *local) {
	foreign := func(v any) bool { return validators.KindOf(v)&l.ish.kinds == 0 }
	for _, n := range l.s.hint.Values {
		if v := n.Value(); !foreign(v) && !l.done {
			l.g.padded = n.Len() > 0
			l.propose(v)
		}
	}
	if !l.osh.closed {
		return
	}
	if l.ish.closed {
		gone := slices.DeleteFunc(only(l.ish.values, l.osh.values, false), foreign)
		for _, v := range gone[:min(len(gone), maxValues)] {
			l.propose(v)
		}
		return
	}
	for _, k := range []validators.Kinds{l.ish.kinds & l.osh.kinds &^ validators.KindNull, l.ish.kinds} {
		sh := l.ish.clone()
		sh.kinds, sh.avoid = k, keys(l.osh.values)
		l.offer(sh)
	}
}

func tryLengths(l *local) {
	l.overstep(validators.KindString, func(sh *shape) *span { return &sh.textLen })
}

// overstep makes values that are longer or shorter than the outer schema allows.
func (l *local) overstep(k validators.Kinds, of func(*shape) *span) {
	in, out := *of(l.ish), *of(l.osh)
	if out.max >= 0 && (in.max < 0 || in.max > out.max) {
		l.aim(func(sh *shape) { sh.kinds, *of(sh) = k, span{out.max + 1, in.max} })
	}
	if out.min > in.min {
		l.aim(func(sh *shape) { sh.kinds, *of(sh) = k, span{in.min, out.min - 1} })
	}
}

func tryBounds(l *local) {
	for _, k := range []validators.Kinds{validators.KindInteger, validators.KindFraction} {
		if l.ish.kinds&k != 0 {
			l.exceed(l.osh.bounds, func(sh *shape) { sh.kinds, sh.bounds = k, l.ish.bounds })
		}
	}
}

// exceed makes numbers beyond bounds.
func (l *local) exceed(b bounds, edit func(*shape)) {
	if b.max != nil {
		l.aim(func(sh *shape) {
			edit(sh)
			sh.raise(b.max, !b.below)
		})
	}
	if b.min != nil {
		l.aim(func(sh *shape) {
			edit(sh)
			sh.lower(b.min, !b.above)
		})
	}
}

func tryMultiples(l *local) {
	if len(l.osh.multiples) == 0 {
		return
	}
	propose := func(v any, ok bool) {
		if ok && !slices.ContainsFunc(l.osh.multiples, func(m *big.Rat) bool { return divides(m, v) }) {
			l.propose(v)
		}
	}
	for _, from := range []*shape{l.both, l.ish} {
		sh := from.clone()
		sh.multiples = l.ish.multiples
		for salt := range 12 {
			for _, k := range []validators.Kinds{validators.KindInteger, validators.KindFraction} {
				if sh.kinds&k != 0 {
					propose(l.g.number(sh, salt, k))
				}
			}
		}
		for _, odd := range []int64{1, -1, 3, -3} { // half a step is none
			half := new(big.Rat).Mul(l.osh.multiples[0], big.NewRat(odd, 2))
			v, ok := validators.Decimal(half)
			propose(v, ok && sh.within(half) && validators.KindOf(v)&sh.kinds != 0)
		}
	}
}

func divides(m *big.Rat, v any) bool {
	n, ok := validators.Rational(fmt.Sprint(v))
	return ok && new(big.Rat).Quo(n, m).IsInt()
}

func tryPatterns(l *local) {
	if len(l.osh.patterns) == 0 {
		return
	}
	without := l.both.clone()
	without.patterns = l.ish.patterns
	for _, sh := range []*shape{without, l.ish} {
		for _, v := range l.offences(sh) {
			if !l.done && sh.fits(v) && slices.ContainsFunc(l.osh.patterns, func(p *validators.Pattern) bool { return p.Misses(v) }) {
				l.propose(v)
			}
		}
	}
	for salt := range 2 {
		for _, p := range l.osh.patterns {
			if l.finished() {
				return
			}
			if v, ok := l.g.w.outside(l.ish, p, salt); ok {
				l.propose(v)
			}
		}
	}
}

// offences are strings that may break a pattern: odd ones, then those that meet the other patterns,
// then near misses.
func (l *local) offences(sh *shape) []string {
	out := []string{pad("a", sh.textLen.min), pad("A", sh.textLen.min), pad("0", sh.textLen.min), "-", "_", " ", "!", "é", "", "a b", "a/b", "a.b"}
	for salt := range 4 {
		out = slices.AppendSeq(out, l.g.texts(sh, salt))
	}
	for _, re := range l.osh.patterns {
		if s, ok := l.g.w.sample(re, 0, max(0, sh.textLen.min)); ok {
			out = append(out, s+"!", "!"+s, s+s, s+"a", pad(s, sh.textLen.min))
			if len(s) > 1 {
				out = append(out, s[1:], s[:len(s)-1])
			}
		}
	}
	return out
}

func tryFormats(l *local) {
	for _, name := range l.osh.formats {
		f := validators.Formats[name]
		if !l.s.mode.Asserts(name) {
			continue
		}
		if f.Integer[0] != "" && l.ish.kinds&validators.KindNumber != 0 {
			low, _ := validators.Rational(f.Integer[0])
			high, _ := validators.Rational(f.Integer[1])
			l.exceed(bounds{min: low, max: high}, func(sh *shape) { sh.kinds &= validators.KindInteger })
		}
		if l.ish.kinds&validators.KindString == 0 {
			continue
		}
		for salt := range 2 {
			for _, v := range append(slices.Collect(l.g.texts(l.ish, salt)), "not a "+name) {
				if l.ish.fits(v) {
					l.propose(v)
				}
			}
		}
	}
}

func tryDiscriminator(l *local) {
	if l.s.mode&validators.AssertDiscriminator == 0 {
		return
	}
	for _, p := range l.in.picks {
		d := p.at.Get("discriminator")
		name := d.Get("propertyName").Text()
		for key := range d.Get("mapping").Fields() {
			l.aim(func(sh *shape) { sh.fix(name, key) })
		}
	}
	for _, p := range l.out.picks {
		if name := p.at.Get("discriminator").Get("propertyName").Text(); name != "" {
			l.aim(func(sh *shape) { sh.drop(name) })
			l.aim(func(sh *shape) { sh.fix(name, "unknown") })
		}
	}
}
