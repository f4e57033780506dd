package gitrepo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// build makes the commits, in one process: refs/new/NAME for each branch.
func (w *workshop) build(ctx context.Context, tips map[string]Tip, decisions map[string]Decision) error {
	var in bytes.Buffer
	for _, b := range w.Branches {
		tip, gone := tips[b.Name], deleted(tips[b.Name], decisions[b.Name])
		files, err := w.merged(ctx, b, tip, gone)
		if err != nil {
			return err
		}
		fmt.Fprintf(&in, "commit refs/new/%s\ncommitter %s <%s> %d +0000\n", b.Name, plain(w.Name), plain(w.Email), w.At.Unix())
		fmt.Fprintf(&in, "data %d\n%s\n", len(w.Message), w.Message)
		if tip.Commit != "" {
			fmt.Fprintf(&in, "from %s\n", tip.Commit)
		}
		for _, name := range gone { // first: a folder of ours may take the place of a file that goes
			if _, ours := files[name]; !ours {
				fmt.Fprintf(&in, "D %s\n", quote(name))
			}
		}
		if tip.Commit == "" {
			maps.Copy(files, b.First)
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n", quote(name), len(files[name]))
			in.Write(files[name])
			in.WriteByte('\n')
		}
		in.WriteByte('\n')
	}
	in.WriteString("done\n")
	err := w.Run(ctx, Command{Dir: w.Dir, Args: []string{"fast-import", "--quiet", "--done", "--force", "--date-format=raw"}, Stdin: &in})
	if err != nil {
		return fmt.Errorf("build the commits: %w", err)
	}
	return nil
}

// plain drops what would end the line of an author.
func plain(s string) string {
	return strings.NewReplacer("<", "", ">", "", "\n", " ", "\r", " ", "\x00", "").Replace(s)
}

// quote is a path as fast-import reads it.
func quote(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// merged are the files of a branch with those that only grow united with the branch's copies.
func (w *workshop) merged(ctx context.Context, b Branch, tip Tip, gone []string) (map[string][]byte, error) {
	files := maps.Clone(b.Files)
	for name := range files {
		if err := checkPath(name); err != nil {
			return nil, err
		}
	}
	if err := clear(b, tip, gone); err != nil {
		return nil, err
	}
	for name, merge := range b.Merge {
		ours, ok := files[name]
		if !ok {
			continue
		}
		theirs, err := tip.Read(ctx, name)
		if errors.Is(err, ErrNoFile) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s of branch %s: %w", name, b.Name, err)
		}
		if files[name], err = merge(theirs, ours); err != nil {
			return nil, fmt.Errorf("merge %s with branch %s: %w", name, b.Name, err)
		}
	}
	return files, nil
}

// entryKinds names what a tree may hold instead of a regular file or a folder.
var entryKinds = map[string]string{"040000": "a folder", "120000": "a symbolic link", "160000": "a submodule"}

// clear makes sure that our files take the place of regular files alone, and lie in folders: anything else is of another writer and would be
// lost, with all that is below it.
func clear(b Branch, tip Tip, gone []string) error {
	folders := map[string]bool{}
	for name := range b.Files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for _, e := range tip.entries {
		kind := entryKinds[e.mode]
		_, ours := b.Files[e.name]
		if ours && kind != "" || folders[e.name] && e.mode != "040000" && !slices.Contains(gone, e.name) {
			return fmt.Errorf("%w: %q of branch %s is %s", ErrBlocked, e.name, b.Name, cmp.Or(kind, "a file"))
		}
	}
	return nil
}

func checkPath(name string) error {
	if checkName("path", name) != nil {
		return fmt.Errorf("path %q cannot be published", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return fmt.Errorf("path %q cannot be published", name)
		}
	}
	return nil
}

// result compares the new commit of a branch with its tip. Equal trees make no commit.
func (w *workshop) result(ctx context.Context, name string, tip Tip) (Published, error) {
	commit, err := w.Resolve(ctx, "refs/new/"+name)
	if err != nil {
		return Published{}, err
	}
	res := Published{Branch: name, Commit: commit, Created: tip.Commit == "", Changed: true}
	if tip.Commit == "" {
		return res, nil
	}
	trees, err := w.output(ctx, "rev-parse", commit+"^{tree}", tip.Commit+"^{tree}")
	if err != nil {
		return Published{}, err
	}
	if before, after, _ := strings.Cut(trees, "\n"); before == after {
		res.Commit, res.Changed = tip.Commit, false
	}
	return res, nil
}
