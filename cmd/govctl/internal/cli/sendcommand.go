package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

// sendFlags are the flags of `govctl send`.
type sendFlags struct {
	remote, sha, runID   string
	dryRun, allowPrivate bool
	unsigned, refresh    bool
	sign                 signFlags
}

func sendCommand(a *app) *cobra.Command {
	var f sendFlags
	c := command("send", "Sign, publish and notify for the output folder of a run", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.sendFolder(ctx, f)
	})
	c.Long = "Do what `govctl run --send` does after the run, for an output folder that `govctl run` has left, perhaps in another job: sign it where a\n" +
		"key is configured and it has no signature, publish it, notify the webhook, update the issues. No contract is read and no command of\n" +
		"the configuration is started, so that the job which has the key and may write to the repository runs nothing of the project.\n\n" +
		"A folder without a manifest, whose files differ from its checksums, or of another commit or workflow run than this one is rejected.\n" +
		"The exit code is about the sending alone: whether the gates passed is the exit code of `govctl run`."
	c.Flags().StringVar(&f.remote, "remote", "origin", "`remote` to publish to")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would be sent; send and sign nothing")
	c.Flags().BoolVar(&f.allowPrivate, "allow-private", false, "allow http:// and private webhook addresses")
	c.Flags().BoolVar(&f.unsigned, "allow-unsigned", false, "publish without a signature; the checksums must match")
	c.Flags().BoolVar(&f.refresh, "refresh", false, "publish again even if the published run has the same result")
	c.Flags().StringVar(&f.sha, "sha", "", "reject a folder of another `commit` (default: that of the CI system, such as GITHUB_SHA)")
	c.Flags().StringVar(&f.runID, "run-id", "", "reject a folder of another `run` (default: that of the CI system, such as GITHUB_RUN_ID)")
	f.sign.add(c)
	return c
}

func (a *app) sendFolder(ctx context.Context, f sendFlags) error {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	if err := a.ofThisRun(f); err != nil {
		return err
	}
	if err := a.signBeforeSending(ctx, cfg, f); err != nil {
		return err
	}
	return a.send(ctx, cfg, runFlags{remote: f.remote, dryRun: f.dryRun, allowPrivate: f.allowPrivate, allowUnsigned: f.unsigned, refresh: f.refresh})
}

// ofThisRun refuses a folder whose run did not come to its end, or that belongs to another run: the state that a run begins with is a
// whole folder, too.
func (a *app) ofThisRun(f sendFlags) error {
	files, err := openDir(a.out)
	if err != nil {
		return usage("%s: %w", a.out, cause(err)).hint("govctl run makes the output folder")
	}
	m, err := artifact.Load[report.Manifest](files, artifact.ManifestPath)
	if err != nil {
		return usage("%w", err).hint("govctl run writes the manifest last; without one, the run did not finish")
	}
	for _, c := range []struct{ what, have, want string }{
		{"commit", m.SHA, firstOf(f.sha, a.system().CommitOf(a.Getenv))},
		{"run", m.RunID, firstOf(f.runID, a.system().RunOf(a.Getenv))},
	} {
		if c.want != "" && c.have != c.want {
			return usage("%s is of %s %s, and this is %s", a.out, c.what, oneLine(c.have), oneLine(c.want)).
				hint("did `govctl run` finish for this %s?", c.what)
		}
	}
	return nil
}

// signed reports whether the output folder has a signature.
func (a *app) signed() bool {
	return exists(filepath.Join(a.out, filepath.FromSlash(artifact.SignaturePath)))
}

// signBeforeSending signs a folder that has no signature, where there is a key. Its files are compared with the checksums in any case.
func (a *app) signBeforeSending(ctx context.Context, cfg config.Config, f sendFlags) error {
	if a.signed() {
		return nil // publishing verifies it
	}
	keys, err := a.signing(ctx, f.sign)
	if err != nil {
		return err
	}
	if err := a.filesAsListed(ctx, "govctl: not sent"); err != nil || keys == nil || f.dryRun {
		return err
	}
	return a.signLater(ctx, cfg, *keys)
}

// signLater signs what a run without the key has left. The pages are built again first, since they name the key.
func (a *app) signLater(ctx context.Context, cfg config.Config, keys pipeline.Signing) (err error) {
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	store, _, err := artifact.Open(a.out, now, defaultWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("site")
	m, err := artifact.Load[report.Manifest](store.FS(), artifact.ManifestPath)
	if err != nil {
		return err
	}
	key := keys.Key.Public()
	pages := pipeline.PageSource{Store: store, Config: cfg, Now: m.GeneratedAt, Links: a.links(""), Signed: &site.Signing{KeyID: key.ID(), Fingerprint: key.Fingerprint()}}
	for _, file := range m.Files {
		pages.Files = append(pages.Files, file.Path)
	}
	if _, err := pages.Build(); err != nil {
		return err
	}
	if _, err := pipeline.WriteBundles(ctx, store, pipeline.BundleRequest{At: now(), Signing: &keys}); err != nil {
		return integrityError(err)
	}
	_, err = fmt.Fprintf(a.Stdout, "signed %s with key %s\n", a.out, key.ID())
	return err
}
