package comment

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// writePolicy says what the change does to the policy that evaluates it. It is silent only where the policy is unchanged.
func writePolicy(b *strings.Builder, p *Request) {
	c := p.Policy
	if c == nil || len(c.Findings) == 0 {
		return
	}
	fmt.Fprintf(b, "**%s.** %s\n\n", sanitize.Markdown(capital(c.Headline)), verdictWords(c))
	for i := range c.Findings {
		if i == shownItems {
			fmt.Fprintf(b, "- and %d more\n", len(c.Findings)-i)
			break
		}
		writePolicyItem(b, &c.Findings[i])
	}
	for _, check := range c.Checks {
		if check.Reason != "" {
			fmt.Fprintf(b, "\nUnder the policy that does not count, %s: %s\n", checkName(check), sanitize.Cut(sanitize.Markdown(check.Reason), 1000))
		}
	}
	fmt.Fprintf(b, "\nCompared with %s.\n", sanitize.Code(c.Base))
}

func writePolicyItem(b *strings.Builder, f *report.Finding) {
	word := "weaker"
	if f.Level == report.Info {
		word = "not weaker"
	}
	fmt.Fprintf(b, "- %s (%s): %s", sanitize.Code(f.Rule), word, sanitize.Cut(sanitize.Markdown(f.Message), 1000))
	if at := f.At(); at != nil && at.File != "" {
		place := at.File
		if at.Line > 0 {
			place = fmt.Sprintf("%s:%d", place, at.Line)
		}
		fmt.Fprintf(b, " at %s", sanitize.Code(sanitize.Cut(place, 300)))
	}
	b.WriteByte('\n')
}

// verdictWords are both verdicts, and which of them counts.
func verdictWords(c *report.Policy) string {
	if c.Mode == "block" {
		return fmt.Sprintf("Under the policy of the base, which counts, the run is: %s; under that of this change: %s.", c.VerdictBase, c.VerdictNew)
	}
	return fmt.Sprintf("Under the policy of this change, which counts, the run is: %s; under that of the base: %s.", c.VerdictNew, c.VerdictBase)
}

func checkName(c report.PolicyCheck) string {
	if c.Contract == "" {
		return c.Check
	}
	return c.Check + " of " + sanitize.Markdown(c.Contract)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// writeAccepted lists the breaking changes that waivers accept: how many, by whom, and until when.
func writeAccepted(b *strings.Builder, p *Request) {
	a := report.AcceptedOf(p.Findings)
	if len(a.Changes) == 0 {
		return
	}
	owners := make([]string, 0, shownItems+1)
	for i, owner := range a.Owners {
		if i == shownItems {
			owners = append(owners, fmt.Sprintf("%d more", len(a.Owners)-i))
			break
		}
		owners = append(owners, sanitize.Markdown(sanitize.Cut(owner, 100)))
	}
	changes := "breaking changes are"
	if len(a.Changes) == 1 {
		changes = "breaking change is"
	}
	fmt.Fprintf(b, "%d %s accepted, by %s; the first waiver ends on %s.\n\n", len(a.Changes), changes, strings.Join(owners, ", "), sanitize.Markdown(a.Until))
	for i := range a.Changes {
		f := &a.Changes[i]
		if i == shownItems {
			fmt.Fprintf(b, "- and %d more\n", len(a.Changes)-i)
			return
		}
		fmt.Fprintf(b, "- %s, accepted by %s until %s: %s\n", sanitize.Cut(sanitize.Markdown(f.Message), 500), sanitize.Markdown(sanitize.Cut(f.Waiver.Owner, 100)),
			sanitize.Markdown(f.Waiver.Expires), sanitize.Cut(sanitize.Markdown(f.Waiver.Reason), 500))
	}
}
