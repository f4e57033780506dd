package smoke_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/internal/probeclient"
	"github.com/romel/govctl/internal/smoke"
	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/report"
)

// patience is a deadline that no loaded machine misses.
const patience = time.Minute

// shop is the contract that the service of these tests keeps, or breaks.
const shop = `openapi: 3.1.0
info: {title: shop, version: 1.0.0}
servers: [{url: "https://shop.example/{stage}/v1", variables: {stage: {default: api}}}]
paths:
  /orders:
    get:
      responses:
        "200":
          description: all orders
          headers: {X-Total: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {type: array, maxItems: 3, items: {$ref: "#/components/schemas/Order"}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
        4XX: {description: refused}
  /orders/{id}:
    delete: {responses: {"204": {description: gone}}}
  /orders/latest:
    get: {responses: {"200": {description: the latest, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}}
components:
  schemas:
    Order:
      type: object
      required: [id, state, payment]
      additionalProperties: false
      properties:
        id: {type: integer, minimum: 1, readOnly: true}
        state: {enum: [open, paid]}
        note: {type: [string, "null"], maxLength: 10}
        made: {type: string, format: date-time}
        card: {type: string, writeOnly: true}
        payment:
          oneOf: [{$ref: "#/components/schemas/Cash"}, {$ref: "#/components/schemas/Transfer"}]
          discriminator: {propertyName: kind}
    Cash: {type: object, required: [kind], properties: {kind: {const: Cash}}}
    Transfer: {type: object, required: [kind, iban], properties: {kind: {const: Transfer}, iban: {type: string, pattern: "^[A-Z]{2}"}}}
`

const honest = `{"id": 1, "state": "open", "note": null, "made": "2026-01-01T10:00:00Z", "payment": {"kind": "Transfer", "iban": "DE00"}}`

// lies are what the service can change in its answers, and the rule that each breaks, with the pointer into the contract.
var lies = []struct{ name, path, from, to, rule, pointer string }{
	{"an undocumented status", "GET /orders", "status 200", "status 206", "smoke-status-undocumented", "/paths/~1orders/get/responses"},
	{"no required header", "GET /orders", "X-Total", "X-Sum", "smoke-header-missing", "/paths/~1orders/get/responses/200/headers/X-Total"},
	{"another media type", "GET /orders", "application/json", "text/html", "smoke-media-type-undocumented", "/paths/~1orders/get/responses/200/content"},
	{"cut off", "GET /orders", "}}]", "}", "smoke-body-unreadable", "/paths/~1orders/get/responses/200/content/application~1json"},
	{"an object for a list", "GET /orders", "[", "{\"all\": [", "smoke-type-wrong", "/paths/~1orders/get/responses/200/content/application~1json/schema/type"},
	{"a missing property in a list", "GET /orders", `"state": "open", `, "", "smoke-field-missing", "/components/schemas/Order/required/1"},
	{"text for a number", "GET /orders/latest", `"id": 1`, `"id": "1"`, "smoke-type-wrong", "/components/schemas/Order/properties/id/type"},
	{"a number below the minimum", "GET /orders/latest", `"id": 1`, `"id": 0`, "smoke-value-undocumented", "/components/schemas/Order/properties/id/minimum"},
	{"a value that is not listed", "POST /orders", `"open"`, `"lost"`, "smoke-value-undocumented", "/components/schemas/Order/properties/state/enum"},
	{"null for a time", "GET /orders/latest", `"2026-01-01T10:00:00Z"`, "null", "smoke-type-wrong", "/components/schemas/Order/properties/made/type"},
	{"no time", "GET /orders/latest", "2026-01-01T10:00:00Z", "yesterday", "smoke-value-undocumented", "/components/schemas/Order/properties/made/format"},
	{"a further property", "GET /orders/latest", `"id": 1`, `"id": 1, "debug": true`, "smoke-property-undocumented", "/components/schemas/Order/additionalProperties"},
	{"a secret comes back", "POST /orders", `"id": 1`, `"id": 1, "card": "4111"`, "smoke-write-only-sent", "/components/schemas/Order/properties/card"},
	{"an alternative without its property", "GET /orders/latest", `, "iban": "DE00"`, "", "smoke-field-missing", "/components/schemas/Transfer/required/1"},
	{"a body after 204", "DELETE /orders/7", "status 204", "status 200", "smoke-status-undocumented", "/paths/~1orders~1{id}/delete/responses"},
}

