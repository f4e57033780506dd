package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/changelog"
	"github.com/romel/govctl/internal/taxonomy"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// taxonomyInput reads the taxonomy and its rule files. Each step reads them for itself, so that each can run alone.
func (sc *stepContext) taxonomyInput() (taxonomy.Input, error) {
	c := sc.job.Config.Taxonomy
	data, ok, err := sc.job.optional(c.File, "/taxonomy/file")
	if err != nil {
		return taxonomy.Input{}, err
	}
	if !ok {
		return taxonomy.Input{}, skip(fmt.Sprintf("no %s", c.File))
	}
	in, err := sc.job.Alerts.Input(c, data, sc.job.Now)
	if err == nil {
		err = sc.readIgnores(&in)
	}
	return in, err
}

// lintTaxonomy checks the taxonomy by the lint table and writes its readable forms.
func lintTaxonomy(_ context.Context, sc *stepContext) error {
	in, err := sc.taxonomyInput()
	if err != nil {
		return err
	}
	l := taxonomy.Lint(in)
	lines, err := in.File.JSONL()
	if err != nil {
		return err
	}
	err = errors.Join(
		sc.job.Store.JSON(artifact.LintPath, l),
		sc.job.Store.Bytes(artifact.AlertsPath, lines),
		sc.job.Store.Bytes(artifact.AlertsPagePath, []byte(changelog.Catalogue(in.File.Report()))),
	)
	if err != nil {
		return err
	}
	sc.note = fmt.Sprintf("%s, %s, %s", count(l.Alerts, "alert"), count(l.Totals.Errors, "error"), count(l.Totals.Warnings, "warning"))
	if l.Totals.Infos > 0 {
		sc.note += ", " + count(l.Totals.Infos, "info")
	}
	if l.Totals.From(report.Level(sc.job.Config.Taxonomy.FailOn)) > 0 {
		return finding(sc.note)
	}
	return nil
}

// measureTaxonomy writes the metrics with their badges and their history.
func measureTaxonomy(ctx context.Context, sc *stepContext) error {
	in, err := sc.taxonomyInput()
	if err != nil {
		return err
	}
	if err := in.File.Usable(); err != nil {
		return err
	}
	m, err := sc.job.Alerts.Measure(ctx, in)
	if err != nil {
		return hinted(err)
	}
	before, err := ReadSnapshots(sc.job.Store.FS())
	if err != nil {
		return err
	}
	if err := WriteMetrics(sc.job.Store, before, m, false); err != nil {
		return err
	}
	sc.note = fmt.Sprintf("churn %d, risk churn %d, %s %% with a runbook", m.Churn30d, m.RiskChurn30d, percent(m.RunbookCompletenessPercent))
	if m.HistoryNote != "" {
		sc.note += "; " + m.HistoryNote
	}
	return nil
}

func percent(p report.Percent) string { return fmt.Sprint(p.Rounded()) }

// hinted adds what can be done about a shallow clone.
func hinted(err error) error {
	var shallow *taxonomy.ShallowError
	if errors.As(err, &shallow) {
		return fmt.Errorf("%w; %s", err, shallow.Hint())
	}
	return err
}

// WriteMetrics writes the metrics, their badges, the snapshot of the day and the history of snapshots.
func WriteMetrics(s *artifact.Store, before report.TaxonomyHistory, m report.TaxonomyMetrics, replace bool) error {
	history, _ := taxonomy.AddSnapshot(before, m, replace, taxonomy.SnapshotsKept)
	kept := map[string]bool{}
	errs := []error{s.JSON(artifact.MetricsPath, m), s.JSON(artifact.SnapshotsPath, history)}
	for _, snapshot := range history.History {
		kept[snapshot.SnapshotDate] = true
		errs = append(errs, s.JSON(snapshotPath(snapshot), snapshot))
	}
	for _, snapshot := range before.History {
		if !kept[snapshot.SnapshotDate] {
			errs = append(errs, s.Remove(snapshotPath(snapshot)))
		}
	}
	for _, n := range badge.Taxonomy(&m) {
		errs = append(errs, s.JSON("status/"+n.File, n.Badge))
	}
	return errors.Join(errs...)
}

