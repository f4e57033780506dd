package subschema

import (
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

// coveredTogether shows that alternatives hold all of a together where none does alone: what one
// leaves of a are narrower terms, and the others must hold them.
func (p *prover) coveredTogether(a, b term, branches []contract.Node, m Mode) bool {
	var near []contract.Node
	for _, n := range branches {
		if p.meter.Spent() {
			return false
		}
		c := b.branch(n)
		if p.prove(a, c, m) {
			return true
		}
		if len(near) <= maxCover && !p.disjoint(a, c, m.Side(), 0) {
			near = append(near, n)
		}
	}
	if len(near) < 2 || len(near) > maxCover || strings.Count(a.key, "-") >= maxCuts {
		return false
	}
	if a.norm.Types == String && a.norm.shapedAs(anyPattern(b.catalog, near)) {
		return true
	}
	for i, n := range near {
		rest, ok := p.outside(a, b.branch(n), m)
		if !ok {
			continue
		}
		others := slices.Delete(slices.Clone(near), i, i+1)
		for _, r := range rest {
			if p.steps -= r.cost(); !p.coveredTogether(r, b, others, m) {
				return false
			}
		}
		return true
	}
	return false
}

// A remainder collects the parts of a term that lie outside another one.
type remainder struct {
	of    term // what is cut
	by    string
	parts []term
}

// add notes the part that a change of the normal form leaves.
func (c *remainder) add(change func(n *NormalForm)) {
	n := c.of.norm.clone()
	change(n)
	if part := c.of.narrowed(n, "-"+c.by+"."+strconv.Itoa(len(c.parts))); !part.norm.uninhabited {
		c.parts = append(c.parts, part)
	}
}

// outside are terms that hold all of a that lies outside b; false where that is not known.
func (p *prover) outside(a, b term, m Mode) ([]term, bool) {
	if m&(AsText|ScalarAsArray) != 0 {
		return nil, false
	}
	var parts []term
	for _, k := range a.norm.kinds() {
		c := &remainder{of: a.only(k), by: b.key + ":" + strconv.Itoa(int(k))}
		if out := k &^ b.norm.Types; out != 0 {
			c.add(func(n *NormalForm) { n.Types &= out })
		}
		if in := k & b.norm.Types; in != 0 {
			if c.of = c.of.only(in); !p.cutKind(c, b, in, m) {
				return nil, false
			}
		}
		parts = append(parts, c.parts...)
	}
	return parts, true
}

// cutKind cuts what is of one type by every keyword of b, and reports whether none is left that it
// may break.
func (p *prover) cutKind(c *remainder, b term, k Types, m Mode) bool {
	left := b.norm.clone()
	left.Types |= k
	if left.enum != nil {
		if c.of = c.of.writtenOut(); c.of.norm.enum == nil {
			return false
		}
		c.cutValues(left)
	}
	if k&Number != 0 {
		c.cutNumbers(left)
	}
	if !left.minProps.at.Exists() {
		left.minProps = noCount // it follows from what is required, which is cut below
	}
	for i, l := range left.spans() {
		if l.of == k {
			c.cutSpan(i, l)
		}
	}
	if k == Object && !p.cutObject(c, b, left, m) {
		return false
	}
	return p.conjunction(c.of, term{catalog: b.catalog, norm: left, key: b.key, root: b.root}, m)
}
