package apidiff

import "github.com/romel/govctl/pkg/contract"

type prover struct{}

// within reports whether every value of inner is proved to be a value of outer.
func (e *engine) within(inner, outer *schema, m mode) bool {
	if e.same && inner.meaning() == outer.meaning() || outer.unconstrained() {
		return true
	}
	return false
}

// strictlyWithin is within, with every property name taken as possible, not only the listed ones.
func (e *engine) strictlyWithin(inner, outer *schema, m mode) bool { return e.within(inner, outer, m) }

func (e *engine) equal(a, b *schema, m mode) bool { return e.within(a, b, m) && e.within(b, a, m) }

func (e *engine) sideOf(n *norm) *side { return e.new }

func (n *norm) liftable(s *side, t types) bool { return true }

func (e *engine) judgeOverlap(s *site, a, b union, m matching) {}

func patternWithin(inner, outer string) bool { return inner == outer }

var _ contract.Node
