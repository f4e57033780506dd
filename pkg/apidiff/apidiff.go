package apidiff

import (
	"context"
	"time"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Options are what a comparison may be told. The zero Options are the defaults.
type Options struct {
	Gate            Category                // changes of this category and the ones inside it break; Validation when empty
	Levels          map[string]report.Level // by rule id; "off" leaves the findings out
	Waivers         []Waiver
	Now             time.Time // decides about sunset dates and the expiry of waivers
	DeprecationDays int       // days that must lie between a deprecation and its sunset; 0: nobody asks
	NoWitness       bool      // leave breaking changes asserted
	NoDigest        bool      // leave the digests of the contracts out, which cost as much as reading them
	WitnessBudget   int       // values to try for each; 0: 24
}

// Off is the level of a rule that is not wanted.
const Off report.Level = "off"

func (o Options) gate() Category {
	if o.Gate == "" {
		return Validation
	}
	return o.Gate
}

// Result is what a comparison found.
type Result struct {
	Diff     report.Diff
	Problems []report.Finding // waivers that match nothing or have expired
	ops      []operation
	byOp     map[report.Operation][]*report.Finding
	reached  map[report.Operation]int // by operation: the findings that reach it
	causes   map[string]string        // by fingerprint: the component or the operation that was edited
}

// Compare tells what changed from the old contract to the new one.
func Compare(ctx context.Context, old, new *contract.Document, opt Options) *Result {
	e := newEngine(ctx, old, new, opt, table())
	e.run()
	r := e.result()
	r.noteUnread(old, new)
	r.bound(old, new)
	return r
}

// First is the result where there is no old contract: every operation is added, nothing is compared.
func First(new *contract.Document, opt Options) *Result {
	e := newEngine(context.Background(), new, new, opt, table())
	for _, c := range e.new.calls(new.Root().Get("paths")) {
		e.ops = append(e.ops, operation{new: c, Operation: report.Operation{Method: c.method, Path: c.path}})
	}
	r := e.result()
	r.Diff.FirstRun, r.Diff.Old = true, report.Contract{}
	r.Diff.Bump, r.Diff.Headline = "none", "first run: nothing to compare with"
	r.noteUnread(nil, new)
	r.bound(nil, new)
	return r
}

func newEngine(ctx context.Context, old, new *contract.Document, opt Options, rules *ruleTable) *engine {
	m := newMeter()
	e := &engine{
		ctx: ctx, opt: opt, rules: rules, meter: m, old: newSide(old, m), new: newSide(new, m),
		sites: map[siteKey]*site{}, found: map[recordKey]*record{}, worded: map[wordKey]*site{}, schemesDone: map[string]*site{}, sets: map[string][]report.Operation{},
	}
	if e.opt.WitnessBudget <= 0 {
		e.opt.WitnessBudget = 24 // measured: what is found at all is found by then, and a miss in deep alternatives costs
	}
	e.same = e.old.v30 == e.new.v30
	e.prover = newProver(e.same, m)
	return e
}

func (e *engine) run() {
	e.collect()
	if e.old.doc.Same(e.new.doc) {
		return
	}
	if e.same && e.old.doc.Root().Hash() == e.new.doc.Root().Hash() && e.old.closure(e.old.doc.Root()) == e.new.closure(e.new.doc.Root()) {
		return
	}
	e.compareOperations()
	e.compareDocuments()
	e.judgeAll()
	e.spread()
	e.findWays()
	e.forget()
}

// forget drops what only the comparison needed, before the witnesses want the room.
func (e *engine) forget() {
	read := map[*schema]bool{} // witnesses of values that are written as text look at them
	for _, s := range e.order {
		if s.old != nil && s.mode&modeText != 0 && len(s.deltas) > 0 {
			read[s.old], read[s.new] = true, true
			_, _ = s.old.norm(), s.new.norm()
		}
	}
	for _, s := range e.order {
		if s.old != nil && !read[s.old] {
			s.old.normal = nil
		}
		if s.old != nil && !read[s.new] {
			s.new.normal = nil
		}
	}
	e.old.nodes, e.old.schemas, e.new.nodes, e.new.schemas = nil, nil, nil, nil
	e.prover, e.sites, e.found, e.worded = nil, nil, nil, nil
	e.meter.forget()
}
