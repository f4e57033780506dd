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
	selectors []selector
	grouping  map[string]bool // labels in by, on and group clauses
}

// selector is a vector selector. One that does not list the names it selects, such as {__name__=~"pg_settings_.*"}, goes silent with the last
// of them only; stays are some that it selects after the change.
type selector struct {
	*parser.VectorSelector
	pattern bool
	stays   []string
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
		r.selectors = append(r.selectors, selector{VectorSelector: n, pattern: isPattern(n)})
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

// maxStays is how many names are kept of those that a pattern still selects. It is more than one metric has.
const maxStays = 64

// after has the patterns look for what they select once the change is made.
func (r *readers) after(metrics []Metric) {
	var names []string
	for i := range metrics {
		names = append(names, metrics[i].Samples()...)
	}
	for i := range r.all {
		if r.all[i].Record != "" {
			names = append(names, r.all[i].Record)
		}
	}
	for i := range r.all {
		for j := range r.all[i].selectors {
			s := &r.all[i].selectors[j]
			for k := 0; s.pattern && k < len(names) && len(s.stays) < maxStays; k++ {
				if s.selects(names[k]) {
					s.stays = append(s.stays, names[k])
				}
			}
		}
	}
}

// affected are the rules that a change of samples concerns.
type affected struct {
	rely     []string // they name one of the samples, or select nothing without them
	patterns []string // they select one among others
}

// of are the rules that read one of the samples: directly, or through the series that a recording rule makes of them.
func (r *readers) of(samples []string) (found affected) {
	samples = slices.Clone(samples)
	done := make([]bool, len(r.all))
	for grew := true; grew; {
		grew = false
		for i := range r.all {
			if done[i] || !r.all[i].relies(samples) {
				continue
			}
			done[i], grew = true, true
			found.rely = append(found.rely, r.all[i].describe())
			if r.all[i].Record != "" {
				samples = append(samples, r.all[i].Record)
			}
		}
	}
	for i := range r.all {
		if !done[i] && r.all[i].reads(samples) {
			found.patterns = append(found.patterns, r.all[i].describe())
		}
	}
	return found
}

// direct are the names of the rules whose expressions read one of the samples.
func (r *readers) direct(samples []string) (names []string) {
	for i := range r.all {
		if one := &r.all[i]; one.reads(samples) {
			names = append(names, one.Alert+one.Record)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// using are the rules that rely on one of the samples and name the label, in a matcher or in a grouping. With a value they match it.
func (r *readers) using(samples []string, label, value string) (names []string) {
	for i := range r.all {
		one := &r.all[i]
		uses := value == "" && one.grouping[label] && one.relies(samples)
		for _, s := range one.selectors {
			uses = uses || s.relies(samples) && slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
				return m.Name == label && (value == "" || m.Value == value)
			})
		}
		if uses {
			names = append(names, one.describe())
		}
	}
	return names
}

func (r *reading) reads(samples []string) bool {
	return slices.ContainsFunc(r.selectors, func(s selector) bool { return slices.ContainsFunc(samples, s.selects) })
}

func (r *reading) relies(samples []string) bool {
	return slices.ContainsFunc(r.selectors, func(s selector) bool { return s.relies(samples) })
}

// relies reports whether the selector selects one of the samples, and nothing else that stays where it is a pattern.
func (s selector) relies(samples []string) bool {
	return slices.ContainsFunc(samples, s.selects) &&
		!slices.ContainsFunc(s.stays, func(name string) bool { return !slices.Contains(samples, name) })
}

// selects reports whether a selector can select a sample of the name. One without a name selects all of them, and says nothing of any.
func (s selector) selects(sample string) (named bool) {
	for _, m := range s.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			continue
		}
		if !m.Matches(sample) {
			return false
		}
		named = named || !m.Matches("")
	}
	return named
}

// isPattern reports whether no matcher of a selector lists the names that it selects.
func isPattern(s *parser.VectorSelector) bool {
	return !slices.ContainsFunc(s.LabelMatchers, func(m *labels.Matcher) bool {
		return m.Name == model.MetricNameLabel && (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp && len(m.SetMatches()) > 0)
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
func (a *affected) sentence() string {
	switch {
	case len(a.rely) > 0:
		return "read by " + some(a.rely)
	case len(a.patterns) > 0:
		return "selected, among others, by a pattern in " + some(a.patterns)
	default:
		return "no alert or recording rule reads it"
	}
}

func some(names []string) string {
	text := strings.Join(names[:min(len(names), maxNamed)], ", ")
	if more := len(names) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
