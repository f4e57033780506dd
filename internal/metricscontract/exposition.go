package metricscontract

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// The parser of Prometheus (model/textparse) reads protobuf, too, and links a second protobuf library for it. This one reads the two
// text formats alone.

// entry is what a line of an exposition says: metadata of a metric, or a sample.
type entry struct {
	keyword string // HELP, TYPE or UNIT; "" for a sample
	name    string // of the metric that the metadata is of
	text    string // of the metadata
	labels  []labels.Label
	value   float64
}

// format is one of the two text formats.
type format struct {
	types     []string // that a TYPE line may name
	units     bool     // whether UNIT is metadata, and no comment
	exemplars bool
	timestamp func(string) error
}

var (
	textFormat = format{
		types:     []string{"counter", "gauge", "histogram", "summary", "untyped"},
		timestamp: func(s string) error { _, err := strconv.ParseInt(s, 10, 64); return err }, // milliseconds
	}
	openMetrics = format{
		types: []string{"counter", "gauge", "histogram", "summary", "unknown", "gaugehistogram", "info", "stateset"},
		units: true, exemplars: true,
		timestamp: func(s string) error { _, err := number(s); return err }, // seconds
	}
)

// endLine is the last line of OpenMetrics; the text format has none like it.
const endLine = "# EOF"

// formatOf takes a text that ends as OpenMetrics must for OpenMetrics.
func formatOf(data []byte) *format {
	text := bytes.TrimRight(data, "\r\n")
	if string(text[bytes.LastIndexByte(text, '\n')+1:]) == endLine {
		return &openMetrics
	}
	return &textFormat
}

// syntaxError is what is wrong at a column of a line.
type syntaxError struct {
	column int
	msg    string
}

func (e *syntaxError) Error() string { return e.msg }

// cursor reads one line.
type cursor struct {
	*format
	text string
	at   int
}

//go:noinline
func (c *cursor) fail(msg string, args ...any) error {
	return &syntaxError{c.at + 1, fmt.Sprintf(msg, args...)}
}

// parse reads a line; nil stands for a comment or a blank one.
func (f *format) parse(line string) (*entry, error) {
	c := &cursor{format: f, text: line}
	c.spaces()
	switch {
	case !utf8.ValidString(line):
		return nil, c.fail("the line is no UTF-8")
	case c.done():
		return nil, nil
	case c.take('#'):
		return c.metadata()
	}
	return c.sample()
}

//go:noinline
func (c *cursor) done() bool { return c.at == len(c.text) }

//go:noinline
func (c *cursor) spaces() {
	for !c.done() && (c.text[c.at] == ' ' || c.text[c.at] == '\t') {
		c.at++
	}
}

// take goes past one byte, and the spaces after it, if it is there.
func (c *cursor) take(b byte) bool {
	if c.done() || c.text[c.at] != b {
		return false
	}
	c.at++
	c.spaces()
	return true
}

// word goes to the next space.
func (c *cursor) word() string {
	start := c.at
	for !c.done() && c.text[c.at] != ' ' && c.text[c.at] != '\t' {
		c.at++
	}
	word := c.text[start:c.at]
	c.spaces()
	return word
}

// metadata reads what is after the # of a line: a keyword, the name of a metric and a text, or a comment.
func (c *cursor) metadata() (*entry, error) {
	e := &entry{keyword: c.word()}
	if e.keyword != "HELP" && e.keyword != "TYPE" && (e.keyword != "UNIT" || !c.units) || c.done() {
		return nil, nil
	}
	var err error
	if e.name, err = c.name(isMetricByte); err != nil {
		return nil, err
	}
	c.spaces()
	e.text = c.text[c.at:]
	if e.keyword == "TYPE" {
		e.text, err = c.typeName(strings.TrimRight(e.text, " \t"))
	}
	return e, err
}

// typeName is the type under the name that both formats share.
func (c *cursor) typeName(text string) (string, error) {
	switch {
	case text == "untyped" && slices.Contains(c.types, text):
		return string(model.MetricTypeUnknown), nil
	case slices.Contains(c.types, text):
		return text, nil
	case slices.Contains(openMetrics.types, text):
		return "", c.fail("the type %s is of OpenMetrics, the last line of which is %q", text, endLine)
	}
	return "", c.fail("the type %s is none of %s", shorten(text), strings.Join(c.types, ", "))
}

// sample reads a series, its value, and a timestamp and an exemplar, which say nothing about a contract.
func (c *cursor) sample() (*entry, error) {
	e := &entry{}
	if c.text[c.at] != '{' {
		name, err := c.name(isMetricByte)
		if err != nil {
			return nil, err
		}
		e.labels = []labels.Label{{Name: model.MetricNameLabel, Value: name}}
		c.spaces()
	}
	var err error
	if c.take('{') {
		if e.labels, err = c.labels(e.labels); err != nil {
			return nil, err
		}
	}
	if len(e.labels) == 0 || e.labels[0].Name != model.MetricNameLabel || e.labels[0].Value == "" {
		return nil, c.fail("the series has no name")
	}
	if e.value, err = c.value("value"); err != nil {
		return nil, err
	}
	return e, c.rest()
}

