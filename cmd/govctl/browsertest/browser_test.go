//go:build browser

// Package browsertest holds the pages against a real browser. It is built with the tag "browser" alone, so that the other tests
// need neither the browser nor its driver; without Chromium it skips, unless GOVCTL_REQUIRE_TOOLS is 1.
package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/site"
)

// names are the pages of a site.
var names = []string{"index", "taxonomy", "changelog", "badges", "embed"}

var browser struct {
	sync.Once
	ctx    context.Context
	cancel func()
	folder string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.cancel != nil {
		browser.cancel()
		_ = os.RemoveAll(browser.folder) // the profile of a browser that is gone
	}
	os.Exit(code)
}

// need skips for want of a tool, or fails where tools are required.
func need(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is missing and GOVCTL_REQUIRE_TOOLS is 1", what)
	}
	t.Skipf("%s is missing", what)
}

// start runs Chromium once for all tests.
func start() {
	path, err := exec.LookPath("chromium")
	if err != nil {
		browser.err = err
		return
	}
	if browser.folder, browser.err = os.MkdirTemp("", "govctl-browser-*"); browser.err != nil {
		return
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.UserDataDir(browser.folder), chromedp.Env("TMPDIR="+browser.folder), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	browser.ctx, _ = chromedp.NewContext(allocator) // ended with the allocator
	browser.cancel = cancel
	browser.err = chromedp.Do(browser.ctx)
}

// tab is one page of the browser with everything that it said and asked for.
type tab struct {
	testing.TB
	context.Context
	mu    sync.Mutex
	said  []string // console, log, exceptions, dialogs
	asked []string // addresses
}

func open(t testing.TB, actions ...step) *tab {
	t.Helper()
	browser.Do(start)
	if browser.ctx == nil {
		need(t, "chromium")
	}
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx)
	t.Cleanup(cancel)
	b := &tab{TB: t, Context: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, page.Enable, page.EnableParams{})
	// Of several tabs one has the focus, and in the others nothing is :focus-visible.
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	b.clock(made.Add(10 * time.Minute))
	b.do(media("", ""))
	b.do(actions...)
	return b
}

func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, fmt.Sprintf("console %s", e.Type))
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, fmt.Sprintf("exception %s %v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *log.EventEntryAdded:
		b.said = append(b.said, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
	case *page.EventJavascriptDialogOpening:
		b.said = append(b.said, "dialog "+e.Message)
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") {
			b.asked = append(b.asked, e.Request.URL)
		}
	}
}

func (b *tab) heard() (said, asked []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.said), slices.Clone(b.asked)
}

func (b *tab) do(actions ...step) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// step is an action without a value.
type step = chromedp.Action[chromedp.Void]

// call sends a command of the protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.Helper()
	r, err := chromedp.Call(b, command, params)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// clock tells every page of the tab that it is this time.
func (b *tab) clock(now time.Time) {
	b.script(fmt.Sprintf(`Date.now = function () { return %d; };`, now.UnixMilli()))
}

// script runs before the scripts of each page.
func (b *tab) script(s string) {
	b.Helper()
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: s})
}

// eval is the value of an expression on the page.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		b.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// patience is how long a test waits for what must happen: a loaded machine needs long, and a test that passes does not wait.
const patience = 2 * time.Minute

// until waits for an expression to become true.
func (b *tab) until(expression string) {
	b.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if v, err := chromedp.Run(b, chromedp.Evaluate[bool](expression)); err == nil && v { // the page may be between two loads
			return
		}
	}
	b.Fatalf("never true: %s", expression)
}

// settle waits until the page is loaded, painted and at rest.
func (b *tab) settle() {
	b.Helper()
	b.until("document.readyState === 'complete'")
	eval[any](b, "window.painted = false; requestAnimationFrame(() => requestAnimationFrame(() => { painted = true; })); 0")
	b.until("painted")
}

func size(width, height int64) step { return chromedp.EmulateViewport(width, height) }

// media shows the page to paper, or with a colour scheme. Nothing moves smoothly: a click must meet what was measured before it.
func media(medium, scheme string) step {
	return func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: medium, Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return none, err
	}
}

// scriptless switches JavaScript off.
func scriptless(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
	_, err = cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return none, err
}

// folder writes a site as `govctl run` does.
func folder(t testing.TB, p *site.Page) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte, err error) {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, build := range map[string]func(*site.Page) ([]byte, error){"index": site.Index, "taxonomy": site.Alerts, "changelog": site.Changelog, "badges": site.Badges, "embed": site.Embed} {
		b, err := build(p)
		write(name+".html", b, err)
	}
	for i := range p.Contracts {
		if len(p.Contracts) < 2 {
			break
		}
		if err := os.MkdirAll(filepath.Join(dir, p.Contracts[i].Name), 0o700); err != nil {
			t.Fatal(err)
		}
		b, err := p.Contract(i)
		write(filepath.Join(p.Contracts[i].Name, "index.html"), b, err)
	}
	b, err := artifact.Encode(p.Summary)
	write("governance-summary.json", b, err)
	for _, g := range p.Badges {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(g.File)), 0o700); err != nil {
			t.Fatal(err)
		}
		write(strings.TrimSuffix(g.File, ".json")+".svg", g.SVG, nil)
	}
	return dir
}

// serve serves a folder as GitHub Pages does: to everybody.
func serve(t testing.TB, dir string) *httptest.Server {
	t.Helper()
	files := http.FileServer(http.Dir(dir))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}
