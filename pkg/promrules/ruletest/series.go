package ruletest

import (
	"math"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// point is a float sample; the time is in ms.
type point struct {
	t int64
	v float64
}

// run is a piece of a series whose samples are of one kind: floats, equal floats at equal distances, or histograms in a chunk.
type run struct {
	points []point
	count  int // of equal floats; 0 for other runs
	every  int64
	equal  float64
	chunk  chunkenc.Chunk // nil for floats
	min    int64
	max    int64
}

// floats is the number of floats.
func (r *run) floats() int { return max(r.count, len(r.points)) }

// point is the float of an index.
func (r *run) point(i int) point {
	if r.count > 0 {
		return point{r.min + int64(i)*r.every, r.equal}
	}
	return r.points[i]
}

// from is the index of the first float at or after t, not before the index i.
func (r *run) from(t int64, i int) int {
	if r.count > 0 {
		return max(i, int(min((t-r.min+r.every-1)/r.every, int64(r.count))))
	}
	rest := r.points[i:]
	return i + sort.Search(len(rest), func(i int) bool { return rest[i].t >= t })
}

// Bounds of the runs of floats. Pieces are short, so that a longer series is not copied where it grows.
const (
	longestPiece  = 512 // points
	shortestEqual = 64  // equal floats that become a run of their own
)

// series is one time series. Floats are kept as they are. Histograms are kept in the database's own chunks, cut where the
// database would cut them, because whether a histogram says that its counter was reset depends on its place in a chunk.
type series struct {
	lset          labels.Labels
	runs          []run // by time
	maxTime       int64
	lastValue     float64
	lastHistogram *histogram.FloatHistogram // nil when the last sample is a float
	writer        int                       // who wrote the last sample
	equal         int                       // floats at the end of the last run that are equal, at equal distances

	appender  chunkenc.Appender // of the last run, when it is a chunk
	cutAt     int64             // time at which the next chunk begins
	predicted bool              // cutAt is a prediction from the filling of the chunk
}

// chunkRange is the time that a chunk may span at most, in ms: promtool's test database has blocks of a day.
const chunkRange = 24 * 60 * 60 * 1000

// Estimates of the memory that the store takes, in bytes.
const (
	bytesPerSeries = 512 // without its labels
	bytesPerPoint  = 24
	bytesPerRun    = 128
)

// append adds a sample that is newer than all others, and returns by how many bytes the series has grown.
func (s *series) append(t int64, v float64, fh *histogram.FloatHistogram) int {
	grown := 0
	if fh == nil {
		grown = s.appendFloat(t, v)
	} else {
		runs, size := len(s.runs), 0
		if runs > 0 && s.runs[runs-1].chunk != nil {
			size = len(s.runs[runs-1].chunk.Bytes())
		}
		s.appendHistogram(t, fh)
		if last := len(s.runs); last > runs {
			size, grown = 0, bytesPerRun*(last-runs)
		}
		grown += len(s.runs[len(s.runs)-1].chunk.Bytes()) - size
	}
	s.maxTime = t
	s.runs[len(s.runs)-1].max = t
	return grown
}

func (s *series) appendFloat(t int64, v float64) (grown int) {
	again := s.lastHistogram == nil && len(s.runs) > 0 && math.Float64bits(s.lastValue) == math.Float64bits(v)
	s.lastValue, s.lastHistogram = v, nil
	n := len(s.runs)
	if n > 0 && s.runs[n-1].count > 0 && again && t-s.maxTime == s.runs[n-1].every {
		s.runs[n-1].count++
		return 0
	}
	if n == 0 || s.runs[n-1].chunk != nil || s.runs[n-1].count > 0 || len(s.runs[n-1].points) == longestPiece {
		s.runs = append(s.runs, run{min: t})
		s.appender, s.equal = nil, 0
		grown = bytesPerRun
	}
	last := &s.runs[len(s.runs)-1]
	before := len(last.points)
	last.points = append(last.points, point{t, v})
	switch {
	case s.equal == 0 || !again:
		s.equal = 1
	case s.equal == 1 || t-s.maxTime == s.maxTime-last.points[before-2].t:
		s.equal++
	default:
		s.equal = 2
	}
	if s.equal < shortestEqual {
		return grown + bytesPerPoint
	}
	return grown + bytesPerPoint + s.fold(last)
}

// fold makes the equal floats at the end of a run one of their own.
func (s *series) fold(last *run) int {
	kept := len(last.points) - s.equal
	first, second := last.points[kept], last.points[kept+1]
	equal := run{count: s.equal, every: second.t - first.t, equal: first.v, min: first.t}
	if kept == 0 {
		*last = equal
		return -bytesPerPoint * s.equal
	}
	last.points, last.max = slices.Clone(last.points[:kept]), last.points[kept-1].t
	s.runs = append(s.runs, equal)
	return bytesPerRun - bytesPerPoint*s.equal
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
