package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/romel/govctl/pkg/report"
)

// manyFindings is a drift of n alerts in each list, with names that try to break out.
func manyFindings(n int) report.TaxonomyDrift {
	list := func(kind string) []report.AlertRef {
		var out []report.AlertRef
		for i := range n {
			out = append(out, report.AlertRef{Alert: fmt.Sprintf("%s<!channel>&@here*_`%d日本語%s", kind, i, strings.Repeat("x", i%120)), Severity: "critical"})
		}
		return out
	}
	d := report.TaxonomyDrift{Missing: list("M"), DeprecatedActive: list("D"), NotActive: list("N"), MissingRunbooks: list("R"), Added: list("A"), Removed: list("X")}
	for i, a := range list("T") {
		d.Transitions = append(d.Transitions, report.SeverityTransition{AlertRef: a, From: "low", To: fmt.Sprint("s", i)})
	}
	return d
}

func TestMessagesStayWithinTheLimits(t *testing.T) {
	for _, n := range []int{0, 1, 3, 30, 715, 5000} {
		d := manyFindings(n)
		for kind, limit := range map[Chat]int{Plain: 12_000, Slack: 12_000, Teams: 28 << 10} {
			body, err := ChatMessage(d, kind)
			if err != nil || len(body) > limit {
				t.Fatalf("%s with %d alerts in each list: %d bytes, %v", kind, n, len(body), err)
			}
			var m struct {
				Text   string
				Type   string
				Blocks []struct {
					Type string
					Text struct{ Type, Text string }
				}
				Attachments []struct {
					ContentType string
					Content     struct {
						Type, Version string
						Body          []struct{ Type, Text string }
					}
				}
			}
			if err := json.Unmarshal(body, &m); err != nil {
				t.Fatal(err)
			}
			if kind != Teams && m.Text == "" || kind == Slack && (len(m.Blocks) < 2 || len(m.Blocks) > 50) || kind == Teams && len(m.Attachments) != 1 {
				t.Errorf("%s with %d: %.200s", kind, n, body)
			}
			for i, b := range m.Blocks {
				limit := 3000
				if b.Type == "header" {
					limit = 150
				}
				if c := utf8.RuneCountInString(b.Text.Text); c == 0 || c > limit {
					t.Errorf("block %d has %d characters", i, c)
				}
			}
			if strings.Contains(string(body), "<!channel>") || strings.Contains(string(body), "@here") {
				t.Errorf("%s lets a mention through", kind)
			}
			if n > 50 && !strings.Contains(string(body), " more") {
				t.Errorf("%s with %d does not say what it leaves out", kind, n)
			}
		}
	}
}

func TestSlackMessage(t *testing.T) {
	body, err := ChatMessage(report.TaxonomyDrift{
		Missing:     []report.AlertRef{{Alert: "A", Severity: "critical"}},
		Transitions: []report.SeverityTransition{{AlertRef: report.AlertRef{Alert: "B", Severity: "high"}, From: "low", To: "high"}},
	}, Slack)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"text":"Alert taxonomy: 1 error, 0 drifted, 1 changed\nActive alerts that the taxonomy does not know (1):\n- A (critical)\nSeverity transitions (1):\n- B (high): low → high",` +
		`"blocks":[{"type":"header","text":{"type":"plain_text","text":"Alert taxonomy: 1 error, 0 drifted, 1 changed"}},` +
		`{"type":"section","text":{"type":"mrkdwn","text":":rotating_light: *Active alerts that the taxonomy does not know* (1)\n• A (critical)"}},` +
		`{"type":"section","text":{"type":"mrkdwn","text":":warning: *Severity transitions* (1)\n• B (high): low → high"}}]}`
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func TestDrifted(t *testing.T) {
	if Drifted(report.TaxonomyDrift{}) || !Drifted(manyFindings(1)) || !Drifted(report.TaxonomyDrift{Removed: []report.AlertRef{{Alert: "A"}}}) {
		t.Error("drift is not told from none")
	}
	if _, err := ChatMessage(report.TaxonomyDrift{}, "irc"); err == nil {
		t.Error("an unknown chat was accepted")
	}
}
