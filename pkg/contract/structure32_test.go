package contract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// o32 is a description of a version whose path item /a is given.
func o32(version, item string) string {
	return "openapi: " + version + "\npaths:\n  /a:\n    " + strings.ReplaceAll(strings.TrimSpace(item), "\n", "\n    ") + "\n" + `
components:
  parameters:
    Whole: {name: q, in: querystring, content: {application/json: {schema: {type: object}}}}
    One: {name: id, in: query, schema: {type: string}}
  mediaTypes:
    Lines: {itemSchema: {$ref: '#/components/schemas/A'}}
  schemas:
    A: {type: object}
`
}

func schemaItem(schema string) string {
	return "get: {responses: {'200': {content: {application/xml: {schema: " + schema + "}}}}}"
}

// TestOpenAPI32 holds what OpenAPI 3.2 asks for against what is nearly right. Descriptions of OpenAPI 3.1 may say anything
// under the same keys.
func TestOpenAPI32(t *testing.T) {
	for _, c := range []struct{ item, want string }{
		{"query: {responses: {}}", ""},
		{"query: 1", `:4:12: "query" must be an object, not a number`},
		{"additionalOperations: {LINK: {}, M-SEARCH: {}, link: {}, x-y: {}}", ""},
		{"additionalOperations: {GET: {}}", `:4:28: "GET" in "additionalOperations" has a field of its own`},
		{"additionalOperations: {QUERY: {}}", `:4:28: "QUERY" in "additionalOperations" has a field of its own`},
		{"additionalOperations: {'A B': {}}", `:4:28: "A B" in "additionalOperations" is not an HTTP method`},
		{"additionalOperations: {'': {}}", `:4:28: "" in "additionalOperations" is not an HTTP method`},
		{"additionalOperations: {LINK: []}", `:4:34: "LINK" in "additionalOperations" must be an object, not an array`},

		{"get: {parameters: [{$ref: '#/components/parameters/Whole'}]}", ""},
		{"parameters: [{$ref: '#/components/parameters/Whole'}]\nget: {parameters: [{$ref: '#/components/parameters/Whole'}]}", ""},
		{"get: {parameters: [{in: querystring, name: q}]}", `:4:29: a parameter in "querystring" must have content with one media type`},
		{"get: {parameters: [{in: querystring, name: q, content: {a/b: {}, c/d: {}}}]}", `:4:29: a parameter in "querystring" must have content`},
		{"get: {parameters: [{in: querystring, name: q, style: form, content: {a/b: {}}}]}", `:4:51: "style" means nothing to a parameter in "querystring"`},
		{"get: {parameters: [{$ref: '#/components/parameters/Whole'}, {in: querystring, name: r, content: {a/b: {}}}]}", `:4:65: the operation has two parameters in "querystring"`},
		{"get: {parameters: [{$ref: '#/components/parameters/Whole'}, {in: querystring, name: q, content: {a/b: {}}}]}", `:4:65: the operation has two parameters in "querystring"`},
		{"get: {parameters: [{$ref: '#/components/parameters/Whole'}, {$ref: '#/components/parameters/One'}]}", `:4:24: the operation has parameters both in "querystring" and in "query"`},
		{"parameters: [{$ref: '#/components/parameters/One'}]\nadditionalOperations: {LINK: {parameters: [{$ref: '#/components/parameters/Whole'}]}}", `:5:48: the operation has parameters both`},

		{"get: {requestBody: {content: {a/b: {$ref: '#/components/mediaTypes/Lines'}}}}", ""},
		{"get: {requestBody: {content: {a/b: {$ref: '#/components/mediaTypes/None'}}}}", `:4:47: $ref "#/components/mediaTypes/None" does not resolve`},
		{"get: {requestBody: {content: {multipart/mixed: {prefixEncoding: [{contentType: a/b, encoding: {c: {itemEncoding: {}}}}], itemEncoding: {}}}}}", ""},
		{"get: {requestBody: {content: {multipart/mixed: {encoding: {}, itemEncoding: {}}}}}", `:4:67: "itemEncoding" cannot be combined with "encoding"`},
		{"get: {requestBody: {content: {multipart/mixed: {itemEncoding: {encoding: {}, prefixEncoding: []}}}}}", `:4:82: "prefixEncoding" cannot be combined with "encoding"`},
		{"get: {requestBody: {content: {a/b: {itemSchema: 1}}}}", `:4:53: "itemSchema" must be an object or a boolean, not a number`},

		{schemaItem("{discriminator: {propertyName: p, defaultMapping: A}}"), ""},
		{schemaItem("{discriminator: {propertyName: p, defaultMapping: {}}}"), `"defaultMapping" must be a string, not an object`},
		{schemaItem("{xml: {nodeType: cdata}}"), ""},
		{schemaItem("{xml: {nodeType: comment}}"), `unknown nodeType "comment"`},
		{schemaItem("{xml: {nodeType: element, wrapped: true}}"), `"wrapped" cannot be combined with "nodeType"`},
	} {
		_, err := Parse(context.Background(), "x.yaml", []byte(o32("3.2.0", c.item)), Options{})
		var bad *Error
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.item, err)
		case c.want != "" && (!errors.As(err, &bad) || !strings.Contains(bad.Error(), c.want) || bad.Hint == ""):
			t.Errorf("%s:\n got %v\nwant %s and a hint", c.item, err, c.want)
		}
		if _, err := Parse(context.Background(), "x.yaml", []byte(o32("3.1.0", c.item)), Options{}); err != nil {
			t.Errorf("3.1: %s: %v", c.item, err)
		}
	}
}

