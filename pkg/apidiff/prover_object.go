package apidiff

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

func (p *prover) objectsHold(a, b term, m mode, lean *int) bool {
	x, y := a.norm, b.norm
	if names, ok := x.possibleNames(a.side); ok {
		return p.requiredHolds(a, b, m) && p.countsHold(a, b) && p.namedHold(a, b, names, m, lean) && p.dependentHolds(a, b, m, lean)
	}
	if y.closedFor(b.side) && !x.closedFor(a.side) {
		return false
	}
	return p.requiredHolds(a, b, m) && p.countsHold(a, b) && p.propertiesHold(a, b, m, lean) &&
		p.extraHolds(a, b, m, lean) && p.patternsHold(a, b, m, lean) && p.namesHold(a, b, m, lean) && p.dependentHolds(a, b, m, lean)
}

func (n *norm) closedFor(s *side) bool { return n.closed(s).Exists() }

// hiddenProperty reports whether a property is no part of messages of that side.
func hiddenProperty(t term, name string, s Side) bool {
	schemas, _ := t.norm.child(name)
	return len(schemas) > 0 && t.side.all(schemas).flags().hidden(s)
}

func (p *prover) requiredHolds(a, b term, m mode) bool {
	p.meter.charge(len(a.norm.required) + len(b.norm.required))
	for name := range b.norm.required {
		if _, ok := a.norm.required[name]; ok {
			continue
		}
		if !hiddenProperty(b, name, m.side()) {
			return false
		}
	}
	for name := range a.norm.required { // what a hides it does not promise
		if _, needed := b.norm.required[name]; needed && hiddenProperty(a, name, m.side()) && !hiddenProperty(b, name, m.side()) {
			return false
		}
	}
	return true
}

func (p *prover) countsHold(a, b term) bool {
	x, y := a.norm, b.norm
	least := max(x.minProps.n, int64(len(x.required)))
	if y.minProps.set() && y.minProps.n > least {
		return false
	}
	if !y.maxProps.set() || x.maxProps.set() && x.maxProps.n <= y.maxProps.n {
		return true
	}
	return x.closed(a.side).Exists() && len(x.patternProps()) == 0 && int64(len(x.declared())) <= y.maxProps.n
}

// propertiesHold compares the properties that either side lists.
func (p *prover) propertiesHold(a, b term, m mode, lean *int) bool {
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
		if p.meter.spent() || !p.propertyHolds(a, b, name, m, lean) {
			return false
		}
	}
	return true
}

func (p *prover) propertyHolds(a, b term, name string, m mode, lean *int) bool {
	outer, _ := b.norm.child(name)
	if len(outer) == 0 {
		return true
	}
	inner, declared := a.norm.child(name)
	_, required := a.norm.required[name]
	if !declared.Exists() && len(inner) == 0 && !required && m&modeStrict == 0 {
		return true // nobody sends it
	}
	in, out := a.side.all(inner), b.side.all(outer)
	if in.flags().hidden(m.side()) || out.flags().hidden(m.side()) && !out.schema.forbids() {
		return true
	}
	return p.sub(in.schema, out.schema, m.inner(), lean)
}

// namedHold compares the only properties that a can have.
func (p *prover) namedHold(a, b term, names []string, m mode, lean *int) bool {
	for _, name := range names {
		if p.meter.charge(2 + len(b.norm.names)); p.meter.spent() {
			return false
		}
		for _, v := range b.norm.names {
			if n := b.side.of(v).schema.sharp(); n.types&tString == 0 || n.enum != nil && !n.enum.lists(name) || n.enum == nil && !n.plainlyAdmits(name) {
				return false
			}
		}
		if !p.propertyHolds(a, b, name, m, lean) {
			return false
		}
	}
	return true
}

// lists reports whether the text is one of the values.
func (e *enumSet) lists(text string) bool {
	return slices.ContainsFunc(e.values, func(v contract.Node) bool { return v.Kind() == contract.String && v.Text() == text })
}

