package promrules

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/promrules/infer"
)

// What one run of a template may write, and what a pass through a loop or a named template costs of that besides its text.
const (
	maxTemplateText = 64 << 10
	costOfPass      = 64
)

var errTemplateText = errors.New("it writes more than 64 KiB, or loops without an end")

// trialValues are what labels of a sample say. A template fails only if it does so for all of them: a label may well hold a number
// or a duration.
var trialValues = []string{"0", "a.example:80", "1m"}

// plainAction matches an action that cannot fail: it shows one label, or the value.
var plainAction = late.Pattern(`\{\{-?\s*(?:\$value|\.Value|(?:\$labels|\.Labels)\.\w+)(?:\s*\|\s*(?:humanize|toUpper|toLower|title))?\s*-?\}\}`)

// badVerb is what fmt writes for a verb that does not fit its operand, or lacks one.
var badVerb = late.Pattern(`%!(?:[a-zA-Z]\((?:\w+=|MISSING\))|\(EXTRA |\(NOVERB\))`)

// failingTemplates runs the templates of an alert on a sample.
func failingTemplates(c *checker, _ *Group, r *Rule) []problem {
	parts := c.parts(r)
	if r.Alert == "" || parts == nil {
		return nil
	}
	var out []problem
	for _, t := range r.templates() {
		if rest := plainAction().ReplaceAllString(t.value, ""); !strings.Contains(rest, "{{") {
			continue
		}
		if got := c.runTemplate(t.value, parts.Root().Labels); got != "" {
			at := r.textPlace(c.file.Name, t.kind, t.key)
			out = append(out, problem{got: t.kind + " " + t.key + ": " + got, at: &at})
		}
	}
	return out
}

// runTemplate says why a template fails on every sample; nothing where it works on one, or does not parse.
func (c *checker) runTemplate(text string, have infer.Set) string {
	bounded, ok := countPasses(preamble + text)
	if !ok {
		return ""
	}
	got := ""
	for _, value := range trialValues {
		out, err := c.expand(bounded, sampleLabels(text, have, value))
		switch {
		case err != nil && strings.Contains(err.Error(), "error parsing template"): // another row's matter
			return ""
		case err != nil:
			got = reasonOf(err)
		case badVerb().MatchString(out):
			got = "printf writes " + badVerb().FindString(out) + "...: the verb does not fit what it shows"
		default:
			return ""
		}
		if errors.Is(err, errTemplateText) {
			break
		}
	}
	return got
}

// sampleLabels are the labels of a sample: those that the template names and the expression can have.
func sampleLabels(text string, have infer.Set, value string) map[string]string {
	out := map[string]string{}
	for _, name := range templateLabels(text) {
		switch l := have.Of(name); {
		case l.Presence == infer.Never:
		case l.Value != "":
			out[name] = l.Value
		default:
			out[name] = value
		}
	}
	return out
}

func (c *checker) expand(text string, of map[string]string) (string, error) {
	sample := promql.Sample{Metric: labels.FromMap(of), F: 1}
	data := template.AlertTemplateData(of, map[string]string{}, "http://prometheus.example", sample)
	e := template.NewTemplateExpander(context.Background(), text, "", data, model.Time(0), c.answer, &url.URL{Scheme: "http", Host: "prometheus.example"}, nil)
	left := allowance(maxTemplateText)
	e.Funcs(left.funcs())
	return e.Expand()
}

// answer is the answer to a query of a template: one sample, or the reason why the query is wrong.
func (c *checker) answer(_ context.Context, query string, _ time.Time) (promql.Vector, error) {
	expr, err := c.queries.ParseExpr(query)
	if err != nil {
		return nil, fmt.Errorf("the query %q does not parse: %w", shorten(query, 60), err)
	}
	set, found := infer.Trace(expr).Root().Labels, map[string]string{}
	for _, name := range set.Names() {
		if l := set.Of(name); l.Presence != infer.Never {
			found[name] = l.Value
		}
	}
	return promql.Vector{{Metric: labels.FromMap(found), F: 1}}, nil
}

