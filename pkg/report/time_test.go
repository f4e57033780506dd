package report_test

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/report"
)

func TestUnknownTimeRoundTrips(t *testing.T) {
	for text, want := range map[string]report.MaybeTime{
		`""`: {}, `"2025-09-17T10:23:45Z"`: {Time: report.At(time.Date(2025, 9, 17, 10, 23, 45, 0, time.UTC))},
	} {
		if got, err := json.Marshal(want); err != nil || string(got) != text {
			t.Errorf("%v is written as %s: %v", want, got, err)
		}
		var got report.MaybeTime
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want.Time.Time) {
			t.Errorf("%s is read as %v: %v", text, got, err)
		}
	}
	for _, text := range []string{`"0001-01-01T00:00:00Z"`, `null`} { // as earlier versions, and the original system, wrote it
		var got report.MaybeTime
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.IsZero() {
			t.Errorf("%s is read as %v: %v", text, got, err)
		}
	}
	for _, text := range []string{`"yesterday"`, `17`, `{}`} {
		var got report.MaybeTime
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}
