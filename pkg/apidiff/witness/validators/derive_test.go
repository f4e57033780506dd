package validators

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/internal/ecmaregex"
)

// documents are real ones, in a folder beside the repository.
const documents = "../../../../../shared/data/openapi"

// Every component of every real document must become a JSON Schema that the validator's own
// compiler accepts: the search makes the validator's structure itself, and so passes its compiler
// by.
func TestDerivedSchemasCompile(t *testing.T) {
	files, _ := filepath.Glob(documents + "/" + cmp.Or(os.Getenv("WITNESS_API"), "*") + "/*")
	if len(files) == 0 {
		t.Skip("no histories of real documents at " + documents)
	}
	slices.Sort(files)
	for i, file := range files {
		if i+1 < len(files) && filepath.Dir(files[i+1]) == filepath.Dir(file) {
			continue // the last version of each
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := contract.Parse(t.Context(), file, data, contract.Options{})
		if err != nil {
			t.Logf("skipped: %v", err)
			continue
		}
		for _, m := range []Mode{StrictFormat} {
			compileAll(t, d, m, filepath.Base(filepath.Dir(file)))
		}
	}
}

func compileAll(t *testing.T, d *contract.Document, m Mode, name string) {
	w := NewSession()
	doc := w.Document(d)
	out := NewWriter()
	components := map[string]any{}
	for name, n := range d.Root().Get("components").Get("schemas").Fields() {
		components[name] = out.Schema(w.deriver(doc).schema(Schema{doc, n}, m).Schema)
	}
	out.Rest()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseRegexpEngine(func(text string) (jsonschema.Regexp, error) {
		p, err := ecmaregex.Parse(text)
		return &Pattern{Pattern: p}, err
	})
	add := func(id string, schema any) { // one resource each: the compiler's own check grows faster than the text
		text, err := json.Marshal(schema)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte(`"#/$defs/d`), []byte(`"mem:///d`))
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("mem:///"+id, doc); err != nil {
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
		if _, err := c.Compile("mem:///c/" + id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	slices.Sort(out.blank)
	t.Logf("%-14s %4d components, %4d referenced, left undecided: %v", name, len(components), len(out.defs), slices.Compact(out.blank))
}

// What no value reaches is not derived: a schema of a large document must cost what it touches.
func TestDerivesLazily(t *testing.T) {
	var text strings.Builder
	text.WriteString("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n")
	text.WriteString("    S: {type: object, properties: {a: {type: string}, next: {$ref: '#/components/schemas/C0'}}}\n    C500: {type: string}\n")
	for i := range 500 {
		fmt.Fprintf(&text, "    C%d: {type: object, properties: {p: {$ref: '#/components/schemas/C%d'}}}\n", i, i+1)
	}
	d, err := contract.Parse(t.Context(), "test.yaml", []byte(text.String()), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := NewSession()
	w.Fuel = 1000
	doc := w.Document(d)
	s := Schema{doc, d.Root().Get("components").Get("schemas").Get("S")}
	if out, _ := w.Evaluate(s, 0, map[string]any{"a": "x"}); out != Accepts {
		t.Fatal("not accepted")
	}
	if n := len(w.deriver(doc).known); n != 1 {
		t.Errorf("%d schemas derived for a value that touches one", n)
	}
	if out, _ := w.Evaluate(s, 0, map[string]any{"next": map[string]any{"p": map[string]any{}}}); out != Accepts {
		t.Fatal("not accepted")
	}
	if n := len(w.deriver(doc).known); n != 3 {
		t.Errorf("%d schemas derived for a value that touches three", n)
	}
}
