package ecmaregex

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
)

// The machine runs a pattern as a deterministic automaton that is made while it runs. Its states
// are formulas, which say what the rest of the string must look like: "an a, and then this task",
// "the end", and combinations by and, or and not. A look-ahead is an and, ^ and \b are decided by
// what came before, and a look-behind by an automaton of its own that runs beside.
//
// The derivative of a formula by a character is what it says of the rest behind that character
// (Brzozowski, "Derivatives of Regular Expressions", 1964). Equal formulas have equal numbers, so
// that equal states are recognized; that some are equal without being recognized costs steps only.

// A form is the number of a formula.
type form int32

const (
	never  form = iota // nothing matches
	always             // the pattern has matched, whatever follows
	atEnd              // the string ends here
)

type formula struct {
	kind formKind
	ends bool // it holds where the string ends here
	node *node
	next task
	args []form // of and, or: sorted; of not: one
}

type formKind uint8

const (
	constant  formKind = iota
	character          // one of node.set, and then next
	conjunction
	disjunction
	negation
)

// A task is the number of what is left to match.
type task int32

const (
	succeed task = iota // nothing
	finish              // nothing, and the string must end here
)

// A job is a node to match and what follows it.
type job struct {
	node  *node
	count int32 // opConcat: parts that are done; opRepeat: iterations that are done
	fresh bool  // opRepeat: an iteration began here; one that consumes nothing adds nothing
	next  task
}

// A context is what the past of a place says about it.
type context struct {
	start  bool   // nothing came before
	word   bool   // a word character came just before
	behind uint32 // the look-behinds that match here, by index
}

const (
	maxBehinds   = 32
	maxRecursion = 20_000
)

type charKey struct {
	node *node
	next task
}

type taskKey struct {
	task task
	at   context
}

type stepKey struct {
	form form
	r    rune
	at   context
}

type machine struct {
	p       *Pattern
	forms   []formula
	jobs    []job
	settled []task // by task: the same without fresh, for after a character
	chars   map[charKey]form
	joined  map[string]form
	tasks   map[job]task
	entered map[taskKey]form
	stepped map[stepKey]form
	depth   int
	work    *int // steps, shared by the machines of one question
	limit   int
}

func newMachine(p *Pattern, work *int, limit int) *machine {
	return &machine{
		p:       p,
		forms:   []formula{never: {}, always: {ends: true}, atEnd: {ends: true}},
		jobs:    make([]job, 2),
		settled: []task{succeed, finish},
		chars:   map[charKey]form{}, joined: map[string]form{}, tasks: map[job]task{},
		entered: map[taskKey]form{}, stepped: map[stepKey]form{},
		work: work, limit: limit,
	}
}

// spent reports whether the steps ran out; no result of the machine counts then.
func (m *machine) spent() bool { return *m.work > m.limit }

func (m *machine) task(j job) task {
	if t, ok := m.tasks[j]; ok {
		return t
	}
	t := task(len(m.jobs))
	m.jobs, m.settled, m.tasks[j] = append(m.jobs, j), append(m.settled, t), t
	if s := m.settled[j.next]; j.fresh || s != j.next {
		m.settled[t] = m.task(job{node: j.node, count: j.count, next: s})
	}
	return t
}

func (m *machine) character(n *node, next task) form {
	if len(n.set) == 0 {
		return never
	}
	k := charKey{n, m.settled[next]}
	f, ok := m.chars[k]
	if !ok {
		f = m.add(formula{kind: character, node: n, next: k.next})
		m.chars[k] = f
	}
	return f
}

func (m *machine) add(f formula) form {
	*m.work += 1 + len(f.args)
	m.forms = append(m.forms, f)
	return form(len(m.forms) - 1)
}

func (m *machine) not(f form) form {
	switch {
	case f == never:
		return always
	case f == always:
		return never
	case m.forms[f].kind == negation:
		return m.forms[f].args[0]
	}
	return m.intern(formula{kind: negation, ends: !m.forms[f].ends, args: []form{f}})
}

func (m *machine) and(args ...form) form { return m.join(conjunction, always, never, args) }

func (m *machine) or(args ...form) form { return m.join(disjunction, never, always, args) }

