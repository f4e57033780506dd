package apidiff

import (
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// settle asks the prover about the pairs whose constraints differ: whole containment makes a difference harmless,
// containment both ways makes it nothing. Where something below differs as well, the proof would fail there, so
// components are visited from below and only the lowest differences are asked about.
func (e *engine) settle(components [][]*site) {
	harm, differ := make([]bool, len(e.order)), make([]bool, len(e.order))
	for _, component := range components {
		harmBelow, harmBeside, differBelow := false, false, false
		for _, s := range component {
			for _, d := range s.edges {
				harmBelow = harmBelow || harm[d.to.rank] && !d.safe && !d.choice
				harmBeside = harmBeside || harm[d.to.rank] && !d.safe && d.choice
				differBelow = differBelow || differ[d.to.rank]
			}
		}
		harmfuls := 0 // sites of the circle with deltas that break
		for _, s := range component {
			if harmful, _ := s.weigh(); harmful {
				harmfuls++
			}
		}
		for _, s := range component {
			harmful, differs := s.weigh()
			if (differs || harmBeside) && s.old != nil && !s.beside && (harmfuls == 0 || harmfuls == 1 && harmful) {
				e.settleOne(s, harmful || harmBeside, harmBelow, differBelow)
				was := harmful
				if harmful, differs = s.weigh(); was && !harmful {
					harmfuls--
				}
			}
			harmBelow = harmBelow || harmBeside && !s.safe
			harmBelow = harmBelow || harmful && !s.safe
			differBelow = differBelow || differs
		}
		for _, s := range component {
			harm[s.rank], differ[s.rank] = harmBelow, differBelow
		}
	}
}

// weigh reports whether the deltas of a site break, and whether they say anything about validity.
func (s *site) weigh() (harmful, differs bool) {
	for _, r := range s.deltas {
		if r.rule.effect == neutral {
			continue
		}
		differs = true
		harmful = harmful || r.rule.Level == report.Error
	}
	return harmful, differs
}

func (e *engine) settleOne(s *site, harmful, harmBelow, differBelow bool) {
	if slices.ContainsFunc(s.deltas, func(r *record) bool { return r.rule.ID == Unclassified }) {
		return // what is not understood is not proved either
	}
	inner, outer := s.old, s.new
	if s.mode.side() == Response {
		inner, outer = outer, inner
	}
	if !harmful { // the proof that fails is the short one
		if !differBelow && e.within(outer, inner, s.mode) && e.within(inner, outer, s.mode) {
			s.forgetConstraints()
		}
		return
	}
	if harmBelow {
		return
	}
	s.safe = e.within(inner, outer, s.mode)
	s.unproved = e.prover.spent
	if s.safe && !differBelow && e.within(outer, inner, s.mode) {
		s.forgetConstraints()
	}
}

// forgetConstraints drops the deltas that say something about validity.
func (s *site) forgetConstraints() {
	s.deltas = slices.DeleteFunc(s.deltas, func(r *record) bool { return r.rule.effect != neutral })
}
