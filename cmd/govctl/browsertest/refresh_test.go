//go:build browser

package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/site"
)

// hurry makes five minutes a fifth of a second, and counts how often a page was begun.
const hurry = `(() => { const real = window.setInterval; window.setInterval = (f, ms) => real(f, ms === 300000 ? 200 : ms);
	try { localStorage.setItem('begun', Number(localStorage.getItem('begun') || 0) + 1); } catch (e) {} })()`

func publish(t *testing.T, dir string, p *site.Page) {
	t.Helper()
	fresh := folder(t, p)
	for _, name := range []string{"index.html", "governance-summary.json"} {
		data, err := os.ReadFile(filepath.Join(fresh, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// An open page shows what a later run published, and asks again only for what is new.
func TestOpenPageFollowsNewRuns(t *testing.T) {
	dir := folder(t, healthy())
	s := serve(t, dir)
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate(s.URL + "/index.html"))
	b.until(`document.getElementById('live').textContent.startsWith('Looked for news')`)
	if n := eval[int](b, "Number(localStorage.getItem('begun'))"); n != 1 {
		t.Errorf("without news the page was loaded %d times", n)
	}
	later := breaking()
	later.Summary.GeneratedAt = report.At(made.Add(time.Hour))
	publish(t, dir, later)
	b.until(`document.getElementById('verdict').textContent.includes('breaks its clients in 2 ways') && document.title.startsWith('Failed')`)
	time.Sleep(600 * time.Millisecond)
	if n := eval[int](b, "Number(localStorage.getItem('begun'))"); n != 2 {
		t.Errorf("for one piece of news the page was loaded %d times", n)
	}
	if said, _ := b.heard(); len(said) > 0 {
		t.Errorf("said %q", said)
	}
	b.do(chromedp.Click("#pause"))
	publish(t, dir, healthy())
	time.Sleep(500 * time.Millisecond)
	if !strings.HasPrefix(eval[string](b, "document.title"), "Failed") {
		t.Error("a paused page changed")
	}
}

// The figures come before the page where a cache still serves the old one.
func TestFiguresFollowWhereThePageIsCached(t *testing.T) {
	dir := folder(t, healthy())
	s := serve(t, dir)
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate(s.URL + "/index.html"))
	later := breaking().Summary
	later.GeneratedAt = report.At(made.Add(time.Hour))
	data, err := artifact.Encode(later)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "governance-summary.json"), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector('[data-live=stability]').textContent.startsWith('86.7') && document.querySelector('[data-live=semver]').textContent === 'fail'`)
	time.Sleep(700 * time.Millisecond)
	if n := eval[int](b, "Number(localStorage.getItem('begun'))"); n > 2 {
		t.Errorf("the page was loaded %d times", n)
	}
}

func TestPageFromAFolderReloadsItself(t *testing.T) {
	dir := folder(t, healthy())
	b := open(t)
	b.script(hurry)
	b.do(chromedp.Navigate("file://" + dir + "/index.html"))
	publish(t, dir, breaking())
	b.until(`document.title.startsWith('Failed')`)
	if said, _ := b.heard(); len(said) > 0 {
		t.Errorf("said %q", said)
	}
}

func TestStaleFiguresAreShownAsSuch(t *testing.T) {
	s := serve(t, folder(t, healthy()))
	for hours, want := range map[int]bool{1: false, 35: false, 37: true, 500: true} {
		b := open(t)
		b.clock(made.Add(time.Duration(hours) * time.Hour))
		b.do(chromedp.Navigate(s.URL + "/index.html"))
		if got := eval[bool](b, "document.getElementById('stale').checkVisibility()"); got != want {
			t.Errorf("after %d hours stale is %v", hours, got)
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
		b.until(`/86\.67%/.test(document.getElementById('gov-host').textContent) && /fail/.test(document.getElementById('gov-host').textContent)`)
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
