package promrules

import (
	"fmt"
	"strconv"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules/infer"
	"github.com/romel/govctl/pkg/report"
)

// logicRows find expressions that cannot mean what was intended, whatever the data. They ask infer for labels and values.
func logicRows() []Row {
	return []Row{
		{
			ID: "comparison-never-true", Level: report.Warning, Want: "compare with what its expression can reach",
			Why:   "no value of the expression passes the comparison: an alert on it never fires",
			Hint:  "correct the threshold; count() of nothing is no series and not 0, for which there is absent(), or vector(0)",
			Check: neverTrue,
		},
		{
			ID: "match-never-happens", Level: report.Warning, Want: "combine vectors whose labels can match",
			Why:   "series match where the labels are equal, and these never are: the operator returns nothing, and unless removes nothing",
			Hint:  "match on labels that both sides have, with on() or ignoring(), or aggregate both sides by the same labels",
			Check: neverMatches,
		},
		{
			ID: "matchers-contradict", Level: report.Warning, Want: "select series that can exist",
			Why:   "no label has two values at once: the selector finds nothing",
			Hint:  "drop one of the matchers, or write a pattern with both values",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.besideEquality(r, false) },
		},
		{
			ID: "label-not-available", Level: report.Warning, Want: "group, match and copy only labels that the inner expression has",
			Why:   "a label that was aggregated away is empty: grouping or matching by it does nothing",
			Hint:  "keep the label in the inner aggregation, or leave it out here",
			Check: labelsNotAvailable,
		},
		{
			ID: "division-by-zero", Level: report.Warning, Want: "divide by something other than 0",
			Why:   "a division by 0 is NaN or infinite: the comparison with it is always false or always true",
			Hint:  "correct the divisor",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.divisions(r, certainly) },
		},
		{
			ID: "division-in-aggregation", Level: report.Info, Want: "keep NaN and Inf out of its aggregations",
			Why:   "one series with the divisor 0 makes the sum or the average of all others NaN or infinite",
			Hint:  "divide by (divisor > 0), or divide after the aggregation",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.divisions(r, withinAggregation) },
		},
		{
			ID: "comparison-inside-aggregation", Level: report.Info, Want: "compare the aggregate and not what goes into it",
			Why:   "a comparison inside an aggregation selects series first: the alert fires as soon as one passes, and its value is made of those alone",
			Hint:  "move the comparison behind the aggregation, or count the series: count(... > 5) > 0",
			Check: comparisonInside,
		},
		{
			ID: "rate-of-aggregate", Level: report.Warning, Want: "take the rate before the sum",
			Why:   "a sum hides the reset of one of its counters: when an instance restarts, the rate of the sum shows a fall that never was, or a burst",
			Hint:  "write sum(rate(...)) for rate(sum(...))",
			Check: rateOfAggregate,
		},
	}
}

// at is the place of a part of a rule's expression.
func (c *checker) at(r *Rule, e parser.Expr) *report.Place {
	p := c.inside(r, int(e.PositionRange().Start))
	return &p
}

// filters is the comparison of a part that leaves out series; false for the other parts, and for bool.
func filters(n *infer.Node) (*parser.BinaryExpr, bool) {
	e, ok := n.Expr.(*parser.BinaryExpr)
	return e, ok && e.Op.IsComparisonOperator() && !e.ReturnBool
}

func neverTrue(c *checker, _ *Group, r *Rule) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		if !n.Values.Empty() {
			continue
		}
		switch e, ok := n.Expr.(*parser.BinaryExpr); {
		case !ok || n.Args[0].Values.Empty() || n.Args[1].Values.Empty(): // found further inside
		case e.Op == parser.LAND:
			out = append(out, problem{got: "no value is " + span(n.Args[0].Values) + " and " + span(n.Args[1].Values), at: c.at(r, e)})
		case n.Args[0].Scalar || n.Args[1].Scalar:
			v, limit := n.Args[0], n.Args[1]
			if v.Scalar {
				v, limit = limit, v
			}
			out = append(out, problem{got: shorten(v.Expr.String(), 50) + " is " + span(v.Values) + ", and the comparison is with " + shorten(limit.Expr.String(), 20), at: c.at(r, e)})
		default:
			out = append(out, problem{got: "the left side is " + span(n.Args[0].Values) + ", the right side " + span(n.Args[1].Values), at: c.at(r, e)})
		}
	}
	return out
}

// span is a range in words.
func span(r infer.Range) string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
	low, high := "at least ", "at most "
	if r.LoOpen {
		low = "above "
	}
	if r.HiOpen {
		high = "below "
	}
	below, above := infer.Unbounded(r.Lo), infer.Unbounded(r.Hi)
	switch {
	case r.Lo == r.Hi:
		return number(r.Lo)
	case below && above:
		return "any number"
	case below:
		return high + number(r.Hi)
	case above:
		return low + number(r.Lo)
	}
	return low + number(r.Lo) + " and " + high + number(r.Hi)
}

func neverMatches(c *checker, _ *Group, r *Rule) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		if n.Clash == nil {
			continue
		}
		got := fmt.Sprintf("%s on the left of %s, %s on the right", side(n.Clash.Name, n.Clash.Left), n.Expr.(*parser.BinaryExpr).Op, side("", n.Clash.Right))
		out = append(out, problem{got: got, at: c.at(r, n.Expr)})
	}
	return out
}

