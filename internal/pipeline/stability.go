package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/stability"
	"github.com/romel/govctl/pkg/report"
)

// stabilityMetrics records the run in the history and computes the figures. Where the contract could not be measured, it
// records a placeholder: the streak of placeholders is how a silent failure becomes loud.
func stabilityMetrics(ctx context.Context, sc *stepContext) error {
	line, reason, err := sc.historyLine(ctx)
	if err != nil {
		return err
	}
	c := StabilityConfig(sc.job.Config.Stability, sc.job.Now)
	c.Refresh, c.Reason = sc.refresh(ctx), reason
	c.Earlier.Past = sc.job.State.Contracts[sc.contract.Name].Rotated
	result, err := Record(sc.job.Store, sc.path(historyFile), line, c)
	if err != nil {
		return err
	}
	if err := sc.job.Store.JSON(sc.path(stabilityFile), result.Artifact()); err != nil {
		return err
	}
	sc.contracts[sc.contract.Name].lines, sc.contracts[sc.contract.Name].rotated = result.Lines, result.Past
	sc.note = DescribeStability(result)
	if reason == noOperation {
		sc.note = noOperation + ", so that nothing was measured: " + sc.note
	}
	if result.MaxExceeded {
		return finding(fmt.Sprintf("%d placeholder runs in a row, more than placeholder_max_runs (%d)", result.Streak, c.PlaceholderMaxRuns))
	}
	return nil
}

// historyLine is this run in the history, and why it is a placeholder where it is one.
func (sc *stepContext) historyLine(ctx context.Context) (report.HistoryLine, string, error) {
	line := report.HistoryLine{Timestamp: report.At(sc.job.Now), SHA: sc.job.SHA, RunID: sc.job.RunID, Synthetic: sc.job.Synthetic,
		Project: sc.job.Project, Contract: sc.contract.Name}
	if sc.placeholder != "" {
		line.Placeholder = true
		return line, sc.placeholder, nil
	}
	broken, err := written[report.Breaking](sc, breakingFile)
	if err != nil {
		return line, "", err
	}
	d, err := written[report.Diff](sc, diffFile)
	if err != nil {
		return line, "", err
	}
	if broken == nil || d == nil || !sc.contracts[sc.contract.Name].outcome.Checked() {
		line.Placeholder = true
		return line, sc.firstFailure(), nil
	}
	empty, err := sc.describesNothing(ctx)
	if err != nil {
		return line, "", err
	}
	if empty {
		line.Placeholder = true
		return line, noOperation, nil
	}
	line.Breaking, line.Incompatible, line.DeletedOrRemoved = broken.Breaking, broken.Incompatible, broken.DeletedOrRemoved
	line.Version, line.Counts = d.New.Version, d.Totals.ByCategory
	return line, "", nil
}

// noOperation is why a contract that can be read was not measured.
const noOperation = "the contract describes no operation"

// describesNothing reports a contract without an operation that had none before either: that nothing in it broke says nothing.
func (sc *stepContext) describesNothing(ctx context.Context) (bool, error) {
	ops, err := written[report.Operations](sc, operationsFile)
	if err != nil || ops == nil || ops.Counts.TotalNew+ops.Counts.TotalOld > 0 {
		return false, err
	}
	doc, err := sc.document(ctx)
	return err == nil && doc.Root().Get("webhooks").Len() == 0, err
}

// firstFailure is the reason of the first step of this contract that failed.
func (sc *stepContext) firstFailure() string {
	for _, s := range sc.steps {
		if s.Status == "failed" && (len(sc.job.Config.Contracts) == 1 || strings.HasSuffix(s.Name, " "+sc.contract.Name)) {
			return s.Name + ": " + s.Reason
		}
	}
	return "the contract was not measured"
}

// StabilityConfig is the configuration of the metrics for a run at this time.
func StabilityConfig(s config.Stability, now time.Time) stability.Config {
	return stability.Config{
		Window: s.Window, AlertThreshold: s.AlertThreshold, PlaceholderMaxRuns: s.PlaceholderMaxRuns,
		PlaceholderAlertThreshold: s.PlaceholderStreakAlertThreshold, Now: report.At(now),
	}
}

// DescribeStability is the window in one line, with the lines that could not be read named.
func DescribeStability(r stability.Result) string {
	note := fmt.Sprintf("placeholder %d in a row", r.Streak)
	if m := r.Metrics; m != nil {
		note = fmt.Sprintf("%d of %s stable, score %.0f, streak %d", m.WindowStableCount, count(m.WindowTotalCount, "run"), float64(m.Score), m.CurrentStableStreak)
	}
	if r.Action == stability.Unchanged {
		note += "; no new commit, not counted again"
	}
	if r.SkippedTotal > 0 {
		note += fmt.Sprintf("; %d history line(s) left out, the first is line %d: %s", r.SkippedTotal, r.Skipped[0].Line, r.Skipped[0].Reason)
	}
	return note
}
