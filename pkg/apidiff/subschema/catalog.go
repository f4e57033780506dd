// Package subschema reads JSON Schemas as sets of values: in a normal form, with the question
// whether one set contains another, and with what differs between two.
//
// Each family of keywords has a file, in which its part of every task stands side by side: how
// conjuncts merge, how two values differ, when one contains the other, whether a value is valid,
// and what a valid one looks like. The files normal.go, differ.go, contain.go, admit.go and
// sample.go go through the families.
package subschema

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/apidiff/work"
	"github.com/romel/govctl/pkg/contract"
)

// A Catalog is one of the two contracts with what has been worked out about it.
type Catalog struct {
	Doc     *contract.Document
	V30     bool // OpenAPI 3.0: siblings of $ref mean nothing, null is spelled nullable
	V32     bool // OpenAPI 3.2: its own keys mean something
	nodes   map[contract.Node]*nodeCache
	spare   []nodeCache        // to be handed out: one allocation for many nodes
	schemas map[string]*Schema // by the numbers of the nodes
	made    int
	any     *Schema
	meter   *work.Meter

	verdicts map[verdictKey]Answer
	typesOf  map[formKey]Types
	sampleOf map[formKey][]string // the first sample
	deep     bool                 // the bound on the depth of values cut an answer short
}

// nodeCache is what has been worked out about a node.
type nodeCache struct {
	id       uint32
	keywords *keywords
	schema   *Schema         // of the node as written
	notes    []contract.Node // wrappers on the way to it that carry only annotations
	alone    *Schema         // of this node and no other
	flags    flags
	flagged  bool
}

func (s *Catalog) cacheOf(n contract.Node) *nodeCache {
	if a := s.nodes[n]; a != nil {
		return a
	}
	if len(s.spare) == 0 {
		s.spare = make([]nodeCache, min(256, 16+len(s.nodes)))
	}
	a := &s.spare[0]
	s.spare = s.spare[1:]
	a.id = uint32(len(s.nodes))
	s.nodes[n] = a
	return a
}

func NewCatalog(doc *contract.Document, m *work.Meter) *Catalog {
	s := &Catalog{
		Doc: doc, V30: strings.HasPrefix(doc.OpenAPI(), "3.0"), V32: strings.HasPrefix(doc.OpenAPI(), "3.2"),
		nodes: map[contract.Node]*nodeCache{}, schemas: map[string]*Schema{}, meter: m, verdicts: map[verdictKey]Answer{}, typesOf: map[formKey]Types{}, sampleOf: map[formKey][]string{},
	}
	s.any = s.intern(nil, false, false)
	return s
}

func (s *Catalog) Closure(n contract.Node) contract.Hash { return s.Doc.Closure(n) }

// Hides reports whether a media type is a reference that does not resolve: nobody knows what it says. Before OpenAPI 3.2 a
// media type is no reference.
func (s *Catalog) Hides(media contract.Node) bool {
	return s.V32 && media.Get("$ref").Kind() == contract.String
}

// A Schema is what one value must satisfy: the conjunction of nodes that carry keywords, with
// references followed and allOf taken apart. Equal conjunctions of one side are one pointer.
type Schema struct {
	ID         int
	catalog    *Catalog
	nodes      []contract.Node // references followed, wrappers without keywords of their own left out
	orNull     bool            // null is valid besides
	Incomplete bool            // the budget was spent before all of it was read
	unknown    bool            // a reference in it does not resolve: nobody knows what it says
	normal     *NormalForm
	intended   *NormalForm
	simple     *NormalForm   // what the prover reads
	hash       contract.Hash // of all nodes; equal hashes on both sides mean equal meaning
	hashed     bool

	tagged, askedTagged bool // whether one of the nodes has a discriminator; known once asked
}

// A Use is a place where a schema is used: the node as written, and the annotations beside the
// reference.
type Use struct {
	Schema *Schema
	Entry  contract.Node   // as written, before $ref; absent where several meet
	notes  []contract.Node // wrappers on the way that carry only annotations
}

// Of is the use of a schema at n, which may be a reference. An absent node admits everything.
func (s *Catalog) Of(n contract.Node) Use { return s.All([]contract.Node{n}) }

// All is the use of several schemas that one value must satisfy together.
func (s *Catalog) All(nodes []contract.Node) Use {
	if len(nodes) == 1 && nodes[0].Exists() {
		return s.one(nodes[0])
	}
	f := flattener{catalog: s}
	for _, n := range nodes {
		if n.Exists() {
			f.add(n, 0)
		}
	}
	return Use{Schema: f.schema(), notes: f.notes}
}

