package witness

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// maxShrink bounds the smaller values looked at.
const maxShrink = 120

// shrink is a smaller value that is refused for the same reason: without fields and items that may go, with shorter
// strings and rounder numbers.
func (s *search) shrink(g *goal, v any, why *jsonschema.ValidationError) any {
	sh := shrinker{s: s, g: g, reason: reason(why), left: maxShrink}
	for sh.left > 0 {
		next, ok := sh.pass(v)
		if !ok {
			break
		}
		v = next
	}
	return v
}

type shrinker struct {
	s      *search
	g      *goal
	reason string
	left   int
}

// pass is the first smaller value that still proves the point.
func (sh *shrinker) pass(root any) (any, bool) {
	var out any
	found := smaller(root, func(v any) bool {
		if sh.left--; sh.left < 0 || sh.s.ctx.Err() != nil {
			return false
		}
		why := sh.s.refuted(v)
		if why == nil || reason(why) != sh.reason {
			return false
		}
		out = v
		return true
	})
	return out, found
}

// smaller offers the values one step smaller than v until take wants one.
func smaller(v any, take func(any) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		for _, name := range names {
			less := maps.Clone(v)
			delete(less, name)
			if take(less) {
				return true
			}
		}
		for _, name := range names {
			if smaller(v[name], func(f any) bool {
				next := maps.Clone(v)
				next[name] = f
				return take(next)
			}) {
				return true
			}
		}
	case []any:
		for i := len(v) - 1; i >= 0; i-- {
			if take(slices.Delete(slices.Clone(v), i, i+1)) {
				return true
			}
		}
		for i := range v {
			if smaller(v[i], func(f any) bool {
				next := slices.Clone(v)
				next[i] = f
				return take(next)
			}) {
				return true
			}
		}
	case string:
		n := utf8.RuneCountInString(v)
		for _, keep := range []int{1, n / 2, n - 1} {
			if keep > 0 && keep < n && take(string([]rune(v)[:keep])) {
				return true
			}
		}
	case json.Number:
		if len(v) > 1 && (take(json.Number("0")) || take(json.Number("1"))) {
			return true
		}
	}
	return false
}
