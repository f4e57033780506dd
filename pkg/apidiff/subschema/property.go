package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// flags are the marks of a use that belong to one direction.
type flags struct{ readOnly, writeOnly bool }

func (u Use) flags() flags {
	if !u.Entry.Exists() {
		return u.readFlags()
	}
	a := u.Schema.catalog.cacheOf(u.Entry)
	if !a.flagged {
		a.flags, a.flagged = u.readFlags(), true
	}
	return a.flags
}

func (u Use) readFlags() flags {
	var f flags
	for _, n := range u.Carriers() {
		f.readOnly = f.readOnly || n.Get("readOnly").Bool()
		f.writeOnly = f.writeOnly || n.Get("writeOnly").Bool()
	}
	return f
}

// hidden reports whether a property with these marks is no part of messages of that side.
func (f flags) hidden(s rules.Side) bool {
	return s == rules.Request && f.readOnly && !f.writeOnly || s == rules.Response && f.writeOnly && !f.readOnly
}

// hiddenProperty reports whether a property is no part of messages of that side.
func hiddenProperty(t term, name string, s rules.Side) bool {
	schemas, _ := t.norm.Property(name)
	return len(schemas) > 0 && t.catalog.All(schemas).flags().hidden(s)
}

// lists reports whether a property is listed or demanded, in an alternative too. seen are the forms
// that were asked, with the depth at which they were: alternatives that share others are not walked
// way by way.
func (n *NormalForm) lists(s *Catalog, name string, depth int, seen map[*NormalForm]int) bool {
	if _, ok := n.required[name]; ok {
		return true
	}
	if _, declared := n.Property(name); declared.Exists() {
		return true
	}
	const deepest = 4
	if before, ok := seen[n]; ok && before <= depth || depth >= deepest || len(n.unions) == 0 || s.meter.Spent() {
		return false
	}
	seen[n] = depth
	return slices.ContainsFunc(n.unions, func(u union) bool {
		s.meter.Charge(len(u.branches))
		return slices.ContainsFunc(u.branches, func(b contract.Node) bool { return s.Of(b).Schema.Normal().lists(s, name, depth+1, seen) })
	})
}

// compareProperties compares the listed properties by name.
func (e *Comparer) compareProperties(s *Comparison, a, b *NormalForm) {
	names := a.declared()
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] = true; e.Meter.Spent() {
			return
		}
		e.compareProperty(s, a, b, name)
	}
	for _, name := range b.declared() {
		if e.Meter.Spent() {
			return
		}
		if !seen[name] {
			e.compareProperty(s, a, b, name)
		}
	}
}

func (e *Comparer) compareProperty(s *Comparison, a, b *NormalForm, name string) {
	oldSchemas, oldAt := a.Property(name)
	newSchemas, newAt := b.Property(name)
	if e.Same && len(oldSchemas) == 1 && len(newSchemas) == 1 && e.Old.Closure(oldSchemas[0]) == e.New.Closure(newSchemas[0]) && oldAt.Exists() == newAt.Exists() {
		return
	}
	o, n := e.Old.All(oldSchemas), e.New.All(newSchemas)
	switch {
	case !oldAt.Exists():
		if !n.Schema.acceptsNothing() && !a.listsBelow(e.Old, name) {
			e.propertyAdded(s, a, b, name, newAt, n)
		}
		if len(oldSchemas) == 0 && n.Schema.acceptsNothing() && !a.listsBelow(e.Old, name) {
			e.report(s, Difference{Attr: "forbidden", Op: rules.Added, Name: name, New: newAt})
		}
		if len(oldSchemas) > 0 && !o.Schema.acceptsNothing() { // it was constrained before, as any other name
			e.pair(s, []string{"properties", name}, o, n, s.mode.Inner())
		}
	case !newAt.Exists():
		if !o.Schema.acceptsNothing() && !b.listsBelow(e.New, name) {
			e.propertyRemoved(s, a, b, name, oldAt, o)
		}
		if len(newSchemas) == 0 && o.Schema.acceptsNothing() && !b.listsBelow(e.New, name) {
			e.report(s, Difference{Attr: "forbidden", Op: rules.Removed, Name: name, Old: oldAt})
		}
		if len(newSchemas) > 0 && !n.Schema.acceptsNothing() {
			e.pair(s, []string{"properties", name}, o, n, s.mode.Inner())
		}
	default:
		e.compareFlags(s, a, b, name, oldAt, newAt, o, n)
		if !o.flags().hidden(s.mode.Side()) && !n.flags().hidden(s.mode.Side()) {
			e.pair(s, []string{"properties", name}, o, n, s.mode.Inner())
		}
	}
}

// listsBelow reports whether an alternative lists the property, so that it neither came nor went.
func (n *NormalForm) listsBelow(s *Catalog, name string) bool {
	return slices.ContainsFunc(n.unions, func(u union) bool {
		return slices.ContainsFunc(u.branches, func(b contract.Node) bool { return s.Of(b).Schema.Normal().lists(s, name, 1, map[*NormalForm]int{}) })
	})
}

func (e *Comparer) propertyAdded(s *Comparison, a, b *NormalForm, name string, at contract.Node, n Use) {
	d := Difference{Op: rules.Added, Name: name, New: at}
	_, required := b.required[name]
	_, before := a.required[name]
	hidden := n.flags().hidden(s.mode.Side())
	switch {
	case hidden:
	case required && !before:
		d.When = "required"
		if s.mode.Side() == rules.Response && a.Closed(e.Old).Exists() {
			d.When = "closed"
		}
	case a.Closed(e.Old).Exists():
		d.When = "closed"
	}
	e.report(s, d)
}

