package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/contract"
)

// complementOf are the schemas that a negation rules out: what is not any of several is none of
// each.
func (s *Catalog) complementOf(v contract.Node) []contract.Node {
	if list := s.Of(v).Schema.onlyAnyOf(); list.Len() > 0 {
		return jsonvalue.Items(list)
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
		if c.Unconstrained() {
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
	onlyTypes := o.Weight() == 1 && o.Types != AnyType && o.enum == nil
	one := o.Weight() == 1 || o.Weight() == 2 && o.enum == nil && o.Types != AnyType && n.Types&^o.Types == 0 // its types are no limit here
	switch {
	case o.uninhabited:
	case onlyTypes:
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
		kept := slices.DeleteFunc(slices.Clone(n.enum.Values), func(v contract.Node) bool { return o.enum.Contains(v) })
		e := jsonvalue.NewEnum(kept, n.enum.At)
		e.Null = n.enum.Null && !o.enum.Null
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
		d := Difference{Attr: "not", Old: at(lost, i), New: at(gained, i), From: jsonvalue.JSONOf(at(lost, i)), To: jsonvalue.JSONOf(at(gained, i))}
		if e.oneSided(s, d) {
			continue
		}
		o, n, m := letterOf(e.Old.Of(d.Old).Schema), letterOf(e.New.Of(d.New).Schema), s.mode|AnyName
		e.reportChange(s, d, e.Prover.askTerms(n, o, m), e.Prover.askTerms(o, n, m)) // what lies in more is excluded: the other way round
	}
}

// without are the nodes of one list whose meaning the other lacks.
func (e *Comparer) without(s *Catalog, list []contract.Node, t *Catalog, other []contract.Node) []contract.Node {
	has := map[contract.Hash]bool{}
	e.Meter.Charge(4 * (len(list) + len(other)))
	for _, n := range other {
		has[t.Of(n).Schema.meaning()] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(n contract.Node) bool { return has[s.Of(n).Schema.meaning()] })
}

// notHolds shows that no value of a is one that b rules out.
func (p *prover) notHolds(a term, ruled *Schema, s *Catalog, m Mode) bool {
	for _, n := range a.norm.nots {
		if p.meter.Spent() {
			return false
		}
		if p.prove(letterOf(ruled).only(a.norm.Types), letterOf(a.catalog.Of(n).Schema), m&^AsText|AnyName) {
			return true // a rules out at least as much
		}
	}
	return p.disjoint(a, letterOf(ruled), m.Side(), 0)
}
