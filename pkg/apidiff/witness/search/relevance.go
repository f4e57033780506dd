package search

import (
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/apidiff/witness/validators"
)

// annotations are keywords that refuse nothing.
var annotations = map[string]bool{
	"contentEncoding": true, "contentMediaType": true, "contentSchema": true, "title": true, "description": true, "default": true,
	"example": true, "examples": true, "deprecated": true, "externalDocs": true, "xml": true,
}

// relevant is whether a refusal is about the goal: the value there or something inside it, or a
// composition around it.
func relevant(e *jsonschema.ValidationError, prefix string, g *goal, keyword string) bool {
	want, leaves := prefix+pointer(g.path()...), validators.Leaves(e)
	for _, l := range leaves {
		if l.At == want && belongs(l, keyword) && (g.only == "" || strings.Contains(l.Message, "'"+g.only+"'")) || strings.HasPrefix(l.At, want+"/") {
			return true
		}
	}
	t := validators.Top(e)
	for _, l := range leaves {
		if l.At == want && related[keyword] != nil && !belongs(l, keyword) && !around[l.Keyword] && plain[l.Keyword] {
			return false // the composition fails for another keyword of the same value
		}
	}
	at := validators.Pointer(t)
	return around[validators.KeywordOf(t)] && within(want, at)
}

// within is whether a place is another one or below it.
func within(at, place string) bool { return at == place || strings.HasPrefix(at, place+"/") }

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

// belongs is whether a failed keyword can be the one that changed; of a keyword that holds schemas
// nothing is known.
func belongs(l validators.Leaf, keyword string) bool {
	also, known := related[keyword]
	return !known || l.Keyword == keyword || slices.Contains(also, l.Keyword)
}

// blames is whether a refusal is about the keyword in question alone, of the value at want.
func (g *goal) blames(keyword, want string, e *jsonschema.ValidationError) bool {
	l := validators.LeafOf(e)
	inside := strings.HasPrefix(l.At, want+"/")
	other := func(c *jsonschema.ValidationError) bool { return !g.blames(keyword, want, c) }
	switch {
	case around[l.Keyword]:
		itself := want == l.At && related[keyword] == nil
		causes := validators.Ungrouped(e.Causes)
		return inside || itself || len(causes) == 0 || slices.ContainsFunc(causes, func(c *jsonschema.ValidationError) bool { return !other(c) })
	case len(e.Causes) > 0:
		return !slices.ContainsFunc(e.Causes, other)
	default:
		return inside || l.At == want && belongs(l, keyword) && (g.only == "" || validators.Names(l) == "'"+g.only+"'")
	}
}
