package render

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	nouns "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

const (
	defaultLimit = 60_000 // characters; a GitHub comment holds 65,536
	openFindings = 20     // shown before the rest is folded away
)

// writeMarkdown is a headline and a list, the longer part of it folded; what passes the limit is counted.
func writeMarkdown(w io.Writer, r *Report, lk Look) error {
	limit := lk.Limit
	switch {
	case limit > 0:
	case lk.All:
		limit = math.MaxInt
	default:
		limit = defaultLimit
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", sanitize.Markdown(strings.TrimSpace(sanitize.Cut(sanitize.Line(r.Headline), maxMessage))))
	for i, n := range r.Notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		text, command, _ := strings.Cut(n.Text, "\n")
		fmt.Fprintf(&b, "- **%s:** %s", sanitize.Markdown(strings.TrimSpace(sanitize.Line(n.Label))), sanitize.Markdown(sanitize.Line(text)))
		if command != "" {
			b.WriteString(" " + sanitize.Code(sanitize.Line(command)))
		}
		b.WriteByte('\n')
	}
	var rest left
	list := slices.DeleteFunc(condensed(causesOf(r), lk), func(c *cause) bool {
		if lk.All || !r.quiet(c) {
			return false
		}
		rest.quiet += c.count
		return true
	})
	open := opened(firsts(list))
	const reserve, reservedLines = 300, 10 // for the closing lines
	room, lines := limit-utf8.RuneCountInString(b.String())-reserve, math.MaxInt
	if lk.Lines > 0 && !lk.All {
		lines = lk.Lines - lineCount(b.String()) - reservedLines
	}
	folded, shown, hinted, full := false, false, once{}, map[report.Level]bool{}
	for i, c := range list {
		level := c.list[0].Level
		if full[level] && c.edits == 0 {
			rest.add(c)
			continue
		}
		item := c.markdown(lk.All, hinted)
		if lines-lineCount(item) < lk.Lines/2 {
			item = markdownOf(c.view().line())
		}
		n, size := lineCount(item), utf8.RuneCountInString(item)
		if lines-n < keptOf(c, lk.Lines) || room < size {
			full[level] = true
			rest.add(c)
			continue
		}
		if room, lines = room-size, lines-n; c.edits > 0 {
			rest.add(c)
		}
		if i >= open && !folded {
			fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n\n", counted(flat(list[i:])))
			folded = true
		} else if !shown {
			b.WriteByte('\n')
		}
		shown = true
		b.WriteString(item)
	}
	if text := rest.line(howAll(lk, "`govctl openapi diff --all`")); text != "" {
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	if folded {
		b.WriteString("\n</details>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// opened is how many findings stand open: the errors, or the first ones where there is none.
func opened(list []*report.Finding) int {
	errors := 0
	for _, f := range list {
		if f.Level == report.Error && !f.Waived() {
			errors++
		}
	}
	if errors == 0 || errors > openFindings {
		return openFindings
	}
	return errors
}

// firsts are the first findings of causes.
func firsts(list []*cause) []*report.Finding {
	out := make([]*report.Finding, len(list))
	for i, c := range list {
		out[i] = c.list[0]
	}
	return out
}

// flat are the findings of causes.
func flat(list []*cause) []*report.Finding {
	var out []*report.Finding
	for _, c := range list {
		out = append(out, c.list...)
	}
	return out
}

// count is the number of findings that a list stands for.
func count(list []*report.Finding) int {
	n := 0
	for _, f := range list {
		n += f.Count()
	}
	return n
}

// counted names the findings that are folded away: "3 errors, 12 warnings and 40 infos more".
func counted(list []*report.Finding) string {
	n := map[report.Level]int{}
	waived := 0
	for _, f := range list {
		if f.Waived() {
			waived += f.Count()
		} else {
			n[f.Level] += f.Count()
		}
	}
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{n[report.Error], "error"}, {n[report.Warning], "warning"}, {n[report.Info], "info"}, {waived, "waived"}} {
		switch {
		case c.n > 0 && c.word == "waived":
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		case c.n > 0:
			parts = append(parts, nouns.Of(c.n, c.word))
		}
	}
	return strings.Join(parts, ", ") + " more"
}

// markdown is the item of a cause; with all, those of its findings, below one that says what they have in common.
func (c *cause) markdown(all bool, hinted once) string {
	if !all || c.say == "" {
		v := c.view()
		v.Hint = hinted.first(v.Hint)
		return markdownOf(v)
	}
	var b strings.Builder
	head := c.view()
	head.First = ""
	b.WriteString(markdownOf(head.line()))
	for _, f := range c.list {
		v := viewOf(f)
		v.Hint = hinted.first(v.Hint)
		b.WriteString(markdownOf(v))
	}
	return b.String()
}

func markdownOf(v view) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** %s %s", v.Label, sanitize.Markdown(v.Message), sanitize.Code(strings.TrimSpace(v.Rule+" "+v.Print)))
	if v.First != "" && len(v.Places) == 0 {
		b.WriteString(" (first " + sanitize.Code(v.First) + ")")
	}
	if v.Place != "" {
		b.WriteString(" (" + sanitize.Code(v.Place) + ")")
	}
	b.WriteByte('\n')
	if v.Operations != "" {
		fmt.Fprintf(&b, "  <br>%s\n", sanitize.Code(v.Operations))
	}
	for _, at := range v.Places {
		fmt.Fprintf(&b, "  - %s\n", sanitize.Code(at))
	}
	if v.Proof != nil {
		fmt.Fprintf(&b, "  <br>E%s: %s\n", exampleLabel(v)[1:], sanitize.Markdown(v.Proof.Claim))
		sanitize.Fence(&b, "  ", append(nonEmpty(v.Proof.Value), v.Proof.Lines...))
	}
	for _, part := range []struct{ label, text string }{{"", v.State}, {"Hint: ", v.Hint}} {
		if part.text != "" {
			fmt.Fprintf(&b, "  <br>%s%s\n", part.label, sanitize.Markdown(part.text))
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
