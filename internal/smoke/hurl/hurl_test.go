package hurl_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/romel/govctl/internal/smoke/hurl"
	"github.com/romel/govctl/pkg/contract"
)

// whole uses everything that the subset has.
const whole = `# first
POST {{base}}/users?a=b # second
Accept: application/json
X-Odd: a\:b \# c{{user}}d
[Query]
q: {{user}}
[BasicAuth]
{{user}}: pass\u{77}ord
[Cookies]
c: 1
[Options]
retry: 3
retry-interval: 2s
location: true
insecure: true
{
  "user": "{{user}}",
  "n": {{n}}, "deep": {"list": [{"a": "}{{n}}"}]}
}
HTTP 201 # made
Location: /users/1
[Captures]
id: jsonpath "$.id"
key: header "X-Key" redact
[Asserts]
status == 201
header "Content-Type" startsWith "application/"
cookie "sid" exists
body contains "Ada"
duration <= 500
regex "id: (\\d+)" == "1"
regex /id: (\d+)/ matches /^\d$/
jsonpath "$.list[*].a" count > 1
jsonpath "$.name" not contains ` + "`x`" + `
jsonpath "$.n" == {{n}}
jsonpath "$.deleted" == null
jsonpath "$.ok" != false
PUT {{base}}/text
` + "```" + `
several {{user}}
lines
` + "```" + `
HTTP *
PUT {{base}}/line
` + "`one line`" + `
DELETE {{base}}/x
[FormParams]
a: b
HTTP 204
`

