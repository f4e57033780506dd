package ruletest

import (
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// problemsOf are those of all tests of a file.
func problemsOf(f File) []*contract.Error {
	var out []*contract.Error
	for _, t := range f.Tests {
		out = append(out, t.Problems...)
	}
	return out
}

func TestProblemsHaveTheirPlace(t *testing.T) {
	for _, c := range []struct{ name, text, want, hint string }{
		{"unknown key", "tests:\n- inteval: 1m\n", `t.yml:2:3: unknown key "inteval" in a test`, `did you mean "interval"?`},
		{"unknown key at the top", "rule_file: []\n", `t.yml:1:1: unknown key "rule_file" in a test file`, `did you mean "rule_files"?`},
		{"unlike any key", "tests: [{xyzzy: 1}]\n", `t.yml:1:10: unknown key "xyzzy" in a test`, "known here: alert_rule_test"},
		{"twice", "tests: []\ntests: []\n", `t.yml:2:1: duplicate key "tests" in a test file`, ""},
		{"no mapping", "- 1\n", "t.yml:1:1: a test file must be a mapping", ""},
		{"no list", "tests: {}\n", "t.yml:1:8: tests must be a list", ""},
		{"no YAML", "tests:\n\t- a\n", "t.yml:2:1: found character that cannot start any token", "a tab cannot indent"},
		{"nested too deep", "tests:\n- name: " + strings.Repeat("[", 20_000) + "\n", "t.yml:2:1006: values are nested more than 1000 levels deep", "damaged"},
		{"alias of nothing", "tests: &a []\nrule_files: *b\n", "t.yml:2:13: unknown anchor 'b' referenced", "needs an anchor"},
		{"subquery", "tests:\n- promql_expr_test:\n  - expr: max_over_time(up[10y:1ms])\n", "t.yml:3:11: expression \"max_over_time(up[10y:1ms])\": the subquery up[10y:1ms] asks for more than 1100000 steps", ""},
		{"two documents", "tests: []\n---\ntests: []\n", "t.yml:2:1: a second YAML document begins here", ""},
		{"no duration", "tests:\n- interval: 1 minute\n", `t.yml:2:13: unknown unit " minute" in duration "1 minute"`, ""},
		{"no number", "tests:\n- promql_expr_test: [{expr: up, exp_samples: [{labels: up, value: many}]}]\n", "t.yml:2:67: cannot unmarshal !!str `many` into float64", ""},
		{"no time", "tests:\n- start_timestamp: yesterday\n", `t.yml:2:20: cannot parse "yesterday" to a valid timestamp`, "write seconds"},
		{"group twice", "group_eval_order: [a, b, a]\n", "t.yml:1:26: group name repeated in evaluation order: a", ""},
		{"alert without a name", "tests:\n- alert_rule_test:\n  - eval_time: 5m\n", "t.yml:3:5: an item under alert_rule_test misses required attribute alertname at eval_time 5m", "name the alert"},
		{"expression", "tests:\n- promql_expr_test:\n  - expr: sum(up\n", `t.yml:3:17: expression "sum(up": unclosed left parenthesis`, ""},
		{"quoted expression", "tests:\n- promql_expr_test:\n  - expr: 'up +'\n", `t.yml:3:16: expression "up +": unexpected end of input`, ""},
		{"expected labels", "tests:\n- promql_expr_test:\n  - {expr: up, exp_samples: [{labels: 'up{'}]}\n", "t.yml:3:5: expression \"up\" at 0s: exp_samples: labels \"up{\"", ""},
		{"expected histogram", "tests:\n- promql_expr_test:\n  - {expr: up, exp_samples: [{labels: up, histogram: '1'}]}\n", "expected histogram, got", ""},
		{"values", "tests:\n- input_series:\n  - series: up\n    values: 1 2 ten 4\n", `t.yml:4:17: input series "up 1 2 ten 4": unexpected`, "write values like"},
		{"values in quotes", "tests:\n- input_series:\n  - series: up\n    values: '1 2 ten 4'\n", `t.yml:4:18: input series`, ""},
		{"series", "tests:\n- input_series:\n  - series: 'up{a=1}'\n    values: '1'\n", `t.yml:3:19: input series`, ""},
		{"values without a series", "tests:\n- input_series:\n  - values: '1 2'\n", "t.yml:3:5: input series \"1 2\"", ""},
		{"series without labels", "tests:\n- input_series:\n  - {series: '{}', values: 1}\n", "empty labelset: invalid sample", ""},
		{"histogram", "tests:\n- input_series:\n  - {series: up, values: '{{count:1 buckets:[-1]}}'}\n", "invalid histogram: ", ""},
		{"line break in values", "tests:\n- input_series:\n  - series: up\n    values: \"1\\n2 3\"\n", `input series "2 3"`, ""},
		{"@st without a series", "tests:\n- input_series:\n  - {series: up@st, values: 1m}\n", "@st line has no following sample line", ""},
		{"@st of another series", "tests:\n- input_series:\n  - {series: up@st, values: 1m}\n  - {series: down, values: 1}\n", "@st metric does not match", ""},
		{"@st of another length", "tests:\n- input_series:\n  - {series: up@st, values: 1m 2m+1mx3}\n  - {series: up, values: 1}\n", "@st line has 5 values but sample line has 1", ""},
		{"@st that is none", "tests:\n- input_series:\n  - {series: up@st, values: soon}\n  - {series: up, values: 1}\n", `invalid ST item "soon"`, ""},
		{"merge loop", "tests:\n- &a\n  <<: *a\n", "", ""},
		{"alias bomb", "a: &a {alertname: x}\nb: &b [" + strings.Repeat("*a,", 4000) + "]\nc: &c {alert_rule_test: *b}\ntests: [" + strings.Repeat("*c,", 4000) + "]\n", "expands to more than", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := outcome(t, inMemory(map[string]string{"t.yml": c.text}), "t.yml")[0]
			problems := append(f.Problems, problemsOf(f)...)
			if len(problems) == 0 {
				t.Fatal("no problem")
			}
			for _, p := range problems {
				if strings.Contains(p.Error(), c.want) && strings.Contains(p.Hint, c.hint) {
					return
				}
			}
			t.Errorf("got %q with hint %q, want %q with hint %q", problems[0], problems[0].Hint, c.want, c.hint)
		})
	}
}

func TestWhatYAMLAllows(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"empty file", ""},
		{"only a comment", "# nothing\n"},
		{"nulls", "rule_files:\ntests:\n- input_series:\n  alert_rule_test:\n- \n"},
		{"merged keys", "tests:\n- &one {interval: 1m, name: one}\n- {<<: *one, name: two}\n- {<<: [*one, {interval: 5m}]}\n"},
		{"numbers as text", "tests: [{name: 1, external_labels: {a: 1.50, b: yes, c: }, external_url: 5}]\n"},
		{"words for booleans", "fuzzy_compare: on\n"},
		{"@st", "tests: [{input_series: [{series: 'up@st', values: '_ -1m 0sx2 1m+30sx1 _x2'}, {series: up, values: '1 2 3x2 4 5 6 7'}]}]\n"},
		{"a comment instead of values", "tests: [{input_series: [{series: '# no', values: '1'}]}]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := outcome(t, inMemory(map[string]string{"t.yml": c.text}), "t.yml")[0]
			if f.Invalid() || f.Failed() {
				t.Errorf("%v %v", f.Problems, problemsOf(f))
			}
		})
	}
}
