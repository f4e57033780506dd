package contract

import (
	"context"
	"slices"
	"strings"
	"testing"
)

func parseTest(t testing.TB, name, text string) *Document {
	t.Helper()
	d, err := Parse(context.Background(), name, []byte(text), Options{ConvertSwagger: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const sampleJSON = `{
  "openapi": "3.0.3", "info": {"title": "a\u0041\n", "version": "1"},
  "paths": {"/p/{x}": {"get": {"responses": {"200": {"$ref": "#/components/responses/Ok"}}}}},
  "components": {"responses": {"Ok": {"description": "\ud83d\ude00", "x-n": [1.0, true, null]}}}
}`

const sampleYAML = `# the same
components:
  responses:
    Ok:
      x-n: [1e0, true, ~]
      description: "\U0001F600"
openapi: 3.0.3
paths:
  /p/{x}:
    get:
      responses:
        200:
          $ref: '#/components/responses/Ok'
info: {version: '1', title: "aA\n"}
`

func TestSameContentSameBytes(t *testing.T) {
	j, y := parseTest(t, "a.json", sampleJSON), parseTest(t, "a.yaml", sampleYAML)
	if j.Root().Hash() != y.Root().Hash() {
		t.Error("the hashes differ")
	}
	if string(j.Canonical()) != string(y.Canonical()) {
		t.Errorf("the exports differ:\n%s\n%s", j.Canonical(), y.Canonical())
	}
	again := parseTest(t, "again.json", string(j.Canonical()))
	if string(again.Canonical()) != string(j.Canonical()) {
		t.Errorf("exporting the export changes it:\n%s", again.Canonical())
	}
}

func TestPlaces(t *testing.T) {
	for name, text := range map[string]string{"a.json": sampleJSON, "a.yaml": sampleYAML} {
		d := parseTest(t, name, text)
		ok := d.Deref(d.Root().Get("paths").Get("/p/{x}").Get("get").Get("responses").Get("200"))
		if ok.Get("description").Text() != "\U0001F600" {
			t.Errorf("%s: the reference leads to %s", name, ok.AppendJSON(nil))
		}
		t.Logf("%+v %+v", ok.Place(), ok.Get("description").KeyPlace())
	}
}

func TestSizeAndTokens(t *testing.T) {
	root, err := ParseValue(t.Context(), "a.json", []byte(`{"a/b":[1,{"c~":2}],"d":3}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := root.Size(); n != 6 {
		t.Errorf("%d values, want 6", n)
	}
	at := root.Get("a/b").At(1).Get("c~")
	if got := at.Tokens(); !slices.Equal(got, []string{"a/b", "1", "c~"}) || at.Pointer() != "/a~1b/1/c~0" || root.Tokens() != nil || at.Size() != 1 {
		t.Errorf("tokens %q of %s", got, at.Pointer())
	}
}

func TestPlaceWithin(t *testing.T) {
	root, err := ParseValue(t.Context(), "a.json", []byte(`{"`+strings.Repeat("é/", 500)+`":{"b~":[1]}}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, inner := range root.Fields() {
		at := inner.Get("b~").At(0)
		whole := at.Place()
		for _, most := range []int{10, 11, 12, 13, 1999, 2000, 2001, len(whole.Pointer), 5000} {
			got, length := at.PlaceWithin(most)
			if length != len(whole.Pointer) || len(got.Pointer) > most || len(got.Pointer) < min(most, length)-1 || !strings.HasPrefix(whole.Pointer, got.Pointer) || got.Line != whole.Line || got.Column != whole.Column {
				t.Errorf("%d: %d bytes of %d", most, len(got.Pointer), length)
			}
		}
	}
}

func TestItemsOfLongArrays(t *testing.T) {
	for _, text := range []string{"[" + strings.Repeat("7,", 99) + "7]", "[" + strings.Repeat(`{"a":[7]},`, 99) + `{"a":[7]}]`} {
		root, err := ParseValue(t.Context(), "a.json", []byte(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, item := range root.Items() {
			if root.At(i) != item {
				t.Errorf("item %d of %.20s is another one", i, text)
			}
		}
		if root.At(100).Exists() || root.At(-1).Exists() {
			t.Error("an item beyond the end")
		}
	}
}
