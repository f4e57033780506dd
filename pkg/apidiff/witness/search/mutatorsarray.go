package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

func tryItems(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindArray == 0 || l.ish.closed {
		return false
	}
	if o := l.osh.maxItems; o >= 0 && (l.ish.maxItems < 0 || l.ish.maxItems > o) {
		if l.aim(try, func(sh *shape) { sh.kinds, sh.minItems, sh.maxItems = validators.KindArray, o+1, l.ish.maxItems }) {
			return true
		}
	}
	if o := l.osh.minItems; o > l.ish.minItems {
		if l.aim(try, func(sh *shape) { sh.kinds, sh.minItems, sh.maxItems = validators.KindArray, l.ish.minItems, o-1 }) {
			return true
		}
	}
	for _, at := range l.osh.arrays { // a tuple that takes no further items
		rest := at.Get("items")
		if !rest.Exists() {
			rest = at.Get("unevaluatedItems")
		}
		if n := at.Get("prefixItems").Len() + 1; rest.Kind() == contract.Bool && !rest.Bool() {
			sh := l.ish.clone()
			sh.kinds, sh.minItems = validators.KindArray, max(n, sh.minItems)
			if v, ok := l.make(sh); ok && try(v) {
				return true
			}
		}
	}
	return false
}

func tryTwice(l *local, try func(any) bool) bool {
	if !l.osh.unique || l.ish.unique || l.ish.kinds&validators.KindArray == 0 || l.ish.closed {
		return false
	}
	return l.aim(try, func(sh *shape) {
		sh.kinds, sh.unique, sh.twice = validators.KindArray, false, true
		sh.minItems = max(1, sh.minItems-1)
	})
}

// tryContains makes arrays in which too few or too many items meet the outer schema's contains.
func tryContains(l *local, try func(any) bool) bool {
	if l.ish.kinds&validators.KindArray == 0 {
		return false
	}
	for _, at := range l.osh.contains {
		want := one(at.At(at.Get("contains")))
		if low := minContains(at); low > 0 {
			if l.aim(try, func(sh *shape) { sh.kinds, sh.contains = validators.KindArray, nil }) {
				return true
			}
			sub := l.s.local(l.g.item(l.ish, 0), want)
			if len(sub.ish.choices) == 0 && sub.tryAll("", func(v any) bool {
				return l.fill(try, v, max(1, l.ish.minItems))
			}) {
				return true
			}
			if v, ok := l.g.value(l.g.item(l.ish, 0).and(want), 1, 0); ok && low > 1 && l.fill(try, v, low-1) {
				return true
			}
		}
		if m := at.Get("maxContains"); m.Exists() {
			high, _ := validators.Count(m)
			if v, ok := l.g.value(l.g.item(l.ish, 0).and(want), 1, 0); ok && high < maxItems && l.fill(try, v, high+1) {
				return true
			}
		}
	}
	return false
}

// fill proposes an array of n times v.
func (l *local) fill(try func(any) bool, v any, n int) bool {
	return l.aim(try, func(sh *shape) {
		sh.kinds, sh.contains, sh.items = validators.KindArray, nil, nil
		for range n {
			sh.items = append(sh.items, v)
		}
	})
}
