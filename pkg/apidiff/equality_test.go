package apidiff

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

var all = flag.Bool("all", false, "apply every rewriting to every document, however large")

// decode is a document as plain values, numbers as written.
func decode(t testing.TB, d *contract.Document) object {
	t.Helper()
	var out object
	dec := json.NewDecoder(bytes.NewReader(d.Canonical()))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// documents are the real documents that can be loaded.
func documents(t testing.TB, f func(name string, d *contract.Document, size int)) {
	files, _ := filepath.Glob(filepath.Join(shared(t, "openapi"), "*", "*"))
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d, err := contract.Parse(context.Background(), path, data, contract.Options{})
		if err != nil {
			continue
		}
		f(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path)[:3], d, len(data))
	}
}

// TestSelf compares every document with itself, byte for byte and as YAML: nothing at all may be
// found.
func TestSelf(t *testing.T) {
	documents(t, func(name string, d *contract.Document, size int) {
		if r := Compare(context.Background(), d, d, Options{Now: testNow}); len(r.Diff.Changes) != 0 || r.Diff.Bump != "none" {
			t.Errorf("%s: %d changes against itself", name, len(r.Diff.Changes))
		}
	})
}

// TestEqualities rewrites real documents without changing what they mean: no change may be an error
// or a warning.
func TestEqualities(t *testing.T) {
	applied := map[string]int{}
	turn := 0
	documents(t, func(name string, d *contract.Document, size int) {
		for i, w := range rewritings {
			turn++
			if !*all && (size > 1<<20 && turn%41 != 0 || size > 1<<17 && turn%7 != 0) {
				continue
			}
			doc := decode(t, d)
			if !w.apply(doc, rand.New(rand.NewPCG(uint64(i), 7))) {
				continue
			}
			applied[w.name]++
			check(t, name+": "+w.name, d, parse(t, "new.json", encode(t, doc)))
		}
	})
	for _, w := range rewritings {
		t.Logf("%4d documents: %s", applied[w.name], w.name)
	}
}

// TestFormats writes real documents as YAML.
func TestFormats(t *testing.T) {
	documents(t, func(name string, d *contract.Document, size int) {
		if size > 1<<19 && !*all || d.Converted() {
			return
		}
		var v any
		if err := json.Unmarshal(d.Canonical(), &v); err != nil {
			t.Fatal(err)
		}
		text, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if yaml.Unmarshal(text, &v) != nil {
			return // the encoder of the library does not always write what its decoder reads
		}
		check(t, name+": as YAML", d, parse(t, "new.yaml", text))
	})
}

// check reports the errors and warnings of both directions.
func check(t *testing.T, name string, a, b *contract.Document) {
	t.Helper()
	for _, pair := range [][2]*contract.Document{{a, b}, {b, a}} {
		r := Compare(context.Background(), pair[0], pair[1], Options{Now: testNow})
		shown := 0
		for _, f := range r.Diff.Changes {
			if f.Level == report.Info {
				continue
			}
			if shown++; shown > 3 {
				break
			}
			t.Errorf("%s: %s %s: %s", name, f.Level, f.Rule, strings.TrimSpace(f.Message))
		}
	}
}
