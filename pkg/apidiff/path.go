package apidiff

import (
	"github.com/romel/govctl/pkg/apidiff/operations"
)

// findWays gives each node the shortest way from a part of a message, and each record the nearest
// of its nodes. What a witness can show goes first: ways by which a change does harm, all steps of
// which are known.
func (g graph) findWays() {
	var starts []*node
	for _, s := range g.nodes {
		if s.where != nil && !s.pair() {
			starts = append(starts, s)
		}
	}
	shows := func(w *operations.Location) bool { return !w.Nested && !w.Inverted }
	reached := g.walk(starts, func(s *node, d edge) bool {
		return (s.pair() || shows(s.where)) && !s.safe && !d.safe && (d.step != nil || !s.pair())
	})
	for _, s := range append(g.walk(append(reached, starts...), func(*node, edge) bool { return true }), g.nodes...) {
		for _, r := range s.records {
			if r.near == nil {
				r.near = s
			}
		}
	}
}

// walk goes breadth first along the edges that may be used, and returns what it met in this order.
func (g graph) walk(starts []*node, may func(*node, edge) bool) []*node {
	queue, met := make([]*node, 0, len(g.nodes)), make([]bool, len(g.nodes))
	meet := func(s *node) {
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
			if t := d.to; t.pair() && t.way.from == nil {
				t.way = shortestPath{s, d.step}
			}
			meet(d.to)
		}
	}
	return queue
}

// alternative reports whether the way to a node ends in a choice: what holds a value of it must
// satisfy what stands beside the choice as well.
func (s *node) alternative() bool {
	return s.way.from != nil && s.way.from.pair() && len(s.way.step) == 2 && (s.way.step[0] == "anyOf" || s.way.step[0] == "oneOf")
}

// path are the steps that lead to a node from the nearest one above it for which stop holds; false
// where some are not known.
func (s *node) path(stop func(*node) bool) (*node, []string, bool) {
	var steps []shortestPath
	for !stop(s) {
		if s.way.from == nil || s.way.step == nil && s.way.from.pair() {
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
