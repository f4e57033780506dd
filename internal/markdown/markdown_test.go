package markdown

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// A document becomes what a complete library makes of it, without the library's markup. Paragraphs in lists are compared by their text.
func TestAsALibraryDoes(t *testing.T) {
	documents := map[string]string{
		"keep a changelog": "# Changelog\n\nAll notable changes.\n\n## [1.1.0] - 2026-01-02\n\n### Added\n\n- One [link](https://example.org \"title\"), **strong**, *em*, _em_, ~~old~~.\n  - Nested `code` item\n    over two lines\n  - second\n- Two\n\n## [1.0.0]\n\n1. first\n2. second\n\n[1.1.0]: https://example.org/compare/v1...v2\n[1.0.0]: <https://example.org/v1> \"first\"\n",
		"ours":             "# Alerts changelog\n\n## 2025-09-17T10:23:45Z (abc1234)\n\n### Added\n\n- ``A`<script>|@team #1\\n## 2025-01-01 (abc1234)`` (critical)\n- `Two{group=\"g\"}` (low)\n\n### Renamed\n\n- `From` is now `To`\n\nRunbook completeness 50 % → 66.67 %.\n",
		"table":            "Before.\n\n| a | b \\| c | d |\n|:--|--:|:-:|\n| 1 | `x \\| y` | **z** |\n| 2 |\n\nAfter.\n",
		"quote and rule":   "> quoted *text*\n> goes on\n>\n> - list\n\n---\n\nafter\n***\n",
		"code":             "```go\nfunc f() { <b> }\n```\n\n- item\n\n  ```\n  in an item\n  ```\n\n~~~\n# no heading\n~~~\n",
		"emphasis":         "a*b*c, snake_case_name, **a *b* c**, ***both***, ***a** b*, ***a* b**, 2 * 3 * 4, * a*, **open, __x__, ~one~ and ~~two~~, *a **b** c*\n",
		"escapes":          "\\*not\\*, &amp; &lt;b&gt; &#35;, <not a tag, a < b > c, \\` no code `, ```` `` ````\n",
		"links":            "<https://example.org/a?b=c&d>, [a [b] c](https://example.org), [ref], [text][ref], [none], [a](b c), [a](<b c>), [x](https://e.org/(a)), ![alt](x.png), [![badge](b.svg)](https://e.org)\n\n[ref]: https://example.org/ref\n",
		"breaks":           "one  \ntwo\\\nthree\nfour   \n",
		"headings":         "# One #\n## Two\n\n#no heading\n\n###### Six\n\n#\n",
		"lists":            "- a\n- b\n\n  second of b\n- c\n\n* other\n\n1) one\n2) two\n   - deep\n     1. deeper\n\nend\n",
		"items":            "text\n2. goes on\n- begins\ngoes on\n\nnext\n",
	}
	for name, source := range documents {
		if got, want := normal(string(join(Blocks(source, Options{}))), false), normal(library(t, source), false); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// Every page of the project becomes what the library makes of it.
func TestRealDocuments(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pages = append(pages, "../../README.md", "../../CHANGELOG.md", "../../CONTRIBUTING.md", "../../SECURITY.md")
	for _, page := range pages {
		data, err := os.ReadFile(page) //nolint:gosec // of the project
		if err != nil {
			t.Fatal(err)
		}
		source := regexp.MustCompile(`(?m)^<!--[^>]*-->$`).ReplaceAllString(string(data), "")
		got, want := strings.SplitAfter(normal(string(join(Blocks(source, Options{}))), true), ">"), strings.SplitAfter(normal(library(t, source), true), ">")
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				from := max(0, i-8)
				t.Errorf("%s: %q\nwant %q", page, got[from:min(len(got), i+3)], want[from:min(len(want), i+3)])
				break
			}
		}
	}
}

