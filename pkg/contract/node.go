package contract

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
)

// Kind is the JSON type of a value.
type Kind uint8

// The kinds; Invalid is that of an absent node.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}

// String is the kind as written in messages: "an object".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Invalid]
}

// Node is one value of a parsed document: a small comparable handle. The zero Node is absent, and every method is safe on it.
type Node struct {
	t *tree
	i uint32
}

func (n Node) raw() *node { return &n.t.nodes[n.i] }

// Exists reports whether n is a value of a document.
func (n Node) Exists() bool { return n.t != nil }

// Kind is Invalid for an absent node.
func (n Node) Kind() Kind {
	if n.t == nil {
		return Invalid
	}
	return n.raw().kind
}

// Get is the field of an object; absent if there is none or n is not an object.
func (n Node) Get(key string) Node {
	if n.Kind() != Object {
		return Node{}
	}
	if c := n.t.field(n.i, key); c != 0 {
		return Node{n.t, c}
	}
	return Node{}
}

// Find is the value that an RFC 6901 pointer names, seen from n; absent when there is none. "" is n itself.
func (n Node) Find(pointer string) Node {
	if pointer == "" {
		return n
	}
	if pointer[0] != '/' {
		return Node{}
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		if n.Kind() == Array {
			i, err := strconv.Atoi(token)
			if err != nil || strconv.Itoa(i) != token {
				return Node{}
			}
			n = n.At(i)
		} else {
			n = n.Get(unescapeToken(token))
		}
	}
	return n
}

// At is the item i of an array; absent when there is none.
func (n Node) At(i int) Node {
	if n.Kind() != Array || i < 0 || i >= int(n.raw().val) {
		return Node{}
	}
	if i >= wideObject && n.t.nodes[n.i].next-n.i > n.t.nodes[n.i].val+1 {
		return Node{n.t, n.t.items(n.i)[i]}
	}
	c := n.i + 1
	if n.t.nodes[n.i].next-n.i == n.t.nodes[n.i].val+1 { // of items without values inside
		return Node{n.t, c + uint32(i)}
	}
	for ; i > 0; i-- {
		c = n.t.nodes[c].next
	}
	return Node{n.t, c}
}

// Len is the number of items or fields.
func (n Node) Len() int {
	if k := n.Kind(); k != Array && k != Object {
		return 0
	}
	return int(n.raw().val)
}

// Size is the number of values in n, itself included.
func (n Node) Size() int {
	if n.t == nil {
		return 0
	}
	return int(n.raw().next - n.i)
}

// Fields are the fields of an object in document order.
func (n Node) Fields() iter.Seq2[string, Node] {
	return func(yield func(string, Node) bool) {
		if n.Kind() != Object {
			return
		}
		for c, end := n.i+1, n.raw().next; c < end; c = n.t.nodes[c].next {
			if !yield(n.t.keys.names[n.t.nodes[c].key], Node{n.t, c}) {
				return
			}
		}
	}
}

// Items are the items of an array in order.
func (n Node) Items() iter.Seq2[int, Node] {
	return func(yield func(int, Node) bool) {
		if n.Kind() != Array {
			return
		}
		i := 0
		for c, end := n.i+1, n.raw().next; c < end; c = n.t.nodes[c].next {
			if !yield(i, Node{n.t, c}) {
				return
			}
			i++
		}
	}
}

// Key is the name of the field that n is; "" for an item or a root.
func (n Node) Key() string {
	if n.t == nil || n.raw().key == noKey {
		return ""
	}
	return n.t.keys.names[n.raw().key]
}

// Text is the value of a string; "" for other kinds.
func (n Node) Text() string {
	if n.Kind() != String {
		return ""
	}
	return n.t.text(n.raw())
}

// Bool is true only for the value true.
func (n Node) Bool() bool { return n.Kind() == Bool && n.raw().val == 1 }

// Literal is a number as it is written, in the grammar of JSON; "" for other kinds.
func (n Node) Literal() string {
	if n.Kind() != Number {
		return ""
	}
	return n.t.text(n.raw())
}

// Value is n decoded: nil, bool, json.Number, string, []any or map[string]any.
func (n Node) Value() any {
	switch n.Kind() {
	case Bool:
		return n.Bool()
	case Number:
		return json.Number(n.Literal())
	case String:
		return n.Text()
	case Array:
		list := make([]any, 0, n.Len())
		for _, item := range n.Items() {
			list = append(list, item.Value())
		}
		return list
	case Object:
		m := make(map[string]any, n.Len())
		for key, field := range n.Fields() {
			m[key] = field.Value()
		}
		return m
	default:
		return nil
	}
}

// IsExtension reports whether a key of an OpenAPI document is a vendor's own: x-NAME.
func IsExtension(name string) bool {
	return len(name) > 2 && (name[0] == 'x' || name[0] == 'X') && name[1] == '-'
}
