package witness

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

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// filter puts a message before kin-openapi's HTTP validator, on a document reduced to the operation and to what the
// message touches of its schemas.
func (o *operation) filter(s *search, m mode, msg *message) (out verdict) {
	if msg.hasBody && msg.raw == nil {
		return silent
	}
	b := kinBuilder{w: s.w, mode: m, dialect: o.d.dialect, room: maxKin}
	route, err := o.reduced(&b, msg)
	if err != nil {
		return silent
	}
	if s.w.toll(b.price(o.d.dialect == openapi31)); s.w.fuel < 0 {
		return silent
	}
	req, err := http.NewRequest(msg.method(), msg.url(), bytes.NewReader(msg.raw))
	if err != nil {
		return silent
	}
	if msg.status == "" {
		for _, h := range msg.headers() {
			req.Header.Add(h.name, h.value)
		}
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, IncludeResponseStatus: true,
		ExcludeReadOnlyValidations: m&assertAccess == 0, ExcludeWriteOnlyValidations: m&assertAccess == 0,
		SchemaValidationOptions: b.formatOptions(),
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: msg.path, Route: route, Options: options}
	defer func() {
		if recover() != nil {
			out = silent
		}
	}()
	if msg.status == "" {
		err = openapi3filter.ValidateRequest(s.ctx, input)
	} else {
		err = o.filterAnswer(s, input, msg)
	}
	if err != nil {
		return refuses
	}
	return accepts
}

func (o *operation) filterAnswer(s *search, input *openapi3filter.RequestValidationInput, msg *message) error {
	status, err := strconv.Atoi(msg.status)
	if err != nil {
		return err
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: status, Header: http.Header{}, Options: input.Options,
		Body: io.NopCloser(bytes.NewReader(msg.raw)),
	}
	for _, h := range msg.headers() {
		answer.Header.Add(h.name, h.value)
	}
	return openapi3filter.ValidateResponse(s.ctx, answer)
}

// reduced is the operation in kin-openapi's types.
func (o *operation) reduced(b *kinBuilder, msg *message) (*routers.Route, error) {
	op := &openapi3.Operation{Security: &openapi3.SecurityRequirements{}, Responses: openapi3.NewResponses()}
	for _, p := range o.params {
		kin, err := p.kin(b)
		if err != nil {
			return nil, err
		}
		op.Parameters = append(op.Parameters, &openapi3.ParameterRef{Value: kin})
	}
	if body := o.body(); body.Exists() {
		content, err := o.kinContent(b, site{o.d, body.Get("content")}, msg)
		if err != nil {
			return nil, err
		}
		op.RequestBody = &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: body.Get("required").Bool(), Content: content}}
	}
	if msg.status != "" {
		if err := o.kinResponses(b, op, msg); err != nil {
			return nil, err
		}
	}
	item := &openapi3.PathItem{}
	doc := &openapi3.T{OpenAPI: o.Doc.OpenAPI(), Paths: openapi3.NewPaths()}
	return &routers.Route{Spec: doc, Path: o.Path, PathItem: item, Method: msg.method(), Operation: op}, nil
}

func (o *operation) kinResponses(b *kinBuilder, op *openapi3.Operation, msg *message) error {
	for status := range o.Node.Get("responses").Fields() {
		r := o.response(status)
		out := &openapi3.Response{Headers: openapi3.Headers{}}
		if r.n == o.response(msg.status).n { // of the others only that they exist
			content, err := o.kinContent(b, site{o.d, r.n.Get("content")}, msg)
			if err != nil {
				return err
			}
			out.Content = content
			for _, h := range r.headers() {
				kin, err := h.kin(b)
				if err != nil {
					return err
				}
				kin.In, kin.Name = "", ""
				out.Headers[h.name] = &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: *kin}}
			}
		}
		op.Responses.Set(status, &openapi3.ResponseRef{Value: out})
	}
	return nil
}

// kinContent keeps all media types and the schema of the one that the message uses.
func (o *operation) kinContent(b *kinBuilder, content site, msg *message) (openapi3.Content, error) {
	out := openapi3.Content{}
	used := mediaRange(content, msg.mediaType)
	for key, mt := range content.n.Fields() {
		out[key] = &openapi3.MediaType{}
		if s := content.at(mt.Get("schema")); key == used && s.n.Exists() {
			ref, err := b.below(s, []any{msg.body})
			if err != nil {
				return nil, err
			}
			out[key].Schema = ref
		}
	}
	return out, nil
}

// kin is a parameter in kin-openapi's types. Its schema is whole: the decoder reads it before there is a value.
func (p *param) kin(b *kinBuilder) (*openapi3.Parameter, error) {
	explode := p.explode
	out := &openapi3.Parameter{Name: p.name, In: p.in, Style: p.style, Explode: &explode, Required: p.required, AllowEmptyValue: p.emptyOK, AllowReserved: p.reserved}
	if !p.schema.n.Exists() {
		return out, nil
	}
	b.whole = true
	ref, err := b.below(p.schema, nil)
	b.whole = false
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

// gone is the witness of an operation that is no more: a request that it took and no operation of the other side does.
func (x *exchange) gone() (*report.Witness, Outcome) {
	x.outer = &operation{Operation: Operation{Doc: x.other().Doc}, d: x.s.w.document(x.other().Doc)}
	m, ok := x.message(absent{})
	if !ok || x.q.Direction == Response {
		return nil, NotFound
	}
	if out, _ := x.inner.judge(x.s.w, x.s.mode|strictFormat, m); out != accepts {
		return nil, NotFound
	}
	if x.inner.filter(x.s, x.s.mode|strictFormat, m) != accepts {
		return nil, NotFound
	}
	why := unrouted(x.other().Doc.Root().Get("paths"), m)
	if why == "" {
		return nil, NotFound
	}
	accepts, refuses := x.s.sides()
	return &report.Witness{AcceptedBy: accepts, RefusedBy: refuses, Refusal: why, Request: m.text(), Curl: m.curl(), ConfirmedBy: []string{HTTPFilter}}, Found
}

func (x *exchange) other() Operation {
	if accepts, _ := x.s.sides(); accepts == "new" {
		return x.q.Old
	}
	return x.q.New
}

// unrouted is why no operation below paths takes a request; "" where one does.
func unrouted(paths contract.Node, m *message) string {
	want := strings.Split(m.target(), "?")[0]
	method := strings.ToLower(m.method())
	found := false
	for template, item := range paths.Fields() {
		if !routes(template, want) {
			continue
		}
		found = true
		if item.Get(method).Exists() || item.Get("$ref").Exists() {
			return ""
		}
	}
	if found {
		return "no operation " + m.method() + " " + m.o.Path
	}
	return "no path " + m.o.Path
}

// routes is whether a path template can stand for a path: segment by segment, a segment with a parameter for any.
func routes(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	return len(a) == len(b) && slices.EqualFunc(a, b, func(t, p string) bool {
		return strings.ContainsRune(t, '{') && p != "" || escapePath(t) == p
	})
}
