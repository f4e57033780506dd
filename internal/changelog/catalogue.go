package changelog

import (
	"fmt"
	"strings"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// Catalogue is the whole taxonomy as one Markdown page: a table of alerts in the order given, deprecated ones struck through.
func Catalogue(alerts []report.Alert) string {
	var b strings.Builder
	active, complete := 0, 0
	for i := range alerts {
		if !alerts[i].Deprecated {
			active++
			if alerts[i].RunbookComplete {
				complete++
			}
		}
	}
	fmt.Fprintf(&b, "# Alert taxonomy\n\n%d alerts, %d active, %d deprecated; %d of the active ones have a runbook.\n\n",
		len(alerts), active, len(alerts)-active, complete)
	b.WriteString("| Alert | Severity | Group | Scope | Category | For | Description | Runbook | Owner |\n|---|---|---|---|---|---|---|---|---|\n")
	for i := range alerts {
		a := &alerts[i]
		shown := code(a.Alert)
		if a.Deprecated {
			shown = "~~" + shown + "~~ (deprecated" + since(a) + ")"
		}
		cells := []string{cell(shown), sanitize.Markdown(a.Severity), sanitize.Markdown(a.Group), sanitize.Markdown(a.Scope), sanitize.Markdown(a.Category), sanitize.Markdown(a.For), sanitize.Markdown(a.Description), runbook(a), sanitize.Markdown(a.Owner)}
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
