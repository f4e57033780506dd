package witness

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxPattern bounds the patterns that are compiled; Go's engine matches in linear time but compiles what it is given.
const maxPattern = 4000

// goPattern is an ECMA-262 pattern in the syntax of Go's engine, and whether the two read it alike. Look-around and
// back-references have no equal in Go; what Go reads otherwise than ECMA-262 is left alone too.
func goPattern(p string) (string, bool) {
	if len(p) > maxPattern {
		return "", false
	}
	var b strings.Builder
	class := false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			if i++; i == len(p) {
				return "", false
			}
			n, ok := escape(&b, p[i:])
			if !ok {
				return "", false
			}
			i += n - 1
			continue
		case c == '[' && class:
			if i+1 < len(p) && p[i+1] == ':' {
				return "", false // [[:alpha:]] is a class for Go alone
			}
			b.WriteString(`\[`)
			continue
		case c == '[':
			class = true
			if strings.HasPrefix(p[i:], "[]") || strings.HasPrefix(p[i:], "[^]") {
				return "", false // nothing and anything for ECMA-262, an unclosed class for Go
			}
		case c == ']':
			class = false
		case c == '(' && !class && strings.HasPrefix(p[i:], "(?") && !strings.HasPrefix(p[i:], "(?:"):
			return "", false
		}
		b.WriteByte(p[i])
	}
	return b.String(), true
}

// escape writes the escape that follows a backslash and returns how many bytes it spans.
func escape(b *strings.Builder, p string) (int, bool) {
	switch c := p[0]; {
	case c == 'u' && len(p) >= 5 && isHex(p[1:5]):
		b.WriteString(`\x{` + p[1:5] + `}`)
		return 5, true
	case c == 'x' && len(p) >= 3 && isHex(p[1:3]):
		b.WriteString(`\` + p[:3])
		return 3, true
	case strings.IndexByte("dDwWsSbBtnrfv", c) >= 0 || c < 0x80 && !isWord(c):
		b.WriteString(`\` + p[:1])
		return 1, true
	default:
		return 0, false // \1, \p, \k, \c, \A, \z and the rest: unknown to one side or read differently
	}
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// pattern is the compiled form of an ECMA-262 pattern; nil where Go cannot stand in for it.
func (w *worker) pattern(p string) *regexp.Regexp {
	if re, ok := w.patterns[p]; ok {
		return re
	}
	var re *regexp.Regexp
	if text, ok := goPattern(p); ok {
		var size int
		if re, size = compile(text); re != nil {
			w.sizes[re] = size
			w.toll(size / 4)
		}
		w.toll(10)
	}
	w.patterns[p] = re
	return re
}

// sampleKey names a sample: it is asked for again and again.
type sampleKey struct {
	re         *regexp.Regexp
	salt, grow int
}

// sample is a string that matches re, as short as repetition allows; salt varies it, and grow adds repetitions.
func (w *worker) sample(re *regexp.Regexp, salt, grow int) (string, bool) {
	key := sampleKey{re, salt, grow}
	if s, ok := w.samples[key]; ok {
		w.burn(s.cost)
		return s.text, s.ok
	}
	tree := w.trees[re]
	if tree == nil {
		var err error
		if tree, err = syntax.Parse(re.String(), syntax.Perl); err != nil {
			return "", false
		}
		tree = tree.Simplify()
		w.trees[re] = tree
	}
	s := sampler{salt: salt, grow: grow, room: maxSample}
	s.write(tree)
	w.burn(maxSample - s.room)
	out := sampled{s.b.String(), s.room > 0, maxSample - s.room}
	if grow < 64 {
		w.samples[key] = out
	}
	return out.text, out.ok
}

type sampled struct {
	text string
	ok   bool
	cost int
}

// maxSample bounds a generated string: bytes and steps.
const maxSample = 20_000

type sampler struct {
	b          strings.Builder
	salt, grow int
	room       int
}

func (s *sampler) write(re *syntax.Regexp) {
	if s.room--; s.room <= 0 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		s.b.WriteString(string(re.Rune))
		s.room -= len(re.Rune)
	case syntax.OpCharClass:
		s.b.WriteRune(s.pick(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		s.b.WriteRune(s.pick([]rune{'a', 'z'}))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			s.write(sub)
		}
	case syntax.OpAlternate:
		i := s.salt % len(re.Sub)
		if i < 0 {
			i = 0
		}
		s.write(re.Sub[i])
	case syntax.OpQuest:
		s.repeat(re.Sub[0], 0, 1)
	case syntax.OpStar:
		s.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		s.repeat(re.Sub[0], 1, -1)
	case syntax.OpRepeat:
		s.repeat(re.Sub[0], re.Min, re.Max)
	}
}

// repeat writes sub as often as it must, and more while there is length to add.
func (s *sampler) repeat(sub *syntax.Regexp, low, high int) {
	n := low
	for s.grow > 0 && (high < 0 || n < high) {
		n++
		s.grow--
	}
	for range n {
		s.write(sub)
	}
}

// pick is a readable member of a class: a letter or a digit where it has one.
func (s *sampler) pick(class []rune) rune {
	for _, want := range []rune{'a', 'A', '0', '1', '-', '_', '.', ' '} {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= want && want <= class[i+1] {
				return want + rune(s.salt)%min(class[i+1]-want+1, 10)
			}
		}
	}
	if len(class) == 0 {
		s.room = 0 // a class without members matches nothing
		return 'a'
	}
	return class[0]
}
