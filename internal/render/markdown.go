package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

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
	if limit <= 0 {
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
	list := ranked(r.Findings)
	open := opened(list)
	const reserve = 200 // for the closing lines
	folded, hinted := false, once{}
	used := utf8.RuneCountInString(b.String())
	for i, f := range list {
		v := viewOf(f)
		v.Hint = hinted.first(v.Hint)
		item := markdownOf(v)
		if used += utf8.RuneCountInString(item); used+reserve > limit {
			fmt.Fprintf(&b, "\n*%d more are not shown here.*\n", count(list[i:]))
			break
		}
		if i == open {
			fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n", counted(list[i:]))
			folded = true
		}
		if i == 0 || i == open {
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
		case c.n == 1 || c.n > 0 && c.word == "waived":
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		case c.n > 0:
			parts = append(parts, fmt.Sprintf("%d %ss", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ") + " more"
}

func markdownOf(v view) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** %s %s", v.Label, sanitize.Markdown(v.Message), sanitize.Code(strings.TrimSpace(v.Rule+" "+v.Print)))
	if v.Place != "" {
		b.WriteString(" (" + sanitize.Code(v.Place) + ")")
	}
	b.WriteByte('\n')
	if v.Operations != "" {
		fmt.Fprintf(&b, "  <br>%s\n", sanitize.Code(v.Operations))
	}
	if v.Proof != nil {
		fmt.Fprintf(&b, "  <br>Proof: %s\n", sanitize.Markdown(v.Proof.Claim))
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
