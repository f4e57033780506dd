package notify

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// A notice that nobody takes is given up after this long, or after this many runs that tried.
const (
	maxAge  = 7 * 24 * time.Hour
	maxRuns = 20
)

// States of a delivery.
const (
	Queued    = "queued"
	Pending   = "pending"
	Delivered = "delivered"
	Expired   = "expired"
)

// ParseLog reads webhook-deliveries.jsonl. Lines that cannot be read are counted and left out; they stay in the file.
func ParseLog(data []byte) (lines []report.Delivery, bad int) {
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var d report.Delivery
		if json.Unmarshal(line, &d) != nil || d.ID == "" {
			bad++
			continue
		}
		lines = append(lines, d)
	}
	return lines, bad
}

// AppendLog is the file with more lines at its end. A last line that was torn off is closed first.
func AppendLog(data []byte, lines ...report.Delivery) ([]byte, error) {
	out := slices.Clone(data)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	for _, d := range lines {
		b, err := json.Marshal(d, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		out = append(append(out, b...), '\n')
	}
	return out, nil
}

// Waiting is a notice that has not been taken yet.
type Waiting struct {
	Queued report.Delivery // its first line, with the payload
	Runs   int             // runs that tried in vain
}

// Outstanding lists the notices of a log that are not over, oldest first. The order of lines does not matter, nor do repeated ones: a log
// may be the union of two copies.
func Outstanding(log []report.Delivery) []Waiting {
	byID := map[string]*Waiting{}
	tried := map[string]bool{}
	over := map[string]bool{}
	for _, d := range log {
		switch d.State {
		case Delivered, Expired:
			over[d.ID] = true
		case Queued:
			if w := waiting(byID, d.ID); w.Queued.ID == "" || d.Time.Before(w.Queued.Time.Time) {
				w.Queued = d
			}
		case Pending:
			if key := d.ID + "/" + d.SHA + "/" + d.RunID; !tried[key] {
				tried[key] = true
				waiting(byID, d.ID).Runs++
			}
		}
	}
	var list []Waiting
	for id, w := range byID {
		if !over[id] && w.Queued.ID != "" {
			list = append(list, *w)
		}
	}
	sorting.Stable(list, func(a, b Waiting) int {
		return cmp.Or(a.Queued.Time.Compare(b.Queued.Time.Time), cmp.Compare(a.Queued.ID, b.Queued.ID))
	})
	return list
}

func waiting(byID map[string]*Waiting, id string) *Waiting {
	if byID[id] == nil {
		byID[id] = &Waiting{}
	}
	return byID[id]
}

// Untold is the state with only those reasons that no notice of this very run has told yet: a run that is repeated tells only what is new.
func Untold(log []report.Delivery, state report.AlertState) report.AlertState {
	done := toldOf(log, &state)
	state.Alerts = slices.Clone(state.Alerts)
	var fresh []string
	for reason, all := range told(&state) {
		left := 0
		for _, a := range all {
			if done[episode{reason, a.name, a.Opened}] || done[episode{reason, "", a.Opened}] {
				a.LastNotified = report.Time{}
				continue
			}
			left++
		}
		if left > 0 {
			fresh = append(fresh, reason)
		}
	}
	state.Reasons = fresh
	return state
}

// episode is one time that an alert of a contract was open. Without a contract it is that of all contracts.
type episode struct {
	reason, contract string
	number           int
}

// toldOf are the episodes that notices of the state's run have told.
func toldOf(log []report.Delivery, state *report.AlertState) map[episode]bool {
	done := map[episode]bool{}
	for _, d := range log {
		if d.State != Queued || d.SHA != state.SHA || d.RunID != state.RunID {
			continue
		}
		var n report.Notice
		if json.Unmarshal(d.Payload, &n) != nil {
			continue
		}
		for reason, detail := range n.Details {
			if len(detail.Contracts) == 0 {
				done[episode{reason, "", detail.Episode}] = true
			}
			for _, c := range detail.Contracts {
				done[episode{reason, c.Contract, c.Episode}] = true
			}
		}
	}
	return done
}

// Of are the lines of a log about the webhook, or about a chat.
func Of(log []report.Delivery, chat Chat) []report.Delivery {
	var lines []report.Delivery
	for _, d := range log {
		if d.Chat == string(chat) {
			lines = append(lines, d)
		}
	}
	return lines
}

// Known reports whether a log has the notice of a state to a chat already, under the id that this version or an earlier one gives it.
func Known(log []report.Delivery, repository string, state *report.AlertState, chat Chat) bool {
	earlier := withoutContracts(*state)
	ids := []string{DeliveryID(repository, state, chat), DeliveryID(repository, &earlier, chat)}
	return slices.ContainsFunc(log, func(d report.Delivery) bool { return slices.Contains(ids, d.ID) })
}

// Queue is the first line of a notice.
func Queue(id, host string, n report.Notice, body []byte, runID string, at time.Time) report.Delivery {
	return report.Delivery{Time: report.At(at), ID: id, SHA: n.Commit, RunID: runID, Reasons: n.Reasons, Host: host, State: Queued, Payload: body}
}

// expired reports a notice that is too old to be news.
func (w *Waiting) expired(now time.Time) bool {
	return w.Runs >= maxRuns || now.Sub(w.Queued.Time.Time) > maxAge
}

// MergeLog is the union of two logs, each line byte for byte: ordered by time, delivery, number of tries and the text of the line, so that
// it is the same whichever comes first. Lines that cannot be read come first.
func MergeLog(a, b []byte) ([]byte, error) {
	var all []string // the order and the line, which has no line feed
	for _, log := range [][]byte{a, b} {
		for line := range bytes.Lines(log) {
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			var d report.Delivery
			if json.Unmarshal(line, &d) != nil {
				d = report.Delivery{}
			}
			const beforeAll = 100_000_000_000 // seconds; makes those of the year 1 positive
			all = append(all, fmt.Sprintf("%013d.%09d %q %012d\n%s", d.Time.Unix()+beforeAll, d.Time.Nanosecond(), d.ID, d.Attempts, line))
		}
	}
	slices.Sort(all)
	var out bytes.Buffer
	for _, s := range slices.Compact(all) {
		_, line, _ := strings.Cut(s, "\n")
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}
