// Package rules is the table of change rules: one row for each thing that can differ between two
// contracts, with what it means to a client and why.
//
// The same difference has opposite verdicts on the two sides of a message, so most rows come in
// pairs: one for what a client sends, one for what it receives. A row is written out on one line,
// so that a search for its id finds all of it.
package rules

import (
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// Rule is one row of the table: which difference it claims and what it says about it.
type Rule struct {
	ID        string
	On        string // operation, parameter, property, body, ...
	Attr      string // what of it: type, enum, required, ...; empty for the thing itself
	Op        Op
	Side      Side
	When      string // a circumstance that only this row claims: required, before-sunset, ...; empty for all others
	Growth    string // the circumstance in which it is response growth: Always, GrowsByValue; empty: never
	Level     report.Level
	Category  Category
	Migration string
	Effect    Effect // on the set of valid values
	Say       string // message; {what}, {name}, {from} and {to} are filled in
	Why       string
	Since     string // version of govctl that first had the row
}

// The circumstances of response growth: a response gains something that a tolerant client passes
// over and only a closed one refuses. One policy decides about all of it.
const (
	Always       = "always"
	GrowsByValue = "value" // an alternative that lists its values, as an enum does
)

// Grows reports whether a difference in that circumstance is response growth.
func (r *Rule) Grows(when string) bool {
	return r.Growth == Always || r.Growth != "" && r.Growth == when
}

// CategoryWhen is the category of a difference in that circumstance: response growth touches
// generated code with closed types.
func (r *Rule) CategoryWhen(when string) Category {
	if r.Grows(when) {
		return SDK
	}
	return r.Category
}

// Unclassified is the row of last resort: a difference that no row claims is an error, never
// silence.
const Unclassified = "unclassified-change"

// Kind is the coarse word that totals count by: added, removed, deprecated or changed.
func (r *Rule) Kind() string {
	switch {
	case r.Attr == "deprecated" && r.Op == Added:
		return "deprecated"
	case r.Attr != "":
		return "changed"
	case r.Op == Added || r.Op == Removed:
		return string(r.Op)
	default:
		return "changed"
	}
}

// Quiet reports a row whose findings ask nothing of a client: texts and names of generated code that
// came or moved, and promises that became stricter. What is new or deprecated is news.
func (r *Rule) Quiet() bool {
	switch {
	case r.Level != report.Info || r.Kind() == "deprecated":
		return false
	case r.Category == SDK || r.Category == Docs:
		return true
	default:
		return r.Side == Response && r.Kind() == "changed" && (r.Effect == Narrows || r.Attr == "read-only" || r.Attr == "default")
	}
}

// Message is the row's text with its blanks filled in.
func (r *Rule) Message(what, name, from, to string) string {
	var b strings.Builder
	for rest := r.Say; ; {
		text, after, found := strings.Cut(rest, "{")
		if b.WriteString(text); !found {
			return b.String()
		}
		rest = after
		switch word, tail, _ := strings.Cut(after, "}"); word {
		case "what":
			b.WriteString(what)
			rest = tail
		case "name":
			b.WriteString(name)
			rest = tail
		case "from":
			b.WriteString(from)
			rest = tail
		case "to":
			b.WriteString(to)
			rest = tail
		default:
			b.WriteByte('{')
		}
	}
}

// Summary is the row's message with words in place of what a finding fills in: "a request property
// became required".
func (r *Rule) Summary() string {
	what := r.On
	if r.Side.String() != "" && !strings.HasPrefix(what, r.Side.String()) {
		what = r.Side.String() + " " + what
	}
	article := "a "
	if strings.ContainsAny(what[:1], "aeiou") {
		article = "an "
	}
	return r.Message(article+what, "NAME", "OLD", "NEW")
}
