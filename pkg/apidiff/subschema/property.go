package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/lifecycle"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// flags are the marks of a use: those that belong to one direction, and whether it promises nothing.
type flags struct{ readOnly, writeOnly, unstable bool }

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
		f.unstable = f.unstable || lifecycle.Unstable(n)
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

// deepestListing bounds the alternatives of alternatives that are searched for a property.
const deepestListing = 4

// lists reports whether a property is listed or demanded, in an alternative too. seen are the forms
// that were asked, with the depth at which they were: alternatives that share others are not walked
// way by way.
func (n *NormalForm) lists(s *Catalog, name string, depth int, seen map[*NormalForm]int) bool {
	_, demanded := n.required[name]
	_, declared := n.Property(name)
	return demanded || declared.Exists() || n.listsBelow(s, name, depth, seen)
}

// listsBelow reports whether an alternative lists the property, so that it neither came nor went.
func (n *NormalForm) listsBelow(s *Catalog, name string, depth int, seen map[*NormalForm]int) bool {
	if before, ok := seen[n]; ok && before <= depth || depth >= deepestListing || len(n.unions) == 0 || s.meter.Spent() {
		return false
	}
	seen[n] = depth
	return slices.ContainsFunc(n.unions, func(u union) bool {
		s.meter.Charge(len(u.branches))
		return slices.ContainsFunc(u.branches, func(b contract.Node) bool { return s.Of(b).Schema.Normal().lists(s, name, depth+1, seen) })
	})
}

// listed are the properties that n or an alternative lists, with the nodes that do.
func (n *NormalForm) listed(s *Catalog) map[string]contract.Node {
	out, seen := map[string]contract.Node{}, map[*NormalForm]bool{}
	var visit func(n *NormalForm, depth int)
	visit = func(n *NormalForm, depth int) {
		if seen[n] || depth > deepestListing || s.meter.Spent() {
			return
		}
		seen[n] = true
		for _, name := range n.declared() {
			_, at := n.Property(name)
			out[name] = jsonvalue.First(out[name], at)
		}
		for _, u := range n.unions {
			for _, b := range u.branches {
				visit(s.Of(b).Schema.Normal(), depth+1)
			}
		}
	}
	visit(n, 0)
	return out
}

// declaredByEither are the names that a lists, then those that only b lists.
func declaredByEither(a, b *NormalForm) []string {
	names := a.declared()
	listed := jsonvalue.Known(names...)
	for _, name := range b.declared() {
		if !listed[name] {
			names = append(names, name)
		}
	}
	return names
}

// compareProperties compares the listed properties by name.
func (e *Comparer) compareProperties(s *Comparison, a, b *NormalForm) {
	for _, name := range declaredByEither(a, b) {
		if e.Meter.Spent() {
			return
		}
		e.compareProperty(s, a, b, name)
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
		if !a.listsBelow(e.Old, name, 0, map[*NormalForm]int{}) {
			e.listedOnce(s, rules.Added, name, newAt, n, b, a)
		}
		if len(oldSchemas) > 0 && !o.Schema.acceptsNothing() { // it was constrained before, as any other name
			e.pair(s, []string{"properties", name}, o, n, s.mode.Inner())
		}
	case !newAt.Exists():
		if !b.listsBelow(e.New, name, 0, map[*NormalForm]int{}) {
			e.listedOnce(s, rules.Removed, name, oldAt, o, a, b)
		}
		if len(newSchemas) > 0 && !n.Schema.acceptsNothing() {
			e.pair(s, []string{"properties", name}, o, n, s.mode.Inner())
		}
	default:
		e.compareFlags(s, a, b, name, oldAt, newAt, o, n)
		if !o.flags().hidden(s.mode.Side()) && !n.flags().hidden(s.mode.Side()) {
			e.pair(s, []string{"properties", name}, o, n, s.mode.Inner()).Unstable = o.flags().unstable
		}
	}
}

// listedOnce reports a property that only one side lists: the new one, where it was added.
func (e *Comparer) listedOnce(s *Comparison, op rules.Op, name string, at contract.Node, u Use, mine, other *NormalForm) {
	d, closedAt, breaks := Difference{Op: op, Name: name, New: at}, e.Old, rules.Response
	if op == rules.Removed {
		d.New, d.Old, closedAt, breaks = contract.Node{}, at, e.New, rules.Request
	}
	if u.Schema.acceptsNothing() {
		if schemas, _ := other.Property(name); len(schemas) == 0 {
			d.Attr = "forbidden"
			e.report(s, d)
		}
		return
	}
	_, required := mine.required[name]
	_, always := other.required[name]
	closed := other.Closed(closedAt).Exists()
	switch {
	case op == rules.Removed && slices.ContainsFunc(u.Carriers(), func(n contract.Node) bool { return lifecycle.SunsetPassed(n, e.Now) }):
		d.When = "after-sunset"
	case op == rules.Removed && u.flags().unstable:
		d.When, d.From = "unstable", jsonvalue.Quoted(u.stability())
	case u.flags().hidden(s.mode.Side()):
	case required && !always && (!closed || s.mode.Side() != breaks):
		d.When = "required"
	case closed:
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
		d := Difference{Attr: k.attr, Name: name, Old: oldAt, New: newAt, Op: rules.Added, Unstable: f.unstable}
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
func (p *prover) propertiesHold(a, b term, m Mode) bool {
	names := declaredByEither(b.norm, a.norm)
	for pattern := range a.norm.patternProps() {
		if name, ok := literalName(pattern); ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if p.meter.Spent() || !p.propertyHolds(a, b, name, m) {
			return false
		}
	}
	return true
}

func (p *prover) propertyHolds(a, b term, name string, m Mode) bool {
	outer, _ := b.norm.Property(name)
	if len(outer) == 0 {
		return true
	}
	inner, declared := a.norm.Property(name)
	_, required := a.norm.required[name]
	in, out := a.catalog.All(inner), b.catalog.All(outer)
	if !declared.Exists() && len(inner) == 0 && !required && m&AnyName == 0 {
		// Nobody sends what no contract mentions. To forbid a name means that somebody does.
		return m.Side() == rules.Response || !out.Schema.acceptsNothing() || p.excludes(a, name)
	}
	if in.flags().hidden(m.Side()) || out.flags().hidden(m.Side()) && !out.Schema.acceptsNothing() {
		return true
	}
	return p.sub(in.Schema, out.Schema, m.Inner())
}

// namedHold compares the only properties that a can have.
func (p *prover) namedHold(a, b term, names []string, m Mode) bool {
	for _, name := range names {
		if p.meter.Charge(2 + len(b.norm.names)); p.meter.Spent() {
			return false
		}
		for _, v := range b.norm.names {
			if n := b.catalog.Of(v).Schema.simplified(); n.Types&String == 0 || n.enum != nil && !n.enum.Lists(name) || n.enum == nil && !n.plainlyAdmits(name) {
				return false
			}
		}
		if !p.propertyHolds(a, b, name, m) {
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
		return name != "" && a.catalog.Of(v).Schema.Normal().soleRequirement() == name
	}
	refused := func(v contract.Node) bool {
		n := a.catalog.Of(v).Schema.simplified()
		return n.uninhabited || n.Types&String == 0 || n.enum != nil && !n.enum.Lists(name)
	}
	return slices.ContainsFunc(a.norm.nots, ruledOut) || slices.ContainsFunc(a.norm.names, refused)
}

// stability is the level of the first node of a use that promises nothing.
func (u Use) stability() string {
	for _, n := range u.Carriers() {
		if lifecycle.Unstable(n) {
			return lifecycle.Stability(n)
		}
	}
	return "stable"
}
