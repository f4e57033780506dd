package apidiff

import (
	"context"
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/apidiff/witness/search"
	"github.com/romel/govctl/pkg/contract"
)

var (
	proofs     = flag.Uint64("proofs", 2000, "random pairs of schemas whose proofs TestProverAgainstSearch attacks")
	firstProof = flag.Uint64("first-proof", 0, "seed of the first of them")
)

// TestProverAgainstSearch runs the search for a witness wherever the prover says that one schema contains
// the other: what it finds is a mistake of one of the two.
func TestProverAgainstSearch(t *testing.T) {
	asked, contained, found := 0, 0, 0
	for seed := *firstProof; seed < *firstProof+*proofs; seed++ {
		m := author{rand.New(rand.NewPCG(seed, 29))}
		a := m.schema(2)
		b := m.changed(a, 2)
		if m.one(4) {
			b = m.schema(2)
		}
		if compiled(corpusDocument(a, rules.Request)) == nil || compiled(corpusDocument(b, rules.Request)) == nil {
			continue // no schemas
		}
		old := parse(t, "old.json", encode(t, corpusDocument(typed(a), rules.Request)))
		new := parse(t, "new.json", encode(t, corpusDocument(typed(b), rules.Request)))
		in := newInput(old, new, Options{Now: testNow})
		sides := [2]search.SchemaNode{{Doc: old, Node: old.Root().Find("/components/schemas/S")}, {Doc: new, Node: new.Root().Find("/components/schemas/S")}}
		schemas := [2]*subschema.Schema{in.old.Of(sides[0].Node).Schema, in.new.Of(sides[1].Node).Schema}
		for inner := range 2 {
			outer := 1 - inner
			asked++
			if answer, _ := in.schemas.Contains(schemas[outer], schemas[inner], subschema.AnyName); answer != subschema.Yes {
				continue
			}
			contained++
			var f search.Finder
			w, out := f.Find(context.Background(), search.Query{Inner: sides[inner], Outer: sides[outer], Budget: 64})
			if out == search.Found && string(w.Value) == "null" && len(w.ConfirmedBy) == 1 {
				continue // null beside an enum that lacks it is taken as its author means it: docs/diff.md
			}
			if meant := func(c *subschema.Schema) bool { return c.Meant() != c.Normal() }; meant(schemas[0]) || meant(schemas[1]) {
				continue // allOf says no type, and the prover takes the one that is meant
			}
			if out == search.Found {
				found++
				t.Errorf("seed %d: %s: %s %v\n  inner %s\n  outer %s", seed, w.Value, w.Refusal, w.ConfirmedBy, asJSON(sides[inner].Node), asJSON(sides[outer].Node))
			}
		}
	}
	t.Logf("%d questions, %d proofs, %d witnesses against them", asked, contained, found)
	if contained*10 < asked && asked > 100 {
		t.Error("too few proofs to say anything")
	}
}

func asJSON(n contract.Node) string { return string(n.AppendJSON(nil)) }
