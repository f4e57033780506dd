package operations

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// schemaName is the name of the schema that a reference or a mapping value leads to.
func schemaName(n contract.Node) string {
	text := n.Text()
	return text[strings.LastIndexByte(text, '/')+1:]
}

// parents are the schemas with a discriminator, and without alternatives beside it, that a schema extends.
func parents(s *subschema.Catalog, child contract.Node) []contract.Node {
	var out []contract.Node
	for _, part := range child.Get("allOf").Items() {
		if p := s.Doc.Deref(part); p != part && p.Get("discriminator").Exists() && !p.Get("oneOf").Exists() && !p.Get("anyOf").Exists() {
			out = append(out, p)
		}
	}
	return out
}

// unmapped reports whether no value but its name leads to a child.
func unmapped(parent contract.Node, child string) bool {
	for value, target := range parent.Get("discriminator").Get("mapping").Fields() {
		if schemaName(target) == child && value != child {
			return false
		}
	}
	return true
}

// child is the schema of a contract that extends the holder of a discriminator and has the name.
func (e *Comparer) child(s *subschema.Catalog, holder contract.Node, name string) contract.Node {
	c := s.Doc.Root().Get("components").Get("schemas").Get(name)
	e.Schemas.Meter.Charge(2 + c.Get("allOf").Len())
	for _, p := range parents(s, c) {
		if p == holder && unmapped(p, name) {
			return c
		}
	}
	return contract.Node{}
}