func snapshotPath(s report.TaxonomySnapshot) string {
	return path.Join(dayFolder, "metrics-"+s.SnapshotDate+".json")
}

const dayFolder = "status/metrics-history"

// dayFolders are where the original system kept the files of single days: in its status folder, and at the root of its main branch.
var dayFolders = []string{"metrics-history", dayFolder}

// dayOf is the day that a file of a single day is about.
func dayOf(name string) (string, bool) {
	day, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "metrics-")
	_, err := time.Parse(time.DateOnly, day)
	return day, ok && err == nil && strings.HasSuffix(name, ".json")
}

// ReadSnapshots reads the history of metrics in an output folder; where it was lost, it is put together from the files of single days.
// Files of the original system have fewer fields: those are zero.
func ReadSnapshots(folder fs.FS) (report.TaxonomyHistory, error) {
	data, err := artifact.Read(folder, artifact.SnapshotsPath, artifact.Most(artifact.SnapshotsPath))
	if err == nil {
		return parseSnapshots(data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return report.TaxonomyHistory{}, err
	}
	names, err := fs.Glob(folder, dayFolder+"/metrics-*.json")
	if err != nil {
		return report.TaxonomyHistory{}, err
	}
	return days(names, func(p string) ([]byte, error) { return artifact.Read(folder, p, artifact.Most(p)) })
}

// Snapshots is the history of metrics that a state carries; see ReadSnapshots.
func (s *State) Snapshots() (report.TaxonomyHistory, error) {
	if data, ok := s.Files[artifact.SnapshotsPath]; ok {
		return parseSnapshots(data)
	}
	var names []string
	for p := range s.Files {
		if path.Dir(p) == dayFolder {
			names = append(names, p)
		}
	}
	return days(names, func(p string) ([]byte, error) { return s.Files[p], nil })
}

// days puts the history together from files of single days. Those of the original system are dated by their names alone.
func days(names []string, read func(string) ([]byte, error)) (h report.TaxonomyHistory, err error) {
	slices.Sort(names)
	for _, p := range names {
		day, ok := dayOf(path.Base(p))
		if !ok {
			continue
		}
		data, err := read(p)
		if err != nil {
			return h, err
		}
		var s report.TaxonomySnapshot
		if err := json.Unmarshal(data, &s); err != nil {
			return h, fmt.Errorf("read %s: %w", p, err)
		}
		if s.SnapshotDate != "" && s.SnapshotDate != day {
			return h, fmt.Errorf("read %s: the snapshot has the date %q", p, s.SnapshotDate)
		}
		s.SnapshotDate = day
		h.History = append(h.History, s)
	}
	return h, checkSnapshots(&h)
}

func parseSnapshots(data []byte) (h report.TaxonomyHistory, err error) {
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("read %s: %w", artifact.SnapshotsPath, err)
	}
	return h, checkSnapshots(&h)
}

