package operations

import (
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/lifecycle"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// documentationKeywords are the keywords for people.
var documentationKeywords = []string{"title", "description", "summary", "example", "examples", "externalDocs", "$comment"}

// annotated are two uses of schemas with the differences that stand beside their keywords.
type annotated struct {
	old, new subschema.Use
	mode     subschema.Mode
	found    []subschema.Difference
}

// Annotations are the differences beside the keywords of two uses: descriptions, defaults, flags,
// extensions. Mostly there are none. The result is good until the next call.
func (e *Comparer) Annotations(o, n subschema.Use, m subschema.Mode) []subschema.Difference {
	if !o.Entry.Exists() || !n.Entry.Exists() {
		return nil
	}
	s := &e.annotated
	*s = annotated{old: o, new: n, mode: m, found: s.found[:0]}
	e.compareAnnotations(s, o.Carriers(), n.Carriers())
	return s.found
}

// note adds a difference as it is.
func (s *annotated) note(d subschema.Difference) { s.found = append(s.found, d) }

// report adds a difference of the property that the uses stand for.
func (e *Comparer) report(s *annotated, d subschema.Difference) {
	if e.Schemas.Meter.Spent() {
		return // what led to it may be wrong; the pair is reported as not compared
	}
	d.On, d.Side = "property", s.mode.Side()
	if !d.OldAt.Exists() {
		d.OldAt = jsonvalue.First(d.Old, s.old.Entry)
	}
	if !d.NewAt.Exists() {
		d.NewAt = jsonvalue.First(d.New, s.new.Entry)
	}
	s.note(d)
}

// annotation is the first value of a key.
func annotation(nodes []contract.Node, name string) contract.Node {
	return holder(nodes, name).Get(name)
}

// holder is the first node that has a key.
func holder(nodes []contract.Node, name string) contract.Node {
	for _, n := range nodes {
		if n.Get(name).Exists() {
			return n
		}
	}
	return contract.Node{}
}

func (e *Comparer) compareAnnotations(s *annotated, a, b []contract.Node) {
	var changed []string
	var was, is contract.Node
	for _, name := range documentationKeywords {
		o, n := annotation(a, name), annotation(b, name)
		if o.Hash() != n.Hash() {
			changed, was, is = append(changed, name), jsonvalue.First(was, o), jsonvalue.First(is, n)
		}
	}
	if len(changed) > 0 {
		s.note(subschema.Difference{On: "words", Attr: "documentation", Op: rules.Changed, Name: strings.Join(changed, ", "), Old: was, New: is, OldAt: a[0], NewAt: b[0]})
	}
	if d, ok := deprecated(a, b); ok {
		s.note(d)
	}
	e.compareDefault(s, annotation(a, "default"), annotation(b, "default"))
	e.compareDiscriminator(s, holder(a, "discriminator"), holder(b, "discriminator"))
	if s.mode&subschema.AsXML != 0 {
		e.compareXML(s, a, b)
	}
	e.compareExtensions(s, a, b)
}

// deprecated is the difference between two things of which one is deprecated.
func deprecated(a, b []contract.Node) (subschema.Difference, bool) {
	was, is := annotation(a, "deprecated"), annotation(b, "deprecated")
	switch {
	case was.Bool() == is.Bool():
		return subschema.Difference{}, false
	case was.Bool():
		return subschema.Difference{On: "property", Attr: "deprecated", Op: rules.Removed, Old: was, OldAt: a[0], NewAt: b[0]}, true
	default:
		return subschema.Difference{On: "property", Attr: "deprecated", Op: rules.Added, New: is, OldAt: a[0], NewAt: b[0]}, true
	}
}

func (e *Comparer) compareXML(s *annotated, a, b []contract.Node) {
	was, is := annotation(a, "xml"), annotation(b, "xml")
	if (was.Hash() != is.Hash() || e.Old.V32 != e.New.V32) && e.xmlOf(e.Old, was, s.old) != e.xmlOf(e.New, is, s.new) {
		e.report(s, subschema.Difference{Attr: "xml", Op: rules.Changed, Old: was, New: is, From: jsonvalue.OrNull(jsonvalue.JSONOf(was)), To: jsonvalue.OrNull(jsonvalue.JSONOf(is))})
	}
}

// xmlOf is how a value is written as XML, with the defaults filled in: the name is that of the
// property.
func (e *Comparer) xmlOf(s *subschema.Catalog, x contract.Node, u subschema.Use) [4]string {
	name := x.Get("name").Text()
	if name == "" {
		name = u.Entry.Key()
	}
	kind := e.nodeType(s, x, u)
	if kind == "text" || kind == "cdata" {
		name = "" // they have none
	}
	return [4]string{name, x.Get("namespace").Text(), x.Get("prefix").Text(), kind}
}

// nodeType is what a value is in XML: by attribute and wrapped, or in the words of OpenAPI 3.2, which took their place.
func (e *Comparer) nodeType(s *subschema.Catalog, x contract.Node, u subschema.Use) string {
	kind := x.Get("nodeType")
	wrapped, list := x.Get("wrapped").Bool(), u.Schema.Normal().Types&^subschema.Null == subschema.Array
	switch {
	case !e.since32():
		return strconv.FormatBool(x.Get("attribute").Bool()) + " " + strconv.FormatBool(wrapped)
	case s.V32 && kind.Exists():
		return kind.Text()
	case x.Get("attribute").Bool() && wrapped:
		return "wrapped attribute"
	case x.Get("attribute").Bool():
		return "attribute"
	case wrapped && !list:
		return "wrapped element" // which means nothing
	case list && !wrapped:
		return "none"
	default:
		return "element"
	}
}

// compareExtensions compares the keys that begin with x-.
func (e *Comparer) compareExtensions(s *annotated, a, b []contract.Node) {
	was, is := extensions(a), extensions(b)
	for _, name := range jsonvalue.BothKeys(was, is) {
		o, n := was[name], is[name]
		if o.Hash() == n.Hash() {
			continue
		}
		if name == "x-extensible-enum" {
			e.compareExtensible(s, o, n)
			continue
		}
		if name == lifecycle.StabilityKey && isProperty(s.old.Entry) && isProperty(s.new.Entry) {
			if d, ok := stabilityChange(jsonvalue.First(holder(a, name), a[0]), jsonvalue.First(holder(b, name), b[0])); ok {
				s.note(d)
			}
			continue
		}
		s.note(subschema.Difference{On: "words", Attr: "extension", Op: rules.Changed, Name: name, Old: o, New: n, OldAt: a[0], NewAt: b[0]})
	}
}

// isProperty reports whether a schema stands under the name of a property.
func isProperty(n contract.Node) bool {
	path := n.Path()
	return len(path) > 1 && path[len(path)-2].Key() == "properties"
}

func extensions(nodes []contract.Node) map[string]contract.Node {
	var m map[string]contract.Node
	for _, n := range nodes {
		for name, v := range n.Fields() {
			if !contract.IsExtension(name) {
				continue
			}
			if m == nil {
				m = map[string]contract.Node{}
			}
			if _, ok := m[name]; !ok {
				m[name] = v
			}
		}
	}
	return m
}

// compareExtensible compares lists of values that may grow. A list that comes or goes says nothing
// about single values.
func (e *Comparer) compareExtensible(s *annotated, was, is contract.Node) {
	a, b := jsonvalue.NewEnum(jsonvalue.Items(was), was), jsonvalue.NewEnum(jsonvalue.Items(is), is)
	if was.Exists() && is.Exists() {
		if lost := a.Without(b); len(lost) > 0 {
			e.report(s, subschema.Difference{Attr: "extensible-enum", Op: rules.Removed, Old: was, New: is, From: jsonvalue.List(lost, len(lost) == 1)})
		}
		if gained := b.Without(a); len(gained) > 0 {
			e.report(s, subschema.Difference{Attr: "extensible-enum", Op: rules.Added, Old: was, New: is, To: jsonvalue.List(gained, len(gained) == 1)})
		}
		return
	}
	s.note(subschema.Difference{On: "words", Attr: "extension", Op: rules.Changed, Name: "x-extensible-enum", Old: was, New: is, OldAt: s.old.Entry, NewAt: s.new.Entry})
}

// compareDiscriminator compares what tells alternatives apart, by the schemas that have it.
func (e *Comparer) compareDiscriminator(s *annotated, old, new contract.Node) {
	was, is := old.Get("discriminator"), new.Get("discriminator")
	if was.Hash() == is.Hash() && (!was.Exists() || old.Hash() == new.Hash()) {
		return
	}
	a, b := was.Get("propertyName"), is.Get("propertyName")
	switch {
	case !was.Exists():
		e.report(s, subschema.Difference{Attr: "discriminator", Op: rules.Added, New: is, To: jsonvalue.JSONOf(b)})
		return
	case !is.Exists():
		e.report(s, subschema.Difference{Attr: "discriminator", Op: rules.Removed, Old: was, From: jsonvalue.JSONOf(a)})
		return
	case a.Text() != b.Text():
		e.report(s, subschema.Difference{Attr: "discriminator", Op: rules.Changed, Old: a, New: b, From: jsonvalue.JSONOf(a), To: jsonvalue.JSONOf(b)})
	}
	e.compareMapping(s, old, new)
	if e.since32() {
		e.compareDefaultMapping(s, was, is)
	}
}

// compareDefaultMapping compares where values lead that the mapping does not name. The name or the reference of one schema
// are the same.
func (e *Comparer) compareDefaultMapping(s *annotated, was, is contract.Node) {
	o, n := defaultMapping(e.Old, was), defaultMapping(e.New, is)
	d := subschema.Difference{Attr: "discriminator-default", Old: o, New: n, From: jsonvalue.JSONOf(o), To: jsonvalue.JSONOf(n), OldAt: jsonvalue.First(o, was), NewAt: jsonvalue.First(n, is)}
	switch {
	case !o.Exists() && !n.Exists():
		return
	case !o.Exists():
		d.Op = rules.Added
	case !n.Exists():
		d.Op = rules.Removed
	case sameName(o, n) || e.sameTarget(s, o, n):
		return
	default:
		d.Op = rules.Changed
	}
	e.report(s, d)
}

func defaultMapping(s *subschema.Catalog, discriminator contract.Node) contract.Node {
	if !s.V32 {
		return contract.Node{}
	}
	return discriminator.Get("defaultMapping")
}

func (e *Comparer) compareMapping(s *annotated, old, new contract.Node) {
	was, is := jsonvalue.Mapping(old.Get("discriminator").Get("mapping")), jsonvalue.Mapping(new.Get("discriminator").Get("mapping"))
	byName, byNewName := e.implicitMapping(old, was), e.implicitMapping(new, is)
	a, b := explicitMapping(was), explicitMapping(is)
	for _, value := range jsonvalue.BothKeys(a, b) {
		o, n := jsonvalue.First(a[value], byName[value]), jsonvalue.First(b[value], byNewName[value])
		delete(byName, value)
		delete(byNewName, value)
		switch {
		case !o.Exists() && e.leadsTo(s, e.child(e.Old, old, value), e.New.Doc.Target(n)), !n.Exists() && e.leadsTo(s, e.Old.Doc.Target(o), e.child(e.New, new, value)):
			// the name of a schema led to it before, or does now
		case !o.Exists():
			e.report(s, subschema.Difference{Attr: "discriminator-mapping", Op: rules.Added, Name: value, New: n, To: jsonvalue.Quoted(value)})
		case !n.Exists():
			e.report(s, subschema.Difference{Attr: "discriminator-mapping", Op: rules.Removed, Name: value, Old: o, From: jsonvalue.Quoted(value)})
		case !sameName(o, n) && !e.sameTarget(s, o, n):
			e.report(s, subschema.Difference{Attr: "discriminator-mapping", Op: rules.Changed, Name: value, Old: o, New: n, From: jsonvalue.JSONOf(o), To: jsonvalue.JSONOf(n)})
		}
	}
	e.compareImplicit(s, byName, byNewName)
}

// implicitMapping are the references of the alternatives by the value that leads to each without a mapping: the name of the
// schema, where the mapping has no other value for it.
func (e *Comparer) implicitMapping(holder contract.Node, mapping map[string]contract.Node) map[string]contract.Node {
	mapped := map[string]bool{}
	for value, target := range mapping {
		if name := schemaName(target); name != value {
			mapped[name] = true
		}
	}
	out := map[string]contract.Node{}
	for _, key := range []string{"oneOf", "anyOf"} {
		list := holder.Get(key)
		e.Schemas.Meter.Charge(2 * list.Len())
		for _, branch := range list.Items() {
			ref := branch.Get("$ref")
			if name := schemaName(ref); ref.Kind() == contract.String && name != "" && !mapped[name] {
				out[name] = ref
			}
		}
	}
	return out
}

// compareImplicit compares the values that are names of schemas. A schema that is only renamed is another value on the wire;
// one that came or went is reported as an alternative.
func (e *Comparer) compareImplicit(s *annotated, was, is map[string]contract.Node) {
	var lost, gained []string
	for _, name := range jsonvalue.BothKeys(was, is) {
		switch {
		case !is[name].Exists():
			lost = append(lost, name)
		case !was[name].Exists():
			gained = append(gained, name)
		}
	}
	alone := len(lost) == 1 && len(gained) == 1
	for _, name := range lost {
		for i, other := range gained {
			if e.Schemas.Meter.Spent() {
				return
			}
			o, n := was[name], is[other]
			if same := e.equalTargets(s, o, n) || alone && e.sameTarget(s, o, n); !same {
				continue
			}
			e.report(s, subschema.Difference{Attr: "discriminator-value", Op: rules.Renamed, Old: o, New: n, From: jsonvalue.Quoted(name), To: jsonvalue.Quoted(other)})
			gained = slices.Delete(gained, i, i+1)
			break
		}
	}
}

// equalTargets reports whether two references lead to schemas that accept the same values.
func (e *Comparer) equalTargets(s *annotated, o, n contract.Node) bool {
	return e.leadsTo(s, e.Old.Doc.Target(o), e.New.Doc.Target(n))
}

func (e *Comparer) leadsTo(s *annotated, a, b contract.Node) bool {
	return a.Exists() && b.Exists() && e.Schemas.Equal(e.Old.Of(a).Schema, e.New.Of(b).Schema, s.mode)
}

// explicitMapping are the entries of a discriminator mapping that say more than goes without
// saying: the name of a schema leads to it.
func explicitMapping(m map[string]contract.Node) map[string]contract.Node {
	for value, target := range m {
		if t := target.Text(); t == value || t == "#/components/schemas/"+value {
			delete(m, value)
		}
	}
	return m
}

// sameName reports whether two mapping values name one schema, by reference or by name alone.
func sameName(o, n contract.Node) bool {
	const schemas = "#/components/schemas/"
	return strings.TrimPrefix(o.Text(), schemas) == strings.TrimPrefix(n.Text(), schemas)
}

// sameTarget reports whether two mapping values lead to one schema under two names: equal ones, or
// one whose old name is gone to one whose new name was not there. What changed in it is reported
// where it is compared.
func (e *Comparer) sameTarget(s *annotated, o, n contract.Node) bool {
	a, b := e.Old.Doc.Target(o), e.New.Doc.Target(n)
	if !a.Exists() || !b.Exists() {
		return false
	}
	gone := !e.New.Doc.Root().Get("components").Get("schemas").Get(a.Key()).Exists()
	fresh := !e.Old.Doc.Root().Get("components").Get("schemas").Get(b.Key()).Exists()
	return gone && fresh || e.Schemas.Equal(e.Old.Of(a).Schema, e.New.Of(b).Schema, s.mode)
}

func (e *Comparer) compareDefault(s *annotated, was, is contract.Node) {
	d := subschema.Difference{Attr: "default", Old: was, New: is, From: jsonvalue.JSONOf(was), To: jsonvalue.JSONOf(is)}
	switch {
	case d.From == d.To:
		return
	case !was.Exists():
		d.Op = rules.Added
	case !is.Exists():
		d.Op = rules.Removed
	default:
		d.Op = rules.Changed
	}
	e.report(s, d)
}
