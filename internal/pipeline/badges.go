package pipeline

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/badge"
	"github.com/romel/govctl/pkg/report"
)

// badges writes the badges of the whole; those of the contracts are there. Every badge is there after every run: a badge that vanishes from a
// README looks like an error of the reader.
func badges(_ context.Context, sc *stepContext) error {
	s := sc.final
	errs := []error{
		sc.badge(artifact.SummaryBadge, badge.Summary(&s)),
		sc.badge(artifact.CombinedBadge, badge.Combined(&s)),
		sc.badge(artifact.PayloadBadge, badge.PayloadVersion(s.WebhookPayloadVersion)),
		sc.greyAlerts(),
		sc.greyContracts(),
		sc.evidenceBadges(),
	}
	m, err := written[report.Milestones](sc, artifact.MilestonesPath)
	if m != nil {
		err = sc.badge(artifact.MilestonesBadge, badge.Milestones(m))
	}
	made := 0
	for _, f := range sc.job.Store.Written() {
		if IsBadge(f.Path) && strings.HasPrefix(f.Path, "status/") {
			made++
		}
	}
	sc.note = count(made, "badge")
	return errors.Join(append(errs, err)...)
}

// greyContracts takes the colour from the badges of the contracts, which were written with their figures, where the run was not checked, and
// gives it back to those that an earlier run had taken it from. The number of runs in a row that measured nothing keeps its colour.
func (sc *stepContext) greyContracts() error {
	before := sc.job.State.Summary
	if sc.final.Checked && (before == nil || before.Checked) {
		return nil
	}
	for _, rec := range sc.records {
		for i := range rec.Badges {
			b := &rec.Badges[i]
			if path.Base(b.Path) == path.Base(artifact.StreakBadge) {
				continue
			}
			if !sc.final.Checked {
				b.Color = badge.LightGrey
			}
			if before != nil && before.Checked == sc.final.Checked && !sc.made(rec) {
				continue // the files have it
			}
			if err := sc.job.Store.JSON(b.Path, b.Badge); err != nil {
				return err
			}
			if !sc.several() {
				continue
			}
			if _, err := publishBadge(sc.job.Store, *b); err != nil {
				return err
			}
		}
	}
	return nil
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
