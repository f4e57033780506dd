package contract

import "iter"

// Schemas are the schema objects of the document, each once, in the order in which they are written; those of other
// files where the first reference to them is.
func (d *Document) Schemas() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		w := schemaWalker{d: d, index: compiled(), keywords: map[*tree][]uint8{}, seen: map[Node]bool{}, yield: yield}
		w.visit(d.Root(), sDocument)
	}
}

type schemaWalker struct {
	d        *Document
	index    *ruleIndex
	keywords map[*tree][]uint8 // keyword number by key id
	seen     map[Node]bool     // what a reference to another file led to
	yield    func(Node) bool
}

// visit walks the object n as a shape; false ends the walk. Recursion is bounded by the depth that the readers allow, and by the
// number of references between files.
func (w *schemaWalker) visit(n Node, s shape) bool {
	if n.Kind() != Object {
		return true
	}
	if traits[s].reference {
		if to := w.d.Deref(n); to.t != n.t && !w.seen[to] {
			w.seen[to] = true
			if !w.visit(to, s) {
				return false
			}
		}
	}
	if s == sSchema && !w.yield(n) {
		return false
	}
	keywords := w.numbers(n.t)
	for f := n.i + 1; f < n.t.nodes[n.i].next; f = n.t.nodes[f].next {
		key := n.t.nodes[f].key
		row := w.index.rows[s][keywords[key]]
		if row < 0 && !IsExtension(n.t.keys.names[key]) {
			row = w.index.others[s]
		}
		if row < 0 || rules[row].of == data {
			continue
		}
		r := &rules[row]
		if r.items == 0 {
			if !w.visit(Node{n.t, f}, r.of) {
				return false
			}
			continue
		}
		for c := f + 1; c < n.t.nodes[f].next; c = n.t.nodes[c].next {
			if !w.visit(Node{n.t, c}, r.of) {
				return false
			}
		}
	}
	return true
}

// numbers are the keywords of a tree by key id.
func (w *schemaWalker) numbers(t *tree) []uint8 {
	of, known := w.keywords[t]
	if !known {
		of = make([]uint8, len(t.keys.names))
		for id, name := range t.keys.names {
			of[id] = w.index.keywords[name]
		}
		w.keywords[t] = of
	}
	return of
}
