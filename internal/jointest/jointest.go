// Package jointest checks the laws of a function that joins two sets of records: associative, commutative and idempotent.
package jointest

import (
	"math/rand/v2"
	"testing"
)

// Bounds of the search: how many sets of records are tried, in how many ways each, into how many parts at most.
const (
	sets  = 5
	ways  = 6
	parts = 16
)

// Check makes sets of one record each and joins them in many ways: distributed over parts, some of them to several, joined in any order and
// grouping, and with themselves. However that is done, the text of the result is the same.
func Check[T any](t *testing.T, records func(*rand.Rand) []T, join func(a, b T) T, text func(T) string) {
	t.Helper()
	for seed := range uint64(sets) {
		r := rand.New(rand.NewPCG(seed, 11))
		all := records(r)
		var none T
		want := none
		for _, one := range all {
			want = join(want, one)
		}
		if text(join(want, want)) != text(want) || text(join(none, want)) != text(want) {
			t.Fatalf("seed %d: joined with itself or with nothing it is another one than\n%s", seed, text(want))
		}
		for way := range ways {
			if got := text(grouped(r, distributed(r, all, join), join)); got != text(want) {
				t.Fatalf("seed %d, way %d: got\n%s\nwant\n%s", seed, way, got, text(want))
			}
		}
	}
}

// distributed are the records in parts, in any order, each in one part at least.
func distributed[T any](r *rand.Rand, all []T, join func(a, b T) T) []T {
	into := make([]T, 1+r.IntN(parts))
	for _, i := range r.Perm(len(all)) {
		for range 1 + r.IntN(2) {
			at := r.IntN(len(into))
			into[at] = join(into[at], all[i])
		}
	}
	return into
}

// grouped joins any two of the parts until one is left.
func grouped[T any](r *rand.Rand, into []T, join func(a, b T) T) T {
	for len(into) > 1 {
		r.Shuffle(len(into), func(i, j int) { into[i], into[j] = into[j], into[i] })
		last := len(into) - 1
		into[0] = join(into[0], into[last])
		into = into[:last]
	}
	return into[0]
}
