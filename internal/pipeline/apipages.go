package pipeline

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/apichangelog"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// Bounds of the pages of the API changelog.
const (
	shortEntries = 60   // entries of a release on the page of all
	releasePages = 1000 // pages of single releases, of all contracts
	leastPages   = 3    // of a contract
)

// apiLogOf is a changelog with the contract that it is about, where there are several.
type apiLogOf struct {
	contract string
	log      report.APIChangelog
}

// apiLog is the changelog of a contract of the configuration; nil where it has no release.
func (s PageSource) apiLog(i int) (*apiLogOf, error) {
	name := s.Config.Contracts[i].Name
	log, err := known[report.APIChangelog](s, contractFile(s.Config, name, apiLogFile))
	if err != nil || log == nil || len(log.Releases) == 0 {
		return nil, err
	}
	if !s.several() {
		name = ""
	}
	return &apiLogOf{name, *log}, nil
}

// apiOverview writes the pages of the only changelog, or the list of those of several contracts.
func (s PageSource) apiOverview(page site.Page, log *apiLogOf) (int, error) {
	w := apiPageWriter{PageSource: s, page: page, each: releasePages}
	if log != nil {
		_, err := w.contract(*log)
		return w.written, err
	}
	var list []site.APIChangelog
	for _, rec := range s.records {
		if r := rec.Changelog; r != nil {
			list = append(list, site.APIChangelog{Contract: rec.State.Name, Title: r.Title, Releases: []site.APIRelease{{Version: r.Version, Date: r.Date, Summary: r.Summary}}})
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	err := w.put(artifact.APIChangelogPath, "", func(p *site.Page) ([]byte, error) { return site.APIChangelogs(p, list) })
	return w.written, err
}

type apiPageWriter struct {
	PageSource
	page    site.Page
	each    int // pages of releases of a contract
	written int
}

// at is a page of a contract.
func (w *apiPageWriter) at(contract, file string) string { return path.Join("site", contract, file) }

// put writes a page. What it links to is above it as often as its path has folders.
func (w *apiPageWriter) put(p, feed string, make func(*site.Page) ([]byte, error)) error {
	page := w.page
	page.Root = strings.Repeat("../", strings.Count(p, "/")-1)
	page.Feed = feed
	html, err := make(&page)
	if err != nil {
		return err
	}
	w.written++
	return w.Store.Bytes(p, html)
}

func (w *apiPageWriter) contract(l apiLogOf) (site.APIChangelog, error) {
	w.page.Only = l.contract
	c := site.APIChangelog{Contract: l.contract, Title: apichangelog.Title(&l.log), More: l.log.More}
	pages, err := apichangelog.Pages(&l.log, shortEntries)
	if err != nil {
		return c, err
	}
	for i, p := range pages {
		c.Releases = append(c.Releases, site.APIRelease{ID: p.ID, Version: p.Version, Date: p.Date, Summary: p.Summary, Body: p.Short, Left: p.Left, Full: p.Full, Page: i < w.each})
	}
	feed := path.Base(artifact.APIFeedPath)
	err = w.put(w.at(l.contract, path.Base(artifact.APIChangelogPath)), feed, func(p *site.Page) ([]byte, error) { return site.APIReleases(p, &c) })
	if err != nil {
		return c, err
	}
	var kept []string
	for i := range c.Releases[:min(len(c.Releases), w.each)] {
		at := w.at(l.contract, "api-changelog/"+c.Releases[i].ID+".html")
		kept = append(kept, at)
		if err := w.put(at, "../"+feed, func(p *site.Page) ([]byte, error) { return site.APIReleasePage(p, &c, i) }); err != nil {
			return c, err
		}
	}
	if err := w.sweep(w.at(l.contract, "api-changelog"), kept); err != nil {
		return c, err
	}
	return c, w.feed(l)
}

// sweep removes the pages of releases that are no longer kept, such as what was unreleased.
func (w *apiPageWriter) sweep(folder string, kept []string) error {
	there, err := fs.Glob(w.Store.FS(), folder+"/*.html")
	if err != nil {
		return err
	}
	for _, p := range there {
		if !slices.Contains(kept, p) {
			if err := w.Store.Remove(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *apiPageWriter) feed(l apiLogOf) error {
	address := strings.TrimSuffix(w.page.Site, "/")
	if address != "" {
		address += "/" + strings.TrimPrefix(l.contract+"/", "/")
	}
	name := strings.Trim(w.page.Summary.Project+"/"+l.contract, "/")
	if name == "" {
		name = "openapi"
	}
	text, err := apichangelog.Atom(&l.log, name, "govctl", address)
	if err != nil {
		return err
	}
	w.written++
	return w.Store.Bytes(w.at(l.contract, path.Base(artifact.APIFeedPath)), text)
}
