package validators

import (
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/romel/govctl/pkg/contract"
)

// carrier carries one keyword over.
type carrier = func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema)

// derivations is the table of keywords. What stands in no row is an annotation.
func derivations() map[string]carrier {
	return map[string]carrier{
		"type": deriveType,
		"enum": deriveEnum,
		"const": func(_ *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
			value := v.Value()
			out.Const = &value
		},
		"format": deriveFormat,
		"allOf": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.AllOf = append(out.AllOf, d.list(s, v, m)...)
		},
		"anyOf": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.AnyOf, out.Location = d.list(s, v, m), out.Location+alternativeNames(v)
		},
		"oneOf": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			extend(out, oneOf{d.w, d.list(s, v, m)})
			out.Location += alternativeNames(v)
		},
		"not": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			extend(out, not{d.w, d.below(v, s.At(v), m)})
		},
		"if":               deriveCondition,
		"multipleOf":       deriveNumber,
		"minimum":          deriveNumber,
		"maximum":          deriveNumber,
		"exclusiveMinimum": deriveNumber,
		"exclusiveMaximum": deriveNumber,
		"minLength":        deriveCount,
		"maxLength":        deriveCount,
		"minItems":         deriveCount,
		"maxItems":         deriveCount,
		"minProperties":    deriveCount,
		"maxProperties":    deriveCount,
		"minContains":      deriveCount,
		"maxContains":      deriveCount,
		"pattern": func(d *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
			p := d.w.Pattern(v.Text())
			if p == nil {
				d.refuseToSay(out, "pattern")
				return
			}
			d.wrote += p.size
			out.Pattern = p
		},
		"uniqueItems": func(_ *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
			out.UniqueItems = v.Bool()
		},
		"items": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Items2020 = d.below(v, s.At(v), m)
		},
		"prefixItems": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.PrefixItems = d.list(s, v, m)
		},
		"contains": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Contains = d.below(v, s.At(v), m)
		},
		"unevaluatedItems": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.UnevaluatedItems = d.below(v, s.At(v), m)
		},
		"properties": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Properties = d.named(s, v, m)
		},
		"patternProperties": derivePatternProperties,
		"additionalProperties": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			if v.Kind() == contract.Bool {
				out.AdditionalProperties = v.Bool()
			} else {
				out.AdditionalProperties = d.below(v, s.At(v), m)
			}
		},
		"unevaluatedProperties": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.UnevaluatedProperties = d.below(v, s.At(v), m)
		},
		"propertyNames": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			extend(out, names{d.below(v, s.At(v), m)})
		},
		"required": deriveRequired,
		"dependentRequired": func(_ *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
			out.DependentRequired = map[string][]string{}
			for name, list := range v.Fields() {
				out.DependentRequired[name] = Texts(list)
			}
		},
		"dependentSchemas": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.DependentSchemas = d.named(s, v, m)
		},
		"discriminator": deriveDiscriminator,
		"$dynamicRef":   cannotSay,
		"$recursiveRef": cannotSay,
		"$id":           cannotSay, // it moves the base of the references below
	}
}

func cannotSay(d *deriver, _ Schema, _ contract.Node, _ Mode, out *jsonschema.Schema) {
	d.refuseToSay(out, "reference")
}

func deriveType(_ *deriver, s Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
	var names []string
	if v.Kind() == contract.String {
		names = []string{v.Text()}
	} else {
		names = Texts(v)
	}
	if s.Get("nullable").Bool() {
		names = append(names, "null")
	}
	allowTypes(out, names)
}

// allowTypes lets values of the named types pass. The validator drops names that it does not know,
// and no names at all stand for every type.
func allowTypes(out *jsonschema.Schema, names []string) {
	var types jsonschema.Types
	for _, name := range names {
		types.Add(name)
	}
	switch {
	case len(names) == 0:
	case types.IsEmpty():
		extend(out, noType(names))
	default:
		out.Types = &types
	}
}

func deriveEnum(_ *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
	AllowOnly(out, Values(v))
}

// AllowOnly lets the listed values pass.
func AllowOnly(out *jsonschema.Schema, allowed []any) { extend(out, enum(allowed)) }

func extend(out *jsonschema.Schema, check jsonschema.SchemaExt) {
	out.Extensions = append(out.Extensions, check)
}

