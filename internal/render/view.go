package render

import (
	"fmt"
	"strings"

	nouns "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// view is a finding in words, each on one harmless line.
type view struct {
	Level, Label                 string // the label also says that the finding is waived
	Rule, Place, Message         string
	Operations, Hint, Why, State string
	Print                        string   // what a waiver of this one finding names; only where one could be wanted
	Places                       []string // of a cause with many
	First                        string   // what the first of them is about
	Proof                        *proof
	Gone                         string // where it stood, for what was removed
	short                        bool   // no blank line before it
}

// proof is a witness as text.
type proof struct {
	Claim string
	Value string   // absent where a line holds it
	Lines []string // the request as a command line, or as HTTP text where there is none
}

// Bounds on what one finding may fill, in bytes. The data formats carry everything.
const (
	maxValue   = 600
	maxMessage = 2000
	maxLines   = 40
	shownOps   = 2
	shownPrint = 8 // digits of a fingerprint; a waiver may name so many
)

// once remembers the texts that a reader has seen.
type once map[string]bool

// first returns a text that was not seen before; else nothing.
func (o once) first(text string) string {
	if o[text] {
		return ""
	}
	o[text] = true
	return text
}

// next is first without remembering it.
func (o once) next(text string) string {
	if o[text] {
		return ""
	}
	return text
}

func viewOf(f *report.Finding) view {
	v := view{
		Level: sanitize.Line(string(f.Level)), Rule: sanitize.Line(f.Rule), Place: place(f.At()), Gone: gone(f),
		Message: sanitize.Cut(sanitize.Line(f.Message), maxMessage), Hint: sanitize.Cut(sanitize.Line(f.Hint), maxMessage), Why: sanitize.Cut(sanitize.Line(f.Why), maxMessage),
		Operations: operations(f.Operations), State: state(f),
	}
	if strings.Contains(v.Message, v.Operations) { // said already
		v.Operations = ""
	}
	if v.Gone != "" {
		v.Place += " (old)"
	}
	v.Label = v.Level
	if f.Waived() {
		v.Label = "waived " + v.Level
	}
	if f.Breaking && !f.Waived() && len(f.Fingerprint) >= shownPrint {
		v.Print = sanitize.Line(f.Fingerprint[:shownPrint])
	}
	if w := f.Witness; w != nil {
		v.Why = "" // the example is more specific
		v.Proof = &proof{Claim: claim(w), Value: sanitize.Cut(sanitize.Line(instance(w)), maxValue), Lines: request(w)}
		if len(v.Proof.Lines) > 0 && strings.Contains(strings.Join(v.Proof.Lines, "\n"), v.Proof.Value) {
			v.Proof.Value = ""
		}
	}
	return v
}

// instance is the value of a witness in one line, also where it was read back from a file that has it in many.
func instance(w *report.Witness) string {
	value := w.Value.Clone()
	if value.Compact() != nil { // no JSON; it is shown as it is
		value = w.Value
	}
	return string(value)
}

// place is file:line:column, as editors and terminals understand it.
func place(p *report.Place) string {
	switch {
	case p == nil:
		return ""
	case p.Line == 0:
		return sanitize.Line(strings.TrimSuffix(p.File+" "+p.Pointer, " "))
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", sanitize.Line(p.File), p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", sanitize.Line(p.File), p.Line, p.Column)
}

// gone is the place of the old contract where it stood, for what the new one no longer has.
func gone(f *report.Finding) string {
	if !f.Gone() {
		return ""
	}
	return place(f.Old)
}

func operations(ops []report.Operation) string { return operationsIn(ops, shownOps) }

// operationsIn names the first operations and counts the others.
func operationsIn(ops []report.Operation, most int) string {
	var names []string
	for i, op := range ops {
		if i == most {
			break
		}
		names = append(names, sanitize.Line(op.Method)+" "+sanitize.Line(op.Path))
	}
	text := strings.Join(names, ", ")
	if more := len(ops) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return sanitize.Cut(text, maxMessage)
}

func claim(w *report.Witness) string {
	text := "valid before, rejected now"
	if w.AcceptedBy == "new" {
		text = "sent now, not valid before"
	}
	if w.Refusal != "" {
		text += ": " + w.Refusal
	}
	return sanitize.Cut(sanitize.Line(text), maxMessage)
}

func request(w *report.Witness) []string {
	text := w.Curl
	if text == "" {
		text = strings.ReplaceAll(w.Request, "\r\n", "\n")
	}
	if text == "" {
		return nil
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > maxLines {
		lines = append(lines[:maxLines:maxLines], "... ("+nouns.Of(len(lines)-maxLines, "more line")+")")
	}
	for i, line := range lines {
		lines[i] = sanitize.Cut(sanitize.Line(line), maxMessage)
	}
	return lines
}

// state says what stands between the finding and its effect.
func state(f *report.Finding) string {
	var parts []string
	switch w := f.Waiver; {
	case w == nil:
	case w.Expired:
		parts = append(parts, fmt.Sprintf("the waiver of %s expired on %s: %s", w.Owner, w.Expires, w.Reason))
	default:
		parts = append(parts, fmt.Sprintf("waived by %s until %s: %s", w.Owner, w.Expires, w.Reason))
	}
	if f.Breaking && f.Verdict == report.Asserted {
		parts = append(parts, "asserted by the rule, no example was found")
	}
	return sanitize.Cut(sanitize.Line(strings.Join(parts, "; ")), maxMessage)
}
