package main

import (
	"fmt"
	"strings"
)

// ruleFamilies are rule files and their tests.
var ruleFamilies = []family{
	rules("sum", func(n int) string { return rule("x" + strings.Repeat("+x", n)) }),
	rules("brackets", func(n int) string { return rule(strings.Repeat("(", n) + "x" + strings.Repeat(")", n)) }),
	rules("functions", func(n int) string { return rule(strings.Repeat("abs(", n) + "x" + strings.Repeat(")", n)) }),
	rules("signs", func(n int) string { return rule(strings.Repeat("-", n) + "x") }),
	rules("aggregations", func(n int) string { return rule(strings.Repeat("sum(", n) + "x" + strings.Repeat(")", n)) }),
	rules("subqueries", func(n int) string { return rule("x" + strings.Repeat("[5m:1m]", n)) }),
	rules("sums-of-half-the-bound", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + join(n/1000+1, "", func(i int) string {
			return fmt.Sprintf("  - {record: 'a:b:c%d', expr: '%s'}\n", i, "x"+strings.Repeat("+x", 1900))
		})
	}),
	rules("matchers", func(n int) string {
		return rule("x{" + join(n, ",", func(i int) string { return fmt.Sprintf(`l%d=~".+%d"`, i, i) }) + "}")
	}),
	rules("alternatives-in-a-pattern", func(n int) string {
		return rule(`x{l=~"` + join(n, "|", func(i int) string { return fmt.Sprint("a", i) }) + `"}`)
	}),
	rules("nested-repetition", func(n int) string {
		return rule(join(n, " or ", func(i int) string { return fmt.Sprintf(`x{l=~"((a{1,30}){1,30}b%d)+"}`, i) }))
	}),
	rules("equal-names", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + strings.Repeat("  - {record: 'a:b:c', expr: x}\n", n)
	}),
	rules("alerts-without-anything", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string { return fmt.Sprintf("  - {alert: a%d, expr: x}\n", i) })
	}),
	rules("groups", func(n int) string {
		return "groups:\n" + join(n, "", func(i int) string { return fmt.Sprintf("- {name: g%d, rules: [{alert: A, expr: x}]}\n", i) })
	}),
	rules("labels", func(n int) string {
		return "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    labels:\n" + join(n, "", func(i int) string { return fmt.Sprintf("      l%d: '{{ $labels.m%d }}'\n", i, i) })
	}),
	rules("templates", func(n int) string {
		return "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    annotations:\n      a: '" + strings.Repeat("{{ if $labels.x }}", min(n, 5000)) + strings.Repeat("{{ end }}", min(n, 5000)) + strings.Repeat("{{ $value }}", n) + "'\n"
	}),
	rules("aliases", func(n int) string {
		return "x0: &a0 [x]\n" + join(n, "", func(i int) string { return fmt.Sprintf("x%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i) }) + "groups: []\n"
	}),
	ruleTest("doubling-text", func(n int) string {
		return `{{ $x := "aaaaaaaaaaaaaaaa" }}` + strings.Repeat(`{{ $x = print $x $x }}`, n/22) + `{{ $x }}`
	}, onePoint),
	ruleTest("doubling-templates", func(n int) string {
		return join(n/60+2, "", func(i int) string {
			return fmt.Sprintf(`{{define "t%d"}}{{template "t%d" .}}{{template "t%d" .}}{{end}}`, i, i+1, i+1)
		}) + fmt.Sprintf(`{{define "t%d"}}aaaa{{end}}{{template "t0" .}}`, n/60+2)
	}, onePoint),
	ruleTest("nested-loops", func(n int) string {
		loop := `{{ range query "x" }}`
		return strings.Repeat(loop, min(n/30+1, 40)) + "a" + strings.Repeat("{{ end }}", min(n/30+1, 40))
	}, func(int) string {
		return "    input_series:\n" + join(500, "", func(i int) string { return fmt.Sprintf("      - {series: 'x{i=\"%d\"}', values: '1'}\n", i) })
	}),
	ruleTest("wide-format", func(n int) string { return `{{ printf "%999999999d" 1 }}` + strings.Repeat("a", min(n, 100_000)) }, onePoint),
	ruleTest("replacement", func(n int) string {
		return `{{ reReplaceAll "" "` + strings.Repeat("b", min(n/3, 60_000)) + `" "` + strings.Repeat("a", min(n/3, 60_000)) + `" }}`
	}, onePoint),
	ruleTest("long-series", func(int) string { return "a" }, func(n int) string {
		return "    input_series:\n" + join(n/40+1, "", func(i int) string { return fmt.Sprintf("      - {series: 'y%d', values: '1x1000000'}\n", i) })
	}),
	ruleTest("many-series", func(int) string { return "{{ $labels.i }}" }, func(n int) string {
		return "    input_series:\n" + join(n/45+1, "", func(i int) string { return fmt.Sprintf("      - {series: 'x{i=\"%d\"}', values: '1x100'}\n", i) })
	}),
	files("rule-tests: many-steps", "rules test t.yaml", func(n int) map[string]string {
		one := "  - interval: 1s\n    input_series: [{series: x, values: '1x1000'}]\n    promql_expr_test: [{expr: x, eval_time: 12d, exp_samples: []}]\n"
		return map[string]string{"r.yaml": rule("sum(rate(x[5m]))"), "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1s\ntests:\n" + strings.Repeat(one, n/len(one)+1)}
	}),
	files("rule-tests: subquery-of-all", "rules test t.yaml", func(n int) map[string]string {
		one := "      - {expr: 'max_over_time(x[500h:1s])', eval_time: 500h, exp_samples: []}\n"
		return map[string]string{"r.yaml": rule("x"), "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1h\ntests:\n  - interval: 1h\n    input_series: [{series: x, values: '1x1000'}]\n    promql_expr_test:\n" + strings.Repeat(one, n/len(one)+1)}
	}),
	rules("long-names", func(n int) string {
		return "groups:\n- name: " + strings.Repeat("g", n) + "\n  rules:\n" + join(20, "", func(i int) string { return fmt.Sprintf("  - {alert: %s%d, expr: x}\n", strings.Repeat("a", n), i) })
	}),
	rules("long-group-name-above-many", func(n int) string {
		return "groups:\n- name: " + strings.Repeat("g", n*20) + "\n  rules:\n" + join(n, "", func(i int) string { return fmt.Sprintf("  - {alert: a%d, expr: x}\n", i%3) })
	}),
	rules("labels-of-many-alerts", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string {
			return fmt.Sprintf("  - {alert: a%d, expr: 'x{a=\"%d\"}', labels: {severity: s%d, a-b: '{{ $labels.q }}', c: '{{'}, annotations: {runbook_url: 'http://h/%d'}}\n", i, i, i, i)
		})
	}),
	rules("huge-numbers", func(n int) string { return rule("x > " + strings.Repeat("9", n)) }),
	rules("durations", func(n int) string { return rule("rate(x[" + strings.Repeat("9", n) + "y])") }),
	rules("grouping", func(n int) string {
		l := join(n, ",", func(i int) string { return fmt.Sprint("l", i) })
		return rule("sum by (" + l + ") (x) / on (" + l + ") y")
	}),
	rules("strings", func(n int) string {
		return rule("label_replace(x, \"a\", \"" + strings.Repeat("b", n) + "\", \"c\", \"" + strings.Repeat("(d*)*", n) + "\")")
	}),
	rules("one-wrong-expression-each", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string { return fmt.Sprintf("  - {record: a%d, expr: '('}\n", i) })
	}),
	rules("wrong-durations", func(n int) string {
		return "groups:\n" + join(n, "", func(i int) string {
			return fmt.Sprintf("- {name: g%d, interval: x, limit: -1, what: 1, rules: [{alert: A, for: 1x, expr: x, nonsense: 1}]}\n", i)
		})
	}),
	rules("expressions-that-share-a-metric", func(n int) string { // every one may feed every other
		n = isqrt(n)
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string {
			return fmt.Sprintf("  - {record: 'a:b%d:c', expr: '%s'}\n", i, join(n, "+", func(k int) string { return fmt.Sprintf("a:b%d:c", k) }))
		})
	}),
	rules("chain-of-records", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string { return fmt.Sprintf("  - {record: 'a:b%d:c', expr: 'a:b%d:c'}\n", i, i+1) })
	}),
	rules("alternatives-in-many-patterns", func(n int) string {
		n = isqrt(n)
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string {
			return fmt.Sprintf("  - {record: 'a:b%d:c', expr: 'x{l=~\"%s\"}'}\n", i, join(n, "|", func(k int) string { return fmt.Sprint(".*a", k) }))
		})
	}),
	rules("regular-expressions-of-huge-programs", func(n int) string {
		return "groups:\n- name: g\n  rules:\n" + join(n, "", func(i int) string {
			return fmt.Sprintf("  - {alert: A%d, expr: 'x{l=~\"((a{1,30}){1,30}b%d)+\"}'}\n", i, i)
		})
	}),
	rules("template-definitions", func(n int) string {
		return "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    annotations:\n      a: '" + join(n, "", func(i int) string {
			return fmt.Sprintf(`{{define "t%d"}}{{template "t%d" .}}{{template "t%d" .}}{{end}}`, i, i+1, i+1)
		}) + "{{template \"t0\" .}}'\n"
	}),
	rules("template-pipes", func(n int) string {
		return "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    annotations:\n      a: '{{ $value " + strings.Repeat("| humanize ", n) + "}} {{ " + strings.Repeat("(", n) + "'\n"
	}),
	rules("flow-brackets", func(n int) string { return strings.Repeat("[", n) }),
	rules("documents", func(n int) string { return strings.Repeat("---\ngroups: []\n", n) }),
	ruleTest("labels-that-multiply", func(n int) string { return strings.Repeat("{{ $labels }}", min(n/13+1, 60_000)) }, func(n int) string {
		return "    input_series:\n" + join(min(n/2000+1, 200), "", func(i int) string {
			return fmt.Sprintf("      - {series: 'x{i=\"%d\", a=\"%s\"}', values: '1x10'}\n", i, strings.Repeat("a", 2000))
		})
	}),
	ruleTest("repeated-query", func(n int) string {
		return strings.Repeat(`{{ range query "sum(rate(x[1h]))" }}{{ .Value }}{{ end }}`, n/60+1)
	}, onePoint),
	ruleTest("sorted-queries", func(n int) string { return strings.Repeat(`{{ query "x" | sortByLabel "i" | len }}`, n/60+1) }, func(int) string {
		return "    input_series:\n" + join(2000, "", func(i int) string { return fmt.Sprintf("      - {series: 'x{i=\"%d\"}', values: '1'}\n", i) })
	}),
	files("rule-tests: expressions-that-multiply", "rules test t.yaml", func(n int) map[string]string {
		m := isqrt(n)
		return map[string]string{"r.yaml": rule("x"), "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n" +
			join(m, "", func(i int) string { return fmt.Sprintf("      - {series: 'x{i=\"%d\"}', values: '1x10'}\n", i) }) + "    promql_expr_test:\n" +
			join(m, "", func(int) string {
				return "      - {expr: 'count(x * ignoring(i) group_left sum(x)) by (i) + on(i) group_right x', eval_time: 5m, exp_samples: []}\n"
			})}
	}),
	files("rule-tests: growing-labels", "rules test t.yaml", func(n int) map[string]string { // each rule doubles a label of the one before
		m := n/90 + 1
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n" + join(m, "", func(i int) string {
			return fmt.Sprintf("  - {record: 'x%d', expr: 'label_replace(x%d, \"a\", \"$1$1\", \"a\", \"(.*)\")'}\n", i+1, i)
		}), "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series: [{series: 'x0{a=\"aaaaaaaa\"}', values: '1x10'}]\n    promql_expr_test: [{expr: x, eval_time: 5m, exp_samples: []}]\n"}
	}),
	files("rule-tests: many-rules-many-steps", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n" + join(n/50+1, "", func(i int) string { return fmt.Sprintf("  - {record: 'x%d', expr: 'sum(rate(x[5m]))'}\n", i+1) }),
			"t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1s\ntests:\n  - interval: 1s\n    input_series: [{series: x, values: '1x10000'}]\n    promql_expr_test: [{expr: x, eval_time: 10000s, exp_samples: []}]\n"}
	}),
	files("rule-tests: expected-alerts", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n  - {alert: A, expr: x}\n", "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n" + onePoint(n) + "    alert_rule_test:\n      - eval_time: 5m\n        alertname: A\n        exp_alerts:\n" +
			join(n, "", func(i int) string { return fmt.Sprintf("          - {exp_labels: {a: b%d}}\n", i) })}
	}),
	files("rule-tests: expected-samples", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": rule("x"), "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n" + onePoint(n) + "    promql_expr_test:\n      - expr: x\n        eval_time: 5m\n        exp_samples:\n" +
			join(n, "", func(i int) string { return fmt.Sprintf("          - {labels: 'x{a=\"%d\"}', value: 1}\n", i) })}
	}),
	files("rule-tests: failing-tests-of-many-alerts", "rules test t.yaml", func(n int) map[string]string { // each failure shows all that fires
		n = isqrt(n)
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n  - {alert: A, expr: x}\n", "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n" +
			join(n*3, "", func(i int) string {
				return fmt.Sprintf("      - {series: 'x{i=\"%d\", a=\"%s\"}', values: '1x10'}\n", i, strings.Repeat("a", 50))
			}) + "    alert_rule_test:\n" + strings.Repeat("      - {eval_time: 5m, alertname: A, exp_alerts: []}\n", n*3)}
	}),
	files("rule-tests: many-rule-files", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n" + join(n/30+1, "", func(i int) string { return fmt.Sprintf("  - {alert: A%d, expr: x}\n", i) }),
			"t.yaml": "rule_files: [" + strings.Repeat("r.yaml, ", n/8+1) + "r.yaml]\nevaluation_interval: 1m\ntests: []\n"}
	}),
	files("rule-tests: tests-of-long-rules", "rules test t.yaml", func(n int) map[string]string { // each test loads the rules anew
		one := "  - {interval: 1m, alert_rule_test: [{eval_time: 5m, alertname: A, exp_alerts: []}]}\n"
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n" + join(n/33+1, "", func(i int) string { return fmt.Sprintf("  - {alert: A%d, expr: x+x}\n", i) }),
			"t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n" + strings.Repeat(one, n/len(one)+1)}
	}),
	files("rule-tests: coverage", "rules test --coverage t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n" + join(n/80+1, "", func(i int) string {
			return fmt.Sprintf("  - {alert: A%d, expr: x > 1 or y%d < 2 and z unless w, annotations: {a: '{{ if $value }}b{{ end }}'}}\n", i, i)
		}),
			"t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n" + onePoint(n) + "    alert_rule_test: [{eval_time: 5m, alertname: A1, exp_alerts: []}]\n"}
	}),
	files("rule-tests: external-labels", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n  - {alert: A, expr: x, annotations: {a: '{{ $externalLabels }}'}}\n",
			"t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    external_labels:\n" + join(n, "", func(i int) string { return fmt.Sprintf("      l%d: v\n", i) }) + onePoint(n) + "    alert_rule_test: [{eval_time: 5m, alertname: A, exp_alerts: []}]\n"}
	}),
	files("rule-tests: labels-of-a-rule", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    labels:\n" + join(n, "", func(i int) string { return fmt.Sprintf("      l%d: v\n", i) }),
			"t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n" + onePoint(n) + "    alert_rule_test: [{eval_time: 5m, alertname: A, exp_alerts: []}]\n"}
	}),
	files("rule-tests: group-evaluation-order", "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{"r.yaml": rule("x"), "t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ngroup_eval_order: [" + strings.Repeat("g, ", n) + "g]\ntests: []\n"}
	}),
}

func rules(name string, text func(n int) string) family {
	return family{name: "rules: " + name, command: "rules check r.yaml", formats: []string{"json"}, files: func(n int) map[string]string {
		return map[string]string{"r.yaml": text(n)}
	}}
}

func rule(expr string) string {
	return "groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: '" + expr + "'\n"
}

func onePoint(int) string { return "    input_series: [{series: x, values: '1x10'}]\n" }

// ruleTest is a family of a rule with a template, and a test that fires it.
func ruleTest(name string, template, series func(n int) string) family {
	return files("rule-tests: "+name, "rules test t.yaml", func(n int) map[string]string {
		return map[string]string{
			"r.yaml": "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x\n    annotations:\n      a: '" + template(n) + "'\n",
			"t.yaml": "rule_files: [r.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n" + series(n) + "    alert_rule_test: [{eval_time: 5m, alertname: A, exp_alerts: []}]\n",
		}
	})
}
