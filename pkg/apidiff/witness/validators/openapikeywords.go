package validators

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/romel/govctl/pkg/contract"
)

// kinKeywords is the table of keywords.
func kinKeywords() map[string]kinKeyword {
	return map[string]kinKeyword{
		"type":      kinType,
		"nullable":  setter(func(v contract.Node, out *openapi3.Schema) { out.Nullable = v.Bool() }),
		"readOnly":  setter(func(v contract.Node, out *openapi3.Schema) { out.ReadOnly = v.Bool() }),
		"writeOnly": setter(func(v contract.Node, out *openapi3.Schema) { out.WriteOnly = v.Bool() }),
		"enum":      setter(func(v contract.Node, out *openapi3.Schema) { out.Enum = Values(v) }),
		"const":     kinConst,
		"format": func(b *KinBuilder, _ Schema, v contract.Node, _ []any, out *openapi3.Schema) error {
			if b.Mode.Asserts(v.Text()) {
				out.Format = v.Text() // it checks those that it knows
			}
			return nil
		},
		"minimum":          setter(func(v contract.Node, out *openapi3.Schema) { out.Min = float(v) }),
		"maximum":          setter(func(v contract.Node, out *openapi3.Schema) { out.Max = float(v) }),
		"exclusiveMinimum": setter(func(v contract.Node, out *openapi3.Schema) { out.ExclusiveMin = exclusiveBound(v) }),
		"exclusiveMaximum": setter(func(v contract.Node, out *openapi3.Schema) { out.ExclusiveMax = exclusiveBound(v) }),
		"multipleOf":       setter(func(v contract.Node, out *openapi3.Schema) { out.MultipleOf = float(v) }),
		"minLength":        setter(func(v contract.Node, out *openapi3.Schema) { out.MinLength = zeroed(length(v)) }),
		"maxLength":        setter(func(v contract.Node, out *openapi3.Schema) { out.MaxLength = length(v) }),
		"minItems":         setter(func(v contract.Node, out *openapi3.Schema) { out.MinItems = zeroed(length(v)) }),
		"maxItems":         setter(func(v contract.Node, out *openapi3.Schema) { out.MaxItems = length(v) }),
		"minProperties":    setter(func(v contract.Node, out *openapi3.Schema) { out.MinProps = zeroed(length(v)) }),
		"maxProperties":    setter(func(v contract.Node, out *openapi3.Schema) { out.MaxProps = length(v) }),
		"minContains":      setter(func(v contract.Node, out *openapi3.Schema) { out.MinContains = length(v) }),
		"maxContains":      setter(func(v contract.Node, out *openapi3.Schema) { out.MaxContains = length(v) }),
		"uniqueItems":      setter(func(v contract.Node, out *openapi3.Schema) { out.UniqueItems = v.Bool() }),
		"pattern": func(b *KinBuilder, _ Schema, v contract.Node, _ []any, out *openapi3.Schema) error {
			p := b.Session.Pattern(v.Text())
			if p == nil {
				return errSilent
			}
			b.Matched = b.Matched || p.re == nil
			out.Pattern = p.forKin()
			return nil
		},
		"required": setter(func(v contract.Node, out *openapi3.Schema) { out.Required = Texts(v) }),
		"allOf": func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
			b.nested-- // no alternative to run twice
			defer func() { b.nested++ }()
			all, err := b.list(s, v, vs)
			out.AllOf = append(out.AllOf, all...)
			return err
		},
		"anyOf": func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.AnyOf, err = b.list(s, v, vs)
			return err
		},
		"oneOf": func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.OneOf, err = b.list(s, v, vs)
			return err
		},
		"not":           kinInPlace(func(out *openapi3.Schema) **openapi3.SchemaRef { return &out.Not }),
		"if":            kin31(kinInPlace(func(out *openapi3.Schema) **openapi3.SchemaRef { return &out.If })),
		"then":          kin31(kinInPlace(func(out *openapi3.Schema) **openapi3.SchemaRef { return &out.Then })),
		"else":          kin31(kinInPlace(func(out *openapi3.Schema) **openapi3.SchemaRef { return &out.Else })),
		"discriminator": kinDiscriminator,
		"properties":    kinProperties,
		"additionalProperties": func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.AdditionalProperties, err = b.boolOr(s, v, fieldValues(vs))
			return err
		},
		"patternProperties": kin31(kinPatternProperties),
		"propertyNames": kin31(func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.PropertyNames, err = b.Below(s.At(v), fieldNames(vs))
			return err
		}),
		"dependentRequired": kin31(setter(func(v contract.Node, out *openapi3.Schema) {
			out.DependentRequired = map[string][]string{}
			for name, list := range v.Fields() {
				out.DependentRequired[name] = Texts(list)
			}
		})),
		"dependentSchemas": kin31(func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
			out.DependentSchemas = openapi3.Schemas{}
			for name, sub := range v.Fields() {
				if len(fieldValues(vs, name)) == 0 {
					continue
				}
				ref, err := b.inPlace(s, sub, vs)
				if err != nil {
					return err
				}
				out.DependentSchemas[name] = ref
			}
			return nil
		}),
		"unevaluatedProperties": kin31(func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.UnevaluatedProperties, err = b.boolOr(s, v, fieldValues(vs))
			return err
		}),
		"items": kinItems,
		"prefixItems": kin31(func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
			for _, sub := range v.Items() {
				ref, err := b.Below(s.At(sub), itemValues(vs))
				if err != nil {
					return err
				}
				out.PrefixItems = append(out.PrefixItems, ref)
			}
			return nil
		}),
		"contains": kin31(func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.Contains, err = b.Below(s.At(v), itemValues(vs))
			return err
		}),
		"unevaluatedItems": kin31(func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
			out.UnevaluatedItems, err = b.boolOr(s, v, itemValues(vs))
			return err
		}),
		"$ref": func(b *KinBuilder, s Schema, _ contract.Node, vs []any, out *openapi3.Schema) error {
			t, ok := s.Target() // beside other keywords: all of them apply
			if !ok {
				return errSilent
			}
			ref, err := b.inPlace(t, t.Node, vs)
			out.AllOf = append(out.AllOf, ref)
			return err
		},
		"$dynamicRef":   kinSilent,
		"$recursiveRef": kinSilent,
		"$id":           kinSilent,
	}
}

