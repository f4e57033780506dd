package gitrepo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Tip is a branch as the remote has it. The zero Tip is a branch that is not there.
type Tip struct {
	Commit  string
	entries []treeEntry
	blobs   map[string]string // id of each regular file, by path
	read    func(ctx context.Context, ids []string, use func(id string, data []byte) error) error
}

// TipOf is a tip with these regular files that is in no repository, for whoever wants to try a check.
func TipOf(commit string, files map[string][]byte) Tip {
	t := Tip{Commit: commit, blobs: map[string]string{}}
	for name := range files {
		t.entries = append(t.entries, treeEntry{"100644", name})
		t.blobs[name] = name
	}
	t.read = func(_ context.Context, ids []string, use func(string, []byte) error) error {
		for _, id := range ids {
			if err := use(id, slices.Clone(files[id])); err != nil {
				return err
			}
		}
		return nil
	}
	return t
}

type treeEntry struct{ mode, name string }

// Files lists the regular files, sorted by path.
func (t Tip) Files() []string {
	var names []string
	for _, e := range t.entries {
		if t.Has(e.name) {
			names = append(names, e.name)
		}
	}
	slices.Sort(names)
	return names
}

// Has reports a regular file.
func (t Tip) Has(name string) bool { return t.blobs[name] != "" }

// Read returns a regular file. The error of one that is not there is an ErrNoFile.
func (t Tip) Read(ctx context.Context, name string) (data []byte, err error) {
	err = t.ReadAll(ctx, []string{name}, func(_ string, b []byte) error { data = b; return nil })
	return data, err
}

// ReadAll hands each of the files to use, in their order.
func (t Tip) ReadAll(ctx context.Context, names []string, use func(name string, data []byte) error) error {
	ids := make([]string, len(names))
	for i, name := range names {
		if ids[i] = t.blobs[name]; ids[i] == "" {
			return fmt.Errorf("%s: %w", name, ErrNoFile)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	i := -1
	return t.read(ctx, ids, func(_ string, data []byte) error {
		i++
		return use(names[i], data)
	})
}

// tip reads the listing of a commit.
func (w *workshop) tip(ctx context.Context, commit string) (Tip, error) {
	t := Tip{Commit: commit, blobs: map[string]string{}, read: w.Blobs}
	var out bytes.Buffer
	if err := w.Run(ctx, Command{Dir: w.Dir, Args: []string{"ls-tree", "-r", "-t", "-z", "--full-tree", commit}, Stdout: &out}); err != nil {
		return t, err
	}
	for entry := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\x00"), "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(about) // MODE TYPE ID
		if len(fields) != 3 {
			continue // an empty tree has one empty line
		}
		t.entries = append(t.entries, treeEntry{fields[0], name})
		if entryKinds[fields[0]] == "" {
			t.blobs[name] = fields[2]
		}
	}
	return t, nil
}

// check asks each branch what it makes of its tip. Where all would keep theirs, kept is the answer of the publication.
func (w *workshop) check(ctx context.Context, tips map[string]Tip) (decisions map[string]Decision, kept []Published, err error) {
	decisions = map[string]Decision{}
	all := len(w.Branches) > 0
	for _, b := range w.Branches {
		if b.Check == nil {
			all = false
			continue
		}
		d, err := b.Check(ctx, tips[b.Name])
		if err != nil {
			return nil, nil, fmt.Errorf("branch %s: %w", b.Name, err)
		}
		decisions[b.Name] = d
		all = all && d.Keep && tips[b.Name].Commit != ""
		kept = append(kept, Published{Branch: b.Name, Commit: tips[b.Name].Commit, Kept: true})
	}
	if !all {
		kept = nil
	}
	return decisions, kept, nil
}

// deleted are the files that go: those that the decision names and the tip has.
func deleted(t Tip, d Decision) []string {
	return slices.DeleteFunc(slices.Clone(d.Delete), func(name string) bool { return !t.Has(name) })
}

// tips fetches the branches and returns the commit of each; a branch that is not there has none.
func (w *workshop) tips(ctx context.Context) (map[string]Tip, error) {
	var out bytes.Buffer
	args := []string{"ls-remote", "--refs", "--", w.remote}
	for _, b := range w.Branches {
		args = append(args, "refs/heads/"+b.Name)
	}
	if err := w.reach(ctx, args, &out); err != nil {
		return nil, err
	}
	fetch := []string{"fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--no-auto-gc", "--", w.remote}
	tips := map[string]Tip{}
	for line := range strings.Lines(out.String()) {
		_, ref, _ := strings.Cut(strings.TrimSpace(line), "\t")
		name, ok := strings.CutPrefix(ref, "refs/heads/")
		if ok && slices.ContainsFunc(w.Branches, func(b Branch) bool { return b.Name == name }) {
			tips[name] = Tip{}
			fetch = append(fetch, "+"+ref+":refs/tips/"+name)
		}
	}
	if len(tips) == 0 {
		return tips, nil
	}
	if err := w.reach(ctx, fetch, nil); err != nil {
		if strings.Contains(err.Error(), "couldn't find remote ref") || strings.Contains(err.Error(), "not our ref") {
			return nil, errMoved
		}
		return nil, err
	}
	for name := range tips {
		id, err := w.Resolve(ctx, "refs/tips/"+name)
		if err != nil {
			return nil, err
		}
		if tips[name], err = w.tip(ctx, id); err != nil {
			return nil, err
		}
	}
	return tips, nil
}
