package apidiff

import (
	"context"
	"math/big"

	"github.com/romel/govctl/pkg/contract"
)

// truth is an answer that may be unknown.
type truth uint8

const (
	no truth = iota
	unknown
	yes
)

func (t truth) and(o truth) truth { return min(t, o) }

func (t truth) not() truth { return yes - t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// maxValueDepth bounds the descent into a value and the schemas that refer to each other on the way.
const maxValueDepth = 60

// admits reports whether the schema accepts a value that travels on that side.
func (c *schema) admits(v contract.Node, s Side, depth int) truth {
	if depth > maxValueDepth {
		c.side.meter.deep = true
		return unknown
	}
	if depth < 2 { // few, and asked once
		return c.norm().admits(c.side, v, s, depth)
	}
	return c.side.meter.verdict(verdictKey{c, v.Hash(), s, depth}, func() truth { return c.norm().admits(c.side, v, s, depth) })
}

func (n *norm) admits(s *side, v contract.Node, dir Side, depth int) truth {
	if n.meter.charge(3); n.cut || n.meter.spent() {
		return unknown
	}
	if n.never || n.types&typeOf(v) == 0 {
		return no
	}
	if n.enum != nil && !n.enum.contains(v) {
		return no
	}
	t := n.admitsPlain(s, v)
	switch v.Kind() {
	case contract.Object:
		t = t.and(n.admitsObject(s, v, dir, depth))
	case contract.Array:
		t = t.and(n.admitsArray(s, v, dir, depth))
	}
	if t == no {
		return no
	}
	return t.and(n.admitsLogic(s, v, dir, depth))
}

func (n *norm) admitsPlain(s *side, v contract.Node) truth {
	switch v.Kind() {
	case contract.Number:
		r, ok := readNumber(v)
		if !ok {
			return unknown
		}
		return truthOf(n.admitsNumber(r) && (n.format.Text() != "int32" || fitsInt32(r)))
	case contract.String:
		for _, p := range n.patterns {
			if n.meter.pattern(p.Text()) == nil {
				return unknown
			}
		}
		return truthOf(n.admitsText(v.Text()))
	default:
		return yes
	}
}

func fitsInt32(r *big.Rat) bool {
	return r.IsInt() && r.Num().IsInt64() && r.Num().Int64() == int64(int32(r.Num().Int64()))
}

func (n *norm) admitsObject(s *side, v contract.Node, dir Side, depth int) truth {
	size := int64(v.Len())
	if n.maxProps.set() && size > n.maxProps.n || size < n.minProps.n {
		return no
	}
	t := yes
	n.meter.charge(len(n.required))
	for name := range n.required {
		if v.Get(name).Exists() {
			continue
		}
		schemas, _ := n.child(name)
		if s.all(schemas).flags().hidden(dir) {
			t = unknown
			continue
		}
		return no
	}
	for name, field := range v.Fields() {
		schemas, _ := n.child(name)
		if len(schemas) > 0 {
			t = t.and(s.all(schemas).schema.admits(field, dir, depth+1))
		}
		if t == no {
			return no
		}
	}
	if len(n.names) > 0 {
		t = t.and(n.admitsNames(s, v, dir, depth))
	}
	if n.unevaluatedProps.Exists() && len(n.unions)+len(n.conds)+len(n.depSchemas) > 0 {
		t = t.and(unknown)
	}
	return t.and(n.admitsDependent(s, v, dir, depth))
}

// admitsNames reports whether the names of the properties are valid as texts.
func (n *norm) admitsNames(s *side, v contract.Node, dir Side, depth int) truth {
	t := yes
	c := s.all(n.names).schema
	for name := range v.Fields() {
		text, err := contract.ParseValue(context.Background(), "name.json", []byte(quoted(name)), contract.Options{})
		if err != nil {
			return unknown
		}
		t = t.and(c.admits(text, dir, depth+1))
	}
	return t
}

func (n *norm) admitsDependent(s *side, v contract.Node, dir Side, depth int) truth {
	t := yes
	for trigger, names := range n.depRequired {
		n.meter.charge(1 + len(names))
		for name := range names {
			if v.Get(trigger).Exists() && !v.Get(name).Exists() {
				return no
			}
		}
	}
	for _, trigger := range sortedKeys(n.depSchemas) {
		if list := n.depSchemas[trigger]; v.Get(trigger).Exists() {
			t = t.and(s.all(list).schema.admits(v, dir, depth+1))
		}
	}
	return t
}

func (n *norm) admitsArray(s *side, v contract.Node, dir Side, depth int) truth {
	size := int64(v.Len())
	if n.maxItems.set() && size > n.maxItems.n || size < n.minItems.n {
		return no
	}
	t := yes
	seen := map[contract.Hash]bool{}
	for i, item := range v.Items() {
		if n.unique.Exists() && seen[item.Hash()] {
			return no
		}
		seen[item.Hash()] = true
		if schemas := n.item(i); len(schemas) > 0 {
			t = t.and(s.all(schemas).schema.admits(item, dir, depth+1))
		}
	}
	for _, c := range n.contains {
		t = t.and(c.admits(s, v, dir, depth))
	}
	if n.unevaluatedItems.Exists() && n.unevaluated() && size > 0 {
		t = t.and(unknown)
	}
	return t
}

// admits reports whether enough items, and not too many, are of the kind.
func (c containsPart) admits(s *side, v contract.Node, dir Side, depth int) truth {
	var hits, maybe int64
	for _, item := range v.Items() {
		switch s.of(c.schema).schema.admits(item, dir, depth+1) {
		case yes:
			hits++
		case unknown:
			maybe++
		}
	}
	switch {
	case hits+maybe < c.min.orOne().n, c.max.set() && hits > c.max.n:
		return no
	case hits < c.min.orOne().n, c.max.set() && hits+maybe > c.max.n:
		return unknown
	default:
		return yes
	}
}

func (n *norm) admitsLogic(s *side, v contract.Node, dir Side, depth int) truth {
	t := yes
	for _, u := range n.unions {
		t = t.and(u.admits(s, v, dir, depth))
	}
	for _, c := range n.nots {
		t = t.and(s.of(c).schema.admits(v, dir, depth+1).not())
	}
	for _, c := range n.conds {
		switch s.of(c.test).schema.admits(v, dir, depth+1) {
		case yes:
			t = t.and(s.of(c.then).schema.admits(v, dir, depth+1))
		case no:
			t = t.and(s.of(c.otherwise).schema.admits(v, dir, depth+1))
		default:
			t = t.and(unknown)
		}
	}
	return t
}

func (u union) admits(s *side, v contract.Node, dir Side, depth int) truth {
	if u.null && v.Kind() == contract.Null {
		return yes
	}
	hits, maybe := u.count(s, v, dir, depth)
	switch {
	case u.one && hits > 1:
		return no
	case maybe > 0 && (u.one || hits == 0):
		return unknown
	default:
		return truthOf(hits > 0)
	}
}

// count is the number of alternatives that accept the value, and of those that nobody can tell of.
func (u union) count(s *side, v contract.Node, dir Side, depth int) (hits, maybe int) {
	s.meter.charge(len(u.branches))
	for _, b := range u.branches {
		switch s.of(b).schema.admits(v, dir, depth+1) {
		case yes:
			hits++
		case unknown:
			maybe++
		}
	}
	return hits, maybe
}
