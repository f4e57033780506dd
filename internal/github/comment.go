package github

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/romel/govctl/internal/sanitize"
)

// commentMarker is the first line of the comment on a pull request that is about everything.
const commentMarker = "<!-- govctl:comment -->"

// markerOf is the first line of the comment about a topic; an empty topic is everything.
func markerOf(topic string) string {
	if topic == "" {
		return commentMarker
	}
	return "<!-- govctl:comment=" + topic + " -->"
}

// maxBody is what GitHub takes as the body of an issue or comment, in characters.
const maxBody = 65_536

// Comment keeps one comment on a pull request up to date. With clean findings it is only changed where it already stands: a pull
// request that was never in trouble is not written to. Under a dry run nothing is changed.
func (c *Client) Comment(ctx context.Context, pr int, body string, clean, dryRun bool) (Action, error) {
	return c.CommentOn(ctx, pr, "", body, clean, dryRun)
}

// CommentOn is Comment for the comment about a topic, which is one of its own.
func (c *Client) CommentOn(ctx context.Context, pr int, topic, body string, clean, dryRun bool) (Action, error) {
	act := Action{Alert: "comment", Act: Nothing, Number: pr}
	body = sanitize.Fit(markerOf(topic)+"\n"+body, maxBody, sanitize.Characters)
	ours, err := c.sticky(ctx, pr, markerOf(topic))
	if err != nil {
		return act, err
	}
	switch {
	case len(ours) == 0 && clean:
		return act, nil
	case len(ours) == 0:
		act.Act = Opened
	case len(ours) > 1 || strings.TrimSpace(ours[0].GetBody()) != strings.TrimSpace(body):
		act.Act = Updated
	}
	if act.Act == Nothing || dryRun {
		return act, nil
	}
	if act.Act == Updated {
		err := c.amend(ctx, ours, body)
		if !gone(err) || clean {
			return act, explain("edit comment", err)
		}
		act.Act = Opened // somebody deleted it meanwhile
	}
	return act, explain("comment on pull request", c.say(ctx, pr, markerOf(topic), body))
}

// sticky is our own comments on a pull request that bear a marker. Two runs at once may have written two.
func (c *Client) sticky(ctx context.Context, pr int, marker string) (ours []*github.IssueComment, err error) {
	err = c.comments(ctx, pr, func(own *github.IssueComment) {
		if strings.HasPrefix(own.GetBody(), marker) {
			ours = append(ours, own)
		}
	})
	return ours, err
}

// amend writes the first of our comments anew and takes the others away.
func (c *Client) amend(ctx context.Context, ours []*github.IssueComment, body string) error {
	if _, _, err := c.api.Issues.EditComment(ctx, c.owner, c.name, ours[0].GetID(), &github.IssueComment{Body: &body}); err != nil {
		return err
	}
	for _, more := range ours[1:] {
		if _, err := c.api.Issues.DeleteComment(ctx, c.owner, c.name, more.GetID()); err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

func (c *Client) say(ctx context.Context, pr int, marker, body string) error {
	return c.once(ctx, func() error {
		_, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.name, pr, &github.IssueComment{Body: &body})
		return err
	}, func() (bool, error) {
		ours, err := c.sticky(ctx, pr, marker)
		return len(ours) > 0, err
	})
}

// gone reports that what a request was about is not there any more.
func gone(err error) bool {
	var answer *github.ErrorResponse
	return errors.As(err, &answer) && answer.Response != nil && (answer.Response.StatusCode == http.StatusNotFound || answer.Response.StatusCode == http.StatusGone)
}
