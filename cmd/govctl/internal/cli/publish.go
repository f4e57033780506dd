package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/ci"
	"github.com/romel/govctl/internal/evidence"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/stability"
)

type publishFlags struct {
	dir, remote, branch, pages, message string
	name, email                         string
	deadline                            time.Duration
	unsigned, dryRun, adopt             bool
	unlessSame                          bool // push nothing where the published run has the same result
}

// Defaults of a publication.
const (
	botName         = "github-actions[bot]"
	botAddress      = "41898282+github-actions[bot]@users.noreply.github.com"
	publishDeadline = 5 * time.Minute
)

// publishTries is how often a push that lost against another one is made again.
const publishTries = 20

func publishCommand(a *app) *cobra.Command {
	var f publishFlags
	c := command("publish", "Push the output folder to its branches", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.publish(ctx, f)
	})
	c.Long = "Push schemas/ and status/ of the output folder to the branch of the artifacts, and site/ to the branch of the pages, both or\n" +
		"neither, into publish.folder of each. Only files that the manifests list are pushed, and nothing unless `govctl verify` accepts both\n" +
		"parts; the work tree is not touched. Histories are merged. Files of an earlier publish that this run no longer has are deleted.\n\n" +
		"A folder of a branch belongs to one project: a folder of another project is rejected, and so is each file that no earlier publish of this\n" +
		"project wrote. After a project was renamed --adopt takes its folder over."
	s := c.Flags()
	s.StringVar(&f.dir, "dir", "", "output `folder` to push (default: --out)")
	s.StringVar(&f.remote, "remote", "origin", "`remote`: a name, a URL or a path")
	s.StringVar(&f.branch, "branch", "", "`branch` of the artifacts (default: publish.schemas_branch); the pages are not pushed unless --pages-branch is given too")
	s.StringVar(&f.pages, "pages-branch", "", "`branch` of the pages (default: publish.pages_branch)")
	s.StringVar(&f.message, "message", "", "commit `message` (default: names the commit of the run)")
	s.StringVar(&f.name, "author-name", botName, "`name` of the author")
	s.StringVar(&f.email, "author-email", botAddress, "`address` of the author")
	s.DurationVar(&f.deadline, "deadline", publishDeadline, "give up after this long")
	s.BoolVar(&f.unsigned, "allow-unsigned", false, "push a folder without a signature; its checksums must match")
	s.BoolVar(&f.adopt, "adopt", false, "take over the folder of a project that had another name, and contracts that another project published in it")
	s.BoolVar(&f.dryRun, "dry-run", false, "make the commits, compare, and push nothing")
	return c
}

func (a *app) publish(ctx context.Context, f publishFlags) error {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	if f.dir == "" {
		f.dir = a.out
	}
	parts, err := a.publication(ctx, cfg, f)
	if err != nil {
		return err
	}
	take, err := a.takeover(ctx, cfg, f, parts[0])
	if err != nil {
		return err
	}
	if f.message == "" {
		f.message = "Publish governance artifacts of " + oneLine(parts[0].head.SHA)
	}
	folder, err := a.scratch.folder() // for git alone
	if err != nil {
		return err
	}
	defer a.scratch.remove(false)
	ctx, cancel := context.WithTimeout(ctx, f.deadline)
	defer cancel()
	done, err := a.published().Publish(ctx, gitrepo.Push{
		Remote: f.remote, Branches: a.branches(f, take, parts, now()), Name: f.name, Email: f.email, Message: f.message, At: now(), Settings: a.gitToken(),
		Scratch: folder, Tries: publishTries, DryRun: f.dryRun, Sleep: sleep, Jitter: rand.Float64,
	})
	if err != nil {
		return publishError(err)
	}
	for _, p := range done {
		fmt.Fprintf(a.Stdout, "%s %s%s\n", p.Branch, published(p), suffix(f.dryRun, " (dry run)"))
	}
	return nil
}

