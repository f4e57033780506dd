package jsonvalue

import (
	"regexp"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// An Enum are the only valid values, in the order of the document.
type Enum struct {
	Values  []contract.Node // null left out
	has     map[contract.Hash]contract.Node
	IsConst bool // written as const
	At      contract.Node
	Null    bool // null is valid too
}

func NewEnum(values []contract.Node, at contract.Node) *Enum {
	e := &Enum{has: make(map[contract.Hash]contract.Node, len(values)), At: at}
	for _, v := range values {
		if v.Kind() == contract.Null {
			e.Null = true
			continue
		}
		if _, ok := e.has[v.Hash()]; !ok {
			e.has[v.Hash()] = v
			e.Values = append(e.Values, v)
		}
	}
	return e
}

func (e *Enum) WithNull() *Enum {
	o := *e
	o.Null = true
	return &o
}

func (e *Enum) Contains(v contract.Node) bool {
	if v.Kind() == contract.Null {
		return e.Null
	}
	_, ok := e.has[v.Hash()]
	return ok
}

// Lists reports whether the text is one of the values.
func (e *Enum) Lists(text string) bool {
	return slices.ContainsFunc(e.Values, func(v contract.Node) bool { return v.Kind() == contract.String && v.Text() == text })
}

// Without are the values that the other enum lacks.
func (e *Enum) Without(o *Enum) []contract.Node {
	return slices.DeleteFunc(slices.Clone(e.Values), o.Contains)
}

// List is the JSON of values: an array, or the one value alone.
func List(values []contract.Node, alone bool) string {
	if alone && len(values) == 1 {
		return JSONOf(values[0])
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = JSONOf(v)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

// Pattern matches the values of an enum of texts; empty where there are others, or more
// than so many.
func (e *Enum) Pattern(longest int) string {
	var b strings.Builder
	for i, v := range e.Values {
		if v.Kind() != contract.String || i > longest {
			return ""
		}
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(regexp.QuoteMeta(v.Text()))
	}
	return "^(?:" + b.String() + ")$"
}

// And are the values that both list.
func (e *Enum) And(o *Enum) *Enum {
	both := NewEnum(slices.DeleteFunc(slices.Clone(e.Values), func(v contract.Node) bool { return !o.Contains(v) }), e.At)
	both.IsConst, both.Null = e.IsConst || o.IsConst, e.Null && o.Null
	return both
}
