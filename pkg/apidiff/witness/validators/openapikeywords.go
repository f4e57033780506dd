package validators

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/romel/govctl/pkg/contract"
)

// kinKeyword is one keyword of a schema, and the schema for kin-openapi that it is set in.
type kinKeyword struct {
	*KinBuilder
	s   Schema
	v   contract.Node // of the keyword
	vs  []any         // the values to validate
	out *openapi3.Schema
}

// kinKeywords is the table of keywords.
func kinKeywords() map[string]func(kinKeyword) {
	return map[string]func(kinKeyword){
		"type":      kinType,
		"nullable":  func(k kinKeyword) { k.out.Nullable = k.v.Bool() },
		"readOnly":  func(k kinKeyword) { k.out.ReadOnly = k.v.Bool() },
		"writeOnly": func(k kinKeyword) { k.out.WriteOnly = k.v.Bool() },
		"enum":      func(k kinKeyword) { k.out.Enum = Values(k.v) },
		"const":     kinConst,
		"format": func(k kinKeyword) {
			if k.Mode.Asserts(k.v.Text()) {
				k.out.Format = k.v.Text() // it checks those that it knows
			}
		},
		"minimum":          func(k kinKeyword) { k.out.Min = float(k.v) },
		"maximum":          func(k kinKeyword) { k.out.Max = float(k.v) },
		"exclusiveMinimum": func(k kinKeyword) { k.out.ExclusiveMin = exclusiveBound(k.v) },
		"exclusiveMaximum": func(k kinKeyword) { k.out.ExclusiveMax = exclusiveBound(k.v) },
		"multipleOf":       func(k kinKeyword) { k.out.MultipleOf = float(k.v) },
		"minLength":        func(k kinKeyword) { k.out.MinLength = zeroed(length(k.v)) },
		"maxLength":        func(k kinKeyword) { k.out.MaxLength = length(k.v) },
		"minItems":         func(k kinKeyword) { k.out.MinItems = zeroed(length(k.v)) },
		"maxItems":         func(k kinKeyword) { k.out.MaxItems = length(k.v) },
		"minProperties":    func(k kinKeyword) { k.out.MinProps = zeroed(length(k.v)) },
		"maxProperties":    func(k kinKeyword) { k.out.MaxProps = length(k.v) },
		"minContains":      func(k kinKeyword) { k.out.MinContains = length(k.v) },
		"maxContains":      func(k kinKeyword) { k.out.MaxContains = length(k.v) },
		"uniqueItems":      func(k kinKeyword) { k.out.UniqueItems = k.v.Bool() },
		"pattern":          kinPattern,
		"required":         func(k kinKeyword) { k.out.Required = Texts(k.v) },
		"allOf": func(k kinKeyword) {
			k.nested-- // no alternative to run twice
			k.out.AllOf = append(k.out.AllOf, k.list()...)
			k.nested++
		},
		"anyOf":                 func(k kinKeyword) { k.out.AnyOf = k.list() },
		"oneOf":                 func(k kinKeyword) { k.out.OneOf = k.list() },
		"not":                   func(k kinKeyword) { k.out.Not = k.inPlace(k.v) },
		"if":                    kin31(func(k kinKeyword) { k.out.If = k.inPlace(k.v) }),
		"then":                  kin31(func(k kinKeyword) { k.out.Then = k.inPlace(k.v) }),
		"else":                  kin31(func(k kinKeyword) { k.out.Else = k.inPlace(k.v) }),
		"discriminator":         kinDiscriminator,
		"properties":            kinProperties,
		"additionalProperties":  func(k kinKeyword) { k.out.AdditionalProperties = k.boolOr(fieldValues(k.vs)) },
		"patternProperties":     kin31(kinPatternProperties),
		"propertyNames":         kin31(func(k kinKeyword) { k.out.PropertyNames = k.inside(k.v, nil) }), // names have no values inside
		"dependentRequired":     kin31(func(k kinKeyword) { k.out.DependentRequired = textsByName(k.v) }),
		"dependentSchemas":      kin31(kinDependentSchemas),
		"unevaluatedProperties": kin31(func(k kinKeyword) { k.out.UnevaluatedProperties = k.boolOr(fieldValues(k.vs)) }),
		"items":                 kinItems,
		"prefixItems": kin31(func(k kinKeyword) {
			for _, sub := range k.v.Items() {
				k.out.PrefixItems = append(k.out.PrefixItems, k.inside(sub, itemValues(k.vs)))
			}
		}),
		"contains":         kin31(func(k kinKeyword) { k.out.Contains = k.inside(k.v, itemValues(k.vs)) }),
		"unevaluatedItems": kin31(func(k kinKeyword) { k.out.UnevaluatedItems = k.boolOr(itemValues(k.vs)) }),
		"$ref": func(k kinKeyword) {
			t, ok := k.s.Target() // beside other keywords: all of them apply
			if !ok {
				kinSilent(k)
			}
			k.out.AllOf = append(k.out.AllOf, k.inPlace(t.Node))
		},
		"$dynamicRef":   kinSilent,
		"$recursiveRef": kinSilent,
		"$id":           kinSilent,
	}
}

func kinSilent(kinKeyword) { panic(undecided("reference")) }

// kin31 marks a keyword that sends the validation to the JSON Schema engine.
func kin31(read func(kinKeyword)) func(kinKeyword) {
	return func(k kinKeyword) {
		k.uses31 = true
		read(k)
	}
}

// inPlace builds a schema for the same values.
func (k kinKeyword) inPlace(n contract.Node) *openapi3.SchemaRef {
	return &openapi3.SchemaRef{Value: k.build(k.s.At(n), k.vs)}
}

