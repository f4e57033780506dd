package validators

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/romel/govctl/internal/sorting"
)

// Leaf is an error without causes: one keyword that one value does not meet.
type Leaf struct {
	At      string // instance location, "" for the root
	Keyword string
	Message string
}

// LeafOf is an error as a leaf, without its causes.
func LeafOf(e *jsonschema.ValidationError) Leaf {
	return Leaf{Pointer(e), KeywordOf(e), describe(e)}
}

// Leaves are the errors at the bottom, in a fixed order: the validator walks maps.
func Leaves(e *jsonschema.ValidationError) []Leaf {
	var out []Leaf
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(out) >= maxLeaves {
			return
		}
		if len(e.Causes) == 0 {
			out = append(out, LeafOf(e))
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(e)
	sorting.Stable(out, func(a, b Leaf) int {
		return cmp.Or(cmp.Compare(len(a.At), len(b.At)), cmp.Compare(a.At, b.At), cmp.Compare(a.Keyword, b.Keyword), cmp.Compare(a.Message, b.Message))
	})
	return out
}

const maxLeaves = 4_000

// Names are the properties that a leaf is about, quoted and separated by commas, where its keyword is
// about some.
func Names(l Leaf) string {
	if i := strings.IndexByte(l.Message, '\''); i >= 0 {
		return l.Message[i : strings.LastIndexByte(l.Message, '\'')+1]
	}
	return ""
}

// Pointer is where in the value an error is, as a JSON pointer.
func Pointer(e *jsonschema.ValidationError) string {
	var at jsontext.Pointer
	for _, token := range e.InstanceLocation {
		at = at.AppendToken(token)
	}
	return string(at)
}

// KeywordOf is the keyword that failed; empty for an error that only collects others.
func KeywordOf(e *jsonschema.ValidationError) string {
	switch e.ErrorKind.(type) {
	case *kind.Not:
		return "not"
	case *kind.Contains:
		return "minContains" // which is 1 where it is absent
	case *kind.FalseSchema:
		return e.SchemaURL // see deriver.below
	}
	if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
		return path[0]
	}
	return ""
}

// Top is the outermost composition that failed, where the leaves are only the complaints of its
// alternatives.
func Top(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(e.Causes) == 1 && !isUnion(e) {
		e = e.Causes[0]
	}
	return e
}

// Ungrouped are errors with those in place that the validator collects under one because they are of
// the same value.
func Ungrouped(errors []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	var out []*jsonschema.ValidationError
	for _, e := range errors {
		switch e.ErrorKind.(type) {
		case *kind.Group, *kind.AllOf:
			out = append(out, Ungrouped(e.Causes)...)
		default:
			out = append(out, e)
		}
	}
	return out
}

// Reason names what is wrong, without the words: a smaller value with no other reasons proves the
// same point.
func Reason(e *jsonschema.ValidationError) map[string]bool {
	out := map[string]bool{}
	if t := Top(e); len(t.Causes) != 1 {
		out[Pointer(t)+" "+KeywordOf(t)] = true
	}
	for _, l := range Leaves(e) {
		if l.Keyword == "required" || l.Keyword == "additionalProperties" {
			out[l.At+" "+l.Keyword+" "+l.Message] = true
		} else {
			out[l.At+" "+l.Keyword] = true
		}
	}
	return out
}

// Refusal is why a value is refused, in a line: where, and what is wrong there. Of alternatives none
// of which fits, the nearest one is named with what is wrong there.
func Refusal(e *jsonschema.ValidationError, m Mode) string {
	const deepest = 3 // alternatives of alternatives that are named
	l, at := outermost(e)
	text, lead, inner := l.message(m), "; nearest is alternative ", l
	for range deepest {
		near, index := nearest(at)
		if near == nil {
			break
		}
		text += lead + strconv.Itoa(index+1) + alternativeName(at, index)
		inner, at = outermost(near)
		lead = ", of its own alternative "
	}
	if inner != l {
		inner.At = strings.TrimPrefix(inner.At, l.At)
		text += ": " + clip(inner.prefix()+inner.message(m))
	}
	return l.prefix() + text
}

// outermost is the keyword that stands for a refusal, and the error of which it is: that of a union,
// or else the first at the bottom.
func outermost(e *jsonschema.ValidationError) (Leaf, *jsonschema.ValidationError) {
	at := Top(e)
	alternatives := slices.DeleteFunc(slices.Clone(at.Causes), expectsNull)
	if len(alternatives) == 1 && isUnion(at) { // whether null is valid besides is nothing to choose from
		return outermost(alternatives[0])
	}
	if len(at.Causes) > 0 && !isUnion(at) {
		return Leaves(at)[0], at
	}
	return LeafOf(at), at
}

func isUnion(e *jsonschema.ValidationError) bool {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		return true
	}
	return false
}

// expectsNull is whether an alternative is null alone.
func expectsNull(e *jsonschema.ValidationError) bool {
	k, ok := e.ErrorKind.(*kind.Type)
	return ok && len(k.Want) == 1 && k.Want[0] == "null"
}

// nearest is what an alternative says of a value that fits none, with its index: the one that is of
// the same kind, in which no property has another constant than it must, and which finds the least
// wrong, the deepest of these, and the first. It is nil where no alternatives failed.
func nearest(e *jsonschema.ValidationError) (near *jsonschema.ValidationError, index int) {
	if !isUnion(e) {
		return nil, 0
	}
	var least [4]int
	for i, c := range e.Causes { // one for each alternative
		if expectsNull(c) {
			continue
		}
		var far [4]int
		at := Pointer(e)
		for _, l := range Leaves(c) {
			if l.Keyword == "type" && l.At == at {
				far[0] = 1
			}
			if (l.Keyword == "enum" || l.Keyword == "const") && strings.Count(l.At, "/") == strings.Count(at, "/")+1 {
				far[1] = 1 // such a property says which alternative is meant
			}
			far[2] += 1 + strings.Count(Names(l), "', '")
			far[3] = min(far[3], -strings.Count(l.At, "/"))
		}
		if near == nil || slices.Compare(far[:], least[:]) < 0 {
			near, index, least = c, i, far
		}
	}
	return near, index
}

// alternativeName is the name of an alternative in brackets; empty where it has none.
func alternativeName(e *jsonschema.ValidationError, index int) string {
	for union := range strings.SplitSeq(e.SchemaURL, "\x00") {
		if names := strings.Split(union, "\n"); names[0] == KeywordOf(e) && index+1 < len(names) && names[index+1] != "" {
			return " (" + names[index+1] + ")"
		}
	}
	return ""
}

// message is what failed in plain words.
func (l Leaf) message(m Mode) string {
	if l.Keyword == "properties" && m&AssertAccess != 0 {
		return m.Hidden() + " property not allowed here"
	}
	return l.Message
}

func (l Leaf) prefix() string {
	if l.At == "" {
		return ""
	}
	return l.At + ": "
}
