package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

type cond struct {
	test, then, otherwise contract.Node
	at                    contract.Node
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
		case test.unconstrained(), onlyTypes && n.Types&^o.Types == 0:
			n.decide(c.test, Yes)
			n.mergeNode(s, c.then)
		case o.uninhabited, onlyTypes && n.Types&o.Types == 0:
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
		switch {
		case i >= len(a.conds):
			e.report(s, Difference{Attr: "condition", Op: rules.Added, New: b.conds[i].at})
		case i >= len(b.conds):
			e.report(s, Difference{Attr: "condition", Op: rules.Removed, Old: a.conds[i].at})
		default:
			e.compareCond(s, a.conds[i], b.conds[i])
		}
	}
}

// compareCond compares two conditions. With one test the parts can be compared by themselves.
func (e *Comparer) compareCond(s *Comparison, x, y cond) {
	test := e.equal(e.Old.Of(x.test).Schema, e.New.Of(y.test).Schema, s.mode)
	then, otherwise := [2]*Schema{e.Old.Of(x.then).Schema, e.New.Of(y.then).Schema}, [2]*Schema{e.Old.Of(x.otherwise).Schema, e.New.Of(y.otherwise).Schema}
	in := test && e.within(then[0], then[1], s.mode) && e.within(otherwise[0], otherwise[1], s.mode)
	out := test && e.within(then[1], then[0], s.mode) && e.within(otherwise[1], otherwise[0], s.mode)
	if op, changed := changeOf(in, out); changed {
		e.report(s, Difference{Attr: "condition", Op: op, Old: x.at, New: y.at})
	}
}

// condHolds shows that a satisfies if, then and else.
func (p *prover) condHolds(a, b term, c cond, m Mode, hypothesisDepth *int) bool {
	test, then, otherwise := b.catalog.Of(c.test).Schema, b.catalog.Of(c.then).Schema, b.catalog.Of(c.otherwise).Schema
	for _, own := range a.norm.conds {
		if p.meter.Charge(2); p.meter.Spent() {
			return false
		}
		t := a.catalog.Of(own.test).Schema
		if p.trivially(termOf(t), termOf(test)) && p.sub(a.catalog.Of(own.then).Schema, then, m, hypothesisDepth) && p.sub(a.catalog.Of(own.otherwise).Schema, otherwise, m, hypothesisDepth) {
			return true
		}
	}
	switch {
	case p.part(a, termOf(then), m|anyNamePossible, hypothesisDepth) && p.part(a, termOf(otherwise), m|anyNamePossible, hypothesisDepth):
		return true
	case p.part(a, termOf(test), m|anyNamePossible, hypothesisDepth):
		return p.part(a, termOf(then), m, hypothesisDepth)
	default:
		return p.disjoint(a, termOf(test), m.Side(), 0) && p.part(a, termOf(otherwise), m, hypothesisDepth)
	}
}

// conditional is the part of a that passes, or fails, the test of its first condition.
func (a term) conditional(holds bool) term {
	c, n := a.norm.conds[0], a.norm.clone()
	n.conds = append([]cond(nil), n.conds[1:]...)
	key := a.key + "/then"
	n.decide(c.test, answerOf(holds))
	if holds {
		n.mergeNode(a.catalog, c.test)
		n.mergeNode(a.catalog, c.then)
	} else {
		n.nots = append(append([]contract.Node(nil), n.nots...), a.catalog.complementOf(c.test)...)
		n.mergeNode(a.catalog, c.otherwise)
		key = a.key + "/else"
	}
	n.tidy(a.catalog)
	return term{catalog: a.catalog, norm: n.simplify(a.catalog), key: key, root: a.root, name: a.name}
}
