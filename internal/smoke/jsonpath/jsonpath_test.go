package jsonpath_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/romel/govctl/internal/smoke/jsonpath"
)

const document = `{"a": {"b": [1, 2, {"c": "x", "n": 9007199254740993}]}, "it's": true, "list": [{"k": "one", "v": 1}, {"k": "two", "v": null}], "null": null}`

func value(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		path, want string
		single     bool
	}{
		{"$", "[" + document + "]", true},
		{"$.a.b[0]", "[1]", true},
		{"$.a.b[-1].c", `["x"]`, true},
		{"$['a']['b'][5]", "[]", true},
		{`$["it's"]`, "[true]", true},
		{`$['it\'s']`, "[true]", true},
		{"$.null", "[null]", true},
		{"$.none", "[]", true},
		{"$.list[*].k", `["one", "two"]`, false},
		{"$.a.*", `[[1, 2, {"c": "x", "n": 9007199254740993}]]`, false},
		{"$..c", `["x"]`, false},
		{"$.list[?@.k == 'two'].v", "[null]", false},
		{"$.list[?(@.v == null)].k", `["two"]`, false},
		{"$.list[?@.k != \"one\"].k", `["two"]`, false},
		{"$.list[?@.v].k", `["one", "two"]`, false},
		{"$.a.b[?@.n == 9007199254740992]", "[]", false},
		{"$.a.b[?@.n == 9007199254740993].c", `["x"]`, false},
		{"$.list[?@.v == 1.0].k", `["one"]`, false},
	} {
		p, err := jsonpath.Parse(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		found, complete := p.Find(value(t, document))
		if found == nil {
			found = []any{}
		}
		if !complete || !jsonpath.Equal(found, value(t, c.want)) || p.Single() != c.single {
			t.Errorf("%s: %v", c.path, found)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, path := range []string{"", "a", "$.", "$a", "$[", "$[1", "$[1:2]", "$[1,2]", "$['a", "$['a\\x']", "$[?@.a > 1]", "$[?@.a == ]", "$[?length(@.a) == 1]", "$[?@.a == 1 && @.b == 2]",
		"$[?@..a == 1]", "$[?(@.a == 1]", "$[?@.a == {}]", "$.1", "$" + strings.Repeat(".a", 1000)} {
		if _, err := jsonpath.Parse(path); err == nil {
			t.Errorf("%.30s is accepted", path)
		}
	}
}

// A query that multiplies what it visits ends at the bound.
func TestWorkIsBounded(t *testing.T) {
	p, err := jsonpath.Parse("$" + strings.Repeat("..*", 20))
	if err != nil {
		t.Fatal(err)
	}
	if _, complete := p.Find(value(t, strings.Repeat("[", 100)+strings.Repeat("]", 100))); complete {
		t.Error("it came to an end")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"$.a[0]..b[?@.c == 'd']", "$['a'][-1].*", "$[?(@.a != null)]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := jsonpath.Parse(s); err == nil {
			p.Find(value(t, document))
		}
	})
}