// reasonOf is the reason of a failure without the names that the expander gives to the text.
func reasonOf(err error) string {
	if errors.Is(err, errTemplateText) {
		return errTemplateText.Error()
	}
	text := err.Error()
	if _, after, ok := strings.Cut(text, `executing "" at `); ok {
		text = after
	}
	return shorten(text, 160)
}

// allowance is how many bytes a template may still write.
type allowance int

func (a *allowance) take(n int) error {
	if *a -= allowance(n); *a < 0 {
		return errTemplateText
	}
	return nil
}

// fits refuses arguments that are too long before something longer is made of them.
func (a *allowance) fits(args []any) error {
	n := 0
	for _, arg := range args {
		if s, ok := arg.(string); ok {
			n += len(s)
		}
	}
	if n > int(*a) {
		return errTemplateText
	}
	return nil
}

// passFunction counts the passes. No template can call it under this name of its own accord: it has none of a function.
const passFunction = "__pass"

// funcs are the functions of the language whose result can be longer than their arguments, with their cost.
func (a *allowance) funcs() texttemplate.FuncMap {
	costly := func(do func(args ...any) string) func(args ...any) (string, error) {
		return func(args ...any) (string, error) {
			if err := a.fits(args); err != nil {
				return "", err
			}
			out := do(args...)
			return out, a.take(len(out))
		}
	}
	return texttemplate.FuncMap{
		"print":    costly(fmt.Sprint),
		"println":  costly(fmt.Sprintln),
		"html":     costly(texttemplate.HTMLEscaper),
		"js":       costly(texttemplate.JSEscaper),
		"urlquery": costly(texttemplate.URLQueryEscaper),
		"printf": func(format string, args ...any) (string, error) {
			if wideFormat().MatchString(format) {
				return "", errTemplateText
			}
			return costly(func(args ...any) string { return fmt.Sprintf(format, args...) })(args...)
		},
		"reReplaceAll": func(pattern, with, text string) (string, error) {
			re, err := regexp.Compile(pattern)
			if err != nil {
				return "", err
			}
			if (len(text)+1)*(len(with)+1)*(1+strings.Count(with, "$")*len(text)) > 1<<24 {
				return "", errTemplateText
			}
			out := re.ReplaceAllString(text, with)
			return out, a.take(len(out))
		},
		"args": func(args ...any) (map[string]any, error) {
			out := map[string]any{}
			for i, arg := range args {
				if _, nested := arg.(map[string]any); nested { // each level could double what the text shows
					return nil, errTemplateText
				}
				out[fmt.Sprintf("arg%d", i)] = arg
			}
			return out, nil
		},
		passFunction: func(n int) (string, error) { return "", a.take(n) },
	}
}

// wideFormat is a width or a precision of four digits and more, or one that is an argument.
var wideFormat = late.Pattern(`%[-+# 0-9.\[\]]*(?:[0-9]{4}|\*)`)

// countPasses is a template that counts what each pass through a loop or a named template writes; false where it does not parse.
func countPasses(text string) (string, bool) {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	sets := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", sets); err != nil || tree.Root == nil {
		return "", false
	}
	var out strings.Builder
	for name, t := range sets {
		if name != "" && t.Root != nil {
			countList(t.Root)
			fmt.Fprintf(&out, "{{define %q}}%s{{end}}", name, t.Root)
		}
	}
	countList(tree.Root)
	return out.String() + tree.Root.String(), true
}

func countList(l *parse.ListNode) {
	if l == nil {
		return
	}
	cost := costOfPass
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			cost += len(n.Text)
		case *parse.IfNode:
			countList(n.List)
			countList(n.ElseList)
		case *parse.WithNode:
			countList(n.List)
			countList(n.ElseList)
		case *parse.RangeNode:
			countList(n.List)
			countList(n.ElseList)
		default:
			cost += costOfPass
		}
	}
	count := &parse.TextNode{NodeType: parse.NodeText, Text: fmt.Appendf(nil, "{{%s %d}}", passFunction, cost)}
	l.Nodes = append([]parse.Node{count}, l.Nodes...)
}
