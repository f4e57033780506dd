package operations

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/lifecycle"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// A param is a parameter or a header with its defaults written out.
type param struct {
	side     *subschema.Catalog
	at       contract.Node // the parameter itself, references followed
	name, in string
	required bool
	style    string
	explode  bool
	media    contract.Node // the one media type of content, where there is content
	mediaKey string
}

// DefaultStyles by place: OpenAPI 3.1, "Style Values".
var DefaultStyles = map[string]string{"query": "form", "cookie": "form", "path": "simple", "header": "simple"}

func paramOf(s *subschema.Catalog, n contract.Node) param {
	at := s.Doc.Deref(n)
	p := param{side: s, at: at, name: at.Get("name").Text(), in: at.Get("in").Text(), required: at.Get("required").Bool(), style: at.Get("style").Text()}
	p.applyDefaults()
	return p
}

// header is a response header, which is a parameter without a place.
func headerOf(s *subschema.Catalog, name string, n contract.Node) param {
	at := s.Doc.Deref(n)
	p := param{side: s, at: at, name: name, in: "header", required: at.Get("required").Bool(), style: at.Get("style").Text()}
	p.applyDefaults()
	return p
}

func (p *param) applyDefaults() {
	if p.style == "" {
		p.style = DefaultStyles[p.in]
	}
	p.explode = p.style == "form" || p.style == "cookie"
	if v := p.at.Get("explode"); v.Exists() {
		p.explode = v.Bool()
	}
	for key, m := range p.at.Get("content").Fields() {
		p.media, p.mediaKey = p.side.Doc.Deref(m), key
		break
	}
	if p.in == "path" {
		p.required = true
	}
}

// schema is the use of the schema of the parameter.
func (p param) schema() subschema.Use {
	if p.media.Exists() {
		return p.side.Of(p.media.Get("schema"))
	}
	return p.side.Of(p.at.Get("schema"))
}

// structured reports whether the value can be an array or an object, so that style and explode
// matter.
func (p param) structured() bool {
	return p.holds(subschema.Array | subschema.Object)
}

// holds reports whether the value, written by style, can be of one of the types.
func (p param) holds(t subschema.Types) bool {
	return !p.media.Exists() && p.schema().Schema.Normal().Types&t != 0 && p.at.Get("schema").Exists()
}

// wholeQuery is the place of a parameter for the whole query string, of which there is one: OpenAPI 3.2.
const wholeQuery = "querystring"

// whole reports whether the parameter stands for the whole query string.
func (p param) whole() bool { return p.in == wholeQuery && p.side.V32 }

// medium is the media type of a parameter that is written as one.
func (p param) medium() medium {
	base, params := mediaBase(p.mediaKey)
	return medium{key: p.mediaKey, base: base, params: params, at: p.media}
}

// mode is how the value of the parameter travels.
func (p param) mode(m subschema.Mode) subschema.Mode {
	if p.whole() {
		return m | p.medium().mode()
	}
	if p.media.Exists() {
		return m
	}
	m |= subschema.AsText
	if p.style == "form" && p.explode {
		m |= subschema.ScalarAsArray
	}
	return m
}

// ignoredHeaders are headers that OpenAPI says a parameter must not describe.
var ignoredHeaders = jsonvalue.Known("accept", "content-type", "authorization")