// shopService keeps its contract, but for one lie at one operation.
func shopService(t *testing.T, at string, lie func(string) string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v1")
		head, body := "status 200 application/json X-Total", honest
		switch operation {
		case "GET /orders":
			body = "[" + honest + "]"
		case "POST /orders":
			head = "status 201 application/json X-Total"
		case "DELETE /orders/7":
			head, body = "status 204 application/json X-Total", ""
		}
		if operation == at {
			head, body = lie(head), lie(body)
		}
		var status int
		var mediaType, total string
		if _, err := fmt.Sscanf(head, "status %d %s %s", &status, &mediaType, &total); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set(total, "1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// A flow without a single assert: what it finds comes from the contract alone.
const shopFlow = `GET {{base}}/orders
GET {{base}}/orders/latest
POST {{base}}/orders
{"state": "open", "card": "4111", "payment": {"kind": "Cash"}}
DELETE {{base}}/orders/7
GET {{base}}/metrics
`

func runner(t *testing.T, address, text string) *smoke.Runner {
	t.Helper()
	client := probeclient.New(probeclient.Options{Timeout: patience, Now: time.Now})
	r := &smoke.Runner{Sleep: func(context.Context, time.Duration) error { return nil }, Variables: hurl.Variables{"base": address}, Level: report.Error, Secrets: &smoke.Secrets{}}
	r.Do = func(ctx context.Context, request probeclient.Request, _ bool) (*probeclient.Answer, error) {
		return client.Do(ctx, request)
	}
	if text != "" {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		r.Base, r.Contract = u, load(t, text)
	}
	return r
}

func run(t *testing.T, r *smoke.Runner, flow string) (report.SmokeFlow, []report.Finding) {
	t.Helper()
	file, err := hurl.Parse("flow.hurl", []byte(flow))
	if err != nil {
		t.Fatal(err)
	}
	out, found, err := r.Flow(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return out, found
}

// A service that breaks its contract is found in each of many ways, with the place in the contract; one that keeps it is not.
func TestLies(t *testing.T) {
	r := runner(t, shopService(t, "", nil)+"/api/v1", shop)
	out, found := run(t, r, strings.Replace(shopFlow, "{{base}}/metrics", r.Base.Scheme+"://"+r.Base.Host+"/metrics", 1))
	if exercised, total := r.Contract.Exercised(); len(found) > 0 || !out.Passed || exercised != 4 || total != 4 || out.Entries[1].Operation != "GET /orders/latest" {
		t.Fatalf("the honest service: %+v, %d of %d", found, exercised, total)
	}
	for _, l := range lies {
		t.Run(l.name, func(t *testing.T) {
			r := runner(t, shopService(t, l.path, func(s string) string { return strings.Replace(s, l.from, l.to, 1) })+"/api/v1", shop)
			if l.to == "{\"all\": [" {
				r = runner(t, shopService(t, l.path, func(s string) string { return strings.Replace(strings.Replace(s, "[", l.to, 1), "}}]", "}}]}", 1) })+"/api/v1", shop)
			}
			_, found := run(t, r, strings.TrimSuffix(shopFlow, "GET {{base}}/metrics\n"))
			if len(found) != 1 || found[0].Rule != l.rule || found[0].New == nil || found[0].New.Pointer != l.pointer || found[0].New.Line == 0 {
				for _, f := range found {
					t.Errorf("%s %+v: %s", f.Rule, f.New, f.Message)
				}
				t.Errorf("want %s at %s", l.rule, l.pointer)
			}
		})
	}
}

// canary is a secret in each of the places where a flow can have one.
const canaries = `POST {{base}}/login?api_key=canary-query
X-Api-Key: canary-header
[BasicAuth]
admin: canary-basic
[Cookies]
session: canary-cookie
{"user": "admin", "password": "{{password}}", "pin_secret": "canary-literal"}
HTTP 200
[Captures]
access_token: jsonpath "$.access_token"
number: jsonpath "$.refresh" redact
[Asserts]
jsonpath "$.access_token" == "no"
jsonpath "$.echo" == "no"
header "Set-Cookie" == "no"
cookie "sid" == "no"
body == "no"
`

// No secret of a flow is in what is written or said of it, also where a service repeats them.
func TestSecretsAreHidden(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Set-Cookie", "sid=canary-set")
		user, password, _ := r.BasicAuth()
		echo, err := json.Marshal(fmt.Sprint(r.URL.String(), r.Header.Get("X-Api-Key"), user, password, r.Header.Get("Cookie"), r.Header.Get("Authorization"), string(body)))
		if err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/login" {
			_, _ = fmt.Fprintf(w, `{"access_token": "canary-token", "refresh": "canary-refresh", "echo": %s}`, echo)
			return
		}
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(echo)
	}))
	defer s.Close()
	second := strings.Split(canaries, "[Asserts]")[0] + "GET {{base}}/canary-path-{{access_token}}/{{number}}\nAuthorization: Bearer {{access_token}}\nHTTP 200\n[Asserts]\nbody contains \"{{number}}\"\njsonpath \"$\" == 1\n"
	for _, flow := range []string{canaries, strings.ReplaceAll(second, "canary-path-", "")} {
		r := runner(t, s.URL, "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n")
		r.Variables["password"] = `canary "quoted" & more`
		r.Secrets.AddVariables(r.Variables)
		out, found := run(t, r, flow)
		d := report.Smoke{Flows: []report.SmokeFlow{out}}
		r.Secrets.Findings(found)
		r.Secrets.Report(&d)
		text, err := json.Marshal([]any{d, found})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) < 3 || !strings.Contains(string(text), "***") {
			t.Errorf("%d findings", len(found))
		}
		if at := strings.Index(string(text), "canary"); at >= 0 {
			t.Errorf("%s", text[max(0, at-200):min(len(text), at+60)])
		}
		file, err := hurl.Parse("flow.hurl", []byte(strings.ReplaceAll(flow, "{{base}}", "http://user:canary-userinfo@127.0.0.1:1")))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Flow(t.Context(), file); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%v", err)
		}
	}
}

