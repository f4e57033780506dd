package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/romel/govctl/internal/sanitize"
)

// Act is what is done about an alert.
type Act string

// The acts. Nothing, Held and Declined change nothing on GitHub.
const (
	Nothing  Act = "nothing"
	Opened   Act = "open"
	Updated  Act = "update"
	Reopened Act = "reopen"
	Closed   Act = "close"
	Merged   Act = "close as duplicate" // another open issue is about the same alert
	Held     Act = "held"               // a label holds the issue open
	Declined Act = "declined"           // a person closed it as not planned, or as a duplicate of an issue of theirs
)

// Action is what was done, or with a dry run would be.
type Action struct {
	Alert  string
	Act    Act
	Number int // of the issue; 0 where it is not there yet
	Title  string
}

// Issues adjusts the synchronisation.
type Issues struct {
	Suppress []string // labels that keep an issue open
	DryRun   bool
}

// SyncIssues brings the alert issues in line with the alerts: at most one open issue for each. An alert that fails does not keep the
// others from being told, unless none of them would get further.
func (c *Client) SyncIssues(ctx context.Context, alerts []Alert, o Issues) ([]Action, error) {
	open, err := c.list(ctx, &github.IssueListByRepoOptions{State: "open", Sort: "created", Direction: "asc"})
	if err != nil {
		return nil, err
	}
	var actions []Action
	var failed []error
	for i := range alerts {
		a := &alerts[i]
		done, err := c.sync(ctx, a, match(a, open), o)
		actions = append(actions, done...)
		if err != nil {
			failed = append(failed, err)
		}
		if hopeless(ctx, err) {
			break
		}
	}
	return actions, errors.Join(failed...)
}

// hopeless reports an error that the next request would meet, too.
func hopeless(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ErrForbidden) || errors.Is(err, ErrToken) || errors.Is(err, ErrLimited) || errors.Is(err, ErrLate)
}

// list is every issue that we opened, over all pages; pull requests are not issues.
func (c *Client) list(ctx context.Context, o *github.IssueListByRepoOptions) ([]*github.Issue, error) {
	var own []*github.Issue
	err := pages(func(page github.ListOptions) (*github.Response, error) {
		o.ListOptions = page
		issues, resp, err := c.api.Issues.ListByRepo(ctx, c.owner, c.name, o)
		for _, issue := range issues {
			if !issue.IsPullRequest() && c.own(issue.User) {
				own = append(own, issue)
			}
		}
		return resp, err
	})
	return own, explain("list issues", err)
}

// match finds the issues of an alert: those with its marker first, then those of the original tools, known by the beginning of the title.
func match(a *Alert, own []*github.Issue) []*github.Issue {
	var marked, titled []*github.Issue
	for _, issue := range own {
		switch body := issue.GetBody(); {
		case a.marked(body):
			marked = append(marked, issue)
		case a.Prefix != "" && strings.HasPrefix(issue.GetTitle(), a.Prefix) && !strings.HasPrefix(body, "<!-- govctl:"):
			titled = append(titled, issue)
		}
	}
	return append(marked, titled...)
}

// sync does what one alert needs. The first of its open issues is the one that is kept.
func (c *Client) sync(ctx context.Context, a *Alert, found []*github.Issue, o Issues) ([]Action, error) {
	if a.Open && len(found) == 0 {
		act, err := c.appear(ctx, a, o)
		if err != nil {
			return nil, err
		}
		return []Action{act}, nil
	}
	var done []Action
	var failed []error
	for i, issue := range found {
		act := Action{Alert: a.ID, Act: Nothing, Number: issue.GetNumber(), Title: a.Title}
		var do func() error
		switch {
		case a.Open && i == 0:
			if !strings.Contains(head(issue), a.stamp()) {
				act.Act, do = Updated, func() error { return c.update(ctx, a, issue) }
			}
		case held(issue, o.Suppress):
			act.Act = Held
		case a.Open:
			act.Act, do = Merged, func() error { return c.merge(ctx, a, issue, found[0].GetNumber()) }
		default:
			act.Act, do = Closed, func() error { return c.close(ctx, a, issue) }
		}
		if do != nil && !o.DryRun {
			if err := do(); err != nil {
				failed = append(failed, err)
				continue
			}
		}
		done = append(done, act)
	}
	if len(found) == 0 {
		done = append(done, Action{Alert: a.ID, Act: Nothing, Title: a.Title})
	}
	return done, errors.Join(failed...)
}

// appear gives an alert without an open issue one, unless a person has decided otherwise.
func (c *Client) appear(ctx context.Context, a *Alert, o Issues) (Action, error) {
	act := Action{Alert: a.ID, Act: Opened, Title: a.Title}
	issue, err := c.closedIssue(ctx, a)
	if err != nil {
		return act, err
	}
	act.Number = issue.GetNumber()
	switch {
	case issue == nil:
		err = c.doUnless(o.DryRun, func() error { return c.open(ctx, a, &act.Number) })
	case issue.GetStateReason() == "not_planned", issue.GetStateReason() == "duplicate":
		act.Act = Declined
	default:
		act.Act, err = Reopened, c.doUnless(o.DryRun, func() error { return c.reopen(ctx, a, issue) })
	}
	return act, err
}

func (*Client) doUnless(dry bool, do func() error) error {
	if dry {
		return nil
	}
	return do()
}

// head is the part of an issue's body where our own lines stand.
func head(issue *github.Issue) string {
	lines := strings.SplitN(issue.GetBody(), "\n", 3)
	return strings.Join(lines[:min(2, len(lines))], "\n")
}

func held(issue *github.Issue, suppress []string) bool {
	return slices.ContainsFunc(issue.Labels, func(l *github.Label) bool {
		return slices.ContainsFunc(suppress, func(s string) bool { return strings.EqualFold(s, l.GetName()) })
	})
}

