package subschema

import (
	"context"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/inplace"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// An objectPart is what one conjunct says about properties: they belong together, because
// additionalProperties means "other than the ones listed beside me".
type objectPart struct {
	props    contract.Node
	patterns contract.Node
	extra    contract.Node // additionalProperties; absent: anything
}

func (n *NormalForm) mergeObject(k keyword) {
	v := k.value
	switch k.name {
	case "required":
		for _, item := range v.Items() {
			n.require(item.Text(), item)
		}
	case "maxProperties":
		n.maxProps = n.maxProps.atMost(readCount(v))
	case "minProperties":
		n.minProps = n.minProps.atLeast(readCount(v))
	case "dependentRequired", "dependentSchemas", "dependencies":
		for trigger, d := range v.Fields() {
			if d.Kind() != contract.Array {
				n.dependOn(trigger, d)
				continue
			}
			for _, item := range d.Items() {
				n.depend(trigger, item.Text(), item)
			}
		}
	}
}

// Property are the schemas that the property name must satisfy, and the node that declares it
// (absent when none does).
func (n *NormalForm) Property(name string) (schemas []contract.Node, declared contract.Node) {
	visit := func(p *objectPart) {
		hit := false
		if v := p.props.Get(name); v.Exists() {
			schemas, hit = append(schemas, v), true
			declared = jsonvalue.First(declared, v)
		}
		if p.patterns.Exists() {
			for pattern, v := range p.patterns.Fields() {
				if met, _ := n.meter.Matches(pattern, name); met {
					schemas, hit = append(schemas, v), true
				}
			}
		}
		if !hit && p.extra.Exists() {
			schemas = append(schemas, p.extra)
		}
	}
	if len(n.objects) < indexedParts {
		n.meter.Charge(1 + len(n.objects))
		for i := range n.objects {
			visit(&n.objects[i])
		}
	} else {
		parts := n.partsOf(name)
		n.meter.Charge(1 + len(parts))
		for _, i := range parts {
			visit(&n.objects[i])
		}
	}
	return append(schemas, n.unevaluated(false, inplace.Slot{Name: name}, No)...), declared
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
func (n *NormalForm) partsOf(name string) []int {
	if n.parts == nil || n.parts.size != len(n.objects) {
		n.parts = indexParts(n.objects)
		n.meter.Charge(4 * len(n.objects))
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
func (n *NormalForm) extra() []contract.Node {
	var out []contract.Node
	n.meter.Charge(len(n.objects))
	for _, p := range n.objects {
		if p.extra.Exists() {
			out = append(out, p.extra)
		}
	}
	return append(out, n.unevaluated(false, inplace.Rest, Unknown)...)
}

// Closed is the node that rules out properties that nothing lists; absent for an open object.
func (n *NormalForm) Closed(s *Catalog) contract.Node {
	for _, v := range n.extra() {
		n.meter.Charge(2)
		if c := s.Of(v).Schema; c.acceptsNothing() {
			return v
		}
	}
	return contract.Node{}
}

func (n *NormalForm) isClosed(s *Catalog) bool { return n.Closed(s).Exists() }

// acceptsNothing reports whether the schema is false, not: {} or anyOf: [], in as many words.
func (c *Schema) acceptsNothing() bool {
	for _, n := range c.nodes {
		if n.Kind() == contract.Bool {
			return true
		}
		f := c.catalog.keywordsOf(n)
		for _, k := range f.assertions {
			if k.name == "not" && c.catalog.Of(k.value).Schema.Unconstrained() || (k.name == "anyOf" || k.name == "oneOf") && k.value.Len() == 0 {
				return true
			}
		}
	}
	return false
}

// declared are the names of the listed properties, in the order of the document.
func (n *NormalForm) declared() []string {
	var names []string
	if len(n.objects) == 1 {
		n.meter.Charge(n.objects[0].props.Len())
		for name := range n.objects[0].props.Fields() {
			names = append(names, name)
		}
		return names
	}
	seen := map[string]bool{}
	for _, p := range n.objects {
		n.meter.Charge(1 + 2*p.props.Len())
		for name := range p.props.Fields() {
			if !seen[name] {
				names, seen[name] = append(names, name), true
			}
		}
	}
	return names
}

// simplifyObject works out what must be there, what cannot be there, and how many properties that
// makes.
func (n *NormalForm) simplifyObject(s *Catalog) {
	if n.Types&Object == 0 {
		return
	}
	n.simplifyDependent(s)
	for _, v := range n.names {
		if letterOf(s.Of(v).Schema).only(String).norm.uninhabited {
			n.maxProps = n.maxProps.atMost(count{n: 0, at: v})
		}
	}
	if names, ok := n.possibleNames(s); ok {
		n.maxProps = n.maxProps.atMost(count{n: int64(len(names)), at: n.typeAt})
		if n.minProps.n >= int64(len(names)) {
			for _, name := range names {
				n.require(name, n.minProps.at)
			}
		}
	}
	n.minProps = n.minProps.atLeast(count{n: int64(len(n.required)), at: n.minProps.at})
	for name := range n.required {
		if schemas, _ := n.Property(name); len(schemas) > 0 && s.All(schemas).Schema.simplified().uninhabited {
			n.Types &^= Object
		}
	}
}

func (e *Comparer) compareObject(s *Comparison, a, b *NormalForm) {
	if (a.Types^b.Types)&Object != 0 {
		return // reported with the type
	}
	e.compareProperties(s, a, b)
	e.compareRequired(s, a, b)
	e.compareExtra(s, a, b)
	e.comparePatternProps(s, a, b)
	e.compareNames(s, a, b)
	e.compareDependent(s, a, b)
	e.compareScopes(s, a, b, false)
}

// compareExtra compares what is said about properties that nothing lists.
func (e *Comparer) compareExtra(s *Comparison, a, b *NormalForm) {
	was, is := a.Closed(e.Old), b.Closed(e.New)
	o, n := a.extra(), b.extra()
	switch {
	case was.Exists() && is.Exists():
	case is.Exists():
		e.report(s, Difference{Attr: "additional-properties", Op: rules.Removed, New: is})
	case was.Exists():
		e.report(s, Difference{Attr: "additional-properties", Op: rules.Added, Old: was})
	case len(o)+len(n) > 0:
		e.pair(s, []string{"additionalProperties"}, e.Old.All(o), e.New.All(n), s.mode.Inner())
	}
}

func (p *prover) objectsHold(a, b term, m Mode) bool {
	x, y := a.norm, b.norm
	if names, ok := x.possibleNames(a.catalog); ok {
		return p.requiredHolds(a, b, m) && p.countsHold(a, b) && p.namedHold(a, b, names, m) && p.dependentHolds(a, b, m)
	}
	if y.isClosed(b.catalog) && !x.isClosed(a.catalog) {
		return false
	}
	return p.requiredHolds(a, b, m) && p.countsHold(a, b) && p.propertiesHold(a, b, m) &&
		p.extraHolds(a, b, m) && p.patternsHold(a, b, m) && p.namesHold(a, b, m) && p.dependentHolds(a, b, m)
}

// objectsMatter reports whether the keywords for objects count. They do even where the type of both
// sides rules objects out: who lists properties means an object, and the type is the slip.
func objectsMatter(x, y *NormalForm) bool { return x.Types&Object != 0 || y.Types&Object == 0 }

func (p *prover) countsHold(a, b term) bool {
	x, y := a.norm, b.norm
	least := max(x.minProps.n, int64(len(x.required)))
	if y.minProps.set() && y.minProps.n > least {
		return false
	}
	if !y.maxProps.set() || x.maxProps.set() && x.maxProps.n <= y.maxProps.n {
		return true
	}
	return x.Closed(a.catalog).Exists() && len(x.patternProps()) == 0 && int64(len(x.declared())) <= y.maxProps.n
}

// extraHolds compares what is said of properties that nobody lists.
func (p *prover) extraHolds(a, b term, m Mode) bool {
	outer := b.norm.extra()
	if len(outer) == 0 {
		return true
	}
	inner := a.norm.extra()
	if len(inner) == 0 && m&AnyName == 0 && b.catalog.All(outer).Schema.Unconstrained() {
		return true
	}
	return p.sub(a.catalog.All(inner).Schema, b.catalog.All(outer).Schema, m.Inner())
}

// with adds the part where a property has such values, or is not there.
func (c *remainder) with(name, schema string, there bool) {
	text := `{"properties":{` + jsonvalue.Quoted(name) + `:` + schema + `}`
	if there {
		text += `,"required":[` + jsonvalue.Quoted(name) + `]`
	}
	v, err := contract.ParseValue(context.Background(), "part.json", []byte(text+"}"), contract.Options{})
	if err == nil {
		c.add(func(n *NormalForm) { n.merge(c.of.catalog, v, 1) })
	}
}

// cutObject cuts by what must be there and by the values of the listed properties.
func (p *prover) cutObject(c *remainder, b term, left *NormalForm, m Mode) bool {
	y := b.norm
	if len(y.scopes) > 0 || y.isClosed(b.catalog) && !c.of.norm.isClosed(c.of.catalog) {
		return false
	}
	for _, name := range jsonvalue.SortedKeys(y.required) {
		if _, ok := c.of.norm.required[name]; !ok && !hiddenProperty(b, name, m.Side()) {
			c.with(name, "false", false)
		}
	}
	for _, name := range y.declared() {
		if p.propertyHolds(c.of, b, name, m) {
			continue
		}
		inner, _ := c.of.norm.Property(name)
		outer, _ := y.Property(name)
		values, ok := complement(c.of.catalog.All(inner).Schema.simplified(), b.catalog.All(outer).Schema.simplified())
		if !ok {
			return false
		}
		for _, v := range values {
			c.with(name, v, true)
		}
	}
	left.required, left.objects = nil, nil
	return p.extraHolds(c.of, b, m) && p.patternsHold(c.of, b, m)
}

func (n *NormalForm) admitsObject(s *Catalog, v contract.Node, dir rules.Side, depth int) Answer {
	size := int64(v.Len())
	if n.maxProps.set() && size > n.maxProps.n || size < n.minProps.n {
		return No
	}
	t := Yes
	n.meter.Charge(len(n.required))
	for name := range n.required {
		if v.Get(name).Exists() {
			continue
		}
		schemas, _ := n.Property(name)
		if s.All(schemas).flags().hidden(dir) {
			t = Unknown
			continue
		}
		return No
	}
	for name, field := range v.Fields() {
		schemas, _ := n.Property(name)
		if len(schemas) > 0 {
			t = t.And(s.All(schemas).Schema.admits(field, dir, depth+1))
		}
		if t == No {
			return No
		}
	}
	if len(n.names) > 0 {
		t = t.And(n.admitsNames(s, v, dir, depth))
	}
	return t.And(n.admitsDependent(s, v, dir, depth))
}

// objectSamples are the object with what is required, and the one with all that is listed.
func (n *NormalForm) objectSamples(many int, s *Catalog, dir rules.Side, depth int) []string {
	required := jsonvalue.SortedKeys(n.required)
	out := n.objectSample(s, dir, depth, required)
	if len(out) == 0 || many == 1 {
		return out
	}
	names := n.declared()
	for _, name := range required {
		if _, declared := n.Property(name); !declared.Exists() {
			names = append(names, name)
		}
	}
	add := func(names []string) {
		if one := n.objectSample(s, dir, depth, names); len(one) > 0 && !slices.Contains(out, one[0]) {
			out = append(out, one...)
		}
	}
	add(names)
	if depth == 0 && (len(n.nots)+len(n.conds)+len(n.unions)+len(n.names) > 0 || n.minProps.n > 0) { // which one property decides about
		for _, name := range names[:min(len(names), 4)] {
			if _, must := n.required[name]; !must {
				add(append(slices.Clip(required), name))
			}
		}
	}
	return out
}

// maxFillers bounds the properties of a sample that no schema lists.
const maxFillers = 4

// objectSample is the object with these properties, in a list that is empty where one of them has no sample and must be there.
func (n *NormalForm) objectSample(s *Catalog, dir rules.Side, depth int, names []string) []string {
	var b strings.Builder
	b.WriteByte('{')
	for i := len(names); i < min(int(n.minProps.n), maxFillers); i++ {
		names = append(slices.Clip(names), "extra"+strings.Repeat("s", i))
	}
	for _, name := range names {
		if s.meter.Charge(5); s.meter.Spent() {
			return nil
		}
		schemas, _ := n.Property(name)
		u := s.All(schemas)
		if u.flags().hidden(dir) {
			continue
		}
		value := []string{"1"}
		if !u.Schema.Unconstrained() {
			value = u.Schema.sample(dir, depth+1)
		}
		if _, must := n.required[name]; must && len(value) == 0 {
			return nil
		}
		for _, v := range value[:min(len(value), 1)] {
			if b.Len() > 1 {
				b.WriteByte(',')
			}
			b.WriteString(jsonvalue.Quoted(name) + ":" + v)
			s.meter.Charge(len(v) / 8)
		}
	}
	b.WriteByte('}')
	return []string{b.String()}
}
