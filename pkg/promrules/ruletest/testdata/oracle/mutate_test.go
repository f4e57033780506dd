package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mutator changes a test file, or its rules, as a person in a hurry would, and as an enemy would. What it makes is decided by
// its source of chance alone.
type mutator struct{ *rand.Rand }

// mutate is the text with n changes.
func (m *mutator) mutate(text string, n int) string {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil || len(root.Content) == 0 {
		return m.garble(text)
	}
	for range n {
		m.change(&root)
	}
	out, err := yaml.Marshal(&root)
	if err != nil {
		return m.garble(text)
	}
	text = string(out)
	if m.IntN(20) == 0 {
		text = m.garble(text)
	}
	return text
}

// place is a node and the key below which it stands.
type place struct {
	key  string
	node *yaml.Node
}

func places(n *yaml.Node, key string, depth int) []place {
	if depth > 20 || n.Kind == yaml.AliasNode {
		return nil
	}
	out := []place{{key, n}}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			key = n.Content[i-1].Value
		}
		out = append(out, places(c, key, depth+1)...)
	}
	return out
}

func (m *mutator) pick(from ...string) string { return from[m.IntN(len(from))] }

// change makes one change somewhere.
func (m *mutator) change(root *yaml.Node) {
	all := places(root.Content[0], "", 0)
	p := all[m.IntN(len(all))]
	switch p.node.Kind {
	case yaml.ScalarNode:
		m.scalar(p)
	case yaml.SequenceNode:
		m.sequence(p.node)
	case yaml.MappingNode:
		m.mapping(p.node)
	}
}

