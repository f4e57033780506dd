package subschema

import (
	"github.com/romel/govctl/pkg/apidiff/rules"
)

// disjoint shows that no value lies in both.
func (p *prover) disjoint(a, b term, dir rules.Side, depth int) bool {
	p.meter.Charge(5)
	if p.steps--; p.steps < 0 || depth > 12 || p.meter.Spent() {
		return false
	}
	x, y := a.norm, b.norm
	if x.uninhabited || y.uninhabited || x.Types&y.Types == 0 {
		return true
	}
	if x.enum != nil && noneAdmitted(x, b, dir) || y.enum != nil && noneAdmitted(y, a, dir) {
		return true
	}
	if p.branchesDisjoint(a, b, dir, depth) || p.branchesDisjoint(b, a, dir, depth) {
		return true
	}
	for _, k := range x.kinds() {
		if y.Types&k == 0 {
			continue
		}
		if !p.kindDisjoint(a, b, k, dir, depth) {
			return false
		}
	}
	return true
}

func (p *prover) kindDisjoint(a, b term, k Types, dir rules.Side, depth int) bool {
	x, y := a.norm, b.norm
	if k&Number != 0 {
		return boundsApart(x.max, y.min) || boundsApart(y.max, x.min)
	}
	for i, l := range x.spans() {
		if o := y.spans()[i]; l.of == k && (l.most.set() && l.most.n < o.least.n || o.most.set() && o.most.n < l.least.n) {
			return true
		}
	}
	return k == Object && (p.requiredApart(a, b, dir, depth) || p.requiredApart(b, a, dir, depth))
}
