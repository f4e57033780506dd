package apichangelog

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

// page is parsed at its first use: commands that print no HTML do not pay for it.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{"line": sanitize.Line, "marked": sanitize.Marked, "examples": Examples}).Parse(pageSource)
})

// HTML is the changelog as one page without scripts and without any request to elsewhere. Its policy allows the one style sheet in it, by
// digest. Each release has an anchor.
func HTML(log *report.APIChangelog, tool string) ([]byte, error) {
	t, err := page()
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(pageStyle))
	view := struct {
		Title, Policy, Tool, More string
		Style                     template.CSS
		Several                   bool
		Releases                  []releaseView
	}{
		Title: sanitize.Line(Title(log)), Tool: sanitize.Line(tool), Style: template.CSS(pageStyle), Several: len(log.Releases) > 1, Releases: views(log),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
	}
	if log.More > 0 {
		view.More = count.Of(log.More, "older release") + " not listed."
	}
	var b bytes.Buffer
	err = t.Execute(&b, view)
	return b.Bytes(), err
}

// Page is a release as pages show it.
type Page struct {
	ID      string // anchor and name of the file, unique in a changelog whatever the case of letters
	Version string
	Date    string
	Summary string
	Pending bool
	Short   template.HTML // the first entries
	Left    int           // entries that are not among them
	Full    template.HTML // all entries; empty where these are the first ones
}

// Pages are the releases of a changelog with so many entries in short.
func Pages(log *report.APIChangelog, short int) ([]Page, error) {
	var out []Page
	for i, v := range views(log) {
		r := log.Releases[i]
		p := Page{ID: v.ID, Version: v.Version, Date: v.Date, Summary: v.Summary, Pending: r.Pending, Left: max(len(r.Entries)-short, 0)}
		full, err := fragment(&r)
		if err == nil && p.Left > 0 {
			p.Full = full
			r.Entries, r.More = r.Entries[:short], 0
			full, err = fragment(&r)
		}
		if err != nil {
			return nil, err
		}
		p.Short = full
		out = append(out, p)
	}
	return out, nil
}

type releaseView struct {
	ID, Version, Date, Summary string
	Sections                   []sectionView
	More                       int
}

// sectionView are the entries of a kind.
type sectionView struct {
	Kind, Title string
	Groups      []groupView
}

// groupView are the entries of a group of operations.
type groupView struct {
	Name    string // empty where the release has one group
	Entries []report.APIEntry
}

func views(log *report.APIChangelog) []releaseView {
	ids := map[string]bool{}
	var out []releaseView
	for i := range log.Releases {
		v := viewOf(&log.Releases[i])
		for n, id := 2, v.ID; ids[v.ID]; n++ {
			v.ID = fmt.Sprintf("%s-%d", id, n)
		}
		ids[v.ID] = true
		out = append(out, v)
	}
	return out
}

// notInID are characters that an anchor does not have.
var notInID = late.Pattern(`[^0-9a-z._-]+`)

// maxID bounds an anchor, which is the name of a file, too.
const maxID = 80

func viewOf(r *report.APIRelease) releaseView {
	v := releaseView{Version: sanitize.Line(shorten(oneLine(r.Version), maxName)), Date: sanitize.Line(shorten(r.Date, maxName)), Summary: sanitize.Line(shorten(oneLine(r.Summary), maxSentence)), More: r.More}
	v.ID = idOfVersion(v.Version)
	several := groupsIn(r) > 1
	for k := range Wording {
		if list := of(r, kinds[k].id); len(list) > 0 {
			v.Sections = append(v.Sections, sectionView{Kind: kinds[k].id, Title: kinds[k].title, Groups: groupsOf(list, several)})
		}
	}
	return v
}

// idOfVersion begins with a letter and ends with no dot, so that it is a name of a file on every system: v1.2.0, or unreleased.
func idOfVersion(version string) string {
	id := strings.TrimRight(notInID().ReplaceAllString(strings.ToLower(version), "-"), ".")
	if version != Unreleased {
		id = "v" + strings.TrimPrefix(id, "v")
	}
	return id[:min(len(id), maxID)]
}

// groupsOf are entries by group.
func groupsOf(list []report.APIEntry, named bool) []groupView {
	var out []groupView
	last := ""
	for _, e := range list {
		if len(out) == 0 || e.Group != last {
			g := groupView{}
			if named {
				g.Name = sanitize.Line(shorten(oneLine(e.Group), maxName))
			}
			out, last = append(out, g), e.Group
		}
		g := &out[len(out)-1]
		g.Entries = append(g.Entries, e)
	}
	return out
}

// fragment is a release as HTML without a page around it.
func fragment(r *report.APIRelease) (template.HTML, error) {
	t, err := page()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "release", viewOf(r))
	return template.HTML(strings.TrimSpace(b.String())), err //nolint:gosec // the template has escaped it
}
