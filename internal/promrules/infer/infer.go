// Package infer derives from a PromQL expression, without any data, what is known of its result: the labels that its series can have,
// with the part of the expression that decided, and the range of their values.
package infer

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// Node is a part of an expression with what is known of its result. Brackets are no parts.
type Node struct {
	Expr   parser.Expr
	Parent *Node // nil for the whole expression
	Args   []*Node
	Labels Set
	Values Range
	Scalar bool   // the result is a number or a text, not a vector
	Clash  *Clash // why the two sides of this operator never match; nil where they may

	shape uint64 // equal for parts that read the same
}

// Tree is an expression with what is known of each part. Parts come before those that they belong to; the last is the whole.
type Tree []*Node

// Trace looks at each part of an expression once.
func Trace(expr parser.Expr) Tree {
	var t Tree
	t.add(expr)
	return t
}

// Root is the whole expression.
func (t Tree) Root() *Node { return t[len(t)-1] }

// Same reports whether two parts of one expression read the same, and so have the same result.
func (n *Node) Same(m *Node) bool { return n.shape == m.shape }

func unwrap(e parser.Expr) parser.Expr {
	for {
		switch x := e.(type) {
		case *parser.ParenExpr:
			e = x.Expr
		case *parser.StepInvariantExpr:
			e = x.Expr
		default:
			return e
		}
	}
}

// add appends an expression behind its parts.
func (t *Tree) add(expr parser.Expr) *Node {
	n := &Node{Expr: unwrap(expr), Values: anything}
	for _, arg := range operands(n.Expr) {
		a := t.add(arg)
		a.Parent = n
		n.Args = append(n.Args, a)
	}
	n.look()
	n.shape = n.hash()
	*t = append(*t, n)
	return n
}

// operands are the expressions that one is made of, without the parameter of an aggregation.
func operands(e parser.Expr) []parser.Expr {
	switch e := e.(type) {
	case *parser.UnaryExpr:
		return []parser.Expr{e.Expr}
	case *parser.SubqueryExpr:
		return []parser.Expr{e.Expr}
	case *parser.MatrixSelector:
		return []parser.Expr{e.VectorSelector}
	case *parser.AggregateExpr:
		if e.Param != nil {
			return []parser.Expr{e.Expr, e.Param}
		}
		return []parser.Expr{e.Expr}
	case *parser.BinaryExpr:
		return []parser.Expr{e.LHS, e.RHS}
	case *parser.Call:
		return e.Args
	}
	return nil
}

// look derives what is known of a part from what is known of its own parts.
func (n *Node) look() {
	switch e := n.Expr.(type) {
	case *parser.NumberLiteral:
		n.Scalar, n.Labels, n.Values = true, none(e), point(e.Val)
	case *parser.StringLiteral:
		n.Scalar, n.Labels = true, none(e)
	case *parser.VectorSelector:
		n.Labels = ofSelector(e)
	case *parser.MatrixSelector:
		n.Labels = n.Args[0].Labels
	case *parser.SubqueryExpr:
		n.Labels, n.Values = n.Args[0].Labels, n.Args[0].Values
	case *parser.UnaryExpr:
		n.Scalar, n.Labels, n.Values = n.Args[0].Scalar, n.Args[0].Labels, n.Args[0].Values
		if e.Op == parser.SUB {
			n.Values = negated(n.Values)
		}
	case *parser.AggregateExpr:
		n.Labels, n.Values = aggregated(e, n.Args[0].Labels), aggregate(e.Op, n.Args[0].Values)
	case *parser.BinaryExpr:
		n.combine(e)
	case *parser.Call:
		n.Scalar = e.Func.ReturnType == parser.ValueTypeScalar
		n.Labels, n.Values = n.returned(e), called(n)
	}
}

// Selects reports whether an aggregation passes some of its series on with all their labels.
func Selects(op parser.ItemType) bool {
	return op == parser.TOPK || op == parser.BOTTOMK || op == parser.LIMITK || op == parser.LIMIT_RATIO
}

func aggregated(e *parser.AggregateExpr, of Set) Set {
	switch {
	case Selects(e.Op):
		return of
	case e.Without:
		of = of.drop(e.Grouping, e)
	default:
		of = of.keep(e.Grouping, e)
	}
	if name, ok := unwrap(e.Param).(*parser.StringLiteral); ok && e.Op == parser.COUNT_VALUES {
		of = of.with(name.Val, Label{Presence: Always, By: e})
	}
	return of
}

// combine derives the result of a binary operator.
func (n *Node) combine(e *parser.BinaryExpr) {
	left, right := n.Args[0], n.Args[1]
	n.Scalar = left.Scalar && right.Scalar
	n.Values = n.combined(e)
	switch {
	case left.Scalar:
		n.Labels = right.Labels
		return
	case right.Scalar:
		n.Labels = left.Labels
		return
	case e.Op == parser.LOR:
		n.Labels = merge(left.Labels, right.Labels, either)
		return
	case e.VectorMatching == nil:
		n.Labels = left.Labels
		return
	}
	m := e.VectorMatching
	if c, found := clashes(left.Labels, right.Labels, m); found && m.FillValues.LHS == nil && m.FillValues.RHS == nil {
		n.Clash = &c
	}
	switch {
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		n.Labels = left.Labels
	case m.Card == parser.CardManyToOne:
		n.Labels = included(left.Labels, right.Labels, m)
	case m.Card == parser.CardOneToMany:
		n.Labels = included(right.Labels, left.Labels, m)
	case n.Clash != nil || m.FillValues.LHS != nil || m.FillValues.RHS != nil:
		n.Labels = Set{} // nothing comes of it, or series of one side alone
	default:
		n.Labels = matched(left.Labels, right.Labels, m, e)
	}
}

