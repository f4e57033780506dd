package apidiff

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// contractOf is a contract whose one request body is the first of the schemas.
func contractOf(t *testing.T, schemas map[string]any, first string) *contract.Document {
	t.Helper()
	type object = map[string]any
	data, err := json.Marshal(object{
		"openapi": "3.0.3", "info": object{"title": "t", "version": "1"}, "components": object{"schemas": schemas},
		"paths": object{"/a": object{"post": object{
			"requestBody": object{"content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/" + first}}}},
			"responses":   object{"200": object{"description": "ok"}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, "hostile.json", data)
}

// levels are n levels of three alternatives; two of them lead to the same next level, so that there
// are 2^n ways to the last.
func levels(n int, last string) map[string]any {
	type object = map[string]any
	schemas := map[string]any{fmt.Sprintf("L%d", n): object{"type": last}}
	for i := range n {
		next := object{"$ref": fmt.Sprintf("#/components/schemas/L%d", i+1)}
		schemas[fmt.Sprintf("L%d", i)] = object{"anyOf": []any{next, object{"anyOf": []any{next}}, object{"type": "boolean"}}}
	}
	return schemas
}

// What grows twofold with each level must not be walked way by way: without an answer the test runs
// into its deadline.
func TestManyWaysToOneSchema(t *testing.T) {
	r := Compare(t.Context(), contractOf(t, levels(120, "string"), "L0"), contractOf(t, levels(120, "integer"), "L0"), Options{})
	breaks := 0
	for _, f := range r.Diff.Changes {
		if f.Breaking {
			breaks++
		}
	}
	if breaks == 0 {
		t.Error("a string is no longer accepted, and nothing says so")
	}
}

// A change far down in an object that is large in itself is found, and so many searches of large
// schemas end by counted work.
func TestManyPropertiesThatAllChange(t *testing.T) {
	properties := func(kind string) map[string]any {
		all := map[string]any{}
		for i := range 3000 {
			all[fmt.Sprintf("p%d", i)] = map[string]any{"type": kind}
		}
		return map[string]any{"Wide": map[string]any{"type": "object", "properties": all}}
	}
	r := Compare(t.Context(), contractOf(t, properties("string"), "Wide"), contractOf(t, properties("integer"), "Wide"), Options{})
	if n := len(r.Diff.Changes); n != 3000 {
		t.Fatalf("%d findings, want one for each property", n)
	}
	for _, f := range r.Diff.Changes {
		if f.Witness == nil && f.Hint == "" {
			t.Fatalf("%s has neither a proof nor a word why", f.Message)
		}
	}
}
