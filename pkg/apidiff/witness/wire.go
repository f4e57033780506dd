package witness

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// serverSyntax is an address that a request can be drawn for.
var serverSyntax = regexp.MustCompile(`^https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/%-]*)?$`)

// pair is a name with a value as it travels, before percent-encoding.
type pair struct{ name, value string }

// message is a request or a response.
type message struct {
	o         *operation
	path      map[string]string
	query     []pair
	header    []pair
	cookie    []pair
	mediaType string
	body      any
	hasBody   bool
	raw       []byte // body as bytes; nil where it cannot be written in its media type
	status    string // of a response; "" for a request
}

// message is the message around the value of the part in question; the last one is kept.
func (x *exchange) message(v any) (*message, bool) {
	if x.now != nil && same(x.nowOf, v) {
		return x.now, true
	}
	m, ok := x.build(v)
	if x.now = nil; ok {
		x.now, x.nowOf = m, v
	}
	return m, ok
}

// same is whether a and b are one value, not only equal.
func same(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Kind() != vb.Kind() {
		return false
	}
	if va.Kind() == reflect.Map || va.Kind() == reflect.Slice {
		return va.Pointer() == vb.Pointer() && va.Len() == vb.Len()
	}
	return a == b
}

// build makes a message: with what either side requires, and nothing else.
func (x *exchange) build(v any) (*message, bool) {
	m := &message{o: x.inner, path: map[string]string{}}
	_, none := v.(absent)
	if x.q.Direction == Response {
		return x.answer(m, v, none)
	}
	for _, p := range x.inner.params {
		other := x.outer.param(p.in, p.name)
		if p.in == x.focusIn && x.key(p.name) == x.key(x.q.Name) && x.q.Name != "" {
			if !none && !p.encode(v, m) {
				return nil, false
			}
			continue
		}
		if !p.required && (other == nil || !other.required) {
			continue
		}
		value, ok := x.beside(p, other)
		if !ok || !p.encode(value, m) {
			return nil, false
		}
	}
	for _, p := range x.outer.params {
		if p.required && x.inner.param(p.in, p.name) == nil && (p.in != x.focusIn || x.key(p.name) != x.key(x.q.Name)) && p.in != "path" {
			if value, ok := x.beside(p, nil); ok {
				p.encode(value, m)
			}
		}
	}
	return m, x.requestBody(m, v, none)
}

// beside is a value for a parameter that is not the one in question.
func (x *exchange) beside(p, other *param) (any, bool) {
	if !p.schema.n.Exists() {
		return "a", true
	}
	return x.both(p.schema, other.schemaSite())
}

func (x *exchange) requestBody(m *message, v any, none bool) bool {
	a, b := site{x.inner.d, x.inner.body().Get("content")}, site{x.outer.d, x.outer.body().Get("content")}
	m.mediaType = x.mediaType(a, b)
	if x.q.Part == Body {
		if none {
			return true
		}
		m.hasBody, m.body = true, v
	} else {
		if !x.inner.body().Get("required").Bool() && !x.outer.body().Get("required").Bool() {
			return true
		}
		m.hasBody = true
		s := schemaFor(a, m.mediaType)
		if s == nil {
			if s = schemaFor(b, m.mediaType); s == nil {
				return !x.inner.body().Get("required").Bool()
			}
		}
		value, ok := x.both(*s, schemaFor(b, m.mediaType))
		if !ok {
			return false
		}
		m.body = value
	}
	m.raw = m.bytes()
	return true
}

// answer builds a response.
func (x *exchange) answer(m *message, v any, none bool) (*message, bool) {
	m.status = x.status()
	in, out := x.inner.response(m.status), x.outer.response(m.status)
	for _, p := range in.headers() {
		if x.q.Part == ResponseHeader && strings.EqualFold(p.name, x.q.Name) {
			if !none && !p.encode(v, m) {
				return nil, false
			}
			continue
		}
		other := out.header(p.name)
		if p.required || other != nil && other.required {
			if value, ok := x.beside(p, other); !ok || !p.encode(value, m) {
				return nil, false
			}
		}
	}
	a, b := site{x.inner.d, in.n.Get("content")}, site{x.outer.d, out.n.Get("content")}
	if a.n.Len() == 0 {
		return m, true
	}
	m.mediaType, m.hasBody = x.mediaType(a, b), true
	if x.q.Part == ResponseBody {
		m.body, m.hasBody = v, !none
	} else if s := schemaFor(a, m.mediaType); s != nil {
		value, ok := x.both(*s, schemaFor(b, m.mediaType))
		if !ok {
			return nil, false
		}
		m.body = value
	}
	m.raw = m.bytes()
	return m, true
}

