package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/pkg/contract"
)

// Bounds of a changelog of all releases.
const (
	maxReleases = 100
	maxVersions = 300 // changes of a contract that are searched for versions
)

// releasedDoc is a side of a comparison that is not read yet: a release that git knows, or another source.
type releasedDoc struct {
	version string
	date    time.Time // zero where it is none of a release
	rev     string    // of git, with the contract at its place; empty for a source
	source  string
}

// releaseFinder finds the releases of a contract in git.
type releaseFinder struct {
	*app
	contract config.Contract
	names    []string // of the contract from the top of the repository, the present one first; empty until they are asked for
}

// place is the path of the contract from the top of the repository.
func (r *releaseFinder) place(ctx context.Context) (string, error) {
	source := r.contract.Source
	if strings.Contains(source, ":") || source == "-" || filepath.IsAbs(source) {
		return "", usage("the releases of %s are not in this repository", source).hint("name two contracts: --from OLD --to NEW")
	}
	prefix, err := r.Git().Prefix(ctx)
	if errors.Is(err, gitrepo.ErrNoRepository) || errors.Is(err, gitrepo.ErrNoGit) {
		return "", usage("there are no releases: %w", err).hint("name two contracts: --from OLD --to NEW")
	}
	return path.Join(prefix, filepath.ToSlash(source)), err
}

// tags are the release tags of the contract, the newest version first, and what is in them before the version.
func (r *releaseFinder) tags(ctx context.Context) (prefix string, tags []string, err error) {
	at, err := r.place(ctx)
	if err != nil {
		return "", nil, err
	}
	all, err := r.Git().Tags(ctx, "HEAD")
	if errors.Is(err, gitrepo.ErrNoRevision) {
		return "", nil, usage("there are no releases: the repository has no commit").hint("name two contracts: --from OLD --to NEW")
	}
	prefix, tags = gitrepo.ReleasesOf(all, at)
	return prefix, tags, err
}

// releases are those of the contract, newest first, and whether the first one is among them.
func (r *releaseFinder) releases(ctx context.Context) ([]releasedDoc, bool, error) {
	prefix, tags, err := r.tags(ctx)
	if err != nil {
		return nil, false, err
	}
	if len(tags) == 0 {
		return r.versions(ctx)
	}
	dates, err := r.Git().TagDates(ctx)
	if err != nil {
		return nil, false, err
	}
	cut, err := r.Git().Shallow(ctx)
	if cut {
		fmt.Fprintln(r.notes(), "govctl: this clone is shallow: older releases may be missing")
	}
	var out []releasedDoc
	for _, tag := range tags {
		out = append(out, releasedDoc{version: versionOfTag(tag, prefix), date: dates[tag], rev: "refs/tags/" + tag})
	}
	return out, !cut, err
}

// versionOfTag is what a tag names, without the letter before it.
func versionOfTag(tag, prefix string) string {
	return strings.TrimPrefix(strings.TrimPrefix(tag, prefix), "v")
}

