package search

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/romel/govctl/pkg/contract"
)

// maker makes schemas at random, of keywords that meet each other in odd ways.
type maker struct {
	r   *rand.Rand
	v31 bool
}

type object = map[string]any

func (m *maker) pick(list ...any) any { return list[m.r.IntN(len(list))] }

func (m *maker) maybe(s object, name string, v func() any) {
	if m.r.IntN(3) == 0 {
		s[name] = v()
	}
}

func (m *maker) schema(depth int) any {
	if m.v31 && m.r.IntN(12) == 0 {
		return m.r.IntN(4) > 0
	}
	if m.r.IntN(8) == 0 {
		return object{"$ref": m.pick("#/components/schemas/T", "#/components/schemas/U", "#/components/schemas/S")}
	}
	s := object{}
	kind := m.pick("string", "integer", "number", "boolean", "array", "object", "object", "").(string)
	if kind != "" {
		s["type"] = kind
	}
	if m.v31 && m.r.IntN(6) == 0 {
		s["type"] = []any{"null", m.pick("string", "object", "integer")}
	}
	if !m.v31 {
		m.maybe(s, "nullable", func() any { return m.r.IntN(2) == 0 })
	}
	switch kind {
	case "string":
		m.maybe(s, "minLength", func() any { return m.r.IntN(4) })
		m.maybe(s, "maxLength", func() any { return m.r.IntN(6) })
		m.maybe(s, "pattern", func() any { return m.pick("^a+$", "[0-9]", "^(x|y)z?$", "^[^a]*$", "é") })
		m.maybe(s, "enum", func() any { return []any{m.pick("a", "b"), m.pick("c", "")} })
		m.maybe(s, "format", func() any { return m.pick("date", "uuid", "date-time", "email", "odd") })
	case "integer", "number":
		m.maybe(s, "minimum", func() any { return m.r.IntN(9) - 4 })
		m.maybe(s, "maximum", func() any { return m.r.IntN(9) - 2 })
		m.maybe(s, "multipleOf", func() any { return m.pick(1, 2, 3, json.Number("0.5"), json.Number("0.1")) })
		m.maybe(s, "enum", func() any { return []any{m.r.IntN(4), json.Number("1.0"), m.pick(2, 7)} })
		if m.v31 {
			m.maybe(s, "exclusiveMinimum", func() any { return m.r.IntN(5) - 3 })
		} else {
			m.maybe(s, "exclusiveMaximum", func() any { return m.r.IntN(2) == 0 })
		}
	}
	if depth > 0 {
		m.inside(s, kind, depth-1)
	}
	return s
}

func (m *maker) inside(s object, kind string, depth int) {
	sub := func() any { return m.schema(depth) }
	list := func() any { return []any{m.schema(depth), m.schema(depth)} }
	names := func() any { return []any{m.pick("a", "b", "c")} }
	if kind == "array" || kind == "" {
		m.maybe(s, "items", sub)
		m.maybe(s, "minItems", func() any { return m.r.IntN(3) })
		m.maybe(s, "maxItems", func() any { return m.r.IntN(4) })
		m.maybe(s, "uniqueItems", func() any { return true })
		if m.v31 {
			m.maybe(s, "prefixItems", list)
			m.maybe(s, "contains", sub)
			m.maybe(s, "maxContains", func() any { return 1 + m.r.IntN(2) })
			m.maybe(s, "unevaluatedItems", func() any { return false })
		}
	}
	if kind == "object" || kind == "" {
		m.maybe(s, "properties", func() any {
			return object{"a": m.schema(depth), "b": m.schema(depth), "c": object{"type": "string", m.pick("readOnly", "writeOnly").(string): true}}
		})
		m.maybe(s, "required", names)
		m.maybe(s, "additionalProperties", func() any { return m.pick(true, false, sub()) })
		m.maybe(s, "minProperties", func() any { return m.r.IntN(3) })
		m.maybe(s, "maxProperties", func() any { return m.r.IntN(4) })
		if m.v31 {
			m.maybe(s, "patternProperties", func() any { return object{m.pick("^x", "a").(string): sub()} })
			m.maybe(s, "propertyNames", sub)
			m.maybe(s, "dependentRequired", func() any { return object{"a": names()} })
			m.maybe(s, "dependentSchemas", func() any { return object{"b": sub()} })
			m.maybe(s, "unevaluatedProperties", func() any { return m.pick(false, sub()) })
		}
	}
	for _, k := range []string{"allOf", "anyOf", "oneOf"} {
		if m.r.IntN(7) == 0 {
			s[k] = list()
		}
	}
	if m.r.IntN(9) == 0 {
		s["not"] = sub()
	}
	if m.v31 && m.r.IntN(8) == 0 {
		s["if"], s["then"], s["else"] = sub(), sub(), sub()
	}
}

