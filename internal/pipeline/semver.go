package pipeline

import (
	"context"
	"errors"
	"strings"

	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/semver"
)

// semverPolicy checks that the version of the contract matches what the diff found.
func semverPolicy(ctx context.Context, b *bench) error {
	d, err := written[report.Diff](b, diffFile)
	if err != nil {
		return err
	}
	doc, err := b.document(ctx)
	if err != nil {
		return err
	}
	verdict, err := semver.Check(SemverInput(*d, b.contract.Semver.Scheme, b.contract.Semver.ZeroMajor, doc))
	verdict.GeneratedAt = report.At(b.job.Now)
	if werr := b.job.Store.JSON(b.path(semverFile), verdict); werr != nil {
		return errors.Join(err, werr)
	}
	if err != nil { // a version that cannot be read
		return unreadable{err}
	}
	b.note = verdict.Status + ": " + strings.Join(verdict.Messages, "; ")
	return nil
}

// SemverInput is what the version policy looks at, taken from a diff and the new contract.
func SemverInput(d report.Diff, scheme, zeroMajor string, doc *contract.Document) semver.Input {
	in := semver.Input{
		Previous: d.Old.Version, Current: d.New.Version, FirstRelease: d.FirstRun,
		PreviousPlace: report.Place{File: d.Old.Source, Pointer: "/info/version"}, CurrentPlace: doc.Root().Find("/info/version").Place(),
		PreviousMajor: d.Old.Major, CurrentMajor: d.New.Major,
		Scheme: scheme, ZeroMajor: zeroMajor,
		Change: semver.Change{Breaking: d.Totals.Breaking > 0, Changed: d.Totals.Changes+d.Totals.Waived > 0},
	}
	added, other := 0, 0
	for i := range d.Changes {
		f := &d.Changes[i]
		switch {
		case f.Rule == apidiff.ReferenceNotRead, f.Rule == apidiff.KeywordWithoutEffect:
		case f.Kind == "added":
			added++
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
