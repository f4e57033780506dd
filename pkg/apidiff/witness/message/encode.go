package message

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Encode is compact JSON with sorted keys and numbers as they are written.
func Encode(v any) jsontext.Value { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) []byte {
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
		return append(b, v...)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ',')
			}
			b, _ = jsontext.AppendQuote(b, name)
			b = appendJSON(append(b, ':'), v[name])
		}
		return append(b, '}')
	case Absent:
		return b
	default:
		return append(b, "null"...)
	}
}
