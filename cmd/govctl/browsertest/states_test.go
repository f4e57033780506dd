//go:build browser

package browsertest

import (
	"fmt"
	"math"
	"path"
	"strings"
	"time"

	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// made is the time of every run shown here; browsers are told that it is a little later.
var made = report.At(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC))

// states are the pages that the tests look at, by name.
var states = map[string]func() *site.Page{
	"healthy":     unwaived,
	"breaking":    breaking,
	"placeholder": placeholder,
	"first":       first,
	"trouble":     trouble,
	"runs500":     func() *site.Page { return history(500) },
	"runs1000":    func() *site.Page { return history(1000) },
	"alerts5000":  func() *site.Page { return alerts(5000) },
	"several":     several,
	"accepted":    accepting,
	"changes":     manyChanges,
	"amber":       amber,
	"five":        func() *site.Page { return history(5) },
	"notchecked":  notChecked,
	"two":         func() *site.Page { return fleet(2) },
	"ten":         func() *site.Page { return fleet(10) },
	"hundred":     func() *site.Page { return fleet(100) },
	"fivehundred": func() *site.Page { return fleet(500) },
	"empty": func() *site.Page {
		return &site.Page{Title: "Wren Parcels", Contracts: []site.Contract{{Name: "openapi"}}}
	},
	"hostile": hostile,
	"long":    func() *site.Page { return filled(strings.Repeat("W", 10_000)) },
}

// lookedAt is when somebody looks at a state.
func lookedAt(state string) time.Time {
	if state == "trouble" {
		return made.AddDate(0, 0, 4) // nobody has run anything for four days
	}
	return made.Add(10 * time.Minute)
}

// several is a repository with three contracts: one that breaks, one that is well, one that cannot be measured.
func several() *site.Page {
	p, bad, lost := healthy(), breaking(), placeholder()
	p.Title = "API"
	p.Badges = nil
	p.Summary, p.Summary.Version = bad.Summary, ""
	p.Summary.Headline = "billing breaks its clients in 2 ways without a major version bump; tracking could not be measured (3 runs in a row); parcels is compatible."
	p.Summary.Contracts = []report.ContractState{{Name: "billing", BreakingChangesCount: 2, SemverPolicyStatus: "fail", Version: "1.6.0", Outcome: "failed"}, {Name: "parcels", SemverPolicyStatus: "ok", Version: "1.5.1", Outcome: "passed"},
		{Name: "tracking", Placeholder: true, PlaceholderStreak: 3, SemverPolicyStatus: "unknown", Outcome: "not-checked"}}
	p.Contracts = []site.Contract{bad.Contracts[0], p.Contracts[0], lost.Contracts[0]}
	for i, name := range []string{"billing", "parcels", "tracking"} {
		p.Contracts[i].Name = name
	}
	return badged(p)
}

// sha is the commit of the run that is shown.
const sha = "8f41c0de1a75b0c2"

// measured puts the figures of a contract's runs on the page, as the last of them would have.
func measured(p *site.Page) *site.Page {
	c := &p.Contracts[0]
	s := c.Stability
	if s == nil {
		return p
	}
	*s = report.Stability{WindowSize: c.Window}
	e := &s.Extensions
	scored, sum := 0, 0.0
	for i := range c.Runs {
		r := &c.Runs[i]
		inWindow := i >= len(c.Runs)-c.Window
		if inWindow {
			s.WindowTotalCount++
		}
		if r.Score != nil && inWindow {
			scored++
			sum += r.Score.Rounded()
			s.Score = *r.Score
		}
		switch {
		case r.Placeholder:
			e.PlaceholderRuns++
			s.CurrentStableStreak = 0
		case r.Breaking:
			e.BreakingRuns++
			s.CurrentStableStreak = 0
			if inWindow {
				e.WindowBreakingRuns++
			}
		default:
			e.StableRuns++
			s.CurrentStableStreak++
			if inWindow {
				s.WindowStableCount++
			}
		}
		s.LongestStableStreak = max(s.LongestStableStreak, s.CurrentStableStreak)
	}
	e.TotalRuns = len(c.Runs)
	n, ratio := float64(s.WindowTotalCount), float64(s.WindowStableCount)/float64(s.WindowTotalCount)
	s.WindowStabilityRatio, s.OverallStabilityRatio = report.Ratio(ratio), report.Ratio(float64(e.StableRuns)/float64(len(c.Runs)))
	s.WindowMeanScore = report.Percent(sum / float64(max(scored, 1)))
	const z = 1.96 // of 95 % (Wilson, 1927)
	middle, span := ratio+z*z/(2*n), z*math.Sqrt(ratio*(1-ratio)/n+z*z/(4*n*n))
	e.WilsonLow, e.WilsonHigh = report.Ratio((middle-span)/(1+z*z/n)), report.Ratio((middle+span)/(1+z*z/n))
	used := s.WindowTotalCount - s.WindowStableCount
	if s.WindowTotalCount == c.Window {
		e.Budget = report.Budget{AllowedBreakingRuns: 6, Used: used, Left: 6 - used, BurnRate: 0.4}
	}
	p.Summary.StabilityRatio = s.WindowStabilityRatio
	return p
}

