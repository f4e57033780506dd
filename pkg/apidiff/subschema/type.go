package subschema

import (
	"cmp"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// Types is a set of the kinds of JSON value; numbers are two kinds, so that integer lies within
// number.
type Types uint8

const (
	Null Types = 1 << iota
	Boolean
	Integer
	Fraction // numbers that are no integers
	String
	Array
	Object
	AnyType Types = 1<<iota - 1

	Number = Integer | Fraction
	Scalar = Null | Boolean | Number | String
)

var typeNames = map[string]Types{
	"null": Null, "boolean": Boolean, "integer": Integer, "number": Number, "string": String, "array": Array, "object": Object,
}

// each are the names of the types, as a schema would list them.
func (t Types) each() (out []string) {
	for _, name := range []string{"string", "number", "integer", "boolean", "array", "object", "null"} {
		if k := typeNames[name]; t&k == k && (name != "integer" || t&Fraction == 0) {
			out = append(out, name)
		}
	}
	return out
}

// String lists the types in a sentence.
func (t Types) String() string {
	if t == AnyType {
		return "any"
	}
	return cmp.Or(strings.Join(t.each(), ", "), "nothing")
}

// typesOfKinds are the types of JSON values; of numbers, those of whole ones.
var typesOfKinds = [...]Types{
	contract.Null: Null, contract.Bool: Boolean, contract.Number: Integer, contract.String: String, contract.Array: Array, contract.Object: Object,
}

func typeOf(v contract.Node) Types {
	if r, ok := jsonvalue.ReadNumber(v); ok && !r.IsInt() {
		return Fraction
	}
	return typesOfKinds[v.Kind()]
}

func (f *keywords) readType(v contract.Node) {
	f.typeAt = v
	switch v.Kind() {
	case contract.String:
		if t, ok := typeNames[v.Text()]; ok {
			f.types, f.typed = t, true
		}
	case contract.Array:
		var t Types
		for _, item := range v.Items() {
			t |= typeNames[item.Text()]
		}
		if t != 0 {
			f.types, f.typed = t, true
		}
	}
}

// types are those that the type keywords allow: a bound of what is valid, without the normal form.
func (c *Schema) types() Types {
	t := AnyType
	c.catalog.meter.Charge(len(c.nodes))
	for _, n := range c.nodes {
		t &= c.catalog.keywordsOf(n).types
	}
	if c.orNull {
		t |= Null
	}
	return t
}

// Meant is the normal form as the author of a contract means it: who lists properties, or says what
// else an object has, means an object, and who says what items are means an array, where no keyword
// says the type. Values are evaluated by the letter, and so is what stands below not and if.
func (c *Schema) Meant() *NormalForm {
	if c.intended == nil {
		n := c.Normal()
		c.intended = n
		if t := n.meantTypes(c.catalog); t != n.Types {
			c.intended = n.clone()
			c.intended.Types, c.intended.stated = t, t
		}
	}
	return c.intended
}

// meantTypes are the types that the keywords for objects and arrays mean where none is said.
func (n *NormalForm) meantTypes(s *Catalog) Types {
	var t Types
	if len(n.objects)+len(n.required)+len(n.names)+len(n.depRequired)+len(n.depSchemas) > 0 || n.maxProps.set() || n.minProps.set() {
		t |= Object
	}
	if len(n.arrays)+len(n.contains) > 0 || n.maxItems.set() || n.minItems.set() || n.unique.Exists() {
		t |= Array
	}
	scalar := n.max.set() || n.min.set() || n.maxLength.set() || n.minLength.set() || len(n.multiple)+len(n.patterns) > 0
	if t == 0 || n.Types != AnyType || scalar || n.typesWithBranches(s, 0)&t == 0 {
		return n.Types
	}
	if n.nullNamed {
		t |= Null
	}
	return t
}

// branch is an alternative of n: where types stand beside the alternatives, none was forgotten.
func (n *NormalForm) branch(c *Schema) *NormalForm {
	if n.Types == AnyType {
		return c.Meant()
	}
	return c.Normal()
}

// kinds are the types of the values, numbers being one.
func (n *NormalForm) kinds() []Types {
	var out []Types
	for _, t := range []Types{Null, Boolean, Number, String, Array, Object} {
		if n.Types&t != 0 {
			out = append(out, n.Types&t)
		}
	}
	return out
}

// typesWithBranches are the types of all values, alternatives included.
func (n *NormalForm) typesWithBranches(s *Catalog, depth int) Types {
	t := n.Types
	if depth > 8 || len(n.unions) == 0 {
		return t
	}
	k := formKey{form: n, depth: depth}
	if known, ok := s.typesOf[k]; ok {
		return known
	}
	for _, u := range n.unions {
		var all Types
		if u.null {
			all = Null
		}
		s.meter.Charge(2 * len(u.branches))
		for _, b := range u.branches {
			all |= n.branch(s.Of(b).Schema).typesWithBranches(s, depth+1)
		}
		t &= all
	}
	s.typesOf[k] = t
	return t
}

type formKey struct {
	form  *NormalForm
	dir   rules.Side
	depth int
}

// compareTypes compares sets of types. An enum says its types by its values.
func (e *Comparer) compareTypes(s *Comparison, a, b *NormalForm, ta, tb Types) {
	e.compareNull(s, a, b, ta, tb)
	if ta != AnyType && tb != AnyType {
		ta, tb = ta&^Null, tb&^Null
	}
	if ta == tb || a.stated == b.stated && a.enum == nil && b.enum == nil && a.differsByFractionOnly(ta) && b.differsByFractionOnly(tb) || a.enum != nil && (b.enum != nil || tb&ta == ta) || b.enum != nil && ta&tb == tb {
		return
	}
	d := Difference{Attr: "type", Old: a.typeAt, New: b.typeAt, From: jsonvalue.Quoted(ta.String()), To: jsonvalue.Quoted(tb.String())}
	e.reportChange(s, d, e.typesWithin(s.mode, s.old, s.new, ta, tb), e.typesWithin(s.mode, s.new, s.old, tb, ta))
}

// differsByFractionOnly reports whether the types differ from the stated ones only because
// multipleOf rules fractions out.
func (n *NormalForm) differsByFractionOnly(t Types) bool { return (t^n.stated)&^(Fraction|Null) == 0 }

// beyond are the types of in that are none of out. As text, numbers and booleans are strings, too,
// unless strings are restricted.
func (m Mode) beyond(in, out Types, outer *NormalForm) Types {
	left := in &^ out
	if m&AsText != 0 && out&String != 0 && outer.plainText() {
		left &^= Number | Boolean
	}
	return left
}

// typesWithin reports whether values of the types in are all values of the types out, as far as
// types go; one item may stand for an array.
func (e *Comparer) typesWithin(m Mode, inner, outer *Schema, in, out Types) bool {
	left := m.beyond(in, out, outer.Meant())
	return left == 0 || m&ScalarAsArray != 0 && out&Array != 0 && e.Prover.askTerms(termOf(inner).only(left), termOf(outer), m)
}

func (e *Comparer) compareNull(s *Comparison, a, b *NormalForm, ta, tb Types) {
	if ta == AnyType || tb == AnyType || (ta^tb)&Null == 0 {
		return
	}
	if tb&Null != 0 {
		e.report(s, Difference{Attr: "nullable", Op: rules.Added, New: jsonvalue.First(b.nullAt(), b.typeAt)})
	} else {
		e.report(s, Difference{Attr: "nullable", Op: rules.Removed, Old: jsonvalue.First(a.nullAt(), a.typeAt)})
	}
}

// nulls are the types as far as null beside alternatives goes.
func (n *NormalForm) nulls() Types {
	t := Object
	for _, u := range n.unions {
		if u.null {
			t |= n.Types & Null
		}
	}
	return t
}

// nullAt is the node that makes null valid, where one does.
func (n *NormalForm) nullAt() contract.Node {
	if n.enum != nil && n.enum.Null {
		return n.enum.At
	}
	return at(n.unions, 0).at
}

// typesHold compares the types; as text, numbers and booleans are strings, and one item is an array
// of one.
func (p *prover) typesHold(a, b term, m Mode) bool {
	left := m.beyond(a.norm.Types, b.norm.Types, b.norm)
	if left != 0 && m&ScalarAsArray != 0 && b.norm.Types&Array != 0 && left&^(Number|Boolean|String) == 0 && b.norm.minItems.n <= 1 && len(b.norm.contains) == 0 {
		item := b.catalog.All(b.norm.Item(0)).Schema
		return p.prove(a.only(left), termOf(item), m.Inner())
	}
	return left == 0
}
