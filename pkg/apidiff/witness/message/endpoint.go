package message

import (
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// Endpoint is one side of an operation, read.
type Endpoint struct {
	Operation
	Document *validators.Document
	Params   []*Param
	byName   map[string]*Param // of Params
	Server   string            // URL without the final slash
}

// Param is a parameter or a response header.
type Param struct {
	In, Name    string
	style       string
	explode     bool
	Required    bool
	emptyOK     bool
	reserved    bool   // allowReserved
	whole       bool   // it is the whole query string
	contentType string // of a parameter that is a document in itself
	Schema      validators.Schema
}

// Read reads one side of an operation.
func Read(w *validators.Session, o Operation) *Endpoint {
	out := &Endpoint{Operation: o, Document: w.Document(o.Doc), byName: map[string]*Param{}}
	for _, holder := range []contract.Node{o.Node, o.PathItem} { // the operation's own override those of the path
		for _, n := range holder.Get("parameters").Items() {
			p := out.read(o.Doc.Deref(n))
			if p.In != "header" || !slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(p.Name)) {
				if out.Param(p.In, p.Name) == nil && w.Burn(1) {
					out.Params = append(out.Params, p)
					out.byName[paramKey(p.In, p.Name)] = p
				}
			}
		}
	}
	out.Server = out.serverURL()
	return out
}

func (o *Endpoint) read(n contract.Node) *Param {
	p := &Param{In: n.Get("in").Text(), Name: n.Get("name").Text(), Required: n.Get("required").Bool() || n.Get("in").Text() == "path"}
	p.style = n.Get("style").Text()
	if p.style == "" {
		p.style = map[string]string{"query": "form", "cookie": "form"}[p.In]
	}
	if p.style == "" {
		p.style = "simple"
	}
	p.explode = p.style == "form" || p.style == "cookie"
	if e := n.Get("explode"); e.Exists() {
		p.explode = e.Bool()
	}
	p.whole = p.In == string(QueryString) && since32(o.Doc)
	p.emptyOK, p.reserved = n.Get("allowEmptyValue").Bool(), n.Get("allowReserved").Bool()
	p.Schema = validators.Schema{Doc: o.Document, Node: n.Get("schema")}
	for mt, content := range n.Get("content").Fields() {
		p.contentType, p.Schema = mt, validators.Schema{Doc: o.Document, Node: o.Doc.Deref(content).Get("schema")}
	}
	return p
}

// since32 reports whether the keys of OpenAPI 3.2 mean something.
func since32(d *contract.Document) bool { return strings.HasPrefix(d.OpenAPI(), "3.2") }

func (o *Endpoint) Param(in, name string) *Param {
	return o.byName[paramKey(in, name)]
}

// paramKey names a parameter within an operation: headers have no case.
func paramKey(in, name string) string {
	if in == "header" {
		name = strings.ToLower(name)
	}
	return in + " " + name
}

func (p *Param) SchemaOrNil() *validators.Schema {
	if p == nil || !p.Schema.Node.Exists() {
		return nil
	}
	return &p.Schema
}

// maxServer bounds the addresses that examples are sent to, in bytes.
const maxServer = 4_000

// serverURL is where requests go: the nearest server, with its variables at their defaults.
func (o *Endpoint) serverURL() string {
	const none = "https://api.example.com"
	for _, holder := range []contract.Node{o.Node, o.PathItem, o.Doc.Root()} {
		s := holder.Get("servers").At(0)
		if !s.Exists() {
			continue
		}
		url := s.Get("url").Text()
		if len(url) > maxServer {
			continue
		}
		for name, v := range s.Get("variables").Fields() {
			url = strings.ReplaceAll(url, "{"+name+"}", v.Get("default").Text())
		}
		if strings.HasPrefix(url, "/") {
			url = none + url
		}
		if serverSyntax.MatchString(url) {
			return strings.TrimRight(url, "/")
		}
	}
	return none
}

// Body is the request body; absent where the operation takes none.
func (o *Endpoint) Body() contract.Node { return o.Doc.Deref(o.Node.Get("requestBody")) }

// RequestContent and responseContent are the maps of media types of a body.
func (o *Endpoint) RequestContent() validators.Schema {
	return validators.Schema{Doc: o.Document, Node: o.Body().Get("content")}
}

func (o *Endpoint) ResponseContent(status string) validators.Schema {
	return validators.Schema{Doc: o.Document, Node: o.Response(status).Node.Get("content")}
}

// response is one response of an operation; absent where no status fits.
type response struct {
	endpoint *Endpoint
	Node     contract.Node
}

// Response finds the response for a status: itself, its range, or the default.
func (o *Endpoint) Response(status string) response {
	all := o.Node.Get("responses")
	for _, key := range []string{status, strings.ToUpper(status), class(status), strings.ToLower(class(status)), "default"} {
		if n := all.Get(key); n.Exists() {
			return response{o, o.Doc.Deref(n)}
		}
	}
	return response{endpoint: o}
}

// class is the range of a status: "4XX".
func class(status string) string {
	if status == "" {
		return ""
	}
	return status[:1] + "XX"
}

// StatusFor is a status that stands for another: for a range or the default one that has no
// response of its own.
func (o *Endpoint) StatusFor(want string) string {
	want = strings.ToUpper(want)
	if len(want) == 3 && want[1:] != "XX" {
		return want
	}
	first := 500
	if len(want) == 3 && want[0] >= '1' && want[0] <= '5' {
		first = int(want[0]-'0') * 100
	}
	own := o.Node.Get("responses")
	for code := first; code < first+100; code++ {
		if s := strconv.Itoa(code); !own.Get(s).Exists() && (want != "DEFAULT" || !own.Get(class(s)).Exists()) {
			return s
		}
	}
	return strconv.Itoa(first)
}