// runs are n runs of which a few were breaking or not measured.
func runs(n int) []report.HistoryLine {
	list := make([]report.HistoryLine, n)
	for i := range list {
		full, bad := report.Percent(100), report.Percent(100-5*(i%7)-10)
		l := report.HistoryLine{Timestamp: report.At(made.AddDate(0, 0, i-n+1)), SHA: fmt.Sprintf("%07x%033x", 0xabcdef0-(n-i)*791919, i), RunID: fmt.Sprint(i), Version: fmt.Sprintf("1.%d.%d", max(5-(n-i)/10, 0), 9-(n-i)%10), Score: &full}
		if i == n-1 {
			l.SHA, l.Version = sha, "1.5.1"
		}
		switch {
		case i == n-1:
		case i%29 == 6:
			l.Breaking, l.Score, l.Incompatible, l.DeletedOrRemoved = true, &bad, 1, i%7
		case i%61 == 17:
			l.Placeholder, l.Score = true, nil
		}
		list[i] = l
	}
	return list
}

func healthy() *site.Page {
	done := report.Percent(72.73)
	p := &site.Page{Title: "Wren Parcels", Now: made, Repository: "https://github.com/wren/parcels", RunURL: "https://github.com/wren/parcels/actions/runs/16051515866", Site: "https://wren.github.io/parcels",
		Summary: report.Summary{Schema: "govctl/governance-summary/v1", SHA: sha, RunID: "16051515866", GeneratedAt: made, Version: "1.5.1", StabilityRatio: 0.9667, SemverPolicyStatus: "ok", OperationsAdded: 1,
			MilestonePercent: &done, Passed: true, Headline: "The API is compatible; 96.7 % of the recent runs were stable.",
			Steps: []report.Step{{Name: "export", Status: "ok"}, {Name: "diff", Status: "ok", Reason: "no breaking change, 2 other changes"}, {Name: "semver", Status: "ok"}, {Name: "stability", Status: "ok", Reason: "29 of 30 runs stable"}, {Name: "sign", Status: "ok", Reason: "key 3fa9c1d2e4b50718"}}},
		Contracts: []site.Contract{contractOf(45)},
		Taxonomy:  catalogueOf(30),
		Milestones: &report.Milestones{Totals: report.MilestoneTotals{WeightTotal: 33, WeightDone: 24, Percent: done}, ByStatus: map[string]int{"done": 3}, Items: []report.Milestone{
			{ID: "a", Title: "Booking over the public API", Weight: 12, WeightPct: 36.36, Status: "done"}, {ID: "b", Title: "Tracking events and callbacks", Weight: 9, WeightPct: 27.27, Status: "done"}, {ID: "c", Title: "Depot search", Weight: 3, WeightPct: 9.09, Status: "done"},
			{ID: "d", Title: "Client libraries for three languages", Weight: 5, WeightPct: 15.15, Status: "in-progress"}, {ID: "e", Title: "Parcels beyond the customs union", Weight: 2, WeightPct: 6.06, Status: "blocked"}, {ID: "f", Title: "Insured parcels", Weight: 2, WeightPct: 6.06, Status: "not-started"}}},
		Deliveries: []report.Delivery{{Time: made, ID: "1", Reasons: []string{"semver_recovered"}, Host: "hooks.wren.example", State: "queued"}, {Time: made, ID: "1", Reasons: []string{"semver_recovered"}, Host: "hooks.wren.example", State: "delivered", Delivered: true, Attempts: 1, LastStatus: 204}},
		Signing:    &site.Signing{KeyID: "3fa9c1d2e4b50718", Fingerprint: "SHA256:mB5zmKzV1rZq6s4m4n0m9H3xk0m6o2Jm1u3X2v9Ck4E="}}
	measured(p)
	p.Summary.Steps[3].Reason = fmt.Sprintf("%d of 30 runs stable", p.Contracts[0].Stability.WindowStableCount)
	p.Summary.Headline = fmt.Sprintf("The API has 1 breaking change accepted by platform until 2026-03-12; %.1f %% of the recent runs were stable.", 100*float64(p.Summary.StabilityRatio))
	return badged(p)
}

