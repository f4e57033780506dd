package site

import (
	"fmt"
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// shownDeliveries bounds the table of notices.
const shownDeliveries = 20

// parcel is one webhook notice with its latest state.
type parcel struct {
	report.Delivery
	Attempts int // of all runs
	Kind     string
	Word     string
}

// parcels puts the receipts of each notice together, newest first. A notice is over once any line says so: two copies of the file
// may have been merged.
func parcels(lines []report.Delivery) []parcel {
	at := map[string]int{}
	var all []parcel
	for _, l := range lines {
		i, known := at[l.ID]
		if !known {
			i = len(all)
			at[l.ID] = i
			all = append(all, parcel{Delivery: l})
		}
		p := &all[i]
		p.Attempts += l.Attempts
		if over := p.Delivered || p.State == "expired"; !over {
			reasons := p.Reasons
			p.Delivery = l
			if len(l.Reasons) == 0 {
				p.Reasons = reasons
			}
		}
	}
	for i := range all {
		all[i].Kind, all[i].Word = outcome(&all[i])
	}
	slices.Reverse(all)
	return all
}

func outcome(p *parcel) (kind, word string) {
	switch {
	case p.Delivered:
		return "ok", "delivered"
	case p.State == "expired":
		return "bad", "given up"
	case p.Attempts == 0:
		return "warn", "waiting"
	}
	return "bad", "not delivered yet"
}

func delivery(p *Page) []notice {
	waiting, lost := 0, 0
	var last *parcel
	all := parcels(p.Deliveries)
	for i := range all {
		switch {
		case all[i].Delivered:
			continue
		case all[i].State == "expired":
			lost++
		default:
			waiting++
		}
		if last == nil {
			last = &all[i]
		}
	}
	if last == nil {
		return nil
	}
	text := fmt.Sprintf("The receiver %s has not taken it.", last.Host)
	switch {
	case last.LastStatus != 0:
		text = fmt.Sprintf("The receiver %s answered %d.", last.Host, last.LastStatus)
	case last.Error != "":
		text = fmt.Sprintf("The receiver %s did not answer: %s", last.Host, last.Error)
	}
	title, next := plural(waiting, "notice")+" not delivered", "The next run sends what is waiting first. "
	if waiting == 0 {
		title, next = plural(lost, "notice")+" given up after too many tries", ""
	}
	return []notice{{Kind: "bad", Title: title, Text: text,
		Next: next + "Check the receiver and the secret GOVERNANCE_WEBHOOK, then `govctl webhook send`."}}
}
