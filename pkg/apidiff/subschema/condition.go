package subschema

import (
	"github.com/romel/govctl/pkg/contract"
)

type cond struct {
	test, then, otherwise contract.Node
}

// resolveConds decides the conditions whose test the types decide, and takes "if it has a" as a
// dependency.
func (n *NormalForm) resolveConds(s *Catalog) {
	var rest []cond
	todo := n.conds
	n.conds = nil // what is merged on the way may bring more
	for _, c := range todo {
		test := s.Of(c.test).Schema
		o := test.Normal()
		onlyTypes := o.Weight() == 1 && o.Types != AnyType && o.enum == nil
		switch {
		case test.Unconstrained(), onlyTypes && n.Types&^o.Types == 0:
			n.decide(c.test, Yes)
			n.mergeNode(s, c.then)
		case n.Types&o.Types == 0:
			n.decide(c.test, No)
			n.mergeNode(s, c.otherwise)
		case n.Types == Object && !c.otherwise.Exists() && o.soleRequirement() != "":
			n.dependOn(o.soleRequirement(), c.then)
		default:
			rest = append(rest, c)
		}
	}
	n.conds = append(rest, n.conds...)
}

func (e *Comparer) compareConds(s *Comparison, a, b *NormalForm) {
	for i := range max(len(a.conds), len(b.conds)) {
		if e.Meter.Spent() {
			return
		}
		x, y := at(a.conds, i), at(b.conds, i)
		if !e.oneSided(s, Difference{Attr: "condition", Old: x.test, New: y.test}) {
			e.compareCond(s, x, y)
		}
	}
}

// compareCond compares two conditions. With one test the parts can be compared by themselves.
func (e *Comparer) compareCond(s *Comparison, x, y cond) {
	within := func(inner *Catalog, a contract.Node, outer *Catalog, b contract.Node) bool {
		return e.Prover.askTerms(letterOf(inner.Of(a).Schema), letterOf(outer.Of(b).Schema), s.mode)
	}
	test := within(e.Old, x.test, e.New, y.test) && within(e.New, y.test, e.Old, x.test)
	in := test && within(e.Old, x.then, e.New, y.then) && within(e.Old, x.otherwise, e.New, y.otherwise)
	out := test && within(e.New, y.then, e.Old, x.then) && within(e.New, y.otherwise, e.Old, x.otherwise)
	e.reportChange(s, Difference{Attr: "condition", Old: x.test, New: y.test}, in, out)
}

// condHolds shows that a satisfies if, then and else.
func (p *prover) condHolds(a, b term, c cond, m Mode) bool {
	test, then, otherwise := letterOf(b.catalog.Of(c.test).Schema), letterOf(b.catalog.Of(c.then).Schema), letterOf(b.catalog.Of(c.otherwise).Schema)
	for _, own := range a.norm.conds {
		if p.meter.Charge(2); p.meter.Spent() {
			return false
		}
		mine := letterOf(a.catalog.Of(own.test).Schema)
		if p.trivially(mine, test) && p.trivially(test, mine) && p.prove(letterOf(a.catalog.Of(own.then).Schema), then, m) && p.prove(letterOf(a.catalog.Of(own.otherwise).Schema), otherwise, m) {
			return true
		}
	}
	switch {
	case p.prove(a, then, m|AnyName) && p.prove(a, otherwise, m|AnyName):
		return true
	case p.prove(a, test, m|AnyName):
		return p.prove(a, then, m)
	default:
		return p.disjoint(a, test, m.Side(), 0) && p.prove(a, otherwise, m)
	}
}

// conditional is the part of a that passes, or fails, the test of its first condition.
func (a term) conditional(holds bool) term {
	c, n := a.norm.conds[0], a.norm.clone()
	n.conds = append([]cond(nil), n.conds[1:]...)
	key := "/then"
	n.decide(c.test, answerOf(holds))
	if holds {
		n.mergeNode(a.catalog, c.test)
		n.mergeNode(a.catalog, c.then)
	} else {
		n.nots = append(append([]contract.Node(nil), n.nots...), a.catalog.complementOf(c.test)...)
		n.mergeNode(a.catalog, c.otherwise)
		key = "/else"
	}
	return a.narrowed(n, key)
}
