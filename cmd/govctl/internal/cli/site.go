package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/integrity"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/site"
	"github.com/romel/govctl/pkg/report"
)

func siteCommand(a *app) *cobra.Command {
	build := siteBuild(a)
	c := group("site", "Build the status pages", build)
	c.RunE = build.RunE // there is one thing to do with pages, with or without its name
	c.Flags().AddFlagSet(build.Flags())
	return c
}

func siteBuild(a *app) *cobra.Command {
	var address string
	c := command("build", "Build the status pages from the files of the last run", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.buildSite(ctx, address)
	})
	c.Long = "Build site/ (index.html, with NAME/index.html for each of several contracts, taxonomy.html, changelog.html, badges.html,\n" +
		"embed.html, runs/, api-changelog.html, the badges as JSON and SVG) and status/index.html from the files that the last run left in the output folder.\n" +
		"govctl run does the same among its steps; alone, it is for a job that only publishes. The checksums are recomputed; a\n" +
		"signature over the older ones is removed, so sign afterwards."
	c.Flags().StringVar(&address, "site-url", "", "`address` at which the pages will be found (default: the Pages address of GITHUB_REPOSITORY, or CI_PAGES_URL)")
	return c
}

func (a *app) buildSite(ctx context.Context, address string) (err error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	files, err := openDir(a.out)
	if err != nil {
		return usage("%s: %w", a.out, cause(err)).hint("govctl run makes the output folder")
	}
	manifest, err := lastManifest(files)
	if err != nil {
		return err
	}
	store, _, err := artifact.Open(a.out, now, defaultWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	store.Begin("site")
	s := pipeline.PageSource{Store: store, Config: cfg, Now: report.At(now()), Links: a.links(address), Signed: signedBy(files)}
	for _, f := range manifest.Files {
		s.Files = append(s.Files, f.Path)
	}
	n, err := s.Build()
	if err != nil {
		return err
	}
	if _, err := pipeline.WriteBundles(ctx, store, pipeline.BundleRequest{At: now()}); err != nil {
		return err
	}
	if s.Signed != nil {
		fmt.Fprintln(a.notes(), "govctl: warning: the signature is removed: it does not cover these pages\nhint: govctl sign")
	}
	_, err = fmt.Fprintf(a.Stdout, "%s, page: %s\n", counted(n, "file"), filepath.Join(a.out, filepath.FromSlash(artifact.PagePath)))
	return err
}

// lastManifest lists the files of the last run of an output folder.
func lastManifest(files fs.FS) (report.Manifest, error) {
	m, err := artifact.Load[report.Manifest](files, artifact.ManifestPath)
	if err != nil {
		return m, usage("%w", err).hint("govctl run makes the files that pages and badges are built from")
	}
	return m, nil
}

// signedBy is the key that signed a folder, as the signature file names it; nil where there is none or it cannot be read. Whether the
// signature holds is for govctl verify to say.
func signedBy(files fs.FS) *site.Signing {
	s, err := artifact.Load[report.Signature](files, artifact.SignaturePath)
	if err != nil {
		return nil
	}
	key, err := integrity.ParsePublicKey(artifact.SignaturePath, []byte(s.PublicKeyBase64))
	if err != nil {
		return nil
	}
	return &site.Signing{KeyID: key.ID(), Fingerprint: key.Fingerprint()}
}

// links are the addresses that the environment of a workflow gives.
func (a *app) links(address string) pipeline.Links {
	l := pipeline.Links{Site: address}
	if a.elsewhere() {
		l.Repository, l.Run, l.Site = a.system().CommitsOf(a.Getenv), a.runURL(), firstOf(address, a.pageURL())
		return l
	}
	repository := a.Getenv("GITHUB_REPOSITORY")
	owner, name, ok := strings.Cut(repository, "/")
	if !ok {
		return l
	}
	l.Repository = strings.TrimSuffix(firstOf(a.Getenv("GITHUB_SERVER_URL"), "https://github.com"), "/") + "/" + repository
	if id := a.Getenv("GITHUB_RUN_ID"); id != "" {
		l.Run = l.Repository + "/actions/runs/" + id
	}
	if l.Site == "" {
		l.Site = "https://" + strings.ToLower(owner) + ".github.io/" + name
	}
	return l
}
