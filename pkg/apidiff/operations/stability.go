package operations

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/lifecycle"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// stabilityChange is the difference between the levels of two things, without where it is; false where they promise the same.
func stabilityChange(o, n contract.Node) (subschema.Difference, bool) {
	was, is := lifecycle.Stability(o), lifecycle.Stability(n)
	a, okA := lifecycle.StabilityRanks[was]
	b, okB := lifecycle.StabilityRanks[is]
	if was == is || okA && okB && a == b {
		return subschema.Difference{}, false
	}
	d := subschema.Difference{On: "operation", Attr: "stability", Op: rules.Raised, Old: o.Get(lifecycle.StabilityKey), New: n.Get(lifecycle.StabilityKey),
		From: jsonvalue.Quoted(was), To: jsonvalue.Quoted(is), OldAt: o, NewAt: n}
	switch {
	case !okB:
		d.Op = rules.Changed
	case !okA:
		d.Op, d.When = rules.Changed, "corrected"
	case a > b:
		d.Op = rules.Lowered
	}
	return d, true
}
