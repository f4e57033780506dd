package ruletest

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// unfed is what rules yield while no series of theirs exists. Most rules of a rule file have no series in most of its tests, and the
// engine takes as long for nothing as for one series.
type unfed map[*Rule]promql.Vector

// known is what the rule yields at the time at, in ms, where the engine was asked before and no series has come up since.
func (u unfed) known(r *Rule, s *store, at int64) (promql.Vector, bool) {
	v, ok := u[r]
	if !ok || !s.lacks(r) {
		return nil, false
	}
	out := slices.Clone(v)
	for i := range out {
		out[i].T = at
	}
	return out, true
}

// learn keeps what the engine answered, if it would answer the same at any other time.
func (u unfed) learn(r *Rule, s *store, v promql.Vector) {
	if r.reads != nil && s.lacks(r) {
		u[r] = slices.Clone(v)
	}
}

// lacks is whether the store has no series of any metric that the rule reads.
func (s *store) lacks(r *Rule) bool {
	return !slices.ContainsFunc(r.reads, func(metric string) bool { return len(s.byName[metric]) > 0 })
}

// reads are the metrics that the expression names. It is nil where the names do not decide what it yields: where a selector has no name,
// and where the time counts beside the samples.
func reads(expr parser.Expr) []string {
	names := []string{}
	timed := false
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			i := slices.IndexFunc(n.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual })
			if i < 0 {
				timed = true
				return nil
			}
			names = append(names, n.LabelMatchers[i].Value)
		case *parser.Call: // without an argument, and in timestamp, the time of the evaluation is meant
			timed = timed || len(n.Args) == 0 || n.Func.Name == "timestamp" || n.Func.Experimental
		case *parser.SubqueryExpr: // its steps lie at multiples of the step
			timed = true
		}
		return nil
	})
	if timed {
		return nil
	}
	slices.Sort(names)
	return slices.Compact(names)
}
