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
	c := command("rules [ID]", "List the change rules, or explain one", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		if len(args) == 0 {
			return a.listRules()
		}
		rule, ok := rules.Lookup(args[0])
		if !ok {
			return usage("there is no rule %q", args[0]).hint("%s", firstOf(config.Nearest(args[0], changeIDs()), "govctl openapi rules lists them all"))
		}
		fmt.Fprintf(a.Stdout, "%s\n\n  %s\n\n  level      %s\n  category   %s\n  migration  %s\n  since      %s\n\n%s\n", rule.ID, rule.Summary(), rule.Level, rule.Category, rule.Migration, rule.Since, rule.Why)
		return a.showExample(rule.ID)
	})
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return changeIDs(), cobra.ShellCompDirectiveNoFileComp
	}
	return c
}

func (a *app) listRules() error {
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, r := range rules.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Category, r.Summary())
	}
	return w.Flush()
}
