package apidiff

import "math/bits"

// A bitset is a set of small numbers, of which only the words between the least and the greatest are
// kept: most findings reach one operation of thousands.
type bitset struct {
	from  int // of the first word
	words []uint64
}

// A reach is the operations that reach something, and among them those that reach it by no safe way.
type reach struct{ all, harm bitset }

// join adds the operations of another reach, by a way that may be safe.
func (r *reach) join(o *reach, safe bool) {
	r.all.union(&o.all)
	if !safe {
		r.harm.union(&o.harm)
	}
}

func (b *bitset) add(i int) {
	b.cover(i>>6, i>>6+1)
	b.words[i>>6-b.from] |= 1 << (i & 63)
}

// cover makes room for the words from low to below high.
func (b *bitset) cover(low, high int) {
	if len(b.words) == 0 {
		b.from = low
	}
	low, high = min(low, b.from), max(high, b.from+len(b.words))
	if high-low > len(b.words) {
		words := make([]uint64, high-low)
		copy(words[b.from-low:], b.words)
		b.from, b.words = low, words
	}
}

// union adds all of o.
func (b *bitset) union(o *bitset) {
	if o.empty() {
		return
	}
	b.cover(o.from, o.from+len(o.words))
	for i, w := range o.words {
		b.words[o.from-b.from+i] |= w
	}
}

func (b *bitset) empty() bool { return b == nil || len(b.words) == 0 }

func (b *bitset) count() int {
	n := 0
	for _, w := range b.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f with every member, in order.
func (b *bitset) each(f func(int)) {
	for i, w := range b.words {
		for ; w != 0; w &= w - 1 {
			f((b.from+i)<<6 + bits.TrailingZeros64(w))
		}
	}
}
