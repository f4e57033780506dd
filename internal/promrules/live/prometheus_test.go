package live

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/romel/govctl/internal/promrules"
)

// Rules that a real server is started with: those that work, and two that do not. A scrape that a loaded machine is too slow for leaves
// no gap in what they record.
const (
	working = `
groups:
- name: demo
  interval: 1s
  rules:
  - {record: 'job:demo_requests:rate', expr: 'sum by (job) (rate(demo_requests_total[30m]))', labels: {level: job}}
  - {record: 'demo:doubled', expr: '2 * last_over_time(demo_temperature_celsius[30m])'}
  - {alert: DemoHot, expr: 'demo_temperature_celsius > 100', for: 1m, keep_firing_for: 5m, labels: {severity: page}}
`
	demo = working + `
  - {record: 'demo:never', expr: 'sum(demo_metric_that_nobody_exports)'}
  - {record: 'demo:broken', expr: 'last_over_time(demo_labelled[30m]) * on (x) last_over_time(demo_labelled[30m])'}
`
)

// TestRealPrometheus starts Debian's prometheus on loopback with the demo rules and an exporter of this test.
func TestRealPrometheus(t *testing.T) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
			t.Fatal("prometheus is not installed and GOVCTL_REQUIRE_TOOLS=1")
		}
		t.Skip("prometheus is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure")
	}
	base := startPrometheus(t, program)
	got := askReal(t, base, working, startup)
	if len(got.Findings) > 0 || len(got.FirstSeen.Rules) != 2 {
		t.Errorf("%+v", got)
	}
	got = askReal(t, base, demo, 2*time.Second)
	for end := time.Now().Add(startup); len(got.Findings) != 2 && time.Now().Before(end); { // until the server comes to its last rule
		got = askReal(t, base, demo, 2*time.Second)
	}
	byRule := map[string]string{}
	for _, f := range got.Findings {
		byRule[f.Subject] = f.Rule + ": " + f.Message
	}
	if len(byRule) != 2 || !strings.HasPrefix(byRule["demo/demo:never"], ruleNoSeries) || !strings.Contains(byRule["demo/demo:broken"], "many-to-many") {
		t.Errorf("%v", byRule)
	}
	for _, r := range got.FirstSeen.Rules {
		if works := r.Name == "job:demo_requests:rate" || r.Name == "demo:doubled"; works != (r.Seconds != nil) {
			t.Errorf("%+v", r)
		}
	}
	changed := strings.NewReplacer("> 100", "> 90", "demo:doubled'", "demo:tripled'", "for: 1m", "for: 60s").Replace(demo)
	byRule = map[string]string{}
	for _, f := range askReal(t, base, changed, 0).Findings {
		byRule[f.Subject] = f.Rule
	}
	if byRule["demo/DemoHot"] != ruleDiffers || byRule["demo/demo:tripled"] != ruleMissing {
		t.Errorf("%v", byRule)
	}
}

// startup is how long the server may take until it has scraped twice and evaluated; no test waits that long for nothing.
const startup = 5 * time.Minute

func askReal(t *testing.T, base *url.URL, rules string, timeout time.Duration) Result {
	t.Helper()
	f, err := promrules.Parse("rules.yml", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Check(context.Background(), []*promrules.File{f}, Options{
		Base: base, HTTP: &http.Client{}, Timeout: timeout, Every: 500 * time.Millisecond, PerCall: patience, Now: time.Now,
		Sleep: func(_ context.Context, d time.Duration) error { time.Sleep(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// startPrometheus starts a server that is ended with the test.
func startPrometheus(t *testing.T, program string) *url.URL {
	t.Helper()
	var requests atomic.Int64
	exporter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "demo_requests_total %d\ndemo_temperature_celsius 21\ndemo_labelled{x=\"1\",y=\"1\"} 1\ndemo_labelled{x=\"1\",y=\"2\"} 1\n", requests.Add(7))
	}))
	t.Cleanup(exporter.Close)
	dir := t.TempDir()
	config := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\nscrape_configs:\n- job_name: demo\n  static_configs: [{targets: ['%s']}]\n",
		strings.TrimPrefix(exporter.URL, "http://"))
	for name, text := range map[string]string{"prometheus.yml": config, "rules.yml": demo} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 { // somebody else may take a free address before the server does
		address := freeAddress(t)
		if startAt(t, program, dir, address) {
			return &url.URL{Scheme: "http", Host: address}
		}
	}
	t.Fatal("prometheus does not start")
	return nil
}

// startAt reports whether the server serves the address; false when it has ended.
func startAt(t *testing.T, program, dir, address string) bool {
	t.Helper()
	cmd := exec.Command(program, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }() // it is killed: its error says nothing
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for end := time.Now().Add(startup); time.Now().Before(end); {
		resp, err := http.Get("http://" + address + "/-/ready")
		ready := err == nil && resp.StatusCode == http.StatusOK
		if err == nil {
			_ = resp.Body.Close()
		}
		select {
		case <-ended:
			return false
		case <-time.After(100 * time.Millisecond):
		}
		if ready {
			return true
		}
	}
	t.Fatalf("prometheus is not ready after %s", startup)
	return false
}

// freeAddress is a loopback address on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
