//go:build browser

package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// hurry makes five minutes a fifth of a second. It counts how often a page was begun, and how often the one that is shown looked for news.
const hurry = `(() => { const real = window.setInterval; window.looks = 0;
	window.setInterval = (f, ms) => ms === 300000 ? real(() => { window.looks++; f(); }, 200) : real(f, ms);
	try { sessionStorage.setItem('begun', Number(sessionStorage.getItem('begun') || 0) + 1); } catch (e) {} })()`

const begun = "Number(sessionStorage.getItem('begun'))"

// lookAgain waits until the page has looked for news some times more.
func (b *tab) lookAgain() {
	b.Helper()
	b.until(fmt.Sprintf("window.looks >= %d", eval[int](b, "window.looks")+4))
}

// publish replaces the page and its figures as an output folder is written: whole files, one after the other. All have the time of
// the first site, as on a server that counts whole seconds: to the browser the page is unchanged.
func publish(t *testing.T, dir string, p *site.Page, files ...string) {
	t.Helper()
	fresh := folder(t, p)
	for _, name := range files {
		err := os.Chtimes(filepath.Join(fresh, name), made.Time, made.Time)
		if err == nil {
			err = os.Rename(filepath.Join(fresh, name), filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// later is the breaking state, an hour after the others.
func later() *site.Page {
	p := breaking()
	p.Summary.GeneratedAt = report.At(made.Add(time.Hour))
	return p
}

// An open page shows what a later run published, and asks again only for what is new.
func TestOpenPageFollowsNewRuns(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, healthy(), "index.html", "governance-summary.json")
	s := serve(t, dir)
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate(s.URL + "/index.html"))
	b.until(`document.getElementById('live').textContent.startsWith('Checked for new figures')`)
	b.lookAgain()
	if n := eval[int](b, begun); n != 1 {
		t.Errorf("without news the page was loaded %d times", n)
	}
	publish(t, dir, later(), "index.html", "governance-summary.json")
	b.until(`document.getElementById('verdict').textContent.includes('breaks its clients in 2 ways') && document.title.startsWith('Failed')`)
	b.until(`document.getElementById('live').textContent.startsWith('Checked for new figures')`)
	b.lookAgain()
	if n := eval[int](b, begun); n != 2 {
		t.Errorf("for one piece of news the page was loaded %d times", n)
	}
	if said, _ := b.heard(); len(said) > 0 {
		t.Errorf("said %q", said)
	}
	b.do(chromedp.Click("#pause"))
	again := healthy()
	again.Summary.GeneratedAt = report.At(made.Add(2 * time.Hour))
	publish(t, dir, again, "index.html", "governance-summary.json")
	b.lookAgain()
	if !strings.HasPrefix(eval[string](b, "document.title"), "Failed") {
		t.Error("a paused page changed")
	}
	b.do(chromedp.Click("#pause"))
	b.until(`document.title.startsWith('Passed')`)
}

// What a look finds that began before the page was paused changes nothing either.
func TestPausedWhileLooking(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, healthy(), "index.html", "governance-summary.json")
	asked, answer := make(chan bool, 100), make(chan bool)
	files := http.FileServer(http.Dir(dir))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".json") {
			asked <- true
			<-answer
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate(s.URL + "/index.html"))
	publish(t, dir, later(), "index.html", "governance-summary.json")
	<-asked
	b.do(chromedp.Click("#pause"))
	b.until(`document.getElementById('pause').getAttribute('aria-pressed') === 'true'`)
	close(answer)
	b.until(`performance.getEntriesByType('resource').some(e => e.name.endsWith('/governance-summary.json') && e.responseEnd > 0)`)
	b.lookAgain()
	if title, n := eval[string](b, "document.title"), eval[int](b, begun); !strings.HasPrefix(title, "Passed") || n != 1 {
		t.Errorf("the page is %q and was loaded %d times", title, n)
	}
	if figure := eval[string](b, "document.querySelector('[data-live=semver]').textContent"); figure != "ok" {
		t.Errorf("a figure became %q", figure)
	}
}

