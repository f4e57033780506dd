package promrules

import (
	"regexp/syntax"
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
			Mend:  "name the metric; join several with or",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, nameless) },
		},
		{
			ID: "pattern-matches-all", Level: report.Info, Want: "leave out patterns that match everything",
			Why:  "the pattern is tried on every value of the label, and excludes none, or the absent label alone",
			Mend: `drop .* with its matcher; write label!="" for .+`,
			Check: func(c *checker, _ *Group, r *Rule) []problem {
				return c.matchers(r, func(m *labels.Matcher) bool {
					return m.Type == labels.MatchRegexp && (m.Value == ".*" || m.Value == ".+")
				})
			},
		},
		{
			ID: "pattern-without-pattern", Level: report.Info, Want: "compare with = where the pattern is a plain text",
			Why:   "an equality is looked up, a pattern is tried on every value of the label",
			Mend:  "write = for =~, and != for !~",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, plainPattern) },
		},
		{
			ID: "range-above-a-day", Level: report.Info, Want: "look back at most a day",
			Why:   "every evaluation reads the whole range again",
			Mend:  "record a shorter range and aggregate that one",
			Check: rangeAboveADay,
		},
	}
}

// matchers finds the matchers of an expression that a test calls bad.
func (c *checker) matchers(r *Rule, bad func(*labels.Matcher) bool) []problem {
	expr := c.tree(r)
	if expr == nil {
		return nil
	}
	var out []problem
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		s, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		named := false
		for _, m := range s.LabelMatchers {
			named = named || m.Name == model.MetricNameLabel
			if bad(m) {
				at := c.inside(r, int(s.PosRange.Start))
				if p := (problem{got: m.String(), at: &at}); !slices.ContainsFunc(out, p.same) {
					out = append(out, p)
				}
			}
		}
		if !named && bad(&labels.Matcher{Name: model.MetricNameLabel, Type: labels.MatchRegexp}) {
			at := c.inside(r, int(s.PosRange.Start))
			out = append(out, problem{got: s.String() + " has none", at: &at})
		}
		return nil
	})
	return out
}

func nameless(m *labels.Matcher) bool {
	return m.Name == model.MetricNameLabel && m.Type != labels.MatchEqual
}

func plainPattern(m *labels.Matcher) bool {
	if m.Type != labels.MatchRegexp && m.Type != labels.MatchNotRegexp || m.Value == "" {
		return false
	}
	re, err := syntax.Parse(m.Value, syntax.Perl)
	return err == nil && re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 && m.Name != model.MetricNameLabel
}

func rangeAboveADay(c *checker, _ *Group, r *Rule) []problem {
	expr := c.tree(r)
	if expr == nil {
		return nil
	}
	var out []problem
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		var span time.Duration
		switch e := n.(type) {
		case *parser.MatrixSelector:
			span = e.Range
		case *parser.SubqueryExpr:
			span = e.Range
		default:
			return nil
		}
		if span > 24*time.Hour {
			at := c.inside(r, int(n.PositionRange().Start))
			out = append(out, problem{got: "it looks back " + model.Duration(span).String(), at: &at})
		}
		return nil
	})
	return out
}
