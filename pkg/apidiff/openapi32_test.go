package apidiff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// doc32 is a description of OpenAPI 3.2 with the path item of /a and the rest of the document.
func doc32(item, rest string) string {
	return "openapi: 3.2.0\ninfo: {title: t, version: 1.0.0}\npaths:\n  /a: " + item + "\n" + rest
}

// found are the rules of the changes that are found, each with its level and in order, without the change of the version.
func found(t testing.TB, old, new string) []string {
	t.Helper()
	r := Compare(context.Background(), parse(t, "old.yaml", []byte(old)), parse(t, "new.yaml", []byte(new)), Options{Now: testNow})
	var out []string
	for _, f := range r.Diff.Changes {
		if f.Rule != "openapi-version-changed" {
			out = append(out, string(f.Level)+" "+f.Rule)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gives is a path item whose GET has a response with the content.
func gives(content string) string {
	return "{get: {responses: {'200': {content: {" + content + "}}}}}"
}

// takes is a path item with an operation QUERY that takes the content.
func takes(content string) string {
	return "{query: {requestBody: {required: true, content: {" + content + "}}, responses: {'200': {description: ok}}}}"
}

// parameter is a path item with an operation that has one parameter.
func parameter(fields string) string {
	return "{get: {parameters: [{" + fields + "}], responses: {'200': {description: ok}}}}"
}

// scheme is a path item that asks for the security scheme, and the scheme.
func scheme(fields string) [2]string {
	return [2]string{"{get: {security: [{s: []}], responses: {'200': {description: ok}}}}", "components: {securitySchemes: {s: {" + fields + "}}}\n"}
}

const (
	okOperation = "{responses: {'200': {description: ok}}}"
	animals     = "components:\n  schemas:\n    Cat: {type: object, properties: {kind: {type: string}, lives: {type: integer}}}\n    Dog: {type: object, properties: {kind: {type: string}, age: {type: string}}}\n"
)

func animal(discriminator string) string {
	return "application/json: {schema: {anyOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind" + discriminator + "}}}"
}

// TestOpenAPI32 compares what only OpenAPI 3.2 says.
func TestOpenAPI32(t *testing.T) {
	for _, c := range []struct {
		name             string
		old, new         string // path items
		oldRest, newRest string // of the document
		want             []string
	}{
		{name: "QUERY comes", old: "{get: " + okOperation + "}", new: "{get: " + okOperation + ", query: " + okOperation + "}", want: []string{"info operation-added"}},
		{name: "QUERY goes", old: "{get: " + okOperation + ", query: " + okOperation + "}", new: "{get: " + okOperation + "}", want: []string{"error operation-removed"}},
		{name: "a method goes", old: "{get: " + okOperation + ", additionalOperations: {LINK: " + okOperation + ", UNLINK: " + okOperation + "}}",
			new: "{get: " + okOperation + ", additionalOperations: {UNLINK: " + okOperation + "}}", want: []string{"error operation-removed"}},
		{name: "methods have capitals", old: "{additionalOperations: {Link: " + okOperation + "}}", new: "{additionalOperations: {LINK: " + okOperation + "}}",
			want: []string{"error operation-removed", "info operation-added"}},
		{name: "the order of methods means nothing", old: "{additionalOperations: {LINK: " + okOperation + ", UNLINK: " + okOperation + "}}",
			new: "{additionalOperations: {UNLINK: " + okOperation + ", LINK: " + okOperation + "}}"},
		{name: "the body of QUERY", old: takes("application/json: {schema: {type: string}}"), new: takes("application/json: {schema: {type: string, maxLength: 3}}"),
			want: []string{"error request-property-max-length-added"}},
		{name: "in an additional operation", old: "{additionalOperations: {LINK: {responses: {'200': {description: ok}, '404': {description: no}}}}}",
			new: "{additionalOperations: {LINK: " + okOperation + "}}", want: []string{"info response-removed"}},

		{name: "an item is narrowed", old: takes("application/jsonl: {itemSchema: {type: string}}"), new: takes("application/jsonl: {itemSchema: {type: string, maxLength: 3}}"),
			want: []string{"error request-property-max-length-added"}},
		{name: "an answered item is narrowed", old: gives("text/event-stream: {itemSchema: {type: string}}"), new: gives("text/event-stream: {itemSchema: {type: string, maxLength: 3}}"),
			want: []string{"info response-property-max-length-added"}},
		{name: "an answered item is widened", old: gives("text/event-stream: {itemSchema: {type: string, maxLength: 3}}"), new: gives("text/event-stream: {itemSchema: {type: string}}"),
			want: []string{"error response-property-max-length-removed"}},
		{name: "an itemSchema comes", old: takes("application/jsonl: {}"), new: takes("application/jsonl: {itemSchema: {type: object, required: [a]}}"),
			want: []string{"error request-property-schema-added"}},
		{name: "an answered itemSchema comes", old: gives("application/jsonl: {}"), new: gives("application/jsonl: {itemSchema: {type: object, required: [a]}}"),
			want: []string{"info response-property-schema-added"}},
		{name: "an answered itemSchema goes", old: gives("application/jsonl: {itemSchema: {type: object, required: [a]}}"), new: gives("application/jsonl: {}"),
			want: []string{"error response-property-schema-removed"}},
		{name: "an itemSchema that says nothing", old: gives("application/jsonl: {itemSchema: {}}"), new: gives("application/jsonl: {}")},
		{name: "a list in a sequence is its items", old: gives("application/x-ndjson: {schema: {type: array, items: {type: string, maxLength: 3}}}"), new: gives("application/x-ndjson: {itemSchema: {type: string, maxLength: 3}}")},
		{name: "a list in JSON is no sequence", old: takes("application/json: {schema: {type: array, items: {type: string, maxLength: 3}}}"), new: takes("application/json: {itemSchema: {type: string, maxLength: 3}}"),
			want: []string{"error request-property-schema-added", "info request-property-schema-removed"}},

		{name: "a media type by reference", old: gives("application/json: {schema: {type: string}}"), new: gives("application/json: {$ref: '#/components/mediaTypes/M'}"),
			newRest: "components: {mediaTypes: {M: {schema: {type: string}}}}\n"},
		{name: "behind a reference", old: gives("application/json: {$ref: '#/components/mediaTypes/M'}"), new: gives("application/json: {$ref: '#/components/mediaTypes/M'}"),
			oldRest: "components: {mediaTypes: {M: {schema: {type: string}}}}\n", newRest: "components: {mediaTypes: {M: {schema: {type: integer}}}}\n",
			want: []string{"error response-property-type-changed"}},
		{name: "a parameter's media type by reference", old: parameter("name: p, in: query, content: {application/json: {$ref: '#/components/mediaTypes/M'}}"), new: parameter("name: p, in: query, content: {application/json: {schema: {type: integer}}}"),
			oldRest: "components: {mediaTypes: {M: {schema: {type: string}}}}\n", want: []string{"error request-property-type-changed"}},

		{name: "parts by position", old: takes("multipart/mixed: {prefixEncoding: [{contentType: image/png}], itemEncoding: {contentType: text/plain}}"),
			new: takes("multipart/mixed: {prefixEncoding: [{contentType: image/gif}], itemEncoding: {contentType: text/plain}}"), want: []string{"error request-encoding-changed"}},
		{name: "each further part", old: takes("multipart/mixed: {itemSchema: {type: string}, itemEncoding: {contentType: 'image/png, image/gif'}}"),
			new: takes("multipart/mixed: {itemSchema: {type: string}, itemEncoding: {contentType: image/png}}"), want: []string{"error request-encoding-narrowed"}},
		{name: "nested parts", old: takes("multipart/mixed: {itemEncoding: {contentType: multipart/mixed, itemEncoding: {contentType: image/png}}}"),
			new: takes("multipart/mixed: {itemEncoding: {contentType: multipart/mixed, itemEncoding: {contentType: image/gif}}}"), want: []string{"error request-encoding-changed"}},
		{name: "parts in JSON mean nothing", old: takes("application/json: {itemEncoding: {contentType: image/png}}"), new: takes("application/json: {itemEncoding: {contentType: image/gif}}")},

		{name: "the query string", old: parameter("name: q, in: querystring, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}"),
			new:  parameter("name: r, in: querystring, content: {application/json: {schema: {type: object, properties: {a: {type: string, maxLength: 3}}}}}"),
			want: []string{"error request-property-max-length-added"}},
		{name: "its name is not sent", old: parameter("name: q, in: querystring, content: {application/json: {schema: {type: object}}}"), new: parameter("name: r, in: querystring, content: {application/json: {schema: {type: object}}}")},
		{name: "in a form numbers are text", old: parameter("name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: integer}}}}}"),
			new:  parameter("name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: [integer, string]}}}}}"),
			want: []string{"info request-property-type-widened"}},
		{name: "its form", old: parameter("name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: array}}}, encoding: {a: {explode: true}}}}"),
			new:  parameter("name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: array}}}, encoding: {a: {explode: false}}}}"),
			want: []string{"error request-encoding-changed"}},
		{name: "another format", old: parameter("name: q, in: querystring, content: {application/json: {}}"), new: parameter("name: q, in: querystring, content: {application/x-www-form-urlencoded: {}}"),
			want: []string{"error request-parameter-serialization-changed"}},
		{name: "it must be sent", old: "{get: " + okOperation + "}", new: parameter("name: q, in: querystring, required: true, content: {application/json: {schema: {type: object}}}"),
			want: []string{"error request-parameter-added-required"}},

		{name: "style cookie", old: parameter("name: c, in: cookie, schema: {type: string}"), new: parameter("name: c, in: cookie, style: cookie, schema: {type: string}"), want: []string{"error request-parameter-style-changed"}},
		{name: "a number has nothing to escape", old: parameter("name: c, in: cookie, schema: {type: integer}"), new: parameter("name: c, in: cookie, style: cookie, schema: {type: integer}")},
		{name: "reserved in a cookie", old: parameter("name: c, in: cookie, allowReserved: true, schema: {type: string}"), new: parameter("name: c, in: cookie, schema: {type: string}"),
			want: []string{"error request-parameter-allow-reserved-removed"}},
		{name: "reserved in a header means nothing", old: parameter("name: c, in: header, allowReserved: true, schema: {type: string}"), new: parameter("name: c, in: header, schema: {type: string}")},

		{name: "a default mapping goes", old: takes(animal(", defaultMapping: Cat")), new: takes(animal("")), oldRest: animals, newRest: animals, want: []string{"error request-property-discriminator-default-removed"}},
		{name: "a default mapping by reference", old: takes(animal(", defaultMapping: Cat")), new: takes(animal(", defaultMapping: '#/components/schemas/Cat'")), oldRest: animals, newRest: animals},

		{name: "an attribute", old: takes("application/xml: {schema: {type: object, properties: {a: {type: string}}}}"), new: takes("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: attribute}}}}}"),
			want: []string{"error request-property-xml-changed"}},
		{name: "an element goes without saying", old: takes("application/xml: {schema: {type: object, properties: {a: {type: string}, b: {type: array, items: {type: string}}}}}"),
			new: takes("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: element}}, b: {type: array, items: {type: string}, xml: {nodeType: none}}}}}")},
		{name: "the old words", old: takes("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {attribute: true}}, b: {type: array, items: {type: string}, xml: {wrapped: true}}}}}"),
			new: takes("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: attribute}}, b: {type: array, items: {type: string}, xml: {nodeType: element}}}}}")},
		{name: "text has no name", old: takes("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: text, name: x}}}}}"), new: takes("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: text}}}}}")},
		{name: "text is no character data", old: gives("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: text}}}}}"), new: gives("application/xml: {schema: {type: object, properties: {a: {type: string, xml: {nodeType: cdata}}}}}"),
			want: []string{"error response-property-xml-changed"}},

		{name: "tags, the server and the document itself", old: "{get: " + okOperation + "}", new: "{get: " + okOperation + "}",
			oldRest: "servers: [{url: 'https://a.example', name: one}]\ntags: [{name: a}, {name: b, kind: nav}]\n",
			newRest: "$self: https://a.example/openapi\nservers: [{url: 'https://a.example', name: two}]\ntags: [{name: a, summary: A}, {name: b, kind: badge, parent: a}]\n",
			want:    []string{"info documentation-changed"}},
		{name: "the summary of a response", old: "{get: {responses: {'200': {description: ok}}}}", new: "{get: {responses: {'200': {summary: ok}}}}", want: []string{"info documentation-changed"}},
		{name: "an example in other words", old: gives("application/json: {examples: {e: {value: 1}}}"), new: gives("application/json: {examples: {e: {dataValue: 1, serializedValue: '1'}}}"), want: []string{"info documentation-changed"}},
	} {
		if got := found(t, doc32(c.old, c.oldRest), doc32(c.new, c.newRest)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := found(t, doc32(c.old, c.oldRest), doc32(c.old, c.oldRest)); len(got) > 0 {
			t.Errorf("%s: %q against itself", c.name, got)
		}
	}
}

// TestSchemes32 compares what OpenAPI 3.2 says of security schemes.
func TestSchemes32(t *testing.T) {
	device := "type: oauth2, flows: {deviceAuthorization: {deviceAuthorizationUrl: 'https://a.example/d', tokenUrl: 'https://a.example/t', scopes: {a: A}}}"
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"a flow comes", "type: oauth2, flows: {}", device, []string{"info security-flow-added"}},
		{"a flow goes", device, "type: oauth2, flows: {}", []string{"error security-flow-removed"}},
		{"a flow moves", device, strings.Replace(device, "/d'", "/e'", 1), []string{"warning security-scheme-moved"}},
		{"a scope goes", device, strings.Replace(device, "a: A", "", 1), []string{"warning security-offered-scope-removed"}},
		{"metadata come", device, device + ", oauth2MetadataUrl: 'https://a.example/m'", []string{"info documentation-changed"}},
		{"metadata move", device + ", oauth2MetadataUrl: 'https://a.example/m'", device + ", oauth2MetadataUrl: 'https://a.example/n'", []string{"warning security-scheme-moved"}},
		{"deprecated", device, device + ", deprecated: true", []string{"info deprecated"}},
		{"no longer deprecated", device + ", deprecated: true", device, []string{"info deprecation-removed"}},
		{"not deprecated", device + ", deprecated: false", device, nil},
	} {
		o, n := scheme(c.old), scheme(c.new)
		if got := found(t, doc32(o[0], o[1]), doc32(n[0], n[1])); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestSchemeReferences lets a requirement name its scheme by a reference.
func TestSchemeReferences(t *testing.T) {
	by := func(name string) string {
		return "{get: {security: [{'" + name + "': []}], responses: {'200': {description: ok}}}}"
	}
	schemes := "components: {securitySchemes: {a: {type: http, scheme: basic}, b: {type: apiKey, in: header, name: k}}}\n"
	if got := found(t, doc32(by("a"), schemes), doc32(by("#/components/securitySchemes/a"), schemes)); len(got) > 0 {
		t.Errorf("%q for the same scheme", got)
	}
	if got := found(t, doc32(by("a"), schemes), doc32(by("#/components/securitySchemes/b"), schemes)); !slices.Contains(got, "error security-alternative-removed") {
		t.Errorf("%q for another scheme", got)
	}
}

// TestBefore32 holds that the keys of OpenAPI 3.2 mean nothing new in older descriptions.
func TestBefore32(t *testing.T) {
	old := func(item, rest string) string {
		return strings.Replace(doc32(item, rest), "3.2.0", "3.1.0", 1)
	}
	device := scheme("type: http, scheme: basic")
	later := scheme("type: http, scheme: basic, oauth2MetadataUrl: x")
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"nodeType", old(takes("application/xml: {schema: {type: string, xml: {nodeType: element}}}"), ""), old(takes("application/xml: {schema: {type: string, xml: {nodeType: attribute}}}"), ""), nil},
		{"defaultMapping", old(takes(animal(", defaultMapping: Cat")), animals), old(takes(animal(", defaultMapping: Dog")), animals), nil},
		{"itemEncoding", old(takes("multipart/mixed: {itemEncoding: {}}"), ""), old(takes("multipart/mixed: {}"), ""), []string{"error unclassified-change"}},
		{"allowReserved", old(parameter("name: c, in: cookie, allowReserved: true, schema: {type: string}"), ""), old(parameter("name: c, in: cookie, schema: {type: string}"), ""), nil},
		{"querystring", old(parameter("name: q, in: querystring"), ""), old(parameter("name: r, in: querystring"), ""), []string{"info request-parameter-added", "warning request-parameter-removed"}},
		{"oauth2MetadataUrl", old(device[0], device[1]), old(later[0], later[1]), []string{"error unclassified-change"}},
		{"server names", old("{get: "+okOperation+"}", "servers: [{url: /, name: a}]\n"), old("{get: "+okOperation+"}", "servers: [{url: /, name: b}]\n"), nil},
	} {
		if got := found(t, c.old, c.new); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestUnstableParts reads x-stability-level of parameters and properties as that of operations: what is experimental may
// change and go, what is beta may not, and nothing may become experimental again.
func TestUnstableParts(t *testing.T) {
	body := func(property string) string {
		return takes("application/json: {schema: {type: object, properties: {b: {type: string}" + property + "}}}")
	}
	answer := func(property string) string {
		return gives("application/json: {schema: {type: object, required: [b], properties: {b: {type: string}" + property + "}}}")
	}
	for _, c := range []struct {
		name, old, new string
		want           []string
	}{
		{"a parameter goes", parameter("name: p, in: query, x-stability-level: experimental, required: true"), parameter("name: q, in: query, x-stability-level: alpha"), []string{"info request-parameter-added", "info request-parameter-removed-unstable"}},
		{"a beta parameter goes", parameter("name: p, in: query, x-stability-level: beta"), "{get: " + okOperation + "}", []string{"warning request-parameter-removed"}},
		{"a parameter is narrowed", parameter("name: p, in: query, x-stability-level: alpha, schema: {type: string}"), parameter("name: p, in: query, x-stability-level: alpha, required: true, schema: {type: integer}"),
			[]string{"info request-parameter-became-required", "info request-property-type-narrowed"}},
		{"a parameter moves", parameter("name: p, in: query, x-stability-level: alpha, schema: {type: string}"), parameter("name: p, in: header, x-stability-level: alpha, schema: {type: string}"), []string{"info request-parameter-moved"}},
		{"a beta parameter is narrowed", parameter("name: p, in: query, x-stability-level: beta, schema: {type: string}"), parameter("name: p, in: query, x-stability-level: beta, schema: {type: integer}"), []string{"error request-property-type-narrowed"}},
		{"a parameter becomes alpha", parameter("name: p, in: query"), parameter("name: p, in: query, x-stability-level: alpha"), []string{"error stability-lowered"}},
		{"a parameter becomes stable", parameter("name: p, in: query, x-stability-level: alpha"), parameter("name: p, in: query"), []string{"info stability-raised"}},
		{"a property goes", answer(", a: {type: string, x-stability-level: alpha}"), answer(""), []string{"info response-property-removed-unstable"}},
		{"a property is narrowed", body(", a: {type: string, x-stability-level: draft}"), body(", a: {type: integer, x-stability-level: draft}"), []string{"info request-property-type-changed"}},
		{"a property below is narrowed", body(", a: {x-stability-level: draft, type: object, properties: {c: {type: string}}}"), body(", a: {x-stability-level: draft, type: object, properties: {c: {type: integer}}}"), []string{"info request-property-type-changed"}},
		{"a beta property is narrowed", body(", a: {type: string, x-stability-level: beta}"), body(", a: {type: integer, x-stability-level: beta}"), []string{"error request-property-type-changed"}},
		{"its neighbour is narrowed", body(", a: {type: string, x-stability-level: draft}, c: {type: string}"), body(", a: {type: integer, x-stability-level: draft}, c: {type: integer}"),
			[]string{"error request-property-type-changed", "info request-property-type-changed"}},
		{"a body is no property", takes("application/json: {schema: {type: string}}"), takes("application/json: {schema: {type: string, x-stability-level: alpha}}"), []string{"info extension-changed"}},
		{"a property becomes alpha", body(", a: {type: string}"), body(", a: {type: string, x-stability-level: alpha}"), []string{"error stability-lowered"}},
	} {
		if got := found(t, doc32(c.old, ""), doc32(c.new, "")); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMessages32 names operations by method and parts by place.
func TestMessages32(t *testing.T) {
	for _, c := range []struct{ old, new, subject, message string }{
		{doc32("{additionalOperations: {LINK: "+okOperation+"}, get: "+okOperation+"}", ""), doc32("{get: "+okOperation+"}", ""), "LINK /a", "LINK /a was removed"},
		{doc32(gives("application/jsonl: {itemSchema: {type: object, properties: {a: {type: string}}}}"), ""), doc32(gives("application/jsonl: {itemSchema: {type: object, properties: {a: {type: integer}}}}"), ""),
			"GET /a 200 application/jsonl .[].a", "`[].a` of GET /a (200) had its type changed"},
	} {
		r := Compare(context.Background(), parse(t, "old.yaml", []byte(c.old)), parse(t, "new.yaml", []byte(c.new)), Options{Now: testNow})
		if len(r.Diff.Changes) != 1 || r.Diff.Changes[0].Subject != c.subject || !strings.Contains(r.Diff.Changes[0].Message, c.message) {
			t.Errorf("%+v, want %s: %s", r.Diff.Changes, c.subject, c.message)
		}
	}
}

// TestHostile32 compares a path item with tens of thousands of methods with one that has none.
func TestHostile32(t *testing.T) {
	var b strings.Builder
	b.WriteString(doc32("", "")[:strings.Index(doc32("", ""), "  /a")] + "  /a:\n    additionalOperations:\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "      M%d: {}\n", i)
	}
	r := Compare(context.Background(), parse(t, "old.yaml", []byte(b.String())), parse(t, "new.yaml", []byte(doc32("{get: {}}", ""))), Options{Now: testNow})
	if n := r.Operations().Counts.Removed; n != 20_000 {
		t.Errorf("%d operations were removed, want 20000", n)
	}
}

// TestWitnesses32 shows requests by methods and in places that only OpenAPI 3.2 knows, and none where they cannot be confirmed.
func TestWitnesses32(t *testing.T) {
	additional := func(method string) string { return "{additionalOperations: {'" + method + "': " + okOperation + "}}" }
	whole := func(mediaType, schema, more string) string {
		return parameter("name: q, in: querystring, required: true, content: {" + mediaType + ": {schema: {" + schema + "}}}" + more)
	}
	for _, c := range []struct {
		name, old, new, rest string
		request, curl        string // what they hold; "" for no request
	}{
		{"QUERY", takes("application/json: {schema: {type: string}}"), takes("application/json: {schema: {type: integer}}"), "", "QUERY /a HTTP/1.1", "curl -X QUERY 'https"},
		{"QUERY is gone", "{query: {responses: {}}, get: {responses: {}}}", "{get: {responses: {}}}", "", "QUERY /a HTTP/1.1", "curl -X QUERY 'https"},
		{"a method is gone", additional("LINK"), "{}", "", "LINK /a HTTP/1.1", "curl -X LINK 'https"},
		{"a method in lower case is gone", additional("get"), "{get: " + okOperation + "}", "", "get /a HTTP/1.1", "curl -X 'get' 'https"},
		{"a method that a shell would read", additional("A$&"), "{}", "", "A$& /a HTTP/1.1", "curl -X 'A$&' 'https"},
		{"the query string", whole("application/json", "type: object, properties: {a: {type: string}}", ""), whole("application/json", "type: object, properties: {a: {type: string, maxLength: 0}}", ""), "",
			"GET /a?%7B%22a%22%3A%22", "curl -X GET 'https"},
		{"another parameter beside it", whole("application/json", "type: object, required: [b]", "}, {name: p, in: header, schema: {type: string}"),
			whole("application/json", "type: object, required: [b]", "}, {name: p, in: header, required: true, schema: {type: string}"), "", "GET /a?%7B%22b%22%3A", "curl -X GET 'https"},
		{"a form in the query string", whole("application/x-www-form-urlencoded", "type: object, properties: {a: {type: string}}", ""), whole("application/x-www-form-urlencoded", "type: object, properties: {a: {type: integer}}", ""), "", "", ""},
		{"a body by reference", takes("application/json: {$ref: '#/components/mediaTypes/M'}"), takes("application/json: {schema: {type: integer}}"),
			"components: {mediaTypes: {M: {schema: {type: string}}}}\n", "QUERY /a HTTP/1.1", "curl -X QUERY 'https"},
		{"a schema beside an itemSchema", takes("application/json: {schema: {maxItems: 3}, itemSchema: {type: string}}"), takes("application/json: {schema: {maxItems: 2}, itemSchema: {type: string}}"), "", "", ""},
	} {
		r := Compare(context.Background(), parse(t, "old.yaml", []byte(doc32(c.old, c.rest))), parse(t, "new.yaml", []byte(doc32(c.new, c.rest))), Options{Now: testNow})
		breaks, shown := 0, false
		for _, f := range r.Diff.Changes {
			if !f.Breaking {
				continue
			}
			breaks++
			w := f.Witness
			if w == nil || w.Request == "" {
				continue
			}
			shown = true
			if !strings.Contains(w.Request, c.request) || !strings.Contains(w.Curl, c.curl) || c.request == "" {
				t.Errorf("%s: %q and %q, want %q and %q", c.name, w.Request, w.Curl, c.request, c.curl)
			}
		}
		if breaks == 0 || shown != (c.request != "") {
			t.Errorf("%s: %d changes break, and a request is shown: %t", c.name, breaks, shown)
		}
	}
}

// TestUpgradeTo32 writes one description in the words of three versions: no change of it breaks.
func TestUpgradeTo32(t *testing.T) {
	text := func(version, nullable, attribute, wrapped, example, described, media, components string) string {
		return "openapi: " + version + `
info: {title: t, version: 1.0.0}
paths:
  /a:
    post:
      requestBody: {content: {application/xml: ` + media + `}}
      responses:
        '200': {` + described + `: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}, examples: {e: {` + example + `: 1}}}}}
components:
` + components + `
  schemas:
    A:
      type: object
      properties:
        id: {type: string, xml: {` + attribute + `}}
        list: {type: array, items: {type: string}, xml: {name: l, ` + wrapped + `}}
        plain: {type: array, items: {type: string}}
        note: {` + nullable + `}
`
	}
	plain := "{schema: {$ref: '#/components/schemas/A'}}"
	versions := []string{
		text("3.0.3", "type: string, nullable: true", "attribute: true", "wrapped: true", "value", "description", plain, ""),
		text("3.1.0", "type: [string, 'null']", "attribute: true", "wrapped: true", "value", "description", plain, ""),
		text("3.2.0", "type: [string, 'null']", "nodeType: attribute", "nodeType: element", "dataValue", "summary", "{$ref: '#/components/mediaTypes/M'}", "  mediaTypes: {M: "+plain+"}"),
	}
	for i, old := range versions {
		for k, new := range versions {
			want := []string{"info documentation-changed"}
			if i < 2 == (k < 2) {
				want = nil
			}
			if got := found(t, old, new); !slices.Equal(got, want) {
				t.Errorf("version %d to version %d: %q, want %q", i, k, got, want)
			}
		}
	}
}

// TestDangling32 says nothing of what is behind a reference to a media type that does not resolve, but that it was not read.
func TestDangling32(t *testing.T) {
	lenient := func(text string) *contract.Document {
		d, err := contract.Parse(context.Background(), "x.yaml", []byte(text), contract.Options{AllowDangling: true})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	rest := "components: {}\n"
	for _, c := range [][2]string{
		{gives("application/json: {schema: {type: string}}"), gives("application/json: {$ref: '#/components/mediaTypes/M'}")},
		{parameter("name: q, in: query, content: {application/json: {schema: {type: string}}}"), parameter("name: q, in: query, content: {application/json: {$ref: '#/components/mediaTypes/M'}}")},
	} {
		for _, pair := range [][2]string{c, {c[1], c[0]}} {
			r := Compare(context.Background(), lenient(doc32(pair[0], rest)), lenient(doc32(pair[1], rest)), Options{Now: testNow})
			if len(r.Diff.Changes) != 1 || r.Diff.Changes[0].Rule != ReferenceNotRead {
				t.Errorf("%s to %s: %+v", pair[0], pair[1], r.Diff.Changes)
			}
		}
	}
}
