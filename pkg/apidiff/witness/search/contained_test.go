package search

import (
	"context"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// contained are pairs whose first schema allows nothing that the second does not: no witness may be
// found, whatever a hint says.
var contained = []keywordCase{
	{name: "equal", inner: `{type: object, required: [a], properties: {a: {type: string}}}`, outer: `{type: object, required: [a], properties: {a: {type: string}}}`},
	{name: "enum grew", inner: `{enum: [a]}`, outer: `{enum: [a, b]}`, keyword: "enum"},
	{name: "integer to number", inner: `{type: integer}`, outer: `{type: number}`, keyword: "type"},
	{name: "maximum raised", inner: `{type: integer, maximum: 5}`, outer: `{type: integer, maximum: 10}`, keyword: "maximum"},
	{name: "no longer required", inner: `{type: object, required: [a]}`, outer: `{type: object}`, keyword: "required"},
	{name: "required readOnly in a request", inner: `{type: object, properties: {a: {type: string, readOnly: true}}}`, outer: `{type: object, required: [a], properties: {a: {type: string, readOnly: true}}}`, path: "a", keyword: "required"},
	{name: "required writeOnly in a response", inner: `{type: object, properties: {a: {type: string, writeOnly: true}}}`, outer: `{type: object, required: [a], properties: {a: {type: string, writeOnly: true}}}`, response: true, path: "a", keyword: "required"},
	{name: "allOf unwrapped", inner: `{allOf: [{$ref: '#/components/schemas/T'}]}`, outer: `{$ref: '#/components/schemas/T'}`, innerBeside: "T: {type: object, required: [x], properties: {x: {type: integer}}}"},
	{name: "inlined reference", inner: `{$ref: '#/components/schemas/T'}`, outer: `{type: string, maxLength: 3}`, innerBeside: "T: {type: string, maxLength: 3}"},
	{name: "oneOf of types to a type list", version: "3.1.0", inner: `{oneOf: [{type: string}, {type: integer}]}`, outer: `{type: [string, integer]}`, keyword: "type"},
	{name: "const to enum", version: "3.1.0", inner: `{const: a}`, outer: `{enum: [a]}`},
	{name: "nullable without a type list", inner: `{type: string, nullable: true}`, outer: `{type: string, nullable: true, maxLength: 9223372036854775807}`},
	{name: "exclusive bound of 3.1", version: "3.1.0", inner: `{type: integer, minimum: 4}`, outer: `{type: integer, exclusiveMinimum: 3}`},
	{name: "pattern that both share", inner: `{type: string, pattern: '^a+$'}`, outer: `{type: string, pattern: '^(a)+$'}`, keyword: "pattern"},
	{name: "format is an annotation", inner: `{type: string}`, outer: `{type: string, format: date}`, keyword: "type"},
	{name: "unknown format", inner: `{type: string}`, outer: `{type: string, format: phone}`, keyword: "format"},
	{name: "date is a string", inner: `{type: string, format: date}`, outer: `{type: string}`, keyword: "format"},
	{name: "format int32 grows", inner: `{type: integer, format: int32}`, outer: `{type: integer, format: int64}`, keyword: "format"},
	{name: "closed object with one field less required", inner: `{type: object, additionalProperties: false, properties: {a: {type: string}}}`, outer: `{type: object, additionalProperties: false, properties: {a: {type: string}, b: {type: string}}}`, path: "b"},
	{name: "keyword of 3.1 in 3.0", inner: `{type: string}`, outer: `{type: string, const: x}`, keyword: "const"},
	{name: "nullable of 3.0 in 3.1", version: "3.1.0", inner: `{type: string, nullable: true}`, outer: `{type: string}`, keyword: "nullable"},
	{name: "siblings of a reference in 3.0", inner: `{$ref: '#/components/schemas/T'}`, outer: `{$ref: '#/components/schemas/T', maxLength: 1}`, innerBeside: "T: {type: string}", keyword: "maxLength"},
	{name: "pattern that is not valid", inner: `{type: string}`, outer: `{type: string, pattern: '(?P<a>x)'}`, keyword: "pattern"},
	{name: "pattern with modifiers", inner: `{type: string}`, outer: `{type: string, pattern: '^(?i)x$'}`, keyword: "pattern"},
	{name: "pattern that Go alone reads wider", inner: `{type: string, pattern: '^[\t\n\f\r ]*$'}`, outer: `{type: string, pattern: '^\s*$'}`, keyword: "pattern"},
	{name: "look-ahead that both share", inner: `{type: string, pattern: '^(?!ab)[ab]+$'}`, outer: `{type: string, pattern: '^(?!ab)[a-c]+$'}`, keyword: "pattern"},
	{name: "null of an enum without null in 3.0", inner: `{type: string, nullable: true, enum: [a]}`, outer: `{type: string, enum: [a]}`, keyword: "nullable"},
	{name: "schema without values", inner: `{allOf: [{type: string}, {type: integer}]}`, outer: `{type: boolean}`, keyword: "type"},
	{name: "recursion without an end", inner: `{$ref: '#/components/schemas/N'}`, outer: `{$ref: '#/components/schemas/N'}`,
		innerBeside: "N: {type: object, required: [n], properties: {n: {$ref: '#/components/schemas/N'}, v: {type: string}}}", outerBeside: "N: {type: object, required: [n], properties: {n: {$ref: '#/components/schemas/N'}, v: {type: integer}}}", path: "v", keyword: "type"},
	{name: "allOf of itself", version: "3.1.0", inner: `{$ref: '#/components/schemas/N'}`, outer: `{$ref: '#/components/schemas/N'}`, innerBeside: "N: {allOf: [{$ref: '#/components/schemas/N'}, {type: string}]}", outerBeside: "N: {allOf: [{$ref: '#/components/schemas/N'}, {type: integer}]}"},
	{name: "discriminator must not change an outcome in 3.1", version: "3.1.0",
		inner:       `{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: k, mapping: {a: '#/components/schemas/A', b: '#/components/schemas/B', c: '#/components/schemas/B'}}}`,
		outer:       `{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: k, mapping: {a: '#/components/schemas/A', b: '#/components/schemas/B'}}}`,
		innerBeside: "A: {type: object, required: [k, x], properties: {k: {type: string}}}\nB: {type: object, required: [k, y], properties: {k: {type: string}}}", keyword: "discriminator"},
	{name: "a value with a hidden field of 3.1", version: "3.1.0", inner: `{type: object, required: [id], properties: {id: {type: string, readOnly: true}}}`, outer: `{type: object, required: [id], properties: {id: {type: string}}}`, path: "id", keyword: "required"},
	{name: "multipleOf of a multiple", inner: `{type: number, multipleOf: 0.3}`, outer: `{type: number, multipleOf: 0.1}`, keyword: "multipleOf"},
	{name: "multipleOf at the edge of a float", inner: `{type: number, multipleOf: 0.0001, maximum: 1000}`, outer: `{type: number, multipleOf: 0.00001, maximum: 1000}`, keyword: "multipleOf"},
	{name: "anyOf grew", inner: `{anyOf: [{type: string}]}`, outer: `{anyOf: [{type: string}, {type: integer}]}`, keyword: "anyOf"},
	{name: "null in a typeless schema of 3.0 is in dispute", inner: `{}`, outer: `{anyOf: [{type: string}, {type: number}, {type: boolean}, {type: array, items: {}}, {type: object}]}`},
}

func TestNoWitnessWhereContained(t *testing.T) {
	for _, c := range contained {
		t.Run(c.name, func(t *testing.T) {
			q := c.query(t)
			var f Finder
			if w, out := f.Find(context.Background(), q); out == Found {
				t.Errorf("found %s: %s %v", w.Value, w.Refusal, w.ConfirmedBy)
			}
			q.Hints = nil
			if w, out := f.Find(context.Background(), q); out == Found {
				t.Errorf("without a hint: found %s: %s %v", w.Value, w.Refusal, w.ConfirmedBy)
			}
		})
	}
}

// A number that no machine can compute with must not be computed with, nor believed.
func TestNumberBeyondAllBounds(t *testing.T) {
	of := func(schema string) SchemaNode {
		text := `{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {"S": ` + schema + `}}}`
		d, err := contract.Parse(context.Background(), "test.json", []byte(text), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return schemaOf(d)
	}
	for _, outer := range []string{`{"type": "number", "maximum": 1e999999999}`, `{"type": "number", "multipleOf": 1e-999999999}`, `{"enum": [1e999999999]}`, `{"minLength": 1e999999999}`} {
		var f Finder
		w, out := f.Find(context.Background(), Query{Inner: of(`{"type": "number", "enum": [1, 1e999999999]}`), Outer: of(outer)})
		if out == Found && strings.Contains(string(w.Value), "e9") {
			t.Errorf("%s: found %s: %s", outer, w.Value, w.Refusal)
		}
	}
}
