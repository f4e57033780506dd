//go:build browser

package browsertest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// onlyIndex are the states of which only the index differs: the other pages are those of another state.
var onlyIndex = []string{"accepted", "amber", "changes", "first", "five", "fivehundred", "notchecked", "placeholder", "runs500", "runs1000", "ten", "trouble", "two"}

// namesOf are the pages of a state that differ from those of others.
func namesOf(state string) []string {
	if slices.Contains(onlyIndex, state) {
		return []string{"index"}
	}
	return names
}

// everyPage runs a test on the pages of each state.
func everyPage(t *testing.T, names func(state string) []string, test func(t *testing.T, state, name, address string)) {
	for _, state := range slices.Sorted(maps.Keys(states)) {
		dir := folder(t, states[state]())
		s := serve(t, dir)
		for _, name := range names(state) {
			t.Run(state+"/"+name, func(t *testing.T) { test(t, state, name, s.URL+"/"+strings.TrimPrefix(name+".html", "index.html")) })
		}
	}
}

// Every page says nothing on the console, breaks no policy, asks for nothing outside, runs nothing of its data, and is no
// wider than the window.
func TestPagesLoadCleanly(t *testing.T) {
	everyPage(t, namesOf, func(t *testing.T, _, name, address string) {
		b := open(t, size(1440, 900), chromedp.Navigate(address))
		b.settle()
		if name == "embed" {
			b.until("performance.getEntriesByType('resource').some(e => e.name.endsWith('/governance-summary.json'))")
		}
		for _, width := range []int64{1440, 768, 360} {
			b.do(size(width, 900))
			if got := eval[int64](b, "document.documentElement.scrollWidth"); got > width {
				b.Errorf("at %d pixels the page is %d wide: %s", width, got, eval[string](b, widest))
			}
		}
		if pwned := eval[bool](b, "window.pwned !== undefined || document.scripts.length !== 1 || document.querySelectorAll('iframe, object, embed, base').length > 0"); pwned {
			b.Error("data of the page was run, or became markup that could be")
		}
		if bad := eval[[]string](b, `[...document.querySelectorAll('a[href]')].map(a => a.href).filter(h => !/^https?:/.test(h))`); len(bad) > 0 {
			b.Errorf("links to %q", bad)
		}
		if eval[bool](b, `/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(document.documentElement.outerHTML)`) {
			b.Error("marks that turn the direction of text are on the page")
		}
		said, asked := b.heard()
		if len(said) > 0 {
			b.Errorf("the browser said %q", said)
		}
		allowed := []string{address}
		if name == "embed" {
			allowed = append(allowed, strings.TrimSuffix(address, "embed.html")+"governance-summary.json")
		}
		for _, a := range asked {
			if !slices.Contains(allowed, a) {
				b.Errorf("the page asked for %s", a)
			}
		}
	})
}

// widest names the element that reaches furthest to the right.
const widest = `(() => { let e = null; for (const x of document.body.querySelectorAll('*')) { if (x.closest('.scroll') && !x.matches('.scroll')) continue; if (!e || x.getBoundingClientRect().right > e.getBoundingClientRect().right) e = x; } return e.outerHTML.slice(0, 200); })()`

func TestPagesWorkFromAFolder(t *testing.T) {
	for _, state := range []string{"breaking", "hostile"} {
		dir := folder(t, states[state]())
		for _, name := range names {
			b := open(t, chromedp.Navigate("file://"+dir+"/"+name+".html"))
			b.settle()
			said, asked := b.heard()
			if len(said) > 0 || len(asked) != 1 {
				t.Errorf("%s/%s: said %q, asked for %q", state, name, said, asked)
			}
		}
	}
}

