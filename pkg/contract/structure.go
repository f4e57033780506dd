package contract

import (
	"fmt"
	"strings"
	"sync"
)

// compiled are the rules by shape and keyword number, made on first use so that commands without a contract do not pay.
var compiled = sync.OnceValue(func() (c struct {
	keywords map[string]uint8
	rows     [shapes][]int16 // by keyword number: index into rules, -1 for none
	others   [shapes]int16   // the "*" row
}) {
	c.keywords = map[string]uint8{}
	for _, r := range rules {
		if _, known := c.keywords[r.key]; !known && r.key != "*" {
			c.keywords[r.key] = uint8(len(c.keywords) + 1)
		}
	}
	for s := range c.rows {
		c.others[s] = -1
		c.rows[s] = make([]int16, len(c.keywords)+1)
		for k := range c.rows[s] {
			c.rows[s][k] = -1
		}
	}
	for i, r := range rules {
		if r.key == "*" {
			c.others[r.on] = int16(i)
		} else {
			c.rows[r.on][c.keywords[r.key]] = int16(i)
		}
	}
	return c
})

// A walker goes through the structure of one tree: it checks types against the rules and collects the references.
type walker struct {
	t        *tree
	siblings bool    // keys beside a schema's $ref count (OpenAPI 3.1)
	keywords []uint8 // by key id
	seen     []uint64
	found    []reference
}

// A reference is a string in a structural place that names another place.
type reference struct {
	from  uint32 // the string
	shape shape  // of what it must point at
	loose bool   // a discriminator mapping: may be the bare name of a schema, or of none
}

func newWalker(t *tree, siblings bool) *walker {
	c := compiled()
	w := &walker{t: t, siblings: siblings, keywords: make([]uint8, len(t.keys.names)), seen: make([]uint64, len(t.nodes)/64+1)}
	for id, name := range t.keys.names {
		w.keywords[id] = c.keywords[name]
	}
	return w
}

// visit walks the object at i as a shape. Recursion is bounded by the depth that the readers allow.
func (w *walker) visit(i uint32, s shape) error {
	n := &w.t.nodes[i]
	if n.kind != Object || w.seen[i/64]&(1<<(i%64)) != 0 {
		return nil
	}
	w.seen[i/64] |= 1 << (i % 64)
	if shapeTraits[s].reference {
		if done, err := w.reference(i, s); done || err != nil {
			return err
		}
	}
	c := compiled()
	for f := i + 1; f < n.next; f = w.t.nodes[f].next {
		key := w.t.nodes[f].key
		row := c.rows[s][w.keywords[key]]
		if row < 0 {
			if row = c.others[s]; row < 0 || strings.HasPrefix(w.t.keys.names[key], "x-") {
				continue
			}
		}
		if err := w.field(f, &rules[row]); err != nil {
			return err
		}
	}
	return nil
}

// field checks one field against its row and walks into it.
func (w *walker) field(f uint32, r *rule) error {
	n := &w.t.nodes[f]
	if n.kind == Null && (r.items != 0 || shapeTraits[r.of].empty) {
		return nil
	}
	if !r.value.has(n.kind) {
		return w.wrong(f, Node{w.t, f}.Key(), r.value)
	}
	if r.items == 0 {
		if r.of != data {
			return w.visit(f, r.of)
		}
		return nil
	}
	if n.kind != Array && n.kind != Object {
		return nil
	}
	for c := f + 1; c < n.next; c = w.t.nodes[c].next {
		item := &w.t.nodes[c]
		if n.kind == Object && strings.HasPrefix(w.t.keys.names[item.key], "x-") && !r.items.has(item.kind) {
			continue
		}
		if !r.items.has(item.kind) {
			return w.wrongItem(f, c, r)
		}
		if r.of == data {
			if r.on == sDiscriminator {
				w.found = append(w.found, reference{from: c, shape: sSchema, loose: true})
			}
			continue
		}
		if err := w.visit(c, r.of); err != nil {
			return err
		}
	}
	return nil
}

// reference notes the $ref of the object at i; done means that nothing else in the object counts.
func (w *walker) reference(i uint32, s shape) (done bool, err error) {
	f := w.t.field(i, "$ref")
	if s == sSchema && w.siblings {
		if dynamic := w.t.field(i, "$dynamicRef"); dynamic != 0 && w.t.nodes[dynamic].kind == String {
			w.found = append(w.found, reference{from: dynamic, shape: s})
		}
	}
	if f == 0 {
		return false, nil
	}
	if w.t.nodes[f].kind != String {
		return false, w.wrong(f, "$ref", text)
	}
	w.found = append(w.found, reference{from: f, shape: s})
	return s != sPathItem && !(s == sSchema && w.siblings), nil
}

func (w *walker) wrong(i uint32, key string, want kinds) error {
	n := Node{w.t, i}
	return &Error{Place: n.Place(), Msg: fmt.Sprintf("%q must be %s, not %s", key, want, n.Kind())}
}

func (w *walker) wrongItem(of, i uint32, r *rule) error {
	n := Node{w.t, i}
	what := "every item of"
	if w.t.nodes[of].kind == Object {
		what = fmt.Sprintf("%q in", n.Key())
	}
	err := &Error{Place: n.Place(), Msg: fmt.Sprintf("%s %q must be %s, not %s", what, r.key, r.items, n.Kind())}
	switch {
	case n.Key() == "$ref":
		err.Hint = "only a single object can be replaced by a reference, not a whole map of them"
	case n.Kind() == Number && r.items == text:
		err.Hint = "quote it"
	}
	return err
}

// String is the set as it stands in a message: "an object or a boolean".
func (k kinds) String() string {
	var names []string
	for kind := Object; kind > Invalid; kind-- {
		if k.has(kind) {
			names = append(names, kind.String())
		}
	}
	return strings.Join(names, " or ")
}
