package ecmaregex

import (
	"errors"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern   string
		u         bool
		hits, not []string
	}{
		{`b`, true, []string{"b", "abc"}, []string{"", "ac"}},
		{`^a|b$`, true, []string{"ax", "xb"}, []string{"xa", "bx", "x"}},
		{`^\s$`, true, []string{"\u00a0", "\ufeff", "\u3000", "\u2028", "\v"}, []string{"\u200b", "\u180e", "\u0085"}},
		{`^.$`, true, []string{"a", "\u0085", "😀"}, []string{"\n", "\r", "\u2028", "\u2029", ""}},
		{`^[[:alpha:]]$`, false, []string{"a]", ":]", "[]"}, []string{"b", "a"}},
		{`^a\-b\_$`, false, []string{"a-b_"}, []string{`a\-b\_`}},
		{`^[\w\-]+$`, true, []string{"a-b"}, []string{"é"}},
		{`^.\-$`, false, []string{"a-"}, []string{"😀-"}}, // a code unit each
		{`^..\-$`, false, []string{"😀-"}, []string{"a-"}},
		{`^[^a]\-?$`, false, []string{"b"}, []string{"😀"}},
		{`^\u{1F600}$`, true, []string{"😀"}, []string{"u"}},
		{`^\u{3}\-?$`, false, []string{"uuu"}, []string{"\x03"}},
		{`^\ud83d\ude00$`, true, []string{"😀"}, nil},
		{`^\ud83d`, true, nil, []string{"😀"}},
		{`^\cJ\x41\u0042\0$`, true, []string{"\nAB\x00"}, nil},
		{`^\c$`, false, []string{`\c`}, nil},
		{`^[\c]$`, false, []string{`\`, "c"}, nil},
		{`^\101\8$`, false, []string{"A8"}, nil},
		{`^\p{Lu}\P{Lu}$`, true, []string{"Éé"}, []string{"éÉ"}},
		{`^\pL\-?$`, false, []string{"pL"}, []string{"a"}},
		{`^x{,2}$`, false, []string{"x{,2}"}, []string{"x"}},
		{`^a{2,3}?$`, true, []string{"aa", "aaa"}, []string{"a", "aaaa"}},
		{`^(?:a?){3}$`, true, []string{"", "aaa"}, []string{"aaaa"}},
		{`^(a*)*$`, true, []string{"", "aaa"}, []string{"b"}},
		{`^[]$`, true, nil, []string{"", "a"}},
		{`^[^]$`, true, []string{"\n", "😀"}, []string{""}},
		{`\bé`, true, []string{"aé"}, []string{"é", " é"}},
		{`a\B`, true, []string{"ab"}, []string{"a", "a-"}},
		{`^(?!a|b)\w`, true, []string{"c"}, []string{"a", "bc"}},
		{`^(?=.*\d)(?=.*[a-z]).{4,}$`, true, []string{"abc1"}, []string{"abcd", "ab1"}},
		{`(?<=\$)\d`, true, []string{"$1"}, []string{"1", "$"}},
		{`(?<!\$)\d`, true, []string{"1", "$12"}, []string{"$1"}},
		{`(?<=a$)`, true, []string{"a"}, []string{"ab"}},
		{`^(?=a)*b\-?$`, false, []string{"b"}, []string{"a"}},
		{`^(a|b)\1$`, true, []string{"aa", "bb"}, []string{"ab"}},
		{`^(?<q>['"]).*\k<q>$`, true, []string{`'x'`}, []string{`'x"`}},
		{`^(?:(a)|b)*\1$`, true, []string{"ab", "aa"}, []string{"abab!"}},
		{`\k<a>`, false, []string{"k<a>"}, nil},
		{`(?<=\1(a))b`, true, []string{"aab"}, []string{"ab"}},
		{`^\1(a)$`, true, []string{"a"}, nil},
	} {
		p, err := Parse(c.pattern)
		if err != nil || p.Unicode() != c.u {
			t.Errorf("%s: flag u %v, error %v", c.pattern, p != nil && p.Unicode(), err)
			continue
		}
		for _, s := range c.hits {
			if got := p.Match(s); got.Answer != Yes {
				t.Errorf("%s, %+q: %v", c.pattern, s, got)
			}
		}
		for _, s := range c.not {
			if got := p.Match(s); got.Answer != No {
				t.Errorf("%s, %+q: %v", c.pattern, s, got)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		pattern, reason string
		unsupported     bool
	}{
		{`(`, "unterminated group", false},
		{`a)`, "unmatched )", false},
		{`[a`, "unterminated character class", false},
		{`*`, "nothing to repeat", false},
		{`^*`, "nothing to repeat", false},
		{`a{2}{3}`, "nothing to repeat", false},
		{`a++`, "nothing to repeat", false},
		{`a{2,1}`, "numbers out of order in a quantifier", false},
		{`[b-a]`, "range out of order in a character class", false},
		{`\`, `\ at the end of the pattern`, false},
		{`(?P<a>b)`, "invalid group", false},
		{`(?i)a`, "modifiers of groups, (?i:...)", true},
		{`(?<a>.)|(?<a>.)`, "a group name is used twice", true},
		{`(?<a>.)\k<b>`, "reference to a group name that does not exist", false},
		{`(?<1>.)`, "invalid group name", false},
		{`\p{Emoji}`, "the property Emoji", true},
		{`\p{Greek}`, "the property Greek", true},
	} {
		_, err := Parse(c.pattern)
		var e *Error
		if !errors.As(err, &e) || e.Reason != c.reason || e.Unsupported != c.unsupported {
			t.Errorf("%s: %v", c.pattern, err)
		}
	}
}

func TestSamples(t *testing.T) {
	for _, c := range []struct {
		pattern    string
		salt, grow int
		want, miss string
	}{
		{`^[a-z]+$`, 0, 0, "a", "!a"},
		{`^[a-z]+$`, 2, 3, "cccc", "!c"},
		{`^(?:red|green|blue)$`, 1, 0, "green", "g!een"},
		{`^\d{3}-\d{4}$`, 0, 0, "000-0000", "!00-0000"},
		{`^(?!a)\w{3}$`, 0, 0, "Aaa", "!aa"},
		{`^(?=.*\d)(?=.*[a-z]).{6,}$`, 0, 0, "aaaaa0", "aaaa0"},
		{`(?<!a)b$`, 0, 0, "b", "!"},
		{`^😀\-$`, 0, 0, "😀-", "!-"},
		{`^(.)-\1$`, 2, 0, "c-c", "c-!"},
		{`^[]`, 0, 0, "", ""},
		{``, 0, 0, "", "none"},
	} {
		p := must(t, c.pattern)
		if got, _ := p.Sample(c.salt, c.grow); got != c.want {
			t.Errorf("%s: sample %q, want %q", c.pattern, got, c.want)
		}
		got, ok := p.Miss(c.salt)
		if !ok {
			got = "none"
		}
		if got != c.miss {
			t.Errorf("%s: miss %q, want %q", c.pattern, got, c.miss)
		}
	}
}

// Expressions that make backtracking engines explode stay within the budget, which is counted.
func TestBudgets(t *testing.T) {
	long := make([]byte, 20_000)
	for i := range long {
		long[i] = 'a'
	}
	for pattern, want := range map[string]Answer{
		`^(a+)+$`:                      Yes,
		`^(a|aa)+b$`:                   No,
		`^(((a{1,30}){1,30}){1,30})*$`: Unknown,
		`^(a*)*b`:                      No,
		`(?=(a+)+b)`:                   No,
		`^(a+)+\1b$`:                   Unknown,
		`^(?:a{1,9000}b?){2,9000}$`:    Unknown,
	} {
		got := must(t, pattern).Match(string(long))
		if got.Answer != want || got.Work > 2*maxMatchWork {
			t.Errorf("%s: %+v, want %v", pattern, got, want)
		}
	}
}

// No pattern makes a question panic or run away, and the answers agree with each other.
func FuzzPattern(f *testing.F) {
	for seed := range uint64(200) {
		g := newGenerator(seed, all...)
		f.Add(g.pattern(), g.pattern(), g.text(8))
	}
	f.Add(`a{1000}{1000}`, `((((a{1,30}){1,30}){1,30})*)*`, "aaaa")
	f.Fuzz(func(t *testing.T, outer, inner, text string) {
		a, err := Parse(outer)
		if err != nil {
			return
		}
		if s, ok := a.Sample(1, 3); ok && a.Match(s).Answer == No {
			t.Errorf("%q does not match its sample %q", outer, s)
		}
		if s, ok := a.Miss(1); ok && a.Match(s).Answer == Yes {
			t.Errorf("%q matches its miss %q", outer, s)
		}
		b, err := Parse(inner)
		if err != nil {
			return
		}
		hit, miss := b.Match(text).Answer == Yes, a.Match(text).Answer == No
		got, example := Contains(a, b)
		switch {
		case got.Answer == Yes && hit && miss:
			t.Errorf("%q does not contain %q: %q", outer, inner, text)
		case got.Answer == No && (b.Match(example).Answer == No || a.Match(example).Answer == Yes):
			t.Errorf("%q contains %q: %q does not show the opposite", outer, inner, example)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	for _, pattern := range []string{`^[a-z0-9-]+$`, `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`, `^(?=.*\d)(?=.*[a-z]).{8,}$`} {
		p, err := Parse(pattern)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(pattern, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				p.Match("01234567-89ab-cdef-0123-456789abcdef")
			}
		})
	}
}

func BenchmarkContains(b *testing.B) {
	for _, pair := range [][2]string{{`^[a-z0-9-]+$`, `^[a-z]{1,63}$`}, {`^\s*$`, `^\p{Zs}*$`}, {`^.{0,256}$`, `^.{0,255}$`}} {
		x, _ := Parse(pair[0])
		y, _ := Parse(pair[1])
		b.Run(pair[0]+" "+pair[1], func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				result, _ := Contains(x, y)
				b.ReportMetric(float64(result.Work), "steps")
			}
		})
	}
}
