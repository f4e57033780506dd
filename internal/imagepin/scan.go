package imagepin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// MaxFile bounds a Dockerfile, in bytes.
const MaxFile = 1 << 20

// text is a part of a logical line with the offset in the file of each of its bytes: a continuation may stand in the middle of a word.
type text struct {
	s  string
	at []int
}

func (t text) slice(i, j int) text { return text{t.s[i:j], t.at[i:j]} }

func (t text) trim() text {
	start := len(t.s) - len(strings.TrimLeftFunc(t.s, unicode.IsSpace))
	return t.slice(start, max(start, len(strings.TrimRightFunc(t.s, unicode.IsSpace))))
}

// instruction is one logical line of a Dockerfile. Continuations are joined, and comments between them left out, as BuildKit does it.
type instruction struct {
	keyword string // in lower case
	flags   []text // with their --, without quotes
	args    text
	line    int
}

// scanner reads instructions line by line.
type scanner struct {
	name string
	data []byte
	next int // offset of the next line
	line int // number of the last line

	escape     byte
	directives map[string]bool
	done       bool // no directive of the parser can follow
}

// directive is a directive of the parser in the comments at the top of a file.
var directive = late.Pattern(`^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`)

var byteOrderMark = []byte("\xef\xbb\xbf")

// scan splits a Dockerfile into its instructions. Its error is a *contract.Error.
func scan(name string, data []byte) (all []instruction, escape byte, err error) {
	s := &scanner{name: name, data: data, escape: '\\', directives: map[string]bool{}}
	if len(data) > MaxFile {
		return nil, 0, s.fail(0, fmt.Sprintf("larger than %d bytes", MaxFile))
	}
	if bytes.HasPrefix(data, byteOrderMark) {
		s.next = len(byteOrderMark)
	}
	for s.next < len(s.data) {
		logical, line, err := s.logical()
		if err != nil {
			return nil, 0, err
		}
		if logical.trim().s == "" {
			continue
		}
		one := s.split(logical, line)
		if err := s.skipHeredocs(&one, logical); err != nil {
			return nil, 0, err
		}
		all = append(all, one)
	}
	return all, s.escape, nil
}

func (s *scanner) fail(line int, msg string) error {
	return &contract.Error{Place: report.Place{File: s.name, Line: line}, Msg: msg, Hint: "govctl reads Dockerfiles as BuildKit does"}
}

// raw is the next line without its end.
func (s *scanner) raw() text {
	start := s.next
	end := len(s.data)
	if i := bytes.IndexByte(s.data[start:], '\n'); i >= 0 {
		end = start + i + 1
	}
	s.next = end
	s.line++
	line := string(bytes.TrimRight(s.data[start:end], "\r\n"))
	at := make([]int, len(line))
	for i := range at {
		at[i] = start + i
	}
	return text{line, at}
}

// logical is the next line with those that continue it. It is empty for comments and empty lines.
func (s *scanner) logical() (t text, line int, err error) {
	first := s.raw()
	line = s.line
	first = first.slice(len(first.s)-len(strings.TrimLeftFunc(first.s, unicode.IsSpace)), len(first.s))
	if err := s.directive(first.s); err != nil {
		return t, line, err
	}
	if strings.HasPrefix(first.s, "#") {
		return text{}, line, nil
	}
	t, more := s.continued(first)
	for more && s.next < len(s.data) {
		following := s.raw()
		switch trimmed := strings.TrimLeftFunc(following.s, unicode.IsSpace); {
		case trimmed == "", trimmed[0] == '#':
			continue
		}
		following, more = s.continued(following)
		t.s += following.s
		t.at = append(t.at, following.at...)
	}
	return t, line, nil
}

// directive reads a directive of the parser, if the line is one and still may be.
func (s *scanner) directive(line string) error {
	if s.done {
		return nil
	}
	m := directive().FindStringSubmatch(line)
	if m == nil {
		s.done = true
		return nil
	}
	key := strings.ToLower(m[1])
	switch {
	case key != "escape" && key != "syntax" && key != "check":
		s.done = true
		return nil
	case s.directives[key]:
		return s.fail(s.line, "the directive "+key+" is given twice")
	case key == "escape" && m[2] != "`" && m[2] != `\`:
		return s.fail(s.line, fmt.Sprintf("the directive escape is %q, neither ` nor \\", m[2]))
	case key == "escape":
		s.escape = m[2][0]
	}
	s.directives[key] = true
	return nil
}

// continued cuts the escape character off that continues a line. One that is escaped itself continues nothing.
func (s *scanner) continued(line text) (text, bool) {
	end := strings.TrimRight(line.s, " \t")
	if !strings.HasSuffix(end, string(s.escape)) || strings.HasSuffix(end, string([]byte{s.escape, s.escape})) {
		return line, false
	}
	return line.slice(0, len(end)-1), true
}

// blank is the white space between the words of an instruction.
const blank = "\t\v\f\r "

func (s *scanner) split(logical text, line int) instruction {
	t := logical.trim()
	end := strings.IndexAny(t.s, blank)
	if end < 0 {
		return instruction{keyword: strings.ToLower(t.s), line: line}
	}
	one := instruction{keyword: strings.ToLower(t.s[:end]), line: line}
	rest := t.slice(end, len(t.s))
	for {
		rest = rest.slice(len(rest.s)-len(strings.TrimLeftFunc(rest.s, unicode.IsSpace)), len(rest.s))
		if !strings.HasPrefix(rest.s, "--") {
			break
		}
		var flag text
		flag, rest = s.flag(rest)
		if flag.s == "--" {
			break
		}
		one.flags = append(one.flags, flag)
	}
	one.args = rest.trim()
	return one
}

