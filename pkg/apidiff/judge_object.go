package apidiff

import (
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/contract"
)

func (e *engine) judgeObject(s *site, a, b *norm) {
	if (a.types^b.types)&tObject != 0 {
		return // told by the type
	}
	e.judgeProperties(s, a, b)
	e.judgeRequired(s, a, b)
	e.judgeExtra(s, a, b)
	e.judgePatternProps(s, a, b)
	e.judgeNames(s, a, b)
	e.judgeDependent(s, a, b)
}

// judgeProperties compares the listed properties by name.
func (e *engine) judgeProperties(s *site, a, b *norm) {
	names := a.declared()
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] = true; e.meter.spent() {
			return
		}
		e.judgeProperty(s, a, b, name)
	}
	for _, name := range b.declared() {
		if e.meter.spent() {
			return
		}
		if !seen[name] {
			e.judgeProperty(s, a, b, name)
		}
	}
}

func (e *engine) judgeProperty(s *site, a, b *norm, name string) {
	oldSchemas, oldAt := a.child(name)
	newSchemas, newAt := b.child(name)
	if e.same && len(oldSchemas) == 1 && len(newSchemas) == 1 && e.old.closure(oldSchemas[0]) == e.new.closure(newSchemas[0]) && oldAt.Exists() == newAt.Exists() {
		return
	}
	o, n := e.old.all(oldSchemas), e.new.all(newSchemas)
	switch {
	case !oldAt.Exists():
		if !n.schema.forbids() && !a.listsBelow(e.old, name) {
			e.propertyAdded(s, a, b, name, newAt, n)
		}
		if len(oldSchemas) > 0 && !o.schema.forbids() { // it was constrained before, as any other name
			e.pair(s, []string{"properties", name}, o, n, s.mode.inner())
		}
	case !newAt.Exists():
		if !o.schema.forbids() && !b.listsBelow(e.new, name) {
			e.propertyRemoved(s, a, b, name, oldAt, o)
		}
		if len(newSchemas) > 0 && !n.schema.forbids() {
			e.pair(s, []string{"properties", name}, o, n, s.mode.inner())
		}
	default:
		e.judgeFlags(s, a, b, name, oldAt, newAt, o, n)
		if !o.flags().hidden(s.mode.side()) && !n.flags().hidden(s.mode.side()) {
			e.pair(s, []string{"properties", name}, o, n, s.mode.inner())
		}
	}
}

// listsBelow reports whether an alternative lists the property, so that it neither came nor went.
func (n *norm) listsBelow(s *side, name string) bool {
	return slices.ContainsFunc(n.unions, func(u union) bool {
		return slices.ContainsFunc(u.branches, func(b contract.Node) bool { return s.of(b).schema.norm().lists(s, name, 1, map[*norm]int{}) })
	})
}

func (e *engine) propertyAdded(s *site, a, b *norm, name string, at contract.Node, n use) {
	d := delta{op: Added, name: name, new: at}
	_, required := b.required[name]
	_, before := a.required[name]
	hidden := n.flags().hidden(s.mode.side())
	switch {
	case hidden:
	case required && !before:
		d.when = "required"
		if s.mode.side() == Response && a.closed(e.old).Exists() {
			d.when = "closed"
		}
	case a.closed(e.old).Exists():
		d.when = "closed"
	}
	e.tell(s, d)
}

func (e *engine) propertyRemoved(s *site, a, b *norm, name string, at contract.Node, o use) {
	d := delta{op: Removed, name: name, old: at}
	_, required := a.required[name]
	_, still := b.required[name]
	hidden := o.flags().hidden(s.mode.side())
	switch {
	case e.sunsetPassed(o):
		d.when = "after-sunset"
	case hidden:
	case required && !still:
		d.when = "required"
		if s.mode.side() == Request && b.closed(e.new).Exists() {
			d.when = "closed"
		}
	case b.closed(e.new).Exists():
		d.when = "closed"
	}
	e.tell(s, d)
}

// judgeFlags compares readOnly and writeOnly, which take a property out of one direction.
func (e *engine) judgeFlags(s *site, a, b *norm, name string, oldAt, newAt contract.Node, o, n use) {
	f, g := o.flags(), n.flags()
	_, wasRequired := a.required[name]
	_, isRequired := b.required[name]
	for _, k := range []struct {
		attr     string
		was, is  bool
		required bool
	}{
		{"read-only", f.readOnly, g.readOnly, isRequired && s.mode.side() == Request},
		{"write-only", f.writeOnly, g.writeOnly, wasRequired && s.mode.side() == Response},
	} {
		d := delta{attr: k.attr, name: name, old: oldAt, new: newAt, op: Added}
		if k.was == k.is {
			continue
		}
		if k.was {
			d.op = Removed
		}
		if k.required {
			d.when = "required"
		}
		e.tell(s, d)
	}
}

