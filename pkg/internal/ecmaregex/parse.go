package ecmaregex

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
)

// Bounds of a pattern. Larger ones are refused as unsupported.
const (
	maxSource = 10_000 // bytes
	maxDepth  = 250    // groups inside each other
	maxCount  = 1 << 30
)

// A Pattern is a parsed regular expression. It is safe for concurrent use.
type Pattern struct {
	source  string
	unicode bool // a character is a code point; else it is a UTF-16 code unit
	root    *node
	groups  int                   // capture groups, numbered from 1
	behinds []*node               // look-behinds, inner ones before the one that contains them
	sets    []set                 // every set of the tree
	opaque  string                // why no automaton can run the pattern; empty where one can
	ahead   bool                  // it contains a look-ahead or a look-behind
	linear  func() *regexp.Regexp // the pattern for package regexp, made once; nil if that has no equal
}

// String is the source of the pattern.
func (p *Pattern) String() string { return p.source }

// Size is about the number of characters that the pattern speaks of, with repetitions written out.
func (p *Pattern) Size() int { return p.root.size() }

func (n *node) size() int {
	size := 1
	for _, sub := range n.subs {
		size = min(size+sub.size(), maxCount)
	}
	if n.op == opRepeat {
		size = min(size*max(n.min, n.max, 1), maxCount)
	}
	return size
}

// Unicode reports whether the pattern was read with the flag u. False means annex B.
func (p *Pattern) Unicode() bool { return p.unicode }

type op uint8

const (
	opEmpty     op = iota
	opSet          // one character of set
	opConcat       // subs in order
	opAlternate    // one of subs
	opGroup        // subs[0], captured under index
	opRepeat       // subs[0], min to max times
	opBegin        // ^
	opEnd          // $
	opBoundary     // \b; with negate \B
	opLook         // (?=subs[0]); behind: (?<=subs[0]); negate: (?! and (?<!
	opBackref      // what group index captured
)

// A node is one construct of a pattern (ECMA-262, section 22.2.1).
type node struct {
	op       op
	subs     []*node
	set      set
	index    int    // opGroup, opBackref: the group; a look-behind: its place in Pattern.behinds
	min, max int    // opRepeat; max is -1 without an upper bound
	inside   [2]int // opRepeat: the groups in it, from and to (exclusive)
	lazy     bool   // opRepeat: as few as possible, which matters to captures only
	negate   bool
	behind   bool
	nullable bool // it matches the empty string at any place
}

