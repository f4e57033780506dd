package witness

import (
	"cmp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// leaf is an error without causes: one keyword that one value does not meet.
type leaf struct {
	at      string // instance location, "" for the root
	keyword string
	message string
}

// leaves are the errors at the bottom, in a fixed order: the validator walks maps.
func leaves(e *jsonschema.ValidationError) []leaf {
	var out []leaf
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(out) >= maxLeaves {
			return
		}
		if len(e.Causes) == 0 {
			out = append(out, leaf{e.InstanceLocation, keywordOf(e), e.Message})
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(e)
	slices.SortFunc(out, func(a, b leaf) int {
		return cmp.Or(cmp.Compare(len(a.at), len(b.at)), cmp.Compare(a.at, b.at), cmp.Compare(a.keyword, b.keyword), cmp.Compare(a.message, b.message))
	})
	return out
}

const maxLeaves = 4_000

// keywordOf is the keyword that failed.
func keywordOf(e *jsonschema.ValidationError) string {
	path := strings.Split(e.KeywordLocation, "/")
	for i := len(path) - 1; i >= 0; i-- {
		if sayings[path[i]] != nil {
			return path[i]
		}
	}
	return path[len(path)-1]
}

// top is the outermost composition that failed, where the leaves are only the complaints of its alternatives.
func top(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(e.Causes) == 1 && keywordOf(e) != "oneOf" && keywordOf(e) != "anyOf" {
		e = e.Causes[0]
	}
	return e
}

// reason names what is wrong, without the words: a smaller value with no other reasons proves the same point.
func reason(e *jsonschema.ValidationError) map[string]bool {
	out := map[string]bool{}
	if t := top(e); len(t.Causes) != 1 {
		out[t.InstanceLocation+" "+keywordOf(t)] = true
	}
	for _, l := range leaves(e) {
		if l.keyword == "required" || l.keyword == "additionalProperties" {
			out[l.at+" "+l.keyword+" "+l.message] = true
		} else {
			out[l.at+" "+l.keyword] = true
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

// refusal is why a value is refused, in a line: where, and what is wrong there.
func refusal(e *jsonschema.ValidationError, m mode) string {
	at := top(e)
	l := leaf{at.InstanceLocation, keywordOf(at), at.Message}
	if len(at.Causes) > 0 && l.keyword != "oneOf" && l.keyword != "anyOf" {
		l = leaves(at)[0]
	}
	text := l.message
	if say := sayings[l.keyword]; say != nil {
		text = say(l.message)
	}
	if l.message == "not allowed" && m&assertAccess != 0 {
		text = m.hidden() + " property not allowed here"
	}
	if l.at == "" {
		return text
	}
	return l.at + ": " + text
}

// relevant is whether a refusal is about the goal: the value there or something inside it, or a composition around it.
func relevant(e *jsonschema.ValidationError, prefix string, g *goal, keyword string) bool {
	want := prefix + g.instancePath()
	for _, l := range leaves(e) {
		if l.at == want && belongs(l, keyword) && (g.only == "" || strings.Contains(l.message, "'"+g.only+"'")) || strings.HasPrefix(l.at, want+"/") {
			return true
		}
	}
	t := top(e)
	for _, l := range leaves(e) {
		if l.at == want && related[keyword] != nil && !belongs(l, keyword) && !around[l.keyword] && plain[l.keyword] {
			return false // the composition fails for another keyword of the same value
		}
	}
	return around[keywordOf(t)] && (want == t.InstanceLocation || strings.HasPrefix(want, t.InstanceLocation+"/"))
}

// plain are the limits of numbers and texts, of which one value can break several.
var plain = map[string]bool{
	"minimum": true, "maximum": true, "exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": true,
	"minLength": true, "maxLength": true, "pattern": true,
}

// around are the keywords that refuse a value for what is inside it.
var around = map[string]bool{"oneOf": true, "anyOf": true, "not": true, "contains": true, "minContains": true, "maxContains": true}

// related are the keywords of refusals that a changed keyword may show as, beside its own name.
var related = map[string][]string{
	"nullable": {"type", "enum", "const"}, "type": {"type"}, "enum": {"const"}, "const": {"enum"},
	"minimum": {"exclusiveMinimum"}, "exclusiveMinimum": {"minimum"}, "maximum": {"exclusiveMaximum"}, "exclusiveMaximum": {"maximum"},
	"required": {}, "maxLength": {}, "minLength": {}, "pattern": {}, "format": {"minimum", "maximum"}, "multipleOf": {}, "uniqueItems": {},
	"maxItems": {"items", "unevaluatedItems", ""}, "minItems": {}, "maxProperties": {}, "minProperties": {}, "dependentRequired": {},
}

// belongs is whether a failed keyword can be the one that changed; of a keyword that holds schemas nothing is known.
func belongs(l leaf, keyword string) bool {
	also, known := related[keyword]
	return !known || l.keyword == keyword || slices.Contains(also, l.keyword)
}
