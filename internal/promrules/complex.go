package promrules

import (
	"fmt"
	"regexp/syntax"
	"strings"

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
	if n := PatternSize(text); n > maxPatterns {
		return nil, fmt.Errorf("the patterns of the expression compile to some %d instructions; more than %d are not read", n, maxPatterns)
	}
	return b.Parser.ParseExpr(text)
}

// nesting counts what can make an expression deep. A short one need not be read for it.
func nesting(text string) int {
	if len(text) <= MaxNesting {
		return 0
	}
	return Operators(text)
}

// Operators is the number of operators, aggregations and brackets of an expression.
func Operators(text string) int {
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

// Bounds of the patterns of matchers, in instructions of the program that they compile to: of a fifth of a kilobyte each.
const (
	maxPatterns       = 100_000 // of one expression
	maxPatternsOfFile = 500_000
)

// PatternSize is the number of instructions that the patterns of an expression compile to, about. Only repetitions are counted:
// without them a program is no longer than its text.
func PatternSize(text string) int {
	if !strings.Contains(text, "~") || !strings.Contains(text, "{") {
		return 0
	}
	lexer, item, n, pattern := parser.Lex(text), parser.Item{}, 0, false
	for {
		lexer.NextItem(&item)
		switch item.Typ {
		case parser.EOF, parser.ERROR:
			return n
		case parser.EQL_REGEX, parser.NEQ_REGEX:
			pattern = true
			continue
		case parser.STRING:
			if pattern && strings.Contains(item.Val, "{") && len(item.Val) > 2 {
				if re, err := syntax.Parse(item.Val[1:len(item.Val)-1], syntax.Perl|syntax.DotNL); err == nil {
					n = min(n+programSize(re), 1<<30)
				}
			}
		}
		pattern = false
	}
}

// ProgramSize is the number of instructions that a pattern compiles to, about; 0 where it is not valid.
func ProgramSize(pattern string) int {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return programSize(re)
}

func programSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size = min(size+programSize(sub), 1<<30)
	}
	if re.Op == syntax.OpRepeat {
		size = min(size*max(re.Min, re.Max, 1), 1<<30)
	}
	return size
}
