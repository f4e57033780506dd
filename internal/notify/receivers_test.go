package notify

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// receivers are the programs of docs/receiving-webhooks.md.
var receivers = []struct {
	language, file string
	command        []string
}{
	{"go", "main.go", []string{"go", "run"}},
	{"python", "receiver.py", []string{"python3"}},
	{"javascript", "receiver.js", []string{"node"}},
}

// TestReceiversOfTheDocumentation runs each program of the page. Each takes a real delivery, and none that was changed, signed with another
// key, or signed long ago.
func TestReceiversOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/receiving-webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receivers {
		t.Run(r.language, func(t *testing.T) {
			if _, err := exec.LookPath(r.command[0]); err != nil {
				if os.Getenv("GOVCTL_REQUIRE_TOOLS") == "1" {
					t.Fatalf("%s is not installed and GOVCTL_REQUIRE_TOOLS=1", r.command[0])
				}
				t.Skipf("%s is not installed", r.command[0])
			}
			blocks := regexp.MustCompile("(?s)\n```"+r.language+"\n(.*?)\n```\n").FindAllSubmatch(page, -1)
			if len(blocks) != 1 {
				t.Fatalf("%d blocks of %s", len(blocks), r.language)
			}
			file := filepath.Join(t.TempDir(), r.file)
			if err := os.WriteFile(file, append(blocks[0][1], '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
			checkReceiver(t, startReceiver(t, append(slices.Clone(r.command), file)))
		})
	}
}

// startReceiver runs a program until the test ends, and returns its address.
func startReceiver(t *testing.T, command []string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	if command[0] == "go" { // the program itself is to be ended, not the go command around it
		bin := filepath.Join(t.TempDir(), "receiver")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, command[2]).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		command = []string{bin}
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "GOVERNANCE_WEBHOOK_SECRET="+hmacSecret, "PORT=0")
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was ended
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("%q %v %s", line, err, &errors)
	}
	return "http://" + address + "/hook"
}

// checkReceiver delivers to a receiver as govctl does, and then as others would.
func checkReceiver(t *testing.T, address string) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	e := Endpoint{URL: address, Secret: hmacSecret, Key: key, AllowPrivate: true, Timeout: time.Minute, UserAgent: "govctl/1.2.3"}
	at := func(e Endpoint, age time.Duration) *Sender {
		clock := fakeClock{now: time.Now().Add(-age)}
		s, err := NewSender(e, clock.clock())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	q := queued(t, 1)
	q.Time = report.At(time.Now())
	got := slices.Collect(at(e, 0).Deliver(t.Context(), []report.Delivery{q}, "x", "1", time.Minute))
	if len(got) != 1 || !got[0].Delivered || got[0].LastStatus != http.StatusNoContent {
		t.Errorf("a real delivery: %+v", got)
	}
	status := func(s *Sender, change func(*http.Request)) int {
		req, err := s.Request(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		change(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close() // nothing is read from it
		return resp.StatusCode
	}
	same := func(*http.Request) {}
	wrong := e
	wrong.Secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	unsigned := e
	unsigned.Secret = ""
	changed := slices.Clone(q.Payload)
	changed[len(changed)-2] ^= 1
	other := q
	other.Payload = changed
	if code := status(at(e, 0), same); code != http.StatusNoContent {
		t.Errorf("the same notice again: %d", code)
	}
	for what, code := range map[string]int{
		"another key":      status(at(wrong, 0), same),
		"no secret":        status(at(unsigned, 0), same),
		"an old timestamp": status(at(e, time.Hour), same),
		"a later one":      status(at(e, -time.Hour), same),
		"a timestamp moved to now": status(at(e, time.Hour), func(r *http.Request) {
			fresh, err := at(e, 0).Request(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("webhook-timestamp", fresh.Header.Get("webhook-timestamp"))
		}),
		"a changed body": status(at(e, 0), func(r *http.Request) {
			altered, err := at(e, 0).Request(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			r.Body, r.ContentLength = altered.Body, altered.ContentLength
		}),
		"another identity":       status(at(e, 0), func(r *http.Request) { r.Header.Set("webhook-id", "gov_"+strings.Repeat("0", 32)) }),
		"without the first":      status(at(e, 0), func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") }),
		"without the second":     status(at(e, 0), func(r *http.Request) { r.Header.Del("webhook-signature") }),
		"a timestamp of no sort": status(at(e, 0), func(r *http.Request) { r.Header.Set("webhook-timestamp", "now") }),
	} {
		if code != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, code)
		}
	}
}
