package ruletest

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// In Prometheus 2, ranges and the lookback include the sample exactly at their start, and the dot of a regular expression does not match
// a line break. Timestamps are whole milliseconds, so a window that begins one millisecond earlier has exactly the samples that it has in
// Prometheus 2. But rate, increase and delta then extrapolate to a range that is a millisecond longer, and the engine has no option
// against that: results are right up to a known error, which is enough for a hint and not for a mode of its own.
const earlier = time.Millisecond

// lookback is that of Prometheus where nothing else is configured.
const lookback = 5 * time.Minute

// inclusive is a parser whose expressions select what they select in Prometheus 2.
type inclusive struct {
	parser.Parser
	slack *float64 // the largest relative error of a result
}

// extrapolating are the functions whose results depend on the length of the range.
var extrapolating = []string{"rate", "increase", "delta"}

// ParseExpr returns a tree with wider ranges.
func (p inclusive) ParseExpr(text string) (parser.Expr, error) {
	expr, err := p.Parser.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	parser.Inspect(expr, func(node parser.Node, above []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			p.widen(&n.Range, above)
		case *parser.SubqueryExpr:
			p.widen(&n.Range, above)
		case *parser.VectorSelector:
			for i, m := range n.LabelMatchers {
				n.LabelMatchers[i] = withinLine(m)
			}
		case *parser.Call:
			if s, ok := lastOf(n.Args).(*parser.StringLiteral); ok && n.Func.Name == "label_replace" {
				s.Val = "(?-s:" + s.Val + ")"
			}
		}
		return nil
	})
	return expr, nil
}

// widen makes a range begin earlier.
func (p inclusive) widen(r *time.Duration, above []parser.Node) {
	if call, ok := lastOf(above).(*parser.Call); ok && slices.Contains(extrapolating, call.Func.Name) {
		const safety = 1.5 // against rounding, and sums of results
		*p.slack = max(*p.slack, safety*earlier.Seconds()/r.Seconds())
	}
	*r += earlier
}

// withinLine is a matcher whose dots do not match line breaks.
func withinLine(m *labels.Matcher) *labels.Matcher {
	if m.Type != labels.MatchRegexp && m.Type != labels.MatchNotRegexp || !strings.Contains(m.Value, ".") {
		return m
	}
	out, err := labels.NewMatcher(m.Type, m.Name, "(?-s:"+m.Value+")")
	if err != nil {
		return m
	}
	return out
}

// hintPrometheus2 is the hint of a failure that does not happen with the semantics of Prometheus 2.
const hintPrometheus2 = "passes with the semantics of Prometheus 2, where ranges and the lookback include a sample exactly at their start and the dot of " +
	"a regular expression does not match a line break; for Prometheus 3, make the range longer or correct what is expected"

// explainFailures repeats the failed tests of a file with the semantics of Prometheus 2, and the failures that are then gone get a hint. It
// spends what the tests left of the budget of the file, so that no verdict depends on it.
func (r *runner) explainFailures(ctx context.Context, f *testFile, left *budget, out *File) {
	if !out.Failed() || left.spent() {
		return
	}
	slack := new(float64)
	s := r.session(f, inclusive{r.parser, slack}, lookback+earlier, left)
	s.slack = slack
	defer s.close()
	for i := range out.Tests {
		failed := &out.Tests[i]
		if len(failed.Failures) == 0 || left.spent() {
			continue
		}
		again := &Test{}
		if _, complete := newTrial(f, failed.group, s, out.Rules, again).runWithin(ctx, &r.large); !complete || len(again.Problems) > 0 {
			continue
		}
		for j := range failed.Failures {
			one := &failed.Failures[j]
			rounded := one.off > 0 && one.off <= *slack // what is expected lacks digits
			if !rounded && !slices.ContainsFunc(again.Failures, one.sameCase) {
				one.Hint = hintPrometheus2
			}
		}
	}
}

// sameCase reports whether two failures are of one case, or of one rule at one time.
func (f *Failure) sameCase(o Failure) bool {
	return f.Place == o.Place && f.Subject == o.Subject && f.At == o.At
}

// farthest is the largest relative difference between two results that differ in their values alone; 0 where they differ in more.
func farthest(want, got []sample) float64 {
	most := 0.0
	for i := range want {
		if len(want) != len(got) || !labels.Equal(want[i].labels, got[i].labels) || want[i].histogram != got[i].histogram {
			return 0
		}
		if a, b := want[i].value, got[i].value; a != b {
			most = max(most, math.Abs(a-b)/max(math.Abs(a), math.Abs(b)))
		}
	}
	return most
}

// near reports whether two values are equal up to the error that results may have.
func (s session) near(a, b float64) bool {
	return s.slack != nil && math.Abs(a-b) <= *s.slack*max(math.Abs(a), math.Abs(b))
}

// lastOf is the last item of a list; the zero value where there is none.
func lastOf[T any](list []T) (last T) {
	if len(list) > 0 {
		last = list[len(list)-1]
	}
	return last
}
