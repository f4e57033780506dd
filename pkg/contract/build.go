package contract

import (
	"fmt"
	"unsafe"

	"github.com/romel/govctl/internal/hugepages"
)

const bom = "\ufeff"

// newTree is an empty tree over data, which must not change as long as the tree lives.
func newTree(file, id string, data []byte) *tree {
	// Texts are handed out as pieces of the source: no copy of 13 MB, no allocation per string.
	return &tree{file: file, id: id, src: unsafe.String(unsafe.SliceData(data), len(data))}
}

// A builder fills a tree in document order. Both readers use it, so the limits stand here once.
type builder struct {
	t        *tree
	stack    []uint32 // open containers
	key      uint32   // key of the next value
	koff     uint32
	maxDepth int
	maxNodes int
	seen     []uint32 // by key id: the last closed object that had it, plus 1
}

func newBuilder(t *tree, expected int, opt Options) *builder {
	t.nodes = hugepages.Slice[node](min(expected, opt.maxValues()))
	return &builder{t: t, key: noKey, maxDepth: opt.maxDepth(), maxNodes: opt.maxValues()}
}

// add appends a value with the pending key.
func (b *builder) add(n node) error {
	if len(b.t.nodes) >= b.maxNodes {
		return b.refuse(n.off, fmt.Sprintf("the document has more than %d values", b.maxNodes), "split it")
	}
	n.key, n.koff = b.key, b.koff
	b.key = noKey
	n.next = uint32(len(b.t.nodes) + 1)
	b.t.nodes = append(b.t.nodes, n)
	if len(b.stack) > 0 {
		b.t.nodes[b.stack[len(b.stack)-1]].val++
	}
	return nil
}

// open appends an empty container and makes it the parent of what follows.
func (b *builder) open(kind Kind, off uint32) error {
	if len(b.stack) >= b.maxDepth {
		return b.refuse(off, fmt.Sprintf("values are nested more than %d levels deep", b.maxDepth), "is the file damaged? an OpenAPI document shares what repeats through $ref")
	}
	if err := b.add(node{off: off, kind: kind}); err != nil {
		return err
	}
	b.stack = append(b.stack, uint32(len(b.t.nodes)-1))
	return nil
}

// close ends the innermost container; an object must not have one key twice.
func (b *builder) close() error {
	i := b.stack[len(b.stack)-1]
	b.stack = b.stack[:len(b.stack)-1]
	t := b.t
	t.nodes[i].next = uint32(len(t.nodes))
	if t.nodes[i].kind != Object || t.nodes[i].val < 2 {
		return nil
	}
	for len(b.seen) < len(t.keys.names) {
		b.seen = append(b.seen, 0)
	}
	for c := i + 1; c < t.nodes[i].next; c = t.nodes[c].next {
		key := t.nodes[c].key
		if b.seen[key] == i+1 {
			return b.duplicate(i, c)
		}
		b.seen[key] = i + 1
	}
	return nil
}

// duplicate is the error for field c of object i, whose key stands in it before.
func (b *builder) duplicate(i, c uint32) error {
	t := b.t
	for _, open := range b.stack {
		t.nodes[open].next = uint32(len(t.nodes)) // so that the pointer can be told
	}
	first := i + 1
	for t.nodes[first].key != t.nodes[c].key {
		first = t.nodes[first].next
	}
	line, _ := t.lineColumn(t.nodes[first].koff)
	err := b.refuse(t.nodes[c].koff, fmt.Sprintf("duplicate key %q in one object, first in line %d",
		t.keys.names[t.nodes[c].key], line), "readers disagree on which of the two counts: remove one")
	err.Place.Pointer = Node{t, c}.Pointer()
	return err
}

// refuse is an error that another reader of the same text would find too.
func (b *builder) refuse(off uint32, msg, hint string) *Error {
	err := b.t.fail(off, msg, hint)
	err.final = true
	return err
}

// fail is an error at an offset of the tree's text.
func (t *tree) fail(off uint32, msg, hint string) *Error {
	return &Error{Place: t.place(min(off, uint32(len(t.src))), ""), Msg: msg, Hint: hint}
}
