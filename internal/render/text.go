package render

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	nouns "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

const indent = "    "

// Colours of the levels, as SGR parameters.
var colors = map[string]string{"error": "31", "warning": "33", "info": "36"}

func paint(on bool, sgr, s string) string {
	if !on || sgr == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

// writeText is the form for a terminal: a headline, then each finding with its example indented below.
func writeText(w io.Writer, r *Report, lk Look) error {
	width := lk.Width
	if width <= 0 {
		width = math.MaxInt
	}
	if _, err := fmt.Fprintln(w, paint(lk.Color, "1", sanitize.Line(r.Headline))); err != nil {
		return err
	}
	if _, err := io.WriteString(w, notesOf(r.Notes, lk.Color, width)); err != nil {
		return err
	}
	p := printer{look: lk, width: width, room: lk.Lines - lineCount(sanitize.Line(r.Headline)+notesOf(r.Notes, lk.Color, width)) - lastLines,
		told: map[string]bool{}, shown: map[string]int{}, hinted: once{}, full: map[report.Level]bool{}}
	if lk.Lines <= 0 || lk.All {
		p.room = math.MaxInt
	}
	for _, c := range condensed(causesOf(r), lk) {
		if r.quiet(c) && !lk.All {
			p.left.quiet += c.count
			continue
		}
		if _, err := io.WriteString(w, p.cause(c)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, p.rest())
	return err
}

// printer is what the text form has shown so far.
type printer struct {
	look   Look
	width  int
	room   int             // lines that are left
	told   map[string]bool // rules whose reason was given: it is worth reading once
	shown  map[string]int  // causes of level info by rule
	hinted once
	errors int                   // causes
	inLine int                   // errors without their examples
	short  bool                  // the one before took one line
	full   map[report.Level]bool // no further cause of that level has room
	left   left
}

// lastLines are kept for what counts the rest.
const lastLines = 6

// cause is the text for one cause; empty where there is no room for it.
func (p *printer) cause(c *cause) string {
	f := c.list[0]
	if p.look.All {
		return p.all(c)
	}
	if p.full[f.Level] && c.edits == 0 {
		p.left.add(c)
		return ""
	}
	v := c.view()
	if p.told[f.Rule] {
		v.Why = ""
	}
	if f.Level == report.Info {
		if p.shown[f.Rule]++; p.shown[f.Rule] > shownInfos {
			p.left.add(c)
			return ""
		}
	}
	fails := f.Level == report.Error && !f.Waived()
	if fails {
		p.errors++
	}
	if c.edits == 0 && f.Level != report.Info && (!fails || p.errors <= openFindings) {
		full := v
		full.Hint = p.hinted.next(v.Hint)
		if text := textOf(full, p.look.Color, p.width); p.takes(text, p.look.Lines/2) {
			p.told[f.Rule], p.hinted[v.Hint], p.short = true, true, false
			return text
		}
	}
	v = v.line()
	v.short = p.short
	text := textOf(v, p.look.Color, p.width)
	if !p.takes(text, keptOf(c, p.look.Lines)) {
		p.full[f.Level] = true
		p.left.add(c)
		return ""
	}
	p.short = true
	switch {
	case c.edits > 0:
		p.left.add(c)
	case fails:
		p.inLine += c.count
	}
	return text
}

// keptOf is the room that is kept for what comes after a cause: an overview shows some of each level, and every rule.
func keptOf(c *cause, lines int) int {
	kept := map[report.Level]int{report.Error: lines / 4, report.Warning: lines / 8}[c.list[0].Level]
	if c.edits > 0 {
		return kept / 2
	}
	return kept
}

// takes takes the room for a text, unless less than the reserve would then be left.
func (p *printer) takes(text string, reserve int) bool {
	if p.room == math.MaxInt {
		return true
	}
	n := lineCount(text)
	if p.room-n < reserve {
		return false
	}
	p.room -= n
	return true
}

func lineCount(text string) int { return strings.Count(text, "\n") }

// all is the text for one cause with all of its findings.
func (p *printer) all(c *cause) string {
	var b strings.Builder
	if c.say != "" {
		v := c.view().line()
		v.First = ""
		b.WriteString(textOf(v, p.look.Color, p.width))
	}
	for _, f := range c.list {
		v := viewOf(f)
		if p.told[f.Rule] {
			v.Why = ""
		}
		p.told[f.Rule] = true
		v.Hint = p.hinted.first(v.Hint)
		b.WriteString(textOf(v, p.look.Color, p.width))
	}
	return b.String()
}

// rest are the last lines: how much was left out, and how to see it.
func (p *printer) rest() string {
	var b strings.Builder
	if p.inLine > 0 {
		fmt.Fprintf(&b, "\n%s in one line each (--all shows their examples)\n", nouns.Of(p.inLine, "error"))
	}
	if text := p.left.line(howAll(p.look, "--all")); text != "" {
		b.WriteString("\n" + text + "\n")
	}
	return b.String()
}

// notesOf are the lines between the headline and the findings.
func notesOf(notes []Note, color bool, width int) string {
	var b strings.Builder
	widest := 0
	for _, n := range notes {
		widest = max(widest, utf8.RuneCountInString(n.Label))
	}
	for i, n := range notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		label := fmt.Sprintf("  %-*s  ", widest, sanitize.Line(n.Label))
		for k, text := range strings.Split(n.Text, "\n") {
			if k > 0 {
				label = ""
			}
			margin := strings.Repeat(" ", widest+4)
			var line strings.Builder
			wrap(&line, margin, margin, sanitize.Line(text), width)
			b.WriteString(paint(color && label != "", "1", label) + strings.TrimPrefix(line.String(), map[bool]string{true: margin}[label != ""]))
		}
	}
	return b.String()
}

// line leaves of a finding what fits on its first line.
func (v view) line() view {
	return view{Level: v.Level, Label: v.Label, Rule: v.Rule, Place: v.Place, Message: v.Message, Print: v.Print, First: v.First}
}

// shownInfos is how many causes of level info are printed for each rule: what needs no action must not bury what does.
const shownInfos = 3

func textOf(v view, color bool, width int) string {
	var b strings.Builder
	if !v.short {
		b.WriteByte('\n')
	}
	head := paint(color, colors[v.Level], v.Label) + ": "
	if v.Place != "" {
		head = v.Place + ": " + head
	}
	if v.First != "" && len(v.Places) == 0 {
		v.Message += ", first " + v.First
	}
	words := append(strings.Split(head+v.Message, " "), paint(color, "2", "["+strings.TrimSpace(v.Rule+" "+v.Print)+"]")) // found and copied in one piece
	wrapWords(&b, "", indent, words, width)
	if v.Operations != "" {
		wrap(&b, indent, indent, v.Operations, width)
	}
	for _, at := range v.Places {
		wrap(&b, indent, indent+"  ", at, width)
	}
	if v.Proof != nil {
		wrap(&b, indent, indent, exampleLabel(v)+": "+v.Proof.Claim, width)
		if v.Proof.Value != "" {
			fmt.Fprintf(&b, "%s  %s\n", indent, v.Proof.Value)
		}
		for _, line := range v.Proof.Lines {
			fmt.Fprintf(&b, "%s  %s\n", indent, line)
		}
	}
	for _, part := range []struct{ label, text string }{{"", v.State}, {"why: ", v.Why}, {"hint: ", v.Hint}} {
		if part.text != "" {
			wrap(&b, indent, indent, part.label+part.text, width)
		}
	}
	return b.String()
}

// exampleLabel is the label of the example, which may stand for several findings.
func exampleLabel(v view) string {
	if v.First != "" {
		return "example of one of them"
	}
	return "example"
}

// wrap writes text in lines of at most width columns, broken at spaces only: a long name stays in one piece to be copied.
func wrap(b *strings.Builder, firstIndent, indent, text string, width int) {
	wrapWords(b, firstIndent, indent, strings.Split(text, " "), width)
}

// wrapWords is wrap for words that may contain spaces themselves.
func wrapWords(b *strings.Builder, firstIndent, indent string, words []string, width int) {
	b.WriteString(firstIndent)
	at := len(firstIndent)
	for i, word := range words {
		n := columns(word)
		switch {
		case i == 0:
		case at+1+n > width:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	b.WriteByte('\n')
}

// columns counts what is seen of a word: colour sequences take no room.
func columns(word string) int {
	n := utf8.RuneCountInString(word)
	for rest := word; ; {
		_, after, found := strings.Cut(rest, "\x1b[")
		if !found {
			return n
		}
		sgr, tail, _ := strings.Cut(after, "m")
		n -= len("\x1b[") + len(sgr) + len("m")
		rest = tail
	}
}
