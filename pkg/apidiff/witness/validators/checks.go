package validators

import (
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// The checks of this file, which implement jsonschema.SchemaExt, are keywords that the validator has too. What it needs for some of them is
// in unexported fields, which only its own compiler can set. Below others it stops at the first error,
// in the order of a map, so that the work counted for a value would differ from run to run.

// enum accepts the listed values.
type enum []any

func (e enum) Validate(ctx *jsonschema.ValidatorContext, v any) {
	for _, allowed := range e {
		if same, err := ctx.Equals(v, allowed); err != nil || same {
			ctx.AddErr(err)
			return
		}
	}
	ctx.AddError(&kind.Enum{Got: v, Want: e})
}

// noType is a list of names none of which is a type.
type noType []string

func (t noType) Validate(ctx *jsonschema.ValidatorContext, v any) {
	ctx.AddError(&kind.Type{Got: typeName(v), Want: t})
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}

// itemsSeen marks for unevaluatedItems the items that the schema has evaluated.
type itemsSeen struct {
	first int
	rest  bool
}

func (s itemsSeen) Validate(ctx *jsonschema.ValidatorContext, v any) {
	list, _ := v.([]any)
	for i := range list {
		if i >= s.first && !s.rest {
			return
		}
		ctx.EvaluatedItem(i)
	}
}

// names is the keyword propertyNames. An error of a name has the location of the named value.
type names struct{ schema *jsonschema.Schema }

func (n names) Validate(ctx *jsonschema.ValidatorContext, v any) {
	object, _ := v.(map[string]any)
	for name := range object {
		ctx.AddErr(ctx.Validate(n.schema, name, []string{name}))
	}
}

// Under the keywords that follow, stricter formats can accept more: they record that a value met them.

type not struct {
	w      *Session
	schema *jsonschema.Schema
}

func (n not) Validate(ctx *jsonschema.ValidatorContext, v any) {
	n.w.FormatSensitive = true
	if ctx.Validate(n.schema, v, nil) == nil {
		ctx.AddError(&kind.Not{})
	}
}

type oneOf struct {
	w            *Session
	alternatives []*jsonschema.Schema
}

func (o oneOf) Validate(ctx *jsonschema.ValidatorContext, v any) {
	o.w.FormatSensitive = true
	matched := -1
	var causes []*jsonschema.ValidationError
	for i, schema := range o.alternatives {
		err := ctx.Validate(schema, v, nil)
		switch {
		case err != nil:
			causes = append(causes, err.(*jsonschema.ValidationError)) //nolint:errorlint // as the validator promises
		case matched >= 0:
			ctx.AddError(&kind.OneOf{Subschemas: []int{matched, i}})
			return
		default:
			matched = i
		}
	}
	if matched < 0 {
		ctx.AddErrors(causes, &kind.OneOf{})
	}
}

type condition struct {
	w                     *Session
	when, then, otherwise *jsonschema.Schema // then and otherwise can be nil
}

func (c condition) Validate(ctx *jsonschema.ValidatorContext, v any) {
	c.w.FormatSensitive = true
	branch := c.otherwise
	if ctx.Validate(c.when, v, nil) == nil {
		branch = c.then
	}
	if branch != nil {
		ctx.AddErr(ctx.Validate(branch, v, nil))
	}
}
