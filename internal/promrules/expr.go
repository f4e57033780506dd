package promrules

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/pkg/report"
)

// expressions parses each distinct expression once: rule sets repeat them, and parsing is the dear part of a check.
type expressions struct {
	parser.Parser
	mu   sync.Mutex
	seen map[string]parsed
}

type parsed struct {
	expr parser.Expr
	err  error
}

func newExpressions() *expressions {
	return &expressions{Parser: Bounded(parser.NewParser(parser.Options{})), seen: map[string]parsed{}}
}

// ParseExpr is the parser's own, remembered. The trees are shared: nobody changes them.
func (e *expressions) ParseExpr(text string) (parser.Expr, error) {
	e.mu.Lock()
	p, ok := e.seen[text]
	e.mu.Unlock()
	if ok {
		return p.expr, p.err
	}
	p.expr, p.err = e.Parser.ParseExpr(text)
	e.mu.Lock()
	e.seen[text] = p
	e.mu.Unlock()
	return p.expr, p.err
}

// SameExpr reports whether two expressions have one meaning as far as layout goes: texts that parse to one tree.
// Expressions that do not parse compare by their words.
func SameExpr(a, b string) bool {
	if a == b {
		return true
	}
	p := Bounded(parser.NewParser(parser.Options{EnableExperimentalFunctions: true}))
	x, errX := p.ParseExpr(a)
	y, errY := p.ParseExpr(b)
	if errX != nil || errY != nil {
		return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
	}
	return x.String() == y.String()
}

// exprProblem says what is wrong with an expression, at the place inside it where that can be told.
func (c *checker) exprProblem(r *Rule, err error) problem {
	at := r.expr.place(c.file.Name)
	var list parser.ParseErrors
	if !errors.As(err, &list) || len(list) == 0 {
		return problem{got: "could not parse expression: " + err.Error(), at: &at}
	}
	first := list[0]
	at = c.inside(r, int(first.PositionRange.Start))
	return problem{got: "could not parse expression: " + first.Err.Error(), at: &at}
}

// inside is the place of a byte of an expression that is written on one line or as a literal block. Quoted and folded texts are
// not followed: there the expression's own place is given.
func (c *checker) inside(r *Rule, off int) report.Place {
	at := r.expr.place(c.file.Name)
	before := r.Expr[:min(max(off, 0), len(r.Expr))]
	written, below, _ := strings.Cut(r.expr.node.Written(), "\n")
	switch {
	case strings.HasPrefix(written, r.Expr):
		at.Column += utf8.RuneCountInString(before)
	case strings.HasPrefix(written, "|"):
		at.Line += 1 + strings.Count(before, "\n")
		indent := len(below) - len(strings.TrimLeft(below, " "))
		at.Column = 1 + indent + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	}
	return at
}

// lineOf is a line of a text, counted from 1, without its break.
func lineOf(src []byte, n int) []byte {
	for range n - 1 {
		_, src, _ = bytes.Cut(src, []byte("\n"))
	}
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}
