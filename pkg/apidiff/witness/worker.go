package witness

import (
	"context"
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/contract"
)

// worker holds what one search at a time uses: derived schemas per document and the counters of a validation.
type worker struct {
	docs     map[*contract.Document]*document
	derivers map[*document]*deriver
	patterns map[string]*regexp.Regexp
	sizes    map[*regexp.Regexp]int // instructions
	trees    map[*regexp.Regexp]*syntax.Regexp
	samples  map[sampleKey]sampled
	flats    map[flatKey]*shape
	kin      kinSettings
	tables   tables

	ctx          context.Context // of the search that runs
	fuel, ticks  int             // work that it may still do, about a microsecond each
	tolls        int64           // see toll
	tollStop     int64           // where the search that runs ends
	steps, depth int             // of the validation that runs
	tricky       bool            // a value met a keyword under which stricter is not narrower
}

// burn takes n from the fuel; false when none is left or nobody waits any more.
func (w *worker) burn(n int) bool {
	w.fuel -= n
	if w.ticks++; w.ticks%64 == 0 && w.ctx != nil && w.ctx.Err() != nil {
		w.fuel = -1
	}
	return w.fuel >= 0
}

func newWorker() *worker {
	return &worker{
		docs: map[*contract.Document]*document{}, derivers: map[*document]*deriver{},
		patterns: map[string]*regexp.Regexp{}, sizes: map[*regexp.Regexp]int{}, trees: map[*regexp.Regexp]*syntax.Regexp{}, samples: map[sampleKey]sampled{}, flats: map[flatKey]*shape{},
		tables: tables{derivations(), kinKeywords(), readings(), rows()},
	}
}

// tables are the keyword tables, made once per worker: as package variables they would refer to themselves, since the
// keywords that hold schemas lead back to all keywords.
type tables struct {
	derivations map[string]derivation
	kin         map[string]kinKeyword
	readings    map[string]func(*flattener, site, contract.Node)
	rows        []row
}

// What a worker keeps between searches: shapes and patterns by number, derived schemas by their parts, of which each takes
// a kilobyte.
const (
	maxKept    = 2_000
	maxDerived = 16_000
)

func (w *worker) trim() {
	for d, v := range w.derivers {
		if v.made > maxDerived {
			delete(w.derivers, d)
		}
	}
	if len(w.flats) > maxKept {
		clear(w.flats)
	}
	if len(w.patterns) > maxKept || len(w.samples) > maxKept {
		clear(w.patterns)
		clear(w.sizes)
		clear(w.trees)
		clear(w.samples)
	}
}

func (w *worker) document(d *contract.Document) *document {
	if known := w.docs[d]; known != nil {
		return known
	}
	out := &document{doc: d}
	if !strings.HasPrefix(d.OpenAPI(), "3.0") {
		out.dialect = openapi31
	}
	w.docs[d] = out
	return out
}

func (w *worker) deriver(d *document) *deriver {
	if known := w.derivers[d]; known != nil {
		return known
	}
	out := &deriver{w: w, known: map[derivedKey]*derived{}, leafs: map[leafKey]*jsonschema.Schema{}}
	w.derivers[d] = out
	return out
}

// verdict is what a validator says of a value.
type verdict uint8

const (
	silent verdict = iota // it cannot judge
	accepts
	refuses
)

// judge asks the JSON Schema validator about a value; the error tells why it refuses.
func (w *worker) judge(s site, m mode, v any) (verdict, *jsonschema.ValidationError) {
	k := w.deriver(s.d).schema(s, m)
	if !w.burn(k.size) {
		return silent, nil
	}
	if k.patterns > 0 {
		w.toll(k.patterns / 200)
	}
	return w.ask(k.Schema, v)
}

// ask validates v against a derived schema.
func (w *worker) ask(schema *jsonschema.Schema, v any) (out verdict, why *jsonschema.ValidationError) {
	w.steps, w.depth = 0, 0
	defer func() {
		if recover() != nil { // undecided, or a schema that the validator cannot walk
			out, why = silent, nil
		}
	}()
	err := schema.Validate(v)
	if err == nil {
		return accepts, nil
	}
	if errors.As(err, &why) {
		return refuses, why
	}
	return silent, nil
}

// accepts is whether a value is valid, as far as the generator wants to know.
func (w *worker) accepts(s site, m mode, v any) bool {
	out, _ := w.judge(s, m, v)
	return out == accepts
}
