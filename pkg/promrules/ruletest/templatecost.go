package ruletest

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/romel/govctl/internal/promrules"
)

// funcs are the functions of the language that make texts longer than what they get, at their price.
func (b *budget) funcs() template.FuncMap {
	priced := func(make func(args ...any) string) func(args ...any) (string, error) {
		return func(args ...any) (string, error) {
			if n := b.largest(args); n > b.text/max(len(args), 1) { // before it is made: what is made is at most some times as long
				return "", b.write(b.text + 1)
			}
			out := make(args...)
			return out, b.write(len(out))
		}
	}
	return template.FuncMap{
		"print":   priced(fmt.Sprint),
		"println": priced(fmt.Sprintln),
		"printf": func(format string, args ...any) (string, error) {
			if most := widest(format, args) + strings.Count(format, "%")*b.largest(args); most > b.text {
				return "", b.write(most)
			}
			out := fmt.Sprintf(format, args...)
			return out, b.write(len(out))
		},
		"html":     priced(template.HTMLEscaper),
		"js":       priced(template.JSEscaper),
		"urlquery": priced(template.URLQueryEscaper),
		"match": func(pattern, text string) (bool, error) {
			if err := b.match(pattern, text); err != nil {
				return false, err
			}
			return regexp.MatchString(pattern, text)
		},
		"reReplaceAll": func(pattern, replacement, text string) (string, error) {
			longest := (len(text)+1)*len(replacement) + strings.Count(replacement, "$")*len(text)
			if longest > b.text {
				return "", b.write(longest)
			}
			if err := b.match(pattern, text); err != nil {
				return "", err
			}
			out := regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
			return out, b.write(len(out))
		},
		keepName: func(v any) (any, error) { return v, b.keep(v) },
		showName: func(v any) (any, error) { return v, b.write(printedSize(reflect.ValueOf(v), b.text, maxNesting)) },
		passName: func(n int) (string, error) { return "", b.write(n) },
	}
}

// largest is the size of the largest of some values.
func (b *budget) largest(args []any) int {
	most := 0
	for _, a := range args {
		most = max(most, printedSize(reflect.ValueOf(a), b.text, maxNesting))
	}
	return most
}

// widest is the sum of the widths that a format asks for: %1000000000d needs no long argument.
func widest(format string, args []any) int {
	const most = 1_000_000 // that an argument can ask for
	star := 0
	for _, a := range args {
		if v := reflect.ValueOf(a); v.CanInt() {
			star = max(star, int(min(max(v.Int(), -v.Int()), most)))
		}
	}
	sum := star * strings.Count(format, "*")
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

// maxProgram bounds the instructions of a pattern in a template.
const maxProgram = 100_000

var errPattern = fmt.Errorf("a pattern of a template compiles to more than %d instructions", maxProgram)

// match takes what it costs to compile a pattern and to match it with a text.
func (b *budget) match(pattern, text string) error {
	size := promrules.ProgramSize(pattern)
	switch {
	case size > maxProgram:
		return errPattern
	case !b.spend(size + int(min(int64(size)*int64(len(text))/64, maxSamples))):
		return errEvaluationBudget
	}
	return nil
}

// short texts may be kept for nothing.
const short = 256

// keep takes the memory of a value that a function has made. Results of queries are paid for where they are asked.
func (b *budget) keep(v any) error {
	switch v := reflect.ValueOf(v); {
	case v.Kind() == reflect.String && v.Len() > short, v.Kind() == reflect.Map && v.Type().Elem().Kind() == reflect.Interface:
		return b.write(printedSize(v, b.text, maxNesting))
	}
	return nil
}

// printedSize is the length of a value as text, about, up to a limit beyond which it is not looked at.
func printedSize(v reflect.Value, limit, depth int) int {
	const scalar = 16 // bytes
	size := scalar
	add := func(part reflect.Value) bool {
		size += printedSize(part, limit-size, depth-1)
		return size <= limit
	}
	switch {
	case !v.IsValid():
	case depth == 0:
		return limit + 1
	case v.Kind() == reflect.String:
		return v.Len()
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		return printedSize(v.Elem(), limit, depth-1)
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		for i := 0; i < v.Len() && add(v.Index(i)); i++ {
		}
	case v.Kind() == reflect.Struct:
		for i := 0; i < v.NumField() && add(v.Field(i)); i++ {
		}
	case v.Kind() == reflect.Map:
		for it := v.MapRange(); it.Next() && add(it.Key()) && add(it.Value()); {
		}
	}
	return size
}

// The functions that count, whose names a template cannot have of its own accord: passes through loops and templates, what functions make and
// what is shown.
const (
	passName = "__pass"
	keepName = "__keep"
	showName = "__show"
)

// plainActions is how many actions a template may have for which nothing is counted: with neither loops nor variables it writes no more
// than so many labels.
const plainActions = 20

// counted is the template with a count of what each action makes and writes, and of the passes through its loops and named templates; the text
// itself where it is so plain that it cannot write much.
func counted(text string) (string, bool) {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	sets := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", sets); err != nil || tree.Root == nil {
		return text, false
	}
	c := counter{repeats: len(sets) > 1}
	var out strings.Builder
	for name, t := range sets {
		if c.list(t.Root); name != "" && t.Root != nil {
			fmt.Fprintf(&out, "{{define %q}}%s{{end}}", name, t.Root)
		}
	}
	if !c.repeats && c.growing < 2 && c.commands <= plainActions {
		return text, false
	}
	if sets[""] == nil { // there is nothing beside the definitions
		c.list(tree.Root)
	}
	return out.String() + tree.Root.String(), true
}

