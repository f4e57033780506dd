package promrules

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules/infer"
)

// text is a label or an annotation of a rule.
type text struct{ kind, key, value string }

// templates are the labels and annotations of a rule that hold one, in the order of their names.
func (r *Rule) templates() []text {
	var out []text
	for _, t := range []struct {
		kind string
		of   map[string]string
	}{{"annotation", r.Annotations}, {"label", r.Labels}} {
		for _, key := range slices.Sorted(maps.Keys(t.of)) {
			if strings.Contains(t.of[key], "{{") {
				out = append(out, text{t.kind, key, t.of[key]})
			}
		}
	}
	return out
}

// labelsAggregatedAway finds labels in templates that the result of the expression cannot have.
func labelsAggregatedAway(c *checker, _ *Group, r *Rule) []problem {
	parts := c.parts(r)
	if r.Alert == "" || parts == nil {
		return nil
	}
	var out []problem
	for _, t := range r.templates() {
		if !strings.Contains(t.value, "abels") {
			continue
		}
		for _, name := range templateLabels(t.value) {
			if l := parts.Root().Labels.Of(name); l.Presence == infer.Never {
				at := r.textPlace(c.file.Name, t.kind, t.key)
				out = append(out, problem{got: t.kind + " " + t.key + " names " + name + ", which " + decider(l.By) + " removes", at: &at})
			}
		}
	}
	return out
}

// decider names the part of an expression that decided about a label, in a few words.
func decider(by parser.Expr) string {
	switch e := by.(type) {
	case *parser.AggregateExpr:
		short := &parser.AggregateExpr{Op: e.Op, Expr: &parser.VectorSelector{Name: "…"}, Param: e.Param, Grouping: e.Grouping, Without: e.Without}
		return shorten(short.String(), 60)
	case *parser.Call:
		return e.Func.Name + "()"
	case *parser.BinaryExpr:
		return "the match of " + e.Op.String()
	case *parser.VectorSelector:
		return shorten(e.String(), 60)
	}
	return "the expression"
}
