package comment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

func policyOf(mode string) *report.Policy {
	return &report.Policy{
		Base: "git:origin/main", Mode: mode, Headline: "it passes only because this change adds 2 waivers", VerdictBase: "failed", VerdictNew: "passed", Weaker: 1,
		Checks: []report.PolicyCheck{{Check: "gate", Contract: "a_b", Outcome: "failed", Reason: "6 breaks *here*"}, {Check: "taxonomy", Outcome: "passed"}, {Check: "alert-gates", Outcome: "failed", Reason: "churn"}},
		Findings: []report.Finding{
			{Rule: "policy-waiver-added", Level: report.Warning, Message: "new waiver for <b>@everyone</b>", New: &report.Place{File: "w.yaml", Line: 3}},
			{Rule: "policy-workflow-changed", Level: report.Warning, Message: "gone", New: &report.Place{File: ".github/workflows/x.yml"}},
			{Rule: "policy-raised", Level: report.Info, Message: "stricter"},
		},
	}
}

func TestPolicySection(t *testing.T) {
	list := Sections(&Request{Headline: "h", Contract: "a", Policy: policyOf("show"), Changes: "nothing\n"})
	if len(list) != 3 || !strings.HasPrefix(list[1], "### Policy\n") {
		t.Fatalf("the policy is not the first section: %q", list)
	}
	for _, want := range []string{
		"**It passes only because this change adds 2 waivers.** Under the policy of this change, which counts, the run is: passed; under that of the base: failed.\n",
		"- `policy-waiver-added` (weaker): new waiver for &lt;b&gt;", " at `w.yaml:3`\n", "- `policy-workflow-changed` (weaker): gone at `.github/workflows/x.yml`\n",
		"- `policy-raised` (not weaker): stricter\n", "Under the policy that does not count, gate of a\\_b: 6 breaks \\*here\\*\n",
		"Under the policy that does not count, alert-gates: churn\n", "Compared with `git:origin/main`.\n",
	} {
		if !strings.Contains(list[1], want) {
			t.Errorf("%q is not in\n%s", want, list[1])
		}
	}
	if strings.Contains(list[1], "@everyone") || strings.Contains(list[1], "taxonomy:") {
		t.Errorf("a mention, or a check without a reason:\n%s", list[1])
	}
	if blocked := Sections(&Request{Headline: "h", Policy: policyOf("block")})[1]; !strings.Contains(blocked, "Under the policy of the base, which counts, the run is: failed; under that of this change: passed.") {
		t.Error(blocked)
	}
	many := policyOf("show")
	for i := range 30 {
		many.Findings = append(many.Findings, report.Finding{Rule: fmt.Sprint("policy-x", i), Message: "m"})
	}
	if text := Sections(&Request{Headline: "h", Policy: many})[1]; strings.Count(text, "\n- ") != shownItems+1 || !strings.Contains(text, "- and 13 more\n") {
		t.Error(text)
	}
	none := policyOf("show")
	none.Findings = nil
	for _, p := range []*report.Policy{nil, none} {
		if list := Sections(&Request{Headline: "h", Policy: p}); len(list) != 1 {
			t.Errorf("an unchanged policy: %q", list)
		}
	}
}

func TestAcceptedSection(t *testing.T) {
	accepted := func(n int, owner string) []report.Finding {
		var all []report.Finding
		for i := range n {
			all = append(all, report.Finding{Level: report.Error, Message: fmt.Sprint("change ", i), Waiver: &report.Waiver{Owner: owner, Expires: "2026-12-31", Reason: "because"}})
		}
		return all
	}
	one := Sections(&Request{Headline: "h", Contract: "a", Findings: accepted(1, "ann")})
	if want := "### a: Accepted breaking changes\n\n1 breaking change is accepted, by ann; the first waiver ends on 2026-12-31.\n\n- change 0, accepted by ann until 2026-12-31: because\n"; len(one) != 2 || one[1] != want {
		t.Errorf("%q, want %q", one, want)
	}
	later := accepted(2, "bob")
	later[0].Waiver.Expires, later[1].Waiver.Expires = "2027-01-01", "2026-11-30"
	if text := Sections(&Request{Headline: "h", Findings: append(later, accepted(1, "ann")...)})[1]; !strings.Contains(text, "3 breaking changes are accepted, by ann, bob; the first waiver ends on 2026-11-30.") {
		t.Error(text)
	}
	many := accepted(25, "ann")
	for i := range many {
		many[i].Waiver.Owner = fmt.Sprintf("o%02d", i)
	}
	if text := Sections(&Request{Headline: "h", Findings: many})[1]; strings.Count(text, "\n- change") != shownItems || !strings.Contains(text, "\n- and 5 more\n") || !strings.Contains(text, "o19, 5 more;") {
		t.Error(text)
	}
	expired := accepted(1, "ann")
	expired[0].Waiver.Expired = true
	if list := Sections(&Request{Headline: "h", Findings: append(expired, report.Finding{Level: report.Error})}); len(list) != 1 {
		t.Errorf("%q", list)
	}
}