// side says what one side of a match has of a label.
func side(name string, l infer.Label) string {
	if name != "" {
		name = "label " + name + " is "
	}
	switch {
	case l.Presence == infer.Never:
		return name + "absent (" + decider(l.By) + ")"
	case l.Value != "":
		return name + strconv.Quote(shorten(l.Value, 30))
	}
	return name + "present (" + decider(l.By) + ")"
}

func labelsNotAvailable(c *checker, _ *Group, r *Rule) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		lost := func(use string, names []string, sides ...*infer.Node) {
			for _, name := range names {
				by := parser.Expr(nil)
				for _, s := range sides {
					l := s.Labels.Of(name)
					if by = l.By; l.Presence != infer.Never || s.Scalar {
						by = nil
						break
					}
				}
				if by != nil {
					out = append(out, problem{got: use + "(" + name + "): " + decider(by) + " does not have it", at: c.at(r, n.Expr)})
				}
			}
		}
		switch e := n.Expr.(type) {
		case *parser.AggregateExpr:
			if !e.Without {
				lost("by", e.Grouping, n.Args[0])
			}
		case *parser.BinaryExpr:
			if m := e.VectorMatching; m != nil {
				lostInMatch(m, n, lost)
			}
		}
	}
	return unique(out)
}

// lostInMatch looks at the labels that a match names: on() is idle where neither side has one, and group_left() copies from the other side.
func lostInMatch(m *parser.VectorMatching, n *infer.Node, lost func(use string, names []string, sides ...*infer.Node)) {
	if m.On {
		lost("on", m.MatchingLabels, n.Args[0], n.Args[1])
	}
	switch m.Card {
	case parser.CardManyToOne:
		lost("group_left", m.Include, n.Args[1])
	case parser.CardOneToMany:
		lost("group_right", m.Include, n.Args[0])
	}
}

// divisions finds divisions to which a test has an objection.
func (c *checker) divisions(r *Rule, objection func(n *infer.Node) string) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		if e, ok := n.Expr.(*parser.BinaryExpr); ok && (e.Op == parser.DIV || e.Op == parser.MOD) {
			if got := objection(n); got != "" {
				out = append(out, problem{got: got, at: c.at(r, e)})
			}
		}
	}
	return out
}

func certainly(n *infer.Node) string {
	if !n.Args[1].Values.IsZero() {
		return ""
	}
	return "the divisor " + shorten(n.Args[1].Expr.String(), 60) + " is always 0"
}

func withinAggregation(n *infer.Node) string {
	divisor := n.Args[1]
	if divisor.Scalar || !divisor.Values.HasZero() || divisor.Values.IsZero() {
		return ""
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if _, compared := filters(up); compared { // what is not a number does not pass, but for Inf
			return ""
		}
		if a, ok := up.Expr.(*parser.AggregateExpr); ok {
			switch a.Op {
			case parser.SUM, parser.AVG, parser.STDDEV, parser.STDVAR:
				return a.Op.String() + "() of a division by " + shorten(divisor.Expr.String(), 60)
			}
			return ""
		}
	}
	return ""
}

// comparisonInside finds alerts that compare within a sum or an average and nowhere behind it.
func comparisonInside(c *checker, _ *Group, r *Rule) []problem {
	if r.Alert == "" {
		return nil
	}
	var out []problem
	for _, n := range c.parts(r) {
		e, ok := filters(n)
		if !ok || e.Op == parser.EQLC || e.Op == parser.NEQ || n.Parent == nil {
			continue
		}
		if limit := n.Args[1]; limit.Values.IsZero() { // for what is never negative, the sum passes where a part does
			continue
		}
		a, ok := n.Parent.Expr.(*parser.AggregateExpr)
		if ok && (a.Op == parser.SUM || a.Op == parser.AVG || a.Op == parser.MIN && (e.Op == parser.GTR || e.Op == parser.GTE)) && !comparedAbove(n.Parent) {
			out = append(out, problem{got: shorten(n.Parent.Expr.String(), 80), at: c.at(r, a)})
		}
	}
	return out
}

// comparedAbove reports whether something behind a part chooses among its series.
func comparedAbove(n *infer.Node) bool {
	for up := n.Parent; up != nil; up = up.Parent {
		e, ok := up.Expr.(*parser.BinaryExpr)
		if ok && (e.Op.IsComparisonOperator() || e.Op.IsSetOperator() && e.Op != parser.LOR) {
			return true
		}
	}
	return false
}

// ofCounters are the functions that take resets of counters into account.
var ofCounters = map[string]bool{"rate": true, "irate": true, "increase": true}

func rateOfAggregate(c *checker, _ *Group, r *Rule) []problem {
	var out []problem
	for _, n := range c.parts(r) {
		call, ok := n.Expr.(*parser.Call)
		if !ok || !ofCounters[call.Func.Name] {
			continue
		}
		if sub, ok := n.Args[0].Expr.(*parser.SubqueryExpr); ok {
			if a, ok := n.Args[0].Args[0].Expr.(*parser.AggregateExpr); ok && (a.Op == parser.SUM || a.Op == parser.AVG) {
				out = append(out, problem{got: shorten(sub.String(), 80), at: c.at(r, call)})
			}
		}
	}
	return out
}
