package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/romel/govctl/pkg/inert"
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
	fmt.Fprintf(&b, "**%s**\n", inert.Markdown(strings.TrimSpace(inert.Cut(inert.Line(r.Headline), maxMessage))))
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
	fmt.Fprintf(&b, "- **%s** %s %s", v.Label, inert.Code(v.Rule), inert.Markdown(v.Message))
	if v.Place != "" {
		b.WriteString(" (" + inert.Code(v.Place) + ")")
	}
	b.WriteByte('\n')
	if v.Operations != "" {
		fmt.Fprintf(&b, "  <br>%s\n", inert.Code(v.Operations))
	}
	if v.Proof != nil {
		fmt.Fprintf(&b, "  <br>Proof: %s\n", inert.Markdown(v.Proof.Claim))
		inert.Fence(&b, "  ", append(nonEmpty(v.Proof.Value), v.Proof.Lines...))
	}
	for _, part := range []struct{ label, text string }{{"", v.State}, {"Hint: ", v.Hint}} {
		if part.text != "" {
			fmt.Fprintf(&b, "  <br>%s%s\n", part.label, inert.Markdown(part.text))
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
