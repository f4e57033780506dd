package validators

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A writer writes derived schemas out as the JSON Schema that they stand for, so that any validator
// can check what is claimed with them.
type writer struct {
	names map[*jsonschema.Schema]string
	todo  []*jsonschema.Schema
	defs  map[string]any
	blank []string // what the derivation leaves undecided
}

func NewWriter() *writer {
	return &writer{names: map[*jsonschema.Schema]string{}, defs: map[string]any{}}
}

// Rest are the schemas that references have led to, by name below $defs.
func (w *writer) Rest() map[string]any {
	for len(w.todo) > 0 {
		next := w.todo[0]
		w.todo = w.todo[1:]
		w.defs[w.names[next]] = w.Schema(next)
	}
	return w.defs
}

// Schema is a derived schema as decoded JSON.
func (w *writer) Schema(s *jsonschema.Schema) any {
	if s.Bool != nil {
		return *s.Bool
	}
	out := map[string]any{}
	if s.Types != nil {
		out["type"] = s.Types.ToStrings()
	}
	for name, n := range counts(s) {
		if *n != nil {
			out[name] = **n
		}
	}
	for name, r := range map[string]*big.Rat{"minimum": s.Minimum, "maximum": s.Maximum, "exclusiveMinimum": s.ExclusiveMinimum,
		"exclusiveMaximum": s.ExclusiveMaximum, "multipleOf": s.MultipleOf} {
		if r != nil {
			out[name], _ = Decimal(r)
		}
	}
	if s.UniqueItems {
		out["uniqueItems"] = true
	}
	if s.Pattern != nil {
		out["pattern"] = s.Pattern.String()
	}
	if s.Const != nil {
		out["const"] = *s.Const
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
	for name, sub := range map[string]*jsonschema.Schema{"items": s.Items2020, "contains": s.Contains,
		"unevaluatedItems": s.UnevaluatedItems, "unevaluatedProperties": s.UnevaluatedProperties} {
		if sub != nil {
			out[name] = w.Schema(sub)
		}
	}
	for name, list := range map[string][]*jsonschema.Schema{"allOf": s.AllOf, "anyOf": s.AnyOf, "prefixItems": s.PrefixItems} {
		if len(list) > 0 {
			out[name] = w.list(list)
		}
	}
	for name, fields := range map[string]map[string]*jsonschema.Schema{"properties": s.Properties, "dependentSchemas": s.DependentSchemas} {
		all := map[string]any{}
		for field, sub := range fields {
			all[field] = w.Schema(sub)
		}
		if len(all) > 0 {
			out[name] = all
		}
	}
	if len(s.PatternProperties) > 0 {
		all := map[string]any{}
		for re, sub := range s.PatternProperties {
			all[re.String()] = w.Schema(sub)
		}
		out["patternProperties"] = all
	}
	switch a := s.AdditionalProperties.(type) {
	case bool:
		out["additionalProperties"] = a
	case *jsonschema.Schema:
		out["additionalProperties"] = w.Schema(a)
	}
}

func (w *writer) list(of []*jsonschema.Schema) []any {
	all := make([]any, 0, len(of))
	for _, sub := range of {
		all = append(all, w.Schema(sub))
	}
	return all
}

func (w *writer) extensions(s *jsonschema.Schema, out map[string]any) {
	for _, e := range s.Extensions {
		switch e := e.(type) {
		case enum:
			out["enum"] = []any(e)
		case noType:
			out["type"] = []string(e)
		case not:
			out["not"] = w.Schema(e.schema)
		case oneOf:
			out["oneOf"] = w.list(e.alternatives)
		case condition:
			out["if"] = w.Schema(e.when)
			for name, branch := range map[string]*jsonschema.Schema{"then": e.then, "else": e.otherwise} {
				if branch != nil {
					out[name] = w.Schema(branch)
				}
			}
		case names:
			out["propertyNames"] = w.Schema(e.schema)
		case formatCheck:
			out["format"] = e.name
			if e.Integer[0] != "" {
				out["minimum"], out["maximum"] = json.Number(e.Integer[0]), json.Number(e.Integer[1])
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