// TestMediaTypeReferences follows a media type through files and components.
func TestMediaTypeReferences(t *testing.T) {
	files := map[string]string{
		"root.yaml":  o32("3.2.0", "get: {requestBody: {content: {application/jsonl: {$ref: 'media.yaml#/Lines'}}}}"),
		"media.yaml": "Lines: {itemSchema: {$ref: '#/Line'}}\nLine: {title: found}\n",
	}
	d, err := load(files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := d.Deref(d.Root().Find("/paths/~1a/get/requestBody/content/application~1jsonl"))
	if got := d.Deref(m.Get("itemSchema")).Get("title").Text(); got != "found" {
		t.Errorf("the media type leads to %q", m.AppendJSON(nil))
	}
	whole := parseTest(t, "whole.json", string(d.Canonical()))
	m = whole.Deref(whole.Root().Find("/paths/~1a/get/requestBody/content/application~1jsonl"))
	if got := whole.Deref(m.Get("itemSchema")).Get("title").Text(); got != "found" {
		t.Errorf("in one file the media type leads to %q", m.AppendJSON(nil))
	}
}

// TestSelf lets references use the name that a description has for itself.
func TestSelf(t *testing.T) {
	for _, c := range []struct{ version, self, ref, want string }{
		{"3.2.0", "https://example.com/api/root", "https://example.com/api/root#/components/schemas/B", ""},
		{"3.2.0", "https://example.com/api/root", "root#/components/schemas/B", ""},
		{"3.2.0", "https://example.com/api/root", "#/components/schemas/B", ""},
		{"3.2.0", "https://example.com/api/root", "b.yaml", ""},
		{"3.2.0", "https://example.com/api/root", "c.yaml", ""},
		{"3.2.0", "https://example.com/api/root", "https://example.com/api/other#/components/schemas/B", "names a remote file"},
		{"3.2.0", "https://example.com/api/root#", "#/components/schemas/B", ""},
		{"3.2.0", "https://example.com/api/root#x", "#/components/schemas/B", "must be a URI without a fragment"},
		{"3.1.0", "https://example.com/api/root#x", "#/components/schemas/B", ""},
		{"3.1.0", "https://example.com/api/root", "https://example.com/api/root#/components/schemas/B", "names a remote file"},
	} {
		d, err := load(map[string]string{"root.yaml": "$self: " + c.self + "\n" + ref(c.version, c.ref, "    B: {title: found}\n"), "b.yaml": "title: found\n",
			"c.yaml": "$ref: https://example.com/api/root#/components/schemas/B\n"}, Options{})
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s from %s: %v, want %q", c.ref, c.self, err, c.want)
		case c.want == "" && err != nil:
			t.Errorf("%s from %s: %v", c.ref, c.self, err)
		case c.want == "" && d.Deref(d.schema("A")).Get("title").Text() != "found":
			t.Errorf("%s from %s leads elsewhere", c.ref, c.self)
		case c.want == "":
			if again := parseTest(t, "again.json", string(d.Canonical())); again.Deref(again.schema("A")).Get("title").Text() != "found" {
				t.Errorf("%s from %s leads elsewhere in one file", c.ref, c.self)
			}
		}
	}
}

// TestManyAdditionalOperations reads a path item with tens of thousands of methods and parameters, which must not be looked at for each of them.
func TestManyAdditionalOperations(t *testing.T) {
	var b strings.Builder
	b.WriteString("openapi: 3.2.0\npaths:\n  /a:\n    parameters:\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "    - {in: query, name: p%d}\n", i)
	}
	b.WriteString("    additionalOperations:\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "      M%d: {}\n", i)
	}
	parseTest(t, "x.yaml", b.String())
}
