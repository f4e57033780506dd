package message

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// Encode is compact JSON with sorted keys and numbers as they are written.
func Encode(v any) jsontext.Value { return appendJSON(nil, v, json.Number.String) }

// Canonical is the same for values that are equal for JSON Schema, which does not tell 1 from 1.0, and for no others.
func Canonical(v any) string { return string(appendJSON(nil, v, exact)) }

func exact(n json.Number) string {
	if r, ok := validators.Rational(n.String()); ok {
		return r.RatString()
	}
	return n.String()
}

func appendJSON(b []byte, v any, number func(json.Number) string) []byte {
	switch v := v.(type) {
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case string:
		b, _ = jsontext.AppendQuote(b, v) // what is no UTF-8 it replaces
		return b
	case json.Number:
		return append(b, number(v)...)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item, number)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ',')
			}
			b, _ = jsontext.AppendQuote(b, name)
			b = appendJSON(append(b, ':'), v[name], number)
		}
		return append(b, '}')
	case Absent:
		return b
	default:
		return append(b, "null"...)
	}
}
