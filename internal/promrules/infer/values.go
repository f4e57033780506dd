package infer

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

// Range is an interval that holds the values of a result; an open end is not part of it. NaN may come besides: no comparison but !=
// is true for it.
type Range struct {
	Lo, Hi         float64
	LoOpen, HiOpen bool
	NoZero         bool // 0 is not among the values although the interval holds it
}

var (
	anything    = between(math.Inf(-1), math.Inf(1))
	nonNegative = between(0, math.Inf(1))
)

func between(lo, hi float64) Range { return Range{Lo: lo, Hi: hi} }

func point(v float64) Range { return between(v, v) }

// Unbounded reports whether a limit of a range is none.
func Unbounded(limit float64) bool { return math.IsInf(limit, 0) }

// Empty reports whether no number is in the range.
func (r Range) Empty() bool { return r.Lo > r.Hi || r.Lo == r.Hi && (r.LoOpen || r.HiOpen) }

// HasZero reports whether 0 is among the values.
func (r Range) HasZero() bool {
	return !r.NoZero && !intersect(r, point(0)).Empty()
}

// IsZero reports whether 0 is the only value.
func (r Range) IsZero() bool { return r.Lo == 0 && r.Hi == 0 && r.HasZero() }

func intersect(a, b Range) Range {
	out := Range{Lo: max(a.Lo, b.Lo), Hi: min(a.Hi, b.Hi), NoZero: a.NoZero || b.NoZero}
	out.LoOpen = a.LoOpen && a.Lo == out.Lo || b.LoOpen && b.Lo == out.Lo
	out.HiOpen = a.HiOpen && a.Hi == out.Hi || b.HiOpen && b.Hi == out.Hi
	return out
}

// hull is the smallest interval around both.
func hull(a, b Range) Range {
	switch {
	case a.Empty():
		return b
	case b.Empty():
		return a
	}
	out := Range{Lo: min(a.Lo, b.Lo), Hi: max(a.Hi, b.Hi), NoZero: !a.HasZero() && !b.HasZero()}
	out.LoOpen = (a.LoOpen || a.Lo > out.Lo) && (b.LoOpen || b.Lo > out.Lo)
	out.HiOpen = (a.HiOpen || a.Hi < out.Hi) && (b.HiOpen || b.Hi < out.Hi)
	return out
}

// compared are the values of a that a comparison with some value of b lets through.
func compared(a Range, op parser.ItemType, b Range) Range {
	if b.Empty() {
		return b
	}
	bound := anything
	switch op {
	case parser.GTR:
		bound.Lo, bound.LoOpen = b.Lo, true
	case parser.GTE:
		bound.Lo, bound.LoOpen = b.Lo, b.LoOpen
	case parser.LSS:
		bound.Hi, bound.HiOpen = b.Hi, true
	case parser.LTE:
		bound.Hi, bound.HiOpen = b.Hi, b.HiOpen
	case parser.EQLC:
		bound = b
	case parser.NEQ:
		bound.NoZero = b.IsZero()
	}
	return intersect(a, bound)
}

// mirrored is the comparison with its sides exchanged.
func mirrored(op parser.ItemType) parser.ItemType {
	switch op {
	case parser.GTR:
		return parser.LSS
	case parser.GTE:
		return parser.LTE
	case parser.LSS:
		return parser.GTR
	case parser.LTE:
		return parser.GTE
	}
	return op
}

func negated(r Range) Range { return Range{-r.Hi, -r.Lo, r.HiOpen, r.LoOpen, r.NoZero} }

// arithmetic is the range of an operation on two ranges; anything where that cannot be said simply.
func arithmetic(a Range, op parser.ItemType, b Range) Range {
	switch {
	case a.Empty() || b.Empty():
		return anything
	case op == parser.SUB:
		b, op = negated(b), parser.ADD
	}
	constants := a.Lo == a.Hi && b.Lo == b.Hi
	positive := a.Lo >= 0 && b.Lo >= 0
	out := anything
	switch op {
	case parser.ADD:
		out = Range{Lo: a.Lo + b.Lo, Hi: a.Hi + b.Hi, LoOpen: a.LoOpen || b.LoOpen, HiOpen: a.HiOpen || b.HiOpen}
	case parser.MUL:
		if constants {
			out = point(a.Lo * b.Lo)
		} else if positive {
			out = nonNegative
			out.NoZero = !a.HasZero() && !b.HasZero()
		}
	case parser.DIV, parser.MOD, parser.POW:
		if constants && op == parser.DIV && b.Lo != 0 {
			out = point(a.Lo / b.Lo)
		} else if positive {
			out = nonNegative
		}
	}
	if math.IsNaN(out.Lo) || math.IsNaN(out.Hi) {
		return anything
	}
	return out
}

