package inert_test

import (
	"slices"
	"testing"

	"github.com/romel/govctl/pkg/inert"
)

func TestLog(t *testing.T) {
	for in, want := range map[string]string{
		"plain: a::b":     "plain: a::b",
		"::error::x":      `\::error::x`,
		" \u3000::x":      " \u3000\\::x",
		"a ##[error]":     `a ##\[error]`,
		"# [x] #[y]":      "# [x] #[y]",
		"tab\there\nline": `tab here\nline`,
		":":               ":",
		":a":              ":a",
		"\u202ea\x1b[0m":  `\u202ea\x1b[0m`,
		"\xff":            "\uFFFD",
		"grüße, 世界":       "grüße, 世界",
	} {
		if got := inert.Log(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestQuoted(t *testing.T) {
	for s, want := range map[string][]string{
		"": {""}, "plain": {"plain"}, "`a` b `c`": {"", "a", " b ", "c", ""}, "one ` alone": {"one ` alone"}, "`a` and ` alone": {"", "a", " and ` alone"},
	} {
		if got := inert.Quoted(s); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