// branches are the parts of the folder with the branch that each goes to.
func (a *app) branches(f publishFlags, take *takeover, parts []*part, now time.Time) []gitrepo.Branch {
	same := &sameness{a: a, wanted: f.unlessSame}
	var list []gitrepo.Branch
	for i, p := range parts {
		b := gitrepo.Branch{Name: p.branch, Files: map[string][]byte{}}
		if p.Root == pipeline.Pages.Root {
			b.First = map[string][]byte{path.Base(artifact.NoJekyllPath): nil} // at the top, where GitHub looks for it
		}
		for name, data := range p.files {
			at := path.Join(p.folder, name)
			b.Files[at] = data
			switch {
			case i > 0:
			case path.Base(name) == path.Base(artifact.HistoryPath):
				b.Merge = append(b.Merge, histories(path.Dir(at), now))
			case path.Base(name) == path.Base(artifact.DeliveriesPath):
				b.Merge = append(b.Merge, logs(at, notify.MergeLog))
			case name == artifact.FiguresPath:
				b.Merge = append(b.Merge, logs(at, evidence.MergeFigures))
			}
		}
		b.Check = func(ctx context.Context, tip gitrepo.Tip) (gitrepo.Decision, error) {
			gone, err := take.check(ctx, p, tip)
			if err != nil {
				return gitrepo.Decision{}, err
			}
			keep, err := same.check(ctx, p, tip, gone)
			return gitrepo.Decision{Delete: gone, Keep: keep}, err
		}
		list = append(list, b)
	}
	return list
}

func published(p gitrepo.Published) string {
	switch {
	case p.Kept:
		return "is up to date at " + p.Commit[:12] + ": the published run has the same result (--refresh publishes again)"
	case !p.Changed:
		return "is up to date at " + p.Commit[:12]
	case p.Created:
		return "created at " + p.Commit[:12]
	}
	return "moved to " + p.Commit[:12]
}

func suffix(when bool, s string) string {
	if when {
		return s
	}
	return ""
}

func publishError(err error) error {
	var refused *exitError
	switch {
	case errors.As(err, &refused): // by the check of a branch
		return &exitError{code: refused.code, err: err, tip: refused.tip}
	case errors.Is(err, gitrepo.ErrRefused):
		return (&exitError{code: Failed, err: err}).hint("is the branch protected, and may the token write (permissions: contents: write)?")
	case errors.Is(err, gitrepo.ErrRemote):
		return (&exitError{code: Failed, err: err}).hint("--remote takes a name, a URL or a path; a push over https needs GITHUB_TOKEN, in GitLab CI GITLAB_TOKEN, or stored credentials")
	case errors.Is(err, gitrepo.ErrBlocked):
		return usage("%w", err).hint("move it away on that branch, or publish into a folder of this project's own: publish.folder, publish.pages_folder")
	}
	return err
}

// histories unites the files of the history in a folder.
func histories(dir string, now time.Time) gitrepo.Merge {
	return gitrepo.Merge{
		Match: func(name string) bool { return path.Dir(name) == dir && artifact.IsHistory(path.Base(name)) },
		Join: func(theirs, ours map[string][]byte) (map[string][]byte, error) {
			all, err := stability.Join(renamed(theirs, path.Base), renamed(ours, path.Base), artifact.HistoryBound, now)
			return renamed(all, func(name string) string { return path.Join(dir, name) }), err
		},
	}
}

func renamed(files map[string][]byte, name func(string) string) map[string][]byte {
	out := make(map[string][]byte, len(files))
	for old, data := range files {
		out[name(old)] = data
	}
	return out
}

// logs unites a file that is alone.
func logs(at string, join func(theirs, ours []byte) ([]byte, error)) gitrepo.Merge {
	return gitrepo.Merge{
		Match: func(name string) bool { return name == at },
		Join: func(theirs, ours map[string][]byte) (map[string][]byte, error) {
			all, err := join(theirs[at], ours[at])
			return map[string][]byte{at: all}, err
		},
	}
}

// published is the repository for files that runs have published.
func (a *app) published() gitrepo.Repo {
	r := a.Git()
	r.Most = artifact.Most(artifact.HistoryPath)
	return r
}

// gitToken is the credential for a push over https to the server of the workflow, or of the pipeline.
func (a *app) gitToken() []gitrepo.Setting {
	token, server, name := a.Getenv("GITHUB_TOKEN"), firstOf(a.Getenv("GITHUB_SERVER_URL"), "https://github.com"), "x-access-token"
	if a.system().ID == ci.GitLab {
		token, server, name = a.Getenv("GITLAB_TOKEN"), firstOf(a.Getenv("CI_SERVER_URL"), "https://gitlab.com"), "oauth2" // GitLab takes any name
	}
	u, err := url.Parse(server)
	if token == "" || err != nil || u.Scheme != "https" {
		return nil
	}
	return []gitrepo.Setting{{Key: "http." + strings.TrimSuffix(server, "/") + "/.extraheader",
		Value: "AUTHORIZATION: basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+token))}}
}
