package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promrules"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/report"
)

func rulesCommand(a *app) *cobra.Command {
	return group("rules", "Prometheus rule files: syntax, conventions, unit tests", rulesCheck(a), rulesTest(a), rulesLive(a), rulesExplain(a))
}

// checkFlags are the flags of `rules check`.
type checkFlags struct {
	alertFlags
	format, metrics    string
	scrape, evaluation time.Duration
	found              bool
}

func rulesCheck(a *app) *cobra.Command {
	var f checkFlags
	c := command("check [FILE...]", "Check rule files: syntax, duplicates, sanity, conventions, cost", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		return a.checkRules(ctx, &f, args)
	})
	c.Long = "Check rule files and the Kubernetes objects that contain rules; FILE may be a folder or a glob. --dialect names the program that\n" +
		"loads them, whose keys and expressions are accepted: prometheus, thanos, mimir or loki. What it would not load exits 2, an error\n" +
		"of another rule exits 1, and with --fail-on a lesser finding as well; govctl rules explain lists the rules.\n\n" +
		"What a folder or a glob brings in besides rules (unit tests, prometheus.yml, other manifests) is left out, with a note; a file that\n" +
		"is named must contain rules."
	f.add(c)
	f.addDialect(c)
	f.addFailOn(c)
	c.Flags().StringVar(&f.metrics, "metrics", "", "`file` with the names of existing metrics, one a line, or what an exporter shows under /metrics: rules on others are reported")
	c.Flags().DurationVar(&f.scrape, "scrape-interval", 0, "scrape interval of the targets: a shorter for, and ranges below twice the interval, are reported")
	c.Flags().DurationVar(&f.evaluation, "evaluation-interval", 0, "interval at which groups without one of their own are evaluated: a shorter for is reported")
	c.Flags().BoolVar(&f.found, "found", false, "a search found the files: leave out those that contain no rules, as in a folder or a glob (for hooks)")
	a.formatFlag(c, &f.format)
	return c
}

func (a *app) checkRules(ctx context.Context, f *checkFlags, args []string) error {
	c, err := a.taxonomyConfig(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	patterns := append(args, f.rules...)
	if len(patterns) == 0 {
		patterns = c.Rules
	}
	if len(patterns) == 0 {
		return usage("no rule files to check").hint("name them, or set taxonomy.rules in govctl.yaml")
	}
	if f.scrape < 0 || f.evaluation < 0 {
		return usage("--scrape-interval and --evaluation-interval must not be negative")
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	files, named, err := a.paths(patterns, ruleExtensions)
	if err != nil {
		return err
	}
	sources, err := a.readRules(promrules.Dialect(c.Dialect), files, func(name string) bool { return named[name] && !f.found })
	if err != nil {
		return err
	}
	if len(sources) == 0 && !f.found {
		return noRules(patterns)
	}
	cfg := promrules.Config{Profile: c.Profile, Severities: pipeline.TaxonomyConfig(c).Severities, Levels: c.Levels, Dialect: promrules.Dialect(c.Dialect), Now: now(),
		Scrape: f.scrape, Evaluation: f.evaluation}
	if f.metrics != "" {
		data, err := a.readInput(f.metrics)
		if err != nil {
			return err
		}
		cfg.Known = promrules.ReadMetrics(data)
	}
	return a.printCheck(promrules.Check(sources, cfg), f.format, c.FailOn)
}

func (a *app) printCheck(got report.RulesCheck, format, failOn string) error {
	var err error
	if format == "json" {
		err = a.printJSON(got)
	} else {
		headline := fmt.Sprintf("%s with %s and %s: %s, %s, %s", counted(got.Files, "file"), counted(got.Alerts, "alert"), counted(got.Records, "recording rule"),
			counted(got.Totals.Errors, "error"), counted(got.Totals.Warnings, "warning"), counted(got.Totals.Infos, "info"))
		r := render.Report{Title: "Prometheus rules", Headline: headline, Tool: a.tool(), Subject: "rules", Findings: got.Findings}
		if got.NotParsed > 0 {
			r.Notes = append(r.Notes, render.Note{Label: "not parsed", Text: "expressions of " + counted(got.NotParsed, "rule") + ": LogQL is checked for closed brackets and texts and for a stream selector"})
		}
		for _, row := range promrules.Rows() {
			r.Rules = append(r.Rules, render.RuleInfo{ID: row.ID, Level: row.Level, Category: "rules", Summary: row.Summary(), Why: row.Why, URL: lintPageURL + row.ID})
		}
		err = render.Write(a.Stdout, format, &r, a.look())
	}
	switch {
	case err != nil:
		return err
	case got.Refused > 0:
		return errBadInput
	case got.Totals.From(report.Level(failOn)) > 0:
		return errFindings
	}
	return nil
}

func rulesExplain(a *app) *cobra.Command {
	var format string
	c := command("explain [ID]", "List the rules of rules check, or explain one", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		var rows []tableRow
		for _, r := range promrules.Rows() {
			rows = append(rows, tableRow{r.ID, string(r.Level), r.Summary(), r.Why, r.Hint, r.Profiles})
		}
		return a.printTable(rows, args, "govctl rules explain", format)
	})
	textOrJSON(c, &format)
	completeIDs(c, tableIDs(promrules.Rows, func(r promrules.Row) string { return r.ID }))
	return c
}
