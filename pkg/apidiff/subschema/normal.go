package subschema

import (
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/apidiff/formats"
	"github.com/romel/govctl/pkg/apidiff/inplace"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// A NormalForm is the normal form of a schema: its conjuncts merged keyword by keyword. Equal
// meaning tends to equal norms; what is left (alternatives, negations, conditions) is kept as a
// list. Each value remembers the node it comes from, so that a finding points at the line that says
// it.
type NormalForm struct {
	meter      *work.Meter // what work on it is charged to
	foreign    bool        // a meta-schema of its own says which keywords count
	Incomplete bool        // the budget was spent while it was made: it may admit more, or less, than the schema

	uninhabited   bool // no value is valid
	uninhabitedAt contract.Node
	Types         Types
	stated        Types // as the type keywords say, before other keywords rule types out
	nullNamed     bool  // null is valid because the schema says so
	typeAt        contract.Node

	enum     *jsonvalue.Enum // nil: no enum
	max      bound
	min      bound
	multiple []ratio

	maxLength, minLength count
	patterns             []contract.Node
	format               contract.Node // the assertable format; absent when none
	hint                 contract.Node // a format that nobody validates
	Encoding, MediaType  contract.Node
	contentSchema        []contract.Node

	maxItems, minItems count
	unique             contract.Node
	arrays             []arrayPart
	contains           []containsPart
	minContains        count // where there is no contains; nothing validates them, but somebody meant something
	maxContains        count

	maxProps, minProps count
	required           map[string]contract.Node // name to the item of the required list
	objects            []objectPart
	parts              *partIndex
	names              []contract.Node // propertyNames
	depRequired        map[string]map[string]contract.Node
	depSchemas         map[string][]contract.Node

	scopes  []inplace.Scope          // of unevaluatedProperties and unevaluatedItems
	decided map[contract.Node]Answer // which schemas that apply in place are known to hold

	unions  []union
	nots    []contract.Node
	conds   []cond
	unknown []keyword
}

// Normal is the normal form of c, made once.
func (c *Schema) Normal() *NormalForm {
	if c.normal != nil {
		return c.normal
	}
	m := c.catalog.meter
	end := m.ForAll()
	n := newNormalForm()
	n.meter = m
	c.normal = n
	for _, node := range c.nodes {
		n.merge(c.catalog, node, 0)
	}
	if c.orNull {
		n.admitNull()
	}
	n.tidy(c.catalog)
	n.Incomplete = c.Incomplete || m.Spent()
	end()
	return n
}

func newNormalForm() *NormalForm {
	return &NormalForm{Types: AnyType, maxLength: noCount, minLength: noCount, maxItems: noCount, minItems: noCount,
		maxProps: noCount, minProps: noCount, minContains: noCount, maxContains: noCount}
}

// merge adds the keywords of one node to the conjunction.
func (n *NormalForm) merge(s *Catalog, node contract.Node, depth int) {
	if node.Kind() == contract.Bool {
		n.uninhabited, n.uninhabitedAt = true, node
		return
	}
	f := s.keywordsOf(node)
	n.meter, n.foreign = s.meter, n.foreign || f.foreign
	s.meter.Charge(10 + 2*len(f.assertions))
	if f.typed {
		if n.Types&^f.types != 0 || !n.typeAt.Exists() {
			n.typeAt = f.typeAt
		}
		n.Types &= f.types
	}
	n.nullNamed = n.nullNamed || f.nullable
	n.unknown = append(n.unknown, f.unknown...)
	n.mergeGroups(s, node, f, depth)
	for _, k := range f.assertions {
		n.mergeKeyword(s, node, f, k)
	}
}

// mergeGroups adds the keywords of a node that only mean something together.
func (n *NormalForm) mergeGroups(s *Catalog, node contract.Node, f *keywords, depth int) {
	part, array, cnd := objectPart{}, arrayPart{}, cond{}
	contains := containsPart{min: noCount, max: noCount}
	var additional contract.Node
	everything := false
	for _, k := range f.assertions {
		switch k.name {
		case "properties":
			part.props = k.value
		case "patternProperties":
			part.patterns = k.value
			for pattern, v := range k.value.Fields() {
				if inplace.EveryName[pattern] { // no name is left for additionalProperties
					part.extra, everything = v, true
				}
			}
		case "additionalProperties":
			if !everything {
				part.extra = k.value
			}
		case "prefixItems":
			array.prefix = jsonvalue.Items(k.value)
		case "items":
			if k.value.Kind() == contract.Array {
				array.prefix = jsonvalue.Items(k.value)
			} else {
				array.rest = k.value
			}
		case "additionalItems":
			additional = k.value
		case "contains":
			contains.schema = k.value
		case "minContains":
			contains.min = readCount(k.value)
		case "maxContains":
			contains.max = readCount(k.value)
		case "if":
			cnd.test = k.value
		case "then":
			cnd.then = k.value
		case "else":
			cnd.otherwise = k.value
		case "anyOf", "oneOf":
			n.mergeUnion(s, f, union{one: k.name == "oneOf", branches: jsonvalue.Items(k.value), at: k.value}, depth)
		}
	}
	if additional.Exists() && !array.rest.Exists() && len(array.prefix) > 0 {
		array.rest = additional
	}
	n.addGroups(part, array, contains, cnd)
}

func (n *NormalForm) addGroups(part objectPart, array arrayPart, contains containsPart, cnd cond) {
	if part != (objectPart{}) {
		n.objects = append(n.objects, part)
	}
	if array.rest.Exists() || len(array.prefix) > 0 {
		n.arrays = append(n.arrays, array)
	}
	switch {
	case contains.schema.Exists():
		n.contains = append(n.contains, contains)
	default:
		n.minContains = n.minContains.atLeast(contains.min)
		n.maxContains = n.maxContains.atMost(contains.max)
	}
	if cnd.test.Exists() && (cnd.then.Exists() || cnd.otherwise.Exists()) {
		n.conds = append(n.conds, cnd)
	}
}

// mergeKeyword adds one keyword that stands for itself.
func (n *NormalForm) mergeKeyword(s *Catalog, node contract.Node, f *keywords, k keyword) {
	v := k.value
	s.meter.Charge(2 * v.Len())
	switch k.name {
	case "enum":
		e := jsonvalue.NewEnum(jsonvalue.Items(v), v)
		if f.types&Null != 0 && f.typed {
			e = e.WithNull()
		}
		n.restrict(e)
	case "const":
		e := jsonvalue.NewEnum([]contract.Node{v}, v)
		e.IsConst = true
		n.restrict(e)
	case "maxLength":
		n.maxLength = n.maxLength.atMost(readCount(v))
	case "minLength":
		n.minLength = n.minLength.atLeast(readCount(v))
	case "pattern":
		n.patterns = append(n.patterns, v)
	case "format":
		switch {
		case f.types&String != 0 && formats.Encodings[v.Text()] != "":
			n.Encoding = jsonvalue.First(n.Encoding, v)
		case f.types&String != 0 && formats.MediaTypes[v.Text()] != "":
			n.MediaType = jsonvalue.First(n.MediaType, v)
		case assertable(v.Text(), f.types):
			n.format = jsonvalue.First(n.format, v)
		default:
			n.hint = jsonvalue.First(n.hint, v)
		}
	case "contentEncoding":
		n.Encoding = jsonvalue.First(n.Encoding, v)
	case "contentMediaType":
		n.MediaType = jsonvalue.First(n.MediaType, v)
	case "contentSchema":
		n.contentSchema = append(n.contentSchema, v)
	case "not":
		n.nots = append(n.nots, s.complementOf(v)...)
	case "maxItems":
		n.maxItems = n.maxItems.atMost(readCount(v))
	case "minItems":
		n.minItems = n.minItems.atLeast(readCount(v))
	case "uniqueItems":
		n.unique = jsonvalue.First(n.unique, v)
	case "unevaluatedItems", "unevaluatedProperties":
		if items := k.name == "unevaluatedItems"; items && !f.openItems || !items && !f.openProps {
			n.scopes = append(n.scopes, inplace.ScopeOf(s.meter, s.direct, node, v, items))
		}
	case "propertyNames":
		if !s.Of(v).Schema.unconstrainedString() {
			n.names = append(n.names, v)
		}
	default:
		n.mergeNumber(f, k)
		n.mergeObject(k)
	}
}

func (n *NormalForm) mergeNode(s *Catalog, node contract.Node) {
	n.absorb(s.conjunction(node, false, 1))
}

// conjunction is what the schema at a node says, before it is tidied.
func (s *Catalog) conjunction(at contract.Node, orNull bool, depth int) *NormalForm {
	c, n := s.Of(at).Schema, newNormalForm()
	for _, node := range c.nodes {
		n.merge(s, node, depth)
	}
	if orNull || c.orNull {
		n.admitNull()
	}
	return n
}

// absorb is the conjunction with another normal form.
func (n *NormalForm) absorb(o *NormalForm) {
	if o.uninhabited {
		n.uninhabited, n.uninhabitedAt = true, o.uninhabitedAt
	}
	if n.Types&^o.Types != 0 {
		n.typeAt = o.typeAt
	}
	n.Types &= o.Types
	n.nullNamed = n.nullNamed || o.nullNamed
	if o.enum != nil {
		n.restrict(o.enum)
	}
	n.max, n.min = n.max.tighter(o.max, -1), n.min.tighter(o.min, 1)
	n.multiple = append(n.multiple, o.multiple...)
	n.maxLength, n.minLength = n.maxLength.atMost(o.maxLength), n.minLength.atLeast(o.minLength)
	n.patterns = append(n.patterns, o.patterns...)
	n.format, n.hint = jsonvalue.First(n.format, o.format), jsonvalue.First(n.hint, o.hint)
	n.Encoding, n.MediaType = jsonvalue.First(n.Encoding, o.Encoding), jsonvalue.First(n.MediaType, o.MediaType)
	n.contentSchema = append(n.contentSchema, o.contentSchema...)
	n.maxItems, n.minItems = n.maxItems.atMost(o.maxItems), n.minItems.atLeast(o.minItems)
	n.unique = jsonvalue.First(n.unique, o.unique)
	n.arrays, n.contains = append(n.arrays, o.arrays...), append(n.contains, o.contains...)
	n.minContains, n.maxContains = n.minContains.atLeast(o.minContains), n.maxContains.atMost(o.maxContains)
	n.maxProps, n.minProps = n.maxProps.atMost(o.maxProps), n.minProps.atLeast(o.minProps)
	for name, at := range o.required {
		n.require(name, at)
	}
	n.objects, n.names = append(n.objects, o.objects...), append(n.names, o.names...)
	n.absorbDependent(o)
	n.scopes, n.foreign = append(n.scopes, o.scopes...), n.foreign || o.foreign
	for v, t := range o.decided {
		n.decide(v, t)
	}
	n.unions, n.nots, n.conds = append(n.unions, o.unions...), append(n.nots, o.nots...), append(n.conds, o.conds...)
	n.unknown = append(n.unknown, o.unknown...)
}

// tidy brings equal meanings to equal forms once all conjuncts are merged.
func (n *NormalForm) tidy(s *Catalog) {
	n.tidyUnions(s)
	n.stated = n.Types
	n.tidyNumbers()
	n.tidyRanges()
	n.tidyEnum()
	n.dropDead()
	if n.Types == 0 {
		n.uninhabited = true
		n.uninhabitedAt = jsonvalue.First(n.uninhabitedAt, n.typeAt)
	}
	if n.uninhabited {
		never := newNormalForm()
		never.meter, never.Incomplete = n.meter, n.Incomplete
		never.uninhabited, never.Types, never.uninhabitedAt, never.typeAt = true, 0, n.uninhabitedAt, n.typeAt
		*n = *never
	}
}

// dropDead forgets the keywords for plain values that no valid value is subject to.
func (n *NormalForm) dropDead() {
	plain := n.enum != nil && n.Types&(Array|Object) == 0
	if n.Types&Number == 0 || plain {
		n.max, n.min, n.multiple = bound{}, bound{}, nil
	}
	if n.Types&String == 0 || plain {
		n.maxLength, n.minLength, n.patterns = noCount, noCount, nil
	}
	if n.Types&(String|Number) == 0 || plain {
		n.format, n.hint = contract.Node{}, contract.Node{}
	}
	n.meter.Charge(len(n.patterns))
	seen := map[string]bool{}
	n.patterns = slices.DeleteFunc(slices.Clone(n.patterns), func(p contract.Node) bool {
		again := seen[p.Text()]
		seen[p.Text()] = true
		return again
	})
	if n.Types&Array == 0 {
		n.maxItems, n.minItems, n.unique = noCount, noCount, contract.Node{}
	}
	if n.maxItems.n == 0 { // an empty array has no items to speak of
		n.arrays, n.unique = nil, contract.Node{}
	}
	if n.maxItems.n == 0 || n.Types&Array == 0 {
		n.scopes = slices.DeleteFunc(slices.Clone(n.scopes), func(c inplace.Scope) bool { return c.Items })
	}
	if n.Types&Object == 0 && len(n.objects) == 0 {
		n.maxProps, n.minProps = noCount, noCount
	}
}

// clone is a copy that can be merged into without touching n.
func (n *NormalForm) clone() *NormalForm {
	c := *n
	n.meter.Charge(n.size())
	c.multiple = slices.Clone(n.multiple)
	c.patterns = slices.Clone(n.patterns)
	c.contentSchema = slices.Clone(n.contentSchema)
	c.arrays, c.contains = slices.Clone(n.arrays), slices.Clone(n.contains)
	c.required = maps.Clone(n.required)
	c.objects, c.names = slices.Clone(n.objects), slices.Clone(n.names)
	c.depSchemas = maps.Clone(n.depSchemas)
	if n.depRequired != nil {
		c.depRequired = make(map[string]map[string]contract.Node, len(n.depRequired))
		for k, v := range n.depRequired {
			c.depRequired[k] = maps.Clone(v)
		}
	}
	c.unions, c.nots, c.conds = slices.Clone(n.unions), slices.Clone(n.nots), slices.Clone(n.conds)
	c.unknown, c.scopes, c.decided = slices.Clone(n.unknown), slices.Clone(n.scopes), maps.Clone(n.decided)
	return &c
}

// size is what a copy costs, in units of work.
func (n *NormalForm) size() int {
	size := 20 + len(n.multiple) + len(n.patterns) + len(n.contentSchema) + len(n.arrays) + len(n.contains) + len(n.objects) + len(n.names) +
		len(n.unions) + len(n.nots) + len(n.conds) + len(n.unknown) + 2*len(n.required) + 2*len(n.depSchemas)
	for _, names := range n.depRequired {
		size += 10 + 2*len(names)
	}
	return size
}

// Detached is a copy that outlives the comparison: it does not hold on to what was worked out in
// it.
func (n *NormalForm) Detached() *NormalForm {
	c := n.clone()
	c.meter, c.parts = work.NewMeter(), nil
	return c
}

// Weight is the number of keywords that a schema would need beside the type; an object or an array
// counts as many.
func (n *NormalForm) Weight() int {
	w := len(n.objects)*2 + len(n.arrays)*2 + len(n.unions)*2 + len(n.nots) + len(n.conds) + len(n.patterns) + len(n.multiple) +
		len(n.names) + len(n.depRequired) + len(n.depSchemas) + len(n.contains)*2
	for _, c := range []count{n.maxLength, n.minLength, n.maxItems, n.minItems, n.maxProps, n.minProps, n.minContains, n.maxContains} {
		if c.set() {
			w++
		}
	}
	for _, set := range []bool{n.Types != AnyType, n.enum != nil && n.Types == AnyType, n.max.set(), n.min.set(), len(n.required) > 0, n.format.Exists(),
		n.Encoding.Exists(), n.MediaType.Exists(), n.unique.Exists(), len(n.scopes) > 0} {
		if set {
			w++
		}
	}
	return w
}