// closedIssue is the issue of this very episode that somebody closed while the condition lasts.
func (c *Client) closedIssue(ctx context.Context, a *Alert) (*github.Issue, error) {
	const slack = 24 * time.Hour // between GitHub's clock and ours
	closed, err := c.list(ctx, &github.IssueListByRepoOptions{State: "closed", Sort: "updated", Direction: "desc", Since: a.Since.Add(-slack)})
	if err != nil {
		return nil, err
	}
	for _, issue := range closed {
		if a.marked(issue.GetBody()) && strings.Contains(head(issue), fmt.Sprintf("<!-- govctl:episode=%d ", a.Episode)) {
			return issue, nil
		}
	}
	return nil, nil
}

func (c *Client) open(ctx context.Context, a *Alert, number *int) error {
	body := a.Body()
	err := c.once(ctx, func() error {
		issue, _, err := c.api.Issues.Create(ctx, c.owner, c.name, &github.IssueRequest{Title: &a.Title, Body: &body, Labels: &a.Labels})
		*number = issue.GetNumber()
		return err
	}, func() (bool, error) {
		open, err := c.list(ctx, &github.IssueListByRepoOptions{State: "open", Sort: "created", Direction: "desc"})
		found := match(a, open)
		if len(found) > 0 {
			*number = found[0].GetNumber()
		}
		return len(found) > 0, err
	})
	return explain("open issue", err)
}

// update tells people what changed and shows it in the body. The comment comes first: when the body is not reached, the next run finds the
// comment and does not repeat it.
func (c *Client) update(ctx context.Context, a *Alert, issue *github.Issue) error {
	if err := c.addComment(ctx, issue, a.facts(), strings.Join(bullets(a.Lines), "\n")); err != nil {
		return err
	}
	body := a.Body()
	return c.edit(ctx, issue, &github.IssueRequest{Title: &a.Title, Body: &body})
}

func (c *Client) reopen(ctx context.Context, a *Alert, issue *github.Issue) error {
	if err := c.addComment(ctx, issue, "reopened "+issue.GetClosedAt().UTC().Format(time.RFC3339), "The condition lasts, so the issue is open again. Close it as not planned, or as a duplicate, to keep it closed.\n\n"+strings.Join(bullets(a.Lines), "\n")); err != nil {
		return err
	}
	body := a.Body()
	return c.edit(ctx, issue, &github.IssueRequest{Title: &a.Title, Body: &body, State: github.String("open")})
}

func (c *Client) close(ctx context.Context, a *Alert, issue *github.Issue) error {
	text := "Recovered"
	if a.Why != "" {
		text += ": " + a.Why
	}
	if err := c.addComment(ctx, issue, fmt.Sprintf("closed %d", a.Episode), text+"."); err != nil {
		return err
	}
	return c.edit(ctx, issue, &github.IssueRequest{State: github.String("closed"), StateReason: github.String("completed")})
}

// merge closes an issue in favour of another. Its body gets a marker of its own, so that it is never taken for the issue that a person closed.
// The reason is the one that servers of all ages know.
func (c *Client) merge(ctx context.Context, a *Alert, issue *github.Issue, kept int) error {
	if err := c.addComment(ctx, issue, fmt.Sprintf("merged %d", kept), fmt.Sprintf("Duplicate of #%d", kept)); err != nil {
		return err
	}
	id := strings.TrimSuffix(strings.TrimPrefix(a.markers[0], "<!-- govctl:alert="), " -->")
	body := sanitize.Fit(fmt.Sprintf("<!-- govctl:duplicate=%s of=%d -->\n%s", id, kept, strings.TrimPrefix(issue.GetBody(), a.markers[0])), maxBody, sanitize.Characters)
	return c.edit(ctx, issue, &github.IssueRequest{Body: &body, State: github.String("closed"), StateReason: github.String("not_planned")})
}

func bullets(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "- " + l
	}
	return out
}

func (c *Client) edit(ctx context.Context, issue *github.Issue, to *github.IssueRequest) error {
	_, _, err := c.api.Issues.Edit(ctx, c.owner, c.name, issue.GetNumber(), to)
	return explain("edit issue", err)
}

// addComment adds a comment unless our last one says the same already, as it does after a lost answer.
func (c *Client) addComment(ctx context.Context, issue *github.Issue, fact, text string) error {
	stamp := "<!-- govctl:told=" + fact + " -->"
	said := func() (bool, error) {
		last, err := c.lastComment(ctx, issue.GetNumber())
		return strings.HasPrefix(last.GetBody(), stamp), err
	}
	if done, err := said(); err != nil || done {
		return err
	}
	body := sanitize.Fit(stamp+"\n"+text, maxBody, sanitize.Characters)
	err := c.once(ctx, func() error {
		_, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.name, issue.GetNumber(), &github.IssueComment{Body: &body})
		return err
	}, said)
	return explain("comment on issue", err)
}

// lastComment is our latest comment on an issue or pull request, over all pages.
func (c *Client) lastComment(ctx context.Context, number int) (last *github.IssueComment, err error) {
	err = c.comments(ctx, number, func(own *github.IssueComment) { last = own })
	return last, err
}

// comments hands over our own comments on an issue or pull request, oldest first.
func (c *Client) comments(ctx context.Context, number int, use func(*github.IssueComment)) error {
	err := pages(func(page github.ListOptions) (*github.Response, error) {
		list, resp, err := c.api.Issues.ListComments(ctx, c.owner, c.name, number, &github.IssueListCommentsOptions{ListOptions: page})
		for _, comment := range list {
			if c.own(comment.User) {
				use(comment)
			}
		}
		return resp, err
	})
	return explain("list comments", err)
}
