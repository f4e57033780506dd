package apidiff

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/romel/govctl/pkg/apidiff/rules"
)

// containedUnions are pairs with alternatives, or with a type that nobody wrote down: who lists properties means an object, and
// who says what items are means an array, in an alternative as elsewhere.
var containedUnions = []containedCase{
	// the type that was forgotten
	{same, `{"properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`},
	{same, `{"required":["a"]}`, `{"type":"object","required":["a"]}`},
	{same, `{"additionalProperties":{"type":"string"}}`, `{"type":"object","additionalProperties":{"type":"string"}}`},
	{same, `{"patternProperties":{"^x":{"type":"string"}}}`, `{"type":"object","patternProperties":{"^x":{"type":"string"}}}`},
	{same, `{"minProperties":1}`, `{"type":"object","minProperties":1}`},
	{same, `{"items":{"type":"string"}}`, `{"type":"array","items":{"type":"string"}}`},
	{same, `{"prefixItems":[{"type":"string"}]}`, `{"type":"array","prefixItems":[{"type":"string"}]}`},
	{same, `{"minItems":1}`, `{"type":"array","minItems":1}`},
	{same, `{"type":"object","properties":{"p":{"properties":{"a":{"type":"string"}}}}}`, `{"type":"object","properties":{"p":{"type":"object","properties":{"a":{"type":"string"}}}}}`},
	{same, `{"type":"array","items":{"items":{"type":"string"}}}`, `{"type":"array","items":{"type":"array","items":{"type":"string"}}}`},
	{same, `{"allOf":[{"properties":{"a":{"type":"string"}}},{"required":["a"]}]}`, `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`},
	{same, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"null"}]}`, `{"type":["object","null"],"properties":{"a":{"type":"string"}}}`},
	{same, `3.0 {"nullable":true,"properties":{"a":{"type":"string"}}}`, `{"type":["object","null"],"properties":{"a":{"type":"string"}}}`},
	// the name of a property is a text, whatever its schema lists
	{narrower, `{"type":"object","properties":{"b":{}},"propertyNames":{"properties":{"a":{"type":"object"}}}}`,
		`{"type":"object","properties":{"b":{}},"propertyNames":{"type":"object","properties":{"a":{"type":"object"}}}}`},
	{apart, `{"type":"object","properties":{"b":{}},"propertyNames":{"properties":{"a":{}}},"minProperties":1}`, `{"type":"object","properties":{"b":{}},"maxProperties":0}`},
	// below not, if and dependentSchemas, the letter counts, of alternatives as well
	{wider, `{"type":"object","properties":{"b":{}},"required":["b"],"dependentSchemas":{"b":{"type":"array","items":{"type":"array"}}}}`,
		`{"type":"object","properties":{"b":{}},"required":["b"],"dependentSchemas":{"b":{"items":{"type":"array"}}}}`},
	{narrower, `{"type":"integer","if":{"type":"array"},"then":false}`, `{"type":"integer","if":{"anyOf":[{"type":"array"},{"maxItems":0,"items":{"type":"integer"}}]},"then":false}`},
	// a condition within one that the context decides
	{narrower, `{"type":"boolean","if":{"type":"object"},"else":{"if":{"type":"object"},"then":{"type":"array"},"else":{"type":["boolean","string"]}}}`,
		`{"type":"boolean","if":{"type":"object"},"else":{"if":{},"then":{"type":"array"},"else":{"type":["boolean","string"]}}}`},
	// what the types of the context decide
	{same, `{"type":"integer","not":{"minimum":3,"type":"number"}}`, `{"type":"integer","not":{"minimum":3}}`},
	{same, `{"type":"integer","minimum":2,"not":{"maximum":4,"type":"integer"}}`, `{"type":"integer","not":{"maximum":4,"type":"integer"}}`},
	{same, `{"type":"boolean","if":{"minimum":1,"type":"number"},"then":{"type":"number"}}`, `{"type":"boolean","if":{"type":"number"},"then":{"type":"number"}}`},
	{same, `{"type":"array","unevaluatedItems":false,"uniqueItems":true}`, `{"type":"array","unevaluatedItems":false}`},
	{same, `{"type":"boolean","anyOf":[{"type":"integer"},{"$ref":"#/components/schemas/List"}]}`, `{"type":"boolean","anyOf":[{"$ref":"#/components/schemas/List"}]}`},
	{wider, `{"type":"array","maxItems":0}`, `{"type":"array","maxItems":2,"items":{"type":"string"}}`},
	{same, `{"const":{"a":1},"maxProperties":1,"properties":{"a":{"type":"string"}}}`, `{"const":{"a":1},"properties":{"a":{"type":"string"}}}`},
	// alternatives of oneOf that overlap
	{apart, `{"type":"string","minLength":2,"pattern":"b$"}`, `{"oneOf":[{},{"type":"string","minLength":2,"pattern":"b$"}]}`},
	{wider, `{"oneOf":[{"type":"array","minItems":1,"contains":{"type":"array"}},{},{"type":"object","required":["a"]}]}`, `{"oneOf":[{},{"type":"object","required":["a"]}]}`},
	{apart, `{"oneOf":[{"type":["null","string"]},{"type":["boolean","string"],"minLength":1}]}`, `{"type":"string","maxLength":1,"pattern":"b$","anyOf":[{"type":"integer"},{"type":["boolean","string"]}]}`},
	{apart, `{"type":["null","integer"],"oneOf":[{"type":"number","multipleOf":3},{"oneOf":[{"type":["boolean","integer"],"exclusiveMinimum":1},{"const":{"a":1}}],"type":"integer"},{"type":"string"}]}`,
		`{"type":["null","integer"],"oneOf":[{"oneOf":[{"type":["boolean","integer"],"exclusiveMinimum":1},{"const":{"a":1}}],"type":"integer"},{"type":"string"}]}`},
	// where types stand beside the alternatives, an alternative has all of them
	{wider, `{"type":["array","null"],"anyOf":[{"type":"array","maxItems":2},{"type":"integer"}]}`, `{"type":["array","null"],"anyOf":[{"maxItems":0},{"type":"array","maxItems":2},{"type":"integer"}]}`},
	{same, `{"type":["array","null"],"anyOf":[{"type":"array","maxItems":2},{"type":"integer"},{"type":"null"}]}`,
		`{"type":["array","null"],"anyOf":[{"maxItems":0},{"type":"array","maxItems":2},{"type":"integer"},{"type":"null"}]}`},
	{same, `{"type":["object","null"],"anyOf":[{"required":["b"]},{"required":["a"],"minProperties":2}]}`,
		`{"type":["object","null"],"anyOf":[{"required":["b"]},{"required":["a","b"]},{"required":["a"],"minProperties":2}]}`},
	{same, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"string"}]}`, `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"string"}]}`},
	{same, `{"oneOf":[{"items":{"type":"string"}},{"type":"string"}]}`, `{"oneOf":[{"type":"array","items":{"type":"string"}},{"type":"string"}]}`},
	{narrower, `{"properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string","maxLength":3}}}`},
	{narrower, `{"type":["object","string"],"properties":{"a":{"type":"string"}}}`, `{"properties":{"a":{"type":"string"}}}`},
	{apart, `{"properties":{"a":{"type":"string"}}}`, `{"type":"string"}`},
	{apart, `{"properties":{"a":{"type":"string"}}}`, `{"items":{"type":"string"}}`},
	// what is no forgotten type
	{narrower, `{}`, `{"type":"object"}`},
	{narrower, `{"minLength":2}`, `{"type":"string","minLength":2}`},
	{narrower, `{"minLength":2,"required":["a"]}`, `{"type":"object","required":["a"]}`},
	{narrower, `{"not":{"required":["a"]}}`, `{"type":"object","not":{"required":["a"]}}`},
	{narrower, `{"type":"string"}`, `{"type":"string","not":{"required":["a"]}}`},
	{narrower, `{"type":"string","maxLength":9}`, `{"type":"string","maxLength":9,"if":{"required":["a"]},"then":{"maxLength":5}}`},
	{same, `{"type":["object","string"],"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"type":["string","object"],"anyOf":[{"required":["b"]},{"required":["a"]}]}`},
	{narrower, `{"type":["object","string"],"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]}`},
	// one of two properties, beside an object
	{same, `{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"anyOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}`},
	{same, `{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}]}`, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["b"]},{"required":["a"]}]}`},
	{narrower, `{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"type":"object","anyOf":[{"required":["a"]},{"required":["b","c"]}]}`},
	{wider, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`},
	// alternatives without a type
	{narrower, `{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"string"}]}`},
	{narrower, `{"oneOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"string"},{"type":"integer"}]}`, `{"oneOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"string"}]}`},
	{narrower, `{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`},
	{narrower, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"string"}]}`, `{"anyOf":[{"properties":{"a":{"type":"string","maxLength":3}}},{"type":"string"}]}`},
	{narrower, `{"anyOf":[{"items":{"type":"string"}},{"type":"string"}]}`, `{"anyOf":[{"items":{"type":"string","maxLength":3}},{"type":"string"}]}`},
	{narrower, `{"anyOf":[{"required":["a"]},{"type":"string"}]}`, `{"anyOf":[{"required":["a","b"]},{"type":"string"}]}`},
	{apart, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"string"}]}`, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"integer"}]}`},
	{apart, `{"anyOf":[{"additionalProperties":{"type":"string"}},{"enum":["x"]}]}`, `{"anyOf":[{"additionalProperties":{"type":"string"}},{"enum":["y"]}]}`},
	{narrower, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"integer"}]}`, `{"properties":{"a":{"type":"string"}}}`},
	{wider, `{"enum":["x","y"]}`, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"string"}]}`},
	{apart, `{"enum":["x","y"]}`, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"type":"integer"}]}`},
	{wider, `{"type":"string"}`, `{"oneOf":[{"properties":{"a":{"type":"string"}}},{"type":"string"}]}`},
	// without alternatives nothing is valid
	{wider, `{"oneOf":[]}`, `{"type":"string"}`},
	{wider, `{"anyOf":[]}`, `{"anyOf":[{"type":"string"},{"type":"object"}]}`},
	{wider, `{"type":"object","properties":{"p":{"oneOf":[]}}}`, `{"type":"object","properties":{"p":{"oneOf":[{"type":"string"},{"type":"integer"}]}}}`},
	{same, `{"oneOf":[]}`, `{"anyOf":[]}`},
	{same, `{"oneOf":[]}`, `false`},
	{same, `{"anyOf":[{"oneOf":[]},{"type":"string"}]}`, `{"type":"string"}`},
	{narrower, `{"type":"string"}`, `{"type":"string","anyOf":[]}`},
}