// plainlyAdmits reports whether a text is seen to be valid.
func (n *norm) plainlyAdmits(text string) bool {
	for _, p := range n.patterns {
		if n.meter.pattern(p.Text()) == nil {
			return false
		}
	}
	return n.admitsText(text) && !n.format.Exists() && len(n.unions)+len(n.nots)+len(n.conds) == 0
}

// extraHolds compares what is said of properties that nobody lists.
func (p *prover) extraHolds(a, b term, m mode, lean *int) bool {
	outer := b.norm.extra()
	if len(outer) == 0 {
		return true
	}
	inner := a.norm.extra()
	if len(inner) == 0 && m&modeStrict == 0 && b.side.all(outer).schema.unconstrained() {
		return true
	}
	return p.sub(a.side.all(inner).schema, b.side.all(outer).schema, m.inner(), lean)
}

// patternsHold compares patternProperties: what a may name must satisfy what b says of such names.
func (p *prover) patternsHold(a, b term, m mode, lean *int) bool {
	own := a.norm.patternProps()
	for pattern, outer := range b.norm.patternProps() {
		if name, ok := literalName(pattern); ok {
			if inner, _ := a.norm.child(name); !p.sub(a.side.all(inner).schema, b.side.all(outer).schema, m.inner(), lean) {
				return false
			}
			continue
		}
		inner := append(append([]contract.Node(nil), own[pattern]...), a.norm.extraBeside(own[pattern])...)
		if !p.sub(a.side.all(inner).schema, b.side.all(outer).schema, m.inner(), lean) {
			return false
		}
	}
	outside := b.norm.extra()
	if len(outside) == 0 {
		return true
	}
	theirs := b.norm.patternProps()
	for pattern, inner := range own {
		if _, ok := theirs[pattern]; ok {
			continue
		}
		if _, ok := literalName(pattern); ok {
			continue // told by the name
		}
		if !p.sub(a.side.all(inner).schema, b.side.all(outside).schema, m.inner(), lean) {
			return false
		}
	}
	return true
}

// literalName is the one name that an expression of patternProperties meets, where it is one.
func literalName(pattern string) (string, bool) {
	name, begun := strings.CutPrefix(pattern, "^")
	name, ended := strings.CutSuffix(name, "$")
	return name, begun && ended && !strings.ContainsAny(name, `\.+*?()|[]{}^$`)
}

// extraBeside is additionalProperties where no pattern of its own decides.
func (n *norm) extraBeside(own []contract.Node) []contract.Node {
	if len(own) > 0 {
		return nil
	}
	return n.extra()
}

func (p *prover) namesHold(a, b term, m mode, lean *int) bool {
	if len(b.norm.names) == 0 {
		return true
	}
	if len(a.norm.names) == 0 {
		return false
	}
	return p.sub(a.side.all(a.norm.names).schema, b.side.all(b.norm.names).schema, m.inner(), lean)
}

func (p *prover) dependentHolds(a, b term, m mode, lean *int) bool {
	for trigger, names := range b.norm.depRequired {
		p.meter.charge(2 + 2*len(names))
		for name := range names {
			_, always := a.norm.required[name]
			if _, same := a.norm.depRequired[trigger][name]; !always && !same && !p.impossible(a, trigger) {
				return false
			}
		}
	}
	for trigger, outer := range b.norm.depSchemas {
		if p.impossible(a, trigger) {
			continue
		}
		target := b.side.all(outer).schema
		if inner := a.norm.depSchemas[trigger]; len(inner) > 0 && p.sub(a.side.all(inner).schema, target, m.inner(), lean) {
			continue
		}
		if !p.part(a, termOf(target), m|modeStrict, lean) {
			return false
		}
	}
	return true
}

// impossible reports whether no value of a has the property.
func (p *prover) impossible(a term, name string) bool {
	schemas, _ := a.norm.child(name)
	return len(schemas) > 0 && a.side.all(schemas).schema.forbids()
}
