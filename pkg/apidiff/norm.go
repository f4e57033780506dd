package apidiff

import (
	"math/big"

	"github.com/romel/govctl/pkg/contract"
)

// A norm is the normal form of a schema: its conjuncts merged keyword by keyword. Equal meaning tends to equal
// norms; what is left (alternatives, negations, conditions) is kept as a list. Each value remembers the node it comes
// from, so that a finding points at the line that says it.
type norm struct {
	meter *meter // what work on it is charged to
	cut   bool   // the budget was spent while it was made: it may admit more, or less, than the schema

	never   bool // no value is valid
	neverAt contract.Node
	types   types
	stated  types // as the type keywords say, before other keywords rule types out
	typeAt  contract.Node

	enum     *enumSet // nil: no enum
	max      bound
	min      bound
	multiple []ratio

	maxLength, minLength count
	patterns             []contract.Node
	format               contract.Node // the assertable format; absent when none
	hint                 contract.Node // a format that nobody validates
	encoding, mediaType  contract.Node
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

	unevaluatedProps contract.Node
	unevaluatedItems contract.Node

	unions  []union
	nots    []contract.Node
	conds   []cond
	unknown []keyword
}

// A bound is a number limit; exclusive where the limit itself is not valid.
type bound struct {
	value     *big.Rat // nil: no bound
	exclusive bool
	at        contract.Node
}

type ratio struct {
	value *big.Rat
	at    contract.Node
}

// A count limits a length; n < 0: no limit.
type count struct {
	n  int64
	at contract.Node
}

var noCount = count{n: -1}

// An enumSet are the only valid values, in the order of the document.
type enumSet struct {
	values  []contract.Node // null left out
	has     map[contract.Hash]contract.Node
	isConst bool // written as const
	at      contract.Node
	null    bool // null is valid too
}

// An arrayPart is what one conjunct says about items.
type arrayPart struct {
	prefix []contract.Node
	rest   contract.Node // absent: anything
	restAt contract.Node
}

type containsPart struct {
	schema contract.Node
	min    count
	max    count
}

// An objectPart is what one conjunct says about properties: they belong together, because additionalProperties
// means "other than the ones listed beside me".
type objectPart struct {
	props    contract.Node
	patterns contract.Node
	extra    contract.Node // additionalProperties; absent: anything
}

// A union is an anyOf or oneOf.
type union struct {
	one      bool // oneOf: exactly one
	null     bool // null is valid besides; it is no branch
	branches []contract.Node
	at       contract.Node
}

type cond struct {
	test, then, otherwise contract.Node
	at                    contract.Node
}

// norm is the normal form of c, made once.
func (c *schema) norm() *norm {
	if c.normal != nil {
		return c.normal
	}
	m := c.side.meter
	end := m.forAll()
	n := newNorm()
	n.meter = m
	c.normal = n
	for _, node := range c.nodes {
		n.merge(c.side, node, 0)
	}
	if c.orNull {
		n.admitNull()
	}
	n.tidy(c.side)
	n.cut = c.cut || m.spent()
	end()
	return n
}

// merge adds the keywords of one node to the conjunction.
func (n *norm) merge(s *side, node contract.Node, depth int) {
	if node.Kind() == contract.Bool {
		n.never, n.neverAt = true, node
		return
	}
	f := s.fact(node)
	n.meter = s.meter
	s.meter.charge(10 + 2*len(f.keywords))
	if f.typed {
		if n.types&^f.types != 0 || !n.typeAt.Exists() {
			n.typeAt = f.typeAt
		}
		n.types &= f.types
	}
	n.unknown = append(n.unknown, f.unknown...)
	n.mergeGroups(s, node, f, depth)
	for _, k := range f.keywords {
		n.mergeKeyword(s, f, k)
	}
}

