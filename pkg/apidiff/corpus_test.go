package apidiff

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
)

var seeds = flag.Uint64("seeds", 400, "random pairs of schemas that TestCorpus evaluates")

// author writes schemas at random. Objects always list the properties a and b, so that no client
// sends what no contract mentions.
type author struct{ r *rand.Rand }

func (m author) pick(list ...any) any { return list[m.r.IntN(len(list))] }

func (m author) one(n int) bool { return m.r.IntN(n) == 0 }

func (m author) schema(depth int) any {
	if m.one(25) {
		return m.one(2)
	}
	if m.one(15) {
		return object{"$ref": m.pick("#/components/schemas/R", "#/components/schemas/L")}
	}
	s := object{}
	kind := m.pick("string", "integer", "number", "boolean", "array", "object", "object", "").(string)
	switch {
	case m.one(6):
		s["type"] = []any{m.pick("null", "boolean"), m.pick("string", "object", "integer", "array")}
	case kind != "":
		s["type"] = kind
	}
	m.scalars(s, kind)
	if depth > 0 {
		m.nested(s, kind, depth-1)
		m.logic(s, depth-1)
	}
	return s
}

func (m author) scalars(s object, kind string) {
	some := func(name string, v any) {
		if m.one(4) {
			s[name] = v
		}
	}
	if kind == "string" || kind == "" && m.one(3) {
		some("minLength", m.r.IntN(3))
		some("maxLength", m.r.IntN(4))
		some("pattern", m.pick("^a", "b$", "^[ab]*$", "^.{1,2}$", "a"))
		some("enum", []any{m.pick("a", "b", ""), m.pick("ab", "aaa", 1)})
	}
	if kind == "integer" || kind == "number" || kind == "" && m.one(3) {
		some("minimum", m.r.IntN(6)-2)
		some("maximum", m.r.IntN(6))
		some("exclusiveMinimum", m.r.IntN(5)-2)
		some("exclusiveMaximum", m.r.IntN(7))
		some("multipleOf", m.pick(1, 2, 3, json.Number("0.5"), json.Number("1.5")))
		some("enum", []any{m.r.IntN(3), m.pick(2, 5, "a")})
	}
	if m.one(14) {
		s["const"] = m.pick(nil, 1, "a", true, []any{1}, object{"a": 1})
	}
}

func (m author) nested(s object, kind string, depth int) {
	some := func(name string, v func() any) {
		if m.one(4) {
			s[name] = v()
		}
	}
	sub := func() any { return m.schema(depth) }
	if kind == "array" || kind == "" && m.one(3) {
		some("items", sub)
		some("prefixItems", func() any { return []any{sub(), sub()} })
		some("minItems", func() any { return m.r.IntN(3) })
		some("maxItems", func() any { return m.r.IntN(3) })
		some("uniqueItems", func() any { return m.one(2) })
		some("contains", sub)
		if s["contains"] != nil {
			some("minContains", func() any { return m.r.IntN(3) })
			some("maxContains", func() any { return 1 + m.r.IntN(2) })
		}
		some("unevaluatedItems", func() any { return m.pick(false, sub()) })
	}
	if kind == "object" || kind == "" && m.one(3) {
		s["properties"] = object{"a": m.pick(object{}, sub()), "b": m.pick(object{}, sub())}
		some("required", func() any { return []any{m.pick("a", "b")} })
		some("additionalProperties", func() any { return m.pick(true, false, sub()) })
		some("minProperties", func() any { return m.r.IntN(3) })
		some("maxProperties", func() any { return m.r.IntN(3) })
		some("patternProperties", func() any { return object{m.pick("^a", "b", "^b$").(string): sub()} })
		some("propertyNames", func() any {
			return m.pick(object{"maxLength": 1}, object{"pattern": "^a"}, object{"enum": []any{"a", "c"}}, sub())
		})
		some("dependentRequired", func() any { return object{m.pick("a", "b").(string): []any{m.pick("a", "b")}} })
		some("dependentSchemas", func() any { return object{m.pick("a", "b").(string): sub()} })
		some("unevaluatedProperties", func() any { return m.pick(false, sub()) })
	}
}

func (m author) logic(s object, depth int) {
	list := func() any {
		out := []any{m.schema(depth)}
		for range 1 + m.r.IntN(2) {
			out = append(out, m.schema(depth))
		}
		return out
	}
	for _, k := range []string{"allOf", "anyOf", "oneOf"} {
		if m.one(8) {
			s[k] = list()
		}
	}
	if m.one(10) {
		s["not"] = m.schema(depth)
	}
	if m.one(10) {
		s["if"], s["then"], s["else"] = m.schema(depth), m.schema(depth), m.schema(depth)
	}
}

