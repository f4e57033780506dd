package apidiff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// judgeUnion matches the alternatives of two lists and compares the matches; what has no match came or went.
func (e *engine) judgeUnion(s *site, a, b union) {
	m := e.match(a, b)
	e.meter.charge(20 * (len(a.branches) + len(b.branches)))
	step := s.branchSteps(a, b)
	for _, p := range m.pairs {
		o, n := e.old.of(p[0]), e.new.of(p[1])
		if e.pair(s, step(p), o, n, s.mode) != nil {
			s.edges[len(s.edges)-1].choice = true
			s.edges[len(s.edges)-1].safe = e.otherwise(s, a, b, p)
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
	if outer.one || len(outer.branches) > maxBranchPairs+1 {
		return false
	}
	var rest []contract.Node
	for _, n := range outer.branches {
		if n != except {
			rest = append(rest, n)
		}
	}
	return e.covered(inner, other, union{branches: rest}, s.mode)
}

// branchSteps leads to a pair of alternatives, as the side counts them whose values must be contained.
func (s *site) branchSteps(a, b union) func(p [2]contract.Node) []string {
	u, side := a, 0
	if s.mode.side() == Response {
		u, side = b, 1
	}
	at := make(map[contract.Node]int, u.at.Len())
	for i, n := range u.at.Items() {
		at[n] = i
	}
	return func(p [2]contract.Node) []string {
		if i, ok := at[p[side]]; ok {
			return []string{u.at.Key(), strconv.Itoa(i)}
		}
		return nil
	}
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
	position := map[contract.Node]int{} // among the ones of its sign
	for _, same := range olds {
		for i, o := range same {
			position[o] = i
		}
	}
	for _, o := range m.lost {
		k := sign(e.old, o)
		if k == "" || len(olds[k]) == 0 || len(olds[k]) != len(news[k]) {
			continue
		}
		n := news[k][position[o]]
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

// discriminated reports whether a property tells the alternatives apart: then nobody asks how many of them match.
func (c *schema) discriminated() bool {
	return slices.ContainsFunc(c.nodes, func(n contract.Node) bool { return n.Get("discriminator").Get("propertyName").Exists() })
}

// overlap is a value of one schema that more than one alternative of the other accepts; absent when none is seen.
func (e *engine) overlap(s *site, c *schema, u union, d *schema, w union) contract.Node {
	if !w.one || d.discriminated() {
		return contract.Node{}
	}
	dir := s.mode.side()
	end := e.meter.limit(workPerQuestion / 4)
	defer func() {
		ended := e.meter.spent()
		if end(); ended {
			e.leaveOut(s)
		}
	}()
	twice := func(v contract.Node) bool {
		hits, _ := w.count(d.side, v, dir, 0)
		return hits > 1 && c.admits(v, dir, 0) == yes
	}
	for _, branch := range u.branches {
		for _, v := range e.prover.samplesOf(termOf(c.side.of(branch).schema), dir) {
			if twice(v) {
				return v
			}
		}
	}
	if u.one { // what two of its alternatives share was refused before: what a change of them does about that nobody meant
		return contract.Node{}
	}
	for _, v := range e.prover.meeting(termOf(d), &w, dir) {
		if termOf(c).speaksOf(v) && twice(v) {
			return v
		}
	}
	return contract.Node{}
}
