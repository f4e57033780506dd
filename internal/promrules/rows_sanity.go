package promrules

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/promrules/infer"
	"github.com/romel/govctl/pkg/report"
)

// lookback is how old a sample may be for Prometheus to use it, unless --query.lookback-delta says otherwise.
const lookback = 5 * time.Minute

// sanityRows are rules that Prometheus loads and that cannot do what they were written for.
func sanityRows() []Row {
	return []Row{
		{
			ID: "duplicate-rule", Level: report.Warning, Want: "differ from the other rules of its group in name or labels",
			Why:      "two rules that write one series overwrite each other, and two alerts with one identity cannot be distinguished",
			Hint:     "remove one, or give them labels that differ",
			CheckSet: func(c *checker) []problem { return c.duplicates(true) },
		},
		{
			ID: "duplicate-rule-elsewhere", Level: report.Warning, Want: "not be in another group or file as well",
			Why:      "the same alert comes twice, and a correction reaches only one of the copies",
			Hint:     "keep one of them",
			CheckSet: func(c *checker) []problem { return c.duplicates(false) },
		},
		{
			ID: "for-below-interval", Level: report.Warning, Want: "wait for at least one evaluation and one scrape",
			Why:   "a for below the interval of the group acts like none, and one below the scrape interval sees the same sample twice",
			Hint:  "raise for, or lower the interval",
			Check: forBelowInterval,
		},
		{
			ID: "interval-too-long", Level: report.Warning, Want: "be evaluated at least every five minutes",
			Why:  "between two evaluations that are further apart the series is stale: graphs have holes and alerts on it resolve",
			Hint: "lower the interval of the group",
			Check: func(c *checker, g *Group, r *Rule) []problem {
				if time.Duration(durationOf(g.Interval)) <= lookback {
					return nil
				}
				return []problem{{got: "the interval of group " + g.Name + " is " + g.Interval}}
			},
		},
		{
			ID: "no-comparison", Level: report.Warning, Want: "compare with something",
			Why:   "an alert fires for every series of its expression, whatever the value",
			Hint:  "compare the expression with a threshold",
			Check: noComparison,
		},
		{
			ID: "label-aggregated-away", Level: report.Warning, Want: "name only labels that its expression has",
			Why:   "a template names a label that the expression has aggregated away: the text shows an empty place",
			Hint:  "keep the label in the aggregation, or leave it out of the text",
			Check: labelsAggregatedAway,
		},
		{
			ID: "template-fails", Level: report.Warning, Want: "have templates that can be executed",
			Why:   "Prometheus sends the error message in place of the text, in the moment when the text is needed",
			Hint:  "correct the template; a unit test with exp_annotations shows what it writes",
			Check: failingTemplates,
		},
		{
			ID: "unknown-series", Level: report.Warning, Want: "look at series that exist",
			Why:   "an alert on a series that nothing provides can never fire",
			Hint:  "correct the name, add the recording rule, or add the name to the list of known metrics",
			Check: unknownSeries,
		},
	}
}

// duplicates finds rules of the same name and labels, in one group or across groups. Each is reported at the later one.
func (c *checker) duplicates(within bool) []problem {
	type place struct {
		file  string
		group *Group
		rule  *Rule
	}
	first := map[string]place{}
	var out []problem
	for _, f := range c.files {
		for gi := range f.Groups {
			g := &f.Groups[gi]
			own := map[string]place{} // of the group: another file must not hide what is twice in it
			for ri := range g.Rules {
				r := &g.Rules[ri]
				key := identity(g, r)
				here := place{f.Name, g, r}
				before, again := own[key]
				if !again {
					own[key] = here
				}
				if !within {
					if again {
						continue
					}
					if before, again = first[key]; !again {
						first[key] = here
					}
				}
				if !again {
					continue
				}
				at := r.Place(f.Name)
				out = append(out, problem{subject: "rule " + r.Name(), at: &at, got: fmt.Sprintf("the same is at %s:%d", before.file, before.rule.Place("").Line)})
			}
		}
	}
	return out
}

// identity is what two rules must not share: kind, name and labels.
func identity(g *Group, r *Rule) string {
	var b strings.Builder
	b.WriteString(r.Alert + "\x00" + r.Record)
	all := g.AllLabels(r)
	names := make([]string, 0, len(all))
	for k := range all {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		b.WriteString("\x00" + k + "\x01" + all[k])
	}
	return b.String()
}