// mergeGroups adds the keywords of a node that only mean something together.
func (n *norm) mergeGroups(s *side, node contract.Node, f *facts, depth int) {
	part, array, cnd := objectPart{}, arrayPart{}, cond{}
	contains := containsPart{min: noCount, max: noCount}
	var additional contract.Node
	everything := false
	for _, k := range f.keywords {
		switch k.name {
		case "properties":
			part.props = k.value
		case "patternProperties":
			part.patterns = k.value
			for pattern, v := range k.value.Fields() {
				if everyName[pattern] { // no name is left for additionalProperties
					part.extra, everything = v, true
				}
			}
		case "additionalProperties":
			if !everything {
				part.extra = k.value
			}
		case "prefixItems":
			array.prefix = items(k.value)
		case "items":
			if k.value.Kind() == contract.Array {
				array.prefix = items(k.value)
			} else {
				array.rest, array.restAt = k.value, k.value
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
			cnd.test, cnd.at = k.value, k.value
		case "then":
			cnd.then = k.value
		case "else":
			cnd.otherwise = k.value
		case "anyOf", "oneOf":
			n.mergeUnion(s, f, union{one: k.name == "oneOf", branches: items(k.value), at: k.value}, depth)
		}
	}
	if additional.Exists() && !array.rest.Exists() && len(array.prefix) > 0 {
		array.rest, array.restAt = additional, additional
	}
	n.addGroups(part, array, contains, cnd)
}

func (n *norm) addGroups(part objectPart, array arrayPart, contains containsPart, cnd cond) {
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

func items(list contract.Node) []contract.Node {
	out := make([]contract.Node, 0, list.Len())
	for _, v := range list.Items() {
		out = append(out, v)
	}
	return out
}

// mergeUnion resolves alternatives that are none: one branch, or one branch and null.
func (n *norm) mergeUnion(s *side, f *facts, u union, depth int) {
	u = s.withoutNull(u)
	u.null = u.null || f.nullableAlone
	if len(u.branches) != 1 || depth > 50 {
		n.unions = append(n.unions, u)
		return
	}
	inner := s.of(u.branches[0]).schema
	sub := newNorm()
	for _, node := range inner.nodes {
		sub.merge(s, node, depth+1)
	}
	if u.null || inner.orNull {
		sub.admitNull()
	}
	n.absorb(sub)
}

func newNorm() *norm {
	return &norm{types: tAll, maxLength: noCount, minLength: noCount, maxItems: noCount, minItems: noCount,
		maxProps: noCount, minProps: noCount, minContains: noCount, maxContains: noCount}
}

// withoutNull takes the alternatives out that stand for null.
func (s *side) withoutNull(u union) union {
	var rest []contract.Node
	null := 0
	s.meter.charge(4 * len(u.branches))
	for _, b := range u.branches {
		if s.onlyNull(b) {
			null++
			continue
		}
		rest = append(rest, b)
	}
	if null == 0 || len(rest) == 0 || u.one && (null > 1 || s.admitNull(rest)) {
		return u
	}
	u.branches, u.null = rest, true
	return u
}

// admitNull reports whether one of the branches says in its type that null is valid.
func (s *side) admitNull(branches []contract.Node) bool {
	for _, b := range branches {
		c := s.of(b).schema
		if c.orNull {
			return true
		}
		typed := false
		for _, n := range c.nodes {
			f := s.fact(n)
			typed = typed || f.types&tNull == 0 || f.has("enum") || f.has("const")
		}
		if !typed && len(c.nodes) > 0 && c.nodes[0].Kind() == contract.Object && s.fact(c.nodes[0]).types&tNull != 0 && s.fact(c.nodes[0]).typed {
			return true
		}
	}
	return false
}

// onlyNull reports whether an alternative stands for null. In OpenAPI 3.0 generators write {nullable: true} for it,
// which taken by the letter would admit everything and make the other alternatives pointless.
func (s *side) onlyNull(b contract.Node) bool {
	c := s.of(b).schema
	if len(c.nodes) == 0 {
		return s.v30 && s.doc.Deref(b).Get("nullable").Bool()
	}
	return len(c.nodes) == 1 && !c.orNull && s.fact(c.nodes[0]).onlyNull()
}

// onlyNull reports whether nothing but null is valid.
func (f *facts) onlyNull() bool {
	if f.typed {
		return f.types == tNull
	}
	if len(f.keywords) == 1 && f.keywords[0].name == "enum" && f.keywords[0].value.Len() == 1 {
		return f.keywords[0].value.At(0).Kind() == contract.Null
	}
	return len(f.keywords) == 1 && f.keywords[0].name == "const" && f.keywords[0].value.Kind() == contract.Null
}

// admitNull makes null valid besides all else.
func (n *norm) admitNull() {
	if n.never {
		n.never, n.types = false, 0
	}
	n.types |= tNull
	if n.enum != nil {
		n.enum = n.enum.withNull()
	}
	for i := range n.unions {
		n.unions[i].null = true
	}
}
