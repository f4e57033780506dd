package ruletest_test

import (
	"context"
	"fmt"

	"github.com/romel/govctl/pkg/promrules/ruletest"
)

func ExampleRun() {
	files := map[string]string{
		"rules.yml": `
groups:
  - name: api
    rules:
      - alert: Down
        expr: up == 0
        for: 5m
`,
		"rules.test.yml": `
rule_files: [rules.yml]
tests:
  - name: an instance is down for ten minutes
    interval: 1m
    input_series:
      - {series: 'up{instance="a"}', values: 0x10}
    alert_rule_test:
      - {alertname: Down, eval_time: 10m, exp_alerts: [{exp_labels: {instance: a}}]}
      - {alertname: Down, eval_time: 1m, exp_alerts: [{exp_labels: {instance: a}}]}
`,
	}
	results, err := ruletest.Run(context.Background(), []string{"rules.test.yml"}, ruletest.Options{
		Read: func(name string) ([]byte, error) { return []byte(files[name]), nil },
		Glob: func(_, pattern string) ([]string, error) { return []string{pattern}, nil },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, test := range results[0].Tests {
		fmt.Printf("%s: %d assertions, %d failed\n", test.Name, test.Assertions, len(test.Failures))
	}
	// Output: an instance is down for ten minutes: 2 assertions, 1 failed
}
