package search

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
)

// String is the outcome in a word.
func (o Outcome) String() string { return [...]string{"not found", "found", "discarded"}[o] }

// parse is a document of one schema "S" and others beside it, all in YAML.
func parse(t testing.TB, version, schema, beside string) *contract.Document {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "openapi: %s\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    S: %s\n", version, schema)
	for line := range strings.Lines(beside) {
		b.WriteString("    " + strings.TrimRight(line, "\n") + "\n")
	}
	d, err := contract.Parse(context.Background(), "test.yaml", []byte(b.String()), contract.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return d
}

func schemaOf(d *contract.Document) SchemaNode {
	return SchemaNode{d, d.Root().Get("components").Get("schemas").Get("S")}
}

// keywordCase is a pair of schemas, the first of which allows what the second does not.
type keywordCase struct {
	name         string
	version      string // 3.0.3 when empty
	inner, outer string
	innerBeside  string // further components; both sides when outerBeside is empty
	outerBeside  string
	response     bool
	path         string // of the hint, separated by spaces
	keyword      string // of the hint
	want         string // the value; "*" for any
	alone        bool   // only one validator can tell
}

func (c keywordCase) query(t testing.TB) Query {
	version := c.version
	if version == "" {
		version = "3.0.3"
	}
	beside := c.outerBeside
	if beside == "" {
		beside = c.innerBeside
	}
	q := Query{Inner: schemaOf(parse(t, version, c.inner, c.innerBeside)), Outer: schemaOf(parse(t, version, c.outer, beside))}
	if c.response {
		q.Direction = Response
	}
	if c.path != "" || c.keyword != "" {
		q.Hints = []Hint{{Path: strings.Fields(c.path), Keyword: c.keyword}}
	}
	return q
}

func TestEveryKeywordHasAWitness(t *testing.T) {
	for _, c := range keywordCases {
		t.Run(c.name, func(t *testing.T) {
			q := c.query(t)
			var f Finder
			w, out := f.Find(context.Background(), q)
			if out != Found {
				t.Fatalf("%s: %+v", out, f.Stats())
			}
			if c.want != "*" && string(w.Value) != c.want {
				t.Errorf("value %s, want %s", w.Value, c.want)
			}
			if n := len(w.ConfirmedBy); n != 2 && !c.alone || n != 1 && c.alone {
				t.Errorf("confirmed by %v", w.ConfirmedBy)
			}
			if w.Refusal == "" || strings.Contains(w.Refusal, "doesn't validate") {
				t.Errorf("refusal %q", w.Refusal)
			}
			recheck(t, q, w.Value, c.keyword, c.alone)
			if testing.Verbose() {
				t.Logf("%s: %s", w.Value, w.Refusal)
			}
			var again Finder
			if w2, _ := again.Find(context.Background(), q); string(w2.Value) != string(w.Value) || w2.Refusal != w.Refusal {
				t.Errorf("a second search found %s (%s)", w2.Value, w2.Refusal)
			}
		})
	}
}

func decode(t testing.TB, raw []byte) any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
