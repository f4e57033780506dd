package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// complementOf are the schemas that a negation rules out: what is not any of several is none of
// each.
func (s *Catalog) complementOf(v contract.Node) []contract.Node {
	c := s.Of(v).Schema
	if len(c.nodes) != 1 || c.orNull || c.nodes[0].Kind() != contract.Object {
		return []contract.Node{v}
	}
	if f := s.keywordsOf(c.nodes[0]); !f.typed && len(f.assertions) == 1 && f.assertions[0].name == "anyOf" {
		return Items(f.assertions[0].value)
	}
	return []contract.Node{v}
}

// resolveNots takes negations as the positive keywords that say the same.
func (n *NormalForm) resolveNots(s *Catalog) {
	var rest []contract.Node
	todo := n.nots
	s.meter.Charge(20 * len(todo))
	n.nots = nil // what is merged on the way may bring more
	for _, v := range todo {
		c := s.Of(v).Schema
		if c.unconstrained() {
			n.uninhabited, n.uninhabitedAt = true, v
			return
		}
		if !n.addComplement(s, c.Normal()) {
			rest = append(rest, v)
		}
	}
	n.nots = append(rest, n.nots...)
}

// addComplement adds the complement of o where one keyword says it, and reports whether it did.
func (n *NormalForm) addComplement(s *Catalog, o *NormalForm) bool {
	one := o.Weight() == 1
	switch {
	case o.uninhabited:
	case one && o.Types != AnyType && o.enum == nil:
		if t := n.Types &^ o.Types; t&Number != Fraction {
			n.Types = t
			return true
		}
		return false
	case one && len(o.nots) == 1:
		for _, node := range s.Of(o.nots[0]).Schema.nodes {
			n.merge(s, node, 1)
		}
	case one && o.max.set():
		n.Types &= Number
		n.limit(false, bound{value: o.max.value, exclusive: !o.max.exclusive, at: o.max.at})
	case one && o.min.set():
		n.Types &= Number
		n.limit(true, bound{value: o.min.value, exclusive: !o.min.exclusive, at: o.min.at})
	case one && n.addComplementOfLength(o):
	case o.enum != nil && n.enum != nil && o.Weight() <= 1:
		kept := slices.DeleteFunc(slices.Clone(n.enum.values), func(v contract.Node) bool { return o.enum.contains(v) })
		e := NewEnum(kept, n.enum.at)
		e.null = n.enum.null && !o.enum.null
		n.enum = e
	default:
		return false
	}
	return true
}

func (e *Comparer) compareNots(s *Comparison, a, b *NormalForm) {
	lost, gained := e.without(e.Old, a.nots, e.New, b.nots), e.without(e.New, b.nots, e.Old, a.nots)
	for i := range max(len(lost), len(gained)) {
		if e.Meter.Spent() {
			return
		}
		switch {
		case i >= len(lost):
			e.report(s, Difference{Attr: "not", Op: rules.Added, New: gained[i], To: JSONOf(gained[i])})
		case i >= len(gained):
			e.report(s, Difference{Attr: "not", Op: rules.Removed, Old: lost[i], From: JSONOf(lost[i])})
		default:
			o, n := e.Old.Of(lost[i]).Schema, e.New.Of(gained[i]).Schema
			// what lies in more is excluded: the other way round
			if op, changed := changeOf(e.strictlyWithin(n, o, s.mode), e.strictlyWithin(o, n, s.mode)); changed {
				e.report(s, Difference{Attr: "not", Op: op, Old: lost[i], New: gained[i], From: JSONOf(lost[i]), To: JSONOf(gained[i])})
			}
		}
	}
}

// without are the nodes of one list whose meaning the other lacks.
func (e *Comparer) without(s *Catalog, list []contract.Node, t *Catalog, other []contract.Node) []contract.Node {
	has := map[contract.Hash]bool{}
	e.Meter.Charge(4 * (len(list) + len(other)))
	for _, n := range other {
		has[t.Of(n).Schema.meaning()] = true
	}
	var out []contract.Node
	for _, n := range list {
		if !has[s.Of(n).Schema.meaning()] {
			out = append(out, n)
		}
	}
	return out
}

// notHolds shows that no value of a is one that b rules out.
func (p *prover) notHolds(a term, ruled *Schema, s *Catalog, m Mode, hypothesisDepth *int) bool {
	for _, n := range a.norm.nots {
		if p.meter.Spent() {
			return false
		}
		if p.sub(ruled, a.catalog.Of(n).Schema, m&^AsText|anyNamePossible, hypothesisDepth) {
			return true // a rules out at least as much
		}
	}
	return p.disjoint(a, termOf(ruled), m.Side(), 0)
}
