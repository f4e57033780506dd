package apidiff

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// sharp is the normal form with the conclusions drawn that findings are not told by, and proofs need: a negation
// of a type is the other types, minContains: 0 demands nothing, an object that must have what it may not have is none.
func (c *schema) sharp() *norm {
	if c.sharpened == nil {
		c.sharpened = c.norm() // for schemas that lead back to themselves
		end := c.side.meter.forAll()
		c.sharpened = c.norm().sharpen(c.side)
		c.sharpened.cut = c.sharpened.cut || c.side.meter.spent()
		end()
	}
	return c.sharpened
}

// sharpen is n itself where there is nothing to conclude.
func (n *norm) sharpen(s *side) *norm {
	if n.never || !n.blunt() {
		return n
	}
	c := n.clone()
	c.resolveNots(s)
	c.resolveConds(s)
	c.tidy(s)
	c.sharpenPlain()
	c.sharpenArray(s)
	c.sharpenObject(s)
	c.tidy(s)
	return c
}

// blunt reports whether any keyword is there that sharpen looks at.
func (n *norm) blunt() bool {
	return len(n.nots)+len(n.conds) > 0 || n.format.Exists() || n.types&tNumber != 0 && n.max.set() && n.min.set() ||
		n.types&tString != 0 && n.maxLength.n == 0 || n.types&tArray != 0 && len(n.arrays)+len(n.contains) > 0 ||
		n.types&tObject != 0 && (len(n.required)+len(n.names)+len(n.objects)+len(n.depRequired)+len(n.depSchemas) > 0)
}

// resolveNots takes negations as the positive keywords that say the same.
func (n *norm) resolveNots(s *side) {
	var rest []contract.Node
	todo := n.nots
	s.meter.charge(20 * len(todo))
	n.nots = nil // what is merged on the way may bring more
	for _, v := range todo {
		c := s.of(v).schema
		if c.unconstrained() {
			n.never, n.neverAt = true, v
			return
		}
		if !n.denies(s, c.norm()) {
			rest = append(rest, v)
		}
	}
	n.nots = append(rest, n.nots...)
}

// denies adds the complement of o where one keyword says it, and reports whether it did.
func (n *norm) denies(s *side, o *norm) bool {
	one := o.weight() == 1
	switch {
	case o.never:
	case one && o.types != tAll && o.enum == nil:
		if t := n.types &^ o.types; t&tNumber != tFrac {
			n.types = t
			return true
		}
		return false
	case one && len(o.nots) == 1:
		for _, node := range s.of(o.nots[0]).schema.nodes {
			n.merge(s, node, 1)
		}
	case one && o.max.set():
		n.types &= tNumber
		n.limit(false, bound{value: o.max.value, exclusive: !o.max.exclusive, at: o.max.at})
	case one && o.min.set():
		n.types &= tNumber
		n.limit(true, bound{value: o.min.value, exclusive: !o.min.exclusive, at: o.min.at})
	case one && n.deniesLength(o):
	case o.enum != nil && n.enum != nil && o.weight() <= 1:
		kept := slices.DeleteFunc(slices.Clone(n.enum.values), func(v contract.Node) bool { return o.enum.contains(v) })
		e := newEnum(kept, n.enum.at)
		e.null = n.enum.null && !o.enum.null
		n.enum = e
	default:
		return false
	}
	return true
}

// deniesLength adds the complement of a limit of a length, and reports whether o is one.
func (n *norm) deniesLength(o *norm) bool {
	over := func(t types, least *count, c count) bool {
		n.types &= t
		*least = least.atLeast(count{n: c.n + 1, at: c.at})
		return true
	}
	under := func(t types, most *count, c count) bool {
		n.types &= t
		if *most = most.atMost(count{n: c.n - 1, at: c.at}); c.n == 0 {
			n.types &^= t
		}
		return true
	}
	switch {
	case o.maxLength.set():
		return over(tString, &n.minLength, o.maxLength)
	case o.minLength.set():
		return under(tString, &n.maxLength, o.minLength)
	case o.maxItems.set():
		return over(tArray, &n.minItems, o.maxItems)
	case o.minItems.set():
		return under(tArray, &n.maxItems, o.minItems)
	case o.maxProps.set():
		return over(tObject, &n.minProps, o.maxProps)
	case o.minProps.set():
		return under(tObject, &n.maxProps, o.minProps)
	default:
		return false
	}
}

