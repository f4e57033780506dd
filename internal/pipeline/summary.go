package pipeline

import (
	"context"

	"github.com/romel/govctl/internal/artifact"
	counts "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// payloadVersion is the version of the webhook payload contract (schemas/governance_webhook.schema.json).
const payloadVersion = 1

// semverRank orders the statuses of the version policy, worst last. Unknown is worse than a warning: nobody looked.
var semverRank = map[string]int{"ok": 0, "warn": 1, "unknown": 2, "fail": 3}

// summary gathers what the run found into the one file that a dashboard fetches.
func summary(_ context.Context, sc *stepContext) error {
	s := report.Summary{
		Schema: "govctl/governance-summary/v1", SHA: sc.job.SHA, RunID: sc.job.RunID, GeneratedAt: report.At(sc.job.Now),
		StabilityRatio: 1, SemverPolicyStatus: "ok", WebhookPayloadVersion: payloadVersion,
		Passed: sc.worst == report.Passed && len(sc.unchecked) == 0, Checked: len(sc.unchecked) == 0, NotChecked: sc.unchecked,
		Project: sc.job.Project, Steps: sc.steps,
	}
	var found []outcome
	for _, rec := range sc.records {
		addTo(&s, rec)
		found = append(found, sc.outcomeOf(rec))
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
	s.Headline = sc.withPolicy(headline(&s, found))
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
func addTo(s *report.Summary, rec *report.ContractRecord) {
	c := rec.State
	if rec.Breaking != nil {
		s.BreakingAccepted += rec.Breaking.Waived
	}
	if rec.Operations != nil {
		s.OperationsAdded += rec.Operations.Counts.Added
		s.OperationsRemoved += rec.Operations.Counts.Removed
	}
	s.StabilityRatio = min(s.StabilityRatio, c.StabilityRatio)
	s.Placeholder = s.Placeholder || c.Placeholder
	s.PlaceholderStreak = max(s.PlaceholderStreak, c.PlaceholderStreak)
	s.BreakingChangesCount += c.BreakingChangesCount
	if semverRank[c.SemverPolicyStatus] > semverRank[s.SemverPolicyStatus] {
		s.SemverPolicyStatus = c.SemverPolicyStatus
	}
	s.Contracts = append(s.Contracts, c)
}

// outcomeOf is what the headline needs of a contract.
func (r *run) outcomeOf(rec *report.ContractRecord) outcome {
	o := outcome{ContractState: rec.State, unchecked: r.uncheckedReason(rec.State.Name), empty: rec.Empty, absent: rec.Absent}
	if policy := rec.Semver; policy != nil {
		o.bump = missingBump(policy)
		if policy.PendingBump != "" {
			o.pending = policy.LowestVersion
		}
		if policy.Rule == "unreadable-version" {
			o.unread = policy.CurrentVersion
		}
	}
	if d := rec.Diff; d != nil {
		o.first, o.accepted = d.FirstRun, report.AcceptedOf(d.Changes)
	}
	return o
}

// uncheckedReason is why a contract was not checked; empty where it was.
func (r *run) uncheckedReason(name string) string {
	for _, n := range r.unchecked {
		if n.Contract == name {
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
