package search

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostile are schemas that could cost a careless search its life. Each must end, in a time that
// nobody notices: BenchmarkHostile shows it.
func hostile() map[string]keywordCase {
	return map[string]keywordCase{
		"5,000 alternatives": {inner: "{oneOf: [" + alternatives(5000, "integer") + "]}", outer: "{oneOf: [" + alternatives(5000, "string") + "]}"},
		"5,000 alternatives that recur": {inner: "{$ref: '#/components/schemas/N'}", outer: "{$ref: '#/components/schemas/N'}",
			innerBeside: "N: {oneOf: [" + recurring(5000, "integer") + "]}", outerBeside: "N: {oneOf: [" + recurring(5000, "string") + "]}", path: "next next next v", keyword: "type"},
		"references in a row": {inner: "{$ref: '#/components/schemas/C0'}", outer: "{$ref: '#/components/schemas/C0'}", innerBeside: chain(90, "string", "{$ref: '#/components/schemas/C%d'}"), outerBeside: chain(90, "integer", "{$ref: '#/components/schemas/C%d'}")},
		"10,000 compositions in a row": {inner: "{$ref: '#/components/schemas/C0'}", outer: "{$ref: '#/components/schemas/C0'}",
			innerBeside: chain(10_000, "string", "{allOf: [{$ref: '#/components/schemas/C%d'}]}"), outerBeside: chain(10_000, "integer", "{allOf: [{$ref: '#/components/schemas/C%d'}]}")},
		"10,000 properties in a row": {inner: "{$ref: '#/components/schemas/C0'}", outer: "{$ref: '#/components/schemas/C0'}",
			innerBeside: chain(10_000, "string", "{type: object, required: [p], properties: {p: {$ref: '#/components/schemas/C%d'}}}"), outerBeside: chain(10_000, "integer", "{type: object, required: [p], properties: {p: {$ref: '#/components/schemas/C%d'}}}")},
		"doubling": {inner: "{$ref: '#/components/schemas/C0'}", outer: "{$ref: '#/components/schemas/C0'}",
			innerBeside: chain(60, "string", "{anyOf: [{$ref: '#/components/schemas/C%[1]d'}, {allOf: [{$ref: '#/components/schemas/C%[1]d'}]}]}"), outerBeside: chain(60, "integer", "{anyOf: [{$ref: '#/components/schemas/C%[1]d'}, {allOf: [{$ref: '#/components/schemas/C%[1]d'}]}]}")},
		"doubling below": {inner: "{$ref: '#/components/schemas/C0'}", outer: "{$ref: '#/components/schemas/C0'}",
			innerBeside: chain(60, "string", "{type: object, required: [a, b], properties: {a: {$ref: '#/components/schemas/C%[1]d'}, b: {$ref: '#/components/schemas/C%[1]d'}}}"), outerBeside: chain(60, "integer", "{type: object, required: [a, b], properties: {a: {$ref: '#/components/schemas/C%[1]d'}, b: {$ref: '#/components/schemas/C%[1]d'}}}")},
		"nested repetition":         {inner: "{type: string}", outer: `{type: string, pattern: '^((((a{1,30}){1,30}){1,30})*)*$'}`, keyword: "pattern"},
		"many repetitions":          {inner: `{type: string, pattern: '^(a{900}b{900}){1,1000}$'}`, outer: `{type: string, maxLength: 5}`, keyword: "maxLength"},
		"backtracking":              {inner: "{type: string, pattern: '^(a|aa)+$'}", outer: `{type: string, pattern: '^(a|aa)+b?(a|ab)*c$'}`, keyword: "pattern"},
		"huge lengths":              {inner: "{type: string}", outer: "{type: string, minLength: 4000000000}"},
		"a huge least length":       {inner: "{type: string, minLength: 4000000000}", outer: "{type: integer}"},
		"huge arrays":               {inner: "{type: array, minItems: 2000000000, items: {type: string}}", outer: "{type: array, items: {type: integer}}"},
		"arrays of arrays":          {inner: nest(8, "{type: array, minItems: 1000, items: %s}", "string"), outer: nest(8, "{type: array, minItems: 1000, items: %s}", "integer")},
		"huge objects":              {inner: "{type: object, minProperties: 1000000}", outer: "{type: object, maxProperties: 5}"},
		"huge numbers":              {inner: "{type: integer, minimum: 1" + strings.Repeat("0", 300) + "}", outer: "{type: integer, maximum: 5}"},
		"a huge enum":               {inner: "{enum: [" + numbers(20_000) + "]}", outer: "{enum: [" + numbers(10_000) + "]}"},
		"a wide object":             {inner: "{type: object, properties: {" + fields(20_000, "string") + "}}", outer: "{type: object, properties: {" + fields(20_000, "integer") + "}}"},
		"many conditions":           {version: "3.1.0", inner: "{type: integer}", outer: "{allOf: [" + strings.TrimSuffix(strings.Repeat("{if: {minimum: 3}, then: {maximum: 9}, else: {not: {const: 1}}},", 300), ",") + "]}"},
		"not of not of not":         {inner: "{type: string}", outer: nest(200, "{not: %s}", "string")},
		"alternatives at each step": {inner: "{$ref: '#/components/schemas/N'}", outer: "{$ref: '#/components/schemas/N'}", innerBeside: web("string"), outerBeside: web("integer")},
	}
}

