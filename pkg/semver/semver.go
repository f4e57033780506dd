// Package semver checks whether the version of a contract matches its change.
//
// Its input is two versions and the result of the diff; its output is the status of the policy, the
// reason, and the lowest accepted version. The policy is the table in rules.go.
package semver

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Schema is the schema id of semver-validation.json.
const Schema = "govctl/semver-validation/v1"

// The statuses of the policy, as they stand in semver-validation.json. Summaries also know "unknown".
const (
	ok   = "ok"
	warn = "warn"
	fail = "fail"
)

// The values of semver.zero_major: the number of 0.y.z that a breaking change must increase.
// ZeroMajor is the default.
const (
	ZeroMajor = "major"
	ZeroMinor = "minor"
)

// The values of semver.policy. Original requires only a patch if nothing breaks; SemVer2 requires a
// minor if something is added, as section 7 of Semantic Versioning 2.0.0 does. Original is the
// default.
const (
	Original = "original"
	SemVer2  = "semver2"
)

// Change is the result of the diff of two contracts.
type Change struct {
	Breaking  bool     // there is a breaking change that no waiver covers
	Changed   bool     // there is any change at all
	AddedOnly bool     // every change adds something
	Adds      bool     // something is added, whatever else changed
	Waived    []string // waived breaking changes, one readable text each
}

// Input is the complete input of the policy.
type Input struct {
	Previous      string // info.version of the published contract
	Current       string // info.version of the new one
	PreviousPlace report.Place
	CurrentPlace  report.Place
	FirstRelease  bool // there is no published contract; Previous is ignored
	Change

	PreviousMajor string // info.x-contract-major of the published contract; "" counts as 0
	CurrentMajor  string
	Scheme        string // Auto, SemVer, CalVer; "" is Auto
	ZeroMajor     string // ZeroMajor or ZeroMinor; "" is ZeroMajor
	Policy        string // Original or SemVer2; "" is Original
	PlannedMajor  bool   // a major version without a breaking change is intended
	Tagged        bool   // versions are release tags, whose leading "v" is usual

	// Told: an earlier run reported every breaking change, with the same version. BetweenReleases:
	// Current is the version of the last release, and this contract is not a release.
	Told, BetweenReleases bool

	Now    time.Time // the day of the release, for calendar versions; zero: unknown
	Commit string    // the released commit, for calendar versions that contain it; "": unknown
}

// step says which number of a semantic version increased.
type step int

const (
	none  step = iota // only the prerelease moved, or nothing
	patch             // the steps are ordered: a larger one says more
	minor
	major
)

// facts are what the rows of the policy ask for.
type facts struct {
	Input
	scheme          string
	first           bool
	prev, cur       Version
	order           int  // of cur against prev
	sameVersion     bool // equal in precedence, and no other build is named
	switched        bool // prev and cur are of different schemes
	step            step
	sameCore        bool   // equal numbers, whatever the prerelease
	zero            bool   // 0.y.z under ZeroMinor
	unreleased      bool   // prev is a prerelease of a version that may break
	asksMinor       bool   // something is added, and the policy asks for a minor then
	oldMajor, major uint64 // info.x-contract-major
}

// Check evaluates the policy. A version that cannot be read gives status fail and a
// *contract.Error; the report is complete in that case too. GeneratedAt is left to the caller.
func Check(in Input) (report.Semver, error) {
	out := report.Semver{
		Schema: Schema, Scheme: in.Scheme, Breaking: in.Breaking,
		CurrentVersion: in.Current, Current: in.Current, PreviousVersion: in.Previous, Previous: in.Previous,
		Messages: []string{}, Recommendations: []string{},
	}
	f, err := gather(in)
	if err != nil {
		return unread(out, err), err
	}
	out.Scheme = f.scheme
	rule := decide(f)
	lowest, err := next(f)
	out.Advice = lowest.advice(f)
	if rule.Pending {
		out.PendingBump = out.RecommendedBump
	}
	words := f.placeholders(lowest)
	out.Rule, out.Status = rule.ID, rule.Status
	out.Messages = append(out.Messages, words.Replace(rule.Say))
	for _, n := range notes {
		if f.applies(n) {
			out.Messages = append(out.Messages, words.Replace(n.Say))
		}
	}
	for _, w := range in.Waived {
		out.Messages = append(out.Messages, "waived, so not breaking for the policy: "+w)
	}
	if rule.Advice != "" {
		out.Recommendations = append(out.Recommendations, words.Replace(rule.Advice))
	}
	if err == nil && (rule.Status == fail || strings.Contains(rule.Advice, "{expected}")) {
		out.ExpectedVersion, out.ExpectedMajor = lowest.Version, lowest.ContractMajor
	}
	return out, nil
}

// unread completes the report of a run whose versions cannot be read.
func unread(out report.Semver, err error) report.Semver {
	out.Rule, out.Status = "unreadable-version", fail
	out.Messages = append(out.Messages, err.Error())
	if e := (*contract.Error)(nil); errors.As(err, &e) && e.Hint != "" {
		out.Recommendations = append(out.Recommendations, e.Hint)
	}
	if out.Scheme != SemVer && out.Scheme != CalVer {
		out.Scheme = "unknown"
	}
	return out
}

