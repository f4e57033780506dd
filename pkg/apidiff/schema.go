package apidiff

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// A side is one of the two contracts with what has been worked out about it.
type side struct {
	doc     *contract.Document
	v30     bool // OpenAPI 3.0: siblings of $ref mean nothing, null is spelled nullable
	ids     map[contract.Node]uint32
	schemas map[string]*schema
	single  map[contract.Node]*schema
	facts   map[contract.Node]*facts
	closed  map[contract.Node]contract.Hash
	flagged map[contract.Node]flags
	made    int
	any     *schema
}

func newSide(doc *contract.Document) *side {
	s := &side{
		doc: doc, v30: strings.HasPrefix(doc.OpenAPI(), "3.0"),
		ids: map[contract.Node]uint32{}, schemas: map[string]*schema{}, single: map[contract.Node]*schema{},
		facts: map[contract.Node]*facts{}, closed: map[contract.Node]contract.Hash{}, flagged: map[contract.Node]flags{},
	}
	s.any = s.intern(nil, false)
	return s
}

func (s *side) closure(n contract.Node) contract.Hash {
	if h, ok := s.closed[n]; ok {
		return h
	}
	h := s.doc.Closure(n)
	s.closed[n] = h
	return h
}

// A schema is what one value must satisfy: the conjunction of nodes that carry keywords, with references followed
// and allOf taken apart. Equal conjunctions of one side are one pointer.
type schema struct {
	id     int
	side   *side
	nodes  []contract.Node // references followed, wrappers without keywords of their own left out
	orNull bool            // null is valid besides
	normal *norm
	hash   contract.Hash // of all nodes; equal hashes on both sides mean equal meaning
	hashed bool
}

// A use is a place where a schema is used: the node as written, and the words and flags beside the reference.
type use struct {
	schema *schema
	entry  contract.Node   // as written, before $ref; absent where several meet
	notes  []contract.Node // wrappers on the way that carry only words and flags
}

// of is the use of a schema at n, which may be a reference. An absent node admits everything.
func (s *side) of(n contract.Node) use { return s.all([]contract.Node{n}) }

// all is the use of several schemas that one value must satisfy together.
func (s *side) all(nodes []contract.Node) use {
	if len(nodes) == 1 && nodes[0].Exists() {
		n := nodes[0]
		if c, ok := s.single[n]; ok {
			return use{schema: c, entry: n, notes: s.notes(n)}
		}
	}
	var f flattener
	f.side = s
	for _, n := range nodes {
		if n.Exists() {
			f.add(n, 0)
		}
	}
	u := use{schema: s.intern(f.nodes, f.orNull), notes: f.notes}
	if len(nodes) == 1 {
		u.entry = nodes[0]
		s.single[nodes[0]] = u.schema
	}
	return u
}

// notes are the wrappers between n and what it stands for.
func (s *side) notes(n contract.Node) []contract.Node {
	if len(s.single[n].nodes) == 1 && s.single[n].nodes[0] == n {
		return nil
	}
	f := flattener{side: s}
	f.add(n, 0)
	return f.notes
}

func (s *side) intern(nodes []contract.Node, orNull bool) *schema {
	ids := make([]uint32, 0, len(nodes))
	for _, n := range nodes {
		id, ok := s.ids[n]
		if !ok {
			id = uint32(len(s.ids))
			s.ids[n] = id
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	k := make([]byte, 0, 4*len(ids)+1)
	for _, id := range ids {
		k = binary.LittleEndian.AppendUint32(k, id)
	}
	if orNull {
		k = append(k, 1)
	}
	if c, ok := s.schemas[string(k)]; ok {
		return c
	}
	s.made++
	c := &schema{id: s.made, side: s, nodes: nodes, orNull: orNull}
	s.schemas[string(k)] = c
	return c
}

// meaning is the hash of the whole conjunction.
func (c *schema) meaning() contract.Hash {
	if c.hashed {
		return c.hash
	}
	c.hashed = true
	hashes := make([]contract.Hash, 0, len(c.nodes))
	for _, n := range c.nodes {
		hashes = append(hashes, c.side.closure(n))
	}
	slices.SortFunc(hashes, func(a, b contract.Hash) int { return slices.Compare(a[:], b[:]) })
	hashes = slices.Compact(hashes)
	for i, h := range hashes {
		for k := range h {
			c.hash[k] = c.hash[k]*31 + h[(k+i)%len(h)] + byte(i)
		}
	}
	if c.orNull {
		c.hash[0] ^= 0x5a
	}
	return c.hash
}

// unconstrained reports whether no node carries a keyword.
func (c *schema) unconstrained() bool { return len(c.nodes) == 0 }

// A flattener takes references, allOf and alternatives of one apart.
type flattener struct {
	side   *side
	nodes  []contract.Node
	notes  []contract.Node
	seen   map[contract.Node]bool
	orNull bool
}

// maxConjuncts bounds a conjunction: beyond it the rest is left to the verdict "asserted".
const maxConjuncts = 20_000

func (f *flattener) add(n contract.Node, depth int) {
	if f.seen[n] || len(f.seen) > maxConjuncts || depth > maxConjuncts {
		return
	}
	if f.seen == nil {
		f.seen = map[contract.Node]bool{}
	}
	f.seen[n] = true
	if n.Kind() != contract.Object {
		if n.Kind() == contract.Bool && !n.Bool() {
			f.nodes = append(f.nodes, n)
		}
		return
	}
	shape := f.side.fact(n)
	if shape.ref.Exists() && f.side.v30 {
		f.add(shape.ref, depth+1)
		return
	}
	if depth == 0 && shape.nullableAlone {
		f.orNull = true
	}
	switch {
	case shape.asserts:
		f.nodes = append(f.nodes, n)
	case shape.noted:
		f.notes = append(f.notes, n)
	}
	if shape.ref.Exists() {
		f.add(shape.ref, depth+1)
	}
	for _, m := range shape.allOf {
		f.add(m, depth+1)
	}
}
