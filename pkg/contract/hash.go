package contract

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/romel/govctl/internal/hugepages"
)

// Hash is a 128-bit content hash. Its key is random in each process, so that a hostile document
// cannot cause collisions; it must not be stored, printed or ordered by.
type Hash [16]byte

// A sum is a Hash as two words, which can be added: the hash of an object is the sum over its fields, so that
// their order does not matter.
type sum struct{ a, b uint64 }

func (s sum) plus(o sum) sum  { return sum{s.a + o.a, s.b + o.b} }
func (s sum) minus(o sum) sum { return sum{s.a - o.a, s.b - o.b} }

func (s sum) hash() (h Hash) {
	binary.LittleEndian.PutUint64(h[:8], s.a)
	binary.LittleEndian.PutUint64(h[8:], s.b)
	return h
}

func (h Hash) sum() sum {
	return sum{binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:])}
}

// A seedPair keys one use of the hash; different uses never meet.
type seedPair [2]maphash.Seed

func newSeedPair() seedPair { return seedPair{maphash.MakeSeed(), maphash.MakeSeed()} }

func (k *seedPair) text(s string) sum {
	return sum{maphash.String(k[0], s), maphash.String(k[1], s)}
}

func (k *seedPair) bytes(b []byte) sum {
	return sum{maphash.Bytes(k[0], b), maphash.Bytes(k[1], b)}
}

// pair hashes two sums in their order.
func (k *seedPair) pair(x, y sum) sum {
	var b [32]byte
	binary.LittleEndian.PutUint64(b[0:], x.a)
	binary.LittleEndian.PutUint64(b[8:], x.b)
	binary.LittleEndian.PutUint64(b[16:], y.a)
	binary.LittleEndian.PutUint64(b[24:], y.b)
	return k.bytes(b[:])
}

var (
	seedKey, seedField, seedItem      = newSeedPair(), newSeedPair(), newSeedPair()
	seedString, seedNumber, seedOther = newSeedPair(), newSeedPair(), newSeedPair()
	seedObject, seedArray             = newSeedPair(), newSeedPair()
)

// Hash is that of the subtree: equal for equal content, whatever the order of fields, the spelling of numbers,
// the file and the format. The zero Hash belongs to an absent node.
func (n Node) Hash() Hash {
	if n.t == nil {
		return Hash{}
	}
	n.t.hashOnce.Do(n.t.hashAll)
	return n.t.hashes[n.i]
}

// hashAll hashes every node, last first: children stand after their container, so no recursion is needed.
func (t *tree) hashAll() {
	keys := make([]sum, len(t.keys.names))
	for i, name := range t.keys.names {
		keys[i] = seedKey.text(name)
	}
	t.hashes = hugepages.Slice[Hash](len(t.nodes))[:len(t.nodes)]
	var scratch []byte
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		var s sum
		switch n.kind {
		case Object:
			for c := uint32(i) + 1; c < n.next; c = t.nodes[c].next {
				s = s.plus(seedField.pair(keys[t.nodes[c].key], t.hashes[c].sum()))
			}
			s = seedObject.pair(s, sum{a: uint64(n.val)})
		case Array:
			s = sum{a: uint64(n.val)}
			for c := uint32(i) + 1; c < n.next; c = t.nodes[c].next {
				s = seedItem.pair(s, t.hashes[c].sum())
			}
			s = seedArray.pair(s, sum{})
		case String:
			if n.form == escaped {
				scratch = unescape(scratch[:0], t.src[n.off+1:n.off+1+n.val])
				s = seedString.bytes(scratch)
			} else {
				s = seedString.text(t.text(n))
			}
		case Number:
			if lit := t.text(n); plainInteger(lit) {
				s = seedNumber.text(lit)
			} else {
				scratch = appendNumber(scratch[:0], lit)
				s = seedNumber.bytes(scratch)
			}
		default:
			s = seedOther.bytes([]byte{byte(n.kind), byte(n.val)})
		}
		t.hashes[i] = s.hash()
	}
}
