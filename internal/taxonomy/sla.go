package taxonomy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// track is the life of one alert's runbook.
type track struct {
	id        string
	seen      time.Time // of the first revision that has the alert
	created   time.Time // its own created_at
	completed time.Time // of the first revision whose runbook is no placeholder; zero while there is none
}

// uncommitted is the time of the file as it is when no commit has it: later than every commit, and of no use for counting.
var uncommitted = time.Unix(1<<40, 0)

// start is when the waiting for a runbook began.
func (t *track) start() time.Time {
	if !t.created.IsZero() && t.created.Before(t.seen) {
		return t.created
	}
	return t.seen
}

// maxUnreadable bounds the list of revisions that could not be read.
const maxUnreadable = 20

// runbookSLA follows every alert of today through the history, from oldest to newest. A content that comes back tells nothing new about
// first times, so each one is parsed once, where it first appears.
func (in *MetricsInput) runbookSLA(ctx context.Context, m *report.TaxonomyMetrics) (report.RunbookSLA, error) {
	tracks := make(map[trackKey]*track, 2*len(in.File.Alerts))
	if err := in.follow(ctx, m, tracks); err != nil {
		return report.RunbookSLA{Open: []report.OpenRunbook{}}, err
	}
	observe(tracks, in.File, uncommitted)
	out := report.RunbookSLA{PolicyDays: in.Config.RunbookSLADays, Open: []report.OpenRunbook{}}
	lost, err := in.lost(ctx, tracks)
	if err != nil {
		return out, err
	}
	var waited []float64
	for i := range in.File.Alerts {
		a := &in.File.Alerts[i]
		t := tracks[in.File.key(a)]
		if !t.completed.IsZero() && !t.completed.Equal(uncommitted) {
			waited = append(waited, max(0, t.completed.Sub(t.start()).Hours()/24))
		}
		if !a.Active() || a.HasRunbook() {
			continue
		}
		since := t.start()
		if again, ok := lost[i]; ok {
			since = again
		}
		if since.After(in.Now) {
			since = in.Now // not committed yet
		}
		age := in.Now.Sub(since).Hours() / 24
		late := out.PolicyDays > 0 && age > float64(out.PolicyDays)
		if late {
			out.Overdue++
		}
		out.Open = append(out.Open, report.OpenRunbook{Name: in.File.label(a), AgeDays: report.Percent(age), Since: report.At(since), Overdue: late})
	}
	sort.SliceStable(out.Open, func(i, j int) bool {
		if !out.Open[i].Since.Equal(out.Open[j].Since.Time) {
			return out.Open[i].Since.Before(out.Open[j].Since.Time)
		}
		return out.Open[i].Name < out.Open[j].Name
	})
	figures(&out, waited)
	return out, nil
}

// errFound ends a reading of the history that has nothing more to find.
var errFound = errors.New("found")

