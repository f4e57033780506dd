// Package github is the only code that speaks to GitHub: alert issues, the comment on a pull request, and the files by which a
// workflow step tells its summary and outputs.
package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/romel/govctl/internal/sanitize"
)

// Clock is time as the client sees it.
type Clock struct {
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Config says where and as whom the client works.
type Config struct {
	BaseURL    string // GITHUB_API_URL
	Token      string
	Repository string // owner/name
	Author     string // login whose issues and comments are our own
	UserAgent  string
	Transport  http.RoundTripper
	Clock      Clock
	Deadline   time.Duration // for all requests together, waits included
}

// Client works on one repository.
type Client struct {
	api         *github.Client
	owner, name string
	author      string
	clock       Clock
}

// Errors that callers tell apart.
var (
	ErrNoToken   = errors.New("no GitHub token")
	ErrToken     = errors.New("the GitHub token is not valid")
	ErrForbidden = errors.New("the token may not do this") // on a fork it can only read
	ErrLimited   = errors.New("GitHub's rate limit lasts beyond the deadline")
	ErrLate      = errors.New("the deadline for GitHub has passed")
)

// New returns a client. It reaches nothing yet.
func New(c Config) (*Client, error) {
	owner, name, ok := strings.Cut(c.Repository, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(c.Repository, " \t\r\n?#%") || strings.Contains(name, "/") {
		return nil, fmt.Errorf("repository %q is not of the form owner/name", c.Repository)
	}
	if c.Token == "" {
		return nil, ErrNoToken
	}
	base, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/") + "/")
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("the address of the GitHub API is not a plain URL")
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return nil, errors.New("the GitHub token has characters that no token has")
	}
	limited := &limiter{door: &authTransport{next: c.Transport, host: base, token: c.Token, within: context.WithTimeout}, clock: c.Clock, end: c.Clock.Now().Add(c.Deadline)}
	api := github.NewClient(&http.Client{Transport: limited})
	api.BaseURL, api.UserAgent = base, c.UserAgent
	return &Client{api: api, owner: owner, name: name, author: c.Author, clock: c.Clock}, nil
}

// own reports whether a user is the one that we write as.
func (c *Client) own(u *github.User) bool {
	return strings.EqualFold(u.GetLogin(), c.author)
}

// explain turns an error of the API into one that says what to do. It keeps no more of the answer than GitHub's message.
func explain(doing string, err error) error {
	var answer *github.ErrorResponse
	var abuse *github.AbuseRateLimitError
	var rate *github.RateLimitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &abuse), errors.As(err, &rate):
		return fmt.Errorf("%s: %w", doing, ErrLimited)
	case errors.As(err, &answer) && answer.Response != nil:
		switch answer.Response.StatusCode {
		case http.StatusForbidden:
			return fmt.Errorf("%s: %w%s", doing, ErrForbidden, message(answer))
		case http.StatusUnauthorized:
			return fmt.Errorf("%s: %w", doing, ErrToken)
		}
		return fmt.Errorf("%s: GitHub answered %d%s", doing, answer.Response.StatusCode, message(answer))
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: interrupted", doing)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: GitHub did not answer within %s", doing, tryTime)
	}
	var broken *url.Error
	if errors.As(err, &broken) {
		err = broken.Err
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// message is what GitHub says about a failure, with the first particular.
func message(answer *github.ErrorResponse) string {
	const limit = 300
	text := answer.Message
	if len(answer.Errors) > 0 && answer.Errors[0].Message != "" {
		text += ": " + answer.Errors[0].Message
	}
	if text == "" {
		return ""
	}
	return ": " + sanitize.Cut(text, limit)
}

// lost reports a request that may or may not have been carried out: no answer came, or the server failed while it worked.
func lost(err error) bool {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Response != nil && answer.Response.StatusCode >= 500
	}
	return err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrLimited) && !errors.Is(err, ErrLate)
}

// maxPages bounds a listing of a hundred per page.
const maxPages = 500

// pages calls fetch for each page until there is no next one.
func pages(fetch func(o github.ListOptions) (*github.Response, error)) error {
	o := github.ListOptions{PerPage: 100, Page: 1}
	for range maxPages {
		resp, err := fetch(o)
		if err != nil {
			return err
		}
		if resp.NextPage == 0 {
			return nil
		}
		o.Page = resp.NextPage
	}
	return fmt.Errorf("more than %d pages", maxPages)
}

// once carries out something that must not happen twice. After a lost answer, find says whether it happened.
func (c *Client) once(ctx context.Context, do func() error, find func() (bool, error)) error {
	const tries = 4
	for n := 1; ; n++ {
		err := do()
		if !lost(err) || n == tries {
			return err
		}
		if err := c.clock.Sleep(ctx, time.Duration(n)*time.Second); err != nil {
			return err
		}
		if found, ferr := find(); ferr != nil || found {
			return ferr
		}
	}
}
