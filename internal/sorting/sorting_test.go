package sorting_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/romel/govctl/internal/sorting"
)

// The result is that of slices.SortStableFunc.
func TestStable(t *testing.T) {
	type pair struct{ key, at int }
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		s := make([]pair, n)
		for i := range s {
			s[i] = pair{r.IntN(n/3 + 1), i}
		}
		want := slices.Clone(s)
		compare := func(a, b pair) int { return a.key - b.key }
		slices.SortStableFunc(want, compare)
		sorting.Stable(s, compare)
		if !slices.Equal(s, want) {
			t.Fatalf("%v, want %v", s, want)
		}
	}
}
