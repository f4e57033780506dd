//go:build browser

package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/romel/govctl/internal/apichangelog"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// published writes every page of a project with several contracts, as `govctl run` does.
func published(t testing.TB) string {
	t.Helper()
	p := several()
	p.Records, p.APIChangelog = recorded("").Records, true
	dir := runsFolder(t, p)
	log, err := artifact.Load[report.APIChangelog](os.DirFS("../../../internal/apichangelog/testdata"), "changelog.json")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := apichangelog.Pages(&log, 8)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte, err error) {
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var all []site.APIChangelog
	for _, state := range p.Contracts {
		c := site.APIChangelog{Contract: state.Name, Title: apichangelog.Title(&log)}
		for _, r := range pages {
			c.Releases = append(c.Releases, site.APIRelease{ID: r.ID, Version: r.Version, Date: r.Date, Summary: r.Summary, Body: r.Short, Left: r.Left, Full: r.Full, Page: true})
		}
		at := *p
		at.Root, at.Feed, at.Only = "../", "api-changelog.xml", c.Contract
		b, err := site.APIReleases(&at, &c)
		write(c.Contract+"/api-changelog.html", b, err)
		at.Root, at.Feed = "../../", "../api-changelog.xml"
		for i := range c.Releases {
			b, err := site.APIReleasePage(&at, &c, i)
			write(c.Contract+"/api-changelog/"+c.Releases[i].ID+".html", b, err)
		}
		all = append(all, c)
	}
	b, err := site.APIChangelogs(p, all)
	write("api-changelog.html", b, err)
	return dir
}

// Every kind of page is accessible, fits the window, breaks no policy and links only to what is there.
func TestPublishedPages(t *testing.T) {
	axe, dir := axeCore(t), published(t)
	s := serve(t, dir)
	for _, address := range []string{"/index.html", "/billing/index.html", "/badges.html", "/api-changelog.html", "/billing/api-changelog.html", "/billing/api-changelog/v2.0.0.html",
		"/runs/index.html", "/runs/8f41c0d-0000000000000002.html", "/runs/8f41c0d-0000000000000000.html", compareAddress} {
		for _, look := range []struct {
			scheme string
			width  int64
		}{{"light", 1280}, {"dark", 768}, {"dark", 360}} {
			name := fmt.Sprintf("%s/%s-%d", strings.Split(strings.Trim(address, "/"), "?")[0], look.scheme, look.width)
			t.Run(name, func(t *testing.T) {
				b := open(t, size(look.width, 900), media("", look.scheme), chromedp.Navigate(s.URL+address))
				b.until(`!document.getElementById('result') || !document.getElementById('result').hidden`)
				if got := eval[int64](b, "document.documentElement.scrollWidth"); got > look.width {
					b.Errorf("at %d pixels the page is %d wide: %s", look.width, got, eval[string](b, widest))
				}
				for _, href := range eval[[]string](b, `[...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin).map(a => a.pathname)`) {
					file := filepath.Join(dir, filepath.FromSlash(href))
					if _, err := os.Stat(file); err != nil && !strings.HasSuffix(href, ".xml") {
						b.Errorf("a link leads to %s, which is not there", href)
					}
				}
				if said, _ := b.heard(); len(said) > 0 {
					b.Errorf("the browser said %q", said)
				}
				if gallery := os.Getenv("GOVCTL_GALLERY"); gallery != "" {
					shoot(b, filepath.Join(gallery, strings.ReplaceAll(name, "/", "-")+".png"))
				}
				b.accessible(axe)
			})
		}
	}
}
