package witness

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// recheck holds a witness against validators made anew: the derived schema written out as text and compiled as any JSON
// Schema, and the document as kin-openapi itself loads it.
func recheck(t *testing.T, q Query, raw []byte, keyword string, alone bool) {
	t.Helper()
	v := decode(t, raw)
	m := modes[keyword]
	if q.Direction == Response {
		m |= asResponse
	}
	for _, side := range []struct {
		Schema
		valid bool
	}{{q.Inner, true}, {q.Outer, false}} {
		text := written(t, side.Schema, m)
		c := jsonschema.NewCompiler()
		c.Draft = jsonschema.Draft2020
		c.AssertFormat = m&assertFormat != 0
		if err := c.AddResource("mem:s", strings.NewReader(text)); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		compiled, err := c.Compile("mem:s")
		if err != nil && strings.Contains(err.Error(), "infinite loop") {
			continue // a schema that applies to itself: the compiler refuses it whole, the search only where a value gets there
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if err := compiled.Validate(v); (err == nil) != side.valid {
			t.Errorf("compiled from text: valid is %v, want %v: %s\n%s\n%v", err == nil, side.valid, raw, text, err)
		}
		if why := loaded(side.Schema, m, v); !alone && (why == nil) != side.valid {
			t.Errorf("loaded by kin-openapi: valid is %v, want %v: %s %v", why == nil, side.valid, raw, why)
		}
	}
}

// kinDocs are documents as kin-openapi loads them: large ones once.
var kinDocs sync.Map

// loaded is why kin-openapi refuses v, reading the whole document.
func loaded(s Schema, m mode, v any) error {
	known, ok := kinDocs.Load(s.Doc)
	if !ok {
		doc, err := openapi3.NewLoader().LoadFromData(s.Doc.Canonical())
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
		known = doc
		if len(s.Doc.Canonical()) > 100_000 {
			kinDocs.Store(s.Doc, doc)
		}
	}
	doc := known.(*openapi3.T)
	opts := []openapi3.SchemaValidationOption{openapi3.VisitAsRequest()}
	if m&asResponse != 0 {
		opts = []openapi3.SchemaValidationOption{openapi3.VisitAsResponse()}
	}
	if m&assertAccess == 0 {
		opts = append(opts, openapi3.DisableReadOnlyValidation(), openapi3.DisableWriteOnlyValidation())
	}
	if m&assertFormat != 0 {
		opts = append(opts, openapi3.WithStringFormatValidators(formatValidators()))
	} else {
		none := openapi3.NewCallbackValidator(func(string) error { return nil })
		opts = append(opts, openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{"date": none, "date-time": none, "byte": none}),
			openapi3.WithIntegerFormatValidators(map[string]openapi3.IntegerFormatValidator{
				"int32": openapi3.NewCallbackValidator(func(int64) error { return nil }), "int64": openapi3.NewCallbackValidator(func(int64) error { return nil })}))
	}
	if !strings.HasPrefix(s.Doc.OpenAPI(), "3.0") {
		opts = append(opts, openapi3.EnableJSONSchema2020())
	}
	at := s.Node.Place().Pointer
	name := at[strings.LastIndexByte(at, '/')+1:]
	return doc.Components.Schemas[name].Value.VisitJSON(v, opts...)
}

