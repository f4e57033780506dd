package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/inplace"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// decide notes whether a schema that applies in place is known to accept the values.
func (n *NormalForm) decide(v contract.Node, t Answer) {
	if n.decided == nil {
		n.decided = map[contract.Node]Answer{}
	}
	n.decided[v] = t
}

// holds is what is known of a premise without the value.
func (n *NormalForm) holds(p inplace.Premise) Answer {
	t, known := n.decided[p.Schema]
	if !known {
		return Unknown
	}
	return p.Given(t)
}

// unevaluated are the schemas of a property or an item that nothing evaluates, or as far as is known nothing.
func (n *NormalForm) unevaluated(items bool, at inplace.Slot, most Answer) []contract.Node {
	return inplace.Unevaluated(n.meter, n.scopes, items, at, n.holds, most)
}

func (n *NormalForm) evaluated(items bool, at inplace.Slot) Answer {
	return inplace.Evaluated(n.meter, n.scopes, items, at, n.holds)
}

// open reports whether it hangs on the value what is evaluated.
func (n *NormalForm) open() bool { return slices.ContainsFunc(n.scopes, n.isOpen) }

func (n *NormalForm) isOpen(c inplace.Scope) bool { return c.Open(n.meter, n.holds) }

// unrestricted is a without what is said of unevaluated properties and items where nobody knows which they are.
func (a term) unrestricted() term {
	if a.norm.open() {
		a.norm, a.key, a.plain = a.norm.clone(), a.key+"!", false
		a.norm.scopes = slices.DeleteFunc(a.norm.scopes, a.norm.isOpen)
	}
	return a
}

// compareScopes compares what is evaluated where that hangs on the value: else it is seen at each property and item.
func (e *Comparer) compareScopes(s *Comparison, a, b *NormalForm, items bool) {
	if len(a.scopes) == 0 || len(b.scopes) == 0 || !a.open() && !b.open() {
		return
	}
	was, is := inplace.Listed(a.scopes, items), inplace.Listed(b.scopes, items)
	for _, at := range append(inplace.Slots(was, is), inplace.Rest) {
		x, y := a.evaluated(items, at), b.evaluated(items, at)
		if e.Meter.Charge(10); x == y || e.Meter.Spent() || at == inplace.Rest && max(x, y) == Yes || !items && at != inplace.Rest && e.told(a, b, at.Name, min(x, y)) {
			continue
		}
		d, left := Difference{Op: rules.Removed, Name: at.Name, When: "closed", Old: was[at], New: is[at]}, e.New.All(b.unevaluated(items, at, Unknown))
		if x < y {
			d.Op, left = rules.Added, e.Old.All(a.unevaluated(items, at, Unknown))
		}
		if !left.Schema.acceptsNothing() && was[at].Exists() != is[at].Exists() {
			continue // it may still be there, as one that came or went
		}
		switch {
		case items:
			d.Attr, d.When = "additional-items", ""
		case at == inplace.Rest:
			d.Attr, d.When = "additional-properties", ""
		}
		e.report(s, d)
	}
}

// told reports whether the comparison of properties sees that one is evaluated as it was not before.
func (e *Comparer) told(a, b *NormalForm, name string, least Answer) bool {
	_, was := a.Property(name)
	_, is := b.Property(name)
	return was.Exists() && is.Exists() && least == No || was.Exists() && !b.lists(e.New, name, 0, map[*NormalForm]int{}) ||
		is.Exists() && !a.lists(e.Old, name, 0, map[*NormalForm]int{})
}

// oneBranchEvaluates shows that a lies in the part of b where one alternative alone says what is evaluated: it has
// less evaluated than b, so that what is proved of it is proved of b.
func (p *prover) oneBranchEvaluates(a, b term, m Mode) bool {
	if len(b.norm.unions) != 1 || len(b.norm.unions[0].branches) > maxCover {
		return false
	}
	u := &b.norm.unions[0]
	for i := range u.branches {
		p.steps -= b.cost()
		if p.prove(a, b.alternative(i, alone), m) {
			return !u.one || !p.overlaps(a, b, u, m)
		}
	}
	return false
}

func alone(contract.Node) bool { return true }

// apart tells which alternatives have no value in common with branch i of a; those of oneOf are taken to have none.
func (p *prover) apart(a term, i int, m Mode) func(contract.Node) bool {
	u := a.norm.unions[0]
	return func(b contract.Node) bool {
		return u.one || p.disjoint(a.branch(u.branches[i]), a.branch(b), m.Side(), 0)
	}
}

// admitsUnevaluated asks the value what is evaluated in it.
func (n *NormalForm) admitsUnevaluated(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	return inplace.Admits(n.meter, n.scopes, v, func(schema, v contract.Node) Answer {
		return s.Of(schema).Schema.admits(v, dir, max(depth+1, 2)) // asked often, and so remembered
	})
}
