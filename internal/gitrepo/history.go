package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// Change is one commit that changed a file.
type Change struct {
	Commit string
	Time   time.Time // committer time, UTC
	Path   string    // name of the file in that commit, counted from the top of the repository
	Blob   string    // id of its content; empty where the commit removed the file
}

// History is what happened to one file on a line of first parents, newest first.
type History struct {
	Changes []Change
	// Cut is set in a shallow clone: what came before the last of Changes is not in this clone, and that last
	// one may only look like the commit that added the file.
	Cut bool
}

// maxRenames bounds how many names of a file are followed back.
const maxRenames = 64

// History follows the file at name, counted from the folder of the Repo, back from rev along first parents, through
// renames. A merge stands for all that it brought in, at the time of the merge: that is when the line's readers saw it.
func (r Repo) History(ctx context.Context, rev, name string) (History, error) {
	var h History
	from, err := r.Resolve(ctx, rev)
	if err != nil {
		return h, err
	}
	shallow, err := r.Shallow(ctx)
	if err != nil {
		return h, err
	}
	h.Cut = shallow
	prefix, err := r.output(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return h, err
	}
	at := path.Join(prefix, name)
	for range maxRenames {
		entries, err := r.log(ctx, from, at)
		if err != nil {
			return h, err
		}
		renamed := -1
		for i, e := range entries {
			h.Changes = append(h.Changes, e.Change)
			h.Cut = shallow && e.parent == ""
			if e.status != 'A' || e.parent == "" {
				continue
			}
			old, err := r.renamedFrom(ctx, e)
			if err != nil {
				return h, err
			}
			if old != "" {
				from, at, renamed = e.parent, old, i
				break
			}
		}
		if renamed < 0 {
			return h, nil
		}
	}
	return h, fmt.Errorf("%s was renamed more than %d times", name, maxRenames)
}

// Followed returns the file at name, counted from the folder of the Repo, as the commit rev has it: under the name that it had then, where
// HEAD's history knows of a renaming.
func (r Repo) Followed(ctx context.Context, rev, name string) ([]byte, error) {
	data, err := r.Show(ctx, rev, "./"+name)
	if !errors.Is(err, ErrNoFile) {
		return data, err
	}
	h, historyErr := r.History(ctx, "HEAD", name)
	if historyErr != nil {
		return nil, err
	}
	tried := map[string]bool{}
	for _, c := range h.Changes {
		if tried[c.Path] {
			continue
		}
		tried[c.Path] = true
		if data, again := r.Show(ctx, rev, c.Path); !errors.Is(again, ErrNoFile) {
			return data, again
		}
	}
	return nil, err
}

// entry is a Change with what following it further needs.
type entry struct {
	Change
	status byte // A, M, D, T
	parent string
}

// log lists the commits on the line of first parents from a commit that changed the file at name.
func (r Repo) log(ctx context.Context, from, name string) ([]entry, error) {
	var out bytes.Buffer
	err := r.Run(ctx, Command{Dir: r.Dir, Stdout: &out, Args: []string{
		"log", "-z", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames",
		"--format=format:%H %ct %P", from, "--", ":(top,literal)" + name,
	}})
	if err != nil {
		return nil, known(err)
	}
	return parseLog(out.Bytes())
}

// parseLog reads "HASH TIME PARENTS\n:MODE MODE OLD NEW STATUS\0PATH\0" for each commit.
func parseLog(out []byte) ([]entry, error) {
	var list []entry
	for len(out) > 0 {
		head, rest, ok := bytes.Cut(out, []byte("\n"))
		if !ok {
			return nil, errors.New("git log: unexpected answer")
		}
		raw, rest, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return nil, errors.New("git log: unexpected answer")
		}
		name, rest, _ := bytes.Cut(rest, []byte{0})
		e, err := parseEntry(string(head), string(raw), string(name))
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		out = bytes.TrimPrefix(rest, []byte{0})
	}
	return list, nil
}

func parseEntry(head, raw, name string) (entry, error) {
	commit, diff := strings.Fields(head), strings.Fields(raw)
	if len(commit) < 2 || len(diff) != 5 || diff[4] == "" {
		return entry{}, fmt.Errorf("git log: unexpected answer %q", head+" "+raw)
	}
	seconds, err := strconv.ParseInt(commit[1], 10, 64)
	if err != nil {
		return entry{}, fmt.Errorf("git log: unexpected time %q", commit[1])
	}
	e := entry{Change: Change{Commit: commit[0], Time: time.Unix(seconds, 0).UTC(), Path: name, Blob: diff[3]}, status: diff[4][0]}
	if e.status == 'D' {
		e.Blob = ""
	}
	if len(commit) > 2 {
		e.parent = commit[2]
	}
	return e, nil
}

// renamedFrom returns the name that the file added by e had before, or "" where e really added it.
func (r Repo) renamedFrom(ctx context.Context, e entry) (string, error) {
	var out bytes.Buffer
	err := r.Run(ctx, Command{Dir: r.Dir, Stdout: &out, Args: []string{
		"diff-tree", "-z", "-r", "--find-renames=50%", "--diff-filter=R", "--name-status", e.parent, e.Commit,
	}})
	if err != nil {
		return "", known(err)
	}
	fields := strings.Split(out.String(), "\x00")
	for i := 0; i+2 < len(fields); i += 3 {
		if fields[i+2] == e.Path {
			return fields[i+1], nil
		}
	}
	return "", nil
}
