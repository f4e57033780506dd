package jsonpath

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Single reports whether the query selects one value at most.
func (p Path) Single() bool {
	for _, s := range p.steps {
		if s.descend || s.kind == wildcard || s.kind == filter {
			return false
		}
	}
	return true
}

// Find is what the query selects in a value of nil, bool, json.Number, string, []any and map[string]any: the fields of an object in the order
// of their names. complete is false where the bound on visited values ended it.
func (p Path) Find(v any) (found []any, complete bool) {
	f := finder{left: maxVisits}
	found = []any{v}
	for i := range p.steps {
		found = f.apply(&p.steps[i], found)
	}
	return found, f.left > 0
}

type finder struct{ left int }

func (f *finder) apply(s *step, values []any) (out []any) {
	for _, v := range values {
		if s.descend {
			f.descend(s, v, &out)
		} else {
			f.children(s, v, &out)
		}
	}
	return out
}

// descend applies a step to a value and to all below it.
func (f *finder) descend(s *step, v any, out *[]any) {
	f.children(s, v, out)
	for _, below := range all(v) {
		if f.left <= 0 {
			return
		}
		f.descend(s, below, out)
	}
}

func (f *finder) children(s *step, v any, out *[]any) {
	if f.left--; f.left <= 0 {
		return
	}
	switch s.kind {
	case name:
		if object, ok := v.(map[string]any); ok {
			if field, ok := object[s.name]; ok {
				*out = append(*out, field)
			}
		}
	case index:
		list, _ := v.([]any)
		at := s.index
		if at < 0 {
			at += len(list)
		}
		if at >= 0 && at < len(list) {
			*out = append(*out, list[at])
		}
	default:
		for _, below := range all(v) {
			if f.left--; f.left <= 0 {
				return
			}
			if s.kind == wildcard || s.condition.holds(below) {
				*out = append(*out, below)
			}
		}
	}
}

// all are the items of an array, or the values of an object in the order of their names.
func all(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case map[string]any:
		values := make([]any, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			values = append(values, v[key])
		}
		return values
	}
	return nil
}

func (c *condition) holds(v any) bool {
	found, _ := Path{c.path}.Find(v)
	switch c.operator {
	case "":
		return len(found) > 0
	case "==":
		return len(found) > 0 && Equal(found[0], c.literal)
	}
	return len(found) == 0 || !Equal(found[0], c.literal)
}

// Equal reports whether two values are the same; numbers by their value.
func Equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && Compare(a, b) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, Equal)
	case string:
		b, ok := b.(string)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	}
	return a == nil && b == nil
}

// Compare orders two numbers: integers of 64 bits exactly, others as floating point numbers.
func Compare(a, b json.Number) int {
	x, notX := a.Int64()
	y, notY := b.Int64()
	if notX == nil && notY == nil {
		return cmp.Compare(x, y)
	}
	f, _ := a.Float64() // a number that is too large is infinite
	g, _ := b.Float64()
	if f == g {
		return cmp.Compare(string(a), string(b)) * ordered(a, b)
	}
	return cmp.Compare(f, g)
}

// ordered is 0 where two numbers of equal floating point value are taken for the same: not where both are integers that differ beyond.
func ordered(a, b json.Number) int {
	if strings.ContainsAny(string(a)+string(b), ".eE") {
		return 0
	}
	return 1
}
