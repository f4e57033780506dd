package taxonomy

import (
	"context"
	"fmt"
	"time"

	counts "github.com/romel/govctl/internal/count"
	"github.com/romel/govctl/pkg/report"
)

// Revision is one version of the taxonomy on the line of first parents.
type Revision struct {
	Commit string
	Time   time.Time
	Blob   string // "" where the commit removed the file
}

// History is what the repository tells about the taxonomy.
type History struct {
	Revisions []Revision // newest first
	Cut       bool       // a shallow clone: what came before the last revision is missing
	// Read hands over the contents of blobs in the order asked for, until use returns an error. It is called for the baseline, then with each
	// other blob once for the whole history, and once more from the newest on where an alert has lost its runbook.
	Read func(ctx context.Context, blobs []string, use func(blob string, data []byte) error) error
	// Absent says why there is no history at all; "" where there is one.
	Absent string
}

// ShallowError is the error of figures that need commits which the clone does not have.
type ShallowError struct {
	File   string
	Window int
	Oldest time.Time // of the commits that are there; zero where none has the file
}

func (e *ShallowError) Error() string {
	days := "days"
	if e.Window == 1 {
		days = "day"
	}
	text := fmt.Sprintf("this clone is shallow: the history of %s does not reach back %d %s", e.File, e.Window, days)
	if !e.Oldest.IsZero() {
		text += fmt.Sprintf(", only to %s", e.Oldest.UTC().Format(time.DateOnly))
	}
	return text
}

// Hint says how to get the missing commits.
func (e *ShallowError) Hint() string {
	return "fetch more history: git fetch --unshallow, or fetch-depth: 0 for actions/checkout"
}

// MetricsInput is what Measure computes from.
type MetricsInput struct {
	File    *File
	Config  Config
	Now     time.Time
	History History

	old     *File // the baseline, so that the history need not read it again
	oldBlob string
}

// Measure computes the metrics of a taxonomy and of the way it came to be.
func Measure(ctx context.Context, in MetricsInput) (report.TaxonomyMetrics, error) {
	m := report.TaxonomyMetrics{
		Schema: "govctl/taxonomy-metrics/v1", GeneratedAt: report.At(in.Now), SeverityWeights: in.Config.Severities,
		WindowDays: in.Config.WindowDays, Added30d: []string{}, Removed30d: []string{}, Renamed30d: []report.AlertRename{},
		SeverityCounts: map[string]int{}, ActiveSeverityCounts: map[string]int{}, UnreadableRevisions: []report.UnreadableRevision{},
		History: "full", RevisionsRead: len(in.History.Revisions),
	}
	in.counts(&m)
	in.age(&m)
	if err := in.churn(ctx, &m); err != nil {
		return m, err
	}
	if n := len(in.History.Revisions); in.History.Cut && n > 0 {
		m.History = "cut"
		m.HistoryNote = "the clone is shallow: runbook times count from " + in.History.Revisions[n-1].Time.UTC().Format(time.DateOnly) + " on"
	}
	sla, err := in.runbookSLA(ctx, &m)
	m.RunbookSLA = sla
	return m, err
}

func (in *MetricsInput) counts(m *report.TaxonomyMetrics) {
	for i := range in.File.Alerts {
		a := &in.File.Alerts[i]
		m.TotalAlerts++
		m.SeverityCounts[a.Severity]++
		m.CurrentWeightTotal += in.Config.Weight(a.Severity)
		if a.Deprecated {
			m.DeprecatedAlerts++
			continue
		}
		m.ActiveAlerts++
		m.ActiveSeverityCounts[a.Severity]++
		if a.HasRunbook() {
			m.RunbooksComplete++
		}
	}
	if m.TotalAlerts > 0 {
		m.DeprecatedPercent = report.Percent(100 * float64(m.DeprecatedAlerts) / float64(m.TotalAlerts))
	}
	m.RunbookCompletenessPercent = completeness(m.RunbooksComplete, m.ActiveAlerts)
}

// age takes the time of the last change from the file's own last_updated, or else from its last commit.
func (in *MetricsInput) age(m *report.TaxonomyMetrics) {
	t, ok := parseTime(in.File.LastUpdated)
	if !ok && len(in.History.Revisions) > 0 {
		t, ok = in.History.Revisions[0].Time, true
	}
	if ok {
		m.LastUpdated = report.MaybeTime{Time: report.At(t)}
		days := max(0, int(in.Now.Sub(t).Hours()/24))
		m.AgeDays = &days
	}
}

