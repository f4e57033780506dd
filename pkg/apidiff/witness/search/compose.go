package search

import (
	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/report"
)

// message is the message around the value of the part in question; the last one is kept.
func (x *exchange) message(v any) (*message.Message, bool) {
	text := string(message.Encode(v))
	if x.now != nil && x.nowOf == text {
		return x.now, true
	}
	m, ok := x.build(v)
	if x.now = nil; ok {
		x.now, x.nowOf = m, text
	}
	return m, ok
}

// build makes a message: with what either side requires, and nothing else; a response without what only the outer one
// requires, which the inner one does not know.
func (x *exchange) build(v any) (*message.Message, bool) {
	m := &message.Message{Endpoint: x.inner}
	if x.status != "" {
		m.Status = x.inner.StatusFor(x.status)
	}
	in, out := x.inner.Terms(m.Status), x.outer.Terms(m.Status)
	for _, p := range in.Params {
		other := out.Param(p.In, p.Name)
		value, ok := v, true
		switch asked := x.asks(p); {
		case asked && v == any(message.Absent{}), !asked && !p.Required && (other == nil || !other.Required):
			continue
		case !asked:
			value, ok = x.beside(p, other)
		}
		if !ok || !p.Encode(value, m) {
			return nil, false
		}
	}
	for _, p := range out.Params {
		if m.Status == "" && p.Required && in.Param(p.In, p.Name) == nil && !x.asks(p) && p.In != "path" {
			if value, ok := x.beside(p, nil); ok {
				p.Encode(value, m)
			}
		}
	}
	return m, x.body(m, in, out, v)
}

// asks is whether a parameter or header is the part in question.
func (x *exchange) asks(p *message.Param) bool {
	return p.In == x.focusIn && x.q.Name != "" && message.Key(p.In, p.Name) == message.Key(p.In, x.q.Name)
}

// beside is a value for a parameter that is not the one in question.
func (x *exchange) beside(p, other *message.Param) (any, bool) {
	if !p.Schema.Node.Exists() {
		return "a", true
	}
	return x.both(p.Schema, other.SchemaOrNil())
}

// body gives a message its body: the value in question, or any where one is needed.
func (x *exchange) body(m *message.Message, in, out message.Terms, v any) bool {
	request := m.Status == ""
	if !request && in.Content.Node.Len() == 0 {
		return true
	}
	m.MediaType = message.MediaTypeOf(x.q.MediaType, in.Content, out.Content)
	asked := x.focusIn == "body"
	if asked && v == any(message.Absent{}) || !asked && request && !in.Required() && !out.Required() {
		return true
	}
	m.HasBody = true
	s, other := message.SchemaFor(in.Content, m.MediaType), message.SchemaFor(out.Content, m.MediaType)
	if s == nil && request {
		s = other
	}
	ok := true
	switch {
	case asked:
		m.Body = v
	case s != nil:
		m.Body, ok = x.both(*s, other)
	case request:
		return !in.Required()
	}
	m.Raw = m.Bytes()
	return ok
}

// gone is the witness of an operation that is no more: a request that it took and no operation of
// the other side does.
func (x *exchange) gone() (*report.Witness, Outcome) {
	if x.q.Direction == Response {
		return nil, NotFound
	}
	m, _, ok := x.evaluated(message.Absent{})
	if !ok {
		return nil, NotFound
	}
	why := message.Unrouted(x.outer.Doc.Root().Get("paths"), m)
	if why == "" {
		return nil, NotFound
	}
	return &report.Witness{
		AcceptedBy: x.s.accepts, RefusedBy: x.s.refuses, Refusal: why, Request: m.Text(), Curl: m.Curl(), ConfirmedBy: []string{HTTPFilter},
	}, Found
}
