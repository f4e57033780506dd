package subschema

import (
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// compareUnion matches the alternatives of two lists and compares the matches; what has no match
// came or went.
func (e *Comparer) compareUnion(s *Comparison, a, b union) {
	m := e.matchBranches(a, b)
	e.Meter.Charge(20 * (len(a.branches) + len(b.branches)))
	step := s.branchSteps(a, b)
	for _, p := range m.pairs {
		o, n := e.Old.Of(p[0]), e.New.Of(p[1])
		if sub := e.pair(s, step(p), o, n, s.mode); e.Differ(o, n) && !e.Meter.Spent() {
			sub.Choice, sub.Safe = true, e.otherwise(s, a, b, p)
		}
	}
	for _, o := range m.lost {
		if !e.covered(e.Old.Of(o).Schema, e.New, b, s.mode) {
			e.report(s, Difference{Attr: "union-branch", Op: rules.Removed, Old: o, NewAt: b.at, From: Quoted(branchName(e.Old, o))})
		}
	}
	for _, n := range m.gained {
		if !e.covered(e.New.Of(n).Schema, e.Old, a, s.mode) {
			e.report(s, Difference{Attr: "union-branch", Op: rules.Added, New: n, OldAt: a.at, To: Quoted(branchName(e.New, n))})
		}
	}
	e.compareOverlap(s, a, b)
}

// otherwise reports whether another alternative accepts all that the inner one of a pair stands
// for.
func (e *Comparer) otherwise(s *Comparison, a, b union, p [2]contract.Node) bool {
	inner, outer, other, except := e.Old.Of(p[0]).Schema, b, e.New, p[1]
	if s.mode.Side() == rules.Response {
		inner, outer, other, except = e.New.Of(p[1]).Schema, a, e.Old, p[0]
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

// branchSteps leads to a pair of alternatives, as the side counts them whose values must be
// contained.
func (s *Comparison) branchSteps(a, b union) func(p [2]contract.Node) []string {
	u, side := a, 0
	if s.mode.Side() == rules.Response {
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
func (e *Comparer) covered(c *Schema, other *Catalog, u union, m Mode) bool {
	if len(u.branches) > maxBranchPairs {
		return false
	}
	n := c.Normal()
	for _, b := range u.branches {
		d := other.Of(b).Schema
		if m&ScalarAsArray == 0 && !n.uninhabited && n.Types != 0 && n.Types&d.types() == 0 {
			continue // the rule: an object beside a text; it needs no proof
		}
		if e.strictlyWithin(c, d, m&^AsText) {
			return true
		}
	}
	return false
}

// maxBranchPairs bounds the comparisons of every branch with every other.
const maxBranchPairs = 64

type branchPairs struct {
	pairs        [][2]contract.Node
	lost, gained []contract.Node
}

// matchBranches pairs alternatives: equal ones first, then those of one name, then those that a
// constant property tells apart, then the last of one type.
func (e *Comparer) matchBranches(a, b union) branchPairs {
	m := branchPairs{lost: a.branches, gained: b.branches}
	for _, sign := range []func(*Catalog, contract.Node) string{e.byMeaning, byName, byConstants, byType} {
		m.pairBy(e, sign)
	}
	if len(m.lost) == 1 && len(m.gained) == 1 && e.Old.Of(m.lost[0]).Schema.Normal().Types&e.New.Of(m.gained[0]).Schema.Normal().Types != 0 {
		m.pairs = append(m.pairs, [2]contract.Node{m.lost[0], m.gained[0]})
		m.lost, m.gained = nil, nil
	}
	return m
}

// pairBy pairs the branches whose signs are equal and unique on both sides.
func (m *branchPairs) pairBy(e *Comparer, sign func(*Catalog, contract.Node) string) {
	olds, news := index(e.Old, m.lost, sign), index(e.New, m.gained, sign)
	used := map[contract.Node]bool{}
	position := map[contract.Node]int{} // among the ones of its sign
	for _, same := range olds {
		for i, o := range same {
			position[o] = i
		}
	}
	for _, o := range m.lost {
		k := sign(e.Old, o)
		if k == "" || len(olds[k]) == 0 || len(olds[k]) != len(news[k]) {
			continue
		}
		n := news[k][position[o]]
		m.pairs = append(m.pairs, [2]contract.Node{o, n})
		used[o], used[n] = true, true
	}
	m.lost, m.gained = without(m.lost, used), without(m.gained, used)
}

func index(s *Catalog, branches []contract.Node, sign func(*Catalog, contract.Node) string) map[string][]contract.Node {
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

func (e *Comparer) byMeaning(s *Catalog, b contract.Node) string {
	h := s.Of(b).Schema.meaning()
	return string(h[:])
}

func byName(_ *Catalog, b contract.Node) string {
	if ref := b.Get("$ref").Text(); ref != "" {
		return "#" + ref[strings.LastIndexByte(ref, '/')+1:]
	}
	return b.Get("title").Text()
}

// byConstants is the constant properties of a branch: what a discriminator looks at.
func byConstants(s *Catalog, b contract.Node) string {
	n := s.Of(b).Schema.Normal()
	var parts []string
	for _, name := range n.declared() {
		schemas, _ := n.Property(name)
		c := s.All(schemas).Schema
		if len(c.nodes) != 1 {
			continue
		}
		if v := c.Normal(); v.enum != nil && len(v.enum.values) == 1 {
			parts = append(parts, name+"="+JSONOf(v.enum.values[0]))
		}
	}
	return strings.Join(parts, " ")
}

func byType(s *Catalog, b contract.Node) string {
	n := s.Of(b).Schema.Normal()
	if n.Types == AnyType {
		return ""
	}
	return n.Types.String()
}

// compareRecomposed is for alternatives that came or went: what they mean is only seen on the
// whole. Keywords are compared one by one where both sides still have them beside the alternatives.
func (e *Comparer) compareRecomposed(s *Comparison, a, b *NormalForm) {
	before := len(s.Found)
	e.compareTypes(s, a, b, a.typesWithBranches(e.Old, 0), b.typesWithBranches(e.New, 0))
	if len(a.objects) > 0 && len(b.objects) > 0 {
		e.compareObject(s, a, b)
	}
	if len(a.arrays) > 0 && len(b.arrays) > 0 {
		e.compareArray(s, a, b)
	}
	e.compareLogic(s, a, b)
	m := s.mode &^ (AsText | ScalarAsArray)
	in, out := e.within(s.old, s.new, m), e.within(s.new, s.old, m)
	d := Difference{Attr: "union", From: Quoted(a.outline(e.Old)), To: Quoted(b.outline(e.New))}
	if len(a.unions) > 0 {
		d.Old = a.unions[0].at
	}
	if len(b.unions) > 0 {
		d.New = b.unions[0].at
	}
	var changed bool
	if d.Op, changed = changeOf(in, out); !changed {
		return
	}
	for _, r := range s.Found[before:] {
		if r.Attr == "type" && r.Op == d.Op || r.Attr == "nullable" && (r.Op == rules.Added) == (d.Op == rules.Widened) && d.Op != rules.Changed {
			return // said by the type
		}
	}
	e.report(s, d)
}

// outline names the alternatives of a schema in a few words.
func (n *NormalForm) outline(s *Catalog) string {
	if len(n.unions) == 0 {
		return n.Types.String()
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

func branchNames(s *Catalog, branches []contract.Node) string {
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

// branchName is how a person would call an alternative: the name of the component, the title, the
// type.
func branchName(s *Catalog, b contract.Node) string {
	if ref := b.Get("$ref").Text(); ref != "" {
		return ref[strings.LastIndexByte(ref, '/')+1:]
	}
	if t := b.Get("title").Text(); t != "" {
		return t
	}
	c := s.Of(b).Schema
	if n := c.Normal(); n.enum != nil && len(n.enum.values) > 0 && n.enum.isConst {
		return JSONOf(n.enum.values[0])
	}
	return c.Normal().Types.String()
}
