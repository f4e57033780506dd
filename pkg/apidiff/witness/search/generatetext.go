package search

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// text is a string that meets the patterns, formats and lengths of a shape.
func (g *gen) text(sh *shape, salt int) (any, bool) {
	if sh.textLen.min > maxText || sh.blind {
		return nil, false
	}
	for s := range g.texts(sh, salt) {
		if sh.fits(s) {
			return s, true
		}
	}
	return nil, false
}

// texts are candidates for text, most readable first.
func (g *gen) texts(sh *shape, salt int) iter.Seq[string] {
	return func(yield func(string) bool) {
		known := false
		for _, name := range sh.formats {
			if ex := validators.Formats[name].Examples; len(ex) > 0 {
				known = true
				if s := ex[salt%len(ex)]; !yield(s) || !yield(pad(s, sh.textLen.min)) {
					return
				}
			}
		}
		if !known && salt == 0 && len(sh.patterns)+len(sh.formats) > 0 {
			for _, h := range sh.hints {
				if !yield(h) {
					return
				}
			}
		}
		for _, re := range sh.patterns {
			if !g.samples(re, sh, salt, yield) {
				return
			}
		}
		_ = yield(pad(letters(salt), sh.textLen.min)) && yield("") && yield("0") && yield(" ")
	}
}

// samples are strings made for one pattern, short ones first.
func (g *gen) samples(re *validators.Pattern, sh *shape, salt int, yield func(string) bool) bool {
	for _, grow := range []int{0, 1, sh.textLen.min, 2 * sh.textLen.min} {
		if s, ok := g.w.sample(re, salt, min(grow, maxText)); ok && (!yield(s) || !yield(pad(s, sh.textLen.min))) {
			return false
		}
	}
	for other := range 4 {
		if s, ok := g.w.sample(re, salt+other, max(0, sh.textLen.min-1)); ok && !yield(s) {
			return false
		}
	}
	return true
}

// letters is a short word, different for each salt.
func letters(salt int) string {
	if salt < 26 {
		return string(rune('a' + salt))
	}
	return "a" + strconv.Itoa(salt)
}

func pad(s string, length int) string {
	if n := length - utf8.RuneCountInString(s); n > 0 {
		return s + strings.Repeat("a", n)
	}
	return s
}

// fits is whether s meets the lengths and patterns of the shape.
func (sh *shape) fits(s string) bool {
	misses := func(re *validators.Pattern) bool { return !re.Fits(s) }
	return sh.textLen.holds(utf8.RuneCountInString(s)) && !slices.ContainsFunc(sh.patterns, misses)
}
