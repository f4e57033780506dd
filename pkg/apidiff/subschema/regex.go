package subschema

import "github.com/romel/govctl/pkg/internal/ecmaregex"

// patternWithin reports whether every string that the inner expression matches somewhere is proved to be one that the
// outer matches somewhere, and the work that it took, in units of the meter. False also where that cannot be decided.
func (m *Meter) patternWithin(inner, outer string) (within bool, work int) {
	a, b := m.pattern(inner), m.pattern(outer)
	if a == nil || b == nil {
		return false, 100
	}
	result, _ := ecmaregex.Contains(b, a)
	return result.Answer == ecmaregex.Yes, 100 + result.Work
}
