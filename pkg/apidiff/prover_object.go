package apidiff

import "github.com/romel/govctl/pkg/contract"

func (p *prover) objectsHold(a, b term, m mode, lean *int) bool {
	x, y := a.norm, b.norm
	if y.closedFor(b.side) && !x.closedFor(a.side) {
		return false
	}
	return p.requiredHolds(a, b, m) && p.countsHold(a, b) && p.propertiesHold(a, b, m, lean) &&
		p.extraHolds(a, b, m, lean) && p.patternsHold(a, b, m, lean) && p.namesHold(a, b, m, lean) && p.dependentHolds(a, b, m, lean) &&
		(!y.unevaluatedProps.Exists() || len(y.unions)+len(y.conds)+len(y.depSchemas) == 0 || x.closed(a.side).Exists())
}

func (n *norm) closedFor(s *side) bool { return n.closed(s).Exists() }

// hiddenProperty reports whether a property is no part of messages of that side.
func hiddenProperty(t term, name string, s Side) bool {
	schemas, _ := t.norm.child(name)
	return len(schemas) > 0 && t.side.all(schemas).flags().hidden(s)
}

func (p *prover) requiredHolds(a, b term, m mode) bool {
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
	for _, name := range names {
		if !p.propertyHolds(a, b, name, m, lean) {
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
		if !p.sub(a.side.all(inner).schema, b.side.all(outside).schema, m.inner(), lean) {
			return false
		}
	}
	return true
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
