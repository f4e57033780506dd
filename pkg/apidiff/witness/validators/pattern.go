package validators

import (
	"fmt"
	"regexp"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/romel/govctl/pkg/internal/ecmaregex"
)

// Bounds of patterns: bytes, and the size of one whose matches are paid for.
const (
	maxPattern = 4000
	maxProgram = 10_000
)

// A Pattern is a regular expression of ECMA-262 as the search and the validators use it.
type Pattern struct {
	*ecmaregex.Pattern
	// re is what the validators run: package regexp reads it exactly as ECMA-262 reads the pattern. It is nil where
	// there is no such expression (look-arounds, back-references); they are then given our own match.
	re   *regexp.Regexp
	size int
}

// Pattern is a pattern, parsed once; nil where it is not valid, not understood or too large, or where nothing is left to
// pay for it.
func (w *Session) Pattern(text string) *Pattern {
	if p, ok := w.patterns[text]; ok {
		return p
	}
	if w.exhausted {
		return nil
	}
	var out *Pattern
	if len(text) <= maxPattern {
		w.Toll(10)
		if p, err := ecmaregex.Parse(text); err == nil && p.Size() <= maxProgram {
			out = &Pattern{Pattern: p, re: p.Regexp(), size: p.Size()}
			w.total += out.size
			w.Toll(out.size / 2)
		}
	}
	w.patterns[text] = out
	return out
}

// Fits is whether the pattern is known to match a text.
func (p *Pattern) Fits(text string) bool { return p.Match(text).Answer == ecmaregex.Yes }

// Misses is whether it is known not to.
func (p *Pattern) Misses(text string) bool { return p.Match(text).Answer == ecmaregex.No }

// MatchString implements openapi3.RegexMatcher and jsonschema.Regexp. An unknown answer ends the
// validation without a verdict.
func (p *Pattern) MatchString(text string) bool {
	if p.re != nil {
		return p.re.MatchString(text)
	}
	r := p.Match(text)
	if r.Answer == ecmaregex.Unknown {
		panic(undecided("pattern"))
	}
	return r.Answer == ecmaregex.Yes
}

// forKin is how kin-openapi names the pattern; KinRegexp knows it by that name.
func (p *Pattern) forKin() string {
	if p.re != nil {
		return p.re.String()
	}
	return p.String()
}

// KinRegexp compiles what forKin returned, without the rewriting of \u that kin-openapi does by itself.
func (w *Session) KinRegexp(text string) (openapi3.RegexMatcher, error) {
	if p := w.patterns[text]; p != nil && p.re == nil {
		return p, nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("compile pattern: %w", err)
	}
	return re, nil
}

// Matches asks a pattern about a text, at its price.
func (w *Session) Matches(p *Pattern, text string) bool {
	w.Toll(1 + p.size*(1+len(text)/8)/200)
	return w.Fuel >= 0 && p.Fits(text)
}
