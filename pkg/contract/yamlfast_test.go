package contract

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// compareYAML holds the fast reader against the library; it reports whether the fast reader took the text.
func compareYAML(t testing.TB, name string, data []byte) bool {
	t.Helper()
	fast, slow := newTree(name, "", data), newTree(name, "", data)
	if err := checkText(fast, data); err != nil {
		return false
	}
	data, err := plainDirectives(fast, data)
	if err != nil {
		return false
	}
	_, err = parsePlainYAML(fast, data, Options{})
	if errors.Is(err, errGiveUp) {
		return false
	}
	slowErr := parseAnyYAML(slow, data, 0, Options{})
	if (err == nil) != (slowErr == nil) {
		t.Errorf("%s: fast reader %v, library %v\n%.2000q", name, err, slowErr, data)
		return true
	}
	if err == nil {
		if diff := treeDiff(fast, slow); diff != "" {
			t.Errorf("%s: %s\n%.2000q", name, diff, data)
		}
	}
	return true
}

// treeDiff is the first difference of two trees over the same text.
func treeDiff(a, b *tree) string {
	for i := range min(len(a.nodes), len(b.nodes)) {
		x, y := &a.nodes[i], &b.nodes[i]
		show := func(t *tree, n *node) string {
			s := fmt.Sprintf("%v at %d, next %d", n.kind, n.off, n.next)
			if n.key != noKey {
				s += fmt.Sprintf(", key %q at %d", t.keys.names[n.key], n.koff)
			}
			switch n.kind {
			case String, Number:
				return s + fmt.Sprintf(", %q", t.text(n))
			default:
				return s + fmt.Sprintf(", %d", n.val)
			}
		}
		if p, q := show(a, x), show(b, y); p != q {
			return fmt.Sprintf("node %d: %s; library: %s", i, p, q)
		}
	}
	if len(a.nodes) != len(b.nodes) {
		return fmt.Sprintf("%d nodes, library %d", len(a.nodes), len(b.nodes))
	}
	return ""
}

// The fast reader must agree with the library on every real file, and take nearly all of them.
func TestFastYAMLOnRealFiles(t *testing.T) {
	for _, folder := range []string{"openapi", "diff-cases", "rules", "rules-history", "rule-tests"} {
		taken, all := 0, 0
		for _, file := range dataFiles(t, folder, ".yaml", ".yml") {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all++
			if compareYAML(t, file, data) {
				taken++
			} else {
				t.Logf("left to the library: %s", file)
			}
		}
		t.Logf("%s: the fast reader takes %d of %d", folder, taken, all)
		if folder == "openapi" && taken*10 < all*9 {
			t.Errorf("the fast reader takes only %d of %d real descriptions", taken, all)
		}
	}
}

// yamlSeeds are the constructs that the fast reader takes, or must leave to the library.
var yamlSeeds = []string{
	"a: 1\nb:\n  - x\n  - y: z\n    w: 'it''s'\nc: {d: [1, 2,], \"e\":3}\n",
	"---\n# comment\na: |\n  line\n\n   more\n  \nb: >-\n  folded\n  text\n\n  para\n",
	"a: plain\n  goes on\n\n  here # comment\nb: \"x\\n\\u00e9 \\\n   y\"\n",
	"a:\n- 1\n- 2\nb:\n-\n  c: d\n- - e\n  - f\n",
	"? \"long\"\n: v\nk:\n",
	"a: &x 1\nb: *x\n<<: {c: d}\n",
	"a: |2+\n   x\n\n\nb: ~\n", "a: >\n\n    x\n  y\n", "- |\n x\n- >-\n\n y\n",
	"a: b: c\n", "a:\tb\n", "a\n", "- a\nb: c\n", " a: 1\n b: 2\n", "a: 1\n b: 2\n", "a: [1,\n2]\n", "a: {x: 1, y}\n",
	"a: 'x\n  y\n\n  z'\n", "a: \"\\t\\\tx\"\n", "a: 0x1F\nb: 017\nc: 1_000\nd: .5\ne: 1e3\nf: +1\ng: 2001-01-01\nh: yes\n",
	"a: x#y\nb: x #y\nc: http://x:80/y\nd: -1\ne: - x\nf: ::\n", "a: b\r\nc: |\r\n  d\r\n  e\r\n",
	"200: ok\nnull: x\ntrue: y\n~: z\n", "a: .inf\n", "\ufeffa: 1\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n", "%YAML 1.1\n---\na: 1\n",
	"key with spaces : v\n'q': [a b, \"c\", -1]\n", "a: [x: y]\n", "a: [[], {}, [{}]]\nb: []\n", "a: 1\na: 2\n", "a: !!str 1\n",
	"b: \"\\\n\"", "%YAML 1.2\n# c\n---\na: 1\n", "%FOO\n---\na: 1\n", "a: [b,\nc]\n", "a: [b,\n c\n]\n", "- a: {b: [\n    c\n]}\n", "a: \"b\nc\"\n", "a: 'b\n\n c\n\t\n d'\n",
	"a: \"b\n \\/ \\' c\"\n", "a: |+\n   ", "a: |\n  x\n   ", "a: >\n   \n b\n", "a: &x \"b\n c\"\nd: !!str [e,\n f]\n", "- [\n\ta,\n b]\n", "a: [x:,y]\nb: {x:}\nc: {x:, y:}\nd: [x:]\n", "a:\n  - &x\n    b: [c, # d\n# e\n 'f\n  g']\n",
}

