package ruletest

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

func TestWhatTheStoreRefuses(t *testing.T) {
	up := labels.FromStrings(model.MetricNameLabel, "up")
	one := &histogram.FloatHistogram{Count: 1, PositiveSpans: []histogram.Span{{Length: 1}}, PositiveBuckets: []float64{1}}
	two := &histogram.FloatHistogram{Count: 2, PositiveSpans: []histogram.Span{{Length: 1}}, PositiveBuckets: []float64{2}}
	const hour = 60 * 60 * 1000
	for _, c := range []struct {
		name string
		lset labels.Labels
		t    int64
		v    float64
		h    *histogram.FloatHistogram
		want error
	}{
		{"later", up, 101 * hour, 2, nil, nil},
		{"the same again", up, 100 * hour, 1, nil, nil},
		{"another value at the same time", up, 100 * hour, 2, nil, storage.ErrDuplicateSampleForTimestamp},
		{"a histogram at the same time", up, 100 * hour, 0, one, storage.ErrDuplicateSampleForTimestamp},
		{"earlier", up, 99 * hour, 1, nil, storage.ErrOutOfOrderSample},
		{"far too early", up, 87 * hour, 1, nil, storage.ErrOutOfBounds},
		{"no labels", labels.EmptyLabels(), 101 * hour, 1, nil, errInvalid},
		{"only empty labels", labels.FromStrings("a", ""), 101 * hour, 1, nil, errInvalid},
		{"an invalid histogram", up, 101 * hour, 0, &histogram.FloatHistogram{Count: -1}, histogram.ErrHistogramNegativeCount},
		{"a histogram later", up, 101 * hour, 0, two, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore()
			if err := s.writer().append(up, 100*hour, 1, nil); err != nil {
				t.Fatal(err)
			}
			if err := s.writer().append(c.lset, c.t, c.v, c.h); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestOneWriteDropsTheSecondOfASeries(t *testing.T) {
	s := newStore()
	w := s.writer()
	for v := range 2 {
		if err := w.append(labels.FromStrings("a", "b"), 0, float64(v), nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := samples(s, 0, 10); len(got) != 1 || got[0].v != 0 {
		t.Errorf("%v", got)
	}
}

func TestStoreIsBounded(t *testing.T) {
	s := newStore()
	s.room = bytesPerSeries + bytesPerRun
	w := s.writer()
	if err := w.append(labels.FromStrings("a", "b"), 0, 1, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.append(labels.FromStrings("a", "b"), 1, 1, nil); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

// samples are the float samples that a query between two times sees; a histogram shows as its count, negative.
func samples(s *store, from, to int64) []point {
	q, _ := s.Querier(from, to)
	set := q.Select(context.Background(), true, nil, labels.MustNewMatcher(labels.MatchRegexp, "a", ".*"))
	var out []point
	for set.Next() {
		it := set.At().Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			out = append(out, sampleOf(it, kind))
		}
	}
	return out
}

func sampleOf(it chunkenc.Iterator, kind chunkenc.ValueType) point {
	if kind == chunkenc.ValFloat {
		t, v := it.At()
		return point{t, v}
	}
	t, h := it.AtFloatHistogram(nil)
	return point{t, -h.Count}
}

// TestIterator walks over a series of floats, histograms and floats again, from every place to every place.
func TestIterator(t *testing.T) {
	s := newStore()
	var all []point
	for i := range int64(30) {
		p := point{t: i * 10, v: float64(i)}
		var h *histogram.FloatHistogram
		if i/10 == 1 {
			p.v = -float64(i)
			h = &histogram.FloatHistogram{Count: float64(i), PositiveSpans: []histogram.Span{{Length: 1}}, PositiveBuckets: []float64{float64(i)}}
		}
		if err := s.writer().append(labels.FromStrings("a", "b"), p.t, p.v, h); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	for from := int64(-5); from < 310; from += 5 {
		for to := from; to < 310; to += 5 {
			var want []point
			for _, p := range all {
				if from <= p.t && p.t <= to {
					want = append(want, p)
				}
			}
			got := samples(s, from, to)
			if len(got) != len(want) || len(got) > 0 && (got[0] != want[0] || got[len(got)-1] != want[len(want)-1]) {
				t.Fatalf("from %d to %d: got %v, want %v", from, to, got, want)
			}
		}
	}
	it := view{s.series[0], 0, 1000}.Iterator(nil)
	for _, seek := range []struct{ to, want int64 }{{45, 50}, {20, 50}, {50, 50}, {131, 140}, {199, 200}, {290, 290}} {
		if kind := it.Seek(seek.to); kind == chunkenc.ValNone || it.AtT() != seek.want {
			t.Errorf("seek %d: at %d, want %d", seek.to, it.AtT(), seek.want)
		}
	}
	if it.Seek(291) != chunkenc.ValNone || it.Next() != chunkenc.ValNone || it.Err() != nil {
		t.Error("there is something behind the end")
	}
}

func TestHistogramsEndWithAHistogram(t *testing.T) {
	s := newStore()
	lset := labels.FromStrings("a", "b")
	h := &histogram.FloatHistogram{Count: 1, PositiveSpans: []histogram.Span{{Length: 1}}, PositiveBuckets: []float64{1}}
	if err := errors.Join(s.writer().append(lset, 0, 0, h), s.writer().append(lset, 1, math.Float64frombits(value.StaleNaN), nil)); err != nil {
		t.Fatal(err)
	}
	it := view{s.series[0], 0, 10}.Iterator(nil)
	it.Next()
	if kind := it.Next(); kind != chunkenc.ValFloatHistogram {
		t.Fatalf("the marker is a %v", kind)
	}
	if _, h := it.AtFloatHistogram(nil); !value.IsStaleNaN(h.Sum) {
		t.Errorf("%v", h)
	}
}
