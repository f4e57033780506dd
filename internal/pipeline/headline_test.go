package pipeline

import (
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

func TestHeadline(t *testing.T) {
	about := func(name, status string, ways int) outcome {
		return outcome{ContractState: report.ContractState{Name: name, SemverPolicyStatus: status, BreakingChangesCount: ways}}
	}
	lost := func(name string, runs int) outcome {
		return outcome{ContractState: report.ContractState{Name: name, SemverPolicyStatus: "unknown", Placeholder: true, PlaceholderStreak: runs}}
	}
	first, unread := about("a", "ok", 0), about("a", "fail", 0)
	first.first, unread.unread = true, "one\n"
	unread.Placeholder, unread.PlaceholderStreak, unread.unchecked = true, 1, "info.version is not a version"
	unchecked := lost("a", 2)
	unchecked.unchecked = "api.yaml: there is no such file."
	undated := about("a", "warn", 2)
	undated.unread = "latest"
	waived := about("a", "ok", 0)
	waived.accepted = report.Accepted{Changes: make([]report.Finding, 2), Owners: []string{"alice", "bob"}, Until: "2026-12-31"}
	gate := []report.Step{{Name: "diff", Status: "ok"}, {Name: "badges", Status: "failed", Reason: "disk full"}, {Name: "alert-gates", Status: "findings", Reason: "2 gates failed."}}
	for _, c := range []struct {
		name   string
		all    []outcome
		passed bool
		steps  []report.Step
		want   string
	}{
		{"compatible", []outcome{about("a", "ok", 0)}, true, nil, "The API is compatible; 75.0 % of the recent runs were stable."},
		{"first", []outcome{first}, true, nil, "First run: there is nothing to compare with yet."},
		{"first, and a gate", []outcome{first}, false, gate, "The API is compatible; the step alert-gates failed: 2 gates failed."},
		{"lie", []outcome{about("a", "fail", 1)}, false, gate, "The API breaks its clients in 1 way without a major version bump."},
		{"declared", []outcome{about("a", "ok", 2)}, true, nil, "The API breaks its clients in 2 ways, and the version declares it."},
		{"declared, and a gate", []outcome{about("a", "ok", 2)}, false, gate, "The API breaks its clients in 2 ways, and the version declares it; the step alert-gates failed: 2 gates failed."},
		{"version", []outcome{about("a", "fail", 0)}, false, nil, "The version number does not match the change."},
		{"unread", []outcome{unread}, false, nil, `The version "one\n" cannot be read, so the contract was not checked (1 run in a row).`},
		{"unread, and no gate needs it", []outcome{undated}, true, nil, `The API breaks its clients in 2 ways; its version "latest" cannot be checked.`},
		{"not checked", []outcome{unchecked}, false, nil, "The contract was not checked (2 runs in a row): api.yaml: there is no such file."},
		{"not checked among others", []outcome{unchecked, about("b", "ok", 0)}, false, nil, "a was not checked (2 runs in a row); b is compatible."},
		{"accepted breaks", []outcome{waived}, true, nil, "The API has 2 breaking changes accepted by alice, bob until 2026-12-31."},
		{"accepted breaks among others", []outcome{waived, about("b", "ok", 0)}, true, nil, "a has 2 breaking changes accepted by alice, bob until 2026-12-31; b is compatible."},
		{"placeholder", []outcome{lost("a", 3)}, true, nil, "The contract could not be measured (3 runs in a row)."},
		{"another gate", []outcome{about("a", "warn", 0)}, false, gate, "The API is compatible; the step alert-gates failed: 2 gates failed."},
		{"a step that could not work", []outcome{about("a", "ok", 0)}, false, gate[:2], "No breaking change was found in the API; the step badges could not do its work: disk full."},
		{"three, all well", []outcome{about("a", "ok", 0), about("b", "ok", 0), about("c", "ok", 0)}, true, nil, "All 3 contracts are compatible; 75.0 % of the recent runs of the least stable one were stable."},
		{"three, and a gate", []outcome{about("a", "ok", 0), about("b", "ok", 0), about("c", "ok", 0)}, false, gate, "All 3 contracts are compatible; the step alert-gates failed: 2 gates failed."},
		{"one of each", []outcome{about("a", "fail", 2), lost("b", 1), about("c", "ok", 0)}, false, nil, "a breaks its clients in 2 ways without a major version bump; b could not be measured (1 run in a row); c is compatible."},
		{"declared among others", []outcome{about("a", "ok", 1), about("b", "ok", 0), about("c", "ok", 0), about("d", "ok", 0)}, true, nil, "a breaks its clients in 1 way, and its version declares it; the other 3 are compatible."},
		{"a placeholder that passes", []outcome{lost("a", 1), about("b", "ok", 0)}, true, nil, "a could not be measured (1 run in a row); b is compatible."},
		{"many", []outcome{lost("a", 1), lost("b", 1), lost("c", 1), lost("d", 1), lost("e", 1), lost("f", 1)}, true, nil,
			"a could not be measured (1 run in a row); b could not be measured (1 run in a row); c could not be measured (1 run in a row); d could not be measured (1 run in a row); 2 more need a look."},
	} {
		s := &report.Summary{Passed: c.passed, Checked: c.name != "a step that could not work", Steps: c.steps, StabilityRatio: 0.75}
		if got := headline(s, c.all); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	long := []report.Step{{Name: "gate", Status: "findings", Reason: strings.Repeat("x", 10_000)}}
	if got := headline(&report.Summary{Steps: long}, []outcome{about("a", "ok", 0)}); len(got) > 300 {
		t.Errorf("a headline of %d bytes", len(got))
	}
}
