package promrules

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/pkg/report"
)

// patternRows are hints on regular expressions that say in a roundabout way what is simpler without them.
func patternRows() []Row {
	return []Row{
		{
			ID: "pattern-matches-all", Level: report.Info, Want: "leave out patterns that match everything",
			Why:   "the pattern .* is tried on every value of the label and excludes none",
			Hint:  "drop the matcher",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, hasPattern(".*")) },
		},
		{
			ID: "pattern-requires-label", Level: report.Info, Want: `write label!="" for a label that must exist`,
			Why:   "the pattern .+ selects the series that have the label, whatever its value, and is tried on every value to find that out",
			Hint:  `write label!="" for label=~".+", and label="" for label!~".+"`,
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, hasPattern(".+")) },
		},
		{
			ID: "pattern-without-pattern", Level: report.Info, Want: "compare with = where the pattern is a plain text",
			Why:   "an equality is looked up; a pattern is matched with every value of the label",
			Hint:  "write = for =~, and != for !~",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, plainPattern) },
		},
		{
			ID: "pattern-anchored", Level: report.Info, Want: "leave out the anchors of a pattern",
			Why:   "Prometheus anchors every pattern at both ends, so that ^ and $ there change nothing and suggest that others are not anchored",
			Hint:  "drop ^ at the beginning and $ at the end",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, anchoredPattern) },
		},
		{
			ID: "pattern-repeats-alternative", Level: report.Info, Want: "list each alternative of a pattern once",
			Why:   "the second one matches nothing that the first does not; often it was meant to be another value",
			Hint:  "drop the copy, or write the value that was meant",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.matchers(r, repeatsAlternative) },
		},
		{
			ID: "matcher-redundant", Level: report.Info, Want: "leave out matchers that another one implies",
			Why:   "the equality already selects one value, and this matcher accepts it",
			Hint:  "drop the matcher, or the equality if the matcher was meant",
			Check: func(c *checker, _ *Group, r *Rule) []problem { return c.besideEquality(r, true) },
		},
	}
}

// selectors are the selectors of an expression.
func (c *checker) selectors(r *Rule) func(yield func(*parser.VectorSelector) bool) {
	return func(yield func(*parser.VectorSelector) bool) {
		for _, n := range c.parts(r) {
			if s, ok := n.Expr.(*parser.VectorSelector); ok && !yield(s) {
				return
			}
		}
	}
}

// matchers finds the matchers of an expression that a test calls bad. What reads the same at one place is found once.
func (c *checker) matchers(r *Rule, bad func(*labels.Matcher) bool) []problem {
	var out []problem
	for s := range c.selectors(r) {
		seen := map[string]bool{}
		for _, m := range s.LabelMatchers {
			if !bad(m) || seen[m.String()] {
				continue
			}
			seen[m.String()] = true
			at := c.inside(r, int(s.PosRange.Start))
			out = append(out, problem{got: m.String(), at: &at})
		}
	}
	return unique(out)
}

// unique leaves out problems that read the same and have one place, as those of a text that is not followed inside.
func unique(list []problem) []problem {
	type key struct {
		got string
		at  report.Place
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(list, func(p problem) bool {
		k := key{p.got, *p.at}
		again := seen[k]
		seen[k] = true
		return again
	})
}

func isPattern(m *labels.Matcher) bool {
	return m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp
}

func hasPattern(text string) func(*labels.Matcher) bool {
	return func(m *labels.Matcher) bool {
		return isPattern(m) && m.Name != model.MetricNameLabel && unanchored(m.Value) == text && (text != ".*" || m.Type == labels.MatchRegexp)
	}
}

func unanchored(pattern string) string {
	return strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
}

func plainPattern(m *labels.Matcher) bool {
	if !isPattern(m) || m.Value == "" {
		return false
	}
	re, err := syntax.Parse(m.Value, syntax.Perl)
	return err == nil && re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0 && m.Name != model.MetricNameLabel
}

// anchoredPattern reports whether the pattern as a whole begins with ^ or ends with $, and not only one of its alternatives.
func anchoredPattern(m *labels.Matcher) bool {
	if !isPattern(m) || !strings.ContainsAny(m.Value, "^$") {
		return false
	}
	re, err := syntax.Parse(m.Value, syntax.Perl)
	if err != nil {
		return false
	}
	if re.Op != syntax.OpConcat {
		return anchor(re)
	}
	return anchor(re.Sub[0]) || anchor(re.Sub[len(re.Sub)-1])
}

func anchor(re *syntax.Regexp) bool {
	return re.Op == syntax.OpBeginText || re.Op == syntax.OpEndText || re.Op == syntax.OpBeginLine || re.Op == syntax.OpEndLine
}

// repeatsAlternative looks at patterns that are a list of plain texts.
func repeatsAlternative(m *labels.Matcher) bool {
	if !isPattern(m) || !strings.Contains(m.Value, "|") {
		return false
	}
	seen := map[string]bool{}
	for _, text := range strings.Split(unanchored(m.Value), "|") {
		if strings.ContainsAny(text, `()[]{}\`) {
			return false
		}
		if seen[text] && text != "" {
			return true
		}
		seen[text] = true
	}
	return false
}

// besideEquality finds matchers of a label for which the same selector has an equality: those that let its value through, or those
// that do not.
func (c *checker) besideEquality(r *Rule, through bool) []problem {
	var out []problem
	for s := range c.selectors(r) {
		equal := map[string]*labels.Matcher{}
		for _, m := range s.LabelMatchers {
			if m.Type == labels.MatchEqual && equal[m.Name] == nil {
				equal[m.Name] = m
			}
		}
		for _, m := range s.LabelMatchers {
			if e := equal[m.Name]; e != nil && e != m && m.Matches(e.Value) == through {
				at := c.inside(r, int(s.PosRange.Start))
				out = append(out, problem{got: m.String() + " together with " + e.String(), at: &at})
			}
		}
	}
	return unique(out)
}
