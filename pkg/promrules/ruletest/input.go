package ruletest

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// feed is one input series that waits to be loaded.
type feed struct {
	lset   labels.Labels
	values cursor // at the next value to load
	place  report.Place
}

// input is what the input series of one test amount to.
type input struct {
	feeds    []*feed
	byHash   map[uint64]int
	start    time.Time
	interval time.Duration
	room     int // bytes that the values may still take
	memory   *memory

	pending *startTimes // of an @st line that waits for its series
}

// notation reads the series notation as promtool's does, whatever features the expressions may use.
var notation = parser.NewParser(parser.Options{
	EnableExperimentalFunctions: true, EnableBinopFillModifiers: true, EnableUnquotedUTF8Names: true,
})

// readInput expands the input series of a test. promtool writes them into one text, a line for each, and reads that: so a
// line break within values begins another series, and an empty line or one that begins with # ends the input.
func readInput(file string, t *testGroup, m *memory) (*input, []*contract.Error, []report.Finding) {
	in := &input{byHash: map[uint64]int{}, start: t.start, interval: t.interval, room: maxInputBytes, memory: m}
	if in.start.IsZero() {
		in.start = time.Unix(0, 0).UTC()
	}
	var problems []*contract.Error
	var warnings []report.Finding
	for i, s := range t.series {
		lines := strings.Split(s.series.text+" "+s.values.text, "\n")
		for j, line := range lines {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				if left := len(t.series) - i - 1; left > 0 {
					warnings = append(warnings, finding(ruleCutOff, at(file, s.values.node), t.title, fmt.Sprintf(
						"promtool reads no input series after an empty line or a comment in values: %d that follow are not loaded", left)))
				}
				return in, append(problems, in.unfinished(file, s)...), warnings
			}
			replaced, err := in.line(line, at(file, s.series.node))
			if err != nil {
				problems = append(problems, notationError(file, s, len(lines) > 1 || j > 0, line, err))
				break
			}
			if replaced {
				warnings = append(warnings, finding(ruleReplaced, at(file, s.series.node), t.title,
					"duplicate input series: promtool takes only the last"))
			}
		}
		if i == len(t.series)-1 {
			problems = append(problems, in.unfinished(file, s)...)
		}
	}
	return in, problems, warnings
}

func at(file string, n *yaml.Node) report.Place {
	return report.Place{File: file, Line: n.Line, Column: n.Column}
}

// unfinished is the complaint about an @st line without its series.
func (in *input) unfinished(file string, s inputSeries) []*contract.Error {
	if in.pending == nil {
		return nil
	}
	return []*contract.Error{{Place: at(file, s.series.node), Msg: "@st line has no following sample line"}}
}

// line reads one line of the text; replaced says that a series of the same labels was there before.
func (in *input) line(line string, place report.Place) (replaced bool, err error) {
	if metric, starts, ok := startLine(line); ok {
		return false, in.startTimes(metric, starts)
	}
	lset, values, bytes, err := readSeries(line, in.room)
	if err != nil {
		return false, err
	}
	in.room -= bytes
	in.memory.taken(maxInputBytes - in.room)
	n := 0
	for i := range values {
		if n += values[i].count; n < 0 || n > maxRepeat {
			return false, fmt.Errorf("the series asks for more than %d samples", maxRepeat)
		}
	}
	if err := in.matchStart(lset, n); err != nil {
		return false, err
	}
	if err := in.writable(lset, values, n); err != nil {
		return false, err
	}
	f := &feed{lset: lset, values: cursor{spans: values}, place: place}
	if i, ok := in.byHash[lset.Hash()]; ok {
		in.feeds[i] = f
		return true, nil
	}
	in.byHash[lset.Hash()] = len(in.feeds)
	in.feeds = append(in.feeds, f)
	return false, nil
}

// writable says why the database would refuse the series.
func (in *input) writable(lset labels.Labels, values []span, count int) error {
	if lset.WithoutEmpty().IsEmpty() {
		return fmt.Errorf("empty labelset: %w", errInvalid)
	}
	if labelBytes(lset) > maxLabels {
		return errLabels
	}
	if name, twice := lset.HasDuplicateLabelNames(); twice {
		return fmt.Errorf("label name %q is not unique: %w", name, errInvalid)
	}
	for _, v := range values {
		if v.value.Histogram != nil {
			if err := v.value.Histogram.Validate(); err != nil {
				return fmt.Errorf("invalid histogram: %w", err)
			}
		}
	}
	if n := count - 1; n > 0 && in.interval > endOfTime.Sub(in.start)/time.Duration(n) {
		return fmt.Errorf("the samples reach beyond the year %d", lastYear)
	}
	return nil
}

// loadTill appends the values up to a time, as one write.
func (in *input) loadTill(s *store, ts time.Time) error {
	w := s.writer()
	for _, f := range in.feeds {
		if err := f.loadTill(w, in, ts.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

func (f *feed) loadTill(w *writer, in *input, till int64) error {
	l := load{feed: f, last: unknown}
	for ; ; f.values.next() {
		v, ok := f.values.value()
		t := in.start.Add(time.Duration(f.values.index) * in.interval).UnixMilli()
		if !ok || t > till {
			return nil
		}
		if v.Omitted {
			continue
		}
		stale := v.Histogram == nil && value.IsStaleNaN(v.Value)
		l.real = l.real || !stale
		if stale && l.lost(w, in, till) {
			continue
		}
		if err := w.append(f.lset, t, v.Value, v.Histogram); err != nil {
			return err
		}
	}
}

// load is one write of a series.
type load struct {
	*feed
	real bool // it has had a sample that is no staleness marker
	last int  // index of its last such sample, when known
}

const unknown = -2

// lost is a trap of the database: within one write, a staleness marker that follows a histogram of an earlier write is moved
// behind the other samples of the write, and is dropped there when one of them is newer.
func (l *load) lost(w *writer, in *input, till int64) bool {
	if l.real {
		return false
	}
	if c, err := w.find(l.lset); err != nil || c.lastHistogram == nil {
		return false
	}
	if l.last == unknown {
		end := int((till - in.start.UnixMilli()) / max(in.interval.Milliseconds(), 1))
		for in.start.Add(time.Duration(end)*in.interval).UnixMilli() > till {
			end--
		}
		l.last = lastReal(l.values.spans, end)
	}
	return l.last > l.values.index
}
