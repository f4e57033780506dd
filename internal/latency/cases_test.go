package latency_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"testing"
	"time"

	"github.com/romel/govctl/internal/latency"
	"github.com/romel/govctl/pkg/report"
)

// cases are the cases of the rules.
var cases = os.DirFS("../../testdata/probe")

var limits = latency.Limits{GoodMS: 150, WarnMS: 400}

// bench is a world with a clock of its own: a request takes the next of the latencies; a negative one fails after that time.
type bench struct {
	now       time.Time
	latencies []float64
	slept     []time.Duration
}

func (b *bench) get(context.Context) (int, error) {
	ms := b.latencies[0]
	b.latencies = b.latencies[1:]
	b.now = b.now.Add(time.Duration(max(ms, -ms) * float64(time.Millisecond)))
	if ms < 0 {
		return 0, errors.New("refused")
	}
	return 200, nil
}

func (b *bench) sleep(ctx context.Context, d time.Duration) error {
	b.slept = append(b.slept, d)
	b.now = b.now.Add(d)
	return ctx.Err()
}

// sampled is a sampler of one service that has taken all samples.
func sampled(t *testing.T, keep int, latencies ...float64) (*latency.Sampler, *bench) {
	t.Helper()
	b := &bench{now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), latencies: latencies}
	s := latency.New(latency.Options{Limits: limits, Keep: keep, Clock: latency.Clock{Now: func() time.Time { return b.now }, Sleep: b.sleep}},
		[]latency.Target{{Name: "shop", URL: "http://shop/", Get: b.get}}, "args")
	if err := s.Run(context.Background(), 15*time.Second, len(latencies)); err != nil {
		t.Fatal(err)
	}
	return s, b
}

// evaluated are the findings on good.json or bad.json of a rule.
func evaluated(t *testing.T, rule, name string) []report.Finding {
	t.Helper()
	data, err := fs.ReadFile(cases, path.Join(rule, name))
	if err != nil {
		t.Fatal(err)
	}
	var one struct {
		Latencies []float64 `json:"latencies_ms"`
	}
	if err := json.Unmarshal(data, &one); err != nil || len(one.Latencies) == 0 {
		t.Fatal(name, err)
	}
	s, _ := sampled(t, 200, one.Latencies...)
	return latency.Evaluate(s.Latencies().Services, limits)
}

// Each rule fires alone on its case. Nothing worse fires on the twin: that of latency-high is at the border, where two slow samples of
// twenty are no tenth of them.
func TestCases(t *testing.T) {
	for _, rule := range latency.Rules {
		if found := evaluated(t, rule.ID, "good.json"); len(found) > 0 {
			t.Errorf("%s/good.json: %+v", rule.ID, found)
		}
		if found := evaluated(t, rule.ID, "bad.json"); len(found) != 1 || found[0].Rule != rule.ID || found[0].Level != rule.Level || len(found[0].Fingerprint) != 16 {
			t.Errorf("%s/bad.json: %+v", rule.ID, found)
		}
	}
}