// No text of a document becomes markup, and links have allowed schemes only.
func TestMarkupStaysText(t *testing.T) {
	for _, source := range []string{
		"<script>alert(1)</script>", "a <img src=x onerror=y> b", "[a](javascript:alert(1))", "[a]: javascript:x\n\n[a]", "<javascript:alert(1)>",
		"[a](\"onclick=)", "`<b>`", "| <b> | c |\n|---|---|\n| <b> | d |", "# <b>", "- <b>", "> <b>", "```<b>\n<b>\n```", "![<b>](https://x.example/p.png)", "&lt;script&gt;", "[x](https://e.org/\"onclick=y)",
	} {
		html := string(join(Blocks(source, Options{Link: func(to string) bool { return strings.HasPrefix(to, "https:") }})))
		for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(html, -1) {
			if !regexp.MustCompile(`^</?(p|a|a href="https://[^"]*"|h1|ul|li|blockquote|pre|code|table|thead|tbody|tr|th|td)>$`).MatchString(tag) {
				t.Errorf("%s: %s in %s", source, tag, html)
			}
		}
		if strings.Contains(html, "javascript") && strings.Contains(html, "href") {
			t.Errorf("%s: %s", source, html)
		}
	}
}

// Twice the text takes about twice the memory, whatever is open or nested in it.
func TestMemoryIsLinear(t *testing.T) {
	taken := func(text string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Blocks(text, Options{})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, part := range []string{"*", "**a ", "[", "![a](", "`", "` `` ", "> ", "- ", "  - a\n", "_a", "<a:", "[a](b", "|", "a|b\n-|-\n", "~~~\n", "[a]: b\n", "***a* ", "<", "\\", "#", "1. ", "[a][b] ", "&amp;"} {
		for _, part := range []string{part, part + "\n"} {
			once, twice := taken(strings.Repeat(part, 20_000/len(part))), taken(strings.Repeat(part, 40_000/len(part)))
			if twice > 3*once+1<<20 {
				t.Errorf("%q: %d and %d bytes", part, once, twice)
			}
		}
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add("# a\n\n- *b* `c` [d](e)\n\n| a |\n|---|\n")
	f.Fuzz(func(t *testing.T, source string) {
		html := string(join(Blocks(source, Options{Link: func(string) bool { return false }})))
		if regexp.MustCompile(`<[^>]*(href|src|on\w+=|script)`).MatchString(html) {
			t.Errorf("%q: %s", source, html)
		}
	})
}

// normal leaves out what does not show: empty space between elements, languages of code, pictures, and where asked for paragraphs.
func normal(html string, paragraphs bool) string {
	html = regexp.MustCompile(`<img[^>]*>`).ReplaceAllString(html, "[picture]")
	html = regexp.MustCompile(` class="[^"]*"| title="[^"]*"`).ReplaceAllString(html, "")
	html = regexp.MustCompile(`<(br|hr) ?/?>`).ReplaceAllString(html, "<$1>")
	html = regexp.MustCompile(`href="[^"]*"`).ReplaceAllStringFunc(html, func(s string) string { return strings.NewReplacer("%20", " ", "%22", "&#34;").Replace(s) })
	html = strings.NewReplacer("&quot;", "\"", "&#34;", "\"", "&#39;", "'").Replace(html)
	for range 2 {
		html = regexp.MustCompile(`(<li>)\s*<p>([^<]*(?:<(?:/?(?:code|em|strong|a|del)[^>]*|br)>[^<]*)*)</p>`).ReplaceAllString(html, "$1$2")
	}
	if paragraphs {
		html = regexp.MustCompile(`</?p>`).ReplaceAllString(html, "")
	}
	return regexp.MustCompile(`\s*(</?(?:p|ul|ol|li|table|thead|tbody|tr|td|th|blockquote|pre|h\d|hr|br)[^>]*>)\s*`).ReplaceAllString(html, "$1")
}

func library(t *testing.T, source string) string {
	t.Helper()
	without := func(list []util.PrioritizedValue, types ...any) []util.PrioritizedValue {
		return slices.DeleteFunc(list, func(v util.PrioritizedValue) bool { return slices.Contains(types, v.Value) })
	}
	p := parser.NewParser(parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...), parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...))
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithParser(p), goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Convert([]byte(source), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
