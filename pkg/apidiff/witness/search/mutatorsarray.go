package search

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

func tryItems(l *local) {
	l.overstep(validators.KindArray, func(sh *shape) *span { return &sh.arrayLen })
	for _, at := range l.osh.arrays { // a tuple that takes no further items
		rest := at.Get("items")
		if !rest.Exists() {
			rest = at.Get("unevaluatedItems")
		}
		if n := at.Get("prefixItems").Len() + 1; rest.Kind() == contract.Bool && !rest.Bool() && !l.done {
			sh := l.ish.clone()
			sh.kinds, sh.arrayLen.min = validators.KindArray, max(n, sh.arrayLen.min)
			l.offer(sh)
		}
	}
}

func tryTwice(l *local) {
	if l.osh.unique && !l.ish.unique {
		l.aim(func(sh *shape) {
			sh.kinds, sh.unique, sh.twice = validators.KindArray, false, true
			sh.arrayLen.min = max(1, sh.arrayLen.min-1)
		})
	}
}

// tryContains makes arrays in which too few or too many items meet the outer schema's contains.
func tryContains(l *local) {
	for _, at := range l.osh.contains {
		item, want := l.g.item(l.ish, 0), one(at.At(at.Get("contains")))
		meeting := func(n int) {
			if v, ok := l.g.value(item.and(want), 1, 0); ok {
				l.fill(v, n)
			}
		}
		low := minContains(at)
		if low > 0 {
			l.aim(func(sh *shape) { sh.kinds, sh.contains = validators.KindArray, nil })
			l.beside(item, want, func(v any) { l.fill(v, max(1, l.ish.arrayLen.min)) })
		}
		if low > 1 {
			meeting(low - 1)
		}
		if m := at.Get("maxContains"); m.Exists() {
			if high, _ := validators.Count(m); high < maxItems {
				meeting(high + 1)
			}
		}
	}
}

// fill proposes an array of n times v.
func (l *local) fill(v any, n int) {
	l.aim(func(sh *shape) {
		sh.kinds, sh.contains, sh.items = validators.KindArray, nil, slices.Repeat([]any{v}, n)
	})
}
