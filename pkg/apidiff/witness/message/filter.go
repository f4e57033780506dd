package message

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/contract"
)

// Filter puts a message before kin-openapi's HTTP validator, on a document reduced to the operation
// and to what the message touches of its schemas.
func (o *Endpoint) Filter(w *validators.Session, m validators.Mode, msg *Message) (out validators.Verdict) {
	if msg.HasBody && msg.Raw == nil {
		return validators.Silent
	}
	if w.Toll(o.Terms(msg.Status).Content.Node.Len()); w.Fuel < 0 { // each is read and looked at for every message
		return validators.Silent
	}
	compiled := o.document.Dialect == validators.OpenAPI31
	r := reducer{KinBuilder: validators.KinBuilder{Session: w, Mode: m, Dialect: o.document.Dialect, Room: validators.MaxKin}, msg: msg}
	route := r.route(o)
	if r.err != nil || r.Matched && compiled {
		return validators.Silent
	}
	if w.Toll(r.Price(compiled)); w.Fuel < 0 {
		return validators.Silent
	}
	req, err := http.NewRequest(msg.method(), msg.url(), bytes.NewReader(msg.Raw))
	if err != nil {
		return validators.Silent
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, IncludeResponseStatus: true,
		ExcludeReadOnlyValidations: m&validators.AssertAccess == 0, ExcludeWriteOnlyValidations: m&validators.AssertAccess == 0,
		SchemaValidationOptions: r.FormatOptions(), RegexCompiler: w.KinRegexp,
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: msg.pathValues(), Route: route, Options: options}
	header := http.Header{}
	for _, h := range msg.headers() {
		header.Add(h.name, h.value)
	}
	defer func() {
		if recover() != nil {
			out = validators.Silent
		}
	}()
	if msg.Status == "" {
		req.Header = header
		err = openapi3filter.ValidateRequest(w.Ctx, input)
	} else {
		answer := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Header: header, Options: options, Body: io.NopCloser(bytes.NewReader(msg.Raw)),
		}
		if answer.Status, err = strconv.Atoi(msg.Status); err == nil {
			err = openapi3filter.ValidateResponse(w.Ctx, answer)
		}
	}
	if err != nil {
		return validators.Refuses
	}
	return validators.Accepts
}

// reducer writes what a message touches of an operation in kin-openapi's types; err is why it cannot.
type reducer struct {
	validators.KinBuilder
	msg *Message
	err error
}

func (r *reducer) route(o *Endpoint) *routers.Route {
	op := &openapi3.Operation{Security: &openapi3.SecurityRequirements{}, Responses: openapi3.NewResponses()}
	for _, p := range o.requests.Params {
		if !p.whole { // kin-openapi knows no such place; the schema of its value is asked for by itself
			op.Parameters = append(op.Parameters, &openapi3.ParameterRef{Value: r.param(p)})
		}
	}
	if o.requests.node.Exists() {
		body := &openapi3.RequestBody{Required: o.requests.Required(), Content: r.content(o.requests.Content)}
		op.RequestBody = &openapi3.RequestBodyRef{Value: body}
	}
	if r.msg.Status != "" {
		own := o.Terms(r.msg.Status)
		for status, n := range o.Node.Get("responses").Fields() {
			out := &openapi3.Response{}
			if o.Doc.Deref(n) == own.node { // of the others only that they exist
				out = r.response(own)
			}
			op.Responses.Set(status, &openapi3.ResponseRef{Value: out})
		}
	}
	doc := &openapi3.T{OpenAPI: o.Doc.OpenAPI(), Paths: openapi3.NewPaths()}
	return &routers.Route{Spec: doc, Path: o.Path, PathItem: &openapi3.PathItem{}, Method: r.msg.method(), Operation: op}
}

func (r *reducer) response(own Terms) *openapi3.Response {
	out := &openapi3.Response{Content: r.content(own.Content), Headers: openapi3.Headers{}}
	for _, h := range own.Params {
		kin := r.param(h)
		kin.In, kin.Name = "", ""
		out.Headers[h.Name] = &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: *kin}}
	}
	return out
}

// content keeps all media types and the schema of the one that the message uses.
func (r *reducer) content(content validators.Schema) openapi3.Content {
	out := openapi3.Content{}
	used := mediaRange(content, r.msg.MediaType)
	for key, mt := range content.Node.Fields() {
		out[key] = &openapi3.MediaType{}
		if key == used {
			out[key].Schema = r.schema(content.At(content.Doc.Contract.Deref(mt).Get("schema")), r.msg.Body)
		}
	}
	return out
}

// param has its schema whole: the decoder reads it before there is a value.
func (r *reducer) param(p *Param) *openapi3.Parameter {
	explode := p.explode
	out := &openapi3.Parameter{Name: p.Name, In: p.In, Style: p.style, Explode: &explode, Required: p.Required, AllowEmptyValue: p.emptyOK, AllowReserved: p.reserved}
	if p.style == "cookie" {
		out.Style = "form" // kin-openapi does not know it, and one plain value is written alike
	}
	r.Whole = true
	schema := r.schema(p.Schema)
	r.Whole = false
	if schema != nil && p.contentType != "" {
		out.Content = openapi3.Content{p.contentType: &openapi3.MediaType{Schema: schema}}
		out.Style, out.Explode = "", nil
	} else {
		out.Schema = schema
	}
	return out
}

// schema is one that values are put before; nil where there is none.
func (r *reducer) schema(s validators.Schema, values ...any) (out *openapi3.SchemaRef) {
	if s.Node.Exists() && r.err == nil {
		out, r.err = r.Below(s, values)
	}
	return out
}

// Unrouted is why no operation below paths takes a request; "" where one does.
func Unrouted(paths contract.Node, m *Message) string {
	method, target := m.method(), strings.Split(m.target(), "?")[0]
	why := "no path " + m.Endpoint.Path
	for template, item := range paths.Fields() {
		if !routes(template, target) {
			continue
		}
		if item.Get("$ref").Exists() || item.Get("additionalOperations").Get(method).Exists() ||
			strings.ToUpper(method) == method && item.Get(strings.ToLower(method)).Exists() {
			return ""
		}
		why = "no operation " + method + " " + m.Endpoint.Path
	}
	return why
}

// routes is whether a path template can stand for a path: segment by segment, a segment with a
// parameter for any.
func routes(template, path string) bool {
	return slices.EqualFunc(strings.Split(template, "/"), strings.Split(path, "/"), func(t, p string) bool {
		return strings.Contains(t, "{") && p != "" || escapePath(t) == p
	})
}
