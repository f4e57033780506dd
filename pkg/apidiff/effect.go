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
	types   string // one of these, where a type is given
	beside  string // another keyword
	until   string // the last version of OpenAPI that knows it
	since   string // the first one
	instead string // what to write where it is not known, as the end of a sentence
}

// effects are the keywords of schemas that can be without effect. minContains and maxContains are
// compared even without contains, so they are not among those that need another one.
var effects = map[string]*effect{
	"maxLength":             {types: "string"},
	"minLength":             {types: "string"},
	"pattern":               {types: "string"},
	"maximum":               {types: "number integer"},
	"minimum":               {types: "number integer"},
	"exclusiveMaximum":      {types: "number integer"},
	"exclusiveMinimum":      {types: "number integer"},
	"multipleOf":            {types: "number integer"},
	"items":                 {types: "array"},
	"prefixItems":           {types: "array", since: "3.1"},
	"maxItems":              {types: "array"},
	"minItems":              {types: "array"},
	"uniqueItems":           {types: "array"},
	"contains":              {types: "array", since: "3.1"},
	"minContains":           {types: "array", since: "3.1"},
	"maxContains":           {types: "array", since: "3.1"},
	"unevaluatedItems":      {types: "array", since: "3.1"},
	"additionalItems":       {types: "array", until: "2.0", instead: "; write `items` beside `prefixItems`"},
	"properties":            {types: "object"},
	"required":              {types: "object"},
	"additionalProperties":  {types: "object"},
	"maxProperties":         {types: "object"},
	"minProperties":         {types: "object"},
	"patternProperties":     {types: "object", since: "3.1"},
	"propertyNames":         {types: "object", since: "3.1"},
	"dependentRequired":     {types: "object", since: "3.1"},
	"dependentSchemas":      {types: "object", since: "3.1"},
	"unevaluatedProperties": {types: "object", since: "3.1"},
	"const":                 {since: "3.1", instead: "; write `enum` of one value"},
	"if":                    {since: "3.1"},
	"then":                  {beside: "if", since: "3.1"},
	"else":                  {beside: "if", since: "3.1"},
	"nullable":              {until: "3.0", instead: "; write `null` in `type`"},
}

// missing is why the keyword of a schema has no effect in a document of a version, in words; empty
// where it has one.
func (e *effect) missing(schema, value contract.Node, version string) string {
	switch {
	case value.Key() == "nullable" && !value.Bool():
		return ""
	case e.until != "" && version > e.until, version < e.since:
		return "in OpenAPI " + version + e.instead
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
	}
	if len(given) == 0 || slices.ContainsFunc(given, func(t string) bool { return slices.Contains(strings.Fields(e.types), t) }) {
		return ""
	}
	return "on the type " + strings.Join(given, " or ")
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
	known, elsewhere := map[place]bool{}, map[kind]int{} // known: the old one has it at the same place
	for _, w := range added {
		known[place{w.keyword, w.pointer}] = false
	}
	for o := range allWithoutEffect(old) {
		at := place{o.keyword, o.pointer}
		if _, there := known[at]; there {
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
				if why := row.missing(schema, value, version); why != "" && !yield(withoutEffect{keyword, schema.Pointer(), why, value}) {
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