// aggregate is the range of an aggregation over values of a range.
func aggregate(op parser.ItemType, of Range) Range {
	switch op {
	case parser.GROUP:
		return point(1)
	case parser.COUNT, parser.COUNT_VALUES:
		return between(1, math.Inf(1))
	case parser.STDDEV, parser.STDVAR:
		return nonNegative
	case parser.SUM:
		switch {
		case of.Empty():
			return of
		case of.Lo == 0 && of.Hi == 0:
			return of
		case of.Lo >= 0:
			return Range{Lo: of.Lo, LoOpen: of.LoOpen, Hi: math.Inf(1), NoZero: of.NoZero}
		case of.Hi <= 0:
			return Range{Lo: math.Inf(-1), Hi: of.Hi, HiOpen: of.HiOpen, NoZero: of.NoZero}
		}
		return anything
	case parser.AVG:
		of.NoZero = !of.HasZero() && (of.Lo >= 0 || of.Hi <= 0) // the average of -1 and 1 is 0
	case parser.QUANTILE:
		return anything // it is infinite for a parameter outside 0..1
	}
	return of // min, max and selections
}

// ranges are those of functions that do not depend on their arguments.
var ranges = map[string]Range{
	"absent": point(1), "absent_over_time": point(1), "present_over_time": point(1),
	"count_over_time": between(1, math.Inf(1)), "changes": nonNegative, "resets": nonNegative,
	"rate": nonNegative, "irate": nonNegative, "increase": nonNegative,
	"stddev_over_time": nonNegative, "stdvar_over_time": nonNegative, "mad_over_time": nonNegative,
	"abs": nonNegative, "sqrt": nonNegative, "exp": nonNegative, "sgn": between(-1, 1), "histogram_fraction": between(0, 1),
	"hour": between(0, 23), "minute": between(0, 59), "month": between(1, 12), "day_of_week": between(0, 6),
	"day_of_month": between(1, 31), "day_of_year": between(1, 366), "days_in_month": between(28, 31),
	"sin": between(-1, 1), "cos": between(-1, 1), "pi": point(math.Pi), "time": nonNegative,
}

// unchanged are the functions whose values are some of their argument.
var unchanged = map[string]bool{
	"sort": true, "sort_desc": true, "sort_by_label": true, "sort_by_label_desc": true, "label_replace": true, "label_join": true,
	"min_over_time": true, "max_over_time": true, "last_over_time": true, "first_over_time": true, "avg_over_time": true,
	"vector": true, "scalar": true,
}

func called(n *Node) Range {
	name := n.Expr.(*parser.Call).Func.Name
	if r, ok := ranges[name]; ok {
		return r
	}
	arg := func(i int) Range { return n.Args[i].Values }
	switch {
	case unchanged[name]:
		of := arg(0)
		if name == "avg_over_time" {
			return aggregate(parser.AVG, of)
		}
		return of
	case name == "sum_over_time":
		return aggregate(parser.SUM, arg(0))
	case name == "clamp_min":
		return clamped(arg(0), arg(1), anything)
	case name == "clamp_max":
		return clamped(arg(0), anything, arg(1))
	case name == "clamp":
		return clamped(arg(0), arg(1), arg(2))
	case name == "floor" || name == "ceil" || name == "round" && len(n.Args) == 1:
		return Range{Lo: math.Floor(arg(0).Lo), Hi: math.Ceil(arg(0).Hi)}
	}
	return anything
}

// clamped is a range after clamp(), whose bounds are ranges themselves.
func clamped(of, lo, hi Range) Range {
	out := Range{Lo: max(of.Lo, lo.Lo), Hi: min(of.Hi, hi.Hi), LoOpen: of.LoOpen, HiOpen: of.HiOpen}
	out.Lo, out.Hi = min(out.Lo, hi.Hi), max(out.Hi, lo.Lo) // values outside are moved to the bound
	if out.Lo != of.Lo {
		out.LoOpen = false
	}
	if out.Hi != of.Hi {
		out.HiOpen = false
	}
	return out
}
