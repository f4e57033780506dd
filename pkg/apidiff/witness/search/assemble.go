package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// tryGoal runs the rows at a goal and builds the values around what they propose; true ends the
// search.
func (s *search) tryGoal(g *goal) bool {
	l := s.local(g.in, g.out)
	l.only = g.only
	if l.ish.uninhabited {
		return false
	}
	parents := make([]*local, len(g.trail))
	for i, st := range g.trail {
		parents[i] = s.local(st.in, st.out)
	}
	lost := 0
	l.try = func(v any) bool {
		defer func() { s.g.padded = false }()
		for variant := range 3 {
			whole, ok := s.around(g, parents, v, variant)
			if !ok {
				lost++
				continue
			}
			lost = 0
			if s.try(g, whole) || len(g.trail) == 0 {
				break
			}
		}
		return s.over() || lost > 3*maxLost
	}
	l.tryAll(s.hint.Keyword)
	return s.over()
}

// maxLost is after how many values that cannot be wrapped a goal is given up.
const maxLost = 6

// around builds a value of the inner root that holds v at the goal: within what both sides allow,
// within what the inner one allows, or with all fields, which tells alternatives apart.
func (s *search) around(g *goal, parents []*local, v any, variant int) (any, bool) {
	for i := len(g.trail) - 1; i >= 0; i-- {
		st, l := g.trail[i], parents[i]
		s.w.Burn(5)
		sh := l.both
		if variant > 0 {
			sh = l.ish
		}
		sh = sh.clone()
		sh.closed = false
		if st.index < 0 {
			sh.fix(st.token, v)
		} else {
			sh.kinds &= validators.KindArray
			for len(sh.items) < st.index {
				before, ok := s.g.value(s.g.item(l.ish, len(sh.items)), 1, len(sh.items))
				if !ok {
					return nil, false
				}
				sh.items = append(sh.items, before)
			}
			sh.items = append(sh.items, v)
		}
		if variant == 2 {
			sh = s.g.attempt(sh, 1)
		}
		var ok bool
		if v, ok = s.g.fromShape(sh, 0, 0); !ok {
			return nil, false
		}
	}
	return v, true
}
