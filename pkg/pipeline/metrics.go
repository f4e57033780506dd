package pipeline

import (
	"context"
	"errors"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/promtext"
	"github.com/romel/govctl/pkg/report"
)

// metrics writes the figures for node_exporter's textfile collector. Among several contracts only the summary's figures have one
// value each; the contracts' own stand in their folders.
func metrics(_ context.Context, b *bench) error {
	f := promtext.Figures{Summary: &b.final}
	var errs [6]error
	f.Milestones, errs[0] = written[report.Milestones](b, artifact.MilestonesPath)
	f.Taxonomy, errs[3] = written[report.TaxonomyMetrics](b, artifact.MetricsPath)
	if all := b.benches(); len(all) == 1 {
		section, err := all[0].section()
		f.Diff, f.Operations, f.Stability, errs[1] = section.Diff, section.Operations, section.Stability, err
		f.Breaking, errs[2] = written[report.Breaking](all[0], breakingFile)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	return b.job.Store.Bytes(artifact.PromPath, promtext.Governance(&f))
}
