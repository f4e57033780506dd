package message

import (
	"bytes"
	"io"
	"net/http"
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
	if w.Toll(o.mediaTypes(msg)); w.Fuel < 0 {
		return validators.Silent
	}
	b := validators.KinBuilder{Session: w, Mode: m, Dialect: o.Document.Dialect, Room: validators.MaxKin}
	route, err := o.reduced(&b, msg)
	if err != nil || b.Matched && o.Document.Dialect == validators.OpenAPI31 {
		return validators.Silent
	}
	if w.Toll(b.Price(o.Document.Dialect == validators.OpenAPI31)); w.Fuel < 0 {
		return validators.Silent
	}
	req, err := http.NewRequest(msg.method(), msg.url(), bytes.NewReader(msg.Raw))
	if err != nil {
		return validators.Silent
	}
	if msg.Status == "" {
		for _, h := range msg.headers() {
			req.Header.Add(h.name, h.value)
		}
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, IncludeResponseStatus: true,
		ExcludeReadOnlyValidations: m&validators.AssertAccess == 0, ExcludeWriteOnlyValidations: m&validators.AssertAccess == 0,
		SchemaValidationOptions: b.FormatOptions(), RegexCompiler: w.KinRegexp,
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: msg.Path, Route: route, Options: options}
	defer func() {
		if recover() != nil {
			out = validators.Silent
		}
	}()
	if msg.Status == "" {
		err = openapi3filter.ValidateRequest(w.Ctx, input)
	} else {
		err = o.filterAnswer(w, input, msg)
	}
	if err != nil {
		return validators.Refuses
	}
	return validators.Accepts
}

// mediaTypes is the number of media types that a message may have. Each is read and looked at for every message.
func (o *Endpoint) mediaTypes(msg *Message) int {
	if msg.Status == "" {
		return o.Body().Get("content").Len()
	}
	return o.Response(msg.Status).Node.Get("content").Len()
}

func (o *Endpoint) filterAnswer(w *validators.Session, input *openapi3filter.RequestValidationInput, msg *Message) error {
	status, err := strconv.Atoi(msg.Status)
	if err != nil {
		return err
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: status, Header: http.Header{}, Options: input.Options,
		Body: io.NopCloser(bytes.NewReader(msg.Raw)),
	}
	for _, h := range msg.headers() {
		answer.Header.Add(h.name, h.value)
	}
	return openapi3filter.ValidateResponse(w.Ctx, answer)
}

// reduced is the operation in kin-openapi's types.
func (o *Endpoint) reduced(b *validators.KinBuilder, msg *Message) (*routers.Route, error) {
	op := &openapi3.Operation{Security: &openapi3.SecurityRequirements{}, Responses: openapi3.NewResponses()}
	for _, p := range o.Params {
		if p.whole {
			continue // kin-openapi knows no such place; the schema of its value is asked for by itself
		}
		kin, err := p.kin(b)
		if err != nil {
			return nil, err
		}
		op.Parameters = append(op.Parameters, &openapi3.ParameterRef{Value: kin})
	}
	if body := o.Body(); body.Exists() {
		content, err := o.kinContent(b, validators.Schema{Doc: o.Document, Node: body.Get("content")}, msg)
		if err != nil {
			return nil, err
		}
		op.RequestBody = &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: body.Get("required").Bool(), Content: content}}
	}
	if msg.Status != "" {
		if err := o.kinResponses(b, op, msg); err != nil {
			return nil, err
		}
	}
	item := &openapi3.PathItem{}
	doc := &openapi3.T{OpenAPI: o.Doc.OpenAPI(), Paths: openapi3.NewPaths()}
	return &routers.Route{Spec: doc, Path: o.Path, PathItem: item, Method: msg.method(), Operation: op}, nil
}

func (o *Endpoint) kinResponses(b *validators.KinBuilder, op *openapi3.Operation, msg *Message) error {
	for status := range o.Node.Get("responses").Fields() {
		r := o.Response(status)
		out := &openapi3.Response{Headers: openapi3.Headers{}}
		if r.Node == o.Response(msg.Status).Node { // of the others only that they exist
			content, err := o.kinContent(b, validators.Schema{Doc: o.Document, Node: r.Node.Get("content")}, msg)
			if err != nil {
				return err
			}
			out.Content = content
			for _, h := range r.Headers() {
				kin, err := h.kin(b)
				if err != nil {
					return err
				}
				kin.In, kin.Name = "", ""
				out.Headers[h.Name] = &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: *kin}}
			}
		}
		op.Responses.Set(status, &openapi3.ResponseRef{Value: out})
	}
	return nil
}

// kinContent keeps all media types and the schema of the one that the message uses.
func (o *Endpoint) kinContent(b *validators.KinBuilder, content validators.Schema, msg *Message) (openapi3.Content, error) {
	out := openapi3.Content{}
	used := mediaRange(content, msg.MediaType)
	for key, mt := range content.Node.Fields() {
		out[key] = &openapi3.MediaType{}
		if s := content.At(o.Doc.Deref(mt).Get("schema")); key == used && s.Node.Exists() {
			ref, err := b.Below(s, []any{msg.Body})
			if err != nil {
				return nil, err
			}
			out[key].Schema = ref
		}
	}
	return out, nil
}

// kin is a parameter in kin-openapi's types. Its schema is whole: the decoder reads it before there
// is a value.
func (p *Param) kin(b *validators.KinBuilder) (*openapi3.Parameter, error) {
	explode := p.explode
	style := p.style
	if style == "cookie" {
		style = "form" // kin-openapi does not know it, and one plain value is written alike
	}
	out := &openapi3.Parameter{Name: p.Name, In: p.In, Style: style, Explode: &explode, Required: p.Required, AllowEmptyValue: p.emptyOK, AllowReserved: p.reserved}
	if !p.Schema.Node.Exists() {
		return out, nil
	}
	b.Whole = true
	ref, err := b.Below(p.Schema, nil)
	b.Whole = false
	if err != nil {
		return nil, err
	}
	if p.contentType != "" {
		out.Content = openapi3.Content{p.contentType: &openapi3.MediaType{Schema: ref}}
		out.Style, out.Explode = "", nil
	} else {
		out.Schema = ref
	}
	return out, nil
}

// Unrouted is why no operation below paths takes a request; "" where one does.
func Unrouted(paths contract.Node, m *Message) string {
	want := strings.Split(m.target(), "?")[0]
	method := m.method()
	found := false
	for template, item := range paths.Fields() {
		if !routes(template, want) {
			continue
		}
		found = true
		if item.Get("$ref").Exists() || item.Get("additionalOperations").Get(method).Exists() || strings.ToUpper(method) == method && item.Get(strings.ToLower(method)).Exists() {
			return ""
		}
	}
	if found {
		return "no operation " + m.method() + " " + m.Endpoint.Path
	}
	return "no path " + m.Endpoint.Path
}

// routes is whether a path template can stand for a path: segment by segment, a segment with a
// parameter for any.
func routes(template, path string) bool {
	for more := true; more; {
		var t, p string
		var another bool
		t, template, more = strings.Cut(template, "/")
		p, path, another = strings.Cut(path, "/")
		fits := strings.Contains(t, "{") && p != "" || escapePath(t) == p
		if !fits || more != another {
			return false
		}
	}
	return true
}
