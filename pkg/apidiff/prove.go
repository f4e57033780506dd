package apidiff

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/witness"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// where is the part of a message that a site belongs to.
type where struct {
	exchange exchange
	part     witness.Part
	name     string
	media    string
	status   string
	nested   bool // within a callback: there is no request to the API to show
}

// keywordOf is the schema keyword behind an attribute, for the search.
var keywordOf = map[string]string{
	"type": "type", "nullable": "nullable", "enum": "enum", "enum-value": "enum", "const": "const",
	"maximum": "maximum", "minimum": "minimum", "multiple-of": "multipleOf",
	"max-length": "maxLength", "min-length": "minLength", "pattern": "pattern", "format": "format",
	"content-encoding": "contentEncoding", "content-media-type": "contentMediaType",
	"max-items": "maxItems", "min-items": "minItems", "unique-items": "uniqueItems",
	"contains": "contains", "min-contains": "minContains", "max-contains": "maxContains", "additional-items": "items",
	"required": "required", "read-only": "readOnly", "write-only": "writeOnly", "additional-properties": "additionalProperties",
	"pattern-property": "patternProperties", "property-names": "propertyNames", "dependent-required": "dependentRequired", "dependent-schema": "dependentSchemas",
	"max-properties": "maxProperties", "min-properties": "minProperties",
	"union": "anyOf", "union-branch": "anyOf", "one-of-overlap": "oneOf", "not": "not", "condition": "if", "discriminator": "discriminator",
}

// Bounds of the searches of one comparison: beyond so many breaking changes the first ones must do, and beyond so much
// work (of the finder's measure: some seconds) nothing more is searched.
const (
	maxWitnesses = 400
	searchWork   = 4_000_000
	searchTolls  = 3_000_000 // of what the finder counts beside it
)

// proveAll looks for a witness for every finding that breaks, worst first.
func (e *engine) proveAll(findings []report.Finding, records map[string]*record) {
	if e.opt.NoWitness {
		return
	}
	asked := 0
	missed := map[*site]int{}
	for i := range findings {
		f := &findings[i]
		r := records[f.Fingerprint]
		if f.Level != report.Error || r == nil || r.side == None && r.on != "operation" {
			continue
		}
		if asked++; asked > maxWitnesses || e.ctx.Err() != nil {
			f.Hint = "asserted: with so many breaking changes, witnesses were looked for in the first ones only"
			continue
		}
		if done := e.finder.Stats(); done.Work > searchWork || done.Tolls > searchTolls {
			f.Hint = "asserted: the search for witnesses ended when its budget for all changes was spent"
			continue
		}
		w, found := e.witness(r, f.Fingerprint, e.opt.WitnessBudget>>min(missed[r.near], maxHalvings))
		if found && sizeOfWitness(w) > maxShownExample {
			f.Hint = fmt.Sprintf("asserted: an example was found but has %d bytes, more than the 128 kB that are shown", sizeOfWitness(w))
			continue
		}
		if found {
			f.Verdict, f.Witness = report.Proved, w
			continue
		}
		missed[r.near]++
		if r.site.unproved {
			f.Hint = "asserted: the proof was given up when its budget was spent"
		}
	}
}

// maxHalvings is how often a miss halves the budget of the next search at the same place: what hides one alternative of a
// union mostly hides its sisters.
const maxHalvings = 3

// witness asks for a whole message where the change is in a request, and for a value of the nearest schema elsewhere.
func (e *engine) witness(r *record, fingerprint string, budget int) (*report.Witness, bool) {
	seed := seedOf(fingerprint)
	value, values := e.schemaQuery(r, seed)
	message, messages := e.messageQuery(r, seed)
	value.Budget, message.Budget = max(budget, 1), max(budget, 1)
	if messages && (r.side != Response || !values) { // of a response a value is as good, and found sooner
		if w, out := e.finder.FindMessage(e.ctx, message); out == witness.Found {
			return w, true
		}
	}
	if values {
		if w, out := e.finder.Find(e.ctx, value); out == witness.Found && !r.sameAsText(w.Value) {
			return w, true
		}
	}
	return nil, false
}

