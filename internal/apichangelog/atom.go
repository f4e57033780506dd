package apichangelog

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/romel/govctl/internal/sanitize"
)

// feed is an Atom feed (RFC 4287).
type feed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Author    string      `xml:"author>name"`
	Generator string      `xml:"generator"`
	Entries   []feedEntry `xml:"entry"`
}

type feedEntry struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Summary string      `xml:"summary"`
	Content feedContent `xml:"content"`
}

type feedContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// Atom is the changelog as a feed with an entry for each release. The ids follow from the name of the API and the version, so that a reader
// of the feed knows an entry again. What is not released is no entry: it would be read once and not again.
func (c *Changelog) Atom(name string, now time.Time, tool string) ([]byte, error) {
	title := "API changelog"
	if c.Title != "" {
		title = "Changelog of " + sanitize.Line(shorten(oneLine(c.Title), maxSummary))
	}
	f := feed{ID: idOf(name), Title: title, Author: sanitize.Line(shorten(oneLine(name), maxSummary)), Generator: tool, Updated: now.UTC().Format(time.RFC3339)}
	newest := time.Time{}
	for _, r := range c.Releases {
		if r.Version == Unreleased {
			continue
		}
		html, err := r.fragment()
		if err != nil {
			return nil, err
		}
		date := r.Date
		if date.IsZero() {
			date = now
		}
		if date.After(newest) {
			newest = date
		}
		f.Entries = append(f.Entries, feedEntry{ID: idOf(name, r.Version), Title: sanitize.Line(shorten(oneLine(r.Version), maxName)), Updated: date.UTC().Format(time.RFC3339),
			Summary: sanitize.Line(r.Summary()), Content: feedContent{"html", html}})
	}
	if !newest.IsZero() {
		f.Updated = newest.UTC().Format(time.RFC3339)
	}
	out, err := xml.MarshalIndent(f, "", "  ")
	return append([]byte(xml.Header), append(out, '\n')...), err
}

// idOf is a UUID (RFC 9562, version 8) that follows from names.
func idOf(names ...string) string {
	h := sha256.New()
	h.Write([]byte("govctl/api-changelog"))
	for _, n := range names {
		fmt.Fprintf(h, "/%d:%s", len(n), n)
	}
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
