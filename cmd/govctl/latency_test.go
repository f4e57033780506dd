package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what must come; no test waits that long for nothing.
const patience = 2 * time.Minute

// await asks again until it is true.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("in %s there was not: %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fetched is the body of an address; empty while it does not answer.
func fetched(address string) string {
	answer, err := http.Get(address)
	if err != nil {
		return ""
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(body)
}

var servedAt = regexp.MustCompile(`served at (http://\S+)/metrics`)

// startSampler starts a sampler in a folder, and returns its address and what it says from then on.
func startSampler(t *testing.T, dir string, args ...string) (address string, said <-chan string, cmd *exec.Cmd) {
	t.Helper()
	cmd = exec.Command("govctl", append([]string{"probe", "latency", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOVCTL_") }) // ours would be taken for flags
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	line := next(t, lines)
	at := servedAt.FindStringSubmatch(line)
	if at == nil {
		t.Fatalf("it says %q", line)
	}
	return at[1], lines, cmd
}

func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line := <-lines:
		return line
	case <-time.After(patience):
		t.Fatal("it says nothing")
		return ""
	}
}

// slowing is a service that answers at once until it is told to take its time.
func slowing(t *testing.T, pause time.Duration) (address string, slow *atomic.Bool) {
	t.Helper()
	slow = &atomic.Bool{}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if slow.Load() {
			select {
			case <-time.After(pause):
			case <-r.Context().Done():
			}
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, slow
}

// installed is the path of a program of Debian's package prometheus.
func installed(t *testing.T, name string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil && os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", name)
	}
	if err != nil {
		t.Skipf("%s is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure", name)
	}
	return program
}

// shortened are the rules that init writes, over seconds in the place of minutes.
func shortened(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("internal/cli/templates/latency/internal_latency.yml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("[5m]", "[6s]", "[10m]", "[12s]", "[30m]", "[90s]", "[6h]", "[5m]", "interval: 1m", "interval: 250ms",
		"for: 1m\n", "for: 0s\n", "for: 5m\n", "for: 5s\n", "for: 10m\n", "for: 10s\n").Replace(string(text))
}

// TestRealPrometheusPagesForASlowService: Prometheus scrapes the sampler, and InternalServiceP99LatencyBurnFast fires when a service becomes
// slow, and not before. promtool objects to nothing but the unit of the gauge whose name the original gave.
func TestRealPrometheusPagesForASlowService(t *testing.T) {
	prometheus, promtool := installed(t, "prometheus"), installed(t, "promtool")
	service, slow := slowing(t, 2600*time.Millisecond)
	dir := t.TempDir()
	sampler, _, _ := startSampler(t, dir, "--interval", "5ms", "shop:"+service)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close()
	config := fmt.Sprintf("global: {scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}\nrule_files: [rules.yml]\nscrape_configs: [{job_name: sampler, static_configs: [{targets: ['%s']}]}]\n",
		strings.TrimPrefix(sampler, "http://"))
	for name, text := range map[string]string{"prometheus.yml": config, "rules.yml": shortened(t)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command(prometheus, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+at)
	var log strings.Builder
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	firing := func() bool {
		return strings.Contains(fetched("http://"+at+"/api/v1/alerts"), `"InternalServiceP99LatencyBurnFast"`)
	}
	enough := "http://" + at + "/api/v1/query?query=" + url.QueryEscape("increase(internal_service_latency_ok_total[90s]) > 900")
	await(t, "900 fast samples", func() bool { return strings.Contains(fetched(enough), `"shop"`) })
	if firing() {
		t.Fatal("it fires while the service is fast")
	}
	slow.Store(true)
	await(t, "the alert", firing)

	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = strings.NewReader(fetched(sampler + "/metrics"))
	out, _ := check.CombinedOutput() // its exit code is that of the one objection
	if got := strings.TrimSpace(string(out)); got != "internal_service_latency_last_ms metric names should not contain abbreviated units" {
		t.Errorf("promtool: %s", got)
	}
}
