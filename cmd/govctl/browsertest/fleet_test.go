//go:build browser

package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// pageCost is what a page asks of a browser.
type pageCost struct {
	Height, Elements int
	Paint            float64 // milliseconds until the first content is painted
}

// costOf loads a page three times and measures it. Of the paints it takes the least: what other work on the machine adds is not the page's.
func costOf(t *testing.T, address string) (c pageCost) {
	t.Helper()
	var paints []float64
	for range 3 {
		b := open(t, size(1280, 800), chromedp.Navigate(address))
		b.settle()
		b.until("performance.getEntriesByName('first-contentful-paint').length > 0")
		c = eval[pageCost](b, "({Height: document.documentElement.scrollHeight, Elements: document.getElementsByTagName('*').length, Paint: performance.getEntriesByName('first-contentful-paint')[0].startTime})")
		paints = append(paints, c.Paint)
	}
	c.Paint = slices.Min(paints)
	return c
}

// What pages of many contracts cost is logged: `-v -run TestCostOfManyContracts` prints bytes, height, elements and first paint, and of the
// folder that GOVCTL_SITE names, too. Only what no load of the machine changes is compared with a limit.
func TestCostOfManyContracts(t *testing.T) {
	for _, n := range []int{1, 100, 500} {
		dir := folder(t, fleet(n))
		info, err := os.Stat(filepath.Join(dir, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		c := costOf(t, "file://"+dir+"/index.html")
		t.Logf("%d contracts: %d bytes, %+v", n, info.Size(), c)
		if info.Size() > 300_000 || c.Elements > 30*n+2000 || c.Height > 60*n+6000 {
			t.Errorf("%d contracts: %d bytes, %+v", n, info.Size(), c)
		}
	}
	if dir := os.Getenv("GOVCTL_SITE"); dir != "" {
		t.Logf("%s: %+v", dir, costOf(t, "file://"+dir+"/index.html"))
	}
}

// The table of contracts is searched and filtered, and a row leads to a page that leads back.
func TestTableOfContracts(t *testing.T) {
	s := serve(t, folder(t, fleet(100)))
	b := open(t, size(1280, 800), chromedp.Navigate(s.URL+"/index.html"))
	shown := func() []string {
		return eval[[]string](b, `[...document.querySelectorAll('#contracts tbody tr')].filter(r => r.offsetParent).map(r => r.cells[0].textContent)`)
	}
	set := func(name, value string) {
		eval[any](b, fmt.Sprintf(`(() => { const e = document.querySelector('.filters').elements[%q]; e.value = %q; e.dispatchEvent(new Event('input', {bubbles: true})); return 0; })()`, name, value))
	}
	if all := shown(); len(all) != 100 || !strings.HasPrefix(all[0], "billing-0") {
		t.Errorf("%d rows, the first is %q", len(all), all[0])
	}
	set("kind", "failed")
	if n := len(shown()); n != 10 {
		t.Errorf("%d failed contracts", n)
	}
	set("q", "TRACKING team 1.6")
	for _, name := range shown() {
		if !strings.HasPrefix(name, "billing-") {
			t.Errorf("%s fits", name)
		}
	}
	if got := eval[string](b, `document.querySelector('.filters [role=status]').textContent`); !strings.HasSuffix(got, " of 100 contracts.") {
		t.Errorf("the count says %q", got)
	}
	set("q", "nothing like it")
	if !eval[bool](b, `!document.querySelector('[data-nothing]').hidden`) {
		t.Error("an empty answer says nothing")
	}
	b.do(chromedp.Navigate(s.URL + "/billing-010/index.html"))
	b.settle()
	if got := eval[string](b, `document.getElementById('verdict').textContent`); !strings.Contains(got, "breaks its clients in 2 ways") {
		t.Errorf("the page of a contract says %q", got)
	}
	if got := eval[string](b, `document.querySelector('.brand a').href`); got != s.URL+"/index.html" {
		t.Errorf("it leads back to %s", got)
	}
	if said, _ := b.heard(); len(said) > 0 {
		t.Errorf("the browser said %q", said)
	}
}

// An open page of one of several contracts takes the figures of that contract out of the summary at the root.
func TestPageOfAContractRefreshes(t *testing.T) {
	s := serve(t, folder(t, fleet(30)))
	b := open(t, chromedp.Navigate(s.URL+"/billing-010/index.html"))
	b.settle()
	eval[string](b, `news.summary().then(s => { window.got = s.breaking_changes_count + ' ' + s.semver_policy_status + ' ' + JSON.stringify(s.headline); }); ''`)
	b.until("window.got !== undefined")
	if got := eval[string](b, "got"); got != `2 fail ""` {
		t.Errorf("the figures are %s", got)
	}
}

// Changes are filtered by level and text, and regrouped by operation; without JavaScript they are grouped by cause.
func TestListOfChanges(t *testing.T) {
	s := serve(t, folder(t, manyChanges()))
	b := open(t, size(1280, 800), chromedp.Navigate(s.URL+"/index.html"))
	visible := func(selector string) []string {
		return eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).map(e => e.textContent.trim())`, selector))
	}
	set := func(name, value string) {
		eval[any](b, fmt.Sprintf(`(() => { const e = document.querySelector('.filters').elements[%q]; e.value = %q; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return 0; })()`, name, value))
	}
	if got := visible("#changes .cause > .what"); len(got) != 1 || !strings.Contains(got[0], "in 6 places") {
		t.Errorf("causes: %q", got)
	}
	set("kind", "breaking")
	if got := visible("#changes .change"); len(got) != 2 {
		t.Errorf("%d breaking changes", len(got))
	}
	set("kind", "")
	set("by", "op")
	heads := visible("#changes .cause > .what > code")
	if !slices.Contains(heads, "POST /parcels") || !slices.Contains(heads, "GET /depots") || slices.Contains(heads, "POST /parcels, POST /quotes") {
		t.Errorf("operations: %q", heads)
	}
	set("q", "quotes")
	if heads := visible("#changes .cause > .what > code"); len(heads) == 0 {
		t.Error("no operation fits the search")
	}
	set("q", "")
	set("by", "")
	if got := visible("#changes .cause > .what"); len(got) != 1 {
		t.Errorf("back by cause: %q", got)
	}
	plain := open(t, scriptless, chromedp.Navigate(s.URL+"/index.html"))
	if text := eval[string](plain, "document.querySelector('#changes').textContent"); !strings.Contains(text, "in 6 places") || !eval[bool](plain, "document.querySelector('.filters').hidden") {
		t.Error("without JavaScript the causes are gone, or the filters are shown")
	}
}
