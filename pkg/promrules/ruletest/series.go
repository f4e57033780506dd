package ruletest

import (
	"math"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// point is a float sample; the time is in ms.
type point struct {
	t int64
	v float64
}

// run is a piece of a series whose samples are of one kind: floats, or histograms in a chunk.
type run struct {
	points []point
	chunk  chunkenc.Chunk // nil for floats
	min    int64
	max    int64
}

// series is one time series. Floats are kept as they are. Histograms are kept in the database's own chunks, cut where the
// database would cut them, because whether a histogram says that its counter was reset depends on its place in a chunk.
type series struct {
	lset          labels.Labels
	runs          []run // by time
	maxTime       int64
	lastValue     float64
	lastHistogram *histogram.FloatHistogram // nil when the last sample is a float
	writer        int                       // who wrote the last sample

	appender  chunkenc.Appender // of the last run, when it is a chunk
	cutAt     int64             // time at which the next chunk begins
	predicted bool              // cutAt is a prediction from the filling of the chunk
}

// chunkRange is the time that a chunk may span at most, in ms: promtool's test database has blocks of a day.
const chunkRange = 24 * 60 * 60 * 1000

// append adds a sample that is newer than all others.
func (s *series) append(t int64, v float64, fh *histogram.FloatHistogram) {
	if fh == nil {
		s.appendFloat(t, v)
	} else {
		s.appendHistogram(t, fh)
	}
	s.maxTime = t
	s.runs[len(s.runs)-1].max = t
}

func (s *series) appendFloat(t int64, v float64) {
	if n := len(s.runs); n == 0 || s.runs[n-1].chunk != nil {
		s.runs = append(s.runs, run{min: t})
		s.appender = nil
	}
	last := &s.runs[len(s.runs)-1]
	last.points = append(last.points, point{t, v})
	s.lastValue, s.lastHistogram = v, nil
}

func (s *series) appendHistogram(t int64, fh *histogram.FloatHistogram) {
	previous, cut := s.appender, s.chunkFor(t)
	if !cut {
		previous = nil
	}
	chunk, recoded, appender, err := s.appender.AppendFloatHistogram(previous, 0, t, fh, false)
	if err != nil { // only an append that may not cut returns errors
		panic(err)
	}
	s.appender, s.lastHistogram = appender, fh
	switch {
	case chunk == nil:
	case recoded:
		s.runs[len(s.runs)-1].chunk = chunk
	default: // the appender began a chunk of its own
		s.runs = append(s.runs, run{chunk: chunk, min: t})
		s.cutAt = chunkEnd(t)
	}
}

// chunkFor makes the last run a chunk that can take a histogram at t, and reports whether it is a new one.
// It follows memSeries.histogramsAppendPreprocessor of the database.
func (s *series) chunkFor(t int64) (cut bool) {
	if len(s.runs) == 0 || s.runs[len(s.runs)-1].chunk == nil {
		s.cut(t)
		cut = true
	}
	last := &s.runs[len(s.runs)-1]
	samples, size := last.chunk.NumSamples(), len(last.chunk.Bytes())
	if samples == 0 {
		s.cutAt = chunkEnd(t)
	}
	latest := s.cutAt
	if s.predicted {
		latest = chunkEnd(last.min)
	}
	const target = chunkenc.TargetBytesPerHistogramChunk
	if !s.predicted && size >= target/4 {
		s.cutAt = predictEnd(last.min, last.max, s.cutAt, float64(target)/float64(size))
		s.predicted = true
	}
	if (t >= s.cutAt || size >= 2*target) && (samples >= chunkenc.MinSamplesPerHistogramChunk || t >= latest) {
		s.cut(t)
		cut = true
	}
	if cut {
		s.predicted = false
	}
	return cut
}

func (s *series) cut(t int64) {
	chunk := chunkenc.NewFloatHistogramChunk()
	appender, err := chunk.Appender()
	if err != nil { // an empty chunk has an appender
		panic(err)
	}
	s.runs = append(s.runs, run{chunk: chunk, min: t, max: math.MinInt64})
	s.appender, s.cutAt = appender, chunkEnd(t)
}

// chunkEnd is the end of the block of time that t lies in.
func chunkEnd(t int64) int64 { return (t/chunkRange)*chunkRange + chunkRange }

// predictEnd spreads the rest of the time up to end over chunks of equal length, when 1/full of a chunk lies between start and now.
func predictEnd(start, now, end int64, full float64) int64 {
	n := float64(end-start) / (float64(now-start+1) * full)
	if n <= 1 {
		return end
	}
	return int64(float64(start) + float64(end-start)/math.Floor(n))
}
