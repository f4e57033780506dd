package adopt

import (
	"slices"
	"strings"
	"testing"
)

func TestLook(t *testing.T) {
	far := strings.Repeat("x", 1<<17)
	for _, c := range []struct {
		text string
		want Kind
	}{
		{"openapi: 3.0.3\ninfo: {}\n", Contract},
		{"\ufeff# c\r\n---\r\n\"openapi\": '3.1.0'\r\n", Contract},
		{"components:\n  x: " + far + "\nopenapi: 3.1.0\n", Contract},
		{`{"components": {"a": ["` + far + `", {"openapi": 1}]}, "swagger" : "2.0"}`, Contract},
		{`{"a": "\"}, \\", "openapi": "3.0.0"`, Contract},
		{`{openapi: 3.0.0, info: {}}`, Contract},
		{"openapi:\n  title: x\n", None},
		{"a:\n  openapi: 3.0.0\n", None},
		{`{"openapi": {"version": "3.0.0"}}`, None},
		{"groups:\n- name: g\n", Rules},
		{`{"groups": []}`, Rules},
		{"apiVersion: v1\nkind: PrometheusRule # c\n", Rules},
		{"kind: Service\n---\nkind: \"PrometheusRule\"\n", Rules},
		{"kind: Role\ngroups: []\n", None},
		{"rule_files: [a]\ntests: []\n", Tests},
		{"rule_files: [a]\nglobal: {}\n", None},
		{`{"alerts": []}`, Taxonomy},
		{"", None}, {"\n \n", None}, {"{", None}, {`{"`, None}, {`{"a`, None}, {"}", None}, {"[1]", None}, {"\x00\xff", None}, {`{"a": "\`, None},
	} {
		if got, err := Look(strings.NewReader(c.text)); got != c.want || err != nil {
			t.Errorf("%.60q: %q %v, want %q", c.text, got, err, c.want)
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, s := range []string{"openapi: 3.0.3\n", `{"openapi": "3.0.3"}`, "groups:\n", `{"a": [{"b": "\""}], "alerts": 1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Look(strings.NewReader(text)); err != nil {
			t.Error(err)
		}
	})
}

func TestNames(t *testing.T) {
	long := strings.Repeat("long", 30)
	for _, c := range []struct{ paths, names string }{
		{"api/openapi.yaml", "openapi"},
		{"services/cart/openapi.yaml services/shop/api/v1.yaml services/shop/api/v2.yaml", "cart shop-v1 shop-v2"},
		{"a/x/openapi.yaml b/x/openapi.yaml x/openapi.yaml", "a-x b-x openapi"},
		{"v1/openapi.yaml v2/openapi.yaml openapi.yaml", "v1 v2 openapi"},
		{"api/pets.openapi.json api/openapi.bills.yaml api/Pets.yaml", "pets-openapi bills Pets"},
		{"a_b/ä/öpenapi.yaml $/openapi.yaml $$/openapi.yaml", "penapi openapi openapi-2"},
		{long + "/1.yaml " + long + "/2.yaml", "1 2"},
		{long + "/x/api.yaml " + long + "/y/x/api.yaml " + long + "/x/y/x/api.yaml", ""},
	} {
		paths := strings.Fields(c.paths)
		got := Names(paths)
		if c.names != "" && strings.Join(got, " ") != c.names {
			t.Errorf("%s: %q", c.paths, got)
		}
		lower := strings.Fields(strings.ToLower(strings.Join(got, " ")))
		if slices.Sort(lower); len(slices.Compact(lower)) != len(paths) {
			t.Errorf("%s: names that are not unique: %q", c.paths, got)
		}
	}
}

// TestBlockKeepsTheRest: a block keeps every byte around it and the way in which lines end, and is brought up to date in place.
func TestBlockKeepsTheRest(t *testing.T) {
	style := Style{Comment: "kept"}
	for _, text := range []string{"", "a\n", "a", "a\r\nb\r\n", "a\r\nb", "\n", "a\n\n", "\r\n"} {
		first, err := Block(text, len(text), style, []string{"x", "", "y"})
		if err != nil {
			t.Fatal(err)
		}
		again, err := Block(first, 0, style, []string{"x", "", "y"})
		if err != nil || again != first || !HasBlock(first) {
			t.Errorf("%q: the second time %q, %v", text, again, err)
		}
		changed, err := Block(first, 0, style, []string{"z"})
		if err != nil || !strings.HasPrefix(changed, text) || !strings.Contains(changed, "z") || strings.Contains(changed, "x") {
			t.Errorf("%q: brought up to date %q, %v", text, changed, err)
		}
		if strings.Contains(text, "\r\n") && strings.Count(first, "\n") != strings.Count(first, "\r\n") {
			t.Errorf("%q: line ends of both kinds: %q", text, first)
		}
		if text != "" && strings.HasSuffix(text, "\n") != strings.HasSuffix(first, "\n") {
			t.Errorf("%q: the end became %q", text, first)
		}
	}
	middle, err := Block("a\nb\n", 2, style, []string{"x"})
	if err != nil || middle != "a\n# >>> govctl: kept\nx\n# <<< govctl\nb\n" {
		t.Errorf("%q %v", middle, err)
	}
	for _, text := range []string{"# >>> govctl: x\n", "# <<< govctl\n", "# >>> govctl\n# >>> govctl\n# <<< govctl\n", "# <<< govctl\n# >>> govctl\n"} {
		if got, err := Block(text, 0, style, nil); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestRepos(t *testing.T) {
	for _, c := range []struct {
		text, before, indent string
		ok                   bool
	}{
		{"repos:\n- repo: a\n  rev: b\n", "", "", true},
		{"repos:\n  - repo: a\n    rev: b\n\n# end\nci: {}\n", "\n# end\nci: {}\n", "  ", true},
		{"a: 1\nrepos: # ours\n- repo: a\n  hooks:\n  - id: x\nfail_fast: true\n", "fail_fast: true\n", "", true},
		{"repos: []\n", "", "", false},
		{"repos:\n", "", "", false},
		{"", "", "", false},
	} {
		at, indent, ok := Repos(c.text)
		if ok != c.ok || ok && (c.text[at:] != c.before || indent != c.indent) {
			t.Errorf("%q: before %q, indent %q, %v", c.text, c.text[at:], indent, ok)
		}
	}
}

func TestOwners(t *testing.T) {
	if got := Owners("# * @x\n* @a\n/docs @b\n*  @c @d/e # all\n"); got != "@c @d/e" {
		t.Errorf("%q", got)
	}
}

func TestDiff(t *testing.T) {
	if got, want := Diff("a b", "1\n2\n3\n4\n5", "1\n2\n3\n4\nx\n5", false), "--- a/a b\t\n+++ b/a b\t\n@@ -2,4 +2,5 @@\n 2\n 3\n 4\n+x\n 5\n\\ No newline at end of file\n"; got != want {
		t.Errorf("%s", got)
	}
	if got, want := Diff("a", "", "1\n", true), "--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+1\n"; got != want {
		t.Errorf("%s", got)
	}
}
