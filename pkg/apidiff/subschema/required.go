package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// require makes a property required. The empty name is a slip: nothing that is sent is called so.
func (n *NormalForm) require(name string, at contract.Node) {
	if name == "" {
		return
	}
	if n.required == nil {
		n.required = map[string]contract.Node{}
	}
	if _, ok := n.required[name]; !ok {
		n.required[name] = at
	}
}

// onlyRequires reports whether a schema demands properties of objects and says nothing else.
func (n *NormalForm) onlyRequires() bool {
	return len(n.required) > 0 && n.Types&Object != 0 && n.Weight() == 1
}

// soleRequirement is the one property that the schema demands, where it says nothing else.
func (n *NormalForm) soleRequirement() string {
	typed := 0
	if n.Types != AnyType {
		typed = 1
	}
	for name := range n.required {
		if len(n.required) == 1 && n.Types&Object != 0 && n.Weight() == 1+typed {
			return name
		}
	}
	return ""
}

// compareRequired compares the required names that both sides may send.
func (e *Comparer) compareRequired(s *Comparison, a, b *NormalForm) {
	for _, name := range jsonvalue.BothKeys(a.required, b.required) {
		was, old := a.required[name]
		is, now := b.required[name]
		if old == now {
			continue
		}
		if e.Meter.Charge(10); e.Meter.Spent() {
			return
		}
		oldSchemas, oldDeclared := a.Property(name)
		newSchemas, newDeclared := b.Property(name)
		if oldDeclared.Exists() && !newDeclared.Exists() && old || !oldDeclared.Exists() && newDeclared.Exists() && now {
			continue // reported as removed or added
		}
		o, n := e.Old.All(oldSchemas), e.New.All(newSchemas)
		if o.flags().hidden(s.mode.Side()) || n.flags().hidden(s.mode.Side()) {
			continue
		}
		e.oneSided(s, Difference{Attr: "required", Name: name, Old: was, New: is, OldAt: oldDeclared, NewAt: newDeclared, Unstable: o.flags().unstable})
	}
}

func (p *prover) requiredHolds(a, b term, m Mode) bool {
	p.meter.Charge(len(a.norm.required) + len(b.norm.required))
	for name := range b.norm.required {
		if _, ok := a.norm.required[name]; ok {
			continue
		}
		if !hiddenProperty(b, name, m.Side()) {
			return false
		}
	}
	for name := range a.norm.required { // what a hides it does not promise
		if _, needed := b.norm.required[name]; needed && hiddenProperty(a, name, m.Side()) && !hiddenProperty(b, name, m.Side()) {
			return false
		}
	}
	return true
}

// requiredApart reports whether a property that a must have cannot have a value that suits both.
func (p *prover) requiredApart(a, b term, dir rules.Side, depth int) bool {
	p.meter.Charge(8 * len(a.norm.required))
	for _, name := range jsonvalue.SortedKeys(a.norm.required) {
		mine, _ := a.norm.Property(name)
		theirs, _ := b.norm.Property(name)
		if len(theirs) == 0 || hiddenProperty(a, name, dir) {
			continue
		}
		if p.disjoint(termOf(a.catalog.All(mine).Schema), termOf(b.catalog.All(theirs).Schema), dir, depth+1) {
			return true
		}
	}
	return false
}
