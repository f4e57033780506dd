package apichangelog

import (
	"time"

	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// listed bounds the operations and the fingerprints of an entry.
const listed = 20

// Report is a changelog without releases.
func Report(title, audience string, now time.Time) report.APIChangelog {
	return report.APIChangelog{Schema: "govctl/api-changelog/v1", GeneratedAt: report.At(now), Title: sanitize.Line(shorten(oneLine(title), maxSummary)), Audience: audience,
		Releases: []report.APIRelease{}}
}

// report is the release as data, from which all formats are made.
func (r *release) report() report.APIRelease {
	out := report.APIRelease{Version: sanitize.Line(r.version), Previous: sanitize.Line(r.previous), Summary: sanitize.Line(r.summary()), Counts: map[string]int{}, Entries: []report.APIEntry{}}
	if !r.date.IsZero() {
		out.Date = r.date.Format(time.DateOnly)
	}
	for k, kind := range kinds {
		out.Counts[kind.id] = r.counts[k]
	}
	out.More = r.more
	for _, e := range r.entries {
		out.Entries = append(out.Entries, e.report())
	}
	return out
}

func (e *entry) report() report.APIEntry {
	out := report.APIEntry{Kind: kinds[e.kind].id, Group: sanitize.Line(e.group), Text: text(e.sentence(shownInFull)), Rule: e.rule, Changes: e.count,
		Operations: e.operations[:min(len(e.operations), listed)], Fingerprints: []string{}}
	if line := text(e.sentence(0)); line != out.Text {
		out.Line = line
	}
	for _, f := range e.findings[:min(len(e.findings), listed)] {
		out.Fingerprints = append(out.Fingerprints, f.Fingerprint)
	}
	if m := e.migration; m != nil {
		out.Migration = &report.APIMigration{Text: text(m.do), Replacement: text(m.replacement), Before: m.before, After: m.after, Example: m.example}
	}
	return out
}

// Empty reports that nothing changed.
func Empty(r *report.APIRelease) bool {
	for _, n := range r.Counts {
		if n > 0 {
			return false
		}
	}
	return !r.First && len(r.Entries) == 0
}

// of are the entries of a kind.
func of(r *report.APIRelease, kind string) []report.APIEntry {
	var out []report.APIEntry
	for _, e := range r.Entries {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// groupsIn is how many groups the entries have.
func groupsIn(r *report.APIRelease) int {
	known := map[string]bool{}
	for _, e := range r.Entries {
		known[e.Group] = true
	}
	return len(known)
}

// Bounds of a changelog that runs keep.
const (
	maxKept     = 60      // releases
	maxRelease  = 256_000 // bytes of the texts of a release
	maxKeptText = 2 << 20 // bytes of the texts of all releases
)

// Bound drops what is too much: entries at the end of a release, then the oldest releases. Both are counted.
func Bound(log *report.APIChangelog) {
	size := 0
	for i := range log.Releases {
		r := &log.Releases[i]
		size += bound(r)
		if i > 0 && (size > maxKeptText || i >= maxKept) {
			log.More += len(log.Releases) - i
			log.Releases = log.Releases[:i]
			return
		}
	}
}

func bound(r *report.APIRelease) (size int) {
	for i := range r.Entries {
		e := &r.Entries[i]
		add := len(e.Text) + len(e.Line) + len(e.Group)
		if m := e.Migration; m != nil {
			add += len(m.Text) + len(m.Replacement) + len(m.Before) + len(m.After) + len(m.Example)
		}
		if size+add > maxRelease {
			r.More += len(r.Entries) - i
			r.Entries = r.Entries[:i]
			return size
		}
		size += add
	}
	return size
}

// VersionOf is a version as releases have it.
func VersionOf(version string) string {
	if version == "" {
		return Unreleased
	}
	return sanitize.Line(version)
}

// TitleOf is the title that a contract has.
func TitleOf(doc *contract.Document) string { return doc.Root().Get("info").Get("title").Text() }

// Title is the heading of a changelog.
func Title(log *report.APIChangelog) string {
	if log.Title == "" {
		return "API changelog"
	}
	return "Changelog of " + shorten(oneLine(log.Title), maxSummary)
}
