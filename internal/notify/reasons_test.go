package notify

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/pkg/report"
)

//go:embed testdata/reasons.tsv
var truthTable string

var start = time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)

// TestReasonsTruthTable holds Evaluate against every combination of what a run finds and what was open before it.
// The expectations were worked out apart from the code.
func TestReasonsTruthTable(t *testing.T) {
	rows := 0
	for i, line := range strings.Split(strings.TrimSpace(truthTable), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		rows++
		f := strings.Split(line, "\t")
		ratio, _ := strconv.ParseFloat(f[1], 64)
		streak, _ := strconv.Atoi(f[3])
		limit, _ := strconv.Atoi(f[4])
		in := Input{At: report.At(start), State: &report.AlertState{}, Summary: report.Summary{SHA: "b", RunID: "2", SemverPolicyStatus: f[0],
			StabilityRatio: report.Ratio(ratio), Placeholder: f[2] == "placeholder", PlaceholderStreak: streak}}
		for j, reason := range []string{SemverFail, StabilityDrop, PlaceholderStreak} {
			if f[5][j] == 'o' {
				in.State.Alerts = append(in.State.Alerts, report.Incident{Reason: reason, Open: true, Opened: 1, OpenedBy: "a/1"})
			}
		}
		got := strings.Join(Evaluate(in, Thresholds{Stability: 0.8, Streak: limit}).Reasons, ",")
		if want := strings.Trim(f[6], "-"); got != want {
			t.Errorf("line %d: %s: got %s", i+1, line, got)
		}
	}
	if rows < 200 {
		t.Errorf("only %d rows", rows)
	}
}

// run is a summary in few words.
func run(n int, semver string, ratio float64, streak int) report.Summary {
	return report.Summary{SHA: fmt.Sprintf("%07d", n), RunID: strconv.Itoa(n), SemverPolicyStatus: semver,
		StabilityRatio: report.Ratio(ratio), Placeholder: streak > 0, PlaceholderStreak: streak, GeneratedAt: report.At(start.Add(time.Duration(n) * time.Hour))}
}

func evaluate(s report.Summary, state *report.AlertState, t Thresholds) report.AlertState {
	return Evaluate(Input{Summary: s, State: state, At: s.GeneratedAt}, t)
}

var usual = Thresholds{Stability: 0.8, Streak: 5}

