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
	c := contracts{in.opt, in.old.Doc, in.new.Doc, operations.Match(in.old.Doc, in.new.Doc)}
	g := compare(in, c.ops)
	contain(g, in.schemas)
	attribute(g)
	found, records := findingsOf(c, g)
	prove(ctx, found.list, c.questions(found.list, records), in.opt.WitnessBudget)
	return resultOf(c, found)
}

// First is the result without an old contract: every operation is added, nothing is compared.
func First(new *contract.Document, opt Options) *Result {
	var ops []operations.Operation
	for _, c := range operations.CallsOf(new, new.Root().Get("paths")) {
		ops = append(ops, operations.Operation{New: c, Operation: report.Operation{Method: c.Method, Path: c.Path}})
	}
	c := contracts{opt, new, new, ops}
	found, _ := findingsOf(c, graph{})
	r := resultOf(c, found)
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
