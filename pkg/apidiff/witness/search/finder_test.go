package search

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
)

// Many searches at once, in any order and with whatever memory of others, give the answers that
// each gives alone.
func TestConcurrentSearchesAgree(t *testing.T) {
	var queries []Query
	var want []string
	for i, c := range keywordCases {
		q := c.query(t)
		if i > 0 && i%3 == 0 { // pairs that share documents
			q.Inner = queries[i-1].Inner
		}
		var alone Finder
		w, out := alone.Find(context.Background(), q)
		queries, want = append(queries, q), append(want, fmt.Sprint(out, w))
		if w != nil {
			want[i] = fmt.Sprint(out, *w)
		}
	}
	var shared Finder
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for k := range queries {
				i := (k*7 + worker*13) % len(queries)
				w, out := shared.Find(context.Background(), queries[i])
				got := fmt.Sprint(out, w)
				if w != nil {
					got = fmt.Sprint(out, *w)
				}
				if got != want[i] {
					t.Errorf("%s: %s, alone %s", keywordCases[i].name, got, want[i])
				}
			}
		}()
	}
	wait.Wait()
	if s := shared.Stats(); s.Queries != int64(4*len(queries)) || s.Found == 0 {
		t.Errorf("%+v", s)
	}
}

func TestAcceptsNamesTheSides(t *testing.T) {
	c := keywordCase{inner: `{type: string}`, outer: `{type: integer}`}
	for _, want := range []struct {
		d                Direction
		accepts          string
		accepted, refuse string
	}{{Request, "", "old", "new"}, {Response, "", "new", "old"}, {Request, "new", "new", "old"}, {Response, "old", "old", "new"}} {
		q := c.query(t)
		q.Direction, q.Accepts = want.d, want.accepts
		var f Finder
		w, out := f.Find(context.Background(), q)
		if out != Found || w.AcceptedBy != want.accepted || w.RefusedBy != want.refuse {
			t.Errorf("%+v: %s %+v", want, out, w)
		}
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var f Finder
	if w, out := f.Find(ctx, keywordCases[0].query(t)); out != NotFound || w != nil {
		t.Errorf("%s %v", out, w)
	}
}

func TestAbsentSchemas(t *testing.T) {
	var f Finder
	q := keywordCases[0].query(t)
	if _, out := f.Find(context.Background(), Query{Inner: q.Inner, Outer: SchemaNode{Doc: q.Outer.Doc}}); out != NotFound {
		t.Error(out)
	}
	if _, out := f.FindMessage(context.Background(), MessageQuery{Old: message.Operation{Doc: q.Inner.Doc}, New: message.Operation{Doc: q.Outer.Doc}}); out != NotFound {
		t.Error(out)
	}
}
