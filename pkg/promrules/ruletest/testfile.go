package ruletest

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// testFile is a unit-test file in promtool's format:
// https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
type testFile struct {
	name     string
	rules    []pattern
	interval time.Duration  // between evaluations
	order    map[string]int // rank of the groups that group_eval_order names
	fuzzy    bool
	tests    []*testGroup
	problems []*contract.Error
}

// pattern is a text of the file and where it stands.
type pattern struct {
	text string
	node *yaml.Node
}

// testGroup is one independent test: input series, and what is expected of the rules over time.
type testGroup struct {
	title       string // its name, or unnamed#N
	name        string
	place       report.Place
	interval    time.Duration // between the samples of the input series
	series      []inputSeries
	alerts      []alertCase
	exprs       []exprCase
	external    labels.Labels
	start       time.Time // zero for the epoch
	problems    []*contract.Error
	externalURL string
}

type inputSeries struct{ series, values pattern }

// alertCase says which alerts of a name fire at a time.
type alertCase struct {
	at       model.Duration
	name     string
	expected []expectedAlert
	place    report.Place
}

type expectedAlert struct{ labels, annotations map[string]string }

// exprCase says what an expression gives at a time.
type exprCase struct {
	expr     pattern
	at       model.Duration
	expected []expectedSample
	place    report.Place
}

type expectedSample struct {
	labels, histogram pattern
	value             float64
}

// defaultInterval is promtool's interval of evaluation where a file names none.
const defaultInterval = time.Minute

// maxFileSize bounds a test file, in bytes.
const maxFileSize = 16 << 20

// parseTestFile reads a test file. What is wrong with the file as a whole stands in its problems, what is wrong with one test
// in that test's.
func parseTestFile(name string, data []byte) *testFile {
	f := &testFile{name: name, order: map[string]int{}}
	if len(data) > maxFileSize {
		f.problems = []*contract.Error{{Place: report.Place{File: name}, Msg: fmt.Sprintf("larger than %d bytes", maxFileSize)}}
		return f
	}
	r := &reader{file: name}
	root := r.document(data)
	if root != nil {
		var interval model.Duration
		r.mapping(root, "a test file", fields{
			"rule_files": func(n *yaml.Node) {
				r.list(n, "rule_files", func(n *yaml.Node) { f.rules = append(f.rules, r.text(n)) })
			},
			"evaluation_interval": func(n *yaml.Node) { r.value(n, &interval) },
			"group_eval_order":    func(n *yaml.Node) { r.list(n, "group_eval_order", func(n *yaml.Node) { f.rank(r, n) }) },
			"fuzzy_compare":       func(n *yaml.Node) { r.value(n, &f.fuzzy) },
			"tests":               func(n *yaml.Node) { r.list(n, "tests", func(n *yaml.Node) { f.test(r, n) }) },
		})
		f.interval = time.Duration(interval)
	}
	if f.interval == 0 {
		f.interval = defaultInterval
	}
	for _, t := range f.tests {
		if t.interval == 0 {
			t.interval = f.interval
		}
	}
	f.problems = r.problems
	return f
}

// rank gives a group its place in the order of evaluation.
func (f *testFile) rank(r *reader, n *yaml.Node) {
	name := r.text(n)
	if _, twice := f.order[name.text]; twice {
		r.fail(n, "", "group name repeated in evaluation order: %s", name.text)
	}
	f.order[name.text] = len(f.order)
}

func (f *testFile) test(r *reader, n *yaml.Node) {
	t := &testGroup{place: r.place(n), title: "unnamed#" + strconv.Itoa(len(f.tests))}
	f.tests = append(f.tests, t)
	var interval model.Duration
	r.mapping(n, "a test", fields{
		"name":            func(n *yaml.Node) { r.value(n, &t.name) },
		"interval":        func(n *yaml.Node) { r.value(n, &interval) },
		"external_labels": func(n *yaml.Node) { t.external = labels.FromMap(r.words(n)) },
		"external_url":    func(n *yaml.Node) { r.value(n, &t.externalURL) },
		"start_timestamp": func(n *yaml.Node) { t.start = r.instant(n) },
		"input_series": func(n *yaml.Node) {
			r.list(n, "input_series", func(n *yaml.Node) { t.series = append(t.series, r.series(n)) })
		},
		"alert_rule_test": func(n *yaml.Node) {
			r.list(n, "alert_rule_test", func(n *yaml.Node) { t.alerts = append(t.alerts, r.alertCase(n)) })
		},
		"promql_expr_test": func(n *yaml.Node) {
			r.list(n, "promql_expr_test", func(n *yaml.Node) { t.exprs = append(t.exprs, r.exprCase(n)) })
		},
	})
	for _, c := range t.alerts {
		if c.name == "" {
			t.problems = append(t.problems, &contract.Error{Place: c.place, Hint: "name the alert of the rule file",
				Msg: fmt.Sprintf("an item under alert_rule_test misses required attribute alertname at eval_time %v", c.at)})
		}
	}
	t.interval = time.Duration(interval)
	if t.name != "" {
		t.title = t.name
	}
}

