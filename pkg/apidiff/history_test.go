package apidiff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// histories are the consecutive pairs of real documents, by API.
func histories(t testing.TB, f func(name string, old, new *contract.Document)) {
	dir := shared(t, "openapi")
	apis, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, api := range apis {
		files, _ := filepath.Glob(filepath.Join(dir, api.Name(), "*"))
		var last *contract.Document
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			d, err := contract.Parse(context.Background(), path, data, contract.Options{AllowDangling: true})
			if err != nil { // some refer to files that are not there
				t.Logf("left out: %v", err)
				last = nil
				continue
			}
			if last != nil {
				f(api.Name()+" "+filepath.Base(path)[:3], last, d)
			}
			last = d
		}
	}
}

// TestHistories compares real documents: no crash, and no change without a rule.
func TestHistories(t *testing.T) {
	histories(t, func(name string, old, new *contract.Document) {
		start := time.Now()
		r := Compare(context.Background(), old, new, Options{Now: testNow})
		t.Logf("%-22s %6.2fs %s", name, time.Since(start).Seconds(), r.Diff.Headline)
		for _, f := range r.Diff.Changes {
			if f.Rule == rules.Unclassified {
				t.Errorf("%s: unclassified: %s at %v", name, f.Message, f.At())
			}
		}
	})
}

// TestWitnesses counts the schema-level breaking findings of the real histories that carry a
// confirmed witness.
func TestWitnesses(t *testing.T) {
	breaking, proved, schemas, provedSchemas := 0, 0, 0, 0
	missed := map[string]int{}
	histories(t, func(name string, old, new *contract.Document) {
		r := Compare(context.Background(), old, new, Options{Now: testNow})
		for _, f := range r.Diff.Changes {
			if !f.Breaking {
				continue
			}
			rule, _ := rules.Lookup(f.Rule)
			breaking++
			if rule.On == "property" {
				schemas++
			}
			if f.Verdict == report.Proved {
				proved++
				if rule.On == "property" {
					provedSchemas++
				}
				continue
			}
			missed[f.Rule]++
			t.Logf("%s: no witness for %s: %s", name, f.Rule, f.Message)
		}
	})
	t.Logf("breaking findings: %d, with a witness: %d (%.1f %%)", breaking, proved, 100*float64(proved)/float64(max(breaking, 1)))
	t.Logf("of schemas: %d, with a witness: %d (%.1f %%)", schemas, provedSchemas, 100*float64(provedSchemas)/float64(max(schemas, 1)))
	t.Logf("missed: %v", missed)
	if provedSchemas*100 < schemas*97 {
		t.Errorf("under 97 %% of the breaking changes of schemas are proved")
	}
}

// TestDanglingReferences: what a reference that does not resolve names is not compared, neither as
// gone nor as new.
func TestDanglingReferences(t *testing.T) {
	whole := `{parameters: [{name: q, in: query, required: true, schema: {type: string}}], requestBody: {required: true, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: string}}}}}}, ` +
		`responses: {"200": {description: d, headers: {X-A: {required: true, schema: {type: string}}}, content: {application/json: {schema: {type: object, required: [b], properties: {b: {type: integer}}}}}}, "201": {description: d}}}`
	holes := `{parameters: [{$ref: "other.yaml#/q"}], requestBody: {required: true, content: {application/json: {schema: {type: object, required: [a], properties: {a: {$ref: "other.yaml#/A"}}}}}}, ` +
		`responses: {"200": {description: d, headers: {X-A: {$ref: "other.yaml#/H"}}, content: {application/json: {schema: {$ref: "other.yaml#/B"}}}}, "201": {$ref: "other.yaml#/R"}}}`
	docs := make([]*contract.Document, 2)
	for i, op := range []string{whole, holes} {
		var err error
		docs[i], err = contract.Parse(context.Background(), "d.yaml", []byte("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {/t: {post: "+op+"}, /u: "+[2]string{"{get: {responses: {}}}", "{$ref: \"other.yaml#/u\"}"}[i]+"}"), contract.Options{AllowDangling: true})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, pair := range [][2]int{{0, 1}, {1, 0}, {1, 1}} {
		r := Compare(context.Background(), docs[pair[0]], docs[pair[1]], Options{Now: testNow})
		for _, f := range r.Diff.Changes {
			if f.Rule != ReferenceNotRead || f.Breaking {
				t.Errorf("%v: %s: %s", pair, f.Rule, f.Message)
			}
		}
		if d := r.Diff; d.Totals.Unread != 6 || len(d.Changes) != 6 || d.Totals.Changes != 0 || !strings.HasSuffix(d.Headline, "; 6 references could not be read, and what they name was not compared") {
			t.Errorf("%v: totals %+v, headline %q", pair, d.Totals, d.Headline)
		}
		if ops := r.Operations(); len(ops.Added)+len(ops.Removed) > 0 {
			t.Errorf("%v: added %v, removed %v", pair, ops.Added, ops.Removed)
		}
	}
}