func (r response) Header(name string) *Param {
	for key, n := range r.Node.Get("headers").Fields() {
		if strings.EqualFold(key, name) {
			p := r.endpoint.read(r.endpoint.Doc.Deref(n))
			p.In, p.Name, p.style, p.explode = "header", key, "simple", n.Get("explode").Bool()
			return p
		}
	}
	return nil
}

// Headers are all headers of a response, in document order.
func (r response) Headers() []*Param {
	var out []*Param
	for key := range r.Node.Get("headers").Fields() {
		if !strings.EqualFold(key, "Content-Type") {
			out = append(out, r.Header(key))
		}
	}
	return out
}

// MediaTypeOf picks the media type that a body is sent as: the wanted one, or one that both
// contents know, JSON first.
func MediaTypeOf(want string, a, b validators.Schema) string {
	if want != "" {
		return concrete(want)
	}
	var first string
	for key := range a.Node.Fields() {
		mt := concrete(key)
		if first == "" || isJSON(mt) && !isJSON(first) && mediaRange(b, mt) != "" {
			first = mt
		}
	}
	return first
}

// concrete is a media type that a range stands for.
func concrete(mt string) string {
	mt, _, _ = strings.Cut(mt, ";")
	mt = strings.ToLower(strings.TrimSpace(mt))
	switch {
	case mt == "*/*" || mt == "application/*":
		return "application/json"
	case strings.HasSuffix(mt, "/*"):
		return strings.TrimSuffix(mt, "*") + "plain"
	}
	return mt
}

func isJSON(mt string) bool {
	return mt == "application/json" || strings.HasSuffix(mt, "+json") || mt == "text/json"
}

// mediaRange is the key of a content map that takes a media type; "" for none.
func mediaRange(content validators.Schema, mt string) string {
	best, rank := "", 0
	major, _, _ := strings.Cut(mt, "/")
	for key := range content.Node.Fields() {
		plain, _, _ := strings.Cut(key, ";")
		plain = strings.ToLower(strings.TrimSpace(plain))
		r := 0
		switch plain {
		case mt:
			r = 3
		case major + "/*":
			r = 2
		case "*/*":
			r = 1
		}
		if r > rank {
			best, rank = key, r
		}
	}
	return best
}

// SchemaFor is the schema of a body sent as mt; nil where there is none, or where it says only a part: a sequence whose
// items have a schema of their own is not put together here.
func SchemaFor(content validators.Schema, mt string) *validators.Schema {
	key := mediaRange(content, mt)
	if key == "" {
		return nil
	}
	media := content.Doc.Contract.Deref(content.Node.Get(key))
	s := content.At(media.Get("schema"))
	if !s.Node.Exists() || since32(content.Doc.Contract) && media.Get("itemSchema").Exists() {
		return nil
	}
	return &s
}

// Evaluate puts a message before the JSON Schema validator: as an object with a field for each part,
// against a schema that the operation's parameters, body and responses make up.
func (o *Endpoint) Evaluate(w *validators.Session, t Typing, m validators.Mode, msg *Message) (out validators.Verdict, why *jsonschema.ValidationError) {
	schema, instance := validators.Empty(), map[string]any{}
	schema.Properties = map[string]*jsonschema.Schema{}
	add := func(place string, p *Param) bool {
		part := schema.Properties[place]
		if part == nil {
			part = validators.Empty()
			part.Properties = map[string]*jsonschema.Schema{}
			schema.Properties[place], instance[place] = part, map[string]any{}
		}
		v, found, ok := p.decode(t, msg)
		if !ok {
			return false
		}
		name := p.Name
		if place == "header" {
			name = strings.ToLower(name)
		}
		if found {
			instance[place].(map[string]any)[name] = v
		}
		if p.Required {
			part.Required = append(part.Required, name)
		}
		if p.Schema.Node.Exists() && (v != "" || !p.emptyOK) {
			part.Properties[name] = w.Derived(p.Schema, m)
		}
		return true
	}
	content, params := o.takes(msg, schema, instance)
	for _, p := range params {
		if !add(p.In, p) {
			return validators.Silent, nil
		}
	}
	if msg.HasBody && content.Node.Exists() {
		instance["body"] = msg.Body
		if key := mediaRange(content, msg.MediaType); key == "" {
			var known []any
			for mt := range content.Node.Fields() {
				known = append(known, mt)
			}
			instance["contentType"] = msg.MediaType
			schema.Properties["contentType"] = validators.Empty()
			validators.AllowOnly(schema.Properties["contentType"], known)
		} else if s := SchemaFor(content, msg.MediaType); s != nil {
			schema.Properties["body"] = w.Derived(*s, m)
		}
	}
	if w.Toll(content.Node.Len() / 4); !w.Burn(20) {
		return validators.Silent, nil
	}
	return w.Ask(schema, instance)
}

// takes is what an operation says about messages of the direction of msg: content and parameters or
// headers.
func (o *Endpoint) takes(msg *Message, schema *jsonschema.Schema, instance map[string]any) (validators.Schema, []*Param) {
	if msg.Status == "" {
		body := o.Body()
		if body.Get("required").Bool() {
			schema.Required = append(schema.Required, "body")
		}
		return validators.Schema{Doc: o.Document, Node: body.Get("content")}, o.Params
	}
	r := o.Response(msg.Status)
	if !r.Node.Exists() {
		var known []any
		for status := range o.Node.Get("responses").Fields() {
			known = append(known, status)
		}
		instance["status"] = msg.Status
		schema.Properties["status"] = validators.Empty()
		validators.AllowOnly(schema.Properties["status"], known)
		return validators.Schema{Doc: o.Document}, nil
	}
	return validators.Schema{Doc: o.Document, Node: r.Node.Get("content")}, r.Headers()
}
