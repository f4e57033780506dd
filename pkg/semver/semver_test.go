package semver

import (
	"github.com/romel/govctl/pkg/report"
	"slices"
	"strings"
	"testing"
	"time"
)

// The letters of a case's change: B breaking, A only adds, C changed otherwise, W a waived break, "-" no change.
func change(t *testing.T, letters string) Change {
	t.Helper()
	var c Change
	for _, l := range letters {
		switch l {
		case 'B':
			c.Breaking, c.Changed = true, true
		case 'A':
			c.AddedOnly, c.Adds, c.Changed = true, true, true
		case 'a': // something is added beside other changes
			c.Adds, c.Changed = true, true
		case 'C':
			c.Changed = true
		case 'W':
			c.Waived, c.Changed = append(c.Waived, "response-property-removed: Parcel.weight"), true
		case '-':
		default:
			t.Fatalf("unknown letter %q", l)
		}
	}
	return c
}

func TestPolicy(t *testing.T) {
	cases := []struct {
		previous, current string // an empty previous is a first release
		change            string
		options           string // zero, calver, semver, and major=OLD/NEW for x-contract-major
		rule              string
		expected          string // expected_version_hint
	}{
		// First releases.
		{"", "1.0.0", "A", "", "first-release", ""},
		{"", "0.1.0", "A", "", "first-release", ""},
		{"", "7.3.1", "A", "", "first-release", ""},
		{"", "1.0.0-alpha", "A", "", "first-release", ""},
		{"", "1.0.0+build.5", "A", "", "first-release", ""},
		{"", "v1.0.0", "A", "", "first-release", ""},
		{"", "2025.09.17+abc1234", "A", "", "first-release", ""},
		{"", "25.04", "A", "calver", "first-release", ""},
		{"", "1.0.0", "B", "", "first-release", ""},

		// Rule 1: breaking.
		{"1.2.3", "2.0.0", "B", "", "breaking-major", ""},
		{"1.2.3", "3.0.0", "B", "", "breaking-major", ""},
		{"1.2.3", "2.1.5", "B", "", "breaking-major", ""},
		{"1.2.3", "2.0.0+build.7", "B", "", "breaking-major", ""},
		{"9.9.9", "10.0.0", "B", "", "breaking-major", ""},
		{"1.2.3", "1.3.0", "B", "", "breaking-without-major", "2.0.0"},
		{"1.2.3", "1.2.4", "B", "", "breaking-without-major", "2.0.0"},
		{"1.2.3", "1.99.0", "B", "", "breaking-without-major", "2.0.0"},
		{"1.2.3", "1.2.4-rc.1", "B", "", "breaking-without-major", "2.0.0"},
		{"1.2.3", "1.3.0-rc.1", "B", "", "breaking-without-major", "2.0.0"},
		{"1.2.3+a", "1.2.4+b", "B", "", "breaking-without-major", "2.0.0"},
		{"9.0.0", "9.1.0", "B", "", "breaking-without-major", "10.0.0"},
		{"v1.2.3", "v1.3.0", "B", "", "breaking-without-major", "v2.0.0"},
		{"v1.2.3", "1.3.0", "B", "", "breaking-without-major", "v2.0.0"},
		{"1.2.3", "2.0.0", "BW", "", "breaking-major", ""},
		{"1.2.3", "1.3.0", "BW", "", "breaking-without-major", "2.0.0"},
		{"1.2.3", "1.2.3", "B", "", "breaking-unchanged", "2.0.0"},
		{"1.2.3", "1.2.3+other", "B", "", "breaking-unchanged", "2.0.0"},
		{"2.0.0-rc.1", "2.0.0-rc.1", "B", "", "breaking-unchanged", "2.0.0"},
		{"0.2.0", "0.2.0", "B", "zero", "breaking-unchanged", "0.3.0"},

		// A prerelease of the right major, and what comes after it.
		{"1.2.3", "2.0.0-rc.1", "B", "", "breaking-major-prerelease", ""},
		{"1.2.3", "2.0.0-alpha", "B", "", "breaking-major-prerelease", ""},
		{"1.2.3", "3.0.0-0", "B", "", "breaking-major-prerelease", ""},
		{"2.0.0-rc.1", "2.0.0-rc.2", "B", "", "breaking-before-release", ""},
		{"2.0.0-rc.1", "2.0.0", "B", "", "breaking-before-release", ""},
		{"2.0.0-alpha.9", "2.0.0-alpha.10", "B", "", "breaking-before-release", ""},
		{"2.0.0-alpha", "2.0.0-beta", "B", "", "breaking-before-release", ""},
		{"2.0.0-rc.1", "2.0.1", "B", "", "breaking-without-major", "2.0.0"},
		{"2.0.0-rc.1", "2.1.0", "B", "", "breaking-without-major", "2.0.0"},
		{"2.1.0-rc.1", "2.1.0-rc.2", "B", "", "breaking-without-major", "3.0.0"},
		{"2.1.0-rc.1", "2.1.0", "B", "", "breaking-without-major", "3.0.0"},
		{"2.0.1-rc.1", "2.0.1", "B", "", "breaking-without-major", "3.0.0"},
		{"2.0.0-rc.1", "3.0.0-rc.1", "B", "", "breaking-major-prerelease", ""},
		{"2.0.0-rc.2", "2.0.0-rc.1", "B", "", "version-went-down", "2.0.0"},

		// 0.y.z without zero_major: rule 1 stays on the major.
		{"0.1.0", "0.2.0", "B", "", "breaking-without-major", "1.0.0"},
		{"0.1.0", "0.1.1", "B", "", "breaking-without-major", "1.0.0"},
		{"0.9.0", "1.0.0", "B", "", "breaking-major", ""},
		{"0.9.0", "1.0.0-rc.1", "B", "", "breaking-major-prerelease", ""},
		{"0.1.0", "0.2.0", "A", "", "minor-for-additions", ""},
		{"0.1.0", "0.2.0", "C", "", "minor-without-break", "0.1.1"},
		{"0.1.0", "0.1.1", "C", "", "patch", ""},
		{"0.9.0", "1.0.0", "C", "", "major-leaves-zero", "0.9.1"},
		{"0.9.0", "1.0.0", "-", "", "major-leaves-zero", "0.9.0"},

		// 0.y.z with zero_major: minor.
		{"0.1.0", "0.2.0", "B", "zero", "breaking-zero-minor", ""},
		{"0.1.5", "0.3.0", "B", "zero", "breaking-zero-minor", ""},
		{"0.1.0", "0.2.0-rc.1", "B", "zero", "breaking-zero-minor", ""},
		{"0.1.0", "0.1.1", "B", "zero", "breaking-zero-patch", "0.2.0"},
		{"0.0.3", "0.0.4", "B", "zero", "breaking-zero-patch", "0.1.0"},
		{"0.1.0", "0.1.1-rc.1", "B", "zero", "breaking-zero-patch", "0.2.0"},
		{"0.2.0-rc.1", "0.2.0-rc.2", "B", "zero", "breaking-before-release", ""},
		{"0.2.1-rc.1", "0.2.1", "B", "zero", "breaking-zero-patch", "0.3.0"},
		{"0.9.0", "1.0.0", "B", "zero", "breaking-major", ""},
		{"1.1.0", "1.2.0", "B", "zero", "breaking-without-major", "2.0.0"},
		{"0.1.0", "0.2.0", "A", "zero", "minor-for-additions", ""},
		{"0.1.0", "0.1.1", "A", "zero", "patch", ""},
		{"0.9.0", "1.0.0", "A", "zero", "major-leaves-zero", "0.9.1"},

		// Rule 2: major without a break.
		{"1.2.3", "2.0.0", "C", "", "major-without-break", "1.2.4"},
		{"1.2.3", "2.0.0", "A", "", "major-without-break", "1.2.4"},
		{"1.2.3", "2.0.0", "-", "", "major-without-break", "1.2.3"},
		{"1.2.3", "2.0.0-rc.1", "C", "", "major-without-break", "1.2.4"},
		{"1.2.3", "7.0.0", "C", "", "major-without-break", "1.2.4"},
		{"2.0.0-rc.1", "3.0.0", "C", "", "major-without-break", "2.0.0"},
		{"1.2.3", "2.0.0", "W", "", "major-for-waived-break", "1.2.4"},
		{"1.2.3", "2.0.0", "WA", "", "major-for-waived-break", "1.2.4"},

		// Rule 3: minor without a break.
		{"1.2.3", "1.3.0", "C", "", "minor-without-break", "1.2.4"},
		{"1.2.3", "1.3.0", "-", "", "minor-without-break", "1.2.3"},
		{"1.2.3", "1.3.9", "C", "", "minor-without-break", "1.2.4"}, // the original let a minor pass when the patch moved too
		{"1.2.3", "1.3.0", "A", "", "minor-for-additions", ""},
		{"1.2.3", "1.3.1", "A", "", "minor-for-additions", ""},
		{"1.2.3", "1.9.0", "A", "", "minor-for-additions", ""},
		{"1.2.3", "1.3.0-beta", "A", "", "minor-for-additions", ""},
		{"1.2.3", "1.3.0", "W", "", "minor-without-break", "1.2.4"},
		{"2.0.0-rc.1", "2.1.0", "C", "", "minor-without-break", "2.0.0"},
		{"1.9.0", "1.10.0", "A", "", "minor-for-additions", ""},

		// Rule 4: patch without a break.
		{"1.2.3", "1.2.4", "C", "", "patch", ""},
		{"1.2.3", "1.2.4", "A", "", "patch", ""},
		{"1.2.3", "1.2.4", "-", "", "patch", ""},
		{"1.2.3", "1.2.4", "W", "", "patch", ""},
		{"1.2.3", "1.2.30", "C", "", "patch", ""},
		{"1.2.9", "1.2.10", "C", "", "patch", ""},
		{"1.2.3", "1.2.4-rc.1", "C", "", "patch", ""},
		{"1.2.3+a", "1.2.4+b", "C", "", "patch", ""},
		{"v1.2.3", "v1.2.4", "C", "", "patch", ""},
		{"1.2.3", "1.2.4", "C", "semver", "patch", ""},

		// Prereleases without a break.
		{"1.3.0-rc.1", "1.3.0-rc.2", "C", "", "prerelease", ""},
		{"1.3.0-rc.1", "1.3.0", "C", "", "prerelease", ""},
		{"1.3.0-rc.1", "1.3.0", "-", "", "prerelease", ""},
		{"2.0.0-rc.1", "2.0.0", "A", "", "prerelease", ""},
		{"1.0.0-alpha", "1.0.0-alpha.1", "C", "", "prerelease", ""},
		{"1.0.0-alpha.1", "1.0.0-alpha.beta", "C", "", "prerelease", ""},
		{"1.0.0-2", "1.0.0-10", "C", "", "prerelease", ""},

		// Down.
		{"1.2.3", "1.2.2", "C", "", "version-went-down", "1.2.4"},
		{"1.2.3", "1.1.9", "C", "", "version-went-down", "1.2.4"},
		{"1.2.3", "0.9.0", "-", "", "version-went-down", "1.2.3"},
		{"1.2.3", "1.2.3-rc.1", "C", "", "version-went-down", "1.2.4"},
		{"2.0.0", "1.9.0", "B", "", "version-went-down", "3.0.0"},
		{"1.10.0", "1.9.0", "C", "", "version-went-down", "1.10.1"},
		{"1.0.0-beta.11", "1.0.0-beta.2", "C", "", "version-went-down", "1.0.0"},
		{"0.2.0", "0.1.0", "B", "zero", "version-went-down", "0.3.0"},

		// Unchanged.
		{"1.2.3", "1.2.3", "-", "", "unchanged", ""},
		{"1.2.3+a", "1.2.3+a", "-", "", "unchanged", ""},
		{"1.2.3+a", "1.2.3+b", "-", "", "unchanged", ""},
		{"1.2.3", "v1.2.3", "-", "", "unchanged", ""},
		{"2.0.0-rc.1", "2.0.0-rc.1", "-", "", "unchanged", ""},
		{"1.2.3", "1.2.3", "C", "", "changed-under-same-version", "1.2.4"},
		{"1.2.3", "1.2.3", "A", "", "changed-under-same-version", "1.2.4"},
		{"1.2.3", "1.2.3", "W", "", "changed-under-same-version", "1.2.4"},
		{"1.2.3", "1.2.3+b", "C", "", "changed-under-same-version", "1.2.4"},
		{"1.2.3+a", "1.2.3+b", "C", "", "changed-under-same-version", "1.2.4"},
		{"1.3.0-rc.1", "1.3.0-rc.1", "C", "", "changed-under-same-version", "1.3.0"},

		// Huge numbers.
		{"1.2.3", "18446744073709551615.0.0", "B", "", "breaking-major", ""},
		{"99999999999.0.0", "99999999999.0.1", "C", "", "patch", ""},
		{"1.0.18446744073709551614", "1.0.18446744073709551615", "C", "", "patch", ""},
		{"18446744073709551615.0.0", "18446744073709551615.1.0", "B", "", "breaking-without-major", ""},
		{"1.0.0-9999999999999999999", "1.0.0-99999999999999999", "C", "", "version-went-down", "1.0.0"},

		// The version has not moved, and need not yet.
		{"1.2.3", "1.2.3", "C", "between", "between-releases", "1.2.4"},
		{"1.2.3", "1.2.3", "B", "between", "between-releases", "2.0.0"},
		{"1.2.3", "1.3.0", "B", "between", "between-releases", "2.0.0"}, // a tag that was refused
		{"1.2.3", "1.2.3", "-", "between", "unchanged", ""},
		{"1.2.3", "1.2.2", "C", "between", "version-went-down", "1.2.4"},
		{"2025.09.17", "2025.09.17", "B", "between", "between-releases", "2025.09.17.1"},
		{"1.2.3", "1.2.3", "B", "told", "pending-bump", "2.0.0"},
		{"1.2.3", "1.2.3+b", "B", "told", "pending-bump", "2.0.0"},
		{"0.2.0", "0.2.0", "B", "told zero", "pending-bump", "0.3.0"},
		{"1.2.3", "1.3.0", "B", "told", "breaking-without-major", "2.0.0"},
		{"1.2.3", "2.0.0", "B", "told", "breaking-major", ""},
		{"1.2.3", "1.2.3", "C", "told", "changed-under-same-version", "1.2.4"},
		{"2025.09.17", "2025.09.17", "B", "told", "pending-bump", "2025.09.17.1"},
		{"2025.09.17+a", "2025.09.17+b", "B", "told", "calver-breaking-undeclared", "2025.09.17.1"},
		{"2025.09.17", "2025.09.18", "B", "told", "calver-breaking-undeclared", "2025.09.17.1"},

		// A major that is planned.
		{"1.2.3", "2.0.0", "C", "planned", "major-planned", ""},
		{"1.2.3", "2.0.0", "-", "planned", "major-planned", ""},
		{"1.2.3", "2.0.0", "W", "planned", "major-planned", ""},
		{"0.9.0", "1.0.0", "A", "planned", "major-planned", ""},
		{"1.2.3", "2.0.0", "A", "planned semver2", "major-planned", ""},
		{"1.2.3", "2.0.0", "B", "planned", "breaking-major", ""},
		{"1.2.3", "1.3.0", "B", "planned", "breaking-without-major", "2.0.0"},
		{"1.2.3", "1.2.4", "C", "planned", "patch", ""},

		// Section 7 to the letter.
		{"1.2.3", "1.3.0", "A", "semver2", "minor-with-additions", ""},
		{"1.2.3", "1.3.0", "a", "semver2", "minor-with-additions", ""},
		{"1.2.3", "1.3.0-rc.1", "A", "semver2", "minor-with-additions", ""},
		{"1.2.3", "1.2.4", "A", "semver2", "addition-without-minor", "1.3.0"},
		{"1.2.3", "1.2.4", "a", "semver2", "addition-without-minor", "1.3.0"},
		{"1.2.3", "1.2.4-rc.1", "A", "semver2", "addition-without-minor", "1.3.0"},
		{"1.2.3-rc.1", "1.2.3", "A", "semver2", "addition-without-minor", "1.3.0"},
		{"1.3.0-rc.1", "1.3.0", "A", "semver2", "prerelease", ""},
		{"1.3.0-rc.1", "1.3.0-rc.2", "A", "semver2", "prerelease", ""},
		{"1.2.3", "1.2.4", "C", "semver2", "patch", ""},
		{"1.2.3", "1.3.0", "C", "semver2", "minor-without-break", "1.2.4"},
		{"1.2.3", "1.2.3", "A", "semver2", "changed-under-same-version", "1.3.0"},
		{"1.2.3", "2.0.0", "A", "semver2", "major-without-break", "1.3.0"},
		{"0.2.3", "0.2.4", "A", "semver2 zero", "patch", ""},
		{"2025.09.16", "2025.09.17", "A", "semver2", "calver-advanced", ""},

		// Calendar versions.
		{"2025.09.16+def5678", "2025.09.17+abc1234", "C", "", "calver-advanced", ""},
		{"2025.09.16+def5678", "2025.09.17+abc1234", "-", "", "calver-advanced", ""},
		{"2025.09.16", "2025.10.01", "A", "", "calver-advanced", ""},
		{"2025.12.31", "2026.01.01", "C", "", "calver-advanced", ""}, // the year is no major: rule 2 is silent
		{"2025.9", "2025.10", "C", "", "calver-advanced", ""},
		{"2025.09.17", "2025.09.17.1", "C", "", "calver-advanced", ""},
		{"2025.09.17.9", "2025.09.17.10", "C", "", "calver-advanced", ""},
		{"2025.09.17-rc1", "2025.09.17", "C", "", "calver-advanced", ""},
		{"2025.9.9", "2025.09.10", "C", "", "calver-advanced", ""},
		{"24.10", "25.04", "C", "calver", "calver-advanced", ""},
		{"24.10", "2025.04", "C", "calver", "calver-advanced", ""},
		{"v2025.09.16", "v2025.09.17", "C", "", "calver-advanced", ""},
		{"2025.09.16", "2025.09.17", "W", "", "calver-advanced", ""},
		{"2025.09.16", "2025.09.17", "C", "major=2/3", "calver-advanced", ""},
		{"2025.09.17+abc1234", "2025.09.17+def5678", "C", "", "calver-same-date", ""},
		{"2025.09.17", "2025.09.17+def5678", "A", "", "calver-same-date", ""},
		{"2025.09.17+abc1234", "2025.09.17", "C", "", "changed-under-same-version", "2025.09.17.1"},
		{"2025.09.17", "2025.09.17", "C", "", "changed-under-same-version", "2025.09.17.1"},
		{"2025.09.17", "2025.9.17", "C", "", "changed-under-same-version", "2025.09.17.1"},
		{"2025.09.17.4", "2025.09.17.4", "C", "", "changed-under-same-version", "2025.09.17.5"},
		{"2025.09", "2025.09", "C", "", "changed-under-same-version", "2025.09.01"},
		{"2025.9", "2025.9", "C", "", "changed-under-same-version", "2025.9.1"},
		{"2025.09.17-rc1", "2025.09.17-rc1", "C", "", "changed-under-same-version", "2025.09.17"},
		{"2025.09.17", "2025.09.17", "-", "", "unchanged", ""},
		{"2025.09.17+a", "2025.09.17+a", "-", "", "unchanged", ""},
		{"2025.09.17", "2025.09.16", "C", "", "version-went-down", "2025.09.17.1"},
		{"2025.09.17", "2024.12.31", "-", "", "version-went-down", "2025.09.17"},
		{"2025.10.01", "2025.9.30", "C", "", "version-went-down", "2025.10.01.1"},
		{"2025.09.17", "2025.09.17-rc1", "C", "", "version-went-down", "2025.09.17.1"},
		{"2025.09.16+def5678", "2025.09.17+abc1234", "B", "", "calver-breaking-undeclared", "2025.09.16.1"},
		{"2025.12.31", "2026.01.01", "B", "", "calver-breaking-undeclared", "2025.12.31.1"},
		{"2025.09.16", "2025.09.17", "B", "major=2/2", "calver-breaking-undeclared", "2025.09.16.1"},
		{"2025.09.17", "2025.09.17", "B", "", "calver-breaking-undeclared", "2025.09.17.1"},
		{"2025.09.16", "2025.09.17", "B", "major=2/3", "calver-breaking-declared", ""},
		{"2025.09.16", "2025.09.17", "B", "major=/1", "calver-breaking-declared", ""},
		{"2025.09.17+a", "2025.09.17+b", "B", "major=1/2", "calver-breaking-declared", ""},
		{"2025.09.17", "2025.09.17", "B", "major=1/2", "calver-breaking-unchanged", "2025.09.17.1"},
		{"2025.09.17+a", "2025.09.17+a", "B", "major=1/2", "calver-breaking-unchanged", "2025.09.17.1"},
		{"2025.09.16", "2025.09.17", "B", "major=3/2", "contract-major-went-down", "2025.09.16.1"},
		{"2025.09.16", "2025.09.17", "C", "major=3/", "contract-major-went-down", "2025.09.16.1"},
		{"2025.09.17", "2025.09.16", "B", "major=1/2", "version-went-down", "2025.09.17.1"},
		{"1.2.3", "2.0.0", "B", "major=3/2", "breaking-major", ""}, // x-contract-major says nothing under semver

		// auto: what a plausible date is, and changes of the scheme.
		{"2025.13.1", "2025.14.0", "C", "", "minor-without-break", "2025.13.2"},
		{"2024.0.0", "2024.1.0", "C", "", "minor-without-break", "2024.0.1"},
		{"2024.1.0", "2024.1.1", "C", "", "calver-advanced", ""},
		{"1980.1.1", "1980.1.2", "C", "", "patch", ""},
		{"2025.9.16", "2025.10.1", "C", "semver", "minor-without-break", "2025.9.17"},
		{"2025.9.16", "2026.1.1", "B", "semver", "breaking-major", ""},
		{"1.4.2", "2025.09.17", "C", "", "scheme-switched", ""},
		{"1.4.2", "2025.09.17", "B", "", "calver-breaking-undeclared", "2.0.0"},
		{"1.4.2", "2025.09.17", "B", "major=/2", "scheme-switched", ""},
		{"2025.09.17", "1.4.2", "C", "", "scheme-went-back", "2025.09.17.1"},
		{"2025.09.17", "3000.0.0", "C", "", "major-without-break", "2025.09.17.1"},
	}
	if len(cases) < 120 {
		t.Errorf("%d cases, the policy wants at least 120", len(cases))
	}
	status := map[string]string{}
	for _, r := range Rules() {
		status[r.ID] = r.Status
	}
	seen, reached := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		name := strings.Join([]string{c.previous, c.current, c.change, c.options}, " ")
		if seen[name] {
			t.Errorf("%s: the case stands twice", name)
		}
		seen[name], reached[c.rule] = true, true
		t.Run(name, func(t *testing.T) {
			in := Input{Previous: c.previous, Current: c.current, FirstRelease: c.previous == "", Change: change(t, c.change)}
			options(t, &in, c.options)
			got, err := Check(in)
			if err != nil {
				t.Fatal(err)
			}
			if got.Rule != c.rule || got.Status != status[c.rule] || got.ExpectedVersion != c.expected {
				t.Errorf("got %s (%s), expected version %q; want %s (%s), %q", got.Rule, got.Status, got.ExpectedVersion, c.rule, status[c.rule], c.expected)
			}
			checkWords(t, in, got.Messages, got.Recommendations, got.Status)
		})
	}
	for _, r := range Rules() {
		if !reached[r.ID] {
			t.Errorf("no case reaches the row %s", r.ID)
		}
	}
}