// versions are the commits in which info.version changed, newest first.
func (r *releaseFinder) versions(ctx context.Context) ([]releasedDoc, bool, error) {
	h, err := r.Git().History(ctx, "HEAD", r.contract.Source)
	if err != nil {
		return nil, false, err
	}
	changes := slices.DeleteFunc(h.Changes, func(c gitrepo.Change) bool { return c.Blob == "" })
	whole := !h.Cut && len(changes) <= maxVersions
	changes = changes[:min(len(changes), maxVersions)]
	if len(changes) == 0 {
		return nil, false, usage("there are no releases: git has no version of %s", r.contract.Source).hint("name two contracts: --from OLD --to NEW")
	}
	var names []string
	for _, c := range changes {
		names = append(names, c.Commit+":"+c.Path)
	}
	var found []string
	err = r.Git().Blobs(ctx, names, func(name string, data []byte) error {
		found = append(found, declaredVersion(ctx, name, data))
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	var out []releasedDoc
	for i, c := range changes {
		if found[i] != "" && (i+1 == len(changes) || found[i] != found[i+1]) {
			out = append(out, releasedDoc{version: found[i], date: c.Time, rev: c.Commit})
		}
	}
	return out, whole, nil
}

// declaredVersion is info.version of a document; empty where it cannot be read.
func declaredVersion(ctx context.Context, name string, data []byte) string {
	root, err := contract.ParseValue(ctx, name, data, contract.Options{})
	if err != nil {
		return ""
	}
	return infoVersion(root)
}

// infoVersion is info.version, which is often a number by accident.
func infoVersion(root contract.Node) string {
	v := root.Get("info").Get("version")
	return firstOf(v.Text(), v.Literal())
}

// isLatest reports a name of the last release, also in the form that contract.baseline has: git:latest-tag:PATH with the path of the contract.
func (r *releaseFinder) isLatest(name string) bool {
	rev, file, _ := strings.Cut(strings.TrimPrefix(name, "git:"), ":")
	return rev == gitrepo.LatestTagRevision && (file == "" || path.Clean(file) == path.Clean(filepath.ToSlash(r.contract.Source)))
}

// named is a side that the user named: the last release, a source, or a revision.
func (r *releaseFinder) named(ctx context.Context, name string) (releasedDoc, error) {
	switch _, err := stat(name); {
	case r.isLatest(name):
		prefix, _, err := r.tags(ctx)
		if err != nil {
			return releasedDoc{}, err
		}
		tag, _, err := r.nearest(ctx, "HEAD", prefix)
		return r.tagged(ctx, tag, prefix, err)
	case strings.Contains(name, ":"), name == "-", err == nil:
		return releasedDoc{source: name}, nil
	}
	prefix, tags, err := r.tags(ctx)
	if err != nil {
		return releasedDoc{}, err
	}
	if tag := strings.TrimPrefix(name, "refs/tags/"); slices.Contains(tags, tag) {
		return r.tagged(ctx, tag, prefix, nil)
	}
	if _, err := r.Git().Resolve(ctx, name); err != nil {
		return releasedDoc{}, usage("%s: neither a file nor a revision", name).hint("name a file, a source such as git:REV:PATH, a revision or %s", gitrepo.LatestTagRevision)
	}
	return releasedDoc{rev: name}, nil
}

// tagged is the release of a tag.
func (r *releaseFinder) tagged(ctx context.Context, tag, prefix string, err error) (releasedDoc, error) {
	if err != nil {
		return releasedDoc{}, err
	}
	date, err := r.Git().TagDates(ctx)
	return releasedDoc{version: versionOfTag(tag, prefix), date: date[tag], rev: "refs/tags/" + tag}, err
}

// nearest is the release tag nearest to a revision, and whether it names that revision.
func (r *releaseFinder) nearest(ctx context.Context, rev, prefix string) (string, bool, error) {
	tag, exact, err := r.Git().NearestRelease(ctx, rev, prefix)
	if errors.Is(err, gitrepo.ErrNoTag) || errors.Is(err, gitrepo.ErrNoRevision) {
		err = usage("there is no release before %s", rev).hint("name the older side: --from REV or --from FILE")
	}
	return tag, exact, err
}

// sinceLatest is the last release before a side; where the side is a release itself, the one before. Without a side it is the work tree or,
// at the commit of a release, that release.
func (r *releaseFinder) sinceLatest(ctx context.Context, to *releasedDoc) (releasedDoc, error) {
	prefix, _, err := r.tags(ctx)
	if err != nil {
		return releasedDoc{}, err
	}
	rev := firstOf(to.rev, "HEAD")
	tag, exact, err := r.nearest(ctx, rev, prefix)
	if err != nil || !exact {
		return r.tagged(ctx, tag, prefix, err)
	}
	if to.rev == "" && to.source == r.contract.Source {
		if *to, err = r.tagged(ctx, tag, prefix, nil); err != nil {
			return releasedDoc{}, err
		}
	}
	tag, _, err = r.nearest(ctx, "refs/tags/"+tag+"^", prefix)
	return r.tagged(ctx, tag, prefix, err)
}

// load reads a side. A contract that had another name in its revision is found by the history of the present one.
func (r *releaseFinder) load(ctx context.Context, p releasedDoc) (*contract.Document, error) {
	c := r.contract
	opt := contract.Options{AllowDangling: true, AllowRemote: c.AllowRemoteRefs, AllowPrivate: c.AllowPrivate}
	if p.rev == "" {
		return r.reader().Load(ctx, p.source, opt)
	}
	names, err := r.placesOf(ctx)
	if err != nil {
		return nil, err
	}
	var first error
	for _, name := range names {
		doc, err := r.reader().Load(ctx, "git:"+p.rev+":"+name, opt)
		if err == nil || !errors.Is(err, gitrepo.ErrNoFile) {
			return doc, err
		}
		first = firstError(first, err)
	}
	return nil, first
}

// placesOf are the paths that the contract has and had.
func (r *releaseFinder) placesOf(ctx context.Context) ([]string, error) {
	if r.names != nil {
		return r.names, nil
	}
	at, err := r.place(ctx)
	if err != nil {
		return nil, err
	}
	r.names = []string{at}
	h, err := r.Git().History(ctx, "HEAD", r.contract.Source)
	for _, c := range h.Changes {
		if !slices.Contains(r.names, c.Path) {
			r.names = append(r.names, c.Path)
		}
	}
	return r.names, err
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