// resolveConds decides the conditions whose test the types decide, and takes "if it has a" as a dependency.
func (n *norm) resolveConds(s *side) {
	var rest []cond
	todo := n.conds
	n.conds = nil // what is merged on the way may bring more
	for _, c := range todo {
		test := s.of(c.test).schema
		o := test.norm()
		onlyTypes := o.weight() == 1 && o.types != tAll && o.enum == nil
		switch {
		case test.unconstrained(), onlyTypes && n.types&^o.types == 0:
			n.mergeNode(s, c.then)
		case o.never, onlyTypes && n.types&o.types == 0:
			n.mergeNode(s, c.otherwise)
		case n.types == tObject && !c.otherwise.Exists() && o.asksFor() != "":
			n.dependOn(o.asksFor(), c.then)
		default:
			rest = append(rest, c)
		}
	}
	n.conds = append(rest, n.conds...)
}

func (n *norm) mergeNode(s *side, node contract.Node) {
	c := s.of(node).schema
	sub := newNorm()
	for _, node := range c.nodes {
		sub.merge(s, node, 1)
	}
	if c.orNull {
		sub.admitNull()
	}
	n.absorb(sub)
}

// asksFor is the one property that the schema demands, where it says nothing else.
func (n *norm) asksFor() string {
	if len(n.required) != 1 || n.types&tObject == 0 || len(n.objects)+len(n.unions)+len(n.nots)+len(n.conds) > 0 || n.weight() > 2 || n.types != tAll && n.weight() > 2 {
		return ""
	}
	if n.weight() == 2 && n.types == tAll {
		return ""
	}
	for name := range n.required {
		return name
	}
	return ""
}

func (n *norm) dependOn(name string, v contract.Node) {
	if n.depSchemas == nil {
		n.depSchemas = map[string][]contract.Node{}
	}
	n.depSchemas[name] = append(slices.Clone(n.depSchemas[name]), v)
}

// listable is the length of a range of integers that is as good as an enum.
const listable = 64

// sharpenPlain lists the few values of a short range, and writes formats as bounds.
func (n *norm) sharpenPlain() {
	if n.types&tNumber == tInt && n.format.Exists() {
		if bits := integerBits[n.format.Text()]; bits != 0 {
			limit := new(big.Int).Lsh(big.NewInt(1), bits)
			n.min = n.min.tighter(bound{value: new(big.Rat).SetInt(new(big.Int).Neg(limit)), at: n.format}, 1)
			n.max = n.max.tighter(bound{value: new(big.Rat).SetInt(new(big.Int).Sub(limit, big.NewInt(1))), at: n.format}, -1)
		}
	}
	if l, ok := formatLengths[n.format.Text()]; ok && n.types&tString != 0 && n.minLength.n <= l[1] && (!n.maxLength.set() || n.maxLength.n >= l[0]) {
		n.minLength, n.maxLength = n.minLength.atLeast(count{n: l[0], at: n.format}), n.maxLength.atMost(count{n: l[1], at: n.format})
	}
	switch {
	case n.enum != nil:
	case n.types == tString && n.maxLength.set() && n.maxLength.n == 0:
		n.list([]string{`""`}, n.maxLength.at)
	case n.types != tInt && n.types != tNumber || !n.max.set() || !n.min.set():
	case n.max.value.Cmp(n.min.value) == 0:
		n.list([]string{decimal(n.max.value)}, n.max.at)
	case n.types == tInt && n.max.value.IsInt() && n.min.value.IsInt():
		span := new(big.Rat).Sub(n.max.value, n.min.value)
		if span.Cmp(big.NewRat(listable, 1)) >= 0 {
			return
		}
		var values []string
		for v := n.min.value; v.Cmp(n.max.value) <= 0; v = new(big.Rat).Add(v, big.NewRat(1, 1)) {
			values = append(values, decimal(v))
		}
		n.list(values, n.max.at)
	}
}

// list makes the values, as JSON, the only ones.
func (n *norm) list(values []string, at contract.Node) {
	v, err := contract.ParseValue(context.Background(), "values.json", []byte("["+strings.Join(values, ",")+"]"), contract.Options{})
	if err == nil {
		n.restrict(newEnum(items(v), at))
	}
}

