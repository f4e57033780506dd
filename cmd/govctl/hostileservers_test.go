package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// canary is the password that every request has, and that no output may hold.
const canary = "canary-password"

// memory is how much more than `govctl version` a command may have, in bytes.
const memory = 64 << 20

// probing are the flags of a command that makes evidence.
const probing = " --timeout TIMEOUT --sha aaaaaaa"

// The TIMEOUT of a command: short where the server makes it wait, and one that no loaded machine misses where it does not.
const (
	shortTimeout = 2 * time.Second
	longTimeout  = time.Minute
)

// talker is a command that talks to a service. Its calls have a folder with the files as their working folder.
type talker struct {
	name  string
	brief bool              // it has its client from another row, so that some servers are enough
	files map[string]string // SERVICE stands for the address with credentials, HOST for host and port
	args  string            // the same, SITE for the address without a query, SOCKET for a unix socket, and TIMEOUT
}

var talkers = []talker{
	{"probe headers", false, nil, "probe headers SERVICE --wait 0s --insecure=INSECURE" + probing},
	{"probe smoke", false, map[string]string{"a.hurl": "GET SERVICE\nX-Token: {{token}}\n[BasicAuth]\nuser: {{password}}\nHTTP 200\n[Captures]\nname: jsonpath \"$.name\"\n"},
		"probe smoke a.hurl --retries 0" + probing},
	{"probe smoke health", true, map[string]string{"govctl.yaml": "probe: {smoke: {targets: [{name: api, url: \"SERVICE\"}]}}\n"}, "probe smoke --retries 0" + probing},
	{"probe latency", false, map[string]string{"govctl.yaml": "probe: {targets: [{name: api, url: \"SERVICE\", authorization_env: CANARY_BEARER}], latency: {good_ms: 100000, warn_ms: 100000}}\n"}, "probe latency --samples 1" + probing},
	{"metrics assert", false, nil, "metrics assert up --source SERVICE" + probing},
	{"metrics diff", true, nil, "metrics diff SERVICE" + probing},
	{"metrics catalog", true, nil, "metrics catalog --source SERVICE" + probing},
	{"image pin", false, map[string]string{"Dockerfile": "FROM HOST/app:1\n"}, "image pin Dockerfile" + probing},
	{"trend resources", false, nil, "trend resources --docker SOCKET" + probing},
	{"verify --url", true, nil, "verify --url SITE --allow-private --deadline 2s"},
}

// misbehaviour is what a server does with a connection after it has read the head of the request. codes are the exit codes by talker: 3
// where it has none.
type misbehaviour struct {
	name  string
	waits bool        // until the deadline
	brief bool        // of the servers that are enough
	tls   *tls.Config // nil: plain
	https bool        // the address says so
	do    func(c net.Conn, path string)
	codes map[string]int
}

func write(c net.Conn, parts ...string) { _, _ = io.WriteString(c, strings.Join(parts, "")) }

// flood writes blocks until nobody reads them.
func flood(c net.Conn, block []byte) {
	for {
		if _, err := c.Write(block); err != nil {
			return
		}
	}
}

