package taxonomy

import (
	"strings"
	"testing"
)

// One entry more, in the layout of the file; everything that was there keeps its bytes.
func TestAppendKeepsTheLayout(t *testing.T) {
	added := []Alert{{Name: "Z\"<&>é", Group: "g", Severity: "low", Description: "d"}}
	const fields = `"alert": "Z\"<&>é"|"group": "g"|"severity": "low"|"description": "d"|"deprecated": false`
	for _, c := range []struct{ name, text, want string }{
		{"two spaces", "{\n  \"alerts\": [\n    {\n      \"alert\": \"A\",\n      \"x\": [1,  2]\n    }\n  ],\n  \"team\": 1}\n",
			",\n    {\n      " + strings.ReplaceAll(fields, "|", ",\n      ") + "\n    }"},
		{"tabs and windows line ends", "{\r\n\t\"alerts\": [\r\n\t\t{\r\n\t\t\t\"alert\" : \"A\"\r\n\t\t}\r\n\t]\r\n}",
			",\r\n\t\t{\r\n\t\t\t" + strings.ReplaceAll(strings.ReplaceAll(fields, "\": ", "\" : "), "|", ",\r\n\t\t\t") + "\r\n\t\t}"},
		{"an entry a line", "{\"alerts\": [\n  {\"alert\": \"A\", \"id\": \"a\"},\n  {\"alert\": \"B\", \"id\": \"b\"}\n]}",
			",\n  {" + strings.ReplaceAll(fields, "|", ", ") + "}"},
		{"minified", `{"alerts":[{"alert":"A","id":"a"},{"alert":"B","id":"b"}]}`,
			",{" + strings.ReplaceAll(strings.ReplaceAll(fields, "\": ", "\":"), "|", ",") + "}"},
		{"an empty list", "{\n  \"schema_version\": \"1\",\n  \"alerts\": []\n}\n",
			"\n    {\n      " + strings.ReplaceAll(fields, "|", ",\n      ") + "\n    }\n  "},
		{"an empty list on one line", `{"alerts": []}`,
			"\n  {\n    " + strings.ReplaceAll(fields, "|", ",\n    ") + "\n  }\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mustParse(t, c.text)
			got, err := f.Append(added)
			if err != nil {
				t.Fatal(err)
			}
			i := strings.Index(string(got), c.want)
			if i < 0 {
				t.Fatalf("got  %q\nwant in it %q", got, c.want)
			}
			if rest := string(got[:i]) + string(got[i+len(c.want):]); rest != c.text {
				t.Errorf("without the new entry it is\n%q, it was\n%q", rest, c.text)
			}
			if back := mustParse(t, string(got)); back.Alerts[len(back.Alerts)-1].Name != added[0].Name {
				t.Errorf("read back as %q", back.Alerts[len(back.Alerts)-1].Name)
			}
		})
	}
}

func TestAppendNothingChangesNothing(t *testing.T) {
	for _, text := range []string{`[{"alert": "A"}]`, " { \"alerts\" :[ ] } "} {
		got, err := mustParse(t, text).Append(nil)
		if err != nil || string(got) != text {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}

// A bare array becomes an object when it is written; its entries keep their text, a level deeper.
func TestAppendUpgradesAnArray(t *testing.T) {
	got, err := mustParse(t, "\ufeff[\n  {\n    \"alert\": \"A\",\n    \"x\": \"<b> \\u00e9\"\n  }\n]\n").Append([]Alert{{Name: "B"}})
	want := "{\n  \"schema_version\": \"1\",\n  \"alerts\": [\n    {\n      \"alert\": \"A\",\n      \"x\": \"<b> \\u00e9\"\n    },\n" +
		"    {\n      \"alert\": \"B\",\n      \"deprecated\": false\n    }\n  ]\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	f := mustParse(t, string(got))
	if f.Legacy || len(f.Alerts) != 2 {
		t.Errorf("%+v", f)
	}
}

func TestSetAndAddField(t *testing.T) {
	f := mustParse(t, "{\"alerts\": [\n  {\n    \"alert\": \"A\",\n    \"for\": \"5m\"\n  }, {}]}")
	for _, c := range []struct {
		e    edit
		want string
	}{
		{f.setText(&f.Alerts[0], "for", "10m"), "{\"alerts\": [\n  {\n    \"alert\": \"A\",\n    \"for\": \"10m\"\n  }, {}]}"},
		{f.setText(&f.Alerts[0], "group", "g"), "{\"alerts\": [\n  {\n    \"alert\": \"A\",\n    \"for\": \"5m\",\n    \"group\": \"g\"\n  }, {}]}"},
		{f.setText(&f.Alerts[1], "group", "g"), "{\"alerts\": [\n  {\n    \"alert\": \"A\",\n    \"for\": \"5m\"\n  }, {\"group\": \"g\"}]}"},
	} {
		if got := apply(f.src, []edit{c.e}); got != c.want {
			t.Errorf("got %q\nwant %q", got, c.want)
		}
	}
}

// Whatever is read keeps its bytes, can be extended and corrected, and never panics.
func FuzzTaxonomy(f *testing.F) {
	f.Add([]byte(`{"schema_version": "1", "alerts": [{"alert": "A", "labels": {"x": 1}, "windows": ["5m", {"long": "1h"}], "lint_ignore": [{"rule": "r", "reason": "x"}]}]}`))
	f.Add([]byte("\ufeff[{\"alert\":\"A\"}\r\n,{}]"))
	f.Add([]byte(`{"alerts":[],"x":{"alerts":1}}`))
	f.Add([]byte(`{"alerts": [{"alert": "A", "severity": "Critical", "deprecated": true, "description": "x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("f.json", data)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		if string(file.Bytes()) != string(data) {
			t.Error("the bytes changed")
		}
		in := Input{File: file, Config: DefaultConfig("default"), RuleRead: 1, Rules: []Rule{{Name: "A", Group: "g", File: "r.yml", Line: 1, Column: 1}}}
		for _, finding := range Lint(in).Findings {
			if finding.New == nil || finding.New.Line < 1 || finding.New.Column < 1 {
				t.Errorf("a finding without a place: %+v", finding)
			}
		}
		text, err := file.Append([]Alert{{Name: "Z"}})
		if err != nil {
			t.Fatalf("append: %v", err)
		}
		if back, err := Parse("f.json", text); err != nil || len(back.Alerts) != len(file.Alerts)+1 {
			t.Errorf("after one more entry: %v", err)
		}
		if _, _, err := Fix(in); err != nil {
			t.Errorf("fix: %v", err)
		}
	})
}