// lost tells since when active alerts are without the runbook that they once had: the time of the oldest revision after the last one that
// had it. It goes back from today and stops as soon as it knows, and reads nothing where no runbook was lost.
func (in *MetricsInput) lost(ctx context.Context, tracks map[trackKey]*track) (map[int]time.Time, error) {
	since := map[int]time.Time{}
	for i := range in.File.Alerts {
		if a := &in.File.Alerts[i]; a.Active() && !a.HasRunbook() && !tracks[in.File.key(a)].completed.IsZero() {
			since[i] = in.Now
		}
	}
	if len(since) == 0 {
		return since, nil
	}
	open := make(map[trackKey]int, len(since))
	for i := range since {
		open[in.File.key(&in.File.Alerts[i])] = i
	}
	var blobs []string
	var times []time.Time
	for i := range in.History.Revisions {
		if r := &in.History.Revisions[i]; r.Blob != "" {
			blobs, times = append(blobs, r.Blob), append(times, r.Time)
		}
	}
	at := 0
	err := in.History.Read(ctx, blobs, func(_ string, data []byte) error {
		f, err := Parse(in.File.Name, data)
		if at++; err != nil {
			return nil //nolint:nilerr // told in unreadable_revisions
		}
		missing := map[int]bool{}
		for j := range f.Alerts {
			a := &f.Alerts[j]
			if i, ok := open[f.key(a)]; ok && !a.HasRunbook() {
				missing[i] = true
				since[i] = times[at-1]
			}
		}
		maps.DeleteFunc(open, func(_ trackKey, i int) bool { return !missing[i] })
		if len(open) == 0 {
			return errFound
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		return nil, fmt.Errorf("read the history of %s: %w", in.File.Name, err)
	}
	return since, nil
}

// figures are count, median, mean, 90th percentile (nearest rank) and maximum, in days.
func figures(out *report.RunbookSLA, waited []float64) {
	n := len(waited)
	out.Count = n
	if n == 0 {
		return
	}
	sort.Float64s(waited)
	sum := 0.0
	for _, d := range waited {
		sum += d
	}
	days := func(v float64) *report.Percent { d := report.Percent(v); return &d }
	out.MedianDays = days((waited[(n-1)/2] + waited[n/2]) / 2)
	out.AvgDays = days(sum / float64(n))
	out.P90Days = days(waited[int(math.Ceil(0.9*float64(n)))-1])
	out.MaxDays = days(waited[n-1])
}

func (in *MetricsInput) follow(ctx context.Context, m *report.TaxonomyMetrics, tracks map[trackKey]*track) error {
	revisions := in.History.Revisions
	first := make(map[string]*Revision, len(revisions))
	var blobs []string
	for i := len(revisions) - 1; i >= 0; i-- {
		r := &revisions[i]
		if r.Blob != "" && first[r.Blob] == nil {
			first[r.Blob] = r
			blobs = append(blobs, r.Blob)
		}
	}
	if len(blobs) == 0 {
		return nil
	}
	use := func(blob string, data []byte) error {
		if f, err := in.revision(data); err == nil {
			observe(tracks, f, first[blob].Time)
		} else if len(m.UnreadableRevisions) < maxUnreadable {
			m.UnreadableRevisions = append(m.UnreadableRevisions, report.UnreadableRevision{Commit: first[blob].Commit, Reason: err.Error()})
		}
		return nil
	}
	before, after := blobs, []string(nil)
	if i := slices.Index(blobs, in.oldBlob); i >= 0 {
		before, after = blobs[:i], blobs[i+1:]
	}
	err := in.History.Read(ctx, before, use)
	if err == nil && len(before) < len(blobs) {
		observe(tracks, in.old, first[in.oldBlob].Time)
		err = in.History.Read(ctx, after, use)
	}
	if err != nil {
		return fmt.Errorf("read the history of %s: %w", in.File.Name, err)
	}
	return nil
}

// observe adds what a revision of a given time says to the tracks.
func observe(tracks map[trackKey]*track, f *File, at time.Time) {
	for i := range f.Alerts {
		a := &f.Alerts[i]
		key, name := f.key(a), f.nameKey(a)
		t := tracks[key]
		if t == nil {
			// An id that was given later, or taken away, leaves the name; another id is another alert.
			if t = tracks[name]; t == nil || t.id != "" && a.ID != "" && t.id != a.ID {
				t = &track{seen: at}
			}
			tracks[key] = t
		}
		if key != name {
			tracks[name] = t
		}
		if a.ID != "" {
			t.id = a.ID
		}
		if created, ok := parseTime(a.CreatedAt); ok {
			t.created = created
		}
		if t.completed.IsZero() && a.HasRunbook() {
			t.completed = at
		}
	}
}

// trackKey is what stays the same of an alert: its id, or its name.
type trackKey struct{ id, name string }

func (f *File) key(a *Alert) trackKey {
	if a.ID != "" {
		return trackKey{id: a.ID}
	}
	return f.nameKey(a)
}

func (f *File) nameKey(a *Alert) trackKey {
	if len(f.named()[a.Name]) > 1 {
		return trackKey{name: a.Name + a.Selector()}
	}
	return trackKey{name: a.Name}
}
