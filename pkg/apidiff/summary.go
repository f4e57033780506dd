package apidiff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// total fills the figures and the headline of the diff.
func (r *Result) total() {
	t := report.DiffTotals{ByLevel: map[string]int{}, ByCategory: map[string]int{}, ByKind: map[string]int{}}
	reached := map[report.Operation]bool{}
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		if f.Waived() {
			f.Breaking = false
			t.Waived++
			continue
		}
		t.Changes++
		t.ByLevel[string(f.Level)]++
		t.ByCategory[f.Category]++
		t.ByKind[f.Kind]++
		if !f.Breaking {
			continue
		}
		t.Breaking++
		if f.Verdict == report.Proved {
			t.Proved++
		} else {
			t.Asserted++
		}
		for _, op := range f.Operations {
			reached[op] = true
		}
	}
	t.BreakingOperations = len(reached)
	r.Diff.Totals = t
	r.Diff.Bump = r.bump()
	r.Diff.Headline = r.headline()
}

// bump is the part of a semantic version that the changes require to rise.
func (r *Result) bump() string {
	bump := "none"
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		switch {
		case f.Breaking:
			return "major"
		case f.Category == string(Docs):
			if bump == "none" {
				bump = "patch"
			}
		default:
			bump = "minor"
		}
	}
	return bump
}

var bumpWords = map[string]string{
	"none": "no new version required", "patch": "patch version is enough", "minor": "minor version recommended", "major": "major version required",
}

// headline is the diff in one sentence.
func (r *Result) headline() string {
	t, accepted := r.Diff.Totals, report.AcceptedOf(r.Diff.Changes)
	var parts []string
	if t.Breaking > 0 {
		owners := map[string]bool{}
		for i := range r.Diff.Changes {
			if f := &r.Diff.Changes[i]; f.Breaking {
				owners[r.causes[f.Fingerprint]] = true
			}
		}
		parts = append(parts, fmt.Sprintf("%s in %s", plural(t.Breaking, "breaking change"), plural(len(owners), "root cause")))
		if t.BreakingOperations > 0 {
			parts = append(parts, plural(t.BreakingOperations, "operation"))
		}
	} else {
		if len(accepted.Changes) == 0 {
			parts = append(parts, "no breaking change")
		}
		if t.Changes > 0 {
			parts = append(parts, plural(t.Changes, "other change"))
		}
	}
	if n := len(accepted.Changes); n > 0 {
		parts = append(parts, fmt.Sprintf("%s accepted by %s until %s", plural(n, "breaking change"), strings.Join(firstNames(accepted.Owners), ", "), accepted.Until))
	}
	if n := t.Waived - len(accepted.Changes); n > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", n))
	}
	return strings.Join(parts, ", ") + "; " + bumpWords[r.Diff.Bump]
}

// namedOwners is how many owners of waivers a headline names.
const namedOwners = 3

func firstNames(names []string) []string {
	if more := len(names) - namedOwners; more > 0 {
		return append(slices.Clone(names[:namedOwners]), fmt.Sprintf("%d more", more))
	}
	return names
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Operations is the classification of operations that came, went or changed.
func (r *Result) Operations() report.Operations {
	out := report.Operations{
		Schema: "govctl/operations-classification/v1", GeneratedAt: r.Diff.GeneratedAt,
		Added: []report.Operation{}, Removed: []report.Operation{}, Changed: []report.ChangedOperation{}, Deprecated: []report.Operation{},
	}
	most := maxListed
	if n := len(r.byOp); n*most > maxListedInAll {
		total := 0
		for _, list := range r.byOp {
			total += len(list)
		}
		if total > maxListedInAll {
			most = max(maxListedInAll/n, 1)
		}
	}
	for _, op := range r.ops {
		if op.kind != kindPath {
			continue
		}
		if op.old.exists() {
			out.Counts.TotalOld++
		}
		if op.new.exists() {
			out.Counts.TotalNew++
		}
		switch {
		case op.unknown:
		case !op.old.exists():
			out.Added = append(out.Added, op.Operation)
		case !op.new.exists():
			out.Removed = append(out.Removed, op.Operation)
		default:
			if op.new.op.Get("deprecated").Bool() && !op.old.op.Get("deprecated").Bool() {
				out.Deprecated = append(out.Deprecated, op.Operation)
			}
			if list := r.byOp[op.Operation]; len(list) > 0 {
				out.Changed = append(out.Changed, changed(op.Operation, list, most, r.reached[op.Operation]))
			}
		}
	}
	sortOperations(out.Added)
	sortOperations(out.Removed)
	sortOperations(out.Deprecated)
	slices.SortFunc(out.Changed, func(a, b report.ChangedOperation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	out.Counts.Added, out.Counts.Removed, out.Counts.Changed, out.Counts.Deprecated = len(out.Added), len(out.Removed), len(out.Changed), len(out.Deprecated)
	return out
}

func sortOperations(list []report.Operation) {
	slices.SortFunc(list, func(a, b report.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
}

// maxListed bounds the changes that are listed for one operation, the worst first: where schemas are shared by all,
// every operation has all changes.
const maxListed = 200

// maxListedInAll bounds the changes that are listed for all operations together: beyond it each lists fewer.
const maxListedInAll = 100_000

func (r *Result) changesByOperation() map[report.Operation][]*report.Finding {
	m := map[report.Operation][]*report.Finding{}
	r.reached = map[report.Operation]int{}
	for i := range r.Diff.Changes { // worst first
		f := &r.Diff.Changes[i]
		for _, op := range f.Operations {
			r.reached[op]++
			if list := m[op]; len(list) < maxListed {
				m[op] = append(list, f)
			}
		}
	}
	return m
}

// Where schemas are shared by all operations, naming each operation at each finding would fill hundreds of megabytes.
const (
	maxNamed   = 50_000 // operations named by all findings together, before lists are cut
	namedShort = 3      // operations that a finding then names
)

// trim cuts the lists of operations where there are too many, and says so.
func (r *Result) trim() {
	named := 0
	for i := range r.Diff.Changes {
		named += len(r.Diff.Changes[i].Operations)
	}
	if named <= maxNamed {
		return
	}
	for i := range r.Diff.Changes {
		f := &r.Diff.Changes[i]
		if n := len(f.Operations); n > namedShort {
			f.Operations = f.Operations[:namedShort:namedShort]
			if f.Hint == "" {
				f.Hint = fmt.Sprintf("it reaches %d operations, of which %d are named", n, namedShort)
			}
		}
	}
}

var migrationRanks = map[string]int{Auto: 1, Manual: 2, Hard: 3}

// changed sums up the changes of one operation. The migration is the hardest among its breaking changes.
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

// removals are the rules that take something away as a whole.
var removals = known("operation-removed", "operation-removed-before-sunset", "webhook-removed", "callback-removed", "response-success-removed", "response-removed",
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
