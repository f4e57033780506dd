package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

// semverPolicy checks that the version of the contract matches what the diff found.
func semverPolicy(ctx context.Context, sc *stepContext) error {
	d, err := written[report.Diff](sc, diffFile)
	if err != nil {
		return err
	}
	doc, err := sc.document(ctx)
	if err != nil {
		return err
	}
	in, err := sc.semverInput(ctx, *d, doc)
	if err != nil {
		return unreadable{err}
	}
	verdict, err := semver.Check(in)
	if err != nil && sc.contract.Gate != "semver" { // no gate needs it: what breaks is known without
		verdict.Status, err = "warn", nil
	}
	sc.finish(ctx, &verdict, *d)
	if werr := sc.job.Store.JSON(sc.path(semverFile), verdict); werr != nil {
		return errors.Join(err, werr)
	}
	if err != nil { // a version that cannot be read
		return unreadable{err}
	}
	sc.note = verdict.Status + ": " + strings.Join(verdict.Messages, "; ")
	return nil
}

// finish says in a verdict where its version was read, and keeps what later runs must know of it.
func (sc *stepContext) finish(ctx context.Context, verdict *report.Semver, d report.Diff) {
	verdict.GeneratedAt = report.At(sc.job.Now)
	now, _ := sc.sourced(ctx) // the version was read
	if now.From != config.FromInfo {
		verdict.VersionFrom = now.From
	}
	known := sc.known()
	if sc.asksForSource(*verdict) && len(known) == 0 {
		verdict.Recommendations = append(verdict.Recommendations, sourceAdvice)
	}
	w := &waiting{from: now.From}
	w.refused, w.since = sc.refused()
	w.taken, _ = sc.taken(ctx)
	w.holds = verdict.Rule == "between-releases" || verdict.Rule == "pending-bump" && sc.contract.Gate == "semver"
	if verdict.Status == "fail" && byTag(now.From) && w.refused != now.Version {
		w.refused, w.since = now.Version, sc.since()
	}
	if prints, whole := breaksOf(d); whole {
		for _, id := range prints {
			p, ok := known[id]
			if !ok {
				p = report.PendingBreak{Fingerprint: id, Since: sc.since()}
			}
			w.pending = append(w.pending, p)
		}
	}
	w.spent = waivedOf(d)
	sc.contracts[sc.contract.Name].waiting = w
}

// sourceAdvice is said once, in the run that brings the first break under a version that did not move.
const sourceAdvice = "if the version of this contract is a release tag or in another file, set semver.version_from: tag, file:PATH or env:NAME; " +
	"as long as it does not move, later runs warn of these breaks and fail only for new ones"

// asksForSource reports a break under a version that did not move, where nobody has said where versions come from.
func (sc *stepContext) asksForSource(v report.Semver) bool {
	cfg := sc.job.Config
	return v.Breaking && v.Status == "fail" && v.CurrentVersion == v.PreviousVersion && !cfg.Given("/semver/version_from") && !cfg.Given(sc.contract.At+"/semver/version_from")
}

// breaksOf are the fingerprints of the breaking changes, sorted; false where the diff does not list them all, or too many to remember.
func breaksOf(d report.Diff) (prints []string, whole bool) {
	for i := range d.Changes {
		if d.Changes[i].Breaking {
			prints = append(prints, d.Changes[i].Fingerprint)
		}
	}
	slices.Sort(prints)
	return prints, len(prints) == d.Totals.Breaking && len(prints) <= maxPending
}

// Told reports whether earlier runs have reported every breaking change of a diff.
func Told(d report.Diff, known map[string]report.PendingBreak) bool {
	prints, whole := breaksOf(d)
	return whole && !slices.ContainsFunc(prints, func(id string) bool { _, ok := known[id]; return !ok })
}

