package contract

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"
)

// Every real document exports to bytes that export to themselves, whether it was JSON or YAML.
func TestExportOfRealDocuments(t *testing.T) {
	for _, file := range dataFiles(t, "openapi", ".json", ".yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(context.Background(), file, data, Options{AllowDangling: true, ConvertSwagger: true})
		if err != nil {
			t.Fatal(err)
		}
		out := d.Canonical()
		again, err := Parse(context.Background(), "again.json", out, Options{AllowDangling: true})
		if err != nil {
			t.Fatalf("%s: the export: %v", file, err)
		}
		if !bytes.Equal(again.Canonical(), out) || again.SHA256() != d.SHA256() {
			t.Errorf("%s: exporting the export changes it", file)
		}
		if again.Root().Hash() != d.Root().Hash() || len(again.Dangling()) != len(d.Dangling()) {
			t.Errorf("%s: the export has another content", file)
		}
		if !d.Converted() && again.Closure(again.Root()) != d.Closure(d.Root()) {
			t.Errorf("%s: the export refers otherwise", file)
		}
	}
}

// The same document as YAML, written by the library in block style, is the same tree of values.
func TestJSONAsYAML(t *testing.T) {
	for _, file := range dataFiles(t, "openapi", "001-2022-06-01-1b458780.json", "001-2021-03-04-58ed11a0.json", "003-2025-02-25-4f704f2f.json", "010-2026-07-13-377702a4.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var n yaml.Node // a JSON text is a YAML text: keeps order and numbers
		if err := yaml.Unmarshal(data, &n); err != nil {
			t.Fatal(err)
		}
		block(&n)
		text, err := yaml.Marshal(&n)
		if err != nil {
			t.Fatal(err)
		}
		if !compareYAML(t, file, text) {
			t.Errorf("%s: the fast reader does not take the library's own writing", file)
		}
		j, y := parseTest(t, file, string(data)), parseTest(t, "x.yaml", string(text))
		if j.Root().Hash() != y.Root().Hash() || j.Closure(j.Root()) != y.Closure(y.Root()) || j.SHA256() != y.SHA256() {
			t.Errorf("%s: JSON and YAML differ", file)
		}
	}
}

func block(n *yaml.Node) {
	n.Style = 0
	switch {
	case n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, "\n"):
	case strings.TrimLeft(n.Value, " \t\n") != n.Value:
		n.Style = yaml.DoubleQuotedStyle // the library writes literal blocks of such text that it cannot read
	default:
		n.Style = yaml.LiteralStyle
	}
	for _, c := range n.Content {
		block(c)
	}
}

// A loaded document may be read from many goroutines; what is built on first use is built once.
func TestConcurrentUse(t *testing.T) {
	var b strings.Builder
	for i := range 200 {
		b.WriteString(`"S` + strings.Repeat("x", i) + `":{"$ref":"#/components/schemas/A"},`)
	}
	d := schemas(t, b.String()+`"A":{"type":"string"}`)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for name, s := range d.Root().Find("/components/schemas").Fields() {
				if d.schema(name) != s || d.Deref(s).Get("type").Text() != "string" || s.Place().Line != 2 {
					t.Errorf("%s is not itself", name)
				}
				d.Closure(s)
				s.AppendJSON(nil)
			}
			d.SHA256()
			d.Canonical()
		})
	}
	all.Wait()
}

var documentSeeds = []string{
	sampleJSON, sampleYAML, swaggerText, o30 + "paths: {/a: {$ref: b.yaml}}\n", o30 + "paths: {/a: {$ref: '#/paths/~1a'}}\n",
	"openapi: 3.1.0\ncomponents: {schemas: {A: {$id: 'a', $anchor: b, $dynamicAnchor: c, $ref: '#b', $dynamicRef: '#c', discriminator: {mapping: {d: A, e: b.yaml}}}}}\n",
	"openapi: 3.1.0\nwebhooks: {a: {post: {callbacks: {b: {c: {$ref: '#/webhooks/a'}}}}}}\n",
	"openapi: 3.2.0\n$self: 'https://a.example/b'\npaths: {/a: {$ref: b.yaml, parameters: [{in: querystring, name: q, content: {a/b: {$ref: 'b#/components/mediaTypes/M'}}}], additionalOperations: {LINK: {}}}}\n" +
		"components: {mediaTypes: {M: {itemSchema: {xml: {nodeType: text}, discriminator: {defaultMapping: A}}, itemEncoding: {prefixEncoding: [{}]}}}, schemas: {A: true}}\n",
	"swagger: '2.0'\nhost: h\nparameters: {a: {in: formData}}\npaths: {/a: {get: {parameters: [{$ref: '#/parameters/a'}, {in: body}]}}}\n",
	"swagger: 2.0\nsecurityDefinitions: {a: {type: oauth2}}\nresponses: {a: {examples: {b: c}}}\npaths: {/a: {get: {responses: {200: {$ref: '#/responses/a'}}, schemes: [1]}}}\n",
}

// Whatever the text: a document that answers every question, or an error with a place. A second file may be text of any kind.
func FuzzParse(f *testing.F) {
	for _, s := range documentSeeds {
		f.Add([]byte(s), []byte("get: {responses: {200: {$ref: 'x.yaml#/components/responses/a'}}}\n"))
	}
	f.Fuzz(func(t *testing.T, data, other []byte) {
		opt := Options{ConvertSwagger: true, MaxValues: 10_000, ReadFile: func(_ context.Context, name string) ([]byte, error) {
			if name != "b.yaml" {
				return nil, os.ErrNotExist
			}
			return other, nil
		}}
		d, err := Parse(context.Background(), "x.yaml", data, opt)
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.Place.File == "" || bad.Msg == "" {
				t.Fatalf("error without a place: %v", err)
			}
			return
		}
		visit(d, d.Root())
		out := d.Canonical()
		again, err := Parse(context.Background(), "again.json", out, opt)
		if err != nil {
			t.Fatalf("the export %s: %v", out, err)
		}
		if !bytes.Equal(again.Canonical(), out) {
			t.Fatalf("exporting the export changes it:\n%s\n%s", out, again.Canonical())
		}
	})
}

// visit asks everything of every value.
func visit(d *Document, n Node) {
	n.Place()
	n.KeyPlace()
	n.Hash()
	d.Closure(n)
	d.Deref(n)
	d.Target(n)
	for _, c := range n.Fields() {
		visit(d, c)
	}
	for _, c := range n.Items() {
		visit(d, c)
	}
}
