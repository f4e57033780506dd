package apidiff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// TestKeywordsWithoutEffect changes one schema: what is added without effect is reported, what has an
// effect or was there before is not.
func TestKeywordsWithoutEffect(t *testing.T) {
	for _, c := range []struct {
		name, version, old, new string
		want                    []string
	}{
		{"a limit of texts on a number", "3.1.0", `{type: integer}`, `{type: integer, maxLength: 5}`, []string{"`maxLength` was added and has no effect on the type integer"}},
		{"and on a text", "3.1.0", `{type: string}`, `{type: string, maxLength: 5}`, nil},
		{"and where any type goes", "3.1.0", `{}`, `{maxLength: 5}`, nil},
		{"and on one of two types", "3.1.0", `{type: [integer, string]}`, `{type: [integer, string], maxLength: 5}`, nil},
		{"a limit of items on a text", "3.0.3", `{type: string}`, `{type: string, minItems: 1}`, []string{"`minItems` was added and has no effect on the type string"}},
		{"a limit of numbers on an integer", "3.0.3", `{type: integer}`, `{type: integer, minimum: 1}`, nil},
		{"nullable in 3.1", "3.1.0", `{type: string}`, `{type: string, nullable: true}`, []string{"`nullable` was added and has no effect in OpenAPI 3.1; write `null` in `type`"}},
		{"nullable in 3.0", "3.0.3", `{type: string}`, `{type: string, nullable: true}`, nil},
		{"not nullable in 3.1", "3.1.0", `{type: string}`, `{type: string, nullable: false}`, nil},
		{"const in 3.0", "3.0.3", `{type: string}`, `{type: string, const: a}`, []string{"`const` was added and has no effect in OpenAPI 3.0; write `enum` of one value"}},
		{"const in 3.1", "3.1.0", `{type: string}`, `{type: string, const: a}`, nil},
		{"then without if", "3.1.0", `{type: string}`, `{type: string, then: {maxLength: 5}}`, []string{"`then` was added and has no effect without `if`"}},
		{"it was there before", "3.1.0", `{type: integer, maxLength: 5}`, `{type: integer, maxLength: 6}`, nil},
		{"it had an effect before", "3.1.0", `{type: string, maxLength: 5}`, `{type: integer, maxLength: 5}`, []string{"`maxLength` was added and has no effect on the type integer"}},
		{"a property of that name", "3.1.0", `{type: object}`, `{type: object, properties: {maxLength: {type: integer}}}`, nil},
		{"an example", "3.1.0", `{type: object}`, `{type: object, example: {type: integer, maxLength: 5}}`, nil},
		{"deep inside", "3.1.0", `{type: object}`, `{allOf: [{properties: {a: {items: {type: boolean, pattern: a}}}}]}`, []string{"`pattern` was added and has no effect on the type boolean"}},
	} {
		var got []string
		r := compareSchemas(t, c.version, c.old, c.new)
		for _, f := range r.Diff.Changes {
			if f.Rule == KeywordWithoutEffect {
				got = append(got, f.Message)
				if f.New == nil || f.New.Line == 0 || f.Breaking || f.Level != report.Warning {
					t.Errorf("%s: %+v", c.name, f)
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
		if r.Diff.Totals.WithoutEffect != len(c.want) {
			t.Errorf("%s: counted %d", c.name, r.Diff.Totals.WithoutEffect)
		}
	}
}

// Ten thousand of them are counted, and not all listed.
func TestManyKeywordsWithoutEffect(t *testing.T) {
	var properties strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&properties, "p%d: {type: integer, maxLength: 5}, ", i)
	}
	r := compareSchemas(t, "3.1.0", `{type: object}`, `{type: object, properties: {`+properties.String()+`}}`)
	listed := 0
	for _, f := range r.Diff.Changes {
		if f.Rule == KeywordWithoutEffect {
			listed++
		}
	}
	if r.Diff.Totals.WithoutEffect != 10_000 || listed == 0 || listed > maxWithoutEffect {
		t.Errorf("counted %d, listed %d", r.Diff.Totals.WithoutEffect, listed)
	}
}

// Schemas of other files count, each once.
func TestSchemasOfOtherFiles(t *testing.T) {
	files := map[string]string{
		"x.yaml": "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /x:\n    get:\n      responses:\n        '200':\n          description: ok\n          content: {application/json: {schema: {$ref: 'y.yaml#/a'}}}\n        '400':\n          description: ok\n          content: {application/json: {schema: {$ref: 'y.yaml#/a'}}}\n",
		"y.yaml": "a: {type: object, properties: {b: {type: integer}}}\n",
	}
	doc, err := contract.Parse(context.Background(), "x.yaml", []byte(files["x.yaml"]), contract.Options{
		ReadFile: func(_ context.Context, name string) ([]byte, error) { return []byte(files[name]), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := range doc.Schemas() {
		got = append(got, n.Get("type").Text())
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"", "", "integer", "object"}, got); diff != "" {
		t.Error(diff)
	}
}

// compareSchemas compares two schemas of a request.
func compareSchemas(t *testing.T, version, old, new string) *Result {
	t.Helper()
	var docs [2]*contract.Document
	for i, schema := range []string{old, new} {
		text := "openapi: " + version + "\ninfo: {title: t, version: '1'}\npaths:\n  /x:\n    post:\n      requestBody: {content: {application/json: {schema: " + schema +
			"}}}\n      responses: {'200': {description: ok}}\n"
		d, err := contract.Parse(context.Background(), "x.yaml", []byte(text), contract.Options{})
		if err != nil {
			t.Fatal(err)
		}
		docs[i] = d
	}
	return Compare(context.Background(), docs[0], docs[1], Options{Now: testNow})
}
