package search

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/message"
	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// maxRepairs bounds the changes that lead from a refused request to an accepted one.
const maxRepairs = 6

// acceptedFuel bounds the work for one accepted request.
const acceptedFuel = 20 * fuelPerCandidate

// accepted is the request nearest to a refused one that the outer side accepts: each change answers one complaint of the
// validator. It is false where no few changes lead to a request that both validators accept.
func (x *exchange) accepted(p *proof) (*message.Message, bool) {
	left := x.s.w.Fuel
	x.s.w.Begin(x.s.w.Ctx, acceptedFuel)
	defer func() { x.s.w.Fuel = left - (acceptedFuel - x.s.w.Fuel) }() // it counts as work of the search
	y := &exchange{q: x.q, s: x.s, inner: x.outer, outer: x.inner, focus: x.focus, focusIn: x.focusIn, status: x.status}
	if y.q.Part != message.Body || !y.inner.Terms(y.status).Content.Node.Get(y.q.MediaType).Exists() {
		y.q.MediaType = "" // what the new version takes
	}
	in, _ := y.schemas()
	if p.value == any(message.Absent{}) || in == nil {
		return y.withPart()
	}
	r := repair{y, in}
	v := p.value
	for range maxRepairs {
		m, why, ok := y.evaluated(v)
		if ok {
			return m, true
		}
		if why == nil {
			break
		}
		next, m := r.step(v, why)
		if m != nil {
			return m, true
		}
		v = next
	}
	return y.withPart()
}

// withPart is a request with any value in the part.
func (x *exchange) withPart() (*message.Message, bool) {
	v, ok := x.value()
	if !ok {
		return nil, false
	}
	m, _, ok := x.evaluated(v)
	return m, ok
}

// evaluated is the message around v, and whether both validators accept it; else why the first one does not.
func (x *exchange) evaluated(v any) (*message.Message, *jsonschema.ValidationError, bool) {
	out, why := x.evaluate(x.inner, validators.StrictFormat, v)
	if out != validators.Accepts {
		return nil, why, false
	}
	m, _ := x.message(v)
	return m, nil, x.inner.Filter(x.s.w.Session, x.s.mode|validators.StrictFormat, m) == validators.Accepts
}

// repair changes the value of a part so that a schema accepts it.
type repair struct {
	*exchange
	root *validators.Schema
}

// step answers the first complaint about the value. The message is set where that is enough.
func (r repair) step(v any, why *jsonschema.ValidationError) (any, *message.Message) {
	for _, l := range validators.Leaves(why) {
		below, ok := strings.CutPrefix(l.At, r.focus)
		if !ok || below != "" && below[0] != '/' {
			continue
		}
		path := slices.Collect(jsontext.Pointer(below).Tokens())
		now, _ := at(v, path)
		for _, put := range r.answers(l, now, path) {
			next := with(v, put, path...)
			if m, _, ok := r.evaluated(next); ok {
				return next, m
			}
			v = next // the last one goes on
		}
		return v, nil
	}
	return v, nil
}

// answers are the values to put in the place of one that is complained about, those that are nearest to it first.
func (r repair) answers(l validators.Leaf, now any, path []string) []any {
	object, isObject := now.(map[string]any)
	if isObject && slices.Contains([]string{"required", "additionalProperties", "unevaluatedProperties"}, l.Keyword) {
		next := maps.Clone(object)
		for _, name := range quotedNames(l) {
			if l.Keyword != "required" {
				delete(next, name)
			} else if value, ok := r.valueAt(append(slices.Clip(path), name)); ok {
				next[name] = value
			}
		}
		return []any{next}
	}
	var out []any
	switch l.Keyword {
	case "type":
		out = converted(now)
	case "minimum", "maximum":
		out = r.bounds(path, l.Keyword)
	}
	if value, ok := r.valueAt(path); ok {
		out = append(out, value)
	}
	return out
}

// converted is a value as other types write it.
func converted(v any) []any {
	var out []any
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v[:min(len(v), 1)]
	case json.Number:
		out = append(out, v.String())
	case bool:
		out = append(out, strconv.FormatBool(v))
	case string:
		if n := json.Number(v); json.Valid([]byte(v)) {
			if _, err := n.Float64(); err == nil {
				out = append(out, n)
			}
		}
	}
	return append(out, []any{v})
}

// bounds are the limits of the numbers at a place below the part.
func (r repair) bounds(path []string, keyword string) []any {
	c, _ := r.place(path)
	var out []any
	for _, s := range c.schemas {
		if limit := s.Resolved().Get(keyword).Literal(); limit != "" {
			out = append(out, json.Number(limit))
		}
	}
	return out
}

// valueAt is a value for a place below the part, as the new version wants it.
func (r repair) valueAt(path []string) (any, bool) {
	c, ok := r.place(path)
	if !ok {
		return nil, false
	}
	return r.s.g.value(c, 0, 0)
}

// place is what the new version says about a place below the part.
func (r repair) place(path []string) (conj, bool) {
	c := one(*r.root)
	for _, token := range path {
		sh := r.s.g.shape(c)
		if i, err := strconv.Atoi(token); err == nil && len(sh.arrays) > 0 {
			c = r.s.g.item(sh, i)
			continue
		}
		next, ok := r.s.g.field(sh, token)
		if !ok {
			return conj{}, false
		}
		c = next
	}
	return c, true
}

func quotedNames(l validators.Leaf) []string {
	text := strings.Trim(validators.Names(l), "'")
	if text == "" {
		return nil
	}
	return strings.Split(text, "', '")
}
