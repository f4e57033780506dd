package apidiff

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// TestSymmetry swaps the sides of every real pair and every labelled case.
func TestSymmetry(t *testing.T) {
	histories(t, func(name string, old, new *contract.Document) { symmetric(t, name, old, new) })
	dirs, _ := filepath.Glob(filepath.Join(sharedData, "diff-cases", "[0-9]*"))
	for _, dir := range dirs {
		symmetric(t, filepath.Base(dir), load(t, filepath.Join(dir, "base.yaml")), load(t, filepath.Join(dir, "revision.yaml")))
	}
}

// TestSelfUnpruned makes every comparison of a document with itself, without the shortcut of equal
// hashes.
func TestSelfUnpruned(t *testing.T) {
	documents(t, func(name string, d *contract.Document, size int) {
		if size > 1<<20 && !*all {
			return
		}
		for i, f := range unpruned(d, d, Options{Now: testNow, NoWitness: true}).Diff.Changes {
			if i < 5 {
				t.Errorf("%s: %s: %s", name, f.Rule, f.Message)
			}
		}
	})
}

// TestTransitivity: where no constraint breaks from a to b and from b to c, none breaks from a to
// c.
func TestTransitivity(t *testing.T) {
	schemas := []string{
		`{}`, `{"type":"string"}`, `{"type":["string","null"]}`, `{"type":"string","maxLength":5}`, `{"type":"string","maxLength":9,"minLength":1}`,
		`{"type":"string","pattern":"^a+$"}`, `{"type":"string","pattern":"^[ab]+$"}`, `{"enum":["a","b"]}`, `{"enum":["a"]}`, `{"const":"a"}`,
		`{"type":"integer"}`, `{"type":"number"}`, `{"type":"integer","minimum":1}`, `{"type":"number","exclusiveMinimum":0}`, `{"type":"number","multipleOf":0.5}`,
		`{"type":"integer","multipleOf":2}`, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"oneOf":[{"type":"string"},{"type":"boolean"}]}`,
		`{"type":"object"}`, `{"type":"object","required":["a"]}`, `{"type":"object","properties":{"a":{"type":"string"}}}`,
		`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`, `{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":false}`,
		`{"type":"object","additionalProperties":false}`, `{"type":"array","items":{"type":"string"}}`, `{"type":"array","items":{"enum":["a"]},"minItems":1}`,
		`{"type":"array","prefixItems":[{"type":"string"}],"items":false}`, `{"not":{"type":"string"}}`, `{"type":"string","not":{"const":"a"}}`, `false`,
	}
	docs := make([]*contract.Document, len(schemas))
	for i, s := range schemas {
		docs[i] = parse(t, fmt.Sprintf("%d.json", i), []byte(`{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{"/t":{"post":{"requestBody":{"content":{"application/json":{"schema":`+s+`}}},"responses":{"200":{"description":"d"}}}}}}`))
	}
	ok := make([][]bool, len(docs))
	for i := range docs {
		ok[i] = make([]bool, len(docs))
		for j := range docs {
			r := Compare(context.Background(), docs[i], docs[j], Options{Now: testNow})
			ok[i][j] = !r.Breaking().Breaking
			if f := firstBreaking(r); f != nil && f.Verdict != report.Proved {
				t.Logf("asserted only: %s -> %s: %s", schemas[i], schemas[j], f.Message)
			}
		}
	}
	for i := range docs {
		for j := range docs {
			for k := range docs {
				if ok[i][j] && ok[j][k] && !ok[i][k] && !opened(schemas[i], schemas[j], schemas[k]) {
					t.Errorf("%s -> %s -> %s is compatible step by step and not as a whole", schemas[i], schemas[j], schemas[k])
				}
			}
		}
	}
}

func firstBreaking(r *Result) *report.Finding {
	for i := range r.Diff.Changes {
		if r.Diff.Changes[i].Breaking {
			return &r.Diff.Changes[i]
		}
	}
	return nil
}

// opened is the one known exception, a policy: a property that no contract lists is taken as not
// sent, so that an open object may be given an optional property later. To forget a property and to
// list it anew are two such steps.
func opened(a, b, c string) bool {
	lists := func(s string) bool { return strings.Contains(s, `"a":{`) }
	return lists(a) && !lists(b) && lists(c)
}