// churn compares the taxonomy with what it was at the start of the window.
func (in *MetricsInput) churn(ctx context.Context, m *report.TaxonomyMetrics) error {
	old, at, err := in.baseline(ctx, m)
	if err != nil {
		return err
	}
	if old == nil {
		old = in.File // nothing to compare with: no figure is better than all alerts counted as new
	}
	if at != nil {
		t := report.At(at.Time)
		m.BaselineCommit30d, m.BaselineCommitTimestamp = &at.Commit, &t
	}
	d := Diff(DiffInput{Old: Side{File: old}, New: Side{File: in.File}, Config: in.Config, Now: in.Now, TextDiffers: old.src != in.File.src,
		Rewritten: old.src != in.File.src && Rewritten(old.text(), in.File.text())})
	for i := range d.Added {
		m.Added30d = append(m.Added30d, d.Added[i].Alert+d.Added[i].Selector)
	}
	for i := range d.Removed {
		m.Removed30d = append(m.Removed30d, d.Removed[i].Alert+d.Removed[i].Selector)
	}
	m.Churn30d, m.WeightedAdded30d, m.WeightedRemoved30d, m.RiskChurn30d = d.Churn, d.WeightedAdded, d.WeightedRemoved, d.RiskChurn
	m.SemanticChurn30d, m.CosmeticChurn30d, m.Renamed30d, m.Bulk30d = d.SemanticChurn, d.CosmeticChurn, d.Renamed, d.Bulk
	m.StabilityScore = stability(m.Churn30d, m.TotalAlerts)
	m.StabilityPercent = report.Percent(100 * float64(m.StabilityScore))
	m.RiskStabilityScore = stability(m.RiskChurn30d, m.CurrentWeightTotal)
	m.RiskStabilityPercent = report.Percent(100 * float64(m.RiskStabilityScore))
	return nil
}

// stability is max(0, 1 - churn/total); a total of nothing is stable as long as nothing moved.
func stability(churn, total int) report.Ratio {
	switch {
	case churn == 0:
		return 1
	case total <= 0:
		return 0
	}
	return report.Ratio(max(0, 1-float64(churn)/float64(total)))
}

// baseline is the taxonomy at the start of the window: the last revision at or before it, or the first one where the file is
// younger. A revision that is no taxonomy is passed over for the one before it.
func (in *MetricsInput) baseline(ctx context.Context, m *report.TaxonomyMetrics) (*File, *Revision, error) {
	h := &in.History
	if h.Absent != "" || len(h.Revisions) == 0 {
		if h.Cut {
			return nil, nil, &ShallowError{File: in.File.Name, Window: in.Config.WindowDays}
		}
		m.History = "none"
		m.HistoryNote = "the file is not committed yet: there is nothing to compare with"
		if h.Absent != "" {
			m.HistoryNote = h.Absent + ": there is nothing to compare with"
		}
		return nil, nil, nil
	}
	start := in.Now.AddDate(0, 0, -in.Config.WindowDays)
	last := len(h.Revisions) - 1
	for i := range h.Revisions {
		r := &h.Revisions[i]
		if r.Time.After(start) {
			continue
		}
		old, err := in.readable(ctx, r)
		if err != nil || old != nil {
			return old, r, err
		}
	}
	oldest := &h.Revisions[last]
	if h.Cut {
		return nil, nil, &ShallowError{File: in.File.Name, Window: in.Config.WindowDays, Oldest: oldest.Time}
	}
	m.History = "young"
	for i := last; i >= 0; i-- {
		r := &h.Revisions[i]
		old, err := in.readable(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if old != nil {
			m.HistoryNote = fmt.Sprintf("the file is younger than %s: compared with its first commit, of %s",
				counts.Of(in.Config.WindowDays, "day"), r.Time.UTC().Format(time.DateOnly))
			return old, r, nil
		}
	}
	m.HistoryNote = "no committed revision could be read: there is nothing to compare with"
	return nil, nil, nil
}

// readable parses a revision; nil where it is no taxonomy.
func (in *MetricsInput) readable(ctx context.Context, r *Revision) (*File, error) {
	if r.Blob == "" {
		return Parse(in.File.Name, []byte(Empty))
	}
	var f *File
	err := in.History.Read(ctx, []string{r.Blob}, func(_ string, data []byte) error {
		f, _ = in.revision(data) // an old revision that is no taxonomy is told in unreadable_revisions
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read revision %s of %s: %w", r.Commit, in.File.Name, err)
	}
	if f != nil {
		in.old, in.oldBlob = f, r.Blob
	}
	return f, nil
}

// revision parses a revision, unless it is what the file is now.
func (in *MetricsInput) revision(data []byte) (*File, error) {
	if string(data) == in.File.src {
		return in.File, nil
	}
	return Parse(in.File.Name, data)
}
