package ruletest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
)

func digit(c byte) bool { return '0' <= c && c <= '9' }

// space is what the notation takes for a space within a line.
func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// metricEnd is where the name and labels of a series end.
func metricEnd(line string) int {
	for i, depth := 0, 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"' || c == '\'' || c == '`':
			i = quoteEnd(line, i) - 1
		case c == '{':
			depth++
		case c == '}':
			depth--
		case space(c) && depth <= 0:
			return i
		}
	}
	return len(line)
}

// quoteEnd is the place behind the string that begins at i.
func quoteEnd(line string, i int) int {
	quote := line[i]
	for i++; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quote != '`':
			i++
		case line[i] == quote:
			return i + 1
		}
	}
	return len(line)
}

// startTimes is an @st line: start times for the samples of the series that follows. Queries of rule tests do not see them;
// they only have to fit.
type startTimes struct {
	lset  labels.Labels
	count int
}

// startLine splits an @st line into its series and its start times.
func startLine(line string) (metric, starts string, ok bool) {
	i := strings.IndexAny(line, " \t\r")
	if i < 0 {
		return "", "", false
	}
	metric, ok = strings.CutSuffix(line[:i], "@st")
	return metric, strings.TrimSpace(line[i:]), ok
}

func (in *input) startTimes(metric, starts string) error {
	if in.pending != nil {
		return errors.New("@st line has no following sample line")
	}
	lset, _, err := notation.ParseSeriesDesc(metric + " _")
	if err != nil {
		return fmt.Errorf("invalid @st line metric %q: %w", metric, err)
	}
	in.pending = &startTimes{lset: lset}
	for item := range strings.FieldsSeq(starts) {
		n, err := startsIn(item)
		if err != nil {
			return fmt.Errorf("invalid @st sequence: invalid ST item %q: %w", item, err)
		}
		in.pending.count += n
	}
	return nil
}

// startItem is one item of start times: omitted or a duration, perhaps with a step, perhaps repeated.
var startItem = late.Pattern(`^(?:(_)|[-+]?(\d+[a-wyz]+|\d+)([-+](?:\d+[a-wyz]+|\d+))?)(?:x(\d+))?$`)

// startsIn is the number of start times that an item stands for.
func startsIn(item string) (int, error) {
	m := startItem().FindStringSubmatch(item)
	if m == nil {
		return 0, errors.New("not of the form _, 1m, 1mx3 or 1m+1mx3")
	}
	omitted, base, step, repeat := m[1] != "", m[2], m[3], m[4]
	times := 0
	if repeat != "" {
		n, err := strconv.Atoi(repeat)
		if err != nil || omitted && n == 0 {
			return 0, errors.New("invalid repeat count")
		}
		times = n
	}
	if omitted {
		return max(times, 1), nil
	}
	if _, err := model.ParseDuration(base); err != nil {
		return 0, err
	}
	if step == "" {
		return times + 1, nil
	}
	if repeat == "" {
		return 0, errors.New("expected 'x<count>' after step duration")
	}
	_, err := model.ParseDuration(step[1:])
	return times + 1, err
}

// matchStart takes the @st line that stands before a series, if one does.
func (in *input) matchStart(lset labels.Labels, values int) error {
	starts := in.pending
	in.pending = nil
	switch {
	case starts == nil:
	case !labels.Equal(lset, starts.lset):
		return errors.New("@st metric does not match the following sample line metric")
	case starts.count != values:
		return fmt.Errorf("@st line has %d values but sample line has %d", starts.count, values)
	}
	return nil
}

// notationError gives an error of the notation the place in the file that its offset in the line leads to.
func notationError(file string, s inputSeries, broken bool, line string, err error) *contract.Error {
	e := &contract.Error{Place: at(file, s.values.node), Msg: "input series " + quoted(line) + ": " + err.Error(), Err: err,
		Hint: "write values like 1 2 _ stale 0+10x5 {{schema:0 count:1 sum:1 buckets:[1]}}"}
	if errors.Is(err, errInput) {
		e.Hint = "shorten the series, or write equal values as one repetition: 0x1000 takes no more memory than one value"
	}
	var list parser.ParseErrors
	if !errors.As(err, &list) || len(list) == 0 {
		return e
	}
	e.Msg = "input series " + quoted(line) + ": " + list[0].Err.Error()
	node, offset := s.values.node, int(list[0].PositionRange.Start)
	if length := len(strings.TrimSpace(s.series.text)); offset <= length {
		node = s.series.node
	} else {
		offset -= length + 1
	}
	e.Place = at(file, node)
	e.Place.Column += shown(node, offset, broken)
	return e
}

// shown is how far the offset lies from the start of a scalar as it is written; 0 where that cannot be told.
func shown(n *yaml.Node, offset int, broken bool) int {
	switch {
	case broken || n.Kind != yaml.ScalarNode || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 0
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return offset + 1
	}
	return offset
}
