package apidiff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Result is what a comparison found.
type Result struct {
	Diff     report.Diff
	Problems []report.Finding // waivers that match nothing or have expired
	found    []report.Finding // all changes, also those that are not listed
	ops      []operations.Operation
	byOp     map[report.Operation][]*report.Finding
	reached  map[report.Operation]int // by operation: the findings that reach it
	causes   map[string]string        // by fingerprint: the component or the operation that was edited
	says     map[string]string        // by cause: the edit in words
	advise   func(report.Diff) report.Advice
}

// resultOf is the result of findings.
func resultOf(c contracts, found findings) *Result {
	r := &Result{ops: c.ops, Problems: found.problems, causes: found.owners, says: found.says, advise: c.opt.Advise}
	r.Diff = report.Diff{
		Schema: "govctl/openapi-diff/v1", GeneratedAt: report.At(c.opt.Now),
		Old: identify(c.old, !c.opt.NoDigest), New: identify(c.new, !c.opt.NoDigest), Changes: found.list,
	}
	r.total()
	r.byOp = r.changesByOperation()
	r.trim()
	return r
}

// identify names a contract.
func identify(doc *contract.Document, digest bool) report.Contract {
	info := doc.Root().Get("info")
	c := report.Contract{
		Source: doc.Source(), Title: info.Get("title").Text(), Version: text(info.Get("version")), OpenAPI: doc.OpenAPI(),
		Operations: len(operations.CallsOf(doc, doc.Root().Get("paths"))), Major: text(info.Get("x-contract-major")),
	}
	if digest {
		c.SHA256 = doc.SHA256()
	}
	return c
}

// text is a string, or a number as written: versions are often numbers by accident.
func text(n contract.Node) string {
	if n.Kind() == contract.Number {
		return n.Literal()
	}
	return n.Text()
}

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
		}
		for _, op := range f.Operations {
			reached[op] = true
		}
	}
	t.Asserted, t.BreakingOperations = t.Breaking-t.Proved, len(reached)
	r.Diff.Totals = t
	r.Diff.Bump = r.bump()
	if r.advise != nil {
		r.Diff.Advice = r.advise(r.Diff)
	}
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
		case f.Category != string(rules.Docs):
			bump = "minor"
		case bump == "none":
			bump = "patch"
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
	words := bumpWords[r.Diff.Bump]
	if by := r.Diff.RecommendedBump; by != "" {
		words = strings.Replace(bumpWords[by], "recommended", "required", 1) // a version policy has decided
	}
	return strings.Join(parts, ", ") + "; " + words
}

// namedOwners is how many owners of waivers a headline names.
const namedOwners = 3

func firstNames(names []string) []string {
	if more := len(names) - namedOwners; more > 0 {
		return append(slices.Clone(names[:namedOwners]), fmt.Sprintf("%d more", more))
	}
	return names
}

// maxListed bounds the changes that are listed for one operation, the worst first: where schemas
// are shared by all, every operation has all changes.
const maxListed = 200

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

// Where schemas are shared by all operations, naming each operation at each finding would fill
// hundreds of megabytes.
const (
	maxNamed   = 50_000 // operations named by all lists together, before lists are cut
	namedShort = 3      // operations that a finding then names
)

// trim cuts the lists of operations where there are too many, and says so. A long list that many
// findings share counts once: so it is written.
func (r *Result) trim() {
	named, known := 0, map[*report.Operation]bool{}
	for i := range r.Diff.Changes {
		ops := r.Diff.Changes[i].Operations
		named += min(len(ops), report.ListedOperations)
		if len(ops) > report.ListedOperations && !known[&ops[0]] {
			known[&ops[0]] = true
			named += len(ops)
		}
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
