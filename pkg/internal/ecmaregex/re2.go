package ecmaregex

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Bounds of an expression for package regexp, which compiles what it is given.
const (
	maxLinear = 20_000  // Size of the pattern
	maxRE2    = 100_000 // bytes
)

// Regexp is an expression that package regexp reads exactly as ECMA-262 reads the pattern: the
// source itself where the two dialects agree on it, else one with every class written out. It is
// nil where there is none: look-arounds, back-references, classes that match half of a code point,
// repetitions of more than 1000, and what is too large.
func (p *Pattern) Regexp() *regexp.Regexp { return p.linear() }

func (p *Pattern) compile() *regexp.Regexp {
	if p.ahead || p.opaque != "" || p.Size() > maxLinear {
		return nil
	}
	text, ok := p.re2()
	if !ok {
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil
	}
	return re
}

func (p *Pattern) re2() (string, bool) {
	var b strings.Builder
	if !writeRE2(&b, p.root, p.unicode, 0) {
		return "", false
	}
	ours, err := syntax.Parse(b.String(), syntax.Perl)
	if err != nil {
		return "", false
	}
	if theirs, err := syntax.Parse(p.source, syntax.Perl); err == nil && ours.Equal(theirs) {
		return p.source, true
	}
	return b.String(), true
}

// writeRE2 writes a node; tight tells that a quantifier follows or a sequence is around it.
func writeRE2(b *strings.Builder, n *node, codePoints bool, tight int) bool {
	if b.Len() > maxRE2 {
		return false
	}
	const inSequence, quantified = 1, 2
	needs := map[op]int{opEmpty: quantified, opConcat: quantified, opAlternate: inSequence, opRepeat: quantified}[n.op]
	if needs > 0 && tight >= needs {
		b.WriteString("(?:")
		defer b.WriteString(")")
	}
	switch n.op {
	case opSet:
		return writeSet(b, n.set, codePoints)
	case opConcat, opAlternate:
		for i, sub := range n.subs {
			inner := inSequence
			if n.op == opAlternate {
				inner = 0
				b.WriteString(strings.Repeat("|", min(i, 1)))
			}
			if !writeRE2(b, sub, codePoints, inner) {
				return false
			}
		}
	case opGroup:
		b.WriteString("(")
		defer b.WriteString(")")
		return writeRE2(b, n.subs[0], codePoints, 0)
	case opRepeat:
		if !writeRE2(b, n.subs[0], codePoints, quantified) {
			return false
		}
		b.WriteString(quantifier(n))
	case opBegin:
		b.WriteString("^")
	case opEnd:
		b.WriteString("$")
	case opBoundary:
		b.WriteString(map[bool]string{false: `\b`, true: `\B`}[n.negate])
	case opLook, opBackref:
		return false
	}
	return true
}

func quantifier(n *node) string {
	lazy := strings.Repeat("?", int(bit(n.lazy)))
	switch {
	case n.min == 0 && n.max < 0:
		return "*" + lazy
	case n.min == 1 && n.max < 0:
		return "+" + lazy
	case n.min == 0 && n.max == 1:
		return "?" + lazy
	case n.max < 0:
		return fmt.Sprintf("{%d,}%s", n.min, lazy)
	case n.max == n.min:
		return fmt.Sprintf("{%d}%s", n.min, lazy)
	}
	return fmt.Sprintf("{%d,%d}%s", n.min, n.max, lazy)
}

// surrogates are no characters of a string in Go.
var surrogates = set{0xd800, 0xdfff}

func writeSet(b *strings.Builder, s set, codePoints bool) bool {
	scalars := s.without(surrogates)
	if !codePoints && len(s.without(scalars)) > 0 {
		return false // such a class matches half of a code point
	}
	if len(scalars) == 2 && scalars[0] == scalars[1] {
		writeRE2Char(b, scalars[0])
		return true
	}
	if len(scalars) == 0 {
		b.WriteString(`[^\x{0}-\x{10ffff}]`)
		return true
	}
	b.WriteString("[")
	for i := 0; i < len(scalars); i += 2 {
		writeRE2Char(b, scalars[i])
		if scalars[i] != scalars[i+1] {
			b.WriteString("-")
			writeRE2Char(b, scalars[i+1])
		}
	}
	b.WriteString("]")
	return true
}

func writeRE2Char(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf && isWord(r):
		b.WriteRune(r)
	case ' ' < r && r < 0x7f:
		b.WriteString(`\` + string(r))
	default:
		fmt.Fprintf(b, `\x{%x}`, r)
	}
}
