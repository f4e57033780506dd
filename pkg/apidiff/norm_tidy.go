package apidiff

import (
	"math/big"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// tidy brings equal meanings to equal forms once all conjuncts are merged.
func (n *norm) tidy(s *side) {
	n.tidyUnions(s)
	n.stated = n.types
	n.tidyNumbers()
	n.tidyRanges()
	n.tidyEnum()
	n.dropDead()
	if n.types == 0 {
		n.never = true
		n.neverAt = first(n.neverAt, n.typeAt)
	}
	if n.never {
		never := newNorm()
		never.meter, never.cut = n.meter, n.cut
		never.never, never.types, never.neverAt, never.typeAt = true, 0, n.neverAt, n.typeAt
		*n = *never
	}
}

// tidyUnions drops alternatives that add nothing.
func (n *norm) tidyUnions(s *side) {
	todo, kept := n.unions, []union(nil)
	for rounds := 0; len(todo) > 0; rounds++ {
		u := todo[0]
		todo = todo[1:]
		var open bool
		u.branches, open = distinct(s, u)
		switch {
		case open:
		case len(u.branches) == 1 && rounds < 100:
			sub, c := newNorm(), s.of(u.branches[0]).schema
			for _, node := range c.nodes {
				sub.merge(s, node, 1)
			}
			if u.null || c.orNull {
				sub.admitNull()
			}
			todo, sub.unions = append(todo, sub.unions...), nil
			n.unions = nil
			n.absorb(sub)
		case n.listsValues(s, u):
		default:
			kept = append(kept, u)
		}
	}
	n.unions = kept
}

// listsValues takes alternatives that are nothing but listed values as one list, and reports whether they are.
func (n *norm) listsValues(s *side, u union) bool {
	var values []contract.Node
	seen := map[contract.Hash]int{}
	null := u.null
	s.meter.charge(2 * len(u.branches))
	for _, b := range u.branches {
		c := s.of(b).schema
		if c.satisfiable() || !c.alone() || c.norm().enum == nil || c.norm().types&(tArray|tObject) != 0 {
			return false
		}
		for _, v := range c.norm().enum.values {
			if seen[v.Hash()]++; seen[v.Hash()] == 1 {
				values = append(values, v)
			}
		}
		null = null || c.norm().enum.null
	}
	if u.one { // what two alternatives list is in none
		values = slices.DeleteFunc(values, func(v contract.Node) bool { return seen[v.Hash()] > 1 })
	}
	e := newEnum(values, u.at)
	e.null = null
	n.restrict(e)
	return true
}

// distinct are the branches that count; open reports an anyOf with a branch that admits everything.
func distinct(s *side, u union) (branches []contract.Node, open bool) {
	seen := map[contract.Hash]bool{}
	s.meter.charge(4 * len(u.branches))
	for _, b := range openNested(s, u, 0, map[contract.Node]bool{}) {
		c := s.of(b).schema
		if !u.one && (seen[c.meaning()] || !c.satisfiable() && c.alone() && c.norm().never) {
			continue
		}
		seen[c.meaning()] = true
		open = open || !u.one && c.unconstrained() && !s.onlyNull(b)
		branches = append(branches, b)
	}
	return branches, open
}

// satisfiable reports whether some value is seen to be valid, and none is listed, without the normal form: nothing is said but a type and one
// limit.
func (c *schema) satisfiable() bool {
	if len(c.nodes) != 1 || c.nodes[0].Kind() != contract.Object {
		return false
	}
	f := c.side.fact(c.nodes[0])
	return f.types != 0 && (len(f.keywords) == 0 || len(f.keywords) == 1 && mild[f.keywords[0].name] && !strings.HasPrefix(f.keywords[0].value.Literal(), "-"))
}

// mild are keywords that alone never leave a type without a value.
var mild = map[string]bool{
	"maxLength": true, "minLength": true, "format": true, "maxItems": true, "minItems": true, "items": true,
	"properties": true, "additionalProperties": true, "maxProperties": true, "minProperties": true,
}

// alone reports whether the normal form can be asked for without a risk of going in circles.
func (c *schema) alone() bool {
	if len(c.nodes) != 1 || c.nodes[0].Kind() == contract.Bool {
		return len(c.nodes) == 1
	}
	f := c.side.fact(c.nodes[0])
	return !f.has("anyOf") && !f.has("oneOf")
}

// openNested replaces a branch of anyOf that is nothing but an anyOf by its branches.
func openNested(s *side, u union, depth int, opened map[contract.Node]bool) []contract.Node {
	if u.one || depth > 20 {
		return u.branches
	}
	var out []contract.Node
	s.meter.charge(2 * len(u.branches))
	for _, b := range u.branches {
		c := s.of(b).schema
		if len(c.nodes) == 1 && !c.orNull && c.nodes[0].Kind() == contract.Object {
			f := s.fact(c.nodes[0])
			if !f.typed && len(f.keywords) == 1 && f.keywords[0].name == "anyOf" {
				if !opened[c.nodes[0]] { // else its alternatives are there already: levels that share the next one would double at each
					opened[c.nodes[0]] = true
					out = append(out, openNested(s, union{branches: items(f.keywords[0].value)}, depth+1, opened)...)
				}
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// tidyNumbers merges the multiples and, for integers, makes bounds whole and inclusive.
func (n *norm) tidyNumbers() {
	n.mergeMultiples()
	for _, m := range n.multiple {
		if m.value.IsInt() {
			n.types &^= tFrac
		}
	}
	if n.types&tNumber != tInt {
		n.boundByMultiple()
		return
	}
	if len(n.multiple) == 1 {
		whole := new(big.Rat).SetInt(n.multiple[0].value.Num())
		n.multiple[0].value = whole
		if whole.Cmp(big.NewRat(1, 1)) == 0 && n.stated&tFrac == 0 {
			n.multiple = nil
		}
	}
	n.max, n.min = n.max.whole(-1), n.min.whole(1)
	n.boundByMultiple()
}

// boundByMultiple moves the bounds to the first multiple that they admit.
func (n *norm) boundByMultiple() {
	if len(n.multiple) == 1 {
		n.max, n.min = n.max.multiple(-1, n.multiple[0].value), n.min.multiple(1, n.multiple[0].value)
	}
}

// multiple is the bound as multiples of a number see it; sign is 1 for bounds from below.
func (b bound) multiple(sign int, of *big.Rat) bound {
	if !b.set() {
		return b
	}
	b.value = new(big.Rat).Quo(b.value, of)
	b = b.whole(sign)
	b.value = new(big.Rat).Mul(b.value, of)
	return b
}

func (n *norm) mergeMultiples() {
	n.meter.charge(20 * len(n.multiple))
	for len(n.multiple) > 1 {
		a, b := n.multiple[0].value, n.multiple[1].value
		num := new(big.Int).Mul(a.Num(), b.Num())
		num.Quo(num, new(big.Int).GCD(nil, nil, a.Num(), b.Num()))
		den := new(big.Int).GCD(nil, nil, a.Denom(), b.Denom())
		at := n.multiple[0].at
		if num.BitLen() > 2048 {
			return
		}
		n.multiple = append([]ratio{{new(big.Rat).SetFrac(num, den), at}}, n.multiple[2:]...)
	}
}

// whole is the bound as integers see it; sign is 1 for bounds from below.
func (b bound) whole(sign int) bound {
	if !b.set() {
		return b
	}
	if b.value.IsInt() {
		if b.exclusive {
			b.value = new(big.Rat).Add(b.value, big.NewRat(int64(sign), 1))
		}
	} else {
		floor := new(big.Int).Div(b.value.Num(), b.value.Denom()) // Euclidean: rounds down
		b.value = new(big.Rat).SetInt(floor)
		if sign > 0 {
			b.value.Add(b.value, big.NewRat(1, 1))
		}
	}
	b.exclusive = false
	return b
}

// tidyRanges takes away the types whose bounds leave no value.
func (n *norm) tidyRanges() {
	if n.min.set() && n.max.set() {
		if c := n.min.value.Cmp(n.max.value); c > 0 || c == 0 && (n.min.exclusive || n.max.exclusive) {
			n.types &^= tNumber
		}
	}
	if n.maxLength.set() && n.minLength.n > n.maxLength.n {
		n.types &^= tString
	}
	if n.maxItems.set() && n.minItems.n > n.maxItems.n {
		n.types &^= tArray
	}
	if n.maxProps.set() && n.minProps.n > n.maxProps.n {
		n.types &^= tObject
	}
}

// tidyEnum leaves of an enum only the values that the other keywords admit, and then forgets those keywords.
func (n *norm) tidyEnum() {
	if n.enum == nil {
		return
	}
	var t types
	var values []contract.Node
	n.meter.charge(4 * len(n.enum.values))
	for _, v := range n.enum.values {
		if n.admitsScalar(v) {
			values = append(values, v)
			t |= typeOf(v)
		}
	}
	if n.enum.null && n.types&tNull != 0 {
		t |= tNull
	}
	e := newEnum(values, n.enum.at)
	e.isConst, e.null = n.enum.isConst, t&tNull != 0
	n.enum, n.types = e, t
	if t == tNull || t&^tNull == tBool && len(values) == 2 {
		n.enum = nil
	}
}

// admitsScalar reports whether the keywords for plain values admit v; arrays and objects pass by type alone.
func (n *norm) admitsScalar(v contract.Node) bool {
	t := typeOf(v)
	if n.types&t == 0 {
		return false
	}
	switch {
	case t&tNumber != 0:
		r, ok := readNumber(v)
		return !ok || n.admitsNumber(r)
	case t == tString:
		return n.admitsText(v.Text())
	default:
		return true
	}
}

func (n *norm) admitsNumber(r *big.Rat) bool {
	if n.max.set() {
		if c := r.Cmp(n.max.value); c > 0 || c == 0 && n.max.exclusive {
			return false
		}
	}
	if n.min.set() {
		if c := r.Cmp(n.min.value); c < 0 || c == 0 && n.min.exclusive {
			return false
		}
	}
	n.meter.charge(10 * len(n.multiple))
	for _, m := range n.multiple {
		if !new(big.Rat).Quo(r, m.value).IsInt() {
			return false
		}
	}
	return true
}

func (n *norm) admitsText(s string) bool {
	length := int64(0)
	for range s {
		length++
	}
	if n.maxLength.set() && length > n.maxLength.n || length < n.minLength.n {
		return false
	}
	for _, p := range n.patterns {
		if hit, known := n.meter.matches(p.Text(), s); known && !hit {
			return false
		}
	}
	return true
}

func typeOf(v contract.Node) types {
	switch v.Kind() {
	case contract.Null:
		return tNull
	case contract.Bool:
		return tBool
	case contract.Number:
		if r, ok := readNumber(v); ok && !r.IsInt() {
			return tFrac
		}
		return tInt
	case contract.String:
		return tString
	case contract.Array:
		return tArray
	case contract.Object:
		return tObject
	default:
		return 0
	}
}

// dropDead forgets the keywords for plain values that no valid value is subject to.
func (n *norm) dropDead() {
	plain := n.enum != nil && n.types&(tArray|tObject) == 0
	if n.types&tNumber == 0 || plain {
		n.max, n.min, n.multiple = bound{}, bound{}, nil
	}
	if n.types&tString == 0 || plain {
		n.maxLength, n.minLength, n.patterns = noCount, noCount, nil
	}
	if n.types&(tString|tNumber) == 0 || plain {
		n.format, n.hint = contract.Node{}, contract.Node{}
	}
	n.meter.charge(len(n.patterns))
	seen := map[string]bool{}
	var patterns []contract.Node
	for _, p := range n.patterns {
		if !seen[p.Text()] {
			patterns, seen[p.Text()] = append(patterns, p), true
		}
	}
	n.patterns = patterns
	if n.types&tArray == 0 {
		n.maxItems, n.minItems, n.unique = noCount, noCount, contract.Node{}
	}
	if n.maxItems.n == 0 { // an empty array has no items to speak of
		n.arrays, n.unique = nil, contract.Node{}
	}
	if n.types&tObject == 0 && len(n.objects) == 0 {
		n.maxProps, n.minProps = noCount, noCount
	}
}
