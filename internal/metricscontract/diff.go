package metricscontract

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/romel/govctl/pkg/report"
)

// Limits are the budgets of a diff; 0 is no limit.
type Limits struct {
	Names           int      // metrics
	SeriesPerMetric int      // of each metric
	Series          int      // of all
	Allowed         []string // prefixes of metrics that no budget counts
	Fail            bool     // what is over a budget is an error
	StrictCounters  bool     // a counter that fell is an error
}

// DiffInput is what a diff compares.
type DiffInput struct {
	Before, After Contract
	Rules         []Rule
	Limits        Limits
	Match         []*labels.Matcher // metrics that are compared: by their name; nil: all
}

// Diff is what changed between two contracts, and which rules that concerns.
func Diff(in DiffInput) []report.Finding {
	d := differ{DiffInput: in, readers: read(in.Rules), before: byName(in.Before, in.Match), after: byName(in.After, in.Match)}
	d.readers.after(in.After.Metrics)
	for _, name := range slices.Sorted(maps.Keys(d.before)) {
		was, is := d.before[name], d.after[name]
		if is == nil {
			d.removed(was)
			continue
		}
		d.changed(was, is)
	}
	if in.Limits.StrictCounters {
		d.counters()
	}
	d.budget()
	return d.found
}

type differ struct {
	DiffInput
	readers       *readers
	before, after map[string]*Metric
	added         map[string][]*Metric // new metrics by type and first word
	found         []report.Finding
}

func byName(c Contract, match []*labels.Matcher) map[string]*Metric {
	all := map[string]*Metric{}
	for i := range c.Metrics {
		m := &c.Metrics[i]
		if !slices.ContainsFunc(match, func(x *labels.Matcher) bool { return x.Name == model.MetricNameLabel && !x.Matches(m.Name) }) {
			all[m.Name] = m
		}
	}
	return all
}

// add reports a change of a metric that rules may read; it is an error where one does.
func (d *differ) add(id string, m *Metric, readers affected, message string, detail ...string) *report.Finding {
	f := row(id).Finding(report.EvidenceSubject{Name: m.Name}, message+"; "+readers.sentence(), detail...)
	if len(readers.rely) > 0 {
		f.Level = report.Error
		f.Actual = strings.Join(readers.rely[:min(len(readers.rely), maxNamed)], ", ")
	}
	d.found = append(d.found, f)
	return &d.found[len(d.found)-1]
}

func (d *differ) removed(m *Metric) {
	readers := d.readers.of(m.Samples())
	if other := d.otherUnit(m.Name); other != "" {
		d.add("unit-suffix-changed", m, readers, fmt.Sprintf("the metric %s is now %s", m.Name, other)).Expected = m.Name
		return
	}
	message := fmt.Sprintf("the metric %s (%s) is no longer there", m.Name, m.Type)
	if name := d.successor(m); name != "" {
		message += fmt.Sprintf(" (is it now %s?)", name)
	}
	d.add("metric-removed", m, readers, message).Expected = m.Name
}

