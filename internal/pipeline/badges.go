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
func badges(_ context.Context, b *bench) error {
	var errs []error
	for _, one := range b.benches() {
		errs = append(errs, one.contractBadges())
	}
	s := b.final
	errs = append(errs,
		b.badge(artifact.SummaryBadge, badge.Summary(&s)),
		b.badge(artifact.CombinedBadge, badge.Combined(&s)),
		b.badge(artifact.PayloadBadge, badge.PayloadVersion(s.WebhookPayloadVersion)),
		b.greyAlerts(),
		b.evidenceBadges(),
	)
	m, err := written[report.Milestones](b, artifact.MilestonesPath)
	if m != nil {
		err = b.badge(artifact.MilestonesBadge, badge.Milestones(m))
	}
	made := 0
	for _, f := range b.job.Store.Written() {
		if IsBadge(f.Path) {
			made++
		}
	}
	b.note = count(made, "badge")
	return errors.Join(append(errs, err)...)
}

// badge writes a badge; grey where the run was not checked, whatever its figures say.
func (b *bench) badge(p string, v report.Badge) error {
	if !b.final.Checked {
		v.Color = badge.LightGrey
	}
	return b.job.Store.JSON(p, v)
}

// greyAlerts takes the colour from the badges of the alerts, which were written with their figures, where the run was not checked.
func (b *bench) greyAlerts() error {
	if b.final.Checked {
		return nil
	}
	for _, f := range b.job.Store.Written() {
		if !strings.HasPrefix(f.Path, "status/badge-") {
			continue
		}
		v, err := artifact.Again[report.Badge](b.job.Store, f.Path)
		if err == nil {
			err = b.badge(f.Path, *v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) contractBadges() error { return errors.Join(b.breakingBadge(), b.stabilityBadges()) }

func (b *bench) breakingBadge() error {
	broken, err := written[report.Breaking](b, breakingFile)
	if err != nil {
		return err
	}
	return b.badge(b.path(artifact.BreakingBadge), badge.Breaking(broken))
}

func (b *bench) stabilityBadges() error {
	view, err := written[stabilityView](b, stabilityFile)
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
		if full, err = written[report.Stability](b, stabilityFile); err != nil {
			return err
		}
	}
	return errors.Join(
		b.badge(b.path(artifact.StabilityBadge), badge.Stability(full)),
		b.job.Store.JSON(b.path(artifact.StreakBadge), badge.PlaceholderStreak(streak)),
	)
}
