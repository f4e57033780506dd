package contract

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// load parses the root document of a folder of files.
func load(files map[string]string, opt Options) (*Document, error) {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	opt.ReadFile = func(_ context.Context, name string) ([]byte, error) { return fs.ReadFile(name) }
	return Parse(context.Background(), "api/root.yaml", []byte(files["root.yaml"]), opt)
}

// ref is a description whose schema A refers to name.
func ref(version, name, more string) string {
	return "openapi: " + version + "\ncomponents:\n  schemas:\n    A:\n      $ref: '" + name + "'\n" + more
}

func TestReferences(t *testing.T) {
	more := "    'a/b~c %':\n      title: found\n    L:\n      allOf:\n      - title: found\n"
	files := map[string]string{
		"b.yaml":           "title: found\ndefs: {X: {title: found}, Y: {$ref: 'sub/c.json#/x'}, Z: {$ref: '#/defs/X'}}\n",
		"sub/c.json":       `{"x": {"$ref": "d e.yaml"}, "up": {"$ref": "../b.yaml"}, "root": {"$ref": "../root.yaml#/components/schemas/L/allOf/0"}}`,
		"sub/d e.yaml":     "title: found\n",
		"sub/anchors.yaml": "$id: https://example.com/s\n$defs: {N: {$anchor: here, title: found}}\n",
	}
	for _, c := range []struct{ version, name string }{
		{"3.0.0", "#/components/schemas/a~1b~0c%20%25"}, {"3.0.0", "#/components/schemas/L/allOf/0"},
		{"3.0.0", "b.yaml"}, {"3.0.0", "./b.yaml#"}, {"3.0.0", "b.yaml#/defs/X"}, {"3.0.0", "b.yaml#/defs/Y"}, {"3.0.0", "b.yaml#/defs/Z"},
		{"3.0.0", "sub/c.json#/up"}, {"3.0.0", "sub/c.json#/root"}, {"3.0.0", "sub/../b.yaml"}, {"3.0.0", "sub/d%20e.yaml"},
		{"3.1.0", "sub/anchors.yaml#/$defs/N"},
	} {
		files["root.yaml"] = ref(c.version, c.name, more)
		d, err := load(files, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := d.Deref(d.schema("A")); got.Get("title").Text() != "found" {
			t.Errorf("%s leads to %s", c.name, got.AppendJSON(nil))
		}
	}
}

func TestReferencesThatAreRefused(t *testing.T) {
	files := map[string]string{
		"list.yaml": "[1]", "bad.yaml": "a: [", "circle.yaml": "a: {$ref: '#/b'}\nb: {$ref: 'circle.yaml#/a'}\n",
		"wrong.yaml": "properties: []\n",
	}
	for name, want := range map[string]string{
		"#/components/schemas/B":  `:5:13: $ref "#/components/schemas/B" does not resolve`,
		"#/components/schemas/%":  "write % as %25",
		"#name":                   `:5:13: $ref "#name" does not resolve`,
		"#/components/schemas/A":  "is circular",
		"missing.yaml":            `:5:13: $ref "missing.yaml" cannot be read`,
		"list.yaml":               "must refer to a schema, not to an array",
		"bad.yaml":                "api/bad.yaml:1:", // the place in the other file
		"wrong.yaml":              `api/wrong.yaml:1:13: "properties" must be an object`,
		"circle.yaml#/a":          "is circular",
		"../b.yaml":               "leaves the folder of the contract",
		"sub/../../b.yaml":        "leaves the folder of the contract",
		"/etc/passwd":             "leaves the folder of the contract",
		"..%2Fb.yaml":             "leaves the folder of the contract",
		"a\\..\\..\\b.yaml":       "leaves the folder of the contract",
		"http://h/b.yaml":         "only https is read",
		"file:///b.yaml":          "only https is read",
		"//h/b.yaml":              "only https is read",
		"https://h/b.yaml":        "names a remote file",
		"https://u:p@h/b.yaml":    "only https is read",
		"b.yaml#/components#/x/y": "cannot be read",
	} {
		files["root.yaml"] = ref("3.0.0", name, "")
		_, err := load(files, Options{})
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(bad.Error()+" "+bad.Hint, want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestDanglingReferences(t *testing.T) {
	text := "openapi: 3.0.0\ncomponents: {schemas: {A: {$ref: '#/no'}, B: {$ref: '../no.yaml'}, C: {$ref: '#/components/schemas/D'}, D: {title: x}}}\n"
	d, err := load(map[string]string{"root.yaml": text}, Options{AllowDangling: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.Dangling()); n != 2 {
		t.Errorf("%d dangling references", n)
	}
	if a := d.schema("A"); d.Deref(a) != a {
		t.Error("a dangling reference leads somewhere")
	}
	if d.Deref(d.schema("C")) != d.schema("D") {
		t.Error("a good reference beside dangling ones is lost")
	}
}

func TestRemoteReferences(t *testing.T) {
	opt := Options{AllowRemote: true, Fetch: func(_ context.Context, url string) ([]byte, error) {
		switch url {
		case "https://h/dir/b.yaml":
			return []byte("X: {$ref: c.yaml}"), nil
		case "https://h/dir/c.yaml":
			return []byte("{title: found}"), nil
		}
		return nil, errors.New("no such thing: " + url)
	}}
	d, err := load(map[string]string{"root.yaml": ref("3.0.0", "https://h/dir/b.yaml#/X", "")}, opt)
	if err != nil {
		t.Fatal(err)
	}
	got := d.Deref(d.schema("A"))
	if got.Get("title").Text() != "found" || got.Place().File != "https://h/dir/c.yaml" {
		t.Errorf("leads to %+v", got.Place())
	}
}

// $id, $anchor and $dynamicRef of OpenAPI 3.1.
func TestSchemaNames(t *testing.T) {
	text := `
openapi: 3.1.0
components:
  schemas:
    A: {$ref: 'https://example.com/pet#tail'}
    B: {$ref: 'pet.json'}
    C: {$ref: '#top'}
    Pet:
      $id: https://example.com/pet
      $defs:
        T: {$anchor: tail, title: tail}
        U: {$ref: '#/$defs/T'}
        V: {$id: pet.json, title: json, properties: {w: {$ref: pet}}}
        X: {$ref: '#tail'}
    Top: {$anchor: top, title: top}
    Node:
      $dynamicAnchor: node
      title: node
      properties: {next: {$dynamicRef: '#node'}}
`
	d, err := load(map[string]string{"root.yaml": strings.Replace(text, "'pet.json'", "'https://example.com/pet.json'", 1)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]string{"A": "tail", "B": "json", "C": "top", "Pet/$defs/U": "tail", "Pet/$defs/X": "tail"} {
		if got := d.Deref(d.schema(pointer)).Get("title").Text(); got != want {
			t.Errorf("%s leads to %q, want %q", pointer, got, want)
		}
	}
	if got := d.Target(d.schema("Node/properties/next/$dynamicRef")); got != d.schema("Node") {
		t.Errorf("$dynamicRef leads to %+v", got.Place())
	}
	if got := d.Deref(d.schema("Pet/$defs/V/properties/w")); got != d.schema("Pet") {
		t.Errorf("a relative $ref beside $id leads to %+v", got.Place())
	}
	for add, want := range map[string]string{
		"    E: {$anchor: top}\n":                                                              `duplicate anchor "top"`,
		"    E: {$id: https://example.com/pet}\n":                                              "duplicate $id",
		"    E: {$id: 'https://example.com/x#y'}\n":                                            "must be a URI without a fragment",
		"    E: {$id: 'https://e.com/z', $dynamicAnchor: node, not: {$dynamicRef: '#node'}}\n": "has several targets",
		"    E: {$id: 5}\n":                                                                    `"$id" must be a string`,
	} {
		_, err := load(map[string]string{"root.yaml": strings.Replace(text, "'pet.json'", "'https://example.com/pet.json'", 1) + add}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", add, err, want)
		}
	}
}

// Beside a $ref, keys count in schemas of 3.1 and in path items, and nowhere else.
func TestKeysBesideReferences(t *testing.T) {
	wrong := ", properties: []}, B: {}}}\n"
	if _, err := load(map[string]string{"root.yaml": "openapi: 3.0.0\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B'" + wrong}, Options{}); err != nil {
		t.Errorf("3.0 looks beside $ref: %v", err)
	}
	if _, err := load(map[string]string{"root.yaml": "openapi: 3.1.0\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B'" + wrong}, Options{}); err == nil {
		t.Error("3.1 does not look beside $ref")
	}
}

// A thousand missing schemas are a mistake of another kind.
func TestTooManyDanglingReferences(t *testing.T) {
	var b strings.Builder
	b.WriteString("openapi: 3.0.0\ncomponents:\n  schemas:\n")
	for i := range maxDangling + 1 {
		b.WriteString("    S" + strings.Repeat("x", i) + ": {$ref: '#/no'}\n")
	}
	_, err := load(map[string]string{"root.yaml": b.String()}, Options{AllowDangling: true})
	if err == nil || !strings.Contains(err.Error(), "more than 1000 references do not resolve") {
		t.Errorf("error %v", err)
	}
}

// A file that was cut off before its components is no description with dangling references.
func TestComponentsThatWereCutOff(t *testing.T) {
	text := "openapi: 3.0.3\npaths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/Ok'}}}}}\n"
	if _, err := Parse(context.Background(), "x.yaml", []byte(text), Options{AllowDangling: true}); err == nil || !strings.Contains(err.Error(), "has no components at all") {
		t.Errorf("without components: %v", err)
	}
	if _, err := Parse(context.Background(), "x.yaml", []byte(text+"components: {}\n"), Options{AllowDangling: true}); err != nil {
		t.Errorf("with other components: %v", err)
	}
}