func kinSilent(*KinBuilder, Schema, contract.Node, []any, *openapi3.Schema) error { return errSilent }

// kin31 marks a keyword that sends the validation to the JSON Schema engine.
func kin31(read kinKeyword) kinKeyword {
	return func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
		b.uses31 = true
		return read(b, s, v, vs, out)
	}
}

func kinInPlace(field func(*openapi3.Schema) **openapi3.SchemaRef) kinKeyword {
	return func(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) (err error) {
		*field(out), err = b.inPlace(s, v, vs)
		return err
	}
}

func kinType(b *KinBuilder, s Schema, v contract.Node, _ []any, out *openapi3.Schema) error {
	types := openapi3.Types{v.Text()}
	if v.Kind() == contract.Array {
		types = Texts(v)
	}
	out.Type = &types
	return nil
}

func kinConst(b *KinBuilder, _ Schema, v contract.Node, _ []any, out *openapi3.Schema) error {
	if v.Kind() == contract.Null {
		return errSilent // its type cannot hold the constant null
	}
	b.uses31 = true
	out.Const = v.Value()
	return nil
}

func kinDiscriminator(_ *KinBuilder, s Schema, v contract.Node, _ []any, out *openapi3.Schema) error {
	if s.Doc.Dialect == OpenAPI31 {
		return nil // it must not change the outcome of a validation (3.1.1, section 4.8.25)
	}
	out.Discriminator = &openapi3.Discriminator{PropertyName: v.Get("propertyName").Text()}
	for key, ref := range v.Get("mapping").Fields() {
		if out.Discriminator.Mapping == nil {
			out.Discriminator.Mapping = map[string]openapi3.MappingRef{}
		}
		out.Discriminator.Mapping[key] = openapi3.MappingRef{Ref: ref.Text()}
	}
	return nil
}

// kinProperties keeps the properties that a value has, and of the others what says whether they may
// be missing.
func kinProperties(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
	out.Properties = openapi3.Schemas{}
	names := map[string]bool{}
	for _, name := range Texts(s.Get("required")) {
		names[name] = true
	}
	for name := range maps.Keys(propertySet(vs)) {
		names[name] = true
	}
	if b.Whole {
		for name := range v.Fields() {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		p := v.Get(name)
		if !p.Exists() {
			continue
		}
		vals, at := fieldValues(vs, name), s.At(p)
		if len(vals) == 0 && !b.Whole {
			out.Properties[name] = &openapi3.SchemaRef{Value: &openapi3.Schema{ReadOnly: at.Flag("readOnly"), WriteOnly: at.Flag("writeOnly")}}
			continue
		}
		ref, err := b.Below(at, vals)
		if err != nil {
			return err
		}
		out.Properties[name] = ref
	}
	return nil
}

func kinPatternProperties(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
	out.PatternProperties = openapi3.Schemas{}
	for pattern, sub := range v.Fields() {
		p := b.Session.Pattern(pattern)
		if p == nil || p.re == nil {
			return errSilent
		}
		ref, err := b.Below(s.At(sub), fieldValues(vs))
		if err != nil {
			return err
		}
		out.PatternProperties[p.re.String()] = ref
	}
	return nil
}

func kinItems(b *KinBuilder, s Schema, v contract.Node, vs []any, out *openapi3.Schema) error {
	items := itemValues(vs)
	if len(items) == 0 && v.Kind() == contract.Object && !b.Whole {
		return nil
	}
	ref, err := b.Below(s.At(v), items)
	out.Items = ref
	return err
}

func (b *KinBuilder) boolOr(s Schema, v contract.Node, vs []any) (openapi3.BoolSchema, error) {
	if v.Kind() == contract.Bool {
		allowed := v.Bool()
		return openapi3.BoolSchema{Has: &allowed}, nil
	}
	ref, err := b.Below(s.At(v), vs)
	return openapi3.BoolSchema{Schema: ref}, err
}

func exclusiveBound(v contract.Node) openapi3.ExclusiveBound {
	if v.Kind() == contract.Bool {
		strict := v.Bool()
		return openapi3.ExclusiveBound{Bool: &strict}
	}
	return openapi3.ExclusiveBound{Value: float(v)}
}

func propertySet(vs []any) map[string]bool {
	out := map[string]bool{}
	for _, v := range vs {
		if m, ok := v.(map[string]any); ok {
			for name := range m {
				out[name] = true
			}
		}
	}
	return out
}

// fieldValues are the values that the objects among vs have under the names, or under all.
func fieldValues(vs []any, names ...string) []any {
	var out []any
	for _, v := range vs {
		m, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if len(names) == 0 {
			for _, f := range m {
				out = append(out, f)
			}
			continue
		}
		for _, name := range names {
			if f, ok := m[name]; ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func fieldNames(vs []any) []any {
	var out []any
	for name := range propertySet(vs) {
		out = append(out, name)
	}
	return out
}

func itemValues(vs []any) []any {
	var out []any
	for _, v := range vs {
		if list, ok := v.([]any); ok {
			out = append(out, list...)
		}
	}
	return out
}
