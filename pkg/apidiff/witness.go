package apidiff

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/search"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

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

// Bounds of the searches of one comparison: beyond so many breaking changes the first ones must do,
// and beyond so much work (of the finder's measure: some seconds) nothing more is searched.
const (
	maxWitnesses = 400
	searchWork   = 2_500_000
	searchTolls  = 1_500_000 // of what the finder counts beside it
)

// maxShownExample bounds an example request, in bytes.
const maxShownExample = 128 << 10

func sizeOfWitness(w *report.Witness) int {
	return len(w.Value) + len(w.Request) + len(w.Curl) + len(w.Refusal)
}

// A question asks for a witness of one finding. It holds on to nothing that only the comparison
// needed.
type question struct {
	finding  int // its index
	at       int // the place where the change shows: misses there make the next search cheaper
	message  *search.MessageQuery
	value    *search.Query
	text     *subschema.NormalForm // where values are written as text: what must not accept the value in this form
	unproved string                // why containment is not known
}

// questions are the questions about the findings that break, worst first.
func (c contracts) questions(list []report.Finding, records map[string]*record) []question {
	if c.opt.NoWitness {
		return nil
	}
	var out []question
	for i := range list {
		f := &list[i]
		r := records[f.Fingerprint]
		if f.Level != report.Error || r == nil || r.Side == rules.None && r.On != "operation" {
			continue
		}
		q := question{finding: i}
		if len(out) < maxWitnesses {
			q = c.question(i, r)
		}
		out = append(out, q)
	}
	return out
}

// prove looks for a witness for every finding that is asked about.
func prove(ctx context.Context, list []report.Finding, questions []question, budget int) {
	var finder search.Finder
	missed := map[int]int{}
	for i, q := range questions {
		f := &list[q.finding]
		if i >= maxWitnesses || ctx.Err() != nil {
			f.Hint = "asserted: with so many breaking changes, examples were searched for the first ones only"
			continue
		}
		if done := finder.Stats(); done.Work > searchWork || done.Tolls > searchTolls {
			f.Hint = "asserted: the search for examples ended when its budget for all changes was spent"
			continue
		}
		w, found := q.witness(ctx, &finder, max(budget>>min(missed[q.at], maxHalvings), 1))
		if found && sizeOfWitness(w) > maxShownExample {
			f.Hint = fmt.Sprintf("asserted: an example was found but has %d bytes, more than the 128 kB that are shown", sizeOfWitness(w))
			continue
		}
		if found {
			f.Verdict, f.Witness = report.Proved, w
			continue
		}
		missed[q.at]++
		if q.unproved != "" {
			f.Hint = "asserted: " + q.unproved
		}
	}
}

// maxHalvings is how often a miss halves the budget of the next search at the same place: what
// hides one alternative of a union mostly hides its sisters.
const maxHalvings = 3

// witness asks for a whole message where the change is in a request, and for a value of the nearest
// schema elsewhere.
func (q *question) witness(ctx context.Context, finder *search.Finder, budget int) (*report.Witness, bool) {
	if q.message != nil {
		q.message.Budget = budget
		if w, out := finder.FindMessage(ctx, *q.message); out == search.Found {
			return w, true
		}
	}
	if q.value != nil {
		q.value.Budget = budget
		if w, out := finder.Find(ctx, *q.value); out == search.Found && !q.sameAsText(w.Value) {
			return w, true
		}
	}
	return nil, false
}

// sameAsText reports whether a value that is refused as JSON is written like one that is not: as
// text, true and "true" are one.
func (q *question) sameAsText(value []byte) bool {
	if q.text == nil {
		return false
	}
	v, err := contract.ParseValue(context.Background(), "value.json", value, contract.Options{})
	return err == nil && q.text.AdmitsAsText(v)
}

func (c contracts) question(finding int, r *record) question {
	q := question{finding: finding, at: r.near.rank, unproved: r.node.unproved, value: c.schemaQuery(r)}
	if q.value == nil || r.Side != rules.Response { // of a response a value is as good, and found sooner
		q.message = c.messageQuery(r)
	}
	if s := r.near; q.value != nil && s.mode&subschema.AsText != 0 && s.pair() {
		outer := s.new
		if r.Side == rules.Response {
			outer = s.old
		}
		q.text = outer.Normal().Detached()
	}
	return q
}

