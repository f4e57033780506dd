package headers

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// matrix has a row for each rule that applies to a target, and a cell for each target.
func matrix(targets []Target, found []report.Finding, compared bool) []report.HeadersRow {
	rows := []report.HeadersRow{}
	for _, rule := range Rules {
		r := report.HeadersRow{Rule: rule.ID, Cells: make([]string, len(targets))}
		some := false
		for i := range targets {
			if applies(rule.ID, targets, i, compared) {
				r.Cells[i], some = cell(rule.ID, &targets[i], found), true
			}
		}
		if some {
			rows = append(rows, r)
		}
	}
	return rows
}

// cell is the level of the findings of a rule on a target, or ok.
func cell(rule string, t *Target, found []report.Finding) string {
	for _, f := range found {
		if f.Rule == rule && f.Subject == t.Subject.Name && f.Mode == t.Subject.Mode {
			return string(f.Level)
		}
	}
	return "ok"
}

// applies reports whether a rule says something about a target.
func applies(rule string, targets []Target, i int, compared bool) bool {
	t := &targets[i]
	switch rule {
	case "header-lost":
		return compared
	case "header-mode-differs":
		first := slices.IndexFunc(targets, func(o Target) bool { return o.Subject.Name == t.Subject.Name && o.Profile != "none" })
		return t.Profile != "none" && first >= 0 && first < i
	case "header-hsts-missing", "header-hsts-weak":
		if !slices.ContainsFunc(t.Answers, func(a Answer) bool { return strings.HasPrefix(a.At, "https:") }) {
			return false
		}
	}
	for _, c := range checks {
		if c.rule == rule {
			return slices.Contains(c.profiles, t.Profile)
		}
	}
	return false
}

// heads are the titles of the columns.
func heads(d *report.HeadersDetail) []string {
	titles := []string{"rule"}
	for _, t := range d.Targets {
		titles = append(titles, sanitize.Line(t.Name+" "+t.Mode))
	}
	return titles
}

// cells are the texts of one row. A dash stands for a rule that does not apply.
func cells(r *report.HeadersRow) []string {
	texts := []string{r.Rule}
	for _, c := range r.Cells {
		texts = append(texts, cmp.Or(c, "-"))
	}
	return texts
}

// Text is the matrix in columns, with the redirects of each target below it.
func Text(d *report.HeadersDetail) string {
	lines := [][]string{heads(d)}
	for i := range d.Matrix {
		lines = append(lines, cells(&d.Matrix[i]))
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		for i, text := range line {
			if i == len(line)-1 {
				b.WriteString(text + "\n")
				continue
			}
			b.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2))
		}
	}
	for _, line := range hops(d) {
		b.WriteString(sanitize.Line(line) + "\n")
	}
	return b.String()
}

// Markdown is the matrix as a table, with the redirects of each target below it.
func Markdown(d *report.HeadersDetail) string {
	var b strings.Builder
	titles := heads(d)
	for i := range titles {
		titles[i] = sanitize.Markdown(titles[i])
	}
	b.WriteString("| " + strings.Join(titles, " | ") + " |\n|" + strings.Repeat("---|", len(titles)) + "\n")
	for i := range d.Matrix {
		b.WriteString("| " + strings.Join(cells(&d.Matrix[i]), " | ") + " |\n")
	}
	all := hops(d)
	if len(all) > 0 {
		b.WriteString("\n")
	}
	for _, line := range all {
		b.WriteString("- " + sanitize.Markdown(line) + "\n")
	}
	return b.String()
}

// hops are the redirects of all targets, one a line. Those of different requests that are alike are one.
func hops(d *report.HeadersDetail) (lines []string) {
	for _, t := range d.Targets {
		for _, a := range t.Answers {
			for _, h := range a.Hops {
				line := t.Name + " " + t.Mode + ": " + h.At + " redirects to " + h.Location
				if !h.Followed {
					line += ", which is not followed"
				}
				if !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
		}
	}
	return lines
}