// rest reads what may follow the value of a sample.
func (c *cursor) rest() error {
	if !c.done() && c.text[c.at] != '#' {
		at := c.at
		if stamp := c.word(); c.timestamp(stamp) != nil {
			c.at = at
			return c.fail("%s is no timestamp", shorten(stamp))
		}
	}
	if c.exemplars && c.take('#') {
		return c.exemplar()
	}
	return c.finished()
}

func (c *cursor) exemplar() error {
	if !c.take('{') {
		return c.fail("the exemplar has no labels")
	}
	if _, err := c.labels(nil); err != nil {
		return err
	}
	if _, err := c.value("value of the exemplar"); err != nil {
		return err
	}
	if at := c.at; !c.done() {
		if stamp := c.word(); c.timestamp(stamp) != nil {
			c.at = at
			return c.fail("%s is no timestamp", shorten(stamp))
		}
	}
	return c.finished()
}

func (c *cursor) finished() error {
	if !c.done() {
		return c.fail("%s follows the sample", shorten(c.text[c.at:]))
	}
	return nil
}

func (c *cursor) value(what string) (float64, error) {
	at := c.at
	word := c.word()
	v, err := number(word)
	if err != nil {
		c.at = at
		if word == "" {
			return 0, c.fail("there is no %s", what)
		}
		return 0, c.fail("%s is not a number", shorten(word))
	}
	return v, nil
}

// number reads a decimal number: both formats have neither the hexadecimal ones nor the underscores of Go.
func number(s string) (float64, error) {
	if strings.ContainsAny(s, "xXpP_") {
		return 0, errors.New("is no decimal number")
	}
	v, err := strconv.ParseFloat(s, 64)
	if errors.Is(err, strconv.ErrRange) {
		return v, nil // as Prometheus: Inf or 0
	}
	return v, err
}

// labels reads pairs up to the brace. A quoted string without a value is the name of the metric, which is the first of the result.
func (c *cursor) labels(list []labels.Label) ([]labels.Label, error) {
	for !c.take('}') {
		at := c.at
		name, err := c.name(isLabelByte)
		if err != nil {
			return nil, err
		}
		c.spaces()
		one := labels.Label{Name: name}
		switch {
		case c.take('='):
			one.Value, err = c.quoted()
		case c.text[at] == '"':
			one = labels.Label{Name: model.MetricNameLabel, Value: name}
		default:
			err = c.fail("after the label %s there is no =", shorten(name))
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(l labels.Label) bool { return l.Name == one.Name }) {
			c.at = at
			return nil, c.fail("the label %s is given twice", shorten(one.Name))
		}
		if one.Name == model.MetricNameLabel {
			list = slices.Insert(list, 0, one)
		} else {
			list = append(list, one)
		}
		c.spaces()
		if !c.take(',') && (c.done() || c.text[c.at] != '}') {
			return nil, c.fail("after the label %s there is neither a comma nor a brace", shorten(one.Name))
		}
	}
	return list, nil
}

// name reads a name: of the bytes that it may have without quotes, or any in quotes.
func (c *cursor) name(allowed func(b byte) bool) (string, error) {
	start := c.at
	if !c.done() && c.text[c.at] == '"' {
		name, err := c.quoted()
		if err == nil && name == "" {
			c.at = start
			err = c.fail("the name is empty")
		}
		return name, err
	}
	for !c.done() && (allowed(c.text[c.at]) || c.at > start && '0' <= c.text[c.at] && c.text[c.at] <= '9') {
		c.at++
	}
	if c.at == start {
		return "", c.fail("there is no name at %s", shorten(c.text[c.at:]))
	}
	return c.text[start:c.at], nil
}

func isLabelByte(b byte) bool {
	return b == '_' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isMetricByte(b byte) bool { return b == ':' || isLabelByte(b) }

// escapes are those of both formats; a backslash before another byte is one.
var escapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")

func (c *cursor) quoted() (string, error) {
	if c.done() || c.text[c.at] != '"' {
		return "", c.fail("there is no quoted text")
	}
	for end := c.at + 1; end < len(c.text); end++ {
		switch c.text[end] {
		case '\\':
			end++
		case '"':
			text := c.text[c.at+1 : end]
			c.at = end + 1
			return escapes.Replace(text), nil
		}
	}
	return "", c.fail("the quotes are not closed")
}

// shorten quotes a text for a message.
func shorten(text string) string {
	const most = 40
	if runes := []rune(text[:min(len(text), 4*most)]); len(runes) > most {
		return strconv.Quote(string(runes[:most])) + "..."
	}
	return strconv.Quote(text)
}
