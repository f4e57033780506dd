package changelog

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

const (
	maxModified    = 25
	maxTransitions = 30
	maxOpen        = 50    // of every other list
	maxDelta       = 60000 // bytes: a GitHub comment holds 65,536 characters
)

// AlertsDelta is what a pull request does to the alerts, as a comment of at most limit bytes (0: what GitHub takes). What is
// left out is counted and stands in taxonomy-diff.json.
func AlertsDelta(d report.TaxonomyDiff, limit int) string {
	if limit <= 0 {
		limit = maxDelta
	}
	const heading = "### Alert taxonomy\n\n"
	return heading + AlertsText(d, limit-len(heading))
}

// AlertsText is the delta without its heading, in at most limit bytes.
func AlertsText(d report.TaxonomyDiff, limit int) string {
	switch {
	case d.FormattingOnly && d.Bulk != "":
		return "The text was reformatted; no alert changed.\n"
	case Empty(d):
		return "No alert changed.\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%d changed in what they do, %d in wording or ownership only.\n", figures(d), d.SemanticChurn, d.CosmeticChurn)
	closing := "\n%d more lines are in the artifact taxonomy-diff.json.\n"
	room := limit - b.Len() - len(closing) - 10
	left := 0
	for _, p := range parts(d) {
		section, missed := p.folded(room)
		room -= len(section)
		left += missed
		b.WriteString(section)
	}
	if left > 0 {
		fmt.Fprintf(&b, closing, left)
	}
	return b.String()
}

// folded is a part with its first items open and the others folded away, in at most room bytes, and the number of items that did not fit.
func (p *part) folded(room int) (string, int) {
	if len(p.items) == 0 {
		return "", 0
	}
	open := p.open
	if open == 0 {
		open = maxOpen
	}
	const fold, end = "\n<details><summary>%d more</summary>\n\n", "\n</details>\n"
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s (%d)**\n\n", p.title, len(p.items))
	for i, item := range p.items {
		if b.Len()+len(item)+len(fold)+len(end)+20 > room {
			if i == 0 {
				return "", len(p.items)
			}
			if i > open {
				b.WriteString(end)
			}
			return b.String(), len(p.items) - i
		}
		if i == open {
			fmt.Fprintf(&b, fold, len(p.items)-open)
		}
		b.WriteString("- " + item + "\n")
	}
	if len(p.items) > open {
		b.WriteString(end)
	}
	return b.String(), 0
}
