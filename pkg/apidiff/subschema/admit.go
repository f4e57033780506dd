package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/inplace"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// Answer is an answer that may be unknown.
type Answer = inplace.Answer

const (
	No      = inplace.No
	Unknown = inplace.Unknown
	Yes     = inplace.Yes
)

func answerOf(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// MaxValueDepth bounds the descent into a value and the schemas that refer to each other on the
// way.
const MaxValueDepth = 60

// admits reports whether the schema accepts a value that travels on that side.
func (c *Schema) admits(v contract.Node, s rules.Side, depth int) Answer {
	if depth > MaxValueDepth {
		c.catalog.deep = true
		return Unknown
	}
	if depth < 2 { // few, and asked once
		return c.Normal().admits(c.catalog, v, s, depth)
	}
	return c.catalog.verdict(verdictKey{c, v.Hash(), s, depth}, func() Answer { return c.Normal().admits(c.catalog, v, s, depth) })
}

func (n *NormalForm) admits(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	if n.meter.Charge(3); n.Incomplete || n.foreign || n.meter.Spent() {
		return Unknown
	}
	if n.uninhabited || n.Types&typeOf(v) == 0 {
		return No
	}
	if n.enum != nil && !n.enum.Contains(v) {
		return No
	}
	t := n.admitsPlain(s, v)
	switch v.Kind() {
	case contract.Object:
		t = t.And(n.admitsObject(s, v, dir, depth))
	case contract.Array:
		t = t.And(n.admitsArray(s, v, dir, depth))
	}
	if t == No {
		return No
	}
	return t.And(n.admitsLogic(s, v, dir, depth))
}

func (n *NormalForm) admitsPlain(s *Catalog, v contract.Node) Answer {
	switch v.Kind() {
	case contract.Number:
		r, ok := jsonvalue.ReadNumber(v)
		if !ok {
			return Unknown
		}
		return answerOf(n.admitsNumber(r) && (n.format.Text() != "int32" || fitsInt32(r)))
	case contract.String:
		if !n.patternsKnown(v.Text()) {
			return Unknown
		}
		return answerOf(n.admitsText(v.Text()))
	default:
		return Yes
	}
}

// admitsScalar reports whether the keywords for plain values admit v; arrays and objects pass by
// type alone.
func (n *NormalForm) admitsScalar(v contract.Node) bool {
	t := typeOf(v)
	if n.Types&t == 0 {
		return false
	}
	switch {
	case t&Number != 0:
		r, ok := jsonvalue.ReadNumber(v)
		return !ok || n.admitsNumber(r)
	case t == String:
		return n.admitsText(v.Text())
	default:
		return true
	}
}

func (n *NormalForm) admitsLogic(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	t := Yes
	for _, u := range n.unions {
		t = t.And(u.admits(s, v, dir, depth))
	}
	t = t.And(n.admitsUnevaluated(s, v, dir, depth))
	for _, c := range n.nots {
		t = t.And(s.Of(c).Schema.admits(v, dir, depth+1).Not())
	}
	for _, c := range n.conds {
		switch s.Of(c.test).Schema.admits(v, dir, depth+1) {
		case Yes:
			t = t.And(s.Of(c.then).Schema.admits(v, dir, depth+1))
		case No:
			t = t.And(s.Of(c.otherwise).Schema.admits(v, dir, depth+1))
		default:
			t = t.And(Unknown)
		}
	}
	return t
}

// A verdictKey names the question whether a schema admits a value. The depth counts only where the
// answer was cut short by the bound on it; else it is anyDepth.
type verdictKey struct {
	schema *Schema
	value  contract.Hash
	dir    rules.Side
	depth  int
}

const anyDepth = -1

// maxVerdicts bounds what is remembered of values.
const maxVerdicts = 200_000

// verdict is the answer to a question that may be asked along many ways, worked out once.
func (s *Catalog) verdict(k verdictKey, ask func() Answer) Answer {
	s.meter.Charge(8)
	if s.meter.Spent() {
		return Unknown
	}
	depth := k.depth
	for _, k.depth = range []int{anyDepth, depth} {
		if t, known := s.verdicts[k]; known {
			s.deep = s.deep || k.depth == depth
			return t
		}
	}
	before := s.deep
	s.deep = false
	t := ask()
	if !s.deep {
		k.depth = anyDepth
	}
	s.deep = s.deep || before
	if s.meter.Spent() {
		return Unknown
	}
	if len(s.verdicts) >= maxVerdicts {
		clear(s.verdicts)
	}
	s.verdicts[k] = t
	return t
}
