package promrules

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/pkg/report"
)

// costRows are hints on what makes an evaluation dear.
func costRows() []Row {
	return []Row{
		{
			ID: "selector-without-name", Level: report.Info, Want: "select series by their names",
			Why:   "a selector without a name, or with a pattern for it, goes through the index of all series",
			Hint:  "name the metric; join several with or",
			Check: namelessSelectors,
		},
		{
			ID: "range-below-scrape-interval", Level: report.Warning, Want: "look back at least two scrape intervals",
			Why:   "rate() and its like need two samples: in a shorter range there is often one, and then no result",
			Hint:  "take a range of four scrape intervals, so that a missed scrape does no harm",
			Check: rangeBelowScrape,
		},
		{
			ID: "range-above-a-day", Level: report.Info, Want: "look back at most a day",
			Why:   "every evaluation reads the whole range again",
			Hint:  "record a shorter range and aggregate that one",
			Check: rangeAboveADay,
		},
	}
}

// namelessSelectors finds selectors without the name of a metric. A name in the selector is a matcher like the others.
func namelessSelectors(c *checker, _ *Group, r *Rule) []problem {
	var out []problem
	for s := range c.selectors(r) {
		i := slices.IndexFunc(s.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel })
		got := s.String() + " has none"
		if i >= 0 {
			got = s.LabelMatchers[i].String()
		}
		if i >= 0 && s.LabelMatchers[i].Type == labels.MatchEqual || s.BypassEmptyMatcherCheck {
			continue
		}
		at := c.inside(r, int(s.PosRange.Start))
		out = append(out, problem{got: got, at: &at})
	}
	return unique(out)
}

func rangeAboveADay(c *checker, _ *Group, r *Rule) []problem {
	return c.ranges(r, func(span time.Duration) string {
		if span <= 24*time.Hour {
			return ""
		}
		return "it looks back " + model.Duration(span).String()
	})
}

// ranges finds the ranges of an expression to which a test has an objection.
func (c *checker) ranges(r *Rule, objection func(span time.Duration) string) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		var span time.Duration
		switch e := n.Expr.(type) {
		case *parser.MatrixSelector:
			span = e.Range
		case *parser.SubqueryExpr:
			span = e.Range
		default:
			continue
		}
		if got := objection(span); got != "" {
			at := c.inside(r, int(n.Expr.PositionRange().Start))
			out = append(out, problem{got: got, at: &at})
		}
	}
	return out
}

// rangeBelowScrape looks at the ranges of functions that need two samples.
func rangeBelowScrape(c *checker, _ *Group, r *Rule) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		call, ok := n.Expr.(*parser.Call)
		if !ok || !ofCounters[call.Func.Name] && !gaugeFunctions[call.Func.Name] {
			continue
		}
		if m, ok := n.Args[0].Expr.(*parser.MatrixSelector); ok && m.RangeExpr == nil && m.Range < 2*c.Scrape {
			got := call.Func.Name + "() over " + model.Duration(m.Range).String() + ", the scrape interval is " + model.Duration(c.Scrape).String()
			out = append(out, problem{got: got, at: c.at(r, call)})
		}
	}
	return out
}
