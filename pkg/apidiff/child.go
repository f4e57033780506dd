package apidiff

import (
	"slices"
	"sort"

	"github.com/romel/govctl/pkg/contract"
)

// child are the schemas that the property name must satisfy, and the node that declares it (absent when none does).
func (n *norm) child(name string) (schemas []contract.Node, declared contract.Node) {
	evaluated := false
	visit := func(p *objectPart) {
		hit := false
		if v := p.props.Get(name); v.Exists() {
			schemas, hit = append(schemas, v), true
			declared = first(declared, v)
		}
		if p.patterns.Exists() {
			for pattern, v := range p.patterns.Fields() {
				if met, _ := n.meter.matches(pattern, name); met {
					schemas, hit = append(schemas, v), true
				}
			}
		}
		if !hit && p.extra.Exists() {
			schemas, hit = append(schemas, p.extra), true
		}
		evaluated = evaluated || hit
	}
	if len(n.objects) < indexedParts {
		n.meter.charge(1 + len(n.objects))
		for i := range n.objects {
			visit(&n.objects[i])
		}
	} else {
		parts := n.partsOf(name)
		n.meter.charge(1 + len(parts))
		for _, i := range parts {
			visit(&n.objects[i])
		}
	}
	if !evaluated && n.unevaluatedProps.Exists() && len(n.unions) == 0 && len(n.conds) == 0 && len(n.depSchemas) == 0 {
		schemas = append(schemas, n.unevaluatedProps)
	}
	return schemas, declared
}

// indexedParts is from how many conjuncts on it pays to note which of them list a property.
const indexedParts = 8

// A partIndex says which conjuncts say something about a property.
type partIndex struct {
	size   int // of the list that it was made of
	always []int
	listed map[string][]int // with those that always do, in order
}

// partsOf are the numbers of the conjuncts that say something about a property.
func (n *norm) partsOf(name string) []int {
	if n.parts == nil || n.parts.size != len(n.objects) {
		n.parts = indexParts(n.objects)
		n.meter.charge(4 * len(n.objects))
	}
	listed, ok := n.parts.listed[name]
	switch {
	case !ok:
		return n.parts.always
	case len(n.parts.always) == 0:
		return listed
	}
	both := append(slices.Clone(n.parts.always), listed...)
	slices.Sort(both)
	return slices.Compact(both)
}

func indexParts(objects []objectPart) *partIndex {
	x := &partIndex{size: len(objects), listed: map[string][]int{}}
	for i, p := range objects {
		if p.patterns.Exists() || p.extra.Exists() {
			x.always = append(x.always, i)
			continue
		}
		for name := range p.props.Fields() {
			x.listed[name] = append(x.listed[name], i)
		}
	}
	return x
}

// extra are the schemas of properties that nothing lists.
func (n *norm) extra() []contract.Node {
	var out []contract.Node
	n.meter.charge(len(n.objects))
	for _, p := range n.objects {
		if p.extra.Exists() {
			out = append(out, p.extra)
		}
	}
	if len(out) == 0 && n.unevaluatedProps.Exists() {
		out = append(out, n.unevaluatedProps)
	}
	return out
}

// closed is the node that rules out properties that nothing lists; absent for an open object.
func (n *norm) closed(s *side) contract.Node {
	for _, v := range n.extra() {
		n.meter.charge(2)
		if c := s.of(v).schema; c.forbids() {
			return v
		}
	}
	return contract.Node{}
}

// forbids reports whether the schema is false, or not: {}, in as many words.
func (c *schema) forbids() bool {
	for _, n := range c.nodes {
		if n.Kind() == contract.Bool {
			return true
		}
		f := c.side.fact(n)
		for _, k := range f.keywords {
			if k.name == "not" && c.side.of(k.value).schema.unconstrained() {
				return true
			}
		}
	}
	return false
}

// declared are the names of the listed properties, in the order of the document.
func (n *norm) declared() []string {
	var names []string
	if len(n.objects) == 1 {
		n.meter.charge(n.objects[0].props.Len())
		for name := range n.objects[0].props.Fields() {
			names = append(names, name)
		}
		return names
	}
	seen := map[string]bool{}
	for _, p := range n.objects {
		n.meter.charge(1 + 2*p.props.Len())
		for name := range p.props.Fields() {
			if !seen[name] {
				names, seen[name] = append(names, name), true
			}
		}
	}
	return names
}

// patterns are the expressions of patternProperties with their schemas.
func (n *norm) patternProps() map[string][]contract.Node {
	var out map[string][]contract.Node
	for _, p := range n.objects {
		n.meter.charge(1 + 4*p.patterns.Len())
		for pattern, v := range p.patterns.Fields() {
			if everyName[pattern] {
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

// item are the schemas that the item at i must satisfy.
func (n *norm) item(i int) []contract.Node {
	var out []contract.Node
	n.meter.charge(len(n.arrays))
	for _, a := range n.arrays {
		switch {
		case i < len(a.prefix):
			out = append(out, a.prefix[i])
		case a.rest.Exists():
			out = append(out, a.rest)
		}
	}
	if len(out) == 0 && n.unevaluatedItems.Exists() && len(n.unions) == 0 && len(n.conds) == 0 && len(n.contains) == 0 {
		out = append(out, n.unevaluatedItems)
	}
	return out
}

// listed is the number of items that have a schema of their own.
func (n *norm) listed() int {
	most := 0
	for _, a := range n.arrays {
		most = max(most, len(a.prefix))
	}
	return most
}

// flags are the marks of a use that belong to one direction.
type flags struct{ readOnly, writeOnly bool }

func (u use) flags() flags {
	if !u.entry.Exists() {
		return u.readFlags()
	}
	a := u.schema.side.about(u.entry)
	if !a.flagged {
		a.flags, a.flagged = u.readFlags(), true
	}
	return a.flags
}

func (u use) readFlags() flags {
	var f flags
	for _, n := range carriers(u) {
		f.readOnly = f.readOnly || n.Get("readOnly").Bool()
		f.writeOnly = f.writeOnly || n.Get("writeOnly").Bool()
	}
	return f
}

// hidden reports whether a property with these marks is no part of messages of that side.
func (f flags) hidden(s Side) bool {
	return s == Request && f.readOnly && !f.writeOnly || s == Response && f.writeOnly && !f.readOnly
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// union of two sorted lists of keys.
func bothKeys[V, W any](a map[string]V, b map[string]W) []string {
	keys := sortedKeys(a)
	for _, k := range sortedKeys(b) {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}
