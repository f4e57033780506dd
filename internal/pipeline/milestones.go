package pipeline

import (
	"context"
	"fmt"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/milestone"
	"github.com/romel/govctl/pkg/report"
)

// milestones sums up the milestone file where there is one.
func milestones(ctx context.Context, b *bench) error {
	name := b.job.Config.Milestones
	data, ok, err := b.job.optional(name, "/milestones")
	if err != nil {
		return err
	}
	if !ok {
		return skip(fmt.Sprintf("no %s", name))
	}
	m, err := milestone.Summarize(ctx, name, data, report.At(b.job.Now))
	if err != nil {
		return err
	}
	b.note = fmt.Sprintf("%.0f %% done", float64(m.Totals.Percent))
	return b.job.Store.JSON(artifact.MilestonesPath, m)
}
