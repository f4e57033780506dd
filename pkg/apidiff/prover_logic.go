package apidiff

import (
	"context"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// logicHolds compares alternatives, negations and conditions of b with a.
func (p *prover) logicHolds(a, b term, m mode, lean *int) bool {
	for i := range b.norm.unions {
		if p.meter.spent() || !p.unionHolds(a, b, &b.norm.unions[i], m, lean) {
			return false
		}
	}
	for _, n := range b.norm.nots {
		if p.meter.spent() || !p.notHolds(a, b.side.of(n).schema, b.side, m, lean) {
			return false
		}
	}
	for _, c := range b.norm.conds {
		if p.meter.spent() || !p.condHolds(a, b, c, m, lean) {
			return false
		}
	}
	return true
}

// unionHolds shows that a lies in an alternative, and for oneOf that nothing of it is seen to lie in a second one.
func (p *prover) unionHolds(a, b term, u *union, m mode, lean *int) bool {
	for _, own := range a.norm.unions {
		if own.one == u.one && p.sameBranches(a.side, own, b.side, *u) {
			return true
		}
	}
	if u.null && a.norm.types&tNull != 0 {
		if a.norm.types == tNull {
			return true
		}
		if len(a.norm.unions) == 0 {
			a = a.only(a.norm.types &^ tNull)
		}
	}
	tried := 0
	for _, i := range p.likely(a, b.side, u) {
		c := b.side.of(u.branches[i]).schema
		how := m
		if a.name != "" && c.name() != a.name && p.named(b.side, u, a.name) {
			how |= modeStrict // another alternative than the one of that name: it must truly hold all values
		}
		if tried++; tried > maxBranchPairs {
			p.spent = true
			return false
		}
		if p.part(a, termOf(c), how, lean) {
			return !u.one || !p.overlaps(a, b, u, m)
		}
	}
	return len(a.norm.unions)+len(a.norm.conds) == 0 && p.covered(a, b.side, u.branches, m, lean) && (!u.one || !p.overlaps(a, b, u, m))
}

// sameBranches reports whether two lists have equal alternatives, in any order.
func (p *prover) sameBranches(s *side, a union, t *side, b union) bool {
	if len(a.branches) != len(b.branches) || a.null != b.null || !p.same && s != t {
		return false
	}
	p.meter.charge(4 * len(a.branches))
	count := map[contract.Hash]int{}
	for _, n := range a.branches {
		count[s.of(n).schema.meaning()]++
	}
	for _, n := range b.branches {
		h := t.of(n).schema.meaning()
		if count[h]--; count[h] < 0 {
			return false
		}
	}
	return true
}

// likely are the branches in the order in which they are worth a try: the one of the same name first.
func (p *prover) likely(a term, s *side, u *union) []int {
	p.meter.charge(4 * len(u.branches))
	order := make([]int, 0, len(u.branches))
	for i, b := range u.branches {
		if a.name != "" && s.of(b).schema.name() == a.name {
			order = append(order, i)
		}
	}
	for i, b := range u.branches {
		if a.name == "" || s.of(b).schema.name() != a.name {
			order = append(order, i)
		}
	}
	return order
}

func (p *prover) named(s *side, u *union, name string) bool {
	p.meter.charge(len(u.branches))
	for _, b := range u.branches {
		if s.of(b).schema.name() == name {
			return true
		}
	}
	return false
}

// overlaps reports whether a value of a is seen to be in two branches. What nobody can tell is
// taken as the author says it: the alternatives exclude each other.
func (p *prover) overlaps(a, b term, u *union, m mode) bool {
	if len(u.branches) > maxBranchPairs || b.root.discriminated() {
		return false
	}
	twice := func(v contract.Node) bool {
		if p.steps--; p.meter.spent() {
			return true // nobody can tell any more
		}
		if a.root.admits(v, m.side(), 0) != yes || a.norm.admits(a.side, v, m.side(), 0) != yes {
			return false
		}
		hits, _ := u.count(b.side, v, m.side(), 0)
		return hits > 1
	}
	if slices.ContainsFunc(p.samplesOf(a, m.side()), twice) {
		return true
	}
	return slices.ContainsFunc(p.meeting(b, u, m.side()), func(v contract.Node) bool { return a.speaksOf(v) && twice(v) })
}

// maxMeeting bounds the alternatives every two of which are brought together.
const maxMeeting = 16

// meeting are a few values that lie, as it seems, in two alternatives of b.
func (p *prover) meeting(b term, u *union, dir Side) []contract.Node {
	if len(u.branches) > maxMeeting {
		return nil
	}
	if values, known := p.meetings[u.at]; known {
		return values
	}
	var out []contract.Node
	for i, x := range u.branches {
		for _, y := range u.branches[i+1:] {
			if p.steps--; p.meter.spent() {
				return nil
			}
			if p.disjoint(termOf(b.side.of(x).schema), termOf(b.side.of(y).schema), dir, 0) {
				continue
			}
			both := b.side.all(append(slices.Clone(b.root.nodes), x, y)).schema
			out = append(out, p.samplesOf(termOf(both), dir)...)
		}
	}
	if !p.meter.spent() {
		p.meetings[u.at] = out
	}
	return out
}

// speaksOf reports whether each property of a value is listed or demanded somewhere: nobody sends what no contract
// speaks of. Where anything goes, any name does.
func (a term) speaksOf(v contract.Node) bool {
	for name := range v.Fields() {
		if !a.root.unconstrained() && !a.root.norm().lists(a.side, name, 0, map[*norm]int{}) {
			return false
		}
	}
	return true
}

// lists reports whether a property is listed or demanded, in an alternative too. seen are the forms that were asked, with
// the depth at which they were: alternatives that share others are not walked way by way.
func (n *norm) lists(s *side, name string, depth int, seen map[*norm]int) bool {
	if _, ok := n.required[name]; ok {
		return true
	}
	if _, declared := n.child(name); declared.Exists() {
		return true
	}
	const deepest = 4
	if before, ok := seen[n]; ok && before <= depth || depth >= deepest || len(n.unions) == 0 || s.meter.spent() {
		return false
	}
	seen[n] = depth
	return slices.ContainsFunc(n.unions, func(u union) bool {
		s.meter.charge(len(u.branches))
		return slices.ContainsFunc(u.branches, func(b contract.Node) bool { return s.of(b).schema.norm().lists(s, name, depth+1, seen) })
	})
}

// samplesOf are a few values of a term, for evidence.
func (p *prover) samplesOf(a term, dir Side) []contract.Node {
	texts := a.norm.samples(a.side, dir, 0)
	const most = 8
	if len(a.norm.unions) > 0 && strings.Count(a.key, "/") < 2 {
		for i := range min(len(a.norm.unions[0].branches), most) {
			texts = append(texts, a.alternative(i).norm.samples(a.side, dir, 0)...)
		}
	}
	var out []contract.Node
	for _, text := range texts {
		p.meter.charge(20 + len(text)/4)
		if n, err := contract.ParseValue(context.Background(), "sample.json", []byte(text), contract.Options{}); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// notHolds shows that no value of a is one that b rules out.
func (p *prover) notHolds(a term, ruled *schema, s *side, m mode, lean *int) bool {
	for _, n := range a.norm.nots {
		if p.meter.spent() {
			return false
		}
		if p.sub(ruled, a.side.of(n).schema, m&^modeText|modeStrict, lean) {
			return true // a rules out at least as much
		}
	}
	return p.disjoint(a, termOf(ruled), m.side(), 0)
}

// condHolds shows that a satisfies if, then and else.
func (p *prover) condHolds(a, b term, c cond, m mode, lean *int) bool {
	test, then, otherwise := b.side.of(c.test).schema, b.side.of(c.then).schema, b.side.of(c.otherwise).schema
	for _, own := range a.norm.conds {
		if p.meter.charge(2); p.meter.spent() {
			return false
		}
		t := a.side.of(own.test).schema
		if p.trivially(termOf(t), termOf(test)) && p.sub(a.side.of(own.then).schema, then, m, lean) && p.sub(a.side.of(own.otherwise).schema, otherwise, m, lean) {
			return true
		}
	}
	switch {
	case p.part(a, termOf(then), m|modeStrict, lean) && p.part(a, termOf(otherwise), m|modeStrict, lean):
		return true
	case p.part(a, termOf(test), m|modeStrict, lean):
		return p.part(a, termOf(then), m, lean)
	default:
		return p.disjoint(a, termOf(test), m.side(), 0) && p.part(a, termOf(otherwise), m, lean)
	}
}

// disjoint shows that no value lies in both.
func (p *prover) disjoint(a, b term, dir Side, depth int) bool {
	p.meter.charge(5)
	if p.steps--; p.steps < 0 || depth > 12 || p.meter.spent() {
		return false
	}
	x, y := a.norm, b.norm
	if x.never || y.never || x.types&y.types == 0 {
		return true
	}
	if x.enum != nil && noneAdmitted(x, b, dir) || y.enum != nil && noneAdmitted(y, a, dir) {
		return true
	}
	if p.branchesDisjoint(a, b, dir, depth) || p.branchesDisjoint(b, a, dir, depth) {
		return true
	}
	for _, k := range x.kinds() {
		if y.types&k == 0 {
			continue
		}
		if !p.kindDisjoint(a, b, k, dir, depth) {
			return false
		}
	}
	return true
}

func noneAdmitted(x *norm, b term, dir Side) bool {
	for _, v := range x.enum.values {
		if b.norm.admits(b.side, v, dir, 0) != no {
			return false
		}
	}
	return !x.enum.null || b.norm.types&tNull == 0
}

func (p *prover) branchesDisjoint(a, b term, dir Side, depth int) bool {
	for _, u := range a.norm.unions {
		all := len(u.branches) <= maxBranchPairs && (!u.null || a.norm.types&b.norm.types&tNull == 0)
		for _, c := range u.branches {
			all = all && p.disjoint(termOf(a.side.of(c).schema), b, dir, depth+1)
		}
		if all {
			return true
		}
	}
	return false
}

func (p *prover) kindDisjoint(a, b term, k types, dir Side, depth int) bool {
	x, y := a.norm, b.norm
	switch {
	case k&tNumber != 0:
		return boundsApart(x.max, y.min) || boundsApart(y.max, x.min)
	case k == tString:
		return x.maxLength.set() && x.maxLength.n < y.minLength.n || y.maxLength.set() && y.maxLength.n < x.minLength.n
	case k == tArray:
		return x.maxItems.set() && x.maxItems.n < y.minItems.n || y.maxItems.set() && y.maxItems.n < x.minItems.n
	case k == tObject:
		return p.requiredApart(a, b, dir, depth) || p.requiredApart(b, a, dir, depth)
	default:
		return false
	}
}

// boundsApart reports whether an upper bound lies under a lower one.
func boundsApart(upper, lower bound) bool {
	if !upper.set() || !lower.set() {
		return false
	}
	c := upper.value.Cmp(lower.value)
	return c < 0 || c == 0 && (upper.exclusive || lower.exclusive)
}

// requiredApart reports whether a property that a must have cannot have a value that suits both.
func (p *prover) requiredApart(a, b term, dir Side, depth int) bool {
	p.meter.charge(8 * len(a.norm.required))
	for _, name := range sortedKeys(a.norm.required) {
		mine, _ := a.norm.child(name)
		theirs, _ := b.norm.child(name)
		if len(theirs) == 0 || hiddenProperty(a, name, dir) {
			continue
		}
		if p.disjoint(termOf(a.side.all(mine).schema), termOf(b.side.all(theirs).schema), dir, depth+1) {
			return true
		}
	}
	return false
}
