// Package render writes findings in every form in which people and machines read them.
//
// One table maps the name of a format to its writer; help, completion and the --format flag read that table.
// Everything in a finding may come from a hostile document: no format lets it become markup, a terminal sequence,
// a mention, or a command of a workflow runner.
package render

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Report is what is shown: a headline and the findings behind it.
type Report struct {
	Title    string // what was looked at, such as "API changes"
	Headline string // one sentence with the counts; always the first line
	Notes    []Note // what the findings come to, and what to do about them; shown before them
	Tool     Tool
	Subject  string // file that stands for findings whose place is not in the work tree (a removed part, a stream)
	Rules    []RuleInfo
	Findings []report.Finding
	Causes   map[string]string // by cause: what several findings have in common, in a sentence without the place
}

// Note is one line of the summary: "next", and what to do next.
type Note struct{ Label, Text string }

// Tool is the program that found it.
type Tool struct{ Name, Version, URL string }

// RuleInfo describes a rule to formats that carry a rule table.
type RuleInfo struct {
	ID       string
	Level    report.Level
	Category string
	Summary  string // one sentence
	Why      string // the reason of the rule
	URL      string
	Quiet    bool // at level info it asks nothing of anybody: the forms for people count it
}

// Look adjusts the forms that people read.
type Look struct {
	All   bool   // in the text and Markdown forms, show every finding with its example, not only the first ones
	More  string // the flag of the command that shows every finding; empty where it has none
	Lines int    // that the text and Markdown forms may have; 0 means no limit. All lifts it
	Color bool
	Width int // columns after which lines are wrapped; 0 means that none is, as in a pipe or a file
	Limit int // bytes that a Markdown text may have; 0 means 60,000, which fits a GitHub comment

	// Prefix returns the folder of the repository in which paths begin; formats that name files from the top of the repository call it.
	Prefix func() string
}

// Writer writes one whole report.
type Writer func(w io.Writer, r *Report, look Look) error

// Format is one row of the table.
type Format struct {
	About    string
	Write    Writer
	fromTop  bool              // it names files from the top of the repository, wherever govctl runs
	spelling sanitize.Spelling // how it spells what a workflow runner would obey; zero where it writes commands itself
}

// Formats is the table of formats by name.
var Formats = map[string]Format{
	"text":     {"for a terminal, worst first", writeText, false, sanitize.Text},
	"json":     {"the findings as data (schema findings)", writeJSON, false, sanitize.JSON},
	"markdown": {"for comments and summaries", writeMarkdown, false, sanitize.HTML},
	"html":     {"one self-contained page", writeHTML, false, sanitize.HTML},
	"sarif":    {"SARIF 2.1.0 for code scanning", writeSARIF, true, sanitize.JSON},
	"junit":    {"JUnit XML for test reports", writeJUnit, false, sanitize.HTML},
	"gitlab":   {"Code Quality report of GitLab CI", writeGitLab, true, sanitize.JSON},
	"github":   {"annotations of a GitHub Actions step", writeGitHub, true, sanitize.Spelling{}},
}

// Names lists the formats, sorted.
func Names() []string { return slices.Sorted(maps.Keys(Formats)) }

// Write writes the report in the named format.
func Write(w io.Writer, format string, r *Report, look Look) error {
	f, ok := Formats[format]
	if !ok {
		return fmt.Errorf("unknown format %q: expected one of %s", format, strings.Join(Names(), ", "))
	}
	if f.fromTop && look.Prefix != nil {
		r = fromTop(r, look.Prefix())
	}
	out := bufio.NewWriterSize(w, 1<<15)
	if f.spelling == (sanitize.Spelling{}) {
		if err := f.Write(out, r, look); err != nil {
			return err
		}
		return out.Flush()
	}
	g := f.spelling.Guard(out)
	if err := f.Write(g, r, look); err != nil {
		return err
	}
	if err := g.Flush(); err != nil {
		return err
	}
	return out.Flush()
}

// severity orders the levels, most severe first.
var severity = map[report.Level]int{report.Error: 0, report.Warning: 1, report.Info: 2}

// ranked is the order in which findings are shown: what counts before what is waived, then by level, breaking and proved first,
// then by place.
func ranked(findings []report.Finding) []*report.Finding {
	list := make([]*report.Finding, len(findings))
	for i := range findings {
		list[i] = &findings[i]
	}
	sorting.Stable(list, func(a, b *report.Finding) int {
		return cmp.Or(
			rank(a, b),
			first(a.Verdict == report.Proved, b.Verdict == report.Proved),
			comparePlaces(a.At(), b.At()),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Subject, b.Subject),
		)
	})
	return list
}

// rank is what no form puts in another order: what counts before what is waived, then by level, breaking first.
func rank(a, b *report.Finding) int {
	return cmp.Or(first(!a.Waived(), !b.Waived()), cmp.Compare(severity[a.Level], severity[b.Level]), first(a.Breaking, b.Breaking))
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func comparePlaces(a, b *report.Place) int {
	if a == nil || b == nil {
		return first(a != nil, b != nil)
	}
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Pointer, b.Pointer))
}