// wait enters into a row of the manifest what later runs must know about a version that has not moved.
func (sc *stepContext) wait(row *report.ManifestContract, v *verdict, accepted bool) {
	w := v.waiting
	s := sc.job.State.Contracts[sc.contract.Name]
	row.VersionFrom, row.AcceptedVersion, row.BaselineVersion = s.VersionFrom, s.AcceptedVersion, s.ComparedVersion
	row.Pending, row.RefusedVersion, row.RefusedSince, row.Spent = s.Pending, s.Refused, s.RefusedSince, s.Spent
	switch {
	case w == nil: // nothing was found out
		return
	case accepted && !w.holds:
		row.AcceptedVersion, row.Pending, row.RefusedVersion, row.RefusedSince, row.VersionFrom = "", nil, "", "", w.from
		row.Spent = spend(s.Spent, w.spent)
	case accepted && v.release != nil:
		row.AcceptedVersion, row.Pending, row.RefusedVersion, row.RefusedSince, row.VersionFrom = "", w.pending, "", "", w.from
	default:
		row.Pending, row.RefusedVersion, row.RefusedSince = w.pending, w.refused, w.since
		if row.VersionFrom = w.from; !sc.again() {
			row.AcceptedVersion = w.taken
		}
	}
	row.BaselineVersion = w.taken
	if v.release != nil {
		row.BaselineVersion = "" // it was read with its own
	}
	if accepted && v.release != nil {
		row.Spent = spend(row.Spent, v.release.spent)
	}
	if row.VersionFrom == config.FromInfo {
		row.VersionFrom = ""
	}
}

// spend adds the waived changes of a contract that was accepted to those of earlier ones.
func spend(before, now []report.AcceptedBreak) []report.AcceptedBreak {
	all := slices.Clone(before)
	for _, s := range now {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all[max(0, len(all)-maxSpent):]
}

// semverInput is what the version policy looks at in this run.
func (sc *stepContext) semverInput(ctx context.Context, d report.Diff, doc *contract.Document) (semver.Input, error) {
	now, err := sc.sourced(ctx)
	if err != nil {
		return semver.Input{}, err
	}
	in := Released(SemverInput(d, *sc.contract.Semver, doc), sc.job.Now, sc.job.SHA)
	in.Told = Told(d, sc.known())
	refused, _ := sc.refused()
	in.BetweenReleases = now.Between && !d.FirstRun && (now.Version == d.Old.Version || now.Version == refused)
	return in, nil
}

// advise is the version that a diff asks for, under the policy of the contract.
func (sc *stepContext) advise(ctx context.Context, doc *contract.Document) func(report.Diff) report.Advice {
	return func(d report.Diff) report.Advice {
		in, err := sc.semverInput(ctx, d, doc)
		if err != nil {
			return report.Advice{}
		}
		return Advice(in)
	}
}

// Released adds the day and the commit of the release, by which calendar versions are proposed.
func Released(in semver.Input, now time.Time, sha string) semver.Input {
	in.Now = now
	if sha != UnknownSHA {
		in.Commit = sha
	}
	return in
}

// Advice is the version that a change asks for; the zero value where the versions cannot be read.
func Advice(in semver.Input) report.Advice {
	low, err := semver.Next(in)
	if err != nil {
		return report.Advice{}
	}
	if in.FirstRelease {
		return report.Advice{RecommendedBump: low.Bump}
	}
	return low.Advice()
}

// SemverInput is what the version policy looks at, taken from a diff and the new contract.
func SemverInput(d report.Diff, p config.Semver, doc *contract.Document) semver.Input {
	in := semver.Input{
		Previous: d.Old.Version, Current: d.New.Version, FirstRelease: d.FirstRun,
		PreviousPlace: report.Place{File: d.Old.Source, Pointer: "/info/version"}, CurrentPlace: doc.Root().Find("/info/version").Place(),
		PreviousMajor: d.Old.Major, CurrentMajor: d.New.Major,
		Scheme: p.Scheme, ZeroMajor: p.ZeroMajor, Policy: p.Policy, PlannedMajor: p.PlannedMajor, Tagged: byTag(p.VersionFrom),
		Change: semver.Change{Breaking: d.Totals.Breaking > 0, Changed: d.Totals.Changes+d.Totals.Waived > 0},
	}
	added, other := 0, 0
	for i := range d.Changes {
		f := &d.Changes[i]
		switch {
		case f.Rule == apidiff.ReferenceNotRead, f.Rule == apidiff.KeywordWithoutEffect:
		case f.Kind == "added":
			added++
			in.Adds = in.Adds || f.Category != "docs"
		case f.Category != "docs": // changed words, info.version among them, take nothing away from an addition
			other++
		}
		if f.Waived() && f.Level == report.Error {
			in.Waived = append(in.Waived, f.Message)
		}
	}
	in.AddedOnly = added > 0 && other == 0
	return in
}
