package apidiff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/romel/govctl/pkg/contract"
)

// The same edit in many places has one cause, whatever the places; what differs in rule, name or
// values has another.
func TestSameEditsHaveOneCause(t *testing.T) {
	old := parse(t, "old.yaml", []byte(`
openapi: 3.0.3
info: {title: t, version: 1.0.0}
paths:
  /gone: {get: {responses: {"204": {description: d}}}, put: {responses: {"204": {description: d}}}}
  /gone/{id}: {delete: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"204": {description: d}}}}
  /a: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}, responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}}}}
  /b: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}, responses: {"204": {description: d}}}}
components:
  schemas:
    A: {type: object, properties: {id: {type: string}, name: {type: string}, at: {type: object, properties: {id: {type: string}}}}}
    B: {type: object, properties: {id: {type: string}, name: {type: string}}}
`))
	new := parse(t, "new.yaml", []byte(`
openapi: 3.0.3
info: {title: t, version: 1.0.0}
paths:
  /a: {post: {requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}, responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/A"}}}}}}}
  /b: {post: {requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}, responses: {"204": {description: d}}}}
components:
  schemas:
    A: {type: object, properties: {id: {type: integer}, name: {type: integer}, at: {type: object, properties: {id: {type: integer}}}}}
    B: {type: object, properties: {id: {type: integer}, name: {type: string, maxLength: 5}}}
`))
	d := Compare(t.Context(), old, new, Options{Now: testNow, NoWitness: true}).Diff
	if !strings.HasPrefix(d.Headline, "13 breaking changes in 7 root causes, 5 operations") {
		t.Errorf("the headline counts otherwise: %s", d.Headline)
	}
	subjects := map[string][]string{}
	for i := range d.Changes {
		f := &d.Changes[i]
		subjects[f.Rule+" "+d.Causes[f.Cause]] = append(subjects[f.Rule+" "+d.Causes[f.Cause]], f.Subject)
	}
	for said, places := range map[string]int{
		"operation-removed operation was removed":                                                               3,
		"request-body-became-required request body became required":                                             2,
		"request-property-type-changed request property `id` had its type changed from `string` to `integer`":   3,
		"response-property-type-changed response property `id` had its type changed from `string` to `integer`": 2,
		"request-property-type-changed ":                                                                        1, // name, in one place
		"response-property-type-changed ":                                                                       1,
	} {
		if got := subjects[said]; len(got) != places {
			t.Errorf("%q in %q, want %d places", said, got, places)
		}
	}
	again := Compare(t.Context(), old, new, Options{Now: testNow, NoWitness: true}).Diff
	for i := range d.Changes {
		if d.Changes[i].Cause == "" || d.Changes[i].Cause != again.Changes[i].Cause {
			t.Errorf("the cause of %s is %q, and %q the next time", d.Changes[i].Subject, d.Changes[i].Cause, again.Changes[i].Cause)
		}
	}
	if !slices.Equal(fingerprintsOf(&Result{Diff: d}), fingerprintsOf(&Result{Diff: again})) {
		t.Error("the fingerprints move")
	}
}

// Unless all are asked for, about a megabyte holds the report of a diff of which few changes break:
// those are listed, and the others are counted.
func TestHarmlessChangesAreBounded(t *testing.T) {
	const n = 3000
	document := func(summary string, required bool) *contract.Document {
		var b strings.Builder
		fmt.Fprintf(&b, `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/broken":{"post":{"requestBody":{"required":%t,"content":{"a/b":{}}},"responses":{"204":{"description":"d"}}}}`, required)
		for i := range n {
			fmt.Fprintf(&b, `,"/things/%d":{"get":{"summary":%q,"responses":{"204":{"description":"d"}}}}`, i, summary)
		}
		return parse(t, "openapi.json", []byte(b.String()+"}}"))
	}
	old, new := document("was", false), document("is", true)
	for _, all := range []bool{false, true} {
		r := Compare(t.Context(), old, new, Options{Now: testNow, NoWitness: true, All: all})
		b, err := json.Marshal(r.Diff)
		if err != nil {
			t.Fatal(err)
		}
		if (len(b) < 1_000_000) == all {
			t.Errorf("all %t: %d bytes", all, len(b))
		}
		count := 0
		for i := range r.Diff.Changes {
			count += r.Diff.Changes[i].Count()
		}
		if count != n+1 || r.Diff.Totals.Changes != n+1 || !r.Diff.Changes[0].Breaking {
			t.Errorf("all %t: %d changes are listed or counted, of %d", all, count, r.Diff.Totals.Changes)
		}
	}
}
