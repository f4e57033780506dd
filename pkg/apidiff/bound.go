package apidiff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of a report. The counts of a diff are those of all findings, whatever is listed.
const (
	maxReportBytes   = 4 << 20 // that the listed findings take together, about; of documents above a megabyte four times their size
	maxHarmlessBytes = 900_000 // beyond which only errors are listed, unless all are asked for
	leastOfRule      = 10      // errors of each rule that are listed whatever others take
	leastHarmless    = 2       // other findings of each rule
	mostCauses       = 50      // of which the findings that are not listed are counted apart
)

// bound leaves of the findings what a report can hold, the worst first, and puts one finding with
// the count in the place of the others of each rule.
func (r *Result) bound(old, new *contract.Document, all bool) {
	most := max(maxReportBytes, 4*new.Size())
	if old != nil {
		most = max(most, 4*old.Size())
	}
	harmless := maxHarmlessBytes
	if all {
		harmless = most
	}
	total := 0
	for i := range r.Diff.Changes {
		shorten(&r.Diff.Changes[i])
		total += sizeOfFinding(&r.Diff.Changes[i])
	}
	if total <= harmless {
		return
	}
	type group struct {
		rule, cause      string
		level            report.Level
		waived, breaking bool
	}
	ofCause := r.byCause()
	groupOf := func(f *report.Finding) group {
		g := group{f.Rule, "", f.Level, f.Waived(), f.Breaking}
		if n := ofCause[f.Cause]; n > 1 && n*mostCauses >= len(r.Diff.Changes) {
			g.cause = f.Cause
		}
		return g
	}
	listed, rest, order := map[group]int{}, map[group]*report.Finding{}, []group(nil)
	reached := map[group]map[report.Operation]bool{}
	kept := make([]report.Finding, 0, len(r.Diff.Changes)/4)
	taken := 0
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		g := groupOf(f)
		size, limit, least := sizeOfFinding(f), harmless, leastHarmless
		if f.Level == report.Error || all {
			limit, least = most, leastOfRule
		}
		if taken+size < limit || listed[g] < least && size < maxShownValue {
			taken += size
			listed[g]++
			kept = append(kept, *f)
			continue
		}
		if rest[g] == nil {
			rest[g], reached[g] = restOf(f), map[report.Operation]bool{}
			rest[g].Cause = g.cause
			order = append(order, g)
		}
		rest[g].More++
		if f.Breaking { // whom it breaks is told of all
			for _, op := range f.Operations {
				reached[g][op] = true
			}
		}
	}
	for _, g := range order {
		f := rest[g]
		f.Operations = slices.Collect(maps.Keys(reached[g]))
		sortOperations(f.Operations)
		f.Message = fmt.Sprintf("and %s not listed", countOf(f.More, "more finding of this rule is", "more findings of this rule are"))
		kept = append(kept, *f)
	}
	r.Diff.Changes = kept
}

// restOf is the finding for those that are not listed.
func restOf(f *report.Finding) *report.Finding {
	out := &report.Finding{
		Rule: f.Rule, Level: f.Level, Category: f.Category, Kind: f.Kind, Direction: f.Direction, Subject: "rest of " + f.Rule, Why: f.Why,
		Hint:     "the report would grow too large; the counts are those of all findings",
		Breaking: f.Breaking, Migration: f.Migration, Waiver: f.Waiver,
	}
	if f.Breaking {
		out.Verdict = report.Asserted
	}
	return out
}

// sizeOfFinding is about what a finding takes as JSON without spaces.
func sizeOfFinding(f *report.Finding) int {
	size := 320 + len(f.Subject) + len(f.Message) + len(f.Hint) + len(f.Why) + len(f.From) + len(f.To)
	for _, p := range []*report.Place{f.Old, f.New} {
		if p != nil {
			size += 60 + len(p.File) + len(p.Pointer)
		}
	}
	for _, op := range f.Operations[:min(len(f.Operations), report.ListedOperations)] {
		size += 30 + len(op.Path) + len(op.Method)
	}
	if w := f.Witness; w != nil {
		size += 200 + sizeOfWitness(w)
	}
	return size
}

// nameCauses puts the causes that several of the listed findings share into words.
func (r *Result) nameCauses() {
	causes := map[string]string{}
	for cause, n := range r.byCause() {
		if n > 1 && cause != "" && r.says[cause] != "" {
			causes[cause] = r.says[cause]
		}
	}
	if r.Diff.Causes = nil; len(causes) > 0 {
		r.Diff.Causes = causes
	}
}

// byCause are the numbers of listed findings.
func (r *Result) byCause() map[string]int {
	count := map[string]int{}
	for i := range r.Diff.Changes {
		count[r.Diff.Changes[i].Cause]++
	}
	return count
}
