package semver

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Lowest is the lowest release that the policy accepts with status ok after a change.
type Lowest struct {
	Version       string
	ContractMajor string // what info.x-contract-major must be at least; "" where it does not matter
	Bump          string // none, patch, minor, major: what the change requires
	Recommended   string // the version to publish it as: Version, or the calendar version of the day
}

// Advice is the answer as reports have it.
func (l Lowest) Advice() report.Advice {
	return report.Advice{RecommendedBump: l.Bump, RecommendedVersion: l.Recommended, LowestVersion: l.Version}
}

// advice is that of a first release, which there is nothing to count from, or of a change.
func (l Lowest) advice(f *facts) report.Advice {
	if f.first {
		return report.Advice{RecommendedBump: "none"}
	}
	return l.Advice()
}

// bumpOf is what a change asks for under the policy in force. Every advice follows from it.
func bumpOf(f *facts) string {
	switch {
	case f.Breaking && f.zero:
		return "minor"
	case f.Breaking:
		return "major"
	case f.asksMinor && f.prev.Scheme == SemVer:
		return "minor"
	case f.Changed:
		return "patch"
	}
	return "none"
}

// Next returns the lowest release that is accepted after in.Previous for the change that in
// describes; in.Current is ignored. For an unchanged contract it is the previous version; without a
// previous version it is 1.0.0, or 0.1.0 under ZeroMinor.
//
// Lowest means among releases of the same form: a prerelease of it would pass too, and for calendar
// versions the counter is increased, because the date of the release is unknown.
func Next(in Input) (Lowest, error) {
	if in.FirstRelease {
		if in.ZeroMajor == ZeroMinor {
			return Lowest{Version: "0.1.0", Bump: "none", Recommended: "0.1.0"}, nil
		}
		return Lowest{Version: "1.0.0", Bump: "none", Recommended: "1.0.0"}, nil
	}
	in.Current, in.CurrentMajor = in.Previous, in.PreviousMajor
	f, err := gather(in)
	if err != nil {
		return Lowest{}, err
	}
	return next(f)
}

func next(f *facts) (Lowest, error) {
	if f.first {
		return Lowest{Version: f.cur.Text, Bump: "none", Recommended: f.cur.Text}, nil
	}
	if f.prev.Scheme == CalVer {
		low, err := nextCalVer(f)
		low.Bump, low.Recommended = bumpOf(f), dated(f, low.Version)
		return low, err
	}
	low, err := nextSemVer(f)
	low.Bump, low.Recommended = bumpOf(f), low.Version
	if f.scheme == CalVer && f.Breaking { // the scheme was switched: both declarations would do
		low.ContractMajor = strconv.FormatUint(f.oldMajor+1, 10)
	}
	return low, err
}

func nextSemVer(f *facts) (Lowest, error) {
	v := f.prev
	switch ask := bumpOf(f); {
	case ask == "none":
		return Lowest{Version: v.Text}, nil
	case ask == "minor" && (!f.Breaking || !f.unreleased):
		return bump(v, 1)
	case ask == "major" && !f.unreleased:
		return bump(v, 0)
	case v.Prerelease != "":
		return Lowest{Version: v.release().Text}, nil
	}
	return bump(v, 2)
}

func nextCalVer(f *facts) (Lowest, error) {
	v := f.prev
	low := Lowest{Version: v.Text}
	if f.Breaking {
		low.ContractMajor = strconv.FormatUint(f.oldMajor+1, 10)
	}
	switch {
	case !f.Changed && !f.Breaking:
		return low, nil
	case v.Prerelease != "":
		low.Version = v.release().Text
		return low, nil
	}
	at := min(max(v.Parts, 2), 3)
	raised, err := bump(v, at)
	low.Version = raised.Version
	return low, err
}

// dated is the calendar version of the day of the release in the form of the previous one, with the commit where that names one. It is the
// lowest accepted one where the day is not known or gives nothing higher.
func dated(f *facts, lowest string) string {
	v := f.prev
	if f.Now.IsZero() || !f.Changed {
		return lowest
	}
	next, build := v.on(f.Now.UTC()), commitBuild(v.Build, f.Commit)
	next.Text = next.String()
	read, err := parseCalVer(next.Text)
	if err != nil || read.Compare(v) < 0 || read.Compare(v) == 0 && (build == "" || build == v.Build) {
		return lowest
	}
	if build != "" {
		next.Build = build
	}
	return next.String()
}

// on is the release of a day in the form of v. A third number of two digits is taken for a day, any other for a counter within the month.
func (v Version) on(day time.Time) Version {
	next := v.release()
	year, month, date := day.Date()
	now := [4]uint64{uint64(max(year, 0)), uint64(month)}
	sameMonth := now[0] == v.Numbers[0] && now[1] == v.Numbers[1]
	switch {
	case v.Parts < 3:
	case v.dayed:
		now[2] = uint64(date)
		if v.Numbers[3] != 0 {
			next.Parts = 3 // the counter of another day; one that always stands there begins with 0
		}
	case sameMonth && v.Prerelease != "":
		now[2], now[3] = v.Numbers[2], v.Numbers[3]
	case sameMonth:
		now[2] = v.Numbers[2] + 1
	}
	next.Numbers, next.padded = now, v.padded || !v.bare
	return next
}

// commitHash is how builds name a commit.
var commitHash = late.Pattern(`^[0-9a-f]{7,40}$`)

// commitBuild is the build metadata of a release of a commit, where the previous one names a commit in it.
func commitBuild(previous, commit string) string {
	if !commitHash().MatchString(previous) || !commitHash().MatchString(commit) {
		return ""
	}
	return commit[:min(len(previous), len(commit))]
}

// maxCounter is the largest number that the calendar pattern reads.
const maxCounter = 999_999_999

// bump increases the number at index at, clears those after it, and drops prerelease and build.
func bump(v Version, at int) (Lowest, error) {
	limit := uint64(math.MaxUint64)
	if v.Scheme == CalVer {
		limit = maxCounter
	}
	if v.Numbers[at] >= limit {
		return Lowest{}, &contract.Error{Msg: fmt.Sprintf("no version is higher than %q: the number cannot be increased", v.Text), Hint: "start over with contract.baseline: none"}
	}
	v.Numbers[at]++
	for i := at + 1; i < len(v.Numbers); i++ {
		v.Numbers[i] = 0
	}
	v.Parts = max(v.Parts, at+1)
	return Lowest{Version: v.release().Text}, nil
}
