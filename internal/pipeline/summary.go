package pipeline

import (
	"context"
	"errors"

	"github.com/romel/govctl/internal/artifact"
	counts "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// payloadVersion is the version of the webhook payload contract (schemas/governance_webhook.schema.json).
const payloadVersion = 1

// semverRank orders the statuses of the version policy, worst last. Unknown is worse than a warning: nobody looked.
var semverRank = map[string]int{"ok": 0, "warn": 1, "unknown": 2, "fail": 3}

// summary gathers what the run found into the one file that a dashboard fetches.
func summary(ctx context.Context, sc *stepContext) error {
	s := report.Summary{
		Schema: "govctl/governance-summary/v1", SHA: sc.job.SHA, RunID: sc.job.RunID, GeneratedAt: report.At(sc.job.Now),
		StabilityRatio: 1, SemverPolicyStatus: "ok", WebhookPayloadVersion: payloadVersion,
		Passed: sc.worst == report.Passed && len(sc.unchecked) == 0, Checked: len(sc.unchecked) == 0, NotChecked: sc.unchecked,
		Project: sc.job.Project, Steps: sc.steps,
	}
	for _, one := range sc.stepContexts() {
		o, err := one.addTo(ctx, &s)
		if err != nil {
			return err
		}
		sc.found = append(sc.found, o)
	}
	if len(sc.job.Config.Contracts) == 1 { // a list of one says nothing that the fields above do not
		s.Version, s.Contracts = s.Contracts[0].Version, nil
	}
	m, err := written[report.Milestones](sc, artifact.MilestonesPath)
	if err != nil {
		return err
	}
	if m != nil {
		s.MilestonePercent = &m.Totals.Percent
	}
	alerts, err := written[report.TaxonomyMetrics](sc, artifact.MetricsPath)
	if err != nil {
		return err
	}
	if alerts != nil {
		s.AlertsTotal, s.RunbookCompletenessPct = &alerts.TotalAlerts, &alerts.RunbookCompletenessPercent
	}
	verdict, err := written[report.EvidenceVerdict](sc, artifact.VerdictPath)
	if err != nil {
		return err
	}
	s.Evidence = states(verdict)
	s.Headline = sc.withPolicy(headline(&s, sc.found))
	sc.final = s
	sc.note = "not passed"
	switch {
	case s.Passed:
		sc.note = "passed"
	case !s.Checked:
		sc.note = "not checked"
	}
	return sc.job.Store.JSON(artifact.SummaryPath, s)
}

// stabilityView is what both forms of stability-metrics.json have in common.
type stabilityView struct {
	WindowStabilityRatio report.Ratio `json:"window_stability_ratio"`
	Placeholder          bool         `json:"placeholder"`
	Extensions           struct {
		PlaceholderStreak int    `json:"placeholder_streak"`
		Reason            string `json:"reason"` // of a placeholder
	} `json:"extensions"`
}

// addTo adds one contract's figures: the summary of several contracts is as good as the worst of them.
func (sc *stepContext) addTo(ctx context.Context, s *report.Summary) (outcome, error) {
	v := sc.contracts[sc.contract.Name]
	o := outcome{ContractState: report.ContractState{Name: sc.contract.Name, Placeholder: true, StabilityRatio: 1, SemverPolicyStatus: "unknown", Outcome: v.outcome.String()}}
	o.unchecked = sc.uncheckedReason()
	stab, err1 := written[stabilityView](sc, stabilityFile)
	broken, err2 := written[report.Breaking](sc, breakingFile)
	policy, err3 := written[report.Semver](sc, semverFile)
	ops, err4 := written[report.Operations](sc, operationsFile)
	d, err5 := written[report.Diff](sc, diffFile)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return o, err
	}
	if stab != nil {
		o.StabilityRatio, o.Placeholder, o.PlaceholderStreak = stab.WindowStabilityRatio, stab.Placeholder, stab.Extensions.PlaceholderStreak
	}
	if broken != nil {
		o.BreakingChangesCount = broken.Total
		s.BreakingAccepted += len(broken.Waived)
	}
	if policy != nil {
		o.SemverPolicyStatus, o.Version = policy.Status, policy.CurrentVersion
		o.bump = missingBump(policy)
		if policy.PendingBump != "" {
			o.pending = policy.LowestVersion
		}
		if policy.Rule == "unreadable-version" {
			o.unread = policy.CurrentVersion
		}
	}
	if ops != nil {
		s.OperationsAdded += ops.Counts.Added
		s.OperationsRemoved += ops.Counts.Removed
	}
	var err error
	if o.empty, err = sc.describesNothing(ctx); err != nil {
		return o, err
	}
	if o.absent = !sc.configured(); o.absent {
		o.Placeholder = false
	}
	o.first = d != nil && d.FirstRun
	if d != nil {
		o.accepted = report.AcceptedOf(d.Changes)
	}
	s.StabilityRatio = min(s.StabilityRatio, o.StabilityRatio)
	s.Placeholder = s.Placeholder || o.Placeholder
	s.PlaceholderStreak = max(s.PlaceholderStreak, o.PlaceholderStreak)
	s.BreakingChangesCount += o.BreakingChangesCount
	if semverRank[o.SemverPolicyStatus] > semverRank[s.SemverPolicyStatus] {
		s.SemverPolicyStatus = o.SemverPolicyStatus
	}
	s.Contracts = append(s.Contracts, o.ContractState)
	return o, nil
}

// uncheckedReason is why the contract was not checked; empty where it was.
func (sc *stepContext) uncheckedReason() string {
	for _, n := range sc.unchecked {
		if n.Contract == sc.contract.Name {
			return n.Reason
		}
	}
	return ""
}

// missingBump is what would have declared a break under the scheme and the policy in force; empty for a major version bump.
func missingBump(policy *report.Semver) string {
	switch {
	case policy.ExpectedMajor != "":
		return "a higher info.x-contract-major"
	case policy.RecommendedBump == "minor":
		return "a minor version bump"
	}
	return ""
}

//go:noinline
func count(n int, what string) string { return counts.Of(n, what) }

// written is an artifact of this run; nil when the run did not write it.
func written[T any](sc *stepContext, p string) (*T, error) {
	return artifact.Again[T](sc.job.Store, sc.path(p))
}
