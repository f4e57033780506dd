package subschema

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// compareOverlap looks for a value that one alternative accepted alone and that two accept now:
// oneOf refuses it.
func (e *Comparer) compareOverlap(s *Comparison, a, b union) {
	if len(a.branches) > maxBranchPairs || len(b.branches) > maxBranchPairs || a.one == b.one && e.Same && e.Prover.sameBranches(e.Old, a, e.New, b) {
		return
	}
	if v := e.overlap(s, s.old, a, s.new, b); v.Exists() {
		e.report(s, Difference{Attr: "one-of-overlap", Op: rules.Added, New: b.at, OldAt: a.at, To: jsonvalue.JSONOf(v), Values: []contract.Node{v}, Shown: true})
	}
	if v := e.overlap(s, s.new, b, s.old, a); v.Exists() {
		e.report(s, Difference{Attr: "one-of-overlap", Op: rules.Removed, Old: a.at, NewAt: b.at, From: jsonvalue.JSONOf(v), Values: []contract.Node{v}, Shown: true})
	}
}

// overlap is a value of one schema that more than one alternative of the other accepts; absent when
// none is seen.
func (e *Comparer) overlap(s *Comparison, c *Schema, u union, d *Schema, w union) contract.Node {
	dir := s.mode.Side()
	if !w.one || d.discriminated() || e.Prover.exclusive(termOf(d), &w, dir) {
		return contract.Node{}
	}
	end := e.Meter.Limit(work.PerQuestion / 4)
	defer func() {
		ended := e.Meter.Spent()
		if end(); ended {
			s.note(Difference{Incomplete: true})
		}
	}()
	twice := func(v contract.Node) bool {
		hits, _ := w.meant(termOf(d), v).count(d.catalog, v, dir, 0)
		return hits > 1 && c.admits(v, dir, 0) == Yes
	}
	own := e.Prover.samplesOf(termOf(c), dir)
	for _, branch := range u.branches {
		own = append(own, e.Prover.samplesOf(termOf(c).branch(branch), dir)...)
	}
	if i := slices.IndexFunc(own, twice); i >= 0 {
		return own[i]
	}
	var others []contract.Node // also of alternatives that came or went
	for _, branch := range w.branches {
		others = append(others, e.Prover.samplesOf(termOf(d).branch(branch), dir)...)
	}
	if !u.one { // what two of its alternatives share was refused before: what a change of them does about that nobody meant
		others = append(others, e.Prover.meeting(termOf(d), &w, dir)...)
	}
	if i := slices.IndexFunc(others, func(v contract.Node) bool { return termOf(c).mentionsOnlyDeclared(v) && twice(v) }); i >= 0 {
		return others[i]
	}
	return contract.Node{}
}

// overlaps reports whether a value of a is seen to be in two branches. What is not known is
// taken as the author says it: the alternatives exclude each other.
func (p *prover) overlaps(a, b term, u *union, m Mode) bool {
	if len(u.branches) > maxBranchPairs || b.root.discriminated() || p.exclusive(b, u, m.Side()) {
		return false
	}
	twice := func(v contract.Node) bool {
		if p.steps--; p.meter.Spent() {
			return true // not known any more
		}
		if a.root.admits(v, m.Side(), 0) != Yes || a.norm.admits(a.catalog, v, m.Side(), 0) != Yes {
			return false
		}
		hits, _ := u.meant(b, v).count(b.catalog, v, m.Side(), 0)
		return hits > 1
	}
	if slices.ContainsFunc(p.samplesOf(a, m.Side()), twice) {
		return true
	}
	return slices.ContainsFunc(p.meeting(b, u, m.Side()), func(v contract.Node) bool {
		return (m&AnyName != 0 || a.mentionsOnlyDeclared(v)) && twice(v)
	})
}

// exclusive reports whether every two alternatives of b are seen to share no value.
func (p *prover) exclusive(b term, u *union, dir rules.Side) bool {
	k := exclusiveKey{u.at, dir, b.norm.Types == AnyType}
	if apart, known := p.exclusives[k]; known || len(u.branches) > maxBranchPairs {
		return apart
	}
	apart := true
	for i, x := range u.branches {
		apart = apart && !slices.ContainsFunc(u.branches[i+1:], func(y contract.Node) bool {
			p.steps--
			return p.meter.Spent() || !p.disjoint(b.branch(x), b.branch(y), dir, 0)
		})
	}
	if !p.meter.Spent() {
		p.exclusives[k] = apart
	}
	return apart
}

type exclusiveKey struct {
	union contract.Node
	dir   rules.Side
	meant bool // the types of the alternatives, where none is written
}

// maxMeeting bounds the alternatives every two of which are brought together.
const maxMeeting = 16

// meeting are a few values that lie, as it seems, in two alternatives of b.
func (p *prover) meeting(b term, u *union, dir rules.Side) []contract.Node {
	if len(u.branches) > maxMeeting {
		return nil
	}
	if values, known := p.meetings[u.at]; known {
		return values
	}
	var out []contract.Node
	for i, x := range u.branches {
		for _, y := range u.branches[i+1:] {
			if p.steps--; p.meter.Spent() {
				return nil
			}
			if p.disjoint(b.branch(x), b.branch(y), dir, 0) {
				continue
			}
			both := b.catalog.All(append(slices.Clone(b.root.nodes), x, y)).Schema
			out = append(out, p.samplesOf(termOf(both), dir)...)
		}
	}
	if !p.meter.Spent() {
		p.meetings[u.at] = out
	}
	return out
}

// mentionsOnlyDeclared reports whether each property of a value is listed or demanded somewhere: no
// client sends what no contract mentions. Where anything goes, any name does.
func (a term) mentionsOnlyDeclared(v contract.Node) bool {
	for name := range v.Fields() {
		if !a.root.Unconstrained() && !a.root.Normal().lists(a.catalog, name, 0, map[*NormalForm]int{}) {
			return false
		}
	}
	return true
}
