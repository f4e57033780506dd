package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/romel/govctl/pkg/artifact"
	"github.com/romel/govctl/pkg/config"
	"github.com/romel/govctl/pkg/notify"
	"github.com/romel/govctl/pkg/report"
)

// maxDeliveries bounds the receipts that are carried on, in bytes.
const maxDeliveries = 64 << 20

// reasons judges which alerts open and which recover, over the state that the run before left. Nothing is sent here.
func reasons(_ context.Context, b *bench) error {
	in := notify.Input{Summary: b.final, Previous: b.last, At: report.At(b.job.Now)}
	last, err := artifact.Load[report.AlertState](b.job.Store.FS(), artifact.AlertStatePath)
	switch {
	case err == nil:
		in.State = &last
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	for _, one := range b.benches() {
		broken, err := written[report.Breaking](one, breakingFile)
		if err != nil {
			return err
		}
		if broken != nil {
			in.Waived += len(broken.Waived)
		}
	}
	state := notify.Judge(in, Thresholds(b.job.Config))
	b.note = "nothing to tell"
	if len(state.Reasons) > 0 {
		b.note = strings.Join(state.Reasons, ", ")
	}
	return errors.Join(b.job.Store.JSON(artifact.AlertStatePath, state), b.carryDeliveries())
}

// carryDeliveries lists the receipts in this run's manifest, so that a state taken from it has them.
func (b *bench) carryDeliveries() error {
	log, err := artifact.Read(b.job.Store.FS(), artifact.DeliveriesPath, maxDeliveries)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(log) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, bad := notify.ParseLog(log); bad > 0 {
		b.note += fmt.Sprintf("; %d unreadable lines in %s", bad, artifact.DeliveriesPath)
	}
	return b.job.Store.Bytes(artifact.DeliveriesPath, log)
}

// Thresholds are the limits by which alerts are judged.
func Thresholds(c config.Config) notify.Thresholds {
	return notify.Thresholds{Stability: c.Stability.AlertThreshold, Streak: c.Stability.PlaceholderStreakAlertThreshold, OnChange: c.Webhook.Repeat == "on-change"}
}
