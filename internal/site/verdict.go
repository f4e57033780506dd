package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

// verdict is the run in a word, a colour and a sentence, with what to do now. Kind is ok, warn, bad or none.
type verdict struct {
	Kind, Word, Sentence string
	More                 []string
	Ways                 []way
}

// verdictRow is a word over the page with its colour, when it holds, and what to do then.
type verdictRow struct {
	kind, word string
	holds      func(*Page) bool
	ways       func(*Page) []way
}

// verdicts are tried in order; the first that holds is the word over the page.
func verdicts() []verdictRow {
	return []verdictRow{
		{"none", "Nothing here yet", blank, onlyText("The first run of govctl in the workflow fills this page.")},
		{"none", "Not checked", func(p *Page) bool { return len(p.Summary.NotChecked) > 0 && !measured(p) }, runAgain},
		{"none", "Not measured", func(p *Page) bool { return p.Summary.Placeholder && !measured(p) }, runAgain},
		{"bad", "Failed, and not all checked", func(p *Page) bool { return !p.Summary.Passed && len(p.Summary.NotChecked) > 0 }, afterFailure},
		{"bad", "Failed", func(p *Page) bool { return !p.Summary.Passed }, afterFailure},
		{"none", "Not all measured", func(p *Page) bool { return p.Summary.Placeholder }, runAgain},
		{"none", "First run", firstRun, afterFirst},
		{"warn", "Passed, with breaking changes", func(p *Page) bool { return p.Summary.BreakingChangesCount > 0 }, afterBreaks},
		{"warn", "Passed, with accepted breaking changes", func(p *Page) bool { return acceptedChanges(p) > 0 }, afterAccepting},
		{"warn", "Passed, with a warning", func(p *Page) bool { return p.Summary.SemverPolicyStatus == "warn" }, afterWarning},
		{"ok", "Passed", func(*Page) bool { return true }, nil},
	}
}

func evaluate(p *Page) verdict {
	v := verdict{Sentence: withAccepted(p, summarized(p, withoutShare(strings.TrimPrefix(p.Summary.Headline, "First run: "))))}
	for _, row := range verdicts() {
		if row.holds(p) {
			v.Kind, v.Word = row.kind, row.word
			if row.ways != nil {
				v.Ways = row.ways(p)
			}
			break
		}
	}
	switch {
	case blank(p):
		v.Sentence = "No run has written any figures."
	case v.Sentence == "":
		v.Sentence = "The run wrote no summary."
	case v.Word == "First run":
		v.Sentence = capital(v.Sentence)
	case v.Word == "Passed, with a warning":
		if w := warning(p); w != "" {
			v.Sentence, v.More = w, []string{v.Sentence}
		}
	}
	return v
}

// withoutShare is a headline without the share of stable runs at its end: the page has it among the figures.
func withoutShare(headline string) string {
	if i := strings.LastIndex(headline, "; "); i > 0 && strings.Contains(headline[i:], "% of the recent runs") {
		return headline[:i] + "."
	}
	return headline
}

// longHeadline is the length, in bytes, from which a headline that names contracts is replaced by their number: the table names them.
const longHeadline = 200

// summarized is a headline about several contracts, with their number where their names are too long to read.
func summarized(p *Page, headline string) string {
	if len(p.Contracts) < 2 || len(headline) < longHeadline {
		return headline
	}
	failed, others := 0, 0
	for _, r := range rowsOf(p) {
		switch {
		case r.State == "failed":
			failed++
		case r.rank < passedRank:
			others++
		}
	}
	all := plural(len(p.Contracts), "contract")
	switch {
	case failed > 0 && others > 0:
		return fmt.Sprintf("%s of %s failed; attention is needed on %s more.", grouped(failed), all, grouped(others))
	case failed > 0:
		return fmt.Sprintf("%s of %s failed.", grouped(failed), all)
	case others > 0:
		return fmt.Sprintf("Attention is needed on %s of %s.", grouped(others), all)
	}
	return headline
}

// withAccepted names the accepted breaking changes in a headline that does not.
func withAccepted(p *Page, headline string) string {
	n, until := accepted(p)
	if n == 0 || headline == "" || strings.Contains(headline, " accepted by ") {
		return headline
	}
	be := "is"
	if n > 1 {
		be = "are"
	}
	return fmt.Sprintf("%s; %s %s accepted until %s.", strings.TrimSuffix(headline, "."), plural(n, "breaking change"), be, until)
}

// accepted is how many breaking changes of all contracts waivers accept, and until when the first of these waivers holds.
func accepted(p *Page) (n int, until string) {
	for i := range p.Contracts {
		if d := p.Contracts[i].Diff; d != nil {
			a := report.AcceptedOf(d.Changes)
			n += len(a.Changes)
			if a.Until != "" && (until == "" || a.Until < until) {
				until = a.Until
			}
		}
	}
	return n, until
}

func acceptedChanges(p *Page) int {
	n, _ := accepted(p)
	return n
}

// warning is what the version policy warns of.
func warning(p *Page) string {
	var names []string
	text := ""
	for i := range p.Contracts {
		if s := p.Contracts[i].Semver; s != nil && s.Status == "warn" {
			names = append(names, p.Contracts[i].Name)
			text = strings.Join(s.Messages, "; ")
		}
	}
	switch {
	case len(names) == 0 || text == "" && len(names) == 1:
		return ""
	case len(names) == 1 && len(p.Contracts) == 1:
		return "Version policy: " + strings.TrimSuffix(text, ".") + "."
	case len(names) == 1:
		return fmt.Sprintf("Version policy of %s: %s.", names[0], strings.TrimSuffix(text, "."))
	}
	return fmt.Sprintf("The version policy warns about %s.", some(names))
}

// some names the first of many.
func some(names []string) string {
	const most = 4
	if n := len(names) - most; n > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ")
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

// notice is something that is wrong with the run or its measuring, and what to do about it.
type notice struct {
	Kind, Title, Text, Next string
	ID                      string // of the element, where a script shows it later
	Hidden                  bool
}

// notices are the failure states of a run: those that cannot wait, and the others.
func notices(p *Page) (urgent, mild []notice) {
	for _, part := range []func(*Page) []notice{policyChange, age, steps, delivery, belowThreshold, waivers, unsigned} {
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

// times is how often something happened, where that was more than once.
func times(n int) string {
	if n <= 1 {
		return ""
	}
	return fmt.Sprintf(" %d times in a row", n)
}

// policyChange is what the change does to the policy that evaluates it.
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
		if s.Status == "failed" && !among(p, s.Name) && (!p.Summary.Placeholder || !explained(p, s)) {
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

// detailed are the contracts of which the page shows more than a row.
func detailed(p *Page) []Contract {
	if len(p.Contracts) > 1 {
		return nil
	}
	return p.Contracts
}

// among reports a step of one contract of several: the page of that contract has it.
func among(p *Page, step string) bool { return len(p.Contracts) > 1 && strings.Contains(step, " ") }

func belowThreshold(p *Page) []notice {
	var all []notice
	for _, c := range detailed(p) {
		s := c.Stability
		if s == nil {
			continue
		}
		enough := c.missing() == 0
		if enough && float64(s.WindowStabilityRatio) < c.Threshold {
			all = append(all, notice{Kind: "bad", Title: fmt.Sprintf("%s: stability is below the alert threshold", c.Name),
				Text: fmt.Sprintf("The threshold is %s.", percent(100*c.Threshold)),
				Next: "Postpone breaking changes, or collect them in one major version, until old runs have left the window."})
		}
		if enough && s.Extensions.Anomaly {
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
