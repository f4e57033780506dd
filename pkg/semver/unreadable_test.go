package semver

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

func TestUnreadable(t *testing.T) {
	cases := []struct{ text, scheme, msg, hint string }{
		{"", Auto, "empty", "info.version"},
		{"  ", Auto, "empty", "info.version"},
		{" 1.2.3", Auto, "white space", `"1.2.3"`},
		{"1.2.3\n", Auto, "white space", `"1.2.3"`},
		{"1.2.3\t", SemVer, "white space", `"1.2.3"`},
		{"1", Auto, "not a valid semantic version", "write 1.0.0"},
		{"1.2", Auto, "not a valid semantic version", "write 1.2.0"},
		{"v1.2", Auto, "not a valid semantic version", "write 1.2.0"},
		{"V1.2.3", Auto, "not a valid semantic version", "write 1.2.3"},
		{"vv1.2.3", Auto, "not a valid semantic version", "MAJOR.MINOR.PATCH"},
		{"01.2.3", Auto, "not a valid semantic version", "write 1.2.3"},
		{"1.02.3", Auto, "not a valid semantic version", "write 1.2.3"},
		{"1.2.3.4", Auto, "not a valid semantic version", "MAJOR.MINOR.PATCH"},
		{"1.2.x", Auto, "not a valid semantic version", "MAJOR.MINOR.PATCH"},
		{"1.2.3-", Auto, "not a valid semantic version", ""},
		{"1.2.3+", Auto, "not a valid semantic version", ""},
		{"1.2.3-01", Auto, "not a valid semantic version", ""},
		{"1.2.3-a..b", Auto, "not a valid semantic version", ""},
		{"1.2.3+a+b", Auto, "not a valid semantic version", ""},
		{"-1.2.3", Auto, "not a valid semantic version", ""},
		{"1.2.-3", Auto, "not a valid semantic version", ""},
		{"wip", Auto, "not a valid semantic version", "2025.09.17"},
		{"latest", Auto, "not a valid semantic version", "1.0.0"},
		{"20250917", SemVer, "not a valid semantic version", ""},
		{"١.٢.٣", Auto, "not a valid semantic version", "MAJOR"},
		{"1.2.3\x00", Auto, "not a valid semantic version", ""},
		{"18446744073709551616.0.0", Auto, "too large", "2^64"},
		{"1.0.0-99999999999999999999", Auto, "too large", "19 digits"},
		{"25.04", Auto, "not a valid semantic version", "set semver.scheme to calver"},
		{"2025.09.17", SemVer, "not a valid semantic version", "set semver.scheme to calver"},
		{"1.2.3", CalVer, "not a valid calendar version", "YYYY.MM"},
		{"2025", CalVer, "not a valid calendar version", "YYYY.MM"},
		{"2025.00", CalVer, "no month 0", "date"},
		{"2025.13.01", CalVer, "no month 13", "date"},
		{"2025.02.30", CalVer, "February 2025 has 28 days, not 30", "date"},
		{"2025.09.17.1.1", CalVer, "not a valid calendar version", "YYYY.MM"},
		{"2025-09-17", CalVer, "not a valid calendar version", "YYYY.MM"},
		{"2025.09.17-01", CalVer, "begins with a zero", "write 1"},
		{"2025.09.17-99999999999999999999", CalVer, "too large", "19 digits"},
		{"1980.01.01", CalVer, "1980 is not a year", "date"},
		{"100.01", CalVer, "not a valid calendar version", "YYYY.MM"},
		{strings.Repeat("1", 300) + ".0.0", Auto, "bytes long", "shorten"},
		{"1.0.0", "romver", "unknown version scheme", "auto, semver or calver"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%.20q %s", c.text, c.scheme), func(t *testing.T) {
			for _, in := range []Input{
				{Previous: "1.0.0", Current: c.text, Scheme: c.scheme},
				{Previous: c.text, Current: current(c.scheme), Scheme: c.scheme},
			} {
				in.CurrentPlace.File, in.CurrentPlace.Line, in.CurrentPlace.Column = "api.yaml", 4, 12
				got, err := Check(in)
				e := (*contract.Error)(nil)
				if !errors.As(err, &e) {
					t.Fatalf("got %v, want a *contract.Error", err)
				}
				if !strings.Contains(e.Msg, c.msg) || !strings.Contains(e.Hint, c.hint) {
					t.Errorf("got %q, hint %q; want %q, %q", e.Msg, e.Hint, c.msg, c.hint)
				}
				if got.Status != fail || len(got.Messages) != 1 || got.Rule != "unreadable-version" {
					t.Errorf("report is %+v", got)
				}
				if in.Current == c.text && (!strings.HasPrefix(e.Msg, "current ") || !strings.HasPrefix(err.Error(), "api.yaml:4:12: ")) {
					t.Errorf("place is missing: %v", err)
				}
			}
		})
	}
}

// current is a readable current version, so that the previous one is to blame.
func current(scheme string) string {
	if scheme == CalVer {
		return "2025.09.17"
	}
	return "1.0.0"
}

func TestUnreadableContractMajor(t *testing.T) {
	for _, text := range []string{"two", "-1", "1.5", "18446744073709551615"} {
		_, err := Check(Input{Previous: "2025.09.16", Current: "2025.09.17", CurrentMajor: text})
		if e := (*contract.Error)(nil); !errors.As(err, &e) || !strings.HasPrefix(e.Msg, "current ") || !strings.Contains(e.Msg, "x-contract-major") {
			t.Errorf("%s: got %v", text, err)
		}
		if _, err = Check(Input{Previous: "1.0.0", Current: "1.0.1", CurrentMajor: text}); err != nil {
			t.Errorf("%s: semantic versions do not look at x-contract-major, got %v", text, err)
		}
	}
	if _, err := Check(Input{Previous: "1.0.0", Current: "1.0.1", ZeroMajor: "patch"}); err == nil {
		t.Error("an unknown zero_major was accepted")
	}
}