// checkWords holds what is true of every answer: it says something, leaves no placeholder, names each waiver,
// and advises whenever the version did not pass.
func checkWords(t *testing.T, in Input, messages, advice []string, status string) {
	t.Helper()
	all := strings.Join(append(messages, advice...), "\n")
	if strings.ContainsAny(all, "{}") || messages[0] == "" {
		t.Errorf("unfilled words:\n%s", all)
	}
	if got := strings.Count(strings.Join(messages, "\n"), "waived, so not breaking"); got != len(in.Waived) {
		t.Errorf("%d waived breaks named, want %d", got, len(in.Waived))
	}
	if (status == ok) != (len(advice) == 0) {
		t.Errorf("status %s with advice %q", status, advice)
	}
}

func options(t *testing.T, in *Input, text string) {
	t.Helper()
	for word := range strings.FieldsSeq(text) {
		majors, isMajor := strings.CutPrefix(word, "major=")
		switch {
		case isMajor:
			in.PreviousMajor, in.CurrentMajor, _ = strings.Cut(majors, "/")
		case word == "zero":
			in.ZeroMajor = ZeroMinor
		case word == "between":
			in.BetweenReleases = true
		case word == "told":
			in.Told = true
		case word == "planned":
			in.PlannedMajor = true
		case word == SemVer2:
			in.Policy = word
		case word == SemVer || word == CalVer:
			in.Scheme = word
		default:
			t.Fatalf("unknown option %q", word)
		}
	}
}

