package apidiff

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/jsonvalue"
	"github.com/romel/govctl/pkg/apidiff/operations"
	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
)

// A subject is what a finding is about, derived from its place in the document: independent of
// lines, of the order of lists and of the names of path parameters.
type subject struct {
	owner string // Order; GET /pets/{}; parameter limit
	part  string // "query limit", "request", "200", "200 header X-Rate": within an operation
	path  string // status, items[].id: within a schema
	what  string // the same in words, without the path
	op    string // the operation as written, for words
	thing string // operation, component: what the owner is
}

// String is the subject as waivers match it and fingerprints hash it.
func (s subject) String() string {
	out := s.owner
	if s.part != "" {
		out += " " + s.part
	}
	if s.path == "" {
		return out
	}
	if s.part == "" {
		return out + "." + s.path
	}
	return out + " ." + s.path
}

// phrase is the subject in a sentence.
func (s subject) phrase(side rules.Side) string {
	if s.path == "" {
		if s.thing == "schema" && side != rules.None {
			return side.String() + " schema " + s.what
		}
		return s.what
	}
	p := "property `" + s.path + "` of " + s.what
	switch s.path[0] {
	case '[', '*':
		p = "`" + s.path + "` of " + s.what
	case '|':
		name, below, _ := strings.Cut(s.path[1:], ".")
		if p = "alternative `" + name + "` of " + s.what; below != "" {
			p = "property `" + below + "` of " + p
		}
	}
	if side == rules.None || s.part != "" && !strings.HasPrefix(s.part, "request") && !strings.Contains(s.part, "body") && s.thing == "value" {
		return p
	}
	return side.String() + " " + p
}

// child is the subject of something below, by name.
func (s subject) child(name string) subject {
	if s.path == "" {
		s.path = name
	} else {
		s.path += "." + name
	}
	return s
}

// subjectAt is the subject of a node. long keeps what is shown for long keys, by node.
func subjectAt(doc *contract.Document, n contract.Node, long map[contract.Node]string) subject {
	r := reader{doc: doc, node: doc.Root(), rest: n.Tokens(), nodes: n.Path(), long: long}
	if n.File() == doc.Root().File() {
		return r.subject()
	}
	var tokens []string
	name := ""
	for len(r.rest) > 0 {
		name = r.next()
		tokens = append(tokens, name)
	}
	return subject{owner: n.File() + "#/" + strings.Join(tokens, "/"), what: "`" + name + "` in " + n.File(), thing: "schema"}
}

// maxToken is how many bytes of a key or a name count in a subject. Longer ones, which nobody reads, are told apart by their
// digest: what all findings of an operation say of a path of a megabyte would take hours.
const maxToken = 2_000

// short is a token as it is shown.
func (r *reader) short(t string) string {
	if len(t) <= maxToken {
		return t
	}
	s, known := r.long[r.node]
	if !known {
		sum := sha256.Sum256([]byte(t))
		s = cutText(t, 200) + " " + hex.EncodeToString(sum[:8])
		r.long[r.node] = s
	}
	return s
}

// A reader walks a pointer and says what it passes.
type reader struct {
	doc   *contract.Document
	node  contract.Node
	rest  []string
	nodes []contract.Node          // that the rest leads to
	long  map[contract.Node]string // see subjectAt
}

// next takes one token and follows it.
func (r *reader) next() string {
	if len(r.rest) == 0 {
		return ""
	}
	token := r.rest[0]
	r.node, r.rest, r.nodes = r.nodes[0], r.rest[1:], r.nodes[1:]
	return r.short(token)
}

func (r *reader) subject() subject {
	switch head := r.next(); head {
	case "paths":
		return r.path(r.next(), "")
	case "webhooks", "x-webhooks":
		return r.path(r.next(), "webhook ")
	case "components":
		return r.component(r.next(), r.next())
	case "servers":
		return subject{owner: "server", what: "server `" + r.url() + "`", part: r.url()}
	case "security":
		return subject{owner: "security", what: "the security requirement of the document"}
	case "info":
		return subject{owner: "info", what: "the description of the API"}
	default:
		return subject{owner: "document", what: "the document"}
	}
}

