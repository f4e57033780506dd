package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// way is one way out of what the verdict says: a sentence, and the command or the page that it is about.
type way struct {
	Text, Command string
	Link, Href    string // of the page of a contract
}

// onlyText is the way that a sentence describes.
func onlyText(text string) func(*Page) []way {
	return func(*Page) []way { return []way{{Text: text}} }
}

// runAgain is the way after something that could not be read or measured.
func runAgain(p *Page) []way {
	if len(p.Contracts) > 1 {
		return toContracts(p)
	}
	text := "Correct what the message names, then run again:"
	if reason := unread(p); reason != "" {
		text = "Correct this, then run again: " + strings.TrimSuffix(reason, ".")
	}
	return []way{{Text: text, Command: "govctl run"}}
}

// unread is the first reason for which something was not checked or measured, where the headline does not have it.
func unread(p *Page) string {
	if list := p.Summary.NotChecked; len(list) > 0 {
		if strings.Contains(p.Summary.Headline, strings.TrimSuffix(list[0].Reason, ".")) {
			return ""
		}
		return list[0].Reason
	}
	for i := range p.Contracts {
		if m := p.Contracts[i].Placeholder; m != nil && !strings.Contains(p.Summary.Headline, m.Extensions.Reason) {
			return m.Extensions.Reason
		}
	}
	return ""
}

// shownWays is how many contracts the verdict leads to; the table has them all.
const shownWays = 3

// toContracts leads to the pages of the contracts that need attention most.
func toContracts(p *Page) []way {
	var all []way
	for _, r := range rowsOf(p) {
		if r.rank < passedRank && len(all) < shownWays {
			all = append(all, way{Text: r.Next, Link: r.Name, Href: r.Href})
		}
	}
	return all
}

// afterFailure is the way after a failed gate.
func afterFailure(p *Page) []way {
	if len(p.Contracts) != 1 {
		return toContracts(p)
	}
	c := &p.Contracts[0]
	breaks, version := c.breaks(), required(c.Semver)
	failed := c.Semver != nil && c.Semver.Status == "fail"
	switch {
	case len(breaks) > 0:
		return []way{{Text: releaseOrAccept(version, failed, findingCount(breaks)), Command: acceptCommand(c, breaks, p.Summary.GeneratedAt)}}
	case failed && version != "":
		return []way{{Text: version + "."}}
	case failed && len(c.Semver.Recommendations) > 0:
		return []way{{Text: capital(c.Semver.Recommendations[0])}}
	case len(p.Summary.NotChecked) > 0:
		return runAgain(p)
	}
	for _, s := range p.Summary.Steps {
		if s.Status == "findings" || s.Status == "failed" {
			return []way{{Text: fmt.Sprintf("Correct what the step %s reports, then run again:", s.Name), Command: "govctl run"}}
		}
	}
	return nil
}

// releaseOrAccept is the choice that breaking changes leave.
func releaseOrAccept(version string, byVersion bool, n int) string {
	what := "the breaking change"
	if n > 1 {
		what = "the " + plural(n, "breaking change")
	}
	if byVersion && version != "" {
		return fmt.Sprintf("%s, or accept %s for a time:", version, what)
	}
	them := "it"
	if n > 1 {
		them = "them"
	}
	return fmt.Sprintf("Revert %s, or accept %s for a time:", what, them)
}

// required is what would declare the change, as an order: a version, or a major of the contract. It is empty where no version is known.
func required(s *report.Semver) string {
	switch {
	case s == nil || s.Status == "ok":
		return ""
	case s.ExpectedMajor != "":
		return "Set info.x-contract-major to " + s.ExpectedMajor
	}
	if v := requiredVersion(s); v != "" {
		return "Release as " + v
	}
	return ""
}

func requiredVersion(s *report.Semver) string {
	if s == nil || s.Status == "ok" {
		return ""
	}
	if v := cmp.Or(s.ExpectedVersion, s.LowestVersion, s.RecommendedVersion); v != s.CurrentVersion {
		return v
	}
	return ""
}

