package ecmaregex

import (
	"fmt"
	"strings"
	"testing"
)

func must(t *testing.T, source string) *Pattern {
	t.Helper()
	p, err := Parse(source)
	if err != nil {
		t.Fatalf("%q: %v", source, err)
	}
	return p
}

func TestContains(t *testing.T) {
	for _, c := range []struct {
		outer, inner string
		want         Answer
		example      string // for No
	}{
		{`^[\t\n\f\r ]*$`, `^\s*$`, No, "\u00a0"},
		{`^\s*$`, `^[\t\n\f\r ]*$`, Yes, ""},
		{`^.$`, `^[^\n]$`, No, "\u2028"},
		{`^[^\n]$`, `^.$`, Yes, ""},
		{`^[a-zA-Z]$`, `^[[:alpha:]]$`, No, "a]"},
		{`^[a-z]+$`, `^[a-c]{2,5}$`, Yes, ""},
		{`^[a-c]{2,5}$`, `^[a-z]+$`, No, "a"},
		{`^[a-z]{1,64}$`, `^[a-z]{1,63}$`, Yes, ""},
		{`^.{0,1000}$`, `^.{0,999}$`, Yes, ""},
		{`^.{0,999}$`, `^.{0,1000}$`, No, strings.Repeat("a", 1000)},
		{``, `x`, Yes, ""},
		{`x`, ``, No, ""},
		{`a`, `^a`, Yes, ""},
		{`^(?:a|b)*$`, `^[ab]+$`, Yes, ""},
		{`\d`, `^\p{Nd}$`, No, "٠"},
		{`^\p{L}$`, `^\p{Lu}$`, Yes, ""},
		{`^\p{L}$`, `^[a-zé]$`, Yes, ""},
		{`^😀$`, `^\ud83d\ude00$`, Yes, ""},
		{`^..$`, `^[^\n]$`, No, "a"},
		{`^.\-?.$`, `^😀$`, Yes, ""}, // read without the flag u: two code units
		{`^(?!admin)[a-z]+$`, `^(?!a)[a-z]+$`, Yes, ""},
		{`^(?!a)[a-z]+$`, `^(?!admin)[a-z]+$`, No, "a"},
		{`^[a-z]+$`, `^(?=.*[a-z])[a-z0-9]+$`, No, "a0"},
		{`^(?=.*\d)(?=.*[a-z]).{8,}$`, `^(?=.*[a-z])(?=.*\d).{9,}$`, Yes, ""},
		{`^(?=.*\d)(?=.*[A-Z]).{8,}$`, `^(?=.*\d)(?=.*[a-z]).{8,}$`, No, "aaaaaaa0"},
		{`(?<!-)$`, `^[a-z]$`, Yes, ""},
		{`^[a-z-]*(?<!-)$`, `^[a-z-]*$`, No, "-"},
		{`\bfoo\b`, `^foo bar$`, Yes, ""},
		{`\bfoo\b`, `foo`, No, "afoo"},
		{`^(a+)+$`, `^(?:a|aa)+$`, Yes, ""},
		{`^(.)\1$`, `^(.)\1$`, Yes, ""}, // the same source
		{`^(.)\1$`, `^aa$`, Unknown, ""},
		{`^(.)\1$`, `^ab$`, No, "ab"},
		{`^[01]*1[01]{30}$`, `^[01]*1[01]{29}0$`, Unknown, ""},
	} {
		got, example := Contains(must(t, c.outer), must(t, c.inner))
		if got.Answer != c.want || got.Answer == No && c.example != example || (got.Reason != "") != (got.Answer == Unknown) {
			t.Errorf("%s contains %s: %v (%s) %+q, want %v %+q", c.outer, c.inner, got.Answer, got.Reason, example, c.want, c.example)
		}
	}
}

// texts are all strings over an alphabet up to a length.
func texts(length int, letters ...string) []string {
	out := []string{""}
	for begin := 0; length > 0; length-- {
		end := len(out)
		for _, s := range out[begin:end] {
			for _, l := range letters {
				out = append(out, s+l)
			}
		}
		begin = end
	}
	return out
}

