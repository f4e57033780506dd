package ruletest

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/pkg/contract"
)

// Budgets of one test file. They are counted, so that the outcome does not depend on the machine.
const (
	maxTemplateBytes = 32 << 20                // that templates write, together
	maxSamples       = perEvaluation * 300_000 // that evaluations go over, and what else costs as much as going over one
	maxListed        = 20_000                  // alerts and samples that failures name
	maxLabels        = 1 << 20                 // bytes of the labels of one series: Prometheus ends its work at 16 MiB without a word
	bytesPerPass     = 16                      // what one pass through a loop or a template costs beside its text
)

// What else costs, beside a sample that an evaluation goes over.
const (
	perEvaluation = 60 // samples for an evaluation
	perAnswer     = 10 // samples for a series that a template asks for
	perState      = 10 // samples for a rule in a test, which keeps what fires and what is written
	bytesPerUnit  = 50 // bytes of an expression for which it counts as one more evaluation
)

// budget is what is left for one test file.
type budget struct {
	text    int              // bytes that templates may still write
	samples int              // that evaluations may still go over
	prices  map[string]price // by expression

	listed int // alerts and samples that failures name
}

func newBudget() *budget { return &budget{text: maxTemplateBytes, samples: maxSamples} }

var errTemplateBudget = errors.New("the templates write more than 32 MiB in one test file")

// write takes n bytes from what templates may write.
func (b *budget) write(n int) error {
	if b.text -= n; b.text < 0 {
		return errTemplateBudget
	}
	return nil
}

// A price is what an evaluation of an expression costs, in samples: in any case, and for each sample, of which every operator makes others.
type price struct {
	once   int
	sample int64
}

// evaluated takes one evaluation from the budget; false when no more may follow.
func (b *budget) evaluated(expr string, samples int64) bool {
	p, known := b.prices[expr]
	if !known {
		if b.prices == nil {
			b.prices = map[string]price{}
		}
		p = price{perEvaluation + perEvaluation*(len(expr)/bytesPerUnit) + promrules.PatternSize(expr), int64(1 + promrules.Operators(expr))}
		b.prices[expr] = p
	}
	return b.spend(p.once + int(min(samples*p.sample, maxSamples)))
}

// spent is whether a test of the file ended for want of budget.
func (b *budget) spent() bool { return b.samples < 0 || b.text < 0 }

// spend takes what costs as much as going over n samples; false when nothing is left.
func (b *budget) spend(n int) bool {
	b.samples -= n
	return b.samples >= 0
}

// funcs are the functions of the language that make texts longer than what they get, at their price.
func (b *budget) funcs() template.FuncMap {
	priced := func(make func(args ...any) string) func(args ...any) (string, error) {
		return func(args ...any) (string, error) {
			for _, a := range args { // before it is made: what is made is at most some times as long
				if s, ok := a.(string); ok && len(s) > b.text {
					return "", b.write(len(s))
				}
			}
			out := make(args...)
			return out, b.write(len(out))
		}
	}
	return template.FuncMap{
		"print":   priced(fmt.Sprint),
		"println": priced(fmt.Sprintln),
		"printf": func(format string, args ...any) (string, error) {
			if wide := widest(format); wide > b.text {
				return "", b.write(wide)
			}
			return priced(func(args ...any) string { return fmt.Sprintf(format, args...) })(args...)
		},
		"html":     priced(template.HTMLEscaper),
		"js":       priced(template.JSEscaper),
		"urlquery": priced(template.URLQueryEscaper),
		"reReplaceAll": func(pattern, replacement, text string) (string, error) {
			longest := (len(text)+1)*len(replacement) + strings.Count(replacement, "$")*len(text)
			if longest > b.text {
				return "", b.write(longest)
			}
			out := regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
			return out, b.write(len(out))
		},
		passName: func(n int) (string, error) { return "", b.write(n) },
	}
}

// widest is the sum of the widths that a format asks for: %1000000000d needs no long argument.
func widest(format string) int {
	sum := 0
	for i := 0; i < len(format); i++ {
		if !digit(format[i]) {
			continue
		}
		n := 0
		for ; i < len(format) && digit(format[i]) && n < 1<<40; i++ {
			n = n*10 + int(format[i]-'0')
		}
		sum += n
	}
	return sum
}

// passName is a function that a template cannot have of its own accord.
const passName = "__pass"

// counted is the template with a count of what each pass through a loop or a named template writes; the text itself where it
// has neither, because then it writes no more than it is long.
func counted(text string) (string, bool) {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	sets := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", sets); err != nil || tree.Root == nil {
		return text, false
	}
	loops := len(sets) > 1
	var visit func(l *parse.ListNode) *parse.ListNode
	visit = func(l *parse.ListNode) *parse.ListNode {
		if l == nil {
			return nil
		}
		size := bytesPerPass
		for _, n := range l.Nodes {
			switch n := n.(type) {
			case *parse.TextNode:
				size += len(n.Text)
			case *parse.ActionNode:
				size += bytesPerPass
			case *parse.IfNode:
				n.List, n.ElseList = visit(n.List), visit(n.ElseList)
			case *parse.WithNode:
				n.List, n.ElseList = visit(n.List), visit(n.ElseList)
			case *parse.RangeNode:
				loops = true
				n.List, n.ElseList = visit(n.List), visit(n.ElseList)
			}
		}
		l.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText, Text: fmt.Appendf(nil, "{{%s %d}}", passName, size)}}, l.Nodes...)
		return l
	}
	var out strings.Builder
	for name, t := range sets {
		if visit(t.Root); name != "" && t.Root != nil {
			fmt.Fprintf(&out, "{{define %q}}%s{{end}}", name, t.Root)
		}
	}
	if !loops {
		return text, false
	}
	if sets[""] == nil { // there is nothing beside the definitions
		visit(tree.Root)
	}
	return out.String() + tree.Root.String(), true
}

// errEvaluationBudget is the end of what the tests of one file may evaluate.
var errEvaluationBudget = errors.New("the tests of one file evaluate more than 300,000 expressions, counting 60 samples as one")

// pricedText is a template with its counts.
type pricedText struct {
	text  string
	loops bool
}

// counted is counted, once for each template.
func (t *trial) counted(text string) (string, bool) {
	p, known := t.priced[text]
	if !known {
		p.text, p.loops = counted(text)
		if t.priced == nil {
			t.priced = map[string]pricedText{}
		}
		t.priced[text] = p
	}
	return p.text, p.loops
}

// charge takes what a template wrote from the budget of the file.
func (t *trial) charge(r *Rule, n int) *contract.Error {
	if err := t.budget.write(n); err != nil {
		return t.overBudget(r, err)
	}
	return nil
}

// spend takes what costs as much as going over n samples from the budget of the file.
func (t *trial) spend(r *Rule, n int) {
	if !t.budget.spend(n) && t.excess == nil {
		t.excess = t.overBudget(r, errEvaluationBudget)
	}
}

// overBudget is the problem of a test whose file has no budget left.
func (t *trial) overBudget(r *Rule, err error) *contract.Error {
	if r == nil {
		return &contract.Error{Place: t.group.place, Msg: err.Error(), Err: err, Hint: "shorten the tested time or the series"}
	}
	return &contract.Error{
		Place: r.Place, Msg: fmt.Sprintf("%s %s: %v", map[bool]string{true: "alert", false: "rule"}[r.Alert != ""], quoted(r.Name()), err), Err: err,
		Hint: "shorten the template, the tested time or the series",
	}
}
