package apidiff

import (
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// ReferenceNotRead is the rule of a reference that does not resolve: its target was not compared.
// It is about the comparison and not about a change, so it is not part of the table of change
// rules.
const ReferenceNotRead = "reference-not-read"

// UnreadSummary is the message of the rule, UnreadWhy its reason.
const (
	UnreadSummary = "a reference does not resolve, and what it names was not compared"
	UnreadWhy     = "A change behind a reference that cannot be read is invisible. With allow_dangling_refs the rest is compared, and each such reference is reported so that the comparison is not mistaken for a complete one."
)

// noteUnread adds a finding for each reference of either side that does not resolve. They count as
// neither changes nor breaks.
func (r *Result) noteUnread(old, new *contract.Document) {
	unread := fingerprint(ReferenceNotRead, "", "", "", "")[:causeDigits]
	r.says[unread] = UnreadSummary
	add := func(doc *contract.Document, side string, place func(*report.Finding, *report.Place)) {
		for _, e := range doc.Dangling() {
			at := e.Place
			f := report.Finding{Rule: ReferenceNotRead, Level: report.Warning, Category: string(rules.Wire), Kind: "changed", Subject: side + " " + at.File + "#" + at.Pointer,
				Message: e.Msg + " in the " + side + " version; what it names was not compared", Why: UnreadWhy, Verdict: report.NoVerdict, Cause: unread}
			place(&f, &at)
			r.Diff.Changes = append(r.Diff.Changes, f)
			r.Diff.Totals.Unread++
		}
	}
	if old != nil && !old.Same(new) {
		add(old, "old", func(f *report.Finding, p *report.Place) { f.Old = p })
	}
	add(new, "new", func(f *report.Finding, p *report.Place) { f.New = p })
	if n := r.Diff.Totals.Unread; n > 0 {
		r.Diff.Headline += "; " + countOf(n, "reference could not be read, and what it names was not compared",
			"references could not be read, and what they name was not compared")
	}
}
