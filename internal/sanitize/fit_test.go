package sanitize

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// TestWhatFollowsACutIsProse cuts a text everywhere and lets a renderer evaluate: the note at the end is a paragraph of its own, inside of no
// code, no comment, no folded block and no table.
func TestWhatFollowsACutIsProse(t *testing.T) {
	text := "## Title\n\n- **error** x\n  <br>Proof\n\n  ````\n  ```\n  curl <details>\n  ````\n\n<details><summary>2 more</summary>\n\n- **warning** \U0001f600 世界\n\n  ```\n  {}\n  ```\n\n</details>\n\n" +
		"<!-- a\nmarker -->\n\n| a | b |\n|---|---|\n| `x` | @y |\n\n" + strings.Repeat("a long line with `code that @hides` ", 30) + "\n"
	for limit := 60; limit < Characters(text); limit++ {
		cut := Fit(text, limit, Characters)
		if Characters(cut) > limit {
			t.Fatalf("limit %d: %d characters", limit, Characters(cut))
		}
		var b strings.Builder
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(cut), &b); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if !strings.HasSuffix(got, "<p><em>Truncated: the text is too long.</em></p>\n") || strings.Count(got, "<details><summary>") != strings.Count(got, "</details>") ||
			strings.Count(got, "<!--") != strings.Count(got, "-->") || strings.Contains(strings.ReplaceAll(got, "<code>code that @hides</code>", ""), "@hides") {
			t.Fatalf("limit %d:\n%s\n%s", limit, cut, got)
		}
	}
}

func TestFitClosesWhatIsOpen(t *testing.T) {
	open := "<details><summary>x</summary>\n\n````\n" + strings.Repeat("```\n<details>\n", 500)
	for limit := 300; limit < 900; limit += 7 {
		got := Fit(open, limit, Characters)
		if len(got) > limit {
			t.Fatalf("limit %d: %d bytes", limit, len(got))
		}
		if strings.Count(got, "\n````") != 2 || strings.Count(got, "</details>") != 1 {
			t.Fatalf("limit %d: open at the end:\n%s", limit, got[len(got)-200:])
		}
	}
	if got := Fit(strings.Repeat("ü", 500), 301, Characters); !strings.Contains(got, "ü") || strings.ContainsRune(got, '\uFFFD') || utf8.RuneCountInString(got) > 301 {
		t.Errorf("one long line: %q", got)
	}
}

// TestLimitsCountCharacters: a character outside of ASCII has up to four bytes.
func TestLimitsCountCharacters(t *testing.T) {
	const limit = 65_536
	line := strings.Repeat("\U0001f600", 99) + "\n"
	if text := strings.Repeat(line, 655); Fit(text, limit, Characters) != text {
		t.Error("65,500 characters were cut")
	}
	if n := Characters(Fit(strings.Repeat(line, 700), limit, Characters)); n > limit || n < limit-200 {
		t.Errorf("%d characters", n)
	}
	if n := len(Fit(strings.Repeat(line, 700), limit, Bytes)); n > limit || n < limit-600 {
		t.Errorf("%d bytes", n)
	}
}
