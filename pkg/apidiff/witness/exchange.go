package witness

import (
	"context"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// Operation is one side of an operation; one without a Node is not there.
type Operation struct {
	Doc      *contract.Document
	Method   string
	Path     string        // template as written
	PathItem contract.Node // holds parameters and servers of all its operations; may be absent
	Node     contract.Node
}

// Part is the part of a message that changed.
type Part string

// The parts. Those of requests come first.
const (
	Whole          Part = "" // any part: the operation itself
	QueryParam     Part = "query"
	PathParam      Part = "path"
	HeaderParam    Part = "header"
	CookieParam    Part = "cookie"
	Body           Part = "body"
	ResponseBody   Part = "response body"
	ResponseHeader Part = "response header"
	Status         Part = "status"
)

// MessageQuery asks for a whole message that one version of an operation takes and the other does not: a request that the
// old one accepts and the new one refuses, or a response that the new one gives and the old one does not promise.
type MessageQuery struct {
	Old, New  Operation
	Direction Direction
	Accepts   string // as in Query
	Part      Part
	Name      string // of a parameter or header
	MediaType string // of a body; "" is any that both sides know, JSON first
	Status    string // of a response: "200", "4XX", "default"
	Absent    bool   // the message without the part is wanted: it became required
	// Hints say what changed below the schema of the part.
	Hints  []Hint
	Seed   uint64
	Budget int
}

// FindMessage returns a message as a witness, for requests with the HTTP text and a curl line.
func (f *Finder) FindMessage(ctx context.Context, q MessageQuery) (*report.Witness, Outcome) {
	w := f.take()
	defer f.give(w)
	x := newExchange(ctx, w, q)
	wit, out := x.run()
	f.count(x.s, out)
	return wit, out
}

// exchange is a message query under way.
type exchange struct {
	q              MessageQuery
	s              *search
	inner, outer   *operation
	focus          string // instance path of the part: "/query/limit"
	focusIn, media string
	now            *message // the last one made
	nowOf          any      // and the value in it
}

func newExchange(ctx context.Context, w *worker, q MessageQuery) *exchange {
	x := &exchange{q: q}
	s := newSearch(ctx, w, Query{Direction: q.Direction, Accepts: q.Accepts, Hints: q.Hints, Seed: q.Seed, Budget: q.Budget})
	s.refute, s.ask = x.refuted, x.second
	x.s = s
	accepts, _ := s.sides()
	in, out := q.Old, q.New
	if accepts == "new" {
		in, out = out, in
	}
	if !in.Node.Exists() {
		return x
	}
	s.prepare(Hint{})
	x.inner = w.operation(in)
	if out.Node.Exists() {
		x.outer = w.operation(out)
	}
	x.focusIn = strings.TrimPrefix(string(q.Part), "response ")
	x.focus = "/" + x.focusIn
	if q.Name != "" {
		x.focus += "/" + tokenEscaper.Replace(x.key(q.Name))
	}
	return x
}

// key is the name of a parameter as the key of an instance: headers have no case.
func (x *exchange) key(name string) string {
	if x.focusIn == string(HeaderParam) {
		return strings.ToLower(name)
	}
	return name
}

func (x *exchange) run() (*report.Witness, Outcome) {
	if x.inner == nil {
		return nil, NotFound
	}
	if x.outer == nil {
		return x.gone()
	}
	x.whole()
	if x.s.won == nil && !x.q.Absent {
		x.inside()
	}
	s := x.s
	if s.won == nil {
		s.won = s.best
	}
	switch {
	case s.won != nil:
		return x.witness(s.won), Found
	case s.disagreed > 0:
		return nil, Discarded
	default:
		return nil, NotFound
	}
}

// absent marks a message that lacks the part in question.
type absent struct{}

// whole tries the messages that need no look at a schema: without the part, and with any value of it.
func (x *exchange) whole() {
	g := &goal{}
	if x.q.Absent || len(x.q.Hints) == 0 {
		if x.s.try(g, absent{}) || x.q.Absent {
			return
		}
	}
	if len(x.q.Hints) == 0 {
		if v, ok := x.value(); ok {
			x.s.try(g, v)
		}
	}
}

// value is any value of the part that both sides allow, or the inner one alone.
func (x *exchange) value() (any, bool) {
	in, out := x.schemas()
	if in == nil {
		return "a", true
	}
	return x.both(*in, out)
}

// both is a value of in, and of out where that can be.
func (x *exchange) both(in site, out *site) (any, bool) {
	if out != nil {
		if v, ok := x.s.g.value(one(in).and(one(*out)), 0, 0); ok && x.s.w.accepts(in, x.s.mode, v) && x.s.w.accepts(*out, x.s.mode, v) {
			return v, true
		}
	}
	return x.s.g.value(one(in), 0, 0)
}

// inside looks below the schema of the part, as a search among schemas does.
func (x *exchange) inside() {
	in, out := x.schemas()
	if in == nil || out == nil {
		return
	}
	x.s.in, x.s.out, x.s.prefix = *in, *out, x.focus
	x.s.everyHint()
}

// schemas are those of the part on both sides; nil where a side has none.
func (x *exchange) schemas() (in, out *site) {
	switch x.q.Part {
	case QueryParam, PathParam, HeaderParam, CookieParam:
		return x.inner.param(x.focusIn, x.q.Name).schemaSite(), x.outer.param(x.focusIn, x.q.Name).schemaSite()
	case Body, ResponseBody:
		a, b := x.inner.content(x.q), x.outer.content(x.q)
		x.media = x.mediaType(a, b)
		return schemaFor(a, x.media), schemaFor(b, x.media)
	case ResponseHeader:
		return x.inner.response(x.q.Status).header(x.q.Name).schemaSite(), x.outer.response(x.q.Status).header(x.q.Name).schemaSite()
	}
	return nil, nil
}

// refuted is why the outer operation refuses the message that carries v and the inner one accepts; nil otherwise.
func (x *exchange) refuted(v any) *jsonschema.ValidationError {
	m, ok := x.message(v)
	if !ok {
		return nil
	}
	if out, _ := x.inner.judge(x.s.w, x.s.mode|strictFormat, m); out != accepts {
		return nil
	}
	out, why := x.outer.judge(x.s.w, x.s.mode, m)
	if out != refuses || !x.about(why) {
		return nil
	}
	return why
}

// about is whether a refusal concerns the part in question.
func (x *exchange) about(why *jsonschema.ValidationError) bool {
	if x.q.Part == Whole {
		return true
	}
	return slices.ContainsFunc(leaves(why), func(l leaf) bool {
		return l.at == x.focus || strings.HasPrefix(l.at, x.focus+"/") || l.at == "/contentType" && x.focusIn == "body" ||
			(l.at == "" || l.at == "/"+x.focusIn) && l.keyword == "required" && strings.Contains(l.message, "'"+x.missing()+"'")
	})
}

func (x *exchange) missing() string {
	if x.q.Name != "" {
		return x.key(x.q.Name)
	}
	return x.focusIn
}

// second asks kin-openapi about the whole message; where it cannot take one, about the value of the body alone.
func (x *exchange) second(v any) (in, out verdict, by string) {
	m, ok := x.message(v)
	if !ok {
		return silent, silent, ""
	}
	if still, _ := x.outer.judge(x.s.w, x.s.mode|strictFormat, m); still != refuses {
		return refuses, refuses, HTTPFilter // the verdict hangs on the reading of formats
	}
	in, out = x.inner.filter(x.s, x.s.mode|strictFormat, m), x.outer.filter(x.s, x.s.mode, m)
	if in != silent && out != silent {
		return in, out, HTTPFilter
	}
	a, b := x.schemas()
	if _, no := v.(absent); no || x.focusIn != "body" || a == nil || b == nil {
		return silent, silent, ""
	}
	return x.s.w.second(*a, x.s.mode|strictFormat, v), x.s.w.second(*b, x.s.mode, v), OpenAPI
}

func (x *exchange) witness(p *proof) *report.Witness {
	accepts, refuses := x.s.sides()
	wit := &report.Witness{AcceptedBy: accepts, RefusedBy: refuses, Refusal: refusal(p.why, x.s.mode), ConfirmedBy: p.by}
	for about, text := range map[string]string{"/contentType: ": "media type not accepted", "/status: ": "status not documented"} {
		if strings.HasPrefix(wit.Refusal, about) {
			wit.Refusal = text
		}
	}
	if _, no := p.value.(absent); !no {
		wit.Value = encode(p.value)
	}
	if m, ok := x.message(p.value); ok && x.q.Direction == Request {
		wit.Request, wit.Curl = m.text(), m.curl()
	}
	return wit
}
