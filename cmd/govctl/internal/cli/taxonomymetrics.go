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
	format, state   string
	replace, dryRun bool
}

func taxonomyMetrics(a *app) *cobra.Command {
	var f metricsFlags
	c := command("metrics", "Measure churn, runbooks and age, and write badges and history", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.measureTaxonomy(ctx, &f)
	})
	c.Long = "Measure the taxonomy against what it was at the start of the window, and write metrics, badges and the snapshot of the day below\n" +
		"status/ of the output folder. The first snapshot of a day stays unless --replace is given. With --state the history is that of a published\n" +
		"state, verified as run does, and continued here; --state also takes over the day files of the original system (metrics-history/)."
	f.add(c, "window", "runbook-sla-days")
	choose(c, &f.format, "format", "text", "what is printed, json as in taxonomy-metrics.json", "text", "json", "prom")
	addState(c, &f.state)
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
		before, err := a.snapshots(ctx, f.state)
		if err != nil {
			return err
		}
		store, _, err := artifact.Open(a.out, func() time.Time { return in.Now }, defaultWait)
		if err != nil {
			return err
		}
		store.Begin("alerts")
		if err := errors.Join(pipeline.WriteMetrics(store, before, m, f.replace), store.Close()); err != nil {
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
	fmt.Fprintf(a.Stdout, "  runbooks   %d of %s, %v %%\n", m.RunbooksComplete, counted(m.ActiveAlerts, "active alert"), m.RunbookCompletenessPercent.Rounded())
	fmt.Fprintf(a.Stdout, "  churn      %d in %s (+%d -%d), risk churn %d; %d changed in what they do, %d in wording\n",
		m.Churn30d, counted(m.WindowDays, "day"), len(m.Added30d), len(m.Removed30d), m.RiskChurn30d, m.SemanticChurn30d, m.CosmeticChurn30d)
	fmt.Fprintf(a.Stdout, "  stability  %v %%, by risk %v %%\n", m.StabilityPercent.Rounded(), m.RiskStabilityPercent.Rounded())
	s := m.RunbookSLA
	if s.MedianDays != nil && s.MaxDays != nil {
		fmt.Fprintf(a.Stdout, "  waited     %s for %v days at the median, %v at most; %d still waiting\n", counted(s.Count, "runbook"), s.MedianDays.Rounded(), s.MaxDays.Rounded(), len(s.Open))
	} else {
		fmt.Fprintf(a.Stdout, "  waited     no runbook was completed yet; %d still waiting\n", len(s.Open))
	}
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
	format, state  string
	requireHistory bool
}

func taxonomyGate(a *app) *cobra.Command {
	var f gateFlags
	c := command("gate", "Fail on missing runbooks, rising churn and old deprecations", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.gateTaxonomy(ctx, &f)
	})
	c.Long = "Check the taxonomy against its limits and the snapshots of earlier days in the output folder, or in the published state that --state\n" +
		"names, which is verified as run does. A gate without enough history is reported as such; with --require-history a limit on a trend without a\n" +
		"snapshot of an earlier day is a failure (exit 3), unless the history of the published state began today."
	names := make([]string, 0, len(limits))
	for _, l := range limits {
		names = append(names, l.flag)
	}
	f.add(c, names...)
	choose(c, &f.format, "format", "text", "what is printed, json as in taxonomy-gates.json", "text", "json")
	addState(c, &f.state)
	c.Flags().BoolVar(&f.requireHistory, "require-history", false, "exit 3 where there is no snapshot of an earlier day")
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
	history, err := a.snapshots(ctx, f.state)
	if err != nil {
		return err
	}
	past := taxonomy.Before(history, in.Now)
	begun := len(past) > 0 || f.state != "" && len(history.History) > 0 // what was published today is no lost history
	v := taxonomy.Evaluate(taxonomy.GateInput{File: in.File, Metrics: m, Past: past, Thresholds: pipeline.TaxonomyThresholds(c), Now: in.Now})
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
	if !begun && f.requireHistory {
		return &exitError{code: Failed, err: errors.New("there is no snapshot of an earlier day (--require-history)"),
			tip: "govctl taxonomy metrics, or govctl run, records a snapshot a day; --state git:origin/schemas reads those that were published"}
	}
	return nil
}

// addState adds the flag that names a published state.
func addState(c *cobra.Command, state *string) {
	c.Flags().StringVar(state, "state", "", "take the snapshots of earlier days from this output `folder` or git:REF (default: the output folder)")
}

// snapshots are those of a published state, or of the output folder; none where the folder is not there yet.
func (a *app) snapshots(ctx context.Context, source string) (report.TaxonomyHistory, error) {
	if source != "" {
		return a.publishedSnapshots(ctx, source)
	}
	folder, err := openDir(a.out)
	if err != nil {
		return report.TaxonomyHistory{}, nil //nolint:nilerr // no folder is no history, and the gates say so
	}
	return pipeline.ReadSnapshots(folder)
}

// publishedSnapshots are those of the state that --state names, which is verified as it is for a run.
func (a *app) publishedSnapshots(ctx context.Context, source string) (report.TaxonomyHistory, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return report.TaxonomyHistory{}, err
	}
	project, err := a.project(ctx, cfg)
	if err != nil {
		return report.TaxonomyHistory{}, err
	}
	state, err := a.stateElsewhere(ctx, cfg, runFlags{state: source}, pipeline.StateInput{Config: cfg, Project: project})
	if err != nil {
		return report.TaxonomyHistory{}, err
	}
	h, err := state.Snapshots()
	if err != nil {
		err = &exitError{code: Failed, err: fmt.Errorf("--state %s: %w", source, err), tip: "restore the file from an earlier commit of the branch"}
	}
	return h, err
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
