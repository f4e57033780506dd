package apidiff

// spread carries the operations from the sites of operations to all that they reach, once through every edge:
// circles are one component each, and components are visited in their order.
func (e *engine) spread() {
	words := (len(e.ops) + 63) / 64
	if words == 0 {
		words = 1
	}
	order := e.components()
	e.settle(order)
	for i := len(order) - 1; i >= 0; i-- {
		e.fill(order[i], words)
	}
	for _, s := range e.order {
		for _, r := range s.deltas {
			if r.all == nil {
				r.all, r.harm = make(bitset, words), make(bitset, words)
			}
			r.all.union(s.all)
			if !s.safe {
				r.harm.union(s.harm)
			}
		}
	}
}

// fill makes the sets of one component equal and hands them on.
func (e *engine) fill(component []*site, words int) {
	all, harm := make(bitset, words), make(bitset, words)
	for _, s := range component {
		all.union(s.all)
		harm.union(s.harm)
	}
	for _, s := range component {
		s.all, s.harm = all, harm
	}
	for _, s := range component {
		for _, d := range s.edges {
			t := d.to
			if t.all == nil {
				t.all, t.harm = make(bitset, words), make(bitset, words)
			}
			if &t.all[0] == &all[0] {
				continue
			}
			t.all.union(all)
			if !s.safe && !d.safe {
				t.harm.union(harm)
			}
		}
	}
}

// components are the strongly connected components of the sites, what is reached before what reaches it (Tarjan).
func (e *engine) components() [][]*site {
	for i, s := range e.order {
		s.rank = i
	}
	w := walker{low: make([]int, len(e.order)), seen: make([]int, len(e.order))}
	for _, s := range e.order {
		if w.seen[s.rank] == 0 {
			w.visit(s)
		}
	}
	return w.out
}

type walker struct {
	low, seen []int // seen: 0 no, n > 0 in the order of visiting, -1 done
	count     int
	stack     []*site
	out       [][]*site
}

type frame struct {
	site *site
	next int
}

func (w *walker) visit(root *site) {
	frames := []frame{{site: root}}
	w.enter(root)
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if f.next < len(f.site.edges) {
			t := f.site.edges[f.next].to
			f.next++
			switch {
			case w.seen[t.rank] == 0:
				w.enter(t)
				frames = append(frames, frame{site: t})
			case w.seen[t.rank] > 0:
				w.low[f.site.rank] = min(w.low[f.site.rank], w.seen[t.rank])
			}
			continue
		}
		frames = frames[:len(frames)-1]
		if w.low[f.site.rank] == w.seen[f.site.rank] {
			w.leave(f.site)
		}
		if len(frames) > 0 {
			up := frames[len(frames)-1].site
			w.low[up.rank] = min(w.low[up.rank], w.low[f.site.rank])
		}
	}
}

func (w *walker) enter(s *site) {
	w.count++
	w.seen[s.rank], w.low[s.rank] = w.count, w.count
	w.stack = append(w.stack, s)
}

func (w *walker) leave(s *site) {
	var component []*site
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