// changed is v with one part made anew, left out, or wrapped.
func (m author) changed(v any, depth int) any {
	s, ok := v.(object)
	if !ok || len(s) == 0 || m.one(6) {
		switch m.r.IntN(4) {
		case 0:
			return object{"anyOf": []any{v, m.schema(depth)}}
		case 1:
			return object{"allOf": []any{v, m.schema(depth)}}
		case 2:
			return object{"oneOf": []any{m.schema(0), v}}
		default:
			return m.schema(depth)
		}
	}
	out := object{}
	i, at := 0, m.r.IntN(len(s))
	for _, k := range jsonvalue.SortedKeys(s) {
		out[k] = s[k]
		if i++; i-1 != at {
			continue
		}
		switch sub := s[k].(type) {
		case object:
			out[k] = m.changed(sub, depth-1)
			if k == "properties" {
				out[k] = object{"a": m.changed(sub["a"], depth-1), "b": sub["b"]}
			}
		case []any:
			if len(sub) > 1 {
				out[k] = sub[1:]
			}
		default:
			if k != "$ref" {
				delete(out, k)
			}
		}
	}
	return out
}

// values are what the schemas are tried on.
func values() []any {
	plain := []any{nil, true, false, 0, 1, -1, 2, 3, 4, 5, 6, 10, json.Number("0.5"), json.Number("1.5"), "", "a", "b", "ab", "ba", "aaa", "c"}
	out := append([]any{}, plain...)
	few := []any{nil, true, 0, 1, 2, 5, "", "a", "ab"}
	out = append(out, []any{})
	for _, x := range plain {
		out = append(out, []any{x}, object{"a": x}, object{"b": x})
	}
	for _, x := range few {
		for _, y := range few {
			out = append(out, []any{x, y}, object{"a": x, "b": y})
		}
		out = append(out, []any{x, 1, "a"}, []any{[]any{x}}, object{"a": object{"a": x}}, object{"a": []any{x}, "b": object{}}, []any{object{"a": x}})
	}
	return append(out, object{})
}

