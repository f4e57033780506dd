package contract

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"go.yaml.in/yaml/v4"
)

// largest is the largest real document there is, as JSON and as block YAML.
func largest(b *testing.B) (asJSON, asYAML []byte) {
	b.Helper()
	for _, file := range dataFiles(b, "openapi/stripe", ".json") {
		data, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		if len(data) > len(asJSON) {
			asJSON = data
		}
	}
	var n yaml.Node
	if err := yaml.Unmarshal(asJSON, &n); err != nil {
		b.Fatal(err)
	}
	block(&n)
	asYAML, err := yaml.Marshal(&n)
	if err != nil {
		b.Fatal(err)
	}
	return asJSON, asYAML
}

// BenchmarkLoad measures parsing, checking, resolving and hashing beside what the standard library needs for less.
func BenchmarkLoad(b *testing.B) {
	asJSON, asYAML := largest(b)
	run := func(name string, data []byte, work func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := work(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	load := func(name string, data []byte) func() error {
		return func() error {
			d, err := Parse(context.Background(), name, data, Options{})
			if err == nil {
				d.Closure(d.Root())
			}
			return err
		}
	}
	run("json", asJSON, load("x.json", asJSON))
	run("yaml", asYAML, load("x.yaml", asYAML))
	run("floor/json.Valid", asJSON, func() error { json.Valid(asJSON); return nil })
	run("floor/json.Unmarshal", asJSON, func() error { var v any; return json.Unmarshal(asJSON, &v) })
	run("floor/yaml.Node", asYAML, func() error { var n yaml.Node; return yaml.Unmarshal(asYAML, &n) })
}

// BenchmarkExport measures the digest of the canonical form.
func BenchmarkExport(b *testing.B) {
	asJSON, _ := largest(b)
	d, err := Parse(context.Background(), "x.json", asJSON, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(asJSON)))
	for b.Loop() {
		fresh := &Document{source: "x", content: &content{root: d.root, order: d.order}}
		fresh.SHA256()
	}
}
