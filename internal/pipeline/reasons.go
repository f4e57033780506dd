package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/romel/govctl/internal/artifact"
	"github.com/romel/govctl/internal/config"
	"github.com/romel/govctl/internal/notify"
	"github.com/romel/govctl/pkg/report"
)

// reasons evaluates which alerts open and which recover, over the state that the run before left. Nothing is sent here.
func reasons(_ context.Context, sc *stepContext) error {
	state := sc.job.State
	in := notify.Input{Summary: sc.final, Previous: state.Summary, State: state.Alerts, At: report.At(sc.job.Now)}
	for _, rec := range sc.records {
		c := notify.Contract{ContractState: rec.State, Reverted: rec.Reverted}
		if rec.Breaking != nil {
			c.Waived = rec.Breaking.Waived
		}
		in.Contracts = append(in.Contracts, c)
	}
	next := notify.Evaluate(in, Thresholds(sc.job.Config))
	sc.note = "nothing to report"
	if len(next.Reasons) > 0 {
		sc.note = strings.Join(next.Reasons, ", ")
	}
	return errors.Join(sc.job.Store.JSON(artifact.AlertStatePath, next), sc.carryDeliveries())
}

// carryDeliveries lists the receipts in this run's manifest, so that a state taken from it has them.
func (sc *stepContext) carryDeliveries() error {
	log, err := artifact.Read(sc.job.Store.FS(), artifact.DeliveriesPath, artifact.Most(artifact.DeliveriesPath))
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(log) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, bad := notify.ParseLog(log); bad > 0 {
		sc.note += fmt.Sprintf("; %d unreadable lines in %s", bad, artifact.DeliveriesPath)
	}
	return sc.job.Store.Bytes(artifact.DeliveriesPath, log)
}

// Thresholds are the limits by which alerts are evaluated.
func Thresholds(c config.Config) notify.Thresholds {
	return notify.Thresholds{Stability: c.Stability.AlertThreshold, Streak: c.Stability.PlaceholderStreakAlertThreshold, OnChange: c.Webhook.Repeat == "on-change",
		Reasons: c.Webhook.Reasons}
}
