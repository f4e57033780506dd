// Package metricscontract treats the metrics of a service as a contract: names, types, labels and buckets, on which alerts and recording
// rules rely.
package metricscontract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of a snapshot.
const (
	MaxBytes  = 64 << 20
	maxSeries = 500_000
)

// Snapshot is what a /metrics endpoint said at one time.
type Snapshot struct {
	Name    string
	Series  []Series
	Metrics map[string]*Metric // by name of the family
}

// Series is one sample of a snapshot.
type Series struct {
	Labels labels.Labels
	Value  float64
}

// Metric is what a metric promises: everything but its values.
type Metric struct {
	Name    string
	Type    string // counter, gauge, histogram, summary, unknown, as the exposition names them
	Help    string
	Unit    string
	Labels  []string // sorted, without le and quantile
	Buckets []string // values of le, or of quantile; sorted
	Series  int      // 0 in a baseline, which has no values
}

// ParseSnapshot reads the Prometheus text format or OpenMetrics. Its error is a *contract.Error with the line.
func ParseSnapshot(name string, data []byte) (*Snapshot, error) {
	if len(data) > MaxBytes {
		return nil, &contract.Error{Place: report.Place{File: name}, Msg: fmt.Sprintf("is larger than %d bytes", MaxBytes)}
	}
	r := reader{snapshot: &Snapshot{Name: name, Metrics: map[string]*Metric{}}, seen: map[uint64]bool{}, labels: map[string]map[string]bool{}, buckets: map[string]map[string]bool{}}
	p := parserOf(data)
	for entry := 0; ; entry++ {
		kind, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.add(p, kind)
		}
		if err != nil {
			return nil, &contract.Error{Place: report.Place{File: name, Line: lineOf(data, entry)}, Msg: err.Error(),
				Hint: "a snapshot is the text of a /metrics endpoint, in the Prometheus text format or OpenMetrics"}
		}
	}
	if len(r.snapshot.Series) == 0 {
		return nil, &contract.Error{Place: report.Place{File: name}, Msg: "has no metrics", Hint: "a snapshot is the text of a /metrics endpoint"}
	}
	r.finish()
	return r.snapshot, nil
}

// parserOf takes a text that ends as OpenMetrics must for OpenMetrics.
func parserOf(data []byte) textparse.Parser {
	if bytes.HasSuffix(bytes.TrimRight(data, "\n"), []byte("# EOF")) {
		return textparse.NewOpenMetricsParser(data, labels.NewSymbolTable())
	}
	return textparse.NewPromParser(data, labels.NewSymbolTable(), false)
}

// lineOf is the line of an entry: each has a line of its own, and blank ones are between them.
func lineOf(data []byte, entry int) int {
	n, seen := 0, -1
	for line := range bytes.Lines(data) {
		n++
		if len(bytes.TrimSpace(line)) > 0 {
			seen++
		}
		if seen == entry {
			return n
		}
	}
	return max(n, 1)
}

type reader struct {
	snapshot *Snapshot
	seen     map[uint64]bool
	labels   map[string]map[string]bool // by metric
	buckets  map[string]map[string]bool
}

func (r *reader) add(p textparse.Parser, kind textparse.Entry) error {
	switch kind {
	case textparse.EntryType:
		name, typ := p.Type()
		r.metric(string(name)).Type = string(typ)
	case textparse.EntryHelp:
		name, text := p.Help()
		r.metric(string(name)).Help = string(text)
	case textparse.EntryUnit:
		name, unit := p.Unit()
		r.metric(string(name)).Unit = string(unit)
	case textparse.EntrySeries:
		return r.series(p)
	}
	return nil
}

func (r *reader) metric(name string) *Metric {
	m := r.snapshot.Metrics[name]
	if m == nil {
		m = &Metric{Name: name, Type: string(model.MetricTypeUnknown)}
		r.snapshot.Metrics[name] = m
		r.labels[name], r.buckets[name] = map[string]bool{}, map[string]bool{}
	}
	return m
}

func (r *reader) series(p textparse.Parser) error {
	var l labels.Labels
	_, _, value := p.Series()
	p.Labels(&l)
	if len(r.snapshot.Series) == maxSeries {
		return fmt.Errorf("there are more than %d series", maxSeries)
	}
	if r.seen[l.Hash()] {
		return fmt.Errorf("the series %s is given twice", l)
	}
	r.seen[l.Hash()] = true
	r.snapshot.Series = append(r.snapshot.Series, Series{l, value})
	m := r.metric(r.family(l.Get(labels.MetricName)))
	m.Series++
	l.Range(func(l labels.Label) {
		switch {
		case l.Name == labels.MetricName:
		case l.Name == "le" || l.Name == "quantile":
			r.buckets[m.Name][l.Value] = true
		default:
			r.labels[m.Name][l.Name] = true
		}
	})
	return nil
}

// suffixes are those of the samples of a metric, by its type. OpenMetrics names a counter without _total.
var suffixes = map[string][]string{
	"histogram": {"_bucket", "_sum", "_count", "_created"}, "gaugehistogram": {"_bucket", "_gsum", "_gcount"},
	"summary": {"_sum", "_count", "_created"}, "counter": {"_total", "_created"}, "info": {"_info"},
}

// family is the metric that a sample belongs to.
func (r *reader) family(sample string) string {
	at := max(strings.LastIndexByte(sample, '_'), 0)
	if m := r.snapshot.Metrics[sample[:at]]; m != nil && slices.Contains(suffixes[m.Type], sample[at:]) {
		return m.Name
	}
	return sample
}

// finish takes metrics without samples out: nobody can read them.
func (r *reader) finish() {
	for name, m := range r.snapshot.Metrics {
		if m.Series == 0 {
			delete(r.snapshot.Metrics, name)
			continue
		}
		m.Labels, m.Buckets = slices.Sorted(maps.Keys(r.labels[name])), slices.Sorted(maps.Keys(r.buckets[name]))
	}
}

// Samples are the names under which expressions read the metric.
func (m *Metric) Samples() []string {
	names := []string{m.Name}
	for _, suffix := range suffixes[m.Type] {
		names = append(names, m.Name+suffix)
	}
	return names
}

// Contract is the snapshot without its values.
func (s *Snapshot) Contract() Contract {
	c := Contract{Name: s.Name}
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		c.Metrics = append(c.Metrics, *s.Metrics[name])
	}
	return c
}

// Names are the names of all samples, sorted.
func (s *Snapshot) Names() []string {
	names := map[string]bool{}
	for i := range s.Series {
		names[s.Series[i].Labels.Get(labels.MetricName)] = true
	}
	return slices.Sorted(maps.Keys(names))
}
