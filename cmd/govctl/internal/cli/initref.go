package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/romel/govctl/action"
	"github.com/romel/govctl/internal/late"
)

// commit is set by the linker where the build does not carry it otherwise.
var commit = ""

// home is the repository of the action and of the pre-commit hooks.
const home = "https://github.com/romel/govctl"

// reference is how generated files name govctl. Nothing in it can be moved to other code later.
type reference struct {
	action  string // of a step: the action by commit
	version string // that the action installs: a release whose signature it verifies, or "source"
	hooks   string // revision of the pre-commit hooks
}

var (
	fullCommit = late.Pattern(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
	releaseTag = late.Pattern(`^v[0-9]+\.[0-9]+\.[0-9]+$`)
	// The abbreviated commit in a version of the Go tool, and in one of git describe.
	shortCommit = late.Pattern(`(?:[-.][0-9]{14}-|-[0-9]+-g)([0-9a-f]{7,40})$`)
)

// build is what a program knows about where it came from.
type build struct{ version, commit string }

// thisBuild is the build of this program. The commit is empty where the build does not know it, or was made from changed files.
func thisBuild() build { return build{Version(), firstOf(commit, revision())} }

// revision is the commit that the Go tool recorded; empty where it did not, or where files had been changed.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			return ""
		}
	}
	return commit
}

// reference is how generated files name govctl: the commit of this build, or the one that ref names. What names no full commit is looked
// up once, in the repository itself, since GitHub takes no abbreviated commit and a tag can be moved.
func (a *app) reference(ctx context.Context, b build, ref string) (reference, error) {
	switch name := firstOf(ref, b.version); {
	case ref == "" && fullCommit().MatchString(b.commit):
		return pinned(b.commit, b.version, action.VerifiesReleases()), nil
	case fullCommit().MatchString(ref):
		return pinned(ref, "", false), nil
	case ref == "" && !releaseTag().MatchString(name) && !shortCommit().MatchString(name):
		return reference{}, usage("this build (%s) does not know its commit, and a reference that can be moved is not written", b.version).
			hint("--ref COMMIT names it; git ls-remote %s lists the commits of the releases", home)
	default:
		refs, err := a.Git().RemoteRefs(ctx, home)
		if err != nil {
			return reference{}, usage("the commit of %s is looked up in %s: %w", name, home, err).hint("--ref with the full commit needs no look-up")
		}
		found := lookUp(refs, name)
		if found == "" {
			return reference{}, usage("%s has no commit for %s", home, name).hint("--ref takes a full commit, a tag or a branch of it")
		}
		return pinned(found, name, action.VerifiesReleases()), nil
	}
}

// lookUp is the commit that a name means: a tag, a branch, a full name of a ref, or the end of a version that carries an abbreviated commit.
func lookUp(refs map[string]string, name string) string {
	for _, full := range []string{"refs/tags/" + name, "refs/heads/" + name, name} {
		if id := refs[full]; id != "" {
			return id
		}
	}
	short := shortCommit().FindStringSubmatch(name)
	if short == nil {
		return ""
	}
	var found []string
	for _, id := range refs {
		if strings.HasPrefix(id, short[1]) && !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// pinned names a commit; the label tells a reader which version it is. Where the action can verify a release, it installs that.
func pinned(commit, label string, verifies bool) reference {
	r := reference{action: "romel/govctl@" + commit, version: "source", hooks: commit}
	if label != "" {
		comment := fmt.Sprintf(" # %s", oneLine(label))
		r.action += comment
		r.hooks += comment
	}
	if verifies && releaseTag().MatchString(label) {
		r.version = label
	}
	return r
}
