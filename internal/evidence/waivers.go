package evidence

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Waiver accepts findings of evidence for a time: those of a rule on subjects of a pattern, or the one of a fingerprint.
type Waiver struct {
	Rule, Fingerprint, Subject, Reason, Owner, Ticket string
	Expires                                           time.Time // the last day on which it holds
	Place                                             report.Place
}

// maxWaiverDays is how far ahead a waiver may expire.
const maxWaiverDays = 180

var waiverKeys = []string{"rule", "fingerprint", "subject", "reason", "owner", "ticket", "expires"}

// ParseWaivers reads a file of waivers: a list. Its error is a *contract.Error.
func ParseWaivers(ctx context.Context, name string, data []byte, now time.Time) ([]Waiver, error) {
	if strings.TrimSpace(string(data)) == "" {
		return nil, nil
	}
	root, err := contract.ParseValue(ctx, name, data, contract.Options{MaxBytes: 4 << 20})
	if err != nil {
		return nil, err
	}
	if root.Kind() != contract.Array {
		return nil, &contract.Error{Place: root.Place(), Msg: "waivers must be a list", Hint: "each entry begins with - rule: or - fingerprint:"}
	}
	var all []Waiver
	for _, n := range root.Items() {
		w, err := readWaiver(n, now)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func readWaiver(n contract.Node, now time.Time) (Waiver, error) {
	w := Waiver{Place: n.Place()}
	if n.Kind() != contract.Object {
		return w, &contract.Error{Place: w.Place, Msg: "a waiver must be an object", Hint: "- rule: ID, subject:, reason:, owner:, expires:"}
	}
	for key, v := range n.Fields() {
		if !slices.Contains(waiverKeys, key) {
			return w, &contract.Error{Place: v.KeyPlace(), Msg: fmt.Sprintf("unknown key %q in a waiver", key), Hint: "the keys are " + strings.Join(waiverKeys, ", ")}
		}
		if v.Kind() != contract.String {
			return w, &contract.Error{Place: v.Place(), Msg: key + " must be a text"}
		}
	}
	text := func(key string) string { return strings.TrimSpace(n.Get(key).Text()) }
	w.Rule, w.Fingerprint, w.Subject = text("rule"), strings.ToLower(text("fingerprint")), text("subject")
	w.Reason, w.Owner, w.Ticket = text("reason"), text("owner"), text("ticket")
	if msg := w.lacks(); msg != "" {
		return w, &contract.Error{Place: w.Place, Msg: msg, Hint: "- rule: ID, subject:, reason:, owner:, expires:"}
	}
	date, err := time.Parse(time.DateOnly, text("expires"))
	switch {
	case err != nil:
		return w, &contract.Error{Place: w.Place, Msg: "a waiver needs a date on which it expires", Hint: "expires: 2026-12-31"}
	case date.After(now.AddDate(0, 0, maxWaiverDays)):
		return w, &contract.Error{Place: w.Place, Msg: fmt.Sprintf("the waiver expires more than %d days from now", maxWaiverDays), Hint: "renew it when the time comes"}
	}
	w.Expires = date
	return w, nil
}

// lacks is what a waiver must have and does not.
func (w *Waiver) lacks() string {
	switch {
	case (w.Rule == "") == (w.Fingerprint == ""):
		return "a waiver names either a rule or a fingerprint"
	case w.Rule != "" && w.Subject == "":
		return `a waiver of a rule needs a subject; "*" waives the rule everywhere`
	case w.Fingerprint != "" && len(w.Fingerprint) < 8:
		return "the fingerprint needs at least 8 characters"
	case w.Reason == "":
		return "a waiver needs a reason"
	case w.Owner == "":
		return "a waiver needs an owner"
	}
	return ""
}

func (w *Waiver) matches(f *report.Finding) bool {
	if w.Fingerprint != "" && !strings.HasPrefix(f.Fingerprint, w.Fingerprint) || w.Rule != "" && w.Rule != f.Rule {
		return false
	}
	return w.Subject == "" || glob(w.Subject, f.Subject)
}

// glob matches * (any text); all else stands for itself.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}

// apply is the list of findings with the waivers of the day in the place of those that were written with them. Of several that match, one
// that has not expired counts.
func apply(checks []report.Finding, waivers []Waiver, now time.Time) []report.Finding {
	out := slices.Clone(checks)
	for i := range out {
		f := &out[i]
		f.Waiver = nil
		for _, w := range waivers {
			if !w.matches(f) || f.Waived() {
				continue
			}
			f.Waiver = &report.Waiver{Reason: w.Reason, Owner: w.Owner, Ticket: w.Ticket, Expires: w.Expires.Format(time.DateOnly),
				Expired: !now.Before(w.Expires.AddDate(0, 0, 1))}
		}
	}
	if out == nil {
		out = []report.Finding{}
	}
	return out
}

// Apply puts the waivers of the day on the checks of an envelope that is being made.
func Apply(e *report.Evidence, waivers []Waiver, now time.Time) {
	e.Checks = apply(e.Checks, waivers, now)
}