// unwaived is a run with nothing to decide: no breaking change, and no waiver of one.
func unwaived() *site.Page {
	p := healthy()
	p.Summary.Headline = fmt.Sprintf("The API is compatible; %.1f %% of the recent runs were stable.", 100*float64(p.Summary.StabilityRatio))
	d := p.Contracts[0].Diff
	d.Changes, d.Headline = d.Changes[:1], "no breaking change, 1 other change; minor version recommended"
	*p.Contracts[0].Semver = report.Semver{Status: "ok", CurrentVersion: "1.6.0", PreviousVersion: "1.5.1", Scheme: "semver", Messages: []string{"the minor version increased, as new operations ask for"}}
	d.New.Version, d.Old.Version, p.Summary.Version = "1.6.0", "1.5.1", "1.6.0"
	p.Contracts[0].Runs[len(p.Contracts[0].Runs)-1].Version = "1.6.0"
	p.Summary.Steps[1].Reason = "no breaking change, 1 other change"
	return p
}

func contractOf(n int) site.Contract {
	return site.Contract{Name: "openapi", Window: 30, Threshold: 0.8, Runs: runs(n), Stability: &report.Stability{},
		Diff: &report.Diff{Headline: "no breaking change, 2 other changes; minor version recommended", Bump: "minor", New: report.Contract{Title: "Wren Parcels", Version: "1.5.1", SHA256: strings.Repeat("3fa9c1d2", 8)}, Old: report.Contract{Version: "1.5.0"},
			Changes: []report.Finding{
				{Rule: "operation-added", Level: report.Info, Kind: "added", Message: "`GET /depots` was added", New: &report.Place{File: "openapi.yaml", Line: 120, Column: 5}, Operations: []report.Operation{{Method: "GET", Path: "/depots"}}},
				{Rule: "request-property-became-required", Level: report.Error, Kind: "changed", Breaking: true, Message: "request property `weight_g` of `NewParcel` became required", New: &report.Place{File: "openapi.yaml", Line: 397, Column: 9}, Operations: []report.Operation{{Method: "POST", Path: "/parcels"}},
					Waiver: &report.Waiver{Reason: "no client sends parcels without a weight (checked in the logs of February)", Owner: "platform", Expires: "2026-03-12", Ticket: "PAR-311"}}}},
		Semver:     &report.Semver{Status: "ok", CurrentVersion: "1.5.1", PreviousVersion: "1.5.0", Scheme: "semver", Messages: []string{"the patch version increased without a breaking change"}},
		Operations: &report.Operations{Counts: report.OperationCounts{Added: 1, TotalNew: 13, TotalOld: 12}, Added: []report.Operation{{Method: "GET", Path: "/depots"}}}}
}

var severities = []string{"critical", "high", "medium", "low", "info"}

