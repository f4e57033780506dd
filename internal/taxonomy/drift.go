package taxonomy

import (
	"sort"

	"github.com/romel/govctl/pkg/report"
)

// Drift is where the taxonomy and the rule files have come apart, and what moved since an older taxonomy where one is given.
// Without rule files only runbooks and movements can be told.
func Drift(in Input) report.TaxonomyDrift {
	out := report.TaxonomyDrift{
		Source: in.File.Name, Missing: []report.AlertRef{}, DeprecatedActive: []report.AlertRef{}, NotActive: []report.AlertRef{},
		MissingRunbooks: []report.AlertRef{}, Added: []report.AlertRef{}, Removed: []report.AlertRef{}, Transitions: []report.SeverityTransition{},
	}
	var cover *Coverage
	if in.RuleRead > 0 {
		cover = in.File.Cover(in.Rules)
		out.Missing = missingRefs(cover)
	}
	for i := range in.File.Alerts {
		a := &in.File.Alerts[i]
		switch {
		case a.Deprecated && cover != nil && cover.active(a):
			out.DeprecatedActive = append(out.DeprecatedActive, in.File.Ref(a))
		case a.Active() && cover != nil && !cover.active(a):
			out.NotActive = append(out.NotActive, in.File.Ref(a))
		}
		if a.Active() && !a.HasRunbook() {
			out.MissingRunbooks = append(out.MissingRunbooks, in.File.Ref(a))
		}
	}
	if in.Previous != nil {
		d := Diff(DiffInput{Old: Side{File: in.Previous}, New: Side{File: in.File}, Config: in.Config, Now: in.Now})
		out.Added, out.Removed, out.Transitions = d.Added, d.Removed, d.SeverityTransitions
	}
	for _, list := range [][]report.AlertRef{out.Missing, out.DeprecatedActive, out.NotActive, out.MissingRunbooks} {
		sort.SliceStable(list, func(i, j int) bool { return refLess(&list[i], &list[j]) })
	}
	return out
}

// missingRefs names each alert without an entry once.
func missingRefs(c *Coverage) []report.AlertRef {
	out := []report.AlertRef{}
	seen := map[[2]string]bool{}
	for _, i := range c.Missing {
		r := &c.rules[i]
		if key := [2]string{r.Name, r.Group}; !seen[key] {
			seen[key] = true
			out = append(out, r.ref())
		}
	}
	return out
}