// drip writes a text byte by byte, until nobody reads it.
func drip(c net.Conn, text string) {
	for i := 0; ; i++ {
		if _, err := c.Write([]byte{text[i%len(text)]}); err != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// hold waits until the other side goes.
func hold(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

const okay = "HTTP/1.1 200 OK\r\nConnection: close\r\n"

// answered is what is to be expected where a command reads the head of an answer alone, and finds nothing wrong with it.
var (
	headOnly = map[string]int{"probe headers": 1, "probe smoke health": 0, "probe latency": 0}
	moved    = map[string]int{"probe headers": 1, "probe smoke": 1, "probe smoke health": 1, "probe latency": 0}
	anyHead  = map[string]int{"probe headers": 1, "probe smoke": 1, "probe smoke health": 1, "probe latency": 1}
)

// with are codes with others.
func with(codes map[string]int, more map[string]int) map[string]int {
	all := map[string]int{}
	for _, some := range []map[string]int{codes, more} {
		for name, code := range some {
			all[name] = code
		}
	}
	return all
}

// misbehaviours are those of this test. other is the address of a server that must not see the canary.
func misbehaviours(t *testing.T, other string) []misbehaviour {
	t.Helper()
	away := strings.Replace(other, "http://", "http://user:"+canary+"@", 1)
	bomb := bytes.Repeat(compressed(t, 16<<20), 64)
	entries := "[" + strings.Repeat(`{"digest":"sha256:`+strings.Repeat("a", 64)+`"},`, 99_999) + `{"digest":"x"}]`
	redirect := func(to string) func(net.Conn, string) {
		return func(c net.Conn, _ string) {
			write(c, "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: ", to, "\r\n\r\n")
		}
	}
	challenge := func(header string) func(net.Conn, string) {
		return func(c net.Conn, path string) {
			if strings.HasPrefix(path, "/token") {
				redirect(away+"/stolen")(c, path)
				return
			}
			write(c, "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\nWWW-Authenticate: ", strings.ReplaceAll(header, "SELF", "http://"+c.LocalAddr().String()), "\r\n\r\n")
		}
	}
	return []misbehaviour{
		{"silent", true, true, nil, false, func(c net.Conn, _ string) { hold(c) }, nil},
		{"slow headers", true, false, nil, false, func(c net.Conn, _ string) { write(c, okay); drip(c, "X-A: "+canary+"\r\n") }, nil},
		{"slow body", true, true, nil, false, func(c net.Conn, _ string) { write(c, okay+"Content-Length: 100000\r\n\r\n"); drip(c, canary) }, headOnly},
		{"endless body", false, true, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"\r\n")
			flood(c, bytes.Repeat([]byte("# "+canary+"\n"), 4096))
		}, with(headOnly, map[string]int{"probe smoke": 1})},
		{"endless series", false, false, nil, false, endlessSeries, with(headOnly, map[string]int{"probe smoke": 1})},
		{"many series", false, true, nil, false, manySeries, with(headOnly, map[string]int{"probe smoke": 1, "metrics assert": 2, "metrics diff": 0, "metrics catalog": 1, "verify --url": 2})},
		{"gzip bomb", false, false, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"Content-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n")
			_, _ = c.Write(bomb)
		}, with(headOnly, map[string]int{"probe smoke": 1})},
		{"10,000 headers", false, true, nil, false, func(c net.Conn, _ string) { write(c, okay+strings.Repeat("X-A: "+canary+"\r\n", 10_000)+"\r\n") }, nil},
		{"a header of 10 MB", false, false, nil, false, func(c net.Conn, _ string) { write(c, okay+"X-A: "+strings.Repeat("a", 10_000_000)+"\r\n\r\n") }, nil},
		{"endless header", false, true, nil, false, func(c net.Conn, _ string) { write(c, okay+"X-A: "); flood(c, bytes.Repeat([]byte(canary), 4096)) }, nil},
		{"redirect loop", false, true, nil, false, redirect("/again?token=" + canary), moved},
		{"redirect to a file", false, false, nil, false, redirect("file:///etc/passwd?" + canary), moved},
		{"redirect to another host", false, true, nil, false, redirect(away + "/stolen?token=" + canary), with(moved, map[string]int{"image pin": 0})},
		{"redirect nowhere", false, false, nil, false, redirect("http://" + canary + "\x7f/%zz"), nil},
		{"strange status", false, false, nil, false, func(c net.Conn, _ string) { write(c, "HTTP/1.1 "+canary+"\r\n\r\n") }, nil},
		{"strange header", false, false, nil, false, func(c net.Conn, _ string) { write(c, okay+canary+"\r\n\r\n") }, nil},
		{"not HTTP", false, false, nil, false, func(c net.Conn, _ string) { write(c, canary+"\r\n\r\n") }, nil},
		{"closed", false, true, nil, false, func(net.Conn, string) {}, nil},
		{"closed within headers", false, false, nil, false, func(c net.Conn, _ string) { write(c, okay+"X-A: "+canary) }, nil},
		{"closed within the body", false, false, nil, false, func(c net.Conn, _ string) { write(c, okay+"Content-Length: 1000\r\n\r\n"+canary) }, headOnly},
		{"bad chunks", false, false, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"Transfer-Encoding: chunked\r\n\r\n"+canary+"\r\n"+canary+"\r\n")
		}, headOnly},
		{"endless chunk extension", true, false, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"Transfer-Encoding: chunked\r\n\r\n5;")
			flood(c, bytes.Repeat([]byte(canary), 4096))
		}, headOnly},
		{"two lengths", false, false, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"Content-Length: 1\r\nContent-Length: "+canary+"\r\n\r\nx")
		}, nil},
		{"100 without end", true, false, nil, false, func(c net.Conn, _ string) {
			flood(c, bytes.Repeat([]byte("HTTP/1.1 100 Continue\r\nX-A: "+canary+"\r\n\r\n"), 100))
		}, nil},
		{"other protocol", false, true, nil, false, func(c net.Conn, _ string) {
			write(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: "+canary+"\r\nConnection: Upgrade\r\n\r\n")
			hold(c)
		}, nil},
		{"busy", false, false, nil, false, func(c net.Conn, _ string) {
			write(c, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 0\r\nX-A: ", canary, "\r\n\r\n")
		}, with(anyHead, map[string]int{"probe headers": 3})},
		{"challenge elsewhere", false, false, nil, false, challenge(`Bearer realm="http://` + canary + `.invalid/token",service="` + canary + `"`), anyHead},
		{"challenge that redirects", false, false, nil, false, challenge(`Bearer realm="SELF/token",service="x"`), anyHead},
		{"challenge to a file", false, false, nil, false, challenge(`Bearer realm="file:///etc/passwd",service="x"`), anyHead},
		{"challenge without end", false, false, nil, false, challenge(strings.Repeat(`Bearer realm="`, 4000)), anyHead},
		{"100,000 entries", false, false, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"Content-Type: application/json\r\n\r\n{\"schemaVersion\":2,\"manifests\":", entries, "}")
		}, with(headOnly, map[string]int{"probe smoke": 1, "metrics assert": 2, "metrics diff": 2, "metrics catalog": 2})},
		{"deep JSON", false, false, nil, false, func(c net.Conn, _ string) {
			write(c, okay+"Content-Type: application/json\r\n\r\n", strings.Repeat(`[`, 3<<20))
		}, with(headOnly, map[string]int{"probe smoke": 1, "metrics assert": 2, "metrics diff": 2, "metrics catalog": 2})},
		{"slow stats", true, false, nil, false, func(c net.Conn, path string) {
			if strings.HasSuffix(path, "/json") {
				write(c, okay+"\r\n["+strings.Repeat(`{"Id":"a"},`, 99)+`{"Id":"a"}]`)
				return
			}
			hold(c)
		}, nil},
		{"endless stats", false, false, nil, false, func(c net.Conn, path string) {
			if strings.HasSuffix(path, "/json") {
				write(c, okay+"\r\n["+strings.Repeat(`{"Id":"a"},`, 99)+`{"Id":"a"}]`)
				return
			}
			write(c, okay+"\r\n")
			flood(c, bytes.Repeat([]byte(`{"name":"`+canary+`"}`+"\n"), 4096))
		}, with(headOnly, map[string]int{"probe smoke": 1})},
		{"expired certificate", false, false, serverTLS(t, "127.0.0.1", -time.Hour), true, func(c net.Conn, _ string) { write(c, okay+"\r\n") }, map[string]int{"probe headers": 1}},
		{"certificate of another host", false, false, serverTLS(t, "other.invalid", time.Hour), true, func(c net.Conn, _ string) { write(c, okay+"\r\n") }, map[string]int{"probe headers": 1}},
		{"unreadable handshake", false, true, nil, true, func(c net.Conn, _ string) { write(c, strings.Repeat(canary, 100)) }, nil},
		{"no handshake", true, false, nil, true, func(c net.Conn, _ string) { hold(c) }, nil},
		{"endless handshake", true, false, nil, true, func(c net.Conn, _ string) {
			flood(c, append([]byte{22, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff}, make([]byte, 0x4000-4)...))
		}, nil},
	}
}