func catalogueOf(n int) *site.Taxonomy {
	t := &site.Taxonomy{RunbookMin: 90, Lint: &report.TaxonomyLint{}}
	m := report.TaxonomyMetrics{TotalAlerts: n, WindowDays: 30, SeverityWeights: map[string]int{"critical": 5, "high": 3, "medium": 2, "low": 1, "info": 1}, ActiveSeverityCounts: map[string]int{},
		Added30d: []string{"ParcelsApiLatencyAcceleration", "TrackingLagHigh"}, Removed30d: []string{"OldQueueDepth"}, Churn30d: 3, RiskChurn30d: 7, StabilityScore: 0.9, RiskStabilityScore: 0.8833}
	scopes, categories := []string{"service", "system", "route"}, []string{"latency", "error-rate", "availability", "throughput"}
	for i := range n {
		a := report.Alert{Alert: fmt.Sprintf("%s%s%s", []string{"ParcelsApi", "Tracking", "Depots", "Billing", "Labels"}[i%5], []string{"LatencyHigh", "ErrorRateHigh", "Down", "QueueGrowing", "BudgetBurn"}[i/5%5], map[bool]string{true: "", false: fmt.Sprint(i / 25)}[i < 25]),
			Group: "parcels", Severity: severities[i*7/4%5], Scope: scopes[i%3], Category: categories[i%4], For: []string{"5m", "1h", "90s", "2m"}[i%4], Owner: []string{"platform", "tracking", "billing"}[i%3],
			Description: "More requests than usual take longer than the promise to customers allows; parcels are still booked, but the page of the depot waits.",
			Runbook:     fmt.Sprintf("https://handbook.wren-parcels.example/runbooks/%d", i), RunbookComplete: true}
		if i%15 == 7 {
			a.Deprecated, a.DeprecatedSince, a.ReplacedBy, a.Description = true, "2026-01-10", "TrackingLagHigh", "Deprecated: the queue that it watched is gone."
			m.DeprecatedAlerts++
		} else {
			m.ActiveAlerts++
			m.ActiveSeverityCounts[a.Severity]++
			if i%14 == 3 {
				a.Runbook, a.RunbookComplete = "TODO", false
				m.RunbookSLA.Open = append(m.RunbookSLA.Open, report.OpenRunbook{Name: a.Alert, AgeDays: 12})
			} else {
				m.RunbooksComplete++
			}
		}
		t.Alerts = append(t.Alerts, a)
	}
	m.DeprecatedPercent = report.Percent(100 * float64(m.DeprecatedAlerts) / float64(max(n, 1)))
	m.RunbookCompletenessPercent = report.Percent(100 * float64(m.RunbooksComplete) / float64(max(m.ActiveAlerts, 1)))
	days := 2
	m.LastUpdated, m.AgeDays = report.MaybeTime{Time: report.At(made.AddDate(0, 0, -days))}, &days
	t.Metrics = &m
	t.History = &report.TaxonomyHistory{}
	for i := range 40 {
		s := report.TaxonomySnapshot{SnapshotDate: made.AddDate(0, 0, i-39).Format(time.DateOnly), TaxonomyMetrics: m}
		s.Churn30d = []int{1, 1, 2, 4, 6, 6, 5, 3, 2, 3}[i/4]
		s.RiskChurn30d = []int{2, 2, 5, 11, 16, 15, 12, 7, 4, 7}[i/4]
		s.StabilityScore = report.Ratio(1 - float64(s.Churn30d)/30)
		s.RunbookCompletenessPercent = m.RunbookCompletenessPercent - report.Percent(2*float64((39-i)/6))
		t.History.History = append(t.History.History, s)
	}
	t.Gates = &report.TaxonomyGates{Passed: true, Gates: []report.Gate{{Name: "runbooks", Status: "pass", Message: "93 % of the active alerts have a runbook, 90 % are wanted"}, {Name: "anomaly", Status: "not-enough-history", Message: "3 of 8 snapshots"}}}
	t.Diff = &report.TaxonomyDiff{Churn: 1, RiskChurn: 3, Added: []report.AlertRef{{Alert: "TrackingLagHigh", Severity: "high", Group: "tracking"}}, SeverityTransitions: []report.SeverityTransition{{AlertRef: report.AlertRef{Alert: "BillingDown"}, From: "medium", To: "critical"}}}
	t.Changelog = []byte("# Alerts changelog\n\n## 2026-02-17T10:23:45Z (abc1234)\n\n### Added\n\n- `TrackingLagHigh` (high)\n\n## 2026-03-04T05:06:07Z (8f41c0d)\n\n### Severity\n\n- `BillingDown`: medium to critical\n")
	return t
}

