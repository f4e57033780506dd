package search

import (
	"reflect"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/report"
)

// message is the message around the value of the part in question; the last one is kept.
func (x *exchange) message(v any) (*message.Message, bool) {
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
func (x *exchange) build(v any) (*message.Message, bool) {
	m := &message.Message{Endpoint: x.inner, Path: map[string]string{}}
	_, none := v.(message.Absent)
	if x.q.Direction == Response {
		return x.answer(m, v, none)
	}
	for _, p := range x.inner.Params {
		other := x.outer.Param(p.In, p.Name)
		if p.In == x.focusIn && x.key(p.Name) == x.key(x.q.Name) && x.q.Name != "" {
			if !none && !p.Encode(v, m) {
				return nil, false
			}
			continue
		}
		if !p.Required && (other == nil || !other.Required) {
			continue
		}
		value, ok := x.beside(p, other)
		if !ok || !p.Encode(value, m) {
			return nil, false
		}
	}
	for _, p := range x.outer.Params {
		if p.Required && x.inner.Param(p.In, p.Name) == nil && (p.In != x.focusIn || x.key(p.Name) != x.key(x.q.Name)) && p.In != "path" {
			if value, ok := x.beside(p, nil); ok {
				p.Encode(value, m)
			}
		}
	}
	return m, x.requestBody(m, v, none)
}

// beside is a value for a parameter that is not the one in question.
func (x *exchange) beside(p, other *message.Param) (any, bool) {
	if !p.Schema.Node.Exists() {
		return "a", true
	}
	return x.both(p.Schema, other.SchemaOrNil())
}

func (x *exchange) requestBody(m *message.Message, v any, none bool) bool {
	a, b := x.inner.RequestContent(), x.outer.RequestContent()
	m.MediaType = message.MediaTypeOf(x.q.MediaType, a, b)
	if x.q.Part == message.Body {
		if none {
			return true
		}
		m.HasBody, m.Body = true, v
	} else {
		if !x.inner.Body().Get("required").Bool() && !x.outer.Body().Get("required").Bool() {
			return true
		}
		m.HasBody = true
		s := message.SchemaFor(a, m.MediaType)
		if s == nil {
			if s = message.SchemaFor(b, m.MediaType); s == nil {
				return !x.inner.Body().Get("required").Bool()
			}
		}
		value, ok := x.both(*s, message.SchemaFor(b, m.MediaType))
		if !ok {
			return false
		}
		m.Body = value
	}
	m.Raw = m.Bytes()
	return true
}

// answer builds a response.
func (x *exchange) answer(m *message.Message, v any, none bool) (*message.Message, bool) {
	m.Status = x.inner.StatusFor(x.q.Status)
	in, out := x.inner.Response(m.Status), x.outer.Response(m.Status)
	for _, p := range in.Headers() {
		if x.q.Part == message.ResponseHeader && strings.EqualFold(p.Name, x.q.Name) {
			if !none && !p.Encode(v, m) {
				return nil, false
			}
			continue
		}
		other := out.Header(p.Name)
		if p.Required || other != nil && other.Required {
			if value, ok := x.beside(p, other); !ok || !p.Encode(value, m) {
				return nil, false
			}
		}
	}
	a, b := validators.Schema{Doc: x.inner.Document, Node: in.Node.Get("content")}, validators.Schema{Doc: x.outer.Document, Node: out.Node.Get("content")}
	if a.Node.Len() == 0 {
		return m, true
	}
	m.MediaType, m.HasBody = message.MediaTypeOf(x.q.MediaType, a, b), true
	if x.q.Part == message.ResponseBody {
		m.Body, m.HasBody = v, !none
	} else if s := message.SchemaFor(a, m.MediaType); s != nil {
		value, ok := x.both(*s, message.SchemaFor(b, m.MediaType))
		if !ok {
			return nil, false
		}
		m.Body = value
	}
	m.Raw = m.Bytes()
	return m, true
}

// gone is the witness of an operation that is no more: a request that it took and no operation of
// the other side does.
func (x *exchange) gone() (*report.Witness, Outcome) {
	x.outer = &message.Endpoint{Operation: message.Operation{Doc: x.other().Doc}, Document: x.s.w.Document(x.other().Doc)}
	m, ok := x.message(message.Absent{})
	if !ok || x.q.Direction == Response {
		return nil, NotFound
	}
	if out, _ := x.inner.Evaluate(x.s.w.Session, x.typing(), x.s.mode|validators.StrictFormat, m); out != validators.Accepts {
		return nil, NotFound
	}
	if x.inner.Filter(x.s.w.Session, x.s.mode|validators.StrictFormat, m) != validators.Accepts {
		return nil, NotFound
	}
	why := message.Unrouted(x.other().Doc.Root().Get("paths"), m)
	if why == "" {
		return nil, NotFound
	}
	accepts, refuses := x.s.sides()
	return &report.Witness{AcceptedBy: accepts, RefusedBy: refuses, Refusal: why, Request: m.Text(), Curl: m.Curl(), ConfirmedBy: []string{HTTPFilter}}, Found
}

func (x *exchange) other() message.Operation {
	if accepts, _ := x.s.sides(); accepts == "new" {
		return x.q.Old
	}
	return x.q.New
}