// combined is the range of a binary operator. A comparison lets through values of its vector, of the left one where both are.
func (n *Node) combined(e *parser.BinaryExpr) Range {
	left, right := n.Args[0].Values, n.Args[1].Values
	switch {
	case e.ReturnBool:
		return between(0, 1)
	case e.Op.IsComparisonOperator() && n.Args[0].Scalar:
		return compared(right, mirrored(e.Op), left)
	case e.Op.IsComparisonOperator():
		return compared(left, e.Op, right)
	case e.Op == parser.LAND && n.Args[0].kept().Same(n.Args[1].kept()) && e.VectorMatching != nil && !e.VectorMatching.On && len(e.VectorMatching.MatchingLabels) == 0:
		return intersect(left, right) // each series matches itself
	case e.Op == parser.LAND || e.Op == parser.LUNLESS:
		return left
	case e.Op == parser.LOR:
		return hull(left, right)
	}
	return arithmetic(left, e.Op, right)
}

// kept is the part whose series a chain of comparisons with numbers filters.
func (n *Node) kept() *Node {
	for {
		e, ok := n.Expr.(*parser.BinaryExpr)
		switch {
		case !ok || !e.Op.IsComparisonOperator() || e.ReturnBool:
			return n
		case n.Args[1].Scalar:
			n = n.Args[0]
		case n.Args[0].Scalar:
			n = n.Args[1]
		default:
			return n
		}
	}
}

// returned are the labels of a function's result.
func (n *Node) returned(e *parser.Call) Set {
	text := func(i int) (string, bool) {
		s, ok := unwrap(e.Args[i]).(*parser.StringLiteral)
		if !ok {
			return "", false
		}
		return s.Val, true
	}
	switch e.Func.Name {
	case "absent", "absent_over_time":
		return ofAbsent(e)
	case "info":
		return Set{}
	case "label_replace", "label_join":
		dst, known := text(1)
		if !known {
			return Set{}
		}
		l := Label{}
		value, _ := text(2)
		if pattern, _ := text(len(e.Args) - 1); e.Func.Name == "label_replace" && value != "" && !strings.Contains(value, "$") && matchesAll[pattern] {
			l = Label{Always, value, e}
		}
		return n.Args[0].Labels.with(dst, l)
	case "histogram_quantile":
		return n.Args[1].Labels.drop([]string{"le"}, e)
	case "histogram_quantiles":
		if name, known := text(1); known {
			return n.Args[0].Labels.drop([]string{"le"}, e).with(name, Label{Presence: Always, By: e})
		}
		return Set{}
	}
	for i, arg := range n.Args {
		if !arg.Scalar {
			return n.Args[i].Labels
		}
	}
	return none(e)
}

// matchesAll are the usual patterns of label_replace that match every value.
var matchesAll = map[string]bool{".*": true, "(.*)": true}

// duration is a duration that is computed, as a text.
func duration(e *parser.DurationExpr) string {
	if e == nil {
		return ""
	}
	return e.String()
}

// hash is equal for parts that read the same. It looks at the part itself and at the hashes of its own parts.
func (n *Node) hash() uint64 {
	h := fnv.New64a()
	write := func(texts ...string) {
		for _, s := range texts {
			_, _ = h.Write([]byte(s + "\x00"))
		}
	}
	switch e := n.Expr.(type) {
	case *parser.NumberLiteral, *parser.StringLiteral, *parser.VectorSelector:
		write(e.String())
	case *parser.MatrixSelector:
		write("[]", e.Range.String(), duration(e.RangeExpr))
	case *parser.SubqueryExpr:
		write("[:]", e.Range.String(), e.Step.String(), e.OriginalOffset.String(), strconv.Itoa(int(e.StartOrEnd)),
			duration(e.RangeExpr), duration(e.StepExpr), duration(e.OriginalOffsetExpr))
		if e.Timestamp != nil {
			write(strconv.FormatInt(*e.Timestamp, 10))
		}
	case *parser.UnaryExpr:
		write("unary", e.Op.String())
	case *parser.AggregateExpr:
		write(e.Op.String(), strconv.FormatBool(e.Without))
		write(slices.Sorted(slices.Values(e.Grouping))...)
	case *parser.BinaryExpr:
		write(e.Op.String(), strconv.FormatBool(e.ReturnBool))
		if m := e.VectorMatching; m != nil {
			write(m.Card.String(), strconv.FormatBool(m.On))
			write(m.MatchingLabels...)
			write("include")
			write(m.Include...)
			for _, fill := range []*float64{m.FillValues.LHS, m.FillValues.RHS} {
				if write("fill"); fill != nil {
					write(strconv.FormatFloat(*fill, 'g', -1, 64))
				}
			}
		}
	case *parser.Call:
		write("call", e.Func.Name)
	}
	for _, a := range n.Args {
		write(strconv.FormatUint(a.shape, 16))
	}
	return h.Sum64()
}
