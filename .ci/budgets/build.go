package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

type obj = map[string]any

type raw = json.RawMessage

// A family is a kind of input that grows with n: files by name, and the command that reads them.
type family struct {
	name    string
	command string
	files   func(n int) map[string]string
	formats []string // beside text
	prepare string   // of the shell, done before anything is measured
}

func files(name, command string, make func(n int) map[string]string) family {
	return family{name: name, command: command, files: make}
}

func diffed(name string, make func(n int, last string) obj) family {
	return family{name: name, command: "openapi diff old.json new.json", files: func(n int) map[string]string {
		return map[string]string{"old.json": marshal(make(n, "string")), "new.json": marshal(make(n, "integer"))}
	}, formats: []string{"json"}}
}

// contracts is a family of whole documents; last is "string" in the old one and "integer" in the new one.
func contracts(name string, make func(n int, last string) obj) family { return diffed(name, make) }

// schemas is a family of component schemas, one of which is the request and the response of an operation.
func schemas(name string, make func(n int, last string) (all obj, first string)) family {
	return diffed("schemas: "+name, func(n int, last string) obj {
		all, first := make(n, last)
		return docWith(all, obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref(first)), "responses": obj{"200": described(body(ref(first)))}}}}})
	})
}

func marshal(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func doc(rest obj) obj {
	d := obj{"openapi": "3.1.0", "info": obj{"title": "t", "version": "1.0.0"}, "paths": obj{"/": get()}}
	for k, v := range rest {
		d[k] = v
	}
	return d
}

func docWith(schemas obj, rest obj) obj {
	d := doc(rest)
	d["components"] = obj{"schemas": schemas}
	return d
}

func get(parameters ...any) obj {
	op := obj{"responses": obj{"200": obj{"description": "ok"}}}
	if len(parameters) > 0 {
		op["parameters"] = parameters
	}
	return obj{"get": op}
}

func path(name, kind string) any {
	return obj{"name": name, "in": "path", "required": true, "schema": obj{"type": kind}}
}

func param(name, kind string) obj {
	return obj{"name": name, "in": "query", "schema": obj{"type": kind}}
}

func body(schema any) obj { return obj{"content": obj{"application/json": obj{"schema": schema}}} }

func described(o obj) obj {
	o["description"] = "ok"
	return o
}

func ref(name string) obj { return obj{"$ref": "#/components/schemas/" + name} }

func one(schema any) (obj, string) { return obj{"S": schema}, "S" }

func list(n int, of func(i int) any) []any {
	out := make([]any, n)
	for i := range n {
		out[i] = of(i)
	}
	return out
}

func texts(n int, of func(i int) string) []string {
	out := make([]string, n)
	for i := range n {
		out[i] = of(i)
	}
	return out
}

func keyed(n int, of func(i int) (string, any)) obj {
	out := make(obj, n)
	for i := range n {
		k, v := of(i)
		out[k] = v
	}
	return out
}

// nested wraps a schema n times.
func nested(n int, wrap func(i int, s any) any) any {
	s := any(obj{"type": "boolean"})
	for i := range n {
		s = wrap(i, s)
	}
	return s
}

// levels are n levels of alternatives, each of which leads to the next one twice.
func levels(n int, keyword, last string) obj {
	s := obj{fmt.Sprintf("L%d", n): obj{"type": last}}
	for i := range n {
		next := ref(fmt.Sprintf("L%d", i+1))
		s[fmt.Sprintf("L%d", i)] = obj{keyword: []any{next, obj{keyword: []any{next, obj{"type": "array"}}}, obj{"type": "boolean"}}}
	}
	return s
}

// mesh are schemas each of which offers every other.
func mesh(n int, keyword, last string) obj {
	n = isqrt(n)
	return keyed(n, func(i int) (string, any) {
		return fmt.Sprintf("M%d", i), obj{"required": []any{fmt.Sprintf("p%d", i)}, "properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}},
			keyword: list(n, func(k int) any { return ref(fmt.Sprintf("M%d", (i+k)%n)) })}
	})
}

func isqrt(n int) int { return max(int(math.Sqrt(float64(n))), 2) }

func join(n int, sep string, of func(i int) string) string { return strings.Join(texts(n, of), sep) }
