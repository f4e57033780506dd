package subschema

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// An enumSet are the only valid values, in the order of the document.
type enumSet struct {
	values  []contract.Node // null left out
	has     map[contract.Hash]contract.Node
	isConst bool // written as const
	at      contract.Node
	null    bool // null is valid too
}

func NewEnum(values []contract.Node, at contract.Node) *enumSet {
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

// lists reports whether the text is one of the values.
func (e *enumSet) lists(text string) bool {
	return slices.ContainsFunc(e.values, func(v contract.Node) bool { return v.Kind() == contract.String && v.Text() == text })
}

// restrict intersects the valid values with another enum.
func (n *NormalForm) restrict(e *enumSet) {
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

// list makes the values, as JSON, the only ones.
func (n *NormalForm) list(values []string, at contract.Node) {
	v, err := contract.ParseValue(context.Background(), "values.json", []byte("["+strings.Join(values, ",")+"]"), contract.Options{})
	if err == nil {
		n.restrict(NewEnum(Items(v), at))
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
	n.meter.Charge(4 * len(n.enum.values))
	for _, v := range n.enum.values {
		if n.admitsScalar(v) {
			values = append(values, v)
			t |= typeOf(v)
		}
	}
	if n.enum.null && n.Types&Null != 0 {
		t |= Null
	}
	e := NewEnum(values, n.enum.at)
	e.isConst, e.null = n.enum.isConst, t&Null != 0
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
		e.report(s, Difference{Attr: attr[b.enum.isConst], Op: rules.Added, New: b.enum.at, To: List(b.enum.values, b.enum.isConst)})
	case b.enum == nil:
		e.report(s, Difference{Attr: attr[a.enum.isConst], Op: rules.Removed, Old: a.enum.at, From: List(a.enum.values, a.enum.isConst)})
	default:
		e.compareValues(s, a.enum, b.enum)
	}
}

func (e *Comparer) compareValues(s *Comparison, a, b *enumSet) {
	lost, gained := a.Without(b), b.Without(a)
	if a.isConst && b.isConst && len(lost) == 1 && len(gained) == 1 {
		e.report(s, Difference{Attr: "const", Op: rules.Changed, Old: a.at, New: b.at, From: JSONOf(lost[0]), To: JSONOf(gained[0])})
		return
	}
	if len(lost) > 0 {
		e.report(s, Difference{Attr: "enum-value", Op: rules.Removed, Old: a.at, New: b.at, From: List(lost, len(lost) == 1), Values: lost})
	}
	if len(gained) > 0 {
		e.report(s, Difference{Attr: "enum-value", Op: rules.Added, Old: a.at, New: b.at, To: List(gained, len(gained) == 1), Values: gained})
	}
}

// Without are the values that the other enum lacks.
func (e *enumSet) Without(o *enumSet) []contract.Node {
	return slices.DeleteFunc(slices.Clone(e.values), o.contains)
}

// List is the JSON of values: an array, or the one value alone.
func List(values []contract.Node, alone bool) string {
	if alone && len(values) == 1 {
		return JSONOf(values[0])
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = JSONOf(v)
	}
	return "[" + strings.Join(texts, ",") + "]"
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
	for _, v := range a.norm.enum.values {
		if p.steps--; p.meter.Spent() {
			return false
		}
		if !b.admits(v, m.Side()) && (m&AsText == 0 || !b.norm.AdmitsAsText(v)) {
			return false
		}
	}
	return !a.norm.enum.null || a.norm.Types&Null == 0 || b.norm.Types&Null != 0 && b.norm.enum == nil || b.norm.enum != nil && b.norm.enum.null
}

func enumHolds(x, y *NormalForm) bool {
	if y.enum == nil {
		return true
	}
	x.meter.Charge(4)
	if x.enum == nil {
		rest := x.Types &^ Null
		return (x.Types&Null == 0 || y.enum.null) && (rest == 0 || rest == String && len(x.patterns) > 0 && x.shapedAs(y.enum.valuesPattern()))
	}
	for _, v := range x.enum.values {
		if x.meter.Charge(1); !y.enum.contains(v) {
			return false
		}
	}
	return !x.enum.null || y.enum.null
}

// valuesPattern matches the values of an enum of texts; empty where there are others.
func (e *enumSet) valuesPattern() string {
	var b strings.Builder
	for i, v := range e.values {
		if v.Kind() != contract.String || i > listable {
			return ""
		}
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(regexp.QuoteMeta(v.Text()))
	}
	return "^(?:" + b.String() + ")$"
}

func noneAdmitted(x *NormalForm, b term, dir rules.Side) bool {
	for _, v := range x.enum.values {
		if b.norm.admits(b.catalog, v, dir, 0) != No {
			return false
		}
	}
	return !x.enum.null || b.norm.Types&Null == 0
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
		e := NewEnum(slices.DeleteFunc(slices.Clone(n.enum.values), listed.contains), n.enum.at)
		e.null = n.enum.null && !listed.null
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
		for _, v := range x.enum.values {
			if y.Types&typeOf(v) == 0 || y.enum != nil && !y.enum.contains(v) || y.enum == nil && !y.admitsScalar(v) {
				rest = append(rest, JSONOf(v))
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
