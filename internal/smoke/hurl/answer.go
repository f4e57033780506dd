package hurl

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/smoke/jsonpath"
)

// answer reads the line HTTP and what follows it.
func (p *parser) answer(e *Entry) {
	m := answerLine().FindStringSubmatch(p.current())
	if m == nil {
		p.unsupported(0, "a line that is neither HTTP STATUS nor HTTP *")
		return
	}
	e.Answered = true
	e.Status, _ = strconv.Atoi(m[1]) // of * it is 0
	p.next()
	section := ""
	for p.skip(); p.text != "" && !requestLine().MatchString(p.current()) && !p.isAnswer(); p.skip() {
		line := strings.TrimSpace(p.current())
		switch m := sectionLine().FindStringSubmatch(line); {
		case m != nil:
			if section = m[1]; section != "Captures" && section != "Asserts" {
				p.unsupported(0, "the section ["+section+"] of an answer")
			}
		case section == "Captures":
			p.capture(e)
		case section == "Asserts":
			p.assert(e)
		case line[0] == '{' || line[0] == '[' || line[0] == '`' || line[0] == '<':
			p.unsupported(0, "an expected body; use asserts: it")
		default:
			if f, ok := p.field(); ok {
				e.Expected = append(e.Expected, f)
			}
		}
		p.next()
	}
	if p.text != "" && p.isAnswer() {
		p.fail(0, "a request has one line HTTP")
	}
}

// line reads the words of one line of [Captures] or [Asserts].
type line struct {
	p    *parser
	text string
	at   int
}

// space goes to the next word, and reports whether there is one.
func (l *line) space() bool {
	for l.at < len(l.text) && (l.text[l.at] == ' ' || l.text[l.at] == '\t') {
		l.at++
	}
	return l.at < len(l.text) && l.text[l.at] != '#'
}

func (l *line) word() string {
	if !l.space() {
		return ""
	}
	end := l.at
	for end < len(l.text) && l.text[end] != ' ' && l.text[end] != '\t' {
		end++
	}
	word := l.text[l.at:end]
	l.at = end
	return word
}

// quoted reads a string in double quotes.
func (l *line) quoted() (Text, bool) {
	start := l.at
	for i := start + 1; l.space() && l.text[start] == '"' && i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case '"':
			l.at = i + 1
			return l.p.unescaped(l.text[start+1:i], start+1), true
		}
	}
	return nil, false
}

func (l *line) end() {
	if l.space() {
		l.p.unsupported(l.at, "what follows: a filter")
	}
}

// queryKinds are the queries; those with an argument have true.
var queryKinds = map[string]bool{"status": false, "body": false, "duration": false, "header": true, "cookie": true, "jsonpath": true, "regex": true}

// query reads a query with its filter.
func (l *line) query() (q Query) {
	l.space()
	start := l.at
	q.Kind = l.word()
	argument, ok := queryKinds[q.Kind]
	if !ok {
		l.p.unsupported(start, "the query "+plainName(q.Kind))
		return q
	}
	if argument {
		l.argument(&q)
	}
	q.Source = strings.TrimSpace(l.text[start:l.at])
	at := l.at
	if l.word() == "count" {
		q.Count = true
		return q
	}
	l.at = at
	return q
}

func (l *line) argument(q *Query) {
	l.space()
	start := l.at
	if q.Kind == "regex" {
		if q.regex = l.slashes(); q.regex != nil || l.p.err != nil {
			return
		}
	}
	text, ok := l.quoted()
	if !ok {
		l.p.fail(start, "the query "+q.Kind+" has an argument in double quotes")
		return
	}
	var err error
	switch q.Kind {
	case "jsonpath":
		if q.path, err = jsonpath.Parse(text.literal()); err != nil || text.variables() {
			l.p.unsupported(start, "this JSONPath")
		}
	case "regex":
		if q.regex, err = compile(text.literal()); err != nil || text.variables() {
			l.p.unsupported(start, "this regular expression")
		}
	default:
		if q.Name = text; q.Kind == "cookie" && strings.Contains(text.literal(), "[") {
			l.p.unsupported(start, "an attribute of a cookie")
		}
	}
}

// slashes reads a regular expression between slashes; nil where there is none.
func (l *line) slashes() *regexp.Regexp {
	if !l.space() || l.text[l.at] != '/' {
		return nil
	}
	start := l.at
	for i := start + 1; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case '/':
			l.at = i + 1
			re, err := compile(strings.ReplaceAll(l.text[start+1:i], `\/`, "/"))
			if err != nil {
				l.p.unsupported(start, "this regular expression")
			}
			return re
		}
	}
	l.p.fail(start, "the regular expression is not closed")
	return nil
}

