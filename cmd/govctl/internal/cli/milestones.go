package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/milestone"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/pkg/report"
)

func milestonesCommand(a *app) *cobra.Command {
	var format string
	var c *cobra.Command
	c = command("milestones [FILE]", "Summarise the milestones", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		cfg, err := a.configuration(ctx)
		if err != nil {
			return err
		}
		now, err := a.clock(a.now)
		if err != nil {
			return err
		}
		name := firstOf(append(slices.Clone(args), cfg.Milestones)...)
		if a.writes(c) {
			cfg.Milestones = name
			if err := a.writeMilestones(ctx, cfg); err != nil {
				return err
			}
		}
		data, err := a.readInput(name)
		if err != nil {
			return err
		}
		m, err := milestone.Summarize(ctx, name, data, report.At(now()))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.printJSON(m)
		}
		fmt.Fprintf(a.Stdout, "%.1f %% done (weight %g of %g)\n", m.Totals.Percent.Rounded(), m.Totals.WeightDone, m.Totals.WeightTotal)
		for _, item := range m.Items {
			fmt.Fprintf(a.Stdout, "  %-12s %5.1f %%  %s\n", item.Status, item.WeightPct.Rounded(), oneLine(item.Title))
		}
		return nil
	})
	c.Long = "Summarise the milestones." + partHelp
	choose(c, &format, "format", "text", "what is printed, json as in milestone-summary.json", "text", "json")
	return c
}

// writeMilestones writes the summary and its badge. A file that is not there is an error, as it is where the summary is printed.
func (a *app) writeMilestones(ctx context.Context, cfg config.Config) error {
	if _, err := a.readInput(cfg.Milestones); err != nil {
		return err
	}
	r, err := a.part(ctx, cfg, runFlags{wait: defaultWait}, pipeline.PartRequest{Steps: []string{"milestones"}})
	if err != nil {
		return err
	}
	return a.partError(r)
}