// endlessSeries sends metrics in the text format, each another.
func endlessSeries(c net.Conn, _ string) {
	write(c, okay+"\r\n")
	sendSeries(c, 1<<30)
}

// manySeries sends as many as a command reads.
func manySeries(c net.Conn, _ string) {
	write(c, okay+"\r\n")
	sendSeries(c, 100_000)
}

func sendSeries(c net.Conn, n int) {
	w := bufio.NewWriterSize(c, 1<<16)
	for i := range n {
		if _, err := fmt.Fprintf(w, "m{a=\"%d\"} 1\n", i); err != nil {
			return
		}
	}
	_ = w.Flush() // nobody may read it any more
}

func compressed(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(make([]byte, n))
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// serverTLS has a certificate for a name, which ends in a while.
func serverTLS(t *testing.T, name string, ends time.Duration) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(ends)}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// listen serves a misbehaviour at an address until the test ends.
func (m *misbehaviour) listen(t *testing.T, network, address string) net.Addr {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(c)
		}
	}()
	return l.Addr()
}

// serve reads the head of a request, and misbehaves. Whoever says https and has no certificate does not wait for one.
func (m *misbehaviour) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	path := ""
	if m.tls != nil {
		c = tls.Server(c, m.tls)
	}
	if m.tls != nil || !m.https {
		request, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		path = request.URL.Path
	}
	m.do(c, path)
}

