package semver

import (
	"slices"

	"github.com/romel/govctl/pkg/report"
)

// Rule is one row of the version policy. The first row whose condition is true applies.
//
// In Say and Advice {previous} and {current} are the two versions, {expected} is the lowest version
// that the policy accepts, {major} the lowest accepted info.x-contract-major.
type Rule struct {
	ID     string
	Scheme string // SemVer, CalVer, or "" for both
	Status string // ok, warn, fail
	When   func(*facts) bool
	Say    string // the verdict, for messages
	Advice string // what to do, for recommendations; empty when there is nothing to do
	Why    string

	Mild    bool // semver.warn_as_fail lets the warning pass
	Pending bool // the required version is not released yet
}

// rules are the policy. Order matters: a row may rely on all earlier rows not having matched.
var rules = []Rule{
	{
		ID: "first-release", Status: ok,
		When: func(f *facts) bool { return f.first },
		Say:  "first release: {current} is compared with nothing",
		Why:  "Without a published contract there is no promise that a version could break.",
	}, {
		ID: "scheme-went-back", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.switched && f.order < 0 },
		Say:    "the version went from a calendar version to a lower semantic version: {previous} to {current}",
		Advice: "stay with calendar versions, or continue with a major version above the year; package managers treat the highest number as the newest",
		Why:    "A version that goes down is never installed by tools that look for the newest.",
	}, {
		ID: "version-went-down", Status: fail,
		When:   func(f *facts) bool { return f.order < 0 },
		Say:    "the version went down: {previous} to {current}",
		Advice: "publish it as {expected} or higher",
		Why:    "A version that goes down is never installed by tools that look for the newest.",
	},

	// The version has not moved, and need not yet.
	{
		ID: "between-releases", Status: warn, Mild: true, Pending: true,
		When:   func(f *facts) bool { return f.BetweenReleases && f.Changed },
		Say:    "not released yet: the contract changed since {previous}",
		Advice: "tag the next release {expected} or higher",
		Why:    "Where tags are the versions, a commit between two of them has none; the version of the next release must cover all changes since the last one.",
	}, {
		ID: "pending-bump", Status: warn, Pending: true,
		When:   func(f *facts) bool { return f.Breaking && f.Told && f.standsStill() },
		Say:    "the change is breaking, an earlier run has reported it, and the version is still {current}",
		Advice: "publish it as {expected}, or waive the breaking changes with a reason and a date",
		Why:    "The run that brought the break failed; failing every later run for it would hide the next break.",
	},

	// Calendar versions: the year is no promise, info.x-contract-major is.
	{
		ID: "contract-major-went-down", Scheme: CalVer, Status: fail,
		When:   func(f *facts) bool { return f.major < f.oldMajor },
		Say:    "info.x-contract-major went down or disappeared",
		Advice: "set info.x-contract-major to {major} or higher",
		Why:    "Under calendar versions x-contract-major is the only promise about breaking changes; it must not move back.",
	}, {
		ID: "calver-breaking-undeclared", Scheme: CalVer, Status: fail,
		When:   func(f *facts) bool { return f.Breaking && f.major == f.oldMajor },
		Say:    "the change is breaking and nothing declares it: a calendar version gives the date, not the change",
		Advice: "set info.x-contract-major to {major} and publish under the date of the release, or waive the breaking changes with a reason and a date; changing the date alone declares nothing",
		Why:    "The year of a calendar version is not a promise, so a breaking change needs a separate declaration.",
	}, {
		ID: "calver-breaking-unchanged", Scheme: CalVer, Status: fail,
		When:   func(f *facts) bool { return f.Breaking && f.sameVersion },
		Say:    "the change is breaking and the version is still {current}",
		Advice: "publish it under the date of the release, at least {expected}",
		Why:    "Two contracts of which one breaks the other cannot share a version.",
	}, {
		ID: "scheme-switched", Scheme: CalVer, Status: warn,
		When:   func(f *facts) bool { return f.switched },
		Say:    "the version went from a semantic version to a calendar version: {previous} to {current}",
		Advice: "if this is meant, set semver.scheme to calver and declare breaking changes with info.x-contract-major from now on",
		Why:    "Readers who relied on the first number as a compatibility promise must learn that it is now a year.",
	}, {
		ID: "calver-breaking-declared", Scheme: CalVer, Status: ok,
		When: func(f *facts) bool { return f.Breaking },
		Say:  "the change is breaking and info.x-contract-major declares it",
		Why:  "An increased x-contract-major is to a calendar version what a new major is to a semantic one.",
	}, {
		ID: "calver-same-date", Scheme: CalVer, Status: ok,
		When: func(f *facts) bool { return f.order == 0 && !f.sameVersion && !f.Breaking },
		Say:  "another build of the same date: {previous} to {current}",
		Why:  "Build metadata names the build, so several releases of one day remain distinct.",
	},

	// Breaking changes under semantic versions: rule 1.
	{
		ID: "breaking-unchanged", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.Breaking && f.order == 0 },
		Say:    "the change is breaking and the version did not increase: {previous} to {current}",
		Advice: "publish it as {expected}, or waive the breaking changes with a reason and a date",
		Why:    "Rule 1: a breaking change needs a new major version.",
	}, {
		ID: "breaking-major-prerelease", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.Breaking && f.step == major && f.cur.Prerelease != "" },
		Say:  "the change is breaking and {current} is a prerelease of a new major version",
		Why:  "A prerelease of the right major announces the break as the major itself does.",
	}, {
		ID: "breaking-major", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.Breaking && f.step == major },
		Say:  "the change is breaking and the major version increased: {previous} to {current}",
		Why:  "Rule 1: a breaking change needs a new major version.",
	}, {
		ID: "breaking-zero-minor", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.Breaking && f.zero && f.step == minor },
		Say:  "the change is breaking and the minor version of 0.y.z increased: {previous} to {current}",
		Why:  "With semver.zero_major: minor the second number of 0.y.z carries the promise of rule 1.",
	}, {
		ID: "breaking-before-release", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.Breaking && f.unreleased && f.step <= patch && f.sameCore },
		Say:  "the change is breaking, and {previous} was a prerelease of a version that may break",
		Why:  "Section 9 of SemVer: a prerelease promises no compatibility, and its major has not been released yet.",
	}, {
		ID: "breaking-zero-patch", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.Breaking && f.zero },
		Say:    "the change is breaking and neither the minor nor the major version of 0.y.z increased: {previous} to {current}",
		Advice: "publish it as {expected}, or waive the breaking changes with a reason and a date",
		Why:    "With semver.zero_major: minor the second number of 0.y.z carries the promise of rule 1.",
	}, {
		ID: "breaking-without-major", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.Breaking },
		Say:    "the change is breaking and the major version did not increase: {previous} to {current}",
		Advice: "publish it as {expected}, or waive the breaking changes with a reason and a date",
		Why:    "Rule 1: a breaking change needs a new major version.",
	},

	// No breaking change from here on.
	{
		ID: "unchanged", Status: ok,
		When: func(f *facts) bool { return f.order == 0 && !f.Changed },
		Say:  "neither the version nor the contract changed: {current}",
		Why:  "A run without a change needs no new version.",
	}, {
		ID: "changed-under-same-version", Status: warn,
		When:   func(f *facts) bool { return f.order == 0 },
		Say:    "the contract changed and the version is still {current}",
		Advice: "publish it as {expected}",
		Why:    "Two different contracts under one version cannot be distinguished by the version number.",
	}, {
		ID: "calver-advanced", Scheme: CalVer, Status: ok,
		When: func(*facts) bool { return true },
		Say:  "the calendar version advanced: {previous} to {current}",
		Why:  "Under calendar versions rules 2 and 3 do not apply: the numbers follow the calendar.",
	},

	// Semantic versions that increased without a breaking change: rules 2 to 4.
	{
		ID: "major-planned", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.step == major && f.PlannedMajor },
		Say:  "the major version increased without a breaking change, as planned: {previous} to {current}",
		Why:  "semver.planned_major declares this one release as a major version.",
	}, {
		ID: "major-for-waived-break", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.step == major && len(f.Waived) > 0 },
		Say:    "the major version increased and all breaking changes are waived: {previous} to {current}",
		Advice: "remove the waivers, since the new major declares these breaks, or publish it as {expected}",
		Why:    "Rule 2: a waived break is not breaking for the policy, so it does not justify a major.",
	}, {
		ID: "major-leaves-zero", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.step == major && f.prev.Numbers[0] == 0 },
		Say:    "the version left 0.y.z without a breaking change: {previous} to {current}",
		Advice: "publish it as {expected}, or, to declare the contract stable, set semver.planned_major: true for this one release",
		Why:    "Rule 2: a major increase without a breaking change is rejected, also from 0 to 1.",
	}, {
		ID: "major-without-break", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.step == major },
		Say:    "the major version increased without a breaking change: {previous} to {current}",
		Advice: "publish it as {expected}, or, where the major is meant, set semver.planned_major: true for this one release",
		Why:    "Rule 2: artificial majors make every reader check for a break that does not exist.",
	}, {
		ID: "minor-with-additions", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.step == minor && f.Adds && f.Policy == SemVer2 },
		Say:  "the minor version increased and something is added: {previous} to {current}",
		Why:  "Section 7 of Semantic Versioning 2.0.0 asks for a minor when something is added, and semver.policy: semver2 follows it.",
	}, {
		ID: "addition-without-minor", Scheme: SemVer, Status: fail,
		When:   func(f *facts) bool { return f.asksMinor && f.step < minor },
		Say:    "something is added and the minor version did not increase: {previous} to {current}",
		Advice: "publish it as {expected}",
		Why:    "Section 7 of Semantic Versioning 2.0.0 asks for a minor when something is added, and semver.policy: semver2 follows it.",
	}, {
		ID: "minor-for-additions", Scheme: SemVer, Status: warn, Mild: true,
		When:   func(f *facts) bool { return f.step == minor && f.Changed && f.AddedOnly },
		Say:    "the minor version increased and the change only adds: this policy asks for no more than a patch",
		Advice: "keep {current}, or set semver.policy: semver2: section 7 of Semantic Versioning 2.0.0 asks for a minor when something is added",
		Why:    "Rule 3: the policy warns on every minor without a break; for pure additions minor is what SemVer itself asks for.",
	}, {
		ID: "minor-without-break", Scheme: SemVer, Status: warn,
		When:   func(f *facts) bool { return f.step == minor },
		Say:    "the minor version increased without a breaking change: a patch may have sufficed",
		Advice: "{expected} would have been enough",
		Why:    "Rule 3: a minor may signal more than the change contains.",
	}, {
		ID: "patch", Scheme: SemVer, Status: ok,
		When: func(f *facts) bool { return f.step == patch },
		Say:  "the patch version increased without a breaking change: {previous} to {current}",
		Why:  "Rule 4: a patch is always acceptable without a breaking change.",
	}, {
		ID: "prerelease", Scheme: SemVer, Status: ok,
		When: func(*facts) bool { return true },
		Say:  "the prerelease advanced or was released without a breaking change: {previous} to {current}",
		Why:  "From one prerelease to the next, and to its release, no promise is touched.",
	},
}

