package ruletest

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
)

// store is the memory of one test: what Prometheus keeps in the head of its database, with the same rules about what may
// be written when. A sample is seen by queries from the moment it is appended.
type store struct {
	series  []*series // in the order of their creation, which is the order in which queries see them
	byHash  map[uint64][]*series
	byName  map[string][]*series
	maxTime int64 // of all samples, in ms
	begun   bool
	writes  int // number of writers so far
	room    int // bytes that samples and series may still take
	memory  *memory
}

// maxKept bounds the memory that one test may keep: the samples of its input that are loaded, and everything that its rules record. In bytes.
const maxKept = 64 << 20

var errFull = fmt.Errorf("the test keeps more than %d MiB of samples", maxKept>>20)

// memory lets only one test at a time take much of it, however many files run.
type memory struct {
	large *sync.Mutex
	held  bool
}

// much is where a test has to wait until no other one takes as much, in bytes.
const much = 16 << 20

// taken says how much a part of a test has taken so far.
func (m *memory) taken(bytes int) {
	if bytes > much && m != nil && !m.held {
		m.large.Lock()
		m.held = true
	}
}

func (m *memory) release() {
	if m.held {
		m.large.Unlock()
	}
}

// errInvalid is the database's word for a series that cannot be written.
var errInvalid = errors.New("invalid sample")

func newStore() *store {
	return &store{byHash: map[uint64][]*series{}, byName: map[string][]*series{}, room: maxKept}
}

// headWindow is half of the time that the head of promtool's test database spans, in ms: a sample that lies further
// before the newest one is out of bounds.
const headWindow = chunkRange / 2

// writer writes what belongs together: all results of one rule at one time, or the input up to a time.
type writer struct {
	*store
	id       int
	minValid int64
}

func (s *store) writer() *writer {
	s.writes++
	w := &writer{store: s, id: s.writes, minValid: math.MinInt64}
	if s.begun {
		w.minValid = s.maxTime - headWindow
	}
	return w
}

// find is the series of the labels, made when there is none.
func (s *store) find(lset labels.Labels) (*series, error) {
	lset = lset.WithoutEmpty()
	if lset.IsEmpty() {
		return nil, fmt.Errorf("empty labelset: %w", errInvalid)
	}
	if name, twice := lset.HasDuplicateLabelNames(); twice {
		return nil, fmt.Errorf(`label name "%s" is not unique: %w`, name, errInvalid)
	}
	hash := lset.Hash()
	for _, c := range s.byHash[hash] {
		if labels.Equal(c.lset, lset) {
			return c, nil
		}
	}
	c := &series{lset: lset}
	s.room -= bytesPerSeries + labelBytes(lset)
	s.series = append(s.series, c)
	s.byHash[hash] = append(s.byHash[hash], c)
	name := lset.Get(model.MetricNameLabel)
	s.byName[name] = append(s.byName[name], c)
	return c, nil
}

// append writes one sample: fh where it is not nil, else v.
func (w *writer) append(lset labels.Labels, t int64, v float64, fh *histogram.FloatHistogram) error {
	if t < w.minValid {
		return storage.ErrOutOfBounds
	}
	if fh != nil {
		if err := fh.Validate(); err != nil {
			return err
		}
	}
	c, err := w.find(lset)
	if err != nil {
		return err
	}
	if fh == nil && value.IsStaleNaN(v) && c.lastHistogram != nil {
		fh = &histogram.FloatHistogram{Sum: v} // a series of histograms ends with a histogram
	}
	switch done, err := w.admit(c, t, v, fh); {
	case err != nil:
		return err
	case done:
		return nil
	case w.room <= 0:
		return errFull
	}
	w.room -= c.append(t, v, fh)
	w.memory.taken(maxKept - w.room)
	c.writer = w.id
	if !w.begun || t > w.maxTime {
		w.maxTime, w.begun = t, true
	}
	return nil
}

// admit says whether a sample may follow those that the series has; done is true for one that it has already.
func (w *writer) admit(c *series, t int64, v float64, fh *histogram.FloatHistogram) (done bool, err error) {
	switch {
	case len(c.runs) == 0 || t > c.maxTime:
		return false, nil
	case t < c.maxTime:
		return false, storage.ErrOutOfOrderSample
	case c.writer == w.id:
		return true, nil // the database notices only when it commits, and drops the second in silence
	case fh != nil:
		if !fh.Equals(c.lastHistogram) {
			return false, storage.ErrDuplicateSampleForTimestamp
		}
	case c.lastHistogram != nil:
		return false, storage.NewDuplicateHistogramToFloatErr(t, v)
	case math.Float64bits(c.lastValue) != math.Float64bits(v):
		return false, storage.NewDuplicateFloatErr(t, c.lastValue, v)
	}
	return true, nil
}
