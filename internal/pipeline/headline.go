package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// outcome is what a run found about one contract, as far as the headline needs it.
type outcome struct {
	report.ContractState
	first     bool            // there was nothing to compare with
	unread    string          // the version, where it cannot be read
	unchecked string          // why the contract was not checked; empty where it was
	absent    bool            // no contract is configured
	empty     bool            // the contract describes no operation
	accepted  report.Accepted // breaking changes that waivers accept
	bump      string          // what would have declared the break; empty: a major version bump
	pending   string          // the lowest version that the next one may be, while the version has not moved
}

// namedOwners is how many owners of waivers a headline names.
const namedOwners = 3

// describeAccepted is how many breaking changes are accepted, by whom and until when.
func describeAccepted(a report.Accepted) string {
	owners := a.Owners
	if more := len(owners) - namedOwners; more > 0 {
		owners = append(slices.Clone(owners[:namedOwners]), fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%s accepted by %s until %s", count(len(a.Changes), "breaking change"), strings.Join(owners, ", "), a.Until)
}

// headlineTemplate is a row of what the headline can say about a contract: the first that holds is used. {name} stands for the contract,
// {ways} for how it breaks, {runs} for the placeholder runs in a row, {version} for the version, {accepted} for what waivers accept,
// {pending} for the lowest next version, {bump} for what would declare a break, {why} for the reason.
type headlineTemplate struct {
	holds        func(*outcome) bool
	alone, among string // where the contract is the only one, and where it is one of several
	bad          bool   // it explains why a run did not pass
}

var headlines = []headlineTemplate{
	{func(o *outcome) bool { return o.unread != "" && o.SemverPolicyStatus != "warn" },
		"The version {version} cannot be read, so the contract was not checked ({runs} in a row)", "the version of {name} cannot be read: {version}, so it was not checked ({runs} in a row)", true},
	{func(o *outcome) bool { return o.unchecked != "" },
		"The contract was not checked ({runs} in a row): {why}", "{name} was not checked ({runs} in a row)", true},
	{func(o *outcome) bool { return o.absent }, "No contract is configured", "no contract is configured", false},
	{func(o *outcome) bool { return o.empty },
		"The contract describes no operation, so that there is nothing to measure", "{name} describes no operation", false},
	{func(o *outcome) bool { return o.Placeholder },
		"The contract could not be measured ({runs} in a row)", "{name} could not be measured ({runs} in a row)", true},
	{func(o *outcome) bool { return o.SemverPolicyStatus == "fail" && o.BreakingChangesCount > 0 },
		"The API breaks its clients in {ways} without {bump}", "{name} breaks its clients in {ways} without {bump}", true},
	{func(o *outcome) bool { return o.SemverPolicyStatus == "fail" },
		"The version number does not match the change", "the version of {name} does not match its change", true},
	{func(o *outcome) bool { return o.pending != "" && o.BreakingChangesCount > 0 },
		"The API breaks its clients in {ways}, and the next version must be {pending} or higher", "{name} breaks its clients in {ways}, and its next version must be {pending} or higher", false},
	{func(o *outcome) bool { return o.unread != "" && o.BreakingChangesCount > 0 },
		"The API breaks its clients in {ways}; its version {version} cannot be checked", "{name} breaks its clients in {ways}; its version {version} cannot be checked", false},
	{func(o *outcome) bool { return o.BreakingChangesCount > 0 },
		"The API breaks its clients in {ways}, and the version declares it", "{name} breaks its clients in {ways}, and its version declares it", false},
	{func(o *outcome) bool { return len(o.accepted.Changes) > 0 },
		"The API has {accepted}", "{name} has {accepted}", false},
}

// headline is the run in one sentence that a manager understands.
func headline(s *report.Summary, all []outcome) string {
	var parts, fine []string
	bad, first := false, len(all) > 0
	for i := range all {
		o := &all[i]
		first = first && o.first
		if t := told(o); t != nil {
			text := t.among
			if len(all) == 1 {
				text = t.alone
			}
			bad = bad || t.bad
			parts = append(parts, fill(text, o))
			continue
		}
		fine = append(fine, o.Name)
	}
	parts, others := shorten(parts), len(parts) > 0
	switch {
	case len(all) == 1 && len(fine) == 1 && !s.Passed:
		parts = append(parts, compatible(s, "The API is compatible", "No breaking change was found in the API"))
	case others && len(fine) > 0:
		parts = append(parts, areCompatible(fine))
	case !others && !s.Passed:
		parts = append(parts, compatible(s, fmt.Sprintf("All %d contracts are compatible", len(all)), fmt.Sprintf("No breaking change was found in %d contracts", len(all))))
	case !others && first:
		return "First run: there is nothing to compare with yet."
	case !others && len(all) == 1:
		return fmt.Sprintf("The API is compatible; %.1f %% of the recent runs were stable.", float64(s.StabilityRatio)*100)
	case !others:
		return fmt.Sprintf("All %d contracts are compatible; %.1f %% of the recent runs of the least stable one were stable.", len(all), float64(s.StabilityRatio)*100)
	}
	if why := failure(s.Steps); !s.Passed && !bad && why != "" {
		parts = append(parts, why)
	}
	return strings.Join(parts, "; ") + "."
}

// compatible is the text for a run that was checked, or the more careful one.
func compatible(s *report.Summary, checked, unchecked string) string {
	if s.Checked {
		return checked
	}
	return unchecked
}

func told(o *outcome) *headlineTemplate {
	for i := range headlines {
		if headlines[i].holds(o) {
			return &headlines[i]
		}
	}
	return nil
}

func fill(text string, o *outcome) string {
	return strings.NewReplacer("{name}", o.Name, "{ways}", count(o.BreakingChangesCount, "way"), "{runs}", count(o.PlaceholderStreak, "run"),
		"{version}", fmt.Sprintf("%q", o.unread), "{accepted}", describeAccepted(o.accepted), "{pending}", o.pending, "{bump}", cmp.Or(o.bump, "a major version bump"), "{why}", strings.TrimRight(sanitize.Cut(o.unchecked, maxReason), ".")).Replace(text)
}

// toldContracts is how many contracts a headline names; the page has them all.
const toldContracts = 4

func shorten(parts []string) []string {
	if more := len(parts) - toldContracts; more > 0 {
		parts = append(parts[:toldContracts:toldContracts], fmt.Sprintf("%d more need a look", more))
	}
	return parts
}

func areCompatible(names []string) string {
	switch n := len(names); n {
	case 1:
		return names[0] + " is compatible"
	case 2:
		return names[0] + " and " + names[1] + " are compatible"
	default:
		return fmt.Sprintf("the other %d are compatible", n)
	}
}

// maxReason bounds, in bytes, what a headline repeats of a step's reason.
const maxReason = 160

// failure names the first gate that failed, or else the first step that could not do its work, with its reason.
func failure(steps []report.Step) string {
	for _, status := range []string{"findings", "failed"} {
		for _, s := range steps {
			if s.Status != status {
				continue
			}
			how := "failed"
			if status == "failed" {
				how = "could not do its work"
			}
			return fmt.Sprintf("the step %s %s: %s", s.Name, how, strings.TrimRight(sanitize.Cut(s.Reason, maxReason), "."))
		}
	}
	return ""
}