// folderOf is where the badges of a contract lie on the site: in a folder of its name where there are several.
func folderOf(p *site.Page, i int) string {
	if len(p.Contracts) < 2 {
		return ""
	}
	return p.Contracts[i].Name
}

func badged(p *site.Page) *site.Page {
	list := []badge.Named{{File: "governance-combined-badge.json", Badge: badge.Combined(&p.Summary)}, {File: "governance-summary-badge.json", Badge: badge.Summary(&p.Summary)}}
	for i := range p.Contracts {
		list = append(list, badge.Named{File: path.Join(folderOf(p, i), "stability-badge.json"), Badge: badge.Stability(p.Contracts[i].Stability)})
	}
	list = append(list, badge.Named{File: "placeholder-streak-badge.json", Badge: badge.PlaceholderStreak(p.Summary.PlaceholderStreak)})
	if p.Milestones != nil {
		list = append(list, badge.Named{File: "milestones-badge.json", Badge: badge.Milestones(p.Milestones)})
	}
	if p.Taxonomy != nil && p.Taxonomy.Metrics != nil {
		list = append(list, badge.Taxonomy(p.Taxonomy.Metrics)...)
	}
	for _, b := range list {
		p.Badges = append(p.Badges, site.Badge{File: b.File, Badge: b.Badge, SVG: badge.SVG(b.Badge)})
	}
	return p
}

func breaking() *site.Page {
	p := healthy()
	p.Badges = nil
	p.Summary.Passed, p.Summary.SemverPolicyStatus, p.Summary.BreakingChangesCount, p.Summary.Version = false, "fail", 2, "1.6.0"
	p.Summary.Headline = "The API breaks its clients in 2 ways without a major version bump."
	p.Summary.OperationsRemoved = 1
	p.Summary.Steps = append(p.Summary.Steps, report.Step{Name: "gate", Status: "findings", Reason: "the version policy failed: the lowest accepted version is 2.0.0"})
	c := &p.Contracts[0]
	last := &c.Runs[len(c.Runs)-1]
	low := report.Percent(85)
	last.Breaking, last.Score, last.Incompatible, last.DeletedOrRemoved, last.Version = true, &low, 1, 1, "1.6.0"
	for _, ago := range []int{3, 5} { // of late it breaks often
		r, bad := &c.Runs[len(c.Runs)-1-ago], report.Percent(80)
		r.Breaking, r.Score, r.Incompatible = true, &bad, 2
	}
	measured(p)
	c.Stability.Extensions.Budget.BurnRate = 1.5
	c.Diff.New.Version = "1.6.0"
	c.Diff.Headline, c.Diff.Totals.Proved = "2 breaking changes in 2 root causes, 3 operations; major version required", 1
	c.Diff.Changes = append([]report.Finding{
		{Rule: "request-property-type-changed", Level: report.Error, Breaking: true, Kind: "changed", Message: "request property `amount` of `Money` had its type changed from `integer` to `string`", New: &report.Place{File: "openapi.yaml", Line: 390, Column: 17}, Migration: "manual", Verdict: report.Proved,
			Operations: []report.Operation{{Method: "POST", Path: "/parcels"}, {Method: "POST", Path: "/quotes"}},
			Witness:    &report.Witness{Value: report.Raw(`{"to":"depot-7","price":{"amount":1290,"currency":"EUR"}}`), AcceptedBy: "old", RefusedBy: "new", Refusal: "at '/price/amount': got number, want string", Curl: "curl -X POST https://api.wren-parcels.example/parcels -H 'Content-Type: application/json' -d '{\"to\":\"depot-7\",\"price\":{\"amount\":1290,\"currency\":\"EUR\"}}'", ConfirmedBy: []string{"jsonschema", "kin-openapi"}}},
		{Rule: "operation-removed", Level: report.Error, Breaking: true, Kind: "removed", Message: "`DELETE /parcels/{parcel_id}` was removed", Old: &report.Place{File: "openapi.yaml", Line: 20, Column: 3}, Verdict: report.Asserted, Operations: []report.Operation{{Method: "DELETE", Path: "/parcels/{parcel_id}"}}},
	}, c.Diff.Changes...)
	c.Semver = &report.Semver{Status: "fail", CurrentVersion: "1.6.0", PreviousVersion: "1.5.0", Scheme: "semver", ExpectedVersion: "2.0.0", Breaking: true, Messages: []string{"the change is breaking and the major version did not increase: 1.5.0 to 1.6.0"}, Recommendations: []string{"set info.version to 2.0.0, or take the breaking changes back"}}
	c.Operations.Counts.Removed, c.Operations.Removed = 1, []report.Operation{{Method: "DELETE", Path: "/parcels/{parcel_id}"}}
	c.Operations.Counts.Changed, c.Operations.Changed = 2, []report.ChangedOperation{{Method: "POST", Path: "/parcels", Breaking: true}, {Method: "POST", Path: "/quotes", Breaking: true}}
	return badged(p)
}