// sameAsText reports whether a value that is refused as JSON is written like one that is not: as text, true and "true"
// are one.
func (r *record) sameAsText(value []byte) bool {
	s := r.near
	if s.mode&modeText == 0 || s.old == nil {
		return false
	}
	v, err := contract.ParseValue(context.Background(), "value.json", value, contract.Options{})
	if err != nil {
		return false
	}
	outer := s.new
	if r.side == Response {
		outer = s.old
	}
	return outer.norm().admitsAsText(v)
}

func seedOf(fingerprint string) uint64 {
	b, err := hex.DecodeString(fingerprint)
	if err != nil || len(b) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func directionOf(s Side) witness.Direction {
	if s == Response {
		return witness.Response
	}
	return witness.Request
}

// schemaQuery asks about the nearest pair of schemas that are written as one node each.
func (e *engine) schemaQuery(r *record, seed uint64) (witness.Query, bool) {
	s, path, ok := r.near.path(func(s *site) bool {
		return s.old == nil || s.oldEntry.Exists() && s.newEntry.Exists() && !s.alternative()
	})
	if !ok || s.old == nil {
		return witness.Query{}, false
	}
	old, new := witness.Schema{Doc: e.old.doc, Node: s.oldEntry}, witness.Schema{Doc: e.new.doc, Node: s.newEntry}
	q := witness.Query{Inner: old, Outer: new, Direction: directionOf(r.side), Hints: []witness.Hint{r.hint(path)}, Seed: seed}
	if r.side == Response {
		q.Inner, q.Outer = new, old
	}
	return q, true
}

// hint says where below the path the change sits.
func (r *record) hint(path []string) witness.Hint {
	h := witness.Hint{Path: path, Keyword: keywordOf[r.attr], Values: r.values}
	switch {
	case r.on == "property" && r.attr == "" && r.when == "required", r.attr == "required", strings.HasSuffix(r.attr, "-only"):
		h.Path = append(append([]string(nil), path...), "properties", r.name)
		if r.attr == "" {
			h.Keyword = "required"
		}
	case r.on == "property" && r.attr == "":
		h.Path = append(append([]string(nil), path...), "properties", r.name)
		h.Keyword = "additionalProperties"
	}
	return h
}

// messageQuery asks for a whole message: from the site up to the part of the operation.
func (e *engine) messageQuery(r *record, seed uint64) (witness.MessageQuery, bool) {
	if r.on == "operation" && r.op == Removed {
		return e.removedQuery(r, seed)
	}
	s, path, ok := r.near.path(func(s *site) bool { return s.old == nil })
	if !ok || s.where == nil || s.where.nested || s.where.exchange.inverted {
		return witness.MessageQuery{}, false
	}
	w := s.where
	q := witness.MessageQuery{
		Old: e.side(w.exchange.old), New: e.side(w.exchange.new), Direction: directionOf(r.side), Part: w.part, Name: w.name, MediaType: w.media, Status: w.status,
		Seed: seed,
	}
	return r.focus(q, path)
}

// focus points the query at what changed, where that is no schema.
func (r *record) focus(q witness.MessageQuery, path []string) (witness.MessageQuery, bool) {
	switch r.on {
	case "property":
		q.Hints = []witness.Hint{r.hint(path)}
	case "parameter":
		at := r.new
		if !at.Exists() {
			at = first(r.old, r.newAt)
		}
		if at.Kind() != contract.Object {
			at = r.newAt
		}
		q.Part, q.Name = witness.Part(at.Get("in").Text()), at.Get("name").Text()
		q.Absent = r.attr == "required" || r.when == "required"
	case "body":
		q.Part, q.Absent = witness.Body, r.attr == "required" || r.when == "required"
	case "media-type":
		q.MediaType = r.name
	case "header":
		q.Part, q.Name, q.Absent = witness.ResponseHeader, r.name, r.attr == "required" || r.when == "required"
	default:
		return q, false
	}
	return q, true
}

func (e *engine) side(c call) witness.Operation {
	return witness.Operation{Doc: c.side.doc, Method: c.method, Path: c.path, PathItem: c.item, Node: c.op}
}

// removedQuery asks for a request that nobody answers any more.
func (e *engine) removedQuery(r *record, seed uint64) (witness.MessageQuery, bool) {
	q := witness.MessageQuery{Seed: seed}
	found := false
	r.all.each(func(i int) {
		if op := e.ops[i]; !found && op.old.op == r.old {
			q.Old, q.New, found = e.side(op.old), witness.Operation{Doc: e.new.doc}, true
		}
	})
	return q, found
}
