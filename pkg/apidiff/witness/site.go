package witness

import (
	"iter"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// dialect is how a document's version of OpenAPI reads a schema.
type dialect uint8

const (
	openapi30 dialect = iota // an own extended subset of JSON Schema draft 5
	openapi31                // JSON Schema 2020-12
)

// document is one side of a comparison.
type document struct {
	doc     *contract.Document
	dialect dialect
}

// site is a schema where it stands.
type site struct {
	d *document
	n contract.Node
}

// keywords30 are the keywords that OpenAPI 3.0 knows (3.0.4, section 4.7.24); it ignores others.
var keywords30 = map[string]bool{
	"$ref": true, "multipleOf": true, "maximum": true, "exclusiveMaximum": true, "minimum": true, "exclusiveMinimum": true,
	"maxLength": true, "minLength": true, "pattern": true, "maxItems": true, "minItems": true, "uniqueItems": true,
	"maxProperties": true, "minProperties": true, "required": true, "enum": true, "type": true, "allOf": true, "oneOf": true,
	"anyOf": true, "not": true, "items": true, "properties": true, "additionalProperties": true, "format": true,
	"default": true, "nullable": true, "discriminator": true, "readOnly": true, "writeOnly": true, "example": true,
}

// get is the value of a keyword; absent where the dialect does not know it, or a $ref hides it.
func (s site) get(keyword string) contract.Node {
	v := s.n.Get(keyword)
	if !v.Exists() || !s.d.dialect.knows(keyword) {
		return contract.Node{}
	}
	if s.d.dialect == openapi30 && keyword != "$ref" && s.n.Get("$ref").Kind() == contract.String {
		return contract.Node{}
	}
	return v
}

// keywords are the keywords of s that count, in document order.
func (s site) keywords() iter.Seq2[string, contract.Node] {
	only := ""
	if s.d.dialect == openapi30 && s.n.Get("$ref").Kind() == contract.String {
		only = "$ref"
	}
	return func(yield func(string, contract.Node) bool) {
		for keyword, v := range s.n.Fields() {
			if (only == "" || keyword == only) && s.d.dialect.knows(keyword) && !yield(keyword, v) {
				return
			}
		}
	}
}

func (d dialect) knows(keyword string) bool {
	if d == openapi30 {
		return keywords30[keyword]
	}
	return keyword != "nullable"
}

// standsForNull is whether an alternative says {nullable: true} and nothing else: what generators of 3.0 write for null.
// By the letter it admits everything, and the other alternatives would be pointless.
func (s site) standsForNull() bool {
	if s.d.dialect != openapi30 || !s.n.Get("nullable").Bool() {
		return false
	}
	for keyword := range s.n.Fields() {
		if keyword != "nullable" && s.d.dialect.knows(keyword) && keyword != "default" && keyword != "example" {
			return false
		}
	}
	return true
}

// at is a schema of the same document.
func (s site) at(n contract.Node) site { return site{s.d, n} }

// target is the schema that s refers to. References that stand alone are followed to the end of their chain; one with
// siblings is left for its turn, since from 3.1 on they apply too.
func (s site) target() (site, bool) {
	ref := s.get("$ref")
	if ref.Kind() != contract.String {
		return site{}, false
	}
	if s.d.dialect == openapi30 {
		t := s.d.doc.Deref(s.n)
		return s.at(t), t != s.n
	}
	t := s.d.doc.Target(ref)
	for t.Len() == 1 {
		next := s.d.doc.Target(t.Get("$ref"))
		if !next.Exists() {
			break
		}
		t = next
	}
	return s.at(t), t.Exists()
}

// resolved is s with the reference followed where s says nothing beside it.
func (s site) resolved() site {
	for {
		t, ok := s.target()
		if !ok || s.d.dialect == openapi31 && s.n.Len() > 1 {
			return s
		}
		s = t // ends: the loader has refused circles
	}
}

// refName is the last part of a reference: the name of the component.
func refName(n contract.Node) string {
	ref := n.Get("$ref").Text()
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// flag is whether a boolean annotation stands on the schema or on what it refers to.
func (s site) flag(keyword string) bool {
	if s.get(keyword).Bool() {
		return true
	}
	t, ok := s.target()
	return ok && t.get(keyword).Bool()
}
