package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/romel/govctl/internal/config"
)

// lintPageURL is where each lint rule has its heading.
const lintPageURL = "https://github.com/romel/govctl/blob/main/docs/lint.md#"

// tableRow is a row of a table of rules for readers.
type tableRow struct {
	ID       string   `json:"id"`
	Level    string   `json:"level"`
	Summary  string   `json:"summary"`
	Why      string   `json:"why"`
	Remedy   string   `json:"remedy,omitempty"`
	Profiles []string `json:"profiles,omitempty"`
}

// printTable lists a table of rules, or explains the one that the arguments name.
func (a *app) printTable(rows []tableRow, args []string, command, format string) error {
	if len(args) == 0 {
		if format == "json" {
			return a.printJSON(rows)
		}
		w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Level, r.Summary)
		}
		return w.Flush()
	}
	for _, r := range rows {
		if r.ID != args[0] {
			continue
		}
		if format == "json" {
			return a.printJSON(r)
		}
		fmt.Fprintf(a.Stdout, "%s (%s)\n\n  %s\n\nWhy: %s.\nWhat to do: %s.\n", r.ID, r.Level, r.Summary, r.Why, r.Remedy)
		if len(r.Profiles) > 0 {
			fmt.Fprintf(a.Stdout, "Profiles: %s.\n", strings.Join(r.Profiles, ", "))
		}
		return nil
	}
	return usage("there is no rule %q", args[0]).hint("%s", firstOf(config.Nearest(args[0], idsOf(rows)), command+" lists them all"))
}

func idsOf(rows []tableRow) []string {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}
