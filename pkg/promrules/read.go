package promrules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// deref follows an alias to its anchor.
func deref(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// valueOf is the value of a key of a mapping; nil where it is absent or null.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	n = deref(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if v := deref(n.Content[i+1]); v.Tag != "!!null" {
				return v
			}
			return nil
		}
	}
	return nil
}

// fields calls use for each key of a mapping whose value is not null, merged ones (<<) included. A key must not stand twice
// and must be a known one; nil knows all.
func (r *reader) fields(n *yaml.Node, known []string, use func(key, value *yaml.Node) error) error {
	n = deref(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], deref(n.Content[i+1])
		for j := 0; j < i; j += 2 {
			if n.Content[j].Value == key.Value {
				return r.fail(key, fmt.Sprintf("key %q stands twice in one mapping, first in line %d", key.Value, n.Content[j].Line), "")
			}
		}
		var err error
		switch {
		case key.Tag == "!!merge":
			err = r.merged(n, value, known, use)
		case known != nil && !slices.Contains(known, key.Value):
			err = r.fail(key, fmt.Sprintf("unknown key %q", key.Value), "known here are "+strings.Join(known, ", "))
		case value.Tag != "!!null":
			err = use(key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// merged calls use for the keys that a mapping takes from others; its own keys win.
func (r *reader) merged(n, from *yaml.Node, known []string, use func(key, value *yaml.Node) error) error {
	list := []*yaml.Node{from}
	if from.Kind == yaml.SequenceNode {
		list = from.Content
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		seen[n.Content[i].Value] = true
	}
	for _, m := range list {
		m = deref(m)
		if m.Kind != yaml.MappingNode {
			return r.fail(m, "only mappings can be merged with <<", "")
		}
		for i := 0; i+1 < len(m.Content); i += 2 {
			key := m.Content[i]
			if seen[key.Value] {
				continue
			}
			if key.Tag == "!!merge" {
				return r.fail(key, "merged mappings that merge others are not read", "write the keys out")
			}
			seen[key.Value] = true
			pair := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, m.Content[i+1]}}
			if err := r.fields(&pair, known, use); err != nil {
				return err
			}
		}
	}
	return nil
}

// Keys of a group. The later ones belong to Thanos, Mimir and Loki.
var groupKeys = []string{
	"name", "interval", "query_offset", "limit", "rules", "labels",
	"partial_response_strategy", "evaluation_delay", "align_evaluation_time_on_interval", "source_tenants", "remote_write",
}

var ruleKeys = []string{"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}

func (r *reader) groups(n *yaml.Node, namespace string) error {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return r.fail(n, "groups must be a list", "")
	}
	seen := map[string]int{}
	for _, item := range n.Content {
		g, err := r.group(deref(item))
		if err != nil {
			return err
		}
		if first, again := seen[g.Name]; again {
			return r.fail(item, fmt.Sprintf("group name %q stands twice, first in line %d", g.Name, first), "")
		}
		seen[g.Name] = g.Line
		g.Namespace = namespace
		r.file.Groups = append(r.file.Groups, *g)
	}
	return nil
}

func (r *reader) group(n *yaml.Node) (*Group, error) {
	if n.Kind != yaml.MappingNode {
		return nil, r.fail(n, "a group must be a mapping", "")
	}
	g := &Group{Line: n.Line, Column: n.Column}
	var rules *yaml.Node
	err := r.fields(n, groupKeys, func(key, value *yaml.Node) (err error) {
		switch key.Value {
		case "name":
			g.Name, err = r.scalar(key, value)
		case "interval":
			g.Interval, err = r.duration(key, value)
		case "query_offset", "evaluation_delay":
			_, err = r.duration(key, value)
		case "labels":
			g.Labels, err = r.texts(key, value)
		case "rules":
			rules = value
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case g.Name == "":
		return nil, r.fail(n, "a group needs a name", "")
	case rules == nil:
		return g, nil
	case rules.Kind != yaml.SequenceNode:
		return nil, r.fail(rules, "rules must be a list", "")
	}
	g.Rules = make([]Rule, 0, len(rules.Content))
	for _, item := range rules.Content {
		// Aliases can repeat a list of rules many times over in a small file.
		if r.rules++; r.rules > maxRules {
			return nil, r.fail(item, fmt.Sprintf("the file has more than %d rules", maxRules), "")
		}
		rule, err := r.oneRule(deref(item))
		if err != nil {
			return nil, err
		}
		g.Rules = append(g.Rules, rule)
	}
	return g, nil
}

func (r *reader) oneRule(n *yaml.Node) (rule Rule, err error) {
	if n.Kind != yaml.MappingNode {
		return rule, r.fail(n, "a rule must be a mapping", "")
	}
	rule.Line, rule.Column = n.Line, n.Column
	err = r.fields(n, ruleKeys, func(key, value *yaml.Node) (err error) {
		switch key.Value {
		case "alert":
			rule.Alert, err = r.scalar(key, value)
			rule.Line, rule.Column = value.Line, value.Column
		case "record":
			rule.Record, err = r.scalar(key, value)
			rule.Line, rule.Column = value.Line, value.Column
		case "expr":
			rule.Expr, err = r.scalar(key, value)
			rule.expr = textOf(value)
		case "for":
			rule.For, err = r.duration(key, value)
		case "keep_firing_for":
			rule.KeepFiringFor, err = r.duration(key, value)
		case "labels":
			rule.Labels, err = r.texts(key, value)
		case "annotations":
			rule.Annotations, err = r.texts(key, value)
		}
		return err
	})
	switch {
	case err != nil:
		return rule, err
	case rule.Alert != "" && rule.Record != "":
		return rule, r.fail(n, "a rule is either an alert or a record, not both", "")
	case rule.Name() == "":
		return rule, r.fail(n, "a rule needs alert or record", "")
	case strings.TrimSpace(rule.Expr) == "":
		return rule, r.fail(n, "the rule "+rule.Name()+" has no expr", "")
	}
	return rule, nil
}

// textOf remembers how an expression is written.
func textOf(n *yaml.Node) text {
	t := text{line: n.Line, column: n.Column}
	switch n.Style {
	case 0:
		t.plain = !strings.Contains(n.Value, "\n")
	case yaml.LiteralStyle:
		t.block = true
	}
	return t
}

func (r *reader) scalar(key, value *yaml.Node) (string, error) {
	if value.Kind != yaml.ScalarNode {
		return "", r.fail(value, key.Value+" must be a text", "")
	}
	return value.Value, nil
}

func (r *reader) duration(key, value *yaml.Node) (string, error) {
	text, err := r.scalar(key, value)
	if err != nil || text == "" {
		return text, err
	}
	if _, err := model.ParseDuration(text); err != nil {
		return "", r.fail(value, fmt.Sprintf("%s: %q is no duration", key.Value, text), "write it like 30s, 5m, 1h30m")
	}
	return text, nil
}

// texts reads labels or annotations.
func (r *reader) texts(key, value *yaml.Node) (map[string]string, error) {
	if value.Kind != yaml.MappingNode {
		return nil, r.fail(value, key.Value+" must be a mapping", "")
	}
	out := make(map[string]string, len(value.Content)/2)
	err := r.fields(value, nil, func(k, v *yaml.Node) (err error) {
		out[k.Value], err = r.scalar(k, v)
		return err
	})
	return out, err
}
