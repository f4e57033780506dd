package github

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v60/github"
)

// commentMarker is the first line of the comment on a pull request.
const commentMarker = "<!-- govctl:comment -->"

// maxBody is what GitHub takes as the body of an issue or comment, in characters.
const maxBody = 65_536

// Comment keeps one comment on a pull request up to date. With clean findings it is only changed where it already stands: a pull
// request that was never in trouble is not written to. Under a dry run nothing is changed.
func (c *Client) Comment(ctx context.Context, pr int, body string, clean, dryRun bool) (Action, error) {
	act := Action{Alert: "comment", Act: Nothing, Number: pr}
	body = Fit(commentMarker+"\n"+body, maxBody)
	var ours *github.IssueComment
	find := func() (bool, error) {
		ours = nil
		err := c.comments(ctx, pr, func(own *github.IssueComment) {
			if ours == nil && strings.HasPrefix(own.GetBody(), commentMarker) {
				ours = own
			}
		})
		return ours != nil, err
	}
	if _, err := find(); err != nil {
		return act, err
	}
	switch {
	case ours == nil && clean, ours != nil && strings.TrimSpace(ours.GetBody()) == strings.TrimSpace(body):
	case ours == nil:
		act.Act = Opened
		if dryRun {
			return act, nil
		}
		err := c.once(ctx, func() error {
			_, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.name, pr, &github.IssueComment{Body: &body})
			return err
		}, find)
		return act, explain("comment on pull request", err)
	default:
		act.Act = Updated
		if dryRun {
			return act, nil
		}
		_, _, err := c.api.Issues.EditComment(ctx, c.owner, c.name, ours.GetID(), &github.IssueComment{Body: &body})
		return act, explain("edit comment", err)
	}
	return act, nil
}

// Join puts sections into one text of at most limit characters. What does not fit is left out whole, and counted.
func Join(sections []string, limit int) string {
	const reserve = 200
	var b strings.Builder
	left := 0
	for i, s := range sections {
		switch {
		case s == "":
		case len(b.String())+len(s)+2 <= limit-reserve:
			b.WriteString(strings.TrimRight(s, "\n") + "\n\n")
		case i == 0:
			b.WriteString(Fit(s, limit-reserve) + "\n\n")
		default:
			left++
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "*%d sections did not fit here.*\n", left)
	}
	return b.String()
}

// Fit is text cut to a limit at the end of a line, with what stays open closed: code fences and folded blocks. Bytes are counted, of which a
// character has at least one.
func Fit(text string, limit int) string {
	const reserve = 120
	if len(text) <= limit {
		return text
	}
	cut := text[:limit-reserve]
	if i := strings.LastIndexByte(cut, '\n'); i > 0 {
		cut = cut[:i+1]
	} else {
		cut = strings.ToValidUTF8(cut, "") + "\n"
	}
	fence, details := "", 0
	for line := range strings.Lines(cut) {
		trimmed := strings.TrimSpace(line)
		marks := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
		switch {
		case fence == "" && len(marks) >= 3:
			fence = marks
		case fence != "" && trimmed == fence:
			fence = ""
		case fence == "":
			details += strings.Count(line, "<details>") - strings.Count(line, "</details>")
		}
	}
	if fence != "" {
		cut += fence + "\n"
	}
	return cut + strings.Repeat("\n</details>\n", max(0, min(details, 3))) + "\n*Cut here: the text is too long.*\n"
}
