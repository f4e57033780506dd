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

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/report"
)

// Bundle is a part of the output folder that is published to a branch of its own and can be verified alone: its paths start from the root
// of the branch, and its manifest and integrity files are in one folder of it.
type Bundle struct {
	Root string   // folder of the output folder that becomes the root of the branch
	Dir  string   // of the manifest and the integrity files, below Root
	Tops []string // folders below Root that belong to the bundle; nil: everything
}

// The two bundles: schemas/ and status/ go to the branch of the artifacts, what is in site/ to that of the pages.
var (
	Artifacts = Bundle{Root: ".", Dir: integrity.Folder, Tops: []string{"schemas", integrity.Folder}}
	Pages     = Bundle{Root: "site", Dir: "."}
)

func bundles() []Bundle { return []Bundle{Artifacts, Pages} }

// At is where a manifest or integrity file of the bundle is in the output folder.
func (b Bundle) At(name string) string { return path.Join(b.Root, b.Dir, name) }

// within is a path of the output folder as the bundle names it; false where the file does not belong to it.
func (b Bundle) within(p string) (string, bool) {
	rel := p
	if b.Root != "." {
		var ok bool
		if rel, ok = strings.CutPrefix(p, b.Root+"/"); !ok {
			return "", false
		}
	}
	top, _, deeper := strings.Cut(rel, "/")
	return rel, b.Tops == nil || deeper && slices.Contains(b.Tops, top)
}

// lists are the files of the output folder that the manifest of the bundle lists, by the names that it gives them.
func (b Bundle) lists(files []report.ManifestFile) []report.ManifestFile {
	own := []report.ManifestFile{}
	for _, f := range files {
		rel, ok := b.within(f.Path)
		if ok && integrity.Coverable(b.Dir, rel) && rel != path.Join(b.Dir, integrity.ManifestFile) {
			f.Path = rel
			own = append(own, f)
		}
	}
	return own
}

// members are the files that the checksums cover: those of the manifest, and the manifest.
func (b Bundle) members(m report.Manifest) []string {
	names := []string{path.Join(b.Dir, integrity.ManifestFile)}
	for _, f := range m.Files {
		names = append(names, f.Path)
	}
	return names
}

// files reads the root of the bundle.
func (b Bundle) files(s *artifact.Store) (fs.FS, error) { return fs.Sub(s.FS(), b.Root) }