func alternatives(n int, typ string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{type: object, required: [k, v], properties: {k: {enum: [k%d]}, v: {type: %s}}},", i, typ)
	}
	return strings.TrimSuffix(b.String(), ",")
}

func recurring(n int, typ string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{type: object, properties: {next: {$ref: '#/components/schemas/N'}, v: {type: %s}, w%d: {type: string}}},", typ, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// chain are n components, each of which leads to the next.
func chain(n int, end, link string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "C%d: "+link+"\n", i, i+1)
	}
	fmt.Fprintf(&b, "C%d: {type: %s}\n", n, end)
	return b.String()
}

func nest(n int, layer, end string) string {
	s := "{type: " + end + "}"
	for range n {
		s = fmt.Sprintf(layer, s)
	}
	return s
}

func numbers(n int) string {
	return strings.TrimSuffix(strings.Repeat("0,", 1)+func() string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%d,", i+1)
		}
		return b.String()
	}(), ",")
}

func fields(n int, typ string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "f%d: {type: %s},", i, typ)
	}
	return strings.TrimSuffix(b.String(), ",")
}

// web is a schema each field of which can be one of many that lead back.
func web(typ string) string {
	return "N: {anyOf: [" + strings.TrimSuffix(strings.Repeat("{$ref: '#/components/schemas/M'},", 40), ",") + "]}\n" +
		"M: {type: object, required: [a], properties: {a: {oneOf: [{$ref: '#/components/schemas/N'}, {$ref: '#/components/schemas/N'}, {type: " + typ + "}]}, b: {$ref: '#/components/schemas/N'}}}"
}

func TestHostileSchemasEnd(t *testing.T) {
	for name, c := range hostile() {
		t.Run(name, func(t *testing.T) {
			q := c.query(t)
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute) // far beyond what a loaded machine needs under the race detector
			defer cancel()
			var f Finder
			w, out := f.Find(ctx, q)
			size := 0
			if w != nil {
				size = len(w.Value)
			}
			t.Logf("%s, witness of %d bytes, %+v", out, size, f.Stats())
			if ctx.Err() != nil {
				t.Errorf("did not end")
			}
			if size > 200_000 {
				t.Errorf("a witness of %d bytes", size)
			}
		})
	}
}

// BenchmarkHostile shows what each costs.
func BenchmarkHostile(b *testing.B) {
	for name, c := range hostile() {
		b.Run(name, func(b *testing.B) {
			q := c.query(b)
			b.ReportAllocs()
			for b.Loop() {
				var f Finder
				f.Find(context.Background(), q)
			}
		})
	}
}
