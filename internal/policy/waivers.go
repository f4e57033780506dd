package policy

import (
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// waiverRules are the findings about one kind of waivers.
type waiverRules struct{ what, added, extended, edited, removed string }

var (
	contractWaivers = waiverRules{"waiver", "policy-waiver-added", "policy-waiver-extended", "policy-waiver-edited", "policy-waiver-removed"}
	lintIgnores     = waiverRules{"lint_ignore", "policy-lint-ignore-added", "policy-lint-ignore-extended", "policy-lint-ignore-edited", "policy-lint-ignore-removed"}
)

// covers is what a waiver covers, which is its identity: of several for the same, the one that expires last counts.
type covers struct{ rule, fingerprint, subject string }

func (w *Waiver) covers() covers {
	return covers{w.Rule, strings.ToLower(w.Fingerprint), w.Subject}
}

// Covers is what the waiver covers, as messages name it.
func (w *Waiver) Covers() string {
	if w.Rule == "" {
		return strings.TrimSpace(w.Fingerprint + " " + w.Subject)
	}
	return w.Rule + " on " + w.Subject
}

// outlasts reports whether a waiver holds longer than another; one without a date never expires.
func outlasts(a, b string) bool { return b != "" && (a == "" || a > b) }

// effective are the waivers that count, in their order.
func effective(all []Waiver) (order []covers, by map[covers]*Waiver) {
	by = map[covers]*Waiver{}
	for i := range all {
		w := &all[i]
		key := w.covers()
		known := by[key]
		if known == nil {
			order = append(order, key)
		}
		if known == nil || outlasts(w.Expires, known.Expires) {
			by[key] = w
		}
	}
	return order, by
}

func (c *comparison) waivers(base, head []Waiver, r waiverRules) {
	before, was := effective(base)
	now, is := effective(head)
	for _, key := range now {
		c.waiver(was[key], is[key], r)
	}
	for _, key := range before {
		if is[key] == nil {
			w := was[key]
			c.add(r.removed, change{subject: w.Covers(), kind: "removed", old: placeOf(w), from: w.Expires, say: "the " + r.what + " for " + w.Covers() + " was removed"})
		}
	}
}

// waiver compares one waiver of the head with what covered the same before; nil where nothing did.
func (c *comparison) waiver(was, is *Waiver, r waiverRules) {
	ch := change{subject: is.Covers(), kind: "changed", new: placeOf(is), to: is.Expires}
	if was == nil {
		ch.kind, ch.say = "added", "new "+r.what+" for "+is.Covers()+", "+until(is.Expires)+", owner "+orNobody(is.Owner)
		c.add(r.added, ch)
		return
	}
	ch.old, ch.from = placeOf(was), was.Expires
	ch.say = "the " + r.what + " for " + is.Covers() + " was valid " + until(was.Expires) + " and is now valid " + until(is.Expires)
	switch {
	case outlasts(is.Expires, was.Expires):
		c.add(r.extended, ch)
	case is.Expires != was.Expires:
		c.add(raised, ch)
	case is.Reason != was.Reason || is.Owner != was.Owner || is.Ticket != was.Ticket:
		ch.from, ch.to = nil, nil
		ch.say = "owner, reason or ticket of the " + r.what + " for " + is.Covers() + " changed"
		c.add(r.edited, ch)
	}
}

func until(expires string) string {
	if expires == "" {
		return "indefinitely"
	}
	return "until " + expires
}

func orNobody(owner string) string {
	if owner == "" {
		return "not named"
	}
	return owner
}

// placeOf is a copy of the place; nil for one that names no file.
func placeOf(w *Waiver) *report.Place {
	if w.Place.File == "" {
		return nil
	}
	at := w.Place
	return &at
}
