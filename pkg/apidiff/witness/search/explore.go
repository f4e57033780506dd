package search

import (
	"slices"
	"strconv"

	"github.com/romel/govctl/internal/sorting"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// Bounds of a walk over two schemas.
const (
	maxPairs  = 96 // combinations of alternatives at one place
	maxTrail  = 12
	maxPlaces = 4_000
)

// explore visits the places that path leads to, or with deep those and all below, nearest first,
// until visit says true.
func (s *search) explore(path []string, deep bool, visit func(*goal) bool) {
	queue := []place{{goal: goal{in: one(s.in), out: one(s.out)}, rest: path}}
	met := map[[2]validators.Schema]bool{}
	for done := 0; len(queue) > 0 && done < maxPlaces && !s.over(); done++ {
		p := s.enter(queue[0])
		queue = queue[1:]
		queue = queue[:min(len(queue), maxPlaces)]
		for _, pair := range s.pairs(p) {
			s.w.Burn(10)
			g := goal{p.trail, pair[0], pair[1], p.only}
			if len(p.rest) == 0 && visit(&g) || s.over() {
				return
			}
			if len(p.trail) >= maxTrail {
				continue
			}
			if len(p.rest) > 0 {
				queue = append(queue, s.follow(g, p.rest)...)
			} else if deep {
				for _, next := range s.inside(g) {
					if len(next.in.schemas) == 1 && len(next.out.schemas) == 1 {
						key := [2]validators.Schema{next.in.schemas[0].Resolved(), next.out.schemas[0].Resolved()}
						if met[key] {
							continue
						}
						met[key] = true
					}
					queue = append(queue, next)
				}
			}
		}
	}
}

// enter takes the steps of a path that do not leave the value: into references and the parts of
// compositions.
func (s *search) enter(p place) place {
	for len(p.rest) > 0 && !s.g.shape(p.in).lists(p.rest[0]) && !s.g.shape(p.out).lists(p.rest[0]) {
		head := p.rest[0]
		switch head {
		case "$ref":
			p.rest = p.rest[1:]
		case "allOf", "anyOf", "oneOf":
			p.rest = p.rest[1:]
			if len(p.rest) > 0 {
				if i, err := strconv.Atoi(p.rest[0]); err == nil {
					p.rest = p.rest[1:]
					if head != "allOf" {
						p.prefer = append(p.prefer, i)
					}
				}
			}
		default:
			return p
		}
	}
	return p
}

// pairs are the combinations of alternatives of both sides at a place, most telling first.
func (s *search) pairs(p place) [][2]conj {
	var out [][2]conj
	known := s.contents(p.out)
	first := decision{g: s.g, limit: maxBranches, rank: func(ch choice, i int, b contract.Node) int {
		if b == s.hint.Branch.Node {
			return 3
		}
		if slices.Contains(p.prefer, i) {
			return 2
		}
		if !known[ch.at.At(b).Resolved().Node.Hash()] {
			return 1 // it changed, or has no like
		}
		return 0
	}}
	for _, in := range first.of(p.in, nil) {
		second := decision{g: s.g, limit: maxBranches, rank: func(_ choice, i int, b contract.Node) int {
			return likeness(in, i, b, slices.Contains(p.prefer, i))
		}}
		if len(in.picks) > 0 {
			second.limit = 2
		}
		for _, o := range second.of(p.out, nil) {
			if out = append(out, [2]conj{in, o}); len(out) >= maxPairs {
				return out
			}
		}
	}
	return out
}

// contents are the hashes of the open alternatives of c, one reference deep.
func (s *search) contents(c conj) map[contract.Hash]bool {
	out := map[contract.Hash]bool{}
	for _, ch := range s.g.shape(c).choices {
		for _, b := range ch.branches.Items() {
			out[ch.at.At(b).Resolved().Node.Hash()] = true
		}
	}
	return out
}

// decision settles open alternatives in up to limit ways, those of higher rank first.
type decision struct {
	g     *gen
	limit int
	rank  func(ch choice, i int, branch contract.Node) int
}

// of adds to out the ways that c can be settled.
func (d decision) of(c conj, out []conj) []conj {
	sh := d.g.shape(c)
	if len(sh.choices) == 0 {
		return append(out, c)
	}
	ch := sh.choices[0]
	if !d.g.w.Burn(2 * ch.len()) {
		return out
	}
	type ranked struct{ i, score int }
	var all []ranked
	for i, b := range ch.branches.Items() {
		all = append(all, ranked{i, d.rank(ch, i, b)})
	}
	if ch.keyword == nullKeyword {
		all = []ranked{{0, 0}, {1, 0}}
	}
	sorting.Stable(all, func(a, b ranked) int { return b.score - a.score })
	for _, r := range all {
		if len(out) >= d.limit || !d.g.w.Burn(5) {
			break
		}
		out = d.of(c.with(pick{ch.at, ch.keyword, r.i}), out)
	}
	return out
}

// likeness says how much an alternative looks like one that in has picked.
func likeness(in conj, i int, b contract.Node, wanted bool) int {
	score := 0
	for _, p := range in.picks {
		if p.keyword != nullKeyword {
			score = max(score, resemblance(b, p.at.Get(p.keyword).At(p.branch), i == p.branch))
		}
	}
	if wanted {
		score++
	}
	return score
}

// resemblance says how likely two alternatives are versions of one.
func resemblance(a, b contract.Node, sameIndex bool) int {
	score := 0
	if n := validators.RefName(a); n != "" && n == validators.RefName(b) {
		score += 40
	}
	if t := a.Get("title").Text(); t != "" && t == b.Get("title").Text() {
		score += 20
	}
	if t := a.Get("type").Text(); t != "" && t == b.Get("type").Text() {
		score += 5
	}
	if a.Hash() == b.Hash() {
		score += 10
	}
	if sameIndex {
		score += 3
	}
	return score
}
