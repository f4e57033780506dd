package promrules

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// labelSet is what is known of the labels of a result: exactly these, or any.
type labelSet struct {
	names map[string]bool
	any   bool

	scalar bool // the result is a scalar: asking each node for its type would go over all below it again
}

var anyLabels = labelSet{any: true}

func exactly(names ...string) labelSet {
	s := labelSet{names: map[string]bool{}}
	for _, n := range names {
		s.names[n] = true
	}
	return s
}

func (s labelSet) with(names ...string) labelSet {
	if s.any {
		return s
	}
	out := labelSet{names: maps.Clone(s.names)}
	for _, n := range names {
		out.names[n] = true
	}
	return out
}

func (s labelSet) without(names ...string) labelSet {
	if s.any {
		return s
	}
	out := labelSet{names: maps.Clone(s.names)}
	for _, n := range names {
		delete(out.names, n)
	}
	return out
}

// resultLabels are the labels that the series of an expression can have.
func resultLabels(expr parser.Expr) labelSet {
	switch e := expr.(type) {
	case *parser.ParenExpr:
		return resultLabels(e.Expr)
	case *parser.UnaryExpr:
		return resultLabels(e.Expr)
	case *parser.StepInvariantExpr:
		return resultLabels(e.Expr)
	case *parser.SubqueryExpr:
		inner := resultLabels(e.Expr)
		inner.scalar = false
		return inner
	case *parser.NumberLiteral:
		return labelSet{scalar: true}
	case *parser.StringLiteral:
		return exactly()
	case *parser.AggregateExpr:
		return aggregated(e)
	case *parser.BinaryExpr:
		return combined(e)
	case *parser.Call:
		s := called(e)
		s.scalar = e.Func.ReturnType == parser.ValueTypeScalar
		return s
	}
	return anyLabels
}

func aggregated(e *parser.AggregateExpr) labelSet {
	inner := resultLabels(e.Expr)
	inner.scalar = false
	switch {
	case e.Op == parser.TOPK, e.Op == parser.BOTTOMK, e.Op == parser.LIMITK, e.Op == parser.LIMIT_RATIO:
		return inner
	case e.Without:
		inner = inner.without(e.Grouping...)
	case inner.any:
		inner = exactly(e.Grouping...)
	default:
		kept := exactly()
		for _, n := range e.Grouping {
			if inner.names[n] {
				kept.names[n] = true
			}
		}
		inner = kept
	}
	if param, ok := e.Param.(*parser.StringLiteral); ok && e.Op == parser.COUNT_VALUES {
		return inner.with(param.Val)
	}
	return inner
}

func combined(e *parser.BinaryExpr) labelSet {
	left, right := resultLabels(e.LHS), resultLabels(e.RHS)
	switch {
	case left.scalar:
		return right
	case right.scalar:
		return left
	case e.Op == parser.LAND, e.Op == parser.LUNLESS:
		return left
	case e.Op == parser.LOR:
		if left.any || right.any {
			return anyLabels
		}
		return left.with(slices.Collect(maps.Keys(right.names))...)
	case e.VectorMatching == nil:
		return left
	}
	switch m := e.VectorMatching; m.Card {
	case parser.CardManyToOne:
		return left.with(m.Include...)
	case parser.CardOneToMany:
		return right.with(m.Include...)
	default:
		if m.On && !left.any {
			kept := exactly()
			for _, n := range m.MatchingLabels {
				if left.names[n] {
					kept.names[n] = true
				}
			}
			return kept
		}
		if m.On {
			return exactly(m.MatchingLabels...)
		}
		return left.without(m.MatchingLabels...)
	}
}

func called(e *parser.Call) labelSet {
	switch e.Func.Name {
	case "vector", "scalar", "time", "pi":
		return exactly()
	case "absent", "absent_over_time":
		return absentLabels(e.Args[0])
	case "label_replace", "label_join":
		inner := resultLabels(e.Args[0])
		if dst, ok := e.Args[1].(*parser.StringLiteral); ok {
			return inner.with(dst.Val)
		}
		return anyLabels
	case "histogram_quantile":
		return resultLabels(e.Args[1]).without("le")
	case "info":
		return anyLabels
	}
	for _, arg := range e.Args {
		if t := arg.Type(); t == parser.ValueTypeVector || t == parser.ValueTypeMatrix {
			return resultLabels(arg)
		}
	}
	return exactly()
}

// absentLabels are those that absent() takes from the equalities of its selector.
func absentLabels(arg parser.Expr) labelSet {
	out := exactly()
	var matchers []*labels.Matcher
	switch e := arg.(type) {
	case *parser.ParenExpr:
		return absentLabels(e.Expr)
	case *parser.VectorSelector:
		matchers = e.LabelMatchers
	case *parser.MatrixSelector:
		return absentLabels(e.VectorSelector)
	}
	for _, m := range matchers {
		if m.Type == labels.MatchEqual && m.Name != model.MetricNameLabel {
			out.names[m.Name] = true
		}
	}
	return out
}

// labelsAggregatedAway finds labels in templates that the result of the expression cannot have.
func labelsAggregatedAway(c *checker, _ *Group, r *Rule) []problem {
	expr := c.tree(r)
	if r.Alert == "" || expr == nil {
		return nil
	}
	var have labelSet
	asked := false
	var out []problem
	texts := []struct {
		kind string
		of   map[string]string
	}{{"annotation", r.Annotations}, {"label", r.Labels}}
	for _, t := range texts {
		for _, key := range slices.Sorted(maps.Keys(t.of)) {
			if !strings.Contains(t.of[key], "abels") {
				continue
			}
			for _, name := range templateLabels(t.of[key]) {
				if !asked {
					have, asked = resultLabels(expr), true
				}
				if !have.any && !have.names[name] {
					at := r.textPlace(c.file.Name, t.kind, key)
					out = append(out, problem{got: t.kind + " " + key + " names " + name, at: &at})
				}
			}
		}
	}
	return out
}
