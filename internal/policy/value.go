package policy

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
)

// empty reports a value that a configuration does not set.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// show is a value as messages quote it.
func show(v any) string {
	if empty(v) {
		return "not set"
	}
	if s, ok := v.(string); ok {
		return s
	}
	return encode(v)
}

// encode is a value as JSON with sorted keys. The values of a Config can always be encoded.
func encode(v any) string {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return "?"
	}
	return string(b)
}

// number is a value of a numeric key; 0 where it is not set.
func number(v any) float64 {
	n, _ := v.(float64)
	return n
}

// list are the texts of a list, each once.
func list(v any) map[string]bool {
	items, _ := v.([]any)
	set := make(map[string]bool, len(items))
	for _, item := range items {
		if s, ok := item.(string); ok {
			set[s] = true
		}
	}
	return set
}

// union are the keys of two maps, sorted.
func union[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
