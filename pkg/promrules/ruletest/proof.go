package ruletest

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// proof is what the cases of one test that hold show of the rules.
type proof struct {
	firing, silent map[*Rule]int                      // assertions that saw the alert so
	recorded       map[*Rule]map[uint64]labels.Labels // every series that a recording rule wrote
	direct         map[*Rule]bool                     // recording rules that an expression case read
	through        map[*Rule]bool                     // recording rules that an asserted alert is built on
}

func newProof() *proof {
	return &proof{firing: map[*Rule]int{}, silent: map[*Rule]int{}, recorded: map[*Rule]map[uint64]labels.Labels{},
		direct: map[*Rule]bool{}, through: map[*Rule]bool{}}
}

// wrote takes note of the series that a recording rule yields.
func (p *proof) wrote(r *Rule, written map[uint64]labels.Labels) {
	if r.Record == "" || len(written) == 0 {
		return
	}
	if p.recorded[r] == nil {
		p.recorded[r] = map[uint64]labels.Labels{}
	}
	maps.Copy(p.recorded[r], written)
}

// asserted takes note of a case that holds for all alerting rules of a name.
func (p *proof) asserted(groups []*ruleGroup, name string) {
	for _, g := range groups {
		for _, r := range g.rules {
			if r.Alert != name {
				continue
			}
			p.see(r, slices.ContainsFunc(r.alerting.order, func(key uint64) bool { return r.alerting.active[key].state == firing }))
			p.markThrough(groups, r.Rule)
		}
	}
}

func (p *proof) see(r *ruleState, fires bool) {
	if fires {
		p.firing[r.Rule]++
	} else {
		p.silent[r.Rule]++
	}
}

// markThrough marks the recording rules whose series the expression of a rule reads, and those that these read.
func (p *proof) markThrough(groups []*ruleGroup, reader *Rule) {
	for _, selector := range selectors(reader.Expr) {
		for _, r := range p.sources(groups, selector) {
			if !p.through[r] {
				p.through[r] = true
				p.markThrough(groups, r)
			}
		}
	}
}

// sources are the recording rules that wrote a series which the selector accepts.
func (p *proof) sources(groups []*ruleGroup, s *parser.VectorSelector) []*Rule {
	var out []*Rule
	for _, g := range groups {
		for _, r := range g.rules {
			for _, lset := range p.recorded[r.Rule] {
				if accept(lset, s.LabelMatchers) {
					out = append(out, r.Rule)
					break
				}
			}
		}
	}
	return out
}

func selectors(expr parser.Expr) []*parser.VectorSelector {
	var out []*parser.VectorSelector
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			out = append(out, s)
		}
		return nil
	})
	return out
}

// queried takes note of an expression case that holds: of the recording rules that it reads, and of alerts where it asks for
// the ALERTS series of one by name.
func (p *proof) queried(t *testRun, c exprCase) {
	expr, err := t.parser.ParseExpr(c.expr.text)
	if err != nil { // the case would not hold
		return
	}
	for _, s := range selectors(expr) {
		for _, r := range p.sources(t.rules, s) {
			p.direct[r] = true
			p.markThrough(t.rules, r)
		}
		if name, ok := alertOf(s); ok {
			p.alertsQueried(t, name, s, t.start.Add(time.Duration(c.at)))
		}
	}
}

// alertOf is the alert whose ALERTS series a selector names.
func alertOf(s *parser.VectorSelector) (name string, ok bool) {
	alerts := false
	for _, m := range s.LabelMatchers {
		if m.Type != labels.MatchEqual {
			continue
		}
		alerts = alerts || m.Name == model.MetricNameLabel && m.Value == "ALERTS"
		if m.Name == labels.AlertName {
			name = m.Value
		}
	}
	return name, alerts && name != ""
}

// alertsQueried takes note of rules that a selector over ALERTS shows firing, or not, at a time.
func (p *proof) alertsQueried(t *testRun, name string, s *parser.VectorSelector, at time.Time) {
	fires := t.store.alive(at.UnixMilli(), append(slices.Clone(s.LabelMatchers), labels.MustNewMatcher(labels.MatchEqual, "alertstate", "firing")))
	for _, g := range t.rules {
		for _, r := range g.rules {
			if r.Alert == name {
				p.see(r, fires)
				p.markThrough(t.rules, r.Rule)
			}
		}
	}
}

// alive reports whether a series that the matchers accept has a value at a time, in ms.
func (s *store) alive(at int64, matchers []*labels.Matcher) bool {
	oldest := at - lookback.Milliseconds()
	q := querier{store: s, min: oldest, max: at}
	set := q.Select(context.Background(), false, nil, matchers...)
	for set.Next() {
		last := point{t: math.MinInt64}
		for it := set.At().Iterator(nil); it.Next() == chunkenc.ValFloat; {
			last.t, last.v = it.At()
		}
		if last.t > oldest && !value.IsStaleNaN(last.v) {
			return true
		}
	}
	return false
}
