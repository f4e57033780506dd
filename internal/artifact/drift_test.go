package artifact

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/romel/govctl/pkg/report"
	"github.com/romel/govctl/schemas"
)

// schema is as much of a JSON Schema as our own files use.
type schema struct {
	Ref        string             `json:"$ref"`
	Defs       map[string]*schema `json:"$defs"`
	Type       any                `json:"type"`
	Const      any                `json:"const"`
	Required   []string           `json:"required"`
	Properties map[string]*schema `json:"properties"`
	Additional any                `json:"additionalProperties"`
	Items      *schema            `json:"items"`
	OneOf      []*schema          `json:"oneOf"`
	About      string             `json:"description"`
}

// TestSchemasMatchTypes holds every schema and its Go types together, both ways.
func TestSchemasMatchTypes(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if k.Schema == "" || seen[k.Schema] {
			continue
		}
		seen[k.Schema] = true
		t.Run(k.Schema, func(t *testing.T) {
			for _, problem := range drift(t, k) {
				t.Error(problem)
			}
		})
	}
}

// TestDetailsMatchTypes does the same for what is a part of other files: the details of evidence.
func TestDetailsMatchTypes(t *testing.T) {
	for _, k := range []Kind{
		{Schema: "evidence-headers", Shapes: []reflect.Type{reflect.TypeFor[report.HeadersDetail]()}},
		{Schema: "evidence-smoke", Shapes: []reflect.Type{reflect.TypeFor[report.Smoke]()}},
		{Schema: "evidence-latency", Shapes: []reflect.Type{reflect.TypeFor[report.LatencyDetail]()}},
	} {
		for _, problem := range drift(t, k) {
			t.Error(problem)
		}
	}
}

func TestDriftIsNoticed(t *testing.T) {
	type grown struct {
		report.Badge
		Extra string `json:"extra"`
	}
	if got := drift(t, Kind{Schema: "badge", Shapes: []reflect.Type{reflect.TypeFor[grown]()}}); len(got) == 0 {
		t.Error("a type with one field too many passed")
	}
	type shrunk struct {
		SchemaVersion string `json:"schemaVersion"`
	}
	if got := drift(t, Kind{Schema: "badge", Shapes: []reflect.Type{reflect.TypeFor[shrunk]()}}); len(got) < 3 {
		t.Errorf("a type with fields missing gave only %v", got)
	}
}

func drift(t *testing.T, k Kind) []string {
	t.Helper()
	src, err := schemas.Source(k.Schema)
	if err != nil {
		t.Fatal(err)
	}
	var root schema
	if err := json.Unmarshal(src, &root); err != nil {
		t.Fatal(err)
	}
	c := comparer{root: &root}
	alternatives := []*schema{&root}
	if len(root.OneOf) > 0 {
		alternatives = root.OneOf
	}
	if len(alternatives) != len(k.Shapes) {
		return []string{fmt.Sprintf("%d alternatives, %d types", len(alternatives), len(k.Shapes))}
	}
	for i, alt := range alternatives {
		c.compare("", alt, k.Shapes[i])
	}
	return c.problems
}

type comparer struct {
	root     *schema
	problems []string
	done     map[reflect.Type]bool
}

func (c *comparer) say(at, format string, args ...any) {
	c.problems = append(c.problems, at+": "+fmt.Sprintf(format, args...))
}

// enter goes into another schema that a reference names; an empty one is that of the reference itself.
func (c *comparer) enter(file string) {
	if file == "" {
		return
	}
	c.root = &schema{}
	src, err := schemas.Source(strings.TrimSuffix(file, ".schema.json"))
	if err == nil {
		err = json.Unmarshal(src, c.root)
	}
	if err != nil {
		c.say("", "%s: %v", file, err)
	}
}

func (c *comparer) compare(at string, s *schema, typ reflect.Type) {
	if file, name, ok := strings.Cut(s.Ref, "#/$defs/"); ok {
		defer func(root *schema) { c.root = root }(c.root)
		c.enter(file)
		if s = c.root.Defs[name]; s == nil {
			c.say(at, "no definition %s", name)
			return
		}
	}
	nullable := typ.Kind() == reflect.Pointer
	if nullable {
		typ = typ.Elem()
	}
	want, known := jsonType(typ)
	if !known {
		return // a raw value: the schema may say anything
	}
	if s.Const != nil {
		if got := reflect.TypeOf(s.Const).Kind(); (got == reflect.String) != (want == "string") {
			c.say(at, "constant %v for %s", s.Const, typ)
		}
		return
	}
	if !slices.Contains(types(s.Type), want) {
		c.say(at, "type %v, the Go type writes %s", s.Type, want)
		return
	}
	if slices.Contains(types(s.Type), "null") && !nullable {
		c.say(at, "null is allowed, the Go type never writes it")
	}
	switch {
	case want == "array":
		c.compare(at+"/-", s.Items, typ.Elem())
	case typ.Kind() == reflect.Struct && want == "object":
		c.object(at, s, typ)
	}
}

func (c *comparer) object(at string, s *schema, typ reflect.Type) {
	if c.done == nil {
		c.done = map[reflect.Type]bool{}
	}
	if c.done[typ] {
		return
	}
	c.done[typ] = true
	if s.Additional != false {
		c.say(at, "additionalProperties is not false")
	}
	var names, required []string
	for _, f := range reflect.VisibleFields(typ) {
		if f.Anonymous {
			continue // its fields are visible and stand in the object itself
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue // it is never written
		}
		names = append(names, name)
		if !strings.Contains(options, "omitzero") {
			required = append(required, name)
		}
		p := s.Properties[name]
		if p == nil {
			c.say(at, "the schema lacks %s", name)
			continue
		}
		if p.About == "" && p.Ref == "" {
			c.say(at, "%s has no description", name)
		}
		c.compare(at+"/"+name, p, f.Type)
	}
	for name := range s.Properties {
		if !slices.Contains(names, name) {
			c.say(at, "the type lacks %s", name)
		}
	}
	sort.Strings(required)
	got := slices.Sorted(slices.Values(s.Required))
	if !slices.Equal(got, required) {
		c.say(at, "required is %v, the type always writes %v", got, required)
	}
}

func types(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
		return out
	}
	return nil
}

// jsonType is the JSON type that a Go type is written as; false for a value that is passed through.
func jsonType(t reflect.Type) (string, bool) {
	switch t {
	case reflect.TypeFor[report.Time](), reflect.TypeFor[report.MaybeTime]():
		return "string", true
	case reflect.TypeFor[jsontext.Value]():
		return "", false
	}
	switch t.Kind() {
	case reflect.String:
		return "string", true
	case reflect.Bool:
		return "boolean", true
	case reflect.Int, reflect.Int64:
		return "integer", true
	case reflect.Float64:
		return "number", true
	case reflect.Slice:
		return "array", true
	case reflect.Map, reflect.Struct:
		return "object", true
	}
	return "", false
}
