package promrules

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

var (
	// Prometheus' own templates know none of these, so that a text for people is not taken for a template of a file.
	helmAction  = late.Pattern(`\{\{-?[^}]*(?:\.Values\b|\.Release\.|\.Chart\.|\.Capabilities\.|\binclude "|\btoYaml\b)`)
	jinjaAction = late.Pattern(`^\s*\{%`)
	bareText    = late.Pattern(`^\s*(?:- )?[\w.-]+:\s+\{\{`)
)

// refusal is the error of a file with better advice where the file is the template of one, or a text lacks its quotes.
func refusal(name string, data []byte, err error) error {
	var bad *contract.Error
	if !errors.As(err, &bad) {
		return err
	}
	line := 0
	for text := range bytes.Lines(data) {
		line++
		for _, p := range []*regexp.Regexp{helmAction(), jinjaAction()} {
			if at := p.FindIndex(text); at != nil {
				at[0] += len(text[at[0]:]) - len(bytes.TrimLeft(text[at[0]:], " \t"))
				return &contract.Error{
					Place: report.Place{File: name, Line: line, Column: 1 + utf8.RuneCount(text[:at[0]])},
					Msg:   "the file is a template, not a rule file: " + shorten(strings.TrimSpace(string(text)), 60),
					Hint:  "render it first, for instance with helm template, and give the result", Err: bad.Err,
				}
			}
		}
	}
	if bareText().Match(lineOf(data, bad.Place.Line)) {
		better := *bad
		better.Hint = "a text that begins with {{ must be quoted"
		return &better
	}
	return err
}
