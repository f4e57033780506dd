package validators

import (
	"regexp"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v5"

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
			out.Constant = []any{v.Value()}
		},
		"format": deriveFormat,
		"allOf": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.AllOf = append(out.AllOf, d.list(s, v, m)...)
		},
		"anyOf": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.AnyOf, out.Location = d.list(s, v, m), out.Location+alternativeNames(v)
		},
		"oneOf": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.OneOf, out.Location = d.list(s, v, m), out.Location+alternativeNames(v)
		},
		"not": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Not = d.derive(s.At(v), m)
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
			switch p := d.w.Pattern(v.Text()); {
			case p == nil:
				d.refuseToSay(out, "pattern")
			case p.plain():
				d.wrote += p.size
				out.Pattern = p.re
			default:
				d.wrote += p.size
				extend(out, "pattern", p)
			}
		},
		"uniqueItems": func(_ *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
			out.UniqueItems = v.Bool()
		},
		"items": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Items2020 = d.derive(s.At(v), m)
		},
		"prefixItems": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.PrefixItems = d.list(s, v, m)
		},
		"contains": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Contains = d.derive(s.At(v), m)
		},
		"unevaluatedItems": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.UnevaluatedItems = d.derive(s.At(v), m)
		},
		"properties": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.Properties = d.named(s, v, m)
		},
		"patternProperties": derivePatternProperties,
		"additionalProperties": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			if v.Kind() == contract.Bool {
				out.AdditionalProperties = v.Bool()
			} else {
				out.AdditionalProperties = d.derive(s.At(v), m)
			}
		},
		"unevaluatedProperties": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.UnevaluatedProperties = d.derive(s.At(v), m)
		},
		"propertyNames": func(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
			out.PropertyNames = d.derive(s.At(v), m)
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
	if v.Kind() == contract.String {
		out.Types = []string{v.Text()}
	} else {
		out.Types = Texts(v)
	}
	if s.Get("nullable").Bool() {
		out.Types = append(out.Types, "null")
	}
}

// deriveEnum lets a schema of its own judge: its words are made where the validator compiles text,
// and an error without words would be lost.
func deriveEnum(_ *deriver, _ Schema, v contract.Node, _ Mode, out *jsonschema.Schema) {
	AllowOnly(out, Values(v))
}

func AllowOnly(out *jsonschema.Schema, allowed []any) {
	list := Empty()
	if list.Enum = allowed; len(allowed) == 0 {
		never := false // no value is one of none; the validator takes an empty list for no list
		list.Always = &never
	}
	extend(out, "enum", enumCheck{list})
}

// enumCheck words the refusal of an enum.
type enumCheck struct{ list *jsonschema.Schema }

func (c enumCheck) Validate(ctx jsonschema.ValidationContext, v any) error {
	if ctx.Validate(c.list, "enum", v, "") != nil {
		return ctx.Error("enum", "not one of the allowed values")
	}
	return nil
}

func extend(out *jsonschema.Schema, name string, check jsonschema.ExtSchema) {
	if out.Extensions == nil {
		out.Extensions = map[string]jsonschema.ExtSchema{}
	}
	out.Extensions[name] = check
}

func deriveCondition(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
	out.If = d.derive(s.At(v), m)
	if t := s.Get("then"); t.Exists() {
		out.Then = d.derive(s.At(t), m)
	}
	if e := s.Get("else"); e.Exists() {
		out.Else = d.derive(s.At(e), m)
	}
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
func counts(out *jsonschema.Schema) map[string]*int {
	return map[string]*int{
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
			*field = n
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
	out.PatternProperties = map[*regexp.Regexp]*jsonschema.Schema{}
	for pattern, sub := range v.Fields() {
		p := d.w.Pattern(pattern)
		if p == nil || p.re == nil { // or nothing is left to pay for it
			d.refuseToSay(out, "patternProperties")
			return
		}
		d.wrote += p.size
		out.PatternProperties[p.re] = d.derive(s.At(sub), m)
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
		}
	}
}

func deriveDiscriminator(d *deriver, s Schema, v contract.Node, m Mode, out *jsonschema.Schema) {
	name, mapping := v.Get("propertyName").Text(), v.Get("mapping")
	if m&AssertDiscriminator == 0 || name == "" || s.Doc.Dialect == OpenAPI31 || !s.Get("oneOf").Exists() && !s.Get("anyOf").Exists() {
		return
	}
	kind, object := Empty(), Empty()
	kind.Types = []string{"string"}
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
