package search

import (
	"cmp"
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
	q            MessageQuery
	s            *search
	inner, outer *message.Endpoint
	focus        string // instance path of the part: "/query/limit"
	focusIn      string
	status       string           // of responses; "" for requests
	now          *message.Message // the last one made
	nowOf        string           // and the value in it
}

func newExchange(ctx context.Context, w *worker, q MessageQuery) *exchange {
	s := newSearch(ctx, w, Query{Direction: q.Direction, Accepts: q.Accepts, Hints: q.Hints, Budget: q.Budget})
	x := &exchange{q: q, s: s, focusIn: strings.TrimPrefix(string(q.Part), "response ")}
	s.refute, s.ask = x.refuted, x.second
	in, out := q.Old, q.New
	if s.accepts == "new" {
		in, out = out, in
	}
	if !in.Node.Exists() {
		return x
	}
	s.prepare(Hint{})
	x.inner, x.outer = message.Read(w.Session, in), message.Read(w.Session, out)
	if q.Direction == Response {
		x.status = cmp.Or(q.Status, "default")
	}
	x.focus = pointer(x.focusIn)
	if q.Name != "" {
		x.focus = pointer(x.focusIn, message.Key(x.focusIn, q.Name))
	}
	return x
}

func (x *exchange) run() (*report.Witness, Outcome) {
	if x.inner == nil {
		return nil, NotFound
	}
	if !x.outer.Node.Exists() {
		return x.gone()
	}
	x.whole()
	if x.s.won == nil && !x.q.Absent {
		x.inside()
	}
	return x.s.outcome(x.witness)
}

// whole tries the messages that need no look at a schema: without the part, and with any value of
// it.
func (x *exchange) whole() {
	if !x.q.Absent && len(x.q.Hints) > 0 || x.s.try(&goal{}, message.Absent{}) || x.q.Absent {
		return
	}
	if v, ok := x.value(); ok {
		x.s.try(&goal{}, v)
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
	a, b := x.inner.Terms(x.status), x.outer.Terms(x.status)
	if x.focusIn == "body" {
		media := message.MediaTypeOf(x.q.MediaType, a.Content, b.Content)
		return message.SchemaFor(a.Content, media), message.SchemaFor(b.Content, media)
	}
	return a.Param(x.focusIn, x.q.Name).SchemaOrNil(), b.Param(x.focusIn, x.q.Name).SchemaOrNil()
}

// evaluate is what the JSON Schema validator says of the message around v, by the letter of one side.
func (x *exchange) evaluate(side *message.Endpoint, m validators.Mode, v any) (validators.Verdict, *jsonschema.ValidationError) {
	msg, ok := x.message(v)
	if !ok {
		return validators.Silent, nil
	}
	return side.Evaluate(x.s.w.Session, shapeTyping{&gen{w: x.s.w}}, x.s.mode|m, msg)
}

// refuted is why the outer operation refuses the message that carries v and the inner one accepts;
// nil otherwise.
func (x *exchange) refuted(v any) *jsonschema.ValidationError {
	if out, _ := x.evaluate(x.inner, validators.StrictFormat, v); out != validators.Accepts {
		return nil
	}
	if out, why := x.evaluate(x.outer, 0, v); out == validators.Refuses && x.about(why) {
		return why
	}
	return nil
}

// about is whether a refusal concerns the part in question.
func (x *exchange) about(why *jsonschema.ValidationError) bool {
	if x.q.Part == message.Whole {
		return true
	}
	missing := "'" + cmp.Or(message.Key(x.focusIn, x.q.Name), x.focusIn) + "'"
	return slices.ContainsFunc(validators.Leaves(why), func(l validators.Leaf) bool {
		return within(l.At, x.focus) || l.At == "/contentType" && x.focusIn == "body" ||
			(l.At == "" || l.At == "/"+x.focusIn) && l.Keyword == "required" && strings.Contains(l.Message, missing)
	})
}

// second asks kin-openapi about the whole message; where it cannot take one, about the value of the
// body alone.
func (x *exchange) second(v any) (in, out validators.Verdict, by string) {
	m, ok := x.message(v)
	if !ok {
		return validators.Silent, validators.Silent, ""
	}
	if still, _ := x.evaluate(x.outer, validators.StrictFormat, v); still != validators.Refuses {
		return validators.Refuses, validators.Refuses, HTTPFilter // the verdict hangs on the reading of formats
	}
	if x.q.Part != message.QueryString { // which kin-openapi does not know as a place
		in, out = x.inner.Filter(x.s.w.Session, x.s.mode|validators.StrictFormat, m), x.outer.Filter(x.s.w.Session, x.s.mode, m)
		if in != validators.Silent && out != validators.Silent {
			return in, out, HTTPFilter
		}
	}
	a, b := x.schemas()
	if x.focusIn != "body" && x.q.Part != message.QueryString || v == any(message.Absent{}) || a == nil || b == nil {
		return validators.Silent, validators.Silent, ""
	}
	return x.s.w.Second(*a, x.s.mode|validators.StrictFormat, v), x.s.w.Second(*b, x.s.mode, v), OpenAPI
}

func (x *exchange) witness(p *proof) *report.Witness {
	wit := x.s.witness(p)
	for about, text := range map[string]string{"/contentType: ": "media type not accepted", "/status: ": "status not documented"} {
		if strings.HasPrefix(wit.Refusal, about) {
			wit.Refusal = text
		}
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
