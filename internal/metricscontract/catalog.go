package metricscontract

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Merge is the contract of several services as one: a metric of two has the labels and borders of both, and the first description.
func Merge(all []Contract) Contract {
	if len(all) == 1 {
		return all[0]
	}
	var names []string
	merged := map[string]*Metric{}
	for _, c := range all {
		names = append(names, c.Name)
		for i := range c.Metrics {
			m := c.Metrics[i]
			if one := merged[m.Name]; one != nil {
				one.join(&m)
				continue
			}
			merged[m.Name] = &m
		}
	}
	c := Contract{Name: strings.Join(names, ", ")}
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		c.Metrics = append(c.Metrics, *merged[name])
	}
	return c
}

func (m *Metric) join(other *Metric) {
	m.Labels, m.Buckets, m.Series = union(m.Labels, other.Labels), union(m.Buckets, other.Buckets), m.Series+other.Series
	m.Help, m.Unit = cmp.Or(m.Help, other.Help), cmp.Or(m.Unit, other.Unit)
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// Catalog describes metrics and recording rules in Markdown: two tables, without values, so that it changes when a promise does.
func Catalog(c Contract, rules []Rule) string {
	var b strings.Builder
	readers := read(rules)
	b.WriteString("| Metric | Type | Labels | Unit | Description | Read by |\n|---|---|---|---|---|---|\n")
	for i := range c.Metrics {
		m := &c.Metrics[i]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", code(m.Name), m.Type, list(m.Labels), cell(m.unit()), cell(m.Help), list(readers.direct(m.Samples())))
	}
	var records []*Rule
	for i := range rules {
		if rules[i].Record != "" {
			records = append(records, &rules[i])
		}
	}
	if len(records) == 0 {
		return b.String()
	}
	sorting.Stable(records, func(a, b *Rule) int {
		return strings.Compare(a.Record+"\x00"+a.Expr, b.Record+"\x00"+b.Expr)
	})
	b.WriteString("\n| Recording rule | Expression | Read by |\n|---|---|---|\n")
	for _, r := range records {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(r.Record), code(strings.Join(strings.Fields(r.Expr), " ")), list(readers.direct([]string{r.Record})))
	}
	return b.String()
}

// Stale compares the catalogue in a document with that of the service.
func Stale(document report.Place, was, is string) []report.Finding {
	if was == is {
		return nil
	}
	f := row("catalog-stale").Finding(report.EvidenceSubject{Name: document.File},
		fmt.Sprintf("the catalogue differs from the metrics of the service: %d old and %d new lines", other(was, is), other(is, was)))
	f.New = &document
	return []report.Finding{f}
}

// other counts the lines of a text that another one lacks.
func other(text, than string) (n int) {
	has := map[string]bool{}
	for line := range strings.Lines(than) {
		has[line] = true
	}
	for line := range strings.Lines(text) {
		if !has[line] {
			n++
		}
	}
	return n
}

// unit is what the exposition says the values are measured in, or else what the name says.
func (m *Metric) unit() string {
	if m.Unit != "" {
		return m.Unit
	}
	_, unit := withoutUnit(m.Name)
	return unit
}

// list is a cell with names, each as code.
func list(names []string) string {
	marked := make([]string, len(names))
	for i, name := range names {
		marked[i] = code(name)
	}
	return strings.Join(marked, ", ")
}

// code is a name in a cell of a Markdown table, as code.
func code(text string) string { return strings.ReplaceAll(sanitize.Code(oneLine(text)), "|", `\|`) }

var markdown = strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, `\`, `\\`)

// cell is a text in a cell of a Markdown table, which stands there as it is.
func cell(text string) string { return markdown.Replace(oneLine(text)) }

// maxCell bounds what an exposition can put into a cell, in characters.
const maxCell = 2000

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxCell {
		return string(runes[:maxCell]) + "..."
	}
	return text
}

// Lint is what client_golang's promlint finds in names, types and descriptions: the same as `promtool check metrics`.
func Lint(c Contract) ([]report.Finding, error) {
	families := make([]*dto.MetricFamily, len(c.Metrics))
	for i := range c.Metrics {
		families[i] = c.Metrics[i].family()
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil {
		return nil, err
	}
	var found []report.Finding
	for _, p := range problems {
		id := "metric-name"
		if p.Text == "no help text" {
			id = "metric-without-help"
		}
		found = append(found, row(id).Finding(report.EvidenceSubject{Name: p.Metric}, fmt.Sprintf("the metric %s: %s", p.Metric, p.Text), p.Text))
	}
	return found, nil
}

var familyTypes = map[string]dto.MetricType{
	"counter": dto.MetricType_COUNTER, "gauge": dto.MetricType_GAUGE, "histogram": dto.MetricType_HISTOGRAM, "summary": dto.MetricType_SUMMARY,
	"gaugehistogram": dto.MetricType_GAUGE_HISTOGRAM,
}

// family is the metric as promlint reads it.
func (m *Metric) family() *dto.MetricFamily {
	kind, known := familyTypes[m.Type]
	if !known {
		kind = dto.MetricType_UNTYPED
	}
	f := &dto.MetricFamily{Name: &m.Name, Type: &kind, Metric: []*dto.Metric{{}}}
	if m.Help != "" {
		f.Help = &m.Help
	}
	for i := range m.Labels {
		f.Metric[0].Label = append(f.Metric[0].Label, &dto.LabelPair{Name: &m.Labels[i]})
	}
	return f
}
