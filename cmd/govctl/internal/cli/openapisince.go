package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/render"
	"github.com/romel/govctl/pkg/apidiff"
	"github.com/romel/govctl/pkg/contract"
)

// sinceReleases compares the new contract with what the last release tags have at its place, and adds what breaks.
func (a *app) sinceReleases(ctx context.Context, result *apidiff.Result, source string, new *contract.Document, opt apidiff.Options, f diffFlags) error {
	switch {
	case f.since == 0:
		return nil
	case f.since < 0:
		return usage("--since-releases %d: the number of releases is not negative", f.since)
	case strings.Contains(source, ":") || source == "-":
		return usage("--since-releases needs a file of the work tree as NEW, not %s", source).hint("git has the file of each release at the same place")
	}
	tags, err := a.Git().Releases(ctx, "HEAD", f.since)
	if err != nil {
		return err
	}
	name := filepath.ToSlash(source)
	if !filepath.IsAbs(source) {
		name = "./" + name
	}
	for _, tag := range tags {
		old, err := a.reader().Load(ctx, "git:refs/tags/"+tag+":"+name, f.reading())
		if missing(err) {
			continue // the contract is younger than the release
		}
		if err != nil {
			return fmt.Errorf("release %s: %w", tag, err)
		}
		result.Since(tag, apidiff.Compare(ctx, old, new, opt))
	}
	return nil
}

// besideRelease is the note about the second baseline, which never gates.
func (a *app) besideRelease(ctx context.Context, new *contract.Document, opt apidiff.Options, f diffFlags) ([]render.Note, error) {
	if f.release == "" {
		return nil, nil
	}
	reading := f.reading()
	reading.AllowDangling = true // it is reported and gates nothing
	old, err := a.reader().Load(ctx, f.release, reading)
	if missing(err) {
		return []render.Note{{Label: "release", Text: f.release + " does not exist yet: no release to compare with"}}, nil
	}
	if err != nil {
		return nil, err
	}
	opt.NoWitness = true // one line tells no proof
	d := apidiff.Compare(ctx, old, new, opt).Diff
	return []render.Note{{Label: "release", Text: "since " + firstOf(d.Old.Version, f.release) + ": " + d.Headline + " (reported, not gated)"}}, nil
}

// missing reports a contract that is not there, as against one that cannot be read.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, gitrepo.ErrNoFile) || errors.Is(err, gitrepo.ErrNoTag)
}
