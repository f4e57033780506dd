package apichangelog

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/xmltext"
	"github.com/romel/govctl/pkg/report"
)

// Atom is the changelog as a feed with an entry for each release. The ids follow from the name of the API and the version, so that a reader
// of the feed knows an entry again. What is not released is no entry: it would be read once and not again. Site is the address of the folder
// with api-changelog.html, with a slash at its end; empty where there is none.
func Atom(log *report.APIChangelog, name, tool, site string) ([]byte, error) {
	now := log.GeneratedAt.UTC()
	link := func(rel, page string) *xmltext.Element {
		if site == "" {
			return nil
		}
		return (&xmltext.Element{Name: "link"}).Set("rel", rel).Set("href", site+page)
	}
	var entries []*xmltext.Element
	newest := time.Time{}
	all := views(log)
	for i := range log.Releases {
		r := &log.Releases[i]
		if r.Version == Unreleased {
			continue
		}
		if len(entries) == maxFeed {
			break
		}
		html, err := fragment(r)
		if err != nil {
			return nil, err
		}
		date, err := time.Parse(time.DateOnly, r.Date)
		if err != nil {
			date = now
		}
		if date.After(newest) {
			newest = date
		}
		entries = append(entries, (&xmltext.Element{Name: "entry"}).Add(
			xmltext.Text("id", idOf(name, r.Version)), xmltext.Text("title", sanitize.Line(shorten(oneLine(r.Version), maxName))),
			xmltext.Text("updated", date.UTC().Format(time.RFC3339)), link("alternate", "api-changelog.html#"+all[i].ID),
			xmltext.Text("summary", sanitize.Line(r.Summary)), xmltext.Text("content", string(html)).Set("type", "html")))
	}
	if newest.IsZero() {
		newest = now
	}
	author := (&xmltext.Element{Name: "author"}).Add(xmltext.Text("name", sanitize.Line(shorten(oneLine(name), maxSummary))))
	feed := (&xmltext.Element{Name: "feed"}).Set("xmlns", "http://www.w3.org/2005/Atom").Add(
		xmltext.Text("id", idOf(name)), xmltext.Text("title", sanitize.Line(Title(log))), xmltext.Text("updated", newest.UTC().Format(time.RFC3339)),
		author, xmltext.Text("generator", tool), link("self", "api-changelog.xml"), link("alternate", "api-changelog.html"))
	return xmltext.Document(feed.Add(entries...)), nil
}

// maxFeed is how many releases a feed has.
const maxFeed = 30

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
