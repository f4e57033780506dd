package gitrepo

import (
	"context"
	"crypto/sha1" //nolint:gosec // git's
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// BlobID is what git calls a content, in repositories that name objects by SHA-1; those of others have longer names, which it never equals.
func BlobID(content string) string {
	h := sha1.New() //nolint:gosec // the name that git has given; nothing is trusted for it
	fmt.Fprintf(h, "blob %d\x00", len(content))
	_, _ = io.WriteString(h, content) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}

// Changed reports of a file, named by its path from the folder of the Repo, whether its content may be another than the one that git calls so;
// an empty name stands for no file.
type Changed func(file, blob string) bool

// ChangedSince compares the work tree with a revision. A file that differs from it counts as changed, and so does what git ignores or does not
// know yet, a link, and what is in a submodule: nobody can say of them that they are as they were.
func (r Repo) ChangedSince(ctx context.Context, rev string) (Changed, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	prefix, err := r.Prefix(ctx)
	if err != nil {
		return nil, err
	}
	differ, err := r.names(ctx, "diff", "--name-only", "-z", "--no-relative", "--no-renames", "--no-ext-diff", "--no-textconv", id, "--")
	if err != nil {
		return nil, err
	}
	tracked, err := r.names(ctx, "ls-files", "-z", "--stage", "--full-name", "--", ":/")
	if err != nil {
		return nil, err
	}
	same := map[string]string{} // by path, the blobs of regular files that are as the revision has them; empty for others
	for _, line := range tracked {
		entry, name, _ := strings.Cut(line, "\t")
		same[name] = ""
		if mode, rest, _ := strings.Cut(entry, " "); strings.HasPrefix(mode, "100") {
			same[name], _, _ = strings.Cut(rest, " ")
		}
	}
	for _, name := range differ {
		same[name] = ""
	}
	return func(file, blob string) bool {
		if is, tracked := same[path.Join(prefix, filepath.ToSlash(file))]; tracked {
			return is == "" || is != blob
		}
		_, err := os.Lstat(filepath.Join(r.Dir, filepath.FromSlash(file))) //nolint:forbidigo // only looked at
		return !errors.Is(err, fs.ErrNotExist) || blob != ""
	}, nil
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
