package witness

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/contract"
)

// Every component of every real document must become a JSON Schema that the validator's own compiler accepts: the search
// makes the validator's structure itself, and so passes its compiler by.
func TestDerivedSchemasCompile(t *testing.T) {
	files, _ := filepath.Glob(histories + "/" + cmp.Or(os.Getenv("WITNESS_API"), "*") + "/*")
	if len(files) == 0 {
		t.Skip("no histories of real documents at " + histories)
	}
	slices.Sort(files)
	for i, file := range files {
		if i+1 < len(files) && filepath.Dir(files[i+1]) == filepath.Dir(file) {
			continue // the last version of each
		}
		d := load(t, file)
		if d == nil {
			continue
		}
		for _, m := range []mode{strictFormat} {
			compileAll(t, d, m, filepath.Base(filepath.Dir(file)))
		}
	}
}

func compileAll(t *testing.T, d *contract.Document, m mode, name string) {
	w := newWorker()
	doc := w.document(d)
	out := writer{names: map[*jsonschema.Schema]string{}, defs: map[string]any{}}
	components := map[string]any{}
	for name, n := range d.Root().Get("components").Get("schemas").Fields() {
		components[name] = out.schema(w.deriver(doc).schema(site{doc, n}, m).Schema)
	}
	out.rest()
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	add := func(id string, schema any) { // one resource each: the compiler's own check grows faster than the text
		text, err := json.Marshal(schema)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte(`"#/$defs/d`), []byte(`"mem:d`))
		if err := c.AddResource("mem:"+id, bytes.NewReader(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for id, schema := range out.defs {
		add(id, schema)
	}
	for id, schema := range components {
		add("c/"+id, schema)
	}
	for id := range components {
		if _, err := c.Compile("mem:c/" + id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	slices.Sort(out.blank)
	t.Logf("%-14s %4d components, %4d referenced, left undecided: %v", name, len(components), len(out.defs), slices.Compact(out.blank))
}

// What no value reaches is not derived: a schema of a large document must cost what it touches.
func TestDerivesLazily(t *testing.T) {
	d := parse(t, "3.0.3", `{type: object, properties: {a: {type: string}, next: {$ref: '#/components/schemas/C0'}}}`, chain(500, "string", "{type: object, properties: {p: {$ref: '#/components/schemas/C%d'}}}"))
	w := newWorker()
	w.fuel = 1000
	doc := w.document(d)
	s := site{doc, schemaOf(d).Node}
	if out, _ := w.judge(s, 0, map[string]any{"a": "x"}); out != accepts {
		t.Fatal("not accepted")
	}
	if n := len(w.deriver(doc).known); n != 1 {
		t.Errorf("%d schemas derived for a value that touches one", n)
	}
	if out, _ := w.judge(s, 0, map[string]any{"next": map[string]any{"p": map[string]any{}}}); out != accepts {
		t.Fatal("not accepted")
	}
	if n := len(w.deriver(doc).known); n != 3 {
		t.Errorf("%d schemas derived for a value that touches three", n)
	}
}
