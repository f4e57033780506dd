package ruletest

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/pkg/contract"
)

// The kinds of Kubernetes objects that hold rules. Objects of other kinds may stand between them.
const (
	kindRule     = "PrometheusRule"
	kindRuleList = "PrometheusRuleList"
	kindList     = "List"
)

// isObject reports whether a document is a Kubernetes object.
func isObject(root *yaml.Node) bool {
	return field(root, "kind") != nil && field(root, "apiVersion") != nil
}

// field is the value of a key; nil where it is absent or null. A key of the mapping itself wins over merged ones.
func field(n *yaml.Node, key string) *yaml.Node { return fieldWithin(n, key, maxNesting) }

func fieldWithin(n *yaml.Node, key string, depth int) *yaml.Node {
	if n = unalias(n); n.Kind != yaml.MappingNode || depth == 0 {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if value := unalias(n.Content[i+1]); n.Content[i].Value == key && !empty(value) {
			return n.Content[i+1]
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].ShortTag() != mergeTag {
			continue
		}
		merged := []*yaml.Node{n.Content[i+1]}
		if list := unalias(n.Content[i+1]); list.Kind == yaml.SequenceNode {
			merged = list.Content
		}
		for _, m := range merged {
			if v := fieldWithin(m, key, depth-1); v != nil {
				return v
			}
		}
	}
	return nil
}

// furtherDocuments are the problems of a plain rule file in which documents follow the first one.
func furtherDocuments(file string, data []byte, d *yaml.Decoder) []*contract.Error {
	for {
		root, err := nextDocument(d)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return explained(file, data, nil, []error{err})
		case !empty(root):
			return []*contract.Error{secondDocument(file, root)}
		}
	}
}

// secondDocument is the problem of a plain rule file with a document that Prometheus would leave out without an error.
func secondDocument(file string, root *yaml.Node) *contract.Error {
	return &contract.Error{Place: at(file, root), Msg: "a second YAML document begins here, which Prometheus does not read",
		Hint: "put its groups into the first one, or into a file of their own"}
}

// manifest reads the PrometheusRule objects of a file.
type manifest struct {
	file          string
	data          []byte
	parser        parser.Parser
	ignoreUnknown bool

	groups   []Group
	problems []*contract.Error
	objects  int // read so far
	room     *room
}

// parseObjects reads the objects of a file, of which root is the first.
func parseObjects(file string, data []byte, d *yaml.Decoder, root *yaml.Node, p parser.Parser, ignoreUnknown bool) ([]Group, []*contract.Error) {
	m := &manifest{file: file, data: data, parser: p, ignoreUnknown: ignoreUnknown, room: roomFor(len(data))}
	first := root
	for err := error(nil); !errors.Is(err, io.EOF); root, err = nextDocument(d) {
		if err != nil {
			return nil, explained(file, data, nil, []error{err})
		}
		if !empty(root) {
			m.object(root, "", maxNesting)
		}
	}
	if m.objects == 0 && len(m.problems) == 0 {
		m.fail(first, "leave the file out of rule_files", "the manifest contains no PrometheusRule: its kind is %s", quoted(unalias(field(first, "kind")).Value))
	}
	if len(m.problems) > 0 {
		return nil, m.problems
	}
	return m.groups, nil
}

func (m *manifest) fail(n *yaml.Node, hint, format string, args ...any) {
	if len(m.problems) < maxProblems {
		m.problems = append(m.problems, &contract.Error{Place: at(m.file, n), Msg: fmt.Sprintf(format, args...), Hint: hint})
	}
}

// object reads one object, or those of a list. The kind is that of an object which names none.
func (m *manifest) object(n *yaml.Node, kind string, depth int) {
	if k := field(n, "kind"); k != nil {
		kind = unalias(k).Value
	}
	switch kind {
	case "":
		m.fail(n, "", "an object among Kubernetes objects has no kind")
	case kindRule:
		m.rule(n)
	case kindList, kindRuleList:
		m.list(n, kind, depth)
	}
}

func (m *manifest) list(n *yaml.Node, kind string, depth int) {
	if kind == kindRuleList {
		m.objects++ // an empty list is one of rules all the same
	}
	items := field(n, "items")
	switch {
	case items == nil:
	case unalias(items).Kind != yaml.SequenceNode:
		m.fail(items, "", "items must be a list")
	case depth == 0:
		m.fail(items, "", "lists of objects are nested more than %d deep", maxNesting)
	default:
		for _, item := range unalias(items).Content {
			m.object(item, map[string]string{kindRuleList: kindRule}[kind], depth-1)
		}
	}
}

// rule reads a PrometheusRule as the rule file that the operator makes of it.
func (m *manifest) rule(n *yaml.Node) {
	m.objects++
	spec := field(n, "spec")
	if spec == nil {
		return
	}
	if unalias(spec).Kind != yaml.MappingNode {
		m.fail(spec, `the structure is spec: {groups: [{name: NAME, rules: [{alert: NAME, expr: EXPR}]}]}`, "spec must be a mapping with a list \"groups\"")
		return
	}
	text, err := writeRules(spec, m.room)
	if err != nil {
		m.problems = append(m.problems, placed(m.file, []error{err})...)
		return
	}
	groups, problems := parseText(m.file, m.data, text, m.parser, m.ignoreUnknown)
	for i := range groups {
		groups[i].object = m.objects
	}
	m.groups = append(m.groups, groups...)
	for _, p := range problems {
		if len(m.problems) < maxProblems && !slices.ContainsFunc(m.problems, func(q *contract.Error) bool { return p.Place == q.Place && p.Msg == q.Msg }) {
			m.problems = append(m.problems, p)
		}
	}
}