func forBelowInterval(c *checker, g *Group, r *Rule) []problem {
	wait, interval := time.Duration(durationOf(r.For)), time.Duration(durationOf(g.Interval))
	name := "the interval of group " + g.Name
	if interval == 0 {
		interval, name = c.Evaluation, "the evaluation interval"
	}
	if interval < c.Scrape {
		interval, name = c.Scrape, "the scrape interval"
	}
	if wait == 0 || wait >= interval {
		return nil
	}
	return []problem{{got: "for is " + r.For + ", " + name + " is " + model.Duration(interval).String()}}
}

// parts are the parts of a rule's expression with what is known of each; none where it does not parse.
func (c *checker) parts(r *Rule) infer.Tree {
	if c.Dialect == Loki {
		return nil
	}
	return c.exprs.parts(r.Expr)
}

// tree is the parsed expression of a rule; nil where it does not parse, which is another row's matter.
func (c *checker) tree(r *Rule) parser.Expr {
	if c.Dialect == Loki {
		return nil
	}
	expr, err := c.exprs.ParseExpr(r.Expr)
	if err != nil {
		return nil
	}
	return expr
}

func noComparison(c *checker, _ *Group, r *Rule) []problem {
	expr := c.tree(r)
	if r.Alert == "" || expr == nil || compares(expr) {
		return nil
	}
	return []problem{{got: "it fires for every series of " + shorten(r.Expr, 60)}}
}

// compares reports whether an expression filters: by comparison, absence, or the difference of two sets. Constants are meant to fire always.
func compares(expr parser.Expr) bool {
	switch e := expr.(type) {
	case *parser.ParenExpr:
		return compares(e.Expr)
	case *parser.UnaryExpr:
		return compares(e.Expr)
	case *parser.BinaryExpr:
		switch {
		case e.Op.IsComparisonOperator():
			return !e.ReturnBool
		case e.Op == parser.LUNLESS:
			return true
		case e.Op == parser.LOR:
			return compares(e.LHS) && compares(e.RHS)
		}
		return compares(e.LHS) || compares(e.RHS)
	case *parser.AggregateExpr:
		return compares(e.Expr)
	case *parser.Call:
		switch e.Func.Name {
		case "absent", "absent_over_time", "vector", "present_over_time":
			return true
		}
		for _, arg := range e.Args {
			if compares(arg) {
				return true
			}
		}
		return false
	case *parser.VectorSelector:
		return e.Name == "ALERTS" || describes(e)
	case *parser.SubqueryExpr:
		return compares(e.Expr)
	case *parser.StepInvariantExpr:
		return compares(e.Expr)
	case *parser.NumberLiteral, *parser.StringLiteral:
		return true
	}
	return false
}

// describes reports whether a selector picks series by what they say in labels: their value is always 1, by the convention for _info and by
// kube-state-metrics for _labels and _annotations.
func describes(e *parser.VectorSelector) bool {
	if len(e.LabelMatchers) < 2 {
		return false
	}
	for _, end := range []string{"_info", "_metadata", "_labels", "_annotations"} {
		if strings.HasSuffix(e.Name, end) {
			return true
		}
	}
	return false
}

func unknownSeries(c *checker, _ *Group, r *Rule) []problem {
	if c.Known == nil {
		return nil
	}
	var out []problem
	seen := map[string]bool{}
	for s := range c.selectors(r) {
		for _, m := range s.LabelMatchers {
			if m.Name != model.MetricNameLabel || m.Type != labels.MatchEqual || seen[m.Value] {
				continue
			}
			seen[m.Value] = true
			if _, known := c.Known[m.Value]; !known && !c.recorded()[m.Value] && !ofPrometheus[m.Value] {
				at := c.inside(r, int(s.PosRange.Start))
				out = append(out, problem{got: "nothing provides " + m.Value, at: &at})
			}
		}
	}
	return out
}

// ofPrometheus are the series that Prometheus itself writes for each alert and each target.
var ofPrometheus = map[string]bool{
	"ALERTS": true, "ALERTS_FOR_STATE": true, "up": true, "scrape_duration_seconds": true, "scrape_samples_scraped": true,
	"scrape_samples_post_metric_relabeling": true, "scrape_series_added": true, "scrape_timeout_seconds": true,
	"scrape_sample_limit": true, "scrape_body_size_bytes": true,
}

// records are the names of the series that the files record.
func records(files []*File) map[string]bool {
	names := map[string]bool{}
	for _, f := range files {
		for gi := range f.Groups {
			for ri := range f.Groups[gi].Rules {
				names[f.Groups[gi].Rules[ri].Record] = true
			}
		}
	}
	return names
}

func shorten(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}
