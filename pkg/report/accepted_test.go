package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAcceptedOf(t *testing.T) {
	waived := func(rule string, level Level, owner, expires string, expired bool) Finding {
		return Finding{Rule: rule, Level: level, Waiver: &Waiver{Owner: owner, Expires: expires, Expired: expired}}
	}
	all := []Finding{
		waived("a", Error, "zoe", "2027-01-01", false), {Rule: "b", Level: Error}, waived("c", Warning, "x", "2020-01-01", false),
		waived("d", Error, "x", "2020-01-01", true), waived("e", Error, "ann", "2026-12-31", false), waived("f", Error, "ann", "2026-12-31", false),
	}
	want := Accepted{Changes: []Finding{all[0], all[4], all[5]}, Owners: []string{"ann", "zoe"}, Until: "2026-12-31"}
	if diff := cmp.Diff(want, AcceptedOf(all)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Accepted{}, AcceptedOf(all[1:4])); diff != "" {
		t.Error(diff)
	}
}
