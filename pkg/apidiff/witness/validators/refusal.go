package validators

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Leaf is an error without causes: one keyword that one value does not meet.
type Leaf struct {
	At      string // instance location, "" for the root
	Keyword string
	Message string
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
			out = append(out, Leaf{e.InstanceLocation, KeywordOf(e), e.Message})
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(e)
	slices.SortFunc(out, func(a, b Leaf) int {
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

// KeywordOf is the keyword that failed.
func KeywordOf(e *jsonschema.ValidationError) string {
	path := strings.Split(e.KeywordLocation, "/")
	for i := len(path) - 1; i >= 0; i-- {
		if sayings[path[i]] != nil {
			return path[i]
		}
	}
	return path[len(path)-1]
}

// Top is the outermost composition that failed, where the leaves are only the complaints of its
// alternatives.
func Top(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(e.Causes) == 1 && !isUnion(e) {
		e = e.Causes[0]
	}
	return e
}

// Reason names what is wrong, without the words: a smaller value with no other reasons proves the
// same point.
func Reason(e *jsonschema.ValidationError) map[string]bool {
	out := map[string]bool{}
	if t := Top(e); len(t.Causes) != 1 {
		out[t.InstanceLocation+" "+KeywordOf(t)] = true
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

// sayings put a failed keyword in plain words; m is the validator's message.
var sayings = map[string]func(m string) string{
	"type":                  func(m string) string { return strings.Replace(m, ", but got ", ", got ", 1) },
	"enum":                  func(string) string { return "not one of the allowed values" },
	"const":                 func(string) string { return "not the one allowed value" },
	"required":              func(m string) string { return strings.Replace(m, "missing properties:", "missing required", 1) },
	"additionalProperties":  func(m string) string { return "unknown property" + between(m, "additionalProperties", "not allowed") },
	"unevaluatedProperties": func(string) string { return "unknown property" },
	"minLength":             func(m string) string { return "too short: " + m },
	"maxLength":             func(m string) string { return "too long: " + m },
	"minimum":               func(m string) string { return "too small: " + m },
	"maximum":               func(m string) string { return "too large: " + m },
	"exclusiveMinimum":      func(m string) string { return "too small: " + m },
	"exclusiveMaximum":      func(m string) string { return "too large: " + m },
	"multipleOf":            func(m string) string { return m },
	"pattern":               func(m string) string { return m },
	"format":                func(m string) string { return m },
	"minItems":              func(m string) string { return "too few items: " + m },
	"maxItems":              func(m string) string { return "too many items: " + m },
	"uniqueItems":           func(m string) string { return "duplicate items: " + m },
	"minProperties":         func(m string) string { return "too few properties: " + m },
	"maxProperties":         func(m string) string { return "too many properties: " + m },
	"contains":              func(string) string { return "no item of the kind it must contain" },
	"minContains":           func(string) string { return "too few items of the kind it must contain" },
	"maxContains":           func(string) string { return "too many items of the kind it may contain" },
	"not":                   func(string) string { return "is what must not be" },
	"oneOf": func(m string) string {
		if strings.HasPrefix(m, "valid against") {
			return "fits more than one alternative of oneOf"
		}
		return "fits no alternative of oneOf"
	},
	"anyOf":             func(string) string { return "fits no alternative of anyOf" },
	"dependentRequired": func(m string) string { return m },
	"propertyNames":     func(string) string { return "name of a property not allowed" },
	"unevaluatedItems":  func(string) string { return "unknown item" },
	"items":             func(string) string { return "item not allowed" },
	"properties":        func(string) string { return "property not allowed" },
}

func between(m, before, after string) string {
	m = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(m, before), after))
	if m == "" {
		return ""
	}
	return " " + m
}

// Refusal is why a value is refused, in a line: where, and what is wrong there. Of alternatives none
// of which fits, the nearest one is named with what is wrong there.
func Refusal(e *jsonschema.ValidationError, m Mode) string {
	const deepest = 3 // alternatives of alternatives that are named
	l, at := outermost(e)
	text, lead, inner := l.saying(m), "; nearest is alternative ", l
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
		text += ": " + clip(inner.located(m))
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
	l := Leaf{at.InstanceLocation, KeywordOf(at), at.Message}
	if len(at.Causes) > 0 && !isUnion(at) {
		l = Leaves(at)[0]
	}
	return l, at
}

func isUnion(e *jsonschema.ValidationError) bool {
	return strings.HasSuffix(e.KeywordLocation, "/oneOf") || strings.HasSuffix(e.KeywordLocation, "/anyOf")
}

// expectsNull is whether an alternative is null alone.
func expectsNull(e *jsonschema.ValidationError) bool {
	return len(e.Causes) == 0 && strings.HasPrefix(e.Message, "expected null, but got ")
}

// nearest is what an alternative says of a value that fits none, with its index: the one that is of
// the same kind and finds the least wrong, the deepest of these, and the first. It is nil where no
// alternatives failed.
func nearest(e *jsonschema.ValidationError) (near *jsonschema.ValidationError, index int) {
	if !isUnion(e) {
		return nil, 0
	}
	var least [3]int
	for _, c := range e.Causes {
		rest, below := strings.CutPrefix(c.KeywordLocation, e.KeywordLocation+"/")
		at, _, _ := strings.Cut(rest, "/")
		i, err := strconv.Atoi(at)
		if !below || err != nil || expectsNull(c) {
			continue
		}
		var far [3]int
		for _, l := range Leaves(c) {
			if l.Keyword == "type" && l.At == e.InstanceLocation {
				far[0] = 1
			}
			far[1] += 1 + strings.Count(Names(l), "', '")
			far[2] = min(far[2], -strings.Count(l.At, "/"))
		}
		if near == nil || slices.Compare(far[:], least[:]) < 0 {
			near, index, least = c, i, far
		}
	}
	return near, index
}

// alternativeName is the name of an alternative in brackets; empty where it has none.
func alternativeName(e *jsonschema.ValidationError, index int) string {
	for union := range strings.SplitSeq(e.AbsoluteKeywordLocation, "\x00") {
		if names := strings.Split(union, "\n"); names[0] == KeywordOf(e) && index+1 < len(names) && names[index+1] != "" {
			return " (" + names[index+1] + ")"
		}
	}
	return ""
}

// saying is what failed in plain words.
func (l Leaf) saying(m Mode) string {
	switch say := sayings[l.Keyword]; {
	case l.Message == "not allowed" && m&AssertAccess != 0:
		return m.Hidden() + " property not allowed here"
	case say != nil:
		return say(l.Message)
	default:
		return l.Message
	}
}

func (l Leaf) prefix() string {
	if l.At == "" {
		return ""
	}
	return l.At + ": "
}

func (l Leaf) located(m Mode) string { return l.prefix() + l.saying(m) }
