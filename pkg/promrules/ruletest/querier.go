package ruletest

import (
	"context"
	"errors"
	"sort"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/romel/govctl/internal/sorting"
)

// Querier lets the engine read what lies between two times, in ms, both included.
func (s *store) Querier(mint, maxt int64) (storage.Querier, error) {
	return &querier{store: s, min: mint, max: maxt}, nil
}

type querier struct {
	*store
	min, max int64
}

// Select finds the series that all matchers accept.
func (q *querier) Select(_ context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	lo, hi := q.min, q.max
	if hints != nil {
		lo, hi = hints.Start, hints.End
	}
	set := &found{}
	for _, s := range q.candidates(matchers) {
		if len(s.runs) > 0 && s.runs[0].min <= hi && s.maxTime >= lo && accept(s.lset, matchers) {
			set.series = append(set.series, view{s, lo, hi})
		}
	}
	if sorted {
		sorting.Stable(set.series, func(a, b view) int { return labels.Compare(a.lset, b.lset) })
	}
	return set
}

// candidates narrows the series by the metric name, which nearly every selector has.
func (q *querier) candidates(matchers []*labels.Matcher) []*series {
	for _, m := range matchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return q.byName[m.Value]
		}
	}
	return q.series
}

func accept(lset labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(lset.Get(m.Name)) {
			return false
		}
	}
	return true
}

var errNoListing = errors.New("label names and values are not listed in rule tests")

// LabelValues is not needed by the engine.
func (*querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errNoListing
}

// LabelNames is not needed by the engine.
func (*querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, errNoListing
}

func (*querier) Close() error { return nil }

// found is the answer to a selector.
type found struct {
	series []view
	next   int
}

func (f *found) Next() bool                      { f.next++; return f.next <= len(f.series) }
func (f *found) At() storage.Series              { return f.series[f.next-1] }
func (*found) Err() error                        { return nil }
func (*found) Warnings() annotations.Annotations { return nil }

// view is the part of a series that lies between two times.
type view struct {
	*series
	from, to int64
}

func (v view) Labels() labels.Labels { return v.lset }

func (v view) Iterator(reuse chunkenc.Iterator) chunkenc.Iterator {
	it, ok := reuse.(*iterator)
	if !ok {
		it = &iterator{}
	}
	*it = iterator{runs: v.runs, from: v.from, to: v.to, run: -1, reuse: it.reuse}
	return it
}

// iterator walks over a view. Histograms are read from the start of their chunk even where the view begins within it:
// the chunk knows only by the number of samples read whether a counter went on.
type iterator struct {
	runs     []run
	from, to int64
	run      int // index of the current run; -1 before the first
	at       int // index of the current point, in a run of floats
	chunk    chunkenc.Iterator
	reuse    chunkenc.Iterator
	kind     chunkenc.ValueType
	err      error
}

func (it *iterator) Next() chunkenc.ValueType { return it.advance(it.from) }

// millis are milliseconds since the epoch. The name keeps vet from taking the iterator's Seek for that of a file.
type millis = int64

// Seek goes to the first sample at or after t; it does not go back.
func (it *iterator) Seek(t millis) chunkenc.ValueType {
	if it.kind != chunkenc.ValNone && it.AtT() >= t {
		return it.kind
	}
	return it.advance(max(t, it.from))
}

// advance goes to the next sample that is not before t.
func (it *iterator) advance(t int64) chunkenc.ValueType {
	for it.err == nil && it.run < len(it.runs) {
		if it.run >= 0 && it.step(t) {
			if it.AtT() > it.to {
				break
			}
			return it.kind
		}
		it.enter(t)
	}
	it.run, it.kind = len(it.runs), chunkenc.ValNone
	return it.kind
}

// enter goes before the first sample of the next run that reaches to t.
func (it *iterator) enter(t int64) {
	it.run++
	if it.run < len(it.runs) && it.runs[it.run].max < t {
		rest := it.runs[it.run:]
		it.run += sort.Search(len(rest), func(i int) bool { return rest[i].max >= t })
	}
	it.at, it.chunk = -1, nil
	if it.run < len(it.runs) && it.runs[it.run].chunk != nil {
		it.reuse = it.runs[it.run].chunk.Iterator(it.reuse)
		it.chunk = it.reuse
	}
}

// step goes to the next sample of the current run that is not before t.
func (it *iterator) step(t int64) bool {
	if it.chunk == nil {
		r := &it.runs[it.run]
		it.kind = chunkenc.ValFloat
		it.at++
		if it.at < r.floats() && r.point(it.at).t < t {
			it.at = r.from(t, it.at)
		}
		return it.at < r.floats()
	}
	for {
		if it.kind = it.chunk.Next(); it.kind == chunkenc.ValNone {
			it.err = it.chunk.Err()
			return false
		}
		if it.chunk.AtT() >= t {
			return true
		}
	}
}

func (it *iterator) At() (int64, float64) {
	p := it.runs[it.run].point(it.at)
	return p.t, p.v
}

func (it *iterator) AtHistogram(h *histogram.Histogram) (int64, *histogram.Histogram) {
	return it.chunk.AtHistogram(h)
}

func (it *iterator) AtFloatHistogram(fh *histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	return it.chunk.AtFloatHistogram(fh)
}

func (it *iterator) AtT() int64 {
	if it.chunk != nil {
		return it.chunk.AtT()
	}
	return it.runs[it.run].point(it.at).t
}

// AtST is 0: promtool's test database does not keep start times.
func (*iterator) AtST() int64 { return 0 }

func (it *iterator) Err() error { return it.err }
