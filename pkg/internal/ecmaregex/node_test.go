package ecmaregex

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// nodeJS skips the test where there is no Node.js, unless CI says that there must be.
func nodeJS(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("GOVCTL_REQUIRE_TOOLS") != "" {
			t.Fatal("Node.js is not installed")
		}
		t.Skip("Node.js is not installed: its RegExp is what this test compares with")
	}
	return path
}

func run(t *testing.T, script string, in, out any) {
	t.Helper()
	input, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nodeJS(t), script)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(output, out); err != nil {
		t.Fatal(err)
	}
}

// patterns is the number of random patterns, each with ten strings, of which some 80 % are valid: 10,000
// pairs, or as many as ECMAREGEX_PATTERNS says.
func patterns(t *testing.T) int {
	text := os.Getenv("ECMAREGEX_PATTERNS")
	if text == "" {
		return 1400
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Node's own RegExp is the reference for the syntax, for the mode and for what matches.
func TestNodeAgrees(t *testing.T) {
	type question struct {
		Pattern string   `json:"pattern"`
		Strings []string `json:"strings"`
	}
	var questions []question
	for seed := range uint64(patterns(t)) {
		g := newGenerator(seed, all...)
		if seed%3 == 0 {
			g.letters = []string{"a", "b", "-", "😀"}
		}
		q := question{Pattern: g.pattern()}
		if p, err := Parse(q.Pattern); err == nil { // random strings seldom match
			for salt := range 4 {
				if s, ok := p.Sample(salt, salt); ok && len(s) < 30 {
					q.Strings = append(q.Strings, s)
				}
			}
			if s, ok := p.Miss(int(seed)); ok && len(s) < 30 {
				q.Strings = append(q.Strings, s)
			}
		}
		for len(q.Strings) < 10 {
			q.Strings = append(q.Strings, g.text(8))
		}
		questions = append(questions, q)
	}
	var answers []struct {
		Mode *string
		Hits []bool
	}
	run(t, "testdata/oracle.js", questions, &answers)
	var compared, hits, invalid, unsupported, unknown, quirks, withU, differences int
	for i, q := range questions {
		want := answers[i]
		p, err := Parse(q.Pattern)
		var e *Error
		switch {
		case errors.As(err, &e) && e.Unsupported:
			unsupported++
			continue
		case (err != nil) != (want.Mode == nil):
			t.Errorf("pattern %q: error %v, Node's mode %v", q.Pattern, err, want.Mode)
			differences++
			continue
		case err != nil:
			invalid++
			continue
		case p.Unicode() != (*want.Mode == "u"):
			t.Errorf("pattern %q: flag u %v, Node %q", q.Pattern, p.Unicode(), *want.Mode)
			differences++
			continue
		}
		if p.Unicode() {
			withU++
		}
		for k, s := range q.Strings {
			if p.Unicode() && strings.Contains(q.Pattern, `\B`) && len(utf16.Encode([]rune(s))) > utf8.RuneCountInString(s) {
				quirks++ // V8 finds \B inside a surrogate pair, where AdvanceStringIndex never stops
				continue
			}
			got := p.Match(s)
			if compared++; got.Answer == Unknown {
				unknown++
				continue
			}
			if want.Hits[k] {
				hits++
			}
			if p.opaque == "" && p.simulate(s).Answer != got.Answer {
				got = p.simulate(s)
			}
			if got.Answer != answer(want.Hits[k]) {
				differences++
				t.Errorf("pattern %q (flag u %v), string %q: %v, Node %v", q.Pattern, p.Unicode(), s, got.Answer, want.Hits[k])
			}
		}
	}
	t.Logf("%d patterns: %d invalid for both, %d unsupported, %d with the flag u; %d pairs compared, %d of them match, %d unknown; %d left out; %d differences",
		len(questions), invalid, unsupported, withU, compared, hits, unknown, quirks, differences)
	if unknown*100 > compared || unsupported*50 > len(questions) {
		t.Errorf("%d of %d unknown, %d of %d unsupported: too many to mean something", unknown, compared, unsupported, len(questions))
	}
}

// Every property that is known has the members that Node gives it, but for code points that Go's
// tables do not know yet.
func TestNodeHasTheSameProperties(t *testing.T) {
	var names []string
	for name := range derivedProperties {
		names = append(names, name)
	}
	for alias := range propertyAliases {
		names = append(names, alias)
	}
	for name := range unicode.Categories {
		names = append(names, name)
	}
	for name := range unicode.CategoryAliases {
		names = append(names, name)
	}
	for name := range unicode.Scripts {
		names = append(names, "Script="+name)
	}
	names = append(append(names, binaryProperties...), "gc=L", "General_Category=Lu", "sc=Greek")
	slices.Sort(names)
	var theirs []struct {
		Name   string
		Ranges []rune // nil: not a property
	}
	run(t, "testdata/properties.js", names, &theirs)
	ignored := append(property("Assigned").complement(unicode.MaxRune), 0xd800, 0xdfff)
	ignored = append(ignored, // changed between Unicode 15 and 17
		0x0295, 0x0295, // Ll, now Lo
		0x1171e, 0x1171e, // Mc, now Mn
		0x0363, 0x036f, 0x1dd3, 0x1de6, // now Alphabetic
		0x200c, 0x200d, 0x30fb, 0x30fb, 0xff65, 0xff65, // now ID_Continue
	).normal()
	for _, their := range theirs {
		ours := property(their.Name)
		switch {
		case ours == nil:
			t.Errorf("%s is not known", their.Name)
		case their.Ranges == nil:
			t.Errorf("%s is unknown to Node", their.Name)
		default:
			want := set(their.Ranges)
			diff := append(ours.without(want), want.without(ours)...).normal().without(ignored)
			if len(diff) > 0 {
				t.Errorf("%s differs in %d ranges, %U", their.Name, len(diff)/2, []rune(diff))
			}
		}
	}
	t.Logf("%d names compared", len(theirs))
}
