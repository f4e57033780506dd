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
	values []parser.SequenceValue
	next   int // index of the next value to load
	place  report.Place
}

// input is what the input series of one test amount to.
type input struct {
	feeds    []*feed
	byHash   map[uint64]int
	start    time.Time
	interval time.Duration
	room     int // samples that may still be asked for

	pending *startTimes // of an @st line that waits for its series
}

// Bounds of the notation. Asking for 10^9 samples takes 14 characters; the notation is expanded only after it is counted.
const (
	maxSeries      = 1_000_000 // samples of one series
	maxInput       = 3_000_000 // samples of one test
	histogramPrice = 20        // a histogram takes as much room as that many floats
)

// notation reads the series notation as promtool's does, whatever features the expressions may use.
var notation = parser.NewParser(parser.Options{
	EnableExperimentalFunctions: true, EnableBinopFillModifiers: true, EnableUnquotedUTF8Names: true,
})

// readInput expands the input series of a test. promtool writes them into one text, a line for each, and reads that: so a
// line break within values begins another series, and an empty line or one that begins with # ends the input.
func readInput(file string, t *testGroup) (*input, []*contract.Error, []report.Finding) {
	in := &input{byHash: map[uint64]int{}, start: t.start, interval: t.interval, room: maxInput}
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
					"an input series of the same labels stands before: promtool takes only the last"))
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
	asked, err := samplesAsked(line)
	if err != nil {
		return false, err
	}
	if asked > maxSeries {
		return false, fmt.Errorf("the series asks for more than %d samples", maxSeries)
	}
	if asked > in.room {
		return false, fmt.Errorf("the input series of one test ask for more than %d samples", maxInput)
	}
	in.room -= asked
	if metric, starts, ok := startLine(line); ok {
		return false, in.startTimes(metric, starts)
	}
	lset, values, err := notation.ParseSeriesDesc(line)
	if err != nil {
		return false, err
	}
	if err := in.matchStart(lset, len(values)); err != nil {
		return false, err
	}
	if err := in.writable(lset, values); err != nil {
		return false, err
	}
	f := &feed{lset: lset, values: values, place: place}
	if i, ok := in.byHash[lset.Hash()]; ok {
		in.feeds[i] = f
		return true, nil
	}
	in.byHash[lset.Hash()] = len(in.feeds)
	in.feeds = append(in.feeds, f)
	return false, nil
}

// writable says why the database would refuse the series.
func (in *input) writable(lset labels.Labels, values []parser.SequenceValue) error {
	if lset.WithoutEmpty().IsEmpty() {
		return fmt.Errorf("empty labelset: %w", errInvalid)
	}
	if name, twice := lset.HasDuplicateLabelNames(); twice {
		return fmt.Errorf("label name %q is not unique: %w", name, errInvalid)
	}
	for _, v := range values {
		if v.Histogram != nil {
			if err := v.Histogram.Validate(); err != nil {
				return fmt.Errorf("invalid histogram: %w", err)
			}
		}
	}
	if n := len(values) - 1; n > 0 && in.interval > endOfTime.Sub(in.start)/time.Duration(n) {
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
	first := f.next
	for ; f.next < len(f.values); f.next++ {
		v := f.values[f.next]
		t := in.start.Add(time.Duration(f.next) * in.interval).UnixMilli()
		if t > till {
			break
		}
		if v.Omitted || f.lost(w, in, first, till) {
			continue
		}
		if err := w.append(f.lset, t, v.Value, v.Histogram); err != nil {
			return err
		}
	}
	return nil
}

// lost is a trap of the database: within one write, a staleness marker that follows a histogram of an earlier write is moved
// behind the other samples of the write, and is dropped there when one of them is newer.
func (f *feed) lost(w *writer, in *input, first int, till int64) bool {
	stale := func(i int) bool { return f.values[i].Histogram == nil && value.IsStaleNaN(f.values[i].Value) }
	if !stale(f.next) {
		return false
	}
	for i := first; i < f.next; i++ {
		if !f.values[i].Omitted && !stale(i) {
			return false
		}
	}
	if c, err := w.find(f.lset); err != nil || c.lastHistogram == nil {
		return false
	}
	for i := f.next + 1; i < len(f.values); i++ {
		if in.start.Add(time.Duration(i)*in.interval).UnixMilli() > till {
			return false
		}
		if !f.values[i].Omitted && !stale(i) {
			return true
		}
	}
	return false
}
