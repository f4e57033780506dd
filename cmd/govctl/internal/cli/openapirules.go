package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/apidiff/rules"
)

func openapiRules(a *app) *cobra.Command {
	var format string
	c := command("rules [ID]", "List the change rules, or explain one", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		if len(args) == 0 {
			return a.listRules(format)
		}
		rule, ok := rules.Lookup(args[0])
		if !ok {
			return usage("there is no rule %q", args[0]).hint("%s", firstOf(config.Nearest(args[0], changeIDs()), "govctl openapi rules lists them all"))
		}
		if format == "json" {
			return a.printJSON(ruleRow(rule))
		}
		fmt.Fprintf(a.Stdout, "%s\n\n  %s\n\n  level      %s\n  category   %s\n  migration  %s\n  since      %s\n\n%s\n", rule.ID, rule.Summary(), rule.Level, rule.Category, rule.Migration, rule.Since, rule.Why)
		return a.showExample(rule.ID)
	})
	c.Long = "List the change rules, or explain one with its level, category and first version. `govctl explain` also explains the ids of all other tables."
	textOrJSON(c, &format)
	completeIDs(c, changeIDs)
	return c
}

// changeRow is a change rule as JSON.
type changeRow struct {
	ID        string `json:"id"`
	Level     string `json:"level"`
	Category  string `json:"category"`
	Migration string `json:"migration"`
	Since     string `json:"since"`
	Summary   string `json:"summary"`
	Why       string `json:"why"`
}

func ruleRow(r rules.Rule) changeRow {
	return changeRow{ID: r.ID, Level: string(r.Level), Category: string(r.Category), Migration: r.Migration, Since: r.Since, Summary: r.Summary(), Why: r.Why}
}

func (a *app) listRules(format string) error {
	if format == "json" {
		var rows []changeRow
		for _, r := range rules.All() {
			rows = append(rows, ruleRow(r))
		}
		return a.printJSON(rows)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, r := range rules.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Category, r.Summary())
	}
	return w.Flush()
}
