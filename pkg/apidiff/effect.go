package apidiff

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/romel/govctl/pkg/apidiff/rules"
	"github.com/romel/govctl/pkg/contract"
	"github.com/romel/govctl/pkg/report"
)

// KeywordWithoutEffect is the rule of an added keyword that has no effect: its author expects a
// stricter, or wider, contract.
const KeywordWithoutEffect = "keyword-without-effect"

// The message and the reason of the rule.
const (
	WithoutEffectSummary = "a keyword was added where it has no effect"
	WithoutEffectWhy     = "A keyword for values of another type, of another version of OpenAPI, or without the one that it belongs to is ignored by every validator. The keyword does not do what its author intended."
)

// An effect is what a keyword needs in its own schema object.
type effect struct {
	keyword string
	types   string // one of these, where a type is given
	beside  string // another keyword
	until   string // the last version of OpenAPI that knows it
	since   string // the first one
	instead string // what to write
}

// effects are the keywords of schemas that can be without effect. minContains and maxContains are
// compared even without contains, so they are not among those that need another one.
var effects = byKeyword([]effect{
	{keyword: "maxLength", types: "string"},
	{keyword: "minLength", types: "string"},
	{keyword: "pattern", types: "string"},
	{keyword: "maximum", types: "number integer"},
	{keyword: "minimum", types: "number integer"},
	{keyword: "exclusiveMaximum", types: "number integer"},
	{keyword: "exclusiveMinimum", types: "number integer"},
	{keyword: "multipleOf", types: "number integer"},
	{keyword: "items", types: "array"},
	{keyword: "prefixItems", types: "array", since: "3.1"},
	{keyword: "maxItems", types: "array"},
	{keyword: "minItems", types: "array"},
	{keyword: "uniqueItems", types: "array"},
	{keyword: "contains", types: "array", since: "3.1"},
	{keyword: "minContains", types: "array", since: "3.1"},
	{keyword: "maxContains", types: "array", since: "3.1"},
	{keyword: "unevaluatedItems", types: "array", since: "3.1"},
	{keyword: "additionalItems", types: "array", until: "2.0", instead: "`items` beside `prefixItems`"},
	{keyword: "properties", types: "object"},
	{keyword: "required", types: "object"},
	{keyword: "additionalProperties", types: "object"},
	{keyword: "maxProperties", types: "object"},
	{keyword: "minProperties", types: "object"},
	{keyword: "patternProperties", types: "object", since: "3.1"},
	{keyword: "propertyNames", types: "object", since: "3.1"},
	{keyword: "dependentRequired", types: "object", since: "3.1"},
	{keyword: "dependentSchemas", types: "object", since: "3.1"},
	{keyword: "unevaluatedProperties", types: "object", since: "3.1"},
	{keyword: "const", since: "3.1", instead: "`enum` of one value"},
	{keyword: "if", since: "3.1"},
	{keyword: "then", beside: "if", since: "3.1"},
	{keyword: "else", beside: "if", since: "3.1"},
	{keyword: "nullable", until: "3.0", instead: "`null` in `type`"},
})

func byKeyword(rows []effect) map[string]*effect {
	m := make(map[string]*effect, len(rows))
	for i := range rows {
		m[rows[i].keyword] = &rows[i]
	}
	return m
}

// missing is why the keyword of a schema has no effect in a document of a version, in words; empty
// where it has one.
func (e *effect) missing(schema, value contract.Node, version string) string {
	switch {
	case e.keyword == "nullable" && !value.Bool():
		return ""
	case e.until != "" && version > e.until:
		return "in OpenAPI " + version + e.advice()
	case e.since != "" && version < e.since:
		return "in OpenAPI " + version + e.advice()
	case e.beside != "" && !schema.Get(e.beside).Exists():
		return "without `" + e.beside + "`"
	case e.types == "":
		return ""
	}
	var given []string
	switch t := schema.Get("type"); t.Kind() {
	case contract.String:
		given = []string{t.Text()}
	case contract.Array:
		for _, item := range t.Items() {
			given = append(given, item.Text())
		}
	default:
		return ""
	}
	if len(given) == 0 || slices.ContainsFunc(given, func(t string) bool { return slices.Contains(strings.Fields(e.types), t) }) {
		return ""
	}
	return "on the type " + strings.Join(given, " or ")
}

func (e *effect) advice() string {
	if e.instead == "" {
		return ""
	}
	return "; write " + e.instead
}

// maxWithoutEffect is how many findings of the rule are listed; all are counted.
const maxWithoutEffect = 1_000

// noteWithoutEffect adds a finding for each keyword without effect that the new document has, and the
// old one not at the same place; where the old one has more of the same elsewhere, schemas were moved
// or renamed. They count as neither changes nor breaks.
func (r *Result) noteWithoutEffect(old, new *contract.Document) {
	if old.Same(new) {
		return
	}
	added := slices.Collect(allWithoutEffect(new))
	if len(added) == 0 {
		return
	}
	type place struct{ keyword, pointer string }
	type kind struct{ keyword, why string }
	there, elsewhere := map[place]bool{}, map[kind]int{}
	for _, w := range added {
		there[place{w.keyword, w.pointer}] = true
	}
	known := map[place]bool{}
	for o := range allWithoutEffect(old) {
		if at := (place{o.keyword, o.pointer}); there[at] {
			known[at] = true
		} else {
			elsewhere[kind{o.keyword, o.why}]++
		}
	}
	for _, w := range added {
		if known[place{w.keyword, w.pointer}] {
			continue
		}
		if k := (kind{w.keyword, w.why}); elsewhere[k] > 0 {
			elsewhere[k]--
			continue
		}
		if r.Diff.Totals.WithoutEffect++; r.Diff.Totals.WithoutEffect > maxWithoutEffect {
			continue
		}
		at := w.at.KeyPlace()
		r.Diff.Changes = append(r.Diff.Changes, report.Finding{
			Rule: KeywordWithoutEffect, Level: report.Warning, Category: string(rules.Docs), Kind: "changed", Verdict: report.NoVerdict,
			Subject: at.File + "#" + at.Pointer, Message: fmt.Sprintf("`%s` was added and has no effect %s", w.keyword, w.why), Why: WithoutEffectWhy, New: &at,
		})
	}
}

// withoutEffect is a keyword of a schema that has no effect.
type withoutEffect struct {
	keyword, pointer, why string
	at                    contract.Node
}

func allWithoutEffect(d *contract.Document) iter.Seq[withoutEffect] {
	version := minorOf(d)
	return func(yield func(withoutEffect) bool) {
		for schema := range d.Schemas() {
			for keyword, value := range schema.Fields() {
				row := effects[keyword]
				if row == nil {
					continue
				}
				why := row.missing(schema, value, version)
				if why != "" && !yield(withoutEffect{keyword, schema.Pointer(), why, value}) {
					return
				}
			}
		}
	}
}

// minorOf is the version of OpenAPI that a document is written for, like 3.1. What was converted from
// Swagger is read as 3.0.
func minorOf(d *contract.Document) string {
	v := d.OpenAPI()
	if i := strings.LastIndexByte(v, '.'); i > strings.IndexByte(v, '.') {
		return v[:i]
	}
	return v
}
