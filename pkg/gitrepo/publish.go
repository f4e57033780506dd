package gitrepo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Branch is what one branch is to hold afterwards: these files over those that are there already.
type Branch struct {
	Name  string
	Files map[string][]byte // by path from the top of the branch
	// Merge holds, for files that only grow, how the branch's copy and ours become one.
	Merge map[string]func(theirs, ours []byte) ([]byte, error)
}

// Push is one publication: all branches change, or none.
type Push struct {
	Remote   string // name of a remote of the Repo, a URL or a path
	Branches []Branch
	Name     string // of the author
	Email    string
	Message  string
	At       time.Time
	Settings []Setting // for the commands that reach the remote: credentials
	Scratch  string    // an empty folder for a private repository; the caller removes it
	Tries    int
	DryRun   bool
	Sleep    func(context.Context, time.Duration) error
	Jitter   func() float64 // in [0,1)
}

// Published is what became of one branch.
type Published struct {
	Branch  string
	Commit  string // its tip now; under a dry run the one that would be pushed
	Created bool
	Changed bool // false when the branch holds all of it already
}

// Errors of a publication that callers tell apart.
var (
	ErrRemote  = errors.New("the remote cannot be reached")
	ErrRefused = errors.New("the remote refused the push")
	ErrBusy    = errors.New("others kept changing the branch")
	ErrBlocked = errors.New("something of another writer is in the way")
)

// errMoved is a push that lost against another one and may be tried again.
var errMoved = errors.New("the branch moved")

// Publish commits the files on top of the branches and pushes them together. It works in a private repository without an index or a work
// tree, so nothing of the Repo is touched, and it holds each branch to the tip that it has read: what others pushed
// meanwhile is read and merged, never overwritten.
func (r Repo) Publish(ctx context.Context, p Push) ([]Published, error) {
	w, err := r.workshop(ctx, &p)
	if err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		done, err := w.try(ctx)
		if !errors.Is(err, errMoved) {
			return done, err
		}
		if n >= p.Tries {
			return nil, fmt.Errorf("%w: %d tries", ErrBusy, n)
		}
		wait := min(4*time.Second, 100*time.Millisecond<<min(n, 10))
		if err := p.Sleep(ctx, time.Duration(p.Jitter()*float64(wait))); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBusy, err)
		}
	}
}

var branchName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

func checkBranch(name string) error {
	if !branchName.MatchString(name) || strings.Contains(name, "..") || strings.Contains(name, "//") || strings.HasSuffix(name, "/") || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".") {
		return fmt.Errorf("branch %q: %w", name, ErrNoRevision)
	}
	return nil
}

