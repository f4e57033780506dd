package notify

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// Chat is a kind of chat webhook.
type Chat string

// The kinds of chat that messages are built for.
const (
	Plain Chat = "plain" // {"text": ...}: Slack, Mattermost, Rocket.Chat, Google Chat
	Slack Chat = "slack" // Block Kit, with the same text for notifications
	Teams Chat = "teams" // an Adaptive Card for a Teams workflow
)

// What the services take. Sizes are those of the whole message in bytes, which is more than the characters they count.
const (
	maxSlackBytes   = 12_000
	maxSlackBlocks  = 50
	maxSlackSection = 3000
	maxSlackHeader  = 150
	maxTeamsBytes   = 28 << 10
	maxChatName     = 80
)

// chatPart is one list of a message.
type chatPart struct {
	title string
	error bool
	items []string
}

// Drifted reports whether there is anything to tell.
func Drifted(d report.TaxonomyDrift) bool {
	for _, p := range chatParts(d, nil) {
		if len(p.items) > 0 {
			return true
		}
	}
	return false
}

// ChatMessage is the body of a chat webhook that tells the drift. Lists that are too long for the service are cut and counted.
func ChatMessage(d report.TaxonomyDrift, kind Chat) ([]byte, error) {
	limit := maxSlackBytes
	build := plainMessage
	switch kind {
	case Slack:
		build = slackMessage
	case Teams:
		limit, build = maxTeamsBytes, teamsMessage
	case Plain:
	default:
		return nil, fmt.Errorf("unknown chat %q: expected one of plain, slack, teams", kind)
	}
	for _, most := range []int{50, 25, 12, 6, 3, 1, 0} {
		body, err := json.Marshal(build(d, most), json.Deterministic(true))
		if err != nil {
			return nil, fmt.Errorf("build a message for %s: %w", kind, err)
		}
		if len(body) <= limit {
			return body, nil
		}
	}
	return nil, fmt.Errorf("the message for %s does not fit into %d bytes", kind, limit)
}

// chatParts are the lists of a message with names made harmless by safe; nil leaves them as they are.
func chatParts(d report.TaxonomyDrift, safe func(string) string) []chatPart {
	names := func(list []report.AlertRef) []string {
		out := make([]string, 0, len(list))
		for i := range list {
			out = append(out, chatName(&list[i], safe))
		}
		return out
	}
	moves := make([]string, 0, len(d.Transitions))
	for i := range d.Transitions {
		t := &d.Transitions[i]
		moves = append(moves, chatName(&t.AlertRef, safe)+chatText(": "+t.From+" → "+t.To, safe))
	}
	return []chatPart{
		{"Active alerts that the taxonomy does not know", true, names(d.Missing)},
		{"Deprecated alerts that are still evaluated", true, names(d.DeprecatedActive)},
		{"Entries that no rule file evaluates", false, names(d.NotActive)},
		{"Active alerts without a runbook", false, names(d.MissingRunbooks)},
		{"Added", false, names(d.Added)},
		{"Removed", false, names(d.Removed)},
		{"Severity transitions", false, moves},
	}
}

func chatName(a *report.AlertRef, safe func(string) string) string {
	return chatText(a.Alert+a.Selector+" ("+a.Severity+")", safe)
}

func chatText(s string, safe func(string) string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if utf8.RuneCountInString(s) > maxChatName {
		s = string([]rune(s)[:maxChatName-1]) + "…"
	}
	if safe == nil {
		return s
	}
	return safe(s)
}

// Headline is the message in a line.
func Headline(d report.TaxonomyDrift) string {
	errors := len(d.Missing) + len(d.DeprecatedActive)
	drift := len(d.NotActive) + len(d.MissingRunbooks)
	s := fmt.Sprintf("Alert taxonomy: %s, %d drifted", count.Of(errors, "error"), drift)
	if moved := len(d.Added) + len(d.Removed) + len(d.Transitions); moved > 0 {
		s += fmt.Sprintf(", %d changed", moved)
	}
	if errors+drift == 0 && len(d.Added)+len(d.Removed)+len(d.Transitions) == 0 {
		s = "Alert taxonomy: no drift"
	}
	return s
}

// lines are the first items of a list and the number of the others.
func (p *chatPart) lines(most int, bullet string) []string {
	var out []string
	for _, item := range p.items[:min(len(p.items), most)] {
		out = append(out, bullet+item)
	}
	if n := len(p.items) - most; n > 0 {
		out = append(out, fmt.Sprintf("%sand %d more", bullet, n))
	}
	return out
}

