package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/report"
)

// metricsFlags are the flags of `taxonomy metrics`.
type metricsFlags struct {
	alertFlags
	format          string
	replace, dryRun bool
}

func taxonomyMetrics(a *app) *cobra.Command {
	var f metricsFlags
	c := command("metrics", "Measure churn, runbooks and age, and write badges and history", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.measureTaxonomy(ctx, &f)
	})
	c.Long = "Measure the taxonomy against what it was at the start of the window, and write metrics, badges and the snapshot of the day below\n" +
		"status/ of the output folder. The first snapshot of a day stays unless --replace is given."
	f.add(c, "window", "runbook-sla-days")
	choose(c, &f.format, "format", "text", "what is printed, json as in taxonomy-metrics.json", "text", "json", "prom")
	c.Flags().BoolVar(&f.replace, "replace", false, "replace the snapshot of today")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "print and write nothing")
	return c
}

func (a *app) measureTaxonomy(ctx context.Context, f *metricsFlags) (err error) {
	_, in, err := a.alone(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	m, err := a.measured(ctx, in)
	if err != nil {
		return err
	}
	if !f.dryRun {
		store, _, err := artifact.Open(a.out, func() time.Time { return in.Now }, defaultWait)
		if err != nil {
			return err
		}
		store.Begin("alerts")
		if err := errors.Join(pipeline.WriteMetrics(store, m, f.replace), store.Close()); err != nil {
			return err
		}
	}
	return a.printMetrics(m, f.format)
}

// measured computes the metrics; a shallow clone comes with advice.
func (a *app) measured(ctx context.Context, in taxonomy.Input) (report.TaxonomyMetrics, error) {
	surroundings := a.alerts()
	m, err := surroundings.Measure(ctx, in)
	var shallow *taxonomy.ShallowError
	if errors.As(err, &shallow) {
		return m, (&exitError{code: Failed, err: err}).hint("%s", shallow.Hint())
	}
	return m, err
}

func (a *app) printMetrics(m report.TaxonomyMetrics, format string) error {
	switch format {
	case "json":
		return a.printJSON(m)
	case "prom":
		_, err := a.Stdout.Write(promtext.Governance(&promtext.Figures{Taxonomy: &m}))
		return err
	}
	fmt.Fprintf(a.Stdout, "%s, %d active, %d deprecated (%v %%)\n", counted(m.TotalAlerts, "alert"), m.ActiveAlerts, m.DeprecatedAlerts, m.DeprecatedPercent.Rounded())
	fmt.Fprintf(a.Stdout, "  runbooks   %d of %d active alerts, %v %%\n", m.RunbooksComplete, m.ActiveAlerts, m.RunbookCompletenessPercent.Rounded())
	fmt.Fprintf(a.Stdout, "  churn      %d in %d days (+%d -%d), risk churn %d; %d changed in what they do, %d in wording\n",
		m.Churn30d, m.WindowDays, len(m.Added30d), len(m.Removed30d), m.RiskChurn30d, m.SemanticChurn30d, m.CosmeticChurn30d)
	fmt.Fprintf(a.Stdout, "  stability  %v %%, by risk %v %%\n", m.StabilityPercent.Rounded(), m.RiskStabilityPercent.Rounded())
	s := m.RunbookSLA
	fmt.Fprintf(a.Stdout, "  waited     %s for %v days at the median, %v at most; %d still wait\n", counted(s.Count, "runbook"), s.MedianDays.Rounded(), s.MaxDays.Rounded(), len(s.Open))
	if m.HistoryNote != "" {
		fmt.Fprintf(a.notes(), "govctl: %s\n", oneLine(m.HistoryNote))
	}
	for _, r := range m.UnreadableRevisions {
		fmt.Fprintf(a.notes(), "govctl: commit %s left out: %s\n", oneLine(r.Commit), oneLine(r.Reason))
	}
	return nil
}

// gateFlags are the flags of `taxonomy gate`.
type gateFlags struct {
	alertFlags
	format         string
	requireHistory bool
}

func taxonomyGate(a *app) *cobra.Command {
	var f gateFlags
	c := command("gate", "Fail on missing runbooks, rising churn and old deprecations", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.gateTaxonomy(ctx, &f)
	})
	c.Long = "Judge the taxonomy by its limits and by the snapshots of earlier days in the output folder. A gate that has not enough history says\n" +
		"so; with --require-history that is a failure (exit 3)."
	names := make([]string, 0, len(limits))
	for _, l := range limits {
		names = append(names, l.flag)
	}
	f.add(c, names...)
	choose(c, &f.format, "format", "text", "what is printed, json as in taxonomy-gates.json", "text", "json")
	c.Flags().BoolVar(&f.requireHistory, "require-history", false, "exit 3 where a gate has not enough history")
	return c
}

