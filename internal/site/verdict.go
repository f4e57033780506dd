package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// verdict is the run in a word, a colour and a sentence. Kind is ok, warn, bad, none or info.
type verdict struct {
	Kind, Word, Sentence string
	More                 []string
}

// verdicts are tried in order; the first that holds is the word over the page.
var verdicts = []struct {
	kind, word string
	holds      func(*Page) bool
}{
	{"none", "Nothing here yet", blank},
	{"none", "Not checked", func(p *Page) bool { return len(p.Summary.NotChecked) > 0 && !measured(p) }},
	{"none", "Not measured", func(p *Page) bool { return p.Summary.Placeholder && !measured(p) }},
	{"bad", "Failed, and not all checked", func(p *Page) bool { return !p.Summary.Passed && len(p.Summary.NotChecked) > 0 }},
	{"bad", "Failed", func(p *Page) bool { return !p.Summary.Passed }},
	{"none", "Not all measured", func(p *Page) bool { return p.Summary.Placeholder }},
	{"warn", "Passed, with breaking changes", func(p *Page) bool { return p.Summary.BreakingChangesCount > 0 }},
	{"warn", "Passed, with a warning", func(p *Page) bool { return p.Summary.SemverPolicyStatus == "warn" }},
	{"info", "First run", firstRun},
	{"ok", "Passed", func(*Page) bool { return true }},
}

func judge(p *Page) verdict {
	v := verdict{Sentence: strings.TrimPrefix(p.Summary.Headline, "First run: "), More: support(p)}
	for _, row := range verdicts {
		if row.holds(p) {
			v.Kind, v.Word = row.kind, row.word
			break
		}
	}
	switch {
	case blank(p):
		v.Sentence, v.More = "No run has written any figures.", []string{"The first run of govctl in the workflow fills this page."}
	case v.Sentence == "":
		v.Sentence = "The run wrote no summary."
	case v.Kind == "info":
		v.Sentence = capital(v.Sentence)
		v.More = append(v.More, "The contract is the baseline now: the next run is compared with it.")
	}
	return v
}

// blank reports a page that no run has filled.
func blank(p *Page) bool {
	s := &p.Summary
	return s.SHA == "" && s.Headline == "" && !s.Passed && !s.Placeholder && s.BreakingChangesCount == 0
}

// measured reports a page with the figures of a contract, whatever became of the others.
func measured(p *Page) bool {
	return slices.ContainsFunc(p.Contracts, func(c Contract) bool { return c.Stability != nil })
}

func firstRun(p *Page) bool {
	for _, c := range p.Contracts {
		if c.Diff != nil && !c.Diff.FirstRun {
			return false
		}
	}
	return len(p.Contracts) > 0
}

// support is what stands under the sentence: which version it should be, and how the recent runs went.
func support(p *Page) []string {
	var lines []string
	for _, c := range p.Contracts {
		who := ""
		if len(p.Contracts) > 1 {
			who = c.Name + ": "
		}
		switch {
		case c.Semver == nil || c.Semver.Status == "ok":
		case c.Semver.PendingBump != "":
			lines = append(lines, fmt.Sprintf("%sThe next version after %s must be %s or higher.", who, c.Semver.PreviousVersion, c.Semver.LowestVersion))
		case c.Semver.ExpectedMajor != "": // the date is as good as any other, the declaration is missing
			lines = append(lines, fmt.Sprintf("%sinfo.x-contract-major should be %s: the date of version %s declares no break.", who, c.Semver.ExpectedMajor, c.Semver.CurrentVersion))
		case c.Semver.ExpectedVersion != "":
			lines = append(lines, fmt.Sprintf("%sVersion %s should be %s.", who, c.Semver.CurrentVersion, c.Semver.ExpectedVersion))
		}
		if s := c.Stability; s != nil && s.WindowTotalCount > 1 && len(p.Contracts) == 1 {
			lines = append(lines, fmt.Sprintf("%d of the last %s were stable; an alert is raised below %s.",
				s.WindowStableCount, plural(s.WindowTotalCount, "run"), percent(100*c.Threshold)))
		}
	}
	return lines
}

// notice is something that is wrong with the run or its measuring, and what to do about it.
type notice struct {
	Kind, Title, Text, Next string
	ID                      string // of the element, where a script shows it later
	Hidden                  bool
}

// notices are the failure states of a run: those that cannot wait, and the others.
func notices(p *Page) (urgent, mild []notice) {
	for _, part := range []func(*Page) []notice{measuring, policyChange, age, steps, delivery, belowThreshold, waivers, unsigned} {
		for _, n := range part(p) {
			if n.Kind == "warn" {
				mild = append(mild, n)
			} else {
				urgent = append(urgent, n)
			}
		}
	}
	return urgent, mild
}

