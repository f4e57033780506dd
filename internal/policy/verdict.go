package policy

import "github.com/romel/govctl/pkg/report"

// Verdicts are the outcomes of a run under the policy of the base and under that of the change.
type Verdicts struct {
	Base, New report.Outcome
	Blocks    bool // the one under the policy of the base counts
}

// Headline is what the change does to the policy and what that does to the verdict, as a part of a sentence.
func (v Verdicts) Headline(findings []report.Finding) string {
	does := Phrase(findings)
	switch {
	case len(findings) == 0:
		return "the policy is unchanged"
	case does == "":
		does = "makes the policy stricter"
	}
	base, now := v.Base == report.Passed, v.New == report.Passed
	switch {
	case v.Blocks && !base && now:
		return "it fails under the policy of the base; this change " + does + ", which does not count before the merge (policy.mode: block)"
	case v.Blocks && base && !now:
		return "this change " + does + ", and would fail under its own policy; it is evaluated under that of the base (policy.mode: block)"
	case v.Blocks:
		return "this change " + does + ", which does not count before the merge (policy.mode: block)"
	case !base && now:
		return "it passes only because this change " + does
	case base && !now:
		return "it fails only because this change " + does
	}
	return "this change " + does
}
