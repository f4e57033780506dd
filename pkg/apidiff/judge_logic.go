package apidiff

import (
	"strconv"
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
	if depth > 8 {
		return t
	}
	for _, u := range n.unions {
		var all types
		if u.null {
			all = tNull
		}
		for _, b := range u.branches {
			all |= s.of(b).schema.norm().hull(s, depth+1)
		}
		t &= all
	}
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

// judgeUnion matches the alternatives of two lists and compares the matches; what has no match came or went.
func (e *engine) judgeUnion(s *site, a, b union) {
	m := e.match(a, b)
	for _, p := range m.pairs {
		o, n := e.old.of(p[0]), e.new.of(p[1])
		if e.pair(s, s.branchStep(a, b, p), o, n, s.mode) != nil && e.otherwise(s, a, b, p) {
			s.edges[len(s.edges)-1].safe = true
		}
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
	e.judgeOverlap(s, a, b)
}

// otherwise reports whether another alternative accepts all that the inner one of a pair stands for.
func (e *engine) otherwise(s *site, a, b union, p [2]contract.Node) bool {
	inner, outer, other, except := e.old.of(p[0]).schema, b, e.new, p[1]
	if s.mode.side() == Response {
		inner, outer, other, except = e.new.of(p[1]).schema, a, e.old, p[0]
	}
	var rest []contract.Node
	for _, n := range outer.branches {
		if n != except {
			rest = append(rest, n)
		}
	}
	return !outer.one && e.covered(inner, other, union{branches: rest}, s.mode)
}

// branchStep leads to a pair of alternatives, as the side counts them whose values must be contained.
func (s *site) branchStep(a, b union, p [2]contract.Node) []string {
	u, branch := a, p[0]
	if s.mode.side() == Response {
		u, branch = b, p[1]
	}
	for i, n := range u.at.Items() {
		if n == branch {
			return []string{u.at.Key(), strconv.Itoa(i)}
		}
	}
	return nil
}

// covered reports whether another alternative of the other side accepts all that a branch accepts.
func (e *engine) covered(c *schema, other *side, u union, m mode) bool {
	if len(u.branches) > maxBranchPairs {
		return false
	}
	n := c.norm()
	for _, b := range u.branches {
		d := other.of(b).schema
		if m&modeLift == 0 && !n.never && n.types != 0 && n.types&d.types() == 0 {
			continue // the rule: an object beside a text; it needs no proof
		}
		if e.strictlyWithin(c, d, m&^modeText) {
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

// judgeOverlap looks for a value that one alternative accepted alone and that two accept now: oneOf refuses it.
func (e *engine) judgeOverlap(s *site, a, b union) {
	if len(a.branches) > maxBranchPairs || len(b.branches) > maxBranchPairs || a.one == b.one && e.same && e.prover.sameBranches(e.old, a, e.new, b) {
		return
	}
	if v := e.overlap(s, s.old, a, s.new, b); v.Exists() {
		e.tell(s, delta{attr: "one-of-overlap", op: Added, new: b.at, oldAt: a.at, to: jsonOf(v), values: []contract.Node{v}})
	}
	if v := e.overlap(s, s.new, b, s.old, a); v.Exists() {
		e.tell(s, delta{attr: "one-of-overlap", op: Removed, old: a.at, newAt: b.at, from: jsonOf(v), values: []contract.Node{v}})
	}
}

// overlap is a value of one schema that more than one alternative of the other accepts; absent when none is seen.
func (e *engine) overlap(s *site, c *schema, u union, d *schema, w union) contract.Node {
	if !w.one {
		return contract.Node{}
	}
	dir := s.mode.side()
	for _, branch := range u.branches {
		for _, v := range e.prover.samplesOf(termOf(c.side.of(branch).schema), dir) {
			if hits, _ := w.count(d.side, v, dir, 0); hits > 1 && c.admits(v, dir, 0) == yes {
				return v
			}
		}
	}
	return contract.Node{}
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