// What Contains says is compared with the matches of all short strings, which the backtracker
// finds: it shares only the parser with the automata.
func TestContainsAgreesWithAllShortStrings(t *testing.T) {
	letters := []string{"a", "b", "-", "😀"}
	short := texts(4, letters...)
	var yes, no, unknown, empty int
	for seed := range uint64(1000) {
		g := newGenerator(seed, letters...)
		g.plain = seed%2 == 0
		a, err := Parse(g.pattern())
		if err != nil {
			continue
		}
		source := g.pattern()
		switch g.IntN(4) { // related ones, so that there is something to contain
		case 0:
			source = a.source + "|" + source
		case 1:
			source = "(?:" + a.source + ")" + g.pick("?", "", "{1,2}", "+")
		case 2:
			source = "^(?:" + a.source + ")$"
		}
		b, err := Parse(source)
		if err != nil {
			continue
		}
		if g.IntN(2) == 0 {
			a, b = b, a
		}
		got, example := Contains(a, b)
		switch got.Answer {
		case Unknown:
			unknown++
		case No:
			no++
			if b.backtrack(example).Answer == No || a.backtrack(example).Answer == Yes {
				t.Errorf("seed %d: %q contains %q: %q does not show the opposite", seed, a, b, example)
			}
		case Yes:
			yes++
			hits := 0
			for _, s := range short {
				if b.Match(s).Answer != Yes {
					continue
				}
				if hits++; a.backtrack(s).Answer == No {
					t.Errorf("seed %d: %q does not contain %q: %q", seed, a, b, s)
					break
				}
			}
			if hits == 0 {
				empty++
			}
			for salt := range 6 {
				if s, ok := b.Sample(salt, 3*salt); ok && a.Match(s).Answer == No {
					t.Errorf("seed %d: %q does not contain %q: %q", seed, a, b, s)
				}
			}
		}
	}
	t.Logf("%d yes (%d of them hold no short string), %d no, %d unknown", yes, empty, no, unknown)
	if yes < 150 || no < 150 || unknown*20 > yes+no {
		t.Errorf("%d yes, %d no, %d unknown: too few to mean something", yes, no, unknown)
	}
}

// The automaton and the backtracker read the same tree in two ways.
func TestAutomatonAgreesWithBacktracker(t *testing.T) {
	compared := 0
	for seed := range uint64(3000) {
		g := newGenerator(seed, all...)
		p, err := Parse(g.pattern())
		if err != nil || p.opaque != "" {
			continue
		}
		for range 10 {
			s := g.text(8)
			fast, slow := p.simulate(s), p.backtrack(s)
			if compared++; slow.Answer != Unknown && fast.Answer != slow.Answer {
				t.Errorf("seed %d: %q, %q: %v, backtracking %v", seed, p, s, fast, slow)
			}
		}
	}
	t.Logf("%d pairs", compared)
}

// Package regexp reads what Regexp returns exactly as the pattern is meant.
func TestRegexpReadsTheSame(t *testing.T) {
	written, compared := 0, 0
	for seed := range uint64(3000) {
		g := newGenerator(seed, all...)
		p, err := Parse(g.pattern())
		if err != nil {
			continue
		}
		re := p.Regexp()
		if re == nil {
			continue
		}
		written++
		for k := range 10 {
			s := g.text(8)
			if k < 4 {
				s, _ = p.Sample(k, k)
			}
			if compared++; p.backtrack(s).Answer == answer(!re.MatchString(s)) {
				t.Errorf("seed %d: %q as %q, string %q: %v", seed, p, re, s, p.backtrack(s).Answer)
			}
		}
	}
	t.Logf("%d expressions, %d pairs", written, compared)
	for source, want := range map[string]string{
		`^[A-F0-9]{2,}$`: `^[A-F0-9]{2,}$`,
		`(a|b)*?\.`:      `(a|b)*?\.`,
		`^\d$`:           `^\d$`,
		`^\s$`:           `^[\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}-\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]$`,
		`[[:alpha:]]`:    `[\:\[ahlp]\]`,
		`^[]$`:           `^[^\x{0}-\x{10ffff}]$`,
	} {
		if got := must(t, source).Regexp(); got == nil || got.String() != want {
			t.Errorf("%s for package regexp: %s, want %s", source, got, want)
		}
	}
	for _, source := range []string{`(?=a)`, `(?<!a)`, `(a)\1`, `a{1001}`, `^.\-$`} {
		if got := must(t, source).Regexp(); got != nil {
			t.Errorf("%s for package regexp: %s, want none", source, got)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		match, miss []string
		least, most int
		want        string
	}{
		{[]string{"^[a-z]+$", "b", "c"}, nil, 0, 0, "bc"},
		{[]string{"^[a-z]+$"}, []string{"a"}, 3, 3, "zzz"},
		{[]string{"^[ab]*$"}, nil, 5, 0, "aaaaa"},
		{[]string{"^[ab]*$", "a$"}, []string{"aa"}, 2, 0, "ba"},
		{[]string{"^(?:aa)*$"}, nil, 3, 3, "none"},
		{[]string{"^a+$", "b"}, nil, 0, 0, "none"},
		{nil, []string{"^a*$"}, 2, 0, "aA"},
	} {
		q := Query{MinLength: c.least, MaxLength: c.most}
		for _, s := range c.match {
			q.Match = append(q.Match, must(t, s))
		}
		for _, s := range c.miss {
			q.Miss = append(q.Miss, must(t, s))
		}
		f := Find(q)
		if got := map[Answer]string{Yes: f.String, No: "none", Unknown: f.Reason}[f.Answer]; got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// ExampleContains shows how the dialects differ: \s of ECMA-262 has the no-break space.
func ExampleContains() {
	spaces, _ := Parse(`^\s*$`)
	listed, _ := Parse(`^[\t\n\f\r ]*$`)
	result, example := Contains(listed, spaces)
	fmt.Printf("%v %+q\n", result.Answer, example)
	// Output: no "\u00a0"
}
