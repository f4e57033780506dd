package promrules

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// Thresholds are the comparisons of an expression with a number, like `rate(errors_total[5m]) > 0.1`; none where it does not parse.
func Thresholds(expr string) (all []string) {
	tree, err := Bounded(parser.NewParser(parser.Options{})).ParseExpr(expr)
	if err != nil {
		return nil
	}
	parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
		if b, ok := n.(*parser.BinaryExpr); ok && b.Op.IsComparisonOperator() && (isNumber(b.LHS) || isNumber(b.RHS)) {
			all = append(all, strings.Join(strings.Fields(b.String()), " "))
		}
		return nil
	})
	return all
}

// isNumber reports whether an expression is a number, be it in parentheses or with a sign.
func isNumber(e parser.Expr) bool {
	switch e := e.(type) {
	case *parser.NumberLiteral:
		return true
	case *parser.ParenExpr:
		return isNumber(e.Expr)
	case *parser.UnaryExpr:
		return isNumber(e.Expr)
	case *parser.BinaryExpr:
		return isNumber(e.LHS) && isNumber(e.RHS)
	}
	return false
}
