package validators

import (
	"cmp"
	"slices"
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
	for len(e.Causes) == 1 && KeywordOf(e) != "oneOf" && KeywordOf(e) != "anyOf" {
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

// Refusal is why a value is refused, in a line: where, and what is wrong there.
func Refusal(e *jsonschema.ValidationError, m Mode) string {
	at := Top(e)
	l := Leaf{at.InstanceLocation, KeywordOf(at), at.Message}
	if len(at.Causes) > 0 && l.Keyword != "oneOf" && l.Keyword != "anyOf" {
		l = Leaves(at)[0]
	}
	text := l.Message
	if say := sayings[l.Keyword]; say != nil {
		text = say(l.Message)
	}
	if l.Message == "not allowed" && m&AssertAccess != 0 {
		text = m.Hidden() + " property not allowed here"
	}
	if l.At == "" {
		return text
	}
	return l.At + ": " + text
}
