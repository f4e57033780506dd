package promrules

import (
	"maps"
	"slices"
	"text/template/parse"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/report"
)

// preamble are the variables that Prometheus defines before each template of a rule.
const preamble = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// templateLabels are the labels of the alert that a template shows, sorted. Those that it asks for first ({{ if $labels.x }}, {{ with $labels.x }})
// are left out: such a text reads well without them. Nothing is known of a template that does not parse.
func templateLabels(text string) []string {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	sets := map[string]*parse.Tree{}
	if _, err := tree.Parse(preamble+text, "", "", sets); err != nil || tree.Root == nil {
		return nil
	}
	u := labelUse{shown: map[string]bool{}, asked: map[string]bool{}}
	u.list(tree.Root, true)
	for name := range u.asked {
		delete(u.shown, name)
	}
	return slices.Sorted(maps.Keys(u.shown))
}

// labelUse collects the labels that a template names. A dot is the alert only at the top: range and with give it another meaning, such as
// the sample of a query.
type labelUse struct{ shown, asked map[string]bool }

func (u *labelUse) list(l *parse.ListNode, top bool) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			u.pipe(n.Pipe, top, u.shown)
		case *parse.TemplateNode:
			u.pipe(n.Pipe, top, u.shown)
		case *parse.IfNode:
			u.pipe(n.Pipe, top, u.asked)
			u.list(n.List, top)
			u.list(n.ElseList, top)
		case *parse.WithNode:
			u.pipe(n.Pipe, top, u.asked)
			u.list(n.List, false)
			u.list(n.ElseList, top)
		case *parse.RangeNode:
			u.pipe(n.Pipe, top, u.shown)
			u.list(n.List, false)
			u.list(n.ElseList, top)
		}
	}
}

func (u *labelUse) pipe(p *parse.PipeNode, top bool, to map[string]bool) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		for i, arg := range c.Args {
			switch a := arg.(type) {
			case *parse.PipeNode:
				u.pipe(a, top, to)
			case *parse.VariableNode, *parse.FieldNode:
				path := labelPath(a, top)
				if len(path) > 0 {
					to[path[0]] = true
				} else if path != nil && i == 1 && len(c.Args) > 2 && c.Args[0].String() == "index" {
					if key, ok := c.Args[2].(*parse.StringNode); ok {
						to[key.Text] = true
					}
				}
			}
		}
	}
}

// labelPath is what follows the labels of the alert in $labels.x, $.Labels.x or .Labels.x; empty for all labels, nil for anything else.
func labelPath(n parse.Node, top bool) []string {
	switch n := n.(type) {
	case *parse.VariableNode:
		switch {
		case n.Ident[0] == "$labels":
			return n.Ident[1:]
		case n.Ident[0] == "$" && len(n.Ident) > 1 && n.Ident[1] == "Labels":
			return n.Ident[2:]
		}
	case *parse.FieldNode:
		if top && n.Ident[0] == "Labels" {
			return n.Ident[1:]
		}
	}
	return nil
}

// textPlace is where the text of a label or an annotation of a rule stands; the rule's own place where it is inherited.
func (r *Rule) textPlace(file, kind, key string) report.Place {
	if v := r.whole.node.Get(kind + "s").Get(key); v.Exists() {
		return spot{v, r.whole.above}.place(file)
	}
	return r.Place(file)
}

// showsValue reports whether a template uses the value of the alert.
func showsValue(text string) bool {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(preamble+text, "", "", map[string]*parse.Tree{}); err != nil || tree.Root == nil {
		return false
	}
	found := false
	for _, n := range tree.Root.Nodes[preambleNodes:] {
		found = found || valueWord().MatchString(n.String())
	}
	return found
}

// valueWord is the value in the text of a template's node. Strings within it are rare enough not to matter.
var valueWord = late.Pattern(`(?:^|[^\w.])(?:\$value\b|\$?\.Value\b)`)

// preambleNodes is the number of definitions in the preamble.
const preambleNodes = 4
