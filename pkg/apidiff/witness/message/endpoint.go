package message

import (
	"cmp"
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
	document *validators.Document
	requests Terms
	Server   string // URL without the final slash
}

// Terms are what an operation says about its requests, or about its responses with one status.
type Terms struct {
	node    contract.Node     // the request body or the response; absent where there is none
	Params  []*Param          // or response headers
	byName  map[string]*Param // of Params
	Content validators.Schema // the media types of the body
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
	out := &Endpoint{Operation: o, document: w.Document(o.Doc)}
	out.requests = out.terms(o.Node.Get("requestBody"))
	for _, holder := range []contract.Node{o.Node, o.PathItem} { // the operation's own override those of the path
		for _, n := range holder.Get("parameters").Items() {
			if w.Burn(1) {
				out.requests.add(out.read(o.Doc.Deref(n)), "accept", "content-type", "authorization")
			}
		}
	}
	out.Server = out.serverURL()
	return out
}

// Terms finds what is said of requests, with the status "", or of responses: by the status itself, its range, or the
// default.
func (o *Endpoint) Terms(status string) Terms {
	if status == "" {
		return o.requests
	}
	var own contract.Node
	for _, key := range []string{status, strings.ToUpper(status), class(status), strings.ToLower(class(status)), "default"} {
		if own = o.Node.Get("responses").Get(key); own.Exists() {
			break
		}
	}
	out := o.terms(own)
	for name, n := range out.node.Get("headers").Fields() {
		p := o.read(o.Doc.Deref(n))
		p.In, p.Name, p.style = "header", name, "simple"
		out.add(p, "content-type")
	}
	return out
}

// terms are those of a request body or a response, without parameters.
func (o *Endpoint) terms(n contract.Node) Terms {
	n = o.Doc.Deref(n)
	return Terms{node: n, byName: map[string]*Param{}, Content: validators.Schema{Doc: o.document, Node: n.Get("content")}}
}

// add takes in a parameter that is not there already. The other headers are ignored, as OpenAPI says.
func (t *Terms) add(p *Param, others ...string) {
	name := Key(p.In, p.Name)
	if t.Param(p.In, name) == nil && (p.In != "header" || !slices.Contains(others, name)) {
		t.Params = append(t.Params, p)
		t.byName[p.In+" "+name] = p
	}
}

// Param is the parameter or header of a name; nil where there is none.
func (t *Terms) Param(in, name string) *Param { return t.byName[in+" "+Key(in, name)] }

// Required is whether messages have a body.
func (t *Terms) Required() bool { return t.node.Get("required").Bool() }

// Key is the name of a parameter among those of its place: headers have no case.
func Key(in, name string) string {
	if in == "header" {
		return strings.ToLower(name)
	}
	return name
}

func (o *Endpoint) read(n contract.Node) *Param {
	p := &Param{In: n.Get("in").Text(), Name: n.Get("name").Text(), Required: n.Get("required").Bool() || n.Get("in").Text() == "path"}
	p.style = cmp.Or(n.Get("style").Text(), map[string]string{"query": "form", "cookie": "form"}[p.In], "simple")
	p.explode = p.style == "form" || p.style == "cookie"
	if e := n.Get("explode"); e.Exists() {
		p.explode = e.Bool()
	}
	p.whole = p.In == string(QueryString) && since32(o.Doc)
	p.emptyOK, p.reserved = n.Get("allowEmptyValue").Bool(), n.Get("allowReserved").Bool()
	p.Schema = validators.Schema{Doc: o.document, Node: n.Get("schema")}
	for mt, content := range n.Get("content").Fields() {
		p.contentType, p.Schema = mt, p.Schema.At(o.Doc.Deref(content).Get("schema"))
	}
	return p
}

// since32 reports whether the keys of OpenAPI 3.2 mean something.
func since32(d *contract.Document) bool { return strings.HasPrefix(d.OpenAPI(), "3.2") }

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

// class is the range of a status: "4XX".
func class(status string) string { return status[:1] + "XX" }

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

// bare is a media type without its parameters.
func bare(mt string) string {
	mt, _, _ = strings.Cut(mt, ";")
	return strings.ToLower(strings.TrimSpace(mt))
}

// concrete is a media type that a range stands for.
func concrete(mt string) string {
	mt = bare(mt)
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
	major, _, _ := strings.Cut(mt, "/")
	for _, want := range []string{mt, major + "/*", "*/*"} {
		for key := range content.Node.Fields() {
			if bare(key) == want {
				return key
			}
		}
	}
	return ""
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

// object is a value with a field for each part of a message, and the schema that it is put against.
type object struct {
	schema *jsonschema.Schema
	fields map[string]any
}

func newObject() object {
	schema := validators.Empty()
	schema.Properties = map[string]*jsonschema.Schema{}
	return object{schema, map[string]any{}}
}

// choose sets a field that must be one of the keys of a map.
func (o object) choose(name, value string, among contract.Node) {
	var known []any
	for key := range among.Fields() {
		known = append(known, key)
	}
	o.fields[name] = value
	o.schema.Properties[name] = validators.Empty()
	validators.AllowOnly(o.schema.Properties[name], known)
}

// Evaluate puts a message before the JSON Schema validator: as an object with a field for each part,
// against a schema that the operation's parameters, body and responses make up.
func (o *Endpoint) Evaluate(w *validators.Session, t Typing, m validators.Mode, msg *Message) (validators.Verdict, *jsonschema.ValidationError) {
	whole, places, terms := newObject(), map[string]object{}, o.Terms(msg.Status)
	switch {
	case msg.Status != "" && !terms.node.Exists():
		whole.choose("status", msg.Status, o.Node.Get("responses"))
	case msg.Status == "" && terms.Required():
		whole.schema.Required = []string{"body"}
	}
	for _, p := range terms.Params {
		v, found, ok := p.decode(t, msg)
		if !ok {
			return validators.Silent, nil
		}
		place, known := places[p.In]
		if !known {
			place = newObject()
			places[p.In], whole.schema.Properties[p.In], whole.fields[p.In] = place, place.schema, place.fields
		}
		name := Key(p.In, p.Name)
		if found {
			place.fields[name] = v
		}
		if p.Required {
			place.schema.Required = append(place.schema.Required, name)
		}
		if p.Schema.Node.Exists() && (v != "" || !p.emptyOK) {
			place.schema.Properties[name] = w.Derived(p.Schema, m)
		}
	}
	if content := terms.Content; msg.HasBody && content.Node.Exists() {
		whole.fields["body"] = msg.Body
		if mediaRange(content, msg.MediaType) == "" {
			whole.choose("contentType", msg.MediaType, content.Node)
		} else if s := SchemaFor(content, msg.MediaType); s != nil {
			whole.schema.Properties["body"] = w.Derived(*s, m)
		}
	}
	if w.Toll(terms.Content.Node.Len() / 4); !w.Burn(20) {
		return validators.Silent, nil
	}
	return w.Ask(whole.schema, whole.fields)
}
