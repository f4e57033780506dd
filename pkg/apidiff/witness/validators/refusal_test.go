package validators

import (
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// refusals are values that a schema refuses, with the line that says why.
var refusals = []struct{ schema, value, says string }{
	{`{type: string}`, `1`, "expected string, got number"},
	{`{type: object, properties: {a: {type: string}}}`, `{"a":1}`, "/a: expected string, got number"},
	// a property with one allowed value says which alternative is meant
	{`{anyOf: [{title: Text, properties: {type: {enum: [text]}}}, {title: Whole, properties: {type: {enum: [integer]}}, required: [range, lookup]}]}`, `{"type": "integer"}`,
		"fits no alternative of anyOf; nearest is alternative 2 (Whole): missing required 'range', 'lookup'"},
	// the nearest alternative is the one with the least wrong
	{`{oneOf: [{$ref: "#/components/schemas/Bank"}, {$ref: "#/components/schemas/Card"}]}`, `{"cvv":"1"}`,
		"fits no alternative of oneOf; nearest is alternative 2 (Card): missing required 'number'"},
	{`{oneOf: [{$ref: "#/components/schemas/Card"}, {$ref: "#/components/schemas/Bank"}]}`, `{"number":1}`,
		"fits no alternative of oneOf; nearest is alternative 1 (Card): /number: expected string, got number"},
	{`{type: object, properties: {pay: {anyOf: [{type: object, title: A, required: [x, y, z]}, {type: object, title: B, required: [x, y]}]}}}`, `{"pay":{}}`,
		"/pay: fits no alternative of anyOf; nearest is alternative 2 (B): missing required 'x', 'y'"},
	{`{anyOf: [{type: object, required: [x]}, {type: object, properties: {y: {properties: {z: {type: string}}}}}]}`, `{"y":{"z":1}}`,
		"fits no alternative of anyOf; nearest is alternative 2: /y/z: expected string, got number"},
	// one of another kind is farther away than any of the same kind
	{`{anyOf: [{type: string}, {type: object, required: [x, y], properties: {z: {type: string}}}]}`, `{"z":1}`,
		"fits no alternative of anyOf; nearest is alternative 2: missing required 'x', 'y'"},
	// alternatives of alternatives
	{`{anyOf: [{type: string}, {type: object, title: O, anyOf: [{required: [x]}, {$ref: "#/components/schemas/Bank"}]}]}`, `{"bic":"1"}`,
		"fits no alternative of anyOf; nearest is alternative 2 (O), of its own alternative 1: missing required 'x'"},
	// null beside one schema is no choice
	{`{anyOf: [{$ref: "#/components/schemas/Card"}, {type: "null"}]}`, `{}`, "missing required 'number'"},
	{`{anyOf: [{type: "null"}, {type: string}, {type: integer}]}`, `true`, "fits no alternative of anyOf; nearest is alternative 2: expected string, got boolean"},
	{`{oneOf: [{type: string}, {maxLength: 3}]}`, `"a"`, "fits more than one alternative of oneOf"},
	// texts of a contract are cut
	{`{anyOf: [{title: "` + strings.Repeat("t", 300) + `", required: [` + strings.Repeat("r", 300) + `]}, {type: string}]}`, `{}`,
		"fits no alternative of anyOf; nearest is alternative 1 (" + strings.Repeat("t", 200) + "...): missing required '" + strings.Repeat("r", 182) + "..."},
}

func TestRefusals(t *testing.T) {
	for _, c := range refusals {
		d, err := contract.Parse(t.Context(), "d.yaml", []byte(`{openapi: 3.1.0, info: {title: T, version: "1"}, paths: {}, components: {schemas: {`+
			`Card: {type: object, required: [number], properties: {number: {type: string}}}, Bank: {type: object, required: [iban, bic]}, S: `+c.schema+`}}}`), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := contract.ParseValue(t.Context(), "v.json", []byte(c.value), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := NewSession()
		w.Begin(t.Context(), 1<<20)
		out, why := w.Evaluate(Schema{w.Document(d), d.Root().Get("components").Get("schemas").Get("S")}, 0, v.Value())
		if out != Refuses {
			t.Errorf("%s: %s is not refused", c.schema, c.value)
			continue
		}
		if got := Refusal(why, 0); got != c.says {
			t.Errorf("%s: %s: %q, want %q", c.schema, c.value, got, c.says)
		}
	}
}