func (s *Catalog) one(n contract.Node) Use {
	a := s.cacheOf(n)
	if a.schema == nil {
		f := flattener{catalog: s}
		f.add(n, 0)
		a.schema, a.notes = f.schema(), f.notes
	}
	return Use{Schema: a.schema, Entry: n, notes: a.notes}
}

func (s *Catalog) intern(nodes []contract.Node, orNull, unknown bool) *Schema {
	if len(nodes) == 1 && !orNull && !unknown {
		a := s.cacheOf(nodes[0])
		if a.alone == nil {
			s.made++
			a.alone = &Schema{ID: s.made, catalog: s, nodes: nodes}
		}
		return a.alone
	}
	s.meter.Charge(len(nodes))
	ids := make([]uint32, 0, len(nodes))
	for _, n := range nodes {
		ids = append(ids, s.cacheOf(n).id)
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
	c := &Schema{ID: s.made, catalog: s, nodes: nodes, orNull: orNull, unknown: unknown}
	s.schemas[string(k)] = c
	return c
}

// meaning is the hash of the whole conjunction.
func (c *Schema) meaning() contract.Hash {
	if c.hashed {
		return c.hash
	}
	c.hashed = true
	c.catalog.meter.Charge(len(c.nodes))
	hashes := make([]contract.Hash, 0, len(c.nodes))
	for _, n := range c.nodes {
		hashes = append(hashes, c.catalog.Closure(n))
	}
	sorting.Stable(hashes, func(a, b contract.Hash) int { return slices.Compare(a[:], b[:]) })
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

// Unconstrained reports whether no node carries a keyword.
func (c *Schema) Unconstrained() bool { return len(c.nodes) == 0 }

// A flattener takes references, allOf and alternatives of one apart.
type flattener struct {
	catalog    *Catalog
	nodes      []contract.Node
	notes      []contract.Node
	seen       []contract.Node
	index      map[contract.Node]bool // of seen, where that is long
	orNull     bool
	unknown    bool
	incomplete bool
}

// schema is what was found.
func (f *flattener) schema() *Schema {
	c := f.catalog.intern(f.nodes, f.orNull, f.unknown)
	c.Incomplete = c.Incomplete || f.incomplete
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
	f.catalog.meter.Charge(8)
	if len(f.seen) > maxConjuncts || depth > maxConjuncts || f.catalog.meter.Over() {
		f.incomplete = true
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
	shape := f.catalog.keywordsOf(n)
	f.unknown = f.unknown || shape.dangling
	if shape.ref.Exists() && f.catalog.V30 {
		f.add(shape.ref, depth+1)
		return
	}
	if depth == 0 && shape.nullableAlone {
		f.orNull = true
	}
	switch {
	case shape.asserts:
		f.nodes = append(f.nodes, n)
	case shape.annotated:
		f.notes = append(f.notes, n)
	}
	if shape.ref.Exists() {
		f.add(shape.ref, depth+1)
	}
	for _, m := range shape.allOf {
		f.add(m, depth+1)
	}
}

// Carriers are the nodes that may carry annotations, outermost first. Beside null, the one
// alternative carries them too.
func (u Use) Carriers() []contract.Node {
	out := append(slices.Clone(u.notes), u.Schema.nodes...)
	if u.Entry.Exists() && !slices.Contains(out, u.Entry) {
		out = append([]contract.Node{u.Entry}, out...)
	}
	s := u.Schema.catalog
	s.meter.Charge(8 * len(out))
	for i := 0; i < len(out) && i < 20; i++ {
		for _, key := range []string{"anyOf", "oneOf"} {
			if branch := s.besideNull(out[i].Get(key), key == "oneOf"); branch.Exists() {
				inner := s.Of(branch)
				out = append(append(out, inner.notes...), inner.Schema.nodes...)
			}
		}
	}
	return out
}

// besideNull is the one alternative that a list offers beside null, as withoutNull sees it; absent
// where it offers anything else.
func (s *Catalog) besideNull(list contract.Node, one bool) contract.Node {
	if list.Len() != 2 {
		return contract.Node{}
	}
	a, b := list.At(0), list.At(1)
	first, second := s.onlyNull(a), s.onlyNull(b)
	if first {
		a = b
	}
	if first == second || one && s.admitNull([]contract.Node{a}) {
		return contract.Node{}
	}
	return a
}