func TestPagesWorkWithoutJavaScript(t *testing.T) {
	s := serve(t, folder(t, breaking()))
	for name, want := range map[string][]string{
		"index":     {"breaks its clients", "amount", "29 of 30", "TrackingLagHigh", "PAR-311", "hooks.wren.example", "3fa9c1d2e4b50718", "Depot search", "earlier runs"},
		"taxonomy":  {"BillingDown", "Deprecated since 2026-01-10"},
		"changelog": {"2 breaking changes", "Added", "BillingDown", "From commit to commit"},
		"embed":     {"Wren Parcels", "83.3"},
	} {
		b := open(t, scriptless, chromedp.Navigate(s.URL+"/"+name+".html"))
		text := eval[string](b, "document.body.textContent")
		for _, w := range want {
			if name == "index" && (w == "29 of 30" || w == "TrackingLagHigh") {
				continue // the breaking state has other figures
			}
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
		if eval[bool](b, "!!document.getElementById('filters') && !document.getElementById('filters').hidden") {
			t.Error("the filters are shown, and nothing would happen on using them")
		}
		if name == "index" || name == "embed" {
			if got := eval[string](b, `document.querySelector('meta[http-equiv=refresh]').content`); got != "300" {
				t.Errorf("%s refreshes itself after %q seconds", name, got)
			}
		}
	}
}

func TestAxe(t *testing.T) {
	axe := axeCore(t)
	for _, state := range []string{"healthy", "breaking", "changes", "accepted", "amber", "placeholder", "notchecked", "first", "five", "trouble", "several", "hundred", "empty"} {
		s := serve(t, folder(t, states[state]()))
		for _, name := range namesOf(state) {
			t.Run(state+"/"+name, func(t *testing.T) {
				b := open(t, size(1280, 900), media("", "light"), chromedp.Navigate(s.URL+"/"+name+".html"))
				b.accessible(axe)
				b.do(media("", "dark"))
				b.settle()
				b.obeys(colourRules)
			})
		}
	}
}

func TestSearchFilterAndSort(t *testing.T) {
	s := serve(t, folder(t, healthy()))
	for _, width := range []int64{1280, 360} { // a table, and a list
		t.Run(fmt.Sprint(width), func(t *testing.T) { searchFilterAndSort(t, s.URL, width) })
	}
}

func searchFilterAndSort(t *testing.T, address string, width int64) {
	b := open(t, size(width, 800), chromedp.Navigate(address+"/taxonomy.html"))
	shown := func() []string {
		return eval[[]string](b, `[...document.querySelectorAll('#alerts tbody tr')].filter(r => r.offsetParent).map(r => r.cells[0].querySelector('a').textContent)`)
	}
	set := func(id, value string) {
		eval[any](b, fmt.Sprintf(`(() => { const e = document.getElementById(%q); e.value = %q; e.dispatchEvent(new Event('input', {bubbles: true})); return 0; })()`, id, value))
	}
	if n := len(shown()); n != 30 {
		t.Fatalf("%d alerts", n)
	}
	b.do(chromedp.SendKeys("#q", "depot billingERRORrate"))
	for _, name := range shown() {
		if !strings.Contains(name, "BillingErrorRate") {
			t.Errorf("%s fits the search", name)
		}
	}
	if n := len(shown()); n != 1 {
		t.Errorf("%d alerts fit the search %q", n, shown())
	}
	if got := eval[string](b, "document.getElementById('count').textContent"); !strings.HasSuffix(got, "of 30 alerts.") {
		t.Errorf("count says %q", got)
	}
	b.do(chromedp.Reload())
	if n := len(shown()); n != 1 {
		t.Errorf("after a reload %d alerts fit the search", n)
	}
	b.do(chromedp.Click(`button[type=reset]`))
	b.until(`document.getElementById('count').textContent === 'All 30 alerts.'`)
	set("f-severity", "critical")
	if all := eval[[]string](b, `[...document.querySelectorAll('#alerts tbody tr')].filter(r => r.offsetParent).map(r => r.cells[1].textContent)`); len(all) == 0 || slices.ContainsFunc(all, func(v string) bool { return v != "critical" }) {
		t.Errorf("critical alerts are %q", all)
	}
	set("f-severity", "")
	set("f-state", "deprecated")
	if n := len(shown()); n != 2 {
		t.Errorf("%d deprecated alerts", n)
	}
	set("q", "nothing like it")
	if !eval[bool](b, "!document.getElementById('nothing').hidden") {
		t.Error("an empty answer says nothing")
	}
	set("q", "")
	set("f-state", "")
	sortBy := func(column int) []string {
		b.do(chromedp.Click(fmt.Sprintf("#alerts thead th:nth-child(%d) button", column)))
		return eval[[]string](b, fmt.Sprintf(`[...document.querySelectorAll('#alerts tbody tr')].map(r => r.cells[%d].textContent)`, column-1))
	}
	if got := sortBy(5); !slices.IsSortedFunc(got, func(a, b string) int { return int(span(a) - span(b)) }) || got[0] != "90s" {
		t.Errorf("sorted by duration: %q", got)
	}
	if got := sortBy(2); got[0] != "critical" || got[29] == "critical" {
		t.Errorf("sorted by severity: %q", got)
	}
	if got := sortBy(2); got[29] != "critical" {
		t.Errorf("sorted by severity, last first: %q", got)
	}
	if got := eval[string](b, `document.querySelector('[aria-sort]').getAttribute('aria-sort')`); got != "descending" {
		t.Errorf("aria-sort is %q", got)
	}
	anchor := eval[string](b, `document.querySelector('#alerts tbody tr:nth-child(9)').id`)
	b.do(chromedp.Navigate(address + "/taxonomy.html#" + anchor))
	if !eval[bool](b, `document.querySelector('tr:target') !== null`) {
		t.Error("the link of an alert leads nowhere")
	}
}

func span(s string) time.Duration {
	d, _ := time.ParseDuration(s) // the table is ours
	return d
}

// Tab alone reaches everything that can be used, in the order of the page, and shows where it is.
func TestKeyboardReachesEverything(t *testing.T) {
	s := serve(t, folder(t, breaking()))
	for _, name := range names {
		b := open(t, size(1280, 900), chromedp.Navigate(s.URL+"/"+name+".html"))
		eval[any](b, `window.wanted = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter(e => e.checkVisibility()); window.reached = new Set(); window.unseen = [];
			window.look = () => { const e = document.activeElement; if (e === document.body) return 0; reached.add(e); if (getComputedStyle(e).outlineStyle === 'none') unseen.push(e.outerHTML.slice(0, 100)); return 0; }; 0`)
		n := eval[int](b, "wanted.length")
		for range n + 3 {
			b.do(chromedp.KeyEvent(kb.Tab))
			eval[int](b, "look()")
		}
		if missed := eval[[]string](b, "wanted.filter(e => !reached.has(e)).map(e => e.outerHTML.slice(0, 120))"); len(missed) > 0 {
			t.Errorf("%s: not reached: %q", name, missed)
		}
		if unseen := eval[[]string](b, "unseen"); len(unseen) > 0 {
			t.Errorf("%s: focus is not to be seen on %q", name, unseen)
		}
	}
	b := open(t, chromedp.Navigate(s.URL+"/index.html"), chromedp.Focus("details.proof summary"), chromedp.KeyEvent(kb.Enter))
	if !eval[bool](b, "document.querySelector('details.proof').open") {
		t.Error("Enter does not open a proof")
	}
}

// On paper everything is open that is folded on the screen.
func TestPrint(t *testing.T) {
	s := serve(t, folder(t, history(60)))
	b := open(t, chromedp.Navigate(s.URL+"/index.html"), media("print", "light"))
	if hidden := eval[[]string](b, `[...document.querySelectorAll('details > :not(summary)')].filter(e => e.getBoundingClientRect().height === 0 || !e.checkVisibility({contentVisibilityAuto: true})).map(e => e.outerHTML.slice(0, 100))`); len(hidden) > 0 {
		t.Errorf("folded away on paper: %q", hidden)
	}
	if eval[bool](b, `document.querySelector('nav').checkVisibility() || document.getElementById('pause').checkVisibility()`) {
		t.Error("what nobody can press on paper is printed")
	}
}

// axeCore is the script of axe-core.
func axeCore(t *testing.T) string {
	t.Helper()
	path := os.Getenv("GOVCTL_AXE")
	if path == "" {
		need(t, "axe-core (GOVCTL_AXE=.../axe.min.js)")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(axe)
}

// accessible reports what axe-core finds on the page, with everything unfolded.
func (b *tab) accessible(axe string) {
	b.Helper()
	eval[any](b, axe+";document.querySelectorAll('details').forEach(d => { d.open = true; }); 0")
	b.obeys("")
}

// colourRules are those that look at colours. Of the same page in other colours all others say the same again.
const colourRules = ", runOnly: ['color-contrast', 'link-in-text-block']"

// obeys runs axe-core, which the page has by now, with these options.
func (b *tab) obeys(options string) {
	b.Helper()
	eval[any](b, `window.axed = undefined; axe.run(document, {resultTypes: ['violations']`+options+`}).then(r => { window.axed = r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] || n.all[0] || n.none[0] || {}).message).join(' | ')); }); 0`)
	b.until("window.axed !== undefined")
	for _, v := range eval[[]string](b, "window.axed") {
		b.Error(v)
	}
}
