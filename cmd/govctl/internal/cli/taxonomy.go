package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/changelog"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

func taxonomyCommand(a *app) *cobra.Command {
	return group("taxonomy", "The catalogue of alerts: lint, coverage, churn, gates, pages",
		taxonomyLint(a), taxonomySync(a), taxonomyRender(a), taxonomyMetrics(a), taxonomyDiff(a), taxonomyGate(a), taxonomyDashboard(a), taxonomyNotify(a), taxonomyRules(a))
}

// lintFlags are the flags of `taxonomy lint`.
type lintFlags struct {
	alertFlags
	format, previous string
	fix              bool
}

func taxonomyLint(a *app) *cobra.Command {
	var f lintFlags
	c := command("lint", "Check the taxonomy against its schema and the lint rules", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.lintTaxonomy(ctx, &f)
	})
	c.Long = "Check the taxonomy against its schema and the lint rules; govctl taxonomy rules lists them. Where rule files are given the two are\n" +
		"compared. Exits 1 on errors, and on lesser findings with --fail-on."
	f.add(c, "deprecation-max-days", "deprecation-strict")
	f.addDialect(c)
	f.addFailOn(c)
	c.Flags().BoolVar(&f.fix, "fix", false, "make the mechanical corrections in the file first")
	c.Flags().StringVar(&f.previous, "previous", "", "an older taxonomy, git:REV or a `file`, to find renamed alerts")
	c.Flags().StringSliceVar(&f.labels, "required-labels", nil, "`labels` that each rule must have, separated by commas (default: taxonomy.required_labels of the configuration)")
	a.formatFlag(c, &f.format)
	return c
}

func (a *app) lintTaxonomy(ctx context.Context, f *lintFlags) error {
	c, in, err := a.alertInput(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	if f.previous != "" {
		side, err := a.taxonomySide(ctx, f.previous, c)
		if err != nil {
			return err
		}
		in.Previous = side.File
	}
	if f.fix {
		if err := a.fixTaxonomy(c, &in); err != nil {
			return err
		}
	}
	return a.printLint(taxonomy.Lint(in), f.format, c.FailOn)
}

// fixTaxonomy writes the corrected file, where anything was corrected.
func (a *app) fixTaxonomy(c config.Taxonomy, in *taxonomy.Input) error {
	text, n, err := taxonomy.Fix(*in)
	if err != nil || n == 0 {
		return err
	}
	if err := artifact.Replace(c.File, text); err != nil {
		return err
	}
	fmt.Fprintf(a.notes(), "govctl: %s: %s made\n", oneLine(c.File), counted(n, "correction"))
	in.File, err = taxonomy.Parse(c.File, text)
	return err
}

//go:noinline
func counted(n int, what string) string { return count.Of(n, what) }

// printLint writes the findings; their JSON is the artifact itself.
func (a *app) printLint(l report.TaxonomyLint, format, failOn string) error {
	var err error
	if format == "json" {
		err = a.printJSON(l)
	} else {
		headline := fmt.Sprintf("%s: %s, %s, %s", l.File, counted(l.Alerts, "alert"), counted(l.Totals.Errors, "error"), counted(l.Totals.Warnings, "warning"))
		if l.Totals.Infos > 0 {
			headline += ", " + counted(l.Totals.Infos, "info")
		}
		r := render.Report{Title: "Alert taxonomy", Headline: headline, Tool: a.tool(), Subject: l.File, Findings: l.Findings, Rules: lintRules()}
		err = render.Write(a.Stdout, format, &r, a.look())
	}
	if err == nil && l.Totals.From(report.Level(failOn)) > 0 {
		return errFindings
	}
	return err
}

func lintRules() []render.RuleInfo {
	var out []render.RuleInfo
	for _, row := range taxonomy.Table() {
		out = append(out, render.RuleInfo{ID: row.ID, Level: row.Level, Category: "taxonomy", Summary: row.Summary(), Why: row.Why, URL: lintPageURL + row.ID})
	}
	return out
}

func taxonomyRules(a *app) *cobra.Command {
	var format string
	c := command("rules [ID]", "List the lint rules, or explain one", cobra.MaximumNArgs(1), func(_ context.Context, args []string) error {
		rows := make([]tableRow, 0, 32)
		for _, r := range taxonomy.Table() {
			rows = append(rows, tableRow{r.ID, string(r.Level), r.Summary(), r.Why, r.Hint, r.Profiles})
		}
		return a.printTable(rows, args, "govctl taxonomy rules", format)
	})
	textOrJSON(c, &format)
	completeIDs(c, tableIDs(taxonomy.Table, func(r taxonomy.Row) string { return r.ID }))
	return c
}

// syncFlags are the flags of `taxonomy sync`.
type syncFlags struct {
	alertFlags
	format          string
	check, scaffold bool
}

func taxonomySync(a *app) *cobra.Command {
	var f syncFlags
	c := command("sync", "Compare the taxonomy with the rule files: --check, --scaffold", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.syncTaxonomy(ctx, &f)
	})
	c.Long = "--check (the default) fails when a rule file has an alert that the taxonomy does not know, or an entry lacks a required field.\n" +
		"--scaffold appends an entry for each such alert, filled in from its rule, and changes nothing else in the file."
	f.add(c)
	f.addDialect(c)
	f.addFailOn(c)
	c.Flags().BoolVar(&f.check, "check", false, "fail on alerts without an entry")
	c.Flags().BoolVar(&f.scaffold, "scaffold", false, "append entries for alerts without one; creates the file where there is none")
	a.formatFlag(c, &f.format)
	return c
}

