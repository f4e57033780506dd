package main

import (
	"fmt"
	"strings"
)

var changed = map[string]string{"string": "integer", "integer": "string"}

// documentFamilies are pairs of contracts that grow outside their schemas.
var documentFamilies = []family{
	contracts("paths", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/p%d/{id}", i), get(path("id", last)) })})
	}),
	contracts("paths-renamed", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/%s%d/{id}", last, i), get(path("id", last)) })})
	}),
	contracts("path-parameters-renamed", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/p%d/{%s}", i, last), get(path(last, "string")) })})
	}),
	contracts("path-parameters-in-one-path", func(n int, last string) obj {
		name := func(i int) string { return fmt.Sprintf("%s%d", last, i) }
		return doc(obj{"paths": obj{"/" + strings.Join(texts(n, func(i int) string { return "{" + name(i) + "}" }), "/"): get(list(n, func(i int) any {
			return obj{"name": name(i), "in": "path", "required": true, "schema": obj{"type": last}}
		})...)}})
	}),
	contracts("long-paths", func(n int, last string) obj {
		return doc(obj{"paths": keyed(20, func(i int) (string, any) {
			return "/" + strings.Repeat("a/", n) + fmt.Sprint(i), get(list(20, func(k int) any { return param(fmt.Sprint(last[:1], k), last) })...)
		})})
	}),
	contracts("similar-paths", func(n int, last string) obj { // every template looks like every other
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("/{a%d}/{b%s}/%s", i, last, strings.Repeat("{x}", i%9)), get(path(fmt.Sprintf("a%d", i), last), path("b"+last, last), path("x", last))
		})})
	}),
	contracts("paths-sharing-all-schemas", func(n int, last string) obj {
		n = isqrt(n) * 4
		return docWith(keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"properties": obj{"a": obj{"type": last}, "n": ref(fmt.Sprintf("C%d", (i+1)%n))}}
		}), obj{"paths": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("/p%d", i), obj{"post": obj{"requestBody": body(ref(fmt.Sprintf("C%d", i))), "responses": obj{"200": described(body(ref("C0")))}}}
		})})
	}),
	contracts("parameters", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": get(list(n, func(i int) any { return param(fmt.Sprintf("q%d", i), last) })...)}})
	}),
	contracts("parameters-renamed", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": get(list(n, func(i int) any { return param(fmt.Sprintf("%s%d", last, i), last) })...)}})
	}),
	contracts("parameters-of-the-path", func(n int, last string) obj {
		item := obj{"parameters": list(n, func(i int) any { return param(fmt.Sprintf("%s%d", last, i), last) })}
		for _, method := range []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"} {
			item[method] = obj{"responses": obj{"200": obj{"description": "ok"}}}
		}
		return doc(obj{"paths": obj{"/a": item}})
	}),
	contracts("shared-parameters", func(n int, last string) obj {
		n = isqrt(n)
		return doc(obj{
			"components": obj{"parameters": keyed(n, func(i int) (string, any) { return fmt.Sprintf("P%d", i), param(fmt.Sprintf("%s%d", last, i), last) })},
			"paths": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("/p%d", i), get(list(n, func(k int) any { return obj{"$ref": fmt.Sprintf("#/components/parameters/P%d", k)} })...)
			})})
	}),
	contracts("parameters-in-other-places", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": get(list(n, func(i int) any {
			return obj{"name": fmt.Sprintf("q%d", i), "in": map[string]string{"string": "query", "integer": "header"}[last], "schema": obj{}, "required": last == "integer"}
		})...)}})
	}),
	contracts("parameter-styles", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": get(list(n, func(i int) any {
			return obj{"name": fmt.Sprintf("q%d", i), "in": "query", "style": "form", "explode": last == "string", "schema": obj{"type": "array", "items": obj{"type": last}}}
		})...)}})
	}),
	contracts("security-requirements", func(n int, last string) obj {
		return doc(obj{
			"components": obj{"securitySchemes": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("s%d", i), obj{"type": "apiKey", "in": "header", "name": fmt.Sprintf("X-%d", i)}
			})},
			"security": list(n, func(i int) any {
				return obj{fmt.Sprintf("s%d", i): []any{}, fmt.Sprintf("s%d", (i*7+len(last))%n): []any{}}
			})})
	}),
	contracts("security-of-operations", func(n int, last string) obj {
		n = isqrt(n)
		return doc(obj{
			"components": obj{"securitySchemes": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("s%d", i), obj{"type": "oauth2", "flows": obj{"implicit": obj{"authorizationUrl": "https://a.example", "scopes": keyed(n, func(k int) (string, any) { return fmt.Sprintf("%s%d", last, k), "" })}}}
			})},
			"paths": keyed(n, func(i int) (string, any) {
				op := get()
				op["get"].(obj)["security"] = list(n, func(k int) any { return obj{fmt.Sprintf("s%d", k): []any{fmt.Sprintf("%s%d", last, i)}} })
				return fmt.Sprintf("/p%d", i), op
			})})
	}),
	contracts("security-schemes-renamed", func(n int, last string) obj {
		return doc(obj{
			"components": obj{"securitySchemes": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("%s%d", last, i), obj{"type": "apiKey", "in": "header", "name": fmt.Sprintf("X-%d", i)}
			})},
			"security": list(n, func(i int) any { return obj{fmt.Sprintf("%s%d", last, i): []any{}} })})
	}),
	contracts("scopes", func(n int, last string) obj {
		scopes := keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last, i), "" })
		return doc(obj{
			"components": obj{"securitySchemes": obj{"s": obj{"type": "oauth2", "flows": obj{"implicit": obj{"authorizationUrl": "https://a.example", "scopes": scopes}}}}},
			"security":   []any{obj{"s": list(n, func(i int) any { return fmt.Sprintf("%s%d", last, i) })}}})
	}),
	contracts("tags", func(n int, last string) obj {
		op := get()
		op["get"].(obj)["tags"] = list(n, func(i int) any { return fmt.Sprintf("%s%d", last, i) })
		return doc(obj{"tags": list(n, func(i int) any { return obj{"name": fmt.Sprintf("%s%d", last, i)} }), "paths": obj{"/a": op}})
	}),
	contracts("servers", func(n int, last string) obj {
		return doc(obj{"servers": list(n, func(i int) any {
			return obj{"url": fmt.Sprintf("https://%s%d.example/{v}", last, i), "variables": obj{"v": obj{"default": last, "enum": []any{last, "b"}}}}
		})})
	}),
	contracts("servers-of-operations", func(n int, last string) obj {
		n = isqrt(n)
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			op := get()
			op["get"].(obj)["servers"] = list(n, func(k int) any { return obj{"url": fmt.Sprintf("https://%s%d.example", last, k)} })
			return fmt.Sprintf("/p%d", i), op
		})})
	}),
	contracts("server-variables", func(n int, last string) obj {
		return doc(obj{"servers": []any{obj{"url": "https://a.example/" + strings.Join(texts(n, func(i int) string { return fmt.Sprintf("{v%d}", i) }), "/"),
			"variables": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("v%d", i), obj{"default": last, "enum": []any{last, "b"}}
			})}}})
	}),
	contracts("callbacks", func(n int, last string) obj {
		op := get()
		op["get"].(obj)["callbacks"] = keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("c%d", i), obj{"{$request.body#/url}": obj{"post": obj{"requestBody": body(obj{"type": last}), "responses": obj{"200": obj{"description": "ok"}}}}}
		})
		return doc(obj{"paths": obj{"/a": op}})
	}),
	contracts("callbacks-nested", func(n int, last string) obj {
		op := any(obj{"post": obj{"requestBody": body(obj{"type": last}), "responses": obj{"200": obj{"description": "ok"}}}})
		for range min(n, 200) {
			op = obj{"post": obj{"requestBody": body(obj{"type": last}), "responses": obj{"200": obj{"description": "ok"}},
				"callbacks": obj{strings.Repeat("c", 1+n/200): obj{"{$request.body#/url}": op}}}}
		}
		return doc(obj{"paths": obj{"/a": op}})
	}),
	contracts("callback-components-in-a-circle", func(n int, last string) obj {
		return doc(obj{
			"components": obj{"callbacks": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("c%d", i), obj{"{$request.body#/url}": obj{"post": obj{"requestBody": body(obj{"type": last}), "responses": obj{"200": obj{"description": "ok"}},
					"callbacks": obj{"a": obj{"$ref": fmt.Sprintf("#/components/callbacks/c%d", (i+1)%n)}, "b": obj{"$ref": fmt.Sprintf("#/components/callbacks/c%d", (i*3+1)%n)}}}}}
			})},
			"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "callbacks": obj{"a": obj{"$ref": "#/components/callbacks/c0"}}}}}})
	}),
	contracts("webhooks", func(n int, last string) obj {
		return doc(obj{"webhooks": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("w%d", i), obj{"post": obj{"requestBody": body(obj{"type": last}), "responses": obj{"200": obj{"description": "ok"}}}}
		})})
	}),
	contracts("media-types", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "requestBody": obj{
			"content": keyed(n, func(i int) (string, any) { return fmt.Sprintf("application/x-%d", i), obj{"schema": obj{"type": last}} })}}}}})
	}),
	contracts("media-types-renamed", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "requestBody": obj{
			"content": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("application/%s-%d+json; v=%d", last, i, i), obj{"schema": obj{}}
			})}}}}})
	}),
	contracts("responses", func(n int, last string) obj {
		return doc(obj{"paths": keyed(max(n/500, 1), func(i int) (string, any) {
			return fmt.Sprintf("/p%d", i), obj{"get": obj{"responses": keyed(min(n, 500), func(k int) (string, any) { return fmt.Sprint(100 + k), described(body(obj{"type": last})) })}}
		})})
	}),
	contracts("responses-renumbered", func(n int, last string) obj {
		return doc(obj{"paths": keyed(max(n/200, 1), func(i int) (string, any) {
			return fmt.Sprintf("/p%d", i), obj{"get": obj{"responses": keyed(min(n, 200), func(k int) (string, any) { return fmt.Sprint(len(last)*100 - 400 + k), described(obj{}) })}}
		})})
	}),
	contracts("response-headers", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"get": obj{"responses": obj{"200": obj{"description": "ok",
			"headers": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("X-%d", i), obj{"schema": obj{"type": last}, "required": true}
			})}}}}}})
	}),
	contracts("links", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"get": obj{"responses": obj{"200": obj{"description": "ok",
			"links": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last, i), obj{"operationId": "x"} })}}}}}})
	}),
	contracts("examples-of-media-types", func(n int, last string) obj {
		b := body(obj{"type": "array"})
		b["content"].(obj)["application/json"].(obj)["examples"] = keyed(n, func(i int) (string, any) { return fmt.Sprintf("e%d", i), obj{"value": []any{last}} })
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"requestBody": b, "responses": obj{"200": obj{"description": "ok"}}}}}})
	}),
	contracts("encodings", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "requestBody": obj{"content": obj{"multipart/form-data": obj{
			"schema":   obj{"type": "object", "properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last} })},
			"encoding": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"contentType": "text/" + last} })}}}}}}})
	}),
	contracts("forms-as-text", func(n int, last string) obj {
		return doc(obj{"paths": obj{"/a": obj{"post": obj{"responses": obj{"200": obj{"description": "ok"}}, "requestBody": obj{"content": obj{"application/x-www-form-urlencoded": obj{
			"schema": obj{"type": "object", "properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last, "enum": []any{"1", 1, i}} })}}}}}}}})
	}),
	contracts("path-item-components", func(n int, last string) obj {
		return doc(obj{"components": obj{"pathItems": keyed(n, func(i int) (string, any) { return fmt.Sprintf("I%d", i), get(param("q", last)) })},
			"paths": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("/p%d", i), obj{"$ref": fmt.Sprintf("#/components/pathItems/I%d", i)}
			})})
	}),
	contracts("one-path-item-for-all", func(n int, last string) obj {
		return doc(obj{"components": obj{"pathItems": obj{"I": get(list(n, func(i int) any { return param(fmt.Sprint(last[:1], i), last) })...)}},
			"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/p%d", i), obj{"$ref": "#/components/pathItems/I"} })})
	}),
	contracts("deep-extension", func(n int, last string) obj {
		return doc(obj{"x-deep": nested(900, func(i int, s any) any { return []any{s, strings.Repeat(last, n/900)} })})
	}),
	contracts("operation-ids", func(n int, last string) obj {
		return doc(obj{"paths": keyed(n, func(i int) (string, any) {
			op := get()
			o := op["get"].(obj)
			o["operationId"], o["summary"], o["deprecated"] = fmt.Sprintf("%s%d", last, i), last, last == "integer"
			return fmt.Sprintf("/p%d", i), op
		})})
	}),
	files("yaml-aliases", "openapi diff old.yaml new.yaml", func(n int) map[string]string {
		text := func(last string) string {
			var b strings.Builder
			b.WriteString("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\nx-a0: &a0 [" + last + "]\n")
			for i := range n {
				fmt.Fprintf(&b, "x-a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
			}
			return b.String()
		}
		return map[string]string{"old.yaml": text("string"), "new.yaml": text("integer")}
	}),
	files("yaml-wide-aliases", "openapi diff old.yaml new.yaml", func(n int) map[string]string {
		text := func(last string) string {
			wide := strings.Join(texts(n, func(i int) string { return fmt.Sprint(last[:1], i) }), ", ")
			return "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\nx-a: &a [" + wide + "]\nx-b: [" + strings.Repeat("*a, ", n) + "1]\n"
		}
		return map[string]string{"old.yaml": text("string"), "new.yaml": text("integer")}
	}),
	files("yaml-aliases-in-a-line", "openapi diff old.yaml new.yaml", func(n int) map[string]string {
		text := func(last string) string {
			return "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\nx-a: &a " + last + "\nx-b: [" + strings.Repeat("*a,", n) + "1]\n"
		}
		return map[string]string{"old.yaml": text("string"), "new.yaml": text("integer")}
	}),
	files("yaml-merge-keys", "openapi diff old.yaml new.yaml", func(n int) map[string]string {
		text := func(last string) string {
			var b strings.Builder
			b.WriteString("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    S0: &s0 {type: " + last + "}\n")
			for i := range n {
				fmt.Fprintf(&b, "    S%d: &s%d\n      <<: *s%d\n      p%d: {type: %s}\n", i+1, i+1, i, i, last)
			}
			return b.String()
		}
		return map[string]string{"old.yaml": text("string"), "new.yaml": text("integer")}
	}),
	files("yaml-alias-properties", "openapi diff old.yaml new.yaml", func(n int) map[string]string { // one node at many places
		text := func(last string) string {
			var b strings.Builder
			b.WriteString("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      responses: {'200': {description: ok}}\n      requestBody:\n        content:\n          application/json:\n" +
				"            schema:\n              properties:\n                a: &a {type: object, properties: {")
			m := isqrt(n) * 3
			b.WriteString(strings.Join(texts(m, func(i int) string { return fmt.Sprintf("p%d: {type: %s}", i, last) }), ", ") + "}}\n")
			for i := range m {
				fmt.Fprintf(&b, "                q%d: *a\n", i)
			}
			return b.String()
		}
		return map[string]string{"old.yaml": text("string"), "new.yaml": text("integer")}
	}),
	files("yaml-long-lines", "openapi diff old.yaml new.yaml", func(n int) map[string]string {
		text := func(last string) string {
			return "openapi: 3.1.0\ninfo: {title: t, version: '1', description: \"" + strings.Repeat("\\u00e9 "+last+" ", n) + "\"}\npaths: {}\nx-flow: " + strings.Repeat("[", 900) + strings.Repeat("]", 900) + "\n"
		}
		return map[string]string{"old.yaml": text("string"), "new.yaml": text("integer")}
	}),
	files("swagger-bodies", "openapi diff --convert-swagger old.json new.json", func(n int) map[string]string {
		text := func(last string) string {
			return marshal(obj{"swagger": "2.0", "info": obj{"title": "t", "version": "1"}, "consumes": list(isqrt(n)/4+1, func(i int) any { return fmt.Sprintf("application/x-%d", i) }),
				"paths": keyed(isqrt(n), func(i int) (string, any) {
					return fmt.Sprintf("/p%d", i), obj{"post": obj{"parameters": []any{obj{"name": "b", "in": "body", "schema": obj{"type": last, "properties": keyed(isqrt(n), func(k int) (string, any) { return fmt.Sprintf("p%d", k), obj{"type": last} })}}},
						"responses": obj{"200": obj{"description": "ok"}}}}
				})})
		}
		return map[string]string{"old.json": text("string"), "new.json": text("integer")}
	}),
	files("swagger-media-types", "openapi diff --convert-swagger old.json new.json", func(n int) map[string]string { // each body is said for each media type
		text := func(last string) string {
			return marshal(obj{"swagger": "2.0", "info": obj{"title": "t", "version": "1"}, "consumes": list(n, func(i int) any { return fmt.Sprintf("application/x-%d", i) }),
				"produces": list(n, func(i int) any { return fmt.Sprintf("application/x-%d", i) }),
				"paths": keyed(n, func(i int) (string, any) {
					return fmt.Sprintf("/p%d", i), obj{"post": obj{"parameters": []any{obj{"name": "b", "in": "body", "schema": obj{"type": last}}},
						"responses": obj{"200": obj{"description": "ok", "schema": obj{"type": last}}}}}
				})})
		}
		return map[string]string{"old.json": text("string"), "new.json": text("integer")}
	}),
}
