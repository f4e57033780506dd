package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// Event and Version are constants of the payload contract.
const (
	Event   = "governance_notice"
	Version = 1
)

// Context is what a notice says about where it comes from.
type Context struct {
	Repository string // owner/name
	RunURL     string
	Checksum   string            // SHA-256 of the canonical contract
	Bundle     string            // SHA-256 over the canonical contracts and the summary
	Stability  *report.Stability // of the run, of several contracts the least stable; nil where nothing was measured
}

// shortSHA is how many digits of the commit the payload carries, as the original's did.
const shortSHA = 7

// NewNotice is the payload for the reasons of a state. The receiver gets the same bytes however often a run is repeated.
func NewNotice(s *report.Summary, state *report.AlertState, c Context) report.Notice {
	n := report.Notice{
		Event: Event, Version: Version, SHA: short(s.SHA), Commit: s.SHA,
		SemverStatus: s.SemverPolicyStatus, StabilityRatio: s.StabilityRatio, Reasons: state.Reasons,
		Operations:      report.NoticeOperations{Added: s.OperationsAdded, Removed: s.OperationsRemoved},
		BreakingChanges: s.BreakingChangesCount, Checked: s.Checked, SchemaChecksum: c.Checksum, At: s.GeneratedAt,
		Repository: c.Repository, RunURL: c.RunURL, Details: map[string]report.NoticeDetail{},
		Placeholder: s.Placeholder, BundleSHA256: c.Bundle, Metadata: report.NoticeMetadata{Timestamp: s.GeneratedAt},
	}
	if unwritten(s.Steps) {
		n.StabilityRatio = 0
	}
	if m := c.Stability; m != nil {
		n.Metadata.CurrentStableStreak, n.Metadata.WindowSize, n.Metadata.Score = &m.CurrentStableStreak, &m.WindowSize, &m.Score
	}
	for reason, all := range told(state) {
		n.Details[reason] = detail(all)
	}
	return n
}

// detail is what stands behind a reason: of several contracts, those that it is about.
func detail(all []namedIncident) report.NoticeDetail {
	first := all[0]
	d := report.NoticeDetail{Since: first.Since, Episode: first.Opened, Why: first.Why}
	for _, a := range all {
		if a.name != "" {
			d.Contracts = append(d.Contracts, report.NoticeContract{Contract: a.name, Since: a.Since, Episode: a.Opened, Why: a.Why})
		}
	}
	return d
}

// unwritten reports a run that could not write the stability metrics of a contract: there is no ratio then, and the payload says 0. A
// placeholder has the ratio 1 that its file has.
func unwritten(steps []report.Step) bool {
	return slices.ContainsFunc(steps, func(s report.Step) bool {
		name, _, _ := strings.Cut(s.Name, " ")
		return name == "stability" && (s.Status == "failed" || s.Status == "skipped")
	})
}

// short is a commit as the payload names it. A name of fewer characters, which --sha may give, is filled up with zeros: the contract of
// the payload asks for seven.
func short(sha string) string {
	return (sha + strings.Repeat("0", shortSHA))[:shortSHA]
}

// namedIncident is an alert with the contract that a notice names it by: empty where the project has one contract, and for an alert about
// the run.
type namedIncident struct {
	*report.Incident
	name string
}

// told yields each reason of a state with the alerts behind it, in order.
func told(state *report.AlertState) func(yield func(string, []namedIncident) bool) {
	return func(yield func(string, []namedIncident) bool) {
		for _, reason := range state.Reasons {
			for _, row := range table() {
				if row.failure() != reason && row.recovery != reason {
					continue
				}
				if all := row.notified(state, reason); len(all) > 0 && !yield(reason, all) {
					return
				}
			}
		}
	}
}

// notified are the alerts behind a reason in a notice: those that this run reports, else the first in the same condition.
func (row *alert) notified(state *report.AlertState, reason string) []namedIncident {
	var reported, others []namedIncident
	for i := range state.Alerts {
		a := namedIncident{&state.Alerts[i], ""}
		if a.Reason != row.reason || a.Open != (reason == row.failure()) {
			continue
		}
		if !row.ofRun && several(state) {
			a.name = a.Contract
		}
		if a.LastNotified.Equal(state.GeneratedAt.Time) {
			reported = append(reported, a)
		} else {
			others = append(others, a)
		}
	}
	if len(reported) > 0 {
		return reported
	}
	return others[:min(1, len(others))]
}

// several reports a state of more than one contract.
func several(state *report.AlertState) bool {
	return slices.ContainsFunc(state.Alerts, func(a report.Incident) bool { return a.Contract != state.Alerts[0].Contract })
}

// DeliveryID names a notice to the webhook, or to a chat: the same for each try and each repetition of one run, another as soon as it says
// something else.
func DeliveryID(repository string, state *report.AlertState, chat Chat) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q", repository, state.SHA, state.RunID)
	for reason, all := range told(state) {
		fmt.Fprintf(h, " %s:%d", reason, all[0].Opened)
		for _, a := range all {
			if a.name != "" {
				fmt.Fprintf(h, " %q:%d", a.name, a.Opened)
			}
		}
	}
	if chat != "" {
		fmt.Fprintf(h, " %q", chat)
	}
	return "gov_" + hex.EncodeToString(h.Sum(nil))[:32]
}

// withoutContracts is a state as versions saw it that named no contract in a notice.
func withoutContracts(state report.AlertState) report.AlertState {
	state.Alerts = slices.Clone(state.Alerts)
	for i := range state.Alerts {
		state.Alerts[i].Contract = ""
	}
	return state
}

// Encode is the body of a notice: compact JSON that fits the published schema.
func Encode(n report.Notice) ([]byte, error) {
	body, err := json.Marshal(n, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode webhook payload: %w", err)
	}
	if err := schemas.Validate("governance_webhook", body); err != nil {
		return nil, fmt.Errorf("webhook payload: %w", err)
	}
	return body, (*jsontext.Value)(&body).Compact()
}