func (a *app) gateTaxonomy(ctx context.Context, f *gateFlags) error {
	c, in, err := a.alone(ctx, &f.alertFlags)
	if err != nil {
		return err
	}
	m, err := a.measured(ctx, in)
	if err != nil {
		return err
	}
	past, err := a.snapshots()
	if err != nil {
		return err
	}
	v := taxonomy.Judge(taxonomy.GateInput{File: in.File, Metrics: m, Past: taxonomy.Before(past, in.Now), Thresholds: pipeline.TaxonomyThresholds(c), Now: in.Now})
	if f.format == "json" {
		err = a.printJSON(v)
	} else {
		for _, g := range v.Gates {
			fmt.Fprintf(a.Stdout, "%-18s  %-22s  %s\n", g.Status, g.Name, oneLine(g.Message))
			for _, name := range g.Alerts {
				fmt.Fprintf(a.Stdout, "%-18s  %-22s    %s\n", "", "", oneLine(name))
			}
		}
	}
	switch {
	case err != nil:
		return err
	case !v.Passed:
		return errFindings
	}
	for _, g := range v.Gates {
		if g.Status == taxonomy.NotEnoughHistory && f.requireHistory {
			return &exitError{code: Failed, err: fmt.Errorf("%s has not enough history", g.Name), tip: "govctl taxonomy metrics, or govctl run, records a snapshot a day"}
		}
	}
	return nil
}

// snapshots are those of the output folder; none where the folder is not there yet.
func (a *app) snapshots() (report.TaxonomyHistory, error) {
	folder, err := openDir(a.out)
	if err != nil {
		return report.TaxonomyHistory{}, nil //nolint:nilerr // no folder is no history, and the gates say so
	}
	return pipeline.ReadSnapshots(folder)
}

func taxonomyDashboard(a *app) *cobra.Command {
	var f alertFlags
	var html, prom string
	c := command("dashboard", "Write the severity and runbook dashboard as HTML and as Prometheus text", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		_, in, err := a.alone(ctx, &f)
		if err != nil {
			return err
		}
		m, err := taxonomy.Measure(ctx, taxonomy.MetricsInput{File: in.File, Config: in.Config, Now: in.Now, History: taxonomy.History{Absent: "the dashboard shows today alone"}})
		if err != nil {
			return err
		}
		page, err := taxonomy.Dashboard(in.File.Report(), m)
		if err != nil {
			return err
		}
		html, prom = firstOf(html, filepath.Join(a.out, "severity_runbook_dashboard.html")), firstOf(prom, filepath.Join(a.out, "taxonomy_dashboard_metrics.prom"))
		if err := errors.Join(artifact.Replace(html, page), artifact.Replace(prom, promtext.Dashboard(&m))); err != nil {
			return err
		}
		fmt.Fprintf(a.Stdout, "%s\n%s\n", oneLine(html), oneLine(prom))
		return nil
	})
	f.add(c)
	c.Flags().StringVar(&html, "html", "", "HTML `file` (default: severity_runbook_dashboard.html in the output folder)")
	c.Flags().StringVar(&prom, "prom", "", "metrics `file` (default: taxonomy_dashboard_metrics.prom in the output folder)")
	return c
}
