package apidiff

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/report"
)

// Operations is the classification of operations that were added, removed or changed.
func (r *Result) Operations() report.Operations {
	out := report.Operations{
		Schema: "govctl/operations-classification/v1", GeneratedAt: r.Diff.GeneratedAt,
		Added: []report.Operation{}, Removed: []report.Operation{}, Changed: []report.ChangedOperation{}, Deprecated: []report.Operation{},
	}
	most := maxListed
	total := 0
	for _, list := range r.byOp {
		total += len(list)
	}
	if total > maxListedInAll {
		most = max(maxListedInAll/len(r.byOp), 1)
	}
	for _, op := range r.ops {
		if op.Kind != operations.KindPath {
			continue
		}
		if op.Old.Exists() {
			out.Counts.TotalOld++
		}
		if op.New.Exists() {
			out.Counts.TotalNew++
		}
		switch {
		case op.Unknown:
		case !op.Old.Exists():
			out.Added = append(out.Added, op.Operation)
		case !op.New.Exists():
			out.Removed = append(out.Removed, op.Operation)
		default:
			if op.New.Op.Get("deprecated").Bool() && !op.Old.Op.Get("deprecated").Bool() {
				out.Deprecated = append(out.Deprecated, op.Operation)
			}
			if list := r.byOp[op.Operation]; len(list) > 0 {
				out.Changed = append(out.Changed, changed(op.Operation, list, most, r.reached[op.Operation]))
			}
		}
	}
	out.Added, out.Counts.Added = listedOperations(out.Added)
	out.Removed, out.Counts.Removed = listedOperations(out.Removed)
	out.Deprecated, out.Counts.Deprecated = listedOperations(out.Deprecated)
	sorting.Stable(out.Changed, func(a, b report.ChangedOperation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	out.Counts.Changed = len(out.Changed)
	return out
}

// maxOperations bounds each list of operations, of which the largest known contracts have 16,000; the counts are those of all.
const maxOperations = 20_000

// listedOperations sorts a list and cuts it; the count is that of the whole.
func listedOperations(list []report.Operation) ([]report.Operation, int) {
	sortOperations(list)
	return list[:min(len(list), maxOperations)], len(list)
}

// maxListedInAll bounds the changes that are listed for all operations together: beyond it each
// lists fewer.
const maxListedInAll = 100_000

// changed sums up the changes of one operation. The migration is the hardest among its breaking
// changes.
func changed(op report.Operation, list []*report.Finding, most, all int) report.ChangedOperation {
	c := report.ChangedOperation{Method: op.Method, Path: op.Path, Changes: []string{}}
	for i, f := range list {
		if i < most {
			c.Changes = append(c.Changes, f.Fingerprint)
		}
		if f.Breaking {
			c.Breaking = true
			if migrationRanks[f.Migration] > migrationRanks[c.Migration] {
				c.Migration = f.Migration
			}
		}
	}
	c.More = all - len(c.Changes)
	slices.Sort(c.Changes)
	c.Changes = slices.Compact(c.Changes)
	return c
}

var migrationRanks = map[string]int{rules.Auto: 1, rules.Manual: 2, rules.MigrationNone: 3}

// removals are the rules that take something away as a whole.
var removals = jsonvalue.Known("operation-removed", "operation-removed-before-sunset", "webhook-removed", "callback-removed", "response-success-removed", "response-removed",
	"callback-response-removed", "callback-response-success-removed")

// Breaking is the short answer for release tools.
func (r *Result) Breaking() report.Breaking {
	out := report.Breaking{
		Schema: "govctl/breaking-status/v1", GeneratedAt: r.Diff.GeneratedAt,
		Changes: []report.BreakingChange{}, Waived: []report.BreakingChange{},
	}
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		switch {
		case f.Waived() && f.Level == report.Error:
			out.Waived = append(out.Waived, line(f))
		case !f.Breaking:
		case removals[f.Rule]:
			out.DeletedOrRemoved += f.Count()
			out.Changes = append(out.Changes, line(f))
		default:
			out.Incompatible += f.Count()
			out.Changes = append(out.Changes, line(f))
		}
	}
	out.Total = out.Incompatible + out.DeletedOrRemoved
	out.Breaking = out.Total > 0
	return out
}

func line(f *report.Finding) report.BreakingChange {
	op := ""
	if len(f.Operations) > 0 {
		op = f.Operations[0].Method + " " + f.Operations[0].Path
		if n := len(f.Operations) - 1; n > 0 {
			op += fmt.Sprintf(" (+%d)", n)
		}
	}
	return report.BreakingChange{Rule: f.Rule, Operation: op, Text: f.Message, Fingerprint: f.Fingerprint}
}