func (m *mutator) sequence(n *yaml.Node) {
	if len(n.Content) == 0 {
		return
	}
	i, j := m.IntN(len(n.Content)), m.IntN(len(n.Content))
	switch m.IntN(4) {
	case 0:
		n.Content = append(n.Content[:i:i], n.Content[i+1:]...)
	case 1:
		n.Content = append(n.Content, n.Content[i])
	case 2:
		n.Content[i], n.Content[j] = n.Content[j], n.Content[i]
	case 3:
		n.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
}

func (m *mutator) mapping(n *yaml.Node) {
	if m.IntN(2) == 0 || len(n.Content) == 0 {
		m.insert(n)
		return
	}
	i := 2 * m.IntN(len(n.Content)/2)
	switch m.IntN(5) {
	case 0, 1:
		n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
	case 2:
		n.Content[i].Value = m.edit(n.Content[i].Value)
	case 3:
		n.Content = append(n.Content, n.Content[i], n.Content[i+1]) // twice
	case 4:
		*n.Content[i+1] = yaml.Node{Kind: []yaml.Kind{yaml.SequenceNode, yaml.MappingNode}[m.IntN(2)]}
	}
}

// insertable are keys with values, as YAML, for mappings of any kind.
var insertable = []string{
	"fuzzy_compare: true", "fuzzy_compare: yes", "fuzzy_compare: maybe", "evaluation_interval: 30s", "evaluation_interval: 1m30s", "evaluation_interval: 0s",
	"evaluation_interval: 5", "group_eval_order: [g, h]", "group_eval_order: [g, g]", "interval: 2m", "interval: 15s", "interval: -1m", "interval: 0",
	"external_labels: {zone: north, 'a b': c}", "external_labels: {zone: 5, job: ''}", "external_labels: [a]", "external_url: 'http://host:9090/p?q=1'", "external_url: '::'",
	"start_timestamp: 1700000000", "start_timestamp: '2024-02-29T23:58:30.5Z'", "start_timestamp: 2024-02-29", "start_timestamp: -1.5", "start_timestamp: 1e3",
	"start_timestamp: 2024-02-29T23:58:30Z", "name: '{x}: y'", "name: 7", "name: ''", "name: [a]",
	"input_series: [{series: 'up{zone=\"n\"}', values: '1 _x2 0+1x3 stale NaN'}]", "input_series: [{series: nh, values: '{{schema:0 count:2 sum:3 buckets:[1 1]}}x5'}]",
	"promql_expr_test: [{expr: '{__name__=~\".+\"}', eval_time: 5m}]", "promql_expr_test: [{expr: 'ALERTS', eval_time: 4m}, {expr: 'ALERTS_FOR_STATE', eval_time: 4m}]",
	"promql_expr_test: [{expr: 'vector(0.1) + 0.2', exp_samples: [{labels: '{}', value: 0.3}]}]", "promql_expr_test: [{expr: 'nh', exp_samples: [{labels: nh, histogram: '{{schema:0 count:2 sum:3 buckets:[1 1]}}'}]}]",
	"promql_expr_test: [{expr: '\"text\"'}, {expr: 'up[5m]'}, {expr: 'scalar(up)', exp_samples: [{value: 1}]}]", "exp_warnings: [a]", "exp_infos: []", "exp_ordered: true",
	"exp_samples: [{labels: 'up', value: 1}, {labels: 'up', value: 2}]", "exp_alerts: [{}]", "exp_alerts: [{exp_labels: {severity: page}}, {exp_labels: {severity: page}}]",
	"exp_labels: {alertname: Other, severity: page}", "exp_annotations: {text: ''}", "limit: 1", "limit: -1", "limit: 0", "limit: 1.5", "query_offset: 1m", "query_offset: 0s",
	"keep_firing_for: 2m", "keep_firing_for: 90", "for: 2m", "for: 1m30s", "for: -1m", "labels: {severity: 'x{{ $value }}'}", "labels: {team: a, job: group}", "labels: {'bad name': a}", "labels: {__name__: a}",
	"annotations: {text: '{{ $labels.job }} {{ $value | humanize }}'}", "annotations: {text: '{{ query \"up\" | first | value }}'}", "annotations: {text: '{{ $externalLabels.zone }} {{ $externalURL }}'}",
	"annotations: {text: '{{ nothing }}'}", "annotations: {text: '{{'}", "record: up:again", "alert: Again", "expr: up == 0", "eval_time: 3m", "alertname: Down", "value: 1", "histogram: '{{count:1}}'", "unknown: 1", "rule_files: [r0.yml, r*.yml]", "rule_files: ['[']", "tests: []", "groups: []",
}

func (m *mutator) insert(n *yaml.Node) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(insertable[m.IntN(len(insertable))]), &doc); err != nil {
		panic(err)
	}
	pair := doc.Content[0].Content
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == pair[0].Value && n.Content[i+1].Kind == pair[1].Kind {
			if pair[1].Kind == yaml.SequenceNode && m.IntN(2) == 0 {
				n.Content[i+1].Content = append(n.Content[i+1].Content, pair[1].Content...)
			} else {
				n.Content[i+1] = pair[1]
			}
			return
		}
	}
	n.Content = append(n.Content, pair...)
}

