package apidiff

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"
)

// patternWithin reports whether every string that the inner expression matches somewhere is proved to be one that the
// outer matches somewhere, and the work that it took, in units of the meter. False also where an expression uses what Go
// does not know, or the search grows too large.
func patternWithin(inner, outer string) (within bool, work int) {
	if inner == outer {
		return true, 0
	}
	work = 100 + 10*(len(inner)+len(outer))
	a, b := newAutomaton(inner), newAutomaton(outer)
	if a == nil || b == nil {
		return false, work + 10*maxInstructions
	}
	work += 4 * (len(a.prog.Inst) + len(b.prog.Inst))
	within = a.within(b)
	return within, work + a.work + b.work
}

// Bounds of the search: instructions of one expression, pairs of states, kinds of characters.
const (
	maxInstructions = 3000
	maxStates       = 4000
	maxClasses      = 400
	maxWork         = 3_000_000
)

// An automaton runs an expression as a set of threads.
type automaton struct {
	prog *syntax.Prog
	mark []uint32 // by instruction: the round in which it was entered
	now  uint32
	work int
}

func newAutomaton(pattern string) *automaton {
	if len(pattern) > 5000 {
		return nil
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	if leastSize(re) > 4*maxInstructions { // before it is written out
		return nil
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil || len(prog.Inst) > maxInstructions {
		return nil
	}
	for _, in := range prog.Inst {
		if in.Op == syntax.InstEmptyWidth {
			switch syntax.EmptyOp(in.Arg) {
			case syntax.EmptyBeginText, syntax.EmptyEndText:
			default:
				return nil // line ends and word boundaries look at neighbours
			}
		}
	}
	return &automaton{prog: prog, mark: make([]uint32, len(prog.Inst))}
}

// leastSize is about how many instructions an expression compiles to at the least.
func leastSize(re *syntax.Regexp) int {
	size := 0
	switch re.Op {
	case syntax.OpLiteral:
		size = len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		size = 1
	}
	for _, sub := range re.Sub {
		size = min(size+leastSize(sub), 1<<30)
	}
	if re.Op == syntax.OpRepeat {
		size = min(size*max(re.Min, re.Max), 1<<30)
	}
	return size
}

// threads are the instructions that wait for a character or for the end; matched means that nothing more can matter.
type threads struct {
	waits   []uint32
	matched bool
}

// enter follows everything that needs no character.
func (a *automaton) enter(t *threads, pc uint32, begin, end bool) {
	stack := []uint32{pc}
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if a.mark[pc] == a.now {
			continue
		}
		a.mark[pc] = a.now
		a.work++
		in := &a.prog.Inst[pc]
		switch in.Op {
		case syntax.InstMatch:
			t.matched = true
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, in.Out)
		case syntax.InstEmptyWidth:
			switch {
			case syntax.EmptyOp(in.Arg) == syntax.EmptyBeginText && begin, syntax.EmptyOp(in.Arg) == syntax.EmptyEndText && end:
				stack = append(stack, in.Out)
			case syntax.EmptyOp(in.Arg) == syntax.EmptyEndText:
				t.waits = append(t.waits, pc)
			}
		case syntax.InstFail:
		default:
			t.waits = append(t.waits, pc)
		}
	}
}

func (a *automaton) start() threads {
	a.now++
	var t threads
	a.enter(&t, uint32(a.prog.Start), true, false)
	return t.settle()
}

// step is the set after one character; a search may begin anew at every place.
func (a *automaton) step(t threads, r rune) threads {
	if t.matched {
		return t
	}
	a.now++
	var next threads
	for _, pc := range t.waits {
		in := &a.prog.Inst[pc]
		if in.Op != syntax.InstEmptyWidth && in.MatchRune(r) {
			a.enter(&next, in.Out, false, false)
		}
	}
	a.enter(&next, uint32(a.prog.Start), false, false)
	return next.settle()
}

// accepts reports whether a string that ends here is matched; begin tells that it is empty.
func (a *automaton) accepts(t threads, begin bool) bool {
	if t.matched {
		return true
	}
	a.now++
	var last threads
	for _, pc := range t.waits {
		if in := &a.prog.Inst[pc]; in.Op == syntax.InstEmptyWidth {
			a.enter(&last, in.Out, begin, true)
		}
	}
	a.enter(&last, uint32(a.prog.Start), begin, true)
	return last.matched
}

func (t threads) settle() threads {
	if t.matched {
		t.waits = nil
	}
	slices.Sort(t.waits)
	return t
}

func (t threads) key(b []byte) []byte {
	if t.matched {
		return append(b, 1)
	}
	b = append(b, 0)
	for _, pc := range t.waits {
		b = binary.LittleEndian.AppendUint32(b, pc)
	}
	return append(b, 0xff, 0xff, 0xff, 0xff)
}

type statePair struct{ a, b threads }

// within searches for a string that a matches and b does not.
func (a *automaton) within(b *automaton) bool {
	classes := representatives(a.prog, b.prog)
	if len(classes) > maxClasses {
		return false
	}
	first := statePair{a.start(), b.start()}
	if a.accepts(first.a, true) && !b.accepts(first.b, true) {
		return false
	}
	seen := map[string]bool{string(first.b.key(first.a.key(nil))): true}
	queue := []statePair{first}
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if p.b.matched {
			continue // whatever follows, the outer has matched
		}
		for _, r := range classes {
			a.work += 4 + len(p.a.waits) + len(p.b.waits)
			n := statePair{a.step(p.a, r), b.step(p.b, r)}
			k := string(n.b.key(n.a.key(nil)))
			if seen[k] {
				continue
			}
			if a.accepts(n.a, false) && !b.accepts(n.b, false) {
				return false
			}
			if len(seen) >= maxStates || a.work+b.work > maxWork {
				return false
			}
			seen[k] = true
			queue = append(queue, n)
		}
	}
	return true
}

// representatives are one character for each set of characters that neither expression tells apart.
func representatives(progs ...*syntax.Prog) []rune {
	edges := map[rune]bool{0: true, '\n': true, '\n' + 1: true}
	for _, p := range progs {
		for i := range p.Inst {
			in := &p.Inst[i]
			if in.Op != syntax.InstRune && in.Op != syntax.InstRune1 {
				continue
			}
			if len(in.Rune) == 1 {
				addFolds(edges, in.Rune[0])
				continue
			}
			for k := 0; k+1 < len(in.Rune); k += 2 {
				edges[in.Rune[k]] = true
				edges[in.Rune[k+1]+1] = true
			}
		}
	}
	out := make([]rune, 0, len(edges))
	for r := range edges {
		if r <= unicode.MaxRune {
			out = append(out, r)
		}
	}
	slices.Sort(out)
	return out
}

func addFolds(edges map[rune]bool, r rune) {
	edges[r], edges[r+1] = true, true
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		edges[f], edges[f+1] = true, true
	}
}
