package metricscontract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/pkg/report"
)

// Rule is an alerting or a recording rule that may read a metric.
type Rule struct {
	Alert, Record string // one of them
	Expr          string
	Place         report.Place
}

// readers are the rules with what each of them reads.
type readers struct{ all []reading }

type reading struct {
	*Rule
	selectors []*parser.VectorSelector
	grouping  map[string]bool // labels in by, on and group clauses
}

// read parses the rules. One whose expression cannot be parsed reads nothing: govctl rules check reports it.
func read(rules []Rule) *readers {
	r := &readers{}
	p := parser.NewParser(parser.Options{EnableExperimentalFunctions: true})
	for i := range rules {
		if len(rules[i].Expr) > 1<<16 {
			continue
		}
		expr, err := p.ParseExpr(rules[i].Expr)
		if err != nil {
			continue
		}
		one := reading{Rule: &rules[i], grouping: map[string]bool{}}
		parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
			one.note(n)
			return nil
		})
		r.all = append(r.all, one)
	}
	return r
}

func (r *reading) note(n parser.Node) {
	var names []string
	switch n := n.(type) {
	case *parser.VectorSelector:
		r.selectors = append(r.selectors, n)
	case *parser.AggregateExpr:
		if !n.Without {
			names = n.Grouping
		}
	case *parser.BinaryExpr:
		if m := n.VectorMatching; m != nil {
			names = m.Include
			if m.On {
				names = slices.Concat(names, m.MatchingLabels)
			}
		}
	}
	for _, name := range names {
		r.grouping[name] = true
	}
}

// of are the rules that read one of the samples: directly, or through the series that a recording rule makes of them.
func (r *readers) of(samples []string) (names []string) {
	affected := slices.Clone(samples)
	done := make([]bool, len(r.all))
	for grew := true; grew; {
		grew = false
		for i := range r.all {
			if done[i] || !r.all[i].selects(affected) {
				continue
			}
			done[i], grew = true, true
			names = append(names, r.all[i].describe())
			if r.all[i].Record != "" {
				affected = append(affected, r.all[i].Record)
			}
		}
	}
	return names
}

// direct are the names of the rules whose expressions read one of the samples.
func (r *readers) direct(samples []string) (names []string) {
	for i := range r.all {
		if one := &r.all[i]; one.selects(samples) {
			names = append(names, one.Alert+one.Record)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// using are the rules that read one of the samples and name the label, in a matcher or in a grouping. With a value they match it.
func (r *readers) using(samples []string, label, value string) (names []string) {
	for i := range r.all {
		one := &r.all[i]
		uses := value == "" && one.grouping[label] && one.selects(samples)
		for _, s := range one.selectors {
			uses = uses || selects(s, samples) && slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
				return m.Name == label && (value == "" || m.Value == value)
			})
		}
		if uses {
			names = append(names, one.describe())
		}
	}
	return names
}

func (r *reading) selects(samples []string) bool {
	return slices.ContainsFunc(r.selectors, func(s *parser.VectorSelector) bool { return selects(s, samples) })
}

// selects reports whether a selector can select a sample of one of the names. One without a name selects all of them, and says nothing of
// any.
func selects(s *parser.VectorSelector, samples []string) bool {
	return slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name == model.MetricNameLabel && !m.Matches("") && slices.ContainsFunc(samples, m.Matches)
	})
}

// describe names a rule with its place.
func (r *reading) describe() string {
	what := "alert " + r.Alert
	if r.Alert == "" {
		what = "recording rule " + r.Record
	}
	if r.Place.File == "" {
		return what
	}
	return fmt.Sprintf("%s (%s:%d)", what, r.Place.File, r.Place.Line)
}

// maxNamed is how many rules a message names.
const maxNamed = 10

// sentence says which rules are concerned.
func sentence(names []string) string {
	if len(names) == 0 {
		return "no alert or recording rule reads it"
	}
	text := strings.Join(names[:min(len(names), maxNamed)], ", ")
	if more := len(names) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return "read by " + text
}
