package taxonomy

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/romel/govctl/pkg/contract"
)

func mustParse(t testing.TB, text string) *File {
	t.Helper()
	f, err := Parse("t.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParse(t *testing.T) {
	f := mustParse(t, `{"schema_version": "1", "last_updated": "2025-09-29T00:00:00Z", "team": {"x": 1}, "alerts": [
	  {"alert": "A \u00e9<b>", "id": "a", "group": "g", "severity": "critical", "for": "5m", "windows": ["5m", {"long": "1h", "short": "5m"}],
	   "labels": {"team": "x", "n": 7, "page": true}, "deprecated": null, "scope": null, "unknown": [1, {"deep": null}],
	   "lint_ignore": [{"rule": "r", "reason": "why", "until": "2026-01-01"}]},
	  {"alert": "B", "deprecated": true}]}`)
	a := f.Alerts[0]
	if a.Name != "A é<b>" || a.ID != "a" || a.Severity != "critical" || a.Deprecated || !f.Alerts[1].Deprecated {
		t.Errorf("%+v", a)
	}
	if strings.Join(a.Windows, " ") != "5m 5m/1h" || fmt.Sprint(a.Labels) != "map[n:7 page:true team:x]" || fmt.Sprint(a.Ignores) != "[{r why 2026-01-01}]" {
		t.Errorf("%v %v %v", a.Windows, a.Labels, a.Ignores)
	}
	if f.SchemaVersion != "1" || f.LastUpdated != "2025-09-29T00:00:00Z" || f.Legacy || len(f.Misshapen) != 0 {
		t.Errorf("%+v", f)
	}
	if p := f.Place(&f.Alerts[0], "severity"); p.Line != 2 || p.Column != 66 || p.Pointer != "/alerts/0/severity" {
		t.Errorf("severity stands at %+v", p)
	}
	if p := f.Place(&f.Alerts[1], "severity"); p.Line != 5 || p.Column != 4 || p.Pointer != "/alerts/1" {
		t.Errorf("an absent field stands at %+v", p)
	}
	if string(f.Bytes()) != f.src {
		t.Error("the bytes changed")
	}
}

func TestParseLegacyAndByteOrderMark(t *testing.T) {
	f := mustParse(t, "\ufeff[{\"alert\": \"A\",\r\n\"severity\": \"low\"}]")
	if !f.Legacy || len(f.Alerts) != 1 {
		t.Fatalf("%+v", f)
	}
	if p := f.Place(&f.Alerts[0], ""); p.Line != 1 || p.Column != 2 || p.Pointer != "/0" {
		t.Errorf("the entry stands at %+v", p)
	}
	if p := f.Place(&f.Alerts[0], "severity"); p.Line != 2 || p.Column != 13 {
		t.Errorf("severity stands at %+v", p)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "t.json:1:1: the taxonomy is empty"},
		{" \n", "t.json:1:1: the taxonomy is empty"},
		{"{\"alerts\": [\n{\"alert\": \"A\"", "t.json:2:14: the text ends in the middle of a value"},
		{`"x"`, `t.json:1:1: a taxonomy is an object with a list "alerts"`},
		{`{}`, `t.json:1:1: the taxonomy has no list "alerts"`},
		{"{\n  \"alerts\": {}}", `t.json:2:3: "alerts" must be a list, not an object`},
		{`[{}, 5]`, "t.json:1:6: entry 2 must be an object, not a number"},
		{"[{\"alert\": \"A\",\n \"alert\": \"B\"}]", `t.json:2:2: duplicate key "alert" in one object`},
		{`{"alerts": [], "alerts": []}`, `t.json:1:16: duplicate key "alerts" in one object`},
		{`{"alerts": []} x`, "t.json:1:16: invalid character 'x' at start of value"},
		{`{"alerts": []} []`, "t.json:1:16: there is more text after the end of the taxonomy"},
		{"[{\"alert\": tru}]", "t.json:1:15: invalid character '}' in literal true (expecting 'e')"},
		{"[{\"alert\": \"\xff\"}]", "t.json:1:13: invalid UTF-8"},
		{"[// comment\n]", "t.json:1:2: invalid character '/' at start of value"},
	} {
		_, err := Parse("t.json", []byte(c.text))
		var own *contract.Error
		if err == nil || !errors.As(err, &own) || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestMisshapen(t *testing.T) {
	for text, want := range map[string]string{
		`{"severity": 5}`:                  "severity must be a string, not a number",
		`{"alert": null}`:                  "alert must be a string, not null",
		`{"scope": false}`:                 "scope must be a string, not true or false",
		`{"deprecated": "yes"}`:            "deprecated must be true or false, not a string",
		`{"windows": "5m"}`:                "windows must be a list, not a string",
		`{"windows": [5]}`:                 "windows must hold strings or {long, short}, not a number",
		`{"windows": [{"long": 1}]}`:       "windows has a window whose long is a number, not a string",
		`{"labels": []}`:                   "labels must be an object, not a list",
		`{"labels": {"a": {}}}`:            `labels must hold strings, numbers and booleans only; "a" is an object`,
		`{"lint_ignore": [{"rule": "x"}]}`: "lint_ignore needs a rule and a reason in each item",
		`{"lint_ignore": [{"role": "x"}]}`: `lint_ignore has the unknown key "role"`,
		`{"lint_ignore": [7]}`:             "lint_ignore must hold objects with rule and reason, not a number",
		`{"scope": null, "labels": null, "windows": null, "deprecated": null, "lint_ignore": null, "runbook": null}`: "",
	} {
		f := mustParse(t, `{"alerts": [`+text+`]}`)
		got := ""
		if err := f.Usable(); err != nil {
			got = strings.SplitN(err.Error(), ": ", 2)[1]
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "  ": true, "tbd": true, "TBD": true, " Tbd ": true, "placeholder": true, "PlaceHolder": true, "todo": true,
		"TODO: write it": true, "Todo later": true, "TODOs are listed here": true,
		"Deprecated placeholder": false, "tbd soon": false, "See TODO list": false, "https://x/todo": false, "Restart it": false,
	} {
		if got := Placeholder(text); got != want {
			t.Errorf("Placeholder(%q) = %v", text, got)
		}
	}
}

func bigTaxonomy(n int) []byte {
	var b strings.Builder
	b.WriteString("{\n  \"schema_version\": \"1\",\n  \"alerts\": [\n")
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "    {\n      \"alert\": \"Alert%d_%d\",\n      \"id\": \"alert-%d\",\n      \"group\": \"g%d\",\n      \"severity\": \"warning\",\n      \"scope\": \"service\",\n      \"category\": \"latency\",\n      \"description\": \"More than the usual share of the requests of service %d fails over ten minutes.\",\n      \"for\": \"10m\",\n      \"windows\": [\"10m\"],\n      \"runbook\": \"https://example.com/runbooks/alert%d\",\n      \"owner\": \"team-%d\",\n      \"deprecated\": false\n    }", i/50, i%50, i, i/50, i, i, i%20)
	}
	b.WriteString("\n  ]\n}\n")
	return []byte(b.String())
}

func BenchmarkParse100k(b *testing.B) {
	data := bigTaxonomy(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("big.json", data); err != nil {
			b.Fatal(err)
		}
	}
}

// A file of one line has columns in characters, wherever they are counted from.
func TestColumnsOfALongLine(t *testing.T) {
	text := strings.Repeat("é", 5000) + "\n" + strings.Repeat("aé", 9000)
	f := &File{src: text}
	for _, off := range []int{0, 2, 4096, 9998, 10_001, 10_004, 14_001, len(text)} {
		line, column := f.lineColumn(off)
		start := 0
		if line == 2 {
			start = 10_001
		}
		if want := 1 + utf8.RuneCountInString(text[start:off]); column != want {
			t.Errorf("offset %d is column %d, want %d", off, column, want)
		}
	}
}
