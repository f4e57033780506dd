package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/romel/govctl/internal/benchtrend"
	"github.com/romel/govctl/internal/promtext"
	"github.com/romel/govctl/internal/resources"
	"github.com/romel/govctl/pkg/report"
)

// TestRealPromtool has promtool read what the commands of trends write.
func TestRealPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
			t.Fatal("promtool is not installed and GOVCTL_REQUIRE_TOOLS=1")
		}
		t.Skip("promtool is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure")
	}
	for name, text := range map[string][]byte{"bench": benchText(t), "resources": resourcesText(t)} {
		cmd := exec.Command(promtool, "check", "metrics")
		cmd.Stdin = bytes.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, text)
		}
	}
}

func benchText(t *testing.T) []byte {
	t.Helper()
	runs, err := benchtrend.Read(context.Background(), []benchtrend.Input{{Name: "f", Data: []byte("BenchmarkA/x=\"1\"-8 1 5 ns/op 3 MB/s\n")}})
	if err != nil {
		t.Fatal(err)
	}
	return promtext.Evidence(benchtrend.Aggregate(runs, benchtrend.Options{Window: 30, Confirm: 2, Rolling: 5}).Figures)
}

func resourcesText(t *testing.T) []byte {
	t.Helper()
	histograms, err := histogramsOf(&resourceFlags{histCPU: "0,50", histMem: "0,50"})
	if err != nil {
		t.Fatal(err)
	}
	share, bytes := 25.0, int64(5)
	var log resources.Log
	log.Add([]resources.Sample{{Container: "a", CPUPct: 10, MemPct: &share, MemUsed: 1, NetRx: &bytes, NetTx: &bytes}, {Container: "b"}}, report.At(time.Unix(0, 0)))
	trend := resources.Trend(log, 2, resources.Options{Window: 120})
	return resourceText(&trend, &log, histograms)
}
