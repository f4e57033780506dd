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
	"time"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/sanitize"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

// page is parsed at its first use: commands that print no HTML do not pay for it.
var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{"line": sanitize.Line}).Parse(pageSource)
})

// HTML is the changelog as one page without scripts and without any request to elsewhere. Its policy allows the one style sheet in it, by
// digest. Each release has an anchor.
func (c *Changelog) HTML(tool string) ([]byte, error) {
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
		Title: strings.TrimSpace("API changelog"), Tool: sanitize.Line(tool), Style: template.CSS(pageStyle), Several: len(c.Releases) > 1,
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
	}
	if c.Title != "" {
		view.Title = "Changelog of " + sanitize.Line(shorten(oneLine(c.Title), maxSummary))
	}
	if c.More > 0 {
		view.More = count.Of(c.More, "older release") + " not listed."
	}
	ids := map[string]bool{}
	for _, r := range c.Releases {
		view.Releases = append(view.Releases, r.view(ids))
	}
	var b bytes.Buffer
	err = t.Execute(&b, view)
	return b.Bytes(), err
}

type releaseView struct {
	ID, Version, Date, Summary string
	Sections                   []sectionView
}

type sectionView struct {
	Kind, Title, More string
	Groups            []groupView
}

type groupView struct {
	Name  string
	Items []itemView
}

type itemView struct {
	Sentence  []Span
	Migration *Migration
}

// notInID are characters that an anchor does not have.
var notInID = late.Pattern(`[^0-9A-Za-z._-]+`)

func (r *Release) view(ids map[string]bool) releaseView {
	v := releaseView{Version: sanitize.Line(shorten(oneLine(r.Version), maxName)), Summary: sanitize.Line(r.Summary())}
	v.ID = "v" + strings.TrimPrefix(notInID().ReplaceAllString(strings.ToLower(v.Version), "-"), "v")
	for n, id := 2, v.ID; ids[v.ID]; n++ {
		v.ID = fmt.Sprintf("%s-%d", id, n)
	}
	ids[v.ID] = true
	if !r.Date.IsZero() {
		v.Date = r.Date.Format(time.DateOnly)
	}
	several := r.groups() > 1
	for k := range Wording {
		list := r.of(k)
		if len(list) == 0 && r.More[k] == 0 {
			continue
		}
		s := sectionView{Kind: kinds[k].id, Title: kinds[k].title, Groups: groupsOf(list, several)}
		if r.More[k] > 0 {
			s.More = fmt.Sprintf("and %d more", r.More[k])
		}
		v.Sections = append(v.Sections, s)
	}
	return v
}

// groupsOf are entries by group. A release that has one group does not name it.
func groupsOf(list []*Entry, named bool) []groupView {
	var out []groupView
	last := ""
	for _, e := range list {
		if len(out) == 0 || e.Group != last {
			g := groupView{}
			if named {
				g.Name = sanitize.Line(e.Group)
			}
			out, last = append(out, g), e.Group
		}
		g := &out[len(out)-1]
		g.Items = append(g.Items, itemView{e.Sentence(shownInFull), e.Migration})
	}
	return out
}

// fragment is a release as HTML without a page around it.
func (r *Release) fragment() (string, error) {
	t, err := page()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "release", r.view(map[string]bool{}))
	return strings.TrimSpace(b.String()), err
}
