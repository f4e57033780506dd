package notify

import (
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// The reasons of a notice, in the order in which they are listed.
const (
	SemverFail           = "semver_fail"
	StabilityDrop        = "stability_drop"
	PlaceholderStreak    = "placeholder_streak"
	SemverRecovered      = "semver_recovered"
	StabilityRecovered   = "stability_recovered"
	PlaceholderRecovered = "placeholder_recovered"
	EvidenceFail         = "evidence_fail" // of runs that require evidence
	EvidenceRecovered    = "evidence_recovered"
	BreakingChange       = "breaking_change" // only where the configuration asks for it
)

// Breaking is the alert that has an issue, and a webhook reason only where the configuration asks for it.
const Breaking = "breaking"

// Thresholds are the limits from the configuration.
type Thresholds struct {
	Stability float64  // window ratio below which an alert opens
	Streak    int      // consecutive placeholder runs at which the team is told; 0 disables
	OnChange  bool     // tell a failure once, not on each run that has it
	Reasons   []string // further reasons to report
}

// Input is all that alerts are evaluated by.
type Input struct {
	Summary   report.Summary     // of this run
	Contracts []Contract         // of this run, in the order of the configuration; empty: what the summary says
	Previous  *report.Summary    // of the run before; used only where there is no state yet
	State     *report.AlertState // that the run before left; nil on a first run
	At        report.Time
}

// Contract is what one run says about one contract.
type Contract struct {
	report.ContractState
	Waived   int  // breaking changes of this run that a waiver covers
	Reverted bool // the contract is the one that was accepted last

	evidence condition // of the run, in its first contract; unknown in a run without evidence
}

// contracts are what a run says about each contract. A summary without a list is about one, whose figures are its own.
func contracts(s *report.Summary, known []Contract) []Contract {
	if len(known) > 0 {
		return known
	}
	if len(s.Contracts) == 0 {
		return []Contract{{ContractState: report.ContractState{
			StabilityRatio: s.StabilityRatio, Placeholder: s.Placeholder, PlaceholderStreak: s.PlaceholderStreak,
			BreakingChangesCount: s.BreakingChangesCount, SemverPolicyStatus: s.SemverPolicyStatus, Version: s.Version,
		}}}
	}
	list := make([]Contract, len(s.Contracts))
	for i, c := range s.Contracts {
		list[i] = Contract{ContractState: c}
	}
	return list
}

// condition is what one run says about one alert.
type condition int

const (
	unknown condition = iota // the run cannot tell: the alert stays as it is
	failing
	healthy
)

// alert is a row of the table of alerts.
type alert struct {
	reason, recovery string // recovery is empty where no webhook tells of it
	asked            string // the reason that is reported only where the configuration asks for it; empty: the alert's own
	evaluate         func(c *Contract, t Thresholds) condition
	why              func(c *Contract, was *report.Incident) string // why a healthy run ends it
	ofRun            bool                                           // about the run, and kept with its first contract
}

func table() []alert {
	return []alert{
		{SemverFail, SemverRecovered, "", evaluateSemver, whySemver, false},
		{StabilityDrop, StabilityRecovered, "", evaluateStability, whyStability, false},
		{PlaceholderStreak, PlaceholderRecovered, "", evaluatePlaceholder, whyPlaceholder, false},
		{EvidenceFail, EvidenceRecovered, "", evaluateEvidence, whyEvidence, true},
		{Breaking, "", BreakingChange, evaluateBreaking, whyBreaking, false},
	}
}

// failure is the reason with which a failing alert is reported.
func (row *alert) failure() string {
	if row.asked != "" {
		return row.asked
	}
	return row.reason
}

// reported says whether a failing alert is reported at all.
func (row *alert) reported(t Thresholds) bool {
	return row.asked == "" || slices.Contains(t.Reasons, row.asked)
}

func evaluateSemver(c *Contract, _ Thresholds) condition {
	switch c.SemverPolicyStatus {
	case "fail":
		return failing
	case "ok", "warn":
		return healthy
	}
	return unknown
}

// evaluateStability compares what readers of the summary see. While measuring fails, the ratio of 1.0 means nothing.
func evaluateStability(c *Contract, t Thresholds) condition {
	switch {
	case c.Placeholder:
		return unknown
	case c.StabilityRatio.Rounded() < t.Stability:
		return failing
	}
	return healthy
}

func evaluatePlaceholder(c *Contract, t Thresholds) condition {
	switch {
	case !c.Placeholder:
		return healthy
	case t.Streak > 0 && c.PlaceholderStreak >= t.Streak:
		return failing
	}
	return unknown
}

func evaluateBreaking(c *Contract, _ Thresholds) condition {
	switch {
	case c.BreakingChangesCount > 0:
		return failing
	case c.Placeholder:
		return unknown
	}
	return healthy
}

func evaluateEvidence(c *Contract, _ Thresholds) condition { return c.evidence }

// evidenceOf is what the step evidence says of the run. One that was not checked says nothing.
func evidenceOf(s *report.Summary) condition {
	i := slices.IndexFunc(s.Steps, func(step report.Step) bool { return step.Name == "evidence" })
	switch {
	case i < 0:
		return unknown
	case s.Steps[i].Status == "findings":
		return failing
	case s.Steps[i].Status == "ok":
		return healthy
	}
	return unknown
}

// concerns reports whether a row has anything to say about a contract: a project without evidence keeps no alert about it.
func (row *alert) concerns(c *Contract, in *Input) bool {
	if !row.ofRun || c.evidence != unknown {
		return true
	}
	return in.State != nil && slices.ContainsFunc(in.State.Alerts, func(a report.Incident) bool { return a.Reason == row.reason && a.Contract == c.Name })
}

func whySemver(c *Contract, was *report.Incident) string {
	switch {
	case c.Reverted:
		return "reverted"
	case was.Version != "" && c.Version != "" && c.Version != was.Version:
		return "version bumped"
	case c.Waived > 0:
		return "waived"
	case c.BreakingChangesCount == 0:
		return "reverted"
	}
	return ""
}

func whyStability(*Contract, *report.Incident) string   { return "window moved on" }
func whyEvidence(*Contract, *report.Incident) string    { return "required evidence passes again" }
func whyPlaceholder(*Contract, *report.Incident) string { return "metrics are measured again" }

func whyBreaking(c *Contract, _ *report.Incident) string {
	if c.Waived > 0 {
		return "waived"
	}
	return "reverted, or part of the published contract by now"
}

// Evaluate returns the state after a run with the reasons to report. It is a function of its input alone: the same run evaluated again
// over the state that it left gives the same reasons, and the delivery id identifies the repetition. Each contract has alerts of its own; a
// reason is listed once, whichever contracts it is about.
func Evaluate(in Input, t Thresholds) report.AlertState {
	run := in.Summary.SHA + "/" + in.Summary.RunID
	next := report.AlertState{
		Schema: "govctl/alert-state/v1", GeneratedAt: in.At, SHA: in.Summary.SHA, RunID: in.Summary.RunID, Project: in.Summary.Project,
		Reasons: []string{}, Alerts: []report.Incident{},
	}
	all := slices.Clone(contracts(&in.Summary, in.Contracts))
	all[0].evidence = evidenceOf(&in.Summary)
	due := map[string]bool{}
	for i := range all {
		for _, row := range table() {
			if !row.concerns(&all[i], &in) {
				continue
			}
			a, reason := row.next(&all[i], all, &in, t, run)
			if reason != "" {
				a.LastNotified = in.At
				due[reason] = true
			}
			next.Alerts = append(next.Alerts, a)
		}
	}
	for _, a := range gone(&in, all, run) {
		if i := slices.IndexFunc(table(), func(row alert) bool { return row.reason == a.Reason }); i >= 0 && a.RecoveredBy == run && table()[i].recovery != "" {
			a.LastNotified = in.At
			due[table()[i].recovery] = true
		}
		next.Alerts = append(next.Alerts, a)
	}
	for _, reason := range order() {
		if due[reason] {
			next.Reasons = append(next.Reasons, reason)
		}
	}
	return next
}

// gone are the alerts of contracts that are no longer configured. They end, and are kept so that their issues are closed, too.
func gone(in *Input, all []Contract, run string) []report.Incident {
	var out []report.Incident
	if in.State == nil {
		return nil
	}
	for _, a := range in.State.Alerts {
		if a.Contract == "" || a.Opened == 0 || slices.ContainsFunc(all, func(c Contract) bool { return c.Name == a.Contract || c.Name == "" }) {
			continue
		}
		if a.Open {
			a.Open, a.RecoveredAt, a.RecoveredBy, a.Why = false, in.At, run, "the contract is no longer configured"
		}
		out = append(out, a)
	}
	return out
}

// order is the order in which reasons are listed: failures before recoveries.
func order() []string {
	var failures, recoveries []string
	for _, row := range table() {
		failures = append(failures, row.failure())
		if row.recovery != "" {
			recoveries = append(recoveries, row.recovery)
		}
	}
	return append(failures, recoveries...)
}

// next is the alert after this run, and the reason to report it with; empty where there is nothing to report.
func (row *alert) next(c *Contract, all []Contract, in *Input, t Thresholds, run string) (report.Incident, string) {
	a := row.before(c, all, in, t)
	switch row.evaluate(c, t) {
	case failing:
		if fail(&a, c, in, run, t) && row.reported(t) {
			return a, row.failure()
		}
	case healthy:
		if row.ends(&a, c, in, run) {
			row.end(&a, c, in, run)
			if a.RecoveredBy == run && row.recovery != "" {
				return a, row.recovery
			}
		}
	}
	return a, ""
}

// ends reports whether a healthy run is an end. The breaking alert outlives further runs of its own commit: they compare with a baseline that
// may already hold the break.
func (row *alert) ends(a *report.Incident, c *Contract, in *Input, run string) bool {
	if row.reason == Breaking && a.Open {
		return a.SHA != in.Summary.SHA || c.Waived > 0
	}
	return a.Open || a.RecoveredBy == run
}

// fail enters a failing run, and reports whether it is to be notified.
func fail(a *report.Incident, c *Contract, in *Input, run string, t Thresholds) bool {
	if !a.Open {
		a.Open, a.Since, a.OpenedBy = true, in.At, run
		a.RecoveredAt, a.RecoveredBy, a.Why = report.Time{}, "", ""
		a.Opened++
	}
	a.SHA, a.Version = in.Summary.SHA, c.Version
	return !t.OnChange || a.OpenedBy == run
}

func (row *alert) end(a *report.Incident, c *Contract, in *Input, run string) {
	if !a.Open {
		return
	}
	a.Open, a.RecoveredAt, a.RecoveredBy, a.Why = false, in.At, run, row.why(c, a)
}

// before is the alert as the run before left it. Without a state, a previous summary stands in: whoever adopts govctl in the middle of a
// failure is still notified of its end.
func (row *alert) before(c *Contract, all []Contract, in *Input, t Thresholds) report.Incident {
	if in.State != nil {
		a := row.stored(c, all, in.State, t)
		a.Contract, a.Reason = c.Name, row.reason
		return a
	}
	a := report.Incident{Contract: c.Name, Reason: row.reason}
	if in.Previous == nil {
		return a
	}
	previous := contracts(in.Previous, nil)
	i := slices.IndexFunc(previous, func(p Contract) bool { return p.Name == c.Name || p.Name == "" || c.Name == "" })
	if i >= 0 && row.evaluate(&previous[i], t) == failing {
		p := in.Previous
		a.Open, a.Opened, a.Since = true, 1, p.GeneratedAt
		a.OpenedBy, a.SHA, a.Version = p.SHA+"/"+p.RunID, p.SHA, previous[i].Version
	}
	return a
}

// stored is the alert of a contract in a state. Older states have one for all contracts: it goes on for those that fail now, or else ends
// with the first.
func (row *alert) stored(c *Contract, all []Contract, s *report.AlertState, t Thresholds) report.Incident {
	find := func(name string) int {
		return slices.IndexFunc(s.Alerts, func(a report.Incident) bool { return a.Reason == row.reason && a.Contract == name })
	}
	if i := find(c.Name); i >= 0 {
		return s.Alerts[i]
	}
	i := find("")
	if i < 0 || c.Name == "" {
		return report.Incident{}
	}
	anyFails := slices.ContainsFunc(all, func(o Contract) bool { return row.evaluate(&o, t) == failing })
	if row.evaluate(c, t) == failing || !anyFails && c.Name == all[0].Name {
		return s.Alerts[i]
	}
	return report.Incident{}
}
