package apidiff

import (
	"github.com/romel/govctl/pkg/contract"
)

// types is a set of the kinds of JSON value; numbers are two kinds, so that integer lies within number.
type types uint8

const (
	tNull types = 1 << iota
	tBool
	tInt
	tFrac // numbers that are no integers
	tString
	tArray
	tObject
	tAll types = 1<<iota - 1

	tNumber = tInt | tFrac
	tScalar = tNull | tBool | tNumber | tString
)

var typeNames = map[string]types{
	"null": tNull, "boolean": tBool, "integer": tInt, "number": tNumber, "string": tString, "array": tArray, "object": tObject,
}

// String lists the types as a schema would.
func (t types) String() string {
	if t == tAll {
		return "any"
	}
	out := ""
	add := func(s string) {
		if out != "" {
			out += ", "
		}
		out += s
	}
	for _, k := range []struct {
		t    types
		name string
	}{{tString, "string"}, {tNumber, "number"}, {tInt, "integer"}, {tBool, "boolean"}, {tArray, "array"}, {tObject, "object"}, {tNull, "null"}} {
		if t&k.t == k.t && (k.t != tInt || t&tFrac == 0) {
			add(k.name)
		}
	}
	if out == "" {
		return "nothing"
	}
	return out
}

// facts are the keywords of one schema node, read once. Only keywords that say something are kept: explicit
// defaults (minItems: 0, additionalProperties: true, ...) leave no trace.
type facts struct {
	asserts       bool // some keyword restricts values
	openItems     bool // items admits everything: no item is left unevaluated
	openProps     bool // additionalProperties does
	noted         bool // words or flags beside a reference or allOf
	nullableAlone bool // 3.0 nullable beside a reference or allOf, without a type: null is meant to be valid

	dangling bool          // a reference does not resolve: nobody knows what it says
	ref      contract.Node // target of $ref or $dynamicRef
	allOf    []contract.Node
	types    types
	typed    bool // there is a type keyword
	typeAt   contract.Node
	nullable bool
	keywords []keyword // all other assertions, in document order
	unknown  []keyword // what no version of the specification speaks of
}

type keyword struct {
	name  string
	value contract.Node
}

// annotations are keywords that say nothing about validity; they are compared apart.
var annotations = map[string]bool{
	"title": true, "description": true, "example": true, "examples": true, "externalDocs": true, "$comment": true,
	"default": true, "deprecated": true, "readOnly": true, "writeOnly": true, "xml": true, "discriminator": true,
	"$id": true, "$schema": true, "$anchor": true, "$dynamicAnchor": true, "$defs": true, "definitions": true, "$vocabulary": true,
}

// assertions are the keywords that restrict values, besides type, $ref and allOf.
var assertions = map[string]bool{
	"enum": true, "const": true,
	"multipleOf": true, "maximum": true, "exclusiveMaximum": true, "minimum": true, "exclusiveMinimum": true,
	"maxLength": true, "minLength": true, "pattern": true, "format": true, "contentEncoding": true, "contentMediaType": true, "contentSchema": true,
	"items": true, "prefixItems": true, "additionalItems": true, "contains": true, "minContains": true, "maxContains": true,
	"maxItems": true, "minItems": true, "uniqueItems": true, "unevaluatedItems": true,
	"properties": true, "required": true, "additionalProperties": true, "patternProperties": true, "propertyNames": true,
	"dependentRequired": true, "dependentSchemas": true, "dependencies": true, "maxProperties": true, "minProperties": true, "unevaluatedProperties": true,
	"anyOf": true, "oneOf": true, "not": true, "if": true, "then": true, "else": true,
}

func (s *side) fact(n contract.Node) *facts {
	a := s.about(n)
	if a.facts != nil {
		return a.facts
	}
	f := &facts{types: tAll}
	a.facts = f
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
		case "nullable":
			f.nullable = v.Bool() && s.v30
		default:
			f.keep(name, v)
		}
	}
	f.settle(composed)
	return f
}

func (s *side) target(v contract.Node) contract.Node {
	t := s.doc.Target(v)
	for t.Exists() {
		next := s.doc.Target(t.Get("$ref"))
		if !next.Exists() || (!s.v30 && t.Len() > 1) {
			break
		}
		t = next
	}
	return t
}

func (f *facts) readType(v contract.Node) {
	f.typeAt = v
	switch v.Kind() {
	case contract.String:
		if t, ok := typeNames[v.Text()]; ok {
			f.types, f.typed = t, true
		}
	case contract.Array:
		var t types
		for _, item := range v.Items() {
			t |= typeNames[item.Text()]
		}
		if t != 0 {
			f.types, f.typed = t, true
		}
	}
}

// settle draws the conclusions that need all keywords.
func (f *facts) settle(composed bool) {
	if f.nullable {
		switch {
		case f.typed:
			f.types |= tNull
		case composed || f.has("anyOf") || f.has("oneOf"):
			f.nullableAlone = true
		}
	}
	f.asserts = f.asserts || f.types != tAll
}

func (f *facts) has(name string) bool {
	for _, k := range f.keywords {
		if k.name == name {
			return true
		}
	}
	return false
}

// keep notes a keyword unless it says nothing.
func (f *facts) keep(name string, v contract.Node) {
	switch {
	case annotations[name] || isExtension(name):
		f.noted = true
	case !assertions[name]:
		f.noted = true
		f.unknown = append(f.unknown, keyword{name, v})
	case trivial(name, v):
		f.openItems = f.openItems || name == "items"
		f.openProps = f.openProps || name == "additionalProperties"
	default:
		f.keywords = append(f.keywords, keyword{name, v})
		f.asserts = true
	}
}

func isExtension(name string) bool {
	return len(name) > 2 && (name[0] == 'x' || name[0] == 'X') && name[1] == '-'
}

// trivial reports whether a keyword with this value leaves every value valid.
func trivial(name string, v contract.Node) bool {
	switch name {
	case "minLength", "minItems", "minProperties":
		return v.Kind() == contract.Number && isZero(v.Literal())
	case "uniqueItems":
		return !v.Bool()
	case "required", "properties", "patternProperties", "dependentRequired", "dependentSchemas", "prefixItems", "anyOf", "oneOf":
		return v.Len() == 0
	case "additionalProperties", "items", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "additionalItems":
		return v.Kind() == contract.Bool && v.Bool() || v.Kind() == contract.Object && onlyWords(v)
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

// onlyWords reports whether a schema object has no keyword but words and flags.
func onlyWords(v contract.Node) bool {
	for name := range v.Fields() {
		if !annotations[name] && !isExtension(name) && name != "nullable" {
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
