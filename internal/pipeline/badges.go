package pipeline

import (
	"context"
	"errors"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/pkg/report"
)

// badges writes the badges of each contract and those of the whole. Every badge is there after every run: a badge that
// vanishes from a README looks like an error of the reader.
func badges(_ context.Context, sc *stepContext) error {
	var errs []error
	for _, one := range sc.stepContexts() {
		errs = append(errs, one.contractBadges())
	}
	s := sc.final
	errs = append(errs,
		sc.badge(artifact.SummaryBadge, badge.Summary(&s)),
		sc.badge(artifact.CombinedBadge, badge.Combined(&s)),
		sc.badge(artifact.PayloadBadge, badge.PayloadVersion(s.WebhookPayloadVersion)),
		sc.greyAlerts(),
		sc.evidenceBadges(),
	)
	m, err := written[report.Milestones](sc, artifact.MilestonesPath)
	if m != nil {
		err = sc.badge(artifact.MilestonesBadge, badge.Milestones(m))
	}
	made := 0
	for _, f := range sc.job.Store.Written() {
		if IsBadge(f.Path) {
			made++
		}
	}
	sc.note = count(made, "badge")
	return errors.Join(append(errs, err)...)
}

// badge writes a badge; grey where the run was not checked, whatever its figures say.
func (sc *stepContext) badge(p string, v report.Badge) error {
	if !sc.final.Checked {
		v.Color = badge.LightGrey
	}
	return sc.job.Store.JSON(p, v)
}

// greyAlerts takes the colour from the badges of the alerts, which were written with their figures, where the run was not checked.
func (sc *stepContext) greyAlerts() error {
	if sc.final.Checked {
		return nil
	}
	for _, f := range sc.job.Store.Written() {
		if !strings.HasPrefix(f.Path, "status/badge-") {
			continue
		}
		v, err := artifact.Again[report.Badge](sc.job.Store, f.Path)
		if err == nil {
			err = sc.badge(f.Path, *v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (sc *stepContext) contractBadges() error {
	return errors.Join(sc.breakingBadge(), sc.stabilityBadges())
}

func (sc *stepContext) breakingBadge() error {
	broken, err := written[report.Breaking](sc, breakingFile)
	if err != nil {
		return err
	}
	return sc.badge(sc.path(artifact.BreakingBadge), badge.Breaking(broken))
}

func (sc *stepContext) stabilityBadges() error {
	view, err := written[stabilityView](sc, stabilityFile)
	if err != nil {
		return err
	}
	var full *report.Stability
	streak := 0
	if view != nil {
		streak = view.Extensions.PlaceholderStreak
	}
	if view != nil && !view.Placeholder {
		var err error
		if full, err = written[report.Stability](sc, stabilityFile); err != nil {
			return err
		}
	}
	return errors.Join(
		sc.badge(sc.path(artifact.StabilityBadge), badge.Stability(full)),
		sc.job.Store.JSON(sc.path(artifact.StreakBadge), badge.PlaceholderStreak(streak)),
	)
}
