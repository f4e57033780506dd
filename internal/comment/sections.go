// Package comment is the text of the comment on a pull or merge request and of a step summary, whatever shows it.
package comment

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Request is what the text about a pull or merge request is written from. What is nil is left out.
type Request struct {
	Headline   string           // empty in the parts of further contracts
	Contract   string           // name of the contract, where there are several
	Policy     *report.Policy   // what the change does to its own policy, in the part of the first contract
	Findings   []report.Finding // the API changes as data, for those that waivers accept
	Changes    string           // the API changes as Markdown, with their proofs
	Changelog  Changelog        // what the changelog of the API will have
	Semver     *report.Semver
	Operations *report.Operations
	Stability  *report.Stability
	Streak     int                   // placeholder runs in a row, where there are no metrics
	Evidence   []report.EvidenceKind // that do not pass, in the part of the first contract
	Taxonomy   string                // what changed about the alerts, as Markdown
	Links      []string
}

// Changelog is what the changelog of the API will have, in Markdown.
type Changelog struct {
	Version string
	Text    string // empty where nothing changed
}

// section is a row of the table of sections.
type section struct {
	title  string
	common bool // to all contracts
	write  func(b *strings.Builder, p *Request)
}

func sections() []section {
	return []section{
		{title: "Policy", common: true, write: writePolicy}, // first: it must not be left out
		{title: "Accepted breaking changes", write: writeAccepted},
		{title: "API changes", write: func(b *strings.Builder, p *Request) { b.WriteString(p.Changes) }},
		{title: "What will be published", write: writeChangelog},
		{title: "Version", write: writeVersion},
		{title: "Operations", write: writeOperations},
		{title: "Stability", write: writeStability},
		{title: "Evidence", common: true, write: writeEvidence},
		{title: "Alert taxonomy", common: true, write: func(b *strings.Builder, p *Request) { b.WriteString(p.Taxonomy) }},
	}
}

// Sections is the text in pieces, each of which can be left out whole: a headline, then what there is to say.
func Sections(p *Request) []string {
	var list []string
	if p.Headline != "" {
		list = append(list, "## API governance\n\n**"+sanitize.Markdown(strings.TrimSpace(p.Headline))+"**\n")
	}
	for _, s := range sections() {
		var b strings.Builder
		s.write(&b, p)
		if b.Len() == 0 {
			continue
		}
		title := s.title
		if p.Contract != "" && !s.common {
			title = sanitize.Markdown(p.Contract) + ": " + title
		}
		list = append(list, "### "+title+"\n\n"+b.String())
	}
	if len(p.Links) > 0 {
		list = append(list, strings.Join(p.Links, " | ")+"\n")
	}
	return list
}

// Bounds of the changelog in a comment.
const (
	unfolded     = 14     // lines that are shown without folding them
	maxChangelog = 20_000 // characters
)

// writeChangelog writes what the changelog of the API will have, folded where it is long.
func writeChangelog(b *strings.Builder, p *Request) {
	text := strings.TrimSpace(p.Changelog.Text)
	if text == "" {
		return
	}
	version := sanitize.Code(sanitize.Cut(p.Changelog.Version, 100))
	summary, rest, _ := strings.Cut(text, "\n")
	fmt.Fprintf(b, "%s: %s\n", version, summary)
	switch rest = sanitize.Fit(strings.TrimSpace(rest), maxChangelog, sanitize.Characters); {
	case rest == "":
	case strings.Count(rest, "\n") < unfolded:
		b.WriteString("\n" + rest + "\n")
	default:
		b.WriteString("\n<details><summary>The whole text</summary>\n\n" + rest + "\n\n</details>\n")
	}
}

func writeVersion(b *strings.Builder, p *Request) {
	s := p.Semver
	if s == nil {
		return
	}
	fmt.Fprintf(b, "Version policy: **%s** (%s to %s)\n", sanitize.Markdown(s.Status), version(s.PreviousVersion), version(s.CurrentVersion))
	if s.PendingBump != "" {
		fmt.Fprintf(b, "\nNext version: %s or higher\n", sanitize.Code(s.LowestVersion))
	} else if s.ExpectedVersion != "" && s.ExpectedMajor == "" {
		fmt.Fprintf(b, "\nSuggested version: %s\n", sanitize.Code(s.ExpectedVersion))
	}
	items(b, s.Messages)
	items(b, s.Recommendations)
}

