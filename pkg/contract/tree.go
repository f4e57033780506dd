package contract

import (
	"hash/maphash"
	"sync"
)

// A tree is one parsed file: its text and its values in document order (a container stands before its items).
// It does not change after parsing but for what is built once, on first use, under a sync.Once or in a sync.Map.
type tree struct {
	file  string // as shown to the user
	id    string // path below the root document's folder, or the URL: identity within a Document; "" for the root document
	src   string
	nodes []node
	keys  keyTable
	texts []string // YAML scalars that are not one piece of src

	edges []edge // resolved references, by from

	remote    bool   // id is a URL
	converted bool   // from Swagger 2.0, over the same text
	refKey    uint32 // id of the key $ref, noKey where there is none

	parents byPrefix[containers]
	lines   byPrefix[[]uint32] // offsets of line starts

	blockOnce sync.Once
	blocks    []uint32 // characters before every block of the text

	hashOnce sync.Once
	hashes   []Hash // by node

	rankOnce sync.Once
	ranks    []uint32 // sorted position of each key

	long    sync.Map // node index -> []uint32: the items of a long array
	escaped sync.Map // id of a long key -> its length in a pointer
	wide    sync.Map // node index -> map[uint32]uint32: key id to node, for objects of many fields
}

// A node is one value. Sizes matter here: a document of 13 MB has half a million of them.
type node struct {
	off  uint32 // of the value's first byte in src
	val  uint32 // string and number: length in src, or index into texts; bool: 1 for true; containers: number of children
	next uint32 // index of the first node after this one's subtree
	key  uint32 // id of the key that introduces it, noKey for items and the root
	koff uint32 // offset of that key
	kind Kind
	form form
}

// form says where the text of a string or number stands.
type form uint8

const (
	asWritten form = iota // src[off:off+val]
	inQuotes              // src[off+1:off+1+val]
	escaped               // src[off+1:off+1+val], with JSON escapes to decode
	decoded               // texts[val]
)

const noKey = ^uint32(0)

// text is the string value, or the literal of a number.
func (t *tree) text(n *node) string {
	switch n.form {
	case inQuotes:
		return t.src[n.off+1 : n.off+1+n.val]
	case escaped:
		return string(unescape(nil, t.src[n.off+1:n.off+1+n.val]))
	case decoded:
		return t.texts[n.val]
	default:
		return t.src[n.off : n.off+n.val]
	}
}

// wideObject is the number of fields from which on a lookup builds an index: below it a scan is faster.
const wideObject = 24

// field is the node of a field of the object at i, or 0, which is never a field: the root has index 0.
func (t *tree) field(i uint32, key string) uint32 {
	id, ok := t.keys.find(key)
	if !ok {
		return 0
	}
	n := &t.nodes[i]
	if n.val >= wideObject {
		return t.index(i)[id]
	}
	return t.fieldByID(i, id)
}

// fieldByID is like field, for a key that is known by its id, and always scans.
func (t *tree) fieldByID(i, id uint32) uint32 {
	if id == noKey {
		return 0
	}
	for c, end := i+1, t.nodes[i].next; c < end; c = t.nodes[c].next {
		if t.nodes[c].key == id {
			return c
		}
	}
	return 0
}

func (t *tree) index(i uint32) map[uint32]uint32 {
	if m, ok := t.wide.Load(i); ok {
		return m.(map[uint32]uint32)
	}
	n := &t.nodes[i]
	m := make(map[uint32]uint32, n.val)
	for c := i + 1; c < n.next; c = t.nodes[c].next {
		m[t.nodes[c].key] = c
	}
	kept, _ := t.wide.LoadOrStore(i, m)
	return kept.(map[uint32]uint32)
}

// items are the items of the array at i, which is worth an index where it is long.
func (t *tree) items(i uint32) []uint32 {
	if list, ok := t.long.Load(i); ok {
		return list.([]uint32)
	}
	n := &t.nodes[i]
	list := make([]uint32, 0, n.val)
	for c := i + 1; c < n.next; c = t.nodes[c].next {
		list = append(list, c)
	}
	kept, _ := t.long.LoadOrStore(i, list)
	return kept.([]uint32)
}

// A keyTable numbers the distinct keys of a tree, so that keys compare as integers.
type keyTable struct {
	names []string
	slots []uint32 // open addressing by hash: id+1, 0 is free; a power of two long
}

// keySeed need not be secret from the document for safety, only fresh per process: it makes collisions unpredictable.
var keySeed = maphash.MakeSeed()

// id is that of key, noKey where no object has it.
func (k *keyTable) id(key string) uint32 {
	if id, ok := k.find(key); ok {
		return id
	}
	return noKey
}

// reset empties a tree for another attempt on the same text.
func (t *tree) reset() {
	t.nodes, t.keys, t.texts = nil, keyTable{}, nil
	t.parents = byPrefix[containers]{}
}

func (k *keyTable) find(key string) (uint32, bool) {
	if len(k.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(k.slots) - 1)
	for s := uint32(maphash.String(keySeed, key)) & mask; ; s = (s + 1) & mask {
		id := k.slots[s]
		if id == 0 {
			return 0, false
		}
		if k.names[id-1] == key {
			return id - 1, true
		}
	}
}

// intern is the id of key, new or known.
func (k *keyTable) intern(key string) uint32 {
	if 2*len(k.names) >= len(k.slots) {
		k.grow()
	}
	mask := uint32(len(k.slots) - 1)
	s := uint32(maphash.String(keySeed, key)) & mask
	for ; k.slots[s] != 0; s = (s + 1) & mask {
		if id := k.slots[s] - 1; k.names[id] == key {
			return id
		}
	}
	k.names = append(k.names, key)
	k.slots[s] = uint32(len(k.names))
	return uint32(len(k.names) - 1)
}

func (k *keyTable) grow() {
	k.slots = make([]uint32, max(64, 2*len(k.slots)))
	mask := uint32(len(k.slots) - 1)
	for id, name := range k.names {
		s := uint32(maphash.String(keySeed, name)) & mask
		for k.slots[s] != 0 {
			s = (s + 1) & mask
		}
		k.slots[s] = uint32(id + 1)
	}
}