func placeholder() *site.Page {
	p := healthy()
	p.Badges = nil
	p.Summary.Passed, p.Summary.Placeholder, p.Summary.PlaceholderStreak, p.Summary.StabilityRatio, p.Summary.SemverPolicyStatus, p.Summary.Version = false, true, 3, 1, "unknown", ""
	p.Summary.OperationsAdded = 0
	p.Summary.Headline = "The contract could not be measured (3 runs in a row)."
	reason := "openapi.yaml:14:3: mapping values are not allowed in this context"
	p.Summary.Steps = []report.Step{{Name: "export", Status: "failed", Reason: reason}, {Name: "diff", Status: "failed", Reason: reason}, {Name: "semver", Status: "skipped", Reason: "status/openapi-diff.json was not written"}, {Name: "stability", Status: "ok", Reason: "placeholder 3 in a row"}}
	c := &p.Contracts[0]
	for i := range 3 {
		r := &c.Runs[len(c.Runs)-1-i]
		r.Placeholder, r.Breaking, r.Score, r.Version = true, false, nil, ""
	}
	c.Diff, c.Semver, c.Operations, c.Stability = nil, nil, nil, nil
	c.Placeholder = &report.PlaceholderMetrics{Placeholder: true, WindowStabilityRatio: 1, Extensions: report.PlaceholderExtensions{PlaceholderStreak: 3, Reason: "export: " + reason}}
	return badged(p)
}

func first() *site.Page {
	p := healthy()
	p.Badges, p.Taxonomy, p.Milestones, p.Deliveries, p.Signing = nil, nil, nil, nil, nil
	p.Summary.Steps = []report.Step{{Name: "export", Status: "ok"}, {Name: "diff", Status: "ok", Reason: "first run"}, {Name: "semver", Status: "ok"}, {Name: "stability", Status: "ok", Reason: "1 of 1 run stable"}}
	p.Summary.StabilityRatio, p.Summary.Headline, p.Summary.OperationsAdded, p.Summary.MilestonePercent = 1, "First run: there is nothing to compare with yet.", 12, nil
	c := &p.Contracts[0]
	c.Runs = c.Runs[len(c.Runs)-1:]
	c.Diff = &report.Diff{FirstRun: true, Headline: "first run", New: c.Diff.New}
	c.Semver = &report.Semver{Status: "ok", CurrentVersion: "1.5.1", Scheme: "semver", Messages: []string{"first release: there is no earlier version"}}
	c.Operations = &report.Operations{Counts: report.OperationCounts{Added: 12, TotalNew: 12}}
	measured(p)
	return badged(p)
}

