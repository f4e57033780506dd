package subschema

import (
	"github.com/romel/govctl/pkg/contract"
)

// mergeUnevaluated notes what is said of the properties or items that no other keyword evaluates.
func (n *NormalForm) mergeUnevaluated(k keyword) {
	if k.name == "unevaluatedItems" {
		n.unevaluatedItems = First(n.unevaluatedItems, k.value)
	} else {
		n.unevaluatedProps = First(n.unevaluatedProps, k.value)
	}
}

// unevaluated reports whether it hangs on alternatives or conditions what the unevaluated
// properties or items are.
func (n *NormalForm) unevaluated() bool {
	return n.unevaluatedProps.Exists() && len(n.unions)+len(n.conds)+len(n.depSchemas) > 0 ||
		n.unevaluatedItems.Exists() && len(n.unions)+len(n.conds)+len(n.contains) > 0
}

// unrestricted is a without what is said of unevaluated properties and items where nobody knows
// which they are.
func (a term) unrestricted() term {
	if a.norm.unevaluated() {
		a.norm, a.key, a.plain = a.norm.clone(), a.key+"!", false
		a.norm.unevaluatedProps, a.norm.unevaluatedItems = contract.Node{}, contract.Node{}
	}
	return a
}

// oneBranchEvaluates shows that a lies in the part of b where one alternative alone says what is
// evaluated.
func (p *prover) oneBranchEvaluates(a, b term, m Mode, hypothesisDepth *int) bool {
	if len(b.norm.unions) != 1 || len(b.norm.unions[0].branches) > maxCover {
		return false
	}
	u := &b.norm.unions[0]
	for i := range u.branches {
		p.steps -= b.cost()
		if p.part(a, b.alternative(i), m, hypothesisDepth) {
			return !u.one || !p.overlaps(a, b, u, m)
		}
	}
	return false
}
