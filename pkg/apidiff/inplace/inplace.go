// Package inplace reads which schema objects apply to a value itself, and which of its properties and items they evaluate, as
// far as that is known.
package inplace

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
)

// Answer is an answer that may be unknown.
type Answer uint8

const (
	No Answer = iota
	Unknown
	Yes
)

func (t Answer) And(o Answer) Answer { return min(t, o) }

func (t Answer) Not() Answer { return Yes - t }

func answerOf(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// A Meter is what work is charged to.
type Meter interface {
	Charge(work int)
	Matches(expression, text string) (hit, known bool)
}

// Direct is what applies in place at a node by reference or allOf, and whether that alone counts.
type Direct func(n contract.Node) (schemas []contract.Node, alone bool)

// A Scope is unevaluatedProperties or unevaluatedItems, with the schema object in which it stands and what applies in place
// below that: what stands beside the object evaluates nothing for it.
type Scope struct {
	Value   contract.Node
	Items   bool
	sources []source
}

// A source is a schema object that evaluates properties or items where all its premises hold.
type source struct {
	node     contract.Node // absent: one of too many to be listed
	premises []Premise
}

// A Premise is that a schema accepts the value, or refuses it, or accepts one item, or that the value has the property whose
// dependency the schema is.
type Premise struct {
	Schema contract.Node
	Of     Kind
}

type Kind uint8

const (
	Accepts Kind = iota
	Refuses
	OneItem
	Present
)

// Given is what is known of a premise by what is known of the schema.
func (p Premise) Given(t Answer) Answer {
	if p.Of == Refuses {
		return t.Not()
	}
	return t
}

// A Slot is a property or an item.
type Slot struct {
	Name  string
	Index int
}

// Rest is any property or item that nothing lists.
var Rest = Slot{Index: math.MaxInt}

// maxSources bounds what is read for one scope.
const maxSources = 500

// ScopeOf is the scope of a keyword in the object n.
func ScopeOf(m Meter, direct Direct, n, value contract.Node, items bool) Scope {
	return Scope{Value: value, Items: items, sources: add(m, direct, nil, n, nil)}
}

func add(m Meter, direct Direct, out []source, n contract.Node, when []Premise) []source {
	m.Charge(10 + len(when))
	if len(out) > maxSources || n.Kind() != contract.Object {
		return out
	}
	if len(out) == maxSources {
		return append(out, source{})
	}
	more := func(below contract.Node, p ...Premise) {
		out = add(m, direct, out, below, append(slices.Clip(when), p...))
	}
	schemas, alone := direct(n)
	if !alone {
		out = append(out, source{n, when})
	}
	for _, below := range schemas {
		more(below)
	}
	if alone {
		return out
	}
	for _, list := range []contract.Node{n.Get("anyOf"), n.Get("oneOf")} {
		for _, b := range list.Items() {
			if list.Len() > 1 { // else it is among those that apply anyway
				more(b, Premise{b, Accepts})
			}
		}
	}
	if test := n.Get("if"); test.Exists() {
		more(test, Premise{test, Accepts})
		more(n.Get("then"), Premise{test, Accepts})
		more(n.Get("else"), Premise{test, Refuses})
	}
	for _, key := range []string{"dependentSchemas", "dependencies"} {
		for _, d := range n.Get(key).Fields() {
			more(d, Premise{d, Present})
		}
	}
	return out
}

// evaluating are the keywords that evaluate properties, or items; all but the last two do so with any.
var evaluating = map[bool][]string{
	false: {"additionalProperties", "unevaluatedProperties", "properties", "patternProperties"},
	true:  {"items", "additionalItems", "unevaluatedItems", "prefixItems", "contains"},
}

// has reports whether an object has one of the keywords, other than that of the scope itself.
func (c Scope) has(n contract.Node, names []string) bool {
	return slices.ContainsFunc(names, func(k string) bool { v := n.Get(k); return v.Exists() && v != c.Value })
}

// evaluated reports whether anything evaluates a slot.
func (c Scope) evaluated(m Meter, at Slot, holds func(Premise) Answer) Answer {
	t := No
	for _, from := range c.sources {
		here := c.evaluatedBy(m, from.node, at, holds)
		for _, p := range from.premises {
			if here > t {
				here = here.And(holds(p))
			}
		}
		t = max(t, here)
	}
	return t
}

func (c Scope) evaluatedBy(m Meter, n contract.Node, at Slot, holds func(Premise) Answer) Answer {
	m.Charge(2)
	names := evaluating[c.Items]
	switch contains := n.Get("contains"); {
	case !n.Exists():
		return Unknown
	case c.has(n, names[:len(names)-2]), c.Items && at.Index < n.Get("prefixItems").Len(), !c.Items && at != Rest && n.Get("properties").Get(at.Name).Exists():
		return Yes
	case c.Items && contains.Exists():
		return holds(Premise{contains, OneItem})
	case c.Items:
		return No
	}
	t := No
	for pattern := range n.Get("patternProperties").Fields() {
		if EveryName[pattern] {
			return Yes
		}
		if at != Rest {
			hit, known := m.Matches(pattern, at.Name)
			if t = max(t, answerOf(hit)); !known {
				t = max(t, Unknown)
			}
		}
	}
	return t
}

// EveryName are the expressions of patternProperties that every name meets. That ^.*$ leaves out
// names with a line end is not what those who write it have in mind.
var EveryName = map[string]bool{"": true, ".*": true, "^.*": true, "^.*$": true, ".*$": true, "^": true, "^(.*)$": true, `^[\s\S]*$`: true}

// Unevaluated are the schemas of a slot that nothing evaluates, where at most is the answer whether anything does.
func Unevaluated(m Meter, scopes []Scope, items bool, at Slot, holds func(Premise) Answer, most Answer) (schemas []contract.Node) {
	for _, c := range scopes {
		if c.Items == items && c.evaluated(m, at, holds) <= most {
			schemas = append(schemas, c.Value)
		}
	}
	return schemas
}

// Admits reports whether what nothing evaluates in a value is what the scopes want.
func Admits(m Meter, scopes []Scope, v contract.Node, admits func(schema, v contract.Node) Answer) Answer {
	t := Yes
	check := func(c Scope, at Slot, below contract.Node) {
		evaluated := c.evaluated(m, at, func(p Premise) Answer {
			switch p.Of {
			case Present:
				return answerOf(v.Get(p.Schema.Key()).Exists())
			case OneItem:
				return admits(p.Schema, below)
			default:
				return p.Given(admits(p.Schema, v))
			}
		})
		if evaluated != Yes && t != No {
			t = t.And(max(evaluated, admits(c.Value, below)))
		}
	}
	for _, c := range scopes {
		for i, item := range v.Items() {
			if c.Items {
				check(c, Slot{Index: i}, item)
			}
		}
		for name, field := range v.Fields() {
			if !c.Items {
				check(c, Slot{Name: name}, field)
			}
		}
	}
	return t
}

// Open reports whether it hangs on the value what is evaluated.
func (c Scope) Open(m Meter, holds func(Premise) Answer) bool {
	return slices.ContainsFunc(c.sources, func(from source) bool {
		m.Charge(2 + len(from.premises))
		t := Yes
		for _, p := range from.premises {
			t = t.And(holds(p))
		}
		if !from.node.Exists() || c.Items && from.node.Get("contains").Exists() {
			return t != No
		}
		return t == Unknown && c.has(from.node, evaluating[c.Items])
	})
}

// Evaluated reports whether each scope sees a slot evaluated.
func Evaluated(m Meter, scopes []Scope, items bool, at Slot, holds func(Premise) Answer) Answer {
	t := Yes
	for _, c := range scopes {
		if c.Items == items {
			t = t.And(c.evaluated(m, at, holds))
		}
	}
	return t
}

// Listed are the properties, or the items, that the sources of scopes list, with the schema of each.
func Listed(scopes []Scope, items bool) map[Slot]contract.Node {
	all := map[Slot]contract.Node{}
	for _, c := range scopes {
		for _, from := range c.sources {
			for i, v := range from.node.Get("prefixItems").Items() {
				if items && c.Items {
					all[Slot{Index: i}] = v
				}
			}
			for name, v := range from.node.Get("properties").Fields() {
				if !items && !c.Items {
					all[Slot{Name: name}] = v
				}
			}
		}
	}
	return all
}

// Slots are those of two lists, in order.
func Slots(a, b map[Slot]contract.Node) []Slot {
	all := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	sorting.Stable(all, func(x, y Slot) int { return cmp.Or(cmp.Compare(x.Index, y.Index), cmp.Compare(x.Name, y.Name)) })
	return slices.Compact(all)
}
