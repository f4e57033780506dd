package ruletest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// testRun is one test group while it runs.
type testRun struct {
	session
	file     *testFile
	group    *testGroup
	store    *store
	input    *input
	rules    []*ruleGroup // in the order of evaluation
	external map[string]string
	start    time.Time
	now      time.Time // of the evaluation under way
	out      *Test
	proof    *proof
	at       *Rule           // that is evaluated
	excess   *contract.Error // why the test ended: its file has no budget left
	priced   map[string]pricedText
}

// ruleGroup is a group with the memory of its rules.
type ruleGroup struct {
	*Group
	rules []*ruleState
}

// ruleState is a rule with its memory.
type ruleState struct {
	*Rule
	alerting *alerting // nil for a recording rule
	written  map[uint64]labels.Labels
	err      error // of the last evaluation
}

// idle is whether the rule has nothing to end: no alert and no series.
func (r *ruleState) idle() bool {
	return len(r.written) == 0 && (r.alerting == nil || len(r.alerting.active) == 0)
}

// ordered gives each group its memory and sorts by the rank that the test file gives to groups by name. Groups without a rank
// count as the first, as in promtool; among equals, where promtool's order is that of chance, the order of the files stands.
func ordered(groups []Group, rank map[string]int) []*ruleGroup {
	type key struct {
		file   string
		object int
		name   string
	}
	seen := map[key]bool{}
	out := make([]*ruleGroup, 0, len(groups))
	for i := range groups {
		g := &ruleGroup{Group: &groups[i]}
		if k := (key{g.File, g.object, g.Name}); seen[k] {
			continue // the file matches two patterns
		} else {
			seen[k] = true
		}
		states, alerts := make([]ruleState, len(g.Rules)), make([]alerting, len(g.Rules))
		g.rules = make([]*ruleState, len(g.Rules))
		for j := range g.Rules {
			g.rules[j] = &states[j]
			if states[j].Rule = &g.Rules[j]; g.Rules[j].Alert != "" {
				alerts[j].Rule = states[j].Rule
				states[j].alerting = &alerts[j]
			}
		}
		out = append(out, g)
	}
	sorting.Stable(out, func(a, b *ruleGroup) int { return cmp.Compare(rank[a.Name], rank[b.Name]) })
	return out
}

func newTrial(f *testFile, g *testGroup, s session, rules []Group, out *Test) *testRun {
	t := &testRun{session: s, file: f, group: g, store: newStore(), rules: ordered(rules, f.order), external: g.external.Map(), start: g.start, out: out, proof: newProof()}
	if t.start.IsZero() {
		t.start = time.Unix(0, 0).UTC()
	}
	return t
}

// runWithin runs the test if nothing is wrong with it. Only one test at a time may take much memory, for which large is the lock. It
// reports whether the test came to its end or to a failure.
func (t *testRun) runWithin(ctx context.Context, large *sync.Mutex) (warnings []report.Finding, complete bool) {
	if t.out.Problems = append(t.out.Problems, t.vet()...); len(t.out.Problems) > 0 {
		return nil, false
	}
	t.store.memory = &memory{large: large}
	defer t.store.memory.release()
	var problems []*contract.Error
	t.input, problems, warnings = readInput(t.file.name, t.group, t.store.memory)
	if t.out.Problems = append(t.out.Problems, problems...); len(t.out.Problems) > 0 {
		return warnings, false
	}
	return warnings, t.run(ctx) == nil
}

// run evaluates all rules from the start to the latest time that a case asks for, and checks each case at its time.
func (t *testRun) run(ctx context.Context) error {
	times := t.alertTimes()
	for _, g := range t.rules {
		t.spend(nil, perState*len(g.rules))
	}
	for t.now = t.start; !t.now.After(t.start.Add(t.lastTime())); t.now = t.now.Add(t.file.interval) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !t.step(ctx) {
			if t.excess != nil {
				t.out.Problems = append(t.out.Problems, t.excess)
			}
			return nil
		}
		for ; len(times) > 0 && t.start.Add(time.Duration(times[0])).Before(t.now.Add(t.file.interval)); times = times[1:] {
			t.checkAlerts(times[0])
		}
	}
	if t.checkExprs(ctx); t.excess != nil {
		t.out.Problems = append(t.out.Problems, t.excess)
	}
	return ctx.Err()
}

// lastTime is the latest time of all cases.
func (t *testRun) lastTime() time.Duration {
	var last model.Duration
	for _, c := range t.group.alerts {
		last = max(last, c.at)
	}
	for _, c := range t.group.exprs {
		last = max(last, c.at)
	}
	return time.Duration(last)
}

// alertTimes are the times of the alert cases, each once, sorted.
func (t *testRun) alertTimes() []model.Duration {
	var times []model.Duration
	for _, c := range t.group.alerts {
		times = append(times, c.at)
	}
	slices.Sort(times)
	return slices.Compact(times)
}