// counter puts counts into a template.
type counter struct {
	repeats  bool // whether the template has loops, or variables of its own
	commands int
	growing  int // commands that make a text longer
}

// growing are the functions whose results are longer than what they get, beside those that are counted by themselves.
var growing = []string{"args", "graphLink", "tableLink", "urlQueryEscape"}

func (c *counter) list(l *parse.ListNode) *parse.ListNode {
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
			c.pipe(n.Pipe)
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, call(showName))
			} else if !slices.Contains(preludeVariables, n.Pipe.Decl[0].Ident[0]) {
				c.repeats = true
			}
		case *parse.TemplateNode:
			c.pipe(n.Pipe)
		case *parse.IfNode:
			c.branch(&n.BranchNode)
		case *parse.WithNode:
			c.branch(&n.BranchNode)
		case *parse.RangeNode:
			c.repeats = true
			c.branch(&n.BranchNode)
		}
	}
	l.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText, Text: fmt.Appendf(nil, "{{%s %d}}", passName, size)}}, l.Nodes...)
	return l
}

func (c *counter) branch(n *parse.BranchNode) {
	c.pipe(n.Pipe)
	n.List, n.ElseList = c.list(n.List), c.list(n.ElseList)
}

// pipe counts what each command of a pipeline makes.
func (c *counter) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	cmds := make([]*parse.CommandNode, 0, 2*len(p.Cmds)+1)
	for _, cmd := range p.Cmds {
		c.commands++
		for _, arg := range cmd.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				c.pipe(inner)
			}
		}
		cmds = append(cmds, cmd)
		if f, ok := cmd.Args[0].(*parse.IdentifierNode); ok { // other commands make nothing new
			cmds = append(cmds, call(keepName))
			if slices.Contains(growing, f.Ident) {
				c.growing++
			}
		}
	}
	p.Cmds = cmds
}

func call(name string) *parse.CommandNode {
	return &parse.CommandNode{NodeType: parse.NodeCommand, Args: []parse.Node{parse.NewIdentifier(name)}}
}

// preludeVariables are those that the prelude sets.
var preludeVariables = []string{"$labels", "$externalLabels", "$externalURL", "$value"}

// parseCost is what it costs to read a template, which the engine does for each series: in samples. Long ones cost more, since they are not
// what anybody needs for many series.
func parseCost(text string) int {
	const long = 2 << 10 // bytes
	return len(text)/8 + max(0, len(text)-long)
}

// overBudgetOf is why a template ended that cost too much; nil for other errors.
func overBudgetOf(err error) error {
	for _, known := range []error{errTemplateBudget, errEvaluationBudget, errPattern} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// pricedText is a template with its counts.
type pricedText struct {
	text  string
	loops bool
}

// counted is counted, once for each template.
func (t *testRun) counted(text string) (string, bool) {
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
