package apidiff

import (
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/contract"
)

// A formPart is what is said of one part of a form, on one side.
type formPart struct {
	side   *side
	medium medium
	at     contract.Node // the encoding; absent where nothing is said
	schema use
}

// compareEncodings compares how the parts of a form are written. In other formats it means nothing.
func (e *engine) compareEncodings(s *site, a, b medium, m mode) {
	was, is := a.at.Get("encoding"), b.at.Get("encoding")
	if was.Hash() == is.Hash() || !a.form() || !b.form() {
		return
	}
	for _, name := range bothKeys(mapping(was), mapping(is)) {
		o, declared := e.old.formPart(a, name)
		n, still := e.new.formPart(b, name)
		if !declared && !still {
			continue
		}
		for _, field := range encodingFields {
			from, to := o.written(field), n.written(field)
			if from == to || from == "" || to == "" || !o.at.Get(field).Exists() && !n.at.Get(field).Exists() {
				continue
			}
			e.emit(s, delta{on: "encoding", op: encodingOp(field, from, to), side: m.side(), name: field, old: o.at.Get(field), new: n.at.Get(field),
				oldAt: first(o.at, a.at), newAt: first(n.at, b.at), from: from, to: to})
		}
		e.compareHeaders(s, o.at.Get("headers"), n.at.Get("headers"), first(o.at, a.at), first(n.at, b.at), m)
	}
}

// form reports whether bodies of the format are made of named parts.
func (m medium) form() bool {
	return m.base == "application/x-www-form-urlencoded" || strings.HasPrefix(m.base, "multipart/")
}

// encodingFields are what is said of one part of a form.
var encodingFields = []string{"contentType", "style", "explode", "allowReserved"}

// formPart is a part of a form; false where no form of the medium can have one of that name, so that what is said of it
// is ignored.
func (s *side) formPart(m medium, name string) (formPart, bool) {
	n := s.of(m.at.Get("schema")).schema.norm()
	schemas, declared := n.child(name)
	p := formPart{side: s, medium: m, at: m.at.Get("encoding").Get(name), schema: s.all(schemas)}
	return p, declared.Exists() || !n.closed(s).Exists()
}

// written is a field of the encoding as JSON, with the default where it is left out; empty where it means nothing.
func (p formPart) written(field string) string {
	v := p.at.Get(field)
	switch {
	case field == "contentType" && v.Exists():
		return quoted(strings.Join(contentTypes(v.Text()), ", "))
	case field == "contentType":
		return quoted(p.plainType(p.schema.schema, 0))
	case !p.serialized(), field != "allowReserved" && p.schema.schema.norm().types&(tArray|tObject) == 0:
		return ""
	case v.Exists():
		return jsonOf(v)
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

// serialized reports whether style and explode count: OpenAPI 3.0 knows them for URL-encoded forms only.
func (p formPart) serialized() bool {
	return p.medium.base == "application/x-www-form-urlencoded" || p.medium.base == "multipart/form-data" && !p.side.v30
}

// plainType is the content type of a part that names none: OpenAPI 3.1, "Encoding Object".
func (p formPart) plainType(c *schema, depth int) string {
	n := c.norm()
	switch t := n.types &^ tNull; {
	case t == tObject:
		return "application/json"
	case t == tArray && depth < maxValueDepth:
		return p.plainType(p.side.all(n.item(n.listed())).schema, depth+1)
	case t == tString && (n.encoding.Exists() || n.mediaType.Exists()):
		return "application/octet-stream"
	case t != 0 && t&^(tString|tNumber|tBool) == 0:
		return "text/plain"
	default:
		return "application/octet-stream"
	}
}

// encodingOp compares lists of content types as sets; all else is another way of writing.
func encodingOp(field, from, to string) Op {
	if field != "contentType" {
		return Changed
	}
	was, is := contentTypes(strings.Trim(from, `"`)), contentTypes(strings.Trim(to, `"`))
	covers := func(a, b []string) bool {
		return !slices.ContainsFunc(b, func(t string) bool {
			return !slices.ContainsFunc(a, func(wide string) bool { return medium{base: wide}.covers(medium{base: t}) })
		})
	}
	switch {
	case covers(is, was):
		return Widened
	case covers(was, is):
		return Narrowed
	default:
		return Changed
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