// manyChanges are the breaking changes, and one edit that shows in six responses.
func manyChanges() *site.Page {
	p := breaking()
	d := p.Contracts[0].Diff
	d.Causes = map[string]string{"067da0eec8f0": "response property `eta` was added"}
	for i := range 6 {
		d.Changes = append(d.Changes, report.Finding{Rule: "response-property-added", Level: report.Info, Kind: "added", Cause: "067da0eec8f0", Message: fmt.Sprintf("response property `eta` of `Event%d` was added", i), New: &report.Place{File: "openapi.yaml", Line: 500 + i, Column: 9},
			Operations: []report.Operation{{Method: "GET", Path: "/parcels"}, {Method: "GET", Path: fmt.Sprintf("/events/%d", i)}}})
	}
	return p
}

// accepting is a run that passes because its breaking change is accepted for a time: the summary says so.
func accepting() *site.Page {
	p := healthy()
	p.Badges = nil
	p.Summary.Headline, p.Summary.BreakingAccepted = "The API has 1 breaking change accepted by platform until 2026-03-12.", 1
	return badged(p)
}

// amber is a run that passes with a warning of the version policy.
func amber() *site.Page {
	p := healthy()
	p.Badges = nil
	c := &p.Contracts[0]
	c.Diff.Changes = c.Diff.Changes[:1]
	p.Summary.SemverPolicyStatus = "warn"
	*c.Semver = report.Semver{Status: "warn", CurrentVersion: "1.5.1", PreviousVersion: "1.5.0", Scheme: "semver", Messages: []string{"operations were added and only the patch version increased: 1.5.0 to 1.5.1"},
		Recommendations: []string{"release as 1.6.0"}, Advice: report.Advice{RecommendedBump: "minor", RecommendedVersion: "1.6.0", LowestVersion: "1.5.1"}}
	return badged(p)
}

// notChecked is a run of which the version could not be read.
func notChecked() *site.Page {
	p := placeholder()
	p.Badges = nil
	reason := "openapi.yaml:4:12: current version \"1.4\" is not a valid semantic version"
	p.Summary.Placeholder, p.Summary.PlaceholderStreak, p.Summary.NotChecked = true, 1, []report.NotChecked{{Step: "semver", Contract: "openapi", Reason: reason}}
	p.Summary.Headline = "The contract was not checked (1 run in a row): " + reason + "."
	p.Summary.Steps = []report.Step{{Name: "export", Status: "ok"}, {Name: "diff", Status: "ok"}, {Name: "semver", Status: "failed", Reason: reason}}
	p.Contracts[0].Placeholder.Extensions = report.PlaceholderExtensions{PlaceholderStreak: 1, Reason: "semver: " + reason}
	return badged(p)
}

// fleet is a repository with n contracts, of which each tenth breaks its clients and each thirteenth could not be measured.
func fleet(n int) *site.Page {
	p := healthy()
	p.Title, p.Badges, p.Contracts = "Wren APIs", nil, nil
	p.Summary.Version, p.Summary.Steps, p.Summary.OperationsAdded = "", nil, 0
	well, bad, lost, warned, begun := healthy(), breaking(), placeholder(), amber(), first()
	var broken []string
	for i := range n {
		state := report.ContractState{Name: fmt.Sprintf("%s-%03d", []string{"billing", "parcels", "tracking", "depots", "labels"}[i%5], i), SemverPolicyStatus: "ok", Version: "1.5.1", Outcome: "passed", StabilityRatio: 0.9667}
		from := well
		switch {
		case i%10 == 0:
			from, state.SemverPolicyStatus, state.BreakingChangesCount, state.Version, state.Outcome = bad, "fail", 2, "1.6.0", "failed"
			broken = append(broken, state.Name+" breaks its clients in 2 ways without a major version bump")
		case i%13 == 5:
			from, state.Placeholder, state.PlaceholderStreak, state.SemverPolicyStatus, state.Version, state.Outcome = lost, true, 3, "unknown", "", "not-checked"
		case i%17 == 3:
			from, state.SemverPolicyStatus = warned, "warn"
		case i%19 == 2:
			from = begun
		case i%7 > 0:
			d := *well.Contracts[0].Diff
			d.Changes = nil
			from = &site.Page{Contracts: []site.Contract{well.Contracts[0]}}
			from.Contracts[0].Diff = &d
		}
		c := from.Contracts[0]
		c.Name, c.Several, c.Owner = state.Name, true, []string{"platform", "tracking team", "billing"}[i%3]
		p.Contracts = append(p.Contracts, c)
		p.Summary.Contracts = append(p.Summary.Contracts, state)
		p.Summary.BreakingChangesCount += state.BreakingChangesCount
		if c.Operations != nil && !c.Diff.FirstRun {
			p.Summary.OperationsAdded += c.Operations.Counts.Added
			p.Summary.OperationsRemoved += c.Operations.Counts.Removed
		}
		for _, s := range from.Summary.Steps {
			s.Name += " " + state.Name
			p.Summary.Steps = append(p.Summary.Steps, s)
		}
	}
	p.Summary.Passed, p.Summary.SemverPolicyStatus, p.Summary.Placeholder, p.Summary.PlaceholderStreak = false, "fail", n > 5, 3
	switch {
	case n == 2:
		broken = append(broken, "parcels-001 is compatible")
	case len(broken) == 1:
		broken = append(broken, fmt.Sprintf("%d more need a look", n/10))
	case len(broken) > 4:
		broken = append(broken[:4], fmt.Sprintf("%d more need a look", len(broken)-4))
	}
	p.Summary.Headline = strings.Join(broken, "; ") + "."
	return badged(p)
}