// inside builds a schema for values inside the current ones.
func (k kinKeyword) inside(n contract.Node, vs []any) *openapi3.SchemaRef {
	return k.below(k.s.At(n), vs)
}

// list builds the schemas of a list for the same values.
func (k kinKeyword) list() openapi3.SchemaRefs {
	out := make(openapi3.SchemaRefs, 0, k.v.Len())
	named := k.s.Get("discriminator").Exists() && k.s.Doc.Dialect == OpenAPI30
	k.nested++
	for _, sub := range k.v.Items() {
		if k.v.Key() != "allOf" && k.s.At(sub).StandsForNull() {
			out = append(out, &openapi3.SchemaRef{Value: &openapi3.Schema{Nullable: true, Enum: []any{nil}}})
			continue
		}
		ref := k.inPlace(sub)
		if named {
			ref.Ref = sub.Get("$ref").Text()
		}
		out = append(out, ref)
	}
	k.nested--
	return out
}

// boolOr is what a keyword allows of the values inside: all, none, or those of its schema.
func (k kinKeyword) boolOr(vs []any) openapi3.BoolSchema {
	if k.v.Kind() == contract.Bool {
		return openapi3.BoolSchema{Has: new(k.v.Bool())}
	}
	return openapi3.BoolSchema{Schema: k.inside(k.v, vs)}
}

func kinType(k kinKeyword) {
	types := openapi3.Types{k.v.Text()}
	if k.v.Kind() == contract.Array {
		types = Texts(k.v)
	}
	k.out.Type = &types
}

func kinConst(k kinKeyword) {
	if k.v.Kind() == contract.Null {
		panic(undecided("const")) // its type cannot hold the constant null
	}
	k.uses31 = true
	k.out.Const = k.v.Value()
}

func kinPattern(k kinKeyword) {
	p := k.Session.Pattern(k.v.Text())
	if p == nil {
		panic(undecided("pattern"))
	}
	k.Matched = k.Matched || p.re == nil
	k.out.Pattern = p.forKin()
}

func kinDiscriminator(k kinKeyword) {
	if k.s.Doc.Dialect == OpenAPI31 {
		return // it must not change the outcome of a validation (3.1.1, section 4.8.25)
	}
	k.out.Discriminator = &openapi3.Discriminator{PropertyName: k.v.Get("propertyName").Text(), Mapping: map[string]openapi3.MappingRef{}}
	for key, ref := range k.v.Get("mapping").Fields() {
		k.out.Discriminator.Mapping[key] = openapi3.MappingRef{Ref: ref.Text()}
	}
}

// kinProperties keeps the properties that a value has, and of the others what says whether they may
// be missing.
func kinProperties(k kinKeyword) {
	k.out.Properties = openapi3.Schemas{}
	names := Texts(k.s.Get("required"))
	for _, v := range k.vs {
		object, _ := v.(map[string]any)
		names = slices.AppendSeq(names, maps.Keys(object))
	}
	if k.Whole {
		for name := range k.v.Fields() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		p := k.v.Get(name)
		if !p.Exists() {
			continue
		}
		if vals, at := fieldsNamed(k.vs, name), k.s.At(p); len(vals) > 0 || k.Whole {
			k.out.Properties[name] = k.below(at, vals)
		} else {
			k.out.Properties[name] = &openapi3.SchemaRef{Value: &openapi3.Schema{ReadOnly: at.Flag("readOnly"), WriteOnly: at.Flag("writeOnly")}}
		}
	}
}

func kinPatternProperties(k kinKeyword) {
	k.out.PatternProperties = openapi3.Schemas{}
	for pattern, sub := range k.v.Fields() {
		p := k.Session.Pattern(pattern)
		if p == nil || p.re == nil {
			panic(undecided("patternProperties"))
		}
		k.out.PatternProperties[p.re.String()] = k.inside(sub, fieldValues(k.vs))
	}
}

func kinDependentSchemas(k kinKeyword) {
	k.out.DependentSchemas = openapi3.Schemas{}
	for name, sub := range k.v.Fields() {
		if len(fieldsNamed(k.vs, name)) > 0 {
			k.out.DependentSchemas[name] = k.inPlace(sub)
		}
	}
}

func kinItems(k kinKeyword) {
	if items := itemValues(k.vs); len(items) > 0 || k.v.Kind() != contract.Object || k.Whole {
		k.out.Items = k.inside(k.v, items)
	}
}

func exclusiveBound(v contract.Node) openapi3.ExclusiveBound {
	if v.Kind() == contract.Bool {
		return openapi3.ExclusiveBound{Bool: new(v.Bool())}
	}
	return openapi3.ExclusiveBound{Value: float(v)}
}

// fieldValues are all values in the objects among vs.
func fieldValues(vs []any) (out []any) {
	for _, v := range vs {
		object, _ := v.(map[string]any)
		out = slices.AppendSeq(out, maps.Values(object))
	}
	return out
}

// fieldsNamed are the values that the objects among vs have under a name.
func fieldsNamed(vs []any, name string) (out []any) {
	for _, v := range vs {
		object, _ := v.(map[string]any)
		if f, ok := object[name]; ok {
			out = append(out, f)
		}
	}
	return out
}

func itemValues(vs []any) (out []any) {
	for _, v := range vs {
		list, _ := v.([]any)
		out = append(out, list...)
	}
	return out
}

func float(v contract.Node) *float64 {
	f, err := json.Number(v.Literal()).Float64()
	if err != nil {
		return nil
	}
	return &f
}

func length(v contract.Node) *uint64 {
	n, ok := Count(v)
	if !ok {
		return nil
	}
	return new(uint64(n))
}

func zeroed(p *uint64) uint64 {
	if p == nil {
		return 0
	}
	return *p
}