func (e *Comparer) propertyRemoved(s *Comparison, a, b *NormalForm, name string, at contract.Node, o Use) {
	d := Difference{Op: rules.Removed, Name: name, Old: at}
	_, required := a.required[name]
	_, still := b.required[name]
	hidden := o.flags().hidden(s.mode.Side())
	switch {
	case e.sunsetPassed(o):
		d.When = "after-sunset"
	case hidden:
	case required && !still:
		d.When = "required"
		if s.mode.Side() == rules.Request && b.Closed(e.New).Exists() {
			d.When = "closed"
		}
	case b.Closed(e.New).Exists():
		d.When = "closed"
	}
	e.report(s, d)
}

// compareFlags compares readOnly and writeOnly, which take a property out of one direction.
func (e *Comparer) compareFlags(s *Comparison, a, b *NormalForm, name string, oldAt, newAt contract.Node, o, n Use) {
	f, g := o.flags(), n.flags()
	_, wasRequired := a.required[name]
	_, isRequired := b.required[name]
	for _, k := range []struct {
		attr     string
		was, is  bool
		required bool
	}{
		{"read-only", f.readOnly, g.readOnly, isRequired && s.mode.Side() == rules.Request},
		{"write-only", f.writeOnly, g.writeOnly, wasRequired && s.mode.Side() == rules.Response},
	} {
		d := Difference{Attr: k.attr, Name: name, Old: oldAt, New: newAt, Op: rules.Added}
		if k.was == k.is {
			continue
		}
		if k.was {
			d.Op = rules.Removed
		}
		if k.required {
			d.When = "required"
		}
		e.report(s, d)
	}
}

// propertiesHold compares the properties that either side lists.
func (p *prover) propertiesHold(a, b term, m Mode, hypothesisDepth *int) bool {
	names := b.norm.declared()
	listed := make(map[string]bool, len(names))
	for _, name := range names {
		listed[name] = true
	}
	for _, name := range a.norm.declared() {
		if !listed[name] {
			names = append(names, name)
		}
	}
	for pattern := range a.norm.patternProps() {
		if name, ok := literalName(pattern); ok && !listed[name] {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if p.meter.Spent() || !p.propertyHolds(a, b, name, m, hypothesisDepth) {
			return false
		}
	}
	return true
}

func (p *prover) propertyHolds(a, b term, name string, m Mode, hypothesisDepth *int) bool {
	outer, _ := b.norm.Property(name)
	if len(outer) == 0 {
		return true
	}
	inner, declared := a.norm.Property(name)
	_, required := a.norm.required[name]
	in, out := a.catalog.All(inner), b.catalog.All(outer)
	if !declared.Exists() && len(inner) == 0 && !required && m&anyNamePossible == 0 {
		// Nobody sends what no contract mentions. To forbid a name means that somebody does.
		return m.Side() == rules.Response || !out.Schema.acceptsNothing() || p.excludes(a, name)
	}
	if in.flags().hidden(m.Side()) || out.flags().hidden(m.Side()) && !out.Schema.acceptsNothing() {
		return true
	}
	return p.sub(in.Schema, out.Schema, m.Inner(), hypothesisDepth)
}

// namedHold compares the only properties that a can have.
func (p *prover) namedHold(a, b term, names []string, m Mode, hypothesisDepth *int) bool {
	for _, name := range names {
		if p.meter.Charge(2 + len(b.norm.names)); p.meter.Spent() {
			return false
		}
		for _, v := range b.norm.names {
			if n := b.catalog.Of(v).Schema.simplified(); n.Types&String == 0 || n.enum != nil && !n.enum.lists(name) || n.enum == nil && !n.plainlyAdmits(name) {
				return false
			}
		}
		if !p.propertyHolds(a, b, name, m, hypothesisDepth) {
			return false
		}
	}
	return true
}

// impossible reports whether no value of a has the property.
func (p *prover) impossible(a term, name string) bool {
	schemas, _ := a.norm.Property(name)
	return len(schemas) > 0 && a.catalog.All(schemas).Schema.acceptsNothing()
}

// excludes reports whether no value of a has the property, whichever keyword says it.
func (p *prover) excludes(a term, name string) bool {
	p.meter.Charge(2 + len(a.norm.nots) + len(a.norm.names))
	switch list := a.norm.depSchemas[name]; {
	case p.impossible(a, name), a.norm.maxProps.set() && a.norm.maxProps.n == 0, len(list) > 0 && a.catalog.All(list).Schema.acceptsNothing():
		return true
	}
	ruledOut := func(v contract.Node) bool {
		n := a.catalog.Of(v).Schema.Normal()
		_, demanded := n.required[name]
		return demanded && len(n.required) == 1 && (n.Weight() == 1 || n.Weight() == 2 && n.Types&Object != 0 && n.Types != AnyType)
	}
	refused := func(v contract.Node) bool {
		n := a.catalog.Of(v).Schema.simplified()
		return n.uninhabited || n.Types&String == 0 || n.enum != nil && !n.enum.lists(name)
	}
	return slices.ContainsFunc(a.norm.nots, ruledOut) || slices.ContainsFunc(a.norm.names, refused)
}
