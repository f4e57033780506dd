package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/docblocks"
	"github.com/romel/govctl/internal/metricscontract"
	"github.com/romel/govctl/pkg/report"
)

// metricsBlock is the block of a document that `metrics catalog` writes.
const metricsBlock = "metrics"

// metricsCatalogFlags are the flags of `metrics catalog`.
type metricsCatalogFlags struct {
	sources, rules []string
	check          bool
	timeout        time.Duration
}

func metricsCatalog(a *app) *cobra.Command {
	var f metricsCatalogFlags
	c := a.evidenceCommand("catalog [FILE]", "Write the metrics and recording rules into METRICS.md, or check that it is up to date",
		"Write tables of all metrics (type, labels, unit, description, what reads them) and of the recording rules into FILE (default: metrics.catalog\n"+
			"of the configuration), between `"+docblocks.Begin(metricsBlock)+"` and `"+docblocks.End(metricsBlock)+"`. A file that is not there is\n"+
			"created; text outside of the block is never touched. --check writes nothing and fails where the block is not up to date.\n\n"+
			"A metric without a description fails, and names against the conventions of Prometheus are warnings, as `promtool check metrics` finds them.",
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) (measurement, error) { return a.catalogMetrics(ctx, &f, args) })
	c.Flags().StringSliceVar(&f.sources, "source", nil, "`file` or address of metrics; may be repeated (default metrics.sources)")
	c.Flags().StringSliceVar(&f.rules, "rules", nil, "rule `files`, folders or globs (default taxonomy.rules)")
	c.Flags().BoolVar(&f.check, "check", false, "write nothing, and fail where the file is not up to date")
	scrapeFlag(c, &f.timeout)
	return c
}

func (a *app) catalogMetrics(ctx context.Context, f *metricsCatalogFlags, args []string) (measurement, error) {
	m := measurement{kind: "metrics-catalog"}
	cfg, err := a.configuration(ctx)
	if err != nil {
		return m, err
	}
	file := firstOf(slices.Concat(args, []string{cfg.Metrics.Catalog})...)
	document, err := a.catalogDocument(file, f.check)
	if err != nil {
		return m, err
	}
	rules, err := a.metricRules(cfg, f.rules)
	if err != nil {
		return m, err
	}
	is, err := a.metricsOf(ctx, cfg, f.sources, f.timeout)
	if err != nil {
		return m.asReason(err)
	}
	block := document.Blocks[slices.IndexFunc(document.Blocks, func(b docblocks.Block) bool { return b.Name == metricsBlock })]
	text := metricscontract.Catalog(is, rules)
	if f.check {
		m.checks = metricscontract.Stale(report.Place{File: file, Line: block.Line}, block.Text, text)
	} else if err := artifact.Replace(file, document.Rewrite(map[string]string{metricsBlock: text})); err != nil {
		return m, err
	}
	found, err := metricscontract.Lint(is)
	if err != nil {
		return m, err
	}
	m.checks = append(m.checks, found...)
	m.subjects = []report.EvidenceSubject{{Name: file}}
	m.figures = []report.Figure{{Name: "metrics_catalog_metrics", Help: "Metrics of the catalogue.", Value: float64(len(is.Metrics))}}
	m.headline = fmt.Sprintf("%s: %s", file, counted(len(is.Metrics), "metric"))
	return m, nil
}

// emptyCatalog is the document that is written where there is none.
const emptyCatalog = "# Metrics\n\n"

// catalogDocument is the document with the block; one that is to be written may not be there yet.
func (a *app) catalogDocument(file string, mustExist bool) (*docblocks.Document, error) {
	data, err := a.readInput(file)
	if errors.Is(err, fs.ErrNotExist) && !mustExist {
		data, err = []byte(emptyCatalog+docblocks.Begin(metricsBlock)+"\n"+docblocks.End(metricsBlock)+"\n"), nil
	}
	if err != nil {
		return nil, err
	}
	document, err := docblocks.Parse(file, data)
	if err == nil && !slices.ContainsFunc(document.Blocks, func(b docblocks.Block) bool { return b.Name == metricsBlock }) {
		err = usage("%s has no block %s", file, metricsBlock).hint("write %s and %s where the tables belong, each on a separate line", docblocks.Begin(metricsBlock), docblocks.End(metricsBlock))
	}
	return document, err
}