// namedUnions are a schema that became alternatives, or the other way round, with all that is found.
var namedUnions = []struct {
	side     rules.Side
	old, new string
	found    []string
}{
	// the narrowed alternative is named, with a witness of the whole
	{rules.Request, `{"type":"object","properties":{"number":{"type":"string"}}}`, `{"oneOf":[{"title":"Bank","type":"object","properties":{"iban":{"type":"string"}},"required":["iban"]},{"title":"Card","type":"object","properties":{"number":{"type":"string"}},"required":["number"]}]}`,
		[]string{"error proved request-property-became-required number", "info none request-property-union-branch-added |Bank"}},
	{rules.Request, `{"type":"object","properties":{"number":{"type":"string"}},"required":["number"]}`, `{"anyOf":[{"title":"Card","type":"object","properties":{"number":{"type":"string","maxLength":16}},"required":["number"]},{"title":"Bank","type":"object","properties":{"iban":{"type":"string"}},"required":["iban"]}]}`,
		[]string{"error proved request-property-max-length-added number", "info none request-property-union-branch-added |Bank"}},
	{rules.Response, `{"oneOf":[{"title":"Card","type":"object","properties":{"number":{"type":"string"}},"required":["number"]},{"title":"Bank","type":"object","properties":{"iban":{"type":"string"}},"required":["iban"]}]}`, `{"type":"object","properties":{"number":{"type":"string"}}}`,
		[]string{"error proved response-property-became-optional number", "info none response-property-union-branch-removed |Bank"}},
	{rules.Response, `{"type":"object","properties":{"number":{"type":"string"}},"required":["number"]}`, `{"oneOf":[{"title":"Card","type":"object","properties":{"number":{"type":"string"}},"required":["number"]},{"title":"Bank","type":"object","properties":{"iban":{"type":"string"}},"required":["iban"]}]}`,
		[]string{"error proved response-property-union-branch-added |Bank"}},
	{rules.Request, `{"$ref":"#/components/schemas/Obj"}`, `{"oneOf":[{"type":"object","properties":{"p":{"type":"string"},"q":{"type":"string"}},"required":["q"]},{"allOf":[{"$ref":"#/components/schemas/Obj"},{"required":["p"]}],"title":"Obj"}]}`,
		[]string{"error proved request-property-became-required p"}},
	{rules.Request, `{"type":"object","properties":{"number":{"type":"string"}}}`, `{"oneOf":[{"type":"object","properties":{"number":{"type":"string","maxLength":16}}},{"type":"string"}]}`,
		[]string{"error proved request-property-max-length-added number", "info none request-property-type-widened "}},
	{rules.Request, `{"type":"integer"}`, `{"oneOf":[{"type":"integer","maximum":9},{"type":"integer","minimum":20}]}`,
		[]string{"error proved request-property-union-narrowed "}},
	// another alternative holds what the best one lost
	{rules.Request, `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"anyOf":[{"type":"object","properties":{"a":{"type":"string","maxLength":5}}},{"type":"object","properties":{"a":{"type":"string","minLength":3}}}]}`,
		nil},
	{rules.Request, `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"title":"B","type":"array"}]}`,
		[]string{"info none request-property-type-widened "}},
	// where nothing fits, the whole is named, and what is lost as well
	{rules.Response, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`, `{"oneOf":[{"type":"object","properties":{"x":{"type":"string"}}},{"type":"object","properties":{"y":{"type":"string"}}}]}`,
		[]string{"info none response-property-added x", "info none response-property-added y", "info none response-property-union-narrowed ", "warning none response-property-removed a", "warning none response-property-removed b"}},
	{rules.Response, `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`, `{"anyOf":[{"type":"object","properties":{"x":{"type":"string"}}},{"type":"object","properties":{"y":{"type":"string"}}}]}`,
		[]string{"error proved response-property-removed-required a", "error proved response-property-union-widened ", "info none response-property-added x", "info none response-property-added y"}},
	{rules.Response, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`, `{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"c":{"type":"string"}}}]}`,
		[]string{"info none response-property-added c", "warning none response-property-removed b"}},
	{rules.Response, `{"anyOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":{"type":"string"}}}]}`, `{"anyOf":[{"properties":{"a":{"type":"string"}}}]}`,
		[]string{"warning none response-property-removed b"}},
	{rules.Response, `{"oneOf":[{"title":"A","properties":{"a":{"type":"string"},"x":{"type":"string"}},"required":["x"]},{"title":"B","properties":{"a":{"type":"string"},"y":{"type":"string"}},"required":["y"]}]}`, `{"oneOf":[{"title":"A","properties":{"x":{"type":"string"}},"required":["x"]},{"title":"B","properties":{"y":{"type":"string"}},"required":["y"]}]}`,
		[]string{"warning none response-property-removed a", "warning none response-property-removed a"}},
	{rules.Response, `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"oneOf":[{"type":"string"},{"type":"integer"}]}`,
		[]string{"error proved response-property-type-changed "}},
	{rules.Response, `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}},"anyOf":[{"properties":{"b":{"type":"string"}}},{"required":["a"]}]}`,
		nil},
	// alternatives much like the schema are compared with it, and what several of them change is named once
	{rules.Response, `{"type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"note":{"type":"string"},"url":{"type":"string"}}}`, `{"anyOf":[` +
		`{"title":"Label","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"label":{"type":"string"}},"required":["id","label"]},` +
		`{"title":"Lock","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"note":{"type":["string","null"]}},"required":["id"]},` +
		`{"title":"Move","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"to":{"type":"string"}},"required":["id"]}]}`,
		[]string{"error proved response-property-became-nullable note", "info none response-property-became-required id", "info none response-property-union-branch-added |Label", "info none response-property-union-branch-added |Move", "warning none response-property-removed url"}},
	{rules.Response, `{"type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"}}}`, `{"anyOf":[` +
		`{"title":"Label","type":"object","properties":{"id":{"type":"integer"},"at":{"type":"string"},"label":{"type":"string"}}},` +
		`{"title":"Move","type":"object","properties":{"id":{"type":"integer"},"at":{"type":"string"},"to":{"type":"string"}}}]}`,
		[]string{"error proved response-property-type-changed id", "info none response-property-added label", "info none response-property-union-branch-added |Move"}},
	{rules.Request, `{"oneOf":[{"title":"Label","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"label":{"type":"string"}},"required":["label"]},{"title":"Move","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"}}}]}`, `{"type":"object","properties":{"id":{"type":"string","maxLength":5},"at":{"type":"string"}}}`,
		[]string{"error proved request-property-max-length-added id", "info none request-property-union-branch-removed |Label", "warning none request-property-removed-required label"}},
	{rules.Response, `{"type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"note":{"type":"string"}},"required":["note"]}`, `{"anyOf":[` +
		`{"title":"Label","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"}}},` +
		`{"title":"Move","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"note":{"type":"string"}},"required":["note"]}]}`,
		[]string{"error proved response-property-removed-required note", "info none response-property-union-branch-added |Label"}},
	{rules.Request, `{"anyOf":[{"title":"Label","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"}}},{"title":"Move","type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"note":{"type":"string"}},"required":["note"]}]}`, `{"type":"object","properties":{"id":{"type":"string"},"at":{"type":"string"},"note":{"type":"string"}},"required":["note"]}`,
		[]string{"error proved request-property-added-required note", "info none request-property-union-branch-removed |Label"}},
	// a constant tells an alternative apart, however much it shares
	{rules.Response, `{"type":"object","properties":{"kind":{"const":"card"},"id":{"type":"string"}},"required":["kind"]}`, `{"oneOf":[{"title":"Bank","type":"object","properties":{"kind":{"const":"bank"},"id":{"type":"string"}},"required":["kind"]},{"title":"Card","type":"object","properties":{"kind":{"const":"card"},"id":{"type":"string"}},"required":["kind"]}]}`,
		[]string{"error proved response-property-union-branch-added |Bank"}},
	// of alternatives with other names those are compared that share most of their properties
	{rules.Request, `{"anyOf":[{"title":"Bank","type":"object","properties":{"iban":{"type":"string"},"bic":{"type":"string"}},"required":["iban"]},{"title":"Card","type":"object","properties":{"number":{"type":"string"},"cvv":{"type":"string"}},"required":["number"]}]}`, `{"anyOf":[{"title":"CreditCard","type":"object","properties":{"number":{"type":"string","maxLength":16},"cvv":{"type":"string"}},"required":["number"]},{"title":"Giro","type":"object","properties":{"iban":{"type":"string"},"bic":{"type":"string"}},"required":["iban"]},{"title":"Cash","type":"object","properties":{"till":{"type":"string"}},"required":["till"]}]}`,
		[]string{"error proved request-property-max-length-added number", "info none documentation-changed |CreditCard", "info none documentation-changed |Giro", "info none request-property-union-branch-added |Cash"}},
	{rules.Response, `{"oneOf":[{"title":"Bank","type":"object","properties":{"iban":{"type":"string"},"bic":{"type":"string"}},"required":["iban","bic"]},{"title":"Card","type":"object","properties":{"number":{"type":"string"}},"required":["number"]}]}`, `{"oneOf":[{"title":"Plastic","type":"object","properties":{"number":{"type":"string"}},"required":["number"]},{"title":"Giro","type":"object","properties":{"iban":{"type":"string"},"bic":{"type":"string"}},"required":["iban"]},{"title":"Cash","type":"object","properties":{"till":{"type":"string"}},"required":["till"]}]}`,
		[]string{"error proved response-property-became-optional bic", "error proved response-property-union-branch-added |Cash", "info none documentation-changed |Giro", "info none documentation-changed |Plastic"}},
	{rules.Request, `{"oneOf":[{"$ref":"#/components/schemas/Obj"},{"$ref":"#/components/schemas/Obj"}]}`, `{"oneOf":[{"$ref":"#/components/schemas/Obj"},{"title":"Other","type":"object","properties":{"p":{"type":"integer"}},"required":["p"]},{"title":"Third","type":"object","properties":{"y":{"type":"string"}},"required":["y"]}]}`,
		[]string{"info none request-property-one-of-overlap-removed ", "info none request-property-union-branch-added |Other", "info none request-property-union-branch-added |Third"}},
	// the other alternatives of oneOf accept what one lost
	{rules.Request, `{"type":"object","properties":{"status":{"enum":["done","open"]},"end":{"type":"string"}},"anyOf":[{"properties":{"status":{"enum":["done"]}},"required":["end"]},{"properties":{"status":{"enum":["open"]}}}]}`, `{"type":"object","properties":{"status":{"enum":["done","open"]},"end":{"type":"string"}},"oneOf":[{"properties":{"status":{"enum":["done"]}},"required":["status","end"]},{"properties":{"status":{"enum":["open"]}}}]}`,
		[]string{"info none request-property-became-required status"}},
}

func TestAlternativesAreNamed(t *testing.T) {
	for _, c := range namedUnions {
		r := Compare(context.Background(), containedDocument(t, c.old, c.side), containedDocument(t, c.new, c.side), Options{Now: testNow})
		var found []string
		for _, f := range r.Diff.Changes {
			last := ""
			if i := strings.LastIndexByte(f.Subject, '.'); i >= 0 {
				last = f.Subject[i+1:]
			}
			found = append(found, strings.Join([]string{string(f.Level), cmp.Or(string(f.Verdict), "none"), f.Rule, last}, " "))
		}
		slices.Sort(found)
		if !slices.Equal(found, c.found) {
			t.Errorf("%s %s to %s: found %q, want %q%s", c.side, c.old, c.new, found, c.found, told(r))
		}
	}
}
