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

// maxDeliveries bounds the receipts that are carried on, in bytes.
const maxDeliveries = 64 << 20

// reasons judges which alerts open and which recover, over the state that the run before left. Nothing is sent here.
func reasons(_ context.Context, b *bench) error {
	state := b.job.State
	in := notify.Input{Summary: b.final, Previous: state.Summary, State: state.Alerts, At: report.At(b.job.Now)}
	for i, one := range b.benches() {
		c := notify.Contract{ContractState: b.found[i].ContractState}
		broken, err := written[report.Breaking](one, breakingFile)
		if err != nil {
			return err
		}
		if broken != nil {
			c.Waived = len(broken.Waived)
		}
		before := b.start[one.contract.Name]
		c.Reverted = before != nil && digest(before) == b.digestOf(publishedPath(one.contract.Name))
		in.Contracts = append(in.Contracts, c)
	}
	next := notify.Judge(in, Thresholds(b.job.Config))
	b.note = "nothing to report"
	if len(next.Reasons) > 0 {
		b.note = strings.Join(next.Reasons, ", ")
	}
	return errors.Join(b.job.Store.JSON(artifact.AlertStatePath, next), b.carryDeliveries())
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
	return notify.Thresholds{Stability: c.Stability.AlertThreshold, Streak: c.Stability.PlaceholderStreakAlertThreshold, OnChange: c.Webhook.Repeat == "on-change",
		Reasons: c.Webhook.Reasons}
}