// notes say what a reader should know beside the verdict; every row that holds is added to the messages.
var notes = []Rule{
	{
		ID: "note-prefix",
		When: func(f *facts) bool {
			return !f.Tagged && (f.cur.prefixed || f.prev.prefixed)
		},
		Say: `the leading "v" is not part of the version and was ignored`,
	}, {
		ID: "note-additions-in-patch", Scheme: SemVer,
		When: func(f *facts) bool {
			return !f.first && f.step == patch && !f.Breaking && f.Changed && f.AddedOnly && !f.asksMinor
		},
		Say: "the change only adds: this policy asks for no more than a patch, section 7 of Semantic Versioning 2.0.0 for a minor",
	}, {
		ID: "note-build-only", Scheme: SemVer,
		When: func(f *facts) bool { return !f.first && f.order == 0 && f.cur.Build != f.prev.Build },
		Say:  "build metadata does not count: {previous} and {current} are the same version",
	}, {
		ID: "note-spelling", Scheme: CalVer,
		When: func(f *facts) bool {
			return !f.first && f.order == 0 && f.cur.release().Text != f.prev.release().Text
		},
		Say: "{previous} and {current} are two spellings of the same date",
	}, {
		ID: "note-calver-rules", Scheme: CalVer,
		When: func(f *facts) bool { return !f.first && f.major == f.oldMajor },
		Say:  "calendar version: the year is not a promise; a breaking change is declared by a higher info.x-contract-major",
	}, {
		ID: "note-planned-major", Scheme: SemVer,
		When: func(f *facts) bool { return !f.first && f.PlannedMajor && f.step != major },
		Say:  "semver.planned_major is set and this is not a new major version: remove it once the planned one is published",
	}, {
		ID: "note-contract-major", Scheme: CalVer,
		When: func(f *facts) bool { return !f.first && f.major > f.oldMajor && !f.Breaking },
		Say:  "info.x-contract-major increased without a breaking change",
	},
}

// Fails reports whether a verdict fails a gate: with warnAsFail, warnings caused only by the
// difference between the policies and those between two releases still pass.
func Fails(v report.Semver, warnAsFail bool) bool {
	mild := func(r Rule) bool { return r.ID == v.Rule && r.Mild }
	return v.Status == fail || v.Status == warn && warnAsFail && !slices.ContainsFunc(rules, mild)
}

// Rules returns the rows of the policy in the order in which they are tried.
func Rules() []Rule { return slices.Clone(rules) }
