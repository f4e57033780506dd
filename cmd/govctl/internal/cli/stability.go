package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

func stabilityCommand(a *app) *cobra.Command {
	return group("stability", "Rolling stability metrics over the run history", stabilityRecord(a), stabilityShow(a))
}

func stabilityRecord(a *app) *cobra.Command {
	var f runFlags
	var name, reason string
	var c *cobra.Command
	c = command("record", "Append a run to the history and recompute the metrics", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.recordRun(ctx, f, name, reason, a.writes(c))
	})
	c.Long = "Append a run to status/history.jsonl and recompute status/stability-metrics.json. What the run found is read from\n" +
		"status/breaking-status.json; with --placeholder, or without that file, the run is recorded as one that could not measure. Among\n" +
		"several contracts the files are those in status/NAME/. Without --out these two files are all that is written." + partHelp
	a.contractFlag(c, &name)
	c.Flags().StringVar(&f.sha, "sha", "", "`commit` of the run (default: that of the CI system, such as GITHUB_SHA, then git)")
	c.Flags().StringVar(&f.runID, "run-id", "", "`identity` of the run (default: that of the CI system, such as GITHUB_RUN_ID)")
	c.Flags().BoolVar(&f.synthetic, "synthetic", false, "count a refresh without a new commit as a run")
	c.Flags().StringVar(&reason, "placeholder", "", "record that measuring failed, for this `reason`")
	c.Flags().DurationVar(&f.wait, "wait", defaultWait, "how long to wait for another run in the same folder")
	f.settings.add(c)
	return c
}

func (a *app) recordRun(ctx context.Context, f runFlags, name, reason string, whole bool) (err error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	differ, err := a.override(&cfg.Stability, f.settings)
	if err != nil {
		return err
	}
	one, err := contractOf(cfg, name)
	if err != nil {
		return err
	}
	if whole {
		r, err := a.part(ctx, cfg, f, pipeline.PartRequest{Steps: []string{"stability"}, Contract: one.Name, Reason: reason})
		if err != nil {
			return err
		}
		for _, s := range r.Steps {
			if strings.HasPrefix(s.Name, "stability") {
				fmt.Fprintln(a.Stdout, oneLine(s.Reason))
			}
		}
		if len(differ) > 0 {
			fmt.Fprintf(a.Stdout, "  overrides: %s\n", strings.Join(differ, ", "))
		}
		return outcome(r.Worst)
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	sha, runID, err := a.identity(ctx, f)
	if err != nil {
		return err
	}
	store, _, err := artifact.Open(a.out, now, f.wait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("stability")
	line := report.HistoryLine{Timestamp: report.At(now()), SHA: sha, RunID: runID, Synthetic: f.synthetic}
	line.Placeholder = reason != ""
	if !line.Placeholder {
		if reason, err = measured(store.FS(), of(cfg, one.Name, artifact.BreakingPath), &line); err != nil {
			return err
		}
	}
	c := stabilityConfig(cfg, now)
	c.Reason = reason
	result, err := pipeline.Record(store, of(cfg, one.Name, artifact.HistoryPath), line, c)
	if err != nil {
		return err
	}
	if err := store.JSON(of(cfg, one.Name, artifact.StabilityPath), result.Artifact()); err != nil {
		return err
	}
	fmt.Fprintln(a.Stdout, oneLine(pipeline.DescribeStability(result)))
	if len(differ) > 0 {
		fmt.Fprintf(a.Stdout, "  overrides: %s\n", strings.Join(differ, ", "))
	}
	if result.MaxExceeded {
		return errFindings
	}
	return nil
}

// measured takes what the run found from the folder; without it the run is a placeholder, and the reason says so.
func measured(folder fs.FS, file string, line *report.HistoryLine) (reason string, err error) {
	broken, err := artifact.Load[report.Breaking](folder, file)
	if errors.Is(err, fs.ErrNotExist) {
		line.Placeholder = true
		return file + " does not exist", nil
	}
	line.Breaking, line.Incompatible, line.DeletedOrRemoved = broken.Breaking, broken.Incompatible, broken.DeletedOrRemoved
	return "", err
}

func stabilityShow(a *app) *cobra.Command {
	var name, format string
	c := command("show [HISTORY]", "Print the metrics of a history without changing it", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		return a.showStability(ctx, args, name, format)
	})
	a.contractFlag(c, &name)
	choose(c, &format, "format", "text", "what is printed, json as in stability-metrics.json", "text", "json")
	return c
}

func (a *app) showStability(ctx context.Context, args []string, name, format string) (err error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	history, earlier, err := a.openHistory(cfg, name, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, history.Close()) }()
	settings := stabilityConfig(cfg, now)
	settings.Earlier = earlier
	result, err := stability.Show(history, settings)
	if errors.Is(err, stability.ErrNoRuns) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	return a.printStability(result, format)
}

