package witness

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/romel/govctl/pkg/contract"
)

// derivation carries one keyword over.
type derivation = func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema)

// derivations is the table of keywords. What stands in no row is an annotation.
func derivations() map[string]derivation {
	return map[string]derivation{
		"type": deriveType,
		"enum": deriveEnum,
		"const": func(_ *deriver, _ site, v contract.Node, _ mode, out *jsonschema.Schema) {
			out.Constant = []any{v.Value()}
		},
		"format": deriveFormat,
		"allOf": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.AllOf = append(out.AllOf, d.list(s, v, m)...)
		},
		"anyOf": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) { out.AnyOf = d.list(s, v, m) },
		"oneOf": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) { out.OneOf = d.list(s, v, m) },
		"not": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.Not = d.derive(s.at(v), m)
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
		"pattern": func(d *deriver, _ site, v contract.Node, _ mode, out *jsonschema.Schema) {
			out.Pattern = d.w.pattern(v.Text())
			d.wrote += d.w.sizes[out.Pattern]
			if out.Pattern == nil {
				d.refuseToSay(out, "pattern")
			}
		},
		"uniqueItems": func(_ *deriver, _ site, v contract.Node, _ mode, out *jsonschema.Schema) { out.UniqueItems = v.Bool() },
		"items": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.Items2020 = d.derive(s.at(v), m)
		},
		"prefixItems": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.PrefixItems = d.list(s, v, m)
		},
		"contains": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.Contains = d.derive(s.at(v), m)
		},
		"unevaluatedItems": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.UnevaluatedItems = d.derive(s.at(v), m)
		},
		"properties": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.Properties = d.named(s, v, m)
		},
		"patternProperties": derivePatternProperties,
		"additionalProperties": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			if v.Kind() == contract.Bool {
				out.AdditionalProperties = v.Bool()
			} else {
				out.AdditionalProperties = d.derive(s.at(v), m)
			}
		},
		"unevaluatedProperties": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.UnevaluatedProperties = d.derive(s.at(v), m)
		},
		"propertyNames": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.PropertyNames = d.derive(s.at(v), m)
		},
		"required": deriveRequired,
		"dependentRequired": func(_ *deriver, _ site, v contract.Node, _ mode, out *jsonschema.Schema) {
			out.DependentRequired = map[string][]string{}
			for name, list := range v.Fields() {
				out.DependentRequired[name] = texts(list)
			}
		},
		"dependentSchemas": func(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
			out.DependentSchemas = d.named(s, v, m)
		},
		"discriminator": deriveDiscriminator,
		"$dynamicRef":   cannotSay,
		"$recursiveRef": cannotSay,
		"$id":           cannotSay, // it moves the base of the references below
	}
}

func cannotSay(d *deriver, _ site, _ contract.Node, _ mode, out *jsonschema.Schema) {
	d.refuseToSay(out, "reference")
}

func deriveType(_ *deriver, s site, v contract.Node, _ mode, out *jsonschema.Schema) {
	if v.Kind() == contract.String {
		out.Types = []string{v.Text()}
	} else {
		out.Types = texts(v)
	}
	if s.get("nullable").Bool() {
		out.Types = append(out.Types, "null")
	}
}

// deriveEnum lets a schema of its own judge: its words are made where the validator compiles text, and an error without
// words would be lost.
func deriveEnum(d *deriver, _ site, v contract.Node, _ mode, out *jsonschema.Schema) {
	d.oneOf(out, values(v))
}

func (d *deriver) oneOf(out *jsonschema.Schema, allowed []any) {
	list := empty()
	if list.Enum = allowed; len(allowed) == 0 {
		never := false // no value is one of none; the validator takes an empty list for no list
		list.Always = &never
	}
	d.extend(out, "enum", enumCheck{list})
}

// enumCheck words the refusal of an enum.
type enumCheck struct{ list *jsonschema.Schema }

func (c enumCheck) Validate(ctx jsonschema.ValidationContext, v any) error {
	if ctx.Validate(c.list, "enum", v, "") != nil {
		return ctx.Error("enum", "not one of the allowed values")
	}
	return nil
}

func (d *deriver) extend(out *jsonschema.Schema, name string, check jsonschema.ExtSchema) {
	if out.Extensions == nil {
		out.Extensions = map[string]jsonschema.ExtSchema{}
	}
	out.Extensions[name] = check
}

