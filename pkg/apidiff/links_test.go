package apidiff

import (
	"context"
	"strings"
	"testing"
)

// A link may be written once for many responses: a change of it is one of each response that refers to it.
func TestLinksBehindReferences(t *testing.T) {
	const doc = `{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{
		"/a":{"get":{"operationId":"a","responses":{"200":{"description":"d","links":{"next":{"$ref":"#/components/links/L"}}}}}},
		"/b":{"get":{"operationId":"b","responses":{"200":{"description":"d"}}}}},
		"components":{"links":{"L":{"operationId":"a"}}}}`
	old, new := parse(t, "old.json", []byte(doc)), parse(t, "new.json", []byte(strings.Replace(doc, `"L":{"operationId":"a"}`, `"L":{"operationId":"b"}`, 1)))
	r := Compare(context.Background(), old, new, Options{Now: testNow})
	if len(r.Diff.Changes) != 1 || r.Diff.Changes[0].Rule != "link-changed" {
		t.Errorf("found%s", told(r))
	}
}
