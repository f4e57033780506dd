// Package gitrepo is the only code that runs git: it reads files, revisions and blobs of a repository.
//
// Reading never touches the work tree, the index or a lock file, asks no question on the terminal, and takes
// revisions and paths as data: neither can become an option or a path pattern.
package gitrepo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/late"
)

// Command is one call of git.
type Command struct {
	Dir    string // where git is run; the empty string is the current folder
	Args   []string
	Env    []string // added to the environment of the runner
	Stdin  io.Reader
	Stdout io.Writer
}

// Runner runs one git command to its end. Its error is an *Error where git itself refused.
type Runner func(context.Context, Command) error

// Error is git's own refusal.
type Error struct {
	Args   []string
	Code   int    // exit code of git
	Stderr string // the line of what git said that names the reason
	Remote string // what the server said meanwhile, its lines joined by "; "
}

func (e *Error) Error() string {
	what := "git"
	for _, a := range e.Args {
		if !strings.HasPrefix(a, "-") {
			what += " " + a
			break
		}
	}
	return fmt.Sprintf("%s: %s", what, e.Stderr)
}

// Errors that callers tell apart. Each comes wrapped with the name that was looked for.
var (
	ErrNoGit        = errors.New("git is not installed")
	ErrNoRepository = errors.New("not inside a git repository")
	ErrNoRevision   = errors.New("no such revision")
	ErrNoFile       = errors.New("no such file in that revision")
	ErrNoTag        = errors.New("no tag is reachable")
)

// Repo is a repository as seen from one folder in it.
type Repo struct {
	Dir string
	Run Runner

	Most int64 // bytes of one file that is read into memory; 64 MiB when 0
}

func (r Repo) most() int64 { return cmp.Or(r.Most, 64<<20) }

// output is the standard output of one git command.
func (r Repo) output(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	err := r.Run(ctx, Command{Dir: r.Dir, Args: args, Stdout: &out})
	return strings.TrimSpace(out.String()), known(err)
}

// known turns the refusals that every command can meet into their error values.
func known(err error) error {
	var refused *Error
	if errors.As(err, &refused) && strings.Contains(refused.Stderr, "not a git repository") {
		return ErrNoRepository
	}
	return err
}

// Root returns the top folder of the work tree.
func (r Repo) Root(ctx context.Context) (string, error) {
	return r.output(ctx, "rev-parse", "--show-toplevel")
}

// Prefix is the path of the Repo's folder from the top of the work tree; empty at the top, and in a bare repository.
func (r Repo) Prefix(ctx context.Context) (string, error) {
	return r.output(ctx, "rev-parse", "--show-prefix")
}

// RemoteURL is the address that the remote of a name is read from; a relative path is made absolute. Its error is an ErrRemote where
// there is no such remote.
func (r Repo) RemoteURL(ctx context.Context, name string) (string, error) {
	names, err := r.output(ctx, "remote")
	if err != nil {
		return "", err
	}
	if !slices.Contains(strings.Split(names, "\n"), name) {
		return "", fmt.Errorf("%w: no remote %q here", ErrRemote, name)
	}
	address, err := r.output(ctx, "remote", "get-url", "--", name)
	if err != nil {
		return "", err
	}
	r.Dir = r.top(ctx) // where git counts the paths of a configuration from
	return r.local(address)
}

// Shallow reports whether the clone lacks the older part of its history.
func (r Repo) Shallow(ctx context.Context) (bool, error) {
	out, err := r.output(ctx, "rev-parse", "--is-shallow-repository")
	return out == "true", err
}

// Resolve returns the full id of the commit that rev names.
func (r Repo) Resolve(ctx context.Context, rev string) (string, error) {
	if err := checkName("revision", rev); err != nil {
		return "", err
	}
	out, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	var refused *Error
	if errors.As(err, &refused) {
		return "", fmt.Errorf("%q: %w", rev, ErrNoRevision)
	}
	return out, err
}

// LatestTag returns the tag nearest to rev among its ancestors, rev itself included.
func (r Repo) LatestTag(ctx context.Context, rev string) (string, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return "", err
	}
	out, err := r.output(ctx, "describe", "--tags", "--abbrev=0", id)
	var refused *Error
	if errors.As(err, &refused) {
		return "", fmt.Errorf("%q: %w", rev, ErrNoTag)
	}
	return out, err
}

// Tags returns the names of the tags among the ancestors of rev, rev itself included, the highest version first.
func (r Repo) Tags(ctx context.Context, rev string) ([]string, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	out, err := r.output(ctx, "tag", "--merged", id, "--sort=-version:refname")
	return strings.Fields(out), err // git refuses names with spaces
}

// releaseTag is a tag of a finished version: v1.2.3, 2026.11.
var releaseTag = late.Pattern(`^v?\d+(\.\d+)*(\+[0-9A-Za-z.-]+)?$`)