func TestFastYAMLOnSeeds(t *testing.T) {
	for _, s := range yamlSeeds {
		compareYAML(t, "seed", []byte(s))
	}
}

func FuzzYAML(f *testing.F) {
	for _, s := range yamlSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { compareYAML(t, "fuzz", data) })
}

// yamlPieces are what randomYAML puts together: what may stand behind an indentation.
var yamlPieces = []string{
	"a: 1", "b:", "c: x y", "- ", "-", "- d", "- e: f", "- - g", "'h i': j", "\"k\\n\": l", "m: |", "n: >-", "o: |+", "p: >2", "q: |1-", "r: [s, t]",
	"u: {v: w, \"x\":y}", "z: [", "]", "}", "text goes on", "text: and more", "# comment", "aa: # comment", "bb: 'cc", "dd'", "ee: \"ff", "gg\"", "hh\\",
	"", " ", "\t", "ii: jj # kk", "ll : mm", "? nn", ": oo", "? pp\n: qq", "-1", "- # rr", "ss: -", "tt: - uu", "vv: 0x1F", "ww: ~", "xx: *yy",
	"zz: &ab ac", "ad: !ae af", "---", "...", "ag:ah", "ai: aj:", "{}", "[]", "ak: {}", "al: [am,", "an, ao]", "ap: {aq: ar,", "as: at}", "<<: {a: b}", "null: 1",
	"200: ok", "au: 'av''aw'", "ax: \"ay\\taz\"", "ba: @bb", "bc: %bd", "be: bf  ", "  bg", "bh: ?bi", "bj: [bk?, bl]", "a: 2", "bm:\tbn", "bo: \u00e9\u4e2d", "bp: [bq # br", ", bs]", "bt: &bu [bv,", "bw: !bx \"by", "? bz", "ca: [\"cb\":cc, \"cd", "ce\", 'cf", "cg']", "ch: \"\\/", "]}", "}]",
}

func randomYAML(r *rand.Rand) []byte {
	var b []byte
	indent := 0
	for range 1 + r.IntN(8) {
		switch r.IntN(4) {
		case 0:
			indent += 2
		case 1:
			indent = max(0, indent-2)
		case 2:
			indent = r.IntN(5)
		}
		b = append(b, strings.Repeat(" ", indent)...)
		b = append(b, yamlPieces[r.IntN(len(yamlPieces))]...)
		b = append(b, '\n')
	}
	if r.IntN(8) == 0 {
		b = b[:len(b)-1]
	}
	if r.IntN(16) == 0 {
		b = bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	}
	return b
}

// Documents put together at random must read the same through both readers, where the fast one takes them.
func TestFastYAMLOnRandomText(t *testing.T) {
	n := 30_000
	if testing.Short() {
		n = 3_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range n {
		if compareYAML(t, "random", randomYAML(r)) {
			taken++
		}
	}
	if taken < n/12 {
		t.Errorf("the fast reader took only %d of %d", taken, n)
	}
}

// The constructs with one to three characters changed must read the same, too.
func TestFastYAMLOnMutatedSeeds(t *testing.T) {
	const characters = " \n\t\"'[]{},:-#&*!|>?%a1\\"
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		text := []byte(yamlSeeds[r.IntN(len(yamlSeeds))])
		for range 1 + r.IntN(3) {
			at, c := r.IntN(len(text)), characters[r.IntN(len(characters))]
			switch r.IntN(3) {
			case 0:
				text[at] = c
			case 1:
				text = slices.Insert(text, at, c)
			default:
				if text = slices.Delete(text, at, at+1); len(text) == 0 {
					text = []byte{c}
				}
			}
		}
		compareYAML(t, "mutated", text)
	}
}