// openHistory opens the file of the argument, or the history of a contract in the output folder, with the older lines beside it.
func (a *app) openHistory(cfg config.Config, contract string, args []string) (newest io.ReadCloser, earlier stability.Earlier, err error) {
	if len(args) == 1 && contract != "" {
		return nil, earlier, usage("a history and --contract are both given")
	}
	if len(args) == 1 && args[0] == "-" {
		return io.NopCloser(a.Stdin), earlier, nil
	}
	var folder, name string
	if len(args) == 1 {
		folder, name = filepath.Dir(args[0]), filepath.Base(args[0])
	} else {
		one, err := contractOf(cfg, contract)
		if err != nil {
			return nil, earlier, err
		}
		folder, name = a.out, of(cfg, one.Name, artifact.HistoryPath)
	}
	root, err := openDir(folder)
	if err == nil {
		if newest, err = root.Open(name); err == nil {
			var h *pipeline.History
			if h, err = pipeline.FindHistory(root, name); err == nil {
				return newest, h.Earlier(nil), nil
			}
			err = errors.Join(err, newest.Close())
		}
	}
	return nil, earlier, &exitError{code: BadInput, err: fmt.Errorf("%s: %w", firstOf(append(args, folder+"/"+name)...), cause(err)), tip: "govctl run records one"}
}

func (a *app) printStability(r stability.Result, format string) error {
	if format == "json" {
		return a.printJSON(r.Artifact())
	}
	fmt.Fprintln(a.Stdout, oneLine(pipeline.DescribeStability(r)))
	if m := r.Metrics; m != nil {
		e := m.Extensions
		fmt.Fprintf(a.Stdout, "  window    %d of %s stable (%.1f %%, 95 %% interval %.1f to %.1f)\n", m.WindowStableCount, counted(m.WindowTotalCount, "run"), 100*m.WindowStabilityRatio.Rounded(), 100*e.WilsonLow.Rounded(), 100*e.WilsonHigh.Rounded())
		fmt.Fprintf(a.Stdout, "  all runs  %d of %d stable, %d breaking, %d placeholder; longest streak %d\n", e.StableRuns, e.TotalRuns, e.BreakingRuns, e.PlaceholderRuns, m.LongestStableStreak)
		fmt.Fprintf(a.Stdout, "  budget    %d of %s used, burn rate %.2f\n", e.Budget.Used, counted(e.Budget.AllowedBreakingRuns, "breaking run"), e.Budget.BurnRate)
		if e.Anomaly {
			fmt.Fprintf(a.Stdout, "  anomaly   %s\n", oneLine(e.AnomalyReason))
		}
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(a.notes(), "govctl: history line %d left out: %s\n", s.Line, oneLine(s.Reason))
	}
	return nil
}

func stabilityConfig(cfg config.Config, now func() time.Time) stability.Config {
	return pipeline.StabilityConfig(cfg.Stability, now())
}
