package apidiff

import (
	"context"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// Bounds of the search for a cover: alternatives that are looked at, and how often a term is cut.
const (
	maxCover = 12
	maxCuts  = 6
)

// covered shows that alternatives hold all of a together where none does alone: what one leaves of a are narrower terms,
// and the others must hold them.
func (p *prover) covered(a term, s *side, branches []contract.Node, m mode, lean *int) bool {
	var near []contract.Node
	for _, b := range branches {
		if p.meter.spent() {
			return false
		}
		c := termOf(s.of(b).schema)
		if p.part(a, c, m, lean) {
			return true
		}
		if len(near) <= maxCover && !p.disjoint(a, c, m.side(), 0) {
			near = append(near, b)
		}
	}
	if len(near) < 2 || len(near) > maxCover || strings.Count(a.key, "-") >= maxCuts {
		return false
	}
	if a.norm.types == tString && a.norm.shapedAs(anyPattern(s, near)) {
		return true
	}
	for i, b := range near {
		rest, ok := p.outside(a, termOf(s.of(b).schema), m, lean)
		if !ok {
			continue
		}
		others := slices.Delete(slices.Clone(near), i, i+1)
		for _, r := range rest {
			if p.steps -= r.cost(); !p.covered(r, s, others, m, lean) {
				return false
			}
		}
		return true
	}
	return false
}

// anyPattern matches what one of the alternatives that are nothing but a pattern matches; empty where there is none.
func anyPattern(s *side, branches []contract.Node) string {
	var parts []string
	for _, b := range branches {
		n := s.of(b).schema.sharp()
		w := 1
		if n.types != tAll {
			w = 2
		}
		if n.types&tString != 0 && len(n.patterns) == 1 && n.weight() == w {
			parts = append(parts, "(?:"+n.patterns[0].Text()+")")
		}
	}
	return strings.Join(parts, "|")
}

// A cut collects the parts of a term that lie outside another one.
type cut struct {
	of    term // what is cut
	by    string
	parts []term
}

// add notes the part that a change of the normal form leaves.
func (c *cut) add(change func(n *norm)) {
	n := c.of.norm.clone()
	change(n)
	n.tidy(c.of.side)
	if n = n.sharpen(c.of.side); n.never {
		return
	}
	c.parts = append(c.parts, term{side: c.of.side, norm: n, key: c.of.key + "-" + c.by + "." + strconv.Itoa(len(c.parts)), root: c.of.root, name: c.of.name})
}

// outside are terms that hold all of a that lies outside b; false where nobody can tell.
func (p *prover) outside(a, b term, m mode, lean *int) ([]term, bool) {
	if m&(modeText|modeLift) != 0 {
		return nil, false
	}
	var parts []term
	for _, k := range a.norm.kinds() {
		c := &cut{of: a.only(k), by: b.key + ":" + strconv.Itoa(int(k))}
		if out := k &^ b.norm.types; out != 0 {
			c.add(func(n *norm) { n.types &= out })
		}
		if in := k & b.norm.types; in != 0 {
			if c.of = c.of.only(in); !p.cutKind(c, b, in, m, lean) {
				return nil, false
			}
		}
		parts = append(parts, c.parts...)
	}
	return parts, true
}

// cutKind cuts what is of one type by every keyword of b, and reports whether none is left that it may break.
func (p *prover) cutKind(c *cut, b term, k types, m mode, lean *int) bool {
	left := b.norm.clone()
	left.types |= k
	if left.enum != nil {
		if c.of.norm.enum == nil && k == tBool {
			c.of.norm = c.of.norm.clone()
			c.of.norm.list([]string{"false", "true"}, c.of.norm.typeAt)
		}
		if c.of.norm.enum == nil {
			return false
		}
		c.cutValues(left)
	}
	switch {
	case k&tNumber != 0:
		c.cutNumbers(left)
	case k == tString:
		c.cutCount(&left.maxLength, &left.minLength, func(n *norm) (*count, *count) { return &n.maxLength, &n.minLength })
	case k == tArray:
		c.cutCount(&left.maxItems, &left.minItems, func(n *norm) (*count, *count) { return &n.maxItems, &n.minItems })
	case k == tObject:
		c.cutCount(&left.maxProps, &left.minProps, func(n *norm) (*count, *count) { return &n.maxProps, &n.minProps })
		if !p.cutObject(c, b, left, m, lean) {
			return false
		}
	}
	return p.conjunction(c.of, term{side: b.side, norm: left, key: b.key, root: b.root}, m, lean)
}

func (c *cut) cutValues(left *norm) {
	listed := left.enum
	left.enum = nil
	c.add(func(n *norm) {
		e := newEnum(slices.DeleteFunc(slices.Clone(n.enum.values), listed.contains), n.enum.at)
		e.null = n.enum.null && !listed.null
		n.enum = e
	})
}

func (c *cut) cutNumbers(left *norm) {
	x := c.of.norm
	if b := left.max; b.set() && x.max.tighter(b, -1) != x.max {
		c.add(func(n *norm) { n.limit(false, bound{value: b.value, exclusive: !b.exclusive, at: b.at}) })
	}
	if b := left.min; b.set() && x.min.tighter(b, 1) != x.min {
		c.add(func(n *norm) { n.limit(true, bound{value: b.value, exclusive: !b.exclusive, at: b.at}) })
	}
	left.max, left.min = bound{}, bound{}
}

func (c *cut) cutCount(most, least *count, of func(*norm) (most, least *count)) {
	xMost, xLeast := of(c.of.norm)
	if b := *most; b.set() && (!xMost.set() || xMost.n > b.n) {
		c.add(func(n *norm) { _, l := of(n); *l = l.atLeast(count{n: b.n + 1, at: b.at}) })
	}
	if b := *least; b.n > max(xLeast.n, 0) {
		c.add(func(n *norm) { m, _ := of(n); *m = m.atMost(count{n: b.n - 1, at: b.at}) })
	}
	*most, *least = noCount, noCount
}

// cutObject cuts by what must be there and by the values of the listed properties.
func (p *prover) cutObject(c *cut, b term, left *norm, m mode, lean *int) bool {
	y := b.norm
	if y.unevaluatedProps.Exists() || y.closedFor(b.side) && !c.of.norm.closedFor(c.of.side) {
		return false
	}
	for _, name := range sortedKeys(y.required) {
		if _, ok := c.of.norm.required[name]; !ok && !hiddenProperty(b, name, m.side()) {
			c.with(name, "false", false)
		}
	}
	for _, name := range y.declared() {
		if p.propertyHolds(c.of, b, name, m, lean) {
			continue
		}
		inner, _ := c.of.norm.child(name)
		outer, _ := y.child(name)
		values, ok := complement(c.of.side.all(inner).schema.sharp(), b.side.all(outer).schema.sharp())
		if !ok {
			return false
		}
		for _, v := range values {
			c.with(name, v, true)
		}
	}
	left.required, left.objects = nil, nil
	return p.extraHolds(c.of, b, m, lean) && p.patternsHold(c.of, b, m, lean)
}

// with adds the part where a property has such values, or is not there.
func (c *cut) with(name, schema string, there bool) {
	text := `{"properties":{` + quoted(name) + `:` + schema + `}`
	if there {
		text += `,"required":[` + quoted(name) + `]`
	}
	v, err := contract.ParseValue(context.Background(), "part.json", []byte(text+"}"), contract.Options{})
	if err == nil {
		c.add(func(n *norm) { n.merge(c.of.side, v, 1) })
	}
}

// complement are schemas, as JSON, that hold the values of x outside y together; false where nobody can tell.
func complement(x, y *norm) ([]string, bool) {
	var out []string
	if x.enum == nil && x.types == tBool {
		x = x.clone()
		x.list([]string{"false", "true"}, x.typeAt)
	}
	if x.enum != nil && (y.enum != nil || y.weight() <= 1) && x.types&tNull == 0 && len(y.unions) == 0 {
		var rest []string
		for _, v := range x.enum.values {
			if y.types&typeOf(v) == 0 || y.enum != nil && !y.enum.contains(v) {
				rest = append(rest, jsonOf(v))
			} else if y.enum == nil && !y.admitsScalar(v) {
				rest = append(rest, jsonOf(v))
			}
		}
		if len(rest) > 0 {
			out = append(out, `{"enum":[`+strings.Join(rest, ",")+`]}`)
		}
		return out, true
	}
	if t := x.types &^ y.types; t != 0 {
		if t&tNumber == tFrac {
			return nil, false
		}
		out = append(out, `{"type":[`+t.names()+`]}`)
	}
	plain := newNorm()
	plain.types, plain.max, plain.min, plain.maxLength, plain.minLength = y.types, y.max, y.min, y.maxLength, y.minLength
	if y.enum != nil || plain.weight() != y.weight() {
		return nil, false
	}
	limits, ok := beyond(y)
	return append(out, limits...), ok
}

// beyond are the values beyond the limits of numbers and texts, as schemas.
func beyond(y *norm) ([]string, bool) {
	var out []string
	for _, l := range []struct {
		b                     bound
		inclusive, beyondElse string
	}{{y.max, "exclusiveMinimum", "minimum"}, {y.min, "exclusiveMaximum", "maximum"}} {
		if !l.b.set() {
			continue
		}
		word, text := l.inclusive, decimal(l.b.value)
		if l.b.exclusive {
			word = l.beyondElse
		}
		if r, ok := new(big.Rat).SetString(text); !ok || r.Cmp(l.b.value) != 0 {
			return nil, false
		}
		out = append(out, `{"type":"number","`+word+`":`+text+`}`)
	}
	if y.maxLength.set() {
		out = append(out, `{"type":"string","minLength":`+strconv.FormatInt(y.maxLength.n+1, 10)+`}`)
	}
	if y.minLength.n > 0 {
		out = append(out, `{"type":"string","maxLength":`+strconv.FormatInt(y.minLength.n-1, 10)+`}`)
	}
	return out, true
}

// names are the types as a list of JSON strings.
func (t types) names() string {
	var out []string
	for _, name := range sortedKeys(typeNames) {
		if k := typeNames[name]; t&k == k && (name != "integer" || t&tFrac == 0) {
			out = append(out, quoted(name))
		}
	}
	return strings.Join(out, ",")
}
