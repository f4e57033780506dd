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
)

// Breaking is the alert that has an issue but no webhook reason.
const Breaking = "breaking"

// Thresholds are the limits from the configuration.
type Thresholds struct {
	Stability float64 // window ratio below which the team is told
	Streak    int     // consecutive placeholder runs at which the team is told; 0 disables
	OnChange  bool    // tell a failure once, not on each run that has it
}

// Input is all that alerts are judged by.
type Input struct {
	Summary  report.Summary     // of this run
	Previous *report.Summary    // of the run before; used only where there is no state yet
	State    *report.AlertState // that the run before left; nil on a first run
	Waived   int                // breaking changes of this run that a waiver covers
	At       report.Time
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
	judge            func(s *report.Summary, t Thresholds) condition
	why              func(in *Input, was *report.Incident) string // why a healthy run ends it
}

func table() []alert {
	return []alert{
		{SemverFail, SemverRecovered, judgeSemver, whySemver},
		{StabilityDrop, StabilityRecovered, judgeStability, whyStability},
		{PlaceholderStreak, PlaceholderRecovered, judgePlaceholder, whyPlaceholder},
		{Breaking, "", judgeBreaking, whyBreaking},
	}
}

func judgeSemver(s *report.Summary, _ Thresholds) condition {
	switch s.SemverPolicyStatus {
	case "fail":
		return failing
	case "ok", "warn":
		return healthy
	}
	return unknown
}

// judgeStability compares what readers of the summary see. While measuring fails, the ratio of 1.0 means nothing.
func judgeStability(s *report.Summary, t Thresholds) condition {
	switch {
	case s.Placeholder:
		return unknown
	case s.StabilityRatio.Rounded() < t.Stability:
		return failing
	}
	return healthy
}

func judgePlaceholder(s *report.Summary, t Thresholds) condition {
	switch {
	case !s.Placeholder:
		return healthy
	case t.Streak > 0 && s.PlaceholderStreak >= t.Streak:
		return failing
	}
	return unknown
}

func judgeBreaking(s *report.Summary, _ Thresholds) condition {
	switch {
	case s.BreakingChangesCount > 0:
		return failing
	case s.Placeholder:
		return unknown
	}
	return healthy
}

func whySemver(in *Input, was *report.Incident) string {
	switch s := &in.Summary; {
	case was.Version != "" && s.Version != "" && s.Version != was.Version:
		return "version bumped"
	case in.Waived > 0:
		return "waived"
	case s.BreakingChangesCount == 0:
		return "reverted"
	}
	return ""
}

func whyStability(*Input, *report.Incident) string   { return "window moved on" }
func whyPlaceholder(*Input, *report.Incident) string { return "metrics are measured again" }

func whyBreaking(in *Input, _ *report.Incident) string {
	if in.Waived > 0 {
		return "waived"
	}
	return "reverted, or part of the published contract by now"
}

// Judge returns the state after a run with the reasons to tell. It is a function of its input alone: the same run judged again
// over the state that it left gives the same reasons, and the delivery id tells the repetition.
func Judge(in Input, t Thresholds) report.AlertState {
	run := in.Summary.SHA + "/" + in.Summary.RunID
	next := report.AlertState{
		Schema: "govctl/alert-state/v1", GeneratedAt: in.At, SHA: in.Summary.SHA, RunID: in.Summary.RunID,
		Reasons: []string{}, Alerts: []report.Incident{},
	}
	var recoveries []string
	for _, row := range table() {
		a := before(row, &in, t)
		told := false
		switch row.judge(&in.Summary, t) {
		case failing:
			told = fail(&a, &in, run, t)
		case healthy:
			if row.ends(&a, &in, run) {
				end(&a, &in, run, row)
				told = a.RecoveredBy == run
			}
		}
		if told && row.recovery != "" {
			a.LastNotified = in.At
			if a.Open {
				next.Reasons = append(next.Reasons, row.reason)
			} else {
				recoveries = append(recoveries, row.recovery)
			}
		}
		next.Alerts = append(next.Alerts, a)
	}
	next.Reasons = append(next.Reasons, recoveries...)
	return next
}

// ends reports whether a healthy run is an end. The breaking alert outlives further runs of its own commit: they compare with a baseline that
// may already hold the break.
func (row *alert) ends(a *report.Incident, in *Input, run string) bool {
	if row.reason == Breaking && a.Open {
		return a.SHA != in.Summary.SHA || in.Waived > 0
	}
	return a.Open || a.RecoveredBy == run
}

func fail(a *report.Incident, in *Input, run string, t Thresholds) (told bool) {
	if !a.Open {
		a.Open, a.Since, a.OpenedBy = true, in.At, run
		a.RecoveredAt, a.RecoveredBy, a.Why = report.Time{}, "", ""
		a.Opened++
	}
	a.SHA, a.Version = in.Summary.SHA, in.Summary.Version
	return !t.OnChange || a.OpenedBy == run
}

func end(a *report.Incident, in *Input, run string, row alert) {
	if !a.Open {
		return
	}
	a.Open, a.RecoveredAt, a.RecoveredBy, a.Why = false, in.At, run, row.why(in, a)
}

// before is the alert as the run before left it. Without a state, a previous summary stands in: whoever adopts govctl in the middle of a
// failure still hears of its end.
func before(row alert, in *Input, t Thresholds) report.Incident {
	if in.State != nil {
		i := slices.IndexFunc(in.State.Alerts, func(a report.Incident) bool { return a.Reason == row.reason })
		if i >= 0 {
			return in.State.Alerts[i]
		}
		return report.Incident{Reason: row.reason}
	}
	a := report.Incident{Reason: row.reason}
	if p := in.Previous; p != nil && row.judge(p, t) == failing {
		a.Open, a.Opened, a.Since = true, 1, p.GeneratedAt
		a.OpenedBy, a.SHA, a.Version = p.SHA+"/"+p.RunID, p.SHA, p.Version
	}
	return a
}
