package work

import (
	"slices"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/internal/ecmaregex"
)

// Bounds of expressions: longer ones are taken as not understood.
const (
	maxPatternBytes = 10_000
	maxPatternsKept = 4_000
)

// Pattern is the expression as ECMA-262 reads it, nil where it is not valid or not understood. Nil, too, where the budget
// is spent. It is parsed once.
func (m *Meter) Pattern(text string) *ecmaregex.Pattern {
	if len(text) > maxPatternBytes {
		return nil
	}
	if m == nil {
		return parsePattern(text)
	}
	if p, known := m.patterns[text]; known {
		return p
	}
	if m.Spent() {
		return nil
	}
	if len(m.patterns) >= maxPatternsKept {
		clear(m.patterns)
	}
	p := parsePattern(text)
	m.Charge(100 + 10*len(text))
	if p != nil {
		m.Charge(20 * min(p.Size(), maxPatternSize))
	}
	m.patterns[text] = p
	return p
}

// maxPatternSize bounds what is charged for one expression: larger ones are not compiled.
const maxPatternSize = 50_000

func parsePattern(text string) *ecmaregex.Pattern {
	p, err := ecmaregex.Parse(text)
	if err != nil {
		return nil
	}
	return p
}

// Sample is a string of that length that the expressions match; false where none is found. Lengths below 0 are no limits.
func (m *Meter) Sample(expressions []contract.Node, least, most int64) (string, bool) {
	q := ecmaregex.Query{MinLength: int(max(least, 0)), MaxLength: int(most), Work: maxPatternSize}
	for _, e := range expressions {
		p := m.Pattern(e.Text())
		if p == nil {
			return "", false
		}
		q.Match = append(q.Match, p)
	}
	if len(q.Match) == 1 && least <= 0 && most < 0 {
		m.Charge(min(q.Match[0].Size(), maxPatternSize))
		return q.Match[0].Sample(0, 0)
	}
	found := ecmaregex.Find(q)
	m.Charge(found.Work)
	return found.String, found.Answer == ecmaregex.Yes
}

// Matches reports whether the expression meets the text; known is false where that is not known.
func (m *Meter) Matches(expression, text string) (hit, known bool) {
	m.Charge(2)
	p := m.Pattern(expression)
	if p == nil || m.Spent() {
		return false, false
	}
	result := p.Match(text)
	m.Charge(result.Work)
	return result.Answer == ecmaregex.Yes, result.Answer != ecmaregex.Unknown
}

// Within is patternWithin, asked once.
func (m *Meter) Within(inner, outer string) bool {
	if inner == outer {
		return true
	}
	m.Charge(4)
	if m.Spent() {
		return false
	}
	k := [2]string{inner, outer}
	if m != nil {
		if ok, known := m.contains[k]; known {
			return ok
		}
	}
	ok, work := m.patternWithin(inner, outer)
	m.Charge(work)
	if m != nil {
		m.contains[k] = ok
	}
	return ok
}

// patternWithin reports whether every string that the inner expression matches somewhere is proved to be one that the
// outer matches somewhere, and the work that it took, in units of the meter. False also where that cannot be decided.
func (m *Meter) patternWithin(inner, outer string) (held bool, work int) {
	a, b := m.Pattern(inner), m.Pattern(outer)
	if a == nil || b == nil {
		return false, 100
	}
	result, _ := ecmaregex.Contains(b, a)
	return result.Answer == ecmaregex.Yes, 100 + result.Work
}

func (m *Meter) PatternsWithout(a, b []contract.Node) []contract.Node {
	has := map[string]bool{}
	for _, p := range b {
		has[p.Text()] = true
	}
	return slices.DeleteFunc(slices.Clone(a), func(p contract.Node) bool { return has[p.Text()] || m.Within("", p.Text()) }) // what matches everything says nothing
}

// PatternsWithin reports whether each of the outer expressions contains one of the inner ones.
func (m *Meter) PatternsWithin(inner, outer []contract.Node) bool {
	for _, o := range outer {
		if !slices.ContainsFunc(inner, func(i contract.Node) bool { return m.Within(i.Text(), o.Text()) }) {
			return false
		}
	}
	return true
}