func version(s string) string {
	if s == "" {
		return "none"
	}
	return sanitize.Code(s)
}

// shownItems bounds each list; the rest is counted.
const shownItems = 20

func items(b *strings.Builder, list []string) {
	if len(list) > 0 {
		b.WriteByte('\n')
	}
	for i, s := range list {
		if i == shownItems {
			fmt.Fprintf(b, "- and %d more\n", len(list)-i)
			return
		}
		fmt.Fprintf(b, "- %s\n", sanitize.Cut(sanitize.Markdown(s), 1000))
	}
}

func writeOperations(b *strings.Builder, p *Request) {
	o := p.Operations
	if o == nil {
		return
	}
	c := o.Counts
	fmt.Fprintf(b, "%d added, %d removed, %d changed, %d deprecated (%d before, %d now)\n", c.Added, c.Removed, c.Changed, c.Deprecated, c.TotalOld, c.TotalNew)
	for _, l := range []struct {
		what string
		ops  []report.Operation
	}{{"Added", o.Added}, {"Removed", o.Removed}, {"Deprecated", o.Deprecated}} {
		if len(l.ops) > 0 {
			fmt.Fprintf(b, "\n%s: %s\n", l.what, operations(l.ops))
		}
	}
}

func operations(ops []report.Operation) string {
	var names []string
	for i, op := range ops {
		if i == shownItems {
			names = append(names, fmt.Sprintf("and %d more", len(ops)-i))
			break
		}
		names = append(names, sanitize.Code(sanitize.Cut(op.Method+" "+op.Path, 300)))
	}
	return strings.Join(names, ", ")
}

func writeStability(b *strings.Builder, p *Request) {
	switch s := p.Stability; {
	case s != nil:
		fmt.Fprintf(b, "%d of %s in the window stable (%.2f %%), score %.0f, streak %d\n", s.WindowStableCount, count.Of(s.WindowTotalCount, "run"),
			s.WindowStabilityRatio.Rounded()*100, s.Score.Rounded(), s.CurrentStableStreak)
		if s.Extensions.Anomaly {
			fmt.Fprintf(b, "\n%s\n", sanitize.Markdown(s.Extensions.AnomalyReason))
		}
	case p.Streak > 0:
		runs := "runs"
		if p.Streak == 1 {
			runs = "run"
		}
		fmt.Fprintf(b, "No metrics could be made (%d %s in a row)\n", p.Streak, runs)
	}
}

// writeEvidence is one line for each kind that is not ok.
func writeEvidence(b *strings.Builder, p *Request) {
	for i := range p.Evidence {
		k := &p.Evidence[i]
		if k.Status == report.EvidenceOK {
			continue
		}
		fmt.Fprintf(b, "- %s: **%s**", sanitize.Code(k.Kind), sanitize.Markdown(k.Status))
		switch {
		case k.Reason != "":
			fmt.Fprintf(b, ", %s", sanitize.Cut(sanitize.Markdown(k.Reason), 300))
		default:
			fmt.Fprintf(b, ", %s, %s, %d waived", count.Of(k.Failed, "error"), count.Of(k.Warnings, "warning"), k.Waived)
		}
		b.WriteByte('\n')
	}
}

// Join puts sections into one text of at most limit characters. What does not fit is left out whole, and counted.
func Join(sections []string, limit int) string {
	const reserve = 200
	var b strings.Builder
	used, left := 0, 0
	add := func(s string) {
		b.WriteString(s + "\n\n")
		used += sanitize.Characters(s) + 2
	}
	for i, s := range sections {
		switch {
		case s == "":
		case used+sanitize.Characters(s)+2 <= limit-reserve:
			add(strings.TrimRight(s, "\n"))
		case i == 0:
			add(sanitize.Fit(s, limit-reserve-2, sanitize.Characters))
		default:
			left++
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "*%s did not fit here.*\n", count.Of(left, "section"))
	}
	return b.String()
}

// Links are the ways to the status page, to the run, in the words of the CI system, and to the files that it kept, as far as they are web
// addresses.
func Links(page, words, run, artifact string) (list []string) {
	for _, link := range []string{sanitize.Link("Status page", page), sanitize.Link(words, run), sanitize.Link("Files of this run", artifact)} {
		if link != "" {
			list = append(list, link)
		}
	}
	return list
}