// sharpenArray turns what is said about items into limits of their number.
func (n *norm) sharpenArray(s *side) {
	if n.types&tArray == 0 {
		return
	}
	for i := range n.listed() + 1 {
		if s.meter.spent() {
			break
		}
		if schemas := n.item(i); len(schemas) > 0 && s.all(schemas).schema.sharp().never {
			n.maxItems = n.maxItems.atMost(count{n: int64(i), at: schemas[0]})
			break
		}
	}
	var rest []containsPart
	for _, c := range n.contains {
		switch {
		case c.min.n == 0 && !c.max.set() && !n.unevaluatedItems.Exists(): // it demands nothing; what it meets is evaluated, though
		case s.of(c.schema).schema.unconstrained():
			n.minItems, n.maxItems = n.minItems.atLeast(c.min.orOne()), n.maxItems.atMost(c.max)
		default:
			n.minItems = n.minItems.atLeast(c.min.orOne())
			rest = append(rest, c)
		}
	}
	n.contains = rest
	if n.listed() == 0 && n.unique.Exists() && len(n.arrays) > 0 {
		if most, ok := s.all(n.item(0)).schema.sharp().size(); ok {
			n.maxItems = n.maxItems.atMost(count{n: most, at: n.unique})
		}
	}
	if n.maxItems.set() && n.maxItems.n <= 1 {
		n.unique = contract.Node{}
	}
}

// size is the number of values, where they are few.
func (n *norm) size() (int64, bool) {
	var size int64
	if n.types&tNull != 0 {
		size++
	}
	switch {
	case n.enum != nil:
		return int64(len(n.enum.values)) + size, true
	case n.types&^(tBool|tNull) == 0 && n.types&tBool != 0:
		return size + 2, true
	default:
		return size, n.types == tNull
	}
}

// sharpenObject settles what must be there, what cannot be there, and how many properties that makes.
func (n *norm) sharpenObject(s *side) {
	if n.types&tObject == 0 {
		return
	}
	n.sharpenDependent(s)
	for _, v := range n.names {
		if s.of(v).schema.sharp().never {
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
		if schemas, _ := n.child(name); len(schemas) > 0 && s.all(schemas).schema.sharp().never {
			n.types &^= tObject
		}
	}
}

// sharpenDependent follows the dependencies on what is always there, and takes schemas that only demand as demands.
func (n *norm) sharpenDependent(s *side) {
	for _, trigger := range sortedKeys(n.depSchemas) {
		var rest []contract.Node
		for _, v := range n.depSchemas[trigger] {
			o := s.of(v).schema.norm()
			switch _, always := n.required[trigger]; {
			case always && n.types == tObject: // of other types it says nothing
				n.mergeNode(s, v)
			case o.asksOnly():
				for name, at := range o.required {
					n.depend(trigger, name, at)
				}
			default:
				rest = append(rest, v)
			}
		}
		n.depSchemas[trigger] = rest
		if len(rest) == 0 {
			delete(n.depSchemas, trigger)
		}
	}
	for rounds := 0; rounds < 8; rounds++ {
		for _, trigger := range sortedKeys(n.depRequired) {
			if _, always := n.required[trigger]; always {
				for name, at := range n.depRequired[trigger] {
					n.require(name, at)
				}
				delete(n.depRequired, trigger)
			}
		}
	}
}

// asksOnly reports whether a schema demands properties of objects and says nothing else.
func (n *norm) asksOnly() bool {
	return len(n.required) > 0 && n.types&tObject != 0 && len(n.objects)+len(n.unions)+len(n.nots)+len(n.conds) == 0 && n.weight() == 1
}

// possibleNames are the names that a property can have, where they are listed.
func (n *norm) possibleNames(s *side) ([]string, bool) {
	var allowed map[string]bool
	for _, v := range n.names {
		o := s.of(v).schema.norm()
		if o.enum == nil {
			continue
		}
		listed := map[string]bool{}
		for _, name := range o.enum.values {
			if name.Kind() == contract.String && (allowed == nil || allowed[name.Text()]) {
				listed[name.Text()] = true
			}
		}
		allowed = listed
	}
	if n.maxProps.set() && n.maxProps.n == 0 {
		return nil, true
	}
	if allowed == nil && (!n.closed(s).Exists() || len(n.patternProps()) > 0) {
		return nil, false
	}
	if allowed == nil {
		allowed = known(n.declared()...)
	}
	var names []string
	for _, name := range sortedKeys(allowed) {
		if s.meter.spent() {
			return nil, false
		}
		if schemas, _ := n.child(name); len(schemas) == 0 || !s.all(schemas).schema.sharp().never {
			names = append(names, name)
		}
	}
	return names, true
}

// everyName are the expressions of patternProperties that every name meets. That ^.*$ leaves out names with a line
// end is not what those who write it have in mind.
var everyName = known("", ".*", "^.*", "^.*$", ".*$", "^", "^(.*)$", `^[\s\S]*$`)
