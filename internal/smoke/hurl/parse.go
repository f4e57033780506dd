package hurl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Parse reads a flow. Its error is a *contract.Error, and repeats no value of the file: there may be a secret in it.
func Parse(name string, data []byte) (*File, error) {
	p := &parser{file: &File{Name: name}, text: string(data), line: 1}
	switch {
	case len(data) > maxBytes:
		p.fail(0, fmt.Sprintf("the flow is larger than %d bytes", maxBytes))
		return nil, p.err
	case !utf8.Valid(data):
		p.fail(0, "the flow is not valid UTF-8")
		return nil, p.err
	}
	p.text = strings.TrimPrefix(strings.ReplaceAll(p.text, "\r\n", "\n"), "\ufeff")
	for p.skip(); p.text != "" && p.err == nil; p.skip() {
		p.entry()
	}
	if p.err == nil && len(p.file.Entries) == 0 {
		p.fail(0, "there is no request in the flow")
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.file, nil
}

// parser takes lines from the beginning of what is left. The first error ends it.
type parser struct {
	file *File
	text string // what is left
	line int    // of its beginning
	err  error
}

const subsetHint = "docs/evidence.md lists the part of Hurl that govctl runs"

// fail keeps the first error, at a column of the present line counted in bytes from 0.
func (p *parser) fail(column int, msg string) {
	if p.err == nil {
		p.err = &contract.Error{Place: report.Place{File: p.file.Name, Line: p.line, Column: utf8.RuneCountInString(p.current()[:min(column, len(p.current()))]) + 1},
			Msg: msg, Hint: subsetHint}
	}
}

// unsupported is the error of what Hurl may know.
//
//go:noinline
func (p *parser) unsupported(column int, what string) {
	p.fail(column, what+" is not supported by govctl")
}

// current is the present line.
func (p *parser) current() string {
	line, _, _ := strings.Cut(p.text, "\n")
	return line
}

// next goes to the next line.
func (p *parser) next() {
	if p.err != nil {
		p.text = ""
		return
	}
	_, p.text, _ = strings.Cut(p.text, "\n")
	p.line++
}

// skip goes to the next line that is neither empty nor a comment.
func (p *parser) skip() {
	for p.text != "" {
		if line := strings.TrimSpace(p.current()); line != "" && line[0] != '#' {
			return
		}
		p.next()
	}
}

var (
	requestLine = late.Pattern(`^[ \t]*([A-Z]+)[ \t]+(\S+)[ \t]*(#.*)?$`)
	answerLine  = late.Pattern(`^[ \t]*HTTP[ \t]+(\d{3}|\*)[ \t]*(#.*)?$`)
	sectionLine = late.Pattern(`^[ \t]*\[([A-Z][A-Za-z]*)\][ \t]*(#.*)?$`)
	fence       = "```"
)

func (p *parser) isAnswer() bool {
	first, _, _ := strings.Cut(strings.TrimSpace(p.current()), " ")
	return first == "HTTP" || strings.HasPrefix(first, "HTTP/")
}

func (p *parser) entry() {
	m := requestLine().FindStringSubmatchIndex(p.current())
	if m == nil || p.isAnswer() {
		p.fail(0, "a request begins with a method and an address, like GET {{base}}/health")
		return
	}
	if len(p.file.Entries) >= maxEntries {
		p.fail(0, fmt.Sprintf("the flow has more than %d requests", maxEntries))
		return
	}
	line := p.current()
	e := &Entry{Line: p.line, Method: line[m[2]:m[3]], URL: p.template(line[m[4]:m[5]], m[4], false)}
	p.next()
	p.request(e)
	if p.skip(); p.text != "" && p.isAnswer() {
		p.answer(e)
	}
	p.file.Entries = append(p.file.Entries, *e)
}

// request reads headers, sections and body of a request.
func (p *parser) request(e *Entry) {
	section, fields := "", &e.Headers
	for p.skip(); p.text != "" && !p.isAnswer() && !requestLine().MatchString(p.current()); p.skip() {
		line := p.current()
		if m := sectionLine().FindStringSubmatch(line); m != nil {
			if section = m[1]; section != "Options" {
				fields = p.requestSection(e, section)
			}
			p.next()
			continue
		}
		if p.body(e) {
			if p.skip(); p.text != "" && !p.isAnswer() && !requestLine().MatchString(p.current()) {
				p.fail(0, "the body is the last part of a request")
			}
			return
		}
		if section == "Options" {
			p.option(e)
		} else if f, ok := p.field(); ok && fields != nil {
			*fields = append(*fields, f)
		}
		if section == "BasicAuth" && fields != nil && len(*fields) > 0 {
			p.credentials(e, fields)
		}
		p.next()
	}
}

// requestSection is the list that the lines of a section belong to.
func (p *parser) requestSection(e *Entry, name string) *[]Field {
	switch name {
	case "Query", "QueryStringParams":
		return &e.Query
	case "Form", "FormParams":
		return &e.Form
	case "Cookies":
		return &e.Cookies
	case "BasicAuth":
		return &[]Field{}
	}
	p.unsupported(0, "the section ["+name+"] of a request")
	return nil
}

func (p *parser) credentials(e *Entry, fields *[]Field) {
	if len(*fields) > 1 || e.Basic != nil && len(*fields) == 1 && (*fields)[0].Line != e.Basic.Line {
		p.fail(0, "[BasicAuth] has one line, NAME: PASSWORD")
		return
	}
	first := (*fields)[0]
	e.Basic = &first
}

// keyEnd is where the name of a line ends: at the first colon without a backslash before it.
func keyEnd(line string) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case ':':
			return i
		}
	}
	return -1
}

