package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/apichangelog"
	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/docblocks"
	"github.com/romel/govctl/internal/gitrepo"
	"github.com/romel/govctl/internal/late"
	"github.com/romel/govctl/internal/pipeline"
	"github.com/romel/govctl/internal/sanitize"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// changelogFlags are the flags of `govctl changelog api`.
type changelogFlags struct {
	contract, from, to     string
	format, file, audience string
}

func changelogAPI(a *app) *cobra.Command {
	var f changelogFlags
	c := command("api", "Print the changelog of an API for developers of its clients", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		return a.changelogAPI(ctx, f)
	})
	c.Long = "Print what each release of an API changed: what breaks clients and how to migrate, deprecations, additions, other changes, one line for\n" +
		"each, by the tags of the operations.\n\n" +
		"Without --from, the releases are the release tags of the contract or, where there are none, the changes of info.version in its history;\n" +
		"changes of the work tree since the last one are listed as unreleased. With --from, there is one release: from a revision, a release tag, a\n" +
		"file or another source to --to, or to the contract of the work tree. --from latest-tag begins at the last release; at a commit that is\n" +
		"one itself, as in a release workflow, it is the release before; git:latest-tag and git:latest-tag:PATH mean the same.\n\n" +
		"--append keeps a block for each release in a Markdown file, the newest below the title. Blocks that were edited by hand, and all text\n" +
		"outside of blocks, stay as they are."
	a.contractFlag(c, &f.contract)
	c.Flags().StringVar(&f.from, "from", "", "the older side: a `source`, a revision or latest-tag")
	c.Flags().StringVar(&f.to, "to", "", "the newer side, with --from: a `source` or a revision (default: the contract of the work tree)")
	choose(c, &f.format, "format", "markdown", "what is printed", "markdown", "html", "json", "atom")
	c.Flags().StringVar(&f.file, "append", "", "write the releases into this Markdown `file`")
	choose(c, &f.audience, "audience", "all", "public leaves out what has x-internal: true or an unstable x-stability-level", "public", "all")
	return c
}

func (a *app) changelogAPI(ctx context.Context, f changelogFlags) error {
	switch {
	case f.to != "" && f.from == "":
		return usage("--to requires --from, which is not given")
	case f.file != "" && f.format != "markdown":
		return usage("--append and --format %s are both given", f.format).hint("a changelog that grows is Markdown")
	}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return err
	}
	c, err := a.changelogContract(cfg, f)
	if err != nil {
		return err
	}
	now, err := a.clock(a.now)
	if err != nil {
		return err
	}
	r := releaseReader{releaseFinder: releaseFinder{app: a, contract: c}, audience: f.audience, now: now()}
	log, err := r.changelog(ctx, f.from, f.to)
	if err != nil {
		return err
	}
	if f.file != "" {
		return a.appendReleases(f.file, log, len(cfg.Contracts) > 1, c.Name)
	}
	return a.printChangelog(log, f, r)
}

// changelogContract is the contract whose releases are listed. Between two named sources its rules alone count, as for a diff.
func (a *app) changelogContract(cfg config.Config, f changelogFlags) (config.Contract, error) {
	if f.from != "" && f.to != "" && f.contract == "" {
		return policyOf(cfg, "", f.to, f.from)
	}
	c, err := contractOf(cfg, f.contract)
	if err == nil && c.Source == "" {
		err = usage("there is no contract: contract.source is not set").hint("set contract.source in govctl.yaml, or name two contracts: --from OLD --to NEW")
	}
	return c, err
}

func (a *app) printChangelog(log *report.APIChangelog, f changelogFlags, r releaseReader) error {
	var out []byte
	var err error
	switch tool := "govctl " + Version(); f.format {
	case "json":
		return a.printJSON(log)
	case "html":
		out, err = apichangelog.HTML(log, tool)
	case "atom":
		out, err = apichangelog.Atom(log, firstOf(log.Title, r.contract.Source, r.contract.Name), tool, "")
	default:
		out = []byte(apichangelog.Markdown(log))
	}
	if err != nil {
		return err
	}
	var safe bytes.Buffer
	g := sanitize.HTML.Guard(&safe)
	_, err = g.Write(out)
	if err = errors.Join(err, g.Flush()); err != nil {
		return err
	}
	_, err = a.Stdout.Write(safe.Bytes())
	return err
}

