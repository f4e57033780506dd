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
	propose  func(l *local, try func(any) bool) bool
}

// mutators are all mutations, cheap and telling ones first.
func mutators() []mutator {
	return []mutator{
		{[]string{"type", "nullable"}, tryKinds},
		{[]string{"enum", "const", "x-extensible-enum"}, tryValues},
		{[]string{"required", "dependentRequired", "readOnly", "writeOnly"}, tryMissing},
		{[]string{"properties", "additionalProperties", "unevaluatedProperties", "patternProperties"}, tryUnknown},
		{[]string{"minLength", "maxLength"}, tryLengths},
		{[]string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}, tryBounds},
		{[]string{"multipleOf"}, tryMultiples},
		{[]string{"minItems", "maxItems", "items", "prefixItems", "unevaluatedItems"}, tryItems},
		{[]string{"uniqueItems"}, tryTwice},
		{[]string{"minProperties", "maxProperties"}, tryFieldCounts},
		{[]string{"pattern"}, tryPatterns},
		{[]string{"format"}, tryFormats},
		{[]string{"readOnly", "writeOnly"}, tryHidden},
		{[]string{"dependentRequired"}, tryDependents},
		{[]string{"propertyNames"}, tryNames},
		{[]string{"contains", "minContains", "maxContains"}, tryContains},
		{[]string{"oneOf"}, tryOverlap},
		{[]string{"not"}, tryForbidden},
		{[]string{"if", "then", "else"}, tryConditions},
		{[]string{"dependentSchemas"}, tryDependentSchemas},
		{[]string{"discriminator", "mapping"}, tryDiscriminator},
		{[]string{"anyOf", "allOf", "$ref"}, tryPlain},
	}
}

// serves is whether a row belongs to the keyword of a hint.
func (r mutator) serves(keyword string) bool { return slices.Contains(r.keywords, keyword) }

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
	base     func(*shape) // asked of every value
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

// aim makes values of the shape that edit leaves, first within what both sides allow, then within
// the inner one alone.
func (l *local) aim(try func(any) bool, edit func(*shape)) bool {
	for _, from := range []*shape{l.both, l.ish} {
		sh := from.clone()
		if l.base != nil {
			l.base(sh)
		}
		edit(sh)
		sh.checkKinds()
		if v, ok := l.make(sh); ok {
			return try(v) // the other would offend for more than one reason
		}
		if from == l.ish || l.both == l.ish {
			break
		}
	}
	return false
}

// make is a value of a shape that the inner schemas accept.
func (l *local) make(sh *shape) (any, bool) {
	for attempt := range 4 {
		v, ok := l.g.fromShape(l.g.attempt(sh, attempt), 0, attempt/2)
		if !ok {
			return nil, false
		}
		if l.g.verified(l.ish, v) {
			return v, true
		}
	}
	return nil, false
}

// checkKinds keeps of a shape the kinds that its keywords were set for.
func (sh *shape) checkKinds() {
	if sh.kinds == 0 {
		sh.uninhabited = true
	}
}

// tryAll runs the rows at a place: those of the hint first.
func (l *local) tryAll(keyword string, try func(any) bool) bool {
	_, known := related[keyword]
	for _, first := range []bool{true, false} {
		if known && !first {
			break // a refusal by another keyword would not be about the change
		}
		for _, r := range l.s.mutators {
			if r.serves(keyword) != first || l.only != "" && !onlyFields[r.keywords[0]] {
				continue
			}
			if r.propose(l, try) || l.s.over() {
				return true
			}
		}
	}
	return false
}

// tryPlain proposes what the inner schema allows anyway: small, then with all fields.
func tryPlain(l *local, try func(any) bool) bool {
	for attempt := range 4 {
		sh := l.ish.clone()
		if l.base != nil {
			l.base(sh)
		}
		v, ok := l.g.fromShape(l.g.attempt(sh, attempt), 0, attempt/2)
		if ok && l.g.verified(l.ish, v) && try(v) {
			return true
		}
	}
	return false
}

func tryKinds(l *local, try func(any) bool) bool {
	for _, k := range validators.EveryKind {
		if l.ish.kinds&k == 0 || l.osh.kinds&k != 0 && (k != validators.KindNull || len(l.out.picks) == 0) {
			continue
		}
		sh := l.ish.clone()
		sh.kinds = k
		if l.base != nil {
			l.base(sh)
		}
		if v, ok := l.make(sh); ok && try(v) {
			return true
		}
	}
	return false
}

// maxValues bounds the values of one enum that are tried.
const maxValues = 48

func tryValues(l *local, try func(any) bool) bool {
	for _, n := range l.s.hint.Values {
		v := n.Value()
		l.g.padded = n.Len() > 0
		if validators.KindOf(v)&l.ish.kinds != 0 && try(v) {
			return true
		}
	}
	if !l.osh.closed {
		return false
	}
	if l.ish.closed {
		tried := 0
		for _, v := range only(l.ish.values, l.osh.values, false) {
			if validators.KindOf(v)&l.ish.kinds != 0 {
				if tried++; try(v) || tried > maxValues {
					return tried <= maxValues
				}
			}
		}
		return false
	}
	for _, k := range []validators.Kinds{l.ish.kinds & l.osh.kinds &^ validators.KindNull, l.ish.kinds} {
		sh := l.ish.clone()
		sh.kinds, sh.avoid = k, l.osh.values
		if v, ok := l.make(sh); ok && try(v) {
			return true
		}
	}
	return false
}

