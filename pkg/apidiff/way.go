package apidiff

// A way leads to a site by one step from another one that is nearer to the part of a message that holds both.
type way struct {
	from *site
	step []string // keywords and names; nil out of the part itself, and where no plain step leads on
}

// findWays gives each site the shortest way from a part of a message, and each record the nearest of its sites. What a
// witness can show goes first: ways by which a change does harm, all steps of which are known.
func (e *engine) findWays() {
	var starts []*site
	for _, s := range e.order {
		if s.where != nil && s.old == nil {
			starts = append(starts, s)
		}
	}
	shows := func(w *where) bool { return !w.nested && !w.exchange.inverted }
	reached := e.walk(starts, func(s *site, d edge) bool {
		return (s.old != nil || shows(s.where)) && !s.safe && !d.safe && (d.step != nil || s.old == nil)
	})
	for _, s := range append(e.walk(append(reached, starts...), func(*site, edge) bool { return true }), e.order...) {
		for _, r := range s.deltas {
			if r.near == nil {
				r.near = s
			}
		}
	}
}

// walk goes breadth first along the edges that may be used, and returns what it met in this order.
func (e *engine) walk(starts []*site, may func(*site, edge) bool) []*site {
	queue, met := make([]*site, 0, len(e.order)), make([]bool, len(e.order))
	meet := func(s *site) {
		if !met[s.rank] {
			met[s.rank] = true
			queue = append(queue, s)
		}
	}
	for _, s := range starts {
		meet(s)
	}
	for i := 0; i < len(queue); i++ {
		s := queue[i]
		for _, d := range s.edges {
			if !may(s, d) {
				continue
			}
			if t := d.to; t.old != nil && t.way.from == nil {
				t.way = way{s, d.step}
			}
			meet(d.to)
		}
	}
	return queue
}

// alternative reports whether the way to a site ends in a choice: what holds a value of it must satisfy what stands beside
// the choice as well.
func (s *site) alternative() bool {
	return s.way.from != nil && s.way.from.old != nil && len(s.way.step) == 2 && (s.way.step[0] == "anyOf" || s.way.step[0] == "oneOf")
}

// path are the steps that lead to a site from the nearest one above it for which stop holds; false where some are not known.
func (s *site) path(stop func(*site) bool) (*site, []string, bool) {
	var steps []way
	for !stop(s) {
		if s.way.from == nil || s.way.step == nil && s.way.from.old != nil {
			return nil, nil, false
		}
		steps = append(steps, s.way)
		s = s.way.from
	}
	path := []string{}
	for i := len(steps) - 1; i >= 0; i-- {
		path = append(path, steps[i].step...)
	}
	return s, path, true
}