func measuring(p *Page) []notice {
	var all []notice
	for _, c := range p.Contracts {
		if c.Placeholder == nil {
			continue
		}
		e := c.Placeholder.Extensions
		why := e.Reason
		if why == "" {
			why = "The contract was not measured; the steps below show why."
		}
		all = append(all, notice{Kind: "none", Title: c.Name + ": measuring failed" + times(e.PlaceholderStreak),
			Text: why, Next: "The stability figures on this page are not meaningful until this is fixed. Fix the problem that the message describes and run `govctl run` again."})
	}
	return all
}

// times is how often something happened, where that was more than once.
func times(n int) string {
	if n <= 1 {
		return ""
	}
	return fmt.Sprintf(" %d times in a row", n)
}

// policyChange is what the change does to the policy that judges it.
func policyChange(p *Page) []notice {
	if p.Policy == nil || len(p.Policy.Findings) == 0 {
		return nil
	}
	n := notice{Kind: "warn", Title: "This change touches its own policy", Text: capital(p.Policy.Headline) + ".", Next: "`status/policy.json` lists each change of the policy with its place and reason."}
	if p.Policy.VerdictBase != p.Policy.VerdictNew {
		n.Kind = "bad"
	}
	return []notice{n}
}

// stale reports figures that were old already when the page was built.
func stale(p *Page) bool {
	return !p.Now.IsZero() && !p.Summary.GeneratedAt.IsZero() && p.Now.Sub(p.Summary.GeneratedAt.Time).Hours() > StaleAfterHours
}

func age(p *Page) []notice {
	return []notice{{Kind: "bad", ID: "stale", Hidden: !stale(p), Title: "These figures are stale",
		Text: fmt.Sprintf("They were made %s, more than %d hours ago. A run is missing.", minute(p.Summary.GeneratedAt), StaleAfterHours),
		Next: "Look at the latest runs of the workflow: it may be failing before it publishes, or the schedule may be switched off."}}
}

func steps(p *Page) []notice {
	var all []notice
	for _, s := range p.Summary.Steps {
		if s.Status == "failed" && (!p.Summary.Placeholder || !explained(p, s)) {
			all = append(all, notice{Kind: "bad", Title: "The step " + s.Name + " could not do its work", Text: s.Reason,
				Next: "Everything that does not depend on it was still published. Fix the cause and run `govctl run` again."})
		}
	}
	return all
}

// explained reports a failed step whose reason the notice about measuring already gives.
func explained(p *Page, s report.Step) bool {
	for _, c := range p.Contracts {
		if c.Placeholder != nil && s.Reason != "" && strings.Contains(c.Placeholder.Extensions.Reason, s.Reason) {
			return true
		}
	}
	return false
}

func unsigned(p *Page) []notice {
	if p.Signing != nil {
		return nil
	}
	return []notice{{Kind: "warn", Title: "These files are not signed",
		Text: "Integrity can be verified, origin cannot.",
		Next: "`govctl key new` makes a key; give its seed to the workflow as GOV_SIGNING_PRIVATE_KEY."}}
}

// share begins a sentence about the stable runs of the window.
func share(s *report.Stability) string {
	if s.WindowTotalCount == 1 {
		return "The only run so far was not"
	}
	return percent(100*s.WindowStabilityRatio.Rounded()) + " of the last " + plural(s.WindowTotalCount, "run") + " were"
}

func belowThreshold(p *Page) []notice {
	var all []notice
	for _, c := range p.Contracts {
		s := c.Stability
		if s == nil {
			continue
		}
		if float64(s.WindowStabilityRatio) < c.Threshold {
			all = append(all, notice{Kind: "bad", Title: fmt.Sprintf("%s: stability is below the alert threshold", c.Name),
				Text: fmt.Sprintf("%s stable; the threshold is %s.", share(s), percent(100*c.Threshold)),
				Next: "Postpone breaking changes, or collect them in one major version, until old runs have left the window."})
		}
		if s.Extensions.Anomaly {
			all = append(all, notice{Kind: "warn", Title: c.Name + ": the score fell suddenly", Text: capital(s.Extensions.AnomalyReason), Next: "Read the changes of this run first."})
		}
		if n := s.Extensions.SkippedTotal; n > 0 && len(s.Extensions.SkippedLines) > 0 {
			first := s.Extensions.SkippedLines[0]
			all = append(all, notice{Kind: "warn", Title: fmt.Sprintf("%s: %s of the history cannot be read", c.Name, plural(n, "line")),
				Text: fmt.Sprintf("The first is line %d: %s. They stay in the file and are not counted.", first.Line, first.Reason), Next: "Fix or remove them in history.jsonl."})
		}
	}
	return all
}
