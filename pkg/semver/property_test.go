package semver

import (
	"fmt"
	"strings"
	"testing"
)

// grid returns releases and prereleases around the places where the policy changes its mind, in no order.
func grid() (all []string) {
	for _, core := range []string{"0.0.0", "0.0.1", "0.1.0", "0.1.1", "0.2.0", "0.2.1", "1.0.0", "1.0.1", "1.1.0", "1.1.1", "1.2.0", "2.0.0", "2.0.1", "2.1.0", "3.0.0"} {
		all = append(all, core, core+"-rc.1", core+"-rc.2", core+"+b1")
	}
	for _, date := range []string{"2025.08.31", "2025.09", "2025.09.01", "2025.9.1", "2025.09.01.1", "2025.09.01.2", "2025.09.02", "2026.01.01"} {
		all = append(all, date, date+"-rc1", date+"+b1", date+"+b2")
	}
	return all
}

var changes = []Change{
	{}, {Changed: true}, {Changed: true, AddedOnly: true}, {Changed: true, Breaking: true},
	{Changed: true, Waived: []string{"w"}}, {Changed: true, Breaking: true, Waived: []string{"w"}},
}

func TestNextIsTheLowestAccepted(t *testing.T) {
	for _, previous := range grid() {
		for _, c := range changes {
			for _, zero := range []string{ZeroMajor, ZeroMinor} {
				in := Input{Previous: previous, Change: c, ZeroMajor: zero, PreviousMajor: "2", CurrentMajor: "2"}
				low, err := Next(in)
				if err != nil {
					t.Fatalf("%s %+v: %v", previous, c, err)
				}
				if low.ContractMajor != "" {
					in.CurrentMajor = low.ContractMajor
				}
				in.Current = low.Version
				if got, err := Check(in); err != nil || got.Status != ok {
					t.Errorf("%s %s %+v: next is %s, which gives %s %v %v", previous, zero, c, low.Version, got.Rule, got.Messages, err)
				}
				nothingLower(t, in, low.Version)
			}
		}
	}
}

// nothingLower tries every release of the grid that is lower than the answer and of the same scheme.
func nothingLower(t *testing.T, in Input, lowest string) {
	t.Helper()
	low, err := Parse(lowest, Auto)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range grid() {
		v, err := Parse(other, Auto)
		if err != nil || v.Scheme != low.Scheme || v.Prerelease != "" || v.Build != "" || v.Compare(low) >= 0 {
			continue
		}
		in.Current = other
		if got, _ := Check(in); got.Status == ok {
			t.Errorf("%s %+v: %s is accepted by %s and lower than %s", in.Previous, in.Change, other, got.Rule, lowest)
		}
	}
}

// The table is total, its verdicts do not depend on the words of the versions, and every hint that it gives is accepted.
func TestPolicyIsTotalAndItsHintsAreTrue(t *testing.T) {
	for _, previous := range grid() {
		for _, current := range grid() {
			for _, c := range changes {
				for _, zero := range []string{ZeroMajor, ZeroMinor} {
					in := Input{Previous: previous, Current: current, Change: c, ZeroMajor: zero, PreviousMajor: "1", CurrentMajor: "2"}
					got, err := Check(in)
					if err != nil {
						t.Fatal(err)
					}
					if !c.Breaking || got.ExpectedVersion == "" || strings.HasPrefix(got.Rule, "scheme-") {
						continue
					}
					in.Current = got.ExpectedVersion
					if again, err := Check(in); err != nil || again.Status != ok {
						t.Fatalf("%s -> %s %+v: hint %s gives %s", previous, current, c, got.ExpectedVersion, again.Rule)
					}
				}
			}
		}
	}
}

