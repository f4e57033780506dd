package main

import (
	"fmt"
	"strings"
)

// otherFamilies are rule files, rule tests, and what a run reads beside contracts.
var otherFamilies = []family{
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
	run("renamed-properties", "S", func(n int, last string) any {
		return obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last[:1], i), obj{} })}
	}),
	run("retyped-properties", "S", func(n int, last string) any {
		return obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last} })}
	}),
	files("run: paths", "run --now 2026-01-02T00:00:00Z", func(n int) map[string]string {
		text := func(last string) string {
			return marshal(doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/%s%d/{id}", last, i), get(path("id", last)) })}))
		}
		return runFiles(text("string"), text("integer"))
	}),
	files("waivers", "openapi diff --waivers w.yaml old.json new.json", func(n int) map[string]string {
		all := func(last string) string {
			return marshal(doc(obj{"paths": keyed(min(n, 2000), func(i int) (string, any) { return fmt.Sprintf("/p%d/{id}", i), get(path("id", last)) })}))
		}
		return map[string]string{"old.json": all("string"), "new.json": all("integer"), "w.yaml": "waivers:\n" + join(n, "", func(i int) string {
			return fmt.Sprintf("  - {rule: '*', subject: '*p%d*', reason: r, owner: o, expires: 2099-01-01}\n", i)
		})}
	}),
	files("history", "stability show --history history.jsonl", func(n int) map[string]string {
		return map[string]string{"history.jsonl": join(n, "", func(i int) string {
			return fmt.Sprintf(`{"timestamp":"2026-01-01T00:00:%02dZ","sha":"%040d","stable":true}`+"\n", i%60, i)
		})}
	}),
	files("history-of-one-line", "stability show --history history.jsonl", func(n int) map[string]string {
		return map[string]string{"history.jsonl": `{"timestamp":"2026-01-01T00:00:00Z","sha":"` + strings.Repeat("a", n) + `","x":` + strings.Repeat("[", n) + "\n"}
	}),
	files("taxonomy", "taxonomy lint --taxonomy taxonomy.json", func(n int) map[string]string {
		return map[string]string{"taxonomy.json": marshal(obj{"alerts": list(n, func(i int) any { return obj{"name": fmt.Sprintf("Alert%d", i%(n/2+1))} })})}
	}),
	files("configuration", "config check", func(n int) map[string]string {
		return map[string]string{"govctl.yaml": "version: 1\nx: &a0 [1]\n" + join(n, "", func(i int) string { return fmt.Sprintf("x%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i) })}
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

// run is a family of whole runs over a contract with a baseline.
func run(name, first string, schema func(n int, last string) any) family {
	return files("run: "+name, "run --now 2026-01-02T00:00:00Z", func(n int) map[string]string {
		text := func(last string) string {
			return marshal(docWith(obj{first: schema(n, last)}, obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref(first)), "responses": obj{"200": obj{"description": "ok"}}}}}}))
		}
		return runFiles(text("string"), text("integer"))
	})
}

func runFiles(old, new string) map[string]string {
	return map[string]string{"old.json": old, "new.json": new, "govctl.yaml": "version: 1\ncontract:\n  name: api\n  source: new.json\n  baseline: old.json\n"}
}
