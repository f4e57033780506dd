package benchtrend

import "github.com/romel/govctl/pkg/report"

const kind = "bench"

// Rules is the table.
var Rules = []report.EvidenceRule{
	{ID: "bench-regressed", Kind: kind, Level: report.Error, Summary: "A benchmark is worse than before in consecutive runs.", Why: "The shift is larger than the noise of the runs, and a second run shows it, too.", Hint: "look at the commits since the first run with the shift, or waive it with the reason for the cost"},
	{ID: "bench-regressed-unconfirmed", Kind: kind, Level: report.Warning, Summary: "A benchmark is worse than before in the last run.", Why: "One run may be slow for a reason that is not in the code.", Hint: "run the benchmarks again: the same shift in the next runs is an error"},
	{ID: "bench-below-floor", Kind: kind, Level: report.Error, Summary: "A speedup is below the configured floor.", Why: "The floor is what the optimisation was promised to gain, whatever the runs before gained.", Hint: "see MIN_SPEEDUP or --min-speedup for the floor"},
	{ID: "bench-not-known-yet", Kind: kind, Level: report.Warning, Summary: "A benchmark has too few runs or samples for a verdict.", Why: "Without runs to compare with nothing is known; that is not the same as no regression.", Hint: "6 samples a run need 1 earlier run, single values need 8: keep aggregate.json, and give it before the file of the next run"},
	{ID: "bench-missing", Kind: kind, Level: report.Warning, Summary: "A benchmark of earlier runs is not in the last one.", Why: "A benchmark that no longer runs regresses without notice.", Hint: "run it again, or leave out the earlier files if it was removed on purpose"},
	{ID: "bench-unit-changed", Kind: kind, Level: report.Warning, Summary: "A benchmark is measured in another unit than before.", Why: "Values of two units cannot be compared, so that the history of the benchmark starts over.", Hint: "give the benchmark another name, or convert the values of earlier files"},
	{ID: "bench-machine-changed", Kind: kind, Level: report.Info, Summary: "The last run was on another system or processor than the one before.", Why: "Another processor shifts all benchmarks at once.", Hint: "compare runs of one kind of machine"},
}

// row is a row of the table; the ids are constants of this package.
func row(id string) *report.EvidenceRule {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i]
		}
	}
	panic("no rule " + id)
}

// found is a finding of a rule.
//
//go:noinline // findings are large, and their copies would be in each caller
func found(id string, subject report.EvidenceSubject, message string, detail ...string) report.Finding {
	return row(id).Finding(subject, message, detail...)
}
