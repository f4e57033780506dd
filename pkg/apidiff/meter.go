package apidiff

import (
	"regexp"
	"regexp/syntax"

	"github.com/romel/govctl/pkg/contract"
)

// Budgets of one comparison, in units of counted work (some 20 to 50 ns each). They are counted, not timed, so that
// the answer does not depend on the machine.
const (
	workPerQuestion = 2_000_000  // of one question to the prover
	workPerProver   = 20_000_000 // of all questions
	workPerRun      = 40_000_000 // of everything before the search for witnesses
)

// A meter counts the work of one comparison. Both sides and the prover share it. When it is spent, whoever asks gets
// a quick answer that nobody may rely on: the schema pair is reported as not compared, the proof as not found.
type meter struct {
	used int64
	stop int64 // of what is under way
	run  int64 // of the whole comparison

	patterns map[string]*pattern
	contains map[[2]string]bool // patterns within each other
	verdicts map[verdictKey]truth
	hulls    map[hullKey]types
	deep     bool // the bound on the depth of values cut an answer short
}

func newMeter() *meter {
	return &meter{stop: workPerRun, run: workPerRun, patterns: map[string]*pattern{}, contains: map[[2]string]bool{}, verdicts: map[verdictKey]truth{}, hulls: map[hullKey]types{}}
}

// charge counts n units. A nil meter counts nothing.
func (m *meter) charge(n int) {
	if m != nil {
		m.used += int64(n)
	}
}

func (m *meter) spent() bool { return m != nil && m.used > m.stop }

// forAll lets what is kept beyond the question under way use the budget of the whole comparison; the result ends that.
func (m *meter) forAll() (end func()) {
	stop := m.stop
	m.stop = m.run
	return func() { m.stop = stop }
}

// limit bounds what follows by n units; end gives the units that were used.
func (m *meter) limit(n int64) (end func() int64) {
	before, stop := m.used, m.stop
	m.stop = min(m.used+n, m.run)
	return func() int64 {
		m.stop = stop
		return m.used - before
	}
}

// A pattern is a compiled expression with its size.
type pattern struct {
	re   *regexp.Regexp
	size int // instructions, about
}

// Bounds of expressions: longer ones, and those that compile to more, are taken as not understood.
const (
	maxPatternBytes = 10_000
	maxPatternSize  = 50_000
	maxPatternsKept = 4_000
)

// pattern is the expression as Go reads it, nil where it uses what ECMA-262 has and Go has not. It is compiled once.
func (m *meter) pattern(text string) *pattern {
	if len(text) > maxPatternBytes {
		return nil
	}
	if m == nil {
		return compile(text)
	}
	if p, known := m.patterns[text]; known {
		return p
	}
	if len(m.patterns) >= maxPatternsKept {
		clear(m.patterns)
	}
	p := compile(text)
	m.charge(100 + 10*len(text))
	if p != nil {
		m.charge(20 * p.size)
	}
	m.patterns[text] = p
	return p
}

func compile(text string) *pattern {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil
	}
	size := sizeOf(tree)
	if size > maxPatternSize {
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil
	}
	return &pattern{re: re, size: size}
}

// sizeOf is the number of instructions that an expression compiles to, about.
func sizeOf(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		size = min(size+sizeOf(sub), 1<<30)
	}
	if re.Op == syntax.OpRepeat {
		size = min(size*max(re.Min, re.Max, 1), 1<<30)
	}
	return size
}

// matches reports whether the expression meets the text; known is false where nobody can tell.
func (m *meter) matches(expression, text string) (hit, known bool) {
	m.charge(2)
	p := m.pattern(expression)
	if p == nil || m.spent() {
		return false, false
	}
	m.charge(len(text) * (1 + p.size/8) / 4)
	return p.re.MatchString(text), true
}

// within is patternWithin, asked once.
func (m *meter) within(inner, outer string) bool {
	if inner == outer {
		return true
	}
	m.charge(4)
	if m.spent() {
		return false
	}
	k := [2]string{inner, outer}
	if m != nil {
		if ok, known := m.contains[k]; known {
			return ok
		}
	}
	ok, work := patternWithin(inner, outer)
	m.charge(work)
	if m != nil {
		m.contains[k] = ok
	}
	return ok
}

// A verdictKey names the question whether a schema admits a value. The depth counts only where the answer was cut short
// by the bound on it; else it is anyDepth.
type verdictKey struct {
	schema *schema
	value  contract.Hash
	dir    Side
	depth  int
}

const anyDepth = -1

// maxVerdicts bounds what is remembered of values.
const maxVerdicts = 200_000

// verdict is the answer to a question that may be asked along many ways, worked out once.
func (m *meter) verdict(k verdictKey, ask func() truth) truth {
	m.charge(8)
	if m.spent() {
		return unknown
	}
	depth := k.depth
	for _, k.depth = range []int{anyDepth, depth} {
		if t, known := m.verdicts[k]; known {
			m.deep = m.deep || k.depth == depth
			return t
		}
	}
	before := m.deep
	m.deep = false
	t := ask()
	if !m.deep {
		k.depth = anyDepth
	}
	m.deep = m.deep || before
	if m.spent() {
		return unknown
	}
	if len(m.verdicts) >= maxVerdicts {
		clear(m.verdicts)
	}
	m.verdicts[k] = t
	return t
}

// forget drops what only the comparison needed.
func (m *meter) forget() {
	m.contains, m.verdicts, m.hulls = map[[2]string]bool{}, map[verdictKey]truth{}, map[hullKey]types{}
}

// over reports whether the budget of the whole comparison is spent.
func (m *meter) over() bool { return m != nil && m.used > m.run }

type hullKey struct {
	of    *norm
	depth int
}

// budgetOfRun is how findings name the budget of the whole comparison.
const budgetOfRun = "the budget of 40 million steps for one comparison was spent"
