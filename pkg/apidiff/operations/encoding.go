package operations

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// A formPart is what is said of one part of a form, on one side.
type formPart struct {
	side   *subschema.Catalog
	medium medium
	at     contract.Node // the encoding; absent where nothing is said
	schema subschema.Use
}

// A form is a value that is made of parts: a body, or a part that has parts itself.
type form struct {
	side         *subschema.Catalog
	medium       medium // its node holds the encodings
	schema, item subschema.Use
}

func formOf(s *subschema.Catalog, m medium) form {
	return form{side: s, medium: m, schema: s.Of(m.at.Get("schema")), item: s.Of(m.at.Get("itemSchema"))}
}

// compareEncodings compares how the parts of a form are written. In other formats it means nothing.
func (e *Comparer) compareEncodings(s *Part, a, b medium, m subschema.Mode) {
	e.compareForms(s, formOf(e.Old, a), formOf(e.New, b), m, 0)
}

// maxFormDepth bounds forms within forms, of which OpenAPI asks for one.
const maxFormDepth = 8

func (e *Comparer) compareForms(s *Part, a, b form, m subschema.Mode, depth int) {
	if !a.medium.form() || !b.medium.form() || depth > maxFormDepth {
		return
	}
	was, is := a.medium.at.Get("encoding"), b.medium.at.Get("encoding")
	if was.Hash() != is.Hash() {
		for _, name := range jsonvalue.BothKeys(jsonvalue.Mapping(was), jsonvalue.Mapping(is)) {
			o, declared := a.part(name)
			n, still := b.part(name)
			if declared || still {
				e.compareFormPart(s, o, n, a, b, m, depth)
			}
		}
	}
	if a.positions() == b.positions() {
		return
	}
	for i := range max(a.prefix().Len(), b.prefix().Len()) + 1 { // the last one stands for all that follow
		if e.Schemas.Meter.Charge(10); e.Schemas.Meter.Spent() {
			s.note(subschema.Difference{Incomplete: true})
			return
		}
		e.compareFormPart(s, a.partAt(i), b.partAt(i), a, b, m, depth)
	}
}

func (e *Comparer) compareFormPart(s *Part, o, n formPart, a, b form, m subschema.Mode, depth int) {
	for _, field := range encodingFields {
		from, to := o.written(field), n.written(field)
		if from == to || from == "" || to == "" || !o.at.Get(field).Exists() && !n.at.Get(field).Exists() {
			continue
		}
		s.note(subschema.Difference{On: "encoding", Op: encodingOp(field, from, to), Side: m.Side(), Name: field, Old: o.at.Get(field), New: n.at.Get(field),
			OldAt: jsonvalue.First(o.at, a.medium.at), NewAt: jsonvalue.First(n.at, b.medium.at), From: from, To: to})
	}
	e.compareHeaders(s, o.at.Get("headers"), n.at.Get("headers"), jsonvalue.First(o.at, a.medium.at), jsonvalue.First(n.at, b.medium.at), m)
	if e.since32() {
		e.compareForms(s, o.form(), n.form(), m, depth+1)
	}
}

// prefix are the encodings of the first parts by position.
func (f form) prefix() contract.Node {
	if !f.side.V32 {
		return contract.Node{}
	}
	return f.medium.at.Get("prefixEncoding")
}

// positions are the hashes of all that is said of parts by position.
func (f form) positions() [2]contract.Hash {
	if !f.side.V32 {
		return [2]contract.Hash{}
	}
	return [2]contract.Hash{f.prefix().Hash(), f.medium.at.Get("itemEncoding").Hash()}
}

// partAt is the part at a position.
func (f form) partAt(i int) formPart {
	p := formPart{side: f.side, medium: f.medium}
	if f.side.V32 {
		p.at = jsonvalue.First(f.prefix().At(i), f.medium.at.Get("itemEncoding"))
	}
	schemas := f.schema.Schema.Normal().Item(i)
	if f.item.Entry.Exists() {
		schemas = append(slices.Clone(schemas), f.item.Entry)
	}
	p.schema = f.side.All(schemas)
	return p
}

// form is the part as what is made of parts itself.
func (p formPart) form() form {
	base, params := mediaBase(p.at.Get("contentType").Text())
	return form{side: p.side, medium: medium{base: base, params: params, at: p.at}, schema: p.schema, item: p.side.Of(contract.Node{})}
}

// encodingFields are what is said of one part of a form.
var encodingFields = []string{"contentType", "style", "explode", "allowReserved"}

// part is a part of a form; false where no form of the medium can have one of that name, so
// that what is said of it is ignored.
func (f form) part(name string) (formPart, bool) {
	n := f.schema.Schema.Normal()
	schemas, declared := n.Property(name)
	p := formPart{side: f.side, medium: f.medium, at: f.medium.at.Get("encoding").Get(name), schema: f.side.All(schemas)}
	return p, declared.Exists() || !n.Closed(f.side).Exists()
}

// written is a field of the encoding as JSON, with the default where it is left out; empty where it
// means nothing.
func (p formPart) written(field string) string {
	v := p.at.Get(field)
	switch {
	case field == "contentType" && v.Exists():
		return jsonvalue.Quoted(strings.Join(contentTypes(v.Text()), ", "))
	case field == "contentType":
		return jsonvalue.Quoted(p.plainType(p.schema.Schema, 0))
	case !p.serialized(), field != "allowReserved" && p.schema.Schema.Normal().Types&(subschema.Array|subschema.Object) == 0:
		return ""
	case v.Exists():
		return jsonvalue.JSONOf(v)
	case field == "style":
		return `"form"`
	case field == "explode":
		if style := p.at.Get("style"); style.Exists() && style.Text() != "form" {
			return "false"
		}
		return "true"
	default:
		return "false"
	}
}

// serialized reports whether style and explode count: OpenAPI 3.0 knows them for URL-encoded forms
// only.
func (p formPart) serialized() bool {
	return p.medium.base == "application/x-www-form-urlencoded" || p.medium.base == "multipart/form-data" && !p.side.V30
}

// plainType is the content type of a part that names none: OpenAPI 3.1, "Encoding Object".
func (p formPart) plainType(c *subschema.Schema, depth int) string {
	n := c.Normal()
	switch t := n.Types &^ subschema.Null; {
	case t == subschema.Object:
		return "application/json"
	case t == subschema.Array && depth < subschema.MaxValueDepth:
		return p.plainType(p.side.All(n.Item(n.PrefixLength())).Schema, depth+1)
	case t == subschema.String && (n.Encoding.Exists() || n.MediaType.Exists()):
		return "application/octet-stream"
	case t != 0 && t&^(subschema.String|subschema.Number|subschema.Boolean) == 0:
		return "text/plain"
	default:
		return "application/octet-stream"
	}
}

// encodingOp compares lists of content types as sets; all else is another way of writing.
func encodingOp(field, from, to string) rules.Op {
	if field != "contentType" {
		return rules.Changed
	}
	was, is := contentTypes(strings.Trim(from, `"`)), contentTypes(strings.Trim(to, `"`))
	covers := func(a, b []string) bool {
		return !slices.ContainsFunc(b, func(t string) bool {
			return !slices.ContainsFunc(a, func(wide string) bool { return medium{base: wide}.covers(medium{base: t}) })
		})
	}
	switch {
	case covers(is, was):
		return rules.Widened
	case covers(was, is):
		return rules.Narrowed
	default:
		return rules.Changed
	}
}

func contentTypes(list string) []string {
	parts := strings.Split(strings.ToLower(list), ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}
