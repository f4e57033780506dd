package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/romel/govctl/internal/late"
)

// Branch is what one branch is to hold afterwards: these files over those that are there already.
type Branch struct {
	Name  string
	Files map[string][]byte // by path from the top of the branch
	First map[string][]byte // files that only a branch gets which the push creates
	Merge []Merge           // for files that only grow
	// Check looks at what the remote has, in each try anew, before anything is built on it: its error ends the publication. Nil accepts
	// every tip and deletes nothing. The branches are checked in their order.
	Check func(context.Context, Tip) (Decision, error)
}

// Merge is how files that only grow, the branch's and ours, become one: those of a history are united as a whole. It is not asked where a
// side has none of them.
type Merge struct {
	Match func(name string) bool
	Join  func(theirs, ours map[string][]byte) (map[string][]byte, error)
}

// Decision is what a check makes of a tip.
type Decision struct {
	Delete []string // files of the tip that go; those that are not there are no error
	Keep   bool     // the tip is as good as ours: where this holds for all branches, nothing is pushed
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
	Kept    bool // the checks preferred the tip to ours
}

// Errors of a publication that callers tell apart.
var (
	ErrRemote  = errors.New("the remote cannot be reached")
	ErrRefused = errors.New("the remote rejected the push")
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

var branchName = late.Pattern(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

func checkBranch(name string) error {
	if !branchName().MatchString(name) || strings.Contains(name, "..") || strings.Contains(name, "//") || strings.HasSuffix(name, "/") || strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".") {
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
	decisions, kept, err := w.check(ctx, tips)
	if err != nil || kept != nil {
		return kept, err
	}
	if err := w.build(ctx, tips, decisions); err != nil {
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
			args = append(args, fmt.Sprintf("--force-with-lease=refs/heads/%s:%s", b.Name, tips[b.Name].Commit))
			refs = append(refs, res.Commit+":refs/heads/"+b.Name)
		}
	}
	if len(refs) == 0 || w.DryRun {
		return results, nil
	}
	return results, w.push(ctx, append(append(args, w.remote), refs...))
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
		return fmt.Errorf("%w: %s", ErrRemote, withRemote(refused.Stderr, refused))
	}
	return err
}

// password is the part of a URL that nobody is to read.
var password = late.Pattern(`://[^/@\s']+@`)

func clean(s string) string { return password().ReplaceAllString(s, "://") }
