package witness

import (
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/contract"
)

// operation is one side of an operation, read.
type operation struct {
	Operation
	d      *document
	params []*param
	server string // URL without the final slash
}

// param is a parameter or a response header.
type param struct {
	in, name    string
	style       string
	explode     bool
	required    bool
	emptyOK     bool
	reserved    bool   // allowReserved
	contentType string // of a parameter that is a document in itself
	schema      site
}

func (w *worker) operation(o Operation) *operation {
	out := &operation{Operation: o, d: w.document(o.Doc)}
	for _, holder := range []contract.Node{o.Node, o.PathItem} { // the operation's own override those of the path
		for _, n := range holder.Get("parameters").Items() {
			p := out.read(o.Doc.Deref(n))
			if p.in != "header" || !slices.Contains([]string{"accept", "content-type", "authorization"}, strings.ToLower(p.name)) {
				if out.param(p.in, p.name) == nil {
					out.params = append(out.params, p)
				}
			}
		}
	}
	out.server = out.serverURL()
	return out
}

func (o *operation) read(n contract.Node) *param {
	p := &param{in: n.Get("in").Text(), name: n.Get("name").Text(), required: n.Get("required").Bool() || n.Get("in").Text() == "path"}
	p.style = n.Get("style").Text()
	if p.style == "" {
		p.style = map[string]string{"query": "form", "cookie": "form"}[p.in]
	}
	if p.style == "" {
		p.style = "simple"
	}
	p.explode = p.style == "form"
	if e := n.Get("explode"); e.Exists() {
		p.explode = e.Bool()
	}
	p.emptyOK, p.reserved = n.Get("allowEmptyValue").Bool(), n.Get("allowReserved").Bool()
	p.schema = site{o.d, n.Get("schema")}
	for mt, content := range n.Get("content").Fields() {
		p.contentType, p.schema = mt, site{o.d, content.Get("schema")}
	}
	return p
}

func (o *operation) param(in, name string) *param {
	for _, p := range o.params {
		if p.in == in && (p.name == name || in == "header" && strings.EqualFold(p.name, name)) {
			return p
		}
	}
	return nil
}

func (p *param) schemaSite() *site {
	if p == nil || !p.schema.n.Exists() {
		return nil
	}
	return &p.schema
}