// TestFails: which warnings a policy that fails on warnings lets pass.
func TestFails(t *testing.T) {
	for _, r := range Rules() {
		v := report.Semver{Rule: r.ID, Status: r.Status}
		mild := r.ID == "minor-for-additions" || r.ID == "between-releases"
		if Fails(v, false) != (r.Status == fail) || Fails(v, true) != (r.Status == fail || r.Status == warn && !mild) {
			t.Errorf("%s (%s): fails %v, with warnings %v", r.ID, r.Status, Fails(v, false), Fails(v, true))
		}
	}
}

// TestAdviceIsOne: what a check recommends is what next proposes, and following it is accepted, under each policy.
func TestAdviceIsOne(t *testing.T) {
	for _, previous := range grid() {
		for _, c := range append(slices.Clone(changes), Change{Changed: true, Adds: true}, Change{Changed: true, AddedOnly: true, Adds: true}) {
			for _, policy := range []string{Original, SemVer2} {
				for _, zero := range []string{ZeroMajor, ZeroMinor} {
					in := Input{Previous: previous, Current: previous, Change: c, Policy: policy, ZeroMajor: zero, Now: time.Date(2025, 9, 2, 1, 2, 3, 0, time.UTC), Commit: "abc12345"}
					low, err := Next(in)
					if err != nil {
						t.Fatal(err)
					}
					got, err := Check(in)
					if err != nil || got.Advice != low.Advice() {
						t.Errorf("%s %+v %s: check says %+v, next %+v, %v", previous, c, policy, got.Advice, low.Advice(), err)
					}
					in.CurrentMajor = low.ContractMajor
					for _, in.Current = range []string{low.Version, low.Recommended} {
						if got, err := Check(in); err != nil || got.Status != ok {
							t.Errorf("%s %+v %s: %s is advised and gives %s, %v", previous, c, policy, in.Current, got.Rule, err)
						}
					}
				}
			}
		}
	}
}

