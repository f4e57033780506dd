package operations

import (
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// Documents compares what belongs to no operation: the version, the texts, the names of schemas.
func (e *Comparer) Documents() *Part {
	s := &Part{}
	o, n := e.Old.Doc.Root(), e.New.Doc.Root()
	if a, b := o.Get("openapi"), n.Get("openapi"); a.Text() != b.Text() {
		s.note(subschema.Difference{On: "words", Attr: "openapi", Op: rules.Changed, Old: a, New: b, From: jsonvalue.JSONOf(a), To: jsonvalue.JSONOf(b)})
	}
	if a, b := o.Get("info"), n.Get("info"); a.Hash() != b.Hash() {
		e.compareDocumentation(s, a, b, "title", "version", "summary", "description", "termsOfService", "contact", "license")
		e.compareOtherKeys(s, a, b, infoKeys)
	}
	e.compareDocumentation(s, o, n, "tags", "externalDocs")
	if e.since32() {
		e.compareDocumentation(s, o, n, "$self")
	}
	e.compareOtherKeys(s, o, n, rootKeys)
	e.compareNames(s, o.Get("components").Get("schemas"), n.Get("components").Get("schemas"))
	return s
}

// The keys that are compared elsewhere, and two that say when and as what a document was exported: they differ each time and change nothing.
var (
	rootKeys = jsonvalue.Known("openapi", "info", "servers", "paths", "webhooks", "x-webhooks", "components", "security", "tags", "externalDocs", "jsonSchemaDialect", "$self",
		"x-generated-at", "x-governance-version")
	infoKeys = jsonvalue.Known("title", "version", "summary", "description", "termsOfService", "contact", "license", "x-generated-at", "x-governance-version")
)

// compareNames compares the names of schemas, which generated code uses.
func (e *Comparer) compareNames(s *Part, o, n contract.Node) {
	if o.Hash() == n.Hash() {
		return
	}
	renamed, targets := e.renames(o, n)
	for name, v := range o.Fields() {
		if n.Get(name).Exists() {
			continue
		}
		d := subschema.Difference{On: "component", Op: rules.Removed, Old: v, NewAt: n}
		if w := renamed[v]; w.Exists() {
			d = subschema.Difference{On: "component", Op: rules.Renamed, Old: v, New: w, From: jsonvalue.Quoted(name), To: jsonvalue.Quoted(w.Key())}
			if e.toldByName(v, w) {
				d.When = "discriminator"
			}
		}
		s.note(d)
	}
	for name, v := range n.Fields() {
		if !o.Get(name).Exists() && !targets[v] {
			s.note(subschema.Difference{On: "component", Op: rules.Added, New: v, OldAt: o})
		}
	}
}

// renames are the schemas that kept their content and changed their name, and what they are called
// now.
func (e *Comparer) renames(o, n contract.Node) (renamed map[contract.Node]contract.Node, targets map[contract.Node]bool) {
	renamed, targets = map[contract.Node]contract.Node{}, map[contract.Node]bool{}
	fresh := map[contract.Hash][]contract.Node{}
	for name, v := range n.Fields() {
		if !o.Get(name).Exists() {
			h := e.New.Closure(v)
			fresh[h] = append(fresh[h], v)
		}
	}
	for name, v := range o.Fields() {
		if n.Get(name).Exists() {
			continue
		}
		if list := fresh[e.Old.Closure(v)]; len(list) > 0 {
			renamed[v], targets[list[0]] = list[0], true
			fresh[e.Old.Closure(v)] = list[1:]
		}
	}
	return renamed, targets
}

// toldByName reports whether the name of a renamed schema was the discriminator value that led to it, and no longer leads to
// it. The schema with the discriminator need not say a word of its children, so nothing else of it differs.
func (e *Comparer) toldByName(old, new contract.Node) bool {
	for _, parent := range parents(e.Old, old) {
		if !unmapped(parent, old.Key()) {
			continue
		}
		kept := false
		for _, p := range parents(e.New, new) {
			kept = kept || schemaName(p.Get("discriminator").Get("mapping").Get(old.Key())) == new.Key()
		}
		if !kept {
			return true
		}
	}
	return false
}
