package apidiff

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// narrowings are single changes of one schema, each of which refuses something.
var narrowings = []struct {
	name  string
	apply func(root, a, b, c, d map[string]any)
}{
	{"a shorter", func(_, a, _, _, _ map[string]any) { a["maxLength"] = 5 }},
	{"a pattern", func(_, a, _, _, _ map[string]any) { a["pattern"] = "^x" }},
	{"a not null", func(_, a, _, _, _ map[string]any) { a["type"] = "string" }},
	{"b smaller", func(_, _, b, _, _ map[string]any) { b["maximum"] = 10 }},
	{"b multiple", func(_, _, b, _, _ map[string]any) { b["multipleOf"] = 4 }},
	{"c fewer", func(_, _, _, c, _ map[string]any) { c["maxItems"] = 2 }},
	{"c values", func(_, _, _, c, _ map[string]any) { c["items"] = map[string]any{"enum": []any{"x", "y"}} }},
	{"d without k", func(_, _, _, _, d map[string]any) { d["oneOf"] = d["oneOf"].([]any)[1:] }},
	{"d without m", func(_, _, _, _, d map[string]any) { d["oneOf"] = d["oneOf"].([]any)[:len(list(d["oneOf"]))-1] }},
	{"e required", func(root, _, _, _, _ map[string]any) { root["required"] = append(list(root["required"]), "e") }},
	{"f required", func(root, _, _, _, _ map[string]any) { root["required"] = append(list(root["required"]), "f") }},
	{"closed", func(root, _, _, _, _ map[string]any) { root["additionalProperties"] = false }},
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// narrowed is the schema of the test with some changes.
func narrowed(changes ...int) map[string]any {
	alternative := func(name string) any {
		return map[string]any{"title": name, "type": "object", "required": []any{name}, "additionalProperties": false, "properties": map[string]any{name: map[string]any{"type": "integer"}}}
	}
	a, b := map[string]any{"type": []any{"string", "null"}}, map[string]any{"type": "integer"}
	c, d := map[string]any{"type": "array", "items": map[string]any{"type": "string"}}, map[string]any{"oneOf": []any{alternative("k"), alternative("l"), alternative("n"), alternative("m")}}
	properties := map[string]any{"a": a, "b": b, "c": c, "d": d, "e": map[string]any{"type": "string"}, "f": map[string]any{"type": "string"}}
	root := map[string]any{"type": "object", "properties": properties}
	for _, i := range changes {
		narrowings[i].apply(root, a, b, c, d)
	}
	return root
}

// TestWitnessOfItsOwn makes every two changes of a schema at once: the value that is shown for one of
// them must be accepted where only the other one was made.
func TestWitnessOfItsOwn(t *testing.T) {
	for i := range narrowings {
		for j := range i {
			name := fmt.Sprintf("%s, %s", narrowings[i].name, narrowings[j].name)
			findings := breaksOf(t, narrowed(), narrowed(i, j))
			if len(findings) < 2 {
				t.Errorf("%s: %d breaking changes, want 2", name, len(findings))
			}
			own := map[int]bool{}
			for _, f := range findings {
				if f.Witness == nil {
					t.Errorf("%s: %s has no witness", name, f.Rule)
					continue
				}
				if !refuses(t, narrowed(i, j), f.Witness.Value) {
					t.Errorf("%s: %s: %s is accepted", name, f.Rule, f.Witness.Value)
				}
				for one, other := range map[int]int{i: j, j: i} {
					if !refuses(t, narrowed(other), f.Witness.Value) {
						own[one] = true
					}
				}
			}
			if !own[i] || !own[j] {
				for _, f := range findings {
					t.Logf("%s: %s %s", name, f.Rule, f.Witness.Value)
				}
				t.Errorf("%s: a change has no witness that it alone refuses", name)
			}
		}
	}
}

// breaksOf compares two schemas of a body and returns what breaks.
func breaksOf(t *testing.T, wide, narrow map[string]any) []report.Finding {
	t.Helper()
	document := func(schema map[string]any) *contract.Document {
		content := map[string]any{"application/json": map[string]any{"schema": schema}}
		operation := map[string]any{
			"requestBody": map[string]any{"required": true, "content": content},
			"responses":   map[string]any{"200": map[string]any{"description": "ok"}},
		}
		data, err := json.Marshal(map[string]any{
			"openapi": "3.1.0", "info": map[string]any{"title": "t", "version": "1"}, "paths": map[string]any{"/x": map[string]any{"post": operation}},
		})
		if err != nil {
			t.Fatal(err)
		}
		d, err := contract.Parse(context.Background(), "x.json", data, contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	var out []report.Finding
	for _, f := range Compare(context.Background(), document(wide), document(narrow), Options{Now: testNow}).Diff.Changes {
		if f.Level == report.Error {
			out = append(out, f)
		}
	}
	return out
}

// refuses asks a validator directly.
func refuses(t *testing.T, schema map[string]any, value []byte) bool {
	t.Helper()
	data, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("schema.json").Validate(v) != nil
}
