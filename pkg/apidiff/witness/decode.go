package witness

import (
	"encoding/json"
	"strings"
)

// decode reads a parameter out of a message as its definition says: the value, whether it is there, and whether this
// reader can tell at all.
func (p *param) decode(w *worker, m *message) (v any, found, ok bool) {
	g := &gen{w: w}
	texts := p.take(m)
	if p.contentType != "" {
		if len(texts) == 0 {
			return nil, false, true
		}
		dec := json.NewDecoder(strings.NewReader(texts[0]))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return texts[0], true, isJSON(concrete(p.contentType))
		}
		return v, true, true
	}
	k := g.kindsOf(one(p.schema), 0)
	if p.style == "deepObject" || k == kindObject && p.in == "query" && p.style == "form" && p.explode {
		return p.decodeObject(g, m)
	}
	if len(texts) == 0 {
		return nil, false, true
	}
	text, ok := p.strip(texts[0])
	switch {
	case !ok:
		return text, true, true // not even in the style: a string that the schema will not like
	case k == kindArray:
		items := texts
		if p.in != "query" || !p.explode {
			d := delimiters[p.style]
			if p.style == "label" {
				d = ","
			}
			items = strings.Split(text, d)
		}
		list := make([]any, 0, len(items))
		each := g.item(g.shape(one(p.schema)), 0)
		for _, s := range items {
			list = append(list, read(s, g.kindsOf(each, 0)))
		}
		return list, true, true
	case k&(kindArray|kindObject) != 0 && p.schema.n.Exists() && k != kindAny:
		return nil, true, false // several readings
	default:
		return read(text, k), true, true
	}
}

// take is what a message holds under the parameter's name.
func (p *param) take(m *message) []string {
	var out []string
	pick := func(pairs []pair, fold bool) {
		for _, q := range pairs {
			if q.name == p.name || fold && strings.EqualFold(q.name, p.name) {
				out = append(out, q.value)
			}
		}
	}
	switch p.in {
	case "query":
		pick(m.query, false)
	case "header":
		pick(m.header, true)
	case "cookie":
		pick(m.cookie, false)
	case "path":
		if s, ok := m.path[p.name]; ok {
			out = []string{s}
		}
	}
	return out
}

// strip takes off what a style puts before a value.
func (p *param) strip(s string) (string, bool) {
	switch p.style {
	case "label":
		return strings.CutPrefix(s, ".")
	case "matrix":
		return strings.CutPrefix(s, ";"+p.name+"=")
	default:
		return s, true
	}
}

func (p *param) decodeObject(g *gen, m *message) (any, bool, bool) {
	sh := g.shape(one(p.schema))
	out := map[string]any{}
	for _, q := range m.query {
		name := q.name
		if p.style == "deepObject" {
			rest, mine := strings.CutPrefix(name, p.name+"[")
			field, closed := strings.CutSuffix(rest, "]")
			if !mine || !closed || strings.ContainsAny(field, "[]") {
				continue
			}
			name = field
		} else if !g.names(sh, name) {
			continue // another parameter's
		}
		c, _ := g.field(sh, name)
		out[name] = read(q.value, g.kindsOf(c, 0))
	}
	return out, len(out) > 0, len(sh.choices) == 0
}

func (g *gen) names(sh *shape, name string) bool {
	for _, s := range sh.objects {
		if s.get("properties").Get(name).Exists() {
			return true
		}
	}
	return false
}

// kindsOf are the kinds that schemas allow, through their alternatives.
func (g *gen) kindsOf(c conj, depth int) kinds {
	sh := g.shape(c)
	if sh.closed {
		k := kinds(0)
		for _, v := range sh.values {
			k |= kindOf(v)
		}
		sh = &shape{kinds: sh.kinds & k, choices: sh.choices}
	}
	if len(sh.choices) == 0 || depth > 6 {
		return sh.kinds
	}
	ch := sh.choices[0]
	k := kinds(0)
	for i := range min(ch.len(), maxBranches) {
		k |= g.kindsOf(c.with(pick{ch.at, ch.keyword, i}), depth+1)
	}
	return k & sh.kinds
}

// read is text as the kinds want it: a number or boolean where no string may stand, text otherwise.
func read(s string, k kinds) any {
	if k&kindString != 0 {
		return s
	}
	if n := json.Number(s); k&kindNumber != 0 && isNumber(s) {
		return n
	}
	if k&kindBool != 0 && (s == "true" || s == "false") {
		return s == "true"
	}
	return s
}

func isNumber(s string) bool {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var n json.Number
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && dec.Decode(&n) == nil && !dec.More() && n.String() == s
}
