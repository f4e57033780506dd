package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

var jsonSeeds = []string{
	`{"a":[1,-2.5e3,"x\n\u00e9\ud83d\ude00",true,false,null,{}],"b":{"c":[]}}`, ` [ ] `, `"\/\b\f\r\t\"\\"`, `-0`, `1e5`, `{"a":1,"a":2}`,
	`[1,]`, `{"a"}`, `{"a":}`, `[1 2]`, `tru`, `"\ud800"`, `"\ude00\ud83d"`, "\"\x7f\"", "{\"\":0}", `{"$ref":"#/a"}`, "\ufeff[1]", `01`, `1.`, `.5`, `+1`,
	`{"abcdefgh":"12345678\"","abcdefghi":"1234567\u0041"}`, "[\"\u00e9\u4e2d\"]",
}

// compareJSON holds the parser against encoding/json, which accepts more: keys that stand twice, bytes that are no UTF-8,
// half surrogates, any depth.
func compareJSON(t *testing.T, data []byte) {
	t.Helper()
	tr := newTree("x.json", "", data)
	err := checkText(tr, data)
	if err == nil {
		err = parseJSON(tr, data, Options{})
	}
	body := bytes.TrimPrefix(data, []byte(bom))
	if err != nil {
		var bad *Error
		if !errors.As(err, &bad) || bad.Place.Line < 1 || bad.Place.Column < 1 {
			t.Fatalf("%q: error without a place: %v", data, err)
		}
		strict := strings.Contains(bad.Msg, "duplicate key") || strings.Contains(bad.Msg, "UTF") || strings.Contains(bad.Msg, "escape") ||
			strings.Contains(bad.Msg, "levels") || strings.Contains(bad.Msg, "exponent")
		if json.Valid(body) && !strict {
			t.Fatalf("%q: %v, but it is JSON", data, err)
		}
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var want any
	if err := decoder.Decode(&want); err != nil || !json.Valid(body) {
		t.Fatalf("%q: accepted, but encoding/json says %v", data, err)
	}
	got := Node{tr, 0}.Value()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: %#v, want %#v", data, got, want)
	}
	compareExport(t, tr)
}

// compareExport reads the canonical form of a tree back: it must have the same content and the same form.
func compareExport(t *testing.T, tr *tree) {
	t.Helper()
	out := Node{tr, 0}.AppendJSON(nil)
	again := newTree("again.json", "", out)
	if err := parseJSON(again, out, Options{MaxDepth: 2000}); err != nil {
		t.Fatalf("the export %q: %v", out, err)
	}
	if (Node{again, 0}).Hash() != (Node{tr, 0}).Hash() {
		t.Fatalf("the export %q has another content", out)
	}
	if twice := (Node{again, 0}).AppendJSON(nil); !bytes.Equal(twice, out) {
		t.Fatalf("exporting the export: %q, then %q", out, twice)
	}
}

func TestJSONSeeds(t *testing.T) {
	for _, s := range jsonSeeds {
		compareJSON(t, []byte(s))
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { compareJSON(t, data) })
}
