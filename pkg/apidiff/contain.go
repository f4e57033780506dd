package apidiff

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/report"
)

// contain asks the prover about the pairs whose constraints differ: whole containment makes a
// difference harmless, containment both ways makes it nothing. Where something below differs as
// well, the proof would fail there, so components are visited from below and only the lowest
// differences are asked about.
func contain(g graph, c *subschema.Comparer) {
	harm, differ := make([]bool, len(g.nodes)), make([]bool, len(g.nodes))
	for _, component := range g.circles {
		harmBelow, harmBeside, differBelow := false, false, false
		for _, s := range component {
			for _, d := range s.edges {
				harmBelow = harmBelow || harm[d.to.rank] && !d.safe && !d.choice
				harmBeside = harmBeside || harm[d.to.rank] && !d.safe && d.choice
				differBelow = differBelow || differ[d.to.rank]
			}
		}
		harmfuls := 0 // nodes of the circle with differences that break
		for _, s := range component {
			if harmful, _ := s.weigh(); harmful {
				harmfuls++
			}
		}
		for _, s := range component {
			harmful, differs := s.weigh()
			if (differs || harmBeside) && s.pair() && !s.annotationOnly && (harmfuls == 0 || harmfuls == 1 && harmful) {
				checkContainment(c, s, harmful || harmBeside, harmBelow, differBelow)
				was := harmful
				if harmful, differs = s.weigh(); was && !harmful {
					harmfuls--
				}
			}
			harmBelow = harmBelow || (harmBeside || harmful) && !s.safe
			differBelow = differBelow || differs
		}
		for _, s := range component {
			harm[s.rank], differ[s.rank] = harmBelow, differBelow
		}
	}
}

// weigh reports whether the differences of a node break, and whether they say anything about
// validity.
func (s *node) weigh() (harmful, differs bool) {
	for _, r := range s.records {
		if r.rule.Effect == rules.Neutral {
			continue
		}
		differs = true
		harmful = harmful || r.rule.Level == report.Error
	}
	return harmful, differs
}

// checkContainment asks about one pair.
func checkContainment(c *subschema.Comparer, s *node, harmful, harmBelow, differBelow bool) {
	if slices.ContainsFunc(s.records, func(r *record) bool {
		return r.rule.ID == rules.Unclassified || r.Shown && r.rule.Level == report.Error
	}) {
		return // what is not understood is not proved either, nor what a value refutes
	}
	inner, outer := s.old, s.new
	if s.mode.Side() == rules.Response {
		inner, outer = outer, inner
	}
	contains := func(outer, inner *subschema.Schema) bool {
		answer, _ := c.Contains(outer, inner, s.mode)
		return answer == subschema.Yes
	}
	if !harmful { // the proof that fails is the short one
		if !differBelow && contains(inner, outer) && contains(outer, inner) {
			s.dropConstraints()
		}
		return
	}
	if harmBelow {
		return
	}
	answer, reason := c.Contains(outer, inner, s.mode)
	if s.safe, s.unproved = answer == subschema.Yes, reason; s.safe && !differBelow && contains(inner, outer) {
		s.dropConstraints()
	}
}

// dropConstraints drops the differences that say something about validity.
func (s *node) dropConstraints() {
	s.records = slices.DeleteFunc(s.records, func(r *record) bool { return r.rule.Effect != rules.Neutral })
}
