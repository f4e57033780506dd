package search

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/contract"
)

// operationOf is the first operation of a document whose paths are given in YAML.
func operationOf(t testing.TB, version, paths string) message.Operation {
	t.Helper()
	text := "openapi: " + version + "\ninfo: {title: t, version: '1'}\npaths:\n"
	for line := range strings.Lines(paths) {
		text += "  " + strings.TrimRight(line, "\n") + "\n"
	}
	d, err := contract.Parse(context.Background(), "test.yaml", []byte(text), contract.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for path, item := range d.Root().Get("paths").Fields() {
		for method, op := range item.Fields() {
			if method != "parameters" && method != "servers" {
				return message.Operation{Doc: d, Method: strings.ToUpper(method), Path: path, PathItem: item, Node: op}
			}
		}
	}
	return message.Operation{Doc: d}
}

type messageCase struct {
	name     string
	version  string
	old, new string
	q        MessageQuery
	want     string // the value, "" when the part is absent
	request  string // first line, where wanted
	refusal  string // part of it
	by       string
	out      Outcome
}

const answer = "responses: {'200': {description: ok}}"

var messageCases = []messageCase{
	{name: "query parameter became required", old: `/pets: {get: {parameters: [{name: limit, in: query, schema: {type: integer}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: limit, in: query, required: true, schema: {type: integer}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.QueryParam, Name: "limit", Absent: true}, request: "GET /pets HTTP/1.1", refusal: "missing required 'limit'", by: HTTPFilter, out: Found},
	{name: "new required header", old: `/pets: {get: {` + answer + `}}`, new: `/pets: {get: {parameters: [{name: X-Tenant, in: header, required: true, schema: {type: string}}], ` + answer + `}}`,
		q: MessageQuery{Part: message.HeaderParam, Name: "X-Tenant", Absent: true}, request: "GET /pets HTTP/1.1", refusal: "x-tenant", by: HTTPFilter, out: Found},
	{name: "new required cookie beside a new required query parameter", old: `/pets: {get: {` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: sid, in: cookie, required: true, schema: {type: string}}, {name: q, in: query, required: true, schema: {type: string}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.CookieParam, Name: "sid", Absent: true}, request: "GET /pets?q=a HTTP/1.1", refusal: "'sid'", by: HTTPFilter, out: Found},
	{name: "query parameter narrowed", old: `/pets: {get: {parameters: [{name: limit, in: query, schema: {type: integer}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: limit, in: query, schema: {type: integer, maximum: 100}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.QueryParam, Name: "limit", Hints: []Hint{{Keyword: "maximum"}}}, want: "101", request: "GET /pets?limit=101 HTTP/1.1", refusal: "/query/limit: too large", by: HTTPFilter, out: Found},
	{name: "query parameter string to integer", old: `/pets: {get: {parameters: [{name: p, in: query, schema: {type: string}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: p, in: query, schema: {type: integer}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.QueryParam, Name: "p", Hints: []Hint{{Keyword: "type"}}}, want: `"a"`, request: "GET /pets?p=a HTTP/1.1", refusal: "/query/p", by: HTTPFilter, out: Found},
	{name: "query parameter integer to string is no break on the wire", old: `/pets: {get: {parameters: [{name: p, in: query, schema: {type: integer}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: p, in: query, schema: {type: string}}], ` + answer + `}}`, q: MessageQuery{Part: message.QueryParam, Name: "p", Hints: []Hint{{Keyword: "type"}}}, out: NotFound},
	{name: "enum of a query list", old: `/pets: {get: {parameters: [{name: s, in: query, schema: {type: array, items: {enum: [a, b]}}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: s, in: query, schema: {type: array, items: {enum: [a]}}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.QueryParam, Name: "s", Hints: []Hint{{Path: []string{"items"}, Keyword: "enum"}}}, want: `["b"]`, request: "GET /pets?s=b HTTP/1.1", refusal: "/query/s/0", by: HTTPFilter, out: Found},
	{name: "path parameter pattern", old: `/pets/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], ` + answer + `}}`,
		new: `/pets/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string, pattern: '^[0-9]+$'}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.PathParam, Name: "id", Hints: []Hint{{Keyword: "pattern"}}}, want: `"a"`, request: "GET /pets/a HTTP/1.1", refusal: "/path/id", by: HTTPFilter, out: Found},
	{name: "header maxLength", old: `/pets: {get: {parameters: [{name: X-Id, in: header, schema: {type: string}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: X-Id, in: header, schema: {type: string, maxLength: 2}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.HeaderParam, Name: "x-id", Hints: []Hint{{Keyword: "maxLength"}}}, want: `"aaa"`, request: "GET /pets HTTP/1.1", refusal: "too long", by: HTTPFilter, out: Found},
	{name: "explode changed", old: `/pets: {get: {parameters: [{name: ids, in: query, explode: false, schema: {type: array, minItems: 2, items: {type: integer}}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: ids, in: query, explode: true, schema: {type: array, minItems: 2, items: {type: integer}}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.QueryParam, Name: "ids"}, want: `[0,0]`, request: "GET /pets?ids=0%2C0 HTTP/1.1", refusal: "/query/ids", by: HTTPFilter, out: Found},
	{name: "deepObject property", old: `/pets: {get: {parameters: [{name: f, in: query, style: deepObject, schema: {type: object, properties: {min: {type: integer}}}}], ` + answer + `}}`,
		new: `/pets: {get: {parameters: [{name: f, in: query, style: deepObject, schema: {type: object, properties: {min: {type: integer, minimum: 1}}}}], ` + answer + `}}`,
		q:   MessageQuery{Part: message.QueryParam, Name: "f", Hints: []Hint{{Path: []string{"min"}, Keyword: "minimum"}}}, want: `{"min":0}`, request: "GET /pets?f%5Bmin%5D=0 HTTP/1.1", refusal: "/query/f/min", by: HTTPFilter, out: Found},
	{name: "path-level parameter", old: "/pets:\n  parameters: [{name: q, in: query, schema: {type: string}}]\n  get: {" + answer + "}",
		new: "/pets:\n  parameters: [{name: q, in: query, schema: {type: string, enum: [x]}}]\n  get: {" + answer + "}",
		q:   MessageQuery{Part: message.QueryParam, Name: "q", Hints: []Hint{{Keyword: "enum"}}}, want: `"a"`, request: "GET /pets?q=a HTTP/1.1", refusal: "/query/q: not one of", by: HTTPFilter, out: Found},
	{name: "body property became required", old: `/pets: {post: {requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {n: {type: string}}}}}}, ` + answer + `}}`,
		new: `/pets: {post: {requestBody: {required: true, content: {application/json: {schema: {type: object, required: [n], properties: {n: {type: string}}}}}}, ` + answer + `}}`,
		q:   MessageQuery{Part: message.Body, MediaType: "application/json", Hints: []Hint{{Path: []string{"n"}, Keyword: "required"}}}, want: `{}`, request: "POST /pets HTTP/1.1", refusal: "/body: missing required 'n'", by: HTTPFilter, out: Found},
	{name: "body beside a path parameter and a required query", old: `/pets/{id}: {put: {parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 7}}, {name: v, in: query, required: true, schema: {enum: [x, y]}}], requestBody: {content: {application/json: {schema: {type: object, properties: {n: {type: string, nullable: true}}}}}}, ` + answer + `}}`,
		new: `/pets/{id}: {put: {parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 7}}, {name: v, in: query, required: true, schema: {enum: [y]}}], requestBody: {content: {application/json: {schema: {type: object, properties: {n: {type: string}}}}}}, ` + answer + `}}`,
		q:   MessageQuery{Part: message.Body, Hints: []Hint{{Path: []string{"n"}, Keyword: "nullable"}}}, want: `{"n":null}`, request: "PUT /pets/7?v=y HTTP/1.1", refusal: "/body/n", by: HTTPFilter, out: Found},
	{name: "body became required", old: `/pets: {post: {requestBody: {content: {application/json: {schema: {type: object}}}}, ` + answer + `}}`, new: `/pets: {post: {requestBody: {required: true, content: {application/json: {schema: {type: object}}}}, ` + answer + `}}`,
		q: MessageQuery{Part: message.Body, Absent: true}, request: "POST /pets HTTP/1.1", refusal: "missing required 'body'", by: HTTPFilter, out: Found},
	{name: "media type removed", old: `/pets: {post: {requestBody: {content: {application/json: {schema: {type: object}}, text/plain: {schema: {type: string}}}}, ` + answer + `}}`,
		new: `/pets: {post: {requestBody: {content: {application/json: {schema: {type: object}}}}, ` + answer + `}}`,
		q:   MessageQuery{Part: message.Body, MediaType: "text/plain"}, want: `"a"`, request: "POST /pets HTTP/1.1", refusal: "media type not", by: HTTPFilter, out: Found},
	{name: "media type range narrowed", old: `/pets: {post: {requestBody: {content: {'*/*': {schema: {type: string}}}}, ` + answer + `}}`, new: `/pets: {post: {requestBody: {content: {text/plain: {schema: {type: string}}}}, ` + answer + `}}`,
		q: MessageQuery{Part: message.Body, MediaType: "*/*"}, want: `"a"`, request: "POST /pets HTTP/1.1", refusal: "media type not", by: HTTPFilter, out: Found},
	{name: "form body", old: `/pets: {post: {requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {n: {type: integer}}}}}}, ` + answer + `}}`,
		new: `/pets: {post: {requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {n: {type: integer, maximum: 5}}}}}}, ` + answer + `}}`,
		q:   MessageQuery{Part: message.Body, Hints: []Hint{{Path: []string{"n"}, Keyword: "maximum"}}}, want: `{"n":6}`, request: "POST /pets HTTP/1.1", refusal: "/body/n", by: HTTPFilter, out: Found},
	{name: "operation removed", old: `/pets/{id}: {delete: {parameters: [{name: id, in: path, required: true, schema: {type: integer}}], ` + answer + `}}`, new: `/cats: {get: {` + answer + `}}`,
		q: MessageQuery{}, request: "DELETE /pets/0 HTTP/1.1", refusal: "no path /pets/{id}", by: HTTPFilter, out: Found},
	{name: "3.1 body", version: "3.1.0", old: `/pets: {post: {requestBody: {content: {application/json: {schema: {type: [string, 'null']}}}}, ` + answer + `}}`, new: `/pets: {post: {requestBody: {content: {application/json: {schema: {type: string}}}}, ` + answer + `}}`,
		q: MessageQuery{Part: message.Body, Hints: []Hint{{Keyword: "type"}}}, want: `null`, request: "POST /pets HTTP/1.1", refusal: "/body", by: HTTPFilter, out: Found},

	{name: "response property no longer promised", old: `/pets: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}}}}}`,
		new: `/pets: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}}}`,
		q:   MessageQuery{Direction: Response, Part: message.ResponseBody, Status: "200", Hints: []Hint{{Path: []string{"id"}, Keyword: "required"}}}, want: `{}`, refusal: "/body: missing required 'id'", by: HTTPFilter, out: Found},
	{name: "response header no longer promised", old: `/pets: {get: {responses: {'200': {description: ok, headers: {X-Next: {required: true, schema: {type: string}}}}}}}`,
		new: `/pets: {get: {responses: {'200': {description: ok, headers: {X-Next: {schema: {type: string}}}}}}}`,
		q:   MessageQuery{Direction: Response, Part: message.ResponseHeader, Name: "X-Next", Status: "200", Absent: true}, refusal: "'x-next'", by: HTTPFilter, out: Found},
	{name: "response header widened", old: `/pets: {get: {responses: {'200': {description: ok, headers: {X-Left: {schema: {type: integer}}}}}}}`, new: `/pets: {get: {responses: {'200': {description: ok, headers: {X-Left: {schema: {type: string}}}}}}}`,
		q: MessageQuery{Direction: Response, Part: message.ResponseHeader, Name: "X-Left", Status: "200", Hints: []Hint{{Keyword: "type"}}}, want: `"a"`, refusal: "/header/x-left", by: HTTPFilter, out: Found},
	{name: "response media type added", old: `/pets: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: string}}}}}}}`, new: `/pets: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {type: string}}, text/plain: {schema: {type: string}}}}}}}`,
		q: MessageQuery{Direction: Response, Part: message.ResponseBody, Status: "200", MediaType: "text/plain"}, want: `"a"`, refusal: "media type not", by: HTTPFilter, out: Found},
	{name: "status added", old: `/pets: {get: {responses: {'200': {description: ok}}}}`, new: `/pets: {get: {responses: {'200': {description: ok}, '409': {description: no}}}}`,
		q: MessageQuery{Direction: Response, Part: message.Status, Status: "409"}, refusal: "status not doc", by: HTTPFilter, out: Found},
	{name: "status of the default", old: `/pets: {get: {responses: {'200': {description: ok}, default: {description: e, content: {application/json: {schema: {type: object}}}}}}}`, new: `/pets: {get: {responses: {'200': {description: ok}, default: {description: e, content: {application/json: {schema: {type: [string]}}}}}}}`, version: "3.1.0",
		q: MessageQuery{Direction: Response, Part: message.ResponseBody, Status: "default", Hints: []Hint{{Keyword: "type"}}}, want: `"a"`, refusal: "/body", by: HTTPFilter, out: Found},
}

func TestMessages(t *testing.T) {
	for _, c := range messageCases {
		t.Run(c.name, func(t *testing.T) {
			version := c.version
			if version == "" {
				version = "3.0.3"
			}
			q := c.q
			q.Old, q.New = operationOf(t, version, c.old), operationOf(t, version, c.new)
			if q.Old.Path != q.New.Path {
				q.New = message.Operation{Doc: q.New.Doc}
			}
			var f Finder
			w, out := f.FindMessage(context.Background(), q)
			if out != c.out {
				t.Fatalf("%s, want %s; %+v", out, c.out, f.Stats())
			}
			if out != Found {
				return
			}
			if string(w.Value) != c.want || !strings.Contains(w.Refusal, c.refusal) || !slices.Contains(w.ConfirmedBy, c.by) {
				t.Errorf("value %s, want %s; refusal %q, want %q; by %v", w.Value, c.want, w.Refusal, c.refusal, w.ConfirmedBy)
			}
			if c.request == "" {
				if w.Request != "" || w.Curl != "" {
					t.Errorf("a response has no request: %s", w.Request)
				}
				return
			}
			if !strings.HasPrefix(w.Request, c.request+"\r\n") {
				t.Errorf("request %q", w.Request)
			}
			if _, err := http.ReadRequest(bufio.NewReader(strings.NewReader(w.Request))); err != nil {
				t.Errorf("%v: %q", err, w.Request)
			}
			if testing.Verbose() {
				t.Logf("%s\n%s", w.Curl, w.Refusal)
			}
		})
	}
}
