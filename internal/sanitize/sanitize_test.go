package sanitize_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/romel/govctl/internal/sanitize"
)

func TestLog(t *testing.T) {
	for in, want := range map[string]string{
		"plain: a::b":                    "plain: a::b",
		"::error::x":                     `\::error::x`,
		" \u3000::x":                     " \u3000\\::x",
		"a ##[error]":                    `a ##\[error]`,
		"# [x] #[y]":                     "# [x] #[y]",
		"tab\there\nline":                `tab here\nline`,
		":":                              ":",
		":a":                             ":a",
		"\u202ea\x1b[0m":                 `\u202ea\x1b[0m`,
		"\xff":                           "\uFFFD",
		"a\u200bb\u2060c\ufeff\u00ad":    `a\u200bb\u2060c\ufeff\xad`,
		"\U000e0041\U000e007f\u2066x":    `\U000e0041\U000e007f\u2066x`,
		"\U0001f44d\ufe0f\U0001f3fd é ｘ": "\U0001f44d\ufe0f\U0001f3fd é ｘ",
		"grüße, 世界":                      "grüße, 世界",
	} {
		if got := sanitize.Log(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestMarkdownMakesNoReferences renders as GitHub does and looks for what it makes links of.
func TestMarkdownMakesNoReferences(t *testing.T) {
	const sha = "0123456789abcdef0123456789abcdef01234567"
	live := regexp.MustCompile(`(?i)\b[0-9a-f]{7,40}\b|\bgh-\d|#\d|@\w|://\w|www\.\w`)
	for _, s := range []string{
		sha, sha[:7], "fixed by " + sha[:10] + ".", strings.ToUpper(sha), "aaaaaa" + sha[:7], "1234567", "owner/repo@" + sha, "user@" + sha[:7], sha + sha,
		"GH-1", "gh-12", "closes GH-1, GH-2", "#1", "owner/repo#1", "user#1", "@user", "@org/team", "https://evil.example", "www.evil.example", "WWW.evil.example",
		"_" + sha + "_", "(" + sha[:7] + ")", "[" + sha[:8] + "]", "`" + sha + "`", "-" + sha[:7], sha[:7] + "-" + sha[:7], "\u200b" + sha[:7] + "\u200b#1",
	} {
		var html strings.Builder
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(sanitize.Markdown(s)), &html); err != nil {
			t.Fatal(err)
		}
		shown := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(html.String()), "<p>"), "</p>")
		if strings.Contains(shown, "<") {
			t.Errorf("%q became markup: %s", s, shown)
		}
		if m := live.FindString(shown); m != "" {
			t.Errorf("%q is live in %q, made from %q", m, shown, s)
		}
		if text := strings.ReplaceAll(shown, "\u200b", ""); !strings.Contains(s, "\u200b") && text != s {
			t.Errorf("%q is shown as %q", s, text)
		}
	}
	for _, s := range []string{"decade", "123456", "v1.2.3", "a-b", "high-1", "facade of 2026"} { // what is no reference stays as it is
		if got := sanitize.Markdown(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	for s, want := range map[string][]string{
		"": {""}, "plain": {"plain"}, "`a` b `c`": {"", "a", " b ", "c", ""}, "one ` alone": {"one ` alone"}, "`a` and ` alone": {"", "a", " and ` alone"},
	} {
		if got := sanitize.Quoted(s); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
