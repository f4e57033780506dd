package semver

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	mm "github.com/Masterminds/semver/v3"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
)

// The schemes by which a version is read. Auto picks CalVer when every version at hand is a plausible date.
const (
	Auto   = "auto"
	SemVer = "semver"
	CalVer = "calver"
)

// Version is a parsed version. Two versions with equal numbers and prerelease have equal
// precedence, whatever their build metadata, as in section 10 of Semantic Versioning 2.0.0.
type Version struct {
	Scheme     string    // SemVer or CalVer
	Numbers    [4]uint64 // major, minor, patch, 0; or year, month, day, counter
	Parts      int       // how many of Numbers were written
	Prerelease string    // after "-", without it
	Build      string    // after "+", without it
	Text       string    // as written
	prefixed   bool      // written with a leading "v"
	shortYear  bool      // calendar year written with two digits
	padded     bool      // a calendar number written with a leading zero
	bare       bool      // a month, day or counter below ten written without one
	dayed      bool      // a third number written with two digits, as a day is
}

// Parse returns text as a version of scheme, or a *contract.Error.
// Under Auto a plausible date is a calendar version and all else a semantic one.
func Parse(text, scheme string) (Version, error) {
	if err := refuse(text); err != nil {
		return Version{}, err
	}
	switch scheme {
	case SemVer:
		return parseSemVer(text)
	case CalVer:
		return parseCalVer(text)
	case Auto, "":
		if v, err := parseCalVer(text); err == nil && !v.shortYear {
			return v, nil
		}
		return parseSemVer(text)
	}
	return Version{}, &contract.Error{Msg: fmt.Sprintf("unknown version scheme %q", scheme), Hint: "use auto, semver or calver"}
}

// refuse stops what no scheme reads before a parser can say something less helpful about it.
func refuse(text string) error {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return &contract.Error{Msg: "version is empty", Hint: "set info.version, for example 1.0.0"}
	case len(text) > mm.MaxVersionLen:
		return &contract.Error{Msg: fmt.Sprintf("version is %d bytes long, more than %d", len(text), mm.MaxVersionLen), Hint: "shorten it"}
	case trimmed != text:
		return &contract.Error{Msg: fmt.Sprintf("version %q has white space around it", text), Hint: "write " + strconv.Quote(trimmed)}
	}
	return nil
}

func parseSemVer(text string) (Version, error) {
	bare, prefixed := strings.CutPrefix(text, "v")
	m, err := mm.StrictNewVersion(bare)
	if err != nil {
		return Version{}, unreadable(text, err)
	}
	if err := checkPrerelease(text, m.Prerelease()); err != nil {
		return Version{}, err
	}
	return Version{
		Scheme: SemVer, Numbers: [4]uint64{m.Major(), m.Minor(), m.Patch()}, Parts: 3,
		Prerelease: m.Prerelease(), Build: m.Metadata(), Text: text, prefixed: prefixed,
	}, nil
}

// checkPrerelease refuses what Masterminds cannot order: it compares a number that overflows 64 bits as a word,
// and numbers that differ only in leading zeros as smaller both ways.
func checkPrerelease(text, prerelease string) error {
	for id := range strings.SplitSeq(prerelease, ".") {
		switch numeric := id != "" && strings.Trim(id, "0123456789") == ""; {
		case numeric && len(id) > 19:
			return &contract.Error{Msg: fmt.Sprintf("version %q: the number %s is too large", text, id), Hint: "use numbers of at most 19 digits"}
		case numeric && len(id) > 1 && id[0] == '0':
			return &contract.Error{Msg: fmt.Sprintf("version %q: the number %s begins with a zero", text, id), Hint: "write " + strings.TrimLeft(id[:len(id)-1], "0") + id[len(id)-1:]}
		}
	}
	return nil
}

// unreadable explains a refused semantic version with the nearest version that would have been accepted.
func unreadable(text string, cause error) error {
	e := &contract.Error{
		Msg:  fmt.Sprintf("version %q is not a valid semantic version", text),
		Hint: "write MAJOR.MINOR.PATCH such as 1.0.0, or a date such as 2025.09.17",
	}
	if !errors.Is(cause, mm.ErrInvalidSemVer) { // which says no more
		e.Msg += ": " + cause.Error()
	}
	if strings.Contains(cause.Error(), "out of range") {
		e.Msg, e.Hint = fmt.Sprintf("version %q has a number that is too large", text), "use numbers below 2^64"
		return e
	}
	if v, err := parseCalVer(text); err == nil && v.Numbers[0] >= 2010 { // 01.2.3 is rather a slip than the year 2001
		e.Hint = "this is a calendar version: set semver.scheme to calver"
		return e
	}
	if m, err := mm.NewVersion(strings.TrimPrefix(text, "V")); err == nil {
		e.Hint = "write " + m.String()
	}
	return e
}

