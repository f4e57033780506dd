package benchtrend

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// dataPrefix begins the file in which github-action-benchmark keeps its past: a script that assigns JSON.
const dataPrefix = "window.BENCHMARK_DATA"

const formatsHint = "expected the output of go test -bench, a JSON file of github-action-benchmark, hyperfine or k6, quantile_bench_*.json, or an aggregate.json"

// format is one JSON format: how it is recognised, and its reader.
type format struct {
	fits func(root contract.Node) bool
	read func(d *document) ([]Run, error)
}

// formats are tried in this order.
var formats = []format{
	{func(n contract.Node) bool { return n.Get("schema").Text() == report.BenchTrendSchema }, (*document).aggregate},
	{isArray(""), (*document).actionBenchmark},
	{func(n contract.Node) bool { return n.Get("entries").Kind() == contract.Object }, (*document).actionData},
	{func(n contract.Node) bool { return n.Get("results").At(0).Get("command").Exists() }, (*document).hyperfine},
	{isArray("results"), (*document).results},
	{isArray("phases"), (*document).phases},
	{func(n contract.Node) bool { return n.Get("metrics").Kind() == contract.Object }, (*document).k6},
}

func isArray(name string) func(contract.Node) bool {
	return func(n contract.Node) bool {
		if name != "" {
			n = n.Get(name)
		}
		return n.Kind() == contract.Array
	}
}

// document is a file that is being read.
type document struct {
	root contract.Node
	name string
	left *budget
}

func readJSON(ctx context.Context, f Input, left *budget) ([]Run, error) {
	root, err := contract.ParseValue(ctx, f.Name, withoutScript(f.Data), contract.Options{MaxBytes: MaxBytes, MaxDepth: 20, MaxValues: 2_000_000})
	if err != nil {
		return nil, err
	}
	if root.Get("kind").Text() == kind && root.Get("detail").Exists() { // evidence, the detail of which is an aggregate
		root = root.Get("detail")
	}
	d := document{root: root, name: f.Name, left: left}
	for _, format := range formats {
		if format.fits(root) {
			runs, err := format.read(&d)
			if err == nil && !measured(runs) {
				err = refuse(root.Place(), "has no benchmark results")
			}
			return runs, err
		}
	}
	refused := refuse(root.Place(), "is not a format of benchmark results that can be read")
	refused.Hint = formatsHint
	return nil, refused
}

func measured(runs []Run) bool {
	for _, r := range runs {
		if len(r.Series) > 0 {
			return true
		}
	}
	return false
}