// units are the suffixes of names that say in what a value is measured.
var units = []string{"seconds", "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "ms", "bytes", "kilobytes", "megabytes", "kib", "mib", "bits", "ratio", "percent", "celsius", "fahrenheit"}

// otherUnit is a new metric whose name differs in the unit alone; empty where there is none.
func (d *differ) otherUnit(name string) string {
	stem, unit := withoutUnit(name)
	if unit == "" {
		return ""
	}
	for _, other := range slices.Sorted(maps.Keys(d.after)) {
		if s, u := withoutUnit(other); d.before[other] == nil && u != "" && u != unit && s == stem {
			return other
		}
	}
	return ""
}

// withoutUnit cuts a name at its unit, which stands at its end or before _total.
func withoutUnit(name string) (stem, unit string) {
	base, total := strings.CutSuffix(name, "_total")
	at := strings.LastIndexByte(base, '_')
	if at < 0 || !slices.Contains(units, base[at+1:]) {
		return name, ""
	}
	stem = base[:at]
	if total {
		stem += "_total"
	}
	return stem, base[at+1:]
}

func (d *differ) changed(was, is *Metric) {
	samples := slices.Concat(was.Samples(), is.Samples())
	if was.Type != is.Type {
		f := d.add("metric-type-changed", is, d.readers.of(samples), fmt.Sprintf("the metric %s was a %s and is a %s", is.Name, was.Type, is.Type))
		f.Expected = was.Type
	}
	for _, label := range missing(was.Labels, is.Labels) {
		d.add("label-removed", is, affected{rely: d.readers.using(samples, label, "")}, fmt.Sprintf("the metric %s has lost the label %s", is.Name, label), label).Expected = label
	}
	for _, label := range missing(is.Labels, was.Labels) {
		f := row("label-added").Finding(report.EvidenceSubject{Name: is.Name}, fmt.Sprintf("the metric %s has the new label %s", is.Name, label), label)
		d.found = append(d.found, f)
	}
	if lost := missing(was.Buckets, is.Buckets); len(lost) > 0 && len(is.Buckets) > 0 {
		var readers []string
		for _, border := range lost {
			readers = append(readers, d.readers.using(samples, "le", border)...)
			readers = append(readers, d.readers.using(samples, "quantile", border)...)
		}
		slices.Sort(readers)
		f := d.add("buckets-changed", is, affected{rely: slices.Compact(readers)}, fmt.Sprintf("the metric %s has lost the borders %s", is.Name, strings.Join(lost, ", ")))
		f.Expected = strings.Join(lost, ", ")
	}
	if grown(was.Series, is.Series) {
		f := row("series-growth").Finding(report.EvidenceSubject{Name: is.Name}, fmt.Sprintf("the metric %s has %d series, and had %d", is.Name, is.Series, was.Series))
		d.found = append(d.found, f)
	}
}

// grown reports a number of series that has doubled, beyond what a few label values explain. A baseline has none to compare with.
func grown(was, is int) bool { return was > 0 && is > 2*was && is-was >= 20 }

// missing are the items of a that b lacks.
func missing(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// counters compares the values of counters, where both sides have values.
func (d *differ) counters() {
	if d.Before.values == nil || d.After.values == nil {
		return
	}
	was := map[string]float64{}
	for _, s := range d.Before.values.Series {
		was[s.Labels.String()] = s.Value
	}
	for _, s := range d.After.values.Series {
		name := s.Labels.Get(model.MetricNameLabel)
		m := d.counter(name)
		if v, ok := was[s.Labels.String()]; ok && m != nil && s.Value < v {
			f := row("counter-decreased").Finding(report.EvidenceSubject{Name: m.Name}, fmt.Sprintf("%s was %g and is %g", s.Labels, v, s.Value), s.Labels.String())
			f.Expected, f.Actual = fmt.Sprintf(">= %g", v), fmt.Sprintf("%g", s.Value)
			d.found = append(d.found, f)
		}
	}
}

// counter is the metric of a sample that only rises; nil for other samples.
func (d *differ) counter(sample string) *Metric {
	for _, suffix := range []string{"", "_total", "_bucket", "_count"} {
		stem, ok := strings.CutSuffix(sample, suffix)
		m := d.after[stem]
		if !ok || m == nil {
			continue
		}
		switch {
		case m.Type == "counter" && (suffix == "" || suffix == "_total"), m.Type == "histogram" && suffix != "" && suffix != "_total", m.Type == "summary" && suffix == "_count":
			return m
		}
	}
	return nil
}

// budget counts metrics and series of the new side.
func (d *differ) budget() {
	total, names := 0, 0
	for _, name := range slices.Sorted(maps.Keys(d.after)) {
		m := d.after[name]
		if slices.ContainsFunc(d.Limits.Allowed, func(p string) bool { return p != "" && strings.HasPrefix(name, p) }) {
			continue
		}
		names++
		total += m.Series
		d.over(report.EvidenceSubject{Name: name}, "series of the metric "+name, m.Series, d.Limits.SeriesPerMetric)
	}
	whole := report.EvidenceSubject{Name: d.After.Name}
	d.over(whole, "metrics", names, d.Limits.Names)
	d.over(whole, "series", total, d.Limits.Series)
}

func (d *differ) over(subject report.EvidenceSubject, what string, n, limit int) {
	if limit <= 0 || n <= limit {
		return
	}
	f := row("series-over-budget").Finding(subject, fmt.Sprintf("there are %d %s, more than %d", n, what, limit), what)
	f.Expected, f.Actual = fmt.Sprintf("<= %d", limit), fmt.Sprint(n)
	if d.Limits.Fail {
		f.Level = report.Error
	}
	d.found = append(d.found, f)
}
