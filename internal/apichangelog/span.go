package apichangelog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/romel/govctl/internal/sanitize"
)

// Style is how a span is set.
type Style uint8

// The styles.
const (
	Words    Style = iota // of this package
	Foreign               // of a document
	Code                  // of a document, as code
	Emphasis              // of a document, in italics
)

// Span is a part of a sentence. Its text is not escaped.
type Span struct {
	Text  string
	Style Style
}

func words(s string) Span { return Span{Text: s} }
func code(s string) Span  { return Span{shorten(oneLine(s), maxName), Code} }

// spans is a text in which code is between backquotes; the rest has the style.
func spans(text string, style Style) []Span {
	var out []Span
	for i, part := range sanitize.Quoted(text) {
		switch {
		case part == "":
		case i%2 == 1:
			out = append(out, code(part))
		default:
			out = append(out, Span{part, style})
		}
	}
	return out
}

// text is a sentence with its styles as marks: code between backquotes, emphasis between asterisks.
func text(list []Span) string {
	var b strings.Builder
	for _, s := range list {
		switch s.Style {
		case Code:
			b.WriteString("`" + sanitize.Line(s.Text) + "`")
		case Emphasis:
			b.WriteString("*" + sanitize.Line(strings.TrimSpace(strings.ReplaceAll(s.Text, "*", "∗"))) + "*")
		default:
			b.WriteString(sanitize.Line(s.Text))
		}
	}
	return b.String()
}

// Bounds of what a line shows, in characters.
const (
	maxName     = 100
	maxSummary  = 80
	maxQuote    = 200   // of a sentence of a description
	maxRequest  = 300   // of a request or a value
	maxSentence = 20000 // of a sentence with all names
)

// oneLine is a text with single spaces.
func oneLine(s string) string {
	if len(s) > 1<<14 { // a megabyte of text is read for its first words only
		s = strings.ToValidUTF8(s[:1<<14], "")
	}
	return strings.Join(strings.Fields(s), " ")
}

// shorten cuts a text at a border of characters.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// upper begins a sentence with a capital letter, unless it begins with code or a summary.
func upper(list []Span) []Span {
	if len(list) == 0 || list[0].Style > Foreign || list[0].Text == "" {
		return list
	}
	out := append([]Span(nil), list...)
	first, n := utf8.DecodeRuneInString(out[0].Text)
	out[0].Text = string(unicode.ToUpper(first)) + out[0].Text[n:]
	return out
}
