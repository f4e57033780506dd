package notify

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/jointest"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

func TestLogKeepsWhatItCannotRead(t *testing.T) {
	q := queued(t, 1)
	text, err := AppendLog(nil, q)
	if err != nil {
		t.Fatal(err)
	}
	torn := append(slices.Clone(text), []byte(`{"time":"2025-`)...)
	longer, err := AppendLog(torn, queued(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(longer, torn) {
		t.Error("the file was rewritten")
	}
	lines, bad := ParseLog(longer)
	if len(lines) != 2 || bad != 1 || lines[0].ID != q.ID || string(lines[0].Payload) != string(q.Payload) {
		t.Errorf("%d lines, %d bad", len(lines), bad)
	}
	for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		if err := schemas.Validate("webhook-delivery", line); err != nil {
			t.Error(err)
		}
	}
}

// TestUnionOfLogs: whatever the order and however often lines repeat, the outstanding notices are the same.
func TestUnionOfLogs(t *testing.T) {
	a, b, c := queued(t, 1), queued(t, 2), queued(t, 3)
	log := []report.Delivery{a, b, c,
		{ID: b.ID, State: Pending, SHA: "x", RunID: "1"}, {ID: b.ID, State: Delivered, SHA: "x", RunID: "2"}, {ID: c.ID, State: Pending, SHA: "x", RunID: "2"}}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		mixed := slices.Clone(log)
		for range r.IntN(5) {
			mixed = append(mixed, mixed[r.IntN(len(mixed))])
		}
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		got := Outstanding(mixed)
		if len(got) != 2 || got[0].Queued.ID != a.ID || got[1].Queued.ID != c.ID || got[1].Runs != 1 {
			t.Fatalf("got %+v", got)
		}
	}
}

func TestMergeLog(t *testing.T) {
	for _, c := range []struct{ theirs, ours, want string }{
		{"", "", ""}, {"a\n", "a\nb\n", "a\nb\n"}, {"a\nb", "c", "a\nb\nc\n"}, {"a\n", "", "a\n"}, {"", "a\na\n", "a\n"}, {"b\n", "a\nb\n", "a\nb\n"},
	} {
		got, err := MergeLog([]byte(c.theirs), []byte(c.ours))
		if err != nil || string(got) != c.want {
			t.Errorf("%q and %q: %q, %v", c.theirs, c.ours, got, err)
		}
		if again, _ := MergeLog(got, []byte(c.ours)); !bytes.Equal(again, got) {
			t.Errorf("%q and %q: merging again gives %q", c.theirs, c.ours, again)
		}
	}
}

func TestOnlyTheQueuedLineIsNeeded(t *testing.T) {
	if got := Outstanding([]report.Delivery{{ID: "gov_x", State: Pending}}); len(got) != 0 {
		t.Errorf("a notice without a payload is outstanding: %+v", got)
	}
}

func TestPayloadFitsTheSchemaInEveryState(t *testing.T) {
	version := report.Summary{SHA: strings.Repeat("a", 40), RunID: "1", SemverPolicyStatus: "unknown", Version: "1.0.0", GeneratedAt: report.At(start)}
	state := evaluate(version, nil, usual)
	body, err := Encode(NewNotice(&version, &state, Context{Repository: "o/r", Checksum: strings.Repeat("0", 64)}))
	if err != nil {
		t.Error(err)
	}
	for _, want := range []string{`"event":"governance_notice"`, `"version":1`, `"sha":"aaaaaaa"`, `"semver_status":"unknown"`, `"reasons":["stability_drop"]`, `"operations":{"added":0,"removed":0}`} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	version.SHA = "abc" // of run --sha; the contract of the payload asks for seven characters
	if body, err = Encode(NewNotice(&version, &state, Context{})); err != nil || !bytes.Contains(body, []byte(`"sha":"abc0000"`)) {
		t.Errorf("%v in %s", err, body)
	}
	version.SemverPolicyStatus = "perhaps"
	if _, err := Encode(NewNotice(&version, &state, Context{})); err == nil {
		t.Error("a payload against the schema was encoded")
	}
}

// world is what survives between runs: the published state and log.
type world struct {
	state *report.AlertState
	log   []report.Delivery
}

