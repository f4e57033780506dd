package contract

import (
	"context"
	"errors"
	"strings"
	"testing"
)

const o30 = "openapi: 3.0.0\n"

// badInputs are what users give by mistake, and the beginning of what they are told. The place is part of it.
var badInputs = []struct{ file, text, want string }{
	{"x.yaml", "", "x.yaml:1:1: the file is empty"},
	{"x.json", " \n", "x.json:1:1: the file is empty"},
	{"x.yaml", "# only a comment\n", "x.yaml:1:1: the file is empty"},
	{"x.json", `{"openapi": "3.0.0"`, `x.json:1:20: the document ends where "," or "}" after the field is expected`},
	{"x.json", "{\"openapi\": \"3.0.0\",\n \"a\": 1,\n}", "x.json:3:1: expected a quoted field name, found '}'"},
	{"x.json", "{\n  'a': 1}", `x.json:2:3: expected a quoted field name, found '\''`},
	{"x.json", "{\"a\":\n \"x\n\"}", "x.json:2:4: control character 0x0a in a string"},
	{"x.json", `{"a": "\q"}`, "x.json:1:8: unknown escape in a string"},
	{"x.json", `{"a": "é\ud800"}`, "x.json:1:9: unknown escape in a string"},
	{"x.json", `{"a": 01}`, "x.json:1:7: expected a number, found '0'"},
	{"x.json", `{"a": 1} {}`, "x.json:1:10: there is more text after the end"},
	{"x.json", `{"a": nul}`, "x.json:1:7: expected a value, found 'n'"},
	{"x.json", `{"a": 1e99999999999}`, "x.json:1:7: the exponent of the number is out of range"},
	{"x.json", "{\"a\": 1,\n \"b\": {}, \"\\u0061\": 2}", `x.json:2:11: duplicate key "a" in one object, first in line 1`},
	{"x.json", "{\"a\":\n\"\xff\"}", "x.json:2:2: the text is not valid UTF-8"},
	{"x.json", "\xff\xfe{\x00", "x.json:1:1: the file is UTF-16"},
	{"x.json", "{\x00\"\x00}\x00", "x.json:1:1: the file is UTF-16"},
	{"x.yaml", "o\x00p\x00", "x.yaml:1:1: the file is UTF-16"},
	{"x.yaml", "a: 1\nb: \x00", "x.yaml:2:4: the text has a NUL byte"},
	{"x.yaml", "\x1f\x8b\x08\x00", "x.yaml:1:1: the file is compressed with gzip"},
	{"x.json", strings.Repeat("[", 100_000), "x.json:1:1001: values are nested more than 1000 levels deep"},
	{"x.json", strings.Repeat(`{"a":`, 100_000), "x.json:1:5001: values are nested more than 1000 levels deep"},
	{"x.yaml", strings.Repeat("[", 100_000), "x.yaml:1:1001: values are nested more than 1000 levels deep"},
	{"x.yaml", "a: " + strings.Repeat("{b: ", 100_000), "x.yaml:1:4000: values are nested more than 1000 levels deep"},
	{"x.yaml", strings.Repeat("- ", 100_000), "x.yaml:1:2001: values are nested more than 1000 levels deep"},

	{"x.yaml", "a: 1\nb: 2\na: 3\n", `x.yaml:3:1: duplicate key "a" in one object, first in line 1`},
	{"x.yaml", "a: &x 1\nb:\n  'c': 2\n  c: 3\n", `x.yaml:4:3: duplicate key "c" in one object, first in line 3`},
	{"x.yaml", "a: 1\n200: 2\n'200': 3\n", `x.yaml:3:1: duplicate key "200"`},
	{"x.yaml", "a: b\n\tc: d\n", "x.yaml:2:1: found a tab character that violates indentation"},
	{"x.yaml", "info:\n  title: a: b\n", "x.yaml:2:10: mapping values are not allowed in this context"},
	{"x.yaml", "info:\n  title: a\n    version: b\n", "x.yaml:3:5: mapping values are not allowed in this context"},
	{"x.yaml", "a: &a [1]\nb: [x*c, *cd, *c]\n", "x.yaml:2:10: unknown anchor 'cd' referenced"},
	{"x.yaml", "a: &a [1]\nb: [x, *c]\n", "x.yaml:2:8: unknown anchor 'c' referenced"},
	{"x.yaml", "a: \"x\nb: 3\n", "x.yaml:1:4: found unexpected end of stream"},
	{"x.yaml", "a: 1\n---\nb: 2\n", "x.yaml:2:1: a second YAML document begins here"},
	{"x.yaml", "a: *x\n", "x.yaml:1:4: unknown anchor 'x' referenced"},
	{"x.yaml", "a:\n   b: 1\n  c: d\n", "x.yaml:3:3: did not find expected key"},
	{"x.yaml", "a: @x\n", "x.yaml:1:4: found character that cannot start any token"},
	{"x.yaml", "? [a]\n: b\n", "x.yaml:1:3: a key must be a scalar"},
	{"x.yaml", "a: &a [*a]\n", "x.yaml:1:8: alias *a is inside its own anchor"},
	{"x.yaml", "a: .inf\n", "x.yaml:1:4: .inf has no form in JSON"},
	{"x.yaml", "<<<<<<< HEAD\na: 1\n=======\n", "x.yaml:1:1: the file contains the markers of a merge conflict"},
	{"x.yaml", "b: [\n<<<<<<< HEAD\na: 1\n=======\n", "x.yaml:2:1: the file contains the markers of a merge conflict"},
	{"x.yaml", "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + bomb(9), "x.yaml:6:23: aliases expand to more than 500000 values"},
	{"x.yaml", "a0: &a0 {k: v}\n" + mergeBomb(40), "x.yaml:18:46: aliases expand to more than 500000 values"},
	{"x.yaml", "a: &a 1\nb: [" + strings.Repeat("1,", 2_000_000) + "]", "x.yaml:1:1: YAML with anchors, tags or unusual syntax is read up to"},

	{"x.yaml", "a:\n  b: [c,\n  d,\n]\n", "x.yaml:3:3: a line of this collection in brackets must be indented by at least 3 spaces"},
	{"x.yaml", "a: {b: [c],\nd: e}\n", "x.yaml:2:1: a line of this collection in brackets must be indented by at least 1 space"},
	{"x.yaml", "- &x [\n\ta,\n b]\n", "x.yaml:2:1: found a tab character that violates indentation"},
	{"x.yaml", "a: &x\n  - b: \"c\n    d\"\n", "x.yaml:3:5: a line of this quoted text must be indented by at least 5 spaces"},
	{"x.yaml", "a: 'b\n\n\tc'\n", "x.yaml:3:1: found a tab character that violates indentation"},
	{"x.yaml", "a: [b, 'c\nd']\n", "x.yaml:2:1: a line of this quoted text must be indented by at least 1 space"},
	{"x.yaml", "a: \"\\'\"\n", "x.yaml:1:4: found unknown escape character"},
	{"x.yaml", "a: >\n \n   \n # b\n", "x.yaml:3:1: an empty line has more spaces than the text below it"},
	{"x.yaml", "--- |\na\n...\n", "x.yaml:3:1: a document marker is in a text that is not indented"},
	{"x.yaml", "%YAML 2.0\n---\na: 1\n", "x.yaml:1:1: the document is YAML 2.0"},
	{"x.yaml", "# a\n%YAML 1.2 b\n---\na: 1\n", "x.yaml:2:1: the %YAML directive is malformed"},
	{"x.yaml", "%YAML 1.2\n%YAML 1.2\n---\na: 1\n", "x.yaml:2:1: a second %YAML directive"},
	{"x.yaml", "%YAML 1.2\na: 1\n", "x.yaml:1:1: no document follows the directive"},
	{"x.yaml", strings.Repeat("%TAG !a! b\n", 101) + "---\na: 1\n", "x.yaml:101:1: more than 100 %TAG directives"},

	{"x.yaml", "openapi: 3.0\n", `x.yaml:1:10: "openapi" must be a string, not the number 3.0`},
	{"x.yaml", "openapi: 4.0.0\n", "x.yaml:1:10: the document is not an OpenAPI 3 description: it seems to be an OpenAPI 4.0.0 description"},
	{"x.yaml", "openapi: 3.0.0\nswagger: '2.0'\n", `x.yaml:2:10: the document has both "swagger" and "openapi"`},
	{"x.yaml", "swagger: '2.0'\n", "x.yaml:1:10: the document is a Swagger 2.0 description"},
	{"x.yaml", "swagger: '1.2'\n", "x.yaml:1:10: the document is not an OpenAPI 3 description: it seems to be a Swagger 1.2 description"},
	{"x.yaml", "asyncapi: 2.6.0\n", "x.yaml:1:11: the document is not an OpenAPI 3 description: it seems to be an AsyncAPI 2.6.0 description"},
	{"x.json", `{"info":{"_postman_id":"x"}}`, "x.json:1:24: the document is not an OpenAPI 3 description: it seems to be a Postman collection"},
	{"x.json", `{"$schema":"https://json-schema.org/draft/2020-12/schema"}`, "x.json:1:12: the document is not an OpenAPI 3 description: it seems to be a JSON Schema"},
	{"x", "\n<!DOCTYPE html>", "x:2:1: the text is an HTML page"},
	{"x.yaml", "hello\n", "x.yaml:1:1: an OpenAPI description is an object, this is a string"},
	{"x.json", "[]", "x.json:1:1: an OpenAPI description is an object, this is an array"},

	{"x.yaml", o30 + "info:\n  title: x\n  descr", `x.yaml:4:3:`},
	{"x.yaml", o30 + "info:\n  title: x\n", `x.yaml:1:1: the description has none of "paths", "webhooks" and "components"`},
	{"x.yaml", o30 + "paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/Ok'}}}}}\n", `x.yaml:2:46: $ref "#/components/responses/Ok" does not resolve`},
	{"x.yaml", o30 + "paths: []\n", `x.yaml:2:8: "paths" must be an object, not an array`},
	{"x.yaml", o30 + "paths:\n  /a:\n    get:\n      parameters: x\n", `x.yaml:5:19: "parameters" must be an array, not a string`},
	{"x.yaml", o30 + "paths: {/a: {get: {responses: 3}}}\n", `x.yaml:2:31: "responses" must be an object, not a number`},
	{"x.yaml", o30 + "paths: {/a: {get: null}}\n", `x.yaml:2:19: "get" must be an object, not null`},
	{"x.yaml", o30 + "info: {version: 1.0}\n", `x.yaml:2:17: "version" must be a string, not a number`},
	{"x.yaml", o30 + "tags: [{name: a}, b]\n", `x.yaml:2:19: every item of "tags" must be an object, not a string`},
	{"x.yaml", o30 + "components: {schemas: {A: {required: true}}}\n", `x.yaml:2:38: "required" must be an array, not a boolean`},
	{"x.yaml", o30 + "components: {schemas: {A: {properties: {a: [1]}}}}\n", `x.yaml:2:44: "a" in "properties" must be an object or a boolean, not an array`},
}

// bomb is nine aliases of nine aliases ...
func bomb(levels int) string {
	var b strings.Builder
	for i := 1; i <= levels; i++ {
		name, last := string(rune('a'+i)), string(rune('a'+i-1))
		if i == 1 {
			last = "a0"
		}
		b.WriteString(name + ": &" + name + " [" + strings.Repeat("*"+last+",", 9) + "]\n")
	}
	return b.String()
}

// mergeBomb are mappings that each merge the one before twice.
func mergeBomb(levels int) string {
	var b strings.Builder
	last := "a0"
	for i := 1; i <= levels; i++ {
		name := "b" + strings.Repeat("b", i)
		b.WriteString(name + ": &" + name + " {<<: [*" + last + ", *" + last + "]}\n")
		last = name
	}
	return b.String()
}

func TestBadInput(t *testing.T) {
	for _, c := range badInputs {
		_, err := Parse(context.Background(), c.file, []byte(c.text), Options{})
		var bad *Error
		if !errors.As(err, &bad) {
			t.Errorf("%.80q: error %v", c.text, err)
			continue
		}
		if !strings.HasPrefix(bad.Error(), c.want) {
			t.Errorf("%.80q:\n got %s\nwant %s", c.text, bad, c.want)
		}
	}
}

// Advice stands where the user can mend it.
func TestHints(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": [1,]}`:                "remove the comma before it",
		`{"a": {"b": 1`:              "the file seems to be cut off: the bracket of line 1 is not closed",
		"{\"a\": \"\t\"}":            `write it as \t`,
		o30 + "info: {version: 1.0}": "quote it",
		o30 + "paths: {/a: {get: }}": "remove the key, or write {} for an empty object",
		"a: b: c":                    `a value that contains ": " must be quoted, and a key must be aligned with its siblings`,
		"openapi: 3.1":               `write it in full: "3.1.0"`,
		"<html>":                     "give the address of the description itself, not of its documentation or a login page",
	} {
		_, err := Parse(context.Background(), "x", []byte(text), Options{})
		var bad *Error
		if !errors.As(err, &bad) || bad.Hint != want {
			t.Errorf("%q: %v\n got %q\nwant %q", text, err, bad.Hint, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		opt  Options
		text string
		want string
	}{
		{Options{MaxBytes: 10}, `{"openapi":"3.0.0"}`, "is larger than the limit of 10 bytes"},
		{Options{MaxDepth: 2}, `{"a":{"b":{}}}`, "nested more than 2 levels"},
		{Options{MaxValues: 3}, `{"a":1,"b":[2]}`, "more than 3 values"},
		{Options{MaxValues: 3}, "a: 1\nb: [2]", "more than 3 values"},
		{Options{MaxChain: 2}, chainOf(5), "passes through more than 2 references"},
	} {
		_, err := Parse(context.Background(), "x", []byte(c.text), c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
	}
}

// chainOf is a description in which n references lead to each other in a row.
func chainOf(n int) string {
	var b strings.Builder
	b.WriteString(`{"openapi":"3.0.0","components":{"schemas":{`)
	for i := range n {
		b.WriteString(`"A` + strings.Repeat("x", i) + `":{"$ref":"#/components/schemas/A` + strings.Repeat("x", i+1) + `"},`)
	}
	b.WriteString(`"A` + strings.Repeat("x", n) + `":{}}}}`)
	return b.String()
}
