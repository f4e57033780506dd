package apidiff

import (
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

func (e *engine) judgeLogic(s *site, a, b *norm) {
	e.judgeNots(s, a, b)
	e.judgeConds(s, a, b)
}

// judgeRecomposed is for alternatives that came or went: what they mean is only seen on the whole. Keywords are
// compared one by one where both sides still have them beside the alternatives.
func (e *engine) judgeRecomposed(s *site, a, b *norm) {
	before := len(s.deltas)
	e.judgeTypes(s, a, b, a.hull(e.old, 0), b.hull(e.new, 0))
	if len(a.objects) > 0 && len(b.objects) > 0 {
		e.judgeObject(s, a, b)
	}
	if len(a.arrays) > 0 && len(b.arrays) > 0 {
		e.judgeArray(s, a, b)
	}
	e.judgeLogic(s, a, b)
	m := s.mode &^ (modeText | modeLift)
	in, out := e.within(s.old, s.new, m), e.within(s.new, s.old, m)
	d := delta{attr: "union", from: quoted(a.outline(e.old)), to: quoted(b.outline(e.new))}
	if len(a.unions) > 0 {
		d.old = a.unions[0].at
	}
	if len(b.unions) > 0 {
		d.new = b.unions[0].at
	}
	switch {
	case in && out:
		return
	case in:
		d.op = Widened
	case out:
		d.op = Narrowed
	default:
		d.op = Changed
	}
	for _, r := range s.deltas[before:] {
		if r.attr == "type" && r.op == d.op || r.attr == "nullable" && (r.op == Added) == (d.op == Widened) && d.op != Changed {
			return // said by the type
		}
	}
	e.tell(s, d)
}

// hull are the types of all values, alternatives included.
func (n *norm) hull(s *side, depth int) types {
	t := n.types
	if depth > 8 || len(n.unions) == 0 {
		return t
	}
	k := hullKey{n, depth}
	if known, ok := s.meter.hulls[k]; ok {
		return known
	}
	for _, u := range n.unions {
		var all types
		if u.null {
			all = tNull
		}
		s.meter.charge(2 * len(u.branches))
		for _, b := range u.branches {
			all |= s.of(b).schema.norm().hull(s, depth+1)
		}
		t &= all
	}
	s.meter.hulls[k] = t
	return t
}

// outline names the alternatives of a schema in a few words.
func (n *norm) outline(s *side) string {
	if len(n.unions) == 0 {
		return n.types.String()
	}
	var parts []string
	for _, u := range n.unions {
		word := "any of "
		if u.one {
			word = "one of "
		}
		if u.null {
			word = "null or " + word
		}
		parts = append(parts, word+branchNames(s, u.branches))
	}
	return strings.Join(parts, " and ")
}

func branchNames(s *side, branches []contract.Node) string {
	const most = 6
	var names []string
	for i, b := range branches {
		if i == most {
			names = append(names, "...")
			break
		}
		names = append(names, branchName(s, b))
	}
	return strings.Join(names, ", ")
}

// branchName is how a person would call an alternative: the name of the component, the title, the type.
func branchName(s *side, b contract.Node) string {
	if ref := b.Get("$ref").Text(); ref != "" {
		return ref[strings.LastIndexByte(ref, '/')+1:]
	}
	if t := b.Get("title").Text(); t != "" {
		return t
	}
	c := s.of(b).schema
	if n := c.norm(); n.enum != nil && len(n.enum.values) > 0 && n.enum.isConst {
		return jsonOf(n.enum.values[0])
	}
	return c.norm().types.String()
}

func (e *engine) judgeNots(s *site, a, b *norm) {
	lost, gained := e.apart(e.old, a.nots, e.new, b.nots), e.apart(e.new, b.nots, e.old, a.nots)
	for i := range max(len(lost), len(gained)) {
		if e.meter.spent() {
			return
		}
		switch {
		case i >= len(lost):
			e.tell(s, delta{attr: "not", op: Added, new: gained[i], to: jsonOf(gained[i])})
		case i >= len(gained):
			e.tell(s, delta{attr: "not", op: Removed, old: lost[i], from: jsonOf(lost[i])})
		default:
			o, n := e.old.of(lost[i]).schema, e.new.of(gained[i]).schema
			in, out := e.strictlyWithin(o, n, s.mode), e.strictlyWithin(n, o, s.mode)
			d := delta{attr: "not", op: Changed, old: lost[i], new: gained[i], from: jsonOf(lost[i]), to: jsonOf(gained[i])}
			switch {
			case in && out:
				continue
			case in:
				d.op = Narrowed
			case out:
				d.op = Widened
			}
			e.tell(s, d)
		}
	}
}

// apart are the nodes of one list whose meaning the other lacks.
func (e *engine) apart(s *side, list []contract.Node, t *side, other []contract.Node) []contract.Node {
	has := map[contract.Hash]bool{}
	e.meter.charge(4 * (len(list) + len(other)))
	for _, n := range other {
		has[t.of(n).schema.meaning()] = true
	}
	var out []contract.Node
	for _, n := range list {
		if !has[s.of(n).schema.meaning()] {
			out = append(out, n)
		}
	}
	return out
}

func (e *engine) judgeConds(s *site, a, b *norm) {
	for i := range max(len(a.conds), len(b.conds)) {
		if e.meter.spent() {
			return
		}
		switch {
		case i >= len(a.conds):
			e.tell(s, delta{attr: "condition", op: Added, new: b.conds[i].at})
		case i >= len(b.conds):
			e.tell(s, delta{attr: "condition", op: Removed, old: a.conds[i].at})
		default:
			e.judgeCond(s, a.conds[i], b.conds[i])
		}
	}
}

// judgeCond compares two conditions. With one test the parts can be compared by themselves.
func (e *engine) judgeCond(s *site, x, y cond) {
	test := e.equal(e.old.of(x.test).schema, e.new.of(y.test).schema, s.mode)
	then, otherwise := [2]*schema{e.old.of(x.then).schema, e.new.of(y.then).schema}, [2]*schema{e.old.of(x.otherwise).schema, e.new.of(y.otherwise).schema}
	in := test && e.within(then[0], then[1], s.mode) && e.within(otherwise[0], otherwise[1], s.mode)
	out := test && e.within(then[1], then[0], s.mode) && e.within(otherwise[1], otherwise[0], s.mode)
	d := delta{attr: "condition", op: Changed, old: x.at, new: y.at}
	switch {
	case in && out:
		return
	case in:
		d.op = Widened
	case out:
		d.op = Narrowed
	}
	e.tell(s, d)
}
