//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func hangUp(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// end ends a sampler, which must exit 0.
func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestSamplerRereadsItsTargets: SIGHUP makes the sampler read its targets again, those that cannot be read change nothing, and SIGTERM ends it
// with exit code 0.
func TestSamplerRereadsItsTargets(t *testing.T) {
	hangUps := make(chan os.Signal, 1)
	signal.Notify(hangUps, syscall.SIGHUP) // nohup has switched it off for the tests, and so for what they start
	defer signal.Stop(hangUps)
	service, _ := slowing(t, 0)
	dir := t.TempDir()
	targets := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "latency_targets.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	targets(`[{"name": "one", "url": "` + service + `"}]`)
	sampler, said, cmd := startSampler(t, dir, "--interval", "20ms")
	await(t, "a sample", func() bool { return strings.Contains(fetched(sampler+"/service-latencies"), `"latest_class": "good"`) })
	var found struct {
		Services []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(fetched(sampler+"/service-latencies")), &found); err != nil || len(found.Services) != 1 || found.Services[0].Name != "one" {
		t.Errorf("%v %+v", err, found)
	}
	targets(`[{"name": "one", "url": "` + service + `"}, {"name": "two", "url": "` + service + `/"}]`)
	hangUp(t, cmd)
	if line := next(t, said); !strings.Contains(line, "read the targets again: 2 from persisted") {
		t.Error(line)
	}
	await(t, "the second target", func() bool {
		return strings.Contains(fetched(sampler+"/metrics"), `internal_service_latency_ok_total{service="two"}`)
	})
	targets(`[`)
	hangUp(t, cmd)
	if line := next(t, said); !strings.Contains(line, "the targets stay as they are: latency_targets.json") {
		t.Error(line)
	}
	if !strings.Contains(fetched(sampler+"/metrics"), `internal_service_latency_targets{source="persisted"} 2`) {
		t.Error("the targets did not stay")
	}
	end(t, cmd)
}