// document is a document of one random schema and two others that it may refer to.
func (m *maker) document(schema any, t, u any) *contract.Document {
	version := "3.0.3"
	if m.v31 {
		version = "3.1.0"
	}
	text, err := json.Marshal(object{"openapi": version, "info": object{"title": "t", "version": "1"}, "paths": object{},
		"components": object{"schemas": object{"S": schema, "T": t, "U": u}}})
	if err != nil {
		panic(err)
	}
	d, err := contract.Parse(context.Background(), "random.json", text, contract.Options{})
	if err != nil {
		return nil // a circle of references
	}
	return d
}

func (m *maker) query() (Query, bool) {
	a, b := m.schema(3), m.schema(3)
	if m.r.IntN(2) == 0 { // a small change of one schema instead of two schemas
		b = m.changed(a)
	}
	t, u := object{"type": m.pick("string", "object"), "properties": object{"s": object{"$ref": "#/components/schemas/S"}}}, m.schema(1)
	in, out := m.document(a, t, u), m.document(b, t, u)
	if in == nil || out == nil {
		return Query{}, false
	}
	q := Query{Inner: schemaOf(in), Outer: schemaOf(out), Direction: Direction(m.r.IntN(2))}
	return q, true
}

// changed is v with one part of it made anew.
func (m *maker) changed(v any) any {
	s, ok := v.(object)
	if !ok || len(s) == 0 {
		return m.schema(2)
	}
	out := object{}
	i, at := 0, m.r.IntN(len(s))
	for _, k := range sortedKeys(s) {
		out[k] = s[k]
		if i++; i-1 != at {
			continue
		}
		switch sub := s[k].(type) {
		case object:
			out[k] = m.changed(sub)
		case []any:
			if len(sub) > 1 && m.r.IntN(2) == 0 {
				out[k] = sub[1:]
			}
		default:
			delete(out, k)
		}
	}
	if m.r.IntN(3) == 0 {
		for k, v := range m.schema(1).(object) {
			out[k] = v
		}
	}
	return out
}

func TestRandomPairs(t *testing.T) {
	found, searches := 0, 0
	for seed := range uint64(500) {
		m := &maker{rand.New(rand.NewPCG(seed, 7)), seed%2 == 1}
		q, ok := m.safeQuery()
		if !ok {
			continue
		}
		searches++
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		var f Finder
		w, out := f.Find(ctx, q)
		if ctx.Err() != nil {
			t.Errorf("seed %d: no end", seed)
		}
		cancel()
		if out != Found {
			continue
		}
		found++
		ok = t.Run("", func(t *testing.T) { recheck(t, q, w.Value, "", len(w.ConfirmedBy) < 2) })
		if !ok {
			t.Errorf("seed %d: %s\n%s\n%s", seed, w.Value, q.Inner.Node.AppendJSON(nil), q.Outer.Node.AppendJSON(nil))
		}
	}
	t.Logf("%d searches, %d witnesses, each accepted and refused by fresh validators", searches, found)
	if found < 100 {
		t.Errorf("too few to say anything")
	}
}

func (m *maker) safeQuery() (q Query, ok bool) {
	defer func() {
		if recover() != nil { // changed met a boolean schema
			ok = false
		}
	}()
	return m.query()
}
