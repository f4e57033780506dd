package contract

import "sort"

// An edge is a resolved reference: from the string that names it to its target.
type edge struct {
	from uint32
	to   Node
}

// Target is what a reference string points at: the value of a $ref, $dynamicRef or discriminator mapping in a
// structural place. One hop; absent for any other node.
func (d *Document) Target(s Node) Node {
	if s.t == nil {
		return Node{}
	}
	edges := s.t.edges
	k := sort.Search(len(edges), func(k int) bool { return edges[k].from >= s.i })
	if k < len(edges) && edges[k].from == s.i {
		return edges[k].to
	}
	return Node{}
}

// Deref follows the $ref of n, through chains and across files, to its target; n itself when it is no reference.
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

// Dangling are the references that lead nowhere, in the order of the files. There are some only when
// Options.AllowDangling let them pass; Deref then returns the reference itself.
func (d *Document) Dangling() []*Error { return d.dangling }
