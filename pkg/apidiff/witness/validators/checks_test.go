package validators

import (
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// What the library keeps to its own compiler, or says otherwise than we need it.
func TestJudge(t *testing.T) {
	list := func(v ...any) []any { return v }
	object := func(name string, v any) map[string]any { return map[string]any{name: v} }
	for _, c := range []struct {
		name, schema string
		value        any
		want         Verdict
		says         string
	}{
		{"types that are none", `{"type": "file"}`, "a", Refuses, "expected file, got string"},
		{"null is named last", `{"type": ["null", "integer"]}`, "a", Refuses, "expected integer or null, got string"},
		{"an empty enum", `{"enum": []}`, "a", Refuses, "not one of the allowed values"},
		{"items seen by prefixItems", `{"prefixItems": [true], "unevaluatedItems": false}`, list("a"), Accepts, ""},
		{"items not seen", `{"prefixItems": [true], "unevaluatedItems": false}`, list("a", "b"), Refuses, "/1: unknown item"},
		{"items seen inside allOf", `{"allOf": [{"items": {"type": "string"}}], "unevaluatedItems": false}`, list("a", "b"), Accepts, ""},
		{"items seen inside oneOf", `{"oneOf": [{"prefixItems": [true]}, false], "unevaluatedItems": false}`, list("a"), Accepts, ""},
		{"properties seen inside if", `{"if": {"properties": {"a": true}}, "unevaluatedProperties": false}`, object("a", "x"), Accepts, ""},
		{"a name", `{"propertyNames": {"maxLength": 1}}`, object("a/b", "x"), Refuses, "/a~1b: too long: length must be <= 1, but got 3"},
		{"a false property", `{"properties": {"a": false}}`, object("a", "x"), Refuses, "/a: property not allowed"},
		{"nothing to contain", `{"contains": {"type": "string"}}`, list(), Refuses, "too few items of the kind it must contain"},
		{"applies to itself", `{"allOf": [{"$ref": "#/components/schemas/S"}]}`, "a", Silent, ""},
		{"applies to itself under not", `{"not": {"$ref": "#/components/schemas/S"}}`, "a", Silent, ""},
		{"contains itself", `{"properties": {"a": {"$ref": "#/components/schemas/S"}}, "propertyNames": {"$ref": "#/components/schemas/S"}}`, object("a", object("a", "x")), Accepts, ""},
		{"fits two", `{"oneOf": [true, true]}`, "a", Refuses, "fits more than one alternative of oneOf"},
		{"unknown properties in order", `{"additionalProperties": false}`, map[string]any{"b": 1, "a": 1, "c": 1}, Refuses, "unknown property 'a', 'b', 'c'"},
	} {
		text := `{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {"S": ` + c.schema + `}}}`
		d, err := contract.Parse(t.Context(), "test.json", []byte(text), contract.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		w := NewSession()
		w.Fuel = 100_000
		s := Schema{w.Document(d), d.Root().Get("components").Get("schemas").Get("S")}
		got, why := w.Evaluate(s, 0, c.value)
		says := ""
		if why != nil {
			says = Refusal(why, 0)
		}
		if got != c.want || says != c.says {
			t.Errorf("%s: %d %q, want %d %q", c.name, got, says, c.want, c.says)
		}
		if alone, _ := w.Ask(w.Derived(s, 0), c.value); alone != c.want {
			t.Errorf("%s: %d as part of a message", c.name, alone)
		}
	}
}
