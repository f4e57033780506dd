package notify

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// sentences say in a chat what a reason means.
var sentences = map[string]string{
	SemverFail:           "The version does not match the change.",
	StabilityDrop:        "The stability ratio fell below the threshold.",
	PlaceholderStreak:    "Several runs in a row could not be measured.",
	SemverRecovered:      "Recovered: the version matches the change again.",
	EvidenceFail:         "Required evidence does not pass.",
	EvidenceRecovered:    "Recovered: required evidence passes again.",
	StabilityRecovered:   "Recovered: the stability ratio is above the threshold again.",
	PlaceholderRecovered: "Recovered: runs are measured again.",
	BreakingChange:       "The change breaks clients.",
}

// ChatNotice is the body of a chat webhook for a notice: one message, whatever the number of reasons.
func ChatNotice(n report.Notice, version, link string, kind Chat) ([]byte, error) {
	m := chatNotice{notice: n, version: version, link: safeLink(link)}
	var message any
	switch kind {
	case Slack:
		message = m.slack()
	case Teams:
		message = m.teams()
	default:
		return nil, fmt.Errorf("unknown chat %q: expected one of slack, teams", kind)
	}
	body, err := json.Marshal(message, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("build a message for %s: %w", kind, err)
	}
	return body, nil
}

type chatNotice struct {
	notice        report.Notice
	version, link string
}

// title names the version and the commit.
func (m *chatNotice) title(safe func(string) string) string {
	what := "API governance notice for"
	if m.notice.BreakingChanges > 0 {
		what = "Breaking API changes detected in"
	}
	version := ""
	if m.version != "" {
		version = "version " + chatText(m.version, safe) + " "
	}
	return fmt.Sprintf("%s %s(%s)", what, version, chatText(m.notice.SHA, safe))
}

// lines are a sentence for each reason, and the figures.
func (m *chatNotice) lines(safe func(string) string, bullet string) []string {
	n := m.notice
	var out []string
	for _, reason := range n.Reasons {
		sentence, ok := sentences[reason]
		if !ok {
			sentence = chatText(reason, safe)
		}
		out = append(out, bullet+sentence+about(n.Details[reason].Contracts, safe))
	}
	stability := fmt.Sprintf("stability %g %%", float64(int(n.StabilityRatio.Rounded()*1000+0.5))/10)
	if n.Placeholder {
		stability = "stability not measured"
	}
	figures := fmt.Sprintf("%d breaking, %s added, %d removed, %s", n.BreakingChanges, count.Of(n.Operations.Added, "operation"), n.Operations.Removed, stability)
	if n.Repository != "" {
		figures = chatText(n.Repository, safe) + ": " + figures
	}
	return append(out, figures)
}

// about names the contracts of a reason; empty where the project has one.
func about(all []report.NoticeContract, safe func(string) string) string {
	const most = 10
	if len(all) == 0 {
		return ""
	}
	var names []string
	for _, c := range all[:min(len(all), most)] {
		names = append(names, chatText(c.Contract, safe))
	}
	if more := len(all) - most; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return " (" + strings.Join(names, ", ") + ")"
}

func (m *chatNotice) slack() any {
	text := strings.Join(m.lines(slackSafe, "• "), "\n")
	if m.link != "" {
		text += "\n<" + strings.NewReplacer("|", "%7C", ">", "%3E", "<", "%3C", "&", "&amp;").Replace(m.link) + "|Open the run>"
	}
	plain := func(s string) string { return breakMention(slackEscaper.Replace(s)) }
	return struct {
		Text   string       `json:"text"` // shown in notifications, and by clients without blocks
		Blocks []slackBlock `json:"blocks"`
	}{
		cutRunes(m.title(plain)+"\n"+strings.Join(m.lines(plain, "- "), "\n"), maxSlackSection),
		[]slackBlock{{"header", &slackText{"plain_text", cutRunes(m.title(breakMention), maxSlackHeader)}}, section(text)},
	}
}

func (m *chatNotice) teams() any {
	type action struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		URL   string `json:"url"`
	}
	type card struct {
		Schema  string       `json:"$schema"`
		Type    string       `json:"type"`
		Version string       `json:"version"`
		Body    []teamsBlock `json:"body"`
		Actions []action     `json:"actions,omitempty"`
	}
	type attachment struct {
		ContentType string `json:"contentType"`
		Content     card   `json:"content"`
	}
	c := card{"http://adaptivecards.io/schemas/adaptive-card.json", "AdaptiveCard", "1.4", []teamsBlock{
		{Type: "TextBlock", Text: m.title(teamsSafe), Wrap: true, Size: "Large", Weight: "Bolder"},
		{Type: "TextBlock", Text: strings.Join(m.lines(teamsSafe, "- "), "\n"), Wrap: true},
	}, nil}
	if m.link != "" {
		c.Actions = []action{{"Action.OpenUrl", "Open the run", m.link}}
	}
	return struct {
		Type        string       `json:"type"`
		Attachments []attachment `json:"attachments"`
	}{"message", []attachment{{"application/vnd.microsoft.card.adaptive", c}}}
}

// safeLink is an address that a chat may show as a link; empty for any other text.
func safeLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(s) > 2000 {
		return ""
	}
	return u.String()
}
