package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// ChangedSince reports of a file, named by its path from the folder of the Repo, whether it may differ from what a revision has. So may what git
// ignores or does not know yet, a link, and what is in a submodule: nobody can say of them that they are as they were. It also reports whether
// any file of the revision differs.
func (r Repo) ChangedSince(ctx context.Context, rev string) (changed func(file string) bool, differs bool, err error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return nil, false, err
	}
	prefix, err := r.Prefix(ctx)
	if err != nil {
		return nil, false, err
	}
	differ, err := r.names(ctx, "diff", "--name-only", "-z", "--no-relative", "--no-renames", "--no-ext-diff", "--no-textconv", id, "--")
	if err != nil {
		return nil, false, err
	}
	tracked, err := r.names(ctx, "ls-files", "-z", "--stage", "--full-name", "--", ":/")
	if err != nil {
		return nil, false, err
	}
	same := map[string]bool{}
	for _, line := range tracked {
		mode, name, _ := strings.Cut(line, "\t")
		same[name] = strings.HasPrefix(mode, "100")
	}
	for _, name := range differ {
		same[name] = false
	}
	return func(file string) bool {
		name := path.Join(prefix, filepath.ToSlash(file))
		if known, ok := same[name]; ok {
			return !known
		}
		_, err := os.Lstat(filepath.Join(r.Dir, filepath.FromSlash(file))) //nolint:forbidigo // only looked at
		return !errors.Is(err, fs.ErrNotExist)
	}, len(differ) > 0, nil
}

// names are what a command of git lists, with a zero byte behind each.
func (r Repo) names(ctx context.Context, args ...string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := listing{stop: cancel}
	err := r.Run(ctx, Command{Dir: r.Dir, Args: args, Stdout: &out})
	switch {
	case out.full:
		return nil, fmt.Errorf("the list of files is longer than %d MiB", maxListed>>20)
	case err != nil:
		return nil, known(err)
	}
	return strings.FieldsFunc(out.text.String(), func(c rune) bool { return c == 0 }), nil
}
