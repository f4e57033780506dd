package promrules

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/report"
)

// syntaxRows are what the program of the dialect itself refuses. The first row stands for files whose structure cannot be read at all.
func syntaxRows() []Row {
	return []Row{
		{
			ID: "file-refused", Level: report.Error, Want: "have the structure of a rule file", Refusal: true,
			Why:  "Prometheus loads no rule of a set in which one file is invalid",
			Hint: "correct the file",
		},
		{
			ID: "rule-refused", Level: report.Error, Want: "be loadable", Refusal: true,
			Why:   "Prometheus loads no rule of a set in which one rule is invalid",
			Hint:  "correct the rule",
			Check: refusedByPrometheus,
		},
	}
}

// refusedByPrometheus hands a rule to rulefmt: names, labels, expression and templates.
func refusedByPrometheus(c *checker, g *Group, r *Rule) []problem {
	rule := rulefmt.Rule{Record: r.Record, Alert: r.Alert, Expr: r.Expr, Labels: r.Labels, Annotations: r.Annotations}
	rule.For, rule.KeepFiringFor = durationOf(r.For), durationOf(r.KeepFiringFor)
	scheme := model.UTF8Validation
	var out []problem
	if c.Dialect == Loki {
		rule.Expr, scheme = "1", model.LegacyValidation
		if off, what := logQLError(r.Expr); what != "" {
			at := c.inside(r, off)
			out = append(out, problem{got: "could not parse expression: " + what, hint: "in the dialect loki expressions are LogQL", at: &at})
		}
	}
	for _, found := range rule.Validate(rulefmt.RuleNode{}, scheme, c.exprs) {
		err := errors.Unwrap(&found)
		if rest := errors.Unwrap(err); rest != nil && strings.HasPrefix(err.Error(), "could not parse expression") {
			out = append(out, c.exprProblem(r, rest))
			continue
		}
		p := problem{got: plainError(err)}
		if m := textOf().FindStringSubmatch(p.got); m != nil {
			key, _ := strconv.Unquote(m[2]) // a quoted text by the pattern
			at := r.textPlace(c.file.Name, m[1], key)
			p.at = &at
		}
		out = append(out, p)
	}
	if r == &g.Rules[0] {
		out = append(out, c.groupLabels(g)...)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].got < out[j].got }) // rulefmt goes through maps
	return out
}

// textOf finds the label or annotation that a message of rulefmt is about.
var textOf = late.Pattern(`^(label|annotation) ("(?:[^"\\\\]|\\\\.)*"): `)

// plainError is rulefmt's message without the name that it gives to a template.
func plainError(err error) string {
	text := err.Error()
	if before, after, ok := strings.Cut(text, "template: __alert_"); ok {
		if _, reason, ok := strings.Cut(after, ": "); ok {
			text = before + reason
		}
	}
	return text
}

func (c *checker) groupLabels(g *Group) []problem {
	var out []problem
	for name := range g.Labels {
		if !model.UTF8Validation.IsValidLabelName(name) || name == model.MetricNameLabel {
			at := g.Place(c.file.Name)
			out = append(out, problem{got: fmt.Sprintf("invalid label name of the group: %s", name), at: &at})
		}
	}
	return out
}

// durationOf reads a duration that Parse has already accepted.
func durationOf(s string) model.Duration {
	d, err := model.ParseDuration(s)
	if err != nil {
		return 0
	}
	return d
}
