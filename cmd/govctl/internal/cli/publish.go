package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/gitrepo"
	"github.com/romel/govctl/pkg/integrity"
	"github.com/romel/govctl/pkg/notify"
	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/pkg/stability"
)

type publishFlags struct {
	dir, remote, branch, pages, message string
	name, email                         string
	deadline                            time.Duration
	unsigned, dryRun                    bool
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
		"neither. Files of other writers stay; histories are merged; the work tree is not touched. Nothing is pushed unless\n" +
		"`govctl verify` accepts the folder."
	s := c.Flags()
	s.StringVar(&f.dir, "dir", "", "output `folder` to push (default: --out)")
	s.StringVar(&f.remote, "remote", "origin", "`remote`: a name, a URL or a path")
	s.StringVar(&f.branch, "branch", "", "`branch` of the artifacts (default: publish.schemas_branch); the pages are not pushed unless --pages-branch is given too")
	s.StringVar(&f.pages, "pages-branch", "", "`branch` of the pages (default: publish.pages_branch)")
	s.StringVar(&f.message, "message", "", "commit `message` (default: names the commit of the run)")
	s.StringVar(&f.name, "author-name", botName, "`name` of the author")
	s.StringVar(&f.email, "author-email", botAddress, "`address` of the author")
	s.DurationVar(&f.deadline, "deadline", publishDeadline, "give up after this long")
	s.BoolVar(&f.unsigned, "allow-unsigned", false, "push a folder without a signature; its checksums must hold")
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
	if err := a.accepted(ctx, f); err != nil {
		return err
	}
	branches, err := a.branches(cfg, f)
	if err != nil {
		return err
	}
	if f.message == "" {
		f.message = a.publishMessage(f.dir)
	}
	scratch, err := os.MkdirTemp("", "govctl-publish-") //nolint:forbidigo // for git alone, removed below
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }() //nolint:forbidigo // the folder of the line above
	ctx, cancel := context.WithTimeout(ctx, f.deadline)
	defer cancel()
	done, err := a.Git().Publish(ctx, gitrepo.Push{
		Remote: f.remote, Branches: branches, Name: f.name, Email: f.email, Message: f.message, At: now(), Settings: a.gitToken(),
		Scratch: scratch, Tries: publishTries, DryRun: f.dryRun, Sleep: sleep, Jitter: rand.Float64,
	})
	if err != nil {
		return publishError(err)
	}
	for _, p := range done {
		fmt.Fprintf(a.Stdout, "%s %s%s\n", p.Branch, published(p), suffix(f.dryRun, " (dry run)"))
	}
	return nil
}

func published(p gitrepo.Published) string {
	switch {
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
	switch {
	case errors.Is(err, gitrepo.ErrRefused):
		return (&exitError{code: Failed, err: err}).hint("is the branch protected, and may the token write (permissions: contents: write)?")
	case errors.Is(err, gitrepo.ErrRemote):
		return (&exitError{code: Failed, err: err}).hint("--remote takes a name, a URL or a path; a push over https needs GITHUB_TOKEN or stored credentials")
	case errors.Is(err, gitrepo.ErrBlocked):
		return (&exitError{code: Failed, err: err}).hint("move it away on that branch, or publish to another one: publish.schemas_branch, publish.pages_branch")
	}
	return err
}

// accepted refuses a folder that verification refuses.
func (a *app) accepted(ctx context.Context, f publishFlags) error {
	v := verifyFlags{}
	unsigned := !exists(filepath.Join(f.dir, filepath.FromSlash(artifact.SignaturePath)))
	if unsigned && !f.unsigned {
		return (&exitError{code: Findings, err: fmt.Errorf("%s is not signed", f.dir)}).hint("govctl sign signs it; --allow-unsigned pushes it as it is")
	}
	r, err := a.bundle([]string{f.dir}, &v, !unsigned)
	if err != nil {
		return a.failed(err)
	}
	var verdict report.Verification
	if unsigned {
		verdict, err = integrity.VerifyChecksums(ctx, r)
	} else {
		if r.Trust, err = a.trust(ctx, v); err != nil {
			return a.failed(err)
		}
		r.Now, r.ByHand = a.Now(), true
		verdict, err = integrity.Verify(ctx, r)
	}
	if err != nil {
		return integrityError(err)
	}
	if verdict.Verdict != "ok" {
		a.printFailures("govctl: not published", verdict)
		return errFindings
	}
	return nil
}

// branches are the files of the folder by the branch that they go to.
func (a *app) branches(cfg config.Config, f publishFlags) ([]gitrepo.Branch, error) {
	root, err := openDir(f.dir)
	if err != nil {
		return nil, usage("%s: %w", f.dir, cause(err))
	}
	artifacts := gitrepo.Branch{Name: firstOf(f.branch, cfg.Publish.SchemasBranch), Files: map[string][]byte{}, Merge: map[string]func(a, b []byte) ([]byte, error){}}
	pages := gitrepo.Branch{Name: firstOf(f.pages, cfg.Publish.PagesBranch), Files: map[string][]byte{}}
	if err := errors.Join(a.collect(root, "schemas", "", artifacts.Files), a.collect(root, "status", "", artifacts.Files), a.collect(root, "site", "site/", pages.Files)); err != nil {
		return nil, err
	}
	for name := range artifacts.Files {
		switch filepath.Base(name) {
		case filepath.Base(artifact.HistoryPath):
			artifacts.Merge[name] = mergeHistories
		case filepath.Base(artifact.DeliveriesPath):
			artifacts.Merge[name] = notify.MergeLog
		}
	}
	list := []gitrepo.Branch{artifacts}
	if len(pages.Files) > 0 && (f.branch == "" || f.pages != "") {
		list = append(list, pages)
	}
	return list, nil
}

func mergeHistories(theirs, ours []byte) ([]byte, error) {
	var out bytes.Buffer
	err := stability.Merge(bytes.NewReader(theirs), bytes.NewReader(ours), &out)
	return out.Bytes(), err
}

// collect reads the files below a folder. What a killed run left half-written is not published, nor what is no file; the latter is said.
func (a *app) collect(root fs.FS, top, trim string, files map[string][]byte) error {
	err := fs.WalkDir(root, top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch hidden := strings.HasPrefix(d.Name(), "."); {
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden:
			return nil
		case !d.Type().IsRegular():
			fmt.Fprintf(a.Stderr, "govctl: not published, because it is no regular file: %s\n", oneLine(p))
			return nil
		}
		if !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl) {
			return usage("%q: a file with such a name cannot be published", p).hint("names are UTF-8 without control characters; rename the file, or take it out of the folder")
		}
		data, err := artifact.Read(root, p, maxState)
		files[strings.TrimPrefix(p, trim)] = data
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (a *app) publishMessage(dir string) string {
	root, err := openDir(dir)
	if err == nil {
		if m, err := artifact.Load[report.Manifest](root, artifact.ManifestPath); err == nil {
			return "Publish governance artifacts of " + oneLine(m.SHA)
		}
	}
	return "Publish governance artifacts"
}

// gitToken is the credential for a push over https to the server of the workflow.
func (a *app) gitToken() []gitrepo.Setting {
	token, server := a.Getenv("GITHUB_TOKEN"), firstOf(a.Getenv("GITHUB_SERVER_URL"), "https://github.com")
	u, err := url.Parse(server)
	if token == "" || err != nil || u.Scheme != "https" {
		return nil
	}
	return []gitrepo.Setting{{Key: "http." + strings.TrimSuffix(server, "/") + "/.extraheader",
		Value: "AUTHORIZATION: basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))}}
}
