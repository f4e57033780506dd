package validators

import (
	"cmp"
	"iter"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// Dialect is how a document's version of OpenAPI reads a schema.
type Dialect uint8

const (
	OpenAPI30 Dialect = iota // an own extended subset of JSON Schema draft 5
	OpenAPI31                // JSON Schema 2020-12
)

// Document is one side of a comparison.
type Document struct {
	Contract *contract.Document
	Dialect  Dialect
}

// Schema is a schema where it stands.
type Schema struct {
	Doc  *Document
	Node contract.Node
}

// keywords30 are the keywords that OpenAPI 3.0 knows (3.0.4, section 4.7.24); it ignores others.
var keywords30 = map[string]bool{
	"$ref": true, "multipleOf": true, "maximum": true, "exclusiveMaximum": true, "minimum": true, "exclusiveMinimum": true,
	"maxLength": true, "minLength": true, "pattern": true, "maxItems": true, "minItems": true, "uniqueItems": true,
	"maxProperties": true, "minProperties": true, "required": true, "enum": true, "type": true, "allOf": true, "oneOf": true,
	"anyOf": true, "not": true, "items": true, "properties": true, "additionalProperties": true, "format": true,
	"default": true, "nullable": true, "discriminator": true, "readOnly": true, "writeOnly": true, "example": true,
}

// Get is the value of a keyword; absent where the dialect does not know it, or a $ref hides it.
func (s Schema) Get(keyword string) contract.Node {
	if v := s.Node.Get(keyword); v.Exists() && s.heeds(keyword) {
		return v
	}
	return contract.Node{}
}

// Keywords are the keywords of s that count, in document order.
func (s Schema) Keywords() iter.Seq2[string, contract.Node] {
	return func(yield func(string, contract.Node) bool) {
		for keyword, v := range s.Node.Fields() {
			if s.heeds(keyword) && !yield(keyword, v) {
				return
			}
		}
	}
}

// heeds is whether the dialect knows a keyword, and no $ref hides it.
func (s Schema) heeds(keyword string) bool {
	if s.Doc.Dialect == OpenAPI30 {
		return keywords30[keyword] && (keyword == "$ref" || s.Node.Get("$ref").Kind() != contract.String)
	}
	return keyword != "nullable"
}

// StandsForNull is whether an alternative says {nullable: true} and nothing else: what generators
// of 3.0 write for null. By the letter it admits everything, and the other alternatives would be
// pointless.
func (s Schema) StandsForNull() bool {
	if s.Doc.Dialect != OpenAPI30 || !s.Node.Get("nullable").Bool() {
		return false
	}
	for keyword := range s.Node.Fields() {
		if keyword != "nullable" && s.heeds(keyword) && keyword != "default" && keyword != "example" {
			return false
		}
	}
	return true
}

// At is a schema of the same document.
func (s Schema) At(n contract.Node) Schema { return Schema{s.Doc, n} }

// Target is the schema that s refers to. References that stand alone are followed to the end of
// their chain; one with siblings is left for its turn, since from 3.1 on they apply too.
func (s Schema) Target() (Schema, bool) {
	ref := s.Get("$ref")
	if ref.Kind() != contract.String {
		return Schema{}, false
	}
	if s.Doc.Dialect == OpenAPI30 {
		t := s.Doc.Contract.Deref(s.Node)
		return s.At(t), t != s.Node
	}
	t := s.Doc.Contract.Target(ref)
	for t.Len() == 1 {
		next := s.Doc.Contract.Target(t.Get("$ref"))
		if !next.Exists() {
			break
		}
		t = next
	}
	return s.At(t), t.Exists()
}

// Resolved is s with the reference followed where s says nothing beside it.
func (s Schema) Resolved() Schema {
	for {
		t, ok := s.Target()
		if !ok || s.Doc.Dialect == OpenAPI31 && s.Node.Len() > 1 {
			return s
		}
		s = t // ends: the loader has refused circles
	}
}

// RefName is the last part of a reference: the name of the component.
func RefName(n contract.Node) string {
	ref := n.Get("$ref").Text()
	return ref[strings.LastIndexByte(ref, '/')+1:]
}

// alternativeNames are the names of the alternatives that v lists, as the location of the schema
// that holds them: errors carry it.
func alternativeNames(v contract.Node) string {
	names := []string{v.Key()}
	for _, b := range v.Items() {
		name := cmp.Or(RefName(b), b.Get("title").Text())
		names = append(names, clip(strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, name)))
	}
	return strings.Join(names, "\n") + "\x00"
}

// maxClipped is how many bytes of a text are shown that a contract or a value makes as long as it
// likes.
const maxClipped = 200

func clip(s string) string {
	if len(s) <= maxClipped {
		return s
	}
	return strings.ToValidUTF8(s[:maxClipped], "") + "..."
}

// Flag is whether a boolean annotation stands on the schema or on what it refers to.
func (s Schema) Flag(keyword string) bool {
	if s.Get(keyword).Bool() {
		return true
	}
	t, ok := s.Target()
	return ok && t.Get(keyword).Bool()
}

// Nullable is whether 3.0 lets null pass beside what else a schema says, which without a type is an
// alternative.
func Nullable(s Schema) bool {
	return s.Get("nullable").Bool() && !s.Get("type").Exists() && !s.Get("enum").Exists()
}

// MaxParts bounds the schemas merged into one shape.
const MaxParts = 300
