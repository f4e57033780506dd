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
func metrics(_ context.Context, sc *stepContext) error {
	f := promtext.Figures{Summary: &sc.final, Detail: sc.job.Config.Metrics.Detail}
	var err1, err2, err3 error
	f.Milestones, err1 = written[report.Milestones](sc, artifact.MilestonesPath)
	f.Taxonomy, err2 = written[report.TaxonomyMetrics](sc, artifact.MetricsPath)
	f.Lint, err3 = written[report.TaxonomyLint](sc, artifact.LintPath)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	for _, rec := range sc.records {
		c := promtext.Contract{Diff: rec.Diff, Operations: rec.Operations, Stability: rec.Stability, Breaking: rec.Breaking}
		if sc.several() {
			c.Name = rec.State.Name
		}
		f.Contracts = append(f.Contracts, c)
	}
	text := promtext.Governance(&f)
	sc.note = count(bytes.Count(text, []byte("\n# TYPE "))+1, "metric")
	return sc.job.Store.Bytes(artifact.PromPath, text)
}
