package search

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/internal/ecmaregex"
)

// recheck holds a witness against validators made anew: the derived schema written out as text and
// compiled as any JSON Schema, and the document as kin-openapi itself loads it.
func recheck(t *testing.T, q Query, raw []byte, keyword string, alone bool) {
	t.Helper()
	v := decode(t, raw)
	m := modes[keyword]
	if q.Direction == Response {
		m |= validators.AsResponse
	}
	for _, side := range []struct {
		SchemaNode
		valid bool
	}{{q.Inner, true}, {q.Outer, false}} {
		text := written(t, side.SchemaNode, m)
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft2020)
		if m&validators.AssertFormat != 0 {
			c.AssertFormat()
		}
		c.UseRegexpEngine(func(text string) (jsonschema.Regexp, error) {
			p, err := ecmaregex.Parse(text)
			return &validators.Pattern{Pattern: p}, err
		})
		schema, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("mem:///s", schema); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		compiled, err := c.Compile("mem:///s")
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if err := compiled.Validate(v); (err == nil) != side.valid {
			t.Errorf("compiled from text: valid is %v, want %v: %s\n%s\n%v", err == nil, side.valid, raw, text, err)
		}
		if why := loaded(side.SchemaNode, m, v); !alone && (why == nil) != side.valid {
			t.Errorf("loaded by kin-openapi: valid is %v, want %v: %s %v", why == nil, side.valid, raw, why)
		}
	}
}

// kinDocs are documents as kin-openapi loads them: large ones once.
var kinDocs sync.Map

// loaded is why kin-openapi refuses v, reading the whole document.
func loaded(s SchemaNode, m validators.Mode, v any) error {
	known, ok := kinDocs.Load(s.Doc)
	if !ok {
		doc, err := openapi3.NewLoader().LoadFromData(s.Doc.Canonical())
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
		known = doc
		if len(s.Doc.Canonical()) > 100_000 {
			kinDocs.Store(s.Doc, doc)
		}
	}
	doc := known.(*openapi3.T)
	opts := []openapi3.SchemaValidationOption{openapi3.VisitAsRequest(), openapi3.SetSchemaRegexCompiler(ecmaRegexp)}
	if m&validators.AsResponse != 0 {
		opts[0] = openapi3.VisitAsResponse()
	}
	if m&validators.AssertAccess == 0 {
		opts = append(opts, openapi3.DisableReadOnlyValidation(), openapi3.DisableWriteOnlyValidation())
	}
	if m&validators.AssertFormat != 0 {
		opts = append(opts, openapi3.WithStringFormatValidators(validators.FormatValidators()))
	} else {
		none := openapi3.NewCallbackValidator(func(string) error { return nil })
		opts = append(opts, openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{"date": none, "date-time": none, "byte": none}),
			openapi3.WithIntegerFormatValidators(map[string]openapi3.IntegerFormatValidator{
				"int32": openapi3.NewCallbackValidator(func(int64) error { return nil }), "int64": openapi3.NewCallbackValidator(func(int64) error { return nil })}))
	}
	if !strings.HasPrefix(s.Doc.OpenAPI(), "3.0") {
		opts = append(opts, openapi3.EnableJSONSchema2020())
	}
	at := s.Node.Place().Pointer
	name := at[strings.LastIndexByte(at, '/')+1:]
	return doc.Components.Schemas[name].Value.VisitJSON(v, opts...)
}

// ecmaRegexp lets kin-openapi read patterns as ECMA-262 does.
func ecmaRegexp(text string) (openapi3.RegexMatcher, error) {
	p, err := ecmaregex.Parse(text)
	return &validators.Pattern{Pattern: p}, err
}

// written is the derived schema as text, with what references lead to in $defs.
func written(t testing.TB, s SchemaNode, m validators.Mode) string {
	t.Helper()
	w := validators.NewSession()
	out := validators.NewWriter()
	root := out.Schema(w.Derived(validators.Schema{Doc: w.Document(s.Doc), Node: s.Node}, m))
	all, ok := root.(map[string]any)
	if !ok {
		all = map[string]any{"allOf": []any{root}}
	}
	all["$defs"] = out.Rest()
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
