package contract

import (
	"context"
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