// Releases returns the last n release tags among the ancestors of rev, newest version first.
func (r Repo) Releases(ctx context.Context, rev string, n int) ([]string, error) {
	all, err := r.Tags(ctx, rev)
	if err != nil {
		return nil, err
	}
	var tags []string
	for _, tag := range all {
		if releaseTag().MatchString(tag) && len(tags) < n {
			tags = append(tags, tag)
		}
	}
	return tags, nil
}

// wholeVersion is what a tag names a version whole by: v1.2.3, 2026.11.29, 26.04. The moving v1 and v1.2 beside v1.2.3 do not.
const wholeVersion = `v?(?:\d+\.\d+\.\d+(?:\.\d+)*|(?:\d{2}|\d{4})\.(?:0?[1-9]|1[0-2]))(?:\+[0-9A-Za-z.-]+)?`

var versionTag = late.Pattern(`^(?:` + wholeVersion + `)$`)

// maxUnreleased bounds the tags of other things than releases that lie between a commit and its release.
const maxUnreleased = 100

// NearestRelease returns the release tag nearest to rev among its ancestors, and whether it names rev itself. Of several at one commit it is
// the highest. With a prefix, the tags of releases are those that have it before the version, as `api/` has api/v1.2.3. Its error is an ErrNoTag where the history has none; in a shallow clone, which may lack it, it is another.
func (r Repo) NearestRelease(ctx context.Context, rev, prefix string) (tag string, exact bool, err error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return "", false, err
	}
	describe := []string{"describe", "--tags", "--abbrev=0", "--match", prefix + "[0-9]*", "--match", prefix + "v[0-9]*"}
	for range maxUnreleased {
		tag, err = r.output(ctx, append(slices.Clip(describe), id)...)
		var refused *Error
		switch {
		case errors.As(err, &refused):
			if shallow, serr := r.Shallow(ctx); serr != nil || shallow {
				return "", false, errors.Join(serr, fmt.Errorf("no release tag is reachable in this shallow clone"))
			}
			return "", false, fmt.Errorf("%q: %w", rev, ErrNoTag)
		case err != nil:
			return "", false, err
		}
		at, err := r.Resolve(ctx, "refs/tags/"+tag)
		if err != nil {
			return "", false, err
		}
		all, err := r.output(ctx, "tag", "--points-at", at, "--sort=-version:refname")
		if err != nil {
			return "", false, err
		}
		for name := range strings.FieldsSeq(all) {
			if version, ok := strings.CutPrefix(name, prefix); ok && versionTag().MatchString(version) {
				return name, at == id, nil
			}
			describe = append(describe, "--exclude", name)
		}
	}
	return "", false, fmt.Errorf("%q: more than %d tags before its release are not releases", rev, maxUnreleased)
}

// LatestTagRevision is the name under which Show reads from the tag that LatestTag finds for HEAD.
const LatestTagRevision = "latest-tag"

// Show returns the file at path, counted from the top of the repository, in the commit rev. A path that starts
// with "./" is counted from the folder of the Repo. The revision "latest-tag" is the latest tag before HEAD.
func (r Repo) Show(ctx context.Context, rev, path string) ([]byte, error) {
	if rev == LatestTagRevision {
		tag, err := r.LatestTag(ctx, "HEAD")
		if err != nil {
			return nil, err
		}
		rev = "refs/tags/" + tag
	}
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	if err := checkName("path", path); err != nil {
		return nil, err
	}
	var data []byte
	err = r.Blobs(ctx, []string{id + ":" + path}, func(_ string, b []byte) error {
		data = b
		return nil
	})
	if errors.Is(err, ErrNoFile) {
		return nil, fmt.Errorf("%s in %s: %w", path, rev, ErrNoFile)
	}
	return data, err
}

// checkName refuses what git would read as something else than a name.
func checkName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the %s is empty: %w", what, ErrNoRevision)
	case strings.HasPrefix(name, "-"), strings.ContainsAny(name, "\n\x00"):
		return fmt.Errorf("%s %q: %w", what, name, ErrNoRevision)
	}
	return nil
}

// Files lists the files below the folder of the Repo as the commit rev has them, by slash-separated paths counted from that folder.
func (r Repo) Files(ctx context.Context, rev string) ([]string, error) {
	id, err := r.Resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = r.Run(ctx, Command{Dir: r.Dir, Args: []string{"ls-tree", "-r", "-z", "--name-only", id}, Stdout: &out})
	if err != nil {
		return nil, known(err)
	}
	return strings.FieldsFunc(out.String(), func(c rune) bool { return c == 0 }), nil
}

// DefaultBranch is the branch that clones of the remote "origin" begin with, else the one that is checked out, even before its first commit.
// It is empty where neither is known.
func (r Repo) DefaultBranch(ctx context.Context) string {
	for _, ref := range []string{"refs/remotes/origin/HEAD", "HEAD"} {
		if name, err := r.output(ctx, "symbolic-ref", "--quiet", "--short", ref); err == nil {
			return strings.TrimPrefix(name, "origin/")
		}
	}
	return ""
}
