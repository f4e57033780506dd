package apichangelog

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of a release in Markdown, in lines. What breaks is listed whatever it takes.
const (
	maxSection    = 38  // where there are few breaks
	roomForOthers = 20  // beside many breaks
	maxInLine     = 140 // characters of a request that a line shows
)

// Markdown is the whole changelog.
func Markdown(log *report.APIChangelog) string {
	var b strings.Builder
	b.WriteString(Heading(log))
	for i := range log.Releases {
		b.WriteString("\n" + Section(&log.Releases[i]))
	}
	if log.More > 0 {
		fmt.Fprintf(&b, "\n%s not listed.\n", count.Of(log.More, "older release"))
	}
	return b.String()
}

// Heading is the first line of a changelog.
func Heading(log *report.APIChangelog) string { return "# " + sanitize.Markdown(Title(log)) + "\n" }

// Section is a release in Markdown.
func Section(r *report.APIRelease) string {
	head := "## " + versionText(r.Version)
	if r.Date != "" {
		head += " (" + sanitize.Markdown(shorten(r.Date, maxName)) + ")"
	}
	return head + "\n\n" + Body(r, "###")
}

// Body is a release in Markdown without its heading; its sections have headings of the given level.
func Body(r *report.APIRelease, level string) string {
	var b strings.Builder
	b.WriteString(plain(shorten(oneLine(r.Summary), maxSentence)) + "\n")
	inline := linesOf(r, 2) > maxSection
	room := roomOf(r, inline)
	groups := groupsIn(r) > 1
	left := r.More
	for k := range Wording {
		list := of(r, kinds[k].id)
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s %s\n\n", level, kinds[k].title)
		shown := len(list)
		if k != Breaking {
			shown = room[k]
		}
		for i := range list[:shown] {
			writeEntry(&b, &list[i], groups, inline)
		}
		if more := len(list) - shown; more > 0 {
			fmt.Fprintf(&b, "- and %d more\n", more)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s not listed.\n", count.Of(left, "more entry"))
	}
	return b.String()
}

// plainVersion is a version that needs no escaping in a heading.
var plainVersion = late.Pattern(`^[vV]?[0-9][0-9A-Za-z.+_-]{0,63}$`)

func versionText(v string) string {
	if plainVersion().MatchString(v) {
		return v
	}
	return sanitize.Markdown(shorten(oneLine(v), maxName))
}

// summary is the release in a sentence.
func (r *release) summary() string {
	var parts []string
	for k := range Wording {
		if n := r.counts[k]; n > 0 {
			parts = append(parts, count.Of(n, kinds[k].noun))
		}
	}
	since := ""
	if r.previous != "" {
		since = " since " + shorten(oneLine(r.previous), maxName)
	}
	wording := r.counts[Wording]
	switch {
	case len(parts) == 0 && wording == 0:
		return "No changes" + since + "."
	case len(parts) == 0:
		return fmt.Sprintf("Only documentation changed%s, in %s.", since, count.Of(wording, "place"))
	}
	out := strings.Join(parts, ", ") + since + "."
	if wording > 0 {
		out += fmt.Sprintf(" Documentation changed in %s.", count.Of(wording, "place"))
	}
	if r.notRead > 0 {
		out += fmt.Sprintf(" %s were only counted.", count.Of(r.notRead, "more change"))
	}
	return out
}

// linesOf is how many lines a release takes, where a break takes so many and of each other section only one entry is shown.
func linesOf(r *report.APIRelease, each int) int {
	n := 3
	for k := range Wording {
		switch entries := len(of(r, kinds[k].id)); {
		case entries == 0:
		case k == Breaking:
			n += 3 + each*entries
		default:
			n += 3 + 2
		}
	}
	return n
}

// roomOf is how many entries of each section besides breaks are shown: they share the lines that are left, the first ones first.
func roomOf(r *report.APIRelease, inline bool) counts {
	each := 2
	if inline {
		each = 1
	}
	left := max(maxSection-linesOf(r, each), 0)
	if len(of(r, kinds[Breaking].id)) > maxSection/2 {
		left = roomForOthers
	}
	var out counts
	sections := 0
	for k := Deprecated; k < Wording; k++ {
		sections += min(len(of(r, kinds[k].id)), 1)
	}
	for k := Deprecated; k < Wording; k++ {
		entries := len(of(r, kinds[k].id))
		if entries == 0 {
			continue
		}
		share := left / sections
		sections--
		if entries <= share+2 { // one has its line already, and another that of the count
			out[k] = entries
			left -= entries - 2
			continue
		}
		out[k] = min(entries, share+1)
		left -= share
	}
	return out
}

// writeEntry writes an entry as an item of a list.
func writeEntry(b *strings.Builder, e *report.APIEntry, group, inline bool) {
	b.WriteString("- ")
	if group {
		b.WriteString("**" + sanitize.Markdown(shorten(oneLine(e.Group), maxName)) + ":** ")
	}
	sentence := e.Line
	if sentence == "" {
		sentence = e.Text
	}
	b.WriteString(marked(sentence))
	if e.Migration != nil {
		if inline || e.Kind != kinds[Breaking].id {
			b.WriteString(" ")
		} else {
			b.WriteString("\n  - ")
		}
		b.WriteString("Migration: " + migrationText(e.Migration))
	}
	b.WriteString("\n")
}

func migrationText(m *report.APIMigration) string {
	parts := []string{marked(lower(m.Text))}
	if m.Replacement != "" {
		parts = append(parts, marked(m.Replacement))
	}
	examples := Examples(m)
	tooLong := func(e Example) bool { return len(e.Text) > maxInLine || placeholders.has(e.Text) }
	if slices.ContainsFunc(examples, tooLong) {
		before, after := fragments(m.Before, m.After)
		examples = Examples(&report.APIMigration{Before: before, After: after})
	}
	if slices.ContainsFunc(examples, tooLong) {
		examples = nil // of two requests, one alone shows nothing
	}
	for _, e := range examples {
		parts = append(parts, e.Label+": "+sanitize.Code(e.Text)+".")
	}
	return strings.Join(parts, " ")
}

// placeholders are values that show nothing but their type, which the sentence names.
const placeholders names = ` null "a" ["a"] {} [] 0 0.5 true `

// Example is a request or a value with what it shows.
type Example struct{ Label, Text string }

// Examples are the old request and the new one, or a value of the new responses.
func Examples(m *report.APIMigration) []Example {
	var out []Example
	add := func(label, text string) {
		if text != "" {
			out = append(out, Example{label, shorten(sanitize.Line(text), maxRequest)})
		}
	}
	add("Rejected now", m.Before)
	add("Accepted", m.After)
	add("Possible now", m.Example)
	return out
}

// marked is a text with marks as Markdown, with everything in it escaped.
func marked(text string) string {
	var b strings.Builder
	for _, s := range sanitize.Marked(shorten(oneLine(text), maxSentence)) {
		switch {
		case s.Code:
			b.WriteString(sanitize.Code(s.Text))
		case s.Emphasis:
			b.WriteString("*" + plain(s.Text) + "*")
		default:
			b.WriteString(plain(s.Text))
		}
	}
	return b.String()
}

// parentheses are harmless but after a bracket.
var parentheses = strings.NewReplacer(`\\`, `\\`, `\]\(`, `\]\(`, `\(`, "(", `\)`, ")")

func plain(text string) string { return parentheses.Replace(sanitize.Markdown(text)) }

// lower begins a sentence with a small letter.
func lower(text string) string {
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(first)) + text[n:]
}
