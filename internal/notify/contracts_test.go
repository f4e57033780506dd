package notify

import (
	"slices"
	"testing"

	"github.com/romel/govctl/pkg/report"
)

// two is a run over the contracts a and b, by the status of their version policy.
func two(n int, a, b string) (report.Summary, []Contract) {
	s := run(n, "ok", 1, 0)
	state := func(name, status string) Contract {
		return Contract{ContractState: report.ContractState{Name: name, SemverPolicyStatus: status, StabilityRatio: 1}}
	}
	return s, []Contract{state("a", a), state("b", b)}
}

// A recovery of one contract is not hidden by another one that still fails, and each is reported once.
func TestAlertsAreKeptForEachContract(t *testing.T) {
	var state *report.AlertState
	once := usual
	once.OnChange = true
	for i, step := range []struct {
		a, b string
		want []string
	}{
		{"fail", "ok", []string{SemverFail}},
		{"fail", "fail", []string{SemverFail}},
		{"ok", "fail", []string{SemverRecovered}},
		{"ok", "ok", []string{SemverRecovered}},
		{"ok", "ok", []string{}},
	} {
		s, all := two(i+1, step.a, step.b)
		next := Evaluate(Input{Summary: s, Contracts: all, State: state, At: s.GeneratedAt}, once)
		if !slices.Equal(next.Reasons, step.want) {
			t.Errorf("run %d: reasons %v, want %v", i+1, next.Reasons, step.want)
		}
		state = &next
	}
	for _, a := range state.Alerts {
		if a.Reason == SemverFail && (a.Open || a.Opened != 1 || a.Contract == "") {
			t.Errorf("at the end: %+v", a)
		}
	}
}

// A state that was kept for all contracts together goes on for those that fail, and recovers exactly once.
func TestOlderStatesGoOn(t *testing.T) {
	old := &report.AlertState{Alerts: []report.Incident{{Reason: SemverFail, Open: true, Opened: 3, OpenedBy: "x/1"}}}
	s, all := two(2, "ok", "fail")
	next := Evaluate(Input{Summary: s, Contracts: all, State: old, At: s.GeneratedAt}, usual)
	if want := []string{SemverFail}; !slices.Equal(next.Reasons, want) || next.Alerts[4].Opened != 3 || next.Alerts[0].Open {
		t.Errorf("one still fails: %v %+v", next.Reasons, next.Alerts)
	}
	s, all = two(2, "ok", "ok")
	next = Evaluate(Input{Summary: s, Contracts: all, State: old, At: s.GeneratedAt}, usual)
	if want := []string{SemverRecovered}; !slices.Equal(next.Reasons, want) {
		t.Errorf("all are well: %v", next.Reasons)
	}
	s, all = two(3, "ok", "ok")
	if again := Evaluate(Input{Summary: s, Contracts: all, State: &next, At: s.GeneratedAt}, usual); len(again.Reasons) != 0 {
		t.Errorf("reported twice: %v", again.Reasons)
	}
}
