package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/changelog"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/docblocks"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/pkg/report"
)

// docBlocks are the blocks that `docs sync` can write.
var docBlocks = []struct {
	name, about string
	text        func(*app, context.Context, config.Config, *docblocks.Document) (string, error)
}{
	{metricsBlock, "metrics and recording rules of metrics.sources and taxonomy.rules", (*app).catalogBlock},
	{"alerts", "the alerts of taxonomy.file", (*app).alertsBlock},
	{"thresholds", "limits of govctl.yaml and of the alerting rules in taxonomy.rules", (*app).thresholdsBlock},
	{"tldr", "headings of the document, each with the first sentence of its section", (*app).summaryBlock},
	{"commands", "targets of the Makefile with a description (`name: ## description`)", (*app).commandsBlock},
}

func docsCommand(a *app) *cobra.Command {
	return group("docs", "Generated parts of documents", docsSync(a))
}

func docsSync(a *app) *cobra.Command {
	var check bool
	var names strings.Builder
	for _, b := range docBlocks {
		fmt.Fprintf(&names, "\n  %-11s %s", b.name, b.about)
	}
	c := a.evidenceCommand("sync [FILE...]", "Update the generated blocks of documents, or check that they are up to date",
		"Write the blocks of Markdown documents (default: docs.files of the configuration). A block is between `"+docblocks.Begin("NAME")+"`\n"+
			"and `"+docblocks.End("NAME")+"`, each on a separate line; text outside of blocks is never touched. NAME is one of:\n"+names.String()+"\n\n"+
			"--check writes nothing and fails where a block is not up to date.",
		cobra.ArbitraryArgs, func(ctx context.Context, args []string) (measurement, error) { return a.syncDocs(ctx, check, args) })
	c.Flags().BoolVar(&check, "check", false, "write nothing, and fail where a block is not up to date")
	return c
}

func (a *app) syncDocs(ctx context.Context, check bool, files []string) (measurement, error) {
	m := measurement{kind: "docs"}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return m, err
	}
	if len(files) == 0 {
		files = cfg.Docs.Files
	}
	if len(files) == 0 {
		return m, usage("there are no documents").hint("name the files, or set docs.files in govctl.yaml")
	}
	blocks := 0
	var documents []*docblocks.Document
	var texts []map[string]string
	for _, file := range files { // all of them are read before the first is written
		document, err := a.document(file)
		if err != nil {
			return m, err
		}
		text, err := a.docTexts(ctx, cfg, document)
		if err != nil {
			return m.asReason(err)
		}
		documents, texts, blocks = append(documents, document), append(texts, text), blocks+len(text)
	}
	changed := 0
	for i, document := range documents {
		stale := document.Stale(texts[i])
		m.subjects = append(m.subjects, report.EvidenceSubject{Name: document.Name})
		changed += len(stale)
		if check {
			m.checks = append(m.checks, stale...)
		} else if len(stale) > 0 {
			if err := artifact.Replace(document.Name, document.Rewrite(texts[i])); err != nil {
				return m, err
			}
		}
	}
	m.figures = []report.Figure{{Name: "docs_blocks", Help: "Generated blocks of documents.", Value: float64(blocks)}}
	m.headline = fmt.Sprintf("%s in %s, %d written", counted(blocks, "block"), counted(len(files), "document"), changed)
	if check {
		m.headline = fmt.Sprintf("%s in %s, %d not up to date", counted(blocks, "block"), counted(len(files), "document"), changed)
	}
	return m, nil
}

// document reads a document whose blocks are all known.
func (a *app) document(file string) (*docblocks.Document, error) {
	data, err := a.readInput(file)
	if err != nil {
		return nil, err
	}
	document, err := docblocks.Parse(file, data)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, b := range docBlocks {
		known = append(known, b.name)
	}
	for _, b := range document.Blocks {
		if b.Digest == "" && !slices.Contains(known, b.Name) { // one with a digest is of a changelog
			return nil, usage("%s:%d: there is no block %s", file, b.Line, b.Name).hint("%s", firstOf(config.Nearest(b.Name, known), "the blocks are "+strings.Join(known, ", ")))
		}
	}
	return document, nil
}

// docTexts are the texts of the blocks of a document, by their name.
func (a *app) docTexts(ctx context.Context, cfg config.Config, d *docblocks.Document) (map[string]string, error) {
	texts := map[string]string{}
	for _, b := range docBlocks {
		if !slices.ContainsFunc(d.Blocks, func(is docblocks.Block) bool { return is.Name == b.name }) {
			continue
		}
		text, err := b.text(a, ctx, cfg, d)
		if err != nil {
			return nil, err
		}
		texts[b.name] = text
	}
	return texts, nil
}

func (a *app) catalogBlock(ctx context.Context, cfg config.Config, _ *docblocks.Document) (string, error) {
	rules, err := a.metricRules(cfg, nil)
	if err != nil {
		return "", err
	}
	is, err := a.metricsOf(ctx, cfg, nil, scrapeTimeout)
	return metricscontract.Catalog(is, rules), err
}

func (a *app) alertsBlock(ctx context.Context, _ config.Config, _ *docblocks.Document) (string, error) {
	_, in, err := a.alone(ctx, &alertFlags{})
	if err != nil {
		return "", err
	}
	return changelog.CatalogueTable(in.File.Report()), nil
}

func (a *app) summaryBlock(_ context.Context, _ config.Config, d *docblocks.Document) (string, error) {
	return d.Summary(), nil
}

func (a *app) commandsBlock(context.Context, config.Config, *docblocks.Document) (string, error) {
	data, err := a.readInput("Makefile")
	return docblocks.Targets(data), err
}
