package ecmaregex

import (
	"encoding/binary"
	"slices"
)

// Budgets of one search: steps and states.
const (
	maxSearchWork   = 1_000_000
	maxSearchStates = 20_000
)

// A Query describes a string by the patterns that match it, those that do not, and its length.
type Query struct {
	Match, Miss          []*Pattern
	MinLength, MaxLength int // in code points, as in JSON Schema; a MaxLength of 0 or less is no bound
	Salt                 int // varies the choice among strings of one length
	Work                 int // steps that the search may take, if it shall be less than a million
}

// A Found is the result of a search: Yes with a shortest String, No where there is none, Unknown
// where a pattern cannot be searched or a budget is spent.
type Found struct {
	Result
	String string
}

// Contains reports whether a matches every string that b matches. With the answer No comes a
// counterexample: a string that b matches and a does not, and mostly a shortest one.
func Contains(a, b *Pattern) (result Result, counterexample string) {
	if a.source == b.source {
		return Result{Answer: Yes}, ""
	}
	f := Find(Query{Match: []*Pattern{b}, Miss: []*Pattern{a}})
	switch f.Answer {
	case Yes:
		f.Answer = No
	case No:
		f.Answer = Yes
	default:
		if s, ok := refute(a, b, &f.Work); ok {
			return Result{Answer: No, Work: f.Work}, s
		}
	}
	return f.Result, f.String
}

// refute tries samples of b, and near misses of a, where no search can decide.
func refute(a, b *Pattern, work *int) (string, bool) {
	for salt := range 4 {
		for _, s := range []func(int) (string, bool){
			func(salt int) (string, bool) { return b.Sample(salt, 2*salt) },
			a.Miss,
		} {
			text, ok := s(salt)
			if !ok {
				continue
			}
			hit, miss := b.Match(text), a.Match(text)
			if *work += hit.Work + miss.Work; hit.Answer == Yes && miss.Answer == No {
				return text, true
			}
		}
	}
	return "", false
}

// Find searches for a string that a query describes, shorter ones first.
func Find(q Query) Found {
	patterns := slices.Concat(q.Match, q.Miss)
	for _, p := range patterns {
		if p.opaque != "" {
			return Found{Result: Result{Reason: p.opaque}}
		}
	}
	s := search{query: q, limit: maxSearchWork}
	if q.Work > 0 {
		s.limit = min(q.Work, maxSearchWork)
	}
	for _, p := range patterns {
		s.machines = append(s.machines, newMachine(p, &s.work, s.limit))
	}
	letters, ok := alphabet(patterns, &s.work)
	if !ok {
		return Found{Result: Result{Reason: "a class that splits surrogate pairs", Work: s.work}}
	}
	rotate(letters, q.Salt)
	out := s.run(letters)
	out.Work = s.work
	return out
}

// rotate moves the first letters to the end, so that another one is tried first.
func rotate(letters []rune, salt int) {
	if n := len(letters); n > 0 {
		k := (salt%n + n) % n
		copy(letters, slices.Concat(letters[k:], letters[:k]))
	}
}

// A search runs several machines side by side over all strings, breadth first.
type search struct {
	query    Query
	machines []*machine // those of Match before those of Miss
	nodes    []searchNode
	work     int
	limit    int
}

type searchNode struct {
	states []state // by machine
	parent int
	r      rune
	length int // characters so far, counted as far as the bounds of the query need it
}

func (s *search) run(letters []rune) Found {
	first := searchNode{parent: -1}
	for _, m := range s.machines {
		first.states = append(first.states, m.start())
	}
	seen := map[string]bool{s.key(first): true}
	s.nodes = []searchNode{first}
	for i := 0; i < len(s.nodes); i++ {
		if s.found(s.nodes[i]) && s.work <= s.limit {
			return Found{Result: Result{Answer: Yes}, String: s.text(i)}
		}
		if s.work > s.limit || len(s.nodes) > maxSearchStates {
			return Found{Result: Result{Reason: "the budget of the search was spent"}}
		}
		if s.lost(s.nodes[i]) {
			continue
		}
		for _, r := range letters {
			next := s.after(i, r)
			if k := s.key(next); !seen[k] {
				seen[k] = true
				s.nodes = append(s.nodes, next)
			}
		}
	}
	return Found{Result: Result{Answer: No}}
}

func (s *search) after(i int, r rune) searchNode {
	n := searchNode{parent: i, r: r, length: s.nodes[i].length, states: make([]state, len(s.machines))}
	if q := s.query; n.length < max(q.MinLength, q.MaxLength) {
		n.length++
	}
	s.work += 2
	for k, m := range s.machines {
		n.states[k] = m.step(s.nodes[i].states[k], r)
	}
	return n
}

func (s *search) found(n searchNode) bool {
	for k, m := range s.machines {
		if m.accepts(n.states[k]) != (k < len(s.query.Match)) {
			return false
		}
	}
	return n.length >= s.query.MinLength
}

// lost reports whether no string that goes on from here can be found.
func (s *search) lost(n searchNode) bool {
	for k, m := range s.machines {
		if k < len(s.query.Match) && m.hopeless(n.states[k]) || k >= len(s.query.Match) && n.states[k].main == always {
			return true
		}
	}
	return s.query.MaxLength > 0 && n.length >= s.query.MaxLength
}

func (s *search) key(n searchNode) string {
	b := binary.AppendUvarint(nil, uint64(n.length))
	for _, st := range n.states {
		b = binary.LittleEndian.AppendUint32(b, uint32(st.main))
		b = append(b, st.behind...)
	}
	return string(b)
}

func (s *search) text(i int) string {
	var out []rune
	for ; s.nodes[i].parent >= 0; i = s.nodes[i].parent {
		out = append(out, s.nodes[i].r)
	}
	slices.Reverse(out)
	return string(out)
}