// withoutScript is the JSON of a script that assigns it, at the same places.
func withoutScript(data []byte) []byte {
	text := bytes.TrimSpace(data)
	assign := bytes.IndexByte(data, '=')
	if !bytes.HasPrefix(text, []byte(dataPrefix)) || assign < 0 {
		return data
	}
	text = bytes.Clone(data)
	for i := range assign + 1 {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
	return bytes.TrimRight(text, "; \t\r\n")
}

// collect begins a run.
func (d *document) collect(commit string) *collector {
	return &collector{run: Run{Name: d.name, Commit: commit}, index: map[key]int{}, left: d.left}
}

// field is the number in a field of an object.
func field(object contract.Node, name string) (float64, error) {
	if n := object.Get(name); n.Exists() {
		return number(n, name)
	}
	return 0, refuse(object.Place(), "has no %s", name)
}

// number is the number of a node; what names it.
func number(n contract.Node, what string) (float64, error) {
	if n.Kind() != contract.Number {
		return 0, refuse(n.Place(), "%s is %s, not a number", what, n.Kind())
	}
	v, err := strconv.ParseFloat(n.Literal(), 64)
	if err != nil {
		return 0, refuse(n.Place(), "%s is out of range", what)
	}
	return v, nil
}

// text is the string of a node; a missing one is empty.
func text(n contract.Node, what string) (string, error) {
	if n.Exists() && n.Kind() != contract.String && n.Kind() != contract.Null {
		return "", refuse(n.Place(), "%s is %s, not a string", what, n.Kind())
	}
	return n.Text(), nil
}

// entry is one benchmark of [{name, unit, value}].
func (c *collector) entry(n contract.Node, prefix string, better Better) error {
	name, err := text(n.Get("name"), "name")
	var unit string
	if err == nil {
		unit, err = text(n.Get("unit"), "unit")
	}
	if err != nil {
		return err
	}
	v, err := field(n, "value")
	if err != nil {
		return err
	}
	return c.add(n.Place(), prefix+name, unit, better, v)
}

// actionBenchmark reads what github-action-benchmark takes as input: [{name, unit, value}], one run.
func (d *document) actionBenchmark() ([]Run, error) {
	c := d.collect("")
	for _, n := range d.root.Items() {
		if err := c.entry(n, "", ""); err != nil {
			return nil, err
		}
	}
	return []Run{c.run}, nil
}

// actionData reads the past that github-action-benchmark keeps: suites of runs, of which those of one commit are one run.
func (d *document) actionData() ([]Run, error) {
	suites := d.root.Get("entries")
	var order []string
	runs := map[string]*collector{}
	for suite, entries := range suites.Fields() {
		prefix := ""
		if suites.Len() > 1 {
			prefix = suite + "/"
		}
		for i, e := range entries.Items() {
			commit := e.Get("commit").Get("id").Text()
			id := commit
			if id == "" {
				id = strconv.Itoa(i)
			}
			if runs[id] == nil {
				runs[id] = d.collect(commit)
				order = append(order, id)
			}
			for _, n := range e.Get("benches").Items() {
				if err := runs[id].entry(n, prefix, directionOf(e.Get("tool").Text())); err != nil {
					return nil, err
				}
			}
			d.left.series = maxSeries // the bound is on one run
		}
	}
	out := make([]Run, len(order))
	for i, id := range order {
		out[i] = runs[id].run
	}
	return out, nil
}

// directionOf is that of a tool of github-action-benchmark whose name says it.
func directionOf(tool string) Better {
	switch tool {
	case "customBiggerIsBetter":
		return Higher
	case "customSmallerIsBetter":
		return Lower
	}
	return ""
}

// hyperfine reads its --export-json: the times of each command, in seconds.
func (d *document) hyperfine() ([]Run, error) {
	c := d.collect("")
	for _, n := range d.root.Get("results").Items() {
		name := n.Get("command").Text()
		for parameter, value := range n.Get("parameters").Fields() {
			name += " " + parameter + "=" + value.Text() + value.Literal()
		}
		samples, err := numbers(n.Get("times"))
		if err == nil && len(samples) == 0 {
			var v float64
			v, err = field(n, "median")
			samples = []float64{v}
		}
		if err == nil {
			err = c.add(n.Place(), strings.Join(strings.Fields(name), " "), "s", Lower, samples...)
		}
		if err != nil {
			return nil, err
		}
	}
	return []Run{c.run}, nil
}

func numbers(list contract.Node) (out []float64, err error) {
	for _, n := range list.Items() {
		v, err := number(n, "a sample")
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// k6Figures are the figures of a k6 metric that are compared: percentiles of a trend, the rate of a counter, the share of a rate. What only
// says how long the test was, such as the count of a counter, is not. A row is for metrics that have its second field, too.
var k6Figures = []struct{ field, with, suffix, unit string }{
	{"med", "max", " med", "ms"},
	{"p(90)", "max", " p90", "ms"},
	{"p(95)", "max", " p95", "ms"},
	{"p(99)", "max", " p99", "ms"},
	{"rate", "count", "", "/s"},
	{"rate", "passes", "", "share"},
	{"value", "passes", "", "share"},
}

// k6 reads a summary: of --summary-export, or of handleSummary, which has the figures in values.
func (d *document) k6() ([]Run, error) {
	c := d.collect("")
	for name, metric := range d.root.Get("metrics").Fields() {
		values := metric
		if metric.Get("values").Kind() == contract.Object {
			values = metric.Get("values")
		}
		contains := metric.Get("contains").Text()
		for _, row := range k6Figures {
			n, unit, better := values.Get(row.field), row.unit, Lower
			if !n.Exists() || !values.Get(row.with).Exists() {
				continue
			}
			switch {
			case unit != "ms":
				better = rateOf(name)
			case contains != "" && contains != "time":
				unit = contains
			}
			v, err := number(n, name+" "+row.field)
			if err == nil {
				err = c.add(n.Place(), name+row.suffix, unit, better, v)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return []Run{c.run}, nil
}

// rateOf is the direction of a rate of k6: that of failures is better when it is lower.
func rateOf(name string) Better {
	if strings.Contains(name, "fail") || strings.Contains(name, "error") {
		return Lower
	}
	return Higher
}