// trouble is everything that can be wrong beside the contract: stale, unsigned, undelivered, a failed step, an expired waiver.
func trouble() *site.Page {
	p := healthy()
	p.Now = report.At(made.Add(72 * time.Hour))
	p.Signing = nil
	p.Deliveries = []report.Delivery{{Time: made, ID: "1", Reasons: []string{"stability_drop"}, Host: "hooks.wren.example", State: "queued"}, {Time: made, ID: "1", Host: "hooks.wren.example", State: "pending", Attempts: 4, LastStatus: 503}}
	p.Summary.Passed, p.Summary.BreakingChangesCount, p.Summary.SemverPolicyStatus = false, 1, "fail"
	p.Summary.Headline = "The API breaks its clients in 1 way without a major version bump; the step alert-gates failed: 2 of 5 gates failed."
	p.Summary.Steps = append(p.Summary.Steps, report.Step{Name: "alerts", Status: "failed", Reason: "read the history of alerts_taxonomy.json: the clone is shallow; fetch with `git fetch --unshallow`"})
	c := &p.Contracts[0]
	c.Diff.Changes[1].Waiver.Expired, c.Diff.Changes[1].Waiver.Expires = true, "2026-03-01"
	c.Semver.Status, c.Semver.ExpectedVersion, c.Semver.Messages = "fail", "2.0.0", []string{"a breaking change needs a major version: 1.5.0 to 1.5.1"}
	for i := range 6 {
		r, bad := &c.Runs[len(c.Runs)-3-2*i], report.Percent(90-5*i)
		r.Breaking, r.Score, r.Incompatible = true, &bad, 1+i/2
	}
	p.Badges = nil
	measured(p)
	badged(p)
	s := c.Stability
	s.Extensions.Budget.BurnRate = 1.8
	s.Extensions.SkippedTotal, s.Extensions.SkippedLines = 2, []report.SkippedLine{{Line: 17, Reason: "the line is torn"}}
	return p
}

func history(n int) *site.Page {
	p := healthy()
	p.Contracts[0].Runs, p.Badges = runs(n), nil
	measured(p)
	p.Summary.Steps[3].Reason = fmt.Sprintf("%d of %d runs stable", p.Contracts[0].Stability.WindowStableCount, p.Contracts[0].Stability.WindowTotalCount)
	p.Summary.Headline = fmt.Sprintf("The API has 1 breaking change accepted by platform until 2026-03-12; %.1f %% of the recent runs were stable.", 100*float64(p.Summary.StabilityRatio))
	return badged(p)
}

func alerts(n int) *site.Page {
	p := history(1000)
	p.Taxonomy = catalogueOf(n)
	return p
}