func decide(f *facts) *Rule {
	for i := range rules {
		if f.applies(rules[i]) {
			return &rules[i]
		}
	}
	panic("semver: the last rows of the policy match everything") // a test walks all combinations of facts
}

func (f *facts) applies(r Rule) bool {
	return (r.Scheme == "" || r.Scheme == f.scheme) && r.When(f)
}

// placeholders fills the placeholders of the table.
func (f *facts) placeholders(lowest Lowest) *strings.Replacer {
	contractMajor := lowest.ContractMajor
	if contractMajor == "" {
		contractMajor = strconv.FormatUint(f.oldMajor, 10)
	}
	version := lowest.Version
	if version == "" {
		version = "a higher version"
	}
	return strings.NewReplacer("{previous}", f.Previous, "{current}", f.Current, "{expected}", version, "{major}", contractMajor)
}

// gather reads the versions and derives the facts.
func gather(in Input) (*facts, error) {
	f := &facts{Input: in, first: in.FirstRelease}
	f.Changed = in.Changed || in.Breaking || in.AddedOnly || in.Adds || len(in.Waived) > 0
	var err error
	if !slices.Contains([]string{"", Original, SemVer2}, in.Policy) {
		return nil, &contract.Error{Msg: fmt.Sprintf("unknown semver.policy %q", in.Policy), Hint: "use original or semver2"}
	}
	if !slices.Contains([]string{"", ZeroMajor, ZeroMinor}, in.ZeroMajor) {
		return nil, &contract.Error{Msg: fmt.Sprintf("unknown semver.zero_major %q", in.ZeroMajor), Hint: "use major or minor"}
	}
	if f.cur, err = Parse(in.Current, in.Scheme); err != nil {
		return nil, locate(err, "current", in.CurrentPlace)
	}
	f.scheme = f.cur.Scheme
	if f.first {
		return f, nil
	}
	if f.prev, err = Parse(in.Previous, in.Scheme); err != nil {
		return nil, locate(err, "previous", in.PreviousPlace)
	}
	f.readBothAsSemVer()
	f.compare()
	if f.scheme != CalVer {
		return f, nil
	}
	if f.oldMajor, err = contractMajor(in.PreviousMajor); err != nil {
		return nil, locate(err, "previous", in.PreviousPlace)
	}
	if f.major, err = contractMajor(in.CurrentMajor); err != nil {
		return nil, locate(err, "current", in.CurrentPlace)
	}
	return f, nil
}

// readBothAsSemVer reads both versions as semantic ones where Auto took only one of them for a date although both begin with a
// year: 2024.0.0 and 2024.1.0 follow one scheme.
func (f *facts) readBothAsSemVer() {
	if f.prev.Scheme == f.cur.Scheme || !plausibleYear(f.prev.Numbers[0]) || !plausibleYear(f.cur.Numbers[0]) {
		return
	}
	prev, err1 := parseSemVer(f.Previous)
	cur, err2 := parseSemVer(f.Current)
	if err1 == nil && err2 == nil {
		f.prev, f.cur, f.scheme = prev, cur, SemVer
	}
}

// compare derives what follows from the two versions alone.
func (f *facts) compare() {
	f.switched = f.prev.Scheme != f.cur.Scheme
	f.order = f.cur.Compare(f.prev)
	f.sameVersion = f.order == 0 && (f.cur.Build == "" || f.cur.Build == f.prev.Build)
	f.sameCore = f.cur.Numbers == f.prev.Numbers
	old, now := f.prev.Numbers, f.cur.Numbers
	switch {
	case now[0] != old[0]:
		f.step = major
	case now[1] != old[1]:
		f.step = minor
	case now[2] != old[2]:
		f.step = patch
	}
	f.zero = f.ZeroMajor == ZeroMinor && old[0] == 0
	f.unreleased = f.prev.mayBreak(f.zero)
	f.asksMinor = f.Policy == SemVer2 && f.Adds && !f.zero && (f.prev.Prerelease == "" || old[2] != 0)
}

// mayBreak reports whether v is a prerelease of a version that starts a new promise: X.0.0, or 0.Y.0 where the minor counts.
func (v Version) mayBreak(zero bool) bool {
	n := v.Numbers
	return v.Prerelease != "" && n[2] == 0 && (n[1] == 0 || zero)
}

func contractMajor(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == math.MaxUint64 {
		return 0, &contract.Error{Msg: fmt.Sprintf("info.x-contract-major %q is not a whole number", text), Hint: "write a whole number such as 2"}
	}
	return n, nil
}

// locate says in err which of the versions it is about and where that stands.
func locate(err error, which string, at report.Place) error {
	e := (*contract.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	hint := e.Hint
	if which == "previous" {
		hint += "; the published contract cannot be fixed, so compare with another one or set contract.baseline to none once"
	}
	return &contract.Error{Place: at, Msg: which + " " + e.Msg, Hint: hint}
}

// standsStill reports a version that did not move: neither its number nor, for a calendar version, the build that it names.
func (f *facts) standsStill() bool {
	return f.order == 0 && (f.sameVersion || f.scheme == SemVer)
}