// A flow keeps cookies, repeats what is not ready, and stops at the first request that fails.
func TestFlow(t *testing.T) {
	calls := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "one", Path: "/"})
			_ = r.ParseForm()
			_, _ = fmt.Fprintf(w, `{"user": %q, "n": 3, "list": [1, 2]}`, r.PostForm.Get("user"))
		case "/ready":
			if calls++; calls < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		default:
			http.Redirect(w, r, "/ready", http.StatusFound)
		}
		if c, err := r.Cookie("sid"); err == nil {
			w.Header().Set("X-Session", c.Value)
			_, _ = io.WriteString(w, "session "+c.Value)
		}
	}))
	defer s.Close()
	out, found := run(t, runner(t, s.URL, ""), `# a comment
POST {{base}}/login # another
[Form]
user: A\#da # not the name
HTTP 200
[Captures]
count: jsonpath "$.list" count
n: jsonpath "$.n"
[Asserts]
jsonpath "$.user" == "A#da"
jsonpath "$.list" contains 2
jsonpath "$.n" == {{n}}
jsonpath "$.none" not exists
duration < 60000
GET {{base}}/ready
[Options]
retry: 5
retry-interval: 1ms
HTTP 200
[Asserts]
regex /session (.*)/ == "one"
GET {{base}}/moved
[Options]
location: true
HTTP 200
GET {{base}}/moved
HTTP 200
GET {{base}}/never
`)
	if len(out.Entries) != 4 || out.Passed || out.Entries[1].Attempts != 3 || len(found) != 1 || found[0].Actual != "302" || found[0].New.Line != 26 {
		t.Errorf("%+v %+v", out, found)
	}
	if c := out.Entries[0].Captures; len(c) != 2 || c[0].Value != "2" || c[1].Value != "3" {
		t.Errorf("%+v", c)
	}
}
