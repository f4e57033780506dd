package search

import (
	"context"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
	"github.com/romel/govctl/pkg/report"
)

// exchange is a message query under way.
type exchange struct {
	q              MessageQuery
	s              *search
	inner, outer   *message.Endpoint
	focus          string // instance path of the part: "/query/limit"
	focusIn, media string
	now            *message.Message // the last one made
	nowOf          any              // and the value in it
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
	x.inner = message.Read(w.Session, in)
	if out.Node.Exists() {
		x.outer = message.Read(w.Session, out)
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
	if x.focusIn == string(message.HeaderParam) {
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

// whole tries the messages that need no look at a schema: without the part, and with any value of
// it.
func (x *exchange) whole() {
	g := &goal{}
	if x.q.Absent || len(x.q.Hints) == 0 {
		if x.s.try(g, message.Absent{}) || x.q.Absent {
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
func (x *exchange) both(in validators.Schema, out *validators.Schema) (any, bool) {
	if out != nil {
		if v, ok := x.s.g.value(one(in).and(one(*out)), 0, 0); ok && x.s.w.Accepts(in, x.s.mode, v) && x.s.w.Accepts(*out, x.s.mode, v) {
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
func (x *exchange) schemas() (in, out *validators.Schema) {
	switch x.q.Part {
	case message.QueryParam, message.QueryString, message.PathParam, message.HeaderParam, message.CookieParam:
		return x.inner.Param(x.focusIn, x.q.Name).SchemaOrNil(), x.outer.Param(x.focusIn, x.q.Name).SchemaOrNil()
	case message.Body, message.ResponseBody:
		a, b := x.content(x.inner), x.content(x.outer)
		x.media = message.MediaTypeOf(x.q.MediaType, a, b)
		return message.SchemaFor(a, x.media), message.SchemaFor(b, x.media)
	case message.ResponseHeader:
		return x.inner.Response(x.q.Status).Header(x.q.Name).SchemaOrNil(), x.outer.Response(x.q.Status).Header(x.q.Name).SchemaOrNil()
	}
	return nil, nil
}

// refuted is why the outer operation refuses the message that carries v and the inner one accepts;
// nil otherwise.
func (x *exchange) refuted(v any) *jsonschema.ValidationError {
	m, ok := x.message(v)
	if !ok {
		return nil
	}
	if out, _ := x.inner.Evaluate(x.s.w.Session, x.typing(), x.s.mode|validators.StrictFormat, m); out != validators.Accepts {
		return nil
	}
	out, why := x.outer.Evaluate(x.s.w.Session, x.typing(), x.s.mode, m)
	if out != validators.Refuses || !x.about(why) {
		return nil
	}
	return why
}

// about is whether a refusal concerns the part in question.
func (x *exchange) about(why *jsonschema.ValidationError) bool {
	if x.q.Part == message.Whole {
		return true
	}
	return slices.ContainsFunc(validators.Leaves(why), func(l validators.Leaf) bool {
		return l.At == x.focus || strings.HasPrefix(l.At, x.focus+"/") || l.At == "/contentType" && x.focusIn == "body" ||
			(l.At == "" || l.At == "/"+x.focusIn) && l.Keyword == "required" && strings.Contains(l.Message, "'"+x.missing()+"'")
	})
}

func (x *exchange) missing() string {
	if x.q.Name != "" {
		return x.key(x.q.Name)
	}
	return x.focusIn
}

// second asks kin-openapi about the whole message; where it cannot take one, about the value of the
// body alone.
func (x *exchange) second(v any) (in, out validators.Verdict, by string) {
	m, ok := x.message(v)
	if !ok {
		return validators.Silent, validators.Silent, ""
	}
	if still, _ := x.outer.Evaluate(x.s.w.Session, x.typing(), x.s.mode|validators.StrictFormat, m); still != validators.Refuses {
		return validators.Refuses, validators.Refuses, HTTPFilter // the verdict hangs on the reading of formats
	}
	if x.q.Part == message.QueryString {
		return x.secondOfValue(v)
	}
	in, out = x.inner.Filter(x.s.w.Session, x.s.mode|validators.StrictFormat, m), x.outer.Filter(x.s.w.Session, x.s.mode, m)
	if in != validators.Silent && out != validators.Silent {
		return in, out, HTTPFilter
	}
	if x.focusIn != "body" {
		return validators.Silent, validators.Silent, ""
	}
	return x.secondOfValue(v)
}

// secondOfValue asks kin-openapi about the value of the part in question by itself.
func (x *exchange) secondOfValue(v any) (in, out validators.Verdict, by string) {
	a, b := x.schemas()
	if _, no := v.(message.Absent); no || a == nil || b == nil {
		return validators.Silent, validators.Silent, ""
	}
	return x.s.w.Second(*a, x.s.mode|validators.StrictFormat, v), x.s.w.Second(*b, x.s.mode, v), OpenAPI
}

func (x *exchange) witness(p *proof) *report.Witness {
	accepts, refuses := x.s.sides()
	wit := &report.Witness{AcceptedBy: accepts, RefusedBy: refuses, Refusal: validators.Refusal(p.why, x.s.mode), ConfirmedBy: p.by}
	for about, text := range map[string]string{"/contentType: ": "media type not accepted", "/status: ": "status not documented"} {
		if strings.HasPrefix(wit.Refusal, about) {
			wit.Refusal = text
		}
	}
	if _, no := p.value.(message.Absent); !no {
		wit.Value = message.Encode(p.value)
	}
	if m, ok := x.message(p.value); ok && x.q.Direction == Request {
		wit.Request, wit.Curl = m.Text(), m.Curl()
	}
	if x.q.Accepted && wit.Request != "" {
		if m, ok := x.accepted(p); ok {
			wit.Accepted = m.Text()
		}
	}
	return wit
}

// typing reads the text of messages as the schemas say, whatever the direction.
func (x *exchange) typing() message.Typing { return shapeTyping{&gen{w: x.s.w}} }

// content is the map of media types of the part in question, on one side.
func (x *exchange) content(o *message.Endpoint) validators.Schema {
	if x.q.Part == message.ResponseBody {
		return o.ResponseContent(x.q.Status)
	}
	return o.RequestContent()
}