// serverURL is where requests go: the nearest server, with its variables at their defaults.
func (o *operation) serverURL() string {
	const none = "https://api.example.com"
	for _, holder := range []contract.Node{o.Node, o.PathItem, o.Doc.Root()} {
		s := holder.Get("servers").At(0)
		if !s.Exists() {
			continue
		}
		url := s.Get("url").Text()
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

// body is the request body; absent where the operation takes none.
func (o *operation) body() contract.Node { return o.Doc.Deref(o.Node.Get("requestBody")) }

// content is the map of media types that a query speaks of.
func (o *operation) content(q MessageQuery) site {
	if q.Part == ResponseBody {
		return site{o.d, o.response(q.Status).n.Get("content")}
	}
	return site{o.d, o.body().Get("content")}
}

// response is one response of an operation; absent where no status fits.
type response struct {
	o *operation
	n contract.Node
}

// response finds the response for a status: itself, its range, or the default.
func (o *operation) response(status string) response {
	all := o.Node.Get("responses")
	for _, key := range []string{status, strings.ToUpper(status), class(status), strings.ToLower(class(status)), "default"} {
		if n := all.Get(key); n.Exists() {
			return response{o, o.Doc.Deref(n)}
		}
	}
	return response{o: o}
}

// class is the range of a status: "4XX".
func class(status string) string {
	if status == "" {
		return ""
	}
	return status[:1] + "XX"
}

// status is one that stands for the query's: for a range or the default one that has no response of its own.
func (x *exchange) status() string {
	want := strings.ToUpper(x.q.Status)
	if len(want) == 3 && want[1:] != "XX" {
		return want
	}
	first := 500
	if len(want) == 3 && want[0] >= '1' && want[0] <= '5' {
		first = int(want[0]-'0') * 100
	}
	own := x.inner.Node.Get("responses")
	for code := first; code < first+100; code++ {
		if s := strconv.Itoa(code); !own.Get(s).Exists() && (want != "DEFAULT" || !own.Get(class(s)).Exists()) {
			return s
		}
	}
	return strconv.Itoa(first)
}

func (r response) header(name string) *param {
	for key, n := range r.n.Get("headers").Fields() {
		if strings.EqualFold(key, name) {
			p := r.o.read(r.o.Doc.Deref(n))
			p.in, p.name, p.style, p.explode = "header", key, "simple", n.Get("explode").Bool()
			return p
		}
	}
	return nil
}

// headers are all headers of a response, in document order.
func (r response) headers() []*param {
	var out []*param
	for key := range r.n.Get("headers").Fields() {
		if !strings.EqualFold(key, "Content-Type") {
			out = append(out, r.header(key))
		}
	}
	return out
}

// mediaType picks the media type that a body is sent as.
func (x *exchange) mediaType(a, b site) string {
	if x.q.MediaType != "" {
		return concrete(x.q.MediaType)
	}
	var first string
	for key := range a.n.Fields() {
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
func mediaRange(content site, mt string) string {
	best, rank := "", 0
	major, _, _ := strings.Cut(mt, "/")
	for key := range content.n.Fields() {
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

// schemaFor is the schema of a body sent as mt.
func schemaFor(content site, mt string) *site {
	key := mediaRange(content, mt)
	if key == "" {
		return nil
	}
	s := content.at(content.n.Get(key).Get("schema"))
	if !s.n.Exists() {
		return nil
	}
	return &s
}

// judge puts a message before the JSON Schema validator: as an object with a field for each part, against a schema that
// the operation's parameters, body and responses make up.
func (o *operation) judge(w *worker, m mode, msg *message) (out verdict, why *jsonschema.ValidationError) {
	schema, instance := empty(), map[string]any{}
	schema.Properties = map[string]*jsonschema.Schema{}
	d := w.deriver(o.d)
	add := func(place string, p *param) bool {
		part := schema.Properties[place]
		if part == nil {
			part = empty()
			part.Properties = map[string]*jsonschema.Schema{}
			schema.Properties[place], instance[place] = part, map[string]any{}
		}
		v, found, ok := p.decode(w, msg)
		if !ok {
			return false
		}
		name := p.name
		if place == "header" {
			name = strings.ToLower(name)
		}
		if found {
			instance[place].(map[string]any)[name] = v
		}
		if p.required {
			part.Required = append(part.Required, name)
		}
		if p.schema.n.Exists() && (v != "" || !p.emptyOK) {
			part.Properties[name] = d.schema(p.schema, m).Schema
		}
		return true
	}
	content, params := o.takes(msg, schema, d, instance)
	for _, p := range params {
		if !add(p.in, p) {
			return silent, nil
		}
	}
	if msg.hasBody && content.n.Exists() {
		instance["body"] = msg.body
		if key := mediaRange(content, msg.mediaType); key == "" {
			var known []any
			for mt := range content.n.Fields() {
				known = append(known, mt)
			}
			instance["contentType"] = msg.mediaType
			schema.Properties["contentType"] = empty()
			d.oneOf(schema.Properties["contentType"], known)
		} else if s := schemaFor(content, msg.mediaType); s != nil {
			schema.Properties["body"] = d.schema(*s, m).Schema
		}
	}
	if !w.burn(20) {
		return silent, nil
	}
	return w.ask(schema, instance)
}

// takes is what an operation says about messages of the direction of msg: content and parameters or headers.
func (o *operation) takes(msg *message, schema *jsonschema.Schema, d *deriver, instance map[string]any) (site, []*param) {
	if msg.status == "" {
		body := o.body()
		if body.Get("required").Bool() {
			schema.Required = append(schema.Required, "body")
		}
		return site{o.d, body.Get("content")}, o.params
	}
	r := o.response(msg.status)
	if !r.n.Exists() {
		var known []any
		for status := range o.Node.Get("responses").Fields() {
			known = append(known, status)
		}
		instance["status"] = msg.status
		schema.Properties["status"] = empty()
		d.oneOf(schema.Properties["status"], known)
		return site{d: o.d}, nil
	}
	return site{o.d, r.n.Get("content")}, r.headers()
}
