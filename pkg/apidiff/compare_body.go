package apidiff

import (
	"mime"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/witness"
	"github.com/romel/govctl/pkg/contract"
)

func (e *engine) compareBody(x exchange) {
	o, n := e.old.doc.Deref(x.old.op.Get("requestBody")), e.new.doc.Deref(x.new.op.Get("requestBody"))
	side := x.send().side()
	switch {
	case !o.Exists() && !n.Exists(), dangles(o), dangles(n):
	case !o.Exists():
		d := delta{on: "body", op: Added, side: side, new: n, oldAt: x.old.op}
		if n.Get("required").Bool() {
			d.when = "required"
		}
		e.emit(x.site, d)
	case !n.Exists():
		e.emit(x.site, delta{on: "body", op: Removed, side: side, old: o, newAt: x.new.op})
	case e.same && e.old.closure(o) == e.new.closure(n):
	default:
		e.flag(x.site, "body", "required", side, o, n, "required")
		e.compareNotes(x.site, o, n, "description")
		e.compareOtherKeys(x.site, o, n, bodyKeys)
		e.compareContent(e.partAt(x.site, func(w *where) { w.part = witness.Body }), o, n, x.send())
	}
}

// dangles reports whether a node is a reference that does not resolve: what it names cannot be compared, and was warned of.
func dangles(n contract.Node) bool { return n.Get("$ref").Kind() == contract.String }

var bodyKeys = known("required", "description", "content", "headers", "links", "summary")

// A medium is one media type of a body.
type medium struct {
	key    string
	base   string // type/subtype in lower case
	params map[string]string
	at     contract.Node
}

func (s *side) media(content contract.Node) []medium {
	var out []medium
	for key, n := range content.Fields() {
		base, params := mediaBase(key)
		out = append(out, medium{key: key, base: base, params: params, at: s.doc.Deref(n)})
	}
	return out
}

// mediaBase is the type/subtype and the parameters that matter: charset=utf-8 goes without saying.
func mediaBase(key string) (string, map[string]string) {
	base, params, err := mime.ParseMediaType(key)
	if err != nil {
		base, _, _ = strings.Cut(strings.ToLower(key), ";")
		base = strings.TrimSpace(base)
	}
	if strings.EqualFold(params["charset"], "utf-8") {
		delete(params, "charset")
	}
	return base, params
}

func sameMedia(a, b string) bool {
	x, _ := mediaBase(a)
	y, _ := mediaBase(b)
	return x == y
}

func (m medium) wildcard() bool { return strings.Contains(m.base, "*") }

// covers reports whether the range of m holds the other media type.
func (m medium) covers(o medium) bool {
	switch {
	case m.base == o.base || m.base == "*/*" || m.base == "*":
		return true
	case strings.HasSuffix(m.base, "/*"):
		return strings.HasPrefix(o.base, strings.TrimSuffix(m.base, "*"))
	default:
		return false
	}
}

// compareContent compares the media types of two bodies: each with its equal, else with the range that holds it.
func (e *engine) compareContent(s *site, o, n contract.Node, m mode) {
	olds, news := e.old.media(o.Get("content")), e.new.media(n.Get("content"))
	for _, a := range olds {
		if b, ok := counterpart(a, news, olds); ok {
			e.compareMedium(s, a, b, m)
			continue
		}
		d := delta{on: "media-type", op: Removed, side: m.side(), old: a.at, newAt: n, from: quoted(a.key), name: a.key}
		if a.wildcard() {
			d.when = "wildcard"
		}
		e.emit(s, d)
	}
	for _, b := range news {
		a, ok := counterpart(b, olds, news)
		if ok {
			if a.wildcard() && !b.wildcard() {
				e.compareMedium(s, a, b, m)
			}
			continue
		}
		d := delta{on: "media-type", op: Added, side: m.side(), new: b.at, oldAt: o, to: quoted(b.key), name: b.key}
		if b.wildcard() {
			d.when = "wildcard"
		}
		e.emit(s, d)
	}
}

// counterpart is the media type of a list that is equal to m, or else one that differs in its parameters and is not equal
// to a sister of m, or else the narrowest range that holds it.
func counterpart(m medium, list, sisters []medium) (medium, bool) {
	best := -1
	for i, c := range list {
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

func (e *engine) compareMedium(s *site, a, b medium, m mode) {
	if e.same && a.key == b.key && e.old.closure(a.at) == e.new.closure(b.at) {
		return
	}
	if a.base == b.base && !sameParams(a.params, b.params) {
		e.emit(s, delta{on: "media-type", attr: "parameter", op: Changed, side: m.side(), old: a.at, new: b.at, from: quoted(a.key), to: quoted(b.key)})
	}
	e.compareNotes(s, a.at, b.at, "example", "examples")
	e.compareEncodings(s, a, b, m)
	e.compareOtherKeys(s, a.at, b.at, mediaKeys)
	p := e.partAt(s, func(w *where) { w.media = b.key })
	p.mode = m | b.mode()
	e.pair(p, nil, e.old.body(a), e.new.body(b), m|b.mode())
	if a.at.Get("itemSchema").Exists() || b.at.Get("itemSchema").Exists() {
		e.pair(p, []string{"items"}, e.old.of(a.at.Get("itemSchema")), e.new.of(b.at.Get("itemSchema")), m|b.mode())
	}
}

// body is the use of the schema of a body. Bytes that are no text say nothing more in a schema: OpenAPI 3.0 wrote
// {type: string, format: binary} where 3.1 leaves it out.
func (s *side) body(m medium) use {
	u := s.of(m.at.Get("schema"))
	if n := u.schema.norm(); spelled(n.mediaType) == mediaFormats["binary"] && n.types == tString && n.weight() == 2 && m.bytes() {
		return s.of(contract.Node{})
	}
	return u
}

// bytes reports whether bodies of the format are taken as they are.
func (m medium) bytes() bool {
	main, sub, _ := strings.Cut(m.base, "/")
	return main != "text" && main != "multipart" && !strings.Contains(sub, "json") && !strings.Contains(sub, "xml") && !strings.Contains(sub, "yaml") && sub != "x-www-form-urlencoded"
}

var mediaKeys = known("schema", "itemSchema", "example", "examples", "encoding")

func sameParams(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || w != v {
			return false
		}
	}
	return true
}

// mode is how values travel in this format.
func (m medium) mode() mode {
	switch {
	case m.base == "application/x-www-form-urlencoded":
		return modeText
	case strings.HasSuffix(m.base, "/xml") || strings.HasSuffix(m.base, "+xml"):
		return modeXML
	default:
		return 0
	}
}
