package operations

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// compareResponses compares the answers of an operation, status by status; a status that one side
// does not name is compared with the range or the default that covers it.
func (e *Comparer) compareResponses(x exchange, was, is contract.Node) {
	olds, news := statuses(was), statuses(is)
	for _, code := range jsonvalue.SortedKeys(olds) {
		if n, exact := covering(news, code); n.Exists() {
			if !exact && e.sameShape(olds[code], n) {
				continue
			}
			e.compareResponse(x, code, olds[code], n)
			continue
		}
		d := subschema.Difference{On: "response", Op: rules.Removed, Side: x.receive().Side(), Name: code, Old: olds[code], NewAt: jsonvalue.First(is, x.new.Op)}
		switch {
		case within(news, code):
			d.When = "range"
		case code[0] == '2':
			d.When = "success"
		}
		x.part.note(d)
	}
	for _, code := range jsonvalue.SortedKeys(news) {
		o, exact := covering(olds, code)
		if !exact && !o.Exists() && code[0] == '2' && !namesSuccess(olds) {
			o = olds["default"] // it stood for every answer
		}
		switch {
		case exact:
		case o.Exists() && !strings.HasSuffix(code, "XX") && code != "default":
			e.compareResponse(x, code, o, news[code])
		default:
			x.part.note(subschema.Difference{On: "response", Op: rules.Added, Side: x.receive().Side(), Name: code, New: news[code], OldAt: jsonvalue.First(was, x.old.Op)})
		}
	}
}

// namesSuccess reports whether a status of success is named, or their range.
func namesSuccess(m map[string]contract.Node) bool {
	for code := range m {
		if code[0] == '2' {
			return true
		}
	}
	return false
}

// within reports whether a status of the range is named.
func within(m map[string]contract.Node, code string) bool {
	class, isRange := strings.CutSuffix(code, "XX")
	for other := range m {
		if isRange && strings.HasPrefix(other, class) && other != code {
			return true
		}
	}
	return false
}

func (e *Comparer) sameShape(o, n contract.Node) bool {
	return e.Same && e.Old.Closure(o) == e.New.Closure(n)
}

// statuses are the responses by status: "200", "2XX", "default".
func statuses(n contract.Node) map[string]contract.Node {
	m := map[string]contract.Node{}
	for code, r := range n.Fields() {
		if !contract.IsExtension(code) && code != "" {
			m[strings.Replace(code, "xx", "XX", 1)] = r
		}
	}
	return m
}

// covering is the response for a status: its own, that of its range, or the default for what is no
// success.
func covering(m map[string]contract.Node, code string) (n contract.Node, exact bool) {
	if n, ok := m[code]; ok {
		return n, true
	}
	if code == "default" {
		return contract.Node{}, false
	}
	if n, ok := m[code[:1]+"XX"]; ok {
		return n, false
	}
	if code[0] != '2' {
		return m["default"], false
	}
	return contract.Node{}, false
}

func (e *Comparer) compareResponse(x exchange, code string, oldRef, newRef contract.Node) {
	o, n := e.Old.Doc.Deref(oldRef), e.New.Doc.Deref(newRef)
	if dangles(o) || dangles(n) {
		return
	}
	if e.Same && e.Old.Closure(o) == e.New.Closure(n) {
		return
	}
	e.compareDocumentation(x.part, o, n, "description", "summary")
	e.compareOtherKeys(x.part, o, n, bodyKeys)
	s := x.part.under(func(w *Location) { w.Part, w.Status = "response body", code })
	e.compareHeaders(s, o.Get("headers"), n.Get("headers"), o, n, x.receive())
	if code != "204" && code != "205" && code != "304" { // they have no body, whatever is written
		e.compareContent(s, o, n, x.receive())
	}
	e.compareLinks(x, o, n)
}

// compareLinks compares what a response says about the calls that may follow it.
func (e *Comparer) compareLinks(x exchange, o, n contract.Node) {
	was, is := o.Get("links"), n.Get("links")
	if e.Old.Closure(was) == e.New.Closure(is) {
		return
	}
	olds, news := jsonvalue.Mapping(was), jsonvalue.Mapping(is)
	for _, name := range jsonvalue.BothKeys(olds, news) {
		a, b := e.Old.Doc.Deref(olds[name]), e.New.Doc.Deref(news[name])
		switch {
		case dangles(a) || dangles(b):
		case !a.Exists():
			x.part.note(subschema.Difference{On: "link", Op: rules.Added, Name: name, New: b, OldAt: o})
		case !b.Exists():
			x.part.note(subschema.Difference{On: "link", Op: rules.Removed, Name: name, Old: a, NewAt: n})
		default:
			for _, field := range []string{"operationId", "operationRef", "parameters", "requestBody", "server"} {
				if a.Get(field).Hash() != b.Get(field).Hash() {
					x.part.note(subschema.Difference{On: "link", Op: rules.Changed, Name: field, Old: jsonvalue.First(a.Get(field), a), New: jsonvalue.First(b.Get(field), b)})
				}
			}
			e.compareDocumentation(x.part, a, b, "description")
		}
	}
}
