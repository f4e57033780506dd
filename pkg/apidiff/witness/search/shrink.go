package search

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// maxShrink bounds the smaller values looked at; a text is worth shortening from longText on.
const (
	maxShrink = 60
	longText  = 200
)

// shrink is a smaller value that is refused for the same reason, and the refusal: without fields
// and items that may go, with shorter strings and rounder numbers. What was made as small as can be
// is left alone.
func (s *search) shrink(g *goal, v any, why *jsonschema.ValidationError) (any, *jsonschema.ValidationError) {
	if !s.g.padded {
		return v, why
	}
	sh := shrinker{s: s, g: g, reason: validators.Reason(why), left: maxShrink}
	for sh.left > 0 {
		next, its := sh.pass(v)
		if its == nil {
			break
		}
		v, why = next, its
	}
	return v, why
}

type shrinker struct {
	s      *search
	g      *goal
	reason map[string]bool
	left   int
}

// pass is the first smaller value that still proves the point.
func (sh *shrinker) pass(root any) (out any, its *jsonschema.ValidationError) {
	sh.smaller(root, one(sh.s.in), one(sh.s.out), func(v any) bool {
		if sh.left--; sh.left < 0 || sh.s.w.Ctx.Err() != nil {
			return false
		}
		why := sh.s.refute(v)
		if why == nil || !relevant(why, sh.s.prefix, sh.g, sh.s.hint.Keyword) {
			return false
		}
		for r := range validators.Reason(why) {
			if !sh.reason[r] {
				return false
			}
		}
		out, its = v, why
		return true
	})
	return out, its
}

// smaller offers the values one step smaller than v until take wants one. The schemas spare the
// steps that cannot do: fields that one of them requires.
func (sh *shrinker) smaller(v any, in, out conj, take func(any) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		ish, osh := sh.s.g.shape(in), sh.s.g.shape(out)
		names := slices.Sorted(maps.Keys(v))
		spare := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			return slices.Contains(ish.required, name) || slices.Contains(osh.required, name)
		})
		for n := len(spare); n > 0; n /= 2 { // many at once, then fewer
			for part := range slices.Chunk(spare, n) {
				less := maps.Clone(v)
				for _, name := range part {
					delete(less, name)
				}
				if take(less) {
					return true
				}
			}
		}
		for _, name := range names {
			fin, _ := sh.s.g.field(ish, name)
			fout, _ := sh.s.g.field(osh, name)
			if sh.smaller(v[name], fin, fout, func(f any) bool { return take(with(v, f, name)) }) {
				return true
			}
		}
	case []any:
		for n := len(v); n > 0; n /= 2 {
			for i := len(v) - n; i >= 0; i -= n {
				if take(slices.Delete(slices.Clone(v), i, i+n)) {
					return true
				}
			}
		}
		for i := range v {
			if sh.smaller(v[i], sh.s.g.item(sh.s.g.shape(in), i), sh.s.g.item(sh.s.g.shape(out), i), func(f any) bool {
				return take(with(v, f, strconv.Itoa(i)))
			}) {
				return true
			}
		}
	case string:
		n := utf8.RuneCountInString(v)
		for _, keep := range []int{1, n / 2, n - 1} {
			if n > longText && keep > 0 && take(string([]rune(v)[:keep])) {
				return true
			}
		}
	case json.Number:
		if len(v) > 6 && (take(json.Number("0")) || take(json.Number("1"))) {
			return true
		}
	}
	return false
}
