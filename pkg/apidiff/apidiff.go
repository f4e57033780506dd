// Package apidiff compares two versions of an OpenAPI contract: what changed, which clients break,
// and an example request that confirms it.
package apidiff

import (
	"context"

	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Compare reports what changed from the old contract to the new one.
func Compare(ctx context.Context, old, new *contract.Document, opt Options) *Result {
	r := newInput(old, new, opt).compare(ctx)
	r.noteUnread(old, new)
	r.noteWithoutEffect(old, new)
	r.found = r.Diff.Changes
	r.bound(old, new, opt.All)
	r.nameCauses()
	return r
}

// All are the changes as Options.All lists them, of a comparison without it.
func (r *Result) All(old, new *contract.Document) []report.Finding {
	wide := *r
	wide.Diff.Changes = r.found
	wide.bound(old, new, true)
	return wide.Diff.Changes
}

// compare goes through the phases of a comparison.
func (in input) compare(ctx context.Context) *Result {
	opt, old, new := in.opt, in.old.Doc, in.new.Doc
	ops := operations.Match(old, new)
	g := compare(in, ops)
	contain(g, in.schemas)
	attribute(g)
	found, records := findingsOf(opt, old, new, ops, g)
	prove(ctx, found.list, questionsOf(opt, old, new, ops, found.list, records), opt.WitnessBudget)
	return resultOf(opt, old, new, ops, found)
}

// First is the result without an old contract: every operation is added, nothing is compared.
func First(new *contract.Document, opt Options) *Result {
	var ops []operations.Operation
	for _, c := range operations.CallsOf(new, new.Root().Get("paths")) {
		ops = append(ops, operations.Operation{New: c, Operation: report.Operation{Method: c.Method, Path: c.Path}})
	}
	found, _ := findingsOf(opt, new, new, ops, graph{})
	r := resultOf(opt, new, new, ops, found)
	r.Diff.FirstRun, r.Diff.Old = true, report.Contract{}
	r.Diff.Bump, r.Diff.Headline = "none", "first run: nothing to compare with"
	if opt.Advise != nil {
		r.Diff.Advice = opt.Advise(r.Diff)
	}
	r.noteUnread(nil, new)
	r.bound(nil, new, opt.All)
	r.nameCauses()
	return r
}