// join builds a conjunction or a disjunction: flat, sorted, without what changes nothing (neutral)
// and without what another part implies. One part that is zero decides it.
func (m *machine) join(kind formKind, neutral, zero form, parts []form) form {
	args := make([]form, 0, len(parts))
	for _, f := range parts {
		switch {
		case f == zero:
			return zero
		case f == neutral:
		case m.forms[f].kind == kind:
			args = append(args, m.forms[f].args...)
		default:
			args = append(args, f)
		}
	}
	slices.Sort(args)
	args = slices.Compact(args)
	*m.work += 1 + len(args)
	for _, f := range args {
		if m.forms[f].kind == negation && has(args, m.forms[f].args[0]) {
			return zero
		}
	}
	args = slices.DeleteFunc(args, func(f form) bool { // x or (x and y) is x, and the other way round
		g := m.forms[f]
		*m.work += len(g.args)
		return (g.kind == conjunction || g.kind == disjunction) && slices.ContainsFunc(g.args, func(x form) bool { return has(args, x) })
	})
	switch len(args) {
	case 0:
		return neutral
	case 1:
		return args[0]
	}
	ends := kind == conjunction
	for _, f := range args {
		if m.forms[f].ends != ends {
			ends = !ends
			break
		}
	}
	return m.intern(formula{kind: kind, ends: ends, args: args})
}

func has(sorted []form, f form) bool {
	_, ok := slices.BinarySearch(sorted, f)
	return ok
}

func (m *machine) intern(f formula) form {
	key := make([]byte, 1, 1+4*len(f.args))
	key[0] = byte(f.kind)
	for _, a := range f.args {
		key = binary.LittleEndian.AppendUint32(key, uint32(a))
	}
	out, ok := m.joined[string(key)]
	if !ok {
		out = m.add(f)
		m.joined[string(key)] = out
	}
	return out
}

// enter is the formula of a task that begins at a place.
func (m *machine) enter(t task, at context) form {
	switch t {
	case succeed:
		return always
	case finish:
		return atEnd
	}
	k := taskKey{t, at}
	if f, ok := m.entered[k]; ok {
		return f
	}
	if m.depth > maxRecursion {
		*m.work = m.limit + 1
	}
	if *m.work++; m.spent() {
		return never
	}
	m.depth++
	f := m.begin(m.jobs[t], at)
	m.depth--
	m.entered[k] = f
	return f
}

func (m *machine) begin(j job, at context) form {
	n := j.node
	switch n.op {
	case opSet:
		return m.character(n, j.next)
	case opConcat:
		next := j.next
		if done := j.count + 1; int(done) < len(n.subs) {
			next = m.task(job{node: n, count: done, next: next})
		}
		return m.enter(m.task(job{node: n.subs[j.count], next: next}), at)
	case opAlternate:
		parts := make([]form, len(n.subs))
		for i, sub := range n.subs {
			parts[i] = m.enter(m.task(job{node: sub, next: j.next}), at)
		}
		return m.or(parts...)
	case opGroup:
		return m.enter(m.task(job{node: n.subs[0], next: j.next}), at)
	case opRepeat:
		return m.repeat(n, j, at)
	case opLook:
		return m.look(n, j, at)
	case opBegin:
		if !at.start {
			return never
		}
	case opEnd:
		return m.and(atEnd, m.enter(j.next, at))
	case opBoundary:
		word := m.character(wordNode, succeed)
		if at.word != n.negate {
			word = m.not(word)
		}
		return m.and(word, m.enter(j.next, at))
	}
	return m.enter(j.next, at)
}

var wordNode = &node{op: opSet, set: wordChars}

// repeat begins one more iteration, or what follows the last one. Iterations of what may be empty
// need not be counted up to the minimum.
func (m *machine) repeat(n *node, j job, at context) form {
	if j.fresh {
		return never
	}
	least := int32(n.min)
	if n.subs[0].nullable {
		least = 0
	}
	again := func(count int32, fresh bool) form {
		loop := m.task(job{node: n, count: count, fresh: fresh, next: j.next})
		return m.enter(m.task(job{node: n.subs[0], next: loop}), at)
	}
	if j.count < least {
		return again(j.count+1, false)
	}
	done := m.enter(j.next, at)
	switch {
	case done == always || n.max == int(j.count):
		return done
	case n.max < 0:
		return m.or(done, again(least, true))
	}
	return m.or(done, again(j.count+1, true))
}

func (m *machine) look(n *node, j job, at context) form {
	hit := never
	switch {
	case !n.behind:
		hit = m.enter(m.task(job{node: n.subs[0]}), at)
	case at.behind>>n.index&1 == 1:
		hit = always
	}
	if n.negate {
		hit = m.not(hit)
	}
	if hit == never {
		return never
	}
	return m.and(hit, m.enter(j.next, at))
}

