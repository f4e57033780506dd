package notify

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/report"
)

// TestHeaders recomputes every signature from what arrived.
func TestHeaders(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := newReceiver(t, statusOf(500, 200))
	e := server.endpoint()
	e.Key, e.Source = private, "/o/r \"50%\""
	clock := &fakeClock{now: start.Add(time.Hour)}
	q := queued(t, 1)
	if got := slices.Collect(sender(t, e, clock).Deliver(t.Context(), []report.Delivery{q}, "x", "1", time.Minute)); !got[0].Delivered {
		t.Fatalf("got %+v", got)
	}
	stamps := map[string]bool{}
	for i, r := range server.got {
		h, body := r.Header, server.bodies[i]
		for name, want := range map[string]string{
			"Content-Type": "application/json", "User-Agent": "govctl/1.2.3", "X-Governance-Event": "governance_notice", "X-Governance-Delivery": q.ID,
			"webhook-id": q.ID, "ce-id": q.ID, "ce-specversion": "1.0", "ce-type": "io.github.romel.govctl.governance_notice.v1",
			"ce-source": "/o/r%20%2250%25%22", "ce-subject": q.SHA, "ce-time": "2025-09-01T01:00:00Z",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if r.Method != http.MethodPost || r.ContentLength != int64(len(body)) {
			t.Errorf("%s with length %d", r.Method, r.ContentLength)
		}
		hub := hmac.New(sha256.New, []byte(hmacSecret))
		hub.Write([]byte(body))
		if want := "sha256=" + hex.EncodeToString(hub.Sum(nil)); h.Get("X-Hub-Signature-256") != want {
			t.Errorf("X-Hub-Signature-256 %s, want %s", h.Get("X-Hub-Signature-256"), want)
		}
		stamp := h.Get("webhook-timestamp")
		stamps[stamp] = true
		content := q.ID + "." + stamp + "." + body
		key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(hmacSecret, "whsec_"))
		std := hmac.New(sha256.New, key)
		std.Write([]byte(content))
		signatures := strings.Split(h.Get("webhook-signature"), " ")
		if len(signatures) != 2 || signatures[0] != "v1,"+base64.StdEncoding.EncodeToString(std.Sum(nil)) {
			t.Fatalf("signatures %v", signatures)
		}
		sig, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signatures[1], "v1a,"))
		if err != nil || !ed25519.Verify(public, []byte(content), sig) {
			t.Errorf("v1a does not verify: %v", err)
		}
		if _, err := strconv.ParseInt(stamp, 10, 64); err != nil || strings.Contains(q.ID, ".") {
			t.Errorf("timestamp %q, id %q", stamp, q.ID)
		}
	}
	if len(server.got) != 2 {
		t.Errorf("%d tries", len(server.got))
	}
}

func TestUnsignedWithoutASecret(t *testing.T) {
	server := newReceiver(t, statusOf(200))
	e := server.endpoint()
	e.Secret = ""
	_ = slices.Collect(sender(t, e, &fakeClock{now: start}).Deliver(t.Context(), []report.Delivery{queued(t, 1)}, "x", "1", time.Minute))
	for _, name := range []string{"X-Hub-Signature-256", "webhook-id", "webhook-timestamp", "webhook-signature"} {
		if got := server.got[0].Header.Get(name); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestKnownAnswers(t *testing.T) {
	const dir = "../../../shared/data/vectors/standard-webhooks/"
	text, err := os.ReadFile(dir + "known-answers.json")
	if err != nil {
		t.Skip("the published vectors are not here: ", err)
	}
	var v map[string]string
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(v["v1a_secret"], "whsk_"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSecret(v["v1_secret"], ed25519.PrivateKey(key))
	if err != nil {
		t.Fatal(err)
	}
	seconds, _ := strconv.ParseInt(v["webhook-timestamp"], 10, 64)
	h := http.Header{}
	s.sign(h, v["webhook-id"], time.Unix(seconds, 0), []byte(v["body"]))
	if got, want := h.Get("webhook-signature"), v["v1_signature"]+" "+v["v1a_signature"]; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	text, err = os.ReadFile(dir + "x-hub-signature-256.json")
	if err != nil {
		t.Fatal(err)
	}
	var hub map[string]string
	if err := json.Unmarshal(text, &hub); err != nil {
		t.Fatal(err)
	}
	s, _ = newSecret(hub["secret"], nil)
	s.sign(h, "id", start, []byte(hub["payload"]))
	if got := h.Get("X-Hub-Signature-256"); got != hub["value"] {
		t.Errorf("got %s, want %s", got, hub["value"])
	}
}

// TestANameThatResolvesToUsIsRefused: the guard stands at the connection, where no second look-up can slip past it.
func TestANameThatResolvesToUsIsRefused(t *testing.T) {
	server := newReceiver(t, statusOf(200))
	e := server.endpoint()
	e.AllowPrivate = false
	e.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/hooks/" + pathToken
	got := slices.Collect(sender(t, e, &fakeClock{now: start}).Deliver(t.Context(), []report.Delivery{queued(t, 1)}, "x", "1", time.Minute))
	if d := got[0]; d.Attempts != 1 || d.State != Pending || !strings.Contains(d.Error, "address refused") {
		t.Errorf("got %+v", d)
	}
	if len(server.got) != 0 {
		t.Error("the request went out")
	}
}
