package apichangelog

import (
	"time"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/report"
)

// listed bounds the operations and the fingerprints of an entry.
const listed = 20

// Report is the changelog as data.
func (c *Changelog) Report(now time.Time, audience string) report.APIChangelog {
	out := report.APIChangelog{Schema: "govctl/api-changelog/v1", GeneratedAt: report.At(now), Title: sanitize.Line(shorten(oneLine(c.Title), maxSummary)), Audience: audience,
		Releases: []report.APIRelease{}, More: c.More}
	for _, r := range c.Releases {
		out.Releases = append(out.Releases, r.report())
	}
	return out
}

func (r *Release) report() report.APIRelease {
	out := report.APIRelease{Version: sanitize.Line(r.Version), Previous: sanitize.Line(r.Previous), First: r.First, Summary: sanitize.Line(r.Summary()), Counts: map[string]int{}, Entries: []report.APIEntry{}}
	if !r.Date.IsZero() {
		out.Date = r.Date.Format(time.DateOnly)
	}
	for k, kind := range kinds {
		out.Counts[kind.id] = r.Counts[k]
		out.More += r.More[k]
	}
	for _, e := range r.Entries {
		out.Entries = append(out.Entries, e.report())
	}
	return out
}

func (e *Entry) report() report.APIEntry {
	out := report.APIEntry{Kind: kinds[e.Kind].id, Group: sanitize.Line(e.Group), Text: text(e.Sentence(shownInFull)), Rule: e.Rule, Changes: e.Count,
		Operations: e.Operations[:min(len(e.Operations), listed)], Fingerprints: []string{}}
	for _, f := range e.findings[:min(len(e.findings), listed)] {
		out.Fingerprints = append(out.Fingerprints, f.Fingerprint)
	}
	if m := e.Migration; m != nil {
		out.Migration = &report.APIMigration{Text: text(m.Do), Replacement: text(m.Replacement), Before: m.Before, After: m.After, Example: m.Example}
	}
	return out
}
