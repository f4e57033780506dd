package search

import (
	"math/big"
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// Bounds of a generated value.
const (
	maxHeight = 24 // objects and arrays inside each other
	maxItems  = 1_100
)

// value is a value that meets c; salt makes different ones.
func (g *gen) value(c conj, height, salt int) (any, bool) {
	if !g.w.Burn(2) || height > maxHeight {
		return nil, false
	}
	key, known := c.key()
	if from, dead := g.dead[key]; known && dead && height >= from {
		return nil, false
	}
	v, ok := g.decide(c, g.shape(c), height, salt)
	if !ok && known && g.w.Fuel >= 0 {
		g.dead[key] = height
	}
	return v, ok
}

// decide picks the open alternatives of c one after the other, then makes the value.
func (g *gen) decide(c conj, sh *shape, height, salt int) (any, bool) {
	if sh.uninhabited || g.w.Fuel < 0 {
		return nil, false
	}
	if len(sh.choices) == 0 {
		return g.plain(c, sh, height, salt)
	}
	ch := sh.choices[0]
	for _, i := range g.order(ch) {
		next := c.with(pick{ch.at, ch.keyword, i})
		if v, ok := g.decide(next, g.flatten(next), height, salt); ok {
			return v, true
		}
		if !g.w.Burn(2) {
			return nil, false
		}
	}
	return nil, false
}

// order lists alternatives with those that only allow null last.
func (g *gen) order(ch choice) []int {
	var first, last []int
	for i := range min(ch.len(), maxBranches) {
		if ch.keyword != nullKeyword && onlyNull(ch.at.At(ch.branches.At(i)).Resolved()) {
			last = append(last, i)
		} else {
			first = append(first, i)
		}
	}
	return append(first, last...)
}

func onlyNull(s validators.Schema) bool {
	t, enum := s.Get("type").Text(), s.Get("enum")
	return t == "null" || t == "" && enum.Len() == 1 && enum.At(0).Kind() == contract.Null
}

// maxBranches bounds the alternatives of one composition that are tried.
const maxBranches = 64

// plain makes a value of a shape without open alternatives and checks what the shape cannot
// express.
func (g *gen) plain(c conj, sh *shape, height, salt int) (any, bool) {
	for attempt := range 4 {
		v, ok := g.fromShape(g.attempt(sh, attempt), height, salt+attempt/2)
		if !ok {
			return nil, false
		}
		if g.verified(sh, v) {
			return v, true
		}
		if t := g.conditions(c, sh, v); t != nil {
			if v, ok := g.decide(*t, g.flatten(*t), height, salt); ok {
				return v, true
			}
		}
		if g.w.Fuel < 0 {
			break
		}
	}
	return nil, false
}

// attempt is the shape for another try: with all fields, which tells alternatives apart, and with
// other values.
func (g *gen) attempt(sh *shape, attempt int) *shape {
	if attempt%2 == 0 || len(sh.objects) == 0 {
		return sh
	}
	g.padded = true
	full := sh.clone()
	full.force = append(full.force, g.fields(sh)...)
	return full
}

func (g *gen) verified(sh *shape, v any) bool {
	return !slices.ContainsFunc(sh.verify, func(s validators.Schema) bool { return !g.w.Accepts(s, g.mode, v) })
}

// conditions is c with the consequence of each condition that v meets; nil where it adds nothing.
func (g *gen) conditions(c conj, sh *shape, v any) *conj {
	var more []validators.Schema
	for _, s := range sh.conds {
		branch := "else"
		if g.w.Accepts(s.At(s.Get("if")), g.mode, v) {
			branch = "then"
			more = append(more, s.At(s.Get("if")))
		}
		if t := s.Get(branch); t.Exists() {
			more = append(more, s.At(t))
		}
	}
	if more = slices.DeleteFunc(more, func(s validators.Schema) bool { return slices.Contains(c.schemas, s) }); len(more) == 0 {
		return nil
	}
	out := c.and(conj{schemas: more})
	return &out
}

// fromShape makes a value of the easiest kind that the shape allows.
func (g *gen) fromShape(sh *shape, height, salt int) (any, bool) {
	if sh.uninhabited || height > maxHeight || !g.w.Burn(3) {
		return nil, false
	}
	if sh.closed {
		return g.listed(sh, salt)
	}
	for _, k := range g.preferred(sh) {
		if sh.kinds&k == 0 {
			continue
		}
		for i := range 3 {
			v, ok := g.ofKind(k, sh, height, salt+i)
			if !ok {
				break
			}
			if !sh.avoids(v) {
				return v, true
			}
		}
	}
	return nil, false
}

func (g *gen) ofKind(k validators.Kinds, sh *shape, height, salt int) (any, bool) {
	switch k {
	case validators.KindObject:
		return g.object(sh, height, salt)
	case validators.KindArray:
		return g.array(sh, height, salt)
	case validators.KindString:
		return g.text(sh, salt)
	case validators.KindInteger, validators.KindFraction:
		return g.number(sh, salt, k)
	case validators.KindBool:
		return salt%2 == 0, true
	default:
		return nil, true
	}
}

// preferred are the kinds in the order to try: what the keywords speak of, then the readable ones.
func (g *gen) preferred(sh *shape) []validators.Kinds {
	order := validators.EveryKind[:]
	lead := validators.Kinds(0)
	switch {
	case len(sh.objects) > 0 || len(sh.required) > 0 || len(sh.force) > 0 || len(sh.fixed) > 0 || sh.objectLen.min > 0 || sh.extra > 0:
		lead = validators.KindObject
	case len(sh.arrays) > 0 || sh.arrayLen.min > 0 || len(sh.items) > 0 || len(sh.contains) > 0:
		lead = validators.KindArray
	case sh.min != nil || sh.max != nil || len(sh.multiples) > 0:
		lead = validators.KindInteger
	}
	if lead != 0 {
		order = append([]validators.Kinds{lead}, order...) // a copy
	}
	return order
}

func (sh *shape) avoids(v any) bool { return len(sh.avoid) > 0 && sh.avoid[message.Canonical(v)] }

// listed is one of the values of enum or const.
func (g *gen) listed(sh *shape, salt int) (any, bool) {
	var fit []any
	for _, v := range sh.values {
		if validators.KindOf(v)&sh.kinds != 0 && !sh.avoids(v) {
			fit = append(fit, v)
		}
	}
	if len(fit) == 0 {
		return nil, false
	}
	return fit[salt%len(fit)], true
}

// number is a number within the bounds, small and round where they leave room.
func (g *gen) number(sh *shape, salt int, k validators.Kinds) (any, bool) {
	step := big.NewRat(1, 1)
	if k == validators.KindFraction {
		step = big.NewRat(1, 2)
	}
	for _, m := range sh.multiples {
		step = common(step, m, k)
	}
	at := new(big.Rat)
	switch {
	case sh.min != nil && (sh.min.Sign() > 0 || sh.min.Sign() == 0 && sh.above):
		at.Set(sh.min)
	case sh.max != nil && (sh.max.Sign() < 0 || sh.max.Sign() == 0 && sh.below):
		at.Set(sh.max)
		step = new(big.Rat).Neg(step)
	}
	steps := floor(new(big.Rat).Quo(at, step))
	for range 4 {
		n := new(big.Rat).Mul(step, new(big.Rat).SetInt(steps))
		n.Add(n, new(big.Rat).Mul(step, big.NewRat(int64(salt), 1)))
		if sh.within(n) && (k != validators.KindFraction || !n.IsInt()) {
			return validators.Decimal(n)
		}
		steps = new(big.Int).Add(steps, big.NewInt(1))
	}
	if k == validators.KindFraction && sh.min != nil && sh.max != nil && len(sh.multiples) == 0 {
		mid := new(big.Rat).Add(sh.min, sh.max)
		mid.Quo(mid, big.NewRat(int64(2+salt), 1))
		if sh.within(mid) {
			return validators.Decimal(mid)
		}
	}
	return nil, false
}

func (sh *shape) within(n *big.Rat) bool {
	if sh.min != nil && (n.Cmp(sh.min) < 0 || sh.above && n.Cmp(sh.min) == 0) {
		return false
	}
	if sh.max != nil && (n.Cmp(sh.max) > 0 || sh.below && n.Cmp(sh.max) == 0) {
		return false
	}
	for _, m := range sh.multiples {
		if !new(big.Rat).Quo(n, m).IsInt() {
			return false
		}
	}
	return true
}

// common is a number that both a and b divide; for fractions b alone, so that not only whole
// numbers come out.
func common(a, b *big.Rat, k validators.Kinds) *big.Rat {
	if k == validators.KindFraction && !b.IsInt() {
		return b
	}
	num := new(big.Int).Mul(a.Num(), b.Num()) // a/b and c/d have the common multiple a*c / gcd(a*d, c*b) * ...
	gcd := new(big.Int).GCD(nil, nil, new(big.Int).Mul(a.Num(), b.Denom()), new(big.Int).Mul(b.Num(), a.Denom()))
	return new(big.Rat).SetFrac(num, gcd)
}

func floor(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }
