package pipeline

import (
	"context"
	"fmt"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/report"
)

// payloadVersion is the version of the webhook payload contract (schemas/governance_webhook.schema.json).
const payloadVersion = 1

// semverRank orders the statuses of the version policy, worst last. Unknown is worse than a warning: nobody looked.
var semverRank = map[string]int{"ok": 0, "warn": 1, "unknown": 2, "fail": 3}

// summary gathers what the run found into the one file that a dashboard fetches.
func summary(_ context.Context, b *bench) error {
	s := report.Summary{
		Schema: "govctl/governance-summary/v1", SHA: b.job.SHA, RunID: b.job.RunID, GeneratedAt: report.At(b.job.Now),
		StabilityRatio: 1, SemverPolicyStatus: "ok", WebhookPayloadVersion: payloadVersion,
		Passed: b.worst == Fine, Steps: b.steps,
	}
	first, unread := true, ""
	for _, one := range b.benches() {
		if err := one.addTo(&s); err != nil {
			return err
		}
		d, err := written[report.Diff](one, diffFile)
		if err != nil {
			return err
		}
		first = first && d != nil && d.FirstRun
		policy, err := written[report.Semver](one, semverFile)
		if err != nil {
			return err
		}
		if policy != nil && policy.Rule == "unreadable-version" {
			unread = policy.CurrentVersion
		}
	}
	if len(b.job.Config.Contracts) == 1 { // a list of one says nothing that the fields above do not
		s.Version, s.Contracts = s.Contracts[0].Version, nil
	}
	m, err := written[report.Milestones](b, artifact.MilestonesPath)
	if err != nil {
		return err
	}
	if m != nil {
		s.MilestonePercent = &m.Totals.Percent
	}
	alerts, err := written[report.TaxonomyMetrics](b, artifact.MetricsPath)
	if err != nil {
		return err
	}
	if alerts != nil {
		s.AlertsTotal, s.RunbookCompletenessPct = &alerts.TotalAlerts, &alerts.RunbookCompletenessPercent
	}
	s.Headline = headline(s, first)
	if unread != "" && s.SemverPolicyStatus == "fail" && !s.Placeholder && s.BreakingChangesCount == 0 {
		s.Headline = fmt.Sprintf("The version number cannot be read: %q.", unread)
	}
	b.final = s
	b.note = s.Headline
	return b.job.Store.JSON(artifact.SummaryPath, s)
}

// stabilityView is what both forms of stability-metrics.json have in common.
type stabilityView struct {
	WindowStabilityRatio report.Ratio `json:"window_stability_ratio"`
	Placeholder          bool         `json:"placeholder"`
	Extensions           struct {
		PlaceholderStreak int `json:"placeholder_streak"`
	} `json:"extensions"`
}

// addTo adds one contract's figures: the summary of several contracts is as good as the worst of them.
func (b *bench) addTo(s *report.Summary) error {
	state := report.ContractState{Name: b.contract.Name, Placeholder: true, StabilityRatio: 1, SemverPolicyStatus: "unknown"}
	stab, err1 := written[stabilityView](b, stabilityFile)
	broken, err2 := written[report.Breaking](b, breakingFile)
	policy, err3 := written[report.Semver](b, semverFile)
	ops, err4 := written[report.Operations](b, operationsFile)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			return err
		}
	}
	if stab != nil {
		state.StabilityRatio, state.Placeholder = stab.WindowStabilityRatio, stab.Placeholder
		state.PlaceholderStreak = stab.Extensions.PlaceholderStreak
		s.PlaceholderStreak = max(s.PlaceholderStreak, stab.Extensions.PlaceholderStreak)
	}
	if broken != nil {
		state.BreakingChangesCount = broken.Total
	}
	if policy != nil {
		state.SemverPolicyStatus, state.Version = policy.Status, policy.CurrentVersion
	}
	if ops != nil {
		s.OperationsAdded += ops.Counts.Added
		s.OperationsRemoved += ops.Counts.Removed
	}
	s.StabilityRatio = min(s.StabilityRatio, state.StabilityRatio)
	s.Placeholder = s.Placeholder || state.Placeholder
	s.BreakingChangesCount += state.BreakingChangesCount
	if semverRank[state.SemverPolicyStatus] > semverRank[s.SemverPolicyStatus] {
		s.SemverPolicyStatus = state.SemverPolicyStatus
	}
	s.Contracts = append(s.Contracts, state)
	return nil
}

// headline is the run in one sentence that a manager understands.
func headline(s report.Summary, first bool) string {
	switch {
	case s.Placeholder:
		return fmt.Sprintf("The contract could not be measured (%s in a row).", count(s.PlaceholderStreak, "run"))
	case s.SemverPolicyStatus == "fail" && s.BreakingChangesCount > 0:
		return fmt.Sprintf("The API breaks its clients in %s and the version does not say so.", count(s.BreakingChangesCount, "way"))
	case s.SemverPolicyStatus == "fail":
		return "The version number does not tell the truth about the change."
	case s.BreakingChangesCount > 0:
		return fmt.Sprintf("The API breaks its clients in %s, and the version says so.", count(s.BreakingChangesCount, "way"))
	case !s.Passed:
		return "The API is compatible; another gate failed."
	case first:
		return "First run: there is nothing to compare with yet."
	}
	return fmt.Sprintf("The API is compatible; %.1f %% of the recent runs were stable.", float64(s.StabilityRatio)*100)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// written is an artifact of this run; nil when the run did not write it.
func written[T any](b *bench, p string) (*T, error) {
	return artifact.Again[T](b.job.Store, b.path(p))
}
