// Package sorting sorts slices of all types with one implementation. slices.SortStableFunc is compiled again for each type of element, which took
// 0.7 of the 30 MB that the program may have. Sorts in the innermost loops (canonical JSON, edges of references) still use slices.
package sorting

import (
	"cmp"
	"slices"
)

// Stable sorts a slice. Equal elements keep their order.
func Stable[S ~[]E, E any](s S, compare func(a, b E) int) {
	was := slices.Clone(s)
	for to, from := range sorted(len(s), func(i, j int) int { return compare(was[i], was[j]) }) {
		s[to] = was[from]
	}
}

// sorted are the numbers below n in the order of the elements that they stand for.
func sorted(n int, compare func(i, j int) int) []int {
	at := make([]int, n)
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(i, j int) int { return cmp.Or(compare(i, j), i-j) })
	return at
}
