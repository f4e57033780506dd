package contract

import (
	"slices"
	"sort"
)

// closures answers Closure for the nodes of one tree: sums over its references in the order of the text, so that the
// references below any node are the difference of two sums.
type closures struct {
	before []sum // before[k]: over edges[:k]
}

var (
	seedReference = newSeedPair() // a reference as written, with what it leads to
	seedReach     = newSeedPair() // content, with the references in it
	seedFile      = newSeedPair()
)

// Closure is the hash of n and of all that it reaches through references ($ref, $dynamicRef, discriminator mappings).
// Equal closures, even of different documents, mean equal content all the way down, the names of references included.
// What is named and not referred to (security schemes, operationIds, the children of a discriminator without a mapping)
// is not part of it.
func (d *Document) Closure(n Node) Hash {
	if n.t == nil {
		return Hash{}
	}
	d.closureOnce.Do(func() { d.closures = d.hashReferences() })
	c, edges := d.closures[n.t], n.t.edges
	if c == nil { // a value of its own, without references
		return seedReach.pair(n.Hash().sum(), sum{}).hash()
	}
	from := sort.Search(len(edges), func(k int) bool { return edges[k].from >= n.i })
	to := from + sort.Search(len(edges)-from, func(k int) bool { return edges[from+k].from >= n.raw().next })
	content := n.Hash().sum()
	if n.t != d.root && from < to { // a relative reference means something else in another file
		content = seedFile.pair(content, seedFile.text(n.t.id))
	}
	return seedReach.pair(content, c.before[to].minus(c.before[from])).hash()
}

// A vertex is a value that some reference leads to.
type vertex struct {
	at       Node
	edges    [2]int // the edges below it: edges[0] to edges[1] of its tree
	inner    [2]int // the vertices below it
	low, num int32  // of the search for components
	part     int32  // its component, -1 before it is known
	reach    sum    // hash of its content and all that it leads to
}

// graph is the reference graph of a document.
type graph struct {
	d     *Document
	order []*tree
	v     []vertex
	first map[*tree]int   // index of the first vertex of each tree; they stand in the order of the text
	leads map[*tree][]int // by edge: its vertex
	parts int32
}

// hashReferences hashes every vertex by strongly connected components, so that circles are finite, and then sums over the
// references of each tree.
func (d *Document) hashReferences() map[*tree]*closures {
	g := newGraph(d)
	g.components()
	all := map[*tree]*closures{}
	for _, t := range g.order {
		c := &closures{before: make([]sum, len(t.edges)+1)}
		for k, e := range t.edges {
			c.before[k+1] = c.before[k].plus(seedReference.pair(seedReference.text(t.text(&t.nodes[e.from])), g.v[g.leads[t][k]].reach))
		}
		all[t] = c
	}
	return all
}

func newGraph(d *Document) *graph {
	g := &graph{d: d, order: d.order, first: map[*tree]int{}, leads: map[*tree][]int{}}
	targets := map[*tree][]uint32{}
	for _, t := range g.order {
		for _, e := range t.edges {
			targets[e.to.t] = append(targets[e.to.t], e.to.i)
		}
	}
	for _, t := range g.order {
		slices.Sort(targets[t])
		list := slices.Compact(targets[t])
		targets[t] = list
		g.first[t] = len(g.v)
		for k, i := range list {
			below := func(at uint32) bool { return at >= t.nodes[i].next }
			g.v = append(g.v, vertex{at: Node{t, i}, part: -1,
				edges: [2]int{sort.Search(len(t.edges), func(k int) bool { return t.edges[k].from >= i }), sort.Search(len(t.edges), func(k int) bool { return below(t.edges[k].from) })},
				inner: [2]int{g.first[t] + k + 1, g.first[t] + sort.Search(len(list), func(k int) bool { return below(list[k]) })}})
		}
	}
	for _, t := range g.order {
		leads := make([]int, len(t.edges))
		for k, e := range t.edges {
			at, _ := slices.BinarySearch(targets[e.to.t], e.to.i)
			leads[k] = g.first[e.to.t] + at
		}
		g.leads[t] = leads
	}
	return g
}

// frame is a vertex under search, with what remains of its successors.
type frame struct{ v, edge, inner int }

// next is a successor of the frame's vertex: an inner vertex, or the target of a reference that stands in none; -1 at the end.
func (g *graph) next(f *frame) int {
	v := &g.v[f.v]
	if f.edge >= v.edges[1] {
		return -1
	}
	t := v.at.t
	if f.inner < v.inner[1] && g.v[f.inner].at.i <= t.edges[f.edge].from {
		s := f.inner
		f.edge, f.inner = max(f.edge, g.v[s].edges[1]), g.v[s].inner[1]
		return s
	}
	f.edge++
	return g.leads[t][f.edge-1]
}

// components finds the strongly connected components (Tarjan), targets first, and hashes each as it is complete. The
// stack is its own: a chain of references may be as long as the document.
func (g *graph) components() {
	var counter int32
	var open []int
	var stack []frame
	enter := func(v int) {
		counter++
		g.v[v].num, g.v[v].low = counter, counter
		open = append(open, v)
		stack = append(stack, frame{v, g.v[v].edges[0], g.v[v].inner[0]})
	}
	for root := range g.v {
		if g.v[root].num == 0 {
			enter(root)
		}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			v := &g.v[top.v]
			if s := g.next(top); s >= 0 {
				if g.v[s].num == 0 {
					enter(s)
				} else if g.v[s].part < 0 {
					v.low = min(v.low, g.v[s].num)
				}
				continue
			}
			if v.low == v.num {
				k := len(open) - 1
				for open[k] != top.v {
					k--
				}
				g.hash(open[k:])
				open = open[:k]
			}
			low := v.low
			if stack = stack[:len(stack)-1]; len(stack) > 0 {
				above := &g.v[stack[len(stack)-1].v]
				above.low = min(above.low, low)
			}
		}
	}
}

var seedMember, seedInside, seedOutside = newSeedPair(), newSeedPair(), newSeedPair()

// hash hashes a component: what its members contain, and for each reference in them what it leads to. Inside the component
// that is the content of the target, outside it is all that the target reaches.
func (g *graph) hash(members []int) {
	slices.Sort(members)
	for _, m := range members {
		g.v[m].part = g.parts
	}
	var s sum
	end := 0
	for _, m := range members {
		if m < end {
			continue // inside the member before
		}
		v := &g.v[m]
		end = v.inner[1]
		content := g.content(v)
		s = s.plus(seedMember.pair(content, sum{}))
		for k := v.edges[0]; k < v.edges[1]; k++ {
			t := v.at.t
			as := seedReference.pair(content, seedReference.text(t.text(&t.nodes[t.edges[k].from])))
			if to := &g.v[g.leads[t][k]]; to.part == g.parts {
				s = s.plus(seedInside.pair(as, to.at.Hash().sum()))
			} else {
				s = s.plus(seedOutside.pair(as, to.reach))
			}
		}
	}
	for _, m := range members {
		g.v[m].reach = seedReach.pair(g.content(&g.v[m]), s)
	}
	g.parts++
}

// content is the hash of a vertex by itself, and of its file where that is not the root: relative references depend on it.
func (g *graph) content(v *vertex) sum {
	s := v.at.Hash().sum()
	if v.at.t != g.d.root {
		s = seedFile.pair(s, seedFile.text(v.at.t.id))
	}
	return s
}
