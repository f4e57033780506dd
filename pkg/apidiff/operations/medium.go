package operations

import (
	"mime"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/subschema"
	"github.com/romel/govctl/pkg/contract"
)

// A medium is one media type of a body.
type medium struct {
	key    string
	base   string // type/subtype in lower case
	params map[string]string
	at     contract.Node
}

func mediaOf(s *subschema.Catalog, content contract.Node) []medium {
	var out []medium
	for key, n := range content.Fields() {
		base, params := mediaBase(key)
		out = append(out, medium{key: key, base: base, params: params, at: s.Doc.Deref(n)})
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

// form reports whether bodies of the format are made of named parts.
func (m medium) form() bool {
	return m.base == "application/x-www-form-urlencoded" || strings.HasPrefix(m.base, "multipart/")
}

// sequential reports whether bodies of the format are a sequence of values: OpenAPI 3.2, "Sequential Media Types".
func (m medium) sequential() bool {
	switch m.base {
	case "application/jsonl", "application/x-jsonlines", "application/x-ndjson", "application/ndjson", "application/json-seq", "text/event-stream", "multipart/mixed":
		return true
	}
	return strings.HasSuffix(m.base, "+json-seq")
}

// bytes reports whether bodies of the format are taken as they are.
func (m medium) bytes() bool {
	main, sub, _ := strings.Cut(m.base, "/")
	return main != "text" && main != "multipart" && !strings.Contains(sub, "json") && !strings.Contains(sub, "xml") && !strings.Contains(sub, "yaml") && sub != "x-www-form-urlencoded"
}

// mode is how values travel in this format.
func (m medium) mode() subschema.Mode {
	switch {
	case m.base == "application/x-www-form-urlencoded":
		return subschema.AsText
	case strings.HasSuffix(m.base, "/xml") || strings.HasSuffix(m.base, "+xml"):
		return subschema.AsXML
	default:
		return 0
	}
}

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