// previous is the manifest that the bundle has; nil where there is none.
func (b Bundle) previous(s *artifact.Store) (*report.Manifest, error) {
	m, err := artifact.Load[report.Manifest](s.FS(), b.At(integrity.ManifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &m, err
}

// manifest writes what the run made of the artifacts. Everything after it belongs to the proof of what it lists.
func manifest(ctx context.Context, sc *stepContext) error {
	if err := sc.correct(ctx); err != nil {
		return err
	}
	m := sc.manifest()
	surplus := surplus(m.Contracts)
	m.Files = slices.DeleteFunc(Artifacts.lists(sc.job.Store.Written()), func(f report.ManifestFile) bool { return slices.Contains(surplus, f.Path) })
	sc.note = count(len(m.Files), "file")
	err := sc.job.Store.JSON(artifact.ManifestPath, m)
	for _, p := range surplus {
		err = errors.Join(err, sc.job.Store.Remove(p))
	}
	return err
}

func changed(p string) error {
	return fmt.Errorf("%s is not the file that the last manifest lists, and this run did not write it", p)
}

// BundleRequest says how to write the bundles of an output folder after something in it has changed.
type BundleRequest struct {
	Head    *report.Manifest // who made the artifacts and when, without files; nil keeps what the folder says, and makes no manifest where there is none
	At      time.Time        // of the checksums
	Include []string         // artifacts to cover besides those of the last manifest and those that the store has written
	Rehash  bool             // takes the files of earlier steps as they are; false refuses one that is not as the last manifest lists it
	Signing *Signing         // nil leaves the bundles unsigned
}

// WriteBundles writes manifest, checksums and, with a key, the signature of each bundle: over the files that the last manifest lists and
// those that this store has written. It is for commands that do a single step. It returns the checksums of the artifacts, in which files
// that were expected and are absent stand under missing.
func WriteBundles(ctx context.Context, s *artifact.Store, r BundleRequest) (report.Checksums, error) {
	artifacts, err := writeBundle(ctx, s, Artifacts, r)
	if err == nil {
		err = writePages(ctx, s, r)
	}
	if err == nil && r.Signing != nil {
		err = Sign(ctx, s, *r.Signing, r.At)
	}
	return artifacts, err
}

// writePages writes the bundle of the pages, where there are pages. Unless this store has built them, they are those of an earlier run.
func writePages(ctx context.Context, s *artifact.Store, r BundleRequest) error {
	built := slices.ContainsFunc(s.Written(), func(f report.ManifestFile) bool { return f.Path == artifact.PagePath })
	m, err := Pages.previous(s)
	if err != nil {
		return err
	}
	if m == nil && !built {
		return dropBundle(s, Pages)
	}
	if built && r.Head == nil {
		if r.Head, err = Artifacts.previous(s); err != nil {
			return err
		}
	}
	if !built {
		r.Head = nil
	}
	r.Include = nil
	if err := publishChecksumsBadge(s); err != nil {
		return err
	}
	_, err = writeBundle(ctx, s, Pages, r)
	return err
}

// writeBundle writes manifest and checksums of one bundle.
func writeBundle(ctx context.Context, s *artifact.Store, b Bundle, r BundleRequest) (report.Checksums, error) {
	none := report.Checksums{}
	head, err := b.previous(s)
	if err != nil {
		return none, err
	}
	known := map[string]report.ManifestFile{} // by the name that the bundle gives
	names := slices.Clone(r.Include)
	if head != nil {
		for _, f := range head.Files {
			if integrity.Coverable(b.Dir, f.Path) && b.owns(f.Path) { // the manifests of early versions list more
				known[f.Path] = f
				names = append(names, f.Path)
			}
		}
	}
	written := map[string]bool{}
	for _, f := range b.lists(s.Written()) {
		known[f.Path], written[f.Path] = f, true
		names = append(names, f.Path)
	}
	files, err := b.files(s)
	if err != nil {
		return none, err
	}
	sums, err := integrity.Sum(ctx, files, names)
	if err != nil {
		return none, err
	}
	if !r.Rehash {
		sums.Missing = []string{} // a step takes away what it no longer makes
		for _, a := range sums.Artifacts {
			if f := known[a.Path]; !written[a.Path] && f.SHA256 != a.SHA256 {
				return none, changed(path.Join(b.Root, a.Path))
			}
		}
	}
	if r.Head != nil {
		head = r.Head
	}
	if head != nil {
		if sums, err = writeManifest(ctx, s, b, *head, known, sums); err != nil {
			return none, err
		}
	}
	sums.GeneratedAt = report.At(r.At)
	return sums, writeChecksums(s, b, sums)
}

// owns reports whether a name of a manifest is one of the bundle.
func (b Bundle) owns(name string) bool {
	_, ok := b.within(path.Join(b.Root, name))
	return ok && fs.ValidPath(name)
}

// writeManifest writes the manifest over the files of a list, and returns the list with the manifest in it.
func writeManifest(ctx context.Context, s *artifact.Store, b Bundle, head report.Manifest, known map[string]report.ManifestFile, sums report.Checksums) (report.Checksums, error) {
	head.Files = []report.ManifestFile{}
	for _, a := range sums.Artifacts {
		f, ok := known[a.Path]
		if !ok {
			f = report.ManifestFile{Path: a.Path, MediaType: artifact.MediaType(a.Path), Step: "checksums"}
		}
		f.SHA256, f.Size = a.SHA256, a.Size
		head.Files = append(head.Files, f)
	}
	if err := s.JSON(b.At(integrity.ManifestFile), head); err != nil {
		return sums, err
	}
	files, err := b.files(s)
	if err != nil {
		return sums, err
	}
	own, err := integrity.Sum(ctx, files, b.members(report.Manifest{}))
	if err != nil {
		return sums, err
	}
	sums.Artifacts = append(sums.Artifacts, own.Artifacts...)
	sorting.Stable(sums.Artifacts, func(a, b report.Checksum) int { return strings.Compare(a.Path, b.Path) })
	sums.Count, sums.AggregateSHA256 = len(sums.Artifacts), integrity.Aggregate(sums.Artifacts)
	return sums, nil
}

// Published lists the files of the bundle that go to its branch, by their names there and sorted: those that the checksums list, the
// integrity files, and those that publishing merges. The error of a folder without the bundle is an fs.ErrNotExist.
func (b Bundle) Published(output fs.FS) ([]string, error) {
	files, err := fs.Sub(output, b.Root)
	if err != nil {
		return nil, err
	}
	list, err := integrity.Read(files, path.Join(b.Dir, integrity.ChecksumsFile))
	if err != nil {
		return nil, err
	}
	return integrity.Belonging(files, b.Dir, list)
}