// step loads the input up to now and evaluates every rule. It returns false after an error of evaluation, which ends a test.
func (t *testRun) step(ctx context.Context) bool {
	if err := t.input.loadTill(t.store, t.now); errors.Is(err, errFull) {
		t.excess = t.overBudget(nil, err)
		return false
	} else if err != nil {
		t.fail(Failure{Place: t.group.place, Text: err.Error(), Message: "the input cannot be loaded: " + err.Error()})
		return true // promtool goes on without evaluating
	}
	ok := true
	for _, g := range t.rules {
		for _, r := range g.rules {
			t.evaluate(ctx, g.Group, r)
			if errors.Is(r.err, errFull) && t.excess == nil {
				t.excess = t.overBudget(r.Rule, r.err)
			}
			if t.excess != nil {
				return false
			}
			if r.err != nil {
				ok = false
				t.fail(t.evalFailure(r))
			}
		}
	}
	return ok
}

// evaluate brings one rule to the present and writes what it yields.
func (t *testRun) evaluate(ctx context.Context, g *Group, r *ruleState) {
	t.at = r.Rule
	var result promql.Vector
	if result, r.err = t.result(ctx, g, r.Rule); r.err != nil {
		return
	}
	if len(result) == 0 && r.idle() {
		return
	}
	if r.alerting != nil {
		result, r.err = r.alerting.eval(ctx, t, g, t.now, result)
	} else {
		r.err = r.record(result, g.Limit)
	}
	if r.err == nil && t.excess == nil {
		t.write(g, r, result)
	}
}

// result is what the expression of the rule yields at present.
func (t *testRun) result(ctx context.Context, g *Group, r *Rule) (promql.Vector, error) {
	at := t.now.Add(-g.QueryOffset)
	if v, ok := t.unfed.known(r, t.store, at.UnixMilli()); ok {
		t.spend(r, 1+len(v))
		return v, nil
	}
	v, err := t.query(ctx, r.query, at)
	if err == nil {
		t.unfed.learn(r, t.store, v)
	}
	return v, err
}

var errSameRecord = errors.New("vector contains metrics with the same labelset after applying rule labels")

// record gives the samples the name and the labels of the rule.
func (r *ruleState) record(result promql.Vector, limit int) error {
	b := labels.NewBuilder(labels.EmptyLabels())
	for i := range result {
		b.Reset(result[i].Metric)
		b.Set(model.MetricNameLabel, r.Record)
		r.Labels.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
		result[i].Metric = b.Labels()
	}
	if result.ContainsSameLabelset() {
		return errSameRecord
	}
	if limit > 0 && len(result) > limit {
		return fmt.Errorf("exceeded limit of %d with %d series", limit, len(result))
	}
	return nil
}

// write appends the samples of a rule, and marks the series stale that it wrote last time and does not write now.
func (t *testRun) write(g *Group, r *ruleState, samples promql.Vector) {
	w := t.store.writer()
	written := make(map[uint64]labels.Labels, len(samples))
	for i := range samples {
		s := &samples[i]
		if err := w.append(s.Metric, s.T, s.F, s.H); err != nil {
			r.err = err
			continue
		}
		written[s.Metric.Hash()] = s.Metric
	}
	stale := math.Float64frombits(value.StaleNaN)
	for key, lset := range r.written {
		if _, ok := written[key]; !ok {
			// An error means that another rule writes the series by now, which is no fault.
			_ = w.append(lset, t.now.Add(-g.QueryOffset).UnixMilli(), stale, nil)
		}
	}
	r.written = written
	t.proof.wrote(r.Rule, written)
}

var errLabels = fmt.Errorf("a series has labels of more than %d bytes", maxLabels)

// labelsWithin is an error where a series has labels that are too long, of which reading may panic.
func labelsWithin(v promql.Vector) (err error) {
	defer func() {
		if recover() != nil {
			err = errLabels
		}
	}()
	for i := range v {
		if labelBytes(v[i].Metric) > maxLabels {
			return errLabels
		}
	}
	return nil
}

func labelBytes(lset labels.Labels) (n int) {
	lset.Range(func(l labels.Label) { n += len(l.Name) + len(l.Value) })
	return n
}

// query evaluates an instant query, as rules and cases do.
func (t *testRun) query(ctx context.Context, expr string, at time.Time) (promql.Vector, error) {
	q, err := t.engine.NewInstantQuery(ctx, t.store, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	v := q.Exec(ctx)
	if !t.budget.evaluated(expr, q.Stats().Samples.TotalSamples) && t.excess == nil {
		t.excess = t.overBudget(t.at, errEvaluationBudget)
	}
	switch value := v.Value.(type) {
	case promql.Vector:
		if v.Err == nil {
			v.Err = labelsWithin(value)
		}
		return value, v.Err
	case promql.Scalar:
		return promql.Vector{{T: value.T, F: value.V, Metric: labels.EmptyLabels()}}, v.Err
	default:
		if v.Err != nil {
			return nil, v.Err
		}
		return nil, errors.New("rule result is not a vector or scalar")
	}
}
