package operations

import (
	"slices"
	"strings"

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

// compareEncodings compares how the parts of a form are written. In other formats it means nothing.
func (e *Comparer) compareEncodings(s *Part, a, b medium, m subschema.Mode) {
	was, is := a.at.Get("encoding"), b.at.Get("encoding")
	if was.Hash() == is.Hash() || !a.form() || !b.form() {
		return
	}
	for _, name := range subschema.BothKeys(subschema.Mapping(was), subschema.Mapping(is)) {
		o, declared := formPartOf(e.Old, a, name)
		n, still := formPartOf(e.New, b, name)
		if !declared && !still {
			continue
		}
		for _, field := range encodingFields {
			from, to := o.written(field), n.written(field)
			if from == to || from == "" || to == "" || !o.at.Get(field).Exists() && !n.at.Get(field).Exists() {
				continue
			}
			s.note(subschema.Difference{On: "encoding", Op: encodingOp(field, from, to), Side: m.Side(), Name: field, Old: o.at.Get(field), New: n.at.Get(field),
				OldAt: subschema.First(o.at, a.at), NewAt: subschema.First(n.at, b.at), From: from, To: to})
		}
		e.compareHeaders(s, o.at.Get("headers"), n.at.Get("headers"), subschema.First(o.at, a.at), subschema.First(n.at, b.at), m)
	}
}

// encodingFields are what is said of one part of a form.
var encodingFields = []string{"contentType", "style", "explode", "allowReserved"}

// formPart is a part of a form; false where no form of the medium can have one of that name, so
// that what is said of it is ignored.
func formPartOf(s *subschema.Catalog, m medium, name string) (formPart, bool) {
	n := s.Of(m.at.Get("schema")).Schema.Normal()
	schemas, declared := n.Property(name)
	p := formPart{side: s, medium: m, at: m.at.Get("encoding").Get(name), schema: s.All(schemas)}
	return p, declared.Exists() || !n.Closed(s).Exists()
}

// written is a field of the encoding as JSON, with the default where it is left out; empty where it
// means nothing.
func (p formPart) written(field string) string {
	v := p.at.Get(field)
	switch {
	case field == "contentType" && v.Exists():
		return subschema.Quoted(strings.Join(contentTypes(v.Text()), ", "))
	case field == "contentType":
		return subschema.Quoted(p.plainType(p.schema.Schema, 0))
	case !p.serialized(), field != "allowReserved" && p.schema.Schema.Normal().Types&(subschema.Array|subschema.Object) == 0:
		return ""
	case v.Exists():
		return subschema.JSONOf(v)
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
