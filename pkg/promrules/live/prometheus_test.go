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
	"testing"
	"time"

	"github.com/romel/govctl/pkg/promrules"
)

// demo are the rules that a real server is started with: everything works but the last two.
const demo = `
groups:
- name: demo
  interval: 1s
  rules:
  - {record: 'job:demo_requests:rate', expr: 'sum by (job) (rate(demo_requests_total[10s]))', labels: {level: job}}
  - {record: 'demo:doubled', expr: '2 * demo_temperature_celsius'}
  - {alert: DemoHot, expr: 'demo_temperature_celsius > 100', for: 1m, keep_firing_for: 5m, labels: {severity: page}}
  - {record: 'demo:never', expr: 'sum(demo_metric_that_nobody_exports)'}
  - {record: 'demo:broken', expr: 'demo_labelled * on (x) demo_labelled'}
`

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
	got := askReal(t, base, demo, 15*time.Second)
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

func askReal(t *testing.T, base *url.URL, rules string, timeout time.Duration) Result {
	t.Helper()
	f, err := promrules.Parse("rules.yml", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Check(context.Background(), []*promrules.File{f}, Options{
		Base: base, HTTP: &http.Client{}, Timeout: timeout, Every: 500 * time.Millisecond, PerCall: 20 * time.Second, Now: time.Now,
		Sleep: func(_ context.Context, d time.Duration) error { time.Sleep(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// startPrometheus starts a server that is ended with the test, and waits until it answers.
func startPrometheus(t *testing.T, program string) *url.URL {
	t.Helper()
	requests := 0
	exporter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests += 7
		fmt.Fprintf(w, "demo_requests_total %d\ndemo_temperature_celsius 21\ndemo_labelled{x=\"1\",y=\"1\"} 1\ndemo_labelled{x=\"1\",y=\"2\"} 1\n", requests)
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
	address := freeAddress(t)
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
	return &url.URL{Scheme: "http", Host: address}
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