// Parse reads a pattern with the flag u or, where that is not valid, without it. The error is an
// *Error.
func Parse(source string) (*Pattern, error) {
	if len(source) > maxSource {
		return nil, &Error{Reason: fmt.Sprintf("longer than %d bytes", maxSource), Unsupported: true}
	}
	out, err := parse(source, true)
	if err != nil && !err.Unsupported {
		out, err = parse(source, false)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func parse(source string, withU bool) (*Pattern, *Error) {
	p := parser{out: &Pattern{source: source, unicode: withU}, src: []rune(source), u: withU, names: map[string]int{}}
	if !withU {
		p.src = units(source)
	}
	p.scanGroups()
	root := p.disjunction()
	if p.more() {
		p.fail("unmatched )")
	}
	for _, r := range p.refs {
		if r.node.index = p.names[r.name]; r.node.index == 0 {
			p.pos = r.at
			p.fail("reference to a group name that does not exist")
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	p.out.root = root
	p.out.linear = sync.OnceValue(p.out.compile)
	return p.out, nil
}

// units are the UTF-16 code units of a string.
func units(s string) []rune {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if hi, lo := utf16.EncodeRune(r); r > 0xffff {
			out = append(out, hi, lo)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// A parser reads one pattern in one mode. After a failure it stands at the end of its input, so
// that every loop ends.
type parser struct {
	out     *Pattern
	src     []rune
	pos     int
	u       bool
	total   int  // groups of the whole pattern
	named   bool // some group has a name, which makes \k special without the flag u, too
	names   map[string]int
	refs    []reference
	depth   int
	behinds int // look-behinds around the place
	err     *Error
}

// A reference is \k<name>, whose group may follow.
type reference struct {
	node *node
	name string
	at   int
}

func (p *parser) fail(reason string) {
	if p.err == nil {
		p.err = &Error{Offset: p.pos, Reason: reason}
	}
	p.pos = len(p.src)
}

func (p *parser) unsupported(reason string) {
	p.fail(reason)
	p.err.Unsupported = true
}

func (p *parser) more() bool { return p.err == nil && p.pos < len(p.src) }

// at reports whether the input continues with text.
func (p *parser) at(text string) bool {
	for i, r := range text { // ASCII
		if p.pos+i >= len(p.src) || p.src[p.pos+i] != r {
			return false
		}
	}
	return true
}

func (p *parser) take(text string) bool {
	if !p.at(text) {
		return false
	}
	p.pos += len(text)
	return true
}

// scanGroups counts the capture groups ahead of the parse: what \1 and \k mean depends on them.
func (p *parser) scanGroups() {
	class := false
	for i := 0; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '(' && !class:
			rest := string(p.src[i+1 : min(i+4, len(p.src))])
			name := strings.HasPrefix(rest, "?<") && !strings.HasPrefix(rest, "?<=") && !strings.HasPrefix(rest, "?<!")
			p.named = p.named || name
			if name || !strings.HasPrefix(rest, "?") {
				p.total++
			}
		}
	}
}

func (p *parser) disjunction() *node {
	if p.depth++; p.depth > maxDepth {
		p.unsupported(fmt.Sprintf("more than %d groups inside each other", maxDepth))
	}
	out := p.alternative()
	if p.at("|") {
		out = &node{op: opAlternate, subs: []*node{out}, nullable: out.nullable}
	}
	for p.take("|") {
		n := p.alternative()
		out.subs, out.nullable = append(out.subs, n), out.nullable || n.nullable
	}
	p.depth--
	return out
}

func (p *parser) alternative() *node {
	out := &node{op: opConcat, nullable: true}
	for p.more() && !p.at("|") && !p.at(")") {
		n := p.term()
		out.subs, out.nullable = append(out.subs, n), out.nullable && n.nullable
	}
	switch len(out.subs) {
	case 0:
		out.op = opEmpty
	case 1:
		return out.subs[0]
	}
	return out
}

func (p *parser) term() *node {
	first := p.out.groups + 1
	n, assertion := p.atom()
	least, most, ok := p.quantifier()
	if !ok {
		return n
	}
	if assertion && (p.u || n.op != opLook || n.behind) { // annex B lets look-aheads be repeated
		p.fail("nothing to repeat")
	}
	return &node{
		op: opRepeat, subs: []*node{n}, min: least, max: most, lazy: p.take("?"),
		inside: [2]int{first, p.out.groups + 1}, nullable: least == 0 || n.nullable,
	}
}

// quantifier reads *, +, ?, {n}, {n,} or {n,m}, if that is what follows.
func (p *parser) quantifier() (least, most int, ok bool) {
	switch {
	case p.take("*"):
		return 0, -1, true
	case p.take("+"):
		return 1, -1, true
	case p.take("?"):
		return 0, 1, true
	case !p.at("{"):
		return 0, 0, false
	}
	begin := p.pos
	p.pos++
	least, ok = p.decimal()
	most = least
	if ok && p.take(",") {
		if most, ok = p.decimal(); !ok {
			most, ok = -1, true
		}
	}
	switch {
	case !ok || !p.take("}"):
		p.pos = begin
		if p.u {
			p.fail("incomplete quantifier")
		}
		return 0, 0, false
	case most >= 0 && most < least:
		p.fail("numbers out of order in a quantifier")
	case most == maxCount: // no string is that long
		most = -1
	}
	return least, most, true
}

func (p *parser) decimal() (n int, ok bool) {
	for ; p.more() && isDigit(p.src[p.pos]); p.pos++ {
		n, ok = min(10*n+int(p.src[p.pos]-'0'), maxCount), true
	}
	return n, ok
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// literal matches one character.
func (p *parser) literal(r rune) *node { return p.oneOf(set{r, r}) }

func (p *parser) oneOf(s set) *node {
	p.out.sets = append(p.out.sets, s)
	return &node{op: opSet, set: s}
}

// atom reads an atom or an assertion.
func (p *parser) atom() (n *node, assertion bool) {
	c := p.src[p.pos]
	switch c {
	case '(':
		return p.group()
	case '[':
		p.pos++
		return p.class(), false
	case '\\':
		p.pos++
		return p.escape()
	case '*', '+', '?':
		p.fail("nothing to repeat")
		return &node{}, false
	case '{':
		if _, _, ok := p.quantifier(); ok {
			p.fail("nothing to repeat")
		}
	case ']', '}':
		if p.u {
			p.fail("unmatched bracket")
		}
	}
	if p.err != nil {
		return &node{}, false
	}
	p.pos++
	switch c {
	case '^':
		return &node{op: opBegin}, true
	case '$':
		p.looksAhead()
		return &node{op: opEnd}, true
	case '.':
		return p.oneOf(lineEnds.complement(p.top())), false
	}
	return p.literal(c), false
}

// top is the greatest character of the mode.
func (p *parser) top() rune {
	if p.u {
		return unicode.MaxRune
	}
	return 0xffff
}

// looksAhead notes a construct that depends on what follows. An automaton decides a look-behind
// where it ends, without knowing that.
func (p *parser) looksAhead() {
	if p.behinds > 0 {
		p.out.opaque = "a look-behind that looks ahead"
	}
}

// groupHeads are the openings of groups that do not capture.
var groupHeads = []struct {
	text string
	node node
}{
	{"(?:", node{}}, {"(?=", node{op: opLook}}, {"(?!", node{op: opLook, negate: true}},
	{"(?<=", node{op: opLook, behind: true}}, {"(?<!", node{op: opLook, behind: true, negate: true}},
}

func (p *parser) group() (n *node, assertion bool) {
	for _, h := range groupHeads {
		if p.take(h.text) {
			n = &h.node
			if n.op == opLook {
				return p.look(n), true
			}
			return p.closed(), false
		}
	}
	n = &node{op: opGroup}
	p.pos++
	p.out.groups++
	n.index = p.out.groups
	if p.take("?<") {
		name := p.groupName()
		if p.names[name] != 0 {
			p.unsupported("a group name is used twice")
		}
		p.names[name] = n.index
	} else if p.at("?") {
		if p.pos++; p.at("i") || p.at("m") || p.at("s") || p.at("-") {
			p.unsupported("modifiers of groups, (?i:...)")
		}
		p.fail("invalid group")
	}
	n.subs = []*node{p.closed()}
	n.nullable = n.subs[0].nullable
	return n, false
}

func (p *parser) look(n *node) *node {
	p.out.ahead = true
	if n.behind {
		p.behinds++
	} else {
		p.looksAhead()
	}
	n.subs = []*node{p.closed()}
	if n.behind {
		p.behinds--
		n.index = len(p.out.behinds)
		p.out.behinds = append(p.out.behinds, n)
		if len(p.out.behinds) > maxBehinds {
			p.out.opaque = fmt.Sprintf("more than %d look-behinds", maxBehinds)
		}
	}
	return n
}

func (p *parser) closed() *node {
	n := p.disjunction()
	if !p.take(")") {
		p.fail("unterminated group")
	}
	return n
}

func (p *parser) groupName() string {
	begin := p.pos
	for ; p.more() && !p.at(">"); p.pos++ {
		c := p.src[p.pos]
		if c == '\\' || c > unicode.MaxASCII {
			p.unsupported("a group name that is not plain letters")
		} else if c != '_' && c != '$' && !isWord(c) || p.pos == begin && isDigit(c) {
			p.fail("invalid group name")
		}
	}
	name := string(p.src[begin:min(p.pos, len(p.src))])
	if !p.take(">") || name == "" {
		p.fail("invalid group name")
	}
	return name
}

func isWord(c rune) bool { return wordChars.has(c) }

// escape reads what follows a backslash outside a class (AtomEscape).
func (p *parser) escape() (n *node, assertion bool) {
	switch {
	case !p.more():
		p.fail("\\ at the end of the pattern")
		return &node{}, false
	case p.at("b"), p.at("B"):
		p.looksAhead()
		p.out.sets = append(p.out.sets, wordChars)
		p.pos++
		return &node{op: opBoundary, negate: p.src[p.pos-1] == 'B'}, true
	case isDigit(p.src[p.pos]) && !p.at("0"):
		begin := p.pos
		if index, _ := p.decimal(); index <= p.total {
			p.out.opaque = "a back-reference"
			return &node{op: opBackref, index: index}, false
		}
		if p.pos = begin; p.u {
			p.fail("reference to a group that does not exist")
			return &node{}, false
		}
	case p.at("k") && (p.u || p.named):
		if p.pos++; !p.take("<") {
			p.fail("invalid named reference")
		}
		p.out.opaque = "a back-reference"
		n = &node{op: opBackref}
		p.refs = append(p.refs, reference{n, p.groupName(), p.pos})
		return n, false
	}
	if s, ok := p.classEscape(); ok {
		return p.oneOf(s), false
	}
	return p.literal(p.characterEscape(false)), false
}

// classEscape reads \d, \s, \w, their complements and properties.
func (p *parser) classEscape() (set, bool) {
	c := p.src[p.pos]
	s := map[rune]set{'d': digits, 's': spaces, 'w': wordChars}[c|0x20]
	if c|0x20 == 'p' && p.u {
		begin := p.pos + 2
		for p.pos++; p.more() && !p.at("}"); p.pos++ {
		}
		name := string(p.src[min(begin, p.pos):p.pos])
		if !p.take("}") || p.src[begin-1] != '{' {
			p.fail("invalid property name")
			return nil, true
		}
		if s = property(name); s == nil {
			p.unsupported("the property " + name)
			return nil, true
		}
	} else if s != nil {
		p.pos++
	}
	if s != nil && c < 'a' {
		s = s.complement(p.top())
	}
	return s, s != nil
}

var controls = map[rune]rune{'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// characterEscape reads an escape that stands for one character (CharacterEscape; annex B.1.2).
func (p *parser) characterEscape(class bool) rune {
	c := p.src[p.pos]
	p.pos++
	next := rune(-1)
	if p.more() {
		next = p.src[p.pos]
	}
	switch {
	case controls[c] != 0:
		return controls[c]
	case c == 'c':
		letter := 'a' <= next|0x20 && next|0x20 <= 'z'
		if letter || !p.u && class && (isDigit(next) || next == '_') {
			p.pos++
			return next % 32
		}
		if p.u {
			p.fail("invalid control escape")
			return 0
		}
		p.pos-- // the backslash stands for itself, and c is the next character
		return '\\'
	case c == '0' && !isDigit(next):
		return 0
	case '0' <= c && c <= '7' && !p.u:
		return p.octal(c - '0')
	case c == 'x':
		if v, ok := p.hex(2); ok {
			return v
		}
	case c == 'u':
		if v, ok := p.unicodeEscape(); ok {
			return v
		}
	case p.u && (strings.ContainsRune(`^$\.*+?()[]{}|/`, c) || class && c == '-'):
		return c
	}
	if p.u || c == 'k' && p.named {
		p.fail("invalid escape")
	}
	return c
}

// octal reads the rest of a legacy octal escape, whose value is at most 0377.
func (p *parser) octal(v rune) rune {
	for p.more() && '0' <= p.src[p.pos] && p.src[p.pos] <= '7' && v < 32 {
		v = 8*v + p.src[p.pos] - '0'
		p.pos++
	}
	return v
}

// hex reads exactly n hexadecimal digits, or nothing.
func (p *parser) hex(n int) (v rune, ok bool) {
	if p.pos+n > len(p.src) {
		return 0, false
	}
	for _, c := range p.src[p.pos : p.pos+n] {
		d := strings.IndexRune("0123456789abcdef", unicode.ToLower(c))
		if d < 0 || c > unicode.MaxASCII {
			return 0, false
		}
		v = v<<4 | rune(d)
	}
	p.pos += n
	return v, true
}

// unicodeEscape reads what follows \u: four digits, a surrogate pair or digits in braces, the last
// two with the flag u only.
func (p *parser) unicodeEscape() (rune, bool) {
	if p.u && p.take("{") {
		v, begin := rune(0), p.pos
		for !p.at("}") {
			d, ok := p.hex(1)
			if v = v<<4 | d; !ok || v > unicode.MaxRune {
				return 0, false
			}
		}
		return v, p.pos > begin && p.take("}")
	}
	v, ok := p.hex(4)
	if after := p.pos; ok && p.u && v&^0x3ff == 0xd800 && p.take(`\u`) {
		if low, ok := p.hex(4); ok && low&^0x3ff == 0xdc00 {
			return utf16.DecodeRune(v, low), true
		}
		p.pos = after
	}
	return v, ok
}

// class reads a character class behind its bracket.
func (p *parser) class() *node {
	negate := p.take("^")
	var s set
	for !p.take("]") {
		if !p.more() {
			p.fail("unterminated character class")
			break
		}
		lo, many := p.classAtom()
		if !p.at("-") || p.at("-]") {
			s = append(s, lo...)
			continue
		}
		p.pos++
		if !p.more() {
			continue
		}
		hi, manyToo := p.classAtom()
		switch {
		case p.err != nil:
		case (many || manyToo) && p.u:
			p.fail("invalid range in a character class")
		case many || manyToo: // annex B: [\d-x] is three members
			s = append(append(append(s, lo...), '-', '-'), hi...)
		case lo[0] > hi[0]:
			p.fail("range out of order in a character class")
		default:
			s = append(s, lo[0], hi[0])
		}
	}
	s = s.normal()
	if negate {
		s = s.complement(p.top())
	}
	return p.oneOf(s)
}

// classAtom reads one member of a class; many tells that it is a class escape.
func (p *parser) classAtom() (s set, many bool) {
	r := p.src[p.pos]
	p.pos++
	if r == '\\' {
		if !p.more() {
			p.fail("unterminated character class")
			return nil, false
		}
		if s, many = p.classEscape(); many {
			return s, true
		}
		if r = '\b'; !p.take("b") {
			r = p.characterEscape(true)
		}
	}
	return set{r, r}, false
}
