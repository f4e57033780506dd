package site

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/internal/packed"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

//go:embed assets.packed
var packedAssets []byte

// assets are the files below assets/. They are packed: `make update` packs them again.
var assets = packed.Open(packedAssets)

// frame is what every page has around its own view.
type frame struct {
	Name      string // of the page, as in the table of pages
	Page      *Page
	View      any
	Verdict   verdict
	Style     template.CSS
	Script    template.JS
	Policy    string
	Icon      template.URL
	Refresh   int // seconds
	StaleMS   int64
	Generated string
	Stale     bool
}

// pages names the style sheets and scripts of each page beside those that all have.
var pages = map[string]struct{ style, script []string }{
	"index":         {[]string{"base.css", "filters.css", "index.css"}, []string{"news.js", "page.js", "list.js"}},
	"badges":        {[]string{"base.css", "badges.css"}, []string{"news.js", "page.js"}},
	"taxonomy":      {[]string{"base.css", "filters.css", "taxonomy.css"}, []string{"news.js", "page.js", "taxonomy.js"}},
	"changelog":     {[]string{"base.css", "changelog.css"}, []string{"news.js", "page.js"}},
	"api-changelog": {[]string{"base.css", "api-changelog.css"}, nil},
	"runs":          {[]string{"base.css", "index.css", "run.css"}, nil},
	"run":           {[]string{"base.css", "index.css", "run.css"}, nil},
	"compare":       {[]string{"base.css", "index.css", "run.css"}, []string{"compare.js"}},
	"embed":         {[]string{"base.css", "embed.css"}, []string{"news.js", "embed.js"}},
}

// templates are parsed when the first page is built: other commands do not pay for them.
var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.New("site").Funcs(functions).ParseFS(assets, "assets/*.html")
})

func render(name string, p *Page, view any) ([]byte, error) { return draw(name, p, view, evaluate(p)) }

// draw renders a page that is about a verdict.
func draw(name string, p *Page, view any, v verdict) ([]byte, error) {
	t, err := templates()
	if err != nil {
		return nil, fmt.Errorf("render %s page: %w", name, err)
	}
	style, script := "", ""
	for _, f := range pages[name].style {
		style += asset(f)
	}
	for _, f := range pages[name].script {
		script += asset(f)
	}
	f := frame{Name: name, Page: p, View: view, Verdict: v, Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // our own files
		Policy: policy(style, script), Refresh: refreshSeconds, StaleMS: StaleAfterHours * 3600 * 1000,
		Generated: stamp(p.Summary.GeneratedAt), Stale: stale(p)}
	f.Icon = icon(f.Verdict.Kind)
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name+".html", f); err != nil {
		return nil, fmt.Errorf("render %s page: %w", name, err)
	}
	return append(bytes.TrimSpace(harmless(b.Bytes())), '\n'), nil
}

func asset(name string) string {
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // the table above names a file that is not embedded: every test of the page fails
	}
	return string(b)
}

// policy lets a page use its own style and script, pictures that it carries itself, and files of the server it came from.
func policy(style, script string) string {
	return "default-src 'none'; img-src data:; style-src " + digest(style) + "; script-src " + digest(script) +
		"; connect-src 'self'; base-uri 'none'; form-action 'none'"
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// harmless makes control characters and marks that turn the direction of text visible, wherever in the page they stand: the
// pages' own text has none.
func harmless(page []byte) []byte {
	lines := strings.Split(string(page), "\n")
	for i, l := range lines {
		lines[i] = sanitize.Line(l)
	}
	return []byte(strings.Join(lines, "\n"))
}

// iconColours are the colours of the small picture in a browser's tab.
var iconColours = map[string]string{"ok": "1f7a3d", "warn": "b7791f", "bad": "b3261e", "none": "6b7280"}

// icon is the picture for the tab, as a data address: a page without one makes browsers ask the server for it.
func icon(kind string) template.URL {
	return template.URL("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%23" + //nolint:gosec // our own colour
		iconColours[kind] + "'/%3E%3C/svg%3E")
}

// indented is a value as a reader wants it; in the file that it came from it stands deeper.
func indented(v report.Raw) string {
	value := v.Clone()
	if value.Indent(jsontext.WithIndent("  ")) != nil { // no JSON; it is shown as it is
		return string(v)
	}
	return string(value)
}
