package smoke

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// columns are those of the table of requests.
var columns = []string{"flow", "line", "request", "status", "ms", "contract"}

// rows are the requests of all flows.
func rows(d *report.Smoke) (all [][]string) {
	for i := range d.Flows {
		for j := range d.Flows[i].Entries {
			e := &d.Flows[i].Entries[j]
			compared := "-"
			if e.Conforms != nil {
				compared = map[bool]string{true: "ok", false: "differs"}[*e.Conforms]
			}
			all = append(all, []string{d.Flows[i].Name, strconv.Itoa(e.Line), e.Method + " " + e.Path, strconv.Itoa(e.Status), strconv.FormatInt(e.DurationMS, 10), compared})
		}
	}
	return all
}

// Text is the table of requests for a terminal; empty without requests.
func Text(d *report.Smoke) string {
	all := rows(d)
	if len(all) == 0 {
		return ""
	}
	all = append([][]string{columns}, all...)
	width := make([]int, len(columns))
	for _, r := range all {
		for i := range r {
			r[i] = sanitize.Log(bounded(r[i]))
			width[i] = max(width[i], len(r[i]))
		}
	}
	var b strings.Builder
	for _, r := range all {
		line := ""
		for i, cell := range r {
			line += fmt.Sprintf("%-*s  ", width[i], cell)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// Markdown is the same as a table in Markdown.
func Markdown(d *report.Smoke) string {
	all := rows(d)
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, r := range all {
		for i := range r {
			r[i] = sanitize.Markdown(bounded(r[i]))
		}
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
	}
	return b.String()
}
