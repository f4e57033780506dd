package apidiff

import (
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/witness"
	"github.com/romel/govctl/pkg/contract"
)

// A param is a parameter or a header with its defaults written out.
type param struct {
	side     *side
	at       contract.Node // the parameter itself, references followed
	name, in string
	required bool
	style    string
	explode  bool
	media    contract.Node // the one media type of content, where there is content
	mediaKey string
}

// defaultStyles by place: OpenAPI 3.1, "Style Values".
var defaultStyles = map[string]string{"query": "form", "cookie": "form", "path": "simple", "header": "simple"}

func (s *side) param(n contract.Node) param {
	at := s.doc.Deref(n)
	p := param{side: s, at: at, name: at.Get("name").Text(), in: at.Get("in").Text(), required: at.Get("required").Bool(), style: at.Get("style").Text()}
	p.settle()
	return p
}

// header is a response header, which is a parameter without a place.
func (s *side) header(name string, n contract.Node) param {
	at := s.doc.Deref(n)
	p := param{side: s, at: at, name: name, in: "header", required: at.Get("required").Bool(), style: at.Get("style").Text()}
	p.settle()
	return p
}

func (p *param) settle() {
	if p.style == "" {
		p.style = defaultStyles[p.in]
	}
	p.explode = p.style == "form" || p.style == "cookie"
	if v := p.at.Get("explode"); v.Exists() {
		p.explode = v.Bool()
	}
	for key, m := range p.at.Get("content").Fields() {
		p.media, p.mediaKey = p.side.doc.Deref(m), key
		break
	}
	if p.in == "path" {
		p.required = true
	}
}

// schema is the use of the schema of the parameter.
func (p param) schema() use {
	if p.media.Exists() {
		return p.side.of(p.media.Get("schema"))
	}
	return p.side.of(p.at.Get("schema"))
}

// structured reports whether the value can be an array or an object, so that style and explode matter.
func (p param) structured() bool {
	return p.holds(tArray | tObject)
}

// holds reports whether the value, written by style, can be of one of the types.
func (p param) holds(t types) bool {
	return !p.media.Exists() && p.schema().schema.norm().types&t != 0 && p.at.Get("schema").Exists()
}

// mode is how the value of the parameter travels.
func (p param) mode(m mode) mode {
	if p.media.Exists() {
		return m
	}
	m |= modeText
	if p.style == "form" && p.explode {
		m |= modeLift
	}
	return m
}

// ignoredHeaders are headers that OpenAPI says a parameter must not describe.
var ignoredHeaders = known("accept", "content-type", "authorization")

// params are the parameters of a call by place and name; those of the path by their position in it.
func (c call) params() (map[string]param, []string) {
	m, order := map[string]param{}, []string{}
	slots := map[string]int{}
	for i, name := range placeholders(c.path) {
		slots[name] = i
	}
	for _, list := range []contract.Node{c.item.Get("parameters"), c.op.Get("parameters")} {
		for _, n := range list.Items() {
			p := c.side.param(n)
			k := p.in + " " + p.name
			switch p.in {
			case "header":
				if ignoredHeaders[strings.ToLower(p.name)] {
					continue
				}
				k = "header " + strings.ToLower(p.name)
			case "path":
				if i, ok := slots[p.name]; ok {
					k = "path #" + strconv.Itoa(i)
				}
			}
			if _, ok := m[k]; !ok {
				order = append(order, k)
			}
			m[k] = p
		}
	}
	return m, order
}

func (e *engine) compareParameters(x exchange) {
	olds, oldOrder := x.old.params()
	news, newOrder := x.new.params()
	unknownOld, unknownNew := takeDangling(olds), takeDangling(news)
	moved := e.compareMoved(x, olds, news, oldOrder)
	for _, k := range oldOrder {
		o := olds[k]
		n, ok := news[k]
		switch {
		case moved[k] || !o.at.Exists():
		case ok:
			e.compareParam(x, o, n)
		case unknownNew: // it may be what a reference names that does not resolve
		case o.in != "path":
			e.paramRemoved(x, o)
		}
	}
	for _, k := range newOrder {
		if _, ok := olds[k]; !ok && !moved[k] && news[k].in != "path" && news[k].at.Exists() && !unknownOld {
			e.paramAdded(x, news[k])
		}
	}
}

// takeDangling takes out what is a reference that does not resolve, and reports whether there was one.
func takeDangling(m map[string]param) bool {
	found := false
	for k, p := range m {
		if dangles(p.at) {
			delete(m, k)
			found = true
		}
	}
	return found
}

// compareMoved finds parameters that kept their name and changed their place.
func (e *engine) compareMoved(x exchange, olds, news map[string]param, order []string) map[string]bool {
	done := map[string]bool{}
	for _, k := range order {
		o := olds[k]
		if _, ok := news[k]; ok || o.in == "path" {
			continue
		}
		for _, in := range []string{"query", "header", "cookie"} {
			key := in + " " + o.name
			if in == "header" {
				key = "header " + strings.ToLower(o.name)
			}
			n, ok := news[key]
			if _, both := olds[key]; !ok || both || done[key] {
				continue
			}
			done[k], done[key] = true, true
			e.emit(x.site, delta{on: "parameter", attr: "in", op: Changed, side: x.send().side(), old: o.at, new: n.at, from: quoted(o.in), to: quoted(n.in)})
			e.compareParamParts(x, o, n)
			break
		}
	}
	return done
}

