package search

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// FuzzFind: whatever two schemas are, a search ends without a panic, and what it finds holds before
// a worker that has seen nothing else.
func FuzzFind(f *testing.F) {
	for _, c := range keywordCases {
		f.Add(c.inner, c.outer, c.path, c.keyword, c.version != "", c.response)
	}
	for seed := range uint64(20) {
		m := &maker{rand.New(rand.NewPCG(seed, 1)), seed%2 == 0}
		a, _ := json.Marshal(m.schema(2))
		b, _ := json.Marshal(m.schema(2))
		f.Add(string(a), string(b), "", "", m.v31, false)
	}
	f.Fuzz(func(t *testing.T, inner, outer, path, keyword string, v31, response bool) {
		in, out := fuzzed(inner, v31), fuzzed(outer, v31)
		if in == nil || out == nil {
			t.Skip()
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		q := Query{Inner: schemaOf(in), Outer: schemaOf(out), Budget: 64, Hints: []Hint{{Path: strings.Fields(path), Keyword: keyword}}}
		if response {
			q.Direction = Response
		}
		watch := time.AfterFunc(5*time.Minute, func() { panic("hangs on " + inner + "\n" + outer + "\n" + path + "\n" + keyword) })
		defer watch.Stop()
		var finder Finder
		w, res := finder.Find(ctx, q)
		if ctx.Err() != nil {
			t.Fatal("no end")
		}
		if res != Found {
			return
		}
		s := newSearch(ctx, newWorker(), q)
		s.between(q.Inner, q.Outer)
		s.prepare(q.Hints[0])
		v := decode(t, w.Value)
		if s.refuted(v) == nil {
			t.Errorf("%s is no witness", w.Value)
		}
		if a, b, _ := s.second(v); len(w.ConfirmedBy) > 1 && (a != validators.Accepts || b != validators.Refuses) {
			t.Errorf("%s is not confirmed", w.Value)
		}
	})
}

func fuzzed(schema string, v31 bool) *contract.Document {
	version := "3.0.3"
	if v31 {
		version = "3.1.0"
	}
	text := "openapi: " + version + "\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    S: " + strings.ReplaceAll(schema, "\n", " ") + "\n    T: {type: string}\n"
	d, err := contract.Parse(context.Background(), "f.yaml", []byte(text), contract.Options{MaxBytes: 1 << 16, MaxDepth: 60})
	if err != nil || !schemaOf(d).Node.Exists() {
		return nil
	}
	return d
}

// FuzzPattern: no pattern makes the translation or the sampler panic or run away, and what is
// compiled reads the pattern as ECMA-262 does where that is easy to tell.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{"^a+$", `^\d{3}-[a-z]*$`, `(?=x)`, `[[:alpha:]]`, `é\u00e9`, `\p{L}`, `[^]`, `a{1000}{1000}`, `(a|b)*c`, `\`, `[a\]b]`, `^(?:x)?$`} {
		f.Add(p, 3, 5)
	}
	f.Fuzz(func(t *testing.T, p string, salt, grow int) {
		w := newWorker()
		w.Fuel = 1 << 20
		re := w.Pattern(p)
		if re == nil {
			return
		}
		s, ok := w.sample(re, max(0, salt%100), max(0, grow%5000))
		if ok && len(s) > 4*maxSample {
			t.Errorf("a sample of %d bytes", len(s))
		}
	})
}
