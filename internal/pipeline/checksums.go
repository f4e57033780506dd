package pipeline

import (
	"context"
	"path"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// checksums takes the digest of every file of the run that can be covered, for each bundle. It runs when nothing else is written any more.
func checksums(_ context.Context, sc *stepContext) error {
	store := sc.job.Store
	m, err := artifact.Again[report.Manifest](store, artifact.ManifestPath)
	if err != nil {
		return err
	}
	total, err := sc.sum(Artifacts, *m)
	if err != nil {
		return err
	}
	if !sc.succeeded("site") { // half of the pages, or those of an earlier run
		sc.note = count(total, "file")
		return dropBundle(store, Pages)
	}
	if err := publishChecksumsBadge(store); err != nil {
		return err
	}
	m.Files = Pages.lists(store.Written())
	if err := store.JSON(Pages.At(integrity.ManifestFile), m); err != nil {
		return err
	}
	n, err := sc.sum(Pages, *m)
	sc.note = count(total+n, "file")
	return err
}

// sum writes the checksums of one bundle and returns the number of files. This run has written or listed each of them, so that their digests are
// known.
func (sc *stepContext) sum(one Bundle, m report.Manifest) (int, error) {
	own := one.At(integrity.ManifestFile)
	files := []report.Checksum{}
	for _, f := range append(m.Files, sc.job.Store.Listed(own)...) {
		if f.Path == own {
			f.Path = path.Join(one.Dir, integrity.ManifestFile)
		}
		files = append(files, report.Checksum{Path: f.Path, SHA256: f.SHA256, Size: f.Size})
	}
	sorting.Stable(files, func(a, b report.Checksum) int { return strings.Compare(a.Path, b.Path) })
	sums, err := integrity.List(files)
	if err != nil {
		return 0, err
	}
	sums.GeneratedAt = report.At(sc.job.Now)
	return sums.Count, writeChecksums(sc.job.Store, one, sums)
}

// succeeded reports whether a step of this run did its work.
func (r *run) succeeded(name string) bool {
	for _, s := range r.steps {
		if s.Name == name {
			return s.Status == "ok"
		}
	}
	return false
}

// writeChecksums writes a checksum list in its three forms. A signature over an older list goes away: beside the new list it would look
// like a forgery. The list of the pages has no badge: theirs is a copy of that of the artifacts.
func writeChecksums(s *artifact.Store, b Bundle, sums report.Checksums) error {
	if err := dropSignature(s, b); err != nil {
		return err
	}
	if err := s.JSON(b.At(integrity.ChecksumsFile), sums); err != nil {
		return err
	}
	if err := s.Bytes(b.At(integrity.SumsFile), integrity.SHA256SUMS(sums.Artifacts)); err != nil {
		return err
	}
	if b.Root != Artifacts.Root {
		return nil
	}
	return s.JSON(artifact.ChecksumsBadge, integrity.Badge(sums))
}

// publishChecksumsBadge copies the badge of the artifacts' checksums to the pages, with its drawing beside it, as the other badges are.
func publishChecksumsBadge(s *artifact.Store) error {
	v, err := artifact.Load[report.Badge](s.FS(), artifact.ChecksumsBadge)
	if err != nil {
		return err
	}
	target := path.Join(Pages.Root, path.Base(artifact.ChecksumsBadge))
	if err := s.JSON(target, v); err != nil {
		return err
	}
	return s.Bytes(strings.TrimSuffix(target, ".json")+".svg", badge.SVG(v))
}

// dropBundle takes manifest and integrity files of a bundle away, so that nobody takes what an earlier run left for this run's.
func dropBundle(s *artifact.Store, b Bundle) error {
	for _, name := range append(integrity.Names(), integrity.ManifestFile) {
		if err := s.Remove(b.At(name)); err != nil {
			return err
		}
	}
	return nil
}
