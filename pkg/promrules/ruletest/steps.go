package ruletest

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// stepLimit is a parser that refuses subqueries with more steps than a test may have evaluations: the engine takes memory for
// each step before it looks at a single sample. It serves one engine, whose queries run one after the other.
type stepLimit struct {
	parser.Parser
	interval  time.Duration // of a subquery that names none
	evaluated map[string]error
}

// ParseExpr returns the tree of an expression that may be evaluated.
func (l *stepLimit) ParseExpr(text string) (parser.Expr, error) {
	expr, err := l.Parser.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	excess, known := l.evaluated[text]
	if !known {
		excess = l.excess(expr)
		l.evaluated[text] = excess
	}
	if excess != nil {
		return nil, excess
	}
	return expr, nil
}

// maxGrowth bounds how many times as long as before the calls of label_replace and label_join in each other can make a label.
const maxGrowth = 100

// growth is how many times as long as its arguments' the labels of a call may be.
func growth(call *parser.Call) int {
	switch n := len(call.Args); {
	case call.Func.Name == "label_join":
		return max(1, n-3)
	case call.Func.Name == "label_replace" && n == 5:
		if s, ok := call.Args[2].(*parser.StringLiteral); ok {
			return max(1, strings.Count(s.Val, "$"))
		}
	}
	return 1
}

// excess is the error of the first call that makes labels too long, or of the first subquery with too many steps. A subquery inside others is evaluated over the ranges of all of them.
func (l *stepLimit) excess(expr parser.Expr) (err error) {
	parser.Inspect(expr, func(node parser.Node, above []parser.Node) error {
		if call, ok := node.(*parser.Call); ok && err == nil {
			times := growth(call)
			for _, n := range above {
				if outer, ok := n.(*parser.Call); ok && times <= maxGrowth {
					times *= growth(outer)
				}
			}
			if times > maxGrowth {
				err = fmt.Errorf("%s may make labels more than %d times as long", call.Func.Name, maxGrowth)
			}
		}
		sub, ok := node.(*parser.SubqueryExpr)
		if !ok || err != nil {
			return err
		}
		span := sub.Range.Seconds() // as a float, since a sum of centuries has no room in a duration
		for _, n := range above {
			if outer, ok := n.(*parser.SubqueryExpr); ok {
				span += outer.Range.Seconds()
			}
		}
		if step := cmp.Or(sub.Step, l.interval); span/step.Seconds() >= maxSteps {
			err = fmt.Errorf("the subquery %s asks for more than %d steps", sub, maxSteps)
		}
		return err
	})
	return err
}