func (r *reader) url() string {
	r.next()
	return r.node.Get("url").Text()
}

var methodNames = jsonvalue.Known(contract.Methods...)

// path is for what stands below a path item.
func (r *reader) path(path, prefix string) subject {
	s := subject{owner: prefix + operations.Template(path), op: prefix + path, thing: "operation"}
	if method := r.method(); method != "" && prefix == "" {
		s.owner, s.op = method+" "+s.owner, method+" "+path
	} else if method != "" {
		s.op += " " + method
		s.owner = s.op
	}
	s.what = s.op
	return r.operation(s)
}

// method takes what names an operation of a path item: its field, or its own name among additionalOperations. Empty where
// neither is next.
func (r *reader) method() string {
	switch {
	case len(r.rest) > 0 && methodNames[r.rest[0]]:
		return strings.ToUpper(r.next())
	case len(r.rest) > 1 && r.rest[0] == "additionalOperations":
		r.next()
		return r.next()
	default:
		return ""
	}
}

// operation is for what stands below an operation or a path item.
func (r *reader) operation(s subject) subject {
	switch r.next() {
	case "parameters":
		return r.parameter(s)
	case "requestBody":
		s.part, s.what, s.thing = "request", "the request body of "+s.op, "value"
		return r.body(s, s.op)
	case "responses":
		code := r.next()
		if code == "" {
			return s
		}
		s.part, s.what, s.thing = code, "the response "+code+" of "+s.op, "value"
		return r.body(s, s.op+" ("+code+")")
	case "callbacks":
		name := r.next()
		r.next() // the expression
		s.owner, s.op = s.owner+" callback "+name, "callback `"+name+"` of "+s.op
		s.what = s.op
		if method := r.method(); method != "" {
			s.owner += " " + method
			return r.operation(s)
		}
	case "servers":
		url := r.url()
		s.part, s.what = "server "+url, "server `"+url+"` of "+s.op
	}
	return s
}

func (r *reader) parameter(s subject) subject {
	r.next()
	p := r.doc.Deref(r.node)
	name, in := p.Get("name").Text(), p.Get("in").Text()
	if name == "" {
		return s
	}
	s.part = in + " " + name
	switch {
	case in == "path":
		s.part = "path " + pathSlot(s.op, name)
	case in == "querystring" && r.doc.OpenAPI() >= "3.2":
		s.part = in // there is one, and its name is not sent
	}
	s.what, s.thing = in+" parameter `"+name+"` of "+s.op, "value"
	return r.value(s)
}

// pathSlot names a path parameter by its position, because its name means nothing to messages.
func pathSlot(path, name string) string {
	for i, n := range operations.Placeholders(path) {
		if n == name {
			return "#" + string(rune('1'+i%9))
		}
	}
	return name
}

// value is for what stands below a parameter or a header: a schema, or content.
func (r *reader) value(s subject) subject {
	switch r.next() {
	case "schema":
		return r.schema(s)
	case "content":
		r.next()
		switch r.next() {
		case "schema":
			return r.schema(s)
		case "itemSchema":
			return r.item(s)
		}
	}
	return s
}

// body is for what stands below a request body or a response.
func (r *reader) body(s subject, within string) subject {
	switch r.next() {
	case "content":
		mediaType := r.next()
		if mediaType == "" {
			return s
		}
		s.part += " " + mediaType
		return r.media(s, within)
	case "headers":
		if name := r.next(); name != "" {
			s.part, s.what = s.part+" header "+name, "response header `"+name+"` of "+within
			return r.value(s)
		}
	case "links":
		if name := r.next(); name != "" {
			s.part, s.what = s.part+" link "+name, "link `"+name+"` of "+within
		}
	}
	return s
}

