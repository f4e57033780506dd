package gitrepo

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// build makes the commits, in one process: refs/new/NAME for each branch.
func (w *workshop) build(ctx context.Context, tips map[string]Tip, decisions map[string]Decision) error {
	var in stream
	for _, b := range w.Branches {
		tip := tips[b.Name]
		files, gone, err := w.merged(ctx, b, tip, deleted(tip, decisions[b.Name]))
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
			in.parts = append(in.parts, bytes.NewReader(files[name]))
			fmt.Fprintln(&in)
		}
		fmt.Fprintln(&in)
	}
	fmt.Fprintln(&in, "done")
	err := w.Run(ctx, Command{Dir: w.Dir, Args: []string{"fast-import", "--quiet", "--done", "--force", "--depth=0", "--date-format=raw"}, Stdin: io.MultiReader(in.parts...)})
	if err != nil {
		return fmt.Errorf("build the commits: %w", err)
	}
	return nil
}

// stream is what a command is to read: text, and files that are not copied.
type stream struct{ parts []io.Reader }

func (s *stream) Write(b []byte) (int, error) {
	s.parts = append(s.parts, bytes.NewReader(bytes.Clone(b)))
	return len(b), nil
}

// plain drops what would end the line of an author.
func plain(s string) string {
	return strings.NewReplacer("<", "", ">", "", "\n", " ", "\r", " ", "\x00", "").Replace(s)
}

// quote is a path as fast-import reads it.
func quote(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(name) + `"`
}

// merged are the files of a branch with those that only grow united with the branch's copies, and the files that go.
func (w *workshop) merged(ctx context.Context, b Branch, tip Tip, gone []string) (files map[string][]byte, all []string, err error) {
	files = maps.Clone(b.Files)
	for name := range files {
		if err := checkPath(name); err != nil {
			return nil, nil, err
		}
	}
	if err := clear(b, tip, gone); err != nil {
		return nil, nil, err
	}
	for _, m := range b.Merge {
		left, err := m.unite(ctx, b.Name, tip, files)
		if err != nil {
			return nil, nil, err
		}
		gone = append(gone, left...)
	}
	return files, gone, nil
}

// unite puts what the merge makes of the branch's files and ours in the place of ours. It returns the files of the branch that go.
func (m Merge) unite(ctx context.Context, branch string, tip Tip, files map[string][]byte) (gone []string, err error) {
	ours, theirs := map[string][]byte{}, map[string][]byte{}
	for name, data := range files {
		if m.Match(name) {
			ours[name] = data
		}
	}
	names := slices.DeleteFunc(tip.Files(), func(name string) bool { return !m.Match(name) })
	if len(ours) == 0 || len(names) == 0 {
		return nil, nil
	}
	err = tip.ReadAll(ctx, names, func(name string, data []byte) error {
		theirs[name] = data
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s of branch %s: %w", strings.Join(names, ", "), branch, err)
	}
	all, err := m.Join(theirs, ours)
	if err != nil {
		return nil, fmt.Errorf("merge %s with branch %s: %w", strings.Join(names, ", "), branch, err)
	}
	for name := range ours {
		delete(files, name)
	}
	maps.Copy(files, all)
	return slices.DeleteFunc(names, func(name string) bool { _, stays := all[name]; return stays }), nil
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