func tryLengths(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindString == 0 || l.ish.closed {
		return false
	}
	if o := l.osh.maxLen; o >= 0 && (l.ish.maxLen < 0 || l.ish.maxLen > o) {
		if l.aim(try, func(sh *shape) { sh.kinds, sh.minLen, sh.maxLen = validators.KindString, o+1, l.ish.maxLen }) {
			return true
		}
	}
	if o := l.osh.minLen; o > l.ish.minLen {
		return l.aim(try, func(sh *shape) { sh.kinds, sh.minLen, sh.maxLen = validators.KindString, l.ish.minLen, o-1 })
	}
	return false
}

func tryBounds(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindNumber == 0 || l.ish.closed {
		return false
	}
	for _, k := range []validators.Kinds{validators.KindInteger, validators.KindFraction} {
		if l.ish.kinds&k == 0 {
			continue
		}
		if l.osh.max != nil && l.aim(try, func(sh *shape) {
			sh.kinds, sh.max, sh.below = k, l.ish.max, l.ish.below
			sh.min, sh.above = l.ish.min, l.ish.above
			sh.raise(l.osh.max, !l.osh.below)
		}) {
			return true
		}
		if l.osh.min != nil && l.aim(try, func(sh *shape) {
			sh.kinds, sh.min, sh.above = k, l.ish.min, l.ish.above
			sh.max, sh.below = l.ish.max, l.ish.below
			sh.lower(l.osh.min, !l.osh.above)
		}) {
			return true
		}
	}
	return false
}

func tryMultiples(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindNumber == 0 || len(l.osh.multiples) == 0 || l.ish.closed {
		return false
	}
	offends := func(v any) bool {
		return !slices.ContainsFunc(l.osh.multiples, func(m *big.Rat) bool { return divides(m, v) })
	}
	for _, from := range []*shape{l.both, l.ish} {
		sh := from.clone()
		sh.multiples = l.ish.multiples
		for salt := range 12 {
			for _, k := range []validators.Kinds{validators.KindInteger, validators.KindFraction} {
				if sh.kinds&k == 0 {
					continue
				}
				if v, ok := l.g.number(sh, salt, k); ok && offends(v) && try(v) {
					return true
				}
			}
		}
		for _, odd := range []int64{1, -1, 3, -3} { // half a step is none
			half := new(big.Rat).Mul(l.osh.multiples[0], big.NewRat(odd, 2))
			if v, ok := validators.Decimal(half); ok && sh.within(half) && validators.KindOf(v)&sh.kinds != 0 && offends(v) && try(v) {
				return true
			}
		}
	}
	return false
}

func divides(m *big.Rat, v any) bool {
	n, ok := validators.Rational(fmt.Sprint(v))
	return ok && new(big.Rat).Quo(n, m).IsInt()
}

func tryPatterns(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindString == 0 || l.ish.closed || len(l.osh.patterns) == 0 {
		return false
	}
	without := l.both.clone()
	without.patterns = l.ish.patterns
	for _, sh := range []*shape{without, l.ish} {
		for _, v := range l.offences(sh) {
			if sh.fits(v) && slices.ContainsFunc(l.osh.patterns, func(p *validators.Pattern) bool { return p.Misses(v) }) && try(v) {
				return true
			}
		}
	}
	for salt := range 2 {
		for _, p := range l.osh.patterns {
			if v, ok := l.g.w.outside(l.ish, p, salt); ok && try(v) {
				return true
			}
		}
	}
	return false
}

// offences are strings that may break a pattern: odd ones, then those that meet the other patterns,
// then near misses.
func (l *local) offences(sh *shape) []string {
	out := []string{pad("a", sh.minLen), pad("A", sh.minLen), pad("0", sh.minLen), "-", "_", " ", "!", "é", "", "a b", "a/b", "a.b"}
	for salt := range 4 {
		out = slices.AppendSeq(out, l.g.texts(sh, salt))
	}
	for _, re := range l.osh.patterns {
		if s, ok := l.g.w.sample(re, 0, max(0, sh.minLen)); ok {
			out = append(out, s+"!", "!"+s, s+s, s+"a", pad(s, sh.minLen))
			if len(s) > 1 {
				out = append(out, s[1:], s[:len(s)-1])
			}
		}
	}
	return out
}

func tryFormats(l *local, try func(any) bool) bool {
	if l.s.mode&validators.AssertFormat == 0 {
		return false
	}
	for _, name := range l.osh.formats {
		f := validators.Formats[name]
		if !l.s.mode.Asserts(name) {
			continue
		}
		if f.Integer[0] != "" && l.ish.kinds&validators.KindNumber != 0 {
			high, _ := validators.Rational(f.Integer[1])
			low, _ := validators.Rational(f.Integer[0])
			if l.aim(try, func(sh *shape) { sh.kinds &= validators.KindInteger; sh.raise(high, true) }) ||
				l.aim(try, func(sh *shape) { sh.kinds &= validators.KindInteger; sh.lower(low, true) }) {
				return true
			}
		}
		if l.ish.kinds&validators.KindString == 0 {
			continue
		}
		for salt := range 2 {
			for _, v := range append(slices.Collect(l.g.texts(l.ish, salt)), "not a "+name) {
				if l.ish.fits(v) && try(v) {
					return true
				}
			}
		}
	}
	return false
}

func tryDiscriminator(l *local, try func(any) bool) bool {
	if l.s.mode&validators.AssertDiscriminator == 0 {
		return false
	}
	for _, p := range l.in.picks {
		d := p.at.Get("discriminator")
		name := d.Get("propertyName").Text()
		for key := range d.Get("mapping").Fields() {
			if l.aim(try, func(sh *shape) { sh.fix(name, key) }) {
				return true
			}
		}
	}
	for _, p := range l.out.picks {
		if name := p.at.Get("discriminator").Get("propertyName").Text(); name != "" {
			if l.aim(try, func(sh *shape) { sh.drop(name) }) || l.aim(try, func(sh *shape) { sh.fix(name, "unknown") }) {
				return true
			}
		}
	}
	return false
}
