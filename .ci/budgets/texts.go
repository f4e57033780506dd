package main

import (
	"fmt"
	"strings"
)

// textFamilies are contracts whose text is unusual, and those whose findings are shown in every format.
var textFamilies = []family{
	yamlText("yaml-anchors", func(n int, last string) string {
		return join(n, "", func(i int) string { return fmt.Sprintf("x-a%d: &a%d %s\nx-b%d: *a%d\n", i, i, last, i, i) })
	}),
	yamlText("yaml-one-anchor-redefined", func(n int, last string) string {
		return join(n, "", func(i int) string { return fmt.Sprintf("x-a%d: &a [%s]\nx-b%d: [*a, *a]\n", i, last, i) })
	}),
	yamlText("yaml-merge-lists", func(n int, last string) string {
		m := isqrt(n)
		return join(m, "", func(i int) string { return fmt.Sprintf("x-a%d: &a%d {k%d: %s}\n", i, i, i, last) }) +
			join(m, "", func(i int) string {
				return fmt.Sprintf("x-m%d: {<<: [%s]}\n", i, join(m, ", ", func(k int) string { return fmt.Sprint("*a", k) }))
			})
	}),
	yamlText("yaml-comments", func(n int, last string) string { return strings.Repeat("# "+last+"\n", n) }),
	yamlText("yaml-empty-lines", func(n int, last string) string { return strings.Repeat("\n", n) + "x-a: " + last + "\n" }),
	yamlText("yaml-block-scalar", func(n int, last string) string {
		return "x-a: |\n" + strings.Repeat("  "+last+"\n", n) + "x-b: >\n" + strings.Repeat("  "+last+"\n\n", n)
	}),
	yamlText("yaml-plain-lines", func(n int, last string) string { return "x-a: b\n" + strings.Repeat("  "+last+"\n", n) }),
	yamlText("yaml-quoted-lines", func(n int, last string) string { return "x-a: \"" + strings.Repeat("\n  "+last+"\\\n\n", n) + "\"\n" }),
	yamlText("yaml-deep-block", func(n int, last string) string {
		m := isqrt(n)
		return join(m, "", func(i int) string { return strings.Repeat(" ", i) + "x-a:\n" }) + strings.Repeat(" ", m) + last + "\n"
	}),
	yamlText("yaml-deep-sequence", func(n int, last string) string { return "x-a:\n " + strings.Repeat("- ", n) + last + "\n" }),
	yamlText("yaml-open-brackets", func(n int, last string) string { return "x-a: " + strings.Repeat("[", n) + last }),
	yamlText("yaml-open-braces", func(n int, last string) string { return "x-a: " + strings.Repeat("{a: ", n) + last }),
	yamlText("yaml-complex-keys", func(n int, last string) string { return "x-a:\n" + strings.Repeat("  ? ["+last+"]\n  : b\n", n) }),
	yamlText("yaml-nested-complex-keys", func(n int, last string) string { return "x-a: " + strings.Repeat("? ", n) + last + "\n" }),
	yamlText("yaml-duplicate-keys", func(n int, last string) string { return strings.Repeat("x-a: "+last+"\n", n) }),
	yamlText("yaml-tags", func(n int, last string) string {
		return join(n, "", func(i int) string { return fmt.Sprintf("x-a%d: !!str %s\n", i, last) })
	}),
	yamlText("yaml-unknown-tags", func(n int, last string) string {
		return join(n, "", func(i int) string { return fmt.Sprintf("x-a%d: !t%d %s\n", i, i, last) })
	}),
	yamlText("yaml-documents", func(n int, last string) string { return strings.Repeat("---\nx-a: "+last+"\n", n) }),
	yamlText("yaml-directives", func(n int, last string) string { return strings.Repeat("%TAG ! tag:a,b:\n", n) }),
	yamlText("yaml-numbers", func(n int, last string) string {
		return "x-a: [" + strings.Repeat("0x1F, 1_000, 0o7, .5, 1e9999, .inf, 2001-01-01, yes, ~, ", n) + last + "]\n"
	}),
	yamlText("yaml-long-number", func(n int, last string) string { return "x-a: " + strings.Repeat("9", n) + last[:0] + "1\n" }),
	yamlText("yaml-binary", func(n int, last string) string { return "x-a: !!binary \"" + strings.Repeat("AAAA", n) + "\"\n" }),
	yamlText("yaml-colons", func(n int, last string) string { return "x-a: " + strings.Repeat("a:", n) + last + "\n" }),
	yamlText("yaml-null-keys", func(n int, last string) string { return "x-a:\n" + strings.Repeat("  ~: "+last+"\n", n) }),
	jsonText("json-open-brackets", func(n int, last string) string { return strings.Repeat("[", n) }),
	jsonText("json-open-objects", func(n int, last string) string { return strings.Repeat(`{"a":`, n) }),
	jsonText("json-duplicate-keys", func(n int, last string) string { return strings.Repeat(`"a":1,`, n) + `"b":1` }),
	jsonText("json-spaces", func(n int, last string) string { return strings.Repeat(" ", n) + `"b":"` + last + `"` }),
	jsonText("json-escapes", func(n int, last string) string {
		return `"b":"` + strings.Repeat(`\ud83d\ude00\u0001\\`, n) + last + `"`
	}),
	jsonText("json-lone-surrogates", func(n int, last string) string { return `"b":"` + strings.Repeat(`\ud800`, n) + last + `"` }),
	jsonText("json-empty-objects", func(n int, last string) string { return `"x-a":["` + last + `"` + strings.Repeat(`,{}`, n) + `]` }),
	jsonText("json-numbers", func(n int, last string) string { return `"x-a":["` + last + `"` + strings.Repeat(`,1e99999`, n) + `]` }),
	contracts("references-that-do-not-resolve", func(n int, last string) obj {
		return docWith(keyed(n, func(i int) (string, any) { return fmt.Sprintf("S%d", i), ref(fmt.Sprint(last, i)) }), nil)
	}),
	allowing(contracts("references-that-do-not-resolve-allowed", func(n int, last string) obj {
		return docWith(keyed(n, func(i int) (string, any) { return fmt.Sprintf("S%d", i), ref(fmt.Sprint(last, i)) }), nil)
	})),
	contracts("references-to-references", func(n int, last string) obj {
		s := keyed(n, func(i int) (string, any) { return fmt.Sprintf("S%d", i), ref(fmt.Sprint("S", i+1)) })
		s[fmt.Sprint("S", n)] = obj{"type": last}
		return docWith(s, obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref("S0")), "responses": obj{"200": described(body(ref("S0")))}}}}})
	}),
	contracts("references-in-a-circle", func(n int, last string) obj {
		return docWith(keyed(n, func(i int) (string, any) { return fmt.Sprintf("S%d", i), ref(fmt.Sprint("S", (i+1)%n)) }),
			obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref("S0")), "responses": obj{"200": described(body(obj{"type": last}))}}}}})
	}),
	contracts("references-into-schemas", func(n int, last string) obj {
		m := isqrt(n) / 2
		deep := nested(min(m, 300), func(i int, s any) any { return obj{"properties": obj{"a": s}} })
		s := keyed(m, func(i int) (string, any) {
			return fmt.Sprint("S", i), obj{"properties": obj{"x": obj{"type": last}, "y": obj{"$ref": "#/components/schemas/D" + strings.Repeat("/properties/a", min(i, m-1, 299))}}}
		})
		s["D"] = deep
		return docWith(s, obj{"paths": keyed(m, func(i int) (string, any) {
			return fmt.Sprint("/p", i), obj{"post": obj{"requestBody": body(ref(fmt.Sprint("S", i))), "responses": obj{"200": obj{"description": "ok"}}}}
		})})
	}),
	contracts("references-by-id", func(n int, last string) obj {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprint("S", i), obj{"$id": fmt.Sprintf("https://a.example/%d/", i), "$anchor": fmt.Sprint("n", i), "properties": obj{"a": obj{"$ref": fmt.Sprintf("https://a.example/%d/", (i+1)%n)}, "b": obj{"type": last}}}
		})
		return docWith(s, obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref("S0")), "responses": obj{"200": obj{"description": "ok"}}}}}})
	}),
	contracts("wrong-structure", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprint("/p", i), list(1, func(int) any { return last }) })})
	}),
	contracts("wrong-responses", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"get": obj{"responses": keyed(n, func(i int) (string, any) { return fmt.Sprint(last, i), 1 })}}}})
	}),
	contracts("response-codes", func(n int, last string) obj { // most of them are no codes
		return doc(obj{"paths": obj{"/a": obj{"get": obj{"responses": keyed(n, func(i int) (string, any) { return fmt.Sprint(len(last)*100 + i), obj{"description": "ok"} })}}}})
	}),
	contracts("one-schema-for-all-operations", func(n int, last string) obj {
		m := isqrt(n) * 3
		return docWith(obj{"S": obj{"properties": keyed(m, func(i int) (string, any) { return fmt.Sprint("p", i), obj{"type": last} })}},
			obj{"paths": keyed(m, func(i int) (string, any) {
				return fmt.Sprint("/p", i), obj{"post": obj{"requestBody": body(ref("S")), "responses": obj{"200": obj{"description": "ok"}}}}
			})})
	}),
	contracts("one-schema-in-all-properties", func(n int, last string) obj {
		m := isqrt(n) * 3
		return docWith(obj{"S": obj{"properties": keyed(m, func(i int) (string, any) { return fmt.Sprint("p", i), obj{"type": last} })}, "T": obj{"properties": keyed(m, func(i int) (string, any) { return fmt.Sprint("q", i), ref("S") })}},
			obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref("T")), "responses": obj{"200": obj{"description": "ok"}}}}}})
	}),
	contracts("empty-operations-renamed", func(n int, last string) obj { // the most operations for their bytes
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			return fmt.Sprint("/", last[:1], i), obj{"get": obj{}, "put": obj{}, "post": obj{}, "delete": obj{}, "head": obj{}, "patch": obj{}, "trace": obj{}, "options": obj{}}
		})})
	}),
	contracts("parameters-by-reference-and-twice", func(n int, last string) obj {
		p := func(i int) any { return param("q", last) }
		return doc(obj{"paths": obj{"/a": get(list(n, p)...)}})
	}),
	contracts("parameter-contents", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": get(list(n, func(i int) any {
			return obj{"name": fmt.Sprint("q", i), "in": "query", "required": true, "content": obj{"application/json": obj{"schema": obj{"type": "object", "required": []any{"a"}, "properties": obj{"a": obj{"type": last}}}}}}
		})...)}})
	}),
	contracts("required-parameters-everywhere", func(n int, last string) obj { // each example request carries all of them
		m := isqrt(n) * 2
		ps := list(m, func(i int) any {
			return obj{"name": fmt.Sprint("q", i), "in": "query", "required": true, "schema": obj{"type": "string", "minLength": 9}}
		})
		return doc(obj{"paths": keyed(m, func(i int) (string, any) {
			return fmt.Sprint("/p", i), obj{"parameters": []any{obj{"$ref": "#/components/parameters/A"}}, "get": obj{"parameters": append([]any{param("z", last)}, ps[:min(m, 30)]...), "responses": obj{"200": obj{"description": "ok"}}}}
		}), "components": obj{"parameters": obj{"A": obj{"name": "a", "in": "query", "required": true, "schema": obj{"type": last}}}}})
	}),
	contracts("security-alternatives", func(n int, last string) obj { // each alternative is a set
		m := isqrt(n)
		return doc(obj{
			"components": obj{"securitySchemes": keyed(m, func(i int) (string, any) {
				return fmt.Sprint("s", i), obj{"type": "apiKey", "in": "header", "name": fmt.Sprint("X-", i)}
			})},
			"security": list(m, func(i int) any {
				return keyed(m, func(k int) (string, any) { return fmt.Sprint("s", (k*(i+len(last)))%m), []any{} })
			})})
	}),
	contracts("long-server-addresses", func(n int, last string) obj {
		return doc(obj{"servers": list(30, func(i int) any {
			return obj{"url": "https://" + last + fmt.Sprint(i) + ".example/" + strings.Repeat("a", n)}
		})})
	}),
	contracts("long-media-types", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "requestBody": obj{
			"content": keyed(20, func(i int) (string, any) {
				return "application/" + last + fmt.Sprint(i) + "+json; " + strings.Repeat("a=b; ", n) + "v=1", obj{"schema": obj{"type": last}}
			})}}}}})
	}),
	contracts("long-operation-ids", func(n int, last string) obj {
		return doc(obj{"paths": keyed(20, func(i int) (string, any) {
			op := get(param("q", last))
			op["get"].(obj)["operationId"] = last + fmt.Sprint(i) + strings.Repeat("o", n)
			op["get"].(obj)["tags"] = []any{strings.Repeat("t", n)}
			return fmt.Sprint("/p", i), op
		})})
	}),
	contracts("descriptions-with-markup", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			op := get(param("q", last))
			op["get"].(obj)["description"] = "# **" + last + "** | <b> @team [x](javascript:alert(1)) " + strings.Repeat("`*_<", 20)
			op["get"].(obj)["summary"] = strings.Repeat("|\n", 20) + last
			return fmt.Sprint("/p", i), op
		})})
	}),
	contracts("path-of-one-huge-segment", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/" + strings.Repeat("{x}", n): get(path("x", last))}})
	}),
	contracts("sunsets", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			op := get()
			o := op["get"].(obj)
			o["deprecated"], o["x-sunset"], o["x-stability-level"] = true, fmt.Sprintf("20%02d-01-0%d", 27+len(last)+i%10, len(last)), map[string]string{"string": "stable", "integer": "alpha"}[last]
			return fmt.Sprint("/p", i), op
		})})
	}),
	shown(contracts("shown: paths-renamed", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/%s%d/{id}", last, i), get(path("id", last)) })})
	})),
	shown(contracts("shown: long-paths-renamed", func(n int, last string) obj {
		return doc(obj{"paths": keyed(20, func(i int) (string, any) {
			return "/" + strings.Repeat(last[:1], n) + fmt.Sprint(i), get(param("q", last))
		})})
	})),
	shown(contracts("shown: empty-operations-renamed", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			return fmt.Sprint("/", last[:1], i), obj{"get": obj{}, "put": obj{}, "post": obj{}, "delete": obj{}, "head": obj{}, "patch": obj{}, "trace": obj{}, "options": obj{}}
		})})
	})),
	shown(contracts("shown: retyped-properties-with-markup", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "requestBody": body(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("<&\"|`*\x01\u200b%d", i), obj{"type": last}
		})})}}}})
	})),
}

// shown is a family whose findings are printed in every format.
func shown(f family) family {
	f.formats = []string{"json", "markdown", "html", "sarif", "junit", "github", "gitlab"}
	return f
}

func allowing(f family) family {
	f.command = "openapi diff --allow-dangling-refs old.json new.json"
	return f
}

// yamlText is a family of contracts in YAML with some text at the top level.
func yamlText(name string, text func(n int, last string) string) family {
	f := files(name, "openapi diff old.yaml new.yaml", func(n int) map[string]string {
		const head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"
		return map[string]string{"old.yaml": head + text(n, "string"), "new.yaml": head + text(n, "integer")}
	})
	f.formats = []string{"json"}
	return f
}

// jsonText is a family of contracts in JSON with some members at the top level.
func jsonText(name string, text func(n int, last string) string) family {
	f := files(name, "openapi diff old.json new.json", func(n int) map[string]string {
		const head = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{},`
		return map[string]string{"old.json": head + text(n, "string") + "}", "new.json": head + text(n, "integer") + "}"}
	})
	f.formats = []string{"json"}
	return f
}
