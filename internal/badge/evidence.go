package badge

import (
	"fmt"

	"github.com/romel/govctl/pkg/report"
)

// Evidence is evidence-KIND-badge.json. What does not count is grey: nothing is known today.
func Evidence(k *report.EvidenceKind) report.Badge {
	switch k.Status {
	case report.EvidenceOK, report.EvidenceWarn:
		return New(k.Kind, "ok", BrightGreen)
	case report.EvidenceFail:
		return New(k.Kind, fmt.Sprintf("%d failed", k.Failed), Red)
	case report.EvidenceStale:
		if k.AgeSeconds != nil {
			return New(k.Kind, "stale "+lasting(*k.AgeSeconds), LightGrey)
		}
	}
	return New(k.Kind, k.Status, LightGrey)
}

// lasting is a time span in its largest unit.
func lasting(seconds int64) string {
	switch {
	case seconds >= 2*86400:
		return fmt.Sprintf("%dd", seconds/86400)
	case seconds >= 3600:
		return fmt.Sprintf("%dh", seconds/3600)
	}
	return fmt.Sprintf("%dm", max(seconds, 0)/60)
}