// scalars are values for the keys of the formats; other keys take any of them, or an edit.
var scalars = map[string][]string{
	"eval_time":           {"0", "0s", "1m", "90s", "5m", "14m59s999ms", "1h", "1h30m", "-1m", "1.5m", "", "5", "1m1h", "1d"},
	"interval":            {"15s", "1m", "90s", "1h", "0s", "1", "1ms", "60000ms", "", "abc"},
	"evaluation_interval": {"15s", "1m", "90s", "7m", "1h", "", "abc"},
	"for":                 {"0s", "1m", "5m", "1h", "10m30s", "1d", "", "x"},
	"keep_firing_for":     {"1m", "10m", "1h", "x"},
	"value":               {"0", "1", "-1", "1e3", "0x10", "0b11", "010", "0o17", "1_000", ".inf", "-.Inf", "+.inf", ".nan", "NaN", "Inf", "+Inf", "-Inf", "inf", "0.1", "1.0000000000000002", "4.9e-324", "1e400", "", "true", "~", "'1'", "1 ", "5.", ".5", "-0", "9007199254740993", "18446744073709551616", "190:20:30"},
	"values":              {"1", "", "_", "_x5", "stale", "1 2 3", "0+1x10", "10-2x4", "1x3 _ stale NaN Inf -Inf", "1x0", "0x5", "1e3 -1e-3 +5", "0+0.1x20", "{{schema:1 count:3 sum:5.5 buckets:[1 0 2] z_bucket:1 z_bucket_w:0.1}}x4", "{{}} 1 {{}}", "{{schema:0 count:1 sum:1 buckets:[1]}}+{{count:1 buckets:[1]}}x5 stale 1", "{{schema:-53 count:3 sum:4 custom_values:[1 2] buckets:[1 2]}}", "{{schema:9 count:1}}", "{{count:-1}}", "{{schema:0 n_buckets:[1 2] n_offset:1 offset:-1 counter_reset_hint:gauge count:4 sum:1}}", "1 2 three", "1,2", "1+x3", "1x", "x3", "1--2x3", "NaNx3", "0x-1", "1 _x 2", "'1 2'", "1.5.5", "stale x3", "stalex3", "Inf+1x3", "1+Infx2", "1\n2 3", "1 # no"},
	"series":              {"up", `up{job="a"}`, `{__name__="up"}`, `{"up", job="a"}`, "up{}", "up{job=\"a\",job=\"b\"}", "up{job=''}", "up{job=~'a'}", "{}", "", "5", "up{", "up up", `{"a b.c"}`, `up{"x y"="z"}`, "ALERTS{alertname=\"Down\",alertstate=\"firing\"}", "up@st"},
	"labels":              {"", "{}", "up", `up{job="a"}`, `{job="a"}`, "up{", "5", `{"a b"}`, `up{job="a",job="a"}`},
	"histogram":           {"{{}}", "{{schema:0 count:2 sum:3 buckets:[1 1]}}", "{{schema:0 count:2 sum:3 buckets:[1 1] counter_reset_hint:gauge}}", "1", "{{count:1}} {{count:1}}", "{{", "{{count:1}}x2", "_"},
	"expr":                {"up", "1", "vector(1)", "'a'", "up[5m]", "sum(up)", "up == 0", "ALERTS", "up{", "", "time()", "up and up", "rate(up[5m])", "up offset 1m", "up @ 60", "absent(up)", "histogram_quantile(0.9, nh)", "up[1m:]", "max_over_time(up[5m:30s])", "sort_by_label(up, 'job')", "up / on (job) up", "label_replace(up, 'a', '$1', 'job', '(.*)')", "count({__name__=~'.+'})", "nope(1)", "# nothing", "info(up)", "rate(up[5m] anchored)", "up + fill(0) up", "label_join(up, '', ',', 'job')", "up % 0", "topk(1, up)", "limitk(1, up)", "quantile(2, up)", "double_exponential_smoothing(up[5m], 0.5, 0.5)", "up[9999999999999999s]"},
	"start_timestamp":     {"0", "1", "2024-02-29T00:00:00+01:00", "soon", "1e9", "''", "NaN", "Inf", "0x10"},
	"fuzzy_compare":       {"true", "false", "yes", "no", "on", "off", "y", "n", "1", "'true'", "True", "TRUE", ""},
	"limit":               {"0", "1", "5", "-1", "x"},
}

