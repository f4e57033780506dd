// Package changelog writes changes as Markdown: sections of a changelog that grows, and the delta of a pull request.
//
// Names and values come from files that strangers can send: they stand in code spans or are escaped, so that they can
// neither format the page nor call anybody.
package changelog

import (
	"strings"
)

// code is s as a code span. Inside one nothing is markup, no one is mentioned and no issue is linked.
func code(s string) string {
	s = oneLine(s)
	if s == "" {
		return "(empty)"
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.TrimSpace(s) == "" || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return fence + s + fence
}

var escaper = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`, "[", `\[`, "]", `\]`, "|", `\|`, "!", `\!`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;", "#", "&#35;", "://", "&#58;//",
)

// text is s as a run of plain words.
func text(s string) string { return escaper.Replace(oneLine(s)) }

// cell is markup for a table: a bar would end it.
func cell(markup string) string { return strings.ReplaceAll(markup, "|", `\|`) }

// oneLine replaces what would break a line, hide text or turn its direction.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == 0x2028, r == 0x2029:
			return ' '
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x61c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// shorten cuts a text at a border of characters.
func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}
