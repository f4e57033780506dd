package ruletest

import (
	"strings"
	"testing"
)

// TestHintAtPrometheus2: only what really passes with a sample at the start of a window gets the hint.
func TestHintAtPrometheus2(t *testing.T) {
	const rules = `groups:
- name: g
  rules:
  - {alert: Restarted, expr: 'increase(restarts[5m]) >= 5'}
  - {alert: Any, expr: 'count_over_time(up[2m]) == 3'}
  - {record: 'r:rate', expr: 'rate(restarts[5m])'}
`
	for _, c := range []struct {
		name, test string
		hint       bool
	}{
		{"range of two samples", "promql_expr_test: [{expr: 'rate(restarts[1m])', eval_time: 5m, exp_samples: [{labels: '{}', value: 0.016666666666666666}]}]", true},
		{"increase", "promql_expr_test: [{expr: 'increase(restarts[1m])', eval_time: 5m, exp_samples: [{labels: '{}', value: 1}]}]", true},
		{"another value", "promql_expr_test: [{expr: 'increase(restarts[1m])', eval_time: 5m, exp_samples: [{labels: '{}', value: 1.01}]}]", false},
		{"count", "promql_expr_test: [{expr: 'count_over_time(up[2m])', eval_time: 4m, exp_samples: [{labels: '{}', value: 3}]}]", true},
		{"count of a subquery", "promql_expr_test: [{expr: 'count_over_time(up[2m:1m])', eval_time: 4m, exp_samples: [{labels: '{}', value: 3}]}]", true},
		{"wrong count", "promql_expr_test: [{expr: 'count_over_time(up[2m])', eval_time: 4m, exp_samples: [{labels: '{}', value: 4}]}]", false},
		{"lookback", "promql_expr_test: [{expr: once, eval_time: 6m, exp_samples: [{labels: once, value: 7}]}]", true},
		{"lookback that is over", "promql_expr_test: [{expr: once, eval_time: 7m, exp_samples: [{labels: once, value: 7}]}]", false},
		{"alert", "alert_rule_test: [{alertname: Any, eval_time: 4m, exp_alerts: [{}]}]", true},
		{"alert that is missing", "alert_rule_test: [{alertname: None, eval_time: 4m, exp_alerts: [{}]}]", false},
		{"digits left out", "promql_expr_test: [{expr: 'rate(restarts[5m])', eval_time: 10m, exp_samples: [{labels: '{}', value: 0.0166666}]}]", false},
		{"line break", `promql_expr_test: [{expr: 'text{l=~"a.b"}', eval_time: 1m}]`, true},
		{"line break in a replacement", `promql_expr_test: [{expr: 'count by (m) (label_replace(text, "m", "x", "l", "a.b"))', eval_time: 1m, exp_samples: [{labels: '{}', value: 1}]}]`, true},
	} {
		f := outcome(t, inMemory(map[string]string{"r.yml": rules, "t.yml": `rule_files: [r.yml]
tests:
- interval: 1m
  input_series:
  - {series: up, values: 1x20}
  - {series: restarts, values: 0+1x20}
  - {series: once, values: _ 7}
  - {series: 'text{l="a\nb"}', values: 1x20}
  ` + c.test + "\n"}), "t.yml")[0]
		if f.Invalid() || len(f.Tests[0].Failures) != 1 {
			t.Errorf("%s: %v %+v", c.name, Report([]File{f}).Findings, f.Tests)
			continue
		}
		if hint := f.Tests[0].Failures[0].Hint; (hint != "") != c.hint || c.hint && !strings.Contains(Report([]File{f}).Findings[0].Hint, "Prometheus 2") {
			t.Errorf("%s: hint %q for %s", c.name, hint, f.Tests[0].Failures[0].Message)
		}
	}
}
