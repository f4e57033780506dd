package apidiff

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// mergeKeyword adds one keyword that stands for itself.
func (n *norm) mergeKeyword(s *side, f *facts, k keyword) {
	v := k.value
	s.meter.charge(2 * v.Len())
	switch k.name {
	case "enum":
		e := newEnum(items(v), v)
		if f.types&tNull != 0 && f.typed {
			e = e.withNull()
		}
		n.restrict(e)
	case "const":
		e := newEnum([]contract.Node{v}, v)
		e.isConst = true
		n.restrict(e)
	case "maxLength":
		n.maxLength = n.maxLength.atMost(readCount(v))
	case "minLength":
		n.minLength = n.minLength.atLeast(readCount(v))
	case "pattern":
		n.patterns = append(n.patterns, v)
	case "format":
		switch {
		case f.types&tString != 0 && encodings[v.Text()] != "":
			n.encoding = first(n.encoding, v)
		case f.types&tString != 0 && mediaFormats[v.Text()] != "":
			n.mediaType = first(n.mediaType, v)
		case assertable(v.Text(), f.types):
			n.format = first(n.format, v)
		default:
			n.hint = first(n.hint, v)
		}
	case "contentEncoding":
		n.encoding = first(n.encoding, v)
	case "contentMediaType":
		n.mediaType = first(n.mediaType, v)
	case "contentSchema":
		n.contentSchema = append(n.contentSchema, v)
	case "not":
		n.nots = append(n.nots, s.denied(v)...)
	case "maxItems":
		n.maxItems = n.maxItems.atMost(readCount(v))
	case "minItems":
		n.minItems = n.minItems.atLeast(readCount(v))
	case "uniqueItems":
		n.unique = first(n.unique, v)
	case "unevaluatedItems", "unevaluatedProperties":
		if f.openItems && k.name == "unevaluatedItems" || f.openProps && k.name == "unevaluatedProperties" {
			return
		}
		n.leave(k)
	case "propertyNames":
		if !s.of(v).schema.everyText() {
			n.names = append(n.names, v)
		}
	default:
		n.mergeNumber(f, k)
		n.mergeObject(k)
	}
}

// leave notes what is said of the properties or items that no other keyword evaluates.
func (n *norm) leave(k keyword) {
	if k.name == "unevaluatedItems" {
		n.unevaluatedItems = first(n.unevaluatedItems, k.value)
	} else {
		n.unevaluatedProps = first(n.unevaluatedProps, k.value)
	}
}

// everyText reports whether nothing is said but a type that texts have.
func (c *schema) everyText() bool {
	for _, n := range c.nodes {
		if n.Kind() != contract.Object || len(c.side.fact(n).keywords) > 0 {
			return false
		}
	}
	return c.types()&tString != 0
}

// denied are the schemas that a negation rules out: what is not any of several is none of each.
func (s *side) denied(v contract.Node) []contract.Node {
	c := s.of(v).schema
	if len(c.nodes) != 1 || c.orNull || c.nodes[0].Kind() != contract.Object {
		return []contract.Node{v}
	}
	if f := s.fact(c.nodes[0]); !f.typed && len(f.keywords) == 1 && f.keywords[0].name == "anyOf" {
		return items(f.keywords[0].value)
	}
	return []contract.Node{v}
}

func (n *norm) mergeNumber(f *facts, k keyword) {
	r, ok := readNumber(k.value)
	switch k.name {
	case "maximum", "minimum":
		if !ok {
			return
		}
		b := bound{value: r, at: k.value}
		for _, o := range f.keywords { // OpenAPI 3.0 writes exclusiveMaximum: true beside it
			if o.name == "exclusiveM"+k.name[1:] && o.value.Bool() {
				b.exclusive = true
			}
		}
		n.limit(k.name == "maximum", b)
	case "exclusiveMaximum", "exclusiveMinimum":
		if ok {
			n.limit(k.name == "exclusiveMaximum", bound{value: r, exclusive: true, at: k.value})
		}
	case "multipleOf":
		if ok && r.Sign() > 0 {
			n.multiple = append(n.multiple, ratio{r, k.value})
		}
	}
}

func (n *norm) limit(upper bool, b bound) {
	if upper {
		n.max = n.max.tighter(b, -1)
	} else {
		n.min = n.min.tighter(b, 1)
	}
}

func (n *norm) mergeObject(k keyword) {
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
				if n.depSchemas == nil {
					n.depSchemas = map[string][]contract.Node{}
				}
				n.depSchemas[trigger] = append(n.depSchemas[trigger], d)
				continue
			}
			for _, item := range d.Items() {
				n.depend(trigger, item.Text(), item)
			}
		}
	}
}

// maxDigits bounds the numbers that are computed with; longer ones are compared as written.
const maxDigits = 400

// readNumber is the value of a number node; false for other kinds and for numbers of absurd size.
func readNumber(v contract.Node) (*big.Rat, bool) {
	lit := v.Literal()
	if lit == "" || len(lit) > maxDigits {
		return nil, false
	}
	if i := strings.IndexAny(lit, "eE"); i >= 0 {
		if e, err := strconv.Atoi(strings.TrimPrefix(lit[i+1:], "+")); err != nil || e > maxDigits || e < -maxDigits {
			return nil, false
		}
	}
	return new(big.Rat).SetString(lit)
}

func readCount(v contract.Node) count {
	r, ok := readNumber(v)
	if !ok || r.Sign() < 0 {
		return noCount
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if !whole.IsInt64() {
		return noCount
	}
	return count{n: whole.Int64(), at: v}
}

func (c count) set() bool { return c.n >= 0 }

func (c count) atMost(o count) count {
	if o.set() && (!c.set() || o.n < c.n) {
		return o
	}
	return c
}

func (c count) atLeast(o count) count {
	if o.set() && o.n > c.n {
		return o
	}
	return c
}

func (b bound) set() bool { return b.value != nil }

// tighter is the stricter of two bounds; sign is 1 for bounds from below, -1 for bounds from above.
func (b bound) tighter(o bound, sign int) bound {
	if !o.set() {
		return b
	}
	if !b.set() {
		return o
	}
	c := o.value.Cmp(b.value) * sign
	if c > 0 || c == 0 && o.exclusive && !b.exclusive {
		return o
	}
	return b
}

func newEnum(values []contract.Node, at contract.Node) *enumSet {
	e := &enumSet{has: make(map[contract.Hash]contract.Node, len(values)), at: at}
	for _, v := range values {
		if v.Kind() == contract.Null {
			e.null = true
			continue
		}
		if _, ok := e.has[v.Hash()]; !ok {
			e.has[v.Hash()] = v
			e.values = append(e.values, v)
		}
	}
	return e
}

func (e *enumSet) withNull() *enumSet {
	o := *e
	o.null = true
	return &o
}

func (e *enumSet) contains(v contract.Node) bool {
	if v.Kind() == contract.Null {
		return e.null
	}
	_, ok := e.has[v.Hash()]
	return ok
}

// restrict intersects the valid values with another enum.
func (n *norm) restrict(e *enumSet) {
	if n.enum == nil {
		n.enum = e
		return
	}
	both := &enumSet{has: map[contract.Hash]contract.Node{}, at: n.enum.at, isConst: n.enum.isConst || e.isConst, null: n.enum.null && e.null}
	for _, v := range n.enum.values {
		if e.contains(v) {
			both.values = append(both.values, v)
			both.has[v.Hash()] = v
		}
	}
	n.enum = both
}
