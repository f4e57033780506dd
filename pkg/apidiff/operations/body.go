package operations

import (
	"slices"

	"github.com/romel/govctl/pkg/apidiff/formats"
	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

func (e *Comparer) compareBody(x exchange) {
	o, n := e.Old.Doc.Deref(x.old.Op.Get("requestBody")), e.New.Doc.Deref(x.new.Op.Get("requestBody"))
	side := x.send().Side()
	switch {
	case !o.Exists() && !n.Exists(), dangles(o), dangles(n):
	case !o.Exists():
		d := subschema.Difference{On: "body", Op: rules.Added, Side: side, New: n, OldAt: x.old.Op}
		if n.Get("required").Bool() {
			d.When = "required"
		}
		x.part.note(d)
	case !n.Exists():
		x.part.note(subschema.Difference{On: "body", Op: rules.Removed, Side: side, Old: o, NewAt: x.new.Op})
	case e.Same && e.Old.Closure(o) == e.New.Closure(n):
	default:
		e.flag(x.part, "body", "required", side, o, n, "required")
		e.compareDocumentation(x.part, o, n, "description")
		e.compareOtherKeys(x.part, o, n, bodyKeys)
		e.compareContent(x.part.under(func(w *Location) { w.Part = "body" }), o, n, x.send())
	}
}

var bodyKeys = jsonvalue.Known("required", "description", "content", "headers", "links", "summary")

// compareContent compares the media types of two bodies: each with its equal, else with the range
// that holds it.
func (e *Comparer) compareContent(s *Part, o, n contract.Node, m subschema.Mode) {
	olds, news := mediaOf(e.Old, o.Get("content")), mediaOf(e.New, n.Get("content"))
	for _, a := range olds {
		if e.Schemas.Meter.Spent() {
			s.note(subschema.Difference{Incomplete: true})
			return
		}
		if b, ok := e.counterpart(a, news, olds); ok {
			e.compareMedium(s, a, b, m)
			continue
		}
		d := subschema.Difference{On: "media-type", Op: rules.Removed, Side: m.Side(), Old: a.at, NewAt: n, From: jsonvalue.Quoted(a.key), Name: a.key}
		if a.wildcard() {
			d.When = "wildcard"
		}
		s.note(d)
	}
	for _, b := range news {
		if e.Schemas.Meter.Spent() {
			s.note(subschema.Difference{Incomplete: true})
			return
		}
		a, ok := e.counterpart(b, olds, news)
		if ok {
			if a.wildcard() && !b.wildcard() {
				e.compareMedium(s, a, b, m)
			}
			continue
		}
		d := subschema.Difference{On: "media-type", Op: rules.Added, Side: m.Side(), New: b.at, OldAt: o, To: jsonvalue.Quoted(b.key), Name: b.key}
		if b.wildcard() {
			d.When = "wildcard"
		}
		s.note(d)
	}
}

// counterpart is the media type of a list that is equal to m, or else one that differs in its
// parameters and is not equal to a sister of m, or else the narrowest range that holds it.
func (e *Comparer) counterpart(m medium, list, sisters []medium) (medium, bool) {
	meter := e.Schemas.Meter
	meter.Charge(2 * len(list))
	best := -1
	for i, c := range list {
		if len(c.params) > 0 && c.base == m.base {
			meter.Charge(len(sisters))
		}
		if meter.Spent() {
			break
		}
		switch {
		case c.key == m.key, c.base == m.base && sameParams(c.params, m.params):
			return c, true
		case c.base == m.base && len(c.params) > 0 && slices.ContainsFunc(sisters, func(o medium) bool { return o.base == c.base && sameParams(o.params, c.params) }):
		case c.base == m.base && (best < 0 || list[best].base != m.base):
			best = i
		case c.covers(m) && (best < 0 || list[best].wildcard() && len(c.base) > len(list[best].base)):
			best = i
		}
	}
	if best < 0 {
		return medium{}, false
	}
	return list[best], true
}

func (e *Comparer) compareMedium(s *Part, a, b medium, m subschema.Mode) {
	if e.Same && a.key == b.key && e.Old.Closure(a.at) == e.New.Closure(b.at) || e.Old.Hides(a.at) || e.New.Hides(b.at) {
		return
	}
	if a.base == b.base && !sameParams(a.params, b.params) {
		s.note(subschema.Difference{On: "media-type", Attr: "parameter", Op: rules.Changed, Side: m.Side(), Old: a.at, New: b.at, From: jsonvalue.Quoted(a.key), To: jsonvalue.Quoted(b.key)})
	}
	e.compareDocumentation(s, a.at, b.at, "example", "examples")
	e.compareEncodings(s, a, b, m)
	e.compareOtherKeys(s, a.at, b.at, e.known(mediaKeys))
	p := s.under(func(w *Location) { w.Media = b.key })
	p.Mode = m | b.mode()
	e.pairSchemas(p, a, b, m|b.mode())
}

// pairSchemas pairs what two media types say of a body: of all of it, and of each item of a sequence. In a sequence, a schema
// that says nothing but what each item is says the same as an itemSchema.
func (e *Comparer) pairSchemas(p *Part, a, b medium, m subschema.Mode) {
	was, is := a.at.Get("itemSchema"), b.at.Get("itemSchema")
	if !was.Exists() && !is.Exists() {
		p.pair(nil, bodyOf(e.Old, a), bodyOf(e.New, b), m)
		return
	}
	old, oldItem := itemsOf(e.Old, a)
	new, newItem := itemsOf(e.New, b)
	if !old.Schema.Unconstrained() || !new.Schema.Unconstrained() {
		p.pair(nil, old, new, m)
	}
	p.pair([]string{"items"}, oldItem, newItem, m)
}

// itemsOf takes what a media type says of its items out of what it says of the whole.
func itemsOf(s *subschema.Catalog, m medium) (whole, item subschema.Use) {
	whole, item = bodyOf(s, m), s.Of(m.at.Get("itemSchema"))
	if n := s.Doc.Deref(m.at.Get("schema")); s.V32 && m.sequential() && !m.at.Get("itemSchema").Exists() && listsOnly(n) {
		return s.Of(contract.Node{}), s.Of(n.Get("items"))
	}
	if item.Entry.Exists() {
		whole.Entry = contract.Node{} // a value of this schema alone need not be one of the body
	}
	return whole, item
}

// listsOnly reports whether a schema says of a sequence only what each item is.
func listsOnly(n contract.Node) bool {
	for key := range n.Fields() {
		switch key {
		case "type", "items", "title", "description":
		default:
			return false
		}
	}
	return n.Get("type").Text() == "array"
}

// body is the use of the schema of a body. Bytes that are no text say nothing more in a schema:
// OpenAPI 3.0 wrote {type: string, format: binary} where 3.1 leaves it out.
func bodyOf(s *subschema.Catalog, m medium) subschema.Use {
	u := s.Of(m.at.Get("schema"))
	if n := u.Schema.Normal(); formats.Spelled(n.MediaType) == formats.MediaTypes["binary"] && n.Types == subschema.String && n.Weight() == 2 && m.bytes() {
		return s.Of(contract.Node{})
	}
	return u
}

var mediaKeys = keysOf([]string{"schema", "itemSchema", "example", "examples", "encoding"}, "prefixEncoding", "itemEncoding")