func deriveCondition(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
	c := condition{w: d.w, when: d.below(v, s.At(v), m)}
	if t := s.Get("then"); t.Exists() {
		c.then = d.below(t, s.At(t), m)
	}
	if e := s.Get("else"); e.Exists() {
		c.otherwise = d.below(e, s.At(e), m)
	}
	extend(out, c)
}

func deriveNumber(d *deriver, s Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
	b := BoundsOf(s)
	if b.Bad {
		d.refuseToSay(out, "number")
		return
	}
	out.Minimum, out.ExclusiveMinimum, out.Maximum, out.ExclusiveMaximum = b.Min, b.Above, b.Max, b.Below
	out.MultipleOf = b.Multiple
}

// counts are the keywords whose value is a number of things.
func counts(out *jsonschema.Schema) map[string]**int {
	return map[string]**int{
		"minLength": &out.MinLength, "maxLength": &out.MaxLength, "minItems": &out.MinItems, "maxItems": &out.MaxItems,
		"minProperties": &out.MinProperties, "maxProperties": &out.MaxProperties,
		"minContains": &out.MinContains, "maxContains": &out.MaxContains,
	}
}

func deriveCount(d *deriver, s Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
	for keyword, field := range counts(out) {
		if k := s.Get(keyword); k.Exists() && k == v {
			n, ok := Count(v)
			if !ok {
				d.refuseToSay(out, keyword)
				return
			}
			*field = &n
		}
	}
}

// maxCount stands for all greater ones: no value has so many of anything, and one more than it is
// still a number.
const maxCount = 1 << 40

// Count is the value of a keyword that counts: a whole number, however it is spelled.
func Count(v contract.Node) (int, bool) {
	if n, err := strconv.Atoi(v.Literal()); err == nil && n >= 0 {
		return min(n, maxCount), true
	}
	r, ok := Rational(v.Literal())
	if !ok || !r.IsInt() || r.Sign() < 0 {
		return 0, false
	}
	if !r.Num().IsInt64() {
		return maxCount, true
	}
	return int(min(r.Num().Int64(), maxCount)), true
}

func derivePatternProperties(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
	out.PatternProperties = map[jsonschema.Regexp]*jsonschema.Schema{}
	for pattern, sub := range v.Fields() {
		p := d.w.Pattern(pattern)
		if p == nil || p.re == nil { // or nothing is left to pay for it
			d.refuseToSay(out, "patternProperties")
			return
		}
		d.wrote += p.size
		out.PatternProperties[p] = d.below(v, s.At(sub), m)
	}
}

// deriveRequired leaves out the properties that are no part of messages of this direction.
func deriveRequired(_ *deriver, s Schema, _ contract.Node, m Mode, out *jsonschema.Schema) {
	out.Required = RequiredIn(s, m)
}

// RequiredIn are the properties that messages of a direction must have.
func RequiredIn(s Schema, m Mode) []string {
	var out []string
	props, names := s.Get("properties"), Texts(s.Get("required"))
	listed := make(map[string]bool, len(names))
	for _, name := range names {
		if listed[name] {
			continue // said twice, which some documents do
		}
		listed[name] = true
		if p := props.Get(name); !p.Exists() || !s.At(p).Flag(m.Hidden()) {
			out = append(out, name)
		}
	}
	return out
}

// access refuses hidden properties where that is asserted.
func (d *deriver) access(s Schema, m Mode, out *jsonschema.Schema) {
	if m&AssertAccess == 0 {
		return
	}
	for name, p := range s.Get("properties").Fields() {
		if s.At(p).Flag(m.Hidden()) {
			out.Properties[name] = always(false)
			out.Properties[name].Location = "properties"
		}
	}
}

func deriveDiscriminator(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
	name, mapping := v.Get("propertyName").Text(), v.Get("mapping")
	if m&AssertDiscriminator == 0 || name == "" || s.Doc.Dialect == OpenAPI31 || !s.Get("oneOf").Exists() && !s.Get("anyOf").Exists() {
		return
	}
	kind, object := ofTypes("string"), Empty()
	var known []any
	for key := range mapping.Fields() {
		known = append(known, key)
	}
	if len(known) > 0 {
		AllowOnly(kind, known)
	}
	object.Required, object.Properties = []string{name}, map[string]*jsonschema.Schema{name: kind}
	out.AllOf = append(out.AllOf, object)
}
