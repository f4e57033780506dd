package sanitize

import (
	"fmt"
	"strings"
)

// Fence writes lines as a Markdown code block that none of them can close.
func Fence(b *strings.Builder, indent string, lines []string) {
	if len(lines) == 0 {
		return
	}
	marks := strings.Repeat("`", max(3, longestRun(strings.Join(lines, "\n"))+1))
	fmt.Fprintf(b, "\n%s%s\n", indent, marks)
	for _, line := range lines {
		fmt.Fprintf(b, "%s%s\n", indent, line)
	}
	fmt.Fprintf(b, "%s%s\n\n", indent, marks)
}

// Code is s as a code span on one line, whatever stands in it. In it GitHub makes no links, mentions or references.
func Code(s string) string {
	s = Line(s)
	if strings.TrimSpace(s) == "" {
		return "` `"
	}
	marks := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return marks + s + marks
}

func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range []byte(s) {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// breaker is a zero-width space, written so that it can be seen in the source. GitHub makes links, mentions and references
// from the rendered text, where a backslash no longer protects.
const breaker = "&#8203;"

// Markdown is s as literal Markdown text on one line: no markup, no HTML, no link, no mention, no reference to an issue or a commit.
func Markdown(s string) string {
	s = Line(s)
	var b strings.Builder
	digits, hash := 0, false // of a hexadecimal number until here, and whether it is as long as a hash
	for i, r := range s {
		if hexDigit(r) {
			hash = hash || digits == 0 && hexRun(s[i:]) >= shortestHash
			if hash && digits > 0 && digits%(shortestHash-1) == 0 {
				b.WriteString(breaker)
			}
			digits++
		} else {
			digits, hash = 0, false
		}
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("@" + breaker)
		case r == '#':
			b.WriteString(`\#` + breaker)
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString(":" + breaker)
		case strings.ContainsRune("\\`*_{}[]()|~!$", r), i == 0 && strings.ContainsRune("+-=", r):
			b.WriteString(`\` + string(r))
		case r == '.' && (endsIn(s[:i], "www") || allDigits(s[:i])):
			b.WriteString(`\.` + breaker)
		case r == '-' && endsIn(s[:i], "gh") && (i == 2 || !letter(s[i-3])): // GH-1 is #1, high-1 is not
			b.WriteString("-" + breaker)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shortestHash is how many digits of a commit's hash GitHub makes a link to the commit; 40 are the most.
const shortestHash = 7

func hexDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}

// hexRun counts the hexadecimal digits with which s begins.
func hexRun(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return !hexDigit(r) })
	if n < 0 {
		return len(s)
	}
	return n
}

// endsIn compares without case.
func endsIn(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// allDigits reports a beginning that a dot would turn into an item of a list.
func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
