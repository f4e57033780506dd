package promrules

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"
)

// MaxNesting bounds the operators and brackets of one expression. The parser of Prometheus asks each of them for the type of
// all below it, so that its work grows with the square of their number; real expressions have some dozens.
const MaxNesting = 2_000

// Bounded is a parser that refuses expressions with more operators and brackets than MaxNesting, before it parses them.
func Bounded(p parser.Parser) parser.Parser { return bounded{p} }

type bounded struct{ parser.Parser }

func (b bounded) ParseExpr(text string) (parser.Expr, error) {
	if n := nesting(text); n > MaxNesting {
		return nil, fmt.Errorf("the expression has %d operators and brackets; more than %d are not read", n, MaxNesting)
	}
	return b.Parser.ParseExpr(text)
}

// nesting counts what can make an expression deep. A short one need not be read for it.
func nesting(text string) int {
	if len(text) <= MaxNesting {
		return 0
	}
	lexer, item, n := parser.Lex(text), parser.Item{}, 0
	for {
		lexer.NextItem(&item)
		switch {
		case item.Typ == parser.EOF || item.Typ == parser.ERROR:
			return n
		case item.Typ.IsOperator() || item.Typ == parser.LEFT_PAREN || item.Typ == parser.LEFT_BRACKET:
			n++
		}
	}
}
