package apichangelog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
)

// Bounds of a release in Markdown, in lines. What breaks is listed whatever it takes.
const (
	maxSection    = 38  // where there are few breaks
	roomForOthers = 20  // beside many breaks
	maxInLine     = 140 // characters of a request that a line shows
)

// Markdown is the whole changelog.
func (c *Changelog) Markdown() string {
	var b strings.Builder
	b.WriteString(c.Heading())
	for _, r := range c.Releases {
		b.WriteString("\n" + r.Markdown())
	}
	if c.More > 0 {
		fmt.Fprintf(&b, "\n%s not listed.\n", count.Of(c.More, "older release"))
	}
	return b.String()
}

// Heading is the first line of a changelog.
func (c *Changelog) Heading() string {
	title := "API changelog"
	if c.Title != "" {
		title = "Changelog of " + sanitize.Markdown(shorten(oneLine(c.Title), maxSummary))
	}
	return "# " + title + "\n"
}

// Markdown is the section of the release.
func (r *Release) Markdown() string {
	var b strings.Builder
	b.WriteString("## " + versionText(r.Version))
	if !r.Date.IsZero() {
		b.WriteString(" (" + r.Date.Format(time.DateOnly) + ")")
	}
	b.WriteString("\n\n" + sanitize.Markdown(r.Summary()) + "\n")
	inline := r.lines(2) > maxSection
	room := r.room(inline)
	for k := range Wording {
		list := r.of(k)
		if len(list) == 0 && r.More[k] == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n### %s\n\n", kinds[k].title)
		shown := len(list)
		if k != Breaking {
			shown = room[k]
		}
		groups := r.groups() > 1
		for _, e := range list[:shown] {
			e.markdown(&b, groups, inline)
		}
		if left := len(list) - shown + r.More[k]; left > 0 {
			fmt.Fprintf(&b, "- and %d more\n", left)
		}
	}
	return b.String()
}

// plainVersion is a version that stands in a heading as it is.
var plainVersion = late.Pattern(`^[vV]?[0-9][0-9A-Za-z.+_-]{0,63}$`)

func versionText(v string) string {
	if plainVersion().MatchString(v) {
		return v
	}
	return sanitize.Markdown(shorten(oneLine(v), maxName))
}

// Summary is the release in a sentence.
func (r *Release) Summary() string {
	if r.First {
		return fmt.Sprintf("First release, with %s.", count.Of(r.Operations, "operation"))
	}
	var parts []string
	for k := range Wording {
		if n := r.Counts[k]; n > 0 {
			parts = append(parts, count.Of(n, kinds[k].noun))
		}
	}
	since := ""
	if r.Previous != "" {
		since = " since " + shorten(oneLine(r.Previous), maxName)
	}
	wording := r.Counts[Wording]
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
	if r.NotRead > 0 {
		out += fmt.Sprintf(" %s were only counted.", count.Of(r.NotRead, "more change"))
	}
	return out
}

// groups is how many groups the entries have.
func (r *Release) groups() int {
	known := map[string]bool{}
	for _, e := range r.Entries {
		known[e.Group] = true
	}
	return len(known)
}

// lines is how many lines a release takes, where a break takes so many and of each other section only one entry is shown.
func (r *Release) lines(each int) int {
	n := 3
	for k := range Wording {
		switch entries := len(r.of(k)); {
		case k == Breaking && entries > 0:
			n += 3 + each*entries
		case entries+r.More[k] > 0:
			n += 3 + 2
		}
	}
	return n
}

// room is how many entries of each section besides breaks are shown: they share the lines that are left, the first ones first.
func (r *Release) room(inline bool) counts {
	each := 2
	if inline {
		each = 1
	}
	left := max(maxSection-r.lines(each), 0)
	if len(r.of(Breaking)) > maxSection/2 {
		left = roomForOthers
	}
	var out counts
	sections := 0
	for k := Deprecated; k < Wording; k++ {
		sections += min(len(r.of(k)), 1)
	}
	for k := Deprecated; k < Wording; k++ {
		entries := len(r.of(k))
		if entries == 0 {
			continue
		}
		share := left / sections
		sections--
		if entries <= share+2 && r.More[k] == 0 { // one has its line already, and another that of the count
			out[k] = entries
			left -= entries - 2
			continue
		}
		out[k] = min(entries, share+1)
		left -= share
	}
	return out
}

// markdown writes an entry as an item of a list.
func (e *Entry) markdown(b *strings.Builder, group, inline bool) {
	b.WriteString("- ")
	if group {
		b.WriteString("**" + sanitize.Markdown(e.Group) + ":** ")
	}
	b.WriteString(markdown(e.Sentence(0)))
	if e.Migration != nil {
		if inline {
			b.WriteString(" ")
		} else {
			b.WriteString("\n  - ")
		}
		b.WriteString("Migration: " + e.Migration.markdown())
	}
	b.WriteString("\n")
}

func (m *Migration) markdown() string {
	parts := []string{markdown(lower(m.Do))}
	if m.Replacement != nil {
		parts = append(parts, markdown(m.Replacement))
	}
	examples := m.Examples()
	tooLong := func(e Example) bool { return len(e.Text) > maxInLine || placeholders.has(e.Text) }
	if slices.ContainsFunc(examples, tooLong) {
		before, after := fragments(m.Before, m.After)
		examples = (&Migration{Before: before, After: after}).Examples()
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
func (m *Migration) Examples() []Example {
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

// markdown is a sentence with everything in it escaped.
func markdown(list []Span) string {
	var b strings.Builder
	for _, s := range list {
		switch s.Style {
		case Code:
			b.WriteString(sanitize.Code(s.Text))
		case Emphasis:
			b.WriteString("*" + sanitize.Markdown(strings.TrimSpace(s.Text)) + "*")
		case Foreign:
			b.WriteString(sanitize.Markdown(s.Text))
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}
