package contract

import (
	"testing"
)

func TestBundle(t *testing.T) {
	files := map[string]string{
		"root.yaml": `openapi: 3.0.3
paths:
  /a: {$ref: 'paths/a.yaml', parameters: [{name: own, in: query}]}
  /b: {get: {responses: {200: {content: {a/b: {schema: {oneOf: [{$ref: 'schemas/pet.yaml'}, {$ref: 'schemas/all.yaml#/Dog'}]}}}}}}}
components:
  schemas:
    Pet: {$ref: 'schemas/pet.yaml'}
    Dog: {type: string}
    Local: {$ref: '#/components/schemas/Dog'}
    Kinds:
      oneOf: [{$ref: '#/components/schemas/Dog'}]
      discriminator: {propertyName: k, mapping: {d: Dog, e: 'schemas/all.yaml#/Dog'}}
`,
		"paths/a.yaml": `get:
  parameters: [{$ref: '../parameters.yaml#/page'}]
  responses: {200: {$ref: '../responses.json'}}
parameters: [{name: lost, in: query}]
`,
		"parameters.yaml":  "page: {name: page, in: query, schema: {$ref: 'schemas/all.yaml#/Count'}}\n",
		"responses.json":   `{"description": "x", "content": {"a/b": {"schema": {"$ref": "root.yaml#/components/schemas/Dog"}}}}`,
		"schemas/pet.yaml": "properties: {dog: {$ref: 'all.yaml#/Dog'}, self: {$ref: pet.yaml}}\n",
		"schemas/all.yaml": "Dog: {properties: {count: {$ref: '#/Count'}}}\nCount: {type: integer}\n",
	}
	d, err := load(files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "components": {
    "parameters": {"page": {"in": "query", "name": "page", "schema": {"$ref": "#/components/schemas/Count"}}},
    "responses": {"responses": {"content": {"a/b": {"schema": {"$ref": "#/components/schemas/Dog"}}}, "description": "x"}},
    "schemas": {
      "Count": {"type": "integer"},
      "Dog": {"type": "string"},
      "Kinds": {"discriminator": {"mapping": {"d": "Dog", "e": "#/components/schemas/schemas_all_Dog"}, "propertyName": "k"},
        "oneOf": [{"$ref": "#/components/schemas/Dog"}]},
      "Local": {"$ref": "#/components/schemas/Dog"},
      "Pet": {"properties": {"dog": {"$ref": "#/components/schemas/schemas_all_Dog"}, "self": {"$ref": "#/components/schemas/Pet"}}},
      "schemas_all_Dog": {"properties": {"count": {"$ref": "#/components/schemas/Count"}}}
    }
  },
  "openapi": "3.0.3",
  "paths": {
    "/a": {"get": {"parameters": [{"$ref": "#/components/parameters/page"}], "responses": {"200": {"$ref": "#/components/responses/responses"}}},
      "parameters": [{"in": "query", "name": "own"}]},
    "/b": {"get": {"responses": {"200": {"content": {"a/b": {"schema": {"oneOf": [{"$ref": "#/components/schemas/Pet"}, {"$ref": "#/components/schemas/schemas_all_Dog"}]}}}}}}}
  }
}`
	expected := parseTest(t, "want.json", want)
	got := parseTest(t, "got.json", string(d.Canonical()))
	if got.SHA256() != expected.SHA256() {
		t.Errorf("got\n%s", d.Canonical())
	}
	if got.SHA256() != d.SHA256() {
		t.Error("exporting the export changes it")
	}
}

// A description without components gets them; names by $id and $anchor do not survive the move.
func TestBundleMakesComponents(t *testing.T) {
	d, err := load(map[string]string{
		"root.yaml": "openapi: 3.1.0\npaths: {/a: {get: {responses: {200: {content: {a/b: {schema: {$ref: 's.yaml#name'}}}}}}}}\n",
		"s.yaml":    "$defs: {N: {$anchor: name, examples: [{$id: kept}]}, O: {$id: 'https://example.com/o'}}\n",
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := parseTest(t, "again.json", string(d.Canonical()))
	if got := string(again.schema("N").AppendJSON(nil)); got != `{"examples":[{"$id":"kept"}]}` {
		t.Errorf("the component is %s", got)
	}
}

func TestPathItemsInACircle(t *testing.T) {
	_, err := load(map[string]string{
		"root.yaml": "openapi: 3.0.3\npaths: {/a: {$ref: 'a.yaml'}}\n",
		"a.yaml":    "get: {responses: {}, callbacks: {c: {'{$url}': {$ref: 'a.yaml'}}}}\n",
	}, Options{})
	if err == nil || err.Error() != "api/a.yaml:1:55: the path item refers back to itself through another file" {
		t.Errorf("error %v", err)
	}
}

// Values of one name in many files all find a name of their own.
func TestBundleOfEqualNames(t *testing.T) {
	files := map[string]string{"a.yaml": "X: {title: '1'}\n\u00e4: {title: '2'}\n\u00f6: {title: '3'}\n\u00fc: {title: '4'}\n"}
	files["root.yaml"] = "openapi: 3.0.0\ncomponents: {schemas: {A: {allOf: [{$ref: 'a.yaml#/X'}, {$ref: 'a.yaml#/\u00e4'}, {$ref: 'a.yaml#/\u00f6'}, {$ref: 'a.yaml#/\u00fc'}]}}}\n"
	d, err := load(files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := parseTest(t, "again.json", string(d.Canonical()))
	for i, title := range []string{"1", "2", "3", "4"} {
		if got := again.Deref(again.schema("A").Get("allOf").At(i)).Get("title").Text(); got != title {
			t.Errorf("schema %s became %q", title, got)
		}
	}
}