func afterFirst(p *Page) []way {
	next := "The contract is the baseline now. After the next run this page shows what changed, which changes break clients, and whether the version declares them."
	if len(p.Contracts) > 1 {
		next = "The contracts are the baselines now. After the next run this page shows which contracts changed, which changes break clients, and whether the versions declare them."
	}
	return []way{{Text: next}}
}

func afterBreaks(p *Page) []way {
	if len(p.Contracts) != 1 {
		return toContracts(p)
	}
	c := &p.Contracts[0]
	if c.Semver != nil && c.Semver.PendingBump != "" && required(c.Semver) != "" {
		return []way{{Text: required(c.Semver) + " or higher, or revert the change before the release."}}
	}
	return []way{{Text: "Publish how clients migrate:", Command: "govctl changelog api"}}
}

func afterAccepting(p *Page) []way {
	this, they := "this change", "waiver below records"
	if acceptedChanges(p) > 1 {
		this, they = "these changes", "waivers below record"
	}
	return []way{{Text: "Clients see " + this + " now. The " + they + " who accepted what, and why."}}
}

func afterWarning(p *Page) []way {
	if len(p.Contracts) != 1 {
		return toContracts(p)
	}
	s := p.Contracts[0].Semver
	switch {
	case s == nil:
		return nil
	case len(s.Recommendations) > 0:
		return []way{{Text: capital(s.Recommendations[0])}}
	case required(s) != "":
		return []way{{Text: required(s) + "."}}
	}
	return nil
}

// breaks are the breaking changes of a contract that no waiver accepts.
func (c *Contract) breaks() []*report.Finding {
	var all []*report.Finding
	if c.Diff == nil {
		return nil
	}
	for i := range c.Diff.Changes {
		if f := &c.Diff.Changes[i]; f.Breaking && !f.Waived() {
			all = append(all, f)
		}
	}
	return all
}

// findingCount is how many findings a list stands for.
func findingCount(list []*report.Finding) (n int) {
	for _, f := range list {
		n += f.Count()
	}
	return n
}

// The most fingerprints and rules that the command to accept breaking changes names.
const (
	namedFingerprints = 8
	namedRules        = 6
)

// waiverDays is how long the proposed waiver is valid, where the configuration allows as much.
const waiverDays = 30

// acceptCommand is the command that accepts breaking changes: by fingerprint, which accepts these changes and no others, in a loop where
// there are a few; by rule where there are many.
func acceptCommand(c *Contract, breaks []*report.Finding, now report.Time) string {
	contract := ""
	if c.Several {
		contract = " --contract " + sanitize.ShellWord(c.Name)
	}
	owner := cmp.Or(c.Owner, "WHO")
	decision := fmt.Sprintf(" --reason 'WHY' --owner %s --expires %s", sanitize.ShellWord(owner), expiry(c, now))
	var prints, rules []string
	for _, f := range breaks {
		if f.Fingerprint != "" {
			prints = append(prints, sanitize.ShellWord(f.Fingerprint))
		}
		if r := sanitize.ShellWord(f.Rule); !slices.Contains(rules, r) {
			rules = append(rules, r)
		}
	}
	const add = "govctl openapi waivers add"
	switch {
	case len(prints) == len(breaks) && len(prints) == 1:
		return add + contract + " --fingerprint " + prints[0] + decision
	case len(prints) == len(breaks) && len(prints) <= namedFingerprints:
		return "for f in " + strings.Join(prints, " ") + "; do\n  " + add + contract + " --fingerprint $f" + decision + "\ndone"
	case len(rules) == 1:
		return add + contract + " --rule " + rules[0] + decision
	}
	more := ""
	if n := len(rules) - namedRules; n > 0 {
		rules, more = rules[:namedRules], fmt.Sprintf("\n# and %d more rules, named with the changes below", n)
	}
	return "for r in " + strings.Join(rules, " ") + "; do\n  " + add + contract + " --rule $r" + decision + "\ndone" + more
}

// expiry is the last day of a proposed waiver; a word where the time of the run is unknown.
func expiry(c *Contract, now report.Time) string {
	if now.IsZero() {
		return "DATE"
	}
	days := waiverDays
	if c.WaiverDays > 0 {
		days = min(days, c.WaiverDays)
	}
	return day(report.At(now.AddDate(0, 0, days)))
}