// TestDated: the calendar version of the day, in the form of the previous one.
func TestDated(t *testing.T) {
	for _, c := range []struct{ previous, day, commit, want, lowest string }{
		{"2025.09.16+def5678", "2026-11-29", "0123456789abcdef", "2026.11.29+0123456", "2025.09.16.1"},
		{"2025.09.16+def5678", "2026-11-29", "", "2026.11.29", "2025.09.16.1"},
		{"2025.09.16+b7", "2026-11-29", "0123456789abcdef", "2026.11.29", "2025.09.16.1"},
		{"2026.11.29+def5678", "2026-11-29", "0123456789abcdef", "2026.11.29+0123456", "2026.11.29.1"},
		{"2026.11.29+0123456", "2026-11-29", "0123456789abcdef", "2026.11.29.1", "2026.11.29.1"},
		{"2026.10.1", "2026-11-29", "", "2026.11.0", "2026.10.1.1"},
		{"2026.10.1", "2026-10-29", "", "2026.10.2", "2026.10.1.1"},
		{"2026.10.1", "2027-01-05", "", "2027.1.0", "2026.10.1.1"},
		{"2026.10.1-rc.1", "2026-10-29", "", "2026.10.1", "2026.10.1"},
		{"2026.10.1-rc.1", "2026-11-29", "", "2026.11.0", "2026.10.1"},
		{"26.04", "2026-11-29", "", "26.11", "26.04.01"},
		{"26.04", "2026-04-29", "", "26.04.01", "26.04.01"},
		{"26.11", "2027-02-01", "", "27.02", "26.11.1"},
		{"2026.11", "2027-02-01", "", "2027.02", "2026.11.1"},
		{"2026.9", "2027-02-01", "", "2027.2", "2026.9.1"},
		{"2026.11.28", "2026-11-29", "", "2026.11.29", "2026.11.28.1"},
		{"2026.11.28.3", "2026-11-29", "", "2026.11.29", "2026.11.28.4"},
		{"2026.11.28.0", "2026-11-29", "", "2026.11.29.0", "2026.11.28.1"},
		{"2026.11.29", "2026-11-29", "", "2026.11.29.1", "2026.11.29.1"},
		{"2026.11.30", "2026-11-29", "", "2026.11.30.1", "2026.11.30.1"}, // the clock is behind
		{"v2026.11.28", "2026-11-29", "", "v2026.11.29", "v2026.11.28.1"},
		{"2026.11.28", "", "", "2026.11.28.1", "2026.11.28.1"},
		{"2026.11.28", "2190-01-01", "", "2026.11.28.1", "2026.11.28.1"},
	} {
		in := Input{Previous: c.previous, Scheme: CalVer, Change: Change{Changed: true}, Commit: c.commit}
		if c.day != "" {
			in.Now, _ = time.Parse(time.DateOnly, c.day)
		}
		low, err := Next(in)
		if err != nil || low.Recommended != c.want || low.Version != c.lowest {
			t.Errorf("%s on %s: %s, lowest %s, %v; want %s, lowest %s", c.previous, c.day, low.Recommended, low.Version, err, c.want, c.lowest)
		}
	}
}
