package search

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// What stands in a document must never leave its place: not the quotes of a shell, not the line of
// a header.
func TestHostileNamesAndValues(t *testing.T) {
	for _, bad := range []string{`'; rm -rf /; '`, "a\r\nX-Evil: 1", "$(id)`id`", `"\`, "@/etc/passwd", "é\u202e", "{}[]*?", "-o/x", " ", "\x00", "a b", "%0d%0a", "../..", "#x", "?x=1&y=2"} {
		enc, _ := json.Marshal(bad)
		for _, in := range []string{"query", "path", "header", "cookie"} {
			old := `/p/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string, enum: [` + string(enc) + `, ok]}}, {name: v, in: ` + strings.Replace(in, "path", "query", 1) + `, schema: {type: string, enum: [` + string(enc) + `, ok]}}], ` + answer + `}}`
			now := strings.ReplaceAll(old, string(enc)+", ok", "ok")
			q := MessageQuery{Old: operationOf(t, "3.0.3", old), New: operationOf(t, "3.0.3", now), Part: message.Part(in), Name: "v", Hints: []Hint{{Keyword: "enum"}}}
			if in == "path" {
				q.Name = "id"
			}
			var f Finder
			w, out := f.FindMessage(context.Background(), q)
			if out != Found {
				continue // it cannot travel there
			}
			checkRequest(t, w.Request, w.Curl, in, bad)
		}
		body := `/p: {post: {requestBody: {content: {application/json: {schema: {enum: [` + string(enc) + `, ok]}}}}, ` + answer + `}}`
		q := MessageQuery{Old: operationOf(t, "3.0.3", body), New: operationOf(t, "3.0.3", strings.ReplaceAll(body, string(enc)+", ok", "ok")), Part: message.Body, Hints: []Hint{{Keyword: "enum"}}}
		var f Finder
		w, out := f.FindMessage(context.Background(), q)
		if out != Found {
			t.Errorf("%q: %s as a body", bad, out)
			continue
		}
		checkRequest(t, w.Request, w.Curl, "body", bad)
	}
}

// checkRequest reads the request as a server does, and the command line as a shell does.
func checkRequest(t *testing.T, text, curl, in, want string) {
	t.Helper()
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Errorf("%q: %v", text, err)
		return
	}
	if req.Header.Get("X-Evil") != "" {
		t.Errorf("a header of its own: %q", text)
	}
	got := ""
	switch in {
	case "query":
		got = req.URL.Query().Get("v")
	case "path":
		got = strings.TrimPrefix(req.URL.Path, "/p/")
	case "header":
		got = req.Header.Get("v")
	case "cookie":
		if c, err := req.Cookie("v"); err == nil {
			got = c.Value
		}
	case "body":
		raw, _ := io.ReadAll(req.Body)
		_ = json.Unmarshal(raw, &got)
	}
	if got != want {
		t.Errorf("%s: %q arrived as %q", in, want, got)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		return
	}
	out, err := exec.Command(sh, "-c", `curl() { printf '%s\000' "$@"; }; `+curl).Output()
	if err != nil {
		t.Errorf("%s: %v", curl, err)
	}
	args := strings.Split(string(out), "\x00")
	if len(args) < 3 || args[0] != "-X" || !strings.HasPrefix(args[2], "https://api.example.com/p") || strings.ContainsAny(args[2], " '\"\n") {
		t.Errorf("%q", args)
	}
	if in == "body" {
		var sent string
		if err := json.Unmarshal([]byte(args[len(args)-2]), &sent); err != nil || sent != want {
			t.Errorf("curl sends %q", args)
		}
	}
}

func TestServers(t *testing.T) {
	for url, want := range map[string]string{
		"https://a.example/v1/": "https://a.example/v1", "/v2": "https://api.example.com/v2", "https://{h}.example/{b}": "https://x.example/y",
		"javascript:alert(1)": "https://api.example.com", "https://a.example/$(id)": "https://api.example.com", "https://a.example/'x": "https://api.example.com",
		"ftp://a.example": "https://api.example.com", "https://a.example\r\nX: y": "https://api.example.com", "": "https://api.example.com",
	} {
		enc, _ := json.Marshal(url)
		op := operationOf(t, "3.0.3", `/p: {get: {servers: [{url: `+string(enc)+`, variables: {h: {default: x}, b: {default: y}}}], `+answer+`}}`)
		if got := message.Read(validators.NewSession(), op).Server; got != want {
			t.Errorf("%q: %q, want %q", url, got, want)
		}
	}
}
