package search

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// only keeps the values that are, or are not, in a list too.
func only(values, list []any, in bool) []any {
	known := make(map[string]bool, len(list))
	for _, v := range list {
		known[key(v)] = true
	}
	var out []any
	for _, v := range values {
		if known[key(v)] == in {
			out = append(out, v)
		}
	}
	return out
}

// key is the same text for equal values, and for no others.
func key(v any) string { return string(appendKey(nil, v)) }

func appendKey(b []byte, v any) []byte {
	switch v := v.(type) {
	case json.Number:
		if r, ok := validators.Rational(v.String()); ok {
			return append(b, r.RatString()...)
		}
		return append(b, v...)
	case string:
		return strconv.AppendQuote(b, v)
	case []any:
		b = append(b, '[')
		for _, item := range v {
			b = append(appendKey(b, item), ',')
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b = append(strconv.AppendQuote(b, name), ':')
			b = append(appendKey(b, v[name]), ',')
		}
		return append(b, '}')
	default:
		return fmt.Append(b, v)
	}
}

// equal is whether two decoded values are the same for JSON Schema, which does not tell 1 from 1.0.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok || a == b {
			return ok
		}
		x, okx := validators.Rational(a.String())
		y, oky := validators.Rational(b.String())
		return okx && oky && x.Cmp(y) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	default:
		switch b.(type) {
		case json.Number, []any, map[string]any:
			return false
		}
		return a == b
	}
}
