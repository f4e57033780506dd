package ruletest

import (
	"fmt"
	"slices"
	"sync"

	"github.com/prometheus/prometheus/promql/parser"
)

// memo is a parser that knows the expressions of rules. The engine takes text only and parses it at each evaluation, which
// would be a third of all work; the memo hands out copies of what was parsed once.
type memo struct {
	parser.Parser
	known sync.Map // text -> parser.Expr, never changed
}

// learn parses an expression that will be asked for often.
func (m *memo) learn(text string) {
	if expr, err := m.Parser.ParseExpr(text); err == nil {
		m.known.Store(text, expr)
	}
}

// ParseExpr returns a tree that the caller may change, as the engine does.
func (m *memo) ParseExpr(text string) (parser.Expr, error) {
	if known, ok := m.known.Load(text); ok {
		if expr, ok := copyOf(known.(parser.Expr)); ok {
			return expr, nil
		}
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("the expression is longer than %d bytes", maxText)
	}
	return m.Parser.ParseExpr(text)
}

// copyOf copies a tree with everything in it that may change. It is false for a node of a kind that is not known here.
func copyOf(expr parser.Expr) (out parser.Expr, ok bool) {
	switch n := expr.(type) {
	case nil:
		return nil, true
	case *parser.VectorSelector:
		return copySelector(n)
	case *parser.MatrixSelector:
		c := *n
		c.VectorSelector, ok = copyOf(n.VectorSelector)
		return &c, ok && n.RangeExpr == nil
	case *parser.SubqueryExpr:
		c := *n
		c.Timestamp = copyInt(n.Timestamp)
		c.Expr, ok = copyOf(n.Expr)
		return &c, ok && n.RangeExpr == nil && n.StepExpr == nil && n.OriginalOffsetExpr == nil
	case *parser.AggregateExpr:
		return copyAggregate(n)
	case *parser.BinaryExpr:
		return copyBinary(n)
	case *parser.Call:
		c := *n
		c.Args = make(parser.Expressions, len(n.Args))
		for i := range n.Args {
			if c.Args[i], ok = copyOf(n.Args[i]); !ok {
				return nil, false
			}
		}
		return &c, true
	case *parser.ParenExpr:
		c := *n
		c.Expr, ok = copyOf(n.Expr)
		return &c, ok
	case *parser.UnaryExpr:
		c := *n
		c.Expr, ok = copyOf(n.Expr)
		return &c, ok
	case *parser.NumberLiteral:
		c := *n
		return &c, true
	case *parser.StringLiteral:
		c := *n
		return &c, true
	}
	return nil, false
}

// copySelector shares the matchers, which are costly to make and do not change.
func copySelector(n *parser.VectorSelector) (parser.Expr, bool) {
	c := *n
	c.Timestamp = copyInt(n.Timestamp)
	c.LabelMatchers = slices.Clone(n.LabelMatchers)
	return &c, n.OriginalOffsetExpr == nil && n.UnexpandedSeriesSet == nil && n.Series == nil
}

func copyAggregate(n *parser.AggregateExpr) (out parser.Expr, ok bool) {
	c := *n
	c.Grouping = slices.Clone(n.Grouping) // the engine sorts it
	if c.Expr, ok = copyOf(n.Expr); ok {
		c.Param, ok = copyOf(n.Param)
	}
	return &c, ok
}

func copyBinary(n *parser.BinaryExpr) (out parser.Expr, ok bool) {
	c := *n
	if m := n.VectorMatching; m != nil {
		v := *m
		v.MatchingLabels, v.Include = slices.Clone(m.MatchingLabels), slices.Clone(m.Include)
		c.VectorMatching = &v
		ok = m.FillValues == parser.VectorMatchFillValues{}
		if !ok {
			return nil, false
		}
	}
	if c.LHS, ok = copyOf(n.LHS); ok {
		c.RHS, ok = copyOf(n.RHS)
	}
	return &c, ok
}

func copyInt(p *int64) *int64 {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
