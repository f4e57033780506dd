package promrules

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/romel/govctl/pkg/contract"
)

// fields calls use for each field of an object whose value is not null, once the key is checked.
func (r *reader) fields(n contract.Node, in level, use func(key string, v contract.Node) error) error {
	for key, v := range n.Fields() {
		if in != free {
			if err := r.key(in, key, v); err != nil {
				return err
			}
		}
		if v.Kind() == contract.Null {
			continue
		}
		if err := use(key, v); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) groups(n contract.Node, namespace string) error {
	if !n.Exists() {
		return nil
	}
	if n.Kind() != contract.Array {
		return r.fail(n, "groups must be a list", shape)
	}
	seen := make(map[string]int, n.Len())
	for _, item := range n.Items() {
		g, err := r.group(item)
		if err != nil {
			return err
		}
		if first, again := seen[g.Name]; again {
			return r.fail(item, fmt.Sprintf("duplicate group name %q, first in line %d", g.Name, r.spot(n.At(first)).place("").Line), "give each group of a file its own name")
		}
		seen[g.Name] = len(seen)
		g.Namespace = namespace
		r.file.Groups = append(r.file.Groups, g)
	}
	return nil
}

func (r *reader) group(n contract.Node) (g Group, err error) {
	if n.Kind() != contract.Object {
		return g, r.fail(n, "a group must be a mapping", shape)
	}
	g.at = r.spot(n)
	var rules contract.Node
	err = r.fields(n, inGroup, func(key string, v contract.Node) (err error) {
		switch key {
		case "name":
			g.Name, err = r.scalar(key, v)
		case "interval":
			g.Interval, err = r.scalar(key, v)
		case "labels":
			g.Labels, err = r.texts(key, v)
		case "rules":
			rules = v
		}
		return err
	})
	if err == nil {
		err = r.delays(n)
	}
	switch {
	case err != nil:
		return g, err
	case g.Name == "":
		return g, r.fail(n, "a group needs a name", shape)
	case !rules.Exists():
		return g, nil
	case rules.Kind() != contract.Array:
		return g, r.fail(rules, "rules must be a list", shape)
	}
	g.Rules = make([]Rule, 0, rules.Len())
	for _, item := range rules.Items() {
		// Aliases can repeat a list of rules many times over in a small file.
		if r.rules++; r.rules > maxRules {
			return g, r.fail(item, fmt.Sprintf("the file has more than %d rules", maxRules), "spread them over several files")
		}
		rule, err := r.oneRule(item)
		if err != nil {
			return g, err
		}
		if r.patterns += PatternSize(rule.Expr); r.patterns > maxPatternsOfFile {
			return g, r.fail(item, fmt.Sprintf("the patterns of the file compile to more than %d instructions", maxPatternsOfFile), "repeat less within patterns: x{1,30} is thirty times x")
		}
		g.Rules = append(g.Rules, rule)
	}
	return g, nil
}

func (r *reader) oneRule(n contract.Node) (rule Rule, err error) {
	if n.Kind() != contract.Object {
		return rule, r.fail(n, "a rule must be a mapping", "")
	}
	rule.at, rule.whole = r.spot(n), r.spot(n)
	err = r.fields(n, inRule, func(key string, v contract.Node) (err error) {
		switch key {
		case "alert":
			rule.Alert, err = r.scalar(key, v)
			rule.at = r.spot(v)
		case "record":
			rule.Record, err = r.scalar(key, v)
			rule.at = r.spot(v)
		case "expr":
			rule.Expr, err = r.scalar(key, v)
			rule.expr = r.spot(v)
		case "for":
			rule.For, err = r.scalar(key, v)
		case "keep_firing_for":
			rule.KeepFiringFor, err = r.scalar(key, v)
		case "labels":
			rule.Labels, err = r.texts(key, v)
		case "annotations":
			rule.Annotations, err = r.texts(key, v)
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

// scalar is a value as a text. Prometheus takes what is written, so that 1.50 stays 1.50 and Yes stays Yes.
func (r *reader) scalar(key string, v contract.Node) (string, error) {
	switch v.Kind() {
	case contract.String:
		return v.Text(), nil
	case contract.Number, contract.Bool:
		return r.written(v), nil
	}
	return "", r.fail(v, key+" must be a text", "")
}

// written is an unquoted number or boolean as it stands in the file.
func (r *reader) written(v contract.Node) string {
	text := v.Written()
	if end := strings.IndexAny(text, " \t\r\n,]}#"); end >= 0 {
		text = text[:end]
	}
	if text == "" || strings.ContainsAny(text[:1], "&*!") { // an anchor, an alias or a tag stands before the value
		if v.Kind() == contract.Bool {
			return fmt.Sprint(v.Bool())
		}
		return v.Literal()
	}
	return text
}

func (r *reader) duration(key string, v contract.Node) (string, error) {
	text, err := r.scalar(key, v)
	if err != nil || text == "" {
		return text, err
	}
	if _, err := model.ParseDuration(text); err != nil {
		return "", r.fail(v, fmt.Sprintf("%s: %q is no duration", key, text), "write it like 30s, 5m, 1h30m")
	}
	return text, nil
}

// texts reads labels or annotations.
func (r *reader) texts(key string, v contract.Node) (map[string]string, error) {
	if v.Kind() != contract.Object {
		return nil, r.fail(v, key+" must be a mapping", "")
	}
	out := make(map[string]string, v.Len())
	err := r.fields(v, free, func(k string, v contract.Node) (err error) {
		out[k], err = r.scalar(k, v)
		return err
	})
	return out, err
}
