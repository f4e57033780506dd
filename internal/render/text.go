package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

const (
	defaultWidth = 100
	indent       = "    "
)

// Colours of the levels, as SGR parameters.
var colors = map[string]string{"error": "31", "warning": "33", "info": "36"}

func paint(on bool, sgr, s string) string {
	if !on || sgr == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

// writeText is the form for a terminal: a headline, then each finding with its proof indented below.
func writeText(w io.Writer, r *Report, lk Look) error {
	width := lk.Width
	if width <= 0 {
		width = defaultWidth
	}
	if _, err := fmt.Fprintln(w, paint(lk.Color, "1", sanitize.Line(r.Headline))); err != nil {
		return err
	}
	if _, err := io.WriteString(w, notesOf(r.Notes, lk.Color, width)); err != nil {
		return err
	}
	shown, told, hinted, errors, short := map[string]int{}, map[string]bool{}, once{}, 0, false
	for _, f := range ranked(r.Findings) {
		if shown[f.Rule]++; f.Level == report.Info && shown[f.Rule] > shownInfos && !lk.All {
			continue
		}
		v := viewOf(f)
		if told[f.Rule] { // the reason of a rule is worth reading once
			v.Why = ""
		}
		told[f.Rule] = true
		if f.Level == report.Error {
			errors++
		}
		if !lk.All && (f.Level == report.Info || errors > openFindings && f.Level == report.Error && !f.Waived()) {
			v = v.line()
			v.short, short = short, true
		} else {
			v.Hint, short = hinted.first(v.Hint), false
		}
		if _, err := io.WriteString(w, textOf(v, lk.Color, width)); err != nil {
			return err
		}
	}
	if errors > openFindings && !lk.All {
		if _, err := fmt.Fprintf(w, "\n%d errors are shown in one line each (--all shows their proofs)\n", errors-openFindings); err != nil {
			return err
		}
	}
	return writeRest(w, r, shown, lk)
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
	return view{Level: v.Level, Label: v.Label, Rule: v.Rule, Place: v.Place, Message: v.Message, Print: v.Print}
}

// shownInfos is how many findings of level info are printed for each rule: what needs no action must not bury what does.
const shownInfos = 3

// writeRest counts what was left out, by rule.
func writeRest(w io.Writer, r *Report, shown map[string]int, lk Look) error {
	if lk.All {
		return nil
	}
	left := map[string]int{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Level == report.Info && shown[f.Rule] > shownInfos {
			left[f.Rule] += f.Count()
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(left)) {
		if _, err := fmt.Fprintf(w, "\n%d more: info [%s]", left[rule]-shownInfos, sanitize.Line(rule)); err != nil {
			return err
		}
	}
	if len(left) == 0 {
		return nil
	}
	_, err := fmt.Fprint(w, "\n(--all lists them)\n")
	return err
}

func textOf(v view, color bool, width int) string {
	var b strings.Builder
	if !v.short {
		b.WriteByte('\n')
	}
	head := paint(color, colors[v.Level], v.Label) + ": "
	if v.Place != "" {
		head = v.Place + ": " + head
	}
	wrap(&b, "", indent, head+v.Message+" "+paint(color, "2", "["+strings.TrimSpace(v.Rule+" "+v.Print)+"]"), width)
	if v.Operations != "" {
		wrap(&b, indent, indent, v.Operations, width)
	}
	if v.Proof != nil {
		wrap(&b, indent, indent, "proof: "+v.Proof.Claim, width)
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

// wrap writes text in lines of at most width columns, broken at spaces only: a long name stays in one piece to be copied.
func wrap(b *strings.Builder, firstIndent, indent, text string, width int) {
	b.WriteString(firstIndent)
	at := len(firstIndent)
	for i, word := range strings.Split(text, " ") {
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
