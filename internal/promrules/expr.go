package promrules

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules/infer"
	"github.com/romel/govctl/pkg/report"
)

// expressions parses each distinct expression once: rule sets repeat them, and parsing is the dear part of a check.
type expressions struct {
	parser.Parser
	mu   sync.Mutex
	seen map[string]parsed
}

type parsed struct {
	expr  parser.Expr
	err   error
	parts func() infer.Tree // what is known of each part of the expression
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
	p.parts = sync.OnceValue(func() infer.Tree { return infer.Trace(p.expr) })
	e.mu.Lock()
	e.seen[text] = p
	e.mu.Unlock()
	return p.expr, p.err
}

// parts are the parts of an expression; none where it does not parse. They are shared like the trees.
func (e *expressions) parts(text string) infer.Tree {
	if _, err := e.ParseExpr(text); err != nil {
		return nil
	}
	e.mu.Lock()
	p := e.seen[text]
	e.mu.Unlock()
	return p.parts()
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
	p := problem{got: "could not parse expression: " + first.Err.Error(), at: &at}
	if looksLikeLogQL(r.Expr) {
		p.hint = "this looks like LogQL: " + setDialect(Loki)
	}
	return p
}

// inside is the place of a byte of an expression that is written on one line or as a literal block. Quoted and folded texts are
// not followed: there the expression's own place is given.
func (c *checker) inside(r *Rule, off int) report.Place {
	at := r.expr.place(c.file.Name)
	if c.ruler == nil || c.ruler.rule != r {
		c.ruler = newRuler(r)
	}
	line, column := c.ruler.measure(min(max(off, 0), len(r.Expr)))
	switch c.ruler.style {
	case oneLine:
		at.Column += column
	case literalBlock:
		at.Line += 1 + line
		at.Column = 1 + c.ruler.indent + column
	}
	return at
}

// style is how an expression is written in its file.
type style int

const (
	quoted style = iota
	oneLine
	literalBlock
)

// ruler finds lines and columns in the expression of one rule. An expression can have thousands of findings, so that it does not
// count from the beginning each time.
type ruler struct {
	rule   *Rule
	style  style
	indent int
	lines  []int // offsets at which lines begin
	runes  []int // before each multiple of rulerStep bytes
}

const rulerStep = 1 << 10

func newRuler(r *Rule) *ruler {
	out := &ruler{rule: r, lines: []int{0}}
	written, below, _ := strings.Cut(r.expr.node.Written(), "\n")
	switch {
	case strings.HasPrefix(written, r.Expr):
		out.style = oneLine
	case strings.HasPrefix(written, "|"):
		out.style, out.indent = literalBlock, len(below)-len(strings.TrimLeft(below, " "))
	}
	n := 0
	for i := range len(r.Expr) {
		if i%rulerStep == 0 {
			out.runes = append(out.runes, n)
		}
		if utf8.RuneStart(r.Expr[i]) {
			n++
		}
		if r.Expr[i] == '\n' {
			out.lines = append(out.lines, i+1)
		}
	}
	out.runes = append(out.runes, n)
	return out
}

// measure is the line of an offset, and how many characters stand before it in that line.
func (u *ruler) measure(off int) (line, column int) {
	line, found := slices.BinarySearch(u.lines, off)
	if !found {
		line--
	}
	return line, u.before(off) - u.before(u.lines[line])
}

func (u *ruler) before(off int) int {
	n := u.runes[off/rulerStep]
	for i := off - off%rulerStep; i < off; i++ {
		if utf8.RuneStart(u.rule.Expr[i]) {
			n++
		}
	}
	return n
}

// lineOf is a line of a text, counted from 1, without its break.
func lineOf(src []byte, n int) []byte {
	for range n - 1 {
		_, src, _ = bytes.Cut(src, []byte("\n"))
	}
	line, _, _ := bytes.Cut(src, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}
