package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
)

// marker is the first line of the note on a merge request that is about everything.
const marker = "<!-- govctl:comment -->"

// markerOf is the first line of the note about a topic; an empty topic is everything.
func markerOf(topic string) string {
	if topic == "" {
		return marker
	}
	return "<!-- govctl:comment=" + topic + " -->"
}

// Act is what is done about the note.
type Act string

// The acts.
const (
	Nothing Act = "nothing"
	Opened  Act = "open"
	Updated Act = "update"
)

// note is a note as GitLab's API shows it.
type note struct {
	ID     int64  `json:"id"`
	Body   string `json:"body"`
	System bool   `json:"system"`
	Author user   `json:"author"`
}

type user struct {
	ID int64 `json:"id"`
}

// Note keeps one note on a merge request up to date. With clean findings it is only changed where there is one already: a merge request
// that was never in trouble is not written to.
func (c *Client) Note(ctx context.Context, request int, body string, clean bool) (Act, error) {
	return c.NoteOn(ctx, request, "", body, clean)
}

// NoteOn is Note for the note about a topic, which is one of its own.
func (c *Client) NoteOn(ctx context.Context, request int, topic, body string, clean bool) (Act, error) {
	body = sanitize.Fit(markerOf(topic)+"\n"+plain(body), maxNote, sanitize.Characters)
	notes := c.base.JoinPath("merge_requests", strconv.Itoa(request), "notes")
	ours, err := c.ours(ctx, notes, markerOf(topic))
	switch {
	case err != nil:
		return Nothing, fmt.Errorf("read notes: %w", err)
	case len(ours) == 0 && clean:
		return Nothing, nil
	case len(ours) == 1 && strings.TrimSpace(ours[0].Body) == strings.TrimSpace(body):
		return Nothing, nil
	case len(ours) > 0:
		err := c.amend(ctx, notes, ours, body)
		if !errors.Is(err, ErrNotFound) || clean {
			return Updated, wrap("change note", err)
		}
	}
	return Opened, wrap("write note", c.create(ctx, notes, markerOf(topic), body)) // none yet, or somebody deleted it meanwhile
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// ours are the notes with a first line that the user of the token wrote. Two runs at once may have written two.
func (c *Client) ours(ctx context.Context, notes *url.URL, first string) (found []note, err error) {
	var me user
	if _, err := c.do(ctx, http.MethodGet, c.api.JoinPath("user"), nil, &me); err != nil {
		return nil, err
	}
	if me.ID == 0 {
		return nil, errors.New("GitLab does not report the user of the token")
	}
	for page := 1; page <= maxPages; page++ {
		at := *notes
		at.RawQuery = url.Values{"sort": {"asc"}, "order_by": {"created_at"}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}.Encode()
		var list []note
		header, err := c.do(ctx, http.MethodGet, &at, nil, &list)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			if n.Author.ID == me.ID && !n.System && strings.HasPrefix(n.Body, first) {
				found = append(found, n)
			}
		}
		if header.Get("X-Next-Page") == "" {
			return found, nil
		}
	}
	return nil, fmt.Errorf("more than %d notes", maxPages*perPage)
}

// amend writes the first of our notes anew and takes the others away.
func (c *Client) amend(ctx context.Context, notes *url.URL, ours []note, body string) error {
	at := func(n note) *url.URL { return notes.JoinPath(strconv.FormatInt(n.ID, 10)) }
	if _, err := c.do(ctx, http.MethodPut, at(ours[0]), map[string]string{"body": body}, nil); err != nil {
		return err
	}
	for _, more := range ours[1:] {
		if _, err := c.do(ctx, http.MethodDelete, at(more), nil, nil); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// create writes a note once: after a lost answer it looks whether the note is there before it writes again.
func (c *Client) create(ctx context.Context, notes *url.URL, first, body string) error {
	for n := 1; ; n++ {
		_, err := c.do(ctx, http.MethodPost, notes, map[string]string{"body": body}, nil)
		if lost := (lostError{}); !errors.As(err, &lost) || n == maxRetries {
			return err
		}
		if err := c.c.Clock.Sleep(ctx, time.Duration(n)*time.Second); err != nil {
			return err
		}
		if ours, err := c.ours(ctx, notes, first); err != nil || len(ours) > 0 {
			return err
		}
	}
}

// quickAction is the beginning of a line that GitLab obeys: "/close", "/approve", "/assign @x". It looks for them outside of code.
var quickAction = late.Pattern(`^([ \t>]*)/([A-Za-z])`)

// plain is a text without quick actions. In code a space suffices, since none may stand before the slash.
func plain(text string) string {
	var b strings.Builder
	fence := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " \t")
		marks := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
		switch {
		case fence != "":
			if strings.TrimSpace(trimmed) == marks && len(marks) >= len(fence) {
				fence = ""
			}
			if strings.HasPrefix(line, "/") {
				line = " " + line
			}
		case len(marks) >= 3:
			fence = marks
		default:
			line = quickAction().ReplaceAllString(line, `$1\/$2`)
		}
		b.WriteString(line)
	}
	return b.String()
}
