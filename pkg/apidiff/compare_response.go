package apidiff

import (
	"strings"

	"github.com/romel/govctl/pkg/apidiff/witness"
	"github.com/romel/govctl/pkg/contract"
)

// compareResponses compares the answers of an operation, status by status; a status that one side does not name is
// compared with the range or the default that covers it.
func (e *engine) compareResponses(x exchange, was, is contract.Node) {
	olds, news := statuses(was), statuses(is)
	for _, code := range sortedKeys(olds) {
		if n, exact := covering(news, code); n.Exists() {
			if !exact && e.sameShape(olds[code], n) {
				continue
			}
			e.compareResponse(x, code, olds[code], n)
			continue
		}
		d := delta{on: "response", op: Removed, side: x.receive().side(), name: code, old: olds[code], newAt: first(is, x.new.op)}
		switch {
		case within(news, code):
			d.when = "range"
		case code[0] == '2':
			d.when = "success"
		}
		e.emit(x.site, d)
	}
	for _, code := range sortedKeys(news) {
		o, exact := covering(olds, code)
		if !exact && !o.Exists() && code[0] == '2' && !namesSuccess(olds) {
			o = olds["default"] // it stood for every answer
		}
		switch {
		case exact:
		case o.Exists() && !strings.HasSuffix(code, "XX") && code != "default":
			e.compareResponse(x, code, o, news[code])
		default:
			e.emit(x.site, delta{on: "response", op: Added, side: x.receive().side(), name: code, new: news[code], oldAt: first(was, x.old.op)})
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

func (e *engine) sameShape(o, n contract.Node) bool {
	return e.same && e.old.closure(o) == e.new.closure(n)
}

// statuses are the responses by status: "200", "2XX", "default".
func statuses(n contract.Node) map[string]contract.Node {
	m := map[string]contract.Node{}
	for code, r := range n.Fields() {
		if !isExtension(code) && code != "" {
			m[strings.Replace(code, "xx", "XX", 1)] = r
		}
	}
	return m
}

// covering is the response for a status: its own, that of its range, or the default for what is no success.
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

func (e *engine) compareResponse(x exchange, code string, oldRef, newRef contract.Node) {
	o, n := e.old.doc.Deref(oldRef), e.new.doc.Deref(newRef)
	if dangles(o) || dangles(n) {
		return
	}
	if e.same && e.old.closure(o) == e.new.closure(n) {
		return
	}
	e.compareNotes(x.site, o, n, "description", "summary")
	e.compareOtherKeys(x.site, o, n, bodyKeys)
	s := e.partAt(x.site, func(w *where) { w.part, w.status = witness.ResponseBody, code })
	e.compareHeaders(s, o.Get("headers"), n.Get("headers"), o, n, x.receive())
	if code != "204" && code != "205" && code != "304" { // they have no body, whatever is written
		e.compareContent(s, o, n, x.receive())
	}
	e.compareLinks(x, o, n)
}

// compareHeaders compares headers by name, in any case of letters.
func (e *engine) compareHeaders(s *site, was, is, oldAt, newAt contract.Node, m mode) {
	if was.Hash() == is.Hash() && !was.Exists() {
		return
	}
	olds, news := e.old.headers(was), e.new.headers(is)
	for _, name := range bothKeys(olds, news) {
		o, had := olds[name]
		n, has := news[name]
		switch {
		case !had:
			d := delta{on: "header", op: Added, side: m.side(), new: n.at, oldAt: oldAt, name: n.name}
			if n.required {
				d.when = "required"
			}
			e.emit(s, d)
		case !has:
			d := delta{on: "header", op: Removed, side: m.side(), old: o.at, newAt: newAt, name: o.name}
			if o.required {
				d.when = "required"
			}
			e.emit(s, d)
		case dangles(o.at) || dangles(n.at), e.same && e.old.closure(o.at) == e.new.closure(n.at):
		default:
			e.compareHeader(s, o, n, m)
		}
	}
}

func (s *side) headers(n contract.Node) map[string]param {
	m := map[string]param{}
	for name, h := range n.Fields() {
		if !strings.EqualFold(name, "content-type") && !isExtension(name) || isHeaderObject(h) && !strings.EqualFold(name, "content-type") {
			m[strings.ToLower(name)] = s.header(name, h)
		}
	}
	return m
}

// isHeaderObject tells a header X-Rate-Limit from an extension x-something.
func isHeaderObject(n contract.Node) bool {
	return n.Get("schema").Exists() || n.Get("content").Exists() || n.Get("$ref").Exists() || n.Get("description").Exists()
}

func (e *engine) compareHeader(s *site, o, n param, m mode) {
	e.onOff(s, delta{on: "header", attr: "required", side: m.side(), name: n.name, oldAt: o.at, newAt: n.at}, o.required, n.required, o.at.Get("required"), n.at.Get("required"))
	if !sameMedia(o.mediaKey, n.mediaKey) || o.holds(tObject) && n.holds(tObject) && o.explode != n.explode {
		from, to := o.writing(), n.writing()
		if from == to {
			from, to = "explode "+jsonOf(o.at.Get("explode")), "explode "+jsonOf(n.at.Get("explode"))
		}
		e.emit(s, delta{on: "header", attr: "serialization", op: Changed, side: m.side(), name: n.name, old: o.at, new: n.at, from: quoted(from), to: quoted(to)})
	}
	e.compareDeprecated(s, []contract.Node{o.at}, []contract.Node{n.at})
	e.compareNotes(s, o.at, n.at, "description", "example", "examples")
	e.compareOtherKeys(s, o.at, n.at, paramKeys)
	p := e.partAt(s, func(w *where) { w.part, w.name = witness.ResponseHeader, n.name })
	p.mode = n.mode(m).inner()
	e.pair(p, nil, o.schema(), n.schema(), n.mode(m)&^modeLift)
}

// compareLinks compares what a response says about the calls that may follow it.
func (e *engine) compareLinks(x exchange, o, n contract.Node) {
	was, is := o.Get("links"), n.Get("links")
	if was.Hash() == is.Hash() {
		return
	}
	olds, news := mapping(was), mapping(is)
	for _, name := range bothKeys(olds, news) {
		a, b := e.old.doc.Deref(olds[name]), e.new.doc.Deref(news[name])
		switch {
		case dangles(a) || dangles(b):
		case !a.Exists():
			e.emit(x.site, delta{on: "link", op: Added, name: name, new: b, oldAt: o})
		case !b.Exists():
			e.emit(x.site, delta{on: "link", op: Removed, name: name, old: a, newAt: n})
		default:
			for _, field := range []string{"operationId", "operationRef", "parameters", "requestBody", "server"} {
				if a.Get(field).Hash() != b.Get(field).Hash() {
					e.emit(x.site, delta{on: "link", op: Changed, name: field, old: first(a.Get(field), a), new: first(b.Get(field), b)})
				}
			}
			e.compareNotes(x.site, a, b, "description")
		}
	}
}

// compareCallbacks compares the calls that an operation promises to make: there, the API is the client.
func (e *engine) compareCallbacks(x exchange) {
	was, is := x.old.op.Get("callbacks"), x.new.op.Get("callbacks")
	olds, news := e.old.callbacks(was, x.old), e.new.callbacks(is, x.new)
	renameCallbacks(olds, news)
	for _, key := range bothKeys(olds, news) {
		o, n := olds[key], news[key]
		switch {
		case !o.exists():
			e.emit(x.site, delta{on: "callback", op: Added, name: key, new: n.op, oldAt: x.old.op})
		case !n.exists():
			e.emit(x.site, delta{on: "callback", op: Removed, name: key, old: o.op, newAt: x.new.op})
		case e.same && e.old.closure(o.item) == e.new.closure(n.item):
		default:
			y := exchange{old: o, new: n, inverted: !x.inverted}
			y.site = e.partAt(x.site, func(w *where) { *w = where{exchange: y, nested: true} })
			e.compareIdentity(y)
			e.compareParameters(y)
			e.compareBody(y)
			e.compareResponses(y, o.op.Get("responses"), n.op.Get("responses"))
		}
	}
}

// renameCallbacks gives the new names to the callbacks that only changed their name, which is not sent: those of one
// method and one expression.
func renameCallbacks(olds, news map[string]call) {
	sent := func(c call) string { return c.method + " " + c.path }
	fresh := map[string]string{}
	for _, key := range sortedKeys(news) {
		if _, known := olds[key]; !known {
			fresh[sent(news[key])] = key
		}
	}
	for _, key := range sortedKeys(olds) {
		c := olds[key]
		if _, still := news[key]; still {
			continue
		}
		if name, found := fresh[sent(c)]; found {
			delete(olds, key)
			delete(fresh, sent(c))
			olds[name] = c
		}
	}
}

// callbacks are the operations of callbacks by name, expression and method.
func (s *side) callbacks(n contract.Node, of call) map[string]call {
	m := map[string]call{}
	for name, cb := range n.Fields() {
		for expression, item := range s.doc.Deref(cb).Fields() {
			if isExtension(expression) {
				continue
			}
			for _, c := range s.itemCalls(expression, item, of.holders[len(of.holders)-1]) {
				m[name+" "+c.method+" "+expression] = c
			}
		}
	}
	return m
}
