package ecmaregex

import "slices"

// Budgets of one question, in steps. They bound memory, too: a step keeps some 100 bytes at most.
const (
	maxMatchWork     = 2_000_000
	maxBacktrackWork = 100_000
)

// Match reports whether the pattern matches somewhere in s. The answer is Unknown only where a
// budget is spent: about 2 million steps, or 100,000 of a pattern that needs backtracking.
//
// Of three ways it takes the cheapest that is exact: package regexp, where RE2 has an equal
// expression; the automaton, for look-arounds; backtracking, for back-references.
func (p *Pattern) Match(s string) Result {
	if p.opaque != "" {
		return p.backtrack(s)
	}
	if re := p.linear(); re != nil {
		return Result{Answer: answer(re.MatchString(s)), Work: 1 + len(s)*(8+len(p.sets))/32}
	}
	return p.simulate(s)
}

func (p *Pattern) simulate(s string) Result {
	work := 0
	m := newMachine(p, &work, maxMatchWork)
	at := m.start()
	for _, r := range s {
		if at.main == always || m.spent() || m.hopeless(at) {
			break
		}
		at = m.step(at, r)
	}
	if m.spent() {
		return Result{Reason: "the budget of steps was spent", Work: work}
	}
	return Result{Answer: answer(m.accepts(at)), Work: work}
}

func (p *Pattern) backtrack(s string) Result {
	b := backtracker{input: []rune(s)}
	if !p.unicode {
		b.input = units(s)
	}
	for i := 0; i <= len(b.input); i++ {
		b.groups = make([]span, p.groups+1)
		if b.match(p.root, i, false, func(int) bool { return true }) && !b.spent {
			return Result{Answer: Yes, Work: b.work}
		}
		if b.work += len(b.groups) / 8; b.spent {
			return Result{Reason: "the budget of steps was spent on " + p.opaque, Work: b.work}
		}
	}
	return Result{Answer: No, Work: b.work}
}

// A backtracker matches by the letter of the specification (ECMA-262, section 22.2.2): each method
// is a Matcher that calls the continuation then. It is the only one that knows captures.
type backtracker struct {
	input       []rune
	groups      []span
	work, depth int
	spent       bool
}

// A span is what a group captured.
type span struct {
	from, to int
	set      bool
}

// match matches n at i, towards the begin of the input if back is set.
func (b *backtracker) match(n *node, i int, back bool, then func(int) bool) bool {
	b.work++
	b.depth++
	defer func() { b.depth-- }()
	if b.work > maxBacktrackWork || b.depth > maxRecursion {
		b.spent = true
	}
	if b.spent {
		return false
	}
	switch n.op {
	case opSet:
		return b.compare(i, 1, back, func(_ int, r rune) bool { return n.set.has(r) }, then)
	case opConcat:
		return b.sequence(n.subs, i, back, then)
	case opAlternate:
		return slices.ContainsFunc(n.subs, func(sub *node) bool { return b.match(sub, i, back, then) })
	case opGroup:
		return b.match(n.subs[0], i, back, func(j int) bool {
			before := b.groups[n.index]
			b.groups[n.index] = span{min(i, j), max(i, j), true}
			if then(j) {
				return true
			}
			b.groups[n.index] = before
			return false
		})
	case opRepeat:
		return b.repeat(n, n.min, n.max, i, back, then)
	case opBegin:
		return i == 0 && then(i)
	case opEnd:
		return i == len(b.input) && then(i)
	case opBoundary:
		return (b.word(i-1) != b.word(i)) != n.negate && then(i)
	case opLook:
		return b.look(n, i, then)
	case opBackref:
		g := b.groups[n.index]
		old := b.input[g.from:g.to]
		return b.compare(i, len(old), back, func(k int, r rune) bool { return old[k] == r }, then)
	}
	return then(i)
}

// compare consumes n characters that are alike.
func (b *backtracker) compare(i, n int, back bool, alike func(int, rune) bool, then func(int) bool) bool {
	from, end := i, i+n
	if back {
		from, end = i-n, i-n
	}
	if from < 0 || from+n > len(b.input) {
		return false
	}
	b.work += n / 8
	for k, r := range b.input[from : from+n] {
		if !alike(k, r) {
			return false
		}
	}
	return then(end)
}

func (b *backtracker) sequence(subs []*node, i int, back bool, then func(int) bool) bool {
	if len(subs) == 0 {
		return then(i)
	}
	first, rest := subs[0], subs[1:]
	if back {
		first, rest = subs[len(subs)-1], subs[:len(subs)-1]
	}
	return b.match(first, i, back, func(j int) bool { return b.sequence(rest, j, back, then) })
}

// repeat is RepeatMatcher: each iteration forgets the captures inside, and one beyond the minimum
// that consumes nothing fails.
func (b *backtracker) repeat(n *node, least, most, i int, back bool, then func(int) bool) bool {
	if b.work++; b.work > maxBacktrackWork {
		b.spent = true
	}
	if most == 0 || b.spent {
		return !b.spent && then(i)
	}
	iterate := func() bool {
		inside := b.groups[n.inside[0]:n.inside[1]]
		before := slices.Clone(inside)
		clear(inside)
		b.work += len(inside) / 4
		ok := b.match(n.subs[0], i, back, func(j int) bool {
			return (least > 0 || j != i) && b.repeat(n, max(least-1, 0), max(most-1, -1), j, back, then)
		})
		if !ok {
			copy(inside, before)
		}
		return ok
	}
	switch {
	case least > 0:
		return iterate()
	case n.lazy:
		return then(i) || iterate()
	}
	return iterate() || then(i)
}

// look matches a look-around once; its captures stay unless it is negated.
func (b *backtracker) look(n *node, i int, then func(int) bool) bool {
	before := slices.Clone(b.groups)
	hit := b.match(n.subs[0], i, n.behind, func(int) bool { return true })
	if n.negate || !hit {
		copy(b.groups, before)
	}
	if hit == n.negate || b.spent {
		return false
	}
	if then(i) {
		return true
	}
	copy(b.groups, before)
	return false
}

func (b *backtracker) word(i int) bool {
	return i >= 0 && i < len(b.input) && isWord(b.input[i])
}
