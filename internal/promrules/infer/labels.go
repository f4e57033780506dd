package infer

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Presence is whether the series of a result have a label.
type Presence uint8

// A label that is empty is absent, as everywhere in Prometheus.
const (
	Maybe Presence = iota
	Always
	Never
)

// Label is what is known of one label of a result.
type Label struct {
	Presence Presence
	Value    string      // of a label that is always there; empty where it is not fixed
	By       parser.Expr // the part of the expression that decided; nil for Maybe
}

// Set describes the labels that the series of a result can have: some by name, and all others. Sets are shared and never change.
// The name of the metric is no part of them: operators drop it, and no match looks at it.
type Set struct {
	named  map[string]Label
	others Label
}

// maxNamed bounds the labels that a set names, so that the work of an operator does not grow with the expression. Of a longer list
// nothing is known.
const maxNamed = 64

// Of is what is known of a label.
func (s Set) Of(name string) Label {
	if l, ok := s.named[name]; ok {
		return l
	}
	return s.others
}

// Names are the labels that the set names, sorted.
func (s Set) Names() []string { return slices.Sorted(maps.Keys(s.named)) }

// Others is what is known of the labels that the set does not name.
func (s Set) Others() Label { return s.others }

// none is the set of a result without labels.
func none(by parser.Expr) Set { return Set{others: Label{Presence: Never, By: by}} }

func (s Set) bounded() Set {
	if len(s.named) > maxNamed {
		return Set{}
	}
	return s
}

// with is the set after a label was set.
func (s Set) with(name string, l Label) Set {
	named := make(map[string]Label, len(s.named)+1)
	maps.Copy(named, s.named)
	named[name] = l
	return Set{named, s.others}.bounded()
}

// keep is the set after all labels but some were removed.
func (s Set) keep(names []string, by parser.Expr) Set {
	if len(names) > maxNamed {
		return Set{}
	}
	out := none(by)
	for _, n := range names {
		if l := s.Of(n); l.Presence != Never || l.By != nil {
			out.named = put(out.named, n, l)
		}
	}
	return out
}

// drop is the set after some labels were removed.
func (s Set) drop(names []string, by parser.Expr) Set {
	if len(names) == 0 || len(names) > maxNamed && s.others.Presence == Never {
		return s
	}
	if len(names) > maxNamed {
		return Set{}
	}
	out := Set{maps.Clone(s.named), s.others}
	for _, n := range names {
		if s.Of(n).Presence != Never {
			out.named = put(out.named, n, Label{Presence: Never, By: by})
		}
	}
	return out.bounded()
}

func put(m map[string]Label, name string, l Label) map[string]Label {
	if m == nil {
		m = map[string]Label{}
	}
	m[name] = l
	return m
}

// merge combines two sets label by label.
func merge(a, b Set, how func(a, b Label) Label) Set {
	out := Set{others: how(a.others, b.others)}
	for n, l := range a.named {
		out.named = put(out.named, n, how(l, b.Of(n)))
	}
	for n, l := range b.named {
		if _, done := a.named[n]; !done {
			out.named = put(out.named, n, how(a.Of(n), l))
		}
	}
	return out.bounded()
}

// either is a label of a series that comes from one of two results.
func either(a, b Label) Label {
	switch {
	case a.Presence != b.Presence || a.Presence == Maybe:
		return Label{}
	case a.Value != b.Value:
		a.Value = ""
	}
	return a
}

// equal is a label that two series have in common.
func equal(a, b Label) Label {
	if a.Presence == Maybe || a.Presence == Always && a.Value == "" && b.Presence == Always {
		return b
	}
	return a
}

// Clash is a label by which two series never match: one always has it and the other never does, or both have it with other values.
type Clash struct {
	Name        string
	Left, Right Label
}

func clash(name string, a, b Label) (Clash, bool) {
	c := Clash{name, a, b}
	switch {
	case a.Presence == Always && b.Presence == Always:
		return c, a.Value != "" && b.Value != "" && a.Value != b.Value
	case a.Presence == Always:
		return c, b.Presence == Never
	}
	return c, a.Presence == Never && b.Presence == Always
}

// clashes finds the first label, by name, on which two sides of a match differ.
func clashes(a, b Set, m *parser.VectorMatching) (Clash, bool) {
	names := m.MatchingLabels
	if !m.On {
		names = slices.Concat(a.Names(), b.Names())
	}
	for _, n := range slices.Sorted(slices.Values(names)) {
		if n == model.MetricNameLabel || !m.On && slices.Contains(m.MatchingLabels, n) {
			continue
		}
		if c, found := clash(n, a.Of(n), b.Of(n)); found {
			return c, true
		}
	}
	return Clash{}, false
}

// matched is what two series that match have in common: the labels of on(), or all but those of ignoring().
func matched(a, b Set, m *parser.VectorMatching, by parser.Expr) Set {
	common := merge(a, b, equal)
	if m.On {
		return common.keep(m.MatchingLabels, by)
	}
	return common.drop(m.MatchingLabels, by)
}

// included is the set of the side of "many" after group_left or group_right has copied labels of the side of "one".
func included(many, one Set, m *parser.VectorMatching) Set {
	if len(m.Include) > maxNamed {
		return Set{}
	}
	for _, n := range m.Include {
		many = many.with(n, one.Of(n))
	}
	return many
}

// ofSelector are the labels that matchers ask for.
func ofSelector(e *parser.VectorSelector) Set {
	var out Set
	for _, m := range e.LabelMatchers {
		if m.Name == model.MetricNameLabel || out.Of(m.Name).Value != "" {
			continue
		}
		switch {
		case m.Type == labels.MatchEqual && m.Value == "":
			out.named = put(out.named, m.Name, Label{Presence: Never, By: e})
		case m.Type == labels.MatchEqual:
			out.named = put(out.named, m.Name, Label{Always, m.Value, e})
		case !m.Matches(""):
			out.named = put(out.named, m.Name, Label{Presence: Always, By: e})
		}
	}
	return out.bounded()
}

// ofAbsent are the labels that absent() takes from the equalities of its selector: those that stand there once.
func ofAbsent(call *parser.Call) Set {
	out := none(call)
	arg := unwrap(call.Args[0])
	if m, ok := arg.(*parser.MatrixSelector); ok {
		arg = unwrap(m.VectorSelector)
	}
	s, ok := arg.(*parser.VectorSelector)
	if !ok {
		return out
	}
	seen := map[string]int{}
	for _, m := range s.LabelMatchers {
		seen[m.Name]++
	}
	for _, m := range s.LabelMatchers {
		if m.Type == labels.MatchEqual && m.Value != "" && m.Name != model.MetricNameLabel && seen[m.Name] == 1 {
			out.named = put(out.named, m.Name, Label{Always, m.Value, s})
		}
	}
	return out.bounded()
}
