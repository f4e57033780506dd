package changelog

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Catalogue is the whole taxonomy as one Markdown page: a table of alerts in the order given, deprecated ones struck through.
func Catalogue(alerts []report.Alert) string { return "# Alert taxonomy\n\n" + CatalogueTable(alerts) }

// CatalogueTable is the catalogue without its title, as a part of another document.
func CatalogueTable(alerts []report.Alert) string {
	var b strings.Builder
	active, complete := 0, 0
	windows, slo := false, false // of any alert: the column is shown
	for i := range alerts {
		windows, slo = windows || len(alerts[i].Windows) > 0, slo || alerts[i].SLO != ""
		if !alerts[i].Deprecated {
			active++
			if alerts[i].RunbookComplete {
				complete++
			}
		}
	}
	fmt.Fprintf(&b, "%s, %d active, %d deprecated; runbooks: %d of %d.\n\n",
		count.Of(len(alerts), "alert"), active, len(alerts)-active, complete, active)
	optional := func(cells []string, windowsCell, sloCell string) []string {
		if windows {
			cells = append(cells, windowsCell)
		}
		if slo {
			cells = append(cells, sloCell)
		}
		return cells
	}
	head := append(optional([]string{"Alert", "Severity", "Group", "Scope", "Category", "For"}, "Windows", "SLO"), "Description", "Runbook", "Owner")
	b.WriteString("| " + strings.Join(head, " | ") + " |\n" + strings.Repeat("|---", len(head)) + "|\n")
	for i := range alerts {
		a := &alerts[i]
		shown := code(a.Alert)
		if a.Deprecated {
			shown = "~~" + shown + "~~ (deprecated" + since(a) + ")"
		}
		cells := []string{cell(shown), sanitize.Markdown(a.Severity), sanitize.Markdown(a.Group), sanitize.Markdown(a.Scope), sanitize.Markdown(a.Category), sanitize.Markdown(a.For)}
		cells = append(optional(cells, sanitize.Markdown(strings.Join(a.Windows, ", ")), sanitize.Markdown(a.SLO)), sanitize.Markdown(a.Description), runbook(a), sanitize.Markdown(a.Owner))
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}

func since(a *report.Alert) string {
	out := ""
	if a.DeprecatedSince != "" {
		out = " since " + sanitize.Markdown(a.DeprecatedSince)
	}
	if a.ReplacedBy != "" {
		out += ", replaced by " + code(a.ReplacedBy)
	}
	return out
}

// runbook links an address and shows everything else as words. Only web addresses become links, and none that could leave the parentheses.
func runbook(a *report.Alert) string {
	s := sanitize.Line(a.Runbook)
	if (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, " <>()[]\\|\"'`") {
		return "[runbook](<" + s + ">)"
	}
	return sanitize.Markdown(s)
}