// calver is YYYY.MM, YYYY.MM.DD or YYYY.MM.DD.N, or the same with a two-digit year, and SemVer's tails.
var calver = late.Pattern(`^(v?)(\d{2}|\d{4})\.(\d{1,2})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?` +
	`(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$`)

func parseCalVer(text string) (Version, error) {
	g := calver().FindStringSubmatch(text)
	if g == nil {
		return Version{}, &contract.Error{
			Msg:  fmt.Sprintf("version %q is not a valid calendar version", text),
			Hint: "write a date, YYYY.MM or YYYY.MM.DD with an optional counter and +build, such as 2025.09.17+abc1234",
		}
	}
	if err := checkPrerelease(text, g[6]); err != nil {
		return Version{}, err
	}
	v := Version{Scheme: CalVer, Text: text, prefixed: g[1] != "", shortYear: len(g[2]) == 2, Prerelease: g[6], Build: g[7]}
	for i, digits := range g[2:6] {
		if digits == "" {
			continue
		}
		v.Numbers[i], _ = strconv.ParseUint(digits, 10, 64) // at most nine digits by the pattern
		v.Parts = i + 1
		v.padded = v.padded || i > 0 && digits[0] == '0' && len(digits) > 1
		v.bare = v.bare || (i == 1 || i == 2) && len(digits) == 1
		v.dayed = v.dayed || i == 2 && len(digits) == 2
	}
	if v.shortYear {
		v.Numbers[0] += 2000
	}
	if problem := v.implausible(); problem != "" {
		return Version{}, &contract.Error{Msg: fmt.Sprintf("version %q is not a valid calendar version: %s", text, problem), Hint: "write the date of the release, such as 2025.09.17"}
	}
	return v, nil
}

// implausible says why the numbers are no date, or "". A third number of 0 is a counter that has not moved
// (2024.1.0), anything else must be a day of that month.
func (v Version) implausible() string {
	if !plausibleYear(v.Numbers[0]) {
		return fmt.Sprintf("%d is not a year between 1990 and 2099", v.Numbers[0])
	}
	year, month, day := int(v.Numbers[0]), time.Month(v.Numbers[1]), int(v.Numbers[2])
	if month < 1 || month > 12 {
		return fmt.Sprintf("there is no month %d", month)
	}
	if last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day(); day > last {
		return fmt.Sprintf("%s %d has %d days, not %d", month, year, last, day)
	}
	return ""
}

func plausibleYear(n uint64) bool { return n >= 1990 && n <= 2099 }

// Compare returns the precedence of v against w: -1, 0 or 1. Build metadata does not count.
func (v Version) Compare(w Version) int {
	for i := range v.Numbers {
		if c := cmp.Compare(v.Numbers[i], w.Numbers[i]); c != 0 {
			return c
		}
	}
	return mm.New(0, 0, 0, v.Prerelease, "").Compare(mm.New(0, 0, 0, w.Prerelease, ""))
}

// String writes v in the style in which it was read: prefix, year and padding are kept.
func (v Version) String() string {
	var b strings.Builder
	if v.prefixed {
		b.WriteByte('v')
	}
	for i, n := range v.Numbers[:v.Parts] {
		if i > 0 {
			b.WriteByte('.')
		}
		switch {
		case i == 0 && v.shortYear:
			fmt.Fprintf(&b, "%02d", n-2000)
		case (i == 1 || i == 2) && v.padded:
			fmt.Fprintf(&b, "%02d", n)
		default:
			fmt.Fprintf(&b, "%d", n)
		}
	}
	if v.Prerelease != "" {
		b.WriteString("-" + v.Prerelease)
	}
	if v.Build != "" {
		b.WriteString("+" + v.Build)
	}
	return b.String()
}

// release is v without prerelease and build metadata.
func (v Version) release() Version {
	v.Prerelease, v.Build = "", ""
	v.Text = v.String()
	return v
}
