package subschema_test

import (
	"fmt"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// pairOf are two schemas of one document, and what compares them.
func pairOf(t *testing.T, a, b string) (c *subschema.Comparer, x, y *subschema.Schema) {
	t.Helper()
	text := `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{},"components":{"schemas":{"A":` + a + `,"B":` + b + `}}}`
	doc, err := contract.Parse(t.Context(), "t.json", []byte(text), contract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := work.NewMeter()
	catalog := subschema.NewCatalog(doc, m)
	schemas := doc.Root().Get("components").Get("schemas")
	c = &subschema.Comparer{Old: catalog, New: catalog, Same: true, Meter: m, Prover: subschema.NewProver(true, m)}
	return c, catalog.Of(schemas.Get("A")).Schema, catalog.Of(schemas.Get("B")).Schema
}

func TestContains(t *testing.T) {
	for _, c := range []struct {
		inner, outer string
		want         subschema.Answer
	}{
		{`{"type":"integer"}`, `{"type":"number"}`, subschema.Yes},
		{`{"type":"number"}`, `{"type":"integer"}`, subschema.No},
		{`{"enum":["a"]}`, `{"type":"string","maxLength":1}`, subschema.Yes},
		{`{"type":"object","required":["a"]}`, `{"type":"object"}`, subschema.Yes},
		{`{"type":"object"}`, `{"type":"object","required":["a"]}`, subschema.No},
		{`{"type":"string","minLength":3}`, `{"oneOf":[{"type":"string","minLength":2},{"type":"null"}]}`, subschema.Yes},
		{`{"type":"integer","minimum":0,"maximum":9}`, `{"anyOf":[{"maximum":4},{"minimum":5}]}`, subschema.Yes},
		{`false`, `{"type":"string"}`, subschema.Yes},
		{`{}`, `{"not":{"type":"string"}}`, subschema.No},
	} {
		t.Run(fmt.Sprintf("%s in %s", c.inner, c.outer), func(t *testing.T) {
			of, inner, outer := pairOf(t, c.inner, c.outer)
			if got, reason := of.Contains(outer, inner, 0); got != c.want {
				t.Errorf("contained: %d, want %d (%s)", got, c.want, reason)
			}
		})
	}
}

// A question that outgrows its budget is answered by unknown, with the reason.
func TestContainsSaysWhatIsUnknown(t *testing.T) {
	c, inner, outer := pairOf(t, `{"type":"string"}`, `{"anyOf":[{"type":"string","minLength":1},{"const":""}]}`)
	c.Meter.Stop, c.Meter.Run = 1, 1
	if got, reason := c.Contains(outer, inner, 0); got != subschema.Unknown || reason == "" {
		t.Errorf("contained: %d (%q), want unknown with a reason", got, reason)
	}
}

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     []string
		below    int
	}{
		{`{"type":"string"}`, `{"type":"string"}`, nil, 0},
		{`{"type":"string","maxLength":5}`, `{"type":"string","maxLength":4}`, []string{"max-length lowered"}, 0},
		{`{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}`,
			[]string{"required added"}, 1},
		{`{"enum":["a","b"]}`, `{"enum":["b","c"]}`, []string{"enum-value removed", "enum-value added"}, 0},
	} {
		of, x, y := pairOf(t, c.old, c.new)
		got := of.Differences(x, y, contract.Node{}, contract.Node{}, 0)
		var names []string
		for _, d := range got.Found {
			names = append(names, d.Attr+" "+string(d.Op))
		}
		if fmt.Sprint(names) != fmt.Sprint(c.want) || len(got.Below) != c.below {
			t.Errorf("%s to %s: %v and %d pairs below, want %v and %d", c.old, c.new, names, len(got.Below), c.want, c.below)
		}
	}
}
