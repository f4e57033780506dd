package apidiff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// relation is how the values of the new schema lie to those of the old one, reasoned by hand.
type relation string

const (
	same     relation = "="
	narrower relation = "<"
	wider    relation = ">"
	apart    relation = "x"
)

// flipped is the relation with the two contracts swapped.
func (r relation) flipped() relation {
	switch r {
	case narrower:
		return wider
	case wider:
		return narrower
	default:
		return r
	}
}

// breaks reports what containment says of a schema in a request and in a response.
func (r relation) breaks(side rules.Side) bool {
	switch r {
	case narrower:
		return side == rules.Request
	case wider:
		return side == rules.Response
	case apart:
		return true
	default:
		return false
	}
}

type containedCase struct {
	rel      relation
	old, new string
}

// containedCases are pairs of schemas with the relation of their values. A schema that begins with
// "3.0" is of a document of that version. components are shared by all: see containedDocument.
var containedCases = []containedCase{
	// types
	{wider, `{"type":"integer"}`, `{"type":"number"}`},
	{same, `{"type":"number","multipleOf":1}`, `{"type":"integer"}`},
	{same, `{"type":["string","null"]}`, `{"anyOf":[{"type":"string"},{"type":"null"}]}`},
	{same, `{"type":["string","null"]}`, `{"oneOf":[{"type":"null"},{"type":"string"}]}`},
	{same, `{"type":"string"}`, `{"type":["string"]}`},
	{same, `{}`, `true`},
	{same, `{"not":{}}`, `false`},
	{same, `{"not":false}`, `{}`},
	{same, `{"type":["string","integer"]}`, `{"oneOf":[{"type":"integer"},{"type":"string"}]}`},
	{wider, `{"oneOf":[{"type":"integer"},{"type":"number"}]}`, `{"type":"number"}`},
	{same, `{"anyOf":[{"type":"integer"},{"type":"number"}]}`, `{"type":"number"}`},
	{apart, `{"type":"string"}`, `{"type":"integer"}`},
	{same, `{"type":["string","integer","boolean","null","array","object","number"]}`, `{}`},
	{same, `{"type":"array"}`, `{"type":"array","items":{}}`},
	{same, `{"type":"object","additionalProperties":true}`, `{"type":"object"}`},
	{same, `{"type":"object","additionalProperties":{}}`, `{"type":"object"}`},
	{same, `{"type":"null"}`, `{"const":null}`},
	{same, `{"type":"null"}`, `{"enum":[null]}`},
	{same, `{"type":"boolean"}`, `{"enum":[false,true]}`},
	{narrower, `{"type":"boolean"}`, `{"type":"boolean","const":true}`},
	{same, `{"type":"string","const":1}`, `false`},
	{narrower, `{"type":["string","null"]}`, `{"type":"string"}`},
	{narrower, `{"type":["string","integer"]}`, `{"type":"string"}`},
	{apart, `{"type":["string","integer"]}`, `{"type":["string","boolean"]}`},
	// enum and const
	{same, `{"enum":["a","b"]}`, `{"enum":["b","a"]}`},
	{same, `{"enum":["a"]}`, `{"const":"a"}`},
	{narrower, `{"enum":["a","b"]}`, `{"enum":["a"]}`},
	{same, `{"type":"string","enum":["a",1]}`, `{"enum":["a"]}`},
	{narrower, `{"enum":["a",null]}`, `{"enum":["a"]}`},
	{wider, `{"type":"string","enum":["a"]}`, `{"type":["string","null"],"enum":["a",null]}`},
	{same, `{"const":1}`, `{"const":1.0}`},
	{same, `{"enum":[1,1.0]}`, `{"enum":[1]}`},
	{same, `{"type":"integer","enum":[1,2.0]}`, `{"enum":[1,2]}`},
	{same, `{"const":{"a":1,"b":2}}`, `{"const":{"b":2,"a":1}}`},
	{apart, `{"const":"a"}`, `{"const":"b"}`},
	{narrower, `{"type":"string"}`, `{"type":"string","enum":["a"]}`},
	{same, `{"oneOf":[{"const":"a"},{"const":"b"}]}`, `{"enum":["a","b"]}`},
	{same, `{"allOf":[{"enum":["a","b"]},{"enum":["b","c"]}]}`, `{"const":"b"}`},
	{same, `{"type":"string","enum":["ab","c"],"maxLength":1}`, `{"const":"c"}`},
	// numbers
	{same, `{"type":"number","minimum":1}`, `{"type":"number","minimum":1,"exclusiveMinimum":0}`},
	{same, `{"type":"integer","minimum":1}`, `{"type":"integer","exclusiveMinimum":0}`},
	{same, `{"type":"integer","maximum":9.5}`, `{"type":"integer","maximum":9}`},
	{narrower, `{"type":"number","maximum":10}`, `{"type":"number","exclusiveMaximum":10}`},
	{narrower, `{"type":"integer","multipleOf":2}`, `{"type":"integer","multipleOf":4}`},
	{wider, `{"type":"number","multipleOf":0.1}`, `{"type":"number","multipleOf":0.01}`},
	{apart, `{"type":"integer","multipleOf":4}`, `{"type":"integer","multipleOf":6}`},
	{same, `{"type":"integer","allOf":[{"multipleOf":2},{"multipleOf":3}]}`, `{"type":"integer","multipleOf":6}`},
	{same, `{"type":"integer","minimum":1,"maximum":3}`, `{"enum":[1,2,3]}`},
	{same, `{"type":"integer","minimum":0}`, `{"type":"integer","minimum":-0.0}`},
	{same, `{"type":"integer","minimum":1e2}`, `{"type":"integer","minimum":100}`},
	{wider, `{"type":"integer","format":"int32"}`, `{"type":"integer","format":"int64"}`},
	{same, `{"type":"integer","format":"int32"}`, `{"type":"integer","format":"int32","minimum":-2147483648}`},
	{wider, `{"type":"number","format":"float"}`, `{"type":"number","format":"double"}`},
	{same, `{"type":"number","maximum":5,"allOf":[{"maximum":7}]}`, `{"type":"number","maximum":5}`},
	{same, `{"type":"number","minimum":5,"maximum":4}`, `false`},
	{same, `{"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":2}`, `false`},
	{same, `{"type":"number","minimum":5,"maximum":5}`, `{"const":5}`},
	{apart, `{"type":"number","minimum":0,"maximum":10}`, `{"type":"number","minimum":5,"maximum":15}`},
	{same, `{"type":"string","minimum":5}`, `{"type":"string"}`},
	// strings
	{narrower, `{"type":"string","format":"date-time"}`, `{"type":"string","format":"date-time","pattern":"Z$"}`},
	{apart, `{"type":"string","format":"date-time"}`, `{"type":"string","format":"date"}`},
	{wider, `{"type":"string","format":"uuid"}`, `{"type":"string"}`},
	{wider, `{"type":"string","format":"uri"}`, `{"type":"string","format":"uri-reference"}`},
	{wider, `{"type":"string","format":"email"}`, `{"type":"string","format":"idn-email"}`},
	{apart, `{"type":"string","format":"ipv4"}`, `{"type":"string","format":"ipv6"}`},
	{same, `{"type":"string","format":"x-mine"}`, `{"type":"string"}`},
	{same, `{"type":"string","format":"password"}`, `{"type":"string"}`},
	{same, `{"type":"string","pattern":"^a$"}`, `{"type":"string","pattern":"^(a)$"}`},
	{wider, `{"type":"string","pattern":"^a$"}`, `{"type":"string","pattern":"^[ab]$"}`},
	{narrower, `{"type":"string","pattern":"a"}`, `{"type":"string","pattern":"^a"}`},
	{same, `{"type":"string","minLength":1}`, `{"type":"string","pattern":"[\\s\\S]"}`},
	{same, `{"type":"string","maxLength":0}`, `{"const":""}`},
	{same, `{"type":"string","format":"ipv4"}`, `{"type":"string","format":"ipv4","maxLength":15}`},
	{narrower, `{"type":"string","format":"uuid"}`, `{"type":"string","format":"uuid","maxLength":30}`},
	{same, `{"type":"string","pattern":".*"}`, `{"type":"string"}`},
	{same, `{"type":"string","pattern":"^[a-z]{2,5}$"}`, `{"type":"string","pattern":"^[a-z]{2,5}$","minLength":2}`},
	{same, `{"type":"string","pattern":"^(ab|cd)$"}`, `{"enum":["cd","ab"]}`},
	{same, `{"type":"string","maxLength":3,"minLength":4}`, `false`},
	{same, `{"type":"integer","maxLength":3}`, `{"type":"integer"}`},
	{apart, `{"type":"string","contentEncoding":"base64"}`, `{"type":"string","contentEncoding":"base64url"}`},
	// arrays
	{wider, `{"type":"array","items":{"type":"string"}}`, `{"type":"array","items":{"type":["string","null"]}}`},
	{same, `{"type":"array","prefixItems":[{"type":"string"}],"items":false}`, `{"type":"array","prefixItems":[{"type":"string"}],"items":false,"maxItems":1}`},
	{same, `{"type":"array","items":false}`, `{"type":"array","maxItems":0}`},
	{same, `{"type":"array","prefixItems":[{"type":"string"},{"type":"string"}],"items":{"type":"string"}}`, `{"type":"array","items":{"type":"string"}}`},
	{same, `{"type":"array","contains":{"type":"string"}}`, `{"type":"array","contains":{"type":"string"},"minContains":1}`},
	{same, `{"type":"array","contains":{"type":"string"},"minContains":0}`, `{"type":"array"}`},
	{same, `{"type":"array","contains":{},"minContains":2}`, `{"type":"array","minItems":2}`},
	{same, `{"type":"array","contains":true,"maxContains":2}`, `{"type":"array","minItems":1,"maxItems":2}`},
	{same, `{"type":"array","uniqueItems":true,"maxItems":1}`, `{"type":"array","maxItems":1}`},
	{narrower, `{"type":"array"}`, `{"type":"array","uniqueItems":true}`},
	{narrower, `{"type":"array","contains":{"type":"number"}}`, `{"type":"array","contains":{"type":"integer"}}`},
	{narrower, `{"type":"array"}`, `{"type":"array","contains":{"type":"integer"}}`},
	{narrower, `{"type":"array","contains":{"type":"integer"}}`, `{"type":"array","contains":{"type":"integer"},"minContains":2}`},
	{narrower, `{"type":"array","contains":{"type":"integer"}}`, `{"type":"array","contains":{"type":"integer"},"maxContains":2}`},
	{same, `{"type":"array","prefixItems":[{"type":"string"}],"unevaluatedItems":false}`, `{"type":"array","prefixItems":[{"type":"string"}],"items":false}`},
	{same, `{"type":"array","allOf":[{"prefixItems":[{"type":"string"}]}],"unevaluatedItems":false}`, `{"type":"array","prefixItems":[{"type":"string"}],"items":false}`},
	{same, `{"type":"array","items":{"enum":["a","b"]},"uniqueItems":true}`, `{"type":"array","items":{"enum":["a","b"]},"uniqueItems":true,"maxItems":2}`},
	{narrower, `{"type":"array","items":{"type":"string"}}`, `{"type":"array","prefixItems":[{"type":"string"}],"items":false}`},
	{apart, `{"type":"array","items":{"type":"string"}}`, `{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"string"}}`},
	{same, `{"type":"array","minItems":1,"contains":{"const":1},"items":{"const":1}}`, `{"type":"array","minItems":1,"items":{"const":1}}`},
	// objects
	{same, `{"type":"object","properties":{"a":false}}`, `{"type":"object","not":{"required":["a"]}}`},
	{wider, `{"allOf":[{"type":"object","properties":{"a":{}}},{"type":"object","properties":{"b":{}},"additionalProperties":false}]}`, `{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false}`},
	{same, `{"type":"object","allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":{"type":"string"}}}],"unevaluatedProperties":false}`, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"additionalProperties":false}`},
	{same, `{"type":"object","required":["a"],"properties":{"a":false}}`, `false`},
	{same, `{"type":"object","required":["a","b"]}`, `{"type":"object","allOf":[{"required":["a"]},{"required":["b"]}]}`},
	{narrower, `{"type":"object"}`, `{"type":"object","dependentRequired":{"a":["b"]}}`},
	{same, `{"type":"object","dependentRequired":{"a":["b"]}}`, `{"type":"object","dependentSchemas":{"a":{"required":["b"]}}}`},
	{same, `{"type":"object","dependentRequired":{"a":["b"]},"required":["b"]}`, `{"type":"object","required":["b"]}`},
	{same, `{"type":"object","if":{"required":["a"]},"then":{"required":["b"]}}`, `{"type":"object","dependentRequired":{"a":["b"]}}`},
	{wider, `{"type":"object","propertyNames":{"maxLength":3}}`, `{"type":"object","propertyNames":{"maxLength":5}}`},
	{same, `{"type":"object","propertyNames":false}`, `{"type":"object","maxProperties":0}`},
	{same, `{"type":"object","additionalProperties":false}`, `{"type":"object","maxProperties":0}`},
	{same, `{"type":"object","propertyNames":{"enum":["a","b"]}}`, `{"type":"object","properties":{"a":true,"b":true},"additionalProperties":false}`},
	{same, `{"type":"object","patternProperties":{"^a$":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`},
	{same, `{"type":"object","patternProperties":{".*":{"type":"string"}}}`, `{"type":"object","additionalProperties":{"type":"string"}}`},
	{same, `{"type":"object","required":["a"],"minProperties":1}`, `{"type":"object","required":["a"]}`},
	{same, `{"type":"object","required":["a","b"],"maxProperties":1}`, `false`},
	{narrower, `{"type":"object","additionalProperties":{"type":"string"}}`, `{"type":"object","additionalProperties":false}`},
	{narrower, `{"type":"object"}`, `{"type":"object","additionalProperties":{"type":"string"}}`},
	{same, `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}`, `{"type":"object","additionalProperties":{"type":"string"}}`},
	{same, `{"type":"object","minProperties":1,"properties":{"a":{}},"additionalProperties":false}`, `{"type":"object","required":["a"],"properties":{"a":{}},"additionalProperties":false}`},
	{narrower, `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`},
	{narrower, `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`},
	{narrower, `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}},"unevaluatedProperties":false}`},
	{narrower, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"additionalProperties":false}`, `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`},
	{same, `{"type":"object","patternProperties":{"^x-":{}},"additionalProperties":true}`, `{"type":"object"}`},
	{narrower, `{"type":"object","patternProperties":{"^x-":{"type":"string"}},"additionalProperties":{"type":"string"}}`, `{"type":"object","patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}`},
	{narrower, `{"type":"object"}`, `{"type":"object","maxProperties":3}`},
	{apart, `{"type":"object","required":["a"]}`, `{"type":"object","required":["b"]}`},
	{narrower, `{"type":"object"}`, `{"type":"object","dependentSchemas":{"a":{"maxProperties":2}}}`},
	// logic
	{same, `{"not":{"type":"string"}}`, `{"type":["null","boolean","number","array","object"]}`},
	{same, `{"not":{"not":{"type":"string"}}}`, `{"type":"string"}`},
	{narrower, `{"type":"string","not":{"enum":["a"]}}`, `{"type":"string","not":{"enum":["a","b"]}}`},
	{same, `{"type":"number","not":{"minimum":5}}`, `{"type":"number","exclusiveMaximum":5}`},
	{same, `{"type":"number","anyOf":[{"minimum":5},{"minimum":3}]}`, `{"type":"number","minimum":3}`},
	{same, `{"anyOf":[{"type":"string"},{}]}`, `{}`},
	{same, `{"allOf":[{"type":"string"},{"maxLength":5}]}`, `{"type":"string","maxLength":5}`},
	{same, `{"allOf":[{},{"type":"string"}]}`, `{"type":"string"}`},
	{same, `{"anyOf":[false,{"type":"string"}]}`, `{"type":"string"}`},
	{same, `{"oneOf":[false,{"type":"string"}]}`, `{"type":"string"}`},
	{wider, `{"oneOf":[{"type":"string","maxLength":5},{"type":"string","minLength":3}]}`, `{"anyOf":[{"type":"string","maxLength":5},{"type":"string","minLength":3}]}`},
	{apart, `{"oneOf":[{"type":"string","maxLength":5},{"type":"string","minLength":10}]}`, `{"oneOf":[{"type":"string","maxLength":12},{"type":"string","minLength":10}]}`},
	{same, `{"oneOf":[{"type":"string"}]}`, `{"type":"string"}`},
	{same, `{"if":{"type":"string"},"then":{"minLength":1}}`, `{"anyOf":[{"type":"string","minLength":1},{"not":{"type":"string"}}]}`},
	{same, `{"if":true,"then":{"type":"string"}}`, `{"type":"string"}`},
	{same, `{"if":false,"then":{"type":"string"}}`, `{}`},
	{same, `{"then":{"type":"string"}}`, `{}`},
	{same, `{"if":{"type":"string"}}`, `{}`},
	{same, `{"if":{"type":"string"},"else":{"type":"null"}}`, `{"type":["string","null"]}`},
	{narrower, `{"type":"object"}`, `{"type":"object","if":{"required":["a"]},"then":{"required":["b"]}}`},
	{narrower, `{"type":"object","if":{"required":["a"]},"then":{"required":["b"]}}`, `{"type":"object","if":{"required":["a"]},"then":{"required":["b","c"]}}`},
	{narrower, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"type":"string"}]}`},
	{wider, `{"oneOf":[{"type":"string"},{"type":"integer"}]}`, `{"oneOf":[{"type":"string"},{"type":"integer"},{"type":"boolean"}]}`},
	{apart, `{"oneOf":[{"type":"string"},{"type":"integer"}]}`, `{"oneOf":[{"type":"string"},{"type":"integer"},{"type":"number"}]}`},
	{same, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"type":"string"},{"type":"integer"},{"type":"string","maxLength":3}]}`},
	{narrower, `{"oneOf":[{"type":"string"},{"type":"integer"}]}`, `{"oneOf":[{"type":"string"},{"type":"integer"},{"type":"string","maxLength":3}]}`},
	{same, `{"type":"string","anyOf":[{"type":"string","maxLength":3},{"type":"integer"}]}`, `{"type":"string","maxLength":3}`},
	{same, `{"allOf":[{"oneOf":[{"type":"string"},{"type":"integer"}]},{"type":"string"}]}`, `{"type":"string"}`},
	{narrower, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"type":"string","maxLength":9},{"type":"integer"}]}`},
	{apart, `{"not":{"type":"string"}}`, `{"not":{"type":"integer"}}`},
	// references
	{same, `{"$ref":"#/components/schemas/Tree"}`, `{"$ref":"#/components/schemas/Baum"}`},
	{same, `{"$ref":"#/components/schemas/Tree"}`, `{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Tree"},"v":{"type":"integer"}},"required":["v"],"additionalProperties":false}`},
	{narrower, `{"$ref":"#/components/schemas/Tree"}`, `{"$ref":"#/components/schemas/Twig"}`},
	{narrower, `{"$ref":"#/components/schemas/Text"}`, `{"$ref":"#/components/schemas/Text","maxLength":5}`},
	{same, `{"$ref":"#/components/schemas/Text"}`, `{"type":"string"}`},
	{same, `{"$ref":"#/components/schemas/Alias"}`, `{"$ref":"#/components/schemas/Text"}`},
	{same, `{"allOf":[{"$ref":"#/components/schemas/Text"}]}`, `{"anyOf":[{"$ref":"#/components/schemas/Alias"}]}`},
	// between 3.0 and 3.1
	{same, `3.0 {"type":"string","nullable":true}`, `{"type":["string","null"]}`},
	{same, `3.0 {"nullable":true}`, `{}`},
	{same, `3.0 {"type":"integer","minimum":1,"exclusiveMinimum":true}`, `{"type":"integer","exclusiveMinimum":1}`},
	{same, `3.0 {"type":"integer","minimum":1,"exclusiveMinimum":false}`, `{"type":"integer","minimum":1}`},
	{same, `3.0 {"$ref":"#/components/schemas/Text","maxLength":5}`, `{"$ref":"#/components/schemas/Text"}`},
	{same, `3.0 {"nullable":true,"allOf":[{"$ref":"#/components/schemas/Text"}]}`, `{"anyOf":[{"$ref":"#/components/schemas/Text"},{"type":"null"}]}`},
	{same, `3.0 {"type":"string","format":"byte"}`, `{"type":"string","contentEncoding":"base64"}`},
	{same, `3.0 {"type":"string","nullable":true,"enum":["a",null]}`, `{"type":["string","null"],"enum":["a",null]}`},
	{same, `3.0 {"type":"object","nullable":true,"properties":{"a":{"type":"string","nullable":true}}}`, `{"type":["object","null"],"properties":{"a":{"type":["string","null"]}}}`},
	{narrower, `3.0 {"type":"string","nullable":true}`, `3.0 {"type":"string"}`},
	{same, `3.0 {"type":"string","example":"x"}`, `{"type":"string","examples":["x"]}`},
	{same, `3.0 {"type":"string","format":"binary"}`, `{"type":"string","contentMediaType":"application/octet-stream"}`},
}

