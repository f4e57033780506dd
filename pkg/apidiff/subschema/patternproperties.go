package subschema

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/inplace"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/contract"
)

// patterns are the expressions of patternProperties with their schemas.
func (n *NormalForm) patternProps() map[string][]contract.Node {
	var out map[string][]contract.Node
	for _, p := range n.objects {
		n.meter.Charge(1 + 4*p.patterns.Len())
		for pattern, v := range p.patterns.Fields() {
			if inplace.EveryName[pattern] {
				continue
			}
			if out == nil {
				out = map[string][]contract.Node{}
			}
			out[pattern] = append(out[pattern], v)
		}
	}
	return out
}

func (e *Comparer) comparePatternProps(s *Comparison, a, b *NormalForm) {
	was, is := a.patternProps(), b.patternProps()
	for _, pattern := range jsonvalue.BothKeys(was, is) {
		o, n, text := was[pattern], is[pattern], jsonvalue.Quoted(pattern)
		if !e.oneSided(s, Difference{Attr: "pattern-property", Name: pattern, Old: at(o, 0), New: at(n, 0), From: text, To: text}) {
			e.pair(s, nil, e.Old.All(o), e.New.All(n), s.mode.Inner())
		}
	}
}

// patternsHold compares patternProperties: what a may name must satisfy what b says of such names.
func (p *prover) patternsHold(a, b term, m Mode) bool {
	own := a.norm.patternProps()
	for pattern, outer := range b.norm.patternProps() {
		if name, ok := literalName(pattern); ok {
			if inner, _ := a.norm.Property(name); !p.sub(a.catalog.All(inner).Schema, b.catalog.All(outer).Schema, m.Inner()) {
				return false
			}
			continue
		}
		inner := append(append([]contract.Node(nil), own[pattern]...), a.norm.extraBeside(own[pattern])...)
		if !p.sub(a.catalog.All(inner).Schema, b.catalog.All(outer).Schema, m.Inner()) {
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
			continue // compared by its name
		}
		if !p.sub(a.catalog.All(inner).Schema, b.catalog.All(outside).Schema, m.Inner()) {
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
func (n *NormalForm) extraBeside(own []contract.Node) []contract.Node {
	if len(own) > 0 {
		return nil
	}
	return n.extra()
}
