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

// A contract that is no longer configured ends its alerts: it recovers once, and stays in the state for the issue that is to be closed.
func TestAlertsEndWithTheirContract(t *testing.T) {
	s, all := two(1, "ok", "fail")
	state := Evaluate(Input{Summary: s, Contracts: all, At: s.GeneratedAt}, usual)
	for n, want := range map[int][]string{2: {SemverRecovered}, 3: {}} {
		s, all := two(n, "ok", "")
		from := state
		if n == 3 {
			s2, before := two(2, "ok", "")
			from = Evaluate(Input{Summary: s2, Contracts: before[:1], State: &state, At: s2.GeneratedAt}, usual)
		}
		for range 2 { // the same run again says the same
			next := Evaluate(Input{Summary: s, Contracts: all[:1], State: &from, At: s.GeneratedAt}, usual)
			i := slices.IndexFunc(next.Alerts, func(a report.Incident) bool { return a.Contract == "b" && a.Reason == SemverFail })
			if i < 0 || next.Alerts[i].Open || next.Alerts[i].Why != "the contract is no longer configured" || !slices.Equal(next.Reasons, want) {
				t.Errorf("run %d: %v %+v", n, next.Reasons, next.Alerts)
			}
			from = next
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

// Notices that versions without contracts in them have told are not told again by a repetition of their run.
func TestNoticesWithoutContractsCount(t *testing.T) {
	s, all := two(1, "fail", "fail")
	state := Evaluate(Input{Summary: s, Contracts: all, At: s.GeneratedAt}, usual)
	n := NewNotice(&s, &state, Context{})
	if got := n.Details[SemverFail].Contracts; len(got) != 2 || got[0].Contract != "a" || got[1].Contract != "b" {
		t.Errorf("contracts %+v", got)
	}
	earlier := withoutContracts(state)
	old := NewNotice(&s, &earlier, Context{})
	body, err := Encode(old)
	if err != nil || old.Details[SemverFail].Contracts != nil {
		t.Fatalf("%s: %v", body, err)
	}
	log := []report.Delivery{Queue(DeliveryID("o/r", &earlier, ""), "h", old, body, s.RunID, s.GeneratedAt.Time)}
	if fresh := Untold(log, state); len(fresh.Reasons) != 0 {
		t.Errorf("told again: %v", fresh.Reasons)
	}
	chat := []report.Delivery{{ID: DeliveryID("o/r", &earlier, Slack)}}
	if !Known(chat, "o/r", &state, Slack) || Known(chat, "o/r", &state, Teams) {
		t.Error("the message to the chat is not recognised")
	}
}

// A run that is repeated tells of the contract that failed only now, under an id of its own.
func TestARepeatedRunTellsOfTheOtherContract(t *testing.T) {
	s, all := two(1, "fail", "ok")
	state := Evaluate(Input{Summary: s, Contracts: all, At: s.GeneratedAt}, usual)
	n := NewNotice(&s, &state, Context{})
	body, err := Encode(n)
	if err != nil {
		t.Fatal(err)
	}
	first := Queue(DeliveryID("", &state, ""), "h", n, body, s.RunID, s.GeneratedAt.Time)
	_, all = two(1, "fail", "fail")
	next := Evaluate(Input{Summary: s, Contracts: all, State: &state, At: s.GeneratedAt}, usual)
	fresh := Untold([]report.Delivery{first}, next)
	told := NewNotice(&s, &fresh, Context{}).Details[SemverFail].Contracts
	if len(told) != 1 || told[0].Contract != "b" || DeliveryID("", &fresh, "") == first.ID {
		t.Errorf("%+v", told)
	}
}