// TestHostileServers: whatever a service does, each command that talks to one ends in time and in bounded memory, with the right code, an
// error that names the service, and no secret in what it prints and writes.
func TestHostileServers(t *testing.T) {
	secrets := t.TempDir() // which is not searched
	other := watched(t)
	basic := base64.StdEncoding.EncodeToString([]byte("user:" + canary))
	env := []string{"SMOKE_PASSWORD=" + canary, "HURL_VARIABLE_token=" + canary, "CANARY_BEARER=Bearer " + canary, "PROMETHEUS_TOKEN=" + canary, "DOCKER_CONFIG=" + secrets}
	all := []*execution{{Dir: t.TempDir(), Args: []string{"version"}}}
	type cell struct {
		talker *talker
		server *misbehaviour
		at     string
	}
	cells := []cell{{}}
	auths := map[string]any{}
	servers := misbehaviours(t, other)
	for i := range servers {
		m := &servers[i]
		host := m.listen(t, "tcp", "127.0.0.1:0").String()
		socket := filepath.Join(secrets, fmt.Sprintf("%d.sock", i))
		m.listen(t, "unix", socket)
		auths[host] = map[string]string{"auth": basic}
		timeout := longTimeout
		if m.waits {
			timeout = shortTimeout
		}
		scheme := "http"
		if m.https {
			scheme = "https"
		}
		for j := range talkers {
			k := &talkers[j]
			if k.brief && !m.brief {
				continue
			}
			fill := strings.NewReplacer("SERVICE", scheme+"://user:"+canary+"@"+host+"/x?token="+canary, "HOST", host, "SITE", scheme+"://user:"+canary+"@"+host+"/x", "SOCKET", socket, "TIMEOUT", timeout.String(), "INSECURE", fmt.Sprint(m.tls != nil)).Replace
			dir := t.TempDir()
			for name, text := range k.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(fill(text)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := append(strings.Fields(fill(k.args)), "--out", filepath.Join(dir, "gov"))
			all = append(all, &execution{Dir: dir, Env: env, Args: args})
			at := host
			if k.name == "trend resources" {
				at = socket
			}
			cells = append(cells, cell{k, m, at})
		}
	}
	config, err := json.Marshal(map[string]any{"auths": auths})
	if err == nil {
		err = os.WriteFile(filepath.Join(secrets, "config.json"), config, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	all = execute(t, all)
	slowest, largest := map[string]time.Duration{}, map[string]int64{}
	for i, e := range all[1:] {
		c := cells[i+1]
		t.Run(c.talker.name+"/"+c.server.name, func(t *testing.T) {
			code, ok := c.server.codes[c.talker.name]
			if !ok {
				code = 3
			}
			late := (c.server.waits || strings.Contains(c.talker.args, "--deadline")) && e.Code == 3 // on a loaded machine also what the command would not have waited for
			if e.Code != code && !late {
				t.Errorf("it exits %d, and should %d:\n%.2000s", e.Code, code, e.Output)
			}
			if e.Code == 3 && !strings.Contains(e.Output, c.at) {
				t.Errorf("%s is not named:\n%.2000s", c.at, e.Output)
			}
			if e.Code < 0 {
				t.Errorf("it did not end in %s", patience)
			}
			if more := e.Peak - all[0].Peak; more > memory {
				t.Errorf("it took %d MiB more than `govctl version`", more>>20)
			}
			if len(e.Output) > 16<<10 {
				t.Errorf("it prints %d bytes", len(e.Output))
			}
			silent(t, "the output", e.Output)
			silentBelow(t, filepath.Join(e.Dir, "gov"))
		})
		slowest[c.talker.name] = max(slowest[c.talker.name], e.Elapsed)
		largest[c.talker.name] = max(largest[c.talker.name], e.Peak-all[0].Peak)
	}
	for _, k := range talkers {
		t.Logf("%-20s at most %6d ms, %3d MiB more than the %d MiB of version", k.name, slowest[k.name].Milliseconds(), largest[k.name]>>20, all[0].Peak>>20)
	}
}

// execute makes the calls.
func execute(t *testing.T, all []*execution) (done []*execution) {
	t.Helper()
	in, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("executions")
	c.Stdin, c.Stderr = bytes.NewReader(in), os.Stderr
	out, err := c.Output()
	if err == nil {
		err = json.Unmarshal(out, &done)
	}
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// watched is the address of a server, by another name than the others have, that credentials must not get to.
func watched(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		silent(t, "a request to another host", fmt.Sprint(r.Header))
		w.WriteHeader(http.StatusNotFound)
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "http://localhost:" + port
}

// silent fails where a text has the canary, plain or in base64.
func silent(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range []string{"canary", base64.RawStdEncoding.EncodeToString([]byte(canary)), base64.RawStdEncoding.EncodeToString([]byte("user:" + canary))[7:], "root:"} {
		if at := strings.Index(text, form); at >= 0 {
			t.Errorf("%s has the canary: ...%s", where, text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

func silentBelow(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		silent(t, p, string(data))
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}
