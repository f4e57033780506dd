package site

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// soon is how many days ahead the end of a waiver is announced.
const soon = 14

// acceptance is a waiver with the change that it accepts.
type acceptance struct {
	report.Waiver
	Contract, Rule, Message string
	Left                    int // days; negative once expired
	Kind, When              string
}

// acceptances are the waivers of the changes of this run, first to end first.
func acceptances(p *Page) []acceptance {
	var all []acceptance
	for _, c := range p.Contracts {
		if c.Diff == nil {
			continue
		}
		for i := range c.Diff.Changes {
			f := &c.Diff.Changes[i]
			if f.Waiver != nil {
				all = append(all, accept(p, c.Name, f))
			}
		}
	}
	sorting.Stable(all, func(a, b acceptance) int { return strings.Compare(a.Expires, b.Expires) })
	return all
}

func accept(p *Page, contract string, f *report.Finding) acceptance {
	a := acceptance{Waiver: *f.Waiver, Contract: contract, Rule: f.Rule, Message: f.Message, Kind: "ok", When: "holds"}
	end, err := time.Parse(time.DateOnly, a.Expires)
	if err == nil && !p.Summary.GeneratedAt.IsZero() {
		a.Left = int(math.Ceil(end.AddDate(0, 0, 1).Sub(p.Summary.GeneratedAt.Time).Hours()/24)) - 1
		a.When = fmt.Sprintf("%s left", plural(a.Left, "day"))
		if a.Left <= soon {
			a.Kind = "warn"
		}
	}
	if a.Expired || err == nil && a.Left < 0 {
		a.Kind, a.When = "bad", "expired"
	}
	return a
}

// of names a contract where there are several.
func of(p *Page, contract string) string {
	if len(p.Contracts) < 2 {
		return ""
	}
	return " of " + contract
}

func waivers(p *Page) []notice {
	expired, ending := 0, 0
	first := acceptance{}
	for _, a := range acceptances(p) {
		switch a.Kind {
		case "bad":
			expired++
		case "warn":
			if ending == 0 {
				first = a
			}
			ending++
		}
	}
	var all []notice
	if expired > 0 {
		what := "What it accepted"
		if expired > 1 {
			what = "What they accepted"
		}
		all = append(all, notice{Kind: "bad", Title: plural(expired, "waiver") + " expired", Text: what + " counts as breaking again.",
			Next: "Fix the change, or renew the entry in the waiver file after a new decision."})
	}
	if ending > 0 {
		which := "It accepts"
		if ending > 1 {
			which = "The first accepts"
		}
		all = append(all, notice{Kind: "warn", Title: plural(ending, "waiver") + " about to expire",
			Text: fmt.Sprintf("%s `%s`%s until %s; owner: %s.", which, first.Rule, of(p, first.Contract), first.Expires, first.Owner), Next: "Fix the change before that day, or renew the waiver."})
	}
	return all
}
