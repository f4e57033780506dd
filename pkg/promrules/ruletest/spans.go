package ruletest

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/romel/govctl/internal/late"
)

// span is a stretch of an input series: count values, each step above the one before. Its size does not depend on count.
type span struct {
	value parser.SequenceValue // the first
	step  float64
	steps bool // whether step is added at all: adding 0 would change -0 and NaN
	count int
}

// Memory that the input series of one test may take, and what they take: estimates, in bytes, on the safe side.
const (
	maxInputBytes  = 64 << 20
	bytesPerSpan   = 128 // a span, and the values that the parser makes on the way to it
	histogramBytes = 512
)

var errInput = fmt.Errorf("the input series of one test take more than %d MiB of memory", maxInputBytes>>20)

// repeated is an item of the notation that stands for many floats, or for many omitted samples.
var repeated = late.Pattern(`^(?:(_)|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?([-+](?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)?)x(\d+)$`)

// item is one item of the series notation.
type item struct {
	values int     // that the shortened text makes
	more   int     // by which the last of them is to be repeated
	step   float64 // between them, where steps is true
	steps  bool
}

// shorten is a line of the notation in which each long repetition is a short one of equal length in bytes, so that the offsets in errors
// stay, with what was taken away, and an estimate of the bytes that the values take.
func shorten(line string) (string, []item, int, error) {
	text := []byte(line)
	var items []item
	bytes := 0
	for i := metricEnd(line); i < len(line); {
		if space(line[i]) {
			i++
			continue
		}
		end := itemEnd(line, i)
		it, price, err := shortenItem(text[i:end])
		if err != nil {
			return "", nil, 0, err
		}
		items, bytes = append(items, it), bytes+price
		if bytes > maxInputBytes { // the rest would only take more
			return "", nil, 0, errInput
		}
		i = end
	}
	return string(text), items, bytes, nil
}

// itemEnd is where the item that begins at i ends. A histogram has spaces inside.
func itemEnd(line string, i int) int {
	for depth := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case space(c) && depth <= 0:
			return i
		}
	}
	return i
}

func shortenItem(text []byte) (it item, price int, err error) {
	m := repeated().FindSubmatchIndex(text)
	if m == nil {
		return longItem(string(text))
	}
	digits := text[m[6]:m[7]]
	n, err := strconv.Atoi(string(digits))
	if err != nil || n > maxRepeat {
		return it, 0, fmt.Errorf("%s asks for more than %d samples", quoted("x"+string(digits)), maxRepeat)
	}
	it.values = n + 1 // the repetitions follow a first value
	if m[2] >= 0 {
		it.values = n
	}
	if m[4] >= 0 {
		_, step, err := notation.ParseSeriesDesc("m " + string(text[m[4]:m[5]]))
		if err != nil || len(step) != 1 {
			return it, 0, errors.New("the step is not a number")
		}
		it.step, it.steps = step[0].Value, true
	}
	if n > 1 {
		for i := range digits {
			digits[i] = '0'
		}
		digits[len(digits)-1] = '1'
		it.more, it.values = n-1, it.values-(n-1)
	}
	return it, bytesPerSpan, nil
}

// maxRepeat bounds a repetition so that sums of them have room in an integer.
const maxRepeat = math.MaxInt32

// longItem is an item that the parser expands: a single value, and any repetition of histograms. Every x with a number is counted, because
// the parser may expand the first before it finds that a second is wrong.
func longItem(text string) (item, int, error) {
	n, each := 1, bytesPerSpan
	if strings.Contains(text, "{") {
		each = histogramBytes + len(text)
	}
	for i := 0; i+1 < len(text); i++ {
		if text[i] != 'x' || !digit(text[i+1]) {
			continue
		}
		end := i + 1
		for end < len(text) && digit(text[end]) {
			end++
		}
		times, err := strconv.Atoi(text[i+1 : end])
		if err != nil || times > maxInputBytes {
			return item{}, 0, fmt.Errorf("%s asks for more memory than %d MiB", quoted(text[i:end]), maxInputBytes>>20)
		}
		n += times
	}
	return item{values: n}, n * each, nil
}

