package notify

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

// TestBreakingChangeIsAskedFor: a break that the version declares is a reason only where the configuration asks for it.
func TestBreakingChangeIsAskedFor(t *testing.T) {
	s := run(1, "ok", 1, 0)
	s.BreakingChangesCount = 2
	if got := Evaluate(Input{Summary: s, At: s.GeneratedAt}, usual).Reasons; len(got) != 0 {
		t.Errorf("nobody asked: %v", got)
	}
	asked := usual
	asked.Reasons = []string{BreakingChange}
	state := Evaluate(Input{Summary: s, At: s.GeneratedAt}, asked)
	if strings.Join(state.Reasons, ",") != BreakingChange {
		t.Errorf("reasons %v", state.Reasons)
	}
	n := NewNotice(&s, &state, Context{})
	if n.Details[BreakingChange].Episode != 1 || n.Version != 1 {
		t.Errorf("notice %+v", n)
	}
	if _, err := Encode(n); err != nil {
		t.Error(err)
	}
	s.SemverPolicyStatus = "fail"
	if got := strings.Join(Evaluate(Input{Summary: s, At: s.GeneratedAt}, asked).Reasons, ","); got != SemverFail+","+BreakingChange {
		t.Errorf("both: %s", got)
	}
	next := run(2, "ok", 1, 0)
	if got := Evaluate(Input{Summary: next, State: &state, At: next.GeneratedAt}, asked).Reasons; len(got) != 0 {
		t.Errorf("the event has no recovery: %v", got)
	}
}

// TestRatioOfThePayload: that of the file, 1 for a placeholder; 0 where the file could not be written.
func TestRatioOfThePayload(t *testing.T) {
	s := run(1, "unknown", 1, 3)
	s.Placeholder = true
	n := NewNotice(&s, &report.AlertState{}, Context{})
	if n.StabilityRatio != 1 || !n.Placeholder || n.Metadata.Score != nil {
		t.Errorf("placeholder: %+v", n)
	}
	s.Steps = []report.Step{{Name: "stability pay", Status: "failed"}}
	if n := NewNotice(&s, &report.AlertState{}, Context{}); n.StabilityRatio != 0 {
		t.Errorf("not written: %+v", n)
	}
	m := report.Stability{Score: 90, WindowSize: 30, CurrentStableStreak: 4}
	s.Steps = []report.Step{{Name: "stability", Status: "findings"}}
	n = NewNotice(&s, &report.AlertState{}, Context{Stability: &m})
	if n.StabilityRatio != 1 || *n.Metadata.Score != 90 || *n.Metadata.WindowSize != 30 || *n.Metadata.CurrentStableStreak != 4 || n.Metadata.Timestamp != s.GeneratedAt {
		t.Errorf("measured: %+v", n)
	}
}

// TestChatNotice: one message with version, commit, count and link, in which foreign text calls nobody and is no markup.
func TestChatNotice(t *testing.T) {
	n := report.Notice{SHA: "abc1234", BreakingChanges: 3, Reasons: []string{SemverFail, BreakingChange, "later_reason"}, StabilityRatio: 0.975, Repository: "o/r"}
	for kind, want := range map[Chat][]string{
		Slack: {`Breaking API changes detected in version 2.0.0 (abc1234)`, `o/r: 3 breaking`, "97.5 %", `<https://x.example/run?a=1&amp;b=2|Open the run>`, "later\u200b_\u200breason"},
		Teams: {`Breaking API changes detected in version 2.0.0 (abc1234)`, `o/r: 3 breaking`, `"url":"https://x.example/run?a=1\u0026b=2"`},
	} {
		body, err := ChatNotice(n, "2.0.0", "https://x.example/run?a=1&b=2", kind)
		if err != nil {
			t.Fatal(err)
		}
		text := string(body)
		for _, w := range want {
			if !strings.Contains(text, w) && !strings.Contains(strings.ReplaceAll(text, "&", `\u0026`), w) {
				t.Errorf("%s: no %q in %s", kind, w, text)
			}
		}
	}
	for _, kind := range []Chat{Slack, Teams} {
		evil := "<!channel> @here <@U1> [x](https://e.example) *b* \u202e\n- " + strings.Repeat("x", 9000)
		n.Repository = evil
		body, err := ChatNotice(n, evil, "javascript:alert(1)", kind)
		if err != nil || len(body) > maxSlackBytes {
			t.Fatalf("%s: %d bytes, %v", kind, len(body), err)
		}
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"@here", "<@U1>", "javascript", "\u202e"} {
			if strings.Contains(string(body), bad) {
				t.Errorf("%s: %q in %s", kind, bad, body)
			}
		}
	}
	if _, err := ChatNotice(n, "", "", "irc"); err == nil {
		t.Error("there is no such chat")
	}
}
