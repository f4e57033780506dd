package ruletest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"
)

// state is where an alert stands. An inactive one was firing and is remembered for a while.
type state uint8

const (
	pending state = iota
	firing
	inactive
)

var stateNames = [...]string{"pending", "firing", "inactive"}

// alert is one active label set of an alerting rule.
type alert struct {
	labels      labels.Labels
	annotations labels.Labels
	state       state
	activeAt    time.Time
	resolvedAt  time.Time // zero while it is active
	keptSince   time.Time // since when it fires only because of keep_firing_for
}

// remembered is how long Prometheus keeps a resolved alert.
const remembered = 15 * time.Minute

var errSameAlert = errors.New("vector contains metrics with the same labelset after applying alert labels")

// alerting is an alerting rule with its memory.
type alerting struct {
	*Rule
	active map[uint64]*alert // by hash of the labels
	order  []uint64          // keys of active, oldest first
}

// eval brings the rule to the time ts and returns its ALERTS and ALERTS_FOR_STATE samples.
func (a *alerting) eval(ctx context.Context, t *testRun, g *Group, ts time.Time, result promql.Vector) (promql.Vector, error) {
	seen := make(map[uint64]bool, len(result))
	fresh := make([]*alert, 0, len(result))
	keys := make([]uint64, 0, len(result))
	for i := range result {
		n := a.instance(ctx, t, ts, &result[i])
		if t.excess != nil { // the test ends here, with that as its problem
			return nil, t.excess
		}
		key := n.labels.Hash()
		if seen[key] {
			return nil, errSameAlert
		}
		seen[key] = true
		fresh, keys = append(fresh, n), append(keys, key)
	}
	for i, key := range keys {
		if known, ok := a.active[key]; ok && known.state != inactive {
			known.annotations = fresh[i].annotations
			continue
		} else if a.active == nil {
			a.active = map[uint64]*alert{}
		}
		if _, known := a.active[key]; !known {
			a.order = append(a.order, key)
		}
		a.active[key] = fresh[i]
	}
	var out promql.Vector
	count := 0
	a.order = slices.DeleteFunc(a.order, func(key uint64) bool {
		one := a.active[key]
		keep, drop := one.age(a.Rule, ts, seen[key])
		if drop {
			delete(a.active, key)
		}
		if keep {
			count++
			out = append(out, a.samples(one, ts.Add(-g.QueryOffset))...)
		}
		return drop
	})
	if g.Limit > 0 && count > g.Limit {
		clear(a.active)
		a.order = nil
		return nil, fmt.Errorf("exceeded limit of %d with %d alerts", g.Limit, count)
	}
	return out, nil
}

// age moves an alert on to the time ts. It stays active, or it is resolved, and what is resolved long enough, or was only
// pending, is dropped.
func (n *alert) age(r *Rule, ts time.Time, seen bool) (active, drop bool) {
	if seen {
		n.keptSince = time.Time{}
	} else {
		kept := false
		if n.state == firing && r.KeepFiringFor > 0 {
			if n.keptSince.IsZero() {
				n.keptSince = ts
			}
			kept = ts.Sub(n.keptSince) < r.KeepFiringFor
		}
		drop = n.state == pending || !n.resolvedAt.IsZero() && ts.Sub(n.resolvedAt) > remembered
		if !kept {
			if n.state != inactive {
				n.state, n.resolvedAt = inactive, ts
			}
			return false, drop
		}
	}
	if n.state == pending && ts.Sub(n.activeAt) >= r.For {
		n.state = firing
	}
	return true, drop
}

// instance is the pending alert that one sample of the expression stands for.
func (a *alerting) instance(ctx context.Context, t *testRun, ts time.Time, s *promql.Sample) *alert {
	expand := t.expander(ctx, a.Rule, ts, s)
	b := labels.NewBuilder(s.Metric)
	b.Del(model.MetricNameLabel)
	a.Labels.Range(func(l labels.Label) { b.Set(l.Name, expand(l.Value)) })
	b.Set(labels.AlertName, a.Alert)
	notes := labels.NewScratchBuilder(a.Annotations.Len())
	a.Annotations.Range(func(l labels.Label) { notes.Add(l.Name, expand(l.Value)) })
	return &alert{labels: b.Labels(), annotations: notes.Labels(), activeAt: ts}
}

// ask answers the queries of templates, which make a map of the labels of each series.
func (t *testRun) ask(ctx context.Context, expr string, at time.Time) (promql.Vector, error) {
	v, err := t.query(ctx, expr, at)
	t.spend(t.at, perAnswer*len(v))
	return v, err
}

// samples are the two series by which an active alert shows itself.
func (a *alerting) samples(n *alert, at time.Time) promql.Vector {
	b := labels.NewBuilder(a.Labels)
	n.labels.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
	b.Set(labels.AlertName, a.Alert)
	b.Set(model.MetricNameLabel, "ALERTS_FOR_STATE")
	since := promql.Sample{Metric: b.Labels(), T: at.UnixMilli(), F: float64(n.activeAt.Unix())}
	b.Set(model.MetricNameLabel, "ALERTS")
	b.Set("alertstate", stateNames[n.state])
	return promql.Vector{{Metric: b.Labels(), T: at.UnixMilli(), F: 1}, since}
}

// prelude defines the short names that templates of rules may use.
const prelude = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// expander expands the templates of a rule for one sample. What goes wrong stands in the text, as in Prometheus.
func (t *testRun) expander(ctx context.Context, r *Rule, ts time.Time, s *promql.Sample) func(string) string {
	var data any
	return func(text string) string {
		if !strings.Contains(text, "{{") {
			return text
		}
		if data == nil {
			data = template.AlertTemplateData(s.Metric.Map(), t.external, t.group.externalURL, *s)
		}
		expand := func(text string) (string, error) {
			e := template.NewTemplateExpander(ctx, text, "__alert_"+r.Alert, data, model.Time(ts.UnixMilli()), t.ask, nil, nil)
			e.Funcs(t.budget.funcs())
			return e.Expand()
		}
		if t.spend(r, parseCost(text)); t.excess != nil {
			return ""
		}
		priced, loops := t.counted(prelude + text)
		out, err := expand(priced)
		over := overBudgetOf(err)
		if err != nil && loops && over == nil {
			out, err = expand(prelude + text) // for the message: it names places in the text as written
		}
		if t.excess == nil && over != nil {
			t.excess = t.overBudget(r, over)
		}
		if t.excess == nil {
			t.excess = t.charge(r, len(out))
		}
		if err != nil {
			return fmt.Sprintf("<error expanding template: %s>", err)
		}
		return out
	}
}