// paramsOf are the parameters of a call by place and name; those of the path by their position in
// it.
func paramsOf(s *subschema.Catalog, c Call) (map[string]param, []string) {
	m, order := map[string]param{}, []string{}
	slots := map[string]int{}
	for i, name := range Placeholders(c.Path) {
		slots[name] = i
	}
	for _, list := range []contract.Node{c.Item.Get("parameters"), c.Op.Get("parameters")} {
		for _, n := range list.Items() {
			p := paramOf(s, n)
			k := p.in + " " + p.name
			switch p.in {
			case "header":
				if ignoredHeaders[strings.ToLower(p.name)] {
					continue
				}
				k = "header " + strings.ToLower(p.name)
			case wholeQuery:
				if p.whole() {
					k = wholeQuery // its name is not sent
				}
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

// workPerParameter is what comparing a parameter costs where many operations have it from their path.
const workPerParameter = 40

func (e *Comparer) compareParameters(x exchange) {
	olds, oldOrder := paramsOf(e.Old, x.old)
	news, newOrder := paramsOf(e.New, x.new)
	e.Schemas.Meter.Charge(workPerParameter * (len(olds) + len(news)))
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

// takeDangling takes out what is a reference that does not resolve, and reports whether there was
// one.
func takeDangling(m map[string]param) bool {
	found := false
	for k, p := range m {
		if dangles(p.at) || p.side.Hides(p.media) {
			delete(m, k)
			found = true
		}
	}
	return found
}

// compareMoved finds parameters that kept their name and changed their place.
func (e *Comparer) compareMoved(x exchange, olds, news map[string]param, order []string) map[string]bool {
	done := map[string]bool{}
	for _, k := range order {
		o := olds[k]
		if _, ok := news[k]; ok || o.in == "path" || o.whole() {
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
			x := x.within(o)
			x.part.note(subschema.Difference{On: "parameter", Attr: "in", Op: rules.Changed, Side: x.send().Side(), Old: o.at, New: n.at, From: jsonvalue.Quoted(o.in), To: jsonvalue.Quoted(n.in)})
			e.compareParamParts(x, o, n)
			break
		}
	}
	return done
}

func (e *Comparer) paramAdded(x exchange, p param) {
	d := subschema.Difference{On: "parameter", Op: rules.Added, Side: x.send().Side(), New: p.at, OldAt: x.old.Op}
	if p.required {
		d.When = "required"
	}
	x.part.note(d)
}

func (e *Comparer) paramRemoved(x exchange, p param) {
	d := subschema.Difference{On: "parameter", Op: rules.Removed, Side: x.send().Side(), Old: p.at, NewAt: x.new.Op}
	switch {
	case lifecycle.SunsetPassed(p.at, e.Now):
		d.When = "after-sunset"
	case lifecycle.Unstable(p.at):
		d.When, d.From = "unstable", jsonvalue.Quoted(lifecycle.Stability(p.at))
	case p.required:
		d.When = "required"
	}
	x.part.note(d)
}

func (e *Comparer) compareParam(x exchange, o, n param) {
	if e.Same && o.name == n.name && o.in == n.in && o.required == n.required && e.Old.Closure(o.at) == e.New.Closure(n.at) {
		return
	}
	if o.in == "path" && o.name != n.name {
		x.part.note(subschema.Difference{On: "parameter", Attr: "name", Op: rules.Renamed, Old: o.at, New: n.at, From: jsonvalue.Quoted(o.name), To: jsonvalue.Quoted(n.name)})
	}
	e.compareParamParts(x, o, n)
}

// within is the exchange with a part of its own for what is found of a parameter that promises nothing.
func (x exchange) within(p param) exchange {
	if lifecycle.Unstable(p.at) && !x.part.Unstable {
		x.part = x.part.under(func(*Location) {})
		x.part.Unstable = true
	}
	return x
}

func (e *Comparer) compareParamParts(x exchange, o, n param) {
	side := x.send().Side()
	x = x.within(o)
	if d, ok := stabilityChange(o.at, n.at); ok {
		x.part.note(d)
	}
	e.onOff(x.part, subschema.Difference{On: "parameter", Attr: "required", Side: side, OldAt: o.at, NewAt: n.at}, o.required, n.required, o.at.Get("required"), n.at.Get("required"))
	if o.in == "query" && n.in == "query" { // elsewhere it means nothing
		e.flag(x.part, "parameter", "allow-empty-value", side, o.at, n.at, "allowEmptyValue")
	}
	if o.in == n.in && (o.escaped() || n.escaped()) {
		e.onOff(x.part, subschema.Difference{On: "parameter", Attr: "allow-reserved", Side: side, OldAt: o.at, NewAt: n.at},
			o.reserved(), n.reserved(), o.at.Get("allowReserved"), n.at.Get("allowReserved"))
	}
	e.compareSerialization(x, o, n)
	if d, ok := deprecated([]contract.Node{o.at}, []contract.Node{n.at}); ok {
		x.part.note(d)
	}
	e.compareDocumentation(x.part, o.at, n.at, "description", "example", "examples")
	e.compareOtherKeys(x.part, o.at, n.at, paramKeys)
	s := x.part.under(func(w *Location) { w.Part, w.Name = n.in, n.name })
	s.Mode = n.mode(x.send()).Inner()
	m := n.mode(x.send())
	if o.media.Exists() != n.media.Exists() {
		m |= subschema.AsText
	}
	if o.whole() && n.whole() {
		e.compareEncodings(s, o.medium(), n.medium(), m)
		e.pairSchemas(s, o.medium(), n.medium(), m)
		return
	}
	s.pair(nil, o.schema(), n.schema(), m)
}

// escaped reports whether allowReserved means something: for what percent-encoding applies to. Before OpenAPI 3.2 that was
// the query alone.
func (p param) escaped() bool {
	switch p.in {
	case "query":
		return true
	case "path":
		return p.side.V32
	case "cookie":
		return p.side.V32 && p.style == "form"
	default:
		return false
	}
}

// reserved reports whether reserved characters may stand unescaped.
func (p param) reserved() bool { return p.escaped() && p.at.Get("allowReserved").Bool() }

var (
	headerKeys = jsonvalue.Known("name", "in", "required", "allowReserved", "allowEmptyValue", "style", "explode", "schema", "content", "deprecated", "description", "example", "examples")
	paramKeys  = jsonvalue.Known(append(slices.Collect(maps.Keys(headerKeys)), "x-stability-level")...)
)

// compareSerialization compares how a value is written as text, where that makes a difference.
func (e *Comparer) compareSerialization(x exchange, o, n param) {
	d := subschema.Difference{On: "parameter", Side: x.send().Side(), Op: rules.Changed, OldAt: o.at, NewAt: n.at}
	switch {
	case o.media.Exists() || n.media.Exists():
		if !sameMedia(o.mediaKey, n.mediaKey) {
			d.Attr, d.From, d.To = "serialization", jsonvalue.Quoted(o.writing()), jsonvalue.Quoted(n.writing())
			d.Old, d.New = jsonvalue.First(o.media, o.at), jsonvalue.First(n.media, n.at)
			x.part.note(d)
		}
		return
	case o.in != n.in:
		return
	}
	structured := o.structured() && n.structured()
	exploding := structured && (o.style != "simple" || o.holds(subschema.Object) && n.holds(subschema.Object)) // a simple list has commas either way
	if o.style != n.style && (structured || o.in == "path" || o.in == "cookie" && (o.quotable() || n.quotable())) {
		d.Attr, d.From, d.To = "style", jsonvalue.Quoted(o.style), jsonvalue.Quoted(n.style)
		d.Old, d.New = o.at.Get("style"), n.at.Get("style")
		x.part.note(d)
	} else if o.explode != n.explode && exploding && o.style != "deepObject" {
		d.Attr, d.From, d.To = "explode", strconv.FormatBool(o.explode), strconv.FormatBool(n.explode)
		d.Old, d.New = o.at.Get("explode"), n.at.Get("explode")
		x.part.note(d)
	}
}

// quotable reports whether the value may have characters that style form escapes and style cookie does not.
func (p param) quotable() bool {
	return p.side.V32 && p.style == "cookie" && p.schema().Schema.Normal().Types&(subschema.String|subschema.Array|subschema.Object) != 0
}

func (p param) writing() string {
	if p.media.Exists() {
		return p.mediaKey
	}
	return p.style
}
