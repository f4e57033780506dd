package promrules

import (
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules/infer"
	"github.com/romel/govctl/pkg/report"
)

// flappingRows find alerts that fire and resolve without a change of what they watch.
func flappingRows() []Row {
	return []Row{
		{
			ID: "alert-on-selection", Level: report.Info, Want: "not depend on the rank of its series",
			Why:   "topk() and its like return other series at each evaluation: each change resolves one alert and starts another, whose for begins again",
			Hint:  "compare with a threshold instead, or aggregate the labels away",
			Check: alertOnSelection,
		},
		{
			ID: "value-in-label", Level: report.Warning, Want: "keep its value out of its labels",
			Why:   "labels identify an alert: with each new value another alert starts, its for begins again and the one before resolves",
			Hint:  "show the value in an annotation",
			Check: valueInLabel,
		},
		{
			ID: "counter-as-gauge", Level: report.Info, Want: "look at how fast a counter grows, not at its value",
			Why:   "a counter is 0 again after each restart: an alert on its value stays until then, and resolves without a repair",
			Hint:  "compare rate() or increase() of the counter; --metrics with types clears a gauge whose name ends in _total",
			Check: counterAsGauge,
		},
		{
			ID: "absent-without-for", Level: report.Info, Want: "wait before it reports an absence",
			Why:   "after a restart of Prometheus or of the target, series are absent until the next scrape",
			Hint:  "give the alert a for of some scrape intervals",
			Check: absentWithoutFor,
		},
		{
			ID: "aggregates-without-for", Level: report.Info, Want: "wait before it compares sums over different targets",
			Why:   "after a restart of Prometheus the targets are scraped one after another: until all of them were, the two sums are of different parts",
			Hint:  "give the alert a for of at least one scrape interval",
			Check: aggregatesWithoutFor,
		},
	}
}

func alertOnSelection(c *checker, _ *Group, r *Rule) []problem {
	parts := c.parts(r)
	if r.Alert == "" || parts == nil {
		return nil
	}
	var out []problem
	for _, n := range parts {
		if a, ok := n.Expr.(*parser.AggregateExpr); ok && infer.Selects(a.Op) && !dropsCopies(n, a) && reachesResult(n) {
			out = append(out, problem{got: shorten(a.String(), 60), at: c.at(r, a)})
		}
	}
	return out
}

// dropsCopies reports whether topk(1, ...) is grouped: then it usually takes one of several copies of the same series, such as those
// of replicas, and which of them does not matter.
func dropsCopies(n *infer.Node, a *parser.AggregateExpr) bool {
	k := n.Args[1].Values
	return (len(a.Grouping) > 0 || a.Without) && k.Lo == 1 && k.Hi == 1
}

// reachesResult reports whether the labels of a part are those of the alert: nothing behind it aggregates, and it is not the side
// of an operator that only matches.
func reachesResult(n *infer.Node) bool {
	for up := n.Parent; up != nil; n, up = up, up.Parent {
		switch e := up.Expr.(type) {
		case *parser.AggregateExpr:
			if !infer.Selects(e.Op) || n != up.Args[0] {
				return false
			}
		case *parser.Call:
			if up.Scalar || strings.HasPrefix(e.Func.Name, "absent") {
				return false
			}
		case *parser.BinaryExpr:
			if (e.Op == parser.LAND || e.Op == parser.LUNLESS) && n == up.Args[1] {
				return false
			}
			if m := e.VectorMatching; m != nil && (m.Card == parser.CardManyToOne && n == up.Args[1] || m.Card == parser.CardOneToMany && n == up.Args[0]) {
				return false
			}
		}
	}
	return true
}

func valueInLabel(c *checker, _ *Group, r *Rule) []problem {
	if r.Alert == "" {
		return nil
	}
	var out []problem
	for _, t := range r.templates() {
		if t.kind == "label" && showsValue(t.value) {
			at := r.textPlace(c.file.Name, t.kind, t.key)
			out = append(out, problem{got: "label " + t.key + " is " + shorten(t.value, 60), at: &at})
		}
	}
	return out
}

