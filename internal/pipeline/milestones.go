package pipeline

import (
	"context"
	"fmt"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/milestone"
	"github.com/romel/govctl/pkg/report"
)

// milestones sums up the milestone file where there is one.
func milestones(ctx context.Context, sc *stepContext) error {
	name := sc.job.Config.Milestones
	data, ok, err := sc.job.optional(name, "/milestones")
	if err != nil {
		return err
	}
	if !ok {
		return skip(fmt.Sprintf("no %s", name))
	}
	m, err := milestone.Summarize(ctx, name, data, report.At(sc.job.Now))
	if err != nil {
		return err
	}
	sc.note = fmt.Sprintf("%.0f %% done", float64(m.Totals.Percent))
	return sc.job.Store.JSON(artifact.MilestonesPath, m)
}
