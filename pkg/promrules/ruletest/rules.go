package ruletest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Group is one rule group of a rule file.
type Group struct {
	File, Name  string
	Limit       int
	QueryOffset time.Duration
	Rules       []Rule

	object int // which object of the file holds the group, from 1; 0 in a plain rule file
}

// Rule is one alerting or recording rule.
type Rule struct {
	Alert, Record string // one of them is empty
	Expr          parser.Expr
	query         string   // the expression as the parser prints it, which is what Prometheus evaluates
	reads         []string // see reads
	For           time.Duration
	KeepFiringFor time.Duration
	Labels        labels.Labels // of the group and of the rule
	Annotations   labels.Labels
	Place         report.Place
}

// Name is that of the alert or of the recorded series.
func (r *Rule) Name() string {
	if r.Alert != "" {
		return r.Alert
	}
	return r.Record
}

// ParseRules reads a rule file as Prometheus reads it, and a manifest of Kubernetes objects as the Prometheus operator does: each
// PrometheusRule in it is a rule file of its own.
func ParseRules(file string, data []byte, p parser.Parser, ignoreUnknown bool) (groups []Group, problems []*contract.Error) {
	defer func() { // the libraries recover from their own errors; what they miss must not end the program
		if caught := recover(); caught != nil {
			groups, problems = nil, placed(file, []error{fmt.Errorf("the rule parser gave up: %v", caught)})
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	root, err := nextDocument(d)
	for err == nil && empty(root) {
		if root, err = nextDocument(d); err == nil && !empty(root) && !isObject(root) {
			return nil, []*contract.Error{secondDocument(file, root)}
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, explained(file, data, nil, []error{err})
	case isObject(root):
		return parseObjects(file, data, d, root, p, ignoreUnknown)
	}
	if groups, problems = parseText(file, data, &ruleText{text: data, root: root}, p, ignoreUnknown); len(problems) > 0 {
		return nil, problems
	}
	return groups, furtherDocuments(file, data, d)
}

// nextDocument is the next YAML document, in which no text and no mapping is too large.
func nextDocument(d *yaml.Decoder) (*yaml.Node, error) {
	var doc yaml.Node
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	root := doc.Content[0]
	if n := tooLong(root); n != nil {
		return nil, fmt.Errorf("%d:%d: a text is longer than %d bytes", n.Line, n.Column, maxText)
	}
	if n := tooWide(root); n != nil {
		return nil, fmt.Errorf("%d:%d: %s", n.Line, n.Column, wideMapping)
	}
	return root, nil
}

// parseText reads the text of one rule file. It is the file itself, or was written from a part of it.
func parseText(file string, data []byte, t *ruleText, p parser.Parser, ignoreUnknown bool) ([]Group, []*contract.Error) {
	places, err := rulePlaces(file, t.root)
	if err != nil {
		return nil, explained(file, data, places, []error{err})
	}
	parsed, errs := rulefmt.Parse(t.text, ignoreUnknown, model.UTF8Validation, p, slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		return nil, explained(file, data, places, t.original(errs))
	}
	return convert(file, parsed, places, p)
}

func convert(file string, parsed *rulefmt.RuleGroups, places []groupPlace, p parser.Parser) ([]Group, []*contract.Error) {
	groups := make([]Group, 0, len(parsed.Groups))
	for i, g := range parsed.Groups {
		group := Group{File: file, Name: g.Name, Limit: g.Limit}
		if g.QueryOffset != nil {
			group.QueryOffset = time.Duration(*g.QueryOffset)
		}
		for j, r := range g.Rules {
			expr, err := p.ParseExpr(r.Expr)
			if err != nil {
				return nil, placed(file, []error{err})
			}
			merged := maps.Clone(g.Labels)
			if merged == nil {
				merged = map[string]string{}
			}
			maps.Copy(merged, r.Labels)
			group.Rules = append(group.Rules, Rule{
				Alert: r.Alert, Record: r.Record, Expr: expr, query: expr.String(), reads: reads(expr), For: time.Duration(r.For), KeepFiringFor: time.Duration(r.KeepFiringFor),
				Labels: labels.FromMap(merged), Annotations: labels.FromMap(r.Annotations), Place: places[i].rules[j],
			})
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// groupPlace is where a group and its rules stand.
type groupPlace struct {
	name  string
	at    report.Place
	rules []report.Place
}

// rulePlaces finds where each group and each of its rules stands.
func rulePlaces(file string, root *yaml.Node) ([]groupPlace, error) {
	var doc struct {
		Groups []struct {
			Name  yaml.Node   `yaml:"name"`
			Rules []yaml.Node `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := root.Decode(&doc); err != nil {
		return nil, err
	}
	places := make([]groupPlace, 0, len(doc.Groups))
	for i := range doc.Groups {
		group := &doc.Groups[i]
		g := groupPlace{name: group.Name.Value, at: at(file, &group.Name)}
		for j := range group.Rules {
			g.rules = append(g.rules, at(file, &group.Rules[j]))
		}
		places = append(places, g)
	}
	return places, nil
}

// maxText bounds an expression and a template, in bytes.
const maxText = 128 << 10

// tooLong is a scalar below n that is longer than maxText; nil when there is none. Aliases are not followed: what they point
// to stands elsewhere below the root.
func tooLong(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.ScalarNode && len(n.Value) > maxText {
		return n
	}
	for _, c := range n.Content {
		if found := tooLong(c); found != nil {
			return found
		}
	}
	return nil
}
