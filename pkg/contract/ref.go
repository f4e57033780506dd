package contract

import "sort"

// An edge is a resolved reference: from the string that names it to its target.
type edge struct {
	from  uint32
	shape shape // of the target
	to    Node
}

// Target is what a reference string points at: the value of a $ref, $dynamicRef or discriminator mapping in a
// structural place. One hop; absent for any other node.
func (d *Document) Target(s Node) Node {
	if s.t == nil {
		return Node{}
	}
	e, _ := s.t.edge(s.i)
	return e.to
}

// edge is the one that begins at the string at i.
func (t *tree) edge(i uint32) (edge, bool) {
	k := sort.Search(len(t.edges), func(k int) bool { return t.edges[k].from >= i })
	if k < len(t.edges) && t.edges[k].from == i {
		return t.edges[k], true
	}
	return edge{}, false
}

// Deref follows the $ref of n, through chains and across files, to its target; n itself if it is
// not a reference.
func (d *Document) Deref(n Node) Node {
	for {
		to := d.step(n)
		if !to.Exists() {
			return n
		}
		n = to // ends: the loader has refused circles
	}
}

// step is the target of n's $ref, one hop.
func (d *Document) step(n Node) Node {
	if n.Kind() != Object {
		return Node{}
	}
	if f := n.t.fieldByID(n.i, n.t.refKey); f != 0 {
		return d.Target(Node{n.t, f})
	}
	return Node{}
}

// Dangling are the references that do not resolve, in the order of the files. The list is empty
// unless Options.AllowDangling is set; Deref then returns the reference itself.
func (d *Document) Dangling() []*Error { return d.dangling }