// Section 11 of SemVer lists these in ascending order.
func TestPrecedence(t *testing.T) {
	for _, chain := range []string{
		"1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 2.0.0 2.1.0 2.1.1",
		"24.10 2025.1 2025.02 2025.02.01 2025.02.01.1 2025.02.28-rc1 2025.02.28 2025.3 2026.01.01",
	} {
		scheme := SemVer
		if strings.HasPrefix(chain, "24") {
			scheme = CalVer
		}
		var vs []Version
		for text := range strings.FieldsSeq(chain) {
			v, err := Parse(text, scheme)
			if err != nil {
				t.Fatal(err)
			}
			if v.String() != text {
				t.Errorf("%s is written as %s", text, v)
			}
			vs = append(vs, v)
		}
		for i := range vs {
			for j := range vs {
				want := 0
				switch {
				case i < j:
					want = -1
				case i > j:
					want = 1
				}
				if got := vs[i].Compare(vs[j]); got != want {
					t.Errorf("%s against %s: %d, want %d", vs[i], vs[j], got, want)
				}
			}
		}
	}
}

func TestNextAtTheEnds(t *testing.T) {
	for _, c := range []struct {
		in   Input
		want string
	}{
		{Input{FirstRelease: true}, "1.0.0"},
		{Input{FirstRelease: true, ZeroMajor: ZeroMinor}, "0.1.0"},
		{Input{Previous: "1.0.18446744073709551615", Change: Change{Changed: true}}, ""},
		{Input{Previous: "18446744073709551615.0.0", Change: Change{Breaking: true}}, ""},
		{Input{Previous: "2025.09.17.999999999", Change: Change{Changed: true}}, ""},
		{Input{Previous: "wip", Change: Change{Changed: true}}, ""},
	} {
		got, err := Next(c.in)
		if got.Version != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%+v: got %q, %v; want %q", c.in, got.Version, err, c.want)
		}
	}
}

func TestRowsAreWhole(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range Rules() {
		if ids[r.ID] || r.Say == "" || r.Why == "" || (r.Status == ok) != (r.Advice == "") {
			t.Errorf("row %s stands twice or lacks words", r.ID)
		}
		ids[r.ID] = true
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"1.2.3", "v2.0.0-rc.1+b", "2025.09.17+abc1234", "25.04", "wip", "", "{expected}", "1.0.0-99999999999999999999"} {
		f.Add(s, "1.2.4", uint8(3), "2")
		f.Add("0.1.0", s, uint8(7), "")
	}
	f.Fuzz(func(t *testing.T, previous, current string, bits uint8, contractMajor string) {
		in := Input{
			Previous: previous, Current: current, CurrentMajor: contractMajor,
			FirstRelease: bits&1 != 0, Change: Change{Breaking: bits&2 != 0, Changed: bits&4 != 0, AddedOnly: bits&8 != 0},
			Scheme: []string{Auto, SemVer, CalVer, ""}[bits>>4&3], ZeroMajor: []string{"", ZeroMinor}[bits>>6&1],
		}
		got, err := Check(in)
		if (err != nil) != (got.Rule == "unreadable-version") || err != nil && got.Status != fail || len(got.Messages) == 0 {
			t.Fatalf("%+v: %+v %v", in, got, err)
		}
		if err != nil || in.FirstRelease {
			return
		}
		low, err := Next(in)
		if err != nil {
			return // there is nothing above the largest number
		}
		in.Current = low.Version
		if low.ContractMajor != "" {
			in.CurrentMajor = low.ContractMajor
		} else {
			in.CurrentMajor = in.PreviousMajor
		}
		if again, err := Check(in); err != nil || again.Status != ok {
			t.Fatalf("%s: next is %+v, which gives %+v %v", previous, low, again, err)
		}
	})
}

func ExampleCheck() {
	got, _ := Check(Input{Previous: "1.4.2", Current: "1.5.0", Change: Change{Breaking: true}})
	fmt.Println(got.Status, got.ExpectedVersion)
	fmt.Println(got.Messages[0])
	// Output:
	// fail 2.0.0
	// the change is breaking and the major version did not increase: 1.4.2 to 1.5.0
}