// counter says in which way a metric is a counter: by its type where a list of metrics gives one, and by its name otherwise. It is empty
// for other metrics.
func (c *checker) counter(name string) string {
	switch kind := c.Known[name]; {
	case kind == "counter":
		return name + " is a counter"
	case kind == "" && strings.HasSuffix(name, "_total"):
		return name + " is a counter by its name"
	}
	return ""
}

// gaugeFunctions are made for values that rise and fall.
var gaugeFunctions = map[string]bool{"delta": true, "idelta": true, "deriv": true, "predict_linear": true}

func counterAsGauge(c *checker, _ *Group, r *Rule) []problem {
	if r.Alert == "" {
		return nil
	}
	var out []problem
	for _, n := range c.parts(r) {
		s, ok := n.Expr.(*parser.VectorSelector)
		if !ok || c.counter(s.Name) == "" || c.recorded()[s.Name] {
			continue
		}
		if got := gaugeUse(n); got != "" {
			out = append(out, problem{got: c.counter(s.Name) + ", and " + got, at: c.at(r, s)})
		}
	}
	return unique(out)
}

// gaugeUse says how a counter is used as if it were a gauge; nothing where it is not.
func gaugeUse(n *infer.Node) string {
	for up := n.Parent; up != nil; n, up = up, up.Parent {
		switch e := up.Expr.(type) {
		case *parser.MatrixSelector:
		case *parser.AggregateExpr:
			if e.Op != parser.SUM && e.Op != parser.AVG && e.Op != parser.MAX && e.Op != parser.MIN {
				return ""
			}
		case *parser.Call:
			if gaugeFunctions[e.Func.Name] {
				return e.Func.Name + "() is for gauges"
			}
			return ""
		case *parser.BinaryExpr:
			if !e.Op.IsComparisonOperator() {
				return ""
			}
			if limit := up.Args[1]; n == up.Args[0] && limit.Scalar && (e.Op == parser.GTR || e.Op == parser.GTE) && limit.Values.Lo > 0 {
				return "its value is compared with " + shorten(limit.Expr.String(), 20)
			}
			return ""
		default:
			return ""
		}
	}
	return ""
}

func absentWithoutFor(c *checker, _ *Group, r *Rule) []problem {
	if r.Alert == "" || durationOf(r.For) > 0 {
		return nil
	}
	var out []problem
	for _, n := range c.parts(r) {
		if call, ok := n.Expr.(*parser.Call); ok && call.Func.Name == "absent" {
			out = append(out, problem{got: shorten(call.String(), 60), at: c.at(r, call)})
		}
	}
	return out
}

func aggregatesWithoutFor(c *checker, _ *Group, r *Rule) []problem {
	if r.Alert == "" || durationOf(r.For) > 0 {
		return nil
	}
	var out []problem
	for _, n := range c.parts(r) {
		e, ok := n.Expr.(*parser.BinaryExpr)
		if !ok || e.Op.IsSetOperator() || n.Args[0].Scalar || n.Args[1].Scalar {
			continue
		}
		left, right := aggregatedJob(n.Args[0]), aggregatedJob(n.Args[1])
		if left != "" && right != "" && left != right {
			out = append(out, problem{got: "job " + left + " and job " + right, at: c.at(r, e)})
		}
	}
	return out
}

// aggregatedJob is the value of the label job that all series of an aggregation have; nothing for other parts.
func aggregatedJob(n *infer.Node) string {
	if _, ok := n.Expr.(*parser.AggregateExpr); !ok {
		return ""
	}
	for len(n.Args) > 0 {
		n = n.Args[0]
	}
	s, ok := n.Expr.(*parser.VectorSelector)
	if !ok {
		return ""
	}
	for _, m := range s.LabelMatchers {
		if m.Name == "job" && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return ""
}