func deriveCondition(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
	out.If = d.derive(s.at(v), m)
	if t := s.get("then"); t.Exists() {
		out.Then = d.derive(s.at(t), m)
	}
	if e := s.get("else"); e.Exists() {
		out.Else = d.derive(s.at(e), m)
	}
}

func deriveNumber(d *deriver, s site, v contract.Node, _ mode, out *jsonschema.Schema) {
	b := boundsOf(s)
	if b.bad {
		d.refuseToSay(out, "number")
		return
	}
	out.Minimum, out.ExclusiveMinimum, out.Maximum, out.ExclusiveMaximum = b.min, b.above, b.max, b.below
	out.MultipleOf = b.multiple
}

// counts are the keywords whose value is a number of things.
func counts(out *jsonschema.Schema) map[string]*int {
	return map[string]*int{
		"minLength": &out.MinLength, "maxLength": &out.MaxLength, "minItems": &out.MinItems, "maxItems": &out.MaxItems,
		"minProperties": &out.MinProperties, "maxProperties": &out.MaxProperties,
		"minContains": &out.MinContains, "maxContains": &out.MaxContains,
	}
}

func deriveCount(d *deriver, s site, v contract.Node, _ mode, out *jsonschema.Schema) {
	for keyword, field := range counts(out) {
		if k := s.get(keyword); k.Exists() && k == v {
			n, ok := count(v)
			if !ok {
				d.refuseToSay(out, keyword)
				return
			}
			*field = n
		}
	}
}

// maxCount stands for all greater ones: no value has so many of anything, and one more than it is still a number.
const maxCount = 1 << 40

// count is the value of a keyword that counts: a whole number, however it is spelled.
func count(v contract.Node) (int, bool) {
	if n, err := strconv.Atoi(v.Literal()); err == nil && n >= 0 {
		return min(n, maxCount), true
	}
	r, ok := rational(v.Literal())
	if !ok || !r.IsInt() || r.Sign() < 0 {
		return 0, false
	}
	if !r.Num().IsInt64() {
		return maxCount, true
	}
	return int(min(r.Num().Int64(), maxCount)), true
}

func derivePatternProperties(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
	out.PatternProperties = map[*regexp.Regexp]*jsonschema.Schema{}
	for pattern, sub := range v.Fields() {
		re := d.w.pattern(pattern)
		d.wrote += d.w.sizes[re]
		if re == nil {
			d.refuseToSay(out, "patternProperties")
			return
		}
		out.PatternProperties[re] = d.derive(s.at(sub), m)
	}
}

// deriveRequired leaves out the properties that are no part of messages of this direction.
func deriveRequired(_ *deriver, s site, _ contract.Node, m mode, out *jsonschema.Schema) {
	out.Required = requiredIn(s, m)
}

// requiredIn are the properties that messages of a direction must have.
func requiredIn(s site, m mode) []string {
	var out []string
	props := s.get("properties")
	for _, name := range texts(s.get("required")) {
		if slices.Contains(out, name) && len(out) < maxParts {
			continue // said twice, which some documents do
		}
		if p := props.Get(name); !p.Exists() || !s.at(p).flag(m.hidden()) {
			out = append(out, name)
		}
	}
	return out
}

// access refuses hidden properties where that is asserted.
func (d *deriver) access(s site, m mode, out *jsonschema.Schema) {
	if m&assertAccess == 0 {
		return
	}
	for name, p := range s.get("properties").Fields() {
		if s.at(p).flag(m.hidden()) {
			out.Properties[name] = always(false)
		}
	}
}

func deriveDiscriminator(d *deriver, s site, v contract.Node, m mode, out *jsonschema.Schema) {
	name, mapping := v.Get("propertyName").Text(), v.Get("mapping")
	if m&assertDiscriminator == 0 || name == "" || s.d.dialect == openapi31 || !s.get("oneOf").Exists() && !s.get("anyOf").Exists() {
		return
	}
	kind, object := empty(), empty()
	kind.Types = []string{"string"}
	var known []any
	for key := range mapping.Fields() {
		known = append(known, key)
	}
	if len(known) > 0 {
		d.oneOf(kind, known)
	}
	object.Required, object.Properties = []string{name}, map[string]*jsonschema.Schema{name: kind}
	out.AllOf = append(out.AllOf, object)
}