// maxRegex is the length of a regular expression, in bytes.
const maxRegex = 1_000

func compile(text string) (*regexp.Regexp, error) {
	if len(text) > maxRegex {
		return nil, strconv.ErrRange
	}
	return regexp.Compile(text)
}

func (p *parser) capture(e *Entry) {
	text := p.current()
	at := keyEnd(text)
	if at < 0 || !variableName().MatchString(strings.TrimSpace(text[:at])) {
		p.fail(0, `a capture is of the form NAME: QUERY`)
		return
	}
	l := line{p: p, text: text, at: at + 1}
	c := Capture{Line: p.line, Name: strings.TrimSpace(text[:at]), Query: l.query()}
	at = l.at
	if c.Redact = l.word() == "redact"; !c.Redact {
		l.at = at
	}
	l.end()
	e.Captures = append(e.Captures, c)
}

// predicates are those of asserts, each with the kinds of its argument: any, string, number, regex or none.
var predicates = map[string]string{
	"==": "any", "!=": "any", ">": "number", ">=": "number", "<": "number", "<=": "number",
	"contains": "any", "startsWith": "string", "endsWith": "string", "matches": "regex", "exists": "",
}

func (p *parser) assert(e *Entry) {
	l := line{p: p, text: p.current()}
	a := Assert{Line: p.line, Query: l.query()}
	if p.err != nil {
		return
	}
	l.space()
	start := l.at
	a.Predicate = l.word()
	if a.Not = a.Predicate == "not"; a.Not {
		a.Predicate = l.word()
	}
	kind, ok := predicates[a.Predicate]
	switch {
	case a.Predicate == "" || a.Predicate[0] == '#':
		p.fail(start, "an assert has a predicate, like == 200")
	case !ok:
		p.unsupported(start, "the filter or predicate "+plainName(a.Predicate))
	case kind != "":
		a.Argument = l.predicateArgument(kind)
	}
	l.end()
	e.Asserts = append(e.Asserts, a)
}

func (l *line) predicateArgument(kind string) (g Argument) {
	l.space()
	start := l.at
	wrong := func() { l.p.unsupported(start, "this argument of the predicate") }
	switch rest := l.text[min(start, len(l.text)):]; {
	case rest == "":
		l.p.fail(start, "the predicate has an argument")
		return g
	case kind == "regex" && rest[0] == '/':
		g.regex = l.slashes()
	case rest[0] == '"' || rest[0] == '`':
		g.IsText = true
		g.Text = l.text1(rest)
		if kind == "regex" {
			re, err := compile(g.Text.literal())
			if g.regex = re; err != nil || g.Text.variables() {
				wrong()
			}
		}
		if kind == "number" {
			wrong()
		}
	case strings.HasPrefix(rest, "{{"):
		if t := l.p.template(l.variable(), start, false); len(t) == 1 {
			g.Variable = t[0].Variable
		}
	default:
		word := l.word()
		var ok bool
		if g.Value, ok = scalar(word); !ok || kind == "string" || kind == "regex" || kind == "number" && !isNumber(g.Value) {
			wrong()
		}
	}
	g.Source = l.text[start:l.at]
	return g
}

// variable takes {{ }} as it is written.
func (l *line) variable() string {
	rest := l.text[l.at:]
	end := strings.Index(rest, "}}")
	if end < 0 {
		l.p.fail(l.at, "{{ is not closed")
		return ""
	}
	l.at += end + 2
	return rest[:end+2]
}

// text1 reads a string in double quotes or in backticks.
func (l *line) text1(rest string) Text {
	start := l.at
	if rest[0] == '"' {
		text, ok := l.quoted()
		if !ok {
			l.p.fail(start, "a quote is not closed")
		}
		return text
	}
	end := strings.IndexByte(rest[1:], '`')
	if end < 0 || strings.HasPrefix(rest, fence) {
		l.p.unsupported(start, "a text of several lines in an assert")
		return nil
	}
	l.at += end + 2
	return l.p.template(rest[1:end+1], start+1, false)
}

var numeral = late.Pattern(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// scalar is a value as JSON writes it.
func scalar(word string) (any, bool) {
	switch {
	case word == "true" || word == "false":
		return word == "true", true
	case word == "null":
		return nil, true
	case len(word) <= 40 && numeral().MatchString(word):
		return json.Number(word), true
	}
	return nil, false
}

func isNumber(v any) bool {
	_, ok := v.(json.Number)
	return ok
}

// literal is a text without its variables.
func (t Text) literal() string {
	var b strings.Builder
	for _, part := range t {
		b.WriteString(part.Literal)
	}
	return b.String()
}

func (t Text) variables() bool {
	return slices.ContainsFunc(t, func(p Part) bool { return p.Variable != "" })
}