// derive is what a formula says behind the character r, at whose end the context holds.
func (m *machine) derive(f form, r rune, at context) form {
	g := m.forms[f]
	switch g.kind {
	case constant:
		if f == always {
			return always
		}
		return never
	case character:
		if *m.work++; !g.node.set.has(r) {
			return never
		}
		return m.enter(g.next, at)
	}
	k := stepKey{f, r, at}
	if out, ok := m.stepped[k]; ok {
		return out
	}
	if *m.work += len(g.args); m.spent() || m.depth > maxRecursion {
		*m.work = m.limit + 1
		return never
	}
	m.depth++
	var out form
	if g.kind == negation {
		out = m.not(m.derive(g.args[0], r, at))
	} else {
		parts := make([]form, len(g.args))
		for i, a := range g.args {
			parts[i] = m.derive(a, r, at)
		}
		neutral, zero := never, always
		if g.kind == conjunction {
			neutral, zero = always, never
		}
		out = m.join(g.kind, neutral, zero, parts)
	}
	m.depth--
	m.stepped[k] = out
	return out
}

// A state is where a run stands: what would make it match, and the same for each look-behind.
type state struct {
	main   form
	behind string // forms, four bytes each
}

func (m *machine) start() state { return m.move(state{}, -1, context{start: true}) }

// step reads one code point.
func (m *machine) step(s state, r rune) state {
	if r > 0xffff && !m.p.unicode {
		hi, lo := utf16.EncodeRune(r)
		return m.move(m.move(s, hi, context{}), lo, context{})
	}
	return m.move(s, r, context{word: isWord(r)})
}

// move reads a character, or none if it is -1. At every place the search for a match begins anew.
func (m *machine) move(s state, r rune, at context) state {
	if s.main == always {
		return s
	}
	var behind []byte
	for i, n := range m.p.behinds {
		f := m.enter(m.task(job{node: n.subs[0], next: finish}), at)
		if r >= 0 {
			f = m.or(f, m.derive(form(binary.LittleEndian.Uint32([]byte(s.behind[4*i:]))), r, at))
		}
		if m.forms[f].ends {
			at.behind |= 1 << i
		}
		behind = binary.LittleEndian.AppendUint32(behind, uint32(f))
	}
	main := m.enter(m.task(job{node: m.p.root}), at)
	if r >= 0 && main != always {
		main = m.or(main, m.derive(s.main, r, at))
	}
	if main == always {
		return state{main: always}
	}
	return state{main, string(behind)}
}

// accepts reports whether a string that ends here is matched.
func (m *machine) accepts(s state) bool { return m.forms[s.main].ends }

// hopeless reports whether no string that continues from here is matched, as far as that shows.
func (m *machine) hopeless(s state) bool {
	if s.main != never || len(m.p.behinds) > 0 {
		return false
	}
	root := m.task(job{node: m.p.root})
	return m.enter(root, context{}) == never && m.enter(root, context{word: true}) == never
}

// readable are the characters that examples prefer, best first.
var readable = []rune("aAz0Zb19-_. /:@+,#é\n\u00a0\u2028€日😀")

// alphabet is one character for each set of characters that none of the patterns tells apart;
// false where that would take more than a bounded number.
func alphabet(patterns []*Pattern, work *int) ([]rune, bool) {
	type member struct {
		set     set
		unicode bool
	}
	seen := map[string]bool{}
	var members []member
	edges := []rune{0, 0xe000, 0x10000}
	for _, p := range patterns {
		for _, s := range p.sets {
			k := string(s)
			if p.unicode {
				k += "u"
			}
			if seen[k] {
				continue
			}
			seen[k] = true
			members = append(members, member{s, p.unicode})
			for i, e := range s {
				if i%2 == 1 {
					e++
				}
				switch {
				case p.unicode || e < 0xd800 || e > 0xdfff && e < 0x10000:
					edges = append(edges, e)
				case e < 0xdc00:
					edges = append(edges, 0x10000+(e-0xd800)<<10)
				case e > 0xdc00 && e < 0xe000:
					return nil, false // every one of 1024 blocks falls apart
				}
			}
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	kinds := map[string]bool{}
	var out []rune
	var kind strings.Builder
	for _, r := range append(slices.Clone(readable), edges...) {
		if r > 0x10ffff || 0xd800 <= r && r < 0xe000 {
			continue
		}
		kind.Reset()
		hi, lo := utf16.EncodeRune(r)
		for _, m := range members {
			switch {
			case m.unicode || r < 0x10000:
				kind.WriteByte(bit(m.set.has(r)))
			default:
				kind.WriteByte(bit(m.set.has(hi)) | bit(m.set.has(lo))<<1)
			}
		}
		*work += 1 + len(members)/4
		if !kinds[kind.String()] {
			kinds[kind.String()] = true
			out = append(out, r)
		}
	}
	return out, true
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
