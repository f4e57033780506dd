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
		joint.join(s.reach, false)
	}
	for _, s := range component {
		s.reach = joint
	}
	for _, s := range component {
		for _, d := range s.edges {
			if d.to.reach != joint {
				d.to.join(joint, s.safe || d.safe)
			}
		}
	}
}

// components are the strongly connected components of the nodes, what is reached before what
// reaches it (Tarjan). It is no recursion: see compareSchemas.
func (g graph) components() (out [][]*node) {
	count := 0
	var open []*node // in no component yet
	var stack []frame
	enter := func(s *node) {
		count++
		s.num, s.low = count, count
		open, stack = append(open, s), append(stack, frame{node: s})
	}
	for _, root := range g.nodes {
		if root.num == 0 {
			enter(root)
		}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			s := top.node
			if top.next < len(s.edges) {
				t := s.edges[top.next].to
				top.next++
				if t.num == 0 {
					enter(t)
				} else if t.num > 0 {
					s.low = min(s.low, t.num)
				}
				continue
			}
			if s.low == s.num {
				var component []*node
				for s.num > 0 {
					last := len(open) - 1
					component = append(component, open[last])
					open[last].num, open = -1, open[:last]
				}
				out = append(out, component)
			}
			if stack = stack[:len(stack)-1]; len(stack) > 0 {
				above := stack[len(stack)-1].node
				above.low = min(above.low, s.low)
			}
		}
	}
	return out
}

// A frame is a node under search, with the next of its edges.
type frame struct {
	node *node
	next int
}