// checkSnapshots refuses snapshots that no govctl has written, and completes those of the original system.
func checkSnapshots(h *report.TaxonomyHistory) error {
	for i := range h.History {
		if s := h.History[i].Schema; s != "" && s != "govctl/taxonomy-metrics/v1" && s != "govctl/taxonomy-snapshot/v1" {
			return fmt.Errorf("read %s: snapshot %d is of %.60s, which this govctl does not read", artifact.SnapshotsPath, i+1, s)
		}
		if strings.ContainsAny(h.History[i].SnapshotDate, `/\`) || len(h.History[i].SnapshotDate) != len("2025-09-17") {
			return fmt.Errorf("read %s: snapshot %d has the date %q", artifact.SnapshotsPath, i+1, h.History[i].SnapshotDate)
		}
		complete(&h.History[i])
	}
	return nil
}

// complete adds what a snapshot of the original system does not say and ours must: its shape, its time and its window.
func complete(s *report.TaxonomySnapshot) {
	if s.Schema != "" {
		return
	}
	s.Schema, s.History = "govctl/taxonomy-metrics/v1", "none"
	if day, err := time.Parse(time.DateOnly, s.SnapshotDate); err == nil && s.GeneratedAt.IsZero() {
		s.GeneratedAt = report.At(day)
	}
	if s.WindowDays == 0 {
		s.WindowDays = 30
	}
}

// gateTaxonomy evaluates the taxonomy and its trend.
func gateTaxonomy(_ context.Context, sc *stepContext) error {
	in, err := sc.taxonomyInput()
	if err != nil {
		return err
	}
	m, err := written[report.TaxonomyMetrics](sc, artifact.MetricsPath)
	if err != nil {
		return err
	}
	history, err := ReadSnapshots(sc.job.Store.FS())
	if err != nil {
		return err
	}
	verdict := taxonomy.Evaluate(taxonomy.GateInput{
		File: in.File, Metrics: *m, Past: taxonomy.Before(history, sc.job.Now), Thresholds: TaxonomyThresholds(sc.job.Config.Taxonomy), Now: sc.job.Now,
	})
	if err := sc.job.Store.JSON(artifact.GatesPath, verdict); err != nil {
		return err
	}
	sc.note = DescribeGates(verdict)
	if !verdict.Passed {
		return finding(sc.note)
	}
	return nil
}

// DescribeGates is the verdict in a line: what failed, or how many gates stand how.
func DescribeGates(v report.TaxonomyGates) string {
	by := map[string][]string{}
	for _, g := range v.Gates {
		by[g.Status] = append(by[g.Status], g.Name+": "+g.Message)
	}
	if failed := by[taxonomy.Fail]; len(failed) > 0 {
		return strings.Join(failed, "; ")
	}
	parts := []string{count(len(by[taxonomy.Pass]), "gate") + " passed"}
	if n := len(by[taxonomy.Warn]); n > 0 {
		parts = append(parts, strings.Join(by[taxonomy.Warn], "; "))
	}
	if n := len(by[taxonomy.NotEnoughHistory]); n > 0 {
		parts = append(parts, fmt.Sprintf("%d without enough history", n))
	}
	return strings.Join(parts, ", ")
}

// alertChangelog tells how the alerts moved since the last run, or since the commit before this one where that is not known.
func alertChangelog(ctx context.Context, sc *stepContext) error {
	in, err := sc.taxonomyInput()
	if err != nil {
		return err
	}
	if sc.job.Alerts.At == nil {
		return skip("there is no git to compare with")
	}
	d, err := sc.diffSinceLast(ctx, in)
	if err != nil {
		return err
	}
	old, err := artifact.Read(sc.job.Store.FS(), artifact.AlertLogPath, artifact.Most(artifact.AlertLogPath))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, added := changelog.Alerts(old, d, sc.job.SHA)
	sc.note = fmt.Sprintf("%s changed in what they do, %d in wording", count(d.SemanticChurn, "alert"), d.CosmeticChurn)
	errs := []error{sc.job.Store.JSON(artifact.AlertDiffPath, d)}
	if added || old != nil {
		errs = append(errs, sc.job.Store.Bytes(artifact.AlertLogPath, text))
	}
	return errors.Join(errs...)
}

func (sc *stepContext) diffSinceLast(ctx context.Context, in taxonomy.Input) (report.TaxonomyDiff, error) {
	for _, rev := range []string{sc.job.State.SHA, sc.job.SHA + "^"} {
		if rev == "" || rev == sc.job.SHA || strings.HasPrefix(rev, UnknownSHA) {
			continue
		}
		d, err := sc.job.Alerts.DiffSince(ctx, rev, sc.job.Config.Taxonomy, in)
		var unreadable *contract.Error
		if !errors.Is(err, fs.ErrNotExist) && !errors.As(err, &unreadable) {
			return d, err
		}
	}
	return report.TaxonomyDiff{}, skip("there is no earlier commit with a taxonomy to compare with")
}
