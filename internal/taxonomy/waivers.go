package taxonomy

import (
	"sync"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// waivers are the lint_ignore items of a taxonomy with what became of them.
type waivers struct {
	today time.Time
	mu    sync.Mutex // rows run side by side
	used  map[waiverKey]bool
	known map[string]bool // lint rules
	ran   map[string]bool // those that looked at the taxonomy
}

type waiverKey struct{ alert, item int }

func (l *linter) waivers() *waivers {
	w := &waivers{today: l.Now.UTC().Truncate(24 * time.Hour), used: map[waiverKey]bool{}, known: map[string]bool{}, ran: map[string]bool{}}
	for _, r := range Rows() {
		w.known[r.ID] = true
	}
	return w
}

// use is the waiver that covers a finding of the rule on the entry; nil where there is none.
func (w *waivers) use(a *Alert, rule string) *report.Waiver {
	for i, item := range a.Ignores {
		if item.Rule != rule {
			continue
		}
		w.mu.Lock()
		w.used[waiverKey{a.index, i}] = true
		w.mu.Unlock()
		return &report.Waiver{Reason: item.Reason, Owner: a.Owner, Expires: item.Until, Expired: w.expired(item)}
	}
	return nil
}

// expired reports whether the last day of a waiver is over. One without a date never expires; one with a date that
// cannot be read is over.
func (w *waivers) expired(item Ignore) bool {
	if item.Until == "" {
		return false
	}
	until, err := time.Parse(time.DateOnly, item.Until)
	return err != nil || w.today.After(until)
}

// waiverRows evaluate the waivers themselves. They run last, when it is known which of them were needed.
func waiverRows() []Row {
	return []Row{
		{
			ID: "waiver-expired", Level: report.Warning, Want: "not carry a waiver that is over",
			Why:  "a waiver is a decision until a date; after it the decision has to be made again",
			Hint: "fix the finding and remove the waiver, or set a new expiry date (YYYY-MM-DD)",
		},
		{
			ID: "waiver-useless", Level: report.Warning, Want: "not carry a waiver that covers nothing",
			Why:  "a waiver without a finding hides the next one",
			Hint: "remove the waiver",
		},
	}
}

func (w *waivers) findings(l *linter, row *Row) []report.Finding {
	var out []report.Finding
	for i := range l.File.Alerts {
		a := &l.File.Alerts[i]
		for n, item := range a.Ignores {
			used := w.used[waiverKey{i, n}]
			got := ""
			switch {
			case row.ID == "waiver-expired" && used && w.expired(item):
				got = "the one for " + item.Rule + " ended with " + item.Until
			case row.ID == "waiver-useless" && !w.known[item.Rule] && item.Rule != "":
				got = "there is no lint rule " + quote(item.Rule)
			case row.ID == "waiver-useless" && !used && w.ran[item.Rule]:
				got = "there is no finding " + item.Rule
			}
			if got != "" {
				out = append(out, l.finding(row, a, problem{field: "lint_ignore", got: got}))
			}
		}
	}
	return out
}

// Explain returns the row of a lint rule, the rows on waivers included; false for an unknown id.
func Explain(id string) (Row, bool) {
	for _, r := range Table() {
		if r.ID == id {
			return r, true
		}
	}
	return Row{}, false
}
