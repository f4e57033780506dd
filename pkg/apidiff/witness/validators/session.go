// Package validators puts values before validators that other people wrote:
// santhosh-tekuri/jsonschema for schemas, and getkin/kin-openapi for schemas as OpenAPI reads them.
// It decides nothing itself but what of a document they are given.
package validators

import (
	"context"
	"errors"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/contract"
)

// Session is what the validations of one search at a time share: what was prepared of the
// documents, and the work that may still be done.
type Session struct {
	docs     map[*contract.Document]*Document
	derivers map[*Document]*deriver
	patterns map[string]*Pattern
	total    int // instructions of all patterns

	derivations map[string]func(carried)    // by keyword, for the JSON Schema validator
	kinKeywords map[string]func(kinKeyword) // and for the OpenAPI one

	Ctx             context.Context // of the search that runs
	Fuel, ticks     int             // work that it may still do, about a microsecond each
	Tolls           int64           // see toll
	tollStop        int64           // where the search that runs ends
	exhausted       bool            // the tolls of the search that runs are spent: no pattern is compiled any more
	steps           int             // of the validation that runs
	path            []reached       // and the schemas it is in, from the outermost to the innermost
	FormatSensitive bool            // a value met a keyword under which stricter is not narrower
}

// NewSession is a session without any work to do. The tables are made once for each: as package
// variables they would refer to themselves, since the keywords that hold schemas lead back to all
// keywords.
func NewSession() *Session {
	return &Session{
		docs: map[*contract.Document]*Document{}, derivers: map[*Document]*deriver{},
		patterns:    map[string]*Pattern{},
		derivations: derivations(), kinKeywords: kinKeywords(),
	}
}

// Burn takes n from the fuel; false when none is left or nobody waits any more.
func (w *Session) Burn(n int) bool {
	w.Fuel -= n
	if w.ticks++; w.ticks%64 == 0 && w.Ctx != nil && w.Ctx.Err() != nil {
		w.Fuel = min(w.Fuel, -1)
	}
	return w.Fuel >= 0
}

// maxDerived bounds what a session keeps of derived schemas, of which each takes a kilobyte, and
// maxPatterns the patterns.
const (
	maxDerived      = 40_000
	maxPatterns     = 2_000
	maxInstructions = 500_000 // of patterns, some 50 bytes each
)

// Trim drops what a session has kept too much of. With patterns it drops all patterns, and reports
// whether it did.
func (w *Session) Trim(patterns bool) bool {
	for d, v := range w.derivers {
		if v.made > maxDerived || v.wrote > maxInstructions {
			delete(w.derivers, d)
		}
	}
	if patterns = patterns || len(w.patterns) > maxPatterns || w.total > maxInstructions; patterns {
		w.total = 0
		clear(w.patterns)
	}
	return patterns
}

// Begin sets what the next search may do.
func (w *Session) Begin(ctx context.Context, fuel int) {
	w.Ctx, w.Fuel = ctx, fuel
	w.tollStop, w.exhausted = w.Tolls+maxTolls, false
}

func (w *Session) Document(d *contract.Document) *Document {
	if known := w.docs[d]; known != nil {
		return known
	}
	out := &Document{Contract: d}
	if !strings.HasPrefix(d.OpenAPI(), "3.0") {
		out.Dialect = OpenAPI31
	}
	w.docs[d] = out
	return out
}

func (w *Session) deriver(d *Document) *deriver {
	if known := w.derivers[d]; known != nil {
		return known
	}
	out := &deriver{w: w, known: map[derivedKey]*derivation{}, leafs: map[leafKey]*jsonschema.Schema{}}
	w.derivers[d] = out
	return out
}

// Derived is a schema in the JSON Schema validator's own structure, to be put into a larger one.
func (w *Session) Derived(s Schema, m Mode) *jsonschema.Schema {
	return w.deriver(s.Doc).keep(derivedKey{s, m, true}).Schema
}

// reached is a schema that a reference, or the caller, has led to, and the depth of the value that it
// is applied to.
type reached struct {
	schema *jsonschema.Schema
	at     int
}

// applies is whether a schema is being applied already to the value at this depth: it applies to
// itself, and no answer follows, where the validator would report an error. Of the values at one depth
// only one is under validation at a time.
func (w *Session) applies(schema *jsonschema.Schema, at int) bool {
	for i := len(w.path) - 1; i >= 0 && w.path[i].at == at; i-- {
		if w.path[i].schema == schema {
			return true
		}
	}
	return false
}

// Verdict is what a validator says of a value.
type Verdict uint8

const (
	Silent Verdict = iota // it cannot evaluate
	Accepts
	Refuses
)

// Evaluate asks the JSON Schema validator about a value; the error says why it is rejected.
func (w *Session) Evaluate(s Schema, m Mode, v any) (Verdict, *jsonschema.ValidationError) {
	k := w.deriver(s.Doc).schema(s, m)
	if !w.Burn(k.size) {
		return Silent, nil
	}
	if k.patterns > 0 {
		w.Toll(k.patterns / 200)
	}
	return w.Ask(k.Schema, v)
}

// Ask validates v against a derived schema.
func (w *Session) Ask(schema *jsonschema.Schema, v any) (out Verdict, why *jsonschema.ValidationError) {
	w.steps, w.path = 0, append(w.path[:0], reached{schema, 0})
	defer func() {
		if recover() != nil { // undecided, or a schema that the validator cannot walk
			out, why = Silent, nil
		}
	}()
	err := schema.Validate(v)
	if err == nil {
		return Accepts, nil
	}
	if errors.As(err, &why) {
		return Refuses, why
	}
	return Silent, nil
}

// Accepts is whether a value is valid, as far as the generator wants to know.
func (w *Session) Accepts(s Schema, m Mode, v any) bool {
	out, _ := w.Evaluate(s, m, v)
	return out == Accepts
}
