package subschema

import (
	"context"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// restrict intersects the valid values with another enum.
func (n *NormalForm) restrict(e *jsonvalue.Enum) {
	if n.enum == nil {
		n.enum = e
		return
	}
	n.enum = n.enum.And(e)
}

// list makes the values, as JSON, the only ones.
func (n *NormalForm) list(values []string, at contract.Node) {
	v, err := contract.ParseValue(context.Background(), "values.json", []byte("["+strings.Join(values, ",")+"]"), contract.Options{})
	if err == nil {
		n.restrict(jsonvalue.NewEnum(jsonvalue.Items(v), at))
	}
}

// tidyEnum leaves of an enum only the values that the other keywords admit, and then forgets those
// keywords.
func (n *NormalForm) tidyEnum() {
	if n.enum == nil {
		return
	}
	var t Types
	var values []contract.Node
	n.meter.Charge(4 * len(n.enum.Values))
	for _, v := range n.enum.Values {
		if n.admitsScalar(v) {
			values = append(values, v)
			t |= typeOf(v)
		}
	}
	if n.enum.Null && n.Types&Null != 0 {
		t |= Null
	}
	e := jsonvalue.NewEnum(values, n.enum.At)
	e.IsConst, e.Null = n.enum.IsConst, t&Null != 0
	n.enum, n.Types = e, t
	if t == Null || t&^Null == Boolean && len(values) == 2 {
		n.enum = nil
	}
}

func (e *Comparer) compareEnum(s *Comparison, a, b *NormalForm) {
	attr := map[bool]string{true: "const", false: "enum"}
	switch {
	case a.enum == nil && b.enum == nil:
	case a.enum == nil:
		e.report(s, Difference{Attr: attr[b.enum.IsConst], Op: rules.Added, New: b.enum.At, To: jsonvalue.List(b.enum.Values, b.enum.IsConst)})
	case b.enum == nil:
		e.report(s, Difference{Attr: attr[a.enum.IsConst], Op: rules.Removed, Old: a.enum.At, From: jsonvalue.List(a.enum.Values, a.enum.IsConst)})
	default:
		e.compareValues(s, a.enum, b.enum)
	}
}

func (e *Comparer) compareValues(s *Comparison, a, b *jsonvalue.Enum) {
	lost, gained := a.Without(b), b.Without(a)
	if a.IsConst && b.IsConst && len(lost) == 1 && len(gained) == 1 {
		e.report(s, Difference{Attr: "const", Op: rules.Changed, Old: a.At, New: b.At, From: jsonvalue.JSONOf(lost[0]), To: jsonvalue.JSONOf(gained[0])})
		return
	}
	if len(lost) > 0 {
		e.report(s, Difference{Attr: "enum-value", Op: rules.Removed, Old: a.At, New: b.At, From: jsonvalue.List(lost, len(lost) == 1), Values: lost})
	}
	if len(gained) > 0 {
		e.report(s, Difference{Attr: "enum-value", Op: rules.Added, Old: a.At, New: b.At, To: jsonvalue.List(gained, len(gained) == 1), Values: gained})
	}
}

// listed reports whether one side lists its values and the other, which does not, accepts each of
// them: then the list is all that differs.
func (e *Comparer) listed(s *Comparison, a, b *NormalForm) bool {
	x, y := termOf(s.old), termOf(s.new)
	switch {
	case (a.enum == nil) == (b.enum == nil):
		return false
	case a.enum == nil:
		x, y = y, x
	}
	return x.norm.enum != nil && e.Prover.eachValue(x, y, s.mode)
}

// eachValue shows that every listed value of a is one of b.
func (p *prover) eachValue(a, b term, m Mode) bool {
	for _, v := range a.norm.enum.Values {
		if p.steps--; p.meter.Spent() {
			return false
		}
		if a.norm.admits(a.catalog, v, m.Side(), 0) != No && !b.admits(v, m.Side()) && (m&AsText == 0 || !b.norm.AdmitsAsText(v)) {
			return false
		}
	}
	return !a.norm.enum.Null || a.norm.Types&Null == 0 || b.norm.Types&Null != 0 && b.norm.enum == nil || b.norm.enum != nil && b.norm.enum.Null
}

func enumHolds(x, y *NormalForm) bool {
	if y.enum == nil {
		return true
	}
	x.meter.Charge(4)
	if x.enum == nil {
		rest := x.Types &^ Null
		return (x.Types&Null == 0 || y.enum.Null) && (rest == 0 || rest == String && len(x.patterns) > 0 && x.shapedAs(y.enum.Pattern(listable)))
	}
	for _, v := range x.enum.Values {
		if x.meter.Charge(1); !y.enum.Contains(v) {
			return false
		}
	}
	return !x.enum.Null || y.enum.Null
}

func noneAdmitted(x *NormalForm, b term, dir rules.Side) bool {
	for _, v := range x.enum.Values {
		if b.norm.admits(b.catalog, v, dir, 0) != No {
			return false
		}
	}
	return !x.enum.Null || b.norm.Types&Null == 0
}

// writtenOut lists true and false, which are two texts.
func (a term) writtenOut() term {
	a.norm = a.norm.listBooleans()
	return a
}

func (n *NormalForm) listBooleans() *NormalForm {
	if n.enum == nil && n.Types == Boolean {
		n = n.clone()
		n.list([]string{"false", "true"}, n.typeAt)
	}
	return n
}

func (c *remainder) cutValues(left *NormalForm) {
	listed := left.enum
	left.enum = nil
	c.add(func(n *NormalForm) {
		e := jsonvalue.NewEnum(slices.DeleteFunc(slices.Clone(n.enum.Values), listed.Contains), n.enum.At)
		e.Null = n.enum.Null && !listed.Null
		n.enum = e
	})
}

// complement are schemas, as JSON, that hold the values of x outside y together; false where that
// is not known.
func complement(x, y *NormalForm) ([]string, bool) {
	var out []string
	x = x.listBooleans()
	if x.enum != nil && (y.enum != nil || y.Weight() <= 1) && x.Types&Null == 0 && len(y.unions) == 0 {
		var rest []string
		for _, v := range x.enum.Values {
			if y.Types&typeOf(v) == 0 || y.enum != nil && !y.enum.Contains(v) || y.enum == nil && !y.admitsScalar(v) {
				rest = append(rest, jsonvalue.JSONOf(v))
			}
		}
		if len(rest) > 0 {
			out = append(out, `{"enum":[`+strings.Join(rest, ",")+`]}`)
		}
		return out, true
	}
	if t := x.Types &^ y.Types; t != 0 {
		if t&Number == Fraction {
			return nil, false
		}
		out = append(out, `{"type":["`+strings.Join(t.each(), `","`)+`"]}`)
	}
	plain := newNormalForm()
	plain.Types, plain.max, plain.min, plain.maxLength, plain.minLength = y.Types, y.max, y.min, y.maxLength, y.minLength
	if y.enum != nil || plain.Weight() != y.Weight() {
		return nil, false
	}
	limits, ok := beyond(y)
	return append(out, limits...), ok
}
