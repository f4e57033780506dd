package hugepages

import "testing"

// TestSlice: whatever the length, the memory is usable from end to end.
func TestSlice(t *testing.T) {
	for _, n := range []int{0, 1, 511, 1 << 18, 3<<18 + 1, 1 << 20} {
		s := Slice[uint64](n)
		if len(s) != 0 || cap(s) != n {
			t.Errorf("length %d and room for %d, want 0 and %d", len(s), cap(s), n)
		}
		for i := range n {
			s = append(s, uint64(i))
		}
		for i, v := range s {
			if v != uint64(i) {
				t.Fatalf("of %d items, the one at %d is %d", n, i, v)
			}
		}
	}
	Heap(64 << 20)
}
