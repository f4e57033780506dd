package promrules

import (
	"slices"
	"strings"
)

// A parser of LogQL is not part of this program: the only kept one brings Loki itself with it. What can be checked without one
// is that texts and brackets are closed, and that the expression selects log streams, as each query of Loki does.

// logQLWords are the words that an expression of constants can have.
var logQLWords = []string{"vector", "and", "or", "unless", "on", "ignoring", "bool", "group_left", "group_right", "inf", "nan", "e"}

// logQLError is what is surely wrong with an expression of Loki, and where; empty where nothing is found.
func logQLError(expr string) (off int, what string) {
	var open []int // brackets
	selects, word := false, -1
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '"' || c == '`':
			end := endOfText(expr, i)
			if end < 0 {
				return i, "a text that begins here does not end"
			}
			i = end
		case c == '#':
			if end := strings.IndexByte(expr[i:], '\n'); end >= 0 {
				i += end
				continue
			}
			i = len(expr)
		case strings.IndexByte("([{", c) >= 0:
			selects = selects || c == '{'
			open = append(open, i)
		case strings.IndexByte(")]}", c) >= 0:
			if len(open) == 0 || closing(expr[open[len(open)-1]]) != c {
				return i, "unexpected " + string(c)
			}
			open = open[:len(open)-1]
		case letter(c) && (i == 0 || !letter(expr[i-1]) && !digit(expr[i-1])):
			end := i
			for end < len(expr) && (letter(expr[end]) || digit(expr[end])) {
				end++
			}
			if end < len(expr) && expr[end] == '{' {
				return i, "unexpected name before {: LogQL selects log streams, not metrics"
			}
			if word < 0 && !slices.Contains(logQLWords, strings.ToLower(expr[i:end])) {
				word = i
			}
		}
	}
	switch {
	case len(open) > 0:
		return open[len(open)-1], "the bracket " + string(expr[open[len(open)-1]]) + " is not closed"
	case !selects && word >= 0:
		return word, "it selects no log streams: LogQL needs a selector like {job=\"api\"}"
	}
	return 0, ""
}

// endOfText is the index of the quote that ends a text; -1 where none does.
func endOfText(expr string, start int) int {
	quote := expr[start]
	for i := start + 1; i < len(expr); i++ {
		switch {
		case expr[i] == '\\' && quote == '"':
			i++
		case expr[i] == quote:
			return i
		}
	}
	return -1
}

func closing(c byte) byte { return map[byte]byte{'(': ')', '[': ']', '{': '}'}[c] }

func letter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// logQLMarks are what only expressions of Loki have.
var logQLMarks = []string{"|=", "|~", "| json", "|json", "| logfmt", "|logfmt", "| pattern", "| regexp", "| unpack", "| unwrap", "| line_format", "| label_format",
	"bytes_over_time(", "bytes_rate("}

// looksLikeLogQL reports an expression with such a mark; it is asked where PromQL refuses one.
func looksLikeLogQL(expr string) bool {
	return slices.ContainsFunc(logQLMarks, func(mark string) bool { return strings.Contains(expr, mark) })
}
