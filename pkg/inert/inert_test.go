package inert_test

import (
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
