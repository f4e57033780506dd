package pipeline

import (
	"context"
	"fmt"

	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

// gate decides whether the change of one contract may pass.
func gate(_ context.Context, sc *stepContext) error {
	broken, err := written[report.Breaking](sc, breakingFile)
	if err != nil {
		return err
	}
	policy, err := written[report.Semver](sc, semverFile)
	if err != nil {
		return err
	}
	return sc.decide(broken, policy)
}

// decide is the gate of the contract's policy over what was found; its error is a finding.
func (sc *stepContext) decide(broken *report.Breaking, policy *report.Semver) error {
	switch sc.contract.Gate {
	case "semver":
		return semverGate(sc, policy)
	case "breaking":
		if broken.Breaking && !sc.contract.AllowBreaking {
			return finding(fmt.Sprintf("%s and none may pass (gate: breaking)", count(broken.Total, "unwaived breaking change")))
		}
		sc.note = "gate: breaking"
		if broken.Breaking {
			sc.note = fmt.Sprintf("%s allowed", count(broken.Total, "breaking change"))
		}
	default:
		sc.note = "gate: none"
	}
	return nil
}

func semverGate(sc *stepContext, policy *report.Semver) error {
	if policy == nil {
		return finding("the version policy could not be checked (gate: semver)")
	}
	sc.note = fmt.Sprintf("gate: semver, policy %s", policy.Status)
	if policy.PendingBump != "" {
		sc.note += ": the next version is at least " + policy.LowestVersion
	}
	if !semver.Fails(*policy, sc.contract.Semver.WarnAsFail) {
		return nil
	}
	reason := "the version policy failed"
	if policy.Status == "warn" {
		reason = "the version policy warned, and warn_as_fail is set"
	}
	switch {
	case policy.ExpectedMajor != "":
		reason += fmt.Sprintf(": info.x-contract-major must be at least %s for version %s to declare the break", policy.ExpectedMajor, policy.CurrentVersion)
	case policy.ExpectedVersion != "":
		reason += fmt.Sprintf(": %s is %s, the lowest accepted version is %s", versionName(policy.VersionFrom), policy.CurrentVersion, policy.ExpectedVersion)
	}
	return finding(reason)
}

// versionName is how messages call the place of a version.
func versionName(from string) string {
	switch {
	case from == "":
		return "info.version"
	case byTag(from):
		return "the release tag"
	}
	return from
}
