package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// smokeSecrets are the secrets of TestSmokeSecrets, by the place that they are in.
var smokeSecrets = map[string]string{
	"password": `canary"<p>&/+ä%0`, "token": "canary-token-1", "secret": "canary-secret-2", "captured": "canary-captured-3", "cookie": "canary-cookie-4",
	"basic": "canary-basic-5", "query": "canary-query-6", "innocent": "canary-innocent-7", "answered": "canary-answered-8", "one": "7", "two": "q9", "three": "zZ8",
}

// encodings are the notations in which a service could repeat a secret.
func encodings(s string) []string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // a text
	}
	var all strings.Builder
	for _, b := range []byte(s) {
		fmt.Fprintf(&all, "%%%02x", b)
	}
	return []string{s, url.QueryEscape(s), url.PathEscape(s), all.String(), string(quoted[1 : len(quoted)-1]), hex.EncodeToString([]byte(s)),
		base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte("u:" + s)), base64.StdEncoding.EncodeToString([]byte("user:" + s + ":x"))}
}

// TestSmokeSecrets: no secret of a flow is in what `probe smoke` and `govctl run` print and write, however the service repeats it.
func TestSmokeSecrets(t *testing.T) {
	var echo []string
	for _, s := range smokeSecrets {
		echo = append(echo, encodings(s)...)
	}
	everything := strings.Join(echo, " | ")
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(echo)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/next/"+url.PathEscape(smokeSecrets["token"])+"?x="+url.QueryEscape(smokeSecrets["password"]))
		w.Header().Set("Set-Cookie", "sid="+smokeSecrets["cookie"]+"; Path=/")
		w.Header().Set("X-Echo", strings.Map(func(c rune) rune {
			if c < ' ' || c > '~' {
				return '?'
			}
			return c
		}, everything))
		fields := map[string]any{"jwt": smokeSecrets["captured"], "session_id": smokeSecrets["answered"], "access_token": smokeSecrets["innocent"], "all": everything, "three": smokeSecrets["three"],
			"long": strings.Repeat("x", 190) + smokeSecrets["token"], smokeSecrets["secret"]: map[string]any{"id": 1}}
		for i := range n {
			fields[fmt.Sprintf("e%d", i)] = echo[i]
		}
		if strings.HasPrefix(r.URL.Path, "/fail") {
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = json.NewEncoder(w).Encode(fields)
	}))
	defer service.Close()
	dir := t.TempDir()
	var flow, checks strings.Builder
	for i := range echo {
		fmt.Fprintf(&checks, "jsonpath \"$.e%d\" == \"else\"\n", i)
	}
	fmt.Fprintf(&flow, "POST {{base}}/first/{{secret}}?api_key={{my_api_key}}\nAuthorization: Bearer {{token}}\n[Cookies]\nsid: {{cookie_value}}\n[Form]\npassword: {{password}}\notp_secret: {{one_secret}}\npin_secret: {{two_secret}}\n"+
		"HTTP 200\n[Captures]\nmine: jsonpath \"$.jwt\"\nplain: jsonpath \"$.access_token\"\nwhole: jsonpath \"$.all\"\nmoved: header \"Location\"\n\n"+
		"GET {{base}}/fail/{{token}}/{{mine}}?api_key={{my_api_key}}\n[BasicAuth]\nuser: {{basic_password}}\nHTTP 400\n[Captures]\nthree_secret: jsonpath \"$.three\"\n\n"+
		"GET {{base}}/fail/{{mine}}\nHTTP 200\n[Asserts]\nheader \"Location\" == \"x\"\nheader \"X-Echo\" == \"x\"\nheader \"Set-Cookie\" == \"x\"\njsonpath \"$.all\" == \"x\"\njsonpath \"$.long\" == \"{{token}}\"\n"+
		"jsonpath \"$.session_id\" == \"x\"\nbody contains \"{{password}}\"\nregex \"(c.nary.*)\" == \"x\"\n%s", checks.String())
	for name, text := range map[string]string{
		"a.hurl": flow.String(),
		"govctl.yaml": "project: t\ncontract: {source: api.yaml}\nprobe: {smoke: {targets: [{name: api, url: \"" + strings.Replace(service.URL, "http://", "http://user:"+smokeSecrets["basic"]+"@", 1) +
			"/fail?token=" + smokeSecrets["query"] + "\"}]}}\nevidence: {require: [smoke]}\n",
		"api.yaml": "openapi: 3.1.0\ninfo: {title: t, version: 1.0.0}\npaths:\n  /first/{id}:\n    post:\n      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n      responses:\n        \"200\":\n          description: d\n" +
			"          content: {application/json: {schema: {type: object, additionalProperties: {type: boolean}}}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"SMOKE_PASSWORD=" + smokeSecrets["password"], "HURL_VARIABLE_token=" + smokeSecrets["token"], "HURL_VARIABLE_secret=" + smokeSecrets["secret"],
		"HURL_VARIABLE_cookie_value=" + smokeSecrets["cookie"], "HURL_VARIABLE_basic_password=" + smokeSecrets["basic"], "HURL_VARIABLE_my_api_key=" + smokeSecrets["query"],
		"HURL_VARIABLE_one_secret=" + smokeSecrets["one"], "HURL_VARIABLE_two_secret=" + smokeSecrets["two"], "SMOKE_RETRIES=0", "SMOKE_TIMEOUT=60"}
	calls := []*execution{}
	for i, args := range []string{"probe smoke a.hurl --out gov1", "probe smoke a.hurl --format json --out gov2", "probe smoke a.hurl --format sarif", "probe smoke a.hurl --format markdown", "probe smoke a.hurl --format junit --base http://127.0.0.1:1/" + url.PathEscape(smokeSecrets["token"])} {
		fields := append(strings.Fields(args), "--sha", "aaaaaaa")
		if i < 4 {
			fields = append(fields, "--base", service.URL)
		}
		calls = append(calls, &execution{Dir: dir, Env: env, Args: fields})
	}
	first := execute(t, calls)
	codes := []int{1, 1, 1, 1, 3}
	first = append(first, execute(t, []*execution{{Dir: dir, Env: env, Args: strings.Fields("run --sha aaaaaaa --out gov1")}})...)
	codes = append(codes, 1)
	for i, e := range first {
		if e.Code != codes[i] {
			t.Errorf("%s exits %d: %.1000s", e.Args, e.Code, e.Output)
		}
		secretless(t, strings.Join(e.Args[:3], " "), e.Output)
	}
	if page, err := os.ReadFile(filepath.Join(dir, "gov1", "status", "evidence", "smoke.json")); err != nil || !strings.Contains(string(page), "***") {
		t.Errorf("nothing was hidden: %v", err)
	}
	for _, out := range []string{"gov1", "gov2"} {
		for name, text := range below(t, filepath.Join(dir, out)) {
			secretless(t, name, text)
		}
	}
}

// below are the files of a folder.
func below(t *testing.T, dir string) map[string]string {
	t.Helper()
	return (&shop{t: t, dir: dir}).outsideOf()
}

// short are the secrets that are too short to be looked for inside of words, where an output would quote them.
var short = regexp.MustCompile(`\b(q9|zZ8)\b`)

func secretless(t *testing.T, where, text string) {
	t.Helper()
	for place, s := range smokeSecrets {
		for _, form := range encodings(s) {
			form = strings.TrimRight(form, "=")
			if at := strings.Index(text, form); len(s) > 3 && at >= 0 {
				t.Errorf("%s has the secret of %s: ...%s", where, place, text[max(0, at-150):min(len(text), at+60)])
			}
		}
	}
	for _, at := range append(short.FindAllStringIndex(text, 3), regexp.MustCompile("canary").FindAllStringIndex(text, 3)...) {
		t.Errorf("%s has a secret: ...%s", where, text[max(0, at[0]-150):min(len(text), at[1]+60)])
	}
}
