package ecmaregex

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A generator writes random patterns and strings, the same ones for the same seed.
type generator struct {
	*rand.Rand
	letters []string // literal characters
	groups  int
	plain   bool // no look-arounds, back-references or odd syntax
}

func newGenerator(seed uint64, letters ...string) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 12)), letters: letters}
}

// all is an alphabet with a member of every class that the dialects read differently.
var all = []string{
	"a", "b", "c", "k", "p", "A", "Z", "0", "1", "7", "8", "_", "-", " ", "\t", "\n", "\r", "\v", "\f", "\u00a0", "\ufeff", "\u2028", "\u2029", "\u2003", "\u180e",
	"\x00", "\b", "\x01", "\x07", "\x1f", ":", ".", "/", "\\", "]", "[", "{", "}", ",", "^", "$", "é", "ß", "ſ", "K", "日", "😀", "😁", "𝒳", "İ",
}

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *generator) pattern() string {
	g.groups = 0
	s := g.disjunction(3)
	if g.IntN(3) == 0 {
		s = "^" + s
	}
	if g.IntN(3) == 0 {
		s += "$"
	}
	if !g.plain && g.IntN(12) == 0 { // damaged
		rs := []rune(s)
		i := g.IntN(len(rs) + 1)
		s = string(rs[:i]) + g.pick("(", ")", "[", "]", "{", "}", "\\", "*", "?", "+", "|", "^", "$", "-", "{1", "{,2}", "{2,1}", "(?", "(?<", "\\k", "\\u", "\\c", "\\p", "\\x1") + string(rs[i:])
	}
	return s
}

func (g *generator) disjunction(depth int) string {
	parts := make([]string, 1+g.IntN(2)*g.IntN(3))
	for i := range parts {
		var b strings.Builder
		for range g.IntN(4) {
			b.WriteString(g.term(depth))
		}
		parts[i] = b.String()
	}
	return strings.Join(parts, "|")
}

func (g *generator) term(depth int) string {
	atom := g.atom(depth)
	if g.IntN(3) > 0 {
		return atom
	}
	return atom + g.pick("*", "+", "?", "{2}", "{0}", "{1,}", "{0,2}", "{2,3}", "{1,2}") + g.pick("", "", "?")
}

func (g *generator) atom(depth int) string {
	kinds := 20
	if g.plain {
		kinds = 14
	}
	switch k := g.IntN(kinds); {
	case k < 3 && depth > 0:
		return "(?:" + g.disjunction(depth-1) + ")"
	case k == 3 && depth > 0:
		g.groups++
		return "(" + g.disjunction(depth-1) + ")"
	case k == 4 && depth > 0:
		return g.pick("^", "$", `\b`, `\B`)
	case k == 5:
		return "."
	case k == 6:
		return g.class()
	case k == 7:
		return g.pick(`\d`, `\D`, `\s`, `\S`, `\w`, `\W`)
	case k < 14:
		return g.literal()
	case k == 14 && depth > 0:
		return g.pick("(?=", "(?!", "(?<=", "(?<!") + g.disjunction(depth-1) + ")"
	case k == 15 && depth > 0:
		g.groups++
		name := fmt.Sprintf("(?<n%d>", g.groups)
		return name + g.disjunction(depth-1) + ")"
	case k == 16 && g.IntN(3) == 0:
		return g.pick(`\1`, `\2`, `\k<n1>`, `\3`)
	case k == 17:
		return g.property()
	default:
		return g.escape()
	}
}

func (g *generator) literal() string {
	s := g.pick(g.letters...)
	if strings.Contains(`^$\.*+?()[]{}|/`, s) {
		return `\` + s
	}
	return s
}

func (g *generator) escape() string {
	return g.pick(`\t`, `\n`, `\v`, `\f`, `\r`, `\0`, `\cA`, `\cg`, `\x41`, `\u0041`, `\u{41}`, `\u{1F600}`, `\ud83d\ude00`, `\ud83d`, `\/`, `\.`, `\-`, `\_`, `\:`, `\a`,
		`\e`, `\01`, `\07`, `\7`, `\101`, `\377`, `\400`, `\8`, `\18`, `\c`, `\c1`, `\x`, `\u12`, `\k`, `\p`, `\z`, `\A`, `\ `, `\u{1}`, `\u{2,1}`, "{", "}", "]", "{1,2", "{a}")
}

func (g *generator) property() string {
	return g.pick(`\p{L}`, `\P{L}`, `\p{Lu}`, `\p{Letter}`, `\p{gc=Nd}`, `\p{Script=Latin}`, `\p{sc=Greek}`, `\p{Alphabetic}`, `\p{ASCII}`, `\p{Any}`, `\p{White_Space}`, `\P{ASCII}`, `\p{So}`, `\p{Zs}`)
}

func (g *generator) class() string {
	var b strings.Builder
	b.WriteString(g.pick("[", "[", "[^"))
	for range g.IntN(4) {
		switch k := g.IntN(12); {
		case k < 4:
			b.WriteString(g.member())
		case k < 7:
			b.WriteString(g.pick("a-c", "A-Z", "0-9", "a-z", "\u00a0-\u00ff", "😀-😁", `\u{1F600}-\u{1F64F}`, `\x00-\x1f`, "!-~", `\ud83d-\ude00`, "b-a"))
		case k < 9:
			b.WriteString(g.pick(`\d`, `\D`, `\s`, `\S`, `\w`, `\W`))
		case g.plain:
			b.WriteString("a")
		case k == 9:
			b.WriteString(g.pick("-", `\-`, `\b`, `\B`, `\d-x`, `a-\d`, ":alpha:", "[", `\]`, `\c`, `\c1`, `\cA`, `\c_`, `\1`, `\08`, `\k`, "--a", "+--", `\p`))
		case k == 10:
			b.WriteString(g.property())
		default:
			b.WriteString(g.escape())
		}
	}
	return b.String() + "]"
}

func (g *generator) member() string {
	s := g.pick(g.letters...)
	if strings.Contains(`\]^-[`, s) {
		return `\` + s
	}
	return s
}

func (g *generator) text(longest int) string {
	var b strings.Builder
	for range g.IntN(longest + 1) {
		b.WriteString(g.pick(g.letters...))
	}
	return b.String()
}