func (a *app) syncTaxonomy(ctx context.Context, f *syncFlags) error {
	c, err := a.taxonomyConfig(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	if len(c.Rules) == 0 {
		return usage("no rule files to compare with").hint("name them with --rules, or as taxonomy.rules in govctl.yaml")
	}
	data, err := a.readInput(c.File)
	if f.scaffold && (errors.Is(err, fs.ErrNotExist) || err == nil && len(strings.TrimSpace(string(data))) == 0) {
		data, err = []byte(taxonomy.Empty), nil
	}
	if err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	in, err := a.inputOf(c, data, now())
	if err != nil {
		return err
	}
	if f.scaffold {
		if err := a.scaffold(c, &in); err != nil || !f.check {
			return err
		}
	}
	return a.printLint(taxonomy.Check(in), f.format, c.FailOn)
}

// scaffold writes the taxonomy with the entries that it lacks, or leaves the file as it is.
func (a *app) scaffold(c config.Taxonomy, in *taxonomy.Input) error {
	entries := in.File.Scaffold(in.Rules)
	if len(entries) == 0 {
		fmt.Fprintf(a.Stdout, "%s: nothing to add\n", oneLine(c.File))
		return nil
	}
	text, err := in.File.Append(entries)
	if err != nil {
		return err
	}
	if err := artifact.Replace(c.File, text); err != nil {
		return err
	}
	if in.File, err = taxonomy.Parse(c.File, text); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "%s: %s added\n", oneLine(c.File), counted(len(entries), "alert"))
	for i := range entries {
		fmt.Fprintf(a.Stdout, "  %s\n", oneLine(entries[i].Name+entries[i].Selector()))
	}
	return nil
}

func taxonomyRender(a *app) *cobra.Command {
	var f alertFlags
	var format string
	c := command("render", "Print the taxonomy as Markdown, JSONL or HTML", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		_, in, err := a.alone(ctx, &f)
		if err != nil {
			return err
		}
		var out []byte
		switch format {
		case "markdown":
			out = []byte(changelog.Catalogue(in.File.Report()))
		case "json":
			return a.printJSON(in.File.Report())
		case "jsonl":
			out, err = in.File.JSONL()
		case "html":
			out, err = taxonomy.HTML(in.File.Report(), report.At(in.Now))
		}
		if err == nil {
			_, err = a.Stdout.Write(out)
		}
		return err
	})
	f.add(c)
	choose(c, &format, "format", "markdown", "what is printed", "markdown", "json", "jsonl", "html")
	return c
}