func containedDocument(t testing.TB, schema string, side rules.Side) *contract.Document {
	t.Helper()
	version := "3.1.0"
	if s, ok := strings.CutPrefix(schema, "3.0 "); ok {
		version, schema = "3.0.3", s
	}
	content := `"content":{"application/json":{"schema":` + schema + `}}`
	op := `"requestBody":{"required":true,` + content + `},"responses":{"204":{"description":"d"}}`
	if side == rules.Response {
		op = `"responses":{"200":{"description":"d",` + content + `}}`
	}
	return parse(t, "c.json", []byte(`{"openapi":"`+version+`","info":{"title":"T","version":"1"},"paths":{"/t":{"post":{`+op+`}}},
		"components":{"schemas":{
			"Obj":{"type":"object","properties":{"p":{"type":"string"}}},"List":{"type":"array","items":{"$ref":"#/components/schemas/List"}},"Text":{"type":"string"},"Alias":{"$ref":"#/components/schemas/Text"},
			"Tree":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Tree"},"v":{"type":"integer"}},"required":["v"],"additionalProperties":false},
			"Baum":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Baum"},"v":{"type":"integer"}},"required":["v"],"additionalProperties":false},
			"Twig":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Twig"},"v":{"type":"integer","maximum":9}},"required":["v"],"additionalProperties":false}}}}`))
}

