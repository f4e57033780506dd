package contract

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// schemas is a description with these schemas as JSON, and an operation that answers with the first, named A.
func schemas(t testing.TB, body string) *Document {
	t.Helper()
	return parseTest(t, "x.json", `{"openapi":"3.1.0","paths":{"/a":{"get":{"responses":{"200":{"content":{"a/b":{"schema":{"$ref":"#/components/schemas/A"}}}}}}}},
		"components":{"schemas":{`+body+`}}}`)
}

func (d *Document) schema(name string) Node { return d.Root().Find("/components/schemas/" + name) }

func TestClosure(t *testing.T) {
	ref := func(name string) string { return `{"$ref":"#/components/schemas/` + name + `"}` }
	base := `"A":{"properties":{"b":` + ref("B") + `}},"B":{"items":` + ref("C") + `},"C":{"type":"string"}`
	circle := `"A":{"properties":{"b":` + ref("B") + `}},"B":{"properties":{"a":` + ref("A") + `}, "type": "object"}`
	for _, c := range []struct {
		name     string
		old, new string
		equal    bool // closure of A, and of the operation that refers to it
	}{
		{"the same", base, base, true},
		{"other order, other number spelling", base + `,"D":{"minimum":1,"maximum":2.0}`, `"D":{"maximum":2,"minimum":1e0},` + base, true},
		{"a schema that nothing refers to", base, base + `,"D":{"type":"string"}`, true},
		{"two references away", base, strings.Replace(base, `"string"`, `"integer"`, 1), false},
		{"renamed", base, strings.NewReplacer("schemas/C", "schemas/E", `"C":`, `"E":`).Replace(base), false},
		{"circle", circle, circle, true},
		{"circle with a changed member", circle, strings.Replace(circle, `"object"`, `"array"`, 1), false},
		{"circle wired otherwise",
			`"A":{"properties":{"x":` + ref("B") + `}},"B":{"items":` + ref("B") + `},"C":{"items":` + ref("C") + `}`,
			`"A":{"properties":{"x":` + ref("B") + `}},"B":{"items":` + ref("C") + `},"C":{"items":` + ref("B") + `}`, false},
		{"contents of two names exchanged in a circle",
			`"A":{"properties":{"x":` + ref("B") + `}},"B":{"items":` + ref("C") + `},"C":{"not":` + ref("B") + `}`,
			`"A":{"properties":{"x":` + ref("B") + `}},"C":{"items":` + ref("C") + `},"B":{"not":` + ref("B") + `}`, false},
		{"a reference into a member from elsewhere", circle, circle + `,"D":{"not":{"$ref":"#/components/schemas/B/properties/a"}}`, true},
		{"discriminator mapping",
			`"A":{"discriminator":{"propertyName":"k","mapping":{"d":"D"}}},"D":{"type":"string"}`,
			`"A":{"discriminator":{"propertyName":"k","mapping":{"d":"D"}}},"D":{"type":"integer"}`, false},
		{"discriminator mapping by a name with dots",
			`"A":{"discriminator":{"propertyName":"k","mapping":{"d":"com.D"}}},"com.D":{"type":"string"}`,
			`"A":{"discriminator":{"propertyName":"k","mapping":{"d":"com.D"}}},"com.D":{"type":"integer"}`, false},
		{"an example that looks like a reference",
			`"A":{"example":` + ref("D") + `},"D":{"type":"string"}`,
			`"A":{"example":` + ref("D") + `},"D":{"type":"integer"}`, true},
	} {
		a, b := schemas(t, c.old), schemas(t, c.new)
		for _, pointer := range []string{"/components/schemas/A", "/paths/~1a/get"} {
			if got := a.Closure(a.Root().Find(pointer)) == b.Closure(b.Root().Find(pointer)); got != c.equal {
				t.Errorf("%s: %s: equal %v, want %v", c.name, pointer, got, c.equal)
			}
		}
	}
}

// A target must have the same closure as an equal value that nothing refers to.
func TestClosureOfTargets(t *testing.T) {
	a := schemas(t, `"A":{"not":{"$ref":"#/components/schemas/B"}},"B":{"type":"string"}`)
	b := parseTest(t, "x.json", `{"openapi":"3.1.0","components":{"schemas":{"A":{"not":{"$ref":"#/components/schemas/B"}},"B":{"type":"string"}}}}`)
	for _, name := range []string{"A", "B"} {
		if a.Closure(a.schema(name)) != b.Closure(b.schema(name)) {
			t.Errorf("%s: differs when something refers to it", name)
		}
	}
}

func TestClosureAcrossFiles(t *testing.T) {
	root := `{openapi: 3.1.0, components: {schemas: {A: {$ref: 'sub/a.yaml#/A'}}}}`
	load := func(b string) *Document {
		files := fstest.MapFS{
			"sub/a.yaml": {Data: []byte("A: {properties: {b: {$ref: b.yaml}, root: {$ref: '../x.yaml#/components/schemas/A'}}}")},
			"sub/b.yaml": {Data: []byte(b)},
		}
		d, err := Parse(context.Background(), "api/x.yaml", []byte(root), Options{
			ReadFile: func(_ context.Context, name string) ([]byte, error) { return files.ReadFile(name) }})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a, same, other := load("type: string"), load("{type: string}"), load("type: integer")
	if a.Closure(a.Root()) != same.Closure(same.Root()) {
		t.Error("equal files, unequal closures")
	}
	if a.Closure(a.Root()) == other.Closure(other.Root()) {
		t.Error("a changed file does not show in the closure")
	}
	b := a.Deref(a.Deref(a.schema("A")).Get("properties").Get("b"))
	if got := b.Get("type").Place(); got.File != "api/sub/b.yaml" || got.Line != 1 {
		t.Errorf("place in the second file: %+v", got)
	}
	if back := a.Deref(a.schema("A")).Get("properties").Get("root"); a.Deref(back) != a.Deref(a.schema("A")) {
		t.Error("the way back into the root document leads to another tree")
	}
}

func TestLongChains(t *testing.T) {
	var b strings.Builder
	const n = 10_000
	for i := range n {
		fmt.Fprintf(&b, `"S%d":{"properties":{"next":{"$ref":"#/components/schemas/S%d"}}},`, i, (i+1)%n)
	}
	d := schemas(t, b.String()+`"A":{"$ref":"#/components/schemas/S0"}`)
	if d.Closure(d.schema("S0")) == d.Closure(d.schema("S1")) {
		t.Error("two schemas of one circle have the same closure")
	}
}
