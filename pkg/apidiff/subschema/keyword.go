package subschema

import (
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// keywords are the keywords of one schema node, read once. Only keywords that say something are
// kept: explicit defaults (minItems: 0, additionalProperties: true, ...) leave no trace.
type keywords struct {
	asserts       bool // some keyword restricts values
	openItems     bool // items admits everything: no item is left unevaluated
	openProps     bool // additionalProperties does
	annotated     bool // annotations beside a reference or allOf
	nullableAlone bool // 3.0 nullable beside a reference or allOf, without a type: null is meant to be valid

	foreign    bool          // its meta-schema may take keywords for annotations
	dangling   bool          // a reference does not resolve: nobody knows what it says
	ref        contract.Node // target of $ref or $dynamicRef
	allOf      []contract.Node
	types      Types
	typed      bool // there is a type keyword
	typeAt     contract.Node
	nullable   bool
	assertions []keyword // all other assertions, in document order
	unknown    []keyword // what no version of the specification defines
}

type keyword struct {
	name  string
	value contract.Node
}

// annotationNames are keywords that say nothing about validity; they are compared apart.
var annotationNames = map[string]bool{
	"title": true, "description": true, "example": true, "examples": true, "externalDocs": true, "$comment": true,
	"default": true, "deprecated": true, "readOnly": true, "writeOnly": true, "xml": true, "discriminator": true,
	"$id": true, "$schema": true, "$anchor": true, "$dynamicAnchor": true, "$defs": true, "definitions": true, "$vocabulary": true,
}

// assertionNames are the keywords that restrict values, besides type, $ref and allOf.
var assertionNames = map[string]bool{
	"enum": true, "const": true,
	"multipleOf": true, "maximum": true, "exclusiveMaximum": true, "minimum": true, "exclusiveMinimum": true,
	"maxLength": true, "minLength": true, "pattern": true, "format": true, "contentEncoding": true, "contentMediaType": true, "contentSchema": true,
	"items": true, "prefixItems": true, "additionalItems": true, "contains": true, "minContains": true, "maxContains": true,
	"maxItems": true, "minItems": true, "uniqueItems": true, "unevaluatedItems": true,
	"properties": true, "required": true, "additionalProperties": true, "patternProperties": true, "propertyNames": true,
	"dependentRequired": true, "dependentSchemas": true, "dependencies": true, "maxProperties": true, "minProperties": true, "unevaluatedProperties": true,
	"anyOf": true, "oneOf": true, "not": true, "if": true, "then": true, "else": true,
}

func (s *Catalog) keywordsOf(n contract.Node) *keywords {
	a := s.cacheOf(n)
	if a.keywords != nil {
		return a.keywords
	}
	f := &keywords{types: AnyType}
	a.keywords = f
	var composed bool
	for name, v := range n.Fields() {
		switch name {
		case "$ref", "$dynamicRef":
			f.ref = s.target(v)
			f.dangling = f.dangling || !f.ref.Exists() && v.Kind() == contract.String
			composed = composed || f.ref.Exists()
		case "allOf":
			for _, m := range v.Items() {
				f.allOf = append(f.allOf, m)
			}
			composed = composed || len(f.allOf) > 0
		case "anyOf", "oneOf":
			if v.Len() == 1 {
				f.allOf = append(f.allOf, v.At(0)) // an alternative of one is none
				composed = true
			} else {
				f.keep(name, v)
			}
		case "type":
			f.readType(v)
		case "$schema":
			f.foreign = !strings.Contains(v.Text(), "://json-schema.org/") && !strings.Contains(v.Text(), "://spec.openapis.org/")
		case "nullable":
			f.nullable = v.Bool() && s.V30
		default:
			f.keep(name, v)
		}
	}
	f.conclude(composed)
	return f
}

func (s *Catalog) target(v contract.Node) contract.Node {
	t := s.Doc.Target(v)
	for t.Exists() {
		next := s.Doc.Target(t.Get("$ref"))
		if !next.Exists() || (!s.V30 && t.Len() > 1) {
			break
		}
		t = next
	}
	return t
}

// conclude draws the conclusions that need all keywords.
func (f *keywords) conclude(composed bool) {
	if f.nullable {
		switch {
		case f.typed:
			f.types |= Null
		case composed || f.has("anyOf") || f.has("oneOf"):
			f.nullableAlone = true
		}
	}
	f.asserts = f.asserts || f.types != AnyType
}

func (f *keywords) has(name string) bool {
	for _, k := range f.assertions {
		if k.name == name {
			return true
		}
	}
	return false
}

// keep notes a keyword unless it says nothing.
func (f *keywords) keep(name string, v contract.Node) {
	switch {
	case annotationNames[name] || contract.IsExtension(name):
		f.annotated = true
	case !assertionNames[name]:
		f.annotated = true
		f.unknown = append(f.unknown, keyword{name, v})
	case trivial(name, v):
		f.openItems = f.openItems || name == "items"
		f.openProps = f.openProps || name == "additionalProperties"
	default:
		f.assertions = append(f.assertions, keyword{name, v})
		f.asserts = true
	}
}

// trivial reports whether a keyword with this value leaves every value valid.
func trivial(name string, v contract.Node) bool {
	switch name {
	case "minLength", "minItems", "minProperties":
		return v.Kind() == contract.Number && isZero(v.Literal())
	case "uniqueItems":
		return !v.Bool()
	case "required", "properties", "patternProperties", "dependentRequired", "dependentSchemas", "prefixItems":
		return v.Len() == 0
	case "anyOf", "oneOf":
		return v.Kind() != contract.Array // without alternatives nothing is valid
	case "additionalProperties", "items", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "additionalItems":
		return v.Kind() == contract.Bool && v.Bool() || v.Kind() == contract.Object && onlyAnnotations(v)
	case "exclusiveMinimum", "exclusiveMaximum":
		return v.Kind() == contract.Bool && !v.Bool()
	case "format", "pattern":
		return v.Text() == ""
	case "then", "else", "if":
		return v.Kind() == contract.Invalid
	default:
		return false
	}
}

// onlyAnnotations reports whether a schema object has no keyword but annotations.
func onlyAnnotations(v contract.Node) bool {
	for name := range v.Fields() {
		if !annotationNames[name] && !contract.IsExtension(name) && name != "nullable" {
			return false
		}
	}
	return true
}

func isZero(literal string) bool {
	for _, c := range literal {
		if c == 'e' || c == 'E' {
			break
		}
		if c != '0' && c != '.' && c != '-' {
			return false
		}
	}
	return literal != ""
}

// direct are the schemas that apply in place at n by reference or allOf, and whether they alone count.
func (s *Catalog) direct(n contract.Node) (schemas []contract.Node, alone bool) {
	f := s.keywordsOf(n)
	if f.ref.Exists() && s.V30 {
		return []contract.Node{f.ref}, true
	}
	return append([]contract.Node{f.ref}, f.allOf...), false
}