// flag cuts off the first word without its quotes and escapes.
func (s *scanner) flag(t text) (flag, rest text) {
	var word []byte
	quote := byte(0)
	for i := 0; i < len(t.s); i++ {
		c := t.s[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\v\f\r\n", c) >= 0:
			return text{string(word), flag.at}, t.slice(i, len(t.s))
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
			continue
		case quote != 0 && c == quote:
			quote = 0
			continue
		case c == s.escape:
			if i++; i == len(t.s) {
				continue
			}
		}
		word = append(word, t.s[i])
		flag.at = append(flag.at, t.at[i])
	}
	return text{string(word), flag.at}, text{}
}

// words splits at white space, as FROM does: without quotes.
func (t text) words() (all []text) {
	start := -1
	for i := 0; i <= len(t.s); i++ {
		space := i == len(t.s) || strings.IndexByte(blank, t.s[i]) >= 0
		switch {
		case space && start >= 0:
			all, start = append(all, t.slice(start, i)), -1
		case !space && start < 0:
			start = i
		}
	}
	return all
}

// quotedWords splits at white space outside of quotes, as ARG does. The quotes stay.
func (t text) quotedWords(escape byte) (all []text) {
	start, end, quote := -1, len(t.s), byte(0)
	for i := 0; i < len(t.s); i++ {
		c := t.s[i]
		switch {
		case quote == 0 && strings.IndexByte(blank+"\n", c) >= 0:
			if start >= 0 {
				all, start = append(all, t.slice(start, i)), -1
			}
			continue
		case quote != 0 && c == quote:
			quote = 0
		case c == escape && quote != '\'' && i == len(t.s)-1: // it escapes nothing
			end = i
			continue
		case c == escape && quote != '\'':
			if start < 0 {
				start = i
			}
			i++
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		}
		if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		all = append(all, t.slice(start, end))
	}
	return all
}

// heredocMark is a word that announces a heredoc.
var heredocMark = late.Pattern(`^\d*<<(-?)\s*([^<]*)$`)

// skipHeredocs goes past the heredocs that an instruction announces: what looks like an instruction in them is none.
func (s *scanner) skipHeredocs(one *instruction, logical text) error {
	keyword, args := one.keyword, one.args.s
	if keyword == "onbuild" {
		inner := s.split(one.args, one.line)
		keyword, args = inner.keyword, inner.args.s
	}
	if keyword != "run" && keyword != "copy" && keyword != "add" || !strings.Contains(logical.s, "<<") || isList(args) {
		return nil
	}
	words, err := shellWords(logical.s)
	if err != nil { // as BuildKit: a line that the shell cannot read announces nothing
		return nil //nolint:nilerr // see above
	}
	for _, word := range words {
		m := heredocMark().FindStringSubmatch(word)
		if m == nil || m[2] == "" {
			continue
		}
		if err := s.skipHeredoc(unquoted(m[2]), m[1] == "-", one.line); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) skipHeredoc(end string, tabs bool, from int) error {
	for s.next < len(s.data) {
		line := s.raw().s
		if tabs {
			line = strings.TrimLeft(line, "\t")
		}
		if line == end {
			return nil
		}
	}
	return s.fail(from, "the heredoc does not end: no line is "+end)
}

// isList reports arguments in the form of a JSON list of strings.
func isList(args string) bool {
	var list []string
	return strings.HasPrefix(args, "[") && json.Unmarshal([]byte(args), &list) == nil
}

var errQuote = errors.New("a quote is not closed")

// shellWords splits a line at white space outside of quotes and ${}, and leaves quotes and escapes in the words. White space after << belongs
// to the word.
func shellWords(line string) (all []string, err error) {
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			all = append(all, word.String())
		}
		word.Reset()
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		end := i + 1
		switch {
		case unicode.IsSpace(rune(c)) && c < 0x80:
			flush()
			continue
		case c == '\\':
			end = min(i+2, len(line))
		case c == '\'' || c == '"':
			if end = closing(line, i); end < 0 {
				return nil, errQuote
			}
		case strings.HasPrefix(line[i:], "<<"):
			end = i + 2
			for end < len(line) && (line[end] == ' ' || line[end] == '\t') {
				end++
			}
		case strings.HasPrefix(line[i:], "${"):
			n := strings.IndexByte(line[i:], '}')
			if n < 0 {
				return nil, errQuote
			}
			end = i + n + 1
		}
		word.WriteString(line[i:end])
		i = end - 1
	}
	flush()
	return all, nil
}

// closing is the offset after the quote that closes the one at i; -1 without one.
func closing(line string, i int) int {
	quote := line[i]
	for j := i + 1; j < len(line); j++ {
		switch {
		case line[j] == '\\' && quote == '"':
			j++
		case line[j] == quote:
			return j + 1
		}
	}
	return -1
}

// unquoted is a word without its quotes and escapes.
func unquoted(word string) string {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
			continue
		case quote != 0 && c == quote:
			quote = 0
			continue
		case c == '\\' && quote != '\'' && i+1 < len(word):
			i++
		}
		b.WriteByte(word[i])
	}
	return strings.TrimSpace(b.String())
}