func (e *engine) paramAdded(x exchange, p param) {
	d := delta{on: "parameter", op: Added, side: x.send().side(), new: p.at, oldAt: x.old.op}
	if p.required {
		d.when = "required"
	}
	e.emit(x.site, d)
}

func (e *engine) paramRemoved(x exchange, p param) {
	d := delta{on: "parameter", op: Removed, side: x.send().side(), old: p.at, newAt: x.new.op}
	switch {
	case e.passed(p.at):
		d.when = "after-sunset"
	case p.required:
		d.when = "required"
	}
	e.emit(x.site, d)
}

func (e *engine) compareParam(x exchange, o, n param) {
	if e.same && o.name == n.name && o.in == n.in && o.required == n.required && e.old.closure(o.at) == e.new.closure(n.at) {
		return
	}
	if o.in == "path" && o.name != n.name {
		e.emit(x.site, delta{on: "parameter", attr: "name", op: Renamed, old: o.at, new: n.at, from: quoted(o.name), to: quoted(n.name)})
	}
	e.compareParamParts(x, o, n)
}

func (e *engine) compareParamParts(x exchange, o, n param) {
	side := x.send().side()
	e.onOff(x.site, delta{on: "parameter", attr: "required", side: side, oldAt: o.at, newAt: n.at}, o.required, n.required, o.at.Get("required"), n.at.Get("required"))
	if o.in == "query" && n.in == "query" { // elsewhere they mean nothing
		e.flag(x.site, "parameter", "allow-reserved", side, o.at, n.at, "allowReserved")
		e.flag(x.site, "parameter", "allow-empty-value", side, o.at, n.at, "allowEmptyValue")
	}
	e.compareSerialization(x, o, n)
	e.compareDeprecated(x.site, []contract.Node{o.at}, []contract.Node{n.at})
	e.compareNotes(x.site, o.at, n.at, "description", "example", "examples")
	e.compareOtherKeys(x.site, o.at, n.at, paramKeys)
	s := e.partAt(x.site, func(w *where) { w.part, w.name = witness.Part(n.in), n.name })
	s.mode = n.mode(x.send()).inner()
	m := n.mode(x.send())
	if o.media.Exists() != n.media.Exists() {
		m |= modeText
	}
	e.pair(s, nil, o.schema(), n.schema(), m)
}

var paramKeys = known("name", "in", "required", "allowReserved", "allowEmptyValue", "style", "explode", "schema", "content", "deprecated", "description", "example", "examples")

// compareSerialization compares how a value is written as text, where that makes a difference.
func (e *engine) compareSerialization(x exchange, o, n param) {
	d := delta{on: "parameter", side: x.send().side(), op: Changed, oldAt: o.at, newAt: n.at}
	switch {
	case o.media.Exists() || n.media.Exists():
		if !sameMedia(o.mediaKey, n.mediaKey) {
			d.attr, d.from, d.to = "serialization", quoted(o.writing()), quoted(n.writing())
			d.old, d.new = first(o.media, o.at), first(n.media, n.at)
			e.emit(x.site, d)
		}
		return
	case o.in != n.in:
		return
	}
	structured := o.structured() && n.structured()
	exploding := structured && (o.style != "simple" || o.holds(tObject) && n.holds(tObject)) // a simple list has commas either way
	if o.style != n.style && (structured || o.in == "path") {
		d.attr, d.from, d.to = "style", quoted(o.style), quoted(n.style)
		d.old, d.new = o.at.Get("style"), n.at.Get("style")
		e.emit(x.site, d)
	} else if o.explode != n.explode && exploding && o.style != "deepObject" {
		d.attr, d.from, d.to = "explode", strconv.FormatBool(o.explode), strconv.FormatBool(n.explode)
		d.old, d.new = o.at.Get("explode"), n.at.Get("explode")
		e.emit(x.site, d)
	}
}

func (p param) writing() string {
	if p.media.Exists() {
		return p.mediaKey
	}
	return p.style
}

func (e *engine) flag(s *site, on, attr string, side Side, o, n contract.Node, field string) {
	was, is := o.Get(field), n.Get(field)
	e.onOff(s, delta{on: on, attr: attr, side: side, oldAt: o, newAt: n}, was.Bool(), is.Bool(), was, is)
}

// onOff emits a delta for something that is there or not.
func (e *engine) onOff(s *site, d delta, was, is bool, old, new contract.Node) {
	switch {
	case is && !was:
		d.op, d.new = Added, new
	case was && !is:
		d.op, d.old = Removed, old
	default:
		return
	}
	e.emit(s, d)
}