// TestExactlyOnceThroughTheWholePath plays months in which runs are repeated, die at any step, and meet a receiver that is often down. A
// receiver that knows delivery ids hears each recovery of each recorded failure once.
func TestExactlyOnceThroughTheWholePath(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		var w world
		heard := map[string]bool{}
		recoveries := map[string]int{}
		hear := func(q report.Delivery) {
			if heard[q.ID] {
				return
			}
			heard[q.ID] = true
			for _, reason := range q.Reasons {
				if strings.HasSuffix(reason, "recovered") {
					recoveries[fmt.Sprint(reason, episodeOf(t, q, reason))]++
				}
			}
		}
		for n := range 200 {
			quiet := n >= 160 // the month ends well, so that everything closes and arrives
			s := run(n, []string{"ok", "fail", "unknown"}[r.IntN(3)], []float64{0.95, 0.6}[r.IntN(2)], r.IntN(2)*r.IntN(9))
			if quiet {
				s = run(n, "ok", 1, 0)
			}
			for range 1 + r.IntN(2) {
				die := r.IntN(6)
				if quiet {
					die = 99
				}
				w = play(t, w, s, die, quiet || r.IntN(3) == 0, hear)
			}
		}
		for _, a := range w.state.Alerts[:3] {
			if a.Open {
				t.Fatalf("seed %d: %s is open at the end", seed, a.Reason)
			}
			for episode := 1; episode <= a.Opened; episode++ {
				recovery := map[string]string{SemverFail: SemverRecovered, StabilityDrop: StabilityRecovered, PlaceholderStreak: PlaceholderRecovered}[a.Reason]
				if got := recoveries[fmt.Sprint(recovery, episode)]; got != 1 {
					t.Errorf("seed %d: %s of episode %d was heard %d times", seed, recovery, episode, got)
				}
			}
		}
	}
}

// play is one run; it dies before the given step. Notices do not expire here: that has its own test.
func play(t *testing.T, w world, s report.Summary, die int, up bool, hear func(report.Delivery)) world {
	t.Helper()
	next := evaluate(s, w.state, usual)
	fresh := Untold(w.log, next)
	after := world{state: &next, log: w.log}
	if len(fresh.Reasons) > 0 {
		n := NewNotice(&s, &fresh, Context{})
		body, err := Encode(n)
		if err != nil {
			t.Fatal(err)
		}
		after.log = append(slices.Clip(w.log), Queue(DeliveryID("o/r", &fresh, ""), "h", n, body, s.RunID, s.GeneratedAt.Time))
	}
	if die == 0 {
		return w // before it published: as if it had never been
	}
	var receipts []report.Delivery
	for _, wait := range Outstanding(after.log) {
		if die == 1 {
			return after // published, not sent
		}
		d := report.Delivery{Time: s.GeneratedAt, ID: wait.Queued.ID, SHA: s.SHA, RunID: s.RunID, State: Pending}
		if up {
			hear(wait.Queued)
			d.State = Delivered
		}
		receipts = append(receipts, d)
		if !up {
			break
		}
	}
	if die == 2 {
		return after // sent, but the receipts were lost
	}
	after.log = append(slices.Clip(after.log), receipts...)
	return after
}

func episodeOf(t *testing.T, q report.Delivery, reason string) int {
	t.Helper()
	n := notice(t, q)
	return n.Details[reason].Episode
}

func FuzzParseLog(f *testing.F) {
	f.Add([]byte("{\"delivery_id\":\"gov_0\",\"state\":\"queued\",\"payload\":{\"details\":{}}}\n"))
	f.Add([]byte("{}\nx\n\n{\"delivery_id\":1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, _ := ParseLog(data)
		Outstanding(lines)
		Untold(lines, report.AlertState{Reasons: []string{SemverFail}})
		out, err := AppendLog(data, report.Delivery{ID: "gov_1"})
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := ParseLog(out); len(again) != len(lines)+1 {
			t.Errorf("%d lines became %d", len(lines), len(again))
		}
	})
}

func notice(t *testing.T, q report.Delivery) (n report.Notice) {
	t.Helper()
	if err := json.Unmarshal(q.Payload, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTheUnionOfLogsIsTheSameEveryWay: receipts of few deliveries at few times, some torn.
func TestTheUnionOfLogsIsTheSameEveryWay(t *testing.T) {
	receipts := func(r *rand.Rand) (all [][]byte) {
		for range 60 {
			d := report.Delivery{Time: report.At(start.Add(time.Duration(r.IntN(3)) * time.Hour)), ID: fmt.Sprint("gov_", r.IntN(4)), RunID: fmt.Sprint(r.IntN(3)),
				Attempts: r.IntN(3), State: []string{Queued, Pending, Delivered}[r.IntN(3)]}
			line, err := AppendLog(nil, d)
			if err != nil {
				t.Fatal(err)
			}
			if r.IntN(10) == 0 {
				line = append(line[:r.IntN(len(line)-2)+1:len(line)-1], '\n')
			}
			all = append(all, line)
		}
		return all
	}
	jointest.Check(t, receipts, func(a, b []byte) []byte {
		out, err := MergeLog(a, b)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}, func(log []byte) string { return string(log) })
}