func directionOf(s rules.Side) search.Direction {
	if s == rules.Response {
		return search.Response
	}
	return search.Request
}

// schemaQuery asks about the nearest pair of schemas that are written as one node each.
func (c contracts) schemaQuery(r *record) *search.Query {
	s, path, ok := r.near.path(func(s *node) bool {
		return !s.pair() || s.oldEntry.Exists() && s.newEntry.Exists() && !s.alternative()
	})
	if !ok || !s.pair() || r.Attr == "stability" {
		return nil
	}
	old, new := search.SchemaNode{Doc: c.old, Node: s.oldEntry}, search.SchemaNode{Doc: c.new, Node: s.newEntry}
	q := search.Query{Inner: old, Outer: new, Direction: directionOf(r.Side), Hints: []search.Hint{c.hint(r, path)}}
	if r.Side == rules.Response {
		q.Inner, q.Outer = new, old
	}
	return &q
}

// hint says where below the path the change sits.
func (c contracts) hint(r *record, path []string) search.Hint {
	h := search.Hint{Path: path, Keyword: keywordOf[r.Attr], Values: r.Values}
	property := slices.Concat(path, []string{"properties", r.Name})
	switch {
	case r.On == "property" && r.Attr == "" && r.When == "required":
		h.Path, h.Keyword = property, "required"
	case r.On == "property" && r.Attr == "":
		h.Path, h.Keyword = property, "additionalProperties"
	case r.Attr == "required", strings.HasSuffix(r.Attr, "-only"):
		h.Path = property
	case r.Attr == "union-branch" && r.Side == rules.Response:
		h.Branch = search.SchemaNode{Doc: c.new, Node: r.New}
	case r.Attr == "union-branch":
		h.Branch = search.SchemaNode{Doc: c.old, Node: r.Old}
	}
	return h
}

// messageQuery asks for a whole message: from the node up to the part of the operation.
func (c contracts) messageQuery(r *record) *search.MessageQuery {
	if r.On == "operation" && r.Op == rules.Removed {
		return c.removedQuery(r)
	}
	s, path, ok := r.near.path(func(s *node) bool { return !s.pair() })
	if !ok || s.where == nil || s.where.Nested || s.where.Inverted {
		return nil
	}
	w := s.where
	q := &search.MessageQuery{
		Old: sideOf(w.Old), New: sideOf(w.New), Direction: directionOf(r.Side), Part: message.Part(w.Part), Name: w.Name, MediaType: w.Media, Status: w.Status,
		Accepted: c.opt.Accepted && r.Side == rules.Request,
	}
	if !c.focus(r, q, path) {
		return nil
	}
	return q
}

// focus points the query at what changed; false where that is no part of a message.
func (c contracts) focus(r *record, q *search.MessageQuery, path []string) bool {
	required := r.Attr == "required" || r.When == "required"
	switch r.On {
	case "property":
		q.Hints = []search.Hint{c.hint(r, path)}
	case "parameter":
		at := cmp.Or(r.New, r.Old, r.NewAt)
		if at.Kind() != contract.Object {
			at = r.NewAt
		}
		q.Part, q.Name, q.Absent = message.Part(at.Get("in").Text()), at.Get("name").Text(), required
	case "body":
		q.Part, q.Absent = message.Body, required
	case "media-type":
		q.MediaType = r.Name
	case "header":
		q.Part, q.Name, q.Absent = message.ResponseHeader, r.Name, required
	default:
		return false
	}
	return true
}

// sideOf is one side of an operation as the search reads it.
func sideOf(c operations.Call) message.Operation {
	return message.Operation{Doc: c.Doc, Method: c.Method, Path: c.Path, PathItem: c.Item, Node: c.Op}
}

// removedQuery asks for a request that nobody answers any more.
func (c contracts) removedQuery(r *record) (q *search.MessageQuery) {
	r.all.each(func(i int) {
		if op := c.ops[i]; q == nil && op.Old.Op == r.Old {
			q = &search.MessageQuery{Old: sideOf(op.Old), New: message.Operation{Doc: c.new}}
		}
	})
	return q
}