// breakMention parts an @ from the name behind it, so that nobody is called.
func breakMention(s string) string { return strings.ReplaceAll(s, "@", "@\u200b") }

var slackEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slackSafe is Slack's own escaping, which <!channel> and <@U123> need, with the characters of its markup taken out.
func slackSafe(s string) string {
	return breakMention(strings.NewReplacer("*", "∗", "_", "\u200b_\u200b", "~", "∼", "`", "'").Replace(slackEscaper.Replace(s)))
}

func plainText(d report.TaxonomyDrift, most int) string {
	var b strings.Builder
	b.WriteString(Headline(d))
	for _, p := range chatParts(d, func(s string) string { return breakMention(slackEscaper.Replace(s)) }) {
		if len(p.items) > 0 {
			fmt.Fprintf(&b, "\n%s (%d):\n%s", p.title, len(p.items), strings.Join(p.lines(most, "- "), "\n"))
		}
	}
	return b.String()
}

func plainMessage(d report.TaxonomyDrift, most int) any {
	return struct {
		Text string `json:"text"`
	}{plainText(d, most)}
}

type slackText struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type slackBlock struct {
	Type string     `json:"type"`
	Text *slackText `json:"text,omitempty"`
}

func slackMessage(d report.TaxonomyDrift, most int) any {
	blocks := []slackBlock{{"header", &slackText{"plain_text", cutRunes(Headline(d), maxSlackHeader)}}}
	for _, p := range chatParts(d, slackSafe) {
		if len(p.items) == 0 {
			continue
		}
		mark := ":warning:"
		if p.error {
			mark = ":rotating_light:"
		}
		text := fmt.Sprintf("%s *%s* (%d)", mark, p.title, len(p.items))
		for _, line := range p.lines(most, "• ") {
			if utf8.RuneCountInString(text)+1+utf8.RuneCountInString(line) > maxSlackSection {
				blocks = append(blocks, section(text))
				text = line
				continue
			}
			text += "\n" + line
		}
		blocks = append(blocks, section(text))
	}
	if len(blocks) == 1 {
		blocks = append(blocks, section("No drift between taxonomy and rule files."))
	}
	return struct {
		Text   string       `json:"text"` // shown in notifications, and by clients without blocks
		Blocks []slackBlock `json:"blocks"`
	}{cutRunes(plainText(d, min(most, 3)), maxSlackSection), blocks[:min(len(blocks), maxSlackBlocks)]}
}

func section(text string) slackBlock { return slackBlock{"section", &slackText{"mrkdwn", text}} }

func cutRunes(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

type teamsBlock struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Wrap   bool   `json:"wrap"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
	Color  string `json:"color,omitempty"`
}

// teamsSafe escapes the Markdown of Adaptive Cards and the tags of mentions.
func teamsSafe(s string) string {
	return breakMention(strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "`", "\\`", "~", `\~`, "#", `\#`,
		"&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
}

func teamsMessage(d report.TaxonomyDrift, most int) any {
	body := []teamsBlock{{Type: "TextBlock", Text: Headline(d), Wrap: true, Size: "Large", Weight: "Bolder"}}
	for _, p := range chatParts(d, teamsSafe) {
		if len(p.items) == 0 {
			continue
		}
		color := "Warning"
		if p.error {
			color = "Attention"
		}
		body = append(body,
			teamsBlock{Type: "TextBlock", Text: fmt.Sprintf("%s (%d)", p.title, len(p.items)), Wrap: true, Weight: "Bolder", Color: color},
			teamsBlock{Type: "TextBlock", Text: strings.Join(p.lines(most, "- "), "\n"), Wrap: true})
	}
	type card struct {
		Schema  string       `json:"$schema"`
		Type    string       `json:"type"`
		Version string       `json:"version"`
		Body    []teamsBlock `json:"body"`
	}
	type attachment struct {
		ContentType string `json:"contentType"`
		Content     card   `json:"content"`
	}
	return struct {
		Type        string       `json:"type"`
		Attachments []attachment `json:"attachments"`
	}{"message", []attachment{{"application/vnd.microsoft.card.adaptive",
		card{"http://adaptivecards.io/schemas/adaptive-card.json", "AdaptiveCard", "1.4", body}}}}
}
