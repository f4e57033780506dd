package ruletest

import (
	"slices"
	"testing"
)

// Only an expression that yields the same at any time may be answered without the engine.
func TestReads(t *testing.T) {
	for expr, want := range map[string][]string{
		`sum(rate(a[5m])) / on() group_left() max(b{c="d"}) or a`: {"a", "b"},
		`absent(up)`: {"up"},
		`vector(1)`:  {},
		`1 - (count(label_replace({__name__="q"}, "a", "$1", "b", "(.*)")) or vector(0))`: {"q"},
		`{job="x"}`:                       nil,
		`{__name__=~"x|y"} * z`:           nil,
		`time() - max(a)`:                 nil,
		`vector(time())`:                  nil,
		`a and hour() > 3`:                nil,
		`timestamp(vector(1))`:            nil,
		`count_over_time(vector(1)[5m:])`: nil,
		`hour(a)`:                         {"a"},
	} {
		tree, err := Parser(Features{}).ParseExpr(expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := reads(tree); !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s reads %q, not %q", expr, got, want)
		}
	}
}

// A rule is asked again as soon as a series of its metric exists, and its alerts come and go as before.
func TestUnfedRulesComeUp(t *testing.T) {
	rules := "groups:\n- name: g\n  rules:\n" +
		"  - {record: r, expr: sum(x)}\n  - {alert: Gone, expr: absent(x), for: 2m}\n  - {alert: High, expr: r > 1}\n  - {record: now, expr: vector(time())}\n"
	test := "rule_files: [r.yml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series: [{series: x, values: '_ _ _ 1 2 stale'}]\n" +
		"  alert_rule_test:\n" +
		"  - {eval_time: 1m, alertname: Gone, exp_alerts: []}\n  - {eval_time: 2m, alertname: Gone, exp_alerts: [{}]}\n  - {eval_time: 3m, alertname: Gone, exp_alerts: []}\n" +
		"  - {eval_time: 3m, alertname: High, exp_alerts: []}\n  - {eval_time: 4m, alertname: High, exp_alerts: [{}]}\n  - {eval_time: 7m, alertname: Gone, exp_alerts: [{}]}\n" +
		"  promql_expr_test:\n  - {expr: r, eval_time: 4m, exp_samples: [{labels: r, value: 2}]}\n  - {expr: now, eval_time: 2m, exp_samples: [{labels: now, value: 120}]}\n" +
		"- interval: 1m\n  alert_rule_test: [{eval_time: 2m, alertname: Gone, exp_alerts: [{}]}]\n"
	files := outcome(t, inMemory(map[string]string{"r.yml": rules, "t.yml": test}), "t.yml")
	if files[0].Failed() || files[0].Invalid() {
		t.Errorf("%+v", Report(files).Findings)
	}
}
