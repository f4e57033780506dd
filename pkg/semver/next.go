package semver

import (
	"fmt"
	"math"
	"strconv"

	"github.com/romel/govctl/pkg/contract"
)

// Lowest is the lowest release that the policy accepts with status ok after a change.
type Lowest struct {
	Version       string
	ContractMajor string // what info.x-contract-major must be at least; "" where it does not matter
}

// Next returns the lowest release that is accepted after in.Previous for the change that in describes; in.Current is
// not looked at. For a contract that did not change that is the previous version itself; without a previous one
// it is 1.0.0, or 0.1.0 under ZeroMinor.
//
// Lowest means among releases of the same form: a prerelease of it would pass too, and for calendar versions
// the counter is increased, because the date of the release is not known here.
func Next(in Input) (Lowest, error) {
	if in.FirstRelease {
		if in.ZeroMajor == ZeroMinor {
			return Lowest{Version: "0.1.0"}, nil
		}
		return Lowest{Version: "1.0.0"}, nil
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
		return Lowest{Version: f.cur.Text}, nil
	}
	if f.prev.Scheme == CalVer {
		return nextCalVer(f)
	}
	low, err := nextSemVer(f)
	if f.scheme == CalVer && f.Breaking { // the scheme was switched: both declarations would do
		low.ContractMajor = strconv.FormatUint(f.oldMajor+1, 10)
	}
	return low, err
}

func nextSemVer(f *facts) (Lowest, error) {
	v := f.prev
	switch {
	case !f.Changed && !f.Breaking:
		return Lowest{Version: v.Text}, nil
	case f.Breaking && !f.unreleased && f.zero:
		return bump(v, 1)
	case f.Breaking && !f.unreleased:
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

// maxCounter is the largest number that the calendar pattern reads.
const maxCounter = 999_999_999

// bump increases the number at index at, clears those after it, and drops prerelease and build.
func bump(v Version, at int) (Lowest, error) {
	limit := uint64(math.MaxUint64)
	if v.Scheme == CalVer {
		limit = maxCounter
	}
	if v.Numbers[at] >= limit {
		return Lowest{}, &contract.Error{Msg: fmt.Sprintf("there is no version above %q: its number cannot grow", v.Text), Hint: "start over with contract.baseline: none"}
	}
	v.Numbers[at]++
	for i := at + 1; i < len(v.Numbers); i++ {
		v.Numbers[i] = 0
	}
	v.Parts = max(v.Parts, at+1)
	return Lowest{Version: v.release().Text}, nil
}
