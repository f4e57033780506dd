package contract

// closures holds what Closure needs, made on first use.
type closures struct {
	of map[Node]Hash
}

// Closure is the hash of n and of all that it reaches through references: equal closures, equal meaning.
func (d *Document) Closure(n Node) Hash {
	seen := map[Node]bool{}
	s := sum{}
	var reach func(Node)
	reach = func(n Node) {
		for _, e := range n.t.edges {
			if e.from < n.i || e.from >= n.raw().next {
				continue
			}
			s = s.plus(seedField.pair(seedKey.text(e.to.t.id+"#"+e.to.pointer()), e.to.Hash().sum()))
			if !seen[e.to] {
				seen[e.to] = true
				reach(e.to)
			}
		}
	}
	reach(n)
	return seedItem.pair(n.Hash().sum(), s).hash()
}
