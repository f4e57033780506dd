package taxonomy

import (
	"sort"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// SnapshotsKept is how many days the history of metrics reaches back.
const SnapshotsKept = 180

// AddSnapshot returns the history with the metrics as the snapshot of their day (UTC), and that snapshot. The first one of a day
// stays, so that reruns do not move the figures of the morning, unless replace is set. At most keep snapshots remain, the latest.
func AddSnapshot(h report.TaxonomyHistory, m report.TaxonomyMetrics, replace bool, keep int) (report.TaxonomyHistory, report.TaxonomySnapshot) {
	snapshot := report.TaxonomySnapshot{SnapshotDate: m.GeneratedAt.UTC().Format(time.DateOnly), TaxonomyMetrics: m}
	out := report.TaxonomyHistory{History: make([]report.TaxonomySnapshot, 0, len(h.History)+1)}
	for _, s := range h.History {
		switch {
		case s.SnapshotDate != snapshot.SnapshotDate:
			out.History = append(out.History, s)
		case !replace:
			snapshot = s
		}
	}
	out.History = append(out.History, snapshot)
	sort.SliceStable(out.History, func(i, j int) bool { return out.History[i].SnapshotDate < out.History[j].SnapshotDate })
	if n := len(out.History); keep > 0 && n > keep {
		out.History = out.History[n-keep:]
	}
	return out, snapshot
}

// Before returns the snapshots of the days before a time's day: what metrics of that day are compared with.
func Before(h report.TaxonomyHistory, now time.Time) []report.TaxonomySnapshot {
	today := now.UTC().Format(time.DateOnly)
	var out []report.TaxonomySnapshot
	for _, s := range h.History {
		if s.SnapshotDate < today {
			out = append(out, s)
		}
	}
	return out
}
