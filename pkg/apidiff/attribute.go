package apidiff

// attribute gives each record which operations it reaches, and the shortest way to show it. The
// operations are carried from their own nodes to all that they reach, once through every edge:
// circles are one component each, and components are visited in their order.
func attribute(g graph) {
	for i := len(g.circles) - 1; i >= 0; i-- {
		fill(g.circles[i])
	}
	for _, n := range g.nodes {
		for _, r := range n.records {
			if r.reach == nil {
				r.reach = new(reach)
			}
			r.join(n.reach, n.safe || r.Unstable)
		}
	}
	g.findWays()
}

// fill makes the sets of one component equal and hands them on.
func fill(component []*node) {
	joint := new(reach)
	for _, s := range component {
		if s.reach != nil {
			joint.join(s.reach, false)
		}
	}
	for _, s := range component {
		s.reach = joint
	}
	for _, s := range component {
		for _, d := range s.edges {
			t := d.to
			if t.reach == nil {
				t.reach = new(reach)
			}
			if t.reach != joint {
				t.join(joint, s.safe || d.safe)
			}
		}
	}
}

// components are the strongly connected components of the nodes, what is reached before what
// reaches it (Tarjan).
func (g graph) components() [][]*node {
	for i, s := range g.nodes {
		s.rank = i
	}
	w := walker{low: make([]int, len(g.nodes)), seen: make([]int, len(g.nodes))}
	for _, s := range g.nodes {
		if w.seen[s.rank] == 0 {
			w.visit(s)
		}
	}
	return w.out
}

type walker struct {
	low, seen []int // seen: 0 no, n > 0 in the order of visiting, -1 done
	count     int
	stack     []*node
	out       [][]*node
}

type frame struct {
	node *node
	next int
}

func (w *walker) visit(root *node) {
	frames := []frame{{node: root}}
	w.enter(root)
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if f.next < len(f.node.edges) {
			t := f.node.edges[f.next].to
			f.next++
			switch {
			case w.seen[t.rank] == 0:
				w.enter(t)
				frames = append(frames, frame{node: t})
			case w.seen[t.rank] > 0:
				w.low[f.node.rank] = min(w.low[f.node.rank], w.seen[t.rank])
			}
			continue
		}
		frames = frames[:len(frames)-1]
		if w.low[f.node.rank] == w.seen[f.node.rank] {
			w.leave(f.node)
		}
		if len(frames) > 0 {
			up := frames[len(frames)-1].node
			w.low[up.rank] = min(w.low[up.rank], w.low[f.node.rank])
		}
	}
}

func (w *walker) enter(s *node) {
	w.count++
	w.seen[s.rank], w.low[s.rank] = w.count, w.count
	w.stack = append(w.stack, s)
}

func (w *walker) leave(s *node) {
	var component []*node
	for {
		t := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		w.seen[t.rank] = -1
		component = append(component, t)
		if t == s {
			break
		}
	}
	w.out = append(w.out, component)
}
