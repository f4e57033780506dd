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
	nodes   map[contract.Node]*about
	spare   []about            // to be handed out: one allocation for many nodes
	schemas map[string]*schema // by the numbers of the nodes
	made    int
	any     *schema
	meter   *meter
}

// about is what has been worked out about a node.
type about struct {
	id      uint32
	facts   *facts
	schema  *schema         // of the node as written
	notes   []contract.Node // wrappers on the way to it that carry only words and flags
	alone   *schema         // of this node and no other
	flags   flags
	flagged bool
}

func (s *side) about(n contract.Node) *about {
	if a := s.nodes[n]; a != nil {
		return a
	}
	if len(s.spare) == 0 {
		s.spare = make([]about, min(256, 16+len(s.nodes)))
	}
	a := &s.spare[0]
	s.spare = s.spare[1:]
	a.id = uint32(len(s.nodes))
	s.nodes[n] = a
	return a
}

func newSide(doc *contract.Document, m *meter) *side {
	s := &side{
		doc: doc, v30: strings.HasPrefix(doc.OpenAPI(), "3.0"),
		nodes: map[contract.Node]*about{}, schemas: map[string]*schema{}, meter: m,
	}
	s.any = s.intern(nil, false, false)
	return s
}

func (s *side) closure(n contract.Node) contract.Hash { return s.doc.Closure(n) }

// A schema is what one value must satisfy: the conjunction of nodes that carry keywords, with references followed
// and allOf taken apart. Equal conjunctions of one side are one pointer.
type schema struct {
	id        int
	side      *side
	nodes     []contract.Node // references followed, wrappers without keywords of their own left out
	orNull    bool            // null is valid besides
	cut       bool            // the budget was spent before all of it was read
	unknown   bool            // a reference in it does not resolve: nobody knows what it says
	normal    *norm
	sharpened *norm         // what the prover reads
	hash      contract.Hash // of all nodes; equal hashes on both sides mean equal meaning
	hashed    bool
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
		return s.one(nodes[0])
	}
	f := flattener{side: s}
	for _, n := range nodes {
		if n.Exists() {
			f.add(n, 0)
		}
	}
	return use{schema: f.schema(), notes: f.notes}
}

func (s *side) one(n contract.Node) use {
	a := s.about(n)
	if a.schema == nil {
		f := flattener{side: s}
		f.add(n, 0)
		a.schema, a.notes = f.schema(), f.notes
	}
	return use{schema: a.schema, entry: n, notes: a.notes}
}

func (s *side) intern(nodes []contract.Node, orNull, unknown bool) *schema {
	if len(nodes) == 1 && !orNull && !unknown {
		a := s.about(nodes[0])
		if a.alone == nil {
			s.made++
			a.alone = &schema{id: s.made, side: s, nodes: nodes}
		}
		return a.alone
	}
	s.meter.charge(len(nodes))
	ids := make([]uint32, 0, len(nodes))
	for _, n := range nodes {
		ids = append(ids, s.about(n).id)
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
	if unknown {
		k = append(k, 2, 2)
	}
	if c, ok := s.schemas[string(k)]; ok {
		return c
	}
	s.made++
	c := &schema{id: s.made, side: s, nodes: nodes, orNull: orNull, unknown: unknown}
	s.schemas[string(k)] = c
	return c
}

// meaning is the hash of the whole conjunction.
func (c *schema) meaning() contract.Hash {
	if c.hashed {
		return c.hash
	}
	c.hashed = true
	c.side.meter.charge(len(c.nodes))
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

// types are those that the type keywords allow: a bound of what is valid, without the normal form.
func (c *schema) types() types {
	t := tAll
	c.side.meter.charge(len(c.nodes))
	for _, n := range c.nodes {
		t &= c.side.fact(n).types
	}
	if c.orNull {
		t |= tNull
	}
	return t
}

// unconstrained reports whether no node carries a keyword.
func (c *schema) unconstrained() bool { return len(c.nodes) == 0 }

// A flattener takes references, allOf and alternatives of one apart.
type flattener struct {
	side    *side
	nodes   []contract.Node
	notes   []contract.Node
	seen    []contract.Node
	index   map[contract.Node]bool // of seen, where that is long
	orNull  bool
	unknown bool
	cut     bool
}

// schema is what was found.
func (f *flattener) schema() *schema {
	c := f.side.intern(f.nodes, f.orNull, f.unknown)
	c.cut = c.cut || f.cut
	return c
}

// visit notes a node, and reports whether it is new.
func (f *flattener) visit(n contract.Node) bool {
	const long = 16
	switch {
	case f.index != nil:
		if f.index[n] {
			return false
		}
		f.index[n] = true
	case slices.Contains(f.seen, n):
		return false
	case len(f.seen) == long:
		f.index = map[contract.Node]bool{n: true}
		for _, m := range f.seen {
			f.index[m] = true
		}
	}
	f.seen = append(f.seen, n)
	return true
}

// maxConjuncts bounds a conjunction: beyond it the rest is left to the verdict "asserted".
const maxConjuncts = 20_000

func (f *flattener) add(n contract.Node, depth int) {
	f.side.meter.charge(1)
	if len(f.seen) > maxConjuncts || depth > maxConjuncts || f.side.meter.over() {
		f.cut = true
		return
	}
	if !f.visit(n) {
		return
	}
	if n.Kind() != contract.Object {
		if n.Kind() == contract.Bool && !n.Bool() {
			f.nodes = append(f.nodes, n)
		}
		return
	}
	shape := f.side.fact(n)
	f.unknown = f.unknown || shape.dangling
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