// bytes is the body in its media type; nil where that cannot be written.
func (m *message) bytes() []byte {
	switch {
	case !m.hasBody:
		return nil
	case isJSON(m.mediaType):
		return encode(m.body)
	case m.mediaType == "application/x-www-form-urlencoded":
		return m.form()
	}
	if s, ok := m.body.(string); ok && !strings.HasPrefix(m.mediaType, "multipart/") {
		return []byte(s)
	}
	return nil
}

// form is a flat object as form fields, which is how all readers agree to read one.
func (m *message) form() []byte {
	fields, ok := m.body.(map[string]any)
	if !ok {
		return nil
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		list, isList := fields[name].([]any)
		if !isList {
			list = []any{fields[name]}
		}
		for _, item := range list {
			s, ok := scalar(item)
			if !ok {
				return nil
			}
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(s))
		}
	}
	return []byte(strings.Join(pairs, "&"))
}

// scalar is a value as plain text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// delimiters of lists by style.
var delimiters = map[string]string{"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ","}

// encode adds a parameter to a message; false where its style cannot carry the value so that all read it alike.
func (p *param) encode(v any, m *message) bool {
	if p.contentType != "" {
		if !isJSON(concrete(p.contentType)) {
			return false
		}
		return p.put(p.name, string(encode(v)), m)
	}
	switch v := v.(type) {
	case []any:
		return p.encodeList(v, m)
	case map[string]any:
		return p.encodeObject(v, m)
	default:
		s, ok := scalar(v)
		switch {
		case !ok || p.style == "deepObject":
			return false
		case p.style == "label":
			s = "." + s
		case p.style == "matrix":
			s = ";" + p.name + "=" + s
		}
		return p.put(p.name, s, m)
	}
}

func (p *param) encodeList(v []any, m *message) bool {
	var items []string
	delimiter, known := delimiters[p.style]
	for _, item := range v {
		s, ok := scalar(item)
		if !ok || !known || s == "" || strings.Contains(s, delimiter) {
			return false
		}
		items = append(items, s)
	}
	if len(items) == 0 || (p.style == "label" || p.style == "matrix") && p.explode {
		return false
	}
	if p.in == "query" && p.explode {
		for _, s := range items {
			p.put(p.name, s, m)
		}
		return true
	}
	text := strings.Join(items, delimiter)
	switch p.style {
	case "label":
		text = "." + strings.Join(items, ",")
	case "matrix":
		text = ";" + p.name + "=" + text
	}
	return p.put(p.name, text, m)
}

func (p *param) encodeObject(v map[string]any, m *message) bool {
	if len(v) == 0 || p.in != "query" || p.style != "deepObject" && (p.style != "form" || !p.explode) {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		s, ok := scalar(v[name])
		if !ok || strings.ContainsAny(name, "[]") {
			return false
		}
		if p.style == "deepObject" {
			name = p.name + "[" + name + "]"
		}
		p.put(name, s, m)
	}
	return true
}

// put places text; false where it cannot stand there: a line break would start a new header.
func (p *param) put(name, text string, m *message) bool {
	switch p.in {
	case "query":
		m.query = append(m.query, pair{name, text})
	case "path":
		if text == "" || text == "." || text == ".." {
			return false
		}
		m.path[name] = text
	case "header", "cookie":
		if !plainText(text) || !plainText(name) || strings.ContainsAny(name, " =;:,\"") || p.in == "cookie" && strings.ContainsAny(text, " ;,\"\\") {
			return false
		}
		if p.in == "header" {
			m.header = append(m.header, pair{name, text})
		} else {
			m.cookie = append(m.cookie, pair{name, text})
		}
	default:
		return false
	}
	return true
}

// plainText is whether s is visible ASCII without space at its ends.
func plainText(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return s != "" && strings.TrimSpace(s) == s
}
