package contract

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing"

	"go.yaml.in/yaml/v4"
)

// scalars are plain scalars as they stand in descriptions, and how OpenAPI tools read them.
var scalars = []struct {
	text string
	kind Kind
	want string
}{
	{"", Null, ""}, {"~", Null, ""}, {"null", Null, ""}, {"Null", Null, ""}, {"NULL", Null, ""}, {"nUll", String, "nUll"},
	{"true", Bool, "1"}, {"False", Bool, "0"}, {"yes", String, "yes"}, {"on", String, "on"}, {"n", String, "n"}, {"y", String, "y"},
	{"1", Number, "1"}, {"-1", Number, "-1"}, {"+1", Number, "1"}, {"007", Number, "7"}, {"017", Number, "15"}, {"0o17", Number, "15"}, {"08", Number, "8"},
	{"0x1F", Number, "31"}, {"0b11", Number, "3"}, {"1_000", Number, "1000"}, {"18446744073709551615", Number, "18446744073709551615"},
	{"123456789012345678901234567890", Number, "123456789012345678901234567890"},
	{"1.0", Number, "1.0"}, {".5", Number, "0.5"}, {"-.5", Number, "-0.5"}, {"1.", Number, "1"}, {"+1.5", Number, "1.5"}, {"1e3", Number, "1e3"}, {"01.5", Number, "1.5"}, {"1_0.5", Number, "10.5"},
	{"1e999", String, "1e999"}, {"1.2.3", String, "1.2.3"}, {"3.0.0", String, "3.0.0"}, {"1e", String, "1e"}, {"-", String, "-"}, {"0x", String, "0x"}, {"1:30", String, "1:30"},
	{"2001-01-01", String, "2001-01-01"}, {"2001-12-14t21:59:43.10-05:00", String, "2001-12-14t21:59:43.10-05:00"}, {"12e03", Number, "12e03"},
	{".inf", Invalid, ""}, {"-.INF", Invalid, ""}, {".nan", Invalid, ""}, {"<<", String, "<<"}, {"0x1p-2", String, "0x1p-2"}, {".e3", String, ".e3"},
}

func TestPlainScalars(t *testing.T) {
	for _, c := range scalars {
		if kind, got := plainScalar(c.text); kind != c.kind || got != c.want {
			t.Errorf("%q: %v %q, want %v %q", c.text, kind, got, c.kind, c.want)
		}
	}
}

// The library's tags say the same about random scalars, and its numbers have the same value.
func TestPlainScalarsAgainstTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const letters = "0123456789012345678+-._eExob~nulTrs:ai"
	for range 50_000 {
		b := make([]byte, 1+r.IntN(7))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		text := string(b)
		var n yaml.Node
		if err := yaml.Unmarshal([]byte("["+text+"]"), &n); err != nil || len(n.Content) == 0 || len(n.Content[0].Content) != 1 || n.Content[0].Content[0].Value != text {
			continue // not one plain scalar
		}
		want := n.Content[0].Content[0]
		kind, literal := plainScalar(text)
		tag := map[Kind]string{Null: "!!null", Bool: "!!bool", String: "!!str", Invalid: "!!float"}[kind]
		switch got := want.ShortTag(); {
		case kind == Number && (got == "!!int" || got == "!!float"):
			var v any
			if err := want.Decode(&v); err != nil {
				t.Fatal(err)
			}
			sameValue(t, text, literal, v)
		case got == "!!timestamp" && kind == String, got == "!!merge" && kind == String:
		case got != tag:
			t.Errorf("%q: %v, the library says %s", text, kind, got)
		}
	}
}

func sameValue(t *testing.T, text, literal string, v any) {
	t.Helper()
	got, ok := new(big.Float).SetString(literal)
	if !ok || jsonNumber(literal) != len(literal) {
		t.Fatalf("%q: %q is no JSON number", text, literal)
	}
	var want float64
	switch v := v.(type) {
	case int:
		want = float64(v)
	case int64:
		want = float64(v)
	case uint64:
		want = float64(v)
	case float64:
		want = v
	}
	if f, _ := got.Float64(); f != want {
		t.Errorf("%q: %s is not %v", text, literal, v)
	}
}

// The booleans of YAML 1.2 are true and false. What YAML 1.1 took for booleans, too, is text, through both readers and whatever
// version the document says it is: a country NO, a switch on.
func TestBooleans(t *testing.T) {
	for _, before := range []string{"", "%YAML 1.1\n---\n", "x: &anchor 1\n"} {
		for text, want := range map[string]any{
			"true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false, "tRUE": "tRUE", "!!bool true": true, "!!str true": "true", `"true"`: "true",
			"yes": "yes", "Yes": "Yes", "YES": "YES", "no": "no", "NO": "NO", "on": "on", "On": "On", "off": "off", "OFF": "OFF", "y": "y", "Y": "Y", "n": "n", "N": "N",
		} {
			root, err := ParseValue(context.Background(), "x.yaml", []byte(before+"a: "+text+"\nb: ["+text+"]\n"+"yes: 1\n"), Options{})
			if err != nil {
				t.Errorf("%s%s: %v", before, text, err)
				continue
			}
			if a, b := root.Get("a").Value(), root.Find("/b/0").Value(); a != want || b != want || root.Get("yes").Literal() != "1" {
				t.Errorf("%s%s: read as %v and %v, must be %v", before, text, a, b, want)
			}
		}
	}
}