var anything = []string{"", "~", "null", "yes", "no", "true", "0", "1.50", "0x1F", "1_000", "2024-01-01", "1:30", "{{ $value }}", "{{ $labels.job }}", "{{ .Value | humanizeDuration }}", "a\nb", "ü", "=", "<<", "!!str 5", "'", "-", "a b", "0.10", "1e3", "12e03", ".5", "+1", "08", "0o7", "0b1", "%", "{{ `x` }}", "{{ 1 | humanize1024 }}", "{{ $value | humanizeTimestamp }}", "{{ args 1 2 }}", "{{ reReplaceAll \"a\" \"b\" .Labels.job }}", "{{ template \"x\" }}", "{{ range query \"up\" }}{{ .Labels.job }}{{ end }}", "{{ graphLink \"up\" }} {{ tableLink \"up\" }}", "{{ parseDuration \"1h\" }}", "{{ query \"sum(up)\" | first | value | printf \"%.2f\" }}", "{{ with $x := query \"nothing\" }}{{ $x }}{{ else }}none{{ end }}", "{{ stripPort \"a:1\" }} {{ stripDomain \"a.b\" }}", "{{ toUpper \"a\" }}{{ match \"a.\" \"ab\" }}", "{{ safeHtml \"<b>\" }}", "{{ strvalue nil }}"}

func (m *mutator) scalar(p place) {
	n := p.node
	n.Style &^= yaml.LiteralStyle | yaml.FoldedStyle
	switch list := scalars[p.key]; {
	case len(list) > 0 && m.IntN(4) != 0:
		n.Value = list[m.IntN(len(list))]
		n.Style, n.Tag = 0, ""
		if m.IntN(3) == 0 {
			n.Style = yaml.DoubleQuotedStyle
		}
	case m.IntN(4) == 0:
		n.Value, n.Style, n.Tag = anything[m.IntN(len(anything))], 0, ""
	default:
		n.Value = m.edit(n.Value)
	}
}

// edit changes a few characters of a text.
func (m *mutator) edit(s string) string {
	if s == "" {
		return m.pick("x", "1", "0")
	}
	i := m.IntN(len(s))
	switch m.IntN(7) {
	case 0:
		return s[:i] + s[i+1:]
	case 1:
		return s[:i] + m.pick("0", "1", "9", "x", " ", ".", "-", "+", "e", "_", "(", ")", "{", "}", "[", "]", ",", "\"", "'", "=", "~", "\\", "\n", "#", "@", ":", "ü") + s[i:]
	case 2:
		return s + s
	case 3:
		return s[:i]
	case 4:
		return strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' && m.IntN(4) == 0 {
				return rune('0' + m.IntN(10))
			}
			return r
		}, s)
	}
	return strings.NewReplacer(">", m.pick("<", ">=", "=="), "sum", m.pick("max", "avg", "count", "nope"), "rate", m.pick("increase", "delta"), "5m", m.pick("1m", "10m"), " and ", m.pick(" or ", " unless "), "by", "without").Replace(s)
}

// garble changes the text without a look at what it says.
func (m *mutator) garble(text string) string {
	lines := strings.Split(text, "\n")
	i := m.IntN(len(lines))
	switch m.IntN(6) {
	case 0:
		lines = append(lines[:i:i], lines[i+1:]...)
	case 1:
		lines[i] += "\n" + lines[i]
	case 2:
		lines[i] = "  " + lines[i]
	case 3:
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	case 4:
		at := m.IntN(len(lines[i]) + 1)
		lines[i] = lines[i][:at] + m.pick("{", "}", "[", "]", ":", ": ", ",", "'", "\"", "#", " #", "&a ", "*a", "!", "!!int ", "|", ">", "%", "@", "`", "\t", "\x00", "\xff", "---\n", "- ", "? ") + lines[i][at:]
	case 5:
		lines = lines[:i]
	}
	return strings.Join(lines, "\n")
}

// mutantOf is a test file and its rules, of which one was changed.
func (m *mutator) mutantOf(test string, rules []string) (string, []string) {
	changes := 1 + m.IntN(2)
	if len(rules) > 0 && m.IntN(3) == 0 {
		i := m.IntN(len(rules))
		out := append([]string(nil), rules...)
		out[i] = m.mutate(rules[i], changes)
		return test, out
	}
	return m.mutate(test, changes), rules
}

func ruleName(i int) string { return fmt.Sprintf("r%d.yml", i) }
