package search

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

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
	x.s.w.Begin(x.s.ctx, acceptedFuel)
	defer func() { x.s.w.Fuel = left - (acceptedFuel - x.s.w.Fuel) }() // it counts as work of the search
	y := &exchange{q: x.q, s: x.s, inner: x.outer, outer: x.inner, focus: x.focus, focusIn: x.focusIn}
	if y.q.Part != message.Body || !y.content(y.inner).Node.Get(y.q.MediaType).Exists() {
		y.q.MediaType = "" // what the new version takes
	}
	in, _ := y.schemas()
	if _, none := p.value.(message.Absent); none || in == nil {
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
	m, ok := x.build(v)
	if !ok {
		return nil, nil, false
	}
	mode := x.s.mode | validators.StrictFormat
	out, why := x.inner.Evaluate(x.s.w.Session, x.typing(), mode, m)
	if out != validators.Accepts {
		return nil, why, false
	}
	return m, nil, x.inner.Filter(x.s.w.Session, mode, m) == validators.Accepts
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
		path := tokensOf(below)
		for _, put := range r.answers(l, at(v, path), path) {
			next := with(v, path, put)
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
	switch {
	case l.Keyword == "required" && isObject:
		next := maps.Clone(object)
		for _, name := range quotedNames(l) {
			if value, ok := r.valueAt(append(slices.Clip(path), name)); ok {
				next[name] = value
			}
		}
		return []any{next}
	case (l.Keyword == "additionalProperties" || l.Keyword == "unevaluatedProperties") && isObject:
		next := maps.Clone(object)
		for _, name := range quotedNames(l) {
			delete(next, name)
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
	switch v := v.(type) {
	case json.Number:
		return []any{v.String(), []any{v}}
	case bool:
		return []any{strconv.FormatBool(v), []any{v}}
	case string:
		if n := json.Number(v); json.Valid([]byte(v)) && n != "" {
			if _, err := n.Float64(); err == nil {
				return []any{n, []any{v}}
			}
		}
		return []any{[]any{v}}
	case []any:
		if len(v) > 0 {
			return []any{v[0]}
		}
	case map[string]any:
		return []any{[]any{v}}
	}
	return nil
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

func tokensOf(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, t := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
	}
	return tokens
}

// at is the value at a path below v; nil where there is none.
func at(v any, path []string) any {
	for _, token := range path {
		switch now := v.(type) {
		case map[string]any:
			v = now[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(now) {
				return nil
			}
			v = now[i]
		default:
			return nil
		}
	}
	return v
}

// with is v with another value at a path that exists in it.
func with(v any, path []string, put any) any {
	if len(path) == 0 {
		return put
	}
	switch now := v.(type) {
	case map[string]any:
		next := maps.Clone(now)
		next[path[0]] = with(now[path[0]], path[1:], put)
		return next
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(now) {
			next := slices.Clone(now)
			next[i] = with(now[i], path[1:], put)
			return next
		}
	}
	return v
}