// compiled is an evaluator that shares nothing with the differ; nil where it does not take the
// schema.
func compiled(doc object) *jsonschema.Schema {
	text, err := json.Marshal(object{"$ref": "#/components/schemas/S", "components": doc["components"]})
	if err != nil {
		return nil
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		return nil
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if c.AddResource("https://x.test/s.json", schema) != nil {
		return nil
	}
	s, err := c.Compile("https://x.test/s.json")
	if err != nil {
		return nil
	}
	return s
}

func corpusDocument(schema any, side rules.Side) object {
	ref := object{"application/json": object{"schema": object{"$ref": "#/components/schemas/S"}}}
	op := object{"requestBody": object{"required": true, "content": ref}, "responses": object{"204": object{"description": "d"}}}
	if side == rules.Response {
		op = object{"responses": object{"200": object{"description": "d", "content": ref}}}
	}
	return object{"openapi": "3.1.0", "info": object{"title": "T", "version": "1"}, "paths": object{"/t": object{"post": op}},
		"components": object{"schemas": object{"S": schema,
			"R": object{"type": "object", "properties": object{"a": object{"$ref": "#/components/schemas/R"}, "b": object{"type": "integer"}}, "required": []any{"b"}, "additionalProperties": false},
			"L": object{"type": "array", "items": object{"type": []any{"integer", "string"}}, "maxItems": 2}}}}
}

// The keywords that say nothing of values of other types, by the type that they mean where none is written.
var (
	ofObjects = []string{"properties", "patternProperties", "additionalProperties", "required", "propertyNames", "dependentRequired", "dependentSchemas", "minProperties", "maxProperties"}
	ofArrays  = []string{"items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"}
	ofOthers  = []string{"type", "enum", "const", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)

// leavesNoTrace are values that say nothing.
var leavesNoTrace = map[string]any{"minItems": 0, "minProperties": 0, "uniqueItems": false}

// typed writes the types down that a schema means, as the diff reads it: not below not and if, nor where parts that apply to the
// same value may say the type.
func typed(schema any) any {
	s, ok := schema.(object)
	if !ok {
		return schema
	}
	has := func(list ...string) bool {
		return slices.ContainsFunc(list, func(k string) bool { return s[k] != nil && s[k] != leavesNoTrace[k] })
	}
	out := object{}
	for k, v := range s {
		switch sub := v.(type) {
		case object:
			switch k {
			case "properties", "patternProperties":
				m := object{}
				for name, p := range sub {
					m[name] = typed(p)
				}
				v = m
			case "items", "additionalProperties", "contains", "unevaluatedItems", "unevaluatedProperties":
				v = typed(sub)
			}
		case []any:
			if k == "prefixItems" || k == "anyOf" || k == "oneOf" || k == "allOf" {
				list := make([]any, len(sub))
				for i, b := range sub {
					list[i] = typed(b)
					if member, ok := b.(object); ok && member["type"] == nil && (k == "allOf" || k != "prefixItems" && has("type")) {
						delete(list[i].(object), "type") // another part may say it
					}
				}
				v = list
			}
		}
		out[k] = v
	}
	var types []any
	if has(ofObjects...) {
		types = append(types, "object")
	}
	if has(ofArrays...) {
		types = append(types, "array")
	}
	if least, _ := s["minLength"].(int); len(types) > 0 && least == 0 && !has(ofOthers...) && !has("$ref", "allOf") {
		out["type"] = types
	}
	return out
}

// TestCorpus: where the diff says that nothing breaks, no value may be found that the contained
// side accepts and the other refuses, by the letter and with the types that are meant; and what it calls proved must hold.
func TestCorpus(t *testing.T) {
	pool := values()
	decoded := make([]any, len(pool))
	for i, v := range pool {
		d := json.NewDecoder(strings.NewReader(string(encode(t, v))))
		d.UseNumber()
		if err := d.Decode(&decoded[i]); err != nil {
			t.Fatal(err)
		}
	}
	counts := map[string]int{}
	for seed := range *seeds {
		m := author{rand.New(rand.NewPCG(seed, 11))}
		a := m.schema(2)
		b := m.changed(a, 2)
		if m.one(4) {
			b = m.schema(2)
		}
		x, y := compiled(corpusDocument(a, rules.Request)), compiled(corpusDocument(b, rules.Request))
		if x == nil || y == nil {
			counts["not taken by the evaluator"]++
			continue
		}
		for _, side := range []rules.Side{rules.Request, rules.Response} {
			inner, outer := x, y
			meantInner, meantOuter := compiled(corpusDocument(typed(a), rules.Request)), compiled(corpusDocument(typed(b), rules.Request))
			if side == rules.Response {
				inner, outer, meantInner, meantOuter = y, x, meantOuter, meantInner
			}
			against := ""
			for i, v := range decoded {
				if inner.Validate(v) == nil && outer.Validate(v) != nil && meantInner.Validate(v) == nil && meantOuter.Validate(v) != nil {
					against = string(encode(t, pool[i]))
					break
				}
			}
			corpusVerdict(t, seed, side, a, b, against, counts)
		}
		if seed%8 == 0 {
			corpusProofs(t, seed, a, b, x, y, counts)
		}
	}
	t.Log(fmt.Sprint(counts))
}

func corpusVerdict(t *testing.T, seed uint64, side rules.Side, a, b any, against string, counts map[string]int) {
	t.Helper()
	old := parse(t, "old.json", encode(t, corpusDocument(a, side)))
	new := parse(t, "new.json", encode(t, corpusDocument(b, side)))
	r := Compare(context.Background(), old, new, Options{Now: testNow, Gate: rules.SDK, NoWitness: true})
	breaking := r.Breaking().Breaking
	switch {
	case breaking && against != "":
		counts["breaks, and a value shows it"]++
	case breaking:
		counts["breaks, no value in the pool"]++
	case against == "":
		counts["holds"]++
	default:
		counts["missed"]++
		t.Errorf("seed %d, %s: nothing breaks, but %s\n  old %s\n  new %s%s", seed, side, against, encode(t, a), encode(t, b), told(r))
	}
}

// corpusProofs puts the bodies of the requests that prove a break before the evaluator.
func corpusProofs(t *testing.T, seed uint64, a, b any, x, y *jsonschema.Schema, counts map[string]int) {
	t.Helper()
	old, new := parse(t, "old.json", encode(t, corpusDocument(a, rules.Request))), parse(t, "new.json", encode(t, corpusDocument(b, rules.Request)))
	for _, f := range Compare(context.Background(), old, new, Options{Now: testNow}).Diff.Changes {
		if f.Witness == nil || f.Witness.Request == "" {
			continue
		}
		_, body, _ := strings.Cut(strings.ReplaceAll(f.Witness.Request, "\r\n", "\n"), "\n\n")
		var v any
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Errorf("seed %d: %q: %v", seed, f.Witness.Request, err)
			continue
		}
		counts["proofs"]++
		if x.Validate(v) != nil || y.Validate(v) == nil {
			t.Errorf("seed %d: %s is no proof of %s: %s\n  old %s\n  new %s", seed, body, f.Rule, f.Message, encode(t, a), encode(t, b))
		}
	}
}
