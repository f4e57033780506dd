package operations

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// compareHeaders compares headers by name, in any case of letters.
func (e *Comparer) compareHeaders(s *Part, was, is, oldAt, newAt contract.Node, m subschema.Mode) {
	if was.Hash() == is.Hash() && !was.Exists() {
		return
	}
	olds, news := headersOf(e.Old, was), headersOf(e.New, is)
	for _, name := range jsonvalue.BothKeys(olds, news) {
		o, had := olds[name]
		n, has := news[name]
		switch {
		case !had:
			d := subschema.Difference{On: "header", Op: rules.Added, Side: m.Side(), New: n.at, OldAt: oldAt, Name: n.name}
			if n.required {
				d.When = "required"
			}
			s.note(d)
		case !has:
			d := subschema.Difference{On: "header", Op: rules.Removed, Side: m.Side(), Old: o.at, NewAt: newAt, Name: o.name}
			if o.required {
				d.When = "required"
			}
			s.note(d)
		case dangles(o.at) || dangles(n.at), e.Same && e.Old.Closure(o.at) == e.New.Closure(n.at):
		default:
			e.compareHeader(s, o, n, m)
		}
	}
}

func headersOf(s *subschema.Catalog, n contract.Node) map[string]param {
	m := map[string]param{}
	for name, h := range n.Fields() {
		if !strings.EqualFold(name, "content-type") && !contract.IsExtension(name) || isHeaderObject(h) && !strings.EqualFold(name, "content-type") {
			m[strings.ToLower(name)] = headerOf(s, name, h)
		}
	}
	return m
}

// isHeaderObject tells a header X-Rate-Limit from an extension x-something.
func isHeaderObject(n contract.Node) bool {
	return n.Get("schema").Exists() || n.Get("content").Exists() || n.Get("$ref").Exists() || n.Get("description").Exists()
}

func (e *Comparer) compareHeader(s *Part, o, n param, m subschema.Mode) {
	e.onOff(s, subschema.Difference{On: "header", Attr: "required", Side: m.Side(), Name: n.name, OldAt: o.at, NewAt: n.at}, o.required, n.required, o.at.Get("required"), n.at.Get("required"))
	if !sameMedia(o.mediaKey, n.mediaKey) || o.holds(subschema.Object) && n.holds(subschema.Object) && o.explode != n.explode {
		from, to := o.writing(), n.writing()
		if from == to {
			from, to = "explode "+jsonvalue.JSONOf(o.at.Get("explode")), "explode "+jsonvalue.JSONOf(n.at.Get("explode"))
		}
		s.note(subschema.Difference{On: "header", Attr: "serialization", Op: rules.Changed, Side: m.Side(), Name: n.name, Old: o.at, New: n.at, From: jsonvalue.Quoted(from), To: jsonvalue.Quoted(to)})
	}
	if d, ok := deprecated([]contract.Node{o.at}, []contract.Node{n.at}); ok {
		s.note(d)
	}
	e.compareDocumentation(s, o.at, n.at, "description", "example", "examples")
	e.compareOtherKeys(s, o.at, n.at, headerKeys)
	p := s.under(func(w *Location) { w.Part, w.Name = "response header", n.name })
	p.Mode = n.mode(m).Inner()
	p.pair(nil, o.schema(), n.schema(), n.mode(m)&^subschema.ScalarAsArray)
}
