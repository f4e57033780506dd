package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/internal/ecmaregex"
)

// maxText bounds the texts that are generated, in characters.
const maxText = 70_000

// sampleKey names a sample: it is asked for again and again.
type sampleKey struct {
	of         *validators.Pattern
	salt, grow int
}

type sampled struct {
	text string
	ok   bool
	cost int
}

// sample is a string that the pattern matches, as short as repetition allows; salt varies it, and grow adds repetitions.
func (w *worker) sample(p *validators.Pattern, salt, grow int) (string, bool) {
	key := sampleKey{p, salt, grow}
	s, known := w.samples[key]
	if !known {
		s.text, s.ok = p.Sample(salt, grow)
		s.cost = min(p.Size()+len(s.text), maxSample)
		if p.Regexp() == nil {
			s.cost += searched
		}
		if grow < 64 {
			w.samples[key] = s
		}
	}
	w.Burn(s.cost)
	return s.text, s.ok
}

// matching is a short name that a pattern matches.
func (w *worker) matching(pattern string, salt int) (string, bool) {
	re := w.Pattern(pattern)
	if re == nil {
		return "", false
	}
	return w.sample(re, salt, 1)
}

// outside is a shortest string that meets the patterns and lengths of a shape and that a pattern does not match.
func (w *worker) outside(sh *shape, p *validators.Pattern, salt int) (string, bool) {
	if sh.textLen.max == 0 || sh.textLen.min > maxText {
		return "", false
	}
	q := ecmaregex.Query{Miss: []*ecmaregex.Pattern{p.Pattern}, MinLength: sh.textLen.min, MaxLength: sh.textLen.max, Salt: salt, Work: 50_000}
	for _, inner := range sh.patterns {
		q.Match = append(q.Match, inner.Pattern)
	}
	found := ecmaregex.Find(q)
	w.Toll(found.Work / 4)
	return found.String, found.Answer == ecmaregex.Yes && w.Fuel >= 0
}

// What a sample costs: maxSample bounds the walk, and searched is the price of the search that look-arounds need.
const (
	maxSample = 20_000
	searched  = 500
)
