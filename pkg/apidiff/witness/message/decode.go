package message

import (
	"encoding/json"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// Typing knows which kinds of value schemas allow: text can only be read as one of them.
type Typing interface {
	// Kinds are the kinds that a schema allows, through its alternatives.
	Kinds(s validators.Schema) validators.Kinds
	// ItemKinds are those of the items of an array.
	ItemKinds(s validators.Schema) validators.Kinds
	// Fields are the kinds of the fields of an object, and whether a schema names them; decided is false where
	// there are alternatives, of which nobody has chosen one.
	Fields(s validators.Schema) (field func(name string) (k validators.Kinds, listed bool), decided bool)
}

// decode reads a parameter out of a message as its definition says: the value, whether it is there,
// and whether this reader can tell at all.
func (p *Param) decode(t Typing, m *Message) (v any, found, ok bool) {
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
	k := t.Kinds(p.Schema)
	if p.style == "deepObject" || k == validators.KindObject && p.In == "query" && p.style == "form" && p.explode {
		return p.decodeObject(t, m)
	}
	if len(texts) == 0 {
		return nil, false, true
	}
	text, ok := strings.CutPrefix(texts[0], p.prefix())
	switch {
	case !ok:
		return text, true, true // not even in the style: a string that the schema will not like
	case k == validators.KindArray:
		items := texts
		if p.In != "query" || !p.explode {
			items = strings.Split(text, delimiters[p.style])
		}
		list := make([]any, 0, len(items))
		each := t.ItemKinds(p.Schema)
		for _, s := range items {
			list = append(list, read(s, each))
		}
		return list, true, true
	case k&(validators.KindArray|validators.KindObject) != 0 && p.Schema.Node.Exists() && k != validators.KindAny:
		return nil, true, false // several readings
	default:
		return read(text, k), true, true
	}
}

// take is what a message holds under the parameter's name; a query string has none.
func (p *Param) take(m *Message) []string {
	var out []string
	for _, q := range m.sent[p.In] {
		if Key(p.In, q.name) == Key(p.In, p.Name) || p.In == string(QueryString) {
			out = append(out, q.value)
		}
	}
	return out
}

func (p *Param) decodeObject(t Typing, m *Message) (any, bool, bool) {
	kinds, decided := t.Fields(p.Schema)
	out := map[string]any{}
	for _, q := range m.sent["query"] {
		name, deep := q.name, p.style == "deepObject"
		if deep {
			rest, mine := strings.CutPrefix(name, p.Name+"[")
			field, closed := strings.CutSuffix(rest, "]")
			if !mine || !closed || strings.ContainsAny(field, "[]") {
				continue
			}
			name = field
		}
		if k, listed := kinds(name); deep || listed { // else it is another parameter's
			out[name] = read(q.value, k)
		}
	}
	return out, len(out) > 0, decided
}

// read is text as the kinds want it: a number or boolean where no string may stand, text otherwise.
func read(s string, k validators.Kinds) any {
	if k&validators.KindString != 0 {
		return s
	}
	if k&validators.KindNumber != 0 && isNumber(s) {
		return json.Number(s)
	}
	if k&validators.KindBool != 0 && (s == "true" || s == "false") {
		return s == "true"
	}
	return s
}

func isNumber(s string) bool {
	return json.Valid([]byte(s)) && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && strings.TrimSpace(s) == s
}