// judgeRequired compares the required names that both sides may send.
func (e *engine) judgeRequired(s *site, a, b *norm) {
	for _, name := range bothKeys(a.required, b.required) {
		was, old := a.required[name]
		is, now := b.required[name]
		if old == now {
			continue
		}
		if e.meter.charge(10); e.meter.spent() {
			return
		}
		oldSchemas, oldDeclared := a.child(name)
		newSchemas, newDeclared := b.child(name)
		if oldDeclared.Exists() && !newDeclared.Exists() && old || !oldDeclared.Exists() && newDeclared.Exists() && now {
			continue // told as removed or added
		}
		o, n := e.old.all(oldSchemas), e.new.all(newSchemas)
		if o.flags().hidden(s.mode.side()) || n.flags().hidden(s.mode.side()) {
			continue
		}
		if now {
			e.tell(s, delta{attr: "required", op: Added, name: name, new: is, oldAt: oldDeclared})
		} else {
			e.tell(s, delta{attr: "required", op: Removed, name: name, old: was, newAt: newDeclared})
		}
	}
}

// judgeExtra compares what is said about properties that nothing lists.
func (e *engine) judgeExtra(s *site, a, b *norm) {
	was, is := a.closed(e.old), b.closed(e.new)
	switch {
	case was.Exists() && is.Exists():
	case is.Exists():
		e.tell(s, delta{attr: "additional-properties", op: Removed, new: is})
	case was.Exists():
		e.tell(s, delta{attr: "additional-properties", op: Added, old: was})
	default:
		o, n := a.extra(), b.extra()
		if len(o)+len(n) > 0 {
			e.pair(s, []string{"additionalProperties"}, e.old.all(o), e.new.all(n), s.mode.inner())
		}
	}
}

func (e *engine) judgePatternProps(s *site, a, b *norm) {
	was, is := a.patternProps(), b.patternProps()
	for _, pattern := range bothKeys(was, is) {
		o, n := was[pattern], is[pattern]
		switch {
		case len(o) == 0:
			e.tell(s, delta{attr: "pattern-property", op: Added, name: pattern, new: n[0], to: quoted(pattern)})
		case len(n) == 0:
			e.tell(s, delta{attr: "pattern-property", op: Removed, name: pattern, old: o[0], from: quoted(pattern)})
		default:
			e.pair(s, nil, e.old.all(o), e.new.all(n), s.mode.inner())
		}
	}
}

func (e *engine) judgeNames(s *site, a, b *norm) {
	switch {
	case len(a.names)+len(b.names) == 0:
	case len(a.names) == 0:
		e.tell(s, delta{attr: "property-names", op: Added, new: b.names[0], to: jsonOf(b.names[0])})
	case len(b.names) == 0:
		e.tell(s, delta{attr: "property-names", op: Removed, old: a.names[0], from: jsonOf(a.names[0])})
	default:
		o, n := e.old.all(a.names), e.new.all(b.names)
		if o.schema.forbids() != n.schema.forbids() {
			e.forbidden(s, o.schema, n.schema)
			return
		}
		e.pair(s, nil, o, n, s.mode.inner())
	}
}

func (e *engine) judgeDependent(s *site, a, b *norm) {
	for _, trigger := range bothKeys(a.depRequired, b.depRequired) {
		was, is := a.depRequired[trigger], b.depRequired[trigger]
		for _, name := range bothKeys(was, is) {
			text := quoted(trigger + " needs " + name)
			switch {
			case !was[name].Exists():
				e.tell(s, delta{attr: "dependent-required", op: Added, name: trigger + " " + name, new: is[name], to: text})
			case !is[name].Exists():
				e.tell(s, delta{attr: "dependent-required", op: Removed, name: trigger + " " + name, old: was[name], from: text})
			}
		}
	}
	for _, trigger := range bothKeys(a.depSchemas, b.depSchemas) {
		was, is := a.depSchemas[trigger], b.depSchemas[trigger]
		switch {
		case len(was) == 0:
			e.tell(s, delta{attr: "dependent-schema", op: Added, name: trigger, new: is[0], to: quoted(trigger)})
		case len(is) == 0:
			e.tell(s, delta{attr: "dependent-schema", op: Removed, name: trigger, old: was[0], from: quoted(trigger)})
		default:
			e.pair(s, nil, e.old.all(was), e.new.all(is), s.mode.inner())
		}
	}
}

// judgeUnknown fails closed on keywords that no version of the specification speaks of.
func (e *engine) judgeUnknown(s *site, a, b *norm) {
	was, is := unknownByName(a.unknown), unknownByName(b.unknown)
	for _, name := range bothKeys(was, is) {
		if o, n := was[name], is[name]; o.Hash() != n.Hash() {
			e.tell(s, delta{attr: "unknown keyword", op: Changed, name: name, old: o, new: n, from: jsonOf(o), to: jsonOf(n)})
		}
	}
}

func unknownByName(list []keyword) map[string]contract.Node {
	m := map[string]contract.Node{}
	for _, k := range list {
		if _, ok := m[k.name]; !ok {
			m[k.name] = k.value
		}
	}
	return maps.Clone(m)
}
