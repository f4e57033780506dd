package search

import (
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// goal is a place below the two roots where their schemas may differ, with the alternatives decided
// on the way.
type goal struct {
	trail   []step
	in, out conj
	only    string // the one field that matters here; "" for the whole value
}

// step leads from a value to one inside it.
type step struct {
	token   string // of an instance location: the field or the index
	index   int    // of an item; -1 for a field
	in, out conj
}

// path are the steps of a goal as the tokens of an instance location.
func (g *goal) path() []string {
	out := make([]string, len(g.trail))
	for i, st := range g.trail {
		out[i] = st.token
	}
	return out
}

// pointer is an instance location.
func pointer(path ...string) string {
	var out jsontext.Pointer
	for _, token := range path {
		out = out.AppendToken(token)
	}
	return string(out)
}

// place is a goal that is not reached yet.
type place struct {
	goal
	rest   []string
	prefer []int // alternatives that the path names
}

// at is the value at a path below v, and whether there is one.
func at(v any, path []string) (any, bool) {
	for _, token := range path {
		switch holder := v.(type) {
		case map[string]any:
			next, ok := holder[token]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(holder) {
				return nil, false
			}
			v = holder[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// with is v with another value at a path that exists in it.
func with(v, put any, path ...string) any {
	if len(path) == 0 {
		return put
	}
	switch now := v.(type) {
	case map[string]any:
		next := maps.Clone(now)
		next[path[0]] = with(now[path[0]], put, path[1:]...)
		return next
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(now) {
			next := slices.Clone(now)
			next[i] = with(now[i], put, path[1:]...)
			return next
		}
	}
	return v
}
