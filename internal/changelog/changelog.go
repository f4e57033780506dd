// Package changelog writes changes as Markdown: sections of a changelog that grows, the delta of a pull request, and the catalogue of alerts.
//
// Names and values come from files that strangers can send: they stand in code spans or are escaped, so that they can
// neither format the page nor call anybody.
package changelog

import (
	"strings"

	"github.com/romel/govctl/internal/sanitize"
)

func code(s string) string {
	if s == "" {
		return "(empty)"
	}
	return sanitize.Code(s)
}

// cell is markup for a table: a bar would end it.
func cell(markup string) string { return strings.ReplaceAll(markup, "|", `\|`) }

// shorten cuts a text at a border of characters.
func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	return string(runes[:limit-1]) + "…"
}