// readSeries reads one line of the notation, and an estimate of the bytes that its values take, at most room.
func readSeries(line string, room int) (labels.Labels, []span, int, error) {
	short, items, bytes, err := shorten(line)
	if err == nil && bytes > room {
		err = errInput
	}
	if err != nil {
		return labels.EmptyLabels(), nil, 0, err
	}
	lset, values, err := notation.ParseSeriesDesc(short)
	if err != nil {
		return lset, nil, 0, errorOf(line, items, err)
	}
	sum, all := 0, 0
	for _, it := range items {
		sum, all = sum+it.values, all+it.values+it.more
	}
	if sum != len(values) { // there is a comment within the line, or the like: take what the parser makes of it
		if all > few {
			return lset, nil, 0, errors.New("the values cannot be counted; write one space between them, and no comment")
		}
		if lset, values, err = notation.ParseSeriesDesc(line); err != nil {
			return lset, nil, 0, err
		}
		items = []item{{values: len(values)}}
	}
	var spans []span
	for _, it := range items {
		spans = it.append(spans, values[:it.values])
		values = values[it.values:]
	}
	return lset, spans, bytes, nil
}

// few values are safe to parse as they are written.
const few = 10_000

// errorOf is the parser's error about the line as it was written, where it is safe to parse that.
func errorOf(line string, items []item, err error) error {
	n := 0
	for _, it := range items {
		if n += it.values + it.more; n > few {
			return err
		}
	}
	if _, _, full := notation.ParseSeriesDesc(line); full != nil {
		return full
	}
	return err
}

// append adds what the item stands for. Equal values that follow each other share a span.
func (it item) append(spans []span, values []parser.SequenceValue) []span {
	if it.steps {
		return append(spans, span{value: values[0], step: it.step, steps: true, count: it.values + it.more})
	}
	for _, v := range values {
		if n := len(spans); n > 0 && spans[n-1].takes(v) {
			spans[n-1].count++
		} else {
			spans = append(spans, span{value: v, count: 1})
		}
	}
	if it.more > 0 {
		spans[len(spans)-1].count += it.more
	}
	return spans
}

func (s *span) takes(v parser.SequenceValue) bool {
	return !s.steps && s.value.Omitted == v.Omitted && s.value.Histogram == v.Histogram && math.Float64bits(s.value.Value) == math.Float64bits(v.Value)
}

// stale is whether all values of the span are the marker of staleness.
func (s *span) stale() bool {
	return s.value.Histogram == nil && !s.value.Omitted && value.IsStaleNaN(s.value.Value)
}

// cursor goes over the values of a series one by one.
type cursor struct {
	spans []span
	index int // of the value
	span  int // that it is in
	at    int // its place there
	sum   float64
}

// value is the present one; false at the end.
func (c *cursor) value() (parser.SequenceValue, bool) {
	if c.span == len(c.spans) {
		return parser.SequenceValue{}, false
	}
	s := &c.spans[c.span]
	v := s.value
	if s.steps && c.at > 0 {
		v.Value = c.sum
	}
	return v, true
}

// next goes to the next value. Steps are added one after the other, as promtool does: their rounding shows in the results.
func (c *cursor) next() {
	s := &c.spans[c.span]
	c.index++
	if s.steps {
		if c.at == 0 {
			c.sum = s.value.Value
		}
		c.sum += s.step
	}
	if c.at++; c.at == s.count {
		c.span, c.at = c.span+1, 0
	}
}

// lastReal is the index of the last value up to an index that is a value and no marker of staleness; -1 where there is none.
func lastReal(spans []span, till int) int {
	last, first := -1, 0
	for i := range spans {
		if s := &spans[i]; first > till {
			break
		} else if !s.value.Omitted && !s.stale() {
			last = min(till, first+s.count-1)
		}
		first += spans[i].count
	}
	return last
}
