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
	f := promtext.Figures{Summary: &sc.final}
	var err1, err2, err3 error
	f.Milestones, err1 = written[report.Milestones](sc, artifact.MilestonesPath)
	f.Taxonomy, err2 = written[report.TaxonomyMetrics](sc, artifact.MetricsPath)
	f.Lint, err3 = written[report.TaxonomyLint](sc, artifact.LintPath)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	for _, one := range sc.stepContexts() {
		section, err1 := one.section()
		broken, err2 := written[report.Breaking](one, breakingFile)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		c := promtext.Contract{Diff: section.Diff, Operations: section.Operations, Stability: section.Stability, Breaking: broken}
		if len(sc.job.Config.Contracts) > 1 {
			c.Name = one.contract.Name
		}
		f.Contracts = append(f.Contracts, c)
	}
	text := promtext.Governance(&f)
	sc.note = count(bytes.Count(text, []byte("\n# TYPE "))+1, "metric")
	return sc.job.Store.Bytes(artifact.PromPath, text)
}
