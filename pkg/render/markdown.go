package render

import (
	"fmt"
	"io"
	"strings"
)

const (
	defaultLimit = 60_000 // a GitHub comment holds 65,536 characters
	openFindings = 20     // shown before the rest is folded away
)

// writeMarkdown is a headline and a list, the longer part of it folded; what passes the limit is counted.
func writeMarkdown(w io.Writer, r *Report, lk Look) error {
	limit := lk.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", Escape(strings.TrimSpace(cut(Line(r.Headline), maxMessage))))
	list := ranked(r.Findings)
	const reserve = 200 // for the closing lines
	folded := false
	for i, f := range list {
		item := markdownOf(viewOf(f))
		if b.Len()+len(item)+reserve > limit {
			fmt.Fprintf(&b, "\n*%d more are not shown here.*\n", len(list)-i)
			break
		}
		if i == openFindings {
			fmt.Fprintf(&b, "\n<details><summary>%d more</summary>\n", len(list)-i)
			folded = true
		}
		if i == 0 || i == openFindings {
			b.WriteByte('\n')
		}
		b.WriteString(item)
	}
	if folded {
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownOf(v view) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** %s %s", v.Label, Code(v.Rule), Escape(v.Message))
	if v.Place != "" {
		b.WriteString(" (" + Code(v.Place) + ")")
	}
	b.WriteByte('\n')
	if v.Operations != "" {
		fmt.Fprintf(&b, "  <br>%s\n", Code(v.Operations))
	}
	if v.Proof != nil {
		fmt.Fprintf(&b, "  <br>Proof: %s\n", Escape(v.Proof.Claim))
		fence(&b, "  ", append(nonEmpty(v.Proof.Value), v.Proof.Lines...))
	}
	for _, part := range []struct{ label, text string }{{"", v.State}, {"Hint: ", v.Hint}} {
		if part.text != "" {
			fmt.Fprintf(&b, "  <br>%s%s\n", part.label, Escape(part.text))
		}
	}
	return b.String()
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// fence writes lines as a code block that none of them can close.
func fence(b *strings.Builder, indent string, lines []string) {
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

// Escape is s as literal Markdown text on one line: no markup, no HTML, no link, no mention, no reference.
func Escape(s string) string {
	s = Line(s)
	var b strings.Builder
	for i, r := range s {
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
		case r == '.' && (strings.HasSuffix(strings.ToLower(s[:i]), "www") || allDigits(s[:i])):
			b.WriteString(`\.` + breaker)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// allDigits reports a beginning that a dot would turn into an item of a list.
func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
