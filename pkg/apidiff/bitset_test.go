package apidiff

import (
	"slices"
	"testing"
)

func TestBitset(t *testing.T) {
	var a, b bitset
	if !a.empty() || a.count() != 0 || !(*bitset)(nil).empty() {
		t.Error("an empty set is not empty")
	}
	for _, i := range []int{640, 3, 641, 100_000} {
		a.add(i)
	}
	b.add(7)
	b.union(&a)
	b.union(&bitset{})
	b.union(nil)
	var got []int
	b.each(func(i int) { got = append(got, i) })
	if want := []int{3, 7, 640, 641, 100_000}; !slices.Equal(got, want) || b.count() != len(want) || a.count() != 4 || b.empty() {
		t.Errorf("%v, want %v", got, want)
	}
}