func TestParse(t *testing.T) {
	f, err := hurl.Parse("flow.hurl", []byte(strings.ReplaceAll(whole, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	v := hurl.Variables{"base": "http://h", "user": `A "q"`, "n": json.Number("7")}
	render := func(text hurl.Text) string {
		s, err := text.Render(v)
		if err != nil {
			t.Error(err)
		}
		return s
	}
	e := f.Entries[0]
	if len(f.Entries) != 4 || e.Line != 2 || e.Method != "POST" || render(e.URL) != "http://h/users?a=b" || render(e.Headers[1].Value) != `a:b # cA "q"d` ||
		render(e.Query[0].Value) != `A "q"` || render(e.Basic.Value) != "password" || render(e.Cookies[0].Name) != "c" {
		t.Errorf("%+v", e)
	}
	if e.Options != (hurl.Options{Retry: 3, IntervalMS: 2000, Location: true, Insecure: true}) || e.Status != 201 || !e.Answered || !e.Captures[1].Redact || len(e.Asserts) != 12 {
		t.Errorf("%+v", e)
	}
	if body := render(e.Body.Text); body != "{\n  \"user\": \"A \\\"q\\\"\",\n  \"n\": 7, \"deep\": {\"list\": [{\"a\": \"}7\"}]}\n}" || !e.Body.JSON {
		t.Errorf("%s", body)
	}
	if text := render(f.Entries[1].Body.Text); text != "several A \"q\"\nlines\n" || f.Entries[1].Status != 0 {
		t.Errorf("%q", text)
	}
	if text := render(f.Entries[2].Body.Text); text != "one line" || f.Entries[2].Answered || len(f.Entries[3].Form) != 1 {
		t.Errorf("%q", text)
	}
	if name, line := f.Undefined(hurl.Variables{"base": "", "user": ""}); name != "n" || line != 2 {
		t.Errorf("%s in line %d has no value", name, line)
	}
	if name, _ := f.Undefined(v); name != "" {
		t.Errorf("%s has no value", name)
	}
}

// What is outside of the subset has its place, and no value of the file is repeated.
func TestRefused(t *testing.T) {
	const get = "GET http://h/\n"
	for _, c := range []struct {
		text, says   string
		line, column int
	}{
		{"", "there is no request", 1, 1},
		{"hello canary\n", "a request begins with a method", 1, 1},
		{get + "canary\n", "not of the form NAME: VALUE", 2, 1},
		{get + "[MultipartFormData]\na: file,x;\n", "the section [MultipartFormData] of a request is not supported by govctl", 2, 1},
		{get + "[Options]\nproxy: canary\n", `the option "proxy" is not supported`, 3, 1},
		{get + "[Options]\nretry: -1\n", "this value of the option retry is not supported", 3, 7},
		{get + "A: {{canary | x}}\n", "a filter or function is not supported", 2, 4},
		{get + "A: {{newUuid}}\n", "the function newUuid is not supported", 2, 4},
		{get + "A: {{canary\n", "{{ is not closed", 2, 4},
		{get + "A: \\q\n", `the escape \q is not supported`, 2, 4},
		{get + "<xml/>\n", "a body of XML", 2, 1},
		{get + "file,canary;\n", "from a file is not supported", 2, 1},
		{get + "{\"a\": canary}\n", "the body is no JSON", 2, 1},
		{get + "{\"a\": 1\n", "is not closed", 2, 1},
		{get + "{\"a\": {{b}\n", "is not closed", 2, 1},
		{get + "{} canary\n", "something after the JSON", 2, 1},
		{get + "{}\nA: b\n", "the body is the last part", 3, 1},
		{get + "```xml\n```\n", "this kind of a text", 2, 1},
		{get + "```\ncanary\n", "is not closed", 2, 1},
		{get + "`canary\n", "ends in its line", 2, 1},
		{get + "HTTP/2 200\n", "neither HTTP STATUS nor HTTP *", 2, 1},
		{get + "HTTP 200\nHTTP 200\n", "has one line HTTP", 3, 1},
		{get + "HTTP 200\n{}\n", "an expected body", 3, 1},
		{get + "HTTP 200\n[Form]\n", "the section [Form] of an answer", 3, 1},
		{get + "HTTP 200\n[Asserts]\nxpath \"canary\" exists\n", `the query "xpath" is not supported`, 4, 1},
		{get + "HTTP 200\n[Asserts]\njsonpath \"$.a[1:2]\" exists\n", "this JSONPath is not supported", 4, 10},
		{get + "HTTP 200\n[Asserts]\njsonpath \"$.a\" toInt == 1\n", `the filter or predicate "toInt" is not supported`, 4, 16},
		{get + "HTTP 200\n[Asserts]\nstatus\n", "an assert has a predicate", 4, 7},
		{get + "HTTP 200\n[Asserts]\nstatus ==\n", "has an argument", 4, 10},
		{get + "HTTP 200\n[Asserts]\nstatus > \"canary\"\n", "this argument", 4, 10},
		{get + "HTTP 200\n[Asserts]\nbody matches /(/\n", "this regular expression", 4, 14},
		{get + "HTTP 200\n[Asserts]\nbody == \"canary\n", "a quote is not closed", 4, 9},
		{get + "HTTP 200\n[Asserts]\nstatus == 200 canary\n", "a filter is not supported", 4, 15},
		{get + "HTTP 200\n[Captures]\na b: status\n", "a capture is of the form", 4, 1},
		{get + "HTTP 200\n[Captures]\na: jsonpath \"$.a\" nth 0\n", "a filter is not supported", 4, 19},
		{get + "HTTP 200\n[Captures]\na: cookie \"a[Domain]\"\n", "an attribute of a cookie", 4, 11},
		{get + "[BasicAuth]\na: b\nc: canary\n", "has one line", 4, 1},
		{"\xff", "not valid UTF-8", 1, 1},
		{strings.Repeat(get, 1001), "more than 1000 requests", 1001, 1},
		{get + strings.Repeat("#", 1<<20), "larger than", 1, 1},
	} {
		_, err := hurl.Parse("flow.hurl", []byte(c.text))
		var bad *contract.Error
		if !errors.As(err, &bad) || !strings.Contains(bad.Msg, c.says) || bad.Place.Line != c.line || bad.Place.Column != c.column || strings.Contains(err.Error(), "canary") || bad.Hint == "" {
			t.Errorf("%.80q: %v", c.text, err)
		}
	}
}

func TestPredicates(t *testing.T) {
	a := &hurl.Answer{Status: 200, Headers: http.Header{"A": {"x"}, "B": {"1", "2"}, "Set-Cookie": {"sid=7; Path=/"}}, Body: "id: 12", Duration: 5 * time.Millisecond, IsJSON: true,
		JSON: map[string]any{"n": json.Number("3"), "s": "text", "list": []any{"a", json.Number("1.0")}, "null": nil}}
	v := hurl.Variables{"three": json.Number("3.0"), "text": "te"}
	for text, want := range map[string]bool{
		`status == 200`: true, `status == 201`: false, `status != 201`: true, `status >= 200`: true, `status < 200`: false, `status == "200"`: false,
		`header "a" == "x"`: true, `header "B" contains "2"`: true, `header "B" count == 2`: true, `header "C" exists`: false, `header "C" not exists`: true, `header "C" != "x"`: false,
		`cookie "sid" == "7"`: true, `cookie "other" exists`: false, `body == "id: 12"`: true, `body startsWith "id"`: true, `body endsWith "12"`: true,
		`regex "id: (\\d+)" == "12"`: true, `regex "no: (\\d+)" exists`: false, `duration < 6`: true, `duration > 5`: false,
		`jsonpath "$.n" == 3`: true, `jsonpath "$.n" == {{three}}`: true, `jsonpath "$.s" startsWith "{{text}}"`: true, `jsonpath "$.list" contains 1`: true,
		`jsonpath "$.list[*]" count == 2`: true, `jsonpath "$.none[*]" count == 0`: true, `jsonpath "$.null" == null`: true, `jsonpath "$.null" exists`: true,
		`jsonpath "$.s" matches /^t..t$/`: true, `jsonpath "$.s" not matches "^x"`: true, `jsonpath "$.n" > 2.5`: true, `jsonpath "$.s" > 2`: false, `jsonpath "$.s" count == 4`: false,
	} {
		f, err := hurl.Parse("f", []byte("GET http://h/\nHTTP 200\n[Asserts]\n"+text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		one := &f.Entries[0].Asserts[0]
		value, found := one.Query.Find(a, v)
		if one.Holds(value, found, v) != want || one.Text() != text {
			t.Errorf("%s is %t (%v), and is shown as %s", text, !want, value, one.Text())
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("GET http://h/\n{\"a\": \"{{b}}\"}\nHTTP 200\n[Asserts]\njsonpath \"$.a\" == `x`\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := hurl.Parse("f", []byte(text))
		var bad *contract.Error
		switch {
		case err != nil && (!errors.As(err, &bad) || bad.Place.Line < 1 || bad.Place.Line > strings.Count(text, "\n")+1):
			t.Error(err)
		case err == nil:
			a := &hurl.Answer{Body: text, Headers: http.Header{}}
			for _, e := range file.Entries {
				for i := range e.Asserts {
					value, found := e.Asserts[i].Query.Find(a, nil)
					e.Asserts[i].Holds(value, found, nil)
				}
			}
		}
	})
}
