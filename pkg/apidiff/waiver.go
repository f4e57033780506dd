package apidiff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// A Waiver accepts findings for a time: those of a rule whose subject matches a pattern, or the one
// with a fingerprint.
type Waiver struct {
	Rule        string
	Fingerprint string
	Subject     string // glob: * is any text, ? any character; empty: any
	Reason      string
	Owner       string
	Ticket      string
	Contract    string    // the one contract that it is for; empty: every contract of the file
	Expires     time.Time // the last day on which it is valid
	Place       report.Place
}

// WaiverLimit is the default maximum of days until a waiver expires.
const WaiverLimit = 180

// ParseWaivers reads a waiver file: a list of entries, or an object with the list under "waivers".
// now and limit (in days; 0: WaiverLimit) bound the expiry; a zero now leaves it unbounded. Bad
// input gives a *contract.Error.
func ParseWaivers(ctx context.Context, name string, data []byte, now time.Time, limit int) ([]Waiver, error) {
	if strings.TrimSpace(string(data)) == "" {
		return nil, nil
	}
	root, err := contract.ParseValue(ctx, name, data, contract.Options{MaxBytes: 4 << 20})
	if err != nil {
		return nil, err
	}
	if root.Kind() == contract.Object {
		for key, v := range root.Fields() {
			if key != "waivers" {
				return nil, waiverError(v.KeyPlace(), fmt.Sprintf("unknown key %q", key), `the file is a list of waivers, or has them under "waivers"`)
			}
		}
		root = root.Get("waivers")
	}
	switch root.Kind() {
	case contract.Null:
		return nil, nil
	case contract.Array:
	default:
		return nil, waiverError(root.Place(), "waivers must be a list", "each entry begins with - rule: or - fingerprint:")
	}
	if limit <= 0 {
		limit = WaiverLimit
	}
	var out []Waiver
	for _, item := range root.Items() {
		w, err := readWaiver(item, now, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func waiverError(at report.Place, msg, hint string) error {
	return &contract.Error{Place: at, Msg: msg, Hint: hint}
}

func readWaiver(n contract.Node, now time.Time, limit int) (Waiver, error) {
	w := Waiver{Place: n.Place()}
	if n.Kind() != contract.Object {
		return w, waiverError(w.Place, "a waiver must be an object", "- rule: ID, subject:, reason:, owner:, expires:")
	}
	fields := map[string]*string{"rule": &w.Rule, "fingerprint": &w.Fingerprint, "subject": &w.Subject, "reason": &w.Reason,
		"owner": &w.Owner, "ticket": &w.Ticket, "contract": &w.Contract}
	var expires contract.Node
	for key, v := range n.Fields() {
		if key == "expires" {
			expires = v
			continue
		}
		to, ok := fields[key]
		if !ok {
			return w, waiverError(v.KeyPlace(), fmt.Sprintf("unknown key %q in a waiver", key),
				"the keys are rule, fingerprint, subject, reason, owner, ticket, contract, expires")
		}
		if v.Kind() != contract.String || strings.TrimSpace(v.Text()) == "" {
			return w, waiverError(v.Place(), key+" must be a string", "")
		}
		*to = v.Text()
	}
	if err := w.check(); err != nil {
		return w, err
	}
	return w, w.readExpiry(n, expires, now, limit)
}

// check demands what every waiver must say.
func (w *Waiver) check() error {
	_, known := rules.Lookup(w.Rule)
	switch {
	case (w.Rule == "") == (w.Fingerprint == ""):
		return waiverError(w.Place, "a waiver names either a rule or a fingerprint", "")
	case w.Rule != "" && w.Subject == "":
		return waiverError(w.Place, "a waiver of a rule needs a subject", `subject: "*" waives the rule everywhere`)
	case w.Fingerprint != "" && len(w.Fingerprint) < 8:
		return waiverError(w.Place, "the fingerprint is too short", "copy at least 8 characters of it")
	case w.Reason == "":
		return waiverError(w.Place, "a waiver needs a reason", "")
	case w.Owner == "":
		return waiverError(w.Place, "a waiver needs an owner", "")
	case w.Rule != "" && !known:
		return waiverError(w.Place, fmt.Sprintf("there is no rule %q", w.Rule), "govctl openapi rules lists them")
	}
	return nil
}

func (w *Waiver) readExpiry(n, expires contract.Node, now time.Time, limit int) error {
	if !expires.Exists() {
		return waiverError(n.Place(), "a waiver needs a date on which it expires", "expires: 2026-12-31")
	}
	date, err := time.Parse(time.DateOnly, expires.Text())
	if err != nil {
		return waiverError(expires.Place(), "expires must be a date", "expires: 2026-12-31")
	}
	if !now.IsZero() && date.After(now.AddDate(0, 0, limit)) {
		return waiverError(expires.Place(), fmt.Sprintf("the waiver expires more than %d days from now", limit), "renew it when the time comes")
	}
	w.Expires = date
	return nil
}

// WaiversFor returns the waivers that apply to a contract.
func WaiversFor(contract string, all []Waiver) []Waiver {
	return slices.DeleteFunc(slices.Clone(all), func(w Waiver) bool { return w.Contract != "" && w.Contract != contract })
}

// expired reports whether the last day is over.
func (w *Waiver) expired(now time.Time) bool {
	return !now.IsZero() && !now.Before(w.Expires.AddDate(0, 0, 1))
}

func (w *Waiver) matches(f *report.Finding) bool {
	return strings.HasPrefix(f.Fingerprint, strings.ToLower(w.Fingerprint)) &&
		(w.Rule == "" || w.Rule == f.Rule) &&
		(w.Subject == "" || glob(w.Subject, f.Subject))
}

// glob matches * (any text) and ? (any character); all else stands for itself.
func glob(pattern, text string) bool {
	first, rest, open := strings.Cut(pattern, "*")
	n, ok := leads(first, text)
	if !ok || !open {
		return ok && n == len(text)
	}
	text = text[n:]
	for {
		var part string
		part, rest, open = strings.Cut(rest, "*")
		if !open {
			return ends(part, text)
		}
		if text, ok = after(part, text); !ok {
			return false
		}
	}
}

// leads is the length of the beginning of a text that a pattern without stars stands for.
func leads(pattern, text string) (n int, ok bool) {
	if !strings.Contains(pattern, "?") {
		return len(pattern), strings.HasPrefix(text, pattern)
	}
	for _, p := range pattern {
		r, size := utf8.DecodeRuneInString(text[n:])
		if size == 0 || p != '?' && p != r {
			return 0, false
		}
		n += size
	}
	return n, true
}

// ends reports whether a text ends in what a pattern without stars stands for.
func ends(pattern, text string) bool {
	if !strings.Contains(pattern, "?") {
		return strings.HasSuffix(text, pattern)
	}
	from := len(text)
	for range utf8.RuneCountInString(pattern) {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	n, ok := leads(pattern, text[from:])
	return ok && from+n == len(text)
}

// after is what follows the first place at which a pattern without stars fits.
func after(pattern, text string) (rest string, ok bool) {
	if !strings.Contains(pattern, "?") {
		if i := strings.Index(text, pattern); i >= 0 {
			return text[i+len(pattern):], true
		}
		return "", false
	}
	for {
		if n, ok := leads(pattern, text); ok {
			return text[n:], true
		}
		_, size := utf8.DecodeRuneInString(text)
		if size == 0 {
			return "", false
		}
		text = text[size:]
	}
}

// The rules of waivers that match nothing. For WaiverSpent, the old contract already has the
// change.
const (
	waiverStale = "waiver-stale"
	WaiverSpent = "waiver-spent"
)

// workOfWaivers bounds the matching of waivers with findings, in some two nanoseconds each. A change whose waiver was not
// matched counts.
const workOfWaivers = 1_000_000_000

// waive marks the findings that waivers cover and returns what is wrong with the waivers themselves: one that covers
// nothing is an error, unless it has accepted one of the spent changes; one that has expired no longer holds.
func waive(findings []report.Finding, waivers []Waiver, spent []report.AcceptedBreak, now time.Time) []report.Finding {
	problems := []report.Finding{}
	if len(waivers) == 0 {
		return problems
	}
	byRule := map[string][]*report.Finding{} // and all, below no rule
	for k := range findings {
		f := &findings[k]
		byRule[f.Rule], byRule[""] = append(byRule[f.Rule], f), append(byRule[""], f)
	}
	work := 0
	for i := range waivers {
		w := &waivers[i]
		used, old := false, w.expired(now)
		if work > workOfWaivers {
			problems = append(problems, w.problem(waiverStale, report.Error, "the waiver was not matched: the budget for all waivers was spent on the ones before it", "name the changes by fewer patterns"))
			continue
		}
		price := 20 + 20*strings.Count(w.Subject, "*") + len(w.Subject)/8
		for _, f := range byRule[w.Rule] {
			work += price + len(f.Subject)/8
			if strings.Contains(w.Subject, "?") {
				work += len(f.Subject) * max(len(w.Subject)/8, 1)
			}
			if work > workOfWaivers {
				break
			}
			if !w.matches(f) {
				continue
			}
			used = true
			if f.Waiver == nil || f.Waiver.Expired && !old {
				f.Waiver = &report.Waiver{Reason: w.Reason, Owner: w.Owner, Ticket: w.Ticket, Expires: w.Expires.Format(time.DateOnly), Expired: old}
			}
		}
		switch {
		case !used && w.accepted(spent, &work):
			problems = append(problems, w.problem(WaiverSpent, report.Info, "the waiver is spent: the change that it accepts is a part of the published contract", "govctl openapi waivers prune removes it"))
		case !used:
			problems = append(problems, w.problem(waiverStale, report.Error, "the waiver matches no change", "remove it"))
		case old:
			problems = append(problems, w.problem("waiver-expired", report.Warning, "the waiver expired on "+w.Expires.Format(time.DateOnly)+": the change counts again", "fix the change, or renew the waiver"))
		}
	}
	return problems
}

// accepted reports whether the waiver covers one of the changes that have become a part of the old contract.
func (w *Waiver) accepted(spent []report.AcceptedBreak, work *int) bool {
	for i := range spent {
		f := report.Finding{Rule: spent[i].Rule, Subject: spent[i].Subject, Fingerprint: spent[i].Fingerprint}
		*work += 20 + len(f.Subject)*max(len(w.Subject)/8, 1)
		if *work <= workOfWaivers && w.matches(&f) {
			return true
		}
	}
	return false
}

func (w *Waiver) problem(id string, level report.Level, msg, hint string) report.Finding {
	subject := w.Rule + " " + w.Subject
	if w.Rule == "" {
		subject = w.Fingerprint
	}
	place := w.Place
	return report.Finding{Rule: id, Level: level, Subject: strings.TrimSpace(subject), Message: msg + " (" + strings.TrimSpace(subject) + ", owner " + w.Owner + ")", Hint: hint, New: &place,
		Why: "A waiver is a decision about one change; when the change is reverted or the waiver expires, a new decision is needed."}
}
