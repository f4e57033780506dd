package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// List returns the names of the entries of a folder, counted from the top of the repository, in the commit rev.
func (r Repo) List(ctx context.Context, rev, dir string) ([]string, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	if err := checkName("path", dir); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = r.Run(ctx, Command{Dir: r.Dir, Args: []string{"ls-tree", "-z", "--name-only", id + ":" + dir}, Stdout: &out})
	var refused *Error
	if errors.As(err, &refused) {
		return nil, fmt.Errorf("%s in %s: %w", dir, rev, ErrNoFile)
	}
	if err != nil {
		return nil, known(err)
	}
	return strings.FieldsFunc(out.String(), func(c rune) bool { return c == 0 }), nil
}

// Size is the size of a file in bytes, by its path from the top of the repository, in the commit rev.
func (r Repo) Size(ctx context.Context, rev, path string) (int64, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return 0, err
	}
	if err := checkName("path", path); err != nil {
		return 0, err
	}
	out, err := r.output(ctx, "cat-file", "-s", id+":"+path)
	var refused *Error
	if errors.As(err, &refused) {
		return 0, fmt.Errorf("%s in %s: %w", path, rev, ErrNoFile)
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(out, 10, 64)
}

// Tracks reports whether git tracks a file in a folder, which is counted from the folder of the Repo. Outside of a repository, or without
// git, nothing is tracked.
func (r Repo) Tracks(ctx context.Context, dir string) (bool, error) {
	var out bytes.Buffer
	err := r.Run(ctx, Command{Dir: r.Dir, Args: []string{"--literal-pathspecs", "ls-files", "-z", "--", dir}, Stdout: &out})
	var refused *Error
	switch {
	case errors.Is(err, ErrNoGit), errors.As(err, &refused): // no repository, or a folder outside of it
		return false, nil
	case err != nil:
		return false, known(err)
	}
	return out.Len() > 0, nil
}

// maxListed bounds the list of files of a work tree, in bytes.
const maxListed = 64 << 20

// Listed are the files of the work tree below the folder of the Repo, by slash-separated paths from there: those that git tracks, and those
// that it would with the next git add.
func (r Repo) Listed(ctx context.Context) ([]string, error) {
	names, err := r.names(ctx, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// listing takes what git prints, up to the bound.
type listing struct {
	text bytes.Buffer
	full bool
	stop func()
}

func (l *listing) Write(p []byte) (int, error) {
	if l.full = l.full || l.text.Len()+len(p) > maxListed; l.full {
		l.stop()
		return len(p), nil
	}
	return l.text.Write(p)
}

// GitDir is the absolute path of the repository's own directory.
func (r Repo) GitDir(ctx context.Context) (string, error) {
	return r.output(ctx, "rev-parse", "--absolute-git-dir")
}