// written is the derived schema as text, with what references lead to in $defs.
func written(t testing.TB, s Schema, m mode) string {
	t.Helper()
	w := newWorker()
	out := writer{names: map[*jsonschema.Schema]string{}, defs: map[string]any{}}
	doc := w.document(s.Doc)
	root := out.schema(w.deriver(doc).schema(site{doc, s.Node}, m).Schema)
	all, ok := root.(map[string]any)
	if !ok {
		all = map[string]any{"allOf": []any{root}}
	}
	out.rest()
	all["$defs"] = out.defs
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type writer struct {
	names map[*jsonschema.Schema]string
	todo  []*jsonschema.Schema
	defs  map[string]any
	blank []string // what the derivation leaves undecided
}

// rest writes what references have led to.
func (w *writer) rest() {
	for len(w.todo) > 0 {
		next := w.todo[0]
		w.todo = w.todo[1:]
		w.defs[w.names[next]] = w.schema(next)
	}
}

func (w *writer) schema(s *jsonschema.Schema) any {
	if s.Always != nil {
		return *s.Always
	}
	out := map[string]any{}
	if len(s.Types) > 0 {
		out["type"] = s.Types
	}
	for name, n := range counts(s) {
		if *n >= 0 && (name != "minContains" || *n != 1) {
			out[name] = *n
		}
	}
	for name, r := range map[string]*big.Rat{"minimum": s.Minimum, "maximum": s.Maximum, "exclusiveMinimum": s.ExclusiveMinimum,
		"exclusiveMaximum": s.ExclusiveMaximum, "multipleOf": s.MultipleOf} {
		if r != nil {
			out[name], _ = number(r)
		}
	}
	if s.UniqueItems {
		out["uniqueItems"] = true
	}
	if s.Pattern != nil {
		out["pattern"] = s.Pattern.String()
	}
	if len(s.Constant) > 0 {
		out["const"] = s.Constant[0]
	}
	if len(s.Required) > 0 {
		out["required"] = s.Required
	}
	if len(s.DependentRequired) > 0 {
		out["dependentRequired"] = s.DependentRequired
	}
	w.inside(s, out)
	w.extensions(s, out)
	return out
}

func (w *writer) inside(s *jsonschema.Schema, out map[string]any) {
	for name, sub := range map[string]*jsonschema.Schema{"not": s.Not, "if": s.If, "then": s.Then, "else": s.Else, "items": s.Items2020,
		"contains": s.Contains, "unevaluatedItems": s.UnevaluatedItems, "unevaluatedProperties": s.UnevaluatedProperties, "propertyNames": s.PropertyNames} {
		if sub != nil {
			out[name] = w.schema(sub)
		}
	}
	for name, list := range map[string][]*jsonschema.Schema{"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf, "prefixItems": s.PrefixItems} {
		var all []any
		for _, sub := range list {
			all = append(all, w.schema(sub))
		}
		if len(all) > 0 {
			out[name] = all
		}
	}
	for name, fields := range map[string]map[string]*jsonschema.Schema{"properties": s.Properties, "dependentSchemas": s.DependentSchemas} {
		all := map[string]any{}
		for field, sub := range fields {
			all[field] = w.schema(sub)
		}
		if len(all) > 0 {
			out[name] = all
		}
	}
	if len(s.PatternProperties) > 0 {
		all := map[string]any{}
		for re, sub := range s.PatternProperties {
			all[re.String()] = w.schema(sub)
		}
		out["patternProperties"] = all
	}
	switch a := s.AdditionalProperties.(type) {
	case bool:
		out["additionalProperties"] = a
	case *jsonschema.Schema:
		out["additionalProperties"] = w.schema(a)
	}
}

func (w *writer) extensions(s *jsonschema.Schema, out map[string]any) {
	for _, e := range s.Extensions {
		switch e := e.(type) {
		case enumCheck:
			out["enum"] = e.list.Enum
			if len(e.list.Enum) == 0 {
				out["not"] = map[string]any{}
			}
		case formatCheck:
			out["format"] = e.name
			if e.integer[0] != "" {
				out["minimum"], out["maximum"] = json.Number(e.integer[0]), json.Number(e.integer[1])
			}
		case *lazy:
			to := e.d.schema(e.at, e.mode).Schema
			if w.names[to] == "" {
				w.names[to] = fmt.Sprintf("d%d", len(w.names))
				w.todo = append(w.todo, to)
			}
			out["$ref"] = "#/$defs/" + w.names[to]
		case undecided:
			w.blank = append(w.blank, string(e))
		}
	}
}
