package sanitize

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Measure is how a limit counts.
type Measure func(string) int

// Characters is the measure of issues and comments.
func Characters(s string) int { return utf8.RuneCountInString(s) }

// Bytes is the measure of step summaries.
func Bytes(s string) int { return len(s) }

// cutNote ends a text that was cut. It is ASCII, as is all that Fit adds.
const cutNote = "\n*Truncated: the text is too long.*\n"

// Fit is text cut to a limit at the end of a line, with what stays open closed: code fences, HTML comments and folded blocks.
func Fit(text string, limit int, size Measure) string {
	if size(text) <= limit {
		return text
	}
	room := limit - len(cutNote)
	var kept strings.Builder
	var at open
	used := 0
	for line := range strings.Lines(text) {
		n, next := size(line), at.after(line)
		if used+n+len(next.closed()) > room {
			if used < room/2 && at.plain() {
				kept.WriteString(beginning(line, room-used-len(at.closed())-1, size))
			}
			break
		}
		kept.WriteString(line)
		used, at = used+n, next
	}
	return kept.String() + at.closed() + cutNote
}

// beginning is the part of a long line that can stand alone: what follows a mark-up character may be harmless by its other end only.
func beginning(line string, room int, size Measure) string {
	used := 0
	for i, r := range line {
		used += size(string(r))
		if used > room || strings.ContainsRune("`<|", r) {
			line = line[:i]
			break
		}
	}
	if line == "" {
		return ""
	}
	return strings.TrimSuffix(line, "\n") + "\n"
}

// open is what a text has begun and not ended.
type open struct {
	fence   string // with its indentation: in a list, a fence further out would begin another one
	comment bool
	details int
}

func (o open) plain() bool { return o.fence == "" && !o.comment }

// after is the state behind a line.
func (o open) after(line string) open {
	trimmed := strings.TrimSpace(line)
	marks := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
	switch {
	case o.comment:
	case o.fence != "":
		if marks == trimmed && len(marks) >= len(strings.TrimSpace(o.fence)) {
			o.fence = ""
		}
		return o
	case len(marks) >= 3:
		o.fence = line[:strings.IndexByte(line, '`')] + marks
		return o
	}
	begin, end := strings.LastIndex(line, "<!--"), strings.LastIndex(line, "-->")
	if begin >= 0 || end >= 0 {
		o.comment = begin > end
	}
	o.details = max(0, o.details+strings.Count(line, "<details>")-strings.Count(line, "</details>"))
	return o
}

// closed is the text that ends what is open.
func (o open) closed() string {
	var b strings.Builder
	switch {
	case o.comment:
		b.WriteString("-->\n")
	case o.fence != "":
		b.WriteString(o.fence + "\n")
	}
	b.WriteString(strings.Repeat("\n</details>\n", o.details))
	return b.String()
}

// Link is a link in Markdown to a web address; empty where the target is none.
func Link(text, target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(target, "<> \t\r\n") {
		return ""
	}
	return "[" + text + "](<" + target + ">)"
}