// pushArgs push both branches or none, and nothing that a user's configuration would add.
var pushArgs = []string{"push", "--porcelain", "--atomic", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no"}

// try is one round: read the tips, build on them, push.
func (w *workshop) try(ctx context.Context) ([]Published, error) {
	tips, err := w.tips(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.build(ctx, tips); err != nil {
		return nil, err
	}
	var results []Published
	args := slices.Clone(pushArgs)
	var refs []string
	for _, b := range w.Branches {
		res, err := w.result(ctx, b.Name, tips[b.Name])
		if err != nil {
			return nil, err
		}
		results = append(results, res)
		if res.Changed {
			args = append(args, fmt.Sprintf("--force-with-lease=refs/heads/%s:%s", b.Name, tips[b.Name]))
			refs = append(refs, res.Commit+":refs/heads/"+b.Name)
		}
	}
	if len(refs) == 0 || w.DryRun {
		return results, nil
	}
	return results, w.push(ctx, append(append(args, w.remote), refs...))
}

// tips fetches the branches and returns the commit of each; a branch that is not there has none.
func (w *workshop) tips(ctx context.Context) (map[string]string, error) {
	var out bytes.Buffer
	args := []string{"ls-remote", "--refs", "--", w.remote}
	for _, b := range w.Branches {
		args = append(args, "refs/heads/"+b.Name)
	}
	if err := w.reach(ctx, args, &out); err != nil {
		return nil, err
	}
	fetch := []string{"fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--no-auto-gc", "--", w.remote}
	tips := map[string]string{}
	for line := range strings.Lines(out.String()) {
		_, ref, _ := strings.Cut(strings.TrimSpace(line), "\t")
		name, ok := strings.CutPrefix(ref, "refs/heads/")
		if ok && slices.ContainsFunc(w.Branches, func(b Branch) bool { return b.Name == name }) {
			tips[name] = ""
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
		tips[name] = id
	}
	return tips, nil
}

// reach runs a command that talks to the remote.
func (w *workshop) reach(ctx context.Context, args []string, out *bytes.Buffer) error {
	c := Command{Dir: w.Dir, Args: args, Env: w.env}
	if out != nil {
		c.Stdout = out
	}
	err := w.Run(ctx, c)
	var refused *Error
	if errors.As(err, &refused) {
		return fmt.Errorf("%w: %s", ErrRemote, clean(refused.Stderr))
	}
	return err
}

// password is the part of a URL that nobody is to read.
var password = regexp.MustCompile(`://[^/@\s']+@`)

func clean(s string) string { return password.ReplaceAllString(s, "://") }

// build makes the commits, in one process: refs/new/NAME for each branch.
func (w *workshop) build(ctx context.Context, tips map[string]string) error {
	var in bytes.Buffer
	for _, b := range w.Branches {
		files, err := w.merged(ctx, b, tips[b.Name])
		if err != nil {
			return err
		}
		fmt.Fprintf(&in, "commit refs/new/%s\ncommitter %s <%s> %d +0000\n", b.Name, plain(w.Name), plain(w.Email), w.At.Unix())
		fmt.Fprintf(&in, "data %d\n%s\n", len(w.Message), w.Message)
		if tip := tips[b.Name]; tip != "" {
			fmt.Fprintf(&in, "from %s\n", tip)
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
func (w *workshop) merged(ctx context.Context, b Branch, tip string) (map[string][]byte, error) {
	files := maps.Clone(b.Files)
	for name := range files {
		if err := checkPath(name); err != nil {
			return nil, err
		}
	}
	if err := w.clear(ctx, b, tip); err != nil {
		return nil, err
	}
	for name, merge := range b.Merge {
		ours, ok := files[name]
		if !ok || tip == "" {
			continue
		}
		theirs, err := w.Show(ctx, tip, name)
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
func (w *workshop) clear(ctx context.Context, b Branch, tip string) error {
	if tip == "" {
		return nil
	}
	folders := map[string]bool{}
	for name := range b.Files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	var out bytes.Buffer
	if err := w.Run(ctx, Command{Dir: w.Dir, Args: []string{"ls-tree", "-r", "-t", "-z", "--full-tree", tip}, Stdout: &out}); err != nil {
		return err
	}
	for entry := range strings.SplitSeq(strings.TrimSuffix(out.String(), "\x00"), "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		mode, _, _ := strings.Cut(about, " ")
		kind := entryKinds[mode]
		if _, ours := b.Files[name]; ours && kind != "" || folders[name] && mode != "040000" {
			return fmt.Errorf("%w: %q of branch %s is %s", ErrBlocked, name, b.Name, cmp.Or(kind, "a file"))
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
func (w *workshop) result(ctx context.Context, name, tip string) (Published, error) {
	commit, err := w.Resolve(ctx, "refs/new/"+name)
	if err != nil {
		return Published{}, err
	}
	res := Published{Branch: name, Commit: commit, Created: tip == "", Changed: true}
	if tip == "" {
		return res, nil
	}
	trees, err := w.output(ctx, "rev-parse", commit+"^{tree}", tip+"^{tree}")
	if err != nil {
		return Published{}, err
	}
	if before, after, _ := strings.Cut(trees, "\n"); before == after {
		res.Commit, res.Changed = tip, false
	}
	return res, nil
}