func (r *reader) text(n *yaml.Node) pattern {
	p := pattern{node: n}
	r.value(n, &p.text)
	return p
}

func (r *reader) words(n *yaml.Node) map[string]string {
	m := map[string]string{}
	r.value(n, &m)
	return m
}

func (r *reader) series(n *yaml.Node) inputSeries {
	s := inputSeries{series: pattern{node: n}, values: pattern{node: n}}
	r.mapping(n, "an input series", fields{
		"series": func(n *yaml.Node) { s.series = r.text(n) },
		"values": func(n *yaml.Node) { s.values = r.text(n) },
	})
	return s
}

func (r *reader) alertCase(n *yaml.Node) alertCase {
	c := alertCase{place: r.place(n)}
	r.mapping(n, "an alert_rule_test", fields{
		"eval_time": func(n *yaml.Node) { r.value(n, &c.at) },
		"alertname": func(n *yaml.Node) { r.value(n, &c.name) },
		"exp_alerts": func(n *yaml.Node) {
			r.list(n, "exp_alerts", func(n *yaml.Node) {
				var a expectedAlert
				r.mapping(n, "an expected alert", fields{
					"exp_labels":      func(n *yaml.Node) { a.labels = r.words(n) },
					"exp_annotations": func(n *yaml.Node) { a.annotations = r.words(n) },
				})
				c.expected = append(c.expected, a)
			})
		},
	})
	return c
}

func (r *reader) exprCase(n *yaml.Node) exprCase {
	c := exprCase{place: r.place(n), expr: pattern{node: n}}
	r.mapping(n, "a promql_expr_test", fields{
		"expr":      func(n *yaml.Node) { c.expr = r.text(n) },
		"eval_time": func(n *yaml.Node) { r.value(n, &c.at) },
		"exp_samples": func(n *yaml.Node) {
			r.list(n, "exp_samples", func(n *yaml.Node) {
				s := expectedSample{labels: pattern{node: n}, histogram: pattern{node: n}}
				r.mapping(n, "an expected sample", fields{
					"labels":    func(n *yaml.Node) { s.labels = r.text(n) },
					"value":     func(n *yaml.Node) { r.value(n, &s.value) },
					"histogram": func(n *yaml.Node) { s.histogram = r.text(n) },
				})
				c.expected = append(c.expected, s)
			})
		},
	})
	return c
}

// instant reads a time as promtool does: seconds since the epoch, or RFC 3339.
func (r *reader) instant(n *yaml.Node) time.Time {
	text := r.text(n).text
	t, err := time.Parse(time.RFC3339Nano, text)
	if f, e := strconv.ParseFloat(text, 64); e == nil {
		whole, fraction := math.Modf(min(max(f, -1e10), 1e10)) // far beyond the years that are in range
		t, err = time.Unix(int64(whole), int64(fraction*float64(time.Second))).UTC(), nil
	}
	switch {
	case err != nil:
		r.fail(n, "write seconds since the epoch, or a time like 2025-09-17T10:23:45Z", "cannot parse %s to a valid timestamp", quoted(text))
	case t.Year() < firstYear || t.Year() >= lastYear:
		r.fail(n, "", "the time %s is not between the years %d and %d", quoted(text), firstYear, lastYear)
	default:
		return t
	}
	return time.Time{}
}

// The years in which tests may begin: times are counted in nanoseconds, which must not overflow.
const firstYear, lastYear = 1700, 2262

// endOfTime is the last instant that nanoseconds can count.
var endOfTime = time.Unix(0, math.MaxInt64).UTC()
