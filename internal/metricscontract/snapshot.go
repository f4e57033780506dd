// Package metricscontract treats the metrics of a service as a contract: names, types, labels and buckets, on which alerts and recording
// rules rely.
package metricscontract

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of a snapshot.
const (
	MaxBytes        = 64 << 20
	maxSeries       = 500_000
	maxAnswerSeries = 100_000 // of a service, which must not be able to make a probe take much memory
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
	Type    string // counter, gauge, histogram, gaugehistogram, summary or unknown
	Help    string
	Unit    string
	Labels  []string // sorted, without le and quantile
	Buckets []string // values of le, or of quantile; sorted
	Series  int      // 0 in a baseline, which has no values
}

// ParseSnapshot reads the Prometheus text format or OpenMetrics of a file. Its error is a *contract.Error with the line.
func ParseSnapshot(name string, data []byte) (*Snapshot, error) { return parse(name, data, maxSeries) }

// ParseAnswer reads the answer of a service in the same way, but fewer series of it.
func ParseAnswer(name string, data []byte) (*Snapshot, error) {
	return parse(name, data, maxAnswerSeries)
}

func parse(name string, data []byte, most int) (*Snapshot, error) {
	if len(data) > MaxBytes {
		return nil, &contract.Error{Place: report.Place{File: name}, Msg: fmt.Sprintf("is larger than %d bytes", MaxBytes)}
	}
	r := reader{most: most, snapshot: &Snapshot{Name: name, Metrics: map[string]*Metric{}}, seen: map[uint64]bool{}, typed: map[string]bool{}, samples: map[string]bool{},
		labels: map[string]map[string]bool{}, buckets: map[string]map[string]bool{}}
	if n, err := r.read(data); err != nil {
		place := report.Place{File: name, Line: n}
		var syntax *syntaxError
		if errors.As(err, &syntax) {
			place.Column = syntax.column
		}
		hint := "a snapshot is the text of a /metrics endpoint, in the Prometheus text format or OpenMetrics"
		if most < maxSeries && len(r.snapshot.Series) == most {
			hint = fmt.Sprintf("save the answer to a file, of which %d series are read", maxSeries)
		}
		return nil, &contract.Error{Place: place, Msg: err.Error(), Hint: hint}
	}
	if len(r.snapshot.Series) == 0 {
		return nil, &contract.Error{Place: report.Place{File: name}, Msg: "has no metrics", Hint: "a snapshot is the text of a /metrics endpoint"}
	}
	r.finish()
	return r.snapshot, nil
}

type reader struct {
	most     int // series
	snapshot *Snapshot
	seen     map[uint64]bool
	typed    map[string]bool            // metrics that have a TYPE line
	samples  map[string]bool            // names of samples
	labels   map[string]map[string]bool // by metric
	buckets  map[string]map[string]bool
}

// read reads all lines; n is the line of the error.
func (r *reader) read(data []byte) (n int, err error) {
	f, ended := formatOf(data), 0
	for line := range bytes.Lines(data) {
		n++
		text := strings.TrimRight(string(line), "\r\n")
		if text == endLine && ended == 0 {
			ended = n
			continue
		}
		e, err := f.parse(text)
		if err == nil && ended > 0 && strings.TrimSpace(text) != "" {
			err = fmt.Errorf("there is text after the %q of line %d", endLine, ended)
		}
		if err == nil && e != nil {
			err = r.add(e)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (r *reader) add(e *entry) error {
	switch e.keyword {
	case "TYPE":
		m := r.metric(e.name)
		if r.typed[e.name] && m.Type != e.text {
			return fmt.Errorf("the metric %s is of the type %s, and now %s", shorten(e.name), m.Type, e.text)
		}
		r.typed[e.name], m.Type = true, e.text
	case "HELP":
		r.metric(e.name).Help = escapes.Replace(e.text)
	case "UNIT":
		r.metric(e.name).Unit = e.text
	default:
		return r.series(e)
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

func (r *reader) series(e *entry) error {
	if len(r.snapshot.Series) == r.most {
		return fmt.Errorf("there are more than %d series", r.most)
	}
	r.samples[e.labels[0].Value] = true
	m := r.metric(r.family(e.labels[0].Value))
	set := labels.NewScratchBuilder(len(e.labels))
	for _, l := range e.labels {
		switch {
		case l.Value == "": // as if the series did not have it
			continue
		case l.Name == model.MetricNameLabel:
		case l.Name == "le" || l.Name == "quantile":
			l.Value = m.border(l)
			r.buckets[m.Name][l.Value] = true
		default:
			r.labels[m.Name][l.Name] = true
		}
		set.Add(l.Name, l.Value)
	}
	set.Sort()
	l := set.Labels()
	if r.seen[l.Hash()] {
		return fmt.Errorf("the series %.200s is given twice", l)
	}
	r.seen[l.Hash()] = true
	r.snapshot.Series = append(r.snapshot.Series, Series{l, e.value})
	m.Series++
	return nil
}

// border is the value of le or quantile as Prometheus stores it: 1 and 1.0 are one bucket.
func (m *Metric) border(l labels.Label) string {
	if m.Type == "histogram" && l.Name == "le" || m.Type == "summary" && l.Name == "quantile" {
		if v, err := number(l.Value); err == nil {
			return labels.FormatOpenMetricsFloat(v)
		}
	}
	return l.Value
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

// textNames are what the text format makes of a type of OpenMetrics: the ending of the name, and the type. With it a service is the same in
// both formats, whichever it was asked for.
var textNames = map[string]struct{ suffix, kind string }{
	"counter": {"_total", "counter"}, "info": {"_info", "gauge"}, "stateset": {"", "gauge"}, "untyped": {"", "unknown"},
}

// finish takes metrics without samples out, since nobody can read them, and gives the others the names and types of the text format.
func (r *reader) finish() {
	for _, name := range slices.Sorted(maps.Keys(r.snapshot.Metrics)) {
		m := r.snapshot.Metrics[name]
		if m.Series == 0 {
			delete(r.snapshot.Metrics, name)
			continue
		}
		m.Labels, m.Buckets = slices.Sorted(maps.Keys(r.labels[name])), slices.Sorted(maps.Keys(r.buckets[name]))
		text, other := textNames[m.Type]
		if !other {
			continue
		}
		if long := name + text.suffix; r.samples[long] && r.snapshot.Metrics[long] == nil {
			delete(r.snapshot.Metrics, name)
			m.Name, r.snapshot.Metrics[long] = long, m
		}
		m.Type = text.kind
	}
}

// Samples are the names under which expressions read the metric.
func (m *Metric) Samples() []string {
	names := []string{m.Name}
	stem := strings.TrimSuffix(m.Name, "_total")
	for _, suffix := range suffixes[m.Type] {
		names = append(names, stem+suffix)
	}
	slices.Sort(names)
	return slices.Compact(names)
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
		names[s.Series[i].Labels.Get(model.MetricNameLabel)] = true
	}
	return slices.Sorted(maps.Keys(names))
}
