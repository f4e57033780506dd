package pipeline

import (
	"bytes"
	"context"
	"errors"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/pkg/report"
)

// metrics writes the figures for node_exporter's textfile collector.
func metrics(_ context.Context, b *bench) error {
	f := promtext.Figures{Summary: &b.final}
	var err1, err2, err3 error
	f.Milestones, err1 = written[report.Milestones](b, artifact.MilestonesPath)
	f.Taxonomy, err2 = written[report.TaxonomyMetrics](b, artifact.MetricsPath)
	f.Lint, err3 = written[report.TaxonomyLint](b, artifact.LintPath)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	for _, one := range b.benches() {
		section, err1 := one.section()
		broken, err2 := written[report.Breaking](one, breakingFile)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		c := promtext.Contract{Diff: section.Diff, Operations: section.Operations, Stability: section.Stability, Breaking: broken}
		if len(b.job.Config.Contracts) > 1 {
			c.Name = one.contract.Name
		}
		f.Contracts = append(f.Contracts, c)
	}
	text := promtext.Governance(&f)
	b.note = count(bytes.Count(text, []byte("\n# TYPE "))+1, "metric")
	return b.job.Store.Bytes(artifact.PromPath, text)
}
