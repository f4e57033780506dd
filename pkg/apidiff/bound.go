package apidiff

import (
	"fmt"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of a report. The counts of a diff are those of all findings, whatever is listed.
const (
	maxReportBytes = 4 << 20 // that the listed findings take together, about; of documents above a megabyte four times their size
	leastOfRule    = 10      // findings of each rule that are listed whatever others take
)

// bound leaves of the findings what a report can hold, the worst first, and puts one finding with
// the count in the place of the others of each rule.
func (r *Result) bound(old, new *contract.Document) {
	most := max(maxReportBytes, 4*new.Size())
	if old != nil {
		most = max(most, 4*old.Size())
	}
	for i := range r.Diff.Changes {
		shorten(&r.Diff.Changes[i])
	}
	total := 0
	for i := range r.Diff.Changes {
		total += sizeOfFinding(&r.Diff.Changes[i])
	}
	if total <= most {
		return
	}
	type group struct {
		rule             string
		level            report.Level
		waived, breaking bool
	}
	groupOf := func(f *report.Finding) group { return group{f.Rule, f.Level, f.Waived(), f.Breaking} }
	listed, rest, order := map[group]int{}, map[group]*report.Finding{}, []group(nil)
	kept := make([]report.Finding, 0, len(r.Diff.Changes)/4)
	room := most
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		g := groupOf(f)
		size := sizeOfFinding(f)
		if room-size > 0 || listed[g] < leastOfRule && size < maxShownValue {
			room -= size
			listed[g]++
			kept = append(kept, *f)
			continue
		}
		if rest[g] == nil {
			rest[g] = restOf(f)
			order = append(order, g)
		}
		rest[g].More++
	}
	for _, g := range order {
		f := rest[g]
		f.Message = fmt.Sprintf("and %s not listed", countOf(f.More, "more finding of this rule is", "more findings of this rule are"))
		kept = append(kept, *f)
	}
	r.Diff.Changes = kept
}

// restOf is the finding for those that are not listed.
func restOf(f *report.Finding) *report.Finding {
	out := &report.Finding{
		Rule: f.Rule, Level: f.Level, Category: f.Category, Kind: f.Kind, Subject: "rest of " + f.Rule, Why: f.Why,
		Hint:     "the report would grow too large; the counts are those of all findings",
		Breaking: f.Breaking, Migration: f.Migration, Waiver: f.Waiver,
	}
	if f.Breaking {
		out.Verdict = report.Asserted
	}
	return out
}

// sizeOfFinding is about what a finding takes as JSON.
func sizeOfFinding(f *report.Finding) int {
	size := 400 + len(f.Subject) + len(f.Message) + len(f.Hint) + len(f.Why) + len(f.From) + len(f.To)
	for _, p := range []*report.Place{f.Old, f.New} {
		if p != nil {
			size += 100 + len(p.File) + len(p.Pointer)
		}
	}
	for _, op := range f.Operations {
		size += 50 + len(op.Path) + len(op.Method)
	}
	if w := f.Witness; w != nil {
		size += 200 + sizeOfWitness(w)
	}
	return size
}
