package apidiff

import (
	"context"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
)

// Whoever moves unevaluatedProperties or unevaluatedItems from beside allOf into one of its members refuses what the other members
// list: the diff shows a request that is refused now. The way back breaks no request.
func TestUnevaluatedMovedIntoAMember(t *testing.T) {
	for _, c := range []struct{ beside, inside, example string }{
		{`{"type":"object","allOf":[{"properties":{"foo":{"type":"string"}}}],"unevaluatedProperties":false}`,
			`{"type":"object","allOf":[{"properties":{"foo":{"type":"string"}}},{"unevaluatedProperties":false}]}`, `{"foo":`},
		{`{"type":"array","allOf":[{"prefixItems":[{"type":"string"}]}],"unevaluatedItems":false}`,
			`{"type":"array","allOf":[{"prefixItems":[{"type":"string"}]},{"unevaluatedItems":false}]}`, `["`},
	} {
		beside, inside := containedDocument(t, c.beside, rules.Request), containedDocument(t, c.inside, rules.Request)
		there := Compare(context.Background(), beside, inside, Options{Now: testNow})
		shown := false
		for _, f := range there.Diff.Changes {
			shown = shown || f.Breaking && f.Witness != nil && strings.Contains(f.Witness.Request, c.example)
		}
		if !shown {
			t.Errorf("%s to %s: no request with %s shows the break%s", c.beside, c.inside, c.example, told(there))
		}
		if back := Compare(context.Background(), inside, beside, Options{Now: testNow}); back.Breaking().Breaking {
			t.Errorf("%s to %s breaks%s", c.inside, c.beside, told(back))
		}
	}
}
