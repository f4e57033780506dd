package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

type containsPart struct {
	schema contract.Node
	min    count
	max    count
}

// compareContains compares contains, which has its own limits.
func (e *Comparer) compareContains(s *Comparison, a, b *NormalForm) {
	for i := range max(len(a.contains), len(b.contains)) {
		x, y := at(a.contains, i), at(b.contains, i)
		d := Difference{Attr: "contains", Old: x.schema, New: y.schema, From: jsonvalue.JSONOf(x.schema), To: jsonvalue.JSONOf(y.schema)}
		if !e.oneSided(s, d) {
			e.compareCount(s, "min-contains", x.min.orOne(), y.min.orOne())
			e.compareCount(s, "max-contains", x.max, y.max)
			e.compareContained(s, x, y, d)
		}
	}
}

// compareContained compares the schemas of contains. With maxContains more matches are not better,
// so only equality helps.
func (e *Comparer) compareContained(s *Comparison, x, y containsPart, d Difference) {
	o, n := e.Old.Of(x.schema), e.New.Of(y.schema)
	if o.Schema.meaning() == n.Schema.meaning() && e.Same {
		return
	}
	in, out := e.within(o.Schema, n.Schema, s.mode.Inner()), e.within(n.Schema, o.Schema, s.mode.Inner())
	var changed bool
	if d.Op, changed = changeOf(in, out); !changed {
		return
	}
	if x.max.set() || y.max.set() {
		d.Op = rules.Changed
	}
	e.report(s, d)
}

// containsHold compares contains: an item of the kind must be there, and not more than allowed.
func (p *prover) containsHold(a, b term, m Mode) bool {
	for _, want := range b.norm.contains {
		held := p.allItems(a, b, want, m)
		for _, have := range a.norm.contains {
			if held {
				break
			}
			o, n := a.catalog.Of(have.schema).Schema, b.catalog.Of(want.schema).Schema
			held = have.min.orOne().n >= want.min.orOne().n && p.sub(o, n, m.Inner()) &&
				(!want.max.set() || have.max.set() && have.max.n <= want.max.n && p.sub(n, o, m.Inner()))
		}
		if !held {
			return false
		}
	}
	return true
}

// allItems reports whether every item is of the wanted kind, and there are enough.
func (p *prover) allItems(a, b term, want containsPart, m Mode) bool {
	if want.max.set() && (!a.norm.maxItems.set() || a.norm.maxItems.n > want.max.n) || want.min.orOne().n > max(a.norm.minItems.n, 0) {
		return false
	}
	target := b.catalog.Of(want.schema).Schema
	for i := range a.norm.PrefixLength() + 1 {
		if !p.sub(a.catalog.All(a.norm.Item(i)).Schema, target, m.Inner()) {
			return false
		}
	}
	return true
}

// admits reports whether enough items, and not too many, are of the kind.
func (c containsPart) admits(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	var hits, maybe int64
	for _, item := range v.Items() {
		switch s.Of(c.schema).Schema.admits(item, dir, depth+1) {
		case Yes:
			hits++
		case Unknown:
			maybe++
		}
	}
	switch {
	case hits+maybe < c.min.orOne().n, c.max.set() && hits > c.max.n:
		return No
	case hits < c.min.orOne().n, c.max.set() && hits+maybe > c.max.n:
		return Unknown
	default:
		return Yes
	}
}
