package contract

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// ruleIndex finds the row for a key without comparing strings.
type ruleIndex struct {
	rules    []rule
	keywords map[string]uint8
	rows     [shapes][]int16 // by keyword number: index into rules, -1 for none
	others   [shapes]int16   // the "*" row
}

// The indexes are made on first use, so that commands without a contract do not pay for them.
var (
	compiled   = sync.OnceValue(func() *ruleIndex { return compile(rules) })
	compiled32 = sync.OnceValue(func() *ruleIndex { return compile(slices.Concat(rules, rules32)) })
)

func compile(rows []rule) *ruleIndex {
	c := &ruleIndex{rules: rows, keywords: map[string]uint8{}}
	for _, r := range rows {
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
	for i, r := range rows {
		if r.key == "*" {
			c.others[r.on] = int16(i)
		} else {
			c.rows[r.on][c.keywords[r.key]] = int16(i)
		}
	}
	return c
}

// dialect is what the version of the root document decides.
type dialect struct {
	siblings bool // keys beside a schema's $ref count, and $id, $anchor and $dynamicRef mean something: since 3.1
	since32  bool // what only 3.2 knows means something
}

func dialectOf(version string) dialect {
	return dialect{siblings: !strings.HasPrefix(version, "3.0"), since32: strings.HasPrefix(version, "3.2")}
}

// index is the index of the rows of the dialect.
func (d dialect) index() *ruleIndex {
	if d.since32 {
		return compiled32()
	}
	return compiled()
}

// A walker goes through the structure of one tree: it checks types against the rules and collects references and the
// names that they may use.
type walker struct {
	t        *tree
	index    *ruleIndex
	dialect  dialect
	names    *names
	keywords []uint8 // keyword number by key id
	extends  []bool  // by key id: x-*
	refKey   uint32  // ids of keys, noKey where the tree does not use them
	idKeys   [4]uint32
	seen     []uint64
	scope    scope
	found    []reference
	items    []uint32 // path items, where their parameters are to be checked
}

// A scope is what a reference without a file name is relative to: the file, or a schema with an $id.
type scope struct {
	root uint32
	base *url.URL // nil outside of schemas with an $id
}

// A reference is a string in a structural place that names another place.
type reference struct {
	from  uint32 // the string
	shape shape  // of what it must point at
	kind  referenceKind
	scope scope
}

type referenceKind uint8

const (
	plain   referenceKind = iota // $ref
	dynamic                      // $dynamicRef
	mapping                      // of a discriminator: may be the bare name of a schema, or lead nowhere
)

// The positions of walker.idKeys.
const (
	keyID = iota
	keyAnchor
	keyDynamicAnchor
	keyDynamicRef
)

func newWalker(t *tree, d dialect, known *names) *walker {
	w := &walker{t: t, index: d.index(), dialect: d, names: known, keywords: make([]uint8, len(t.keys.names)),
		extends: make([]bool, len(t.keys.names)), seen: make([]uint64, len(t.nodes)/64+1), refKey: t.keys.id("$ref")}
	for id, name := range t.keys.names {
		w.keywords[id] = w.index.keywords[name]
		w.extends[id] = strings.HasPrefix(name, "x-")
	}
	for i, name := range []string{keyID: "$id", keyAnchor: "$anchor", keyDynamicAnchor: "$dynamicAnchor", keyDynamicRef: "$dynamicRef"} {
		w.idKeys[i] = noKey
		if d.siblings {
			w.idKeys[i] = t.keys.id(name)
		}
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
	if s == sSchema && w.dialect.siblings {
		outer := w.scope
		defer func() { w.scope = outer }()
		if err := w.identify(i); err != nil {
			return err
		}
	}
	if s == sDocument && w.dialect.since32 {
		if err := w.names.noteSelf(w, Node{w.t, i}); err != nil {
			return err
		}
	}
	if traits[s].reference && (w.dialect.since32 || !traits[s].since32) {
		if done, err := w.reference(i, s); done || err != nil {
			return err
		}
	}
	for f := i + 1; f < n.next; f = w.t.nodes[f].next {
		key := w.t.nodes[f].key
		row := w.index.rows[s][w.keywords[key]]
		if row < 0 && !w.extends[key] {
			row = w.index.others[s]
		}
		if row < 0 {
			continue
		}
		if err := w.field(f, &w.index.rules[row]); err != nil {
			return err
		}
	}
	if !w.dialect.since32 {
		return nil
	}
	if s == sPathItem {
		w.items = append(w.items, i)
	}
	return check32(Node{w.t, i}, s)
}

// field checks one field against its row and walks into it.
func (w *walker) field(f uint32, r *rule) error {
	n := &w.t.nodes[f]
	if n.kind == Null && (r.items != 0 || traits[r.of].empty) {
		return nil
	}
	if !r.value.has(n.kind) {
		return w.wrong(f, r.value)
	}
	if r.items == 0 {
		return w.enter(f, r.of)
	}
	if n.kind != Array && n.kind != Object {
		return nil
	}
	for c := f + 1; c < n.next; c = w.t.nodes[c].next {
		if err := w.item(f, c, r); err != nil {
			return err
		}
	}
	return nil
}

// item checks one item of the list or map at f.
func (w *walker) item(f, c uint32, r *rule) error {
	n := &w.t.nodes[c]
	if !r.items.has(n.kind) {
		if n.key != noKey && w.extends[n.key] {
			return nil // an extension beside the named ones
		}
		return w.wrongItem(f, c, r)
	}
	return w.enter(c, r.of)
}

// enter walks into a value of a checked kind.
func (w *walker) enter(i uint32, s shape) error {
	switch {
	case s == data:
		return nil
	case w.t.nodes[i].kind == String:
		w.found = append(w.found, reference{i, s, mapping, w.scope})
		return nil
	default:
		return w.visit(i, s)
	}
}

// reference notes the $ref of the object at i; done means that nothing else in the object counts.
func (w *walker) reference(i uint32, s shape) (done bool, err error) {
	f := w.t.fieldByID(i, w.refKey)
	if f == 0 {
		return false, nil
	}
	if w.t.nodes[f].kind != String {
		return false, w.wrong(f, text)
	}
	w.found = append(w.found, reference{f, s, plain, w.scope})
	return s != sPathItem && (s != sSchema || !w.dialect.siblings), nil
}

// identify notes what the schema at i is called and the $dynamicRef in it, and enters its scope.
func (w *walker) identify(i uint32) error {
	for k, key := range w.idKeys {
		f := w.t.fieldByID(i, key)
		if f == 0 {
			continue
		}
		if w.t.nodes[f].kind != String {
			return w.wrong(f, text)
		}
		if k == keyDynamicRef {
			w.found = append(w.found, reference{f, sSchema, dynamic, w.scope})
			continue
		}
		if err := w.names.note(w, k, i, f); err != nil {
			return err
		}
	}
	return nil
}

// shapeHint is the advice for a value of the wrong kind where nothing better is known.
const shapeHint = "the OpenAPI specification describes every field: https://spec.openapis.org/oas"

func (w *walker) wrong(i uint32, want kinds) error {
	n := Node{w.t, i}
	err := fail(n, fmt.Sprintf("%q must be %s, not %s", n.Key(), want, n.Kind()), shapeHint)
	switch {
	case n.Kind() == Null:
		err.Hint = "remove the key, or write {} for an empty object"
	case want == text && (n.Kind() == Number || n.Kind() == Bool):
		err.Hint = "quote it"
	}
	return err
}

func (w *walker) wrongItem(of, i uint32, r *rule) error {
	n := Node{w.t, i}
	what := "every item of"
	if w.t.nodes[of].kind == Object {
		what = fmt.Sprintf("%q in", n.Key())
	}
	err := fail(n, fmt.Sprintf("%s %q must be %s, not %s", what, r.key, r.items, n.Kind()), shapeHint)
	switch {
	case n.Key() == "$ref":
		err.Hint = "only a single object can be replaced by a reference, not a whole map of them"
	case n.Kind() == Null:
		err.Hint = "write {} for an empty object"
	case r.items == text && (n.Kind() == Number || n.Kind() == Bool):
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