// Where the page lags behind its figures, or half of it has arrived, the figures are shown and the page follows as soon as it can.
func TestFiguresComeBeforeThePage(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, healthy(), "index.html", "governance-summary.json")
	s := serve(t, dir)
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate(s.URL + "/index.html"))
	wait := func(why string) {
		b.until(`document.querySelector('[data-live=stability]').textContent.startsWith('83.3') && document.querySelector('[data-live=semver]').textContent === 'fail'`)
		b.lookAgain()
		if n := eval[int](b, begun); n != 1 {
			t.Errorf("%s: the page was loaded %d times", why, n)
		}
	}
	publish(t, dir, later(), "governance-summary.json")
	wait("the old page")
	page, err := os.ReadFile(filepath.Join(folder(t, later()), "index.html"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "index.html"), page[:len(page)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	wait("half of a page")
	publish(t, dir, later(), "index.html")
	b.until(`document.title.startsWith('Failed') && ` + begun + ` === 2`)
}

func TestPageFromAFolderReloadsItself(t *testing.T) {
	dir := folder(t, healthy())
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate("file://" + dir + "/index.html"))
	publish(t, dir, breaking(), "index.html")
	b.until(`document.title.startsWith('Failed')`)
	if said, _ := b.heard(); len(said) > 0 {
		t.Errorf("said %q", said)
	}
}

func TestStaleFiguresAreShownAsSuch(t *testing.T) {
	s := serve(t, folder(t, healthy()))
	for hours, want := range map[int]bool{1: false, 35: false, 37: true, 500: true} {
		for _, page := range []string{"index", "embed"} {
			b := open(t)
			b.clock(made.Add(time.Duration(hours) * time.Hour))
			b.do(chromedp.Navigate(s.URL + "/" + page + ".html"))
			if got := eval[bool](b, "document.getElementById('stale').checkVisibility()"); got != want {
				t.Errorf("%s: after %d hours stale is %v", page, hours, got)
			}
		}
	}
}

// The frame and the two snippets show the figures of the server.
func TestEmbedded(t *testing.T) {
	p := breaking()
	s := serve(t, folder(t, p))
	p.Site = s.URL
	dir := folder(t, p)
	pages := serve(t, dir)
	b := open(t, chromedp.Navigate(pages.URL+"/embed.html"))
	b.until(`document.getElementById('live').textContent.includes('breaks its clients')`)
	b.do(size(420, 230)) // as the frame in the text says
	if tall := eval[int](b, "document.documentElement.scrollHeight"); tall > 230 {
		t.Errorf("the frame is too low for its page of %d pixels", tall)
	}
	snippet := eval[string](b, "document.getElementById('snippet').textContent")
	original := fmt.Sprintf(`<img alt="Governance" src="%[1]s/governance-combined-badge.svg" /><script>
async function renderGovernance(){ try {
  const d = await fetch('%[1]s/governance-summary.json',{cache:'no-store'}).then(r=>r.json());
  const host = document.getElementById('gov-host');
  if(host){ host.innerHTML = '<strong>API Stability:</strong> ' + (d.stability_ratio*100).toFixed(2) + '%% &middot; <strong>SemVer Policy:</strong> ' + d.semver_policy_status; }
} catch(e){ console.warn('Governance summary fetch failed', e); } }
renderGovernance();</script><div id="gov-host"></div>`, s.URL)
	for name, text := range map[string]string{"ours": snippet, "original": original} {
		host := t.TempDir()
		if err := os.WriteFile(filepath.Join(host, "host.html"), []byte("<!doctype html><title>host</title><link rel=icon href=data:,><h1>A page of somebody else</h1>"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		b := open(t, chromedp.Navigate(serve(t, host).URL+"/host.html"))
		b.until(`/83\.33%/.test(document.getElementById('gov-host').textContent) && /fail/.test(document.getElementById('gov-host').textContent)`)
		if !eval[bool](b, "document.images[0].naturalWidth > 50") {
			t.Errorf("%s: the badge is no picture", name)
		}
		if said, _ := b.heard(); len(said) > 0 {
			t.Errorf("%s: said %q", name, said)
		}
	}
}

// The time from the request to the first paint, as the browser measures it.
func BenchmarkFirstPaint(b *testing.B) {
	for _, c := range []struct{ state, name string }{{"healthy", "index"}, {"alerts5000", "index"}, {"alerts5000", "taxonomy"}} {
		b.Run(c.state+"/"+c.name, func(b *testing.B) {
			dir := folder(b, states[c.state]())
			s := serve(b, dir)
			total := 0.0
			for b.Loop() {
				t := open(b, size(1280, 900), chromedp.Navigate(s.URL+"/"+c.name+".html"))
				t.until(`performance.getEntriesByName('first-contentful-paint').length > 0`)
				total += eval[float64](t, `performance.getEntriesByName('first-contentful-paint')[0].startTime`)
			}
			b.ReportMetric(total/float64(b.N), "ms-to-paint")
			info, err := os.Stat(filepath.Join(dir, c.name+".html"))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size()), "bytes")
		})
	}
}
