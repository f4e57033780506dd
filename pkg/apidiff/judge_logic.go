package apidiff

import (
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

func (e *engine) judgeLogic(s *site, a, b *norm) {
	e.judgeUnions(s, a, b)
	e.judgeNots(s, a, b)
	e.judgeConds(s, a, b)
}

// judgeUnions compares alternatives: branch by branch where both sides have one list of them, as a whole elsewhere.
func (e *engine) judgeUnions(s *site, a, b *norm) {
	switch {
	case len(a.unions) == 0 && len(b.unions) == 0:
	case len(a.unions) == len(b.unions):
		for i := range a.unions {
			e.judgeUnion(s, a.unions[i], b.unions[i])
		}
	default:
		e.judgeRecomposed(s, a, b)
	}
}

// judgeRecomposed is for alternatives that came or went: what they mean is only seen on the whole.
func (e *engine) judgeRecomposed(s *site, a, b *norm) {
	in, out := e.within(s.old, s.new, s.mode), e.within(s.new, s.old, s.mode)
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
	e.tell(s, d)
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

// judgeUnion matches the alternatives of two lists and compares the matches; what has no match came or went.
func (e *engine) judgeUnion(s *site, a, b union) {
	m := e.match(a, b)
	for _, p := range m.pairs {
		e.pair(s, "|"+branchName(e.old, p[0]), e.old.of(p[0]), e.new.of(p[1]), s.mode)
	}
	for _, o := range m.lost {
		if !e.covered(e.old.of(o).schema, e.new, b, s.mode) {
			e.tell(s, delta{attr: "union-branch", op: Removed, old: o, newAt: b.at, from: quoted(branchName(e.old, o))})
		}
	}
	for _, n := range m.gained {
		if !e.covered(e.new.of(n).schema, e.old, a, s.mode) {
			e.tell(s, delta{attr: "union-branch", op: Added, new: n, oldAt: a.at, to: quoted(branchName(e.new, n))})
		}
	}
	e.judgeOverlap(s, a, b, m)
}

// covered reports whether another alternative of the other side accepts all that a branch accepts.
func (e *engine) covered(c *schema, other *side, u union, m mode) bool {
	if len(u.branches) > maxBranchPairs {
		return false
	}
	for _, b := range u.branches {
		if e.strictlyWithin(c, other.of(b).schema, m&^modeText) {
			return true
		}
	}
	return false
}

// maxBranchPairs bounds the comparisons of every branch with every other.
const maxBranchPairs = 64

type matching struct {
	pairs        [][2]contract.Node
	lost, gained []contract.Node
}

// match pairs alternatives: equal ones first, then those of one name, then those that a constant property tells
// apart, then the last of one type.
func (e *engine) match(a, b union) matching {
	m := matching{lost: a.branches, gained: b.branches}
	for _, sign := range []func(*side, contract.Node) string{e.byMeaning, byName, byConstants, byType} {
		m.pairBy(e, sign)
	}
	if len(m.lost) == 1 && len(m.gained) == 1 && e.old.of(m.lost[0]).schema.norm().types&e.new.of(m.gained[0]).schema.norm().types != 0 {
		m.pairs = append(m.pairs, [2]contract.Node{m.lost[0], m.gained[0]})
		m.lost, m.gained = nil, nil
	}
	return m
}

// pairBy pairs the branches whose signs are equal and unique on both sides.
func (m *matching) pairBy(e *engine, sign func(*side, contract.Node) string) {
	olds, news := index(e.old, m.lost, sign), index(e.new, m.gained, sign)
	used := map[contract.Node]bool{}
	for _, o := range m.lost {
		k := sign(e.old, o)
		if k == "" || len(olds[k]) == 0 || len(olds[k]) != len(news[k]) {
			continue
		}
		n := news[k][0]
		for i, same := range olds[k] {
			if same == o {
				n = news[k][i]
			}
		}
		m.pairs = append(m.pairs, [2]contract.Node{o, n})
		used[o], used[n] = true, true
	}
	m.lost, m.gained = without(m.lost, used), without(m.gained, used)
}

func index(s *side, branches []contract.Node, sign func(*side, contract.Node) string) map[string][]contract.Node {
	m := map[string][]contract.Node{}
	for _, b := range branches {
		if k := sign(s, b); k != "" {
			m[k] = append(m[k], b)
		}
	}
	return m
}

func without(list []contract.Node, used map[contract.Node]bool) []contract.Node {
	var out []contract.Node
	for _, n := range list {
		if !used[n] {
			out = append(out, n)
		}
	}
	return out
}

func (e *engine) byMeaning(s *side, b contract.Node) string {
	h := s.of(b).schema.meaning()
	return string(h[:])
}

func byName(_ *side, b contract.Node) string {
	if ref := b.Get("$ref").Text(); ref != "" {
		return "#" + ref[strings.LastIndexByte(ref, '/')+1:]
	}
	return b.Get("title").Text()
}

// byConstants is the constant properties of a branch: what a discriminator looks at.
func byConstants(s *side, b contract.Node) string {
	n := s.of(b).schema.norm()
	var parts []string
	for _, name := range n.declared() {
		schemas, _ := n.child(name)
		c := s.all(schemas).schema
		if len(c.nodes) != 1 {
			continue
		}
		if v := c.norm(); v.enum != nil && len(v.enum.values) == 1 {
			parts = append(parts, name+"="+jsonOf(v.enum.values[0]))
		}
	}
	return strings.Join(parts, " ")
}

func byType(s *side, b contract.Node) string {
	n := s.of(b).schema.norm()
	if n.types == tAll {
		return ""
	}
	return n.types.String()
}

func (e *engine) judgeNots(s *site, a, b *norm) {
	lost, gained := e.apart(e.old, a.nots, e.new, b.nots), e.apart(e.new, b.nots, e.old, a.nots)
	for i := range max(len(lost), len(gained)) {
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