// appendReleases brings the blocks of a file up to date.
func (a *app) appendReleases(file string, log *report.APIChangelog, several bool, name string) error {
	old, err := a.readInput(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(bytes.TrimSpace(old)) == 0 {
		old = []byte(apichangelog.Heading(log))
	}
	document, err := docblocks.Parse(file, old)
	if err != nil {
		return err
	}
	prefix := "api:"
	if several {
		prefix += name + ":"
	}
	text, growth := document.Grow(blocksOf(log, prefix))
	for _, edited := range growth.Edited {
		fmt.Fprintf(a.notes(), "govctl: %s: the block %s was edited by hand and stays as it is\n", oneLine(file), oneLine(edited))
	}
	if len(growth.Added)+len(growth.Updated)+len(growth.Deleted) == 0 {
		fmt.Fprintf(a.Stdout, "%s: nothing to add\n", oneLine(file))
		return nil
	}
	if err := artifact.Replace(file, text); err != nil {
		return err
	}
	fmt.Fprintf(a.Stdout, "%s: %s added, %d updated\n", oneLine(file), counted(len(growth.Added), "release"), len(growth.Updated)+len(growth.Deleted))
	return nil
}

// blocksOf are the releases as blocks of a document. What was unreleased before goes where nothing is now.
func blocksOf(log *report.APIChangelog, prefix string) []docblocks.Entry {
	out := []docblocks.Entry{}
	if len(log.Releases) == 0 || log.Releases[0].Version != apichangelog.Unreleased {
		out = append(out, docblocks.Entry{Name: prefix + apichangelog.Unreleased})
	}
	for i := range log.Releases {
		r := &log.Releases[i]
		out = append(out, docblocks.Entry{Name: prefix + blockName(r.Version), Text: apichangelog.Section(r)})
	}
	return out
}

// notInBlock are characters that the name of a block does not have.
var notInBlock = late.Pattern(`[^0-9A-Za-z.+_-]+`)

// blockName is a version as the name of a block: without spaces, and not so long that nobody could read the comment.
func blockName(version string) string {
	name := notInBlock().ReplaceAllString(version, "-")
	if name == version && len(name) <= maxBlockName {
		return name
	}
	sum := sha256.Sum256([]byte(version))
	return name[:min(len(name), maxBlockName)] + "-" + hex.EncodeToString(sum[:4])
}

// maxBlockName bounds the name of a block, in bytes.
const maxBlockName = 80

// releaseReader compares the releases of a contract.
type releaseReader struct {
	releaseFinder
	audience string
	now      time.Time
}

// side is one side of a comparison.
type side struct {
	releasedDoc
	doc *contract.Document
}

// changelog is that of one release where a side is named, else that of all.
func (r *releaseReader) changelog(ctx context.Context, from, to string) (*report.APIChangelog, error) {
	if from != "" {
		return r.between(ctx, from, to)
	}
	return r.all(ctx)
}

// between is the changelog of one release.
func (r *releaseReader) between(ctx context.Context, from, to string) (*report.APIChangelog, error) {
	old, new := &side{}, &side{releasedDoc: releasedDoc{source: r.contract.Source}}
	var err error
	if to != "" {
		new.releasedDoc, err = r.named(ctx, to)
	}
	if err == nil && r.isLatest(from) {
		old.releasedDoc, err = r.sinceLatest(ctx, &new.releasedDoc)
	} else if err == nil {
		old.releasedDoc, err = r.named(ctx, from)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range []*side{old, new} {
		if s.doc, err = r.read(ctx, s.releasedDoc); err != nil {
			return nil, err
		}
		s.version = firstOf(s.version, infoVersion(s.doc.Root()))
	}
	if new.version == old.version || new.version == "" {
		new.version = apichangelog.Unreleased
	}
	release, err := r.compare(ctx, old, new)
	log := apichangelog.Report(apichangelog.TitleOf(new.doc), r.audience, r.now)
	log.Releases = append(log.Releases, release)
	return &log, err
}

// all is the changelog of all releases, with what is in the work tree since the last one.
func (r *releaseReader) all(ctx context.Context) (*report.APIChangelog, error) {
	releases, whole, err := r.releases(ctx)
	if err != nil {
		return nil, err
	}
	new := &side{releasedDoc: releasedDoc{version: apichangelog.Unreleased, source: r.contract.Source}}
	if new.doc, err = r.read(ctx, new.releasedDoc); err != nil {
		return nil, err
	}
	log := apichangelog.Report(apichangelog.TitleOf(new.doc), r.audience, r.now)
	for i, p := range releases {
		if len(log.Releases) == maxReleases {
			log.More = len(releases) - i
			return &log, nil
		}
		old := &side{releasedDoc: p}
		if old.doc, err = r.read(ctx, p); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			if !errors.Is(err, gitrepo.ErrNoFile) { // the contract is younger than the release
				fmt.Fprintf(r.notes(), "govctl: release %s is left out: %s\n", oneLine(p.version), oneLine(err.Error()))
			}
			continue
		}
		release, err := r.compare(ctx, old, new)
		if err != nil {
			return nil, err
		}
		if !apichangelog.Empty(&release) {
			log.Releases = append(log.Releases, release)
		}
		new = old
	}
	if whole && new.version != apichangelog.Unreleased {
		log.Releases = append(log.Releases, apichangelog.First(new.version, new.date, new.doc, true))
	}
	return &log, nil
}

// read loads a side as its audience sees it.
func (r *releaseReader) read(ctx context.Context, p releasedDoc) (*contract.Document, error) {
	doc, err := r.load(ctx, p)
	if err != nil {
		return nil, err
	}
	return apichangelog.For(ctx, r.audience, doc)
}

// compare is the release that leads from one side to another. Waivers do not count: what they accept breaks clients nevertheless.
func (r *releaseReader) compare(ctx context.Context, old, new *side) (report.APIRelease, error) {
	in := apichangelog.Input{Version: new.version, Previous: old.version, Date: new.date, Old: old.doc, New: new.doc}
	return pipeline.ReleaseNotes(ctx, r.contract, in, r.now)
}