func TestSequences(t *testing.T) {
	type step struct {
		run  report.Summary
		want string
	}
	breaking := func(n, count, placeholder int) report.Summary {
		s := run(n, "ok", 1, placeholder)
		s.BreakingChangesCount = count
		return s
	}
	for _, c := range []struct {
		name  string
		t     Thresholds
		steps []step
	}{
		{"unknown between failure and health still recovers once", usual, []step{
			{run(1, "fail", 1, 0), "semver_fail"}, {run(2, "unknown", 1, 0), ""}, {run(3, "ok", 1, 0), "semver_recovered"}, {run(4, "ok", 1, 0), ""}}},
		{"warn is a recovery", usual, []step{{run(1, "fail", 1, 0), "semver_fail"}, {run(2, "warn", 1, 0), "semver_recovered"}, {run(3, "ok", 1, 0), ""}}},
		{"health from the start says nothing", usual, []step{{run(1, "ok", 1, 0), ""}, {run(2, "warn", 0.8, 0), ""}}},
		{"failures repeat", usual, []step{{run(1, "fail", 1, 0), "semver_fail"}, {run(2, "fail", 1, 0), "semver_fail"}}},
		{"failures once with on-change", Thresholds{Stability: 0.8, Streak: 5, OnChange: true}, []step{
			{run(1, "fail", 0.1, 0), "semver_fail,stability_drop"}, {run(1, "fail", 0.1, 0), "semver_fail,stability_drop"}, {run(2, "fail", 0.1, 0), ""},
			{run(3, "ok", 0.1, 0), "semver_recovered"}, {run(4, "fail", 0.1, 0), "semver_fail"}}},
		{"placeholder hides stability and is no recovery of it", usual, []step{
			{run(1, "ok", 0.5, 0), "stability_drop"}, {run(2, "ok", 1, 1), ""}, {run(3, "ok", 0.5, 0), "stability_drop"}, {run(4, "ok", 1, 2), ""}, {run(5, "ok", 0.9, 0), "stability_recovered"}}},
		{"a streak below the limit neither opens nor closes", usual, []step{
			{run(1, "ok", 1, 4), ""}, {run(2, "ok", 1, 5), "placeholder_streak"}, {run(3, "ok", 1, 6), "placeholder_streak"}, {run(4, "ok", 1, 0), "placeholder_recovered"}, {run(5, "ok", 1, 1), ""}, {run(6, "ok", 1, 0), ""}}},
		{"the same run again says the same again", usual, []step{
			{run(1, "fail", 1, 0), "semver_fail"}, {run(2, "ok", 1, 0), "semver_recovered"}, {run(2, "ok", 1, 0), "semver_recovered"}, {run(3, "ok", 1, 0), ""}}},
		{"a failure that the second attempt of a run mends is taken back", usual, []step{
			{run(1, "ok", 1, 5), "placeholder_streak"}, {run(1, "ok", 1, 0), "placeholder_recovered"}, {run(2, "ok", 1, 0), ""}}},
		{"failures and recoveries together, failures first", usual, []step{
			{run(1, "ok", 1, 5), "placeholder_streak"}, {run(2, "fail", 0.5, 0), "semver_fail,stability_drop,placeholder_recovered"}}},
		{"a ratio is compared as it is written", usual, []step{{run(1, "ok", 0.79996, 0), ""}, {run(2, "ok", 0.79994, 0), "stability_drop"}}},
		{"breaking changes have no webhook reason", usual, []step{{breaking(1, 2, 0), ""}, {breaking(2, 0, 0), ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var state *report.AlertState
			for i, s := range c.steps {
				next := evaluate(s.run, state, c.t)
				if got := strings.Join(next.Reasons, ","); got != s.want {
					t.Errorf("step %d: got %q, want %q", i+1, got, s.want)
				}
				state = &next
			}
		})
	}
}

func TestJudgingTwiceGivesTheSameState(t *testing.T) {
	open := evaluate(run(1, "fail", 0.1, 0), nil, usual)
	once := evaluate(run(2, "ok", 0.9, 0), &open, usual)
	twice := evaluate(run(2, "ok", 0.9, 0), &once, usual)
	if diff := cmp.Diff(once, twice); diff != "" {
		t.Errorf("the second evaluating differs:\n%s", diff)
	}
}

// TestPreviousSummaryStandsInForAState: who adopts the tool in the middle of a failure hears of its end, once.
func TestPreviousSummaryStandsInForAState(t *testing.T) {
	p := run(1, "fail", 0.5, 0)
	p.Version = "1.0.0"
	now := run(2, "ok", 0.9, 0)
	now.Version = "2.0.0"
	first := Evaluate(Input{Summary: now, Previous: &p, At: now.GeneratedAt}, usual)
	if got := strings.Join(first.Reasons, ","); got != "semver_recovered,stability_recovered" {
		t.Errorf("got %s", got)
	}
	if first.Alerts[0].Why != "version bumped" || first.Alerts[0].Since != p.GeneratedAt {
		t.Errorf("got %+v", first.Alerts[0])
	}
	now.RunID = "3"
	if again := Evaluate(Input{Summary: now, Previous: &p, State: &first, At: now.GeneratedAt}, usual); len(again.Reasons) != 0 {
		t.Errorf("told again: %v", again.Reasons)
	}
	placeholder := run(1, "unknown", 1, 7)
	if got := Evaluate(Input{Summary: run(2, "ok", 1, 0), Previous: &placeholder}, usual).Reasons; !slices.Equal(got, []string{PlaceholderRecovered}) {
		t.Errorf("got %v", got)
	}
}

func TestBreakingAlertOutlivesItsCommit(t *testing.T) {
	broken := run(1, "ok", 1, 0)
	broken.BreakingChangesCount = 2
	state := evaluate(broken, nil, usual)
	if a := state.Alerts[3]; !a.Open || a.Reason != Breaking {
		t.Fatalf("not open: %+v", a)
	}
	nightly := run(2, "ok", 1, 0)
	nightly.SHA = broken.SHA
	state = evaluate(nightly, &state, usual)
	if !state.Alerts[3].Open {
		t.Error("a nightly run of the same commit closed it")
	}
	waived := Evaluate(Input{Summary: nightly, State: &state, Contracts: []Contract{{ContractState: contracts(&nightly, nil)[0].ContractState, Waived: 2}}}, usual)
	if a := waived.Alerts[3]; a.Open || a.Why != "waived" {
		t.Errorf("a waiver did not close it: %+v", a)
	}
	state = evaluate(run(3, "ok", 1, 0), &state, usual)
	if a := state.Alerts[3]; a.Open || a.Why == "" {
		t.Errorf("the next commit did not close it: %+v", a)
	}
}

func TestWhyAVersionPolicyRecovers(t *testing.T) {
	failed := run(1, "fail", 1, 0)
	failed.Version, failed.BreakingChangesCount = "1.0.0", 1
	state := evaluate(failed, nil, usual)
	for _, c := range []struct {
		version          string
		breaking, waived int
		reverted         bool
		want             string
	}{
		{"2.0.0", 1, 0, false, "version bumped"}, {"1.0.0", 0, 1, false, "waived"}, {"1.0.0", 0, 0, false, "reverted"}, {"1.0.0", 1, 0, false, ""}, {"", 0, 0, false, "reverted"},
		{"0.9.0", 0, 0, true, "reverted"}, // the version went back with the contract: that is no bump
	} {
		s := run(2, "ok", 1, 0)
		s.Version, s.BreakingChangesCount = c.version, c.breaking
		in := Contract{ContractState: contracts(&s, nil)[0].ContractState, Waived: c.waived, Reverted: c.reverted}
		if got := Evaluate(Input{Summary: s, State: &state, Contracts: []Contract{in}}, usual).Alerts[0].Why; got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

// month plays runs with random failures, some repeated, some lost before they could leave anything behind, and checks that each failure
// that was recorded is followed by exactly one recovery.
func TestRecoveryExactlyOnceOverAMonth(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		var state *report.AlertState
		ids := map[string]bool{}
		told := map[string]int{}
		want := map[string]int{}
		open := map[string]bool{}
		for n := range 120 {
			s := run(n, []string{"ok", "ok", "warn", "fail", "unknown"}[r.IntN(5)], []float64{0.95, 0.8, 0.6}[r.IntN(3)], 0)
			if r.IntN(4) == 0 {
				s.Placeholder, s.PlaceholderStreak, s.StabilityRatio = true, 1+r.IntN(8), 1
			}
			if r.IntN(10) == 0 {
				continue // lost: the machine went away before anything was kept
			}
			model(s, open, want)
			for range 1 + r.IntN(3) {
				next := evaluate(s, state, usual)
				id := DeliveryID("o/r", &next, "")
				if len(next.Reasons) > 0 && !ids[id] {
					ids[id] = true
					for _, reason := range next.Reasons {
						told[reason]++
					}
				}
				state = &next
			}
		}
		for _, reason := range []string{SemverRecovered, StabilityRecovered, PlaceholderRecovered} {
			if told[reason] != want[reason] {
				t.Errorf("seed %d: %s told %d times, the month had %d", seed, reason, told[reason], want[reason])
			}
		}
	}
}

// model counts recoveries from the definition alone.
func model(s report.Summary, open map[string]bool, want map[string]int) {
	turn := func(reason string, fails, heals bool) {
		if heals && open[reason] {
			want[reason]++
		}
		open[reason] = fails || open[reason] && !heals
	}
	turn(SemverRecovered, s.SemverPolicyStatus == "fail", s.SemverPolicyStatus == "ok" || s.SemverPolicyStatus == "warn")
	turn(StabilityRecovered, !s.Placeholder && s.StabilityRatio < 0.8, !s.Placeholder && s.StabilityRatio >= 0.8)
	turn(PlaceholderRecovered, s.Placeholder && s.PlaceholderStreak >= 5, !s.Placeholder)
}