// media is for what stands below a media type.
func (r *reader) media(s subject, within string) subject {
	switch r.next() {
	case "schema":
		t := r.schema(s)
		if t.path != "" {
			t.what = within
		}
		return t
	case "itemSchema":
		t := r.item(s)
		t.what = within
		return t
	case "encoding":
		if name := r.next(); name != "" {
			s.part, s.what = s.part+" encoding "+name, "the form part `"+name+"` of "+s.what
		}
	case "prefixEncoding":
		if i := r.next(); i != "" {
			s.part, s.what = s.part+" encoding #"+i, "the part #"+i+" of "+s.what
		}
	case "itemEncoding":
		s.part, s.what = s.part+" encoding []", "each further part of "+s.what
	}
	return s
}

// item is for what stands below the schema of each item of a sequence.
func (r *reader) item(s subject) subject {
	s = r.schema(s)
	if s.path != "" && s.path[0] != '[' && s.path[0] != '|' {
		s.path = "." + s.path
	}
	s.path = "[]" + s.path
	return s
}

// componentNames are the names of components that are more than the singular of where they stand.
var componentNames = map[string]string{"requestBodies": "request body", "mediaTypes": "media type", "securitySchemes": "security scheme"}

// component is for what stands below a component.
func (r *reader) component(kind, name string) subject {
	called := "`" + name + "`"
	switch kind {
	case "schemas":
		return r.schema(subject{owner: name, what: called, op: called, thing: "schema"})
	case "pathItems":
		return r.path(name, "path item ")
	}
	word := cmp.Or(componentNames[kind], strings.TrimSuffix(kind, "s"))
	s := subject{owner: word + " " + name, what: word + " " + called, op: called, thing: "value"}
	switch kind {
	case "parameters":
		p := r.doc.Deref(r.node)
		s.what = p.Get("in").Text() + " parameter `" + p.Get("name").Text() + "`"
		return r.value(s)
	case "headers":
		return r.value(s)
	case "requestBodies", "responses":
		return r.body(s, s.what)
	case "mediaTypes":
		return r.media(s, s.what)
	case "securitySchemes":
		if r.next() == "flows" {
			if flow := r.next(); flow != "" {
				s.part, s.what = "flow "+flow, "flow "+flow+" of "+s.what
			}
		}
	}
	s.thing = "schema"
	return s
}

// schema is for what stands below a schema: the path of a value.
func (r *reader) schema(s subject) subject {
	var path strings.Builder
	add := func(sep, text string) {
		if path.Len() > 0 {
			path.WriteString(sep)
		}
		path.WriteString(text)
	}
	for len(r.rest) > 0 {
		switch token := r.next(); token {
		case "properties":
			if len(r.rest) == 0 {
				break
			}
			add(".", r.next())
		case "items", "contains", "additionalItems", "unevaluatedItems":
			if r.node.Kind() == contract.Array {
				add("", "["+r.next()+"]")
			} else {
				add("", "[]")
			}
		case "prefixItems":
			add("", "["+r.next()+"]")
		case "additionalProperties", "unevaluatedProperties":
			if r.node.Kind() != contract.Bool {
				add(".", "*")
			}
		case "patternProperties", "dependentSchemas", "$defs", "definitions":
			add(".", "{"+r.next()+"}")
		case "allOf":
			r.next()
		case "anyOf", "oneOf":
			if len(r.rest) > 0 {
				r.next()
				add("", "|"+nodeName(r.node))
			}
		case "not", "if", "then", "else", "propertyNames", "contentSchema":
			if len(r.rest) > 0 {
				add("", "("+token+")")
			}
		default:
			r.rest = nil
		}
	}
	s.path = path.String()
	return s
}

// nodeName is how an alternative is distinguished from its neighbours without its position.
func nodeName(n contract.Node) string {
	if ref := n.Get("$ref").Text(); ref != "" {
		return ref[strings.LastIndexByte(ref, '/')+1:]
	}
	for _, name := range []string{"title", "type", "const"} {
		if v := n.Get(name); v.Kind() == contract.String {
			return v.Text()
		}
	}
	for _, name := range []string{"required", "properties"} {
		for k := range n.Get(name).Fields() {
			return k
		}
		if v := n.Get(name).At(0); v.Exists() {
			return v.Text()
		}
	}
	return "?"
}
