// Package message is the wire: how the values of parameters and bodies are written into an HTTP
// message and read out of it, and what the two validators say of a whole message.
package message

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// serverSyntax is an address that a request can be drawn for.
var serverSyntax = regexp.MustCompile(`^https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/%-]*)?$`)

// pair is a name with a value as it travels, before percent-encoding.
type pair struct{ name, value string }

// Message is a request or a response.
type Message struct {
	Endpoint  *Endpoint
	sent      map[string][]pair // by place: "query", "header"
	MediaType string
	Body      any
	HasBody   bool
	Raw       []byte // body as bytes; nil where it cannot be written in its media type
	Status    string // of a response; "" for a request
}

// Bytes is the body in its media type; nil where that cannot be written.
func (m *Message) Bytes() []byte {
	switch {
	case !m.HasBody:
		return nil
	case isJSON(m.MediaType):
		return Encode(m.Body)
	case m.MediaType == "application/x-www-form-urlencoded":
		return m.form()
	}
	if s, ok := m.Body.(string); ok && !strings.HasPrefix(m.MediaType, "multipart/") {
		return []byte(s)
	}
	return nil
}

// form is a flat object as form fields, which is how all readers agree to read one.
func (m *Message) form() []byte {
	fields, ok := m.Body.(map[string]any)
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
var delimiters = map[string]string{"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ",", "matrix": ","}

// Encode adds a parameter to a message; false where its style cannot carry the value so that all
// read it alike.
func (p *Param) Encode(v any, m *Message) bool {
	if p.contentType != "" {
		if !isJSON(concrete(p.contentType)) {
			return false
		}
		return p.put(p.Name, string(Encode(v)), m)
	}
	switch v := v.(type) {
	case []any:
		return p.encodeList(v, m)
	case map[string]any:
		return p.encodeObject(v, m)
	default:
		s, ok := scalar(v)
		return ok && p.style != "deepObject" && p.put(p.Name, p.prefix()+s, m)
	}
}

// prefix is what a style puts before a value.
func (p *Param) prefix() string {
	return map[string]string{"label": ".", "matrix": ";" + p.Name + "="}[p.style]
}

func (p *Param) encodeList(v []any, m *Message) bool {
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
	if p.In == "query" && p.explode {
		for _, s := range items {
			p.put(p.Name, s, m)
		}
		return true
	}
	return p.put(p.Name, p.prefix()+strings.Join(items, delimiter), m)
}

func (p *Param) encodeObject(v map[string]any, m *Message) bool {
	if len(v) == 0 || p.In != "query" || p.style != "deepObject" && (p.style != "form" || !p.explode) {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		s, ok := scalar(v[name])
		if !ok || strings.ContainsAny(name, "[]") {
			return false
		}
		if p.style == "deepObject" {
			name = p.Name + "[" + name + "]"
		}
		p.put(name, s, m)
	}
	return true
}

// put places text; false where it cannot stand there: a line break would start a new header.
func (p *Param) put(name, text string, m *Message) bool {
	fits := false
	switch p.In {
	case "query":
		fits = true
	case string(QueryString):
		fits = p.whole && text != ""
		delete(m.sent, p.In) // it is all of the query string
	case "path":
		fits = text != "" && text != "." && text != ".."
	case "cookie":
		fits = plainText(text) && isToken(name) && !strings.ContainsAny(text, " ;,\"\\")
	case "header":
		fits = plainText(text) && isToken(name)
	}
	if !fits {
		return false
	}
	if m.sent == nil {
		m.sent = map[string][]pair{}
	}
	m.sent[p.In] = append(m.sent[p.In], pair{name, text})
	return true
}

// isToken is whether s can be the name of a header or a cookie.
func isToken(s string) bool { return plainText(s) && !strings.ContainsAny(s, " =;:,\"") }

// plainText is whether s is visible ASCII without space at its ends.
func plainText(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return s != "" && strings.TrimSpace(s) == s
}
