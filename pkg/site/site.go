// Package site builds the status pages: self-contained HTML that people read without any other file.
package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"github.com/romel/govctl/pkg/report"
)

//go:embed index.html.tmpl
var indexSource string

// Page is what the status page shows. A nil part is shown as missing, with what to do about it.
type Page struct {
	Title      string
	Summary    report.Summary
	Contracts  []Contract
	Milestones *report.Milestones
}

// Contract is one contract's part of the page.
type Contract struct {
	Name       string
	Diff       *report.Diff
	Semver     *report.Semver
	Operations *report.Operations
	Stability  *report.Stability // nil for a placeholder run
}

// maxShown bounds the changes listed on the page; the file behind it has them all.
const maxShown = 200

var functions = template.FuncMap{
	"percent": func(r report.Ratio) string { return fmt.Sprintf("%.1f %%", float64(r)*100) },
	"fixed":   func(p report.Percent) string { return fmt.Sprintf("%.1f", float64(p)) },
	"first": func(changes []report.Finding) []report.Finding {
		return changes[:min(len(changes), maxShown)]
	},
	"more": func(changes []report.Finding) int { return max(0, len(changes)-maxShown) },
	"place": func(p *report.Place) string {
		switch {
		case p == nil:
			return ""
		case p.Line == 0:
			return p.File
		}
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	},
	"reach": func(ops []report.Operation) string {
		const some = 3
		names := make([]string, 0, some)
		for _, o := range ops[:min(len(ops), some)] {
			names = append(names, o.Method+" "+o.Path)
		}
		if n := len(ops) - some; n > 0 {
			names = append(names, fmt.Sprintf("%d more", n))
		}
		return strings.Join(names, ", ")
	},
}

var index = template.Must(template.New("index").Funcs(functions).Parse(indexSource))

// Index renders the status page.
func Index(p Page) ([]byte, error) {
	var b bytes.Buffer
	if err := index.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("render status page: %w", err)
	}
	return b.Bytes(), nil
}