// TestContained compares the verdict with the relation of the two sets of values, on both sides and
// both ways.
func TestContained(t *testing.T) {
	proved, asserted := 0, 0
	for _, c := range slices.Concat(containedCases, containedForms, containedUnions) {
		for _, side := range []rules.Side{rules.Request, rules.Response} {
			old, new := containedDocument(t, c.old, side), containedDocument(t, c.new, side)
			for _, p := range []struct {
				rel      relation
				old, new *contract.Document
			}{{c.rel, old, new}, {c.rel.flipped(), new, old}} {
				r := Compare(context.Background(), p.old, p.new, Options{Now: testNow, Gate: rules.SDK})
				name := fmt.Sprintf("%s %s %s %s", side, c.old, p.rel, c.new)
				if r.Breaking().Breaking != p.rel.breaks(side) {
					t.Errorf("%s: breaking is %t%s", name, r.Breaking().Breaking, told(r))
				}
				for _, f := range r.Diff.Changes {
					switch {
					case f.Breaking && f.Verdict == report.Proved:
						proved++
					case f.Breaking:
						asserted++
						t.Logf("asserted: %s%s", name, told(r))
					case f.Level == report.Warning && p.rel == same && f.Rule != KeywordWithoutEffect && !strings.HasSuffix(f.Rule, "property-removed"):
						t.Errorf("%s: warns of nothing%s", name, told(r))
					}
				}
			}
		}
	}
	t.Logf("%d pairs; %d breaking changes proved, %d asserted", 4*(len(containedCases)+len(containedForms)+len(containedUnions)), proved, asserted)
}

func told(r *Result) string {
	var b strings.Builder
	for _, f := range r.Diff.Changes {
		fmt.Fprintf(&b, "\n    %s %s %s: %s", f.Level, f.Verdict, f.Rule, f.Message)
	}
	return b.String()
}