// field reads the present line as NAME: VALUE. A # begins a comment.
func (p *parser) field() (f Field, ok bool) {
	line := p.current()
	at := keyEnd(line)
	if at < 0 {
		p.fail(0, "the line is not of the form NAME: VALUE")
		return f, false
	}
	f.Line = p.line
	f.Name = p.unescaped(strings.TrimSpace(line[:at]), 0)
	start := at + 1
	for start < len(line) && (line[start] == ' ' || line[start] == '\t') {
		start++
	}
	f.Value = p.unescaped(strings.TrimSpace(uncommented(line[start:])), start)
	if len(f.Name) == 0 {
		p.fail(0, "the name is empty")
	}
	return f, p.err == nil
}

// uncommented is a value without the comment after it.
func uncommented(s string) string {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '#':
			return s[:i]
		}
	}
	return s
}

// unescaped reads a text with variables and backslashes.
func (p *parser) unescaped(s string, column int) Text {
	if !strings.Contains(s, `\`) {
		return p.template(s, column, false)
	}
	text := p.template(s, column, false)
	for i := range text {
		if text[i].Variable != "" {
			continue
		}
		plain, bad := unescape(text[i].Literal)
		if bad != "" {
			p.unsupported(column, "the escape "+bad)
		}
		text[i].Literal = plain
	}
	return text
}

// escapes are the characters after a backslash that stand for others; those of punctuation stand for themselves.
var escapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'b': "\b", 'f': "\f", '\\': `\`, '"': `"`, '#': "#", ':': ":", '/': "/", '`': "`"}

// unescape replaces escapes; bad is the first that is not known.
func unescape(s string) (plain, bad string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i >= len(s) {
			return "", `\`
		}
		text, ok := escapes[s[i]]
		if s[i] == 'u' {
			end := strings.IndexByte(s[i:], '}')
			if !strings.HasPrefix(s[i:], "u{") || end < 0 {
				return "", `\u`
			}
			code, err := strconv.ParseUint(s[i+2:i+end], 16, 21)
			if err != nil {
				return "", `\u`
			}
			text, ok = string(rune(code)), true
			i += end
		}
		if !ok {
			return "", `\` + s[i:i+1]
		}
		b.WriteString(text)
	}
	return b.String(), ""
}

var variableName = late.Pattern(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// template splits a text at its variables. column is where it begins in the present line.
func (p *parser) template(s string, column int, quoted bool) (t Text) {
	for at := 0; ; {
		open := strings.Index(s[at:], "{{")
		if open < 0 {
			if at < len(s) {
				t = append(t, Part{Literal: s[at:]})
			}
			return t
		}
		if open > 0 {
			t = append(t, Part{Literal: s[at : at+open]})
		}
		inside, _, ok := strings.Cut(s[at+open+2:], "}}")
		name := strings.TrimSpace(inside)
		switch {
		case !ok:
			p.fail(column+at+open, "{{ is not closed")
			return nil
		case !variableName().MatchString(name):
			p.unsupported(column+at+open, "what {{ }} holds: a filter or function")
			return nil
		case slices.Contains(functions, name):
			p.unsupported(column+at+open, "the function "+name)
			return nil
		}
		t = append(t, Part{Variable: name, Quoted: quoted})
		at += open + 4 + len(inside)
	}
}

// functions are names that Hurl gives a meaning of their own.
var functions = []string{"newUuid", "newDate", "getEnv"}

// option reads one line of [Options].
func (p *parser) option(e *Entry) {
	f, ok := p.field()
	if !ok {
		return
	}
	name, value := f.Name.literal(), f.Value.literal()
	var bad bool
	switch name {
	case "retry":
		n, err := strconv.Atoi(value)
		e.Options.Retry, bad = n, err != nil || n < 0 || n > maxRetries
	case "retry-interval":
		ms, err := milliseconds(value)
		e.Options.IntervalMS, bad = ms, err != nil
	case "location":
		e.Options.Location, bad = value == "true", value != "true" && value != "false"
	case "insecure":
		e.Options.Insecure, bad = value == "true", value != "true" && value != "false"
	default:
		p.unsupported(0, "the option "+plainName(name))
	}
	if bad {
		p.unsupported(keyEnd(p.current())+1, "this value of the option "+name)
	}
}

// plainName is a name as it is shown in a message.
func plainName(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return strconv.Quote(s)
}

// maxInterval is the longest time between two tries, in milliseconds.
const maxInterval = 10 * 60 * 1000

// milliseconds reads a time span: a number of milliseconds, or one with the unit ms, s or m.
func milliseconds(s string) (int, error) {
	unit := 1
	for _, u := range []struct {
		name string
		ms   int
	}{{"ms", 1}, {"s", 1000}, {"m", 60_000}} {
		if digits, ok := strings.CutSuffix(s, u.name); ok {
			s, unit = digits, u.ms
			break
		}
	}
	n, err := strconv.Atoi(s)
	if err == nil && (n < 0 || n > maxInterval/unit) {
		err = strconv.ErrRange
	}
	return n * unit, err
}

// otherBodies begin a body that the subset does not have.
var otherBodies = []string{"<", "base64,", "hex,", "file,"}

// body reads the body that begins at the present line, if one does.
func (p *parser) body(e *Entry) bool {
	trimmed := strings.TrimSpace(p.current())
	switch {
	case strings.HasPrefix(trimmed, fence):
		p.fenced(e)
	case trimmed[0] == '`':
		p.oneLine(e, trimmed)
	case trimmed[0] == '{' && !strings.HasPrefix(trimmed, "{{") || trimmed[0] == '[':
		p.json(e)
	case slices.ContainsFunc(otherBodies, func(s string) bool { return strings.HasPrefix(trimmed, s) }):
		p.unsupported(0, "a body of XML, base64, hex or from a file")
	default:
		return false
	}
	return true
}

func (p *parser) oneLine(e *Entry, trimmed string) {
	inside, rest, ok := strings.Cut(trimmed[1:], "`")
	if rest = strings.TrimSpace(rest); !ok || rest != "" && rest[0] != '#' {
		p.fail(0, "a text between backticks ends in its line")
	}
	e.Body = &Body{Text: p.template(inside, strings.IndexByte(p.current(), '`')+1, false)}
	p.next()
}

// fenced reads a body between lines of three backticks.
func (p *parser) fenced(e *Entry) {
	lang := strings.TrimPrefix(strings.TrimSpace(p.current()), fence)
	if lang != "" && lang != "json" {
		p.unsupported(0, "this kind of a text of several lines")
		return
	}
	begin := p.line
	p.next()
	var b strings.Builder
	for !strings.HasPrefix(strings.TrimSpace(p.current()), fence) {
		if p.text == "" {
			p.line = begin
			p.fail(0, "the text of several lines is not closed")
			return
		}
		b.WriteString(p.current() + "\n")
		p.next()
	}
	e.Body = &Body{JSON: lang == "json", Text: p.template(b.String(), 0, false)}
	p.next()
}

// json reads a JSON object or array, in which variables can be strings' parts and values.
func (p *parser) json(e *Entry) {
	length := jsonLength(p.text)
	if length < 0 {
		p.fail(0, "the JSON of the body is not closed")
		return
	}
	text := p.text[:length]
	if !json.Valid(neutral(text)) {
		p.fail(0, "the body is no JSON")
		return
	}
	e.Body = &Body{JSON: true, Text: p.jsonTemplate(text)}
	for range strings.Count(text, "\n") {
		p.next()
	}
	rest := p.current()[len(text)-strings.LastIndexByte(text, '\n')-1:]
	if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
		p.fail(0, "there is something after the JSON of the body")
	}
	p.next()
}

// jsonLength is the length of the bracketed value at the beginning of a text; -1 where it does not end.
func jsonLength(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.HasPrefix(s[i:], "{{"):
			end := strings.Index(s[i:], "}}")
			if end < 0 {
				return -1
			}
			i += end + 1
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// unquoted calls to for each {{ }} that is not within a string.
func unquoted(s string, to func(from, end int)) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(s[i:], "{{"):
			end := i + strings.Index(s[i:], "}}") + 2 // jsonLength has found it
			to(i, end)
			i = end - 1
		}
	}
}

// neutral is a JSON text with a number for each variable that is a value.
func neutral(s string) []byte {
	out := []byte(s)
	unquoted(s, func(from, end int) {
		copy(out[from:end], bytes.Repeat([]byte{' '}, end-from))
		out[from] = '0'
	})
	return out
}

// jsonTemplate splits JSON at its variables, and knows which of them are within strings.
func (p *parser) jsonTemplate(s string) (t Text) {
	at := 0
	unquoted(s, func(from, end int) {
		t = append(t, p.template(s[at:from], 0, true)...)
		t = append(t, p.template(s[from:end], 0, false)...)
		at = end
	})
	return append(t, p.template(s[at:], 0, true)...)
}
