package headers_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/headers"
	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/pkg/report"
)

// startup is how long a server may take until it answers; no test waits that long for nothing.
const startup = time.Minute

// tool is the path of a server, which Debian keeps where only root looks.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if program, err := exec.LookPath(candidate); err == nil {
			return program
		}
	}
	if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", name)
	}
	t.Skipf("%s is not installed; GOVCTL_REQUIRE_TOOLS=1 makes this a failure", name)
	return ""
}

// freePorts are ports that nothing listened at a moment ago.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// start runs a server in the foreground until the test ends.
func start(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
}

// ask makes the requests of a target and evaluates the answers: the rules that fire, each with where.
func ask(t *testing.T, o probeclient.Options, address, mode string) (fired []string, target headers.Target) {
	t.Helper()
	o.Timeout, o.Now = startup, time.Now
	o.Sleep = func(_ context.Context, d time.Duration) error { time.Sleep(d); return nil }
	u, err := probeclient.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	target = headers.Target{Subject: report.EvidenceSubject{Name: "real", Mode: mode}, Profile: "web"}
	for _, r := range headers.Requests(u) {
		a, err := probeclient.New(o).DoWaiting(context.Background(), probeclient.Request{Method: r.Method, URL: r.URL}, startup)
		if err != nil {
			t.Fatal(err)
		}
		answer := headers.Answer{Request: r.Name, At: a.URL, Status: a.Status}
		for _, h := range a.Headers {
			answer.Headers = append(answer.Headers, report.HeaderField{Name: h.Name, Value: h.Value})
		}
		target.Answers = append(target.Answers, answer)
	}
	found, _ := headers.Evaluate([]headers.Target{target}, headers.Options{}, nil)
	for _, f := range found {
		_, on, _ := strings.Cut(f.Message, ", on ")
		fired = append(fired, f.Rule+" on "+on)
	}
	return fired, target
}

const policies = `default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'`

// directives are add_header lines of nginx.
func directives(suffix string) string {
	var b strings.Builder
	for _, h := range [][2]string{{"Content-Security-Policy", policies}, {"X-Frame-Options", "DENY"}, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"}, {"Permissions-Policy", "camera=()"}} {
		fmt.Fprintf(&b, "add_header %s \"%s\"%s;\n", h[0], h[1], suffix)
	}
	return b.String()
}

// TestRealNginx: the right configuration, add_header without `always`, a location with an add_header of its own, and server_tokens.
func TestRealNginx(t *testing.T) {
	program := tool(t, "nginx")
	dir := t.TempDir()
	for name, text := range map[string]string{"www/index.html": "x", "www/sub/index.html": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ports := freePorts(t, 3)
	var b strings.Builder
	fmt.Fprintf(&b, "daemon off; master_process off; pid %[1]s/pid; error_log stderr;\nevents {}\nhttp {\naccess_log off; root %[1]s/www;\n", dir)
	for _, part := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s/%s;\n", part, dir, part)
	}
	fmt.Fprintf(&b, "server { listen 127.0.0.1:%d; server_tokens off;\n%slocation /sub/ { add_header X-Own 1 always; } }\n", ports[0], directives(" always"))
	fmt.Fprintf(&b, "server { listen 127.0.0.1:%d; server_tokens off;\n%s}\n", ports[1], directives(""))
	fmt.Fprintf(&b, "server { listen 127.0.0.1:%d;\n%s}\n}\n", ports[2], directives(" always"))
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	start(t, program, "-p", dir, "-e", "stderr", "-c", conf)

	const shown = "header-server-shown on every answer"
	lacking := func(where string) []string {
		var all []string
		for _, rule := range []string{"csp", "framing", "nosniff", "referrer-policy", "permissions-policy"} {
			all = append(all, "header-"+rule+"-missing on "+where)
		}
		return append(all, shown)
	}
	for _, c := range []struct {
		port int
		path string
		want []string
	}{
		{ports[0], "/", []string{shown}},
		{ports[0], "/sub/", lacking("every answer")},
		{ports[1], "/", lacking("unknown-path (404) and forbidden-method (405)")},
		{ports[2], "/", []string{"header-server-version on every answer"}},
	} {
		got, _ := ask(t, probeclient.Options{}, fmt.Sprintf("http://127.0.0.1:%d%s", c.port, c.path), "direct")
		if !slices.Equal(got, c.want) {
			t.Errorf("%s of port %d:\n%s\nwant\n%s", c.path, c.port, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// certificate writes a certificate for loopback with its key, and returns what trusts it.
func certificate(t *testing.T, file string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return pool
}

// TestRealHAProxy: an edge with TLS that adds headers to a service without any, and one that adds a header the service has, too.
func TestRealHAProxy(t *testing.T) {
	program := tool(t, "haproxy")
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "test/1.0")
		w.Header().Set("X-Frame-Options", "DENY")
		if r.URL.Path != "/" {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(service.Close)
	dir := t.TempDir()
	roots := certificate(t, filepath.Join(dir, "edge.pem"))
	ports := freePorts(t, 2)
	var b strings.Builder
	b.WriteString("defaults\nmode http\ntimeout connect 30s\ntimeout client 30s\ntimeout server 30s\n")
	for i, port := range ports {
		fmt.Fprintf(&b, "frontend f%d\nbind 127.0.0.1:%d ssl crt %s/edge.pem\ndefault_backend service\n", i, port, dir)
		fmt.Fprintf(&b, "http-response set-header Content-Security-Policy \"%s\"\nhttp-response set-header X-Content-Type-Options nosniff\n", policies)
		b.WriteString("http-response set-header Referrer-Policy no-referrer\nhttp-response set-header Permissions-Policy camera=()\nhttp-response del-header Server\n")
		if i == 0 {
			b.WriteString("http-response set-header X-Frame-Options DENY\nhttp-response set-header Strict-Transport-Security max-age=31536000\n")
		} else {
			b.WriteString("http-response add-header X-Frame-Options SAMEORIGIN\n")
		}
	}
	fmt.Fprintf(&b, "backend service\nserver s %s\n", strings.TrimPrefix(service.URL, "http://"))
	conf := filepath.Join(dir, "haproxy.cfg")
	if err := os.WriteFile(conf, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, program, "-db", "-f", conf)
	for i, want := range [][]string{nil, {"header-hsts-missing on every answer", "header-conflict on every answer"}} {
		got, _ := ask(t, probeclient.Options{Roots: roots}, fmt.Sprintf("https://127.0.0.1:%d/", ports[i]), "edge")
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
	if _, err := probeclient.New(probeclient.Options{Now: time.Now}).Do(context.Background(), probeclient.Request{URL: fmt.Sprintf("https://127.0.0.1:%d/", ports[0])}); err == nil || !strings.Contains(err.Error(), "certificate is not accepted") {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	direct, _ := ask(t, probeclient.Options{}, service.URL, "direct")
	if !slices.Contains(direct, "header-server-version on every answer") {
		t.Errorf("the service itself: %v", direct)
	}
}
